"""The matcher in the running service: the pure engine over an index of our copy of the ledger (`core.app.kept_index`)."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from core.app.kept_index import KeptIndex
from core.app.policies import match_policy_in_force
from core.decide.automatic import Yes, audited, may_apply
from core.domain.evidence import Finding, FindingKind, MatchOutcome, MoneySeen, Suggestion
from core.domain.ids import CustomerId, RemittanceId
from core.domain.payments import DraftPayment
from core.domain.policy import MatchPolicy
from core.domain.remittance import RemittanceAdvice, RemittanceState
from core.match.engine import Explained, explain_all, suggest
from core.match.normal import name_key
from core.match.remittances import AdviceBook
from core.ports.store import UnitOfWork

WAITING_ADVICES: Final = (RemittanceState.WAITING, RemittanceState.READ)
_HARMLESS: Final = frozenset(
    {FindingKind.AUTHENTICATION_UNKNOWN, FindingKind.UNKNOWN_SENDER, FindingKind.SAME_REMITTANCE_AGAIN}
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed for one payment. `certain` is the policy's yes to applying the first suggestion without asking.

    `policy` is the version that said so.
    """

    customer_id: CustomerId | None
    suggestions: tuple[Suggestion, ...]
    findings: tuple[Finding, ...]
    certain: bool
    why: str
    advices: tuple[RemittanceId, ...] = ()
    policy: str = ""


class Matcher:
    """Asks the engine about payments of the store. Safe to use from several threads."""

    def __init__(self, policy: MatchPolicy) -> None:
        """`policy` holds until the database has a version of its own."""
        self._default = policy
        self._lock = threading.RLock()
        self._kept = KeptIndex()

    def propose(self, unit: UnitOfWork, payment: DraftPayment) -> Proposal:
        """What to do with a payment, resting on the advices linked to it, else on those that wait for money like it."""
        linked = unit.remittances.of_payment(payment.id)
        with self._lock:
            index = self._kept.fresh(unit)
            advices = linked or self._near(unit, payment)
            policy = self.policy(unit)
            outcome = suggest(_money(payment), index, [_weighable(advice) for advice in advices], policy)
        doubtful = any(advice.id in outcome.advices and _doubts(advice) for advice in advices)
        return self._proposal(payment, outcome, policy, doubtful=doubtful)

    def policy(self, unit: UnitOfWork) -> MatchPolicy:
        """The policy that holds on the day of this unit."""
        return match_policy_in_force(unit, unit.now.date(), self._default)

    def outcome(self, unit: UnitOfWork, payment: DraftPayment, advices: Sequence[RemittanceAdvice]) -> MatchOutcome:
        """The engine's bare answer for a payment and these advices."""
        with self._lock:
            return suggest(
                _money(payment), self._kept.fresh(unit), [_weighable(advice) for advice in advices], self.policy(unit)
            )

    def explained(self, unit: UnitOfWork, payment: DraftPayment) -> Explained:
        """Everything that is weighed for a payment as things stand now."""
        advices = unit.remittances.of_payment(payment.id) or self._near(unit, payment)
        with self._lock:
            usable = [_weighable(advice) for advice in advices]
            return explain_all(_money(payment), self._kept.fresh(unit), usable, self.policy(unit))

    def customer_of(self, unit: UnitOfWork, payer_name: str, sender: str) -> CustomerId | None:
        """Whose advice it is, where the payer's name and the sender's domain belong to one customer only."""
        with self._lock:
            index = self._kept.fresh(unit)
            domain = sender.rpartition("@")[2].lower()
            found = set(index.domains.get(domain, ())) if domain else set()
            if payer_name:
                found.update(index.names.get(name_key(payer_name), ()))
        return next(iter(found)) if len(found) == 1 else None

    def advices_near(self, unit: UnitOfWork, payment: DraftPayment) -> Sequence[RemittanceAdvice]:
        """Advices that wait for money like this."""
        return self._near(unit, payment)

    def _near(self, unit: UnitOfWork, payment: DraftPayment) -> Sequence[RemittanceAdvice]:
        waiting = [each for each in unit.remittances.in_states(WAITING_ADVICES) if payment.id not in each.not_for]
        return AdviceBook(waiting, self.policy(unit)).near(_money(payment)) if waiting else ()

    def _proposal(self, payment: DraftPayment, outcome: MatchOutcome, policy: MatchPolicy, *, doubtful: bool) -> Proposal:
        suggestions = outcome.suggestions
        if payment.customer_id is not None:
            # A person or the payer's account said whose money it is; what contradicts that is no answer.
            suggestions = tuple(each for each in suggestions if each.customer_id == payment.customer_id) or suggestions
        answer = may_apply(outcome, policy)
        why = "" if isinstance(answer, Yes) else answer.sentence
        certain = isinstance(answer, Yes) and payment.customer_id in {None, answer.suggestion.customer_id} and not doubtful
        if certain and audited(payment.id, policy):
            certain, why = False, "Tieout is certain; this one is asked about to learn how often that is right."
        if doubtful:
            why = "The remittance has a finding that a person should see first."
        found = outcome.payer.customer_id
        return Proposal(found, suggestions, outcome.findings, certain, why, outcome.advices, policy.version)


def _doubts(advice: RemittanceAdvice) -> tuple[Finding, ...]:
    """Findings that make a person look first. An unknown sender is none by itself: the bank vouches for the money."""
    return tuple(finding for finding in advice.findings if finding.kind not in _HARMLESS)


def _weighable(advice: RemittanceAdvice) -> RemittanceAdvice:
    """The advice as the engine shall weigh it: only its doubts count against it."""
    return replace(advice, findings=_doubts(advice))


def _money(payment: DraftPayment) -> MoneySeen:
    return MoneySeen(
        id=payment.id,
        amount=payment.amount,
        value_date=payment.received_on,
        payer_name=payment.payer_name,
        payer_account=payment.payer_account,
        reference=payment.reference,
        text=payment.text,
        method=payment.method,
    )
