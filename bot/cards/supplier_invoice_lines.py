"""One line of a supplier invoice as a card shows it: what it says, what was expected, the limit that decided, and its buttons.

Buttons are those of the table of lines. Order lines that fit equally well stand side by side, each with its own button.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from bot.actions import LINE, MORE, Pressed, action_id
from bot.cards import parts
from bot.cards.parts import Block, Element
from core.app.payables.showing_orders import OrderLineView
from core.app.payables.views import BillLineView, BillView, DisputeView, WaitingView
from core.app.telling import day
from core.app.wording import Offered
from core.domain.events import DisputeEvent, LineEvent
from core.domain.keeping import SubjectKind
from core.domain.money import Money
from core.domain.workflows import LineResolution, LineVerdict

VISIBLE: Final = 4
ORDER_LINES_SHOWN: Final = 3
RIVALS_SHOWN: Final = 6
_ASKS_MORE: Final = frozenset({LineEvent.DISPUTE, LineEvent.REJECT, LineEvent.LINK, LineEvent.ADD_NEW, LineEvent.RECEIVED})


def blocks(view: BillView, place: int, stem: str) -> list[Block]:
    """A line with its numbers and its buttons; `place` is its place in the invoice, `stem` begins the ids of its blocks."""
    line = view.lines[place]
    shown = [told(line, f"{stem}:said")]
    shown += [_rival(view, place, number, f"{stem}:rival{number}") for number in range(min(len(line.tied), RIVALS_SHOWN))]
    buttons = _buttons(view, place)
    return [*shown, parts.actions(buttons, f"{stem}:actions")] if buttons else shown


def told(line: BillLineView, block_id: str) -> Block:
    """What a line says and what is said of it, without buttons."""
    return parts.titled(f"Line {line.line}", _headline(line), _items(line), block_id)


def _headline(line: BillLineView) -> str:
    what = " ".join(text for text in (line.item_code, line.description) if text) or "no description"
    what = f"{line.kind_words}: {what}" if line.kind_words else what
    if not line.compared:
        return parts.safe(what, 100)
    verdict = "Several order lines fit" if line.tied else line.verdict_words or "Not compared"
    done = f" · {line.decided or line.resolution_words}" if line.resolution is not LineResolution.CLEAR else ""
    return f"{verdict}{done} · {parts.safe(what, 100)}"


def _items(line: BillLineView) -> list[tuple[str, str]]:
    said = [("Invoice", sum_words(line.quantity, line.uom, line.rate, line.amount))]
    said += [(f"Order {each.ref.po_number}/{each.ref.line}", order_words(each)) for each in line.orders[:ORDER_LINES_SHOWN]]
    if len(line.orders) > ORDER_LINES_SHOWN:
        said.append(("", f"… and {len(line.orders) - ORDER_LINES_SHOWN} more order lines"))
    said += [("", finding.sentence) for finding in line.findings if finding.sentence]
    if line.compared and LineVerdict.UNLINKED in line.verdicts and not line.tied:
        said.append(("", "No order line was found for it: link it by hand, or add it as a new line."))
    if line.pack_size:
        said.append(("Pack size?", f"{line.pack_size} makes quantity and price agree. Confirm it once and it is remembered."))
    said += [("Why", text) for text in (line.reason,) if text]
    said += [("", text) for text in (line.reopened, _disputed(line)) if text]
    said += [("Overdue:" if line.waiting.overdue else "", _waits(line.waiting))] if line.waiting is not None else []
    return said


def sum_words(quantity: Decimal | None, uom: str, rate: Decimal | None, amount: Money | None) -> str:
    """`10 EA at 5.50 = 55.00 USD`, of which the supplier may have left out a part."""
    count = f"{quantity:f} {uom}".strip() if quantity is not None else ""
    price = f"at {rate:f}" if rate is not None else ""
    made = " ".join(text for text in (count, price) if text)
    total = str(amount) if amount is not None else "no amount"
    return f"{made} = {total}" if made else total


def order_words(each: OrderLineView) -> str:
    """The numbers of an order line that decide: ordered, received, billed, and what is left to bill.

    What arrived is shown also where no receipt is needed, as for an expense.
    """
    said = [sum_words(each.ordered, each.uom, each.rate, each.amount) if each.amount else _ordered(each)]
    if each.three_way:
        said.append(f"received {each.received:f} − billed {each.billed:f}")
    else:
        said += [f"received {each.received:f}, needs no receipt"] if each.received else []
        said += [f"billed {each.billed:f}"] if each.billed else []
    if each.left is not None:
        said.append(f"{each.left:f} left to bill")
    return " · ".join(said)


def _ordered(each: OrderLineView) -> str:
    count = f"{each.ordered:f} {each.uom}".strip() if each.ordered is not None else "no quantity"
    return f"{count} at {each.rate:f}" if each.rate is not None else count


def _waits(waiting: WaitingView) -> str:
    return f"Waits for its receipt since {day(waiting.since)}, {waiting.days} day{'' if waiting.days == 1 else 's'}."


def _disputed(line: BillLineView) -> str:
    if line.dispute is None:
        return ""
    last = line.dispute.letters[-1] if line.dispute.letters else None
    answer = f" “{parts.safe(last.text, 160)}”" if last is not None and not last.ours else ""
    return f"Dispute {line.dispute.id}: {line.dispute.state_words}.{answer}"


def _rival(view: BillView, place: int, number: int, block_id: str) -> Block:
    """An order line that fits as well as the others, with its own button: a tie is a question."""
    line, each = view.lines[place], view.lines[place].tied[number]
    may_link = any(offer.event == LineEvent.LINK for offer in line.offered)
    name = f"{each.ref.po_number}/{each.ref.line}"
    text = parts.lines([f"{name} · {each.description}", order_words(each)], each=200)
    if not may_link:
        return parts.section(text, block_id)
    pressed = Pressed(SubjectKind.SUPPLIER_INVOICE, view.id, view.version, f"{LINE}{LineEvent.LINK}", place, number)
    spoken = f"Link line {line.line} of {view.id} to {name}"
    return parts.section(text, block_id, parts.button("Link to this", pressed.action_id, pressed.value, spoken))


def _buttons(view: BillView, place: int) -> list[Element]:
    """The table's buttons in its order, a proposed pack size first; what does not fit beside each other is in the menu."""
    offered = sorted(view.lines[place].offered, key=lambda each: each.event != LineEvent.CONFIRM_UNIT)
    shown = [*_of_dispute(view.lines[place].dispute), *(_button(view, place, each) for each in offered[:VISIBLE])]
    rest = offered[VISIBLE:]
    if not rest:
        return shown
    return [*shown, parts.overflow(action_id(SubjectKind.SUPPLIER_INVOICE, MORE), _options(view, place, rest))]


