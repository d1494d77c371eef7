"""Questions that bank lines ask, in the database."""

from collections.abc import Collection, Sequence

from sqlmodel import Session, col, select, update
from sqlmodel.sql.expression import SelectOfScalar

from core.domain.errors import NotFound, StaleVersion
from core.domain.ids import BankLineId, PaymentId
from core.domain.questions import BankQuestion, QuestionId, QuestionState
from core.store import rows
from core.store.sql import next_numbers, table_of
from core.store.tables import BankQuestionRow


class SqlQuestions:
    """`core.ports.store.Questions` on SQL."""

    def __init__(self, session: Session, *, lock: bool) -> None:
        self._session = session
        self._lock = lock

    def next_id(self) -> QuestionId:
        """A fresh speakable id."""
        return QuestionId(f"Q-{next_numbers(self._session, 'question', 1)[0]}")

    def add(self, question: BankQuestion) -> None:
        """Insert a new question."""
        self._session.execute(table_of(BankQuestionRow).insert(), rows.question_row(question))

    def get(self, question_id: QuestionId) -> BankQuestion:
        """The question, locked in a writing unit."""
        query = select(BankQuestionRow).where(BankQuestionRow.id == question_id)
        if self._lock:
            query = query.with_for_update()
        row = self._session.exec(query.execution_options(populate_existing=True)).first()
        if row is None:
            raise NotFound(f"There is no question {question_id}.")
        return rows.question(row)

    def save(self, question: BankQuestion, expected_version: int) -> None:
        """Compare and set on the version."""
        table = table_of(BankQuestionRow)
        values = {name: value for name, value in rows.question_row(question).items() if name not in {"id", "number"}}
        statement = update(table).where(table.c.id == question.id, table.c.version == expected_version).values(**values)
        if self._session.execute(statement).rowcount != 1:  # type: ignore[attr-defined]
            raise StaleVersion(f"Question {question.id} was changed by somebody else meanwhile.")

    def of_line(self, line_id: BankLineId) -> BankQuestion | None:
        """At most one; the table says so."""
        found = self._found(select(BankQuestionRow).where(BankQuestionRow.bank_line_id == line_id))
        return found[0] if found else None

    def of_payment(self, payment_id: PaymentId) -> Sequence[BankQuestion]:
        """Those that were answered with this payment."""
        query = select(BankQuestionRow).where(BankQuestionRow.payment_id == payment_id)
        return self._found(query.order_by(col(BankQuestionRow.number)))

    def in_states(self, states: Collection[QuestionState], limit: int = 500) -> Sequence[BankQuestion]:
        """Oldest first."""
        wanted = col(BankQuestionRow.state).in_([state.value for state in states])
        return self._found(select(BankQuestionRow).where(wanted).order_by(col(BankQuestionRow.number)).limit(limit))

    def _found(self, query: SelectOfScalar[BankQuestionRow]) -> Sequence[BankQuestion]:
        return [rows.question(row) for row in self._session.exec(query.execution_options(populate_existing=True))]
