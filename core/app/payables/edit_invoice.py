"""A person changes what an invoice says, or answers what is asked about it: header, lines, whose it is, which orders.

Decisions on lines whose facts stay the same stay; the others are opened again with the reason that the invoice was edited.
"""

from dataclasses import replace

from core.app.acting import STRANGER, Asked, entitled
from core.app.commands import EditBill
from core.app.moving import Because
from core.app.outcomes import Done, Outcome
from core.app.payables.acting import refused, stale
from core.app.payables.books import Books
from core.app.payables.moving import attempt, invoice_facts
from core.app.payables.questions import kind_of, of_supplier, with_questions
from core.app.payables.rechecking import in_its_currency, store_edit
from core.app.services import Services
from core.decide.line_verdict import line_order
from core.decide.machine import Denied
from core.domain.errors import Malformed
from core.domain.events import AuditName
from core.domain.events import SupplierInvoiceEvent as Event
from core.domain.ids import PersonId
from core.domain.money import currency
from core.domain.supplier_bills import AskedKind, BillLine, BillQuestion, SupplierBill
from core.ports.store import UnitOfWork

_FIELDS = ("number", "invoice_date", "due_date", "discount_until", "total", "tax")


def edit(services: Services, command: EditBill) -> Outcome:
    """Take the changes, once, and compare again."""
    with services.store.write() as unit:
        present = unit.bills.get(command.bill_id)
        asked = Asked(command.version, command.actor, Event.EDIT, command.cause)
        by = entitled(unit, command.actor, present.entity)
        if not by.permissions:
            return refused(unit, present, asked, STRANGER)
        meanwhile = stale(unit, present, asked, AuditName.SUPPLIER_INVOICE_EDITED)
        if meanwhile is not None:
            return meanwhile
        answer = attempt(present, Event.EDIT, invoice_facts(unit, by, present, command.reason))
        edited = _edited(unit, command, present) if not isinstance(answer, Denied) else answer
        if isinstance(edited, Denied):
            return refused(unit, present, asked, edited)
        because = Because(command.actor, command.reason, command.cause)
        after = store_edit(unit, Books(unit), present, edited, _changes(present, edited), because)
        return Done(after.id, after.version)


def _edited(unit: UnitOfWork, command: EditBill, present: SupplierBill) -> SupplierBill | Denied:
    """The invoice with the changes, its questions asked anew, and those answered that are right as they are."""
    if command.supplier_id is not None and unit.orders.supplier(command.supplier_id) is None:
        return Denied("incomplete", "Please choose a supplier that the ledger knows.")
    if any(not 0 <= place < len(present.questions) for place in command.right_as_it_is):
        return Denied("stale_version", "That question is not there any more.")
    unanswerable = [present.questions[place] for place in command.right_as_it_is if not may_be_right(present.questions[place])]
    if unanswerable:
        return Denied("incomplete", "That value is missing; please give it.")
    try:
        bill = _with_header(unit, command, present)
        bill = in_its_currency(_with_lines(command, bill))
    except Malformed as error:
        return Denied(error.code, error.sentence)
    answered = tuple(
        replace(each, answered_by=PersonId(command.actor.id)) if place in command.right_as_it_is else each
        for place, each in enumerate(bill.questions)
    )
    identity = (command.number, command.invoice_date, command.supplier_id, command.total)
    bill = replace(
        bill, questions=answered, kind=command.kind or bill.kind, kind_by_hand=command.kind is not None or bill.kind_by_hand
    )
    bill = with_questions(unit, bill, against_all=any(value is not None for value in identity))
    return replace(bill, kind=kind_of(unit, bill))


def may_be_right(question: BillQuestion) -> bool:
    """A missing or doubtful value has to be given, and a supplier chosen; only a contradiction may be right as it is."""
    if question.kind is AskedKind.MISSING:
        return question.field == "total"
    if question.kind is AskedKind.OPEN:
        return question.field.endswith(("/quantity", "/rate"))
    return question.kind not in {AskedKind.SUPPLIER_UNKNOWN, AskedKind.SUPPLIER_TIED}


def _with_header(unit: UnitOfWork, command: EditBill, bill: SupplierBill) -> SupplierBill:
    head = replace(bill.header, **{name: value for name in _FIELDS if (value := getattr(command, name)) is not None})
    if command.currency is not None:
        head = replace(head, currency=currency(command.currency))
    if command.supplier_id is not None:
        head = of_supplier(unit, replace(head, supplier_id=command.supplier_id, recognised_by=()))
    if command.orders is not None:
        head = replace(head, po_numbers=tuple(dict.fromkeys(command.orders)))
    return replace(bill, header=head)


def _with_lines(command: EditBill, bill: SupplierBill) -> SupplierBill:
    """Values of the command, decisions of the stored lines: comparing finds out which of them still hold."""
    given = {line.line: line for line in command.lines}
    kept = [_said(line, given.pop(line.line, line)) for line in bill.lines if line.line not in command.without]
    new = [_said(BillLine(line.line, None), line) for line in given.values()]
    charges = {line.line: line.charge is not None for line in (*kept, *new)}
    ordered = sorted((*kept, *new), key=lambda line: (charges[line.line], line_order(line.line)))
    return replace(bill, lines=tuple(ordered))


def _said(stored: BillLine, given: BillLine) -> BillLine:
    return replace(stored.saying(given), coding=given.coding or stored.coding)


def _changes(before: SupplierBill, after: SupplierBill) -> dict[str, object]:
    """What the log keeps of an edit: every value that differs, before and after."""
    found: dict[str, object] = {}
    for name in (
        "number",
        "invoice_date",
        "currency",
        "supplier_id",
        "po_numbers",
        "due_date",
        "discount_until",
        "total",
        "tax",
    ):
        old, new = getattr(before.header, name), getattr(after.header, name)
        if old != new:
            found[name] = [str(old or ""), str(new or "")]
    if before.kind is not after.kind:
        found["kind"] = [before.kind.value, after.kind.value]
    for line in after.lines:
        old_line = before.line(line.line)
        values = [] if old_line is None else [_values(old_line), _values(line)]
        if old_line is None or values[0] != values[1]:
            found[f"line {line.line}"] = [values[0] if values else "", _values(line)]
    gone = [line.line for line in before.lines if after.line(line.line) is None]
    if gone:
        found["without"] = gone
    answered = [each.about[0] for each in after.questions if each.answered_by is not None]
    if answered:
        found["right_as_it_is"] = answered
    return found


def _values(line: BillLine) -> str:
    return f"{line.item_code} {line.description} {line.quantity or ''} {line.uom} @ {line.rate or ''} = {line.amount or ''}"