def _of_dispute(dispute: DisputeView | None) -> list[Element]:
    """What can be done about a dispute; withdrawing it is what Recall does to the line."""
    if dispute is None:
        return []
    return [_dispute_button(dispute, each) for each in dispute.offered if each.event != DisputeEvent.RECALL]


def _dispute_button(dispute: DisputeView, each: Offered) -> Element:
    pressed = Pressed(SubjectKind.DISPUTE, dispute.id, dispute.version, each.event)
    spoken = f"{each.label}: {dispute.id}, line {dispute.line} of {dispute.bill_id}"
    return parts.button(f"{each.label} …", pressed.action_id, pressed.value, spoken)


def _options(view: BillView, place: int, rest: Sequence[Offered]) -> list[tuple[str, str]]:
    return [(label(each), _pressed(view, place, each).value) for each in rest]


def _pressed(view: BillView, place: int, each: Offered) -> Pressed:
    return Pressed(SubjectKind.SUPPLIER_INVOICE, view.id, view.version, f"{LINE}{each.event}", place)


def _button(view: BillView, place: int, each: Offered) -> Element:
    """Plain, all of them: every decision on a line can be recalled."""
    pressed = _pressed(view, place, each)
    spoken = f"{each.label}: line {view.lines[place].line} of {view.id}"
    return parts.button(label(each), pressed.action_id, pressed.value, spoken)


def label(each: Offered) -> str:
    """The table's word, with an ellipsis where a form follows."""
    return f"{each.label} …" if each.event in _ASKS_MORE and not each.label.endswith("…") else each.label
