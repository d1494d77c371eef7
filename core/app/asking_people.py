"""Questions of the bank: asked once a line, moved by their table, written down like everything else."""

from dataclasses import replace

from core.app import asking
from core.app.moving import Because
from core.decide import bank_question
from core.decide.bank_question import QuestionFacts
from core.decide.machine import Denied, decide
from core.domain.actors import Entitled
from core.domain.events import AuditName, QuestionEvent
from core.domain.ids import BankLineId, PaymentId
from core.domain.keeping import AuditEntry, Subject, SubjectKind
from core.domain.payments import BankLine
from core.domain.questions import BankQuestion, QuestionKind, QuestionState
from core.ports.store import UnitOfWork


def ask(
    unit: UnitOfWork, line: BankLine, kind: QuestionKind, why: str, because: Because, like: BankLineId | None = None
) -> BankQuestion:
    """A new question about a line, with its card."""
    state = QuestionState.RETURN_ASKED if kind is QuestionKind.RETURN else QuestionState.TWIN_ASKED
    question = BankQuestion(unit.questions.next_id(), 1, kind, state, line.id, line.amount, None, like, why)
    unit.questions.add(question)
    _write_down(unit, AuditName.QUESTION_ASKED, None, question, because)
    asking.question_card(unit, question)
    return question


def answered(unit: UnitOfWork, line: BankLine, payment_id: PaymentId, because: Because) -> BankQuestion:
    """A return whose payment is certain: kept like a question that was answered at once, so that it can be taken back."""
    number = unit.questions.next_id()
    question = BankQuestion(number, 1, QuestionKind.RETURN, QuestionState.ANSWERED, line.id, line.amount, payment_id)
    unit.questions.add(question)
    _write_down(unit, AuditName.QUESTION_ANSWERED, None, question, because)
    return question


def move(
    unit: UnitOfWork,
    present: BankQuestion,
    proposed: BankQuestion,
    event: QuestionEvent,
    facts: QuestionFacts,
    because: Because,
) -> BankQuestion | Denied:
    """One move of a question, stored with its audit event and its card; a denial changes nothing."""
    answer = decide(bank_question.TABLE, present.state, event, facts)
    if isinstance(answer, Denied):
        return answer
    moved = replace(proposed, state=answer.to, version=present.version + 1)
    unit.questions.save(moved, present.version)
    _write_down(unit, bank_question.SPECS[event].past, present, moved, because)
    asking.question_card(unit, moved)
    return moved


def give_back(unit: UnitOfWork, payment_id: PaymentId, because: Because, by: Entitled) -> None:
    """A person says that this payment was not taken back: its returned lines are questions again."""
    for question in unit.questions.of_payment(payment_id):
        if question.kind is QuestionKind.RETURN and question.state is QuestionState.ANSWERED:
            open_again = replace(question, payment_id=None, why=f"It was not {payment_id}.")
            facts = QuestionFacts(by, is_return=True)
            moved = move(unit, question, open_again, QuestionEvent.NOT_THIS, facts, because)
            assert not isinstance(moved, Denied)  # noqa: S101  Whoever moved the payment may open its question.


def is_taken_back(unit: UnitOfWork, payment_id: PaymentId) -> bool:
    """Whether a line of the bank says that this payment's money is gone."""
    found = unit.questions.of_payment(payment_id)
    return any(each.kind is QuestionKind.RETURN and each.state is QuestionState.ANSWERED for each in found)


def _write_down(unit: UnitOfWork, name: AuditName, before: BankQuestion | None, after: BankQuestion, because: Because) -> None:
    unit.audit.append(
        AuditEntry(
            name=name,
            subject=Subject(SubjectKind.QUESTION, after.id),
            actor=because.actor,
            version_before=before.version if before else 0,
            version_after=after.version,
            state_from=before.state.value if before else "",
            state_to=after.state.value,
            reason=because.reason,
            facts={
                "kind": after.kind.value,
                "bank_line": after.bank_line_id,
                "amount": str(after.amount),
                "payment_id": after.payment_id,
                "why": after.why,
            },
            cause=because.cause,
        )
    )
