"""Our copy of the ledger's suppliers, purchase orders, receipts and units, with what people taught us about them."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, delete, select, update

from core.domain.ids import EntityId, PersonId, PoNumber, SupplierId
from core.domain.measures import Quantity, Rate
from core.domain.money import Currency, Money, currency
from core.domain.payables import (
    ComparisonWay,
    LineKind,
    OrderLineRef,
    OrderStatus,
    PurchaseOrder,
    PurchaseOrderLine,
    Receipt,
    UnitConversion,
)
from core.domain.supplier_bills import OwnReceipt
from core.ports.payables import OrderLineChange, OrdersChanged
from core.store.payables_suppliers import SqlSuppliers
from core.store.payables_tables import (
    LearnedCodeRow,
    OrderLineRow,
    OrderRow,
    OwnReceiptRow,
    ReceiptRow,
    UnitConversionRow,
)
from core.store.sql import CHUNK, insert, table_of, upsert

_ORDERS_AT_ONCE = 500


class SqlOrderMirror(SqlSuppliers):
    """`core.ports.payables.OrderMirror` on SQL."""

    # Orders.

    def put_orders(self, orders: Sequence[PurchaseOrder]) -> OrdersChanged:
        """Insert or replace whole orders, some hundreds at a time."""
        new = changed = 0
        lines: list[OrderLineChange] = []
        suppliers: set[SupplierId] = set()
        for start in range(0, len(orders), _ORDERS_AT_ONCE):
            chunk = orders[start : start + _ORDERS_AT_ONCE]
            known = {order.number: order for order in self._orders([order.number for order in chunk])}
            differing = [order for order in chunk if order != known.get(order.number)]
            self._replace(differing, [order.number for order in differing if order.number in known])
            for order in differing:
                suppliers.add(order.supplier_id)
                before = known.get(order.number)
                if before is None:
                    new += 1
                else:
                    changed += 1
                    lines += _changes(before, order)
        if new or changed:
            self._changed()
        return OrdersChanged(new, changed, tuple(lines), frozenset(suppliers))

    def _replace(self, orders: Sequence[PurchaseOrder], known: Sequence[PoNumber]) -> None:
        if not orders:
            return
        if known:
            self._session.execute(delete(OrderLineRow).where(col(OrderLineRow.po_number).in_(known)))
        upsert(self._session, OrderRow, [_order_values(order) for order in orders], ["number"])
        values = [_line_values(place, line) for order in orders for place, line in enumerate(order.lines)]
        for start in range(0, len(values), CHUNK):
            self._session.execute(table_of(OrderLineRow).insert(), values[start : start + CHUNK])
        self._session.expire_all()

    def order(self, number: PoNumber) -> PurchaseOrder | None:
        """By number."""
        return next(iter(self._orders([number])), None)

    def orders_of(self, supplier_id: SupplierId) -> Sequence[PurchaseOrder]:
        """All orders of a supplier."""
        numbers = self._session.exec(
            select(OrderRow.number).where(OrderRow.supplier_id == supplier_id).order_by(col(OrderRow.number))
        ).all()
        found: list[PurchaseOrder] = []
        for start in range(0, len(numbers), _ORDERS_AT_ONCE):
            found += self._orders([PoNumber(number) for number in numbers[start : start + _ORDERS_AT_ONCE]])
        return found

    def _orders(self, numbers: Sequence[PoNumber]) -> list[PurchaseOrder]:
        heads = table_of(OrderRow)
        lines = table_of(OrderLineRow)
        found = self._session.execute(heads.select().where(heads.c.number.in_(numbers)).order_by(heads.c.number)).all()
        units = {head.number: currency(head.currency) for head in found}
        by_order: dict[str, list[PurchaseOrderLine]] = {}
        query = lines.select().where(lines.c.po_number.in_(numbers)).order_by(lines.c.po_number, lines.c.position)
        for row in self._session.execute(query):
            if row.po_number in units:
                by_order.setdefault(row.po_number, []).append(_line(row, units[row.po_number]))
        return [_order(head, units[head.number], tuple(by_order.get(head.number, ()))) for head in found]

    def has_open_orders(self, supplier_id: SupplierId) -> bool:
        """Whether there is one."""
        query = select(OrderRow.number).where(OrderRow.supplier_id == supplier_id, OrderRow.status == OrderStatus.OPEN.value)
        return self._session.exec(query.limit(1)).first() is not None

    def owners(self) -> Mapping[str, SupplierId]:
        """Looked up one at a time."""
        return _Owners(self._session)

    # Receipts.

    def put_receipts(self, receipts: Sequence[Receipt]) -> Sequence[OrderLineRef]:
        """Insert or replace; rows alike in number and order line are told apart by their place."""
        places: Counter[tuple[str, str, str]] = Counter()
        values: dict[tuple[object, ...], dict[str, object]] = {}
        for receipt in receipts:
            key = (receipt.number, str(receipt.po_number), receipt.po_line)
            values[(*key, places[key])] = {
                "number": receipt.number,
                "po_number": receipt.po_number,
                "po_line": receipt.po_line,
                "place": places[key],
                "received_date": receipt.received_date,
                "quantity": receipt.quantity,
                "uom": receipt.uom,
            }
            places[key] += 1
        changed = self._differing(values)
        if changed:
            upsert(self._session, ReceiptRow, changed, ["number", "po_number", "po_line", "place"])
            self._session.expire_all()
            self._changed()
        return list(dict.fromkeys(OrderLineRef(PoNumber(str(each["po_number"])), str(each["po_line"])) for each in changed))

    def _differing(self, values: Mapping[tuple[object, ...], dict[str, object]]) -> list[dict[str, object]]:
        table = table_of(ReceiptRow)
        numbers = sorted({str(each["po_number"]) for each in values.values()})
        known: dict[tuple[object, ...], dict[str, object]] = {}
        for start in range(0, len(numbers), CHUNK):
            query = table.select().where(table.c.po_number.in_(numbers[start : start + CHUNK]))
            for row in self._session.execute(query).mappings():
                known[row["number"], row["po_number"], row["po_line"], row["place"]] = dict(row)
        return [each for key, each in values.items() if known.get(key) != each]

    def receipts_of(self, orders: Collection[PoNumber]) -> Sequence[Receipt]:
        """The ledger's, then ours that nothing replaced."""
        numbers = sorted(orders)
        table, own = table_of(ReceiptRow), table_of(OwnReceiptRow)
        found = []
        for start in range(0, len(numbers), CHUNK):
            some = numbers[start : start + CHUNK]
            query = table.select().where(table.c.po_number.in_(some))
            ordered = query.order_by(table.c.po_number, table.c.number, table.c.po_line, table.c.place)
            found += [
                Receipt(row.number, PoNumber(row.po_number), row.po_line, row.received_date, Quantity(row.quantity), row.uom)
                for row in self._session.execute(ordered)
            ]
            ours = own.select().where(own.c.po_number.in_(some), own.c.replaced_by == "").order_by(own.c.number)
            found += [
                Receipt(row.number, PoNumber(row.po_number), row.po_line, row.received_on, Quantity(row.quantity))
                for row in self._session.execute(ours)
            ]
        return found

    def add_own_receipt(self, receipt: OwnReceipt) -> None:
        """Insert."""
        values = {
            "number": receipt.number,
            "po_number": receipt.ref.po_number,
            "po_line": receipt.ref.line,
            "quantity": receipt.quantity,
            "received_on": receipt.received_on,
            "by": receipt.by,
            "by_name": receipt.by_name,
            "replaced_by": receipt.replaced_by,
        }
        self._session.execute(table_of(OwnReceiptRow).insert(), values)
        self._changed()

    def own_receipts(self, ref: OrderLineRef) -> Sequence[OwnReceipt]:
        """Those that still count."""
        table = table_of(OwnReceiptRow)
        mine = (table.c.po_number == ref.po_number) & (table.c.po_line == ref.line) & (table.c.replaced_by == "")
        return [
            OwnReceipt(row.number, ref, row.quantity, row.received_on, PersonId(row.by), row.by_name)
            for row in self._session.execute(table.select().where(mine).order_by(table.c.number))
        ]

    def own_lines(self) -> Collection[OrderLineRef]:
        """Lines with one that still counts."""
        table = table_of(OwnReceiptRow)
        found = self._session.execute(table.select().where(table.c.replaced_by == ""))
        return {OrderLineRef(PoNumber(row.po_number), row.po_line) for row in found}

    def replace_own(self, ref: OrderLineRef, by: str) -> Sequence[OwnReceipt]:
        """Note which receipt took their place."""
        found = self.own_receipts(ref)
        if found:
            table = table_of(OwnReceiptRow)
            numbers = [each.number for each in found]
            self._session.execute(update(table).where(table.c.number.in_(numbers)).values(replaced_by=by))
            self._changed()
        return found

    # Units and learned codes.

    def put_units(self, rows_of_units: Iterable[UnitConversion], origin: str) -> int:
        """Insert or replace by scope and the two units; a file does not undo what a person confirmed for one item."""
        known = {_unit_key(each): each for each in self.units()}
        changed = {_unit_key(each): each for each in rows_of_units if known.get(_unit_key(each)) != each}
        values = [
            {
                "supplier_id": each.supplier_id,
                "item_code": each.item_code,
                "from_uom": each.from_uom,
                "to_uom": each.to_uom,
                "factor": each.factor,
                "origin": origin,
            }
            for each in changed.values()
        ]
        if values:
            upsert(self._session, UnitConversionRow, values, ["supplier_id", "item_code", "from_uom", "to_uom"])
            self._session.expire_all()
            self._changed()
        return len(values)

    def units(self) -> Sequence[UnitConversion]:
        """All of them, in one order."""
        table = table_of(UnitConversionRow)
        query = table.select().order_by(table.c.supplier_id, table.c.item_code, table.c.from_uom, table.c.to_uom)
        return [
            UnitConversion(row.from_uom, row.to_uom, row.factor, row.supplier_id, row.item_code)
            for row in self._session.execute(query)
        ]

    def learn(self, supplier_id: SupplierId, key: str, item_code: str) -> None:
        """Count one confirmation."""
        table = table_of(LearnedCodeRow)
        statement = insert(self._session, LearnedCodeRow).values(
            supplier_id=supplier_id, key=key, item_code=item_code, confirmed=1
        )
        statement = statement.on_conflict_do_update(
            index_elements=["supplier_id", "key", "item_code"], set_={"confirmed": table.c.confirmed + 1}
        )
        self._session.execute(statement)
        self._changed()

    def learned(self, supplier_id: SupplierId) -> Mapping[str, str]:
        """Keys that always meant one item."""
        table = table_of(LearnedCodeRow)
        meant: dict[str, set[str]] = {}
        for row in self._session.execute(table.select().where(table.c.supplier_id == supplier_id)):
            meant.setdefault(row.key, set()).add(row.item_code)
        return {key: next(iter(codes)) for key, codes in sorted(meant.items()) if len(codes) == 1}


