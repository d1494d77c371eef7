"""Our copy of the ledger: customers, open documents, what drafts reserve on them, what was learned about payers."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import and_, func, or_
from sqlmodel import Session, col, delete, select, update

from core.domain.errors import NotFound
from core.domain.ids import CustomerId, InvoiceNumber, Key, PaymentId
from core.domain.ledger_changes import LedgerChanges
from core.domain.money import Money
from core.domain.parties import Alias, AliasKind, Customer
from core.domain.payments import PaymentState
from core.domain.receivables import CustomerInvoice
from core.store import rows
from core.store.sql import CHUNK, advance, insert_new, table_of, upsert
from core.store.tables import (
    AliasRow,
    ApplicationRow,
    CountedSettlementRow,
    CounterRow,
    CustomerInvoiceRow,
    CustomerRow,
    PaymentRow,
)

LEDGER_REVISION = "ledger revision"
_RESERVING = (PaymentState.APPLIED.value, PaymentState.POSTING.value)


class SqlLedgerMirror:
    """`core.ports.store.LedgerMirror` on SQL."""

    def __init__(self, session: Session, now: datetime, *, lock: bool) -> None:
        self._session = session
        self._now = now
        self._lock = lock
        self._own: int | None = None

    def _advance(self) -> int:
        """The next revision, the first of which in this unit is remembered: what a unit changed itself may still be undone."""
        revision = advance(self._session, LEDGER_REVISION)
        self._own = revision if self._own is None else self._own
        return revision

    def put_customers(self, customers: Iterable[Customer]) -> int:
        """Insert or replace."""
        revision = self._advance()
        values = [rows.customer_row(customer) | {"changed": revision} for customer in customers]
        upsert(self._session, CustomerRow, values, ["id"], unless_same=["changed"])
        return len(values)

    def put_invoices(self, invoices: Iterable[CustomerInvoice], complete: bool = False) -> int:
        """Insert or replace; with `complete`, documents that are not named are closed (open balance zero)."""
        revision = self._advance()
        values = [rows.invoice_row(invoice) | {"changed": revision} for invoice in invoices]
        if complete:
            named = {str(value["number"]) for value in values}
            table = table_of(CustomerInvoiceRow)
            open_now = self._session.exec(select(CustomerInvoiceRow.number).where(CustomerInvoiceRow.open_minor > 0)).all()
            gone = [number for number in open_now if number not in named]
            for start in range(0, len(gone), CHUNK):
                statement = update(table).where(table.c.number.in_(gone[start : start + CHUNK]))
                self._session.execute(statement.values(open_minor=0, changed=revision))
        upsert(self._session, CustomerInvoiceRow, values, ["number"], unless_same=["changed"])
        return len(values)

    def customer(self, customer_id: CustomerId) -> Customer | None:
        """A customer, if known."""
        row = self._session.get(CustomerRow, customer_id)
        return None if row is None else rows.customer(row)

    def customers(self) -> Sequence[Customer]:
        """All customers."""
        return [rows.customer(row) for row in self._session.exec(select(CustomerRow).order_by(col(CustomerRow.id)))]

    def search_customers(self, text: str, limit: int = 50) -> Sequence[Customer]:
        """By part of the name or id."""
        like = f"%{text.lower()}%"
        query = (
            select(CustomerRow)
            .where(or_(func.lower(CustomerRow.name).like(like), func.lower(CustomerRow.id).like(like)))
            .order_by(col(CustomerRow.name), col(CustomerRow.id))
            .limit(limit)
        )
        return [rows.customer(row) for row in self._session.exec(query)]

    def invoice(self, number: InvoiceNumber) -> CustomerInvoice | None:
        """A document, if known."""
        row = self._session.get(CustomerInvoiceRow, number, populate_existing=True)
        return None if row is None else rows.invoice(row)

    def open_documents(self, customer_id: CustomerId | None = None) -> Sequence[CustomerInvoice]:
        """Documents with an open balance, oldest due date first (without one: by issue date)."""
        due = func.coalesce(CustomerInvoiceRow.due_date, CustomerInvoiceRow.issue_date)
        query = select(CustomerInvoiceRow).where(CustomerInvoiceRow.open_minor > 0)
        if customer_id is not None:
            query = query.where(CustomerInvoiceRow.customer_id == customer_id)
        query = query.order_by(due, col(CustomerInvoiceRow.number))
        return [rows.invoice(row) for row in self._session.exec(query.execution_options(populate_existing=True))]

    def documents(self) -> Sequence[CustomerInvoice]:
        """All documents, settled ones too."""
        query = select(CustomerInvoiceRow).order_by(col(CustomerInvoiceRow.number))
        return [rows.invoice(row) for row in self._session.exec(query.execution_options(populate_existing=True))]

    def reserved(
        self, numbers: Collection[InvoiceNumber], except_payment: PaymentId | None = None
    ) -> Mapping[InvoiceNumber, int]:
        """What drafts settle on these documents; the documents are locked, so that two units cannot both take the rest."""
        wanted = sorted(numbers)
        if self._lock and wanted:
            lock = select(CustomerInvoiceRow.number).where(col(CustomerInvoiceRow.number).in_(wanted))
            self._session.exec(lock.order_by(col(CustomerInvoiceRow.number)).with_for_update()).all()
        return self._reserved(wanted, except_payment)

    def all_reserved(self) -> Mapping[InvoiceNumber, int]:
        """What drafts settle on any document."""
        return self._reserved(None, None)

    def _reserved(self, numbers: Sequence[InvoiceNumber] | None, except_payment: PaymentId | None) -> dict[InvoiceNumber, int]:
        settles = (
            func.abs(col(ApplicationRow.applied_minor))
            + col(ApplicationRow.discount_minor)
            + col(ApplicationRow.write_off_minor)
        )
        query = (
            select(ApplicationRow.invoice_number, func.sum(settles))
            .join(PaymentRow, col(PaymentRow.id) == col(ApplicationRow.payment_id))
            .join(
                CountedSettlementRow,
                and_(
                    col(CountedSettlementRow.key) == col(PaymentRow.posting_key),
                    col(CountedSettlementRow.invoice_number) == col(ApplicationRow.invoice_number),
                    col(PaymentRow.state) == PaymentState.POSTING.value,
                ),
                isouter=True,
            )
            .where(col(PaymentRow.state).in_(_RESERVING), col(CountedSettlementRow.key).is_(None))
            .group_by(col(ApplicationRow.invoice_number))
        )
        if numbers is not None:
            query = query.where(col(ApplicationRow.invoice_number).in_(numbers))
        if except_payment is not None:
            query = query.where(col(ApplicationRow.payment_id) != except_payment)
        return {InvoiceNumber(number): int(minor) for number, minor in self._session.exec(query)}

    def settle(self, number: InvoiceNumber, by: Money) -> None:
        """Lower the open balance, never below zero: the ledger's next file may have done it already."""
        table = table_of(CustomerInvoiceRow)
        found = self._session.exec(
            select(CustomerInvoiceRow.open_minor).where(CustomerInvoiceRow.number == number).with_for_update()
        ).first()
        if found is None:
            raise NotFound(f"There is no document {number}.")
        left = max(found - by.minor, 0)
        self._session.execute(update(table).where(table.c.number == number).values(open_minor=left, changed=self._advance()))

    def reopen(self, number: InvoiceNumber, by: Money) -> None:
        """Raise the open balance, never above the amount: the ledger's next file may have done it already."""
        table = table_of(CustomerInvoiceRow)
        found = self._session.exec(
            select(CustomerInvoiceRow.open_minor, CustomerInvoiceRow.amount_minor)
            .where(CustomerInvoiceRow.number == number)
            .with_for_update()
        ).first()
        if found is None:
            raise NotFound(f"There is no document {number}.")
        again = min(found[0] + by.minor, found[1])
        self._session.execute(update(table).where(table.c.number == number).values(open_minor=again, changed=self._advance()))

    def count(self, key: Key, number: InvoiceNumber) -> None:
        """Remember that a list counts it."""
        values = {"key": key, "invoice_number": number, "counted_at": self._now}
        insert_new(self._session, CountedSettlementRow, values, ["key", "invoice_number"])

    def counted(self, key: Key) -> Collection[InvoiceNumber]:
        """The documents of a key."""
        query = select(CountedSettlementRow.invoice_number).where(CountedSettlementRow.key == key)
        return {InvoiceNumber(number) for number in self._session.exec(query)}

    def forget_counted(self, key: Key, number: InvoiceNumber | None = None) -> None:
        """It was not so."""
        statement = delete(CountedSettlementRow).where(col(CountedSettlementRow.key) == key)
        if number is not None:
            statement = statement.where(col(CountedSettlementRow.invoice_number) == number)
        self._session.execute(statement)

    def revision(self) -> int:
        """Rises with every change of customers, documents or aliases."""
        row = self._session.exec(select(CounterRow.value).where(CounterRow.name == LEDGER_REVISION)).first()
        return row or 0

    def changes_since(self, revision: int) -> LedgerChanges:
        """Everything that changed after a revision."""
        now = self.revision()
        settled = now if self._own is None else self._own - 1
        if now == revision:
            return LedgerChanges(now, settled)
        fresh = {"populate_existing": True}
        customers = select(CustomerRow).where(CustomerRow.changed > revision).order_by(col(CustomerRow.id))
        documents = select(CustomerInvoiceRow).where(CustomerInvoiceRow.changed > revision)
        aliases = select(AliasRow).where(AliasRow.changed > revision)
        return LedgerChanges(
            now,
            settled,
            tuple(rows.customer(row) for row in self._session.exec(customers.execution_options(**fresh))),
            tuple(rows.invoice(row) for row in self._session.exec(documents.execution_options(**fresh))),
            tuple(rows.alias(row) for row in self._session.exec(aliases.execution_options(**fresh))),
        )

    def put_alias(self, alias: Alias) -> None:
        """Insert or replace what was learned."""
        values = {
            "kind": alias.kind.value,
            "value": alias.value,
            "customer_id": alias.customer_id,
            "confirmed": alias.confirmed,
            "rejected": alias.rejected,
            "changed": self._advance(),
        }
        upsert(self._session, AliasRow, [values], ["kind", "value", "customer_id"])

    def alias(self, kind: AliasKind, value: str, customer_id: CustomerId) -> Alias | None:
        """What was learned about one value and customer."""
        row = self._session.get(AliasRow, (kind.value, value, customer_id), populate_existing=True)
        return None if row is None else rows.alias(row)

    def aliases(self) -> Sequence[Alias]:
        """Everything that was learned."""
        query = select(AliasRow).order_by(col(AliasRow.kind), col(AliasRow.value), col(AliasRow.customer_id))
        return [rows.alias(row) for row in self._session.exec(query)]
