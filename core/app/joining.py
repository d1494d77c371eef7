"""One money, one draft payment: bringing a bank line and the remittance advices for the same money together.

Where exactly one pair fits, it is joined; where two payments or two advices fit equally, nobody but a person may choose.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from core.app.moving import Because, attempt, payment_facts, store_move
from core.app.services import Services
from core.app.suggesting import MATCHING
from core.decide import remittance
from core.decide.machine import Denied, decide
from core.decide.remittance import RemittanceFacts
from core.domain.actors import Entitled
from core.domain.events import AuditName, PaymentEvent, RemittanceEvent
from core.domain.ids import DEFAULT_ENTITY, EntityId, PaymentId
from core.domain.keeping import AuditEntry, Subject, SubjectKind
from core.domain.money import Money
from core.domain.payments import DraftPayment, MoneyOrigin, PaymentState
from core.domain.remittance import RemittanceAdvice
from core.match.normal import compact
from core.ports.store import UnitOfWork

_BY = Entitled(MATCHING, frozenset())
_SHORTEST_REFERENCE = 5


Expected = tuple[DraftPayment, Sequence[RemittanceAdvice]]


def expected_for(services: Services, unit: UnitOfWork, seen: DraftPayment) -> Expected | None:
    """The expected payment whose money `seen` (not stored yet) is, with the advices meant for it; None unless one fits."""
    near = services.matcher.advices_near(unit, seen)
    waiting = {advice.id: advice for advice in near if advice.payment_id is not None}
    if waiting:
        outcome = services.matcher.outcome(unit, seen, list(waiting.values()))
        sure = outcome.suggestions and outcome.suggestions[0].confidence >= services.matcher.policy(unit).payer_bar
        meant = [waiting[number] for number in outcome.advices if number in waiting] if sure else []
        if meant:
            payment = unit.payments.get(_payment_of(meant[0]))
            if payment.state is PaymentState.EXPECTED:
                return payment, meant
    return _by_amount(services, unit, seen)


def _by_amount(services: Services, unit: UnitOfWork, seen: DraftPayment) -> Expected | None:
    """For advices whose documents are not in our ledger: equal amount, and the payer's reference or the customer agree."""
    customer = services.matcher.outcome(unit, seen, ()).payer.customer_id
    text = compact(f"{seen.reference} {seen.text}")
    fitting = []
    for payment in unit.payments.expected_like(seen.amount):
        reference = compact(payment.reference)
        named = len(reference) >= _SHORTEST_REFERENCE and reference in text
        if named or (customer is not None and customer == payment.customer_id):
            fitting.append(payment)
    if len(fitting) != 1:
        return None
    return fitting[0], unit.remittances.of_payment(fitting[0].id)


def money_seen(unit: UnitOfWork, expected: DraftPayment, seen: DraftPayment, because: Because) -> DraftPayment:
    """The expected payment with the money of `seen`: amount, date and payer are the bank's from now on."""
    joined = replace(
        expected,
        amount=seen.amount,
        received_on=seen.received_on,
        origin=MoneyOrigin.BANK_LINE,
        method=seen.method or expected.method,
        payer_name=seen.payer_name or expected.payer_name,
        payer_account=seen.payer_account,
        reference=seen.reference or expected.reference,
        text=seen.text,
        bank_line_id=seen.bank_line_id,
        why="",
    )
    move = attempt(expected, PaymentEvent.MONEY_SEEN, payment_facts(unit, Entitled(because.actor, frozenset()), joined))
    assert not isinstance(move, Denied)  # noqa: S101  An expected payment always takes its money.
    return store_move(unit, expected, joined, move, because)


