"""What portals list, in the database: customers, their orders with lines, our invoices there, syncs, switches."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, or_
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, delete, select, update
from sqlmodel.sql.expression import SelectOfScalar

from core.domain.errors import NotFound, StaleVersion
from core.domain.ids import CustomerId, SourceId
from core.domain.money import Money, currency
from core.domain.portal_orders import CustomerPurchaseOrder, OrderCursor, PortalInvoice, number_key
from core.domain.portals import (
    CustomerPortalSetting,
    KeptOrder,
    ListedCustomer,
    OrderBrief,
    OrderRef,
    PortalCustomerId,
    PortalLoginId,
    SyncRun,
    SyncRunId,
)
from core.ports.portals import OrdersPut
from core.store import rows
from core.store.portal_tables import (
    PortalCustomerRow,
    PortalInvoiceRow,
    PortalOrderLineRow,
    PortalOrderRow,
    PortalSettingRow,
    PortalSwitchRow,
    PortalSyncRow,
)
from core.store.sql import advance, next_numbers, table_of, upsert
from core.store.tables import CounterRow

_TOUCHED = "revision:portal_orders"
_SUBMITS = "submits"


class SqlPortalOrders:
    """`core.ports.portals.PortalOrders` on SQL."""

    def __init__(self, session: Session, now: datetime, *, lock: bool) -> None:
        self._session = session
        self._now = now
        self._lock = lock

    # Customers.

    def next_customer_id(self) -> PortalCustomerId:
        """A fresh speakable id."""
        return PortalCustomerId(f"PC-{next_numbers(self._session, 'portal_customer', 1)[0]}")

    def put_customer(self, customer: ListedCustomer, expected_version: int | None = None) -> None:
        """Insert, or compare and set on the version."""
        table = table_of(PortalCustomerRow)
        values = {
            "id": customer.id,
            "number": int(customer.id.rpartition("-")[2]),
            "version": customer.version,
            "login_id": customer.login_id,
            "name": customer.name,
            "customer_id": customer.customer_id,
            "record": rows.dump(customer),
        }
        self._touch()
        if expected_version is None:
            self._session.execute(table.insert(), values | {"cursor": ""})
            return
        statement = update(table).where(table.c.id == customer.id, table.c.version == expected_version).values(**values)
        if self._session.execute(statement).rowcount != 1:  # type: ignore[attr-defined]
            raise StaleVersion(f"The portal customer {customer.name} was changed by somebody else meanwhile.")

    def customer(self, customer_id: PortalCustomerId) -> ListedCustomer:
        """The customer, locked in a writing unit."""
        query = select(PortalCustomerRow.record).where(PortalCustomerRow.id == customer_id)
        record = self._session.exec(query.with_for_update() if self._lock else query).first()
        if record is None:
            raise NotFound(f"There is no portal customer {customer_id}.")
        return rows.load(ListedCustomer, record)

    def customer_named(self, login_id: PortalLoginId, name: str) -> ListedCustomer | None:
        """By the portal's name."""
        query = select(PortalCustomerRow.record).where(PortalCustomerRow.login_id == login_id, PortalCustomerRow.name == name)
        record = self._session.exec(query).first()
        return None if record is None else rows.load(ListedCustomer, record)

    def customers(self, login_id: PortalLoginId | None = None) -> Sequence[ListedCustomer]:
        """By name."""
        query = select(PortalCustomerRow.record).order_by(col(PortalCustomerRow.name), col(PortalCustomerRow.number))
        if login_id is not None:
            query = query.where(PortalCustomerRow.login_id == login_id)
        return [rows.load(ListedCustomer, record) for record in self._session.exec(query)]

    def cursor(self, customer_id: PortalCustomerId) -> OrderCursor:
        """How the next sync goes on."""
        found = self._session.exec(select(PortalCustomerRow.cursor).where(PortalCustomerRow.id == customer_id)).first()
        return OrderCursor(found or "")

    def keep_cursor(self, customer_id: PortalCustomerId, cursor: OrderCursor) -> None:
        """Keep it."""
        table = table_of(PortalCustomerRow)
        self._session.execute(update(table).where(table.c.id == customer_id).values(cursor=cursor))

    # Orders.

    def put_orders(self, customer_id: PortalCustomerId, orders: Sequence[tuple[CustomerPurchaseOrder, SourceId]]) -> OrdersPut:
        """Insert or replace, with what belongs to them."""
        if not orders:
            return OrdersPut()
        numbers = [order.number for order, _ in orders]
        of_customer = col(PortalOrderRow.portal_customer_id) == customer_id
        query = select(PortalOrderRow.number, PortalOrderRow.record)
        known = dict(self._session.exec(query.where(of_customer, col(PortalOrderRow.number).in_(numbers))).all())
        told = {order.number: (order, source) for order, source in orders}
        dumped = {number: rows.dump(order) for number, (order, _) in told.items()}
        new = [number for number in told if number not in known]
        changed = [number for number in told if number in known and known[number] != dumped[number]]
        upsert(
            self._session,
            PortalOrderRow,
            [self._order_values(customer_id, order, source, dumped[order.number]) for order, source in told.values()],
            ["portal_customer_id", "number"],
        )
        self._put_parts(customer_id, [told[number][0] for number in (*new, *changed)])
        if new or changed:
            self._touch()
        return OrdersPut(len(new), len(changed))

    def _order_values(
        self, customer_id: PortalCustomerId, order: CustomerPurchaseOrder, source_id: SourceId, record: str
    ) -> dict[str, object]:
        return {
            "portal_customer_id": customer_id,
            "number": order.number,
            "status": order.status.value,
            "status_text": order.status_text,
            "currency": order.total.currency.code,
            "total_minor": order.total.minor,
            "invoiced_minor": order.invoiced.minor if order.invoiced is not None else None,
            "may_be_invoiced": order.may_be_invoiced,
            "source_id": source_id,
            "seen_at": self._now,
            "record": record,
        }

    def _put_parts(self, customer_id: PortalCustomerId, orders: Sequence[CustomerPurchaseOrder]) -> None:
        numbers = [order.number for order in orders]
        for model, column in (
            (PortalOrderLineRow, col(PortalOrderLineRow.order_number)),
            (PortalInvoiceRow, col(PortalInvoiceRow.order_number)),
        ):
            mine = table_of(model).c.portal_customer_id == customer_id
            self._session.execute(delete(model).where(mine, column.in_(numbers)))
        self._session.expire_all()
        lines = [_line_values(customer_id, order, place) for order in orders for place in range(len(order.lines))]
        invoices = [_invoice_values(customer_id, one) for order in orders for one in order.invoices]
        if lines:
            upsert(self._session, PortalOrderLineRow, lines, ["portal_customer_id", "order_number", "line"])
        if invoices:
            upsert(self._session, PortalInvoiceRow, invoices, ["portal_customer_id", "reference"])

    def order(self, ref: OrderRef) -> KeptOrder | None:
        """One order."""
        mine = (PortalOrderRow.portal_customer_id == ref.customer, PortalOrderRow.number == ref.number)
        return next(iter(self._orders(select(PortalOrderRow).where(*mine))), None)

    def orders_of(self, customer_id: PortalCustomerId, limit: int = 500, offset: int = 0) -> Sequence[KeptOrder]:
        """By number."""
        query = select(PortalOrderRow).where(PortalOrderRow.portal_customer_id == customer_id)
        return self._orders(query.order_by(col(PortalOrderRow.number)).limit(limit).offset(offset))

    def _orders(self, query: SelectOfScalar[PortalOrderRow]) -> list[KeptOrder]:
        found = self._session.exec(query.execution_options(populate_existing=True))
        return [
            KeptOrder(
                OrderRef(PortalCustomerId(row.portal_customer_id), row.number),
                rows.load(CustomerPurchaseOrder, row.record),
                SourceId(row.source_id),
                row.seen_at,
            )
            for row in found
        ]

    def search_customers(self, text: str, limit: int = 50) -> Sequence[ListedCustomer]:
        """By the portal's name."""
        holds = func.lower(PortalCustomerRow.name).contains(text.strip().lower(), autoescape=True)
        query = select(PortalCustomerRow.record).where(holds)
        found = query.order_by(col(PortalCustomerRow.name), col(PortalCustomerRow.number)).limit(limit)
        return [rows.load(ListedCustomer, record) for record in self._session.exec(found)]

    def briefs(self, customers: Collection[PortalCustomerId]) -> Iterable[OrderBrief]:
        """Without reading the records."""
        table = table_of(PortalOrderRow)
        query = sql_select(
            table.c.portal_customer_id,
            table.c.number,
            table.c.status_text,
            table.c.currency,
            table.c.total_minor,
            table.c.invoiced_minor,
            table.c.may_be_invoiced,
        )
        wanted = set(customers)
        for customer, number, status, code, total, invoiced, fit in self._session.execute(query.order_by(table.c.number)):
            if customer in wanted:
                of = currency(code)
                remaining = None if invoiced is None else Money(total - invoiced, of)
                yield OrderBrief(OrderRef(PortalCustomerId(customer), number), status, Money(total, of), remaining, bool(fit))

    def search_orders(self, text: str, limit: int = 20) -> Sequence[KeptOrder]:
        """By number or the customer's name."""
        like = f"%{text.lower()}%"
        named = select(PortalCustomerRow.id).where(func.lower(PortalCustomerRow.name).like(like))
        fits = or_(func.lower(PortalOrderRow.number).like(like), col(PortalOrderRow.portal_customer_id).in_(named))
        return self._orders(select(PortalOrderRow).where(fits).order_by(col(PortalOrderRow.number)).limit(limit))

    def count_orders(self) -> int:
        """How many."""
        return self._session.exec(select(func.count()).select_from(PortalOrderRow)).one()

    # Our invoices there.

    def invoices_listed(self, customers: Collection[PortalCustomerId]) -> Iterable[tuple[OrderRef, str]]:
        """Order and number of each."""
        table = table_of(PortalInvoiceRow)
        wanted = set(customers)
        query = sql_select(table.c.portal_customer_id, table.c.order_number, table.c.number)
        for customer, order, number in self._session.execute(query):
            if customer in wanted:
                yield OrderRef(PortalCustomerId(customer), order), number

    def invoices_numbered(self, number: str) -> Sequence[tuple[PortalCustomerId, PortalInvoice]]:
        """As portals compare numbers."""
        query = select(PortalInvoiceRow).where(PortalInvoiceRow.number_key == number_key(number))
        found = self._session.exec(query.execution_options(populate_existing=True))
        return [(PortalCustomerId(row.portal_customer_id), rows.load(PortalInvoice, row.record)) for row in found]

    def invoice(self, customer_id: PortalCustomerId, reference: str) -> PortalInvoice | None:
        """By the portal's own id."""
        row = self._session.get(PortalInvoiceRow, (customer_id, reference), populate_existing=True)
        return None if row is None else rows.load(PortalInvoice, row.record)

    def touched(self) -> int:
        """Rises with every change."""
        row = self._session.get(CounterRow, _TOUCHED, populate_existing=True)
        return 0 if row is None else row.value

    def _touch(self) -> None:
        advance(self._session, _TOUCHED)

    # Syncs.

    def next_run_id(self) -> SyncRunId:
        """A fresh speakable id."""
        return SyncRunId(f"SY-{next_numbers(self._session, 'portal_sync', 1)[0]}")

    def put_run(self, run: SyncRun) -> None:
        """Insert or replace."""
        values = {
            "id": run.id,
            "number": int(run.id.rpartition("-")[2]),
            "login_id": run.login_id,
            "key": run.key,
            "state": run.state.value,
            "record": rows.dump(run),
        }
        upsert(self._session, PortalSyncRow, [values], ["id"])

    def run(self, run_id: SyncRunId) -> SyncRun:
        """A sync."""
        return self._one_run(select(PortalSyncRow.record).where(PortalSyncRow.id == run_id), f"There is no sync {run_id}.")

    def _one_run(self, query: SelectOfScalar[str], missing: str) -> SyncRun:
        record = self._session.exec(query).first()
        if record is None:
            raise NotFound(missing)
        return rows.load(SyncRun, record)

    def run_of_key(self, key: str) -> SyncRun | None:
        """By key."""
        record = self._session.exec(select(PortalSyncRow.record).where(PortalSyncRow.key == key)).first()
        return None if record is None else rows.load(SyncRun, record)

    def runs(self, login_id: PortalLoginId | None = None, limit: int = 10) -> Sequence[SyncRun]:
        """Newest first."""
        query = select(PortalSyncRow.record).order_by(col(PortalSyncRow.number).desc()).limit(limit)
        if login_id is not None:
            query = query.where(PortalSyncRow.login_id == login_id)
        return [rows.load(SyncRun, record) for record in self._session.exec(query)]

    # What the owner wants.

    def submits(self) -> bool:
        """Off until somebody switches it on."""
        row = self._session.get(PortalSwitchRow, _SUBMITS, populate_existing=True)
        return row is not None and row.is_on

    def set_submits(self, on: bool) -> None:
        """Switch it."""
        upsert(self._session, PortalSwitchRow, [{"name": _SUBMITS, "is_on": on}], ["name"])
        self._touch()

    def setting(self, customer_id: CustomerId) -> CustomerPortalSetting:
        """What is wanted for a customer."""
        row = self._session.get(PortalSettingRow, customer_id, populate_existing=True)
        return CustomerPortalSetting(customer_id) if row is None else rows.load(CustomerPortalSetting, row.record)

    def settings(self) -> Mapping[CustomerId, CustomerPortalSetting]:
        """Everything that somebody said."""
        found = self._session.exec(select(PortalSettingRow).execution_options(populate_existing=True))
        return {CustomerId(row.customer_id): rows.load(CustomerPortalSetting, row.record) for row in found}

    def put_setting(self, setting: CustomerPortalSetting) -> None:
        """Insert or replace; a secret stays."""
        values = {"customer_id": setting.customer_id, "record": rows.dump(setting)}
        upsert(self._session, PortalSettingRow, [values], ["customer_id"])
        self._touch()

    def cxml_secret(self, customer_id: CustomerId) -> bytes | None:
        """Sealed."""
        return self._session.exec(select(PortalSettingRow.sealed).where(PortalSettingRow.customer_id == customer_id)).first()

    def keep_cxml_secret(self, customer_id: CustomerId, sealed: bytes | None) -> None:
        """Keep or destroy it."""
        table = table_of(PortalSettingRow)
        self._session.execute(update(table).where(table.c.customer_id == customer_id).values(sealed=sealed))


def _line_values(customer_id: PortalCustomerId, order: CustomerPurchaseOrder, place: int) -> dict[str, object]:
    line = order.lines[place]
    return {
        "portal_customer_id": customer_id,
        "order_number": order.number,
        "line": line.number,
        "kind": line.kind.value,
        "description": line.description,
        "quantity": "" if line.quantity is None else str(line.quantity),
        "price": str(line.price),
        "total_minor": line.total.minor,
        "invoiced_minor": None if line.invoiced is None else line.invoiced.minor,
    }


def _invoice_values(customer_id: PortalCustomerId, one: PortalInvoice) -> dict[str, object]:
    return {
        "portal_customer_id": customer_id,
        "reference": one.reference,
        "order_number": one.order_number,
        "number_key": number_key(one.number),
        "number": one.number,
        "status": one.status.value,
        "record": rows.dump(one),
    }
