"""Supplier invoices between Slack and the core: which button opens which form, and what is asked of the stories.

Nothing is decided here. Before a form opens, the state table is asked whether this person could send it, so that nobody
writes a reason for nothing; the story asks again when they do.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from bot import answers
from bot.actions import ACCEPT_ALL, APPROVERS, EDIT, LINE, ORDERS, Pressed
from bot.answers import Answer
from bot.cards import supplier_invoice_lines as line_card
from bot.cards.parts import Block
from bot.desk import Desk, may, notice_view
from bot.payloads import Interaction
from bot.views import line_forms, supplier_invoice_edit, supplier_invoice_forms
from bot.views.memory import recall
from core.app.acting import entitled
from core.app.commands import ActOnBill, ActOnLine, EditBill
from core.app.outcomes import Outcome, Refusal
from core.app.payables import act_on_invoice, act_on_line, edit_invoice
from core.app.payables.linking import line_facts
from core.app.payables.moving import attempt, invoice_facts
from core.app.payables.showing import bill_view
from core.app.payables.views import BillView
from core.decide import line_resolution
from core.decide.machine import Denied, decide
from core.domain.actors import Actor, Permission
from core.domain.events import LineEvent, SupplierInvoiceEvent
from core.domain.supplier_bills import SupplierBill, SupplierInvoiceId
from core.ports.store import UnitOfWork

_EVENTS: Final = {ORDERS: SupplierInvoiceEvent.EDIT}


def view_of(desk: Desk, number: str) -> BillView:
    """An invoice as people see it; `NotFound`."""
    with desk.services.store.read() as unit:
        return bill_view(unit, SupplierInvoiceId(number), desk.zone)


def form_for(desk: Desk, actor: Actor, pressed: Pressed) -> Block | None:
    """The form that this button opens; None where the story is asked at once, also to refuse those who may not send it."""
    view = view_of(desk, pressed.id)
    if view.version != pressed.version or not _could(desk, actor, pressed):
        return None
    if pressed.event.startswith(LINE):
        return _line_form(view, pressed)
    if pressed.event == EDIT:
        return supplier_invoice_edit.first(view, pressed)
    if pressed.event in {ORDERS, APPROVERS}:
        return supplier_invoice_forms.choose(view, pressed)
    if pressed.event == ACCEPT_ALL:
        return supplier_invoice_forms.accept(view, pressed)
    offered = next((each for each in view.offered if each.event == pressed.event), None)
    if offered is None or not offered.needs_reason:
        return None
    return supplier_invoice_forms.why(view, pressed, offered.label)


def _line_form(view: BillView, pressed: Pressed) -> Block | None:
    place = pressed.choice
    if place is None or place >= len(view.lines) or pressed.event not in line_forms.FORMS or pressed.rival is not None:
        return None
    event = pressed.event.removeprefix(LINE)
    offered = next((each for each in view.lines[place].offered if each.event == event), None)
    return None if offered is None else line_forms.first(view, pressed, line_card.label(offered))


def _could(desk: Desk, actor: Actor, pressed: Pressed) -> bool:
    """Whether the table would let this person, given what the form asks for."""
    with desk.services.store.read() as unit:
        bill = unit.bills.get(SupplierInvoiceId(pressed.id))
        if not may(unit, actor, Permission.SEE_SUPPLIER_INVOICES, bill.entity):
            return False
        if pressed.event.startswith(LINE):
            return _could_on_line(unit, actor, bill, pressed)
        if pressed.event == ACCEPT_ALL:
            by = entitled(unit, actor, bill.entity)
            return by.may(Permission.RESOLVE_RATE_AND_AMOUNT) or by.may(Permission.RESOLVE_QUANTITY)
        event = _EVENTS.get(pressed.event) or SupplierInvoiceEvent(pressed.event)
        facts = replace(invoice_facts(unit, entitled(unit, actor, bill.entity), bill), reason_given=True, approvers_known=True)
        return not isinstance(attempt(bill, event, facts), Denied)


def _could_on_line(unit: UnitOfWork, actor: Actor, bill: SupplierBill, pressed: Pressed) -> bool:
    if pressed.choice is None or pressed.choice >= len(bill.lines):
        return False
    line = bill.lines[pressed.choice]
    by = entitled(unit, actor, bill.entity)
    may_edit = invoice_facts(unit, by, bill).may_edit
    known = line_facts(by, bill, line, may_edit=may_edit, closed=act_on_line.closed(bill))
    facts = replace(known, reason_given=True, quantity_given=True, target_fits=True)
    event = LineEvent(pressed.event.removeprefix(LINE))
    return not isinstance(decide(line_resolution.TABLE, line.resolution, event, facts), Denied)


def perform(desk: Desk, at: Interaction, actor: Actor, pressed: Pressed) -> Outcome:
    """Ask the core for what the button says."""
    if pressed.event.startswith(LINE) or pressed.event == ACCEPT_ALL:
        return act_on_line.act(desk.services, _on_line(desk, at, actor, pressed))
    bill_id = SupplierInvoiceId(pressed.id)
    if pressed.event in {EDIT, ORDERS}:
        # The form was refused: so is this, with the story's own words.
        return edit_invoice.edit(desk.services, EditBill(bill_id, pressed.version, actor, cause=at.cause))
    event = SupplierInvoiceEvent(pressed.event)
    return act_on_invoice.act(desk.services, ActOnBill(bill_id, pressed.version, event, actor, cause=at.cause))


def _on_line(desk: Desk, at: Interaction, actor: Actor, pressed: Pressed) -> ActOnLine:
    """The line by its name. On an old card the place may name another one, and the story refuses the version."""
    bill_id = SupplierInvoiceId(pressed.id)
    if pressed.event == ACCEPT_ALL:
        return ActOnLine(bill_id, pressed.version, (), LineEvent.ACCEPT, actor, cause=at.cause)
    view = view_of(desk, pressed.id)
    event = LineEvent(pressed.event.removeprefix(LINE))
    lines = view.lines[pressed.choice : pressed.choice + 1] if pressed.choice is not None else ()
    command = ActOnLine(bill_id, pressed.version, tuple(each.line for each in lines), event, actor, cause=at.cause)
    if pressed.rival is None or not lines or pressed.rival >= len(lines[0].tied):
        return command
    return replace(command, targets=(lines[0].tied[pressed.rival].ref,))


def _line(desk: Desk, actor: Actor, at: Interaction) -> Answer:
    pressed = recall(at.memory).pressed
    command = replace(
        _on_line(desk, at, actor, pressed),
        reason=line_forms.reason(at),
        quantity=line_forms.quantity(at),
        coding=line_forms.coding(at),
        targets=line_forms.targets(at),
    )
    return answers.ended(desk, at, pressed, line_forms.MAIN, act_on_line.act(desk.services, command))


def _reason(desk: Desk, actor: Actor, at: Interaction) -> Answer:
    pressed = recall(at.memory).pressed
    event = SupplierInvoiceEvent(pressed.event)
    why = supplier_invoice_forms.reason(at)
    command = ActOnBill(SupplierInvoiceId(pressed.id), pressed.version, event, actor, reason=why, cause=at.cause)
    return answers.ended(desk, at, pressed, supplier_invoice_forms.MAIN, act_on_invoice.act(desk.services, command))


def _chosen(desk: Desk, actor: Actor, at: Interaction) -> Answer:
    pressed = recall(at.memory).pressed
    bill_id = SupplierInvoiceId(pressed.id)
    if pressed.event == APPROVERS:
        people = supplier_invoice_forms.approvers(at)
        named = ActOnBill(bill_id, pressed.version, SupplierInvoiceEvent.APPROVERS_SET, actor, approvers=people, cause=at.cause)
        return answers.ended(desk, at, pressed, supplier_invoice_forms.MAIN, act_on_invoice.act(desk.services, named))
    orders = supplier_invoice_forms.orders(at)
    command = EditBill(bill_id, pressed.version, actor, orders=orders, cause=at.cause)
    return answers.ended(desk, at, pressed, supplier_invoice_forms.MAIN, edit_invoice.edit(desk.services, command))


def _edited(desk: Desk, actor: Actor, at: Interaction) -> Answer:
    pressed = recall(at.memory).pressed
    said = supplier_invoice_edit.read(view_of(desk, pressed.id), at)
    if said.errors:
        return answers.errors(said.errors)
    if not said.changes:
        return answers.errors({supplier_invoice_edit.MAIN: "Nothing was changed."})
    command = EditBill(SupplierInvoiceId(pressed.id), pressed.version, actor, cause=at.cause, **said.changes)
    return answers.ended(desk, at, pressed, supplier_invoice_edit.MAIN, edit_invoice.edit(desk.services, command))


def _accept(desk: Desk, _actor: Actor, at: Interaction) -> Answer:
    pressed = recall(at.memory).pressed
    most = supplier_invoice_forms.limit(at)
    if most is None:
        return answers.errors({supplier_invoice_forms.MAIN: "Please give an amount from zero up."})
    view = supplier_invoice_forms.recap(view_of(desk, pressed.id), pressed, most)
    if view is None:
        return answers.errors({supplier_invoice_forms.MAIN: "No line differs by so little."})
    return answers.replaced(view)


def _accepted(desk: Desk, actor: Actor, at: Interaction) -> Answer:
    """All of them or none: a line that this person may not accept is named by the refusal."""
    pressed = recall(at.memory).pressed
    lines = supplier_invoice_forms.within(view_of(desk, pressed.id), supplier_invoice_forms.recalled_limit(at))
    names = tuple(line.line for line in lines)
    command = ActOnLine(SupplierInvoiceId(pressed.id), pressed.version, names, LineEvent.ACCEPT, actor, cause=at.cause)
    outcome = act_on_line.act(desk.services, command)
    if isinstance(outcome, Refusal):
        desk.wake()
        return answers.replaced(notice_view(outcome.sentence))
    return answers.ended(desk, at, pressed, "", outcome)


def allowed(desk: Desk, actor: Actor, at: Interaction) -> bool:
    """Whether somebody may search orders, suppliers and people for this invoice."""
    with desk.services.store.read() as unit:
        bill = unit.bills.get(SupplierInvoiceId(recall(at.memory).pressed.id))
        return may(unit, actor, Permission.SEE_SUPPLIER_INVOICES, bill.entity)


SEARCHES: Final[Mapping[str, Callable[[Desk, Interaction], list[dict[str, Any]]]]] = {
    line_forms.PICK: line_forms.options,
    supplier_invoice_forms.PICK_ORDERS: supplier_invoice_forms.options,
    supplier_invoice_forms.PICK_APPROVERS: supplier_invoice_forms.options,
    supplier_invoice_edit.PICK: supplier_invoice_edit.options,
}
SUBMISSIONS: Final[Mapping[str, Callable[[Desk, Actor, Interaction], Answer]]] = {
    line_forms.CALLBACK: _line,
    supplier_invoice_forms.REASON: _reason,
    supplier_invoice_forms.CHOOSE: _chosen,
    supplier_invoice_forms.ACCEPT: _accept,
    supplier_invoice_forms.RECAP: _accepted,
    supplier_invoice_edit.CALLBACK: _edited,
}
