"""Comparing an invoice again because something under it changed: a receipt, an order, another invoice, its own values."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from core.app.moving import Because
from core.app.payables.books import Books
from core.app.payables.disputing import withdraw_disputes
from core.app.payables.going_on import go_on
from core.app.payables.linking import compare
from core.app.payables.moving import COMPARING, Noted, store_bill
from core.app.payables.questions import kind_of, recognised, with_questions
from core.app.services import Services
from core.decide import supplier_invoice
from core.domain.errors import NotFound
from core.domain.events import AuditName
from core.domain.events import SupplierInvoiceEvent as Event
from core.domain.keeping import OutboxItem
from core.domain.supplier_bills import BillHeader, BillLine, FactsChange, SupplierBill, SupplierInvoiceId, in_currency
from core.domain.workflows import SupplierInvoiceState as State
from core.ports.store import UnitOfWork

_OVER = frozenset({State.POSTING, State.POSTED, State.DELETED})
EDITABLE = frozenset(state for row in supplier_invoice.TABLE.rows if row.event is Event.EDIT for state in row.sources)


def recheck(unit: UnitOfWork, books: Books, bill: SupplierBill, change: FactsChange, cause: str) -> SupplierBill:
    """Compare an invoice again and let it go on; nothing is stored where nothing changed."""
    if bill.state in _OVER:
        return bill
    present = bill
    if bill.state is State.NEEDS_REVIEW:
        bill = replace(bill, header=recognised(unit, bill.header, bill.sender))
        bill = with_questions(unit, replace(bill, kind=kind_of(unit, bill)))
    compared = compare(unit, books, bill, change)
    because = Because(COMPARING, cause=cause)
    if compared.bill != present:
        noted = compared.noted or (Noted(AuditName.SUPPLIER_INVOICE_COMPARED, facts={"because": change.value}),)
        fresh = replace(compared.bill, recalled=compared.bill.recalled and not compared.noted)
        bill = store_bill(unit, books, present, fresh, noted, because)
        withdraw_disputes(unit, bill, compared.withdrawn, because)
    else:
        bill = present
    return go_on(unit, books, bill, cause)


class CompareAgain:
    """The performer of `compare_again` effects."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def __call__(self, item: OutboxItem) -> str:
        """Compare one invoice again; the receipt is its version."""
        change = FactsChange(str(item.effect.payload["change"]))
        with self._services.store.write() as unit:
            try:
                bill = unit.bills.get(SupplierInvoiceId(item.effect.subject.id))
            except NotFound:
                return "gone"
            after = recheck(unit, Books(unit), bill, change, f"outbox {item.id}: {item.effect.payload['cause']}")
        return f"v{after.version}"


def take_again(
    unit: UnitOfWork, books: Books, known: SupplierBill, header: BillHeader, lines: Sequence[BillLine], because: Because
) -> str | None:
    """An invoice came again: None where it says the same, empty where its changes were taken, else why they were not."""
    present = unit.bills.get(known.id)
    if not present.from_table:
        return None
    by_name = {line.line: line for line in present.lines}
    fresh = tuple(_said_now(by_name.get(line.line), line) for line in lines)
    head = replace(
        header,
        supplier_id=present.header.supplier_id or header.supplier_id,
        supplier_name=present.header.supplier_name,
        entity=present.header.entity,
        recognised_by=present.header.recognised_by,
        total=present.header.total,
    )
    if head == present.header and fresh == present.lines:
        return None
    if present.state not in EDITABLE:
        return f"{present.id} ({present.header.number}) is {present.state.value.replace('_', ' ').lower()} and was not changed."
    edited = with_questions(unit, replace(present, header=head, lines=fresh), against_all=True)
    store_edit(unit, books, present, edited, {"from": "file"}, because)
    return ""


def store_edit(
    unit: UnitOfWork,
    books: Books,
    present: SupplierBill,
    edited: SupplierBill,
    facts: Mapping[str, object],
    because: Because,
) -> SupplierBill:
    """Store other values of an invoice, compared anew: decisions on lines whose facts did not change stay."""
    compared = compare(unit, books, edited, FactsChange.INVOICE_EDITED)
    gone = tuple(line.line for line in present.lines if edited.line(line.line) is None)
    note = Noted(AuditName.SUPPLIER_INVOICE_EDITED, present.state.value, present.state.value, facts=facts)
    fresh = replace(compared.bill, recalled=False)
    stored = store_bill(unit, books, present, fresh, [note, *compared.noted], because)
    withdraw_disputes(unit, stored, (*compared.withdrawn, *gone), because)
    return go_on(unit, books, stored, because.cause)


def _said_now(before: BillLine | None, now: BillLine) -> BillLine:
    """What was decided about a line stays with it; comparing finds out whether it still holds."""
    return now if before is None else before.saying(now)


def in_its_currency(bill: SupplierBill) -> SupplierBill:
    """Amounts of a document that named no currency, in the one that somebody named; `Malformed` for a digit too many."""
    unit = bill.header.currency
    if unit is None:
        return bill
    head = bill.header
    header = replace(
        head, tax=in_currency(head.tax, unit), total=in_currency(head.total, unit), discount=in_currency(head.discount, unit)
    )
    lines = tuple(replace(line, amount=in_currency(line.amount, unit), tax=in_currency(line.tax, unit)) for line in bill.lines)
    return replace(bill, header=header, lines=lines)
