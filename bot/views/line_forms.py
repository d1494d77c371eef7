"""Forms about lines of a supplier invoice: why, how much was received, its coding, which order lines it is linked to."""

from decimal import Decimal
from typing import Any, Final

from bot.actions import LINE, Pressed
from bot.cards import parts
from bot.cards import supplier_invoice_lines as line_card
from bot.cards.parts import Block, Element
from bot.desk import Desk
from bot.payloads import Interaction, picked, typed
from bot.views.memory import Memory, recall
from core.app.payables.choosing_lines import order_lines_to_choose
from core.app.payables.showing_orders import OrderLineView
from core.app.payables.views import BillLineView, BillView
from core.domain.errors import Malformed
from core.domain.events import LineEvent
from core.domain.ids import PoNumber
from core.domain.measures import Quantity, exact
from core.domain.payables import OrderLineRef
from core.domain.supplier_bills import SupplierInvoiceId

CALLBACK: Final = "line.form"
MAIN: Final = "answer"
WHY: Final = "line.why"
HOW_MUCH: Final = "line.quantity"
CODING: Final = "line.coding"
PICK: Final = "line.order_lines"
LONGEST: Final = 500
_OF_ORDER: Final = "|"
FORMS: Final = frozenset(
    f"{LINE}{event}" for event in (LineEvent.DISPUTE, LineEvent.REJECT, LineEvent.RECEIVED, LineEvent.ADD_NEW, LineEvent.LINK)
)


def first(view: BillView, pressed: Pressed, label: str) -> Block:
    """The form for what was pressed on a line; `label` is the table's word for it."""
    assert pressed.choice is not None  # noqa: S101  Buttons of lines name their line.
    line = view.lines[pressed.choice]
    blocks = [*_subject(view, line), _entry(line, pressed.event.removeprefix(LINE))]
    return parts.modal(label, CALLBACK, blocks, submit=label.rstrip(" …"), memory=Memory(pressed).text())


def _subject(view: BillView, line: BillLineView) -> list[Block]:
    """The line with its numbers, so that nobody decides from memory."""
    said = f"{view.id}, invoice {view.number or 'without a number'} from {view.supplier or 'an unknown supplier'}"
    return [parts.context(parts.plain(said, 300), "subject"), line_card.told(line, "line")]


def _entry(line: BillLineView, event: str) -> Block:
    if event == LineEvent.RECEIVED:
        amount: Element = {"type": "number_input", "action_id": HOW_MUCH, "is_decimal_allowed": True}
        unit = f" ({line.orders[0].uom})" if line.orders and line.orders[0].uom else ""
        hint = "Counts until the receipt in the ledger replaces it."
        return parts.entry(f"How much did you receive{unit}?", amount, MAIN, hint=hint)
    if event == LineEvent.ADD_NEW:
        text: Element = {"type": "plain_text_input", "action_id": CODING, "max_length": 100}
        if line.coding:
            text["initial_value"] = parts.safe(line.coding, 100)
        return parts.entry("Coding (account, cost centre)", text, MAIN, hint="Posted without an order line.", optional=True)
    if event == LineEvent.LINK:
        select: Element = {
            "type": "multi_external_select",
            "action_id": PICK,
            "placeholder": parts.plain("Order, item or description", 150),
            "min_query_length": 0,
            "max_selected_items": 20,
        }
        return parts.entry("Order lines", select, MAIN, hint="Several, where the invoice line bills several order lines.")
    why: Element = {"type": "plain_text_input", "action_id": WHY, "multiline": True, "max_length": LONGEST}
    hint = "Kept with the decision." if event == LineEvent.REJECT else "Kept with the decision, and the start of the mail."
    return parts.entry("Why?", why, MAIN, hint=hint)


def options(desk: Desk, at: Interaction) -> list[dict[str, Any]]:
    """Open order lines of the supplier with rate, quantity and what is left to bill."""
    with desk.services.store.read() as unit:
        bill = unit.bills.get(SupplierInvoiceId(recall(at.memory).pressed.id))
        found = order_lines_to_choose(unit, bill, at.value)
    return [_option(each) for each in found if len(_value(each.ref)) <= 75]  # noqa: PLR2004  Slack's limit of a value.


def _option(each: OrderLineView) -> Element:
    left = f"{each.left:f} left of " if each.left is not None else ""
    ordered = f"{each.ordered:f} {each.uom}".strip() if each.ordered is not None else str(each.amount or "")
    price = f" at {each.rate:f}" if each.rate is not None else ""
    about = " ".join(text for text in (each.item_code, each.description) if text)
    return parts.option(f"{each.ref.po_number}/{each.ref.line} · {left}{ordered}{price}", _value(each.ref), about)


def _value(ref: OrderLineRef) -> str:
    return f"{ref.po_number}{_OF_ORDER}{ref.line}"


def targets(at: Interaction) -> tuple[OrderLineRef, ...]:
    """The order lines that were chosen."""
    found = [value.rpartition(_OF_ORDER) for value in picked(at.values, MAIN, PICK)]
    return tuple(OrderLineRef(PoNumber(number), line) for number, mark, line in found if mark)


def quantity(at: Interaction) -> Quantity | None:
    """How much was received; None for anything else than a number."""
    text = typed(at.values, MAIN, HOW_MUCH)
    try:
        found: Decimal | None = exact(text) if text else None
    except Malformed:
        return None
    return None if found is None else Quantity(found)


def reason(at: Interaction) -> str:
    """What was typed."""
    return typed(at.values, MAIN, WHY).strip()


def coding(at: Interaction) -> str:
    """The coding of a new line."""
    return typed(at.values, MAIN, CODING).strip()
