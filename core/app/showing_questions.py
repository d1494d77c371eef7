"""A question of the bank as people see it: the line, what it may be about, and what may be answered."""

from dataclasses import dataclass
from datetime import date, tzinfo
from typing import Final

from core.app.choosing_payments import PaymentChoice, choice_of
from core.app.masking import ending, masked
from core.app.take_returns import candidates
from core.app.telling import Told, tell
from core.app.wording import QUESTION_WORDS, Offered, offered
from core.decide import bank_question
from core.domain.ids import PaymentId
from core.domain.keeping import Subject, SubjectKind
from core.domain.money import Money
from core.domain.payments import BankLine
from core.domain.questions import BankQuestion, QuestionId, QuestionKind, QuestionState
from core.ports.store import UnitOfWork

CANDIDATES_SHOWN: Final = 6
_OPEN: Final = frozenset({QuestionState.RETURN_ASKED, QuestionState.TWIN_ASKED})


@dataclass(frozen=True, slots=True)
class LineView:
    """A line of the bank with what tells it from others; account numbers are masked. `file` is what the file was called."""

    amount: Money
    on: date
    payer: str
    account: str
    text: str
    where: str
    file: str


@dataclass(frozen=True, slots=True)
class QuestionView:
    """A question with its line, the known line that it looks like, and the payments that may be meant."""

    id: QuestionId
    version: int
    kind: QuestionKind
    state: QuestionState
    state_words: str
    line: LineView
    like: LineView | None
    like_payment: PaymentId | None
    payment_id: PaymentId | None
    candidates: tuple[PaymentChoice, ...]
    why: str
    offered: tuple[Offered, ...]
    history: tuple[Told, ...]


def question_view(unit: UnitOfWork, question_id: QuestionId, zone: tzinfo) -> QuestionView:
    """The question as people see it; `NotFound`."""
    question = unit.questions.get(question_id)
    line = unit.bank_lines.get(question.bank_line_id)
    like = unit.bank_lines.get(question.like) if question.like is not None else None
    known = unit.payments.by_bank_line(like.id) if like is not None else None
    rows = unit.audit.of(Subject(SubjectKind.QUESTION, question.id))
    changes = [row for row in rows if row.entry.version_after > row.entry.version_before]
    return QuestionView(
        id=question.id,
        version=question.version,
        kind=question.kind,
        state=question.state,
        state_words=QUESTION_WORDS[question.state],
        line=_line(unit, line),
        like=_line(unit, like) if like is not None else None,
        like_payment=known.id if known is not None else None,
        payment_id=question.payment_id,
        candidates=_candidates(unit, question, line),
        why=masked(question.why),
        offered=offered(bank_question.TABLE, question.state),
        history=tuple(tell(row, zone, unit.now) for row in changes),
    )


def _line(unit: UnitOfWork, line: BankLine) -> LineView:
    return LineView(
        amount=line.amount,
        on=line.value_date,
        payer=masked(line.payer_name),
        account=ending(line.account),
        text=masked(" ".join(dict.fromkeys(each for each in (*line.references, line.text, line.return_code) if each))),
        where=line.where,
        file=unit.sources.get(line.source_id).name,
    )


def _candidates(unit: UnitOfWork, question: BankQuestion, line: BankLine) -> tuple[PaymentChoice, ...]:
    if question.kind is not QuestionKind.RETURN or question.state not in _OPEN:
        return ()
    return tuple(choice_of(unit, payment, exact=True) for payment in candidates(unit, line)[:CANDIDATES_SHOWN])
