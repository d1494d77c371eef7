"""The invoices for customers' portals of the personal queue: lists as buttons with their counts, the open list, pages."""

from collections.abc import Sequence
from typing import Final

from bot.actions import OPEN, Pressed
from bot.cards import parts
from bot.cards.parts import Block, Element
from core.app.portals.waiting import TITLES, OrderGlance, SubmissionItem, SubmissionPage, SubmissionQueue
from core.domain.keeping import SubjectKind

SHOW: Final = "queue.show.portals"
TURN: Final = "queue.turn.portals"
DESK: Final = "portals.open"
_WITH_OTHERS: Final = frozenset({SubmissionQueue.ROBOT, SubmissionQueue.THERE})
_PLACE: Final = 2
_NAMED: Final = 2


def memory(page: SubmissionPage | None) -> str:
    """The open list and page, after those of payments and supplier invoices."""
    return f"{page.queue}:{page.page}" if page is not None else ""


def recall(text: str) -> tuple[SubmissionQueue, int] | None:
    """List and page of `memory`, which stands third; None for anything else."""
    places = text.split("/")
    name, _, page = (places[_PLACE] if len(places) > _PLACE else "").partition(":")
    if name not in set(SubmissionQueue) or not (page.isascii() and page.isdigit()):
        return None
    return SubmissionQueue(name), int(page[:6])


def blocks(page: SubmissionPage, others: str, tools: Sequence[Element] = ()) -> list[Block]:
    """Headline, lists, rows, pages; `others` is what is open above, so that it stays so."""
    name = "home:portals"
    waits = sum(count for queue, count in page.counts.items() if queue not in _WITH_OTHERS)
    title = "*Invoices for customers' portals*" + ("" if waits else ", nothing waits for you")
    shown = [parts.divider(f"{name}:rule"), parts.section(parts.ours(title), f"{name}:head")]
    tabs = [_tab(page, queue, others) for queue in SubmissionQueue if queue is page.queue or page.counts[queue]]
    shown.append(parts.actions([*tabs, *tools], f"{name}:tabs:{page.queue}"))
    stem = f"{name}:{page.queue}:{page.page}"
    shown += [_row(item, f"{stem}:{place}") for place, item in enumerate(page.items)]
    if not page.items:
        shown.append(parts.section(parts.plain("This list is empty."), f"{name}:empty"))
    return shown + _pager(page, others, stem)


def desk_button() -> Element:
    """The button that leads to logins, customers and switches."""
    return parts.button("Portals …", DESK, "portals", "Logins, customers and switches of portals")


def _tab(page: SubmissionPage, queue: SubmissionQueue, others: str) -> Element:
    label = f"{TITLES[queue]} ({page.counts[queue]})"
    style = "primary" if queue is page.queue else ""
    spoken = f"Show the invoices for portals: {label}"
    return parts.button(label, f"{SHOW}.{queue}", f"{others}/{queue}:0", spoken, style)


def _row(item: SubmissionItem, block_id: str) -> Block:
    pressed = Pressed(SubjectKind.SUBMISSION, item.id, item.version, OPEN)
    said = " · ".join((str(item.id), item.invoice_number, str(item.total), item.customer))
    about = [f"order {item.order.number}" if item.order is not None else "", item.what or item.state_words]
    rows = [said, " · ".join(each for each in about if each), _order_words(item.order) if item.order is not None else ""]
    lines = parts.lines([row for row in rows if row], each=200)
    button = parts.button("Open", pressed.action_id, pressed.value, f"Open {item.id}, invoice {item.invoice_number}")
    return parts.section(lines, block_id, button)


def _order_words(order: OrderGlance) -> str:
    """What the order's row says besides its number; its lines and notes are behind “Open”."""
    left = (
        f"{order.balance} of {order.total} left" if order.balance is not None else f"{order.total}, nobody knows what is left"
    )
    said = [left]
    if order.used:
        said.append(f"{order.used} used")
    if order.invoices:
        more = f" and {len(order.invoices) - _NAMED} more" if len(order.invoices) > _NAMED else ""
        said.append(f"invoiced by {', '.join(order.invoices[:_NAMED])}{more}")
    said.append(f"{order.lines} line{'s' * (order.lines != 1)}")
    if order.notes:
        said.append(f"{order.notes} note{'s' * (order.notes != 1)}")
    return " · ".join(said)


def _pager(page: SubmissionPage, others: str, stem: str) -> list[Block]:
    if page.pages == 1:
        return []
    buttons = []
    for label, way, to in (("Previous", "back", page.page - 1), ("Next", "on", page.page + 1)):
        if 0 <= to < page.pages:
            value = f"{others}/{page.queue}:{to}"
            buttons.append(parts.button(label, f"{TURN}.{way}", value, f"{label} page of invoices for portals"))
    where = parts.context(parts.plain(f"Page {page.page + 1} of {page.pages}"), f"{stem}:where")
    return [where, parts.actions(buttons, f"{stem}:turn")]