def payments_for(services: Services, unit: UnitOfWork, advice: RemittanceAdvice) -> list[DraftPayment]:
    """Payments that are here and fit an advice: by amount (or less by a charge) and its documents, else by its reference."""
    if advice.total is None:
        return []
    policy = services.matcher.policy(unit)
    fee = policy.fee_limit * 10**advice.total.currency.exponent // 100
    since = (advice.paid_on or unit.now.date()) - timedelta(days=policy.advice_days_after)
    low = Money(max(0, advice.total.minor - fee), advice.total.currency)
    strong, weak = [], []
    for payment in unit.payments.open_between(low, advice.total, since):
        if payment.id in advice.not_for or unit.remittances.of_payment(payment.id):
            continue
        outcome = services.matcher.outcome(unit, replace(payment, applications=()), [advice])
        reference = compact(advice.payment_reference)
        named = len(reference) >= _SHORTEST_REFERENCE and reference in compact(f"{payment.reference} {payment.text}")
        if named and payment.amount == advice.total:
            return [payment]
        if advice.id in outcome.advices and outcome.suggestions[0].confidence >= policy.payer_bar:
            strong.append(payment)
        elif payment.amount == advice.total and advice.customer_id and payment.customer_id == advice.customer_id:
            weak.append(payment)
    return strong or weak


def link(unit: UnitOfWork, advice: RemittanceAdvice, payment_id: PaymentId, because: Because) -> RemittanceAdvice:
    """The advice explains this payment."""
    moved = move_advice(unit, replace(advice, payment_id=payment_id), advice, RemittanceEvent.PAYMENT_FOUND, because)
    return moved if moved is not None else advice


def move_advice(
    unit: UnitOfWork,
    proposed: RemittanceAdvice,
    present: RemittanceAdvice,
    event: RemittanceEvent,
    because: Because,
    by: Entitled | None = None,
) -> RemittanceAdvice | None:
    """One move of an advice by a rule of ours, or in the wake of what a person did (`by`).

    None when the table refuses it; nothing is stored then.
    """
    actor = by or Entitled(because.actor, frozenset())
    facts = RemittanceFacts(actor, complete=proposed.complete, reason_given=bool(proposed.why))
    answer = decide(remittance.TABLE, present.state, event, facts)
    if isinstance(answer, Denied):
        return None
    moved = replace(proposed, state=answer.to, version=present.version + 1)
    unit.remittances.save(moved, present.version)
    audit_advice(unit, remittance.SPECS[event].past, present, moved, because)
    return moved


def audit_advice(
    unit: UnitOfWork,
    name: AuditName,
    before: RemittanceAdvice | None,
    after: RemittanceAdvice,
    because: Because,
) -> None:
    """Write down what happened to an advice."""
    unit.audit.append(
        AuditEntry(
            name=name,
            subject=Subject(SubjectKind.REMITTANCE, after.id),
            actor=because.actor,
            version_before=before.version if before else 0,
            version_after=after.version,
            state_from=before.state.value if before else "",
            state_to=after.state.value,
            reason=because.reason,
            facts={"payment_id": after.payment_id, "total": str(after.total) if after.total else None, "why": after.why},
            cause=because.cause,
        )
    )


def set_aside_others(
    unit: UnitOfWork, advices: Sequence[RemittanceAdvice], kept: DraftPayment, because: Because, by: Entitled | None = None
) -> None:
    """Expected payments of further advices for the same money are that money, not more money. `by` is a person who says so."""
    for advice in advices:
        if advice.payment_id is None or advice.payment_id == kept.id:
            continue
        other = unit.payments.get(advice.payment_id)
        if other.state is not PaymentState.EXPECTED:
            continue
        proposed = replace(other, why=f"Its money came with {kept.id}.")
        facts = payment_facts(unit, by or Entitled(because.actor, frozenset()), proposed, proposed.why)
        move = attempt(other, PaymentEvent.JOINED, facts)
        if not isinstance(move, Denied):
            store_move(unit, other, proposed, move, replace(because, reason=proposed.why))


def entity_of_advice(unit: UnitOfWork, advice: RemittanceAdvice) -> EntityId:
    """Whose business an advice is: that of the payment it belongs to, else of its customer."""
    if advice.payment_id is not None:
        return unit.payments.get(advice.payment_id).entity
    customer = unit.ledger.customer(advice.customer_id) if advice.customer_id else None
    return customer.entity if customer is not None else DEFAULT_ENTITY


def _payment_of(advice: RemittanceAdvice) -> PaymentId:
    assert advice.payment_id is not None  # noqa: S101  Only advices with an expected payment come here.
    return advice.payment_id
