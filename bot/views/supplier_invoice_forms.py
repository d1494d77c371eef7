"""Forms about a supplier invoice as a whole: why, its purchase orders, its approvers, accepting several lines at once."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from bot.actions import ORDERS, Pressed
from bot.cards import parts
from bot.cards import supplier_invoice as card
from bot.cards.parts import Block, Element
from bot.desk import Desk
from bot.payloads import Interaction, picked, typed
from bot.views.memory import Memory, recall
from core.app.payables.choosing_lines import approvers_to_choose, at_stake
from core.app.payables.showing_orders import OrderSummary, orders_to_choose
from core.app.payables.views import BillLineView, BillView
from core.app.telling import day
from core.domain.errors import Malformed
from core.domain.ids import PersonId, PoNumber
from core.domain.measures import exact
from core.domain.money import Money
from core.domain.supplier_bills import SupplierInvoiceId

REASON: Final = "bill.reason"
CHOOSE: Final = "bill.choose"
ACCEPT: Final = "bill.accept"
RECAP: Final = "bill.accept_recap"
MAIN: Final = "answer"
WHY: Final = "bill.why"
PICK_ORDERS: Final = "bill.orders"
PICK_APPROVERS: Final = "bill.approvers"
LIMIT: Final = "bill.limit"
_LONGEST: Final = 500
_LISTED: Final = 40
_WITHIN: Final = "w"


def why(view: BillView, pressed: Pressed, label: str) -> Block:
    """The form for an event of the invoice that wants a reason."""
    text: Element = {"type": "plain_text_input", "action_id": WHY, "multiline": True, "max_length": _LONGEST}
    asked = parts.entry("Why?", text, MAIN, hint="Kept with the decision, for everybody who asks later.")
    return parts.modal(label, REASON, [_subject(view), asked], submit=label, memory=Memory(pressed).text())


def reason(at: Interaction) -> str:
    """What was typed."""
    return typed(at.values, MAIN, WHY).strip()


def _subject(view: BillView) -> Block:
    return parts.section(parts.plain(card.summary(view), 300), "subject")


def choose(view: BillView, pressed: Pressed) -> Block:
    """The picker of purchase orders, or of approvers."""
    if pressed.event == ORDERS:
        chosen = [_order_option(each) for each in view.orders]
        select = _select(PICK_ORDERS, "Number of an order", chosen)
        hint = "The latest come first. Lines whose facts change are decided anew."
        blocks = [_subject(view), parts.entry("Purchase orders", select, MAIN, hint=hint, optional=True)]
        return parts.modal("Purchase orders", CHOOSE, blocks, submit="Save", memory=Memory(pressed).text())
    people = [parts.option(name, person) for name, person in zip(view.approvers, view.approver_ids, strict=True)]
    asked = parts.entry("Who shall approve it?", _select(PICK_APPROVERS, "Name", people), MAIN)
    return parts.modal("Approvers", CHOOSE, [_subject(view), asked], submit="Save", memory=Memory(pressed).text())


def _select(action: str, hint: str, chosen: Sequence[Element]) -> Element:
    element: Element = {
        "type": "multi_external_select",
        "action_id": action,
        "placeholder": parts.plain(hint, 150),
        "min_query_length": 0,
        "max_selected_items": 50,
    }
    return {**element, "initial_options": list(chosen)} if chosen else element


def _order_option(each: OrderSummary) -> Element:
    dated = f" · {day(each.order_date)}" if each.order_date else ""
    return parts.option(f"{each.number} · {each.billing}", each.number, f"{each.unbilled} unbilled{dated}")


def options(desk: Desk, at: Interaction) -> list[dict[str, Any]]:
    """Answers to a search in either picker."""
    with desk.services.store.read() as unit:
        bill = unit.bills.get(SupplierInvoiceId(recall(at.memory).pressed.id))
        if at.action_id == PICK_APPROVERS:
            return [parts.option(person.name, person.id) for person in approvers_to_choose(unit, bill, at.value)]
        supplier = bill.header.supplier_id
        found = orders_to_choose(unit, supplier, at.value) if supplier is not None else []
        return [_order_option(each) for each in found]


def orders(at: Interaction) -> tuple[PoNumber, ...]:
    """The orders that were chosen."""
    return tuple(PoNumber(value) for value in picked(at.values, MAIN, PICK_ORDERS))


def approvers(at: Interaction) -> tuple[PersonId, ...]:
    """The people who were chosen."""
    return tuple(PersonId(value) for value in picked(at.values, MAIN, PICK_APPROVERS))


def accept(view: BillView, pressed: Pressed) -> Block:
    """Accept all within a limit: the lines that could be accepted, and up to which difference."""
    stakes = [(view.lines[place], at_stake(view.lines[place])) for place in card.acceptable_lines(view)]
    known = [abs(money.decimal()) for _, money in stakes if money is not None]
    number: Element = {"type": "number_input", "action_id": LIMIT, "is_decimal_allowed": True, "min_value": "0"}
    if known:
        number["initial_value"] = f"{max(known):f}"
    items = [(f"Line {line.line}", _stake_words(line, money)) for line, money in stakes[:_LISTED]]
    if len(stakes) > _LISTED:
        items.append(("", f"… and {len(stakes) - _LISTED} more"))
    asked = f"Accept lines that differ by at most ({view.currency or 'in the currency of the invoice'})"
    listed = [parts.bullets(items, "lines")] if items else []
    blocks = [_subject(view), *listed, parts.entry(asked, number, MAIN, hint="You see the sum first.")]
    return parts.modal("Accept all within", ACCEPT, blocks, submit="Show the sum", memory=Memory(pressed).text())


def _stake_words(line: BillLineView, money: Money | None) -> str:
    if money is None:
        return f"{line.verdict_words} · the difference cannot be told in money"
    side = "over" if money.minor > 0 else "under" if money.minor < 0 else "of difference"
    return f"{line.verdict_words} · {abs(money)} {side}"


def limit(at: Interaction) -> Decimal | None:
    """Up to which difference; None for anything else than a number from zero up."""
    try:
        found = exact(typed(at.values, MAIN, LIMIT))
    except Malformed:
        return None
    return found if found >= 0 else None


def recap(view: BillView, pressed: Pressed, most: Decimal) -> Block | None:
    """What would be accepted, with the sum; None where no line is within the limit."""
    lines = within(view, most)
    if not lines:
        return None
    stakes = [(line, at_stake(line)) for line in lines]
    items = [(f"Line {line.line}", _stake_words(line, money)) for line, money in stakes[:_LISTED]]
    if len(stakes) > _LISTED:
        items.append(("", f"… and {len(stakes) - _LISTED} more"))
    over = sum(money.minor for _, money in stakes if money is not None and money.minor > 0)
    under = sum(-money.minor for _, money in stakes if money is not None and money.minor < 0)
    unit = next(money.currency for _, money in stakes if money is not None)
    said = f"{len(lines)} line{'' if len(lines) == 1 else 's'}: {Money(over, unit)} over and {Money(under, unit)} under."
    blocks = [_subject(view), parts.section(parts.plain(said), "sum"), parts.bullets(items, "lines")]
    memory = Memory(pressed, {_WITHIN: f"{most:f}"}).text()
    return parts.modal("Accept all within", RECAP, blocks, submit="Accept these lines", memory=memory)


def within(view: BillView, most: Decimal) -> list[BillLineView]:
    """The lines that could be accepted and differ by at most this much."""
    found = [(view.lines[place], at_stake(view.lines[place])) for place in card.acceptable_lines(view)]
    return [line for line, money in found if money is not None and abs(money.decimal()) <= most]


def recalled_limit(at: Interaction) -> Decimal:
    """The limit that the recap was drawn for."""
    return exact(str(recall(at.memory).kept.get(_WITHIN, "0")))
