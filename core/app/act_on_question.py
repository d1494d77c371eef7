"""A person answers a question of the bank: which payment was taken back, and whether a deposit is new money."""

from dataclasses import replace

from core.app import asking
from core.app.acting import Asked, Present, entitled, refused, stale
from core.app.asking_people import is_taken_back, move
from core.app.bank_lines import asked_again, seen_before
from core.app.commands import ActOnQuestion
from core.app.moving import Because
from core.app.outcomes import Done, Outcome
from core.app.services import Services
from core.app.take_bank_file import take_line
from core.app.take_returns import MAY_BE_RETURNED, taken_from
from core.decide import bank_question
from core.decide.bank_question import QuestionFacts
from core.decide.machine import Denied, Moved, decide
from core.domain.actors import Entitled
from core.domain.errors import NotFound
from core.domain.events import AuditName, QuestionEvent
from core.domain.keeping import Subject, SubjectKind
from core.domain.payments import DraftPayment
from core.domain.questions import BankQuestion, QuestionKind, QuestionState
from core.ports.store import UnitOfWork


def act(services: Services, command: ActOnQuestion) -> Outcome:
    """Do what the command says, once; a click on an old card changes nothing and refreshes the card."""
    with services.store.write() as unit:
        present = unit.questions.get(command.question_id)
        asked = Asked(command.version, command.actor, command.event, command.cause)
        there = Present(Subject(SubjectKind.QUESTION, present.id), present.version, present.state)
        meanwhile = stale(unit, there, asked, bank_question.SPECS[command.event].past)
        if meanwhile is not None:
            return meanwhile
        payment = _chosen(unit, command)
        by = entitled(unit, command.actor, payment.entity if payment is not None else present.entity)
        denial = _denial(unit, present, payment) if command.event is QuestionEvent.JOIN else ""
        facts = QuestionFacts(
            by,
            is_return=present.kind is QuestionKind.RETURN,
            payment_fits=not denial,
            reason_given=bool(command.reason.strip()),
            payment_denial=denial,
        )
        because = Because(command.actor, command.reason, command.cause)
        counts = command.event is QuestionEvent.COUNT
        if counts and isinstance(decide(bank_question.TABLE, present.state, command.event, facts), Moved):
            payment = take_line(services, unit, unit.bank_lines.get(present.bank_line_id), because)
        proposed = replace(present, why=command.reason, payment_id=payment.id if payment is not None else None)
        moved = move(unit, present, proposed, command.event, facts, because)
        if isinstance(moved, Denied):
            return refused(unit, there, asked, AuditName.QUESTION_ACTION_REFUSED, moved)
        return _followed(unit, moved, command, by)


def _followed(unit: UnitOfWork, moved: BankQuestion, command: ActOnQuestion, by: Entitled) -> Outcome:
    because = Because(command.actor, command.reason, command.cause)
    line = unit.bank_lines.get(moved.bank_line_id)
    if command.event is QuestionEvent.JOIN:
        assert moved.payment_id is not None  # noqa: S101  The table lets nobody answer with nothing.
        payment = taken_from(unit, unit.payments.get(moved.payment_id), line, because, by)
        return Done(moved.id, moved.version, f"{payment.id} was taken back by the bank.")
    if command.event is QuestionEvent.COUNT:
        assert moved.payment_id is not None  # noqa: S101  Its payment was made just before.
        asking.card(unit, unit.payments.get(moved.payment_id))
        return Done(moved.id, moved.version, f"It is new money: {moved.payment_id}.")
    if command.event is QuestionEvent.SAME:
        seen_before(unit, line)
    if moved.state is QuestionState.TWIN_ASKED:
        asked_again(unit, line)
    return Done(moved.id, moved.version)


def _chosen(unit: UnitOfWork, command: ActOnQuestion) -> DraftPayment | None:
    """The payment that the person chose, locked."""
    if command.event is not QuestionEvent.JOIN or command.payment_id is None:
        return None
    try:
        return unit.payments.get(command.payment_id)
    except NotFound:
        return None


def _denial(unit: UnitOfWork, question: BankQuestion, payment: DraftPayment | None) -> str:
    """Why the chosen payment cannot be the answer; empty when it can."""
    if payment is None:
        return "Please choose the payment that the bank took back."
    if payment.state not in MAY_BE_RETURNED or is_taken_back(unit, payment.id):
        return f"{payment.id} cannot be taken back any more; please choose another payment."
    if payment.amount != question.amount:
        said = f"The bank took {question.amount} back, {payment.id} is {payment.amount}."
        return f"{said} A part of a payment is corrected in the ledger, by a person."
    return ""
