"""Looking for what a payment pays: identify, suggest, or apply where the one place that may say yes says yes."""

from dataclasses import replace

from core.app.moving import Because, attempt, payment_facts, store_move, store_noted
from core.app.portals.disputes import dispute_findings
from core.app.services import Services
from core.decide.machine import Denied
from core.domain.actors import Actor, ActorKind, Entitled, Surface
from core.domain.codec import to_json
from core.domain.events import AuditName, PaymentEvent
from core.domain.evidence import Finding, Suggestion
from core.domain.money import Money
from core.domain.payments import Application, DraftPayment, PaymentState
from core.ports.store import UnitOfWork

MATCHING = Actor(ActorKind.AUTOMATION, "matching", "Tieout", Surface.CLOCK)
_BY = Entitled(MATCHING, frozenset())
_LOOKED_AT = frozenset({PaymentState.UNIDENTIFIED, PaymentState.UNAPPLIED, PaymentState.SUGGESTED})


def look_for_suggestions(services: Services, unit: UnitOfWork, payment: DraftPayment) -> DraftPayment:
    """Match one payment again in this unit; the payment as it is afterwards."""
    if payment.state not in _LOOKED_AT:
        return payment
    proposal = services.matcher.propose(unit, payment)
    findings = (*proposal.findings, *_disputed(unit, proposal.suggestions))
    payment = replace(payment, findings=_merged(payment, findings))
    if payment.state is PaymentState.UNIDENTIFIED:
        if proposal.customer_id is None:
            return _kept(unit, payment, proposal.suggestions, proposal.why)
        payment = _move(unit, payment, replace(payment, customer_id=proposal.customer_id), PaymentEvent.IDENTIFY_CUSTOMER)
    proposed = replace(payment, suggestions=proposal.suggestions, why=proposal.why)
    if not proposal.suggestions:
        if payment.state is PaymentState.SUGGESTED:
            return _move(unit, payment, proposed, PaymentEvent.NOTHING_FOUND)
        return _kept(unit, payment, (), proposal.why)
    if proposal.certain:
        best = proposal.suggestions[0]
        applied = replace(proposed, applications=_applications(best), gap_kind=best.gap_kind, why="")
        facts = payment_facts(unit, _BY, applied, policy_allows=True)
        move = attempt(payment, PaymentEvent.AUTO_APPLY, facts)
        if not isinstance(move, Denied):
            return store_move(unit, payment, applied, move, Because(MATCHING, policy=proposal.policy))
    if payment.state is PaymentState.SUGGESTED and payment.suggestions == proposal.suggestions:
        return _kept(unit, payment, proposal.suggestions, proposal.why)
    return _move(unit, payment, proposed, PaymentEvent.SUGGEST, proposal.policy)


def _move(
    unit: UnitOfWork, present: DraftPayment, proposed: DraftPayment, event: PaymentEvent, policy: str = ""
) -> DraftPayment:
    move = attempt(present, event, payment_facts(unit, _BY, proposed, policy_allows=True))
    if isinstance(move, Denied):
        return present
    return store_move(unit, present, proposed, move, Because(MATCHING, policy=policy))


def _kept(unit: UnitOfWork, payment: DraftPayment, suggestions: tuple[Suggestion, ...], why: str) -> DraftPayment:
    """No move; what was found along the way is still kept for the person who decides."""
    stored = unit.payments.get(payment.id)
    kept = replace(payment, suggestions=suggestions, why=why)
    if kept == stored:
        return stored
    facts: dict[str, object] = {"why": why, "suggestions": len(suggestions), "findings": to_json(kept.findings)}
    return store_noted(unit, stored, kept, AuditName.PAYMENT_LOOKED_AT, Because(MATCHING), facts)


def _applications(best: Suggestion) -> tuple[Application, ...]:
    return tuple(
        Application(item.invoice_number, item.customer_id, item.applied, item.discount, Money.zero(item.applied.currency))
        for item in best.applications
    )


def _disputed(unit: UnitOfWork, suggestions: tuple[Suggestion, ...]) -> tuple[Finding, ...]:
    """Why money may be short: what customers say of these documents in their portals."""
    short = [each for each in suggestions if each.rank == 1 and each.gap.minor < 0]
    numbers = dict.fromkeys(part.invoice_number for each in short for part in each.applications)
    return dispute_findings(unit, numbers)


def _merged(payment: DraftPayment, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    return tuple(dict.fromkeys((*payment.findings, *findings)))
