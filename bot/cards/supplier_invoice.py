"""The card of a supplier invoice: what is asked about it, the lines that differ with the numbers that decide, and its buttons.

Perfect lines are a count. What does not fit, because a message holds so much and no more, is in the window behind “All lines”.
Buttons are those of the two state tables; changing what the invoice says, its orders and its approvers are in the menu.
"""

from collections.abc import Sequence
from typing import Any, Final

from bot.actions import ACCEPT_ALL, APPROVERS, DETAILS, EDIT, MORE, ORDERS, Pressed, action_id
from bot.cards import parts
from bot.cards import supplier_invoice_lines as line_card
from bot.cards.parts import Block, Element, Message
from core.app.payables.showing_orders import OrderSummary
from core.app.payables.views import BillView, QuestionView
from core.app.telling import day
from core.app.wording import Offered
from core.decide import supplier_invoice
from core.decide.machine import Style
from core.domain.events import LineEvent
from core.domain.events import SupplierInvoiceEvent as Event
from core.domain.keeping import SubjectKind
from core.domain.payables import OrderStatus
from core.domain.supplier_bills import BillKind
from core.domain.workflows import LineResolution, SupplierInvoiceState

CHARACTERS: Final = 9_000
"""Of a card before its buttons; Slack refuses messages from somewhere above 13,000."""
ROOM_PER_BLOCK: Final = 60
BLOCKS: Final = 40
VISIBLE: Final = 5
QUESTIONS_SHOWN: Final = 5
ORDERS_SHOWN: Final = 4
SEVERAL: Final = 2
LINES_NAMED: Final = 10
_KIND: Final = SubjectKind.SUPPLIER_INVOICE


def message(view: BillView) -> Message:
    """The card as a message in a channel."""
    return Message(fallback(view), blocks(view))


def fallback(view: BillView) -> str:
    """What a phone's lock screen shows: whose, how much, what to do."""
    return parts.escaped(summary(view), 300)


def summary(view: BillView) -> str:
    """The invoice in a sentence, in words from outside and ours."""
    return f"{view.id}: {_title(view)}. {view.state_words}{_left(view)}."


def blocks(view: BillView) -> list[Block]:
    """The card's blocks: head, questions, as many differing lines as fit, buttons."""
    shown = heading(view)
    exceptions = [place for place, line in enumerate(view.lines) if line.is_exception]
    told = 0
    for place in exceptions:
        more = line_card.blocks(view, place, f"{stem(view)}:line{place}")
        if len(shown) + len(more) > BLOCKS or size([*shown, *more]) > CHARACTERS:
            break
        shown += more
        told += 1
    shown.append(parts.context(parts.plain(_rest(view, len(exceptions) - told), 600), f"{stem(view)}:rest"))
    return [*shown, *closing(view)]


def stem(view: BillView) -> str:
    """Block ids: unique in the message, and new with every version, so that nothing typed sticks to an old card."""
    return f"{_KIND}:{view.id}:v{view.version}"


def size(value: Any) -> int:
    """Characters that Slack may count: all texts and some room for every block."""
    if isinstance(value, dict):
        own = value.get("text")
        inner = sum(size(each) for name, each in value.items() if name != "text" or not isinstance(own, str))
        return inner + (len(own) if isinstance(own, str) else 0) + (ROOM_PER_BLOCK if "block_id" in value else 0)
    return sum(size(each) for each in value) if isinstance(value, list | tuple) else 0


def heading(view: BillView) -> list[Block]:
    """Whose, what, how much; then what is asked about the invoice as a whole."""
    name = stem(view)
    shown = [parts.header(f"{view.id} · {_title(view)}", f"{name}:head"), parts.facts(_facts(view), f"{name}:facts")]
    if view.overdue:
        shown.append(parts.section(parts.plain(_overdue(view)), f"{name}:overdue"))
    if view.why:
        shown.append(parts.section(parts.plain(view.why, 600), f"{name}:why"))
    return [*shown, *_questions(view, name)]


