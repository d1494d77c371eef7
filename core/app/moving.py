"""Moving a payment: one decision, one new version, one audit event, its effects. Used by every story that changes a payment."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from core.app import asking
from core.app.calibrating import judgement
from core.decide import draft_payment
from core.decide.application_sums import balances_denial, sums_denial
from core.decide.draft_payment import PaymentFacts
from core.decide.machine import Denied, Effect, Moved, decide
from core.domain.actors import Actor, ActorKind, Entitled
from core.domain.codec import to_json
from core.domain.events import AuditName, PaymentEvent
from core.domain.ids import InvoiceNumber
from core.domain.keeping import AuditEntry, Subject, SubjectKind
from core.domain.payments import DraftPayment, MoneyOrigin, PaymentState
from core.domain.receivables import CustomerInvoice
from core.ports.store import UnitOfWork

BY_HAND = "by_hand"
Move = Moved[PaymentState, PaymentEvent, PaymentFacts]


def payment_facts(
    unit: UnitOfWork,
    by: Entitled,
    proposed: DraftPayment,
    reason: str = "",
    *,
    policy_allows: bool = False,
    taken_back: bool = False,
) -> PaymentFacts:
    """What the state table asks about the payment as it would be; documents are locked until the unit ends."""
    numbers = [application.invoice_number for application in proposed.applications]
    documents: dict[InvoiceNumber, CustomerInvoice] = {}
    reserved = unit.ledger.reserved(numbers, except_payment=proposed.id) if numbers else {}
    for number in numbers:
        document = unit.ledger.invoice(number)
        if document is not None:
            documents[number] = document
    sums = sums_denial(proposed.amount, proposed.applications)
    balances = balances_denial(proposed.applications, documents, reserved)
    best = [suggestion for suggestion in proposed.suggestions if suggestion.rank == 1]
    return PaymentFacts(
        by=by,
        has_applications=bool(proposed.applications),
        sums_agree=not sums,
        balances_hold=not balances,
        money_is_here=proposed.origin is not MoneyOrigin.NOT_SEEN,
        customer_known=proposed.customer_id is not None,
        single_best=len(best) == 1,
        policy_allows=policy_allows and BY_HAND not in proposed.tags,
        candidates_exist=bool(proposed.suggestions) or bool(proposed.applications),
        reason_given=bool(reason.strip()),
        taken_back=taken_back,
        sums_denial=sums,
        balances_denial=balances,
    )


@dataclass(frozen=True, slots=True)
class Because:
    """Who moves it, the reason they typed, what brought it about (click, mail, file), and by which policy a rule moved it."""

    actor: Actor
    reason: str = ""
    cause: str = ""
    policy: str = ""


def attempt(present: DraftPayment, event: PaymentEvent, facts: PaymentFacts) -> Move | Denied:
    """Ask the table; nothing is stored."""
    return decide(draft_payment.TABLE, present.state, event, facts)


def store_move(unit: UnitOfWork, present: DraftPayment, proposed: DraftPayment, move: Move, because: Because) -> DraftPayment:
    """Store the moved payment with its audit event and the effects its row asks for; the payment at its new version."""
    moved = replace(proposed, state=move.to, version=present.version + 1)
    unit.payments.save(moved, present.version)
    name = draft_payment.SPECS[move.row.event].past
    subject = Subject(SubjectKind.PAYMENT, moved.id)
    by_person = because.actor.kind is ActorKind.PERSON
    judged = dict(judgement(present, moved, move.row.event)) if by_person else {}
    unit.audit.append(
        AuditEntry(
            name=name,
            subject=subject,
            actor=because.actor,
            version_before=present.version,
            version_after=moved.version,
            state_from=present.state.value,
            state_to=moved.state.value,
            reason=because.reason,
            facts=_facts_kept(moved, name) | ({"policy": because.policy} if because.policy else {}) | judged,
            cause=because.cause,
            key=moved.posting_key or "",
        )
    )
    # What rules do refreshes cards that are there; whether a new one is due, the story knows that brought the payment.
    if Effect.REFRESH_CARD in move.row.effects and (by_person or asking.has_card(unit, present)):
        asking.card(unit, moved)
    if Effect.POST_PAYMENT in move.row.effects:
        asking.posting(unit, moved)
    if Effect.REVERSE_PAYMENT in move.row.effects:
        asking.reversal(unit, moved)
    if by_person or name in _WORTH_A_NOTE:
        asking.note(unit, subject, moved.version, name, because.actor, because.reason)
    return moved


def store_noted(
    unit: UnitOfWork,
    present: DraftPayment,
    proposed: DraftPayment,
    name: AuditName,
    because: Because,
    facts: Mapping[str, object],
) -> DraftPayment:
    """Store what became known of a payment that stays in its state: one version more, one audit event that says what it was.

    A card that is there is drawn anew; a note in its thread is the story's to ask for.
    """
    noted = replace(proposed, state=present.state, version=present.version + 1)
    unit.payments.save(noted, present.version)
    unit.audit.append(
        AuditEntry(
            name=name,
            subject=Subject(SubjectKind.PAYMENT, noted.id),
            actor=because.actor,
            version_before=present.version,
            version_after=noted.version,
            state_from=present.state.value,
            state_to=noted.state.value,
            reason=because.reason,
            facts=facts,
            cause=because.cause,
            key=noted.posting_key or "",
        )
    )
    if asking.has_card(unit, present):
        asking.card(unit, noted)
    return noted


_WORTH_A_NOTE = frozenset(
    {
        AuditName.PAYMENT_POSTED,
        AuditName.PAYMENT_REFUSED_BY_LEDGER,
        AuditName.PAYMENT_RETURNED,
        AuditName.PAYMENT_REVERSED,
        AuditName.PAYMENT_MONEY_SEEN,
    }
)


def _facts_kept(payment: DraftPayment, name: AuditName) -> dict[str, object]:
    """What the audit row keeps: the values that the decision rested on."""
    facts: dict[str, object] = {"amount": to_json(payment.amount), "customer_id": payment.customer_id}
    if payment.applications:
        facts["applications"] = to_json(payment.applications)
    if name in {AuditName.PAYMENT_AUTO_APPLIED, AuditName.PAYMENT_CONFIRMED, AuditName.PAYMENT_SUGGESTED}:
        facts["evidence"] = [to_json(suggestion.evidence) for suggestion in payment.suggestions if suggestion.rank == 1]
    if payment.erp_id:
        facts["erp_id"] = payment.erp_id
    if payment.reversal_key:
        facts["reversal_key"], facts["reversal_id"] = payment.reversal_key, payment.reversal_id
    if payment.why:
        facts["why"] = payment.why
    return facts
