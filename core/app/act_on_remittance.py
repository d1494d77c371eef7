"""A person acts on a remittance advice: types it in, links it to a payment, unlinks it, dismisses it.

An advice that fits several payments equally is linked by a person, and by nobody else. What it announced before (an expected
payment) is then that money and not more money.
"""

from dataclasses import replace
from typing import Final

from core.app import asking
from core.app.acting import Asked, Present, entitled, refused, stale
from core.app.commands import ActOnRemittance
from core.app.joining import audit_advice, entity_of_advice, move_advice, set_aside_others
from core.app.moving import Because, attempt, payment_facts, store_move
from core.app.outcomes import Done, Outcome
from core.app.services import Services
from core.app.suggesting import look_for_suggestions
from core.app.take_remittance import find_payment, said_before
from core.decide import remittance
from core.decide.machine import Denied, decide
from core.decide.remittance import RemittanceFacts
from core.domain.actors import Entitled
from core.domain.errors import NotFound
from core.domain.events import AuditName, PaymentEvent, RemittanceEvent
from core.domain.ids import PaymentId
from core.domain.keeping import Subject, SubjectKind
from core.domain.money import total
from core.domain.payments import DraftPayment, PaymentState
from core.domain.remittance import RemittanceAdvice, RemittanceState
from core.ports.store import UnitOfWork

TAKERS: Final = frozenset({PaymentState.UNIDENTIFIED, PaymentState.UNAPPLIED, PaymentState.SUGGESTED, PaymentState.APPLIED})
"""States of payments that a person may link a remittance to: the money is here and nothing is posted."""


def act(services: Services, command: ActOnRemittance) -> Outcome:
    """Do what the command says, once; a click on an old card changes nothing and refreshes the card."""
    with services.store.write() as unit:
        present = unit.remittances.get(command.remittance_id)
        asked = Asked(command.version, command.actor, command.event, command.cause)
        there = Present(Subject(SubjectKind.REMITTANCE, present.id), present.version, present.state)
        payment = _chosen(unit, command)
        by = entitled(unit, command.actor, payment.entity if payment is not None else entity_of_advice(unit, present))
        meanwhile = stale(unit, there, asked, remittance.SPECS[command.event].past)
        if meanwhile is not None:
            return meanwhile
        proposed = _proposed(command, present)
        denial = _payment_denial(proposed, payment) if command.event is RemittanceEvent.PAYMENT_FOUND else ""
        facts = RemittanceFacts(
            by,
            complete=_adds_up(proposed),
            reason_given=bool(command.reason.strip()),
            payment_takes_it=not denial,
            payment_denial=denial,
        )
        answer = decide(remittance.TABLE, present.state, command.event, facts)
        if isinstance(answer, Denied):
            return refused(unit, there, asked, AuditName.REMITTANCE_ACTION_REFUSED, answer)
        because = Because(command.actor, command.reason, command.cause)
        moved = replace(proposed, state=answer.to, version=present.version + 1)
        unit.remittances.save(moved, present.version)
        audit_advice(unit, remittance.SPECS[command.event].past, present, moved, because)
        asking.remittance_card(unit, moved)
        return _followed(services, unit, (present, moved), command, by)


def _followed(
    services: Services,
    unit: UnitOfWork,
    step: tuple[RemittanceAdvice, RemittanceAdvice],
    command: ActOnRemittance,
    by: Entitled,
) -> Outcome:
    """What the step means for payments."""
    before, moved = step
    because = Because(command.actor, command.reason, command.cause)
    match command.event:
        case RemittanceEvent.TYPED_IN:
            return find_payment(services, unit, moved, said_before(services, unit, moved).payment_id, because)
        case RemittanceEvent.PAYMENT_FOUND:
            assert moved.payment_id is not None  # noqa: S101  The table lets nobody link to nothing.
            payment = unit.payments.get(moved.payment_id)
            _bring_along(unit, before, payment, because, by)
            _look_again(services, unit, payment.id, moved, AuditName.REMITTANCE_LINKED, command)
            return Done(moved.id, moved.version, f"{moved.id} explains {payment.id}.")
        case RemittanceEvent.UNLINK if before.payment_id is not None:
            _look_again(services, unit, before.payment_id, moved, AuditName.REMITTANCE_UNLINKED, command)
        case RemittanceEvent.DISMISS if before.payment_id is not None:
            _announced_nothing(unit, moved, before.payment_id, because, by)
        case _:
            pass
    return Done(moved.id, moved.version)