def _overdue(view: BillView) -> str:
    """What has waited too long, and what it may cost."""
    lines = view.overdue
    longest = max(line.waiting.days for line in lines if line.waiting is not None)
    named = ", ".join(line.line for line in lines[:LINES_NAMED]) + (" …" if len(lines) > LINES_NAMED else "")
    said = f"Overdue: line{'' if len(lines) == 1 else 's'} {named} {'waits' if len(lines) == 1 else 'wait'} for the receipt"
    said += f" for {longest} days."
    if view.discount_until is None:
        return said
    kept = f"The discount of {view.discount}" if view.discount is not None else "The early-payment discount"
    return f"{said} {kept} can be kept until {day(view.discount_until)}."


def _title(view: BillView) -> str:
    kind = "Credit note" if view.is_credit else "Invoice"
    total = f" · {view.total}" if view.total is not None else ""
    return f"{kind} {view.number or 'without a number'} from {view.supplier or 'an unknown supplier'}{total}"


def _left(view: BillView) -> str:
    undecided = sum(line.resolution is LineResolution.OPEN for line in view.exceptions)
    return f", {undecided} line{'' if undecided == 1 else 's'} to decide" if undecided else ""


def _facts(view: BillView) -> list[tuple[str, str]]:
    orders = [_order(each) for each in view.orders[:ORDERS_SHOWN]]
    if len(view.orders) > ORDERS_SHOWN:
        orders.append(f"and {len(view.orders) - ORDERS_SHOWN} more")
    dated = day(view.invoice_date) if view.invoice_date else "Not known"
    rows = [
        ("State", f"{view.state_words} ({view.kind_words})"),
        ("Date", f"{dated}, due {day(view.due_date)}" if view.due_date else dated),
        ("Orders", "; ".join([*orders, *view.order_notes]) or ", ".join(view.po_numbers) or "None named"),
    ]
    if view.recognised:
        rows.append(("Supplier", view.recognised))
    if view.bank_accounts:
        rows.append(("Pay to", f"account {', '.join(view.bank_accounts)}"))
    if view.approvers:
        rows.append(("Approvers", ", ".join(view.approvers)))
    if view.discount_until is not None:
        kept = f"{view.discount} if paid" if view.discount is not None else "If paid"
        rows.append(("Early payment", f"{kept} by {day(view.discount_until)}"))
    return rows


def _order(each: OrderSummary) -> str:
    dated = f", {day(each.order_date)}" if each.order_date else ""
    closed = ", closed" if each.status is OrderStatus.CLOSED else ""
    return f"{each.number}: {each.billing}{closed}, {each.unbilled} unbilled{dated}"


def _questions(view: BillView, name: str) -> list[Block]:
    if not view.questions:
        return []
    asked = sorted(view.questions, key=lambda each: not each.stops)
    items = [("Careful:" if each.stops else "", _question(each)) for each in asked[:QUESTIONS_SHOWN]]
    if len(asked) > QUESTIONS_SHOWN:
        items.append(("", f"… and {len(asked) - QUESTIONS_SHOWN} more; see “Edit”."))
    shown = [parts.section(parts.ours("*Answer this first*"), f"{name}:asked_title"), parts.bullets(items, f"{name}:asked")]
    return [*shown, *beside_its_twin(view, name)]


def _question(each: QuestionView) -> str:
    return each.sentence if each.stops else f"{each.sentence} (settled or no obstacle)"


def beside_its_twin(view: BillView, name: str) -> list[Block]:
    """This invoice and the one that it may be the same as, side by side; nothing where there is none."""
    asked = sorted(view.questions, key=lambda each: not each.stops)
    twin = next((each.twin for each in asked if each.twin is not None), None)
    if twin is None:
        return []
    rows = [
        ("This one", ", ".join((str(view.id), view.number or "no number", view.supplier, str(view.total or "no total")))),
        ("The other", ", ".join((str(twin.id), twin.number or "no number", twin.supplier, str(twin.total or "no total")))),
        ("Its lines", _size(len(view.lines), view.po_numbers)),
        ("The other's", f"{_size(twin.lines, twin.po_numbers)}, {twin.state_words.lower()}"),
    ]
    return [parts.facts(rows, f"{name}:twin")]


def _size(lines: int, orders: Sequence[str]) -> str:
    return f"{lines} line{'' if lines == 1 else 's'}, orders {', '.join(orders) or 'none'}"


