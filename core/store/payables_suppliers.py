"""Our copy of the ledger's suppliers with their bank accounts, and the revision of everything that is copied of payables."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import func, or_
from sqlmodel import Session, col, delete, select

from core.domain.bank_accounts import account_key
from core.domain.ids import SupplierId
from core.domain.payables import Supplier
from core.store import rows
from core.store.payables_tables import SupplierAccountRow, SupplierRow
from core.store.sql import CHUNK, advance, table_of, upsert
from core.store.tables import CounterRow

ORDERS_REVISION = "orders revision"


class SqlSuppliers:
    """What `core.ports.payables.OrderMirror` says of suppliers, on SQL."""

    def __init__(self, session: Session, now: datetime, *, lock: bool) -> None:
        self._session = session
        self._now = now
        self._lock = lock

    def revision(self) -> int:
        """Rises with every change."""
        row = self._session.exec(select(CounterRow.value).where(CounterRow.name == ORDERS_REVISION)).first()
        return row or 0

    def _changed(self) -> None:
        advance(self._session, ORDERS_REVISION)

    def put_suppliers(self, suppliers: Iterable[Supplier]) -> None:
        """Insert or replace."""
        known = list({each.id: each for each in suppliers}.values())
        values = [{"id": each.id, "name": each.name, "record": rows.dump(each)} for each in known]
        if values:
            upsert(self._session, SupplierRow, values, ["id"])
            self._put_accounts(known)
            self._changed()

    def _put_accounts(self, suppliers: Sequence[Supplier]) -> None:
        ids = [each.id for each in suppliers]
        for start in range(0, len(ids), CHUNK):
            chunk = col(SupplierAccountRow.supplier_id).in_(ids[start : start + CHUNK])
            self._session.execute(delete(SupplierAccountRow).where(chunk))
        pairs = {(account_key(account), each.id) for each in suppliers for account in each.bank_accounts}
        values = [{"account": account, "supplier_id": supplier_id} for account, supplier_id in sorted(pairs)]
        for start in range(0, len(values), CHUNK):
            self._session.execute(table_of(SupplierAccountRow).insert(), values[start : start + CHUNK])

    def with_account(self, account: str) -> Sequence[Supplier]:
        """By the account's letters and digits."""
        mine = select(SupplierAccountRow.supplier_id).where(SupplierAccountRow.account == account_key(account))
        query = select(SupplierRow).where(col(SupplierRow.id).in_(mine)).order_by(col(SupplierRow.id))
        return [rows.load(Supplier, row.record) for row in self._session.exec(query)]

    def supplier(self, supplier_id: SupplierId) -> Supplier | None:
        """By id."""
        row = self._session.get(SupplierRow, supplier_id, populate_existing=True)
        return None if row is None else rows.load(Supplier, row.record)

    def suppliers(self) -> Sequence[Supplier]:
        """All of them."""
        query = select(SupplierRow).order_by(col(SupplierRow.id)).execution_options(populate_existing=True)
        return [rows.load(Supplier, row.record) for row in self._session.exec(query)]

    def search_suppliers(self, text: str, limit: int = 50) -> Sequence[Supplier]:
        """By part of the name or id."""
        like = f"%{text.lower()}%"
        query = (
            select(SupplierRow)
            .where(or_(func.lower(SupplierRow.name).like(like), func.lower(SupplierRow.id).like(like)))
            .order_by(col(SupplierRow.name), col(SupplierRow.id))
            .limit(limit)
        )
        return [rows.load(Supplier, row.record) for row in self._session.exec(query)]