class _Owners(Mapping[str, SupplierId]):
    """Whose order a number is, asked of the database when somebody wants to know."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def __getitem__(self, number: str) -> SupplierId:
        found = self._session.exec(select(OrderRow.supplier_id).where(OrderRow.number == number)).first()
        if found is None:
            raise KeyError(number)
        return SupplierId(found)

    def __iter__(self) -> Iterator[str]:
        return iter(self._session.exec(select(OrderRow.number)).all())

    def __len__(self) -> int:
        return self._session.exec(select(func.count()).select_from(OrderRow)).one()


def _unit_key(row: UnitConversion) -> tuple[str, str, str, str]:
    return (row.supplier_id, row.item_code, row.from_uom, row.to_uom)


def _changes(before: PurchaseOrder, after: PurchaseOrder) -> list[OrderLineChange]:
    """Known lines that say something else, are gone, or whose order was closed, opened or moved."""
    now = {line.line: line for line in after.lines}
    head = (before.status, before.currency, before.supplier_id) != (after.status, after.currency, after.supplier_id)
    return [OrderLineChange(line.ref, line, now.get(line.line)) for line in before.lines if head or now.get(line.line) != line]


def _order_values(order: PurchaseOrder) -> dict[str, object]:
    return {
        "number": order.number,
        "supplier_id": order.supplier_id,
        "currency": order.currency.code,
        "status": order.status.value,
        "order_date": order.order_date,
        "entity": order.entity,
    }


def _line_values(place: int, line: PurchaseOrderLine) -> dict[str, object]:
    return {
        "po_number": line.po_number,
        "line": line.line,
        "position": place,
        "kind": line.kind.value,
        "way": line.way.value,
        "item_code": line.item_code,
        "supplier_item_code": line.supplier_item_code,
        "description": line.description,
        "quantity": line.quantity,
        "uom": line.uom,
        "rate": line.rate,
        "amount_minor": line.amount.minor if line.amount is not None else None,
        "quantity_billed": line.quantity_billed,
        "amount_billed_minor": line.amount_billed.minor if line.amount_billed is not None else None,
        "coding": line.coding,
    }


def _order(head: Any, unit: Currency, lines: tuple[PurchaseOrderLine, ...]) -> PurchaseOrder:
    return PurchaseOrder(
        PoNumber(head.number),
        SupplierId(head.supplier_id),
        unit,
        lines,
        OrderStatus(head.status),
        head.order_date,
        EntityId(head.entity),
    )


def _line(row: Any, unit: Currency) -> PurchaseOrderLine:
    return PurchaseOrderLine(
        po_number=PoNumber(row.po_number),
        line=row.line,
        kind=LineKind(row.kind),
        way=ComparisonWay(row.way),
        item_code=row.item_code,
        supplier_item_code=row.supplier_item_code,
        description=row.description,
        quantity=None if row.quantity is None else Quantity(row.quantity),
        uom=row.uom,
        rate=None if row.rate is None else Rate(row.rate),
        amount=None if row.amount_minor is None else Money(row.amount_minor, unit),
        quantity_billed=Quantity(row.quantity_billed),
        amount_billed=None if row.amount_billed_minor is None else Money(row.amount_billed_minor, unit),
        coding=row.coding,
    )
