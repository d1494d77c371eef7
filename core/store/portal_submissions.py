"""Portal submissions in the database: one for each invoice until it is dismissed, and the steps of the run that works on it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_
from sqlmodel import Session, col, select, update
from sqlmodel.sql.expression import SelectOfScalar

from core.domain.errors import NotFound, StaleVersion
from core.domain.ids import InvoiceNumber
from core.domain.portal_orders import number_key
from core.domain.portals import OrderRef, PortalCustomerId, PortalSubmission, RunMark, SubmissionId
from core.domain.submissions import DraftStep
from core.domain.workflows import SubmissionState
from core.ports.portals import SubmissionsWanted
from core.store import rows
from core.store.portal_tables import PortalSubmissionRow
from core.store.sql import insert_new, next_numbers, table_of

_TABLE = table_of(PortalSubmissionRow)


class SqlSubmissions:
    """`core.ports.portals.Submissions` on SQL."""

    def __init__(self, session: Session, now: datetime, *, lock: bool) -> None:
        self._session = session
        self._now = now
        self._lock = lock

    def next_id(self) -> SubmissionId:
        """A fresh speakable id."""
        return SubmissionId(f"PS-{next_numbers(self._session, 'portal_submission', 1)[0]}")

    def _values(self, submission: PortalSubmission) -> dict[str, object]:
        live = submission.state is not SubmissionState.DISMISSED
        return {
            "id": submission.id,
            "number": int(submission.id.rpartition("-")[2]),
            "version": submission.version,
            "state": submission.state.value,
            "invoice_number": submission.invoice_number,
            "live_key": number_key(submission.invoice_number) if live else None,
            "portal_customer_id": submission.order.customer if submission.order else None,
            "order_number": submission.order.number if submission.order else "",
            "entity": submission.entity,
            "changed_at": self._now,
            "record": rows.dump(submission),
        }

    def add(self, submission: PortalSubmission) -> bool:
        """Insert, unless the invoice has one."""
        return insert_new(
            self._session, PortalSubmissionRow, self._values(submission) | {"run_token": "", "run_step": ""}, ["live_key"]
        )

    def get(self, submission_id: SubmissionId) -> PortalSubmission:
        """The submission, locked in a writing unit."""
        query = select(PortalSubmissionRow).where(PortalSubmissionRow.id == submission_id)
        found = self._found(query.with_for_update() if self._lock else query)
        if not found:
            raise NotFound(f"There is no portal submission {submission_id}.")
        return found[0]

    def save(self, submission: PortalSubmission, expected_version: int) -> None:
        """Compare and set on the version."""
        statement = update(_TABLE).where(_TABLE.c.id == submission.id, _TABLE.c.version == expected_version)
        if self._session.execute(statement.values(**self._values(submission))).rowcount != 1:  # type: ignore[attr-defined]
            raise StaleVersion(f"Portal submission {submission.id} was changed by somebody else meanwhile.")

    def _found(self, query: SelectOfScalar[PortalSubmissionRow]) -> list[PortalSubmission]:
        found = self._session.exec(query.execution_options(populate_existing=True))
        return [rows.load(PortalSubmission, row.record) for row in found]

    def of_invoice(self, number: InvoiceNumber) -> PortalSubmission | None:
        """The one that is not dismissed."""
        query = select(PortalSubmissionRow).where(PortalSubmissionRow.live_key == number_key(number))
        return next(iter(self._found(query)), None)

    def dismissed_orders(self, number: InvoiceNumber) -> Sequence[OrderRef]:
        """What people said no to."""
        query = select(PortalSubmissionRow.portal_customer_id, PortalSubmissionRow.order_number).where(
            PortalSubmissionRow.invoice_number == number, PortalSubmissionRow.state == SubmissionState.DISMISSED.value
        )
        return [OrderRef(PortalCustomerId(customer or ""), order) for customer, order in self._session.exec(query)]

    def in_states(self, states: Collection[SubmissionState], limit: int = 500) -> Sequence[PortalSubmission]:
        """Oldest first."""
        query = select(PortalSubmissionRow).where(col(PortalSubmissionRow.state).in_([state.value for state in states]))
        return self._found(query.order_by(col(PortalSubmissionRow.number)).limit(limit))

    def wanted(self, wanted: SubmissionsWanted, limit: int, offset: int = 0) -> Sequence[PortalSubmission]:
        """Oldest first."""
        query = select(PortalSubmissionRow).where(*_conditions(wanted))
        return self._found(query.order_by(col(PortalSubmissionRow.number)).offset(offset).limit(limit))

    def count(self, wanted: SubmissionsWanted) -> int:
        """By the database."""
        return self._session.exec(select(func.count()).select_from(PortalSubmissionRow).where(*_conditions(wanted))).one()

    def on_order(self, ref: OrderRef) -> Sequence[PortalSubmission]:
        """Those for one order."""
        query = select(PortalSubmissionRow).where(
            PortalSubmissionRow.portal_customer_id == ref.customer,
            PortalSubmissionRow.order_number == ref.number,
            PortalSubmissionRow.state != SubmissionState.DISMISSED.value,
        )
        return self._found(query.order_by(col(PortalSubmissionRow.number)))

    def counts(self) -> Mapping[SubmissionState, int]:
        """How many are in each state."""
        query = select(PortalSubmissionRow.state, func.count()).group_by(col(PortalSubmissionRow.state))
        return {SubmissionState(state): count for state, count in self._session.exec(query)}

    def search(self, text: str, limit: int = 20) -> Sequence[PortalSubmission]:
        """Newest first."""
        like = f"%{text.lower()}%"
        query = select(PortalSubmissionRow).where(
            or_(
                func.lower(PortalSubmissionRow.id).like(like),
                func.lower(PortalSubmissionRow.invoice_number).like(like),
                func.lower(PortalSubmissionRow.order_number).like(like),
            )
        )
        return self._found(query.order_by(col(PortalSubmissionRow.number).desc()).limit(limit))

    # Runs.

    def mark(self, submission_id: SubmissionId, mark: RunMark) -> None:
        """A run takes it."""
        values = {"run_token": mark.token, "run_step": mark.step.value}
        self._session.execute(update(_TABLE).where(_TABLE.c.id == submission_id).values(**values))

    def step(self, submission_id: SubmissionId, token: str, step: DraftStep) -> bool:
        """One statement, so that a run that was overtaken writes nothing."""
        worked_on = _TABLE.c.state.in_([SubmissionState.FILLING.value, SubmissionState.SENDING.value])
        mine = (_TABLE.c.id == submission_id) & (_TABLE.c.run_token == token) & worked_on
        statement = update(_TABLE).where(mine).values(run_step=step.value)
        return bool(self._session.execute(statement).rowcount == 1)  # type: ignore[attr-defined]

    def marked(self, submission_id: SubmissionId) -> RunMark | None:
        """The run that took it last."""
        query = select(PortalSubmissionRow.run_token, PortalSubmissionRow.run_step).where(
            PortalSubmissionRow.id == submission_id
        )
        found = self._session.exec(query).first()
        return RunMark(found[0], DraftStep(found[1])) if found is not None and found[0] else None


def _conditions(wanted: SubmissionsWanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [col(PortalSubmissionRow.state).in_([state.value for state in wanted.states])]
    if wanted.entities:
        found.append(col(PortalSubmissionRow.entity).in_(wanted.entities))
    if wanted.has_order is not None:
        order = col(PortalSubmissionRow.portal_customer_id)
        found.append(order.is_not(None) if wanted.has_order else order.is_(None))
    return found
