"""The ledger's suppliers, orders, receipts and units, as its files say them; what rests on them is compared again at once.

Files add and replace: an order that is not named stays, an order that is named is replaced whole. Taking the same file again
changes nothing. The comparisons are asked for in the transaction of the change, so a crash cannot forget them, and made by the
relay a moment later; nobody polls.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import islice
from typing import Final

from core.app import asking
from core.app.commands import TakeDocument
from core.app.outcomes import AlreadyDone, Done, Outcome
from core.app.payables.books import COMMITTED
from core.app.payables.moving import compare_again
from core.app.services import Services
from core.domain.events import AuditName
from core.domain.ids import EntityId, SupplierId
from core.domain.keeping import AuditEntry, Source, Subject, SubjectKind
from core.domain.payables import OrderLineRef, PurchaseOrder, Receipt, Supplier, UnitConversion
from core.domain.supplier_bills import FactsChange, SupplierInvoiceId, TakenElsewhere
from core.domain.workflows import SupplierInvoiceState as State
from core.ports.payables import OrderLineChange
from core.ports.store import UnitOfWork

_ORDERS_AT_ONCE: Final = 500
_LIVE: Final = tuple(state for state in State if state not in {*COMMITTED, State.DELETED})


def take_suppliers(services: Services, command: TakeDocument, source: Source, suppliers: Sequence[Supplier]) -> Outcome:
    """Insert or replace suppliers; invoices that wait for theirs are looked at again."""
    with services.store.write() as unit:
        before = {supplier.id: supplier for supplier in unit.orders.suppliers()}
        changed = [supplier for supplier in suppliers if supplier != before.get(supplier.id)]
        new = sum(supplier.id not in before for supplier in suppliers)
        if not changed:
            return _nothing_new(unit, command, source)
        unit.orders.put_suppliers(changed)
        cause = _cause(unit, source)
        ids = {supplier.id for supplier in changed}
        for bill_id, supplier_id in _all_live(unit):
            if supplier_id is None or supplier_id in ids:
                compare_again(unit, bill_id, FactsChange.ORDER_CHANGED, cause)
        _synced(unit, command, source, _facts(command, "suppliers", len(suppliers), new, len(changed) - new))
    return Done(source.id, 1, f"{command.name}: {len(suppliers)} suppliers, {new} new, {len(changed) - new} changed.")


def take_orders(services: Services, command: TakeDocument, source: Source, orders: Iterable[PurchaseOrder]) -> Outcome:
    """Insert or replace whole orders, some hundreds a transaction; billed quantities that rose count our own bills in."""
    read = new = changed = 0
    rest = iter(orders)
    while chunk := list(islice(rest, _ORDERS_AT_ONCE)):
        with services.store.write() as unit:
            found = unit.orders.put_orders(_with_entities(unit, chunk))
            for change in found.lines:
                _count_in(unit, change)
            cause = _cause(unit, source)
            _ask_for(unit, [change.ref for change in found.lines], FactsChange.ORDER_CHANGED, cause)
            for supplier in sorted(found.suppliers):
                for bill_id in unit.bills.waiting_for_orders(supplier):
                    compare_again(unit, bill_id, FactsChange.ORDER_CHANGED, cause)
        read, new, changed = read + len(chunk), new + found.new, changed + found.changed
    with services.store.write() as unit:
        if not new and not changed:
            return _nothing_new(unit, command, source)
        _synced(unit, command, source, _facts(command, "purchase orders", read, new, changed))
    return Done(source.id, 1, f"{command.name}: {read} purchase orders, {new} new, {changed} changed.")


def _with_entities(unit: UnitOfWork, orders: Sequence[PurchaseOrder]) -> list[PurchaseOrder]:
    """An order is of the legal entity that its supplier bills."""
    entities: dict[SupplierId, EntityId] = {}
    for order in orders:
        if order.supplier_id not in entities:
            known = unit.orders.supplier(order.supplier_id)
            entities[order.supplier_id] = known.entity if known is not None else order.entity
    return [replace(order, entity=entities[order.supplier_id]) for order in orders]


def _count_in(unit: UnitOfWork, change: OrderLineChange) -> None:
    """The ledger's billed figures rose: our posted bills are in them now and must not count a second time.

    The oldest posted bill is counted first. What is left of the rise belongs to a bill of ours that is still on its way only if
    it is exactly that; anything else was billed by somebody else in the ledger.
    """
    if change.after is None:
        return
    rise = Fraction(change.after.quantity_billed) - Fraction(change.before.quantity_billed)
    old, new = change.before.amount_billed, change.after.amount_billed
    money = (new.minor if new is not None else 0) - (old.minor if old is not None else 0)
    takes = [take for take in unit.bills.takes_of({change.ref}) if take.state in COMMITTED]
    ordered = sorted(takes, key=lambda take: (take.state is State.POSTING, int(take.take.bill_id.rpartition("-")[2])))
    for take in ordered:
        quantity, minor = _left(take)
        exact = take.state is State.POSTED
        counted = min(rise, quantity) if exact or rise == quantity else Fraction(0)
        amount = min(money, minor) if exact or money == minor else 0
        counted, amount = max(counted, Fraction(0)), max(amount, 0)
        if counted or amount:
            rise, money = rise - counted, money - amount
            total = Fraction(take.counted_quantity) + counted
            unit.bills.count_in(take.take.bill_id, change.ref, str(total), take.counted_minor + amount)


def _left(take: TakenElsewhere) -> tuple[Fraction, int]:
    minor = take.take.amount.minor if take.take.amount is not None else 0
    return Fraction(take.take.quantity) - Fraction(take.counted_quantity), minor - take.counted_minor


def take_receipts(services: Services, command: TakeDocument, source: Source, receipts: Sequence[Receipt]) -> Outcome:
    """Insert or replace receipts; invoices on their order lines are compared again, and our own records give way to them."""
    with services.store.write() as unit:
        changed = unit.orders.put_receipts(receipts)
        if not changed:
            return _nothing_new(unit, command, source)
        cause = _cause(unit, source)
        numbers = {receipt.ref: receipt.number for receipt in receipts}
        ours = unit.orders.own_lines()
        for ref in changed:
            for own in unit.orders.replace_own(ref, numbers[ref]) if ref in ours else ():
                subject = Subject(SubjectKind.PURCHASE_ORDER, ref.po_number)
                facts = {"line": ref.line, "ours": own.number, "quantity": str(own.quantity), "by": numbers[ref]}
                unit.audit.append(AuditEntry(AuditName.RECEIPT_REPLACED, subject, command.actor, facts=facts, cause=cause))
        _ask_for(unit, changed, FactsChange.RECEIPT_ARRIVED, cause)
        _synced(unit, command, source, _facts(command, "receipts", len(receipts), len(changed), 0))
    return Done(source.id, 1, f"{command.name}: {len(receipts)} receipts, {len(changed)} order lines with something new.")


def take_units(services: Services, command: TakeDocument, source: Source, units: Sequence[UnitConversion]) -> Outcome:
    """Insert or replace conversions; every invoice that is not in the ledger is compared again."""
    with services.store.write() as unit:
        changed = unit.orders.put_units(units, "file")
        if not changed:
            return _nothing_new(unit, command, source)
        cause = _cause(unit, source)
        for bill_id, _ in _all_live(unit):
            compare_again(unit, bill_id, FactsChange.UNITS_CHANGED, cause)
        _synced(unit, command, source, _facts(command, "unit conversions", len(units), changed, 0))
    return Done(source.id, 1, f"{command.name}: {len(units)} unit conversions, {changed} new or changed.")


def _ask_for(unit: UnitOfWork, refs: Sequence[OrderLineRef], change: FactsChange, cause: str) -> None:
    for bill_id in unit.bills.charging(refs):
        compare_again(unit, bill_id, change, cause)


def _all_live(unit: UnitOfWork) -> list[tuple[SupplierInvoiceId, SupplierId | None]]:
    found: list[tuple[SupplierInvoiceId, SupplierId | None]] = []
    after: SupplierInvoiceId | None = None
    while page := unit.bills.in_states(_LIVE, after=after):
        found += [(bill.id, bill.header.supplier_id) for bill in page]
        after = page[-1].id
    return found


def _cause(unit: UnitOfWork, source: Source) -> str:
    # The same file may be taken again after another one; each time is a change of its own.
    return f"{source.id}:{unit.orders.revision()}"


def _facts(command: TakeDocument, what: str, read: int, new: int, changed: int) -> dict[str, object]:
    return {"kind": "orders_synced", "what": what, "name": command.name, "read": read, "new": new, "changed": changed}


def _nothing_new(unit: UnitOfWork, command: TakeDocument, source: Source) -> AlreadyDone:
    subject = Subject(SubjectKind.SOURCE, source.id)
    unit.audit.append(AuditEntry(AuditName.SOURCE_SEEN_AGAIN, subject, command.actor, cause=command.cause))
    return AlreadyDone(source.id, f"{command.name} says nothing that was not known; nothing was changed.")


def _synced(unit: UnitOfWork, command: TakeDocument, source: Source, facts: dict[str, object]) -> None:
    facts["source"] = source.id
    subject = Subject(SubjectKind.LEDGER, "files")
    unit.audit.append(AuditEntry(AuditName.LEDGER_SYNCED, subject, command.actor, facts=facts, cause=command.cause))
    asking.digest(unit, f"sync:{source.id}:orders:{unit.orders.revision()}", facts)