def _announced_nothing(
    unit: UnitOfWork, dismissed: RemittanceAdvice, payment_id: PaymentId, because: Because, by: Entitled
) -> None:
    """Money that only this advice announced is expected no longer, where the person may say so of payments too."""
    payment = unit.payments.get(payment_id)
    announced = any(other.state is RemittanceState.WAITING for other in unit.remittances.of_payment(payment_id))
    if payment.state is not PaymentState.EXPECTED or announced:
        return
    proposed = replace(payment, why=f"{dismissed.id}, which announced it, was dismissed: {because.reason}")
    move = attempt(payment, PaymentEvent.DISMISS, payment_facts(unit, by, proposed, proposed.why))
    if not isinstance(move, Denied):
        store_move(unit, payment, proposed, move, replace(because, reason=proposed.why))


def _bring_along(unit: UnitOfWork, before: RemittanceAdvice, payment: DraftPayment, because: Because, by: Entitled) -> None:
    """What the advice announced is this money: its expected payment goes, and other mails that say the same come along."""
    if before.payment_id is None or before.payment_id == payment.id:
        return
    set_aside_others(unit, [before], payment, because, by)
    for other in unit.remittances.of_payment(before.payment_id):
        if other.state is RemittanceState.WAITING:
            move_advice(unit, replace(other, payment_id=payment.id), other, RemittanceEvent.PAYMENT_FOUND, because, by)


def _look_again(
    services: Services,
    unit: UnitOfWork,
    payment_id: PaymentId,
    advice: RemittanceAdvice,
    name: AuditName,
    command: ActOnRemittance,
) -> None:
    """The payment's suggestions rest on other advices now; its thread says who linked what, and its card shows it."""
    payment = look_for_suggestions(services, unit, unit.payments.get(payment_id))
    subject = Subject(SubjectKind.PAYMENT, payment.id)
    asking.refresh(unit, subject, f"{name.value}:{advice.id}:v{advice.version}")
    asking.note(unit, subject, payment.version, name, command.actor, f"{advice.id} {command.reason}".strip())


def _chosen(unit: UnitOfWork, command: ActOnRemittance) -> DraftPayment | None:
    """The payment that the person chose, locked; None where they chose none that exists."""
    if command.event is not RemittanceEvent.PAYMENT_FOUND or command.payment_id is None:
        return None
    try:
        return unit.payments.get(command.payment_id)
    except NotFound:
        return None


def _proposed(command: ActOnRemittance, present: RemittanceAdvice) -> RemittanceAdvice:
    match command.event:
        case RemittanceEvent.TYPED_IN:
            return replace(present, lines=command.lines, total=command.total, complete=True, why="")
        case RemittanceEvent.UNLINK:
            apart = (*present.not_for, *([present.payment_id] if present.payment_id else []))
            return replace(present, payment_id=None, not_for=apart)
        case RemittanceEvent.PAYMENT_FOUND:
            wanted = command.payment_id
            apart = tuple(each for each in present.not_for if each != wanted)
            return replace(present, payment_id=wanted, not_for=apart, why="")
        case _:
            return replace(present, why=command.reason)


def _payment_denial(advice: RemittanceAdvice, payment: DraftPayment | None) -> str:
    """Why the chosen payment cannot take this advice; empty when it can."""
    if payment is None:
        return "Please choose the payment that this remittance explains."
    if payment.state not in TAKERS:
        return f"{payment.id} cannot take a remittance any more; please choose a payment that is not posted yet."
    if advice.total is not None and advice.total.currency != payment.amount.currency:
        said = f"The remittance is in {advice.total.currency.code}, {payment.id} in {payment.amount.currency.code}."
        return f"{said} A person has to record the exchange in the ledger first."
    return ""


def _adds_up(advice: RemittanceAdvice) -> bool:
    """Whether the lines say what the total says; without amounts on the lines there is nothing to compare."""
    if advice.total is None or advice.total.minor <= 0:
        return False
    paid = [line.paid for line in advice.lines if line.paid is not None]
    return len(paid) < len(advice.lines) or total(paid, advice.total.currency) == advice.total
