"""Supplier invoices and disputes in the database."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, false, func, or_
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, delete, select, update
from sqlmodel.sql.expression import SelectOfScalar

from core.domain.disputes import Dispute, DisputeId
from core.domain.errors import NotFound, StaleVersion
from core.domain.ids import EntityId, Key, PoNumber, SourceId, SupplierId, SupplierInvoiceNumber
from core.domain.line_comparison import LinkKind
from core.domain.money import Money, currency
from core.domain.payables import OrderLineRef
from core.domain.supplier_bills import OrderTake, SupplierBill, SupplierInvoiceId, TakenElsewhere
from core.domain.workflows import DisputeState, SupplierInvoiceState
from core.ports.payables import BillsWanted
from core.store import rows
from core.store.payables_tables import BillRow, BillTakeRow, DisputeRow
from core.store.sql import CHUNK, next_numbers, table_of

_GONE = (SupplierInvoiceState.DELETED.value,)
_SETTLED = (SupplierInvoiceState.DELETED.value, SupplierInvoiceState.POSTED.value, SupplierInvoiceState.POSTING.value)


def _key(number: str) -> str:
    """Letters and digits only, so that INV-17 and inv 17 are one number."""
    return "".join(sign for sign in number.upper() if sign.isalnum())


def _listed(names: Iterable[str]) -> str:
    """Names in one column: each between commas, so that one of them can be looked for."""
    found = ",".join(sorted(names))
    return f",{found}," if found else ""


def _waits(bill: SupplierBill) -> dict[str, object]:
    """What the lists of work ask about a bill."""
    return {
        "open_verdicts": _listed(verdict.value for verdict in bill.open_verdicts),
        "asked": not bill.complete,
        "blocked": bill.lines_blocked,
        "resolved": bill.lines_resolved,
        "approvers": _listed(bill.approvers),
    }


class SqlBills:
    """`core.ports.payables.Bills` on SQL."""

    def __init__(self, session: Session, now: datetime, *, lock: bool) -> None:
        self._session = session
        self._now = now
        self._lock = lock

    def next_id(self) -> SupplierInvoiceId:
        """A fresh speakable id."""
        return SupplierInvoiceId(f"SI-{next_numbers(self._session, 'supplier_invoice', 1)[0]}")

    def _values(self, bill: SupplierBill) -> dict[str, object]:
        head = bill.header
        amount = head.total or bill.net
        return {
            "id": bill.id,
            "number": int(bill.id.rpartition("-")[2]),
            "version": bill.version,
            "state": bill.state.value,
            "entity": bill.entity,
            "supplier_id": head.supplier_id,
            "supplier_name": head.supplier_name,
            "invoice_number": head.number,
            "number_key": _key(head.number),
            "invoice_date": head.invoice_date,
            "currency": head.currency.code if head.currency else "",
            "total_minor": None if amount is None else amount.minor,
            "unlinked": any(line.comparison is None or line.comparison.link.kind is not LinkKind.LINKED for line in bill.lines),
            **_waits(bill),
            "source_id": bill.source_id,
            "posting_key": bill.posting_key,
            "changed_at": self._now,
            "record": rows.dump(bill),
        }

    def add(self, bill: SupplierBill) -> None:
        """Insert."""
        self._session.execute(table_of(BillRow).insert(), self._values(bill))

    def get(self, bill_id: SupplierInvoiceId) -> SupplierBill:
        """The bill, locked in a writing unit."""
        query = select(BillRow).where(BillRow.id == bill_id)
        found = self._found(query.with_for_update() if self._lock else query)
        if not found:
            raise NotFound(f"There is no supplier invoice {bill_id}.")
        return found[0]

    def save(self, bill: SupplierBill, expected_version: int) -> None:
        """Compare and set on the version."""
        table = table_of(BillRow)
        statement = update(table).where(table.c.id == bill.id, table.c.version == expected_version)
        if self._session.execute(statement.values(**self._values(bill))).rowcount != 1:  # type: ignore[attr-defined]
            raise StaleVersion(f"Supplier invoice {bill.id} was changed by somebody else meanwhile.")

    def _found(self, query: SelectOfScalar[BillRow]) -> list[SupplierBill]:
        found = self._session.exec(query.execution_options(populate_existing=True))
        return [rows.load(SupplierBill, row.record) for row in found]

    def taken_from(self, source_id: SourceId) -> Sequence[SupplierBill]:
        """Of one document."""
        return self._found(select(BillRow).where(BillRow.source_id == source_id).order_by(col(BillRow.number)))

    def by_posting_key(self, key: Key) -> SupplierBill | None:
        """The bill posted under a key."""
        return next(iter(self._found(select(BillRow).where(BillRow.posting_key == key))), None)

    def in_states(
        self, states: Collection[SupplierInvoiceState], limit: int = 500, after: SupplierInvoiceId | None = None
    ) -> Sequence[SupplierBill]:
        """Oldest first."""
        query = select(BillRow).where(col(BillRow.state).in_([state.value for state in states]))
        if after is not None:
            query = query.where(col(BillRow.number) > int(after.rpartition("-")[2]))
        return self._found(query.order_by(col(BillRow.number)).limit(limit))

    def wanted(
        self, wanted: BillsWanted, limit: int, offset: int = 0, after: SupplierInvoiceId | None = None
    ) -> Sequence[SupplierBill]:
        """Oldest first."""
        query = select(BillRow).where(*_conditions(wanted))
        if after is not None:
            query = query.where(col(BillRow.number) > int(after.rpartition("-")[2]))
        return self._found(query.order_by(col(BillRow.number)).offset(offset).limit(limit))

    def count(self, wanted: BillsWanted) -> int:
        """By the database."""
        return self._session.exec(select(func.count()).select_from(BillRow).where(*_conditions(wanted))).one()

    def counts(self, entities: Collection[EntityId] = ()) -> Mapping[SupplierInvoiceState, int]:
        """How many are in each state."""
        query = select(BillRow.state, func.count()).group_by(col(BillRow.state))
        if entities:
            query = query.where(col(BillRow.entity).in_(entities))
        return {SupplierInvoiceState(state): count for state, count in self._session.exec(query)}

    def same_number(self, supplier_id: SupplierId, number: str) -> Sequence[SupplierBill]:
        """By letters and digits."""
        query = select(BillRow).where(BillRow.supplier_id == supplier_id, BillRow.number_key == _key(number))
        return self._found(query.where(col(BillRow.state).not_in(_GONE)).order_by(col(BillRow.number)))

    def same_amount(self, supplier_id: SupplierId, day: date, amount: Money) -> Sequence[SupplierBill]:
        """By day and total."""
        query = select(BillRow).where(
            BillRow.supplier_id == supplier_id,
            BillRow.invoice_date == day,
            BillRow.currency == amount.currency.code,
            BillRow.total_minor == amount.minor,
        )
        return self._found(query.where(col(BillRow.state).not_in(_GONE)).order_by(col(BillRow.number)))

    def charging(self, refs: Iterable[OrderLineRef]) -> Sequence[SupplierInvoiceId]:
        """Bills not yet in the ledger that take of these lines."""
        wanted = set(refs)
        numbers = sorted({ref.po_number for ref in wanted})
        found: dict[int, SupplierInvoiceId] = {}
        for start in range(0, len(numbers), CHUNK):
            query = (
                select(BillRow.id, BillRow.number, BillTakeRow.po_number, BillTakeRow.po_line)
                .join(BillTakeRow, col(BillTakeRow.bill_id) == col(BillRow.id))
                .where(
                    col(BillRow.state).not_in(_SETTLED),
                    col(BillTakeRow.po_number).in_(numbers[start : start + CHUNK]),
                )
            )
            for bill_id, number, po_number, line in self._session.exec(query):
                if OrderLineRef(PoNumber(po_number), line) in wanted:
                    found[number] = SupplierInvoiceId(bill_id)
        return [found[number] for number in sorted(found)]

    def waiting_for_orders(self, supplier_id: SupplierId) -> Sequence[SupplierInvoiceId]:
        """Bills of a supplier with unlinked lines."""
        query = (
            select(BillRow.id)
            .where(BillRow.supplier_id == supplier_id, col(BillRow.unlinked), col(BillRow.state).not_in(_SETTLED))
            .order_by(col(BillRow.number))
        )
        return [SupplierInvoiceId(found) for found in self._session.exec(query)]

    def take(self, bill_id: SupplierInvoiceId, takes: Sequence[OrderTake]) -> None:
        """Replace what the bill takes. What the ledger counted of an equal take stays counted."""
        table = table_of(BillTakeRow)
        known = {
            (row.po_number, row.po_line): (row.counted_quantity, row.counted_minor)
            for row in self._session.exec(select(BillTakeRow).where(BillTakeRow.bill_id == bill_id))
        }
        self._session.execute(delete(BillTakeRow).where(col(BillTakeRow.bill_id) == bill_id))
        self._session.expire_all()
        values = []
        for take in takes:
            counted = known.get((take.ref.po_number, take.ref.line), ("0", 0))
            values.append(
                {
                    "bill_id": bill_id,
                    "po_number": take.ref.po_number,
                    "po_line": take.ref.line,
                    "quantity": take.quantity,
                    "currency": take.amount.currency.code if take.amount else "",
                    "amount_minor": take.amount.minor if take.amount else None,
                    "counted_quantity": counted[0],
                    "counted_minor": counted[1],
                }
            )
        if values:
            self._session.execute(table.insert(), values)

    def takes_by(self, bill_id: SupplierInvoiceId) -> Sequence[OrderTake]:
        """What a bill takes now."""
        table = table_of(BillTakeRow)
        query = table.select().where(table.c.bill_id == bill_id).order_by(table.c.po_number, table.c.po_line)
        return [_take(row) for row in self._session.execute(query)]

    def takes_of(
        self, refs: Collection[OrderLineRef], except_bill: SupplierInvoiceId | None = None
    ) -> Sequence[TakenElsewhere]:
        """What bills that are not deleted take of these lines."""
        numbers = sorted({ref.po_number for ref in refs})
        takes, bills = table_of(BillTakeRow), table_of(BillRow)
        found = []
        for start in range(0, len(numbers), CHUNK):
            query = (
                sql_select(takes, bills.c.state, bills.c.invoice_date, bills.c.invoice_number)
                .join(bills, bills.c.id == takes.c.bill_id)
                .where(takes.c.po_number.in_(numbers[start : start + CHUNK]), bills.c.state.not_in(_GONE))
                .order_by(bills.c.number, takes.c.po_number, takes.c.po_line)
            )
            for row in self._session.execute(query):
                take = _take(row)
                if take.bill_id != except_bill and take.ref in refs:
                    state, number = SupplierInvoiceState(row.state), SupplierInvoiceNumber(row.invoice_number)
                    day = row.invoice_date or date.max
                    found.append(TakenElsewhere(take, state, day, number, row.counted_quantity, row.counted_minor))
        return found

    def count_in(self, bill_id: SupplierInvoiceId, ref: OrderLineRef, quantity: str, minor: int) -> None:
        """Note how much of a take the ledger counts."""
        table = table_of(BillTakeRow)
        mine = (table.c.bill_id == bill_id) & (table.c.po_number == ref.po_number) & (table.c.po_line == ref.line)
        self._session.execute(update(table).where(mine).values(counted_quantity=quantity, counted_minor=minor))
        self._session.expire_all()

    def search(self, text: str, limit: int = 20) -> Sequence[SupplierBill]:
        """By id, number or supplier, newest first."""
        like = f"%{text.lower()}%"
        query = select(BillRow).where(
            or_(
                func.lower(BillRow.id).like(like),
                func.lower(BillRow.invoice_number).like(like),
                func.lower(BillRow.supplier_name).like(like),
            )
        )
        return self._found(query.order_by(col(BillRow.number).desc()).limit(limit))


def _conditions(wanted: BillsWanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [col(BillRow.state).in_([state.value for state in wanted.states])]
    if wanted.entities:
        found.append(col(BillRow.entity).in_(wanted.entities))
    if wanted.open_verdicts is not None:
        found.append(or_(false(), *(_holds(BillRow.open_verdicts, verdict.value) for verdict in wanted.open_verdicts)))
    for column, value in (
        (BillRow.asked, wanted.asked),
        (BillRow.blocked, wanted.blocked),
        (BillRow.resolved, wanted.resolved),
    ):
        if value is not None:
            found.append(col(column).is_(value))
    if wanted.approver is not None:
        found.append(_holds(BillRow.approvers, wanted.approver))
    return found


def _holds(column: str, name: str) -> ColumnElement[bool]:
    """Whether a column of `_listed` holds a name."""
    return col(column).contains(f",{name},", autoescape=True)


def _take(row: Any) -> OrderTake:
    amount = None if row.amount_minor is None else Money(row.amount_minor, currency(row.currency))
    ref = OrderLineRef(PoNumber(row.po_number), row.po_line)
    return OrderTake(SupplierInvoiceId(row.bill_id), ref, row.quantity, amount)


class SqlDisputes:
    """`core.ports.payables.Disputes` on SQL."""

    def __init__(self, session: Session, *, lock: bool) -> None:
        self._session = session
        self._lock = lock

    def next_id(self) -> DisputeId:
        """A fresh speakable id."""
        return DisputeId(f"D-{next_numbers(self._session, 'dispute', 1)[0]}")

    def add(self, dispute: Dispute) -> None:
        """Insert."""
        self._session.execute(table_of(DisputeRow).insert(), _dispute_values(dispute))

    def get(self, dispute_id: DisputeId) -> Dispute:
        """The dispute, locked in a writing unit."""
        query = select(DisputeRow).where(DisputeRow.id == dispute_id)
        found = self._found(query.with_for_update() if self._lock else query)
        if not found:
            raise NotFound(f"There is no dispute {dispute_id}.")
        return found[0]

    def save(self, dispute: Dispute, expected_version: int) -> None:
        """Compare and set on the version."""
        table = table_of(DisputeRow)
        statement = update(table).where(table.c.id == dispute.id, table.c.version == expected_version)
        if self._session.execute(statement.values(**_dispute_values(dispute))).rowcount != 1:  # type: ignore[attr-defined]
            raise StaleVersion(f"Dispute {dispute.id} was changed by somebody else meanwhile.")

    def of_bill(self, bill_id: SupplierInvoiceId) -> Sequence[Dispute]:
        """Oldest first."""
        return self._found(select(DisputeRow).where(DisputeRow.bill_id == bill_id).order_by(col(DisputeRow.number)))

    def in_states(self, states: Collection[DisputeState], limit: int = 500) -> Sequence[Dispute]:
        """Oldest first."""
        wanted = col(DisputeRow.state).in_([state.value for state in states])
        return self._found(select(DisputeRow).where(wanted).order_by(col(DisputeRow.number)).limit(limit))

    def _found(self, query: SelectOfScalar[DisputeRow]) -> list[Dispute]:
        found = self._session.exec(query.execution_options(populate_existing=True))
        return [rows.load(Dispute, row.record) for row in found]


def _dispute_values(dispute: Dispute) -> dict[str, object]:
    return {
        "id": dispute.id,
        "number": int(dispute.id.rpartition("-")[2]),
        "version": dispute.version,
        "state": dispute.state.value,
        "bill_id": dispute.bill_id,
        "record": rows.dump(dispute),
    }