def _rest(view: BillView, left: int) -> str:
    """The lines that are not shown, as counts."""
    said = []
    count = f"{len(view.lines)} line{'' if len(view.lines) == 1 else 's'}"
    if view.kind is BillKind.PLAIN:
        said.append(f"{count}, not compared: the invoice belongs to no purchase order.")
    elif view.perfect:
        said.append(f"{view.perfect} of {len(view.lines)} lines match{'es' if view.perfect == 1 else ''} perfectly.")
    if left:
        said.append(f"{left} more line{'' if left == 1 else 's'} that differ{'s' if left == 1 else ''}: press “All lines”.")
    if view.history:
        said.append(view.history[-1].sentence)
    return " ".join(said) or view.state_words


def closing(view: BillView, *, windowed: bool = False) -> list[Block]:
    """What can be done with the invoice: the one to press first, the plain ones, the dangerous one last; the menu."""
    name = stem(view)
    shown = []
    row = [] if windowed else [_shows(view, "All lines", DETAILS)]
    if len(acceptable_lines(view)) >= SEVERAL:
        row.append(_shows(view, "Accept all within …", ACCEPT_ALL))
    row += _extra(view)
    if row:
        shown.append(parts.actions(row, f"{name}:more"))
    events = sorted(view.offered, key=lambda each: (each.style is Style.DANGER, each.style is not Style.PRIMARY))
    primary = next((each for each in events if each.style is Style.PRIMARY), None)
    if events:
        buttons = [_button(view, each, primary is each) for each in events]
        shown.append(parts.actions(buttons, f"{name}:actions"))
    return shown


def acceptable_lines(view: BillView) -> list[int]:
    """The places of the lines that could be accepted now."""
    return [place for place, line in enumerate(view.lines) if any(each.event == LineEvent.ACCEPT for each in line.offered)]


def may_name_approvers(view: BillView) -> bool:
    """Whether the invoice takes approvers now."""
    rows = supplier_invoice.TABLE.rows
    return any(row.event is Event.APPROVERS_SET and view.state in row.sources for row in rows)


def _extra(view: BillView) -> list[Element]:
    """What the state needs next stands as a button, the rest is in the menu."""
    wished: list[tuple[str, str]] = []
    if view.editable:
        wished += [("Edit …", EDIT), ("Purchase orders …", ORDERS)]
    if may_name_approvers(view):
        wished.append(("Approvers …", APPROVERS))
    asked = any(each.stops for each in view.questions)
    first = EDIT if asked and view.editable else APPROVERS if view.state is SupplierInvoiceState.NEEDS_APPROVERS else ""
    shown = [_shows(view, label, event) for label, event in wished if event == first]
    rest = [(label, _pressed(view, event).value) for label, event in wished if event != first]
    return [*shown, parts.overflow(action_id(_KIND, MORE), rest)] if rest else shown


def _pressed(view: BillView, event: str) -> Pressed:
    return Pressed(_KIND, view.id, view.version, event)


def _shows(view: BillView, label: str, event: str) -> Element:
    pressed = _pressed(view, event)
    return parts.button(label, pressed.action_id, pressed.value, f"{label}: invoice {view.id}")


def _button(view: BillView, each: Offered, primary: bool) -> Element:
    pressed = _pressed(view, each.event)
    style = "primary" if primary else "danger" if each.style is Style.DANGER else ""
    label = f"{each.label} …" if each.needs_reason else each.label
    element = parts.button(label, pressed.action_id, pressed.value, f"{each.label}: invoice {view.id}, {view.total}", style)
    question = asked_first(view, each)
    return parts.asking_first(element, f"{each.label} {view.id}?", question, each.label) if question else element


def asked_first(view: BillView, each: Offered) -> str:
    """What a dialog asks before this is done; empty where nothing is asked."""
    if each.event == Event.RERUN:
        return _lost(view.lost_by_rerun)
    if not each.confirm:
        return ""
    whose = parts.safe(view.supplier or "an unknown supplier", 60)
    return f"{parts.safe(view.number or 'No number', 40)} from {whose}, {view.total or 'no total'}. {each.confirm}"


def _lost(lines: Sequence[str]) -> str:
    if not lines:
        return "Link and compare all lines anew? No decision is lost."
    named = parts.cut(", ".join(lines), 120)
    return f"Link and compare all lines anew? What was decided is lost on line{'' if len(lines) == 1 else 's'} {named}."
