"""The supplier invoices of the personal queue: lists as buttons with their counts, the list that is open, pages."""

from collections.abc import Sequence
from typing import Final

from bot.actions import OPEN, Pressed
from bot.cards import parts
from bot.cards.parts import Block, Element
from core.app.payables.waiting import TITLES, BillItem, BillPage, BillQueue
from core.app.telling import day
from core.domain.keeping import SubjectKind

SHOW: Final = "queue.show.bills"
TURN: Final = "queue.turn.bills"
_BETWEEN: Final = "/"


def memory(page: BillPage | None) -> str:
    """The open list and page, after those of the payments."""
    return f"{_BETWEEN}{page.queue}:{page.page}" if page is not None else ""


def recall(text: str) -> tuple[BillQueue, int] | None:
    """List and page of `memory`; None for anything else."""
    name, _, page = text.partition(_BETWEEN)[2].partition(_BETWEEN)[0].partition(":")
    if name not in set(BillQueue) or not (page.isascii() and page.isdigit()):
        return None
    return BillQueue(name), int(page[:6])


def blocks(page: BillPage, payments: str, tools: Sequence[Element] = (), after: str = "") -> list[Block]:
    """Headline, lists, rows, pages, tools; `payments` and `after` are what is open above and below, so that it stays so."""
    name = "home:bills"
    waits = sum(count for queue, count in page.counts.items() if queue is not BillQueue.OTHERS)
    title = "*Supplier invoices*" if waits else "*Supplier invoices*, nothing waits for you"
    shown = [parts.divider(f"{name}:rule"), parts.section(parts.ours(title), f"{name}:head")]
    tabs = [_tab(page, queue, payments, after) for queue in BillQueue if queue is page.queue or page.counts[queue]]
    shown.append(parts.actions(tabs, f"{name}:tabs:{page.queue}"))
    stem = f"{name}:{page.queue}:{page.page}"
    shown += [_row(item, f"{stem}:{place}") for place, item in enumerate(page.items)]
    if not page.items:
        shown.append(parts.section(parts.plain("This list is empty."), f"{name}:empty"))
    shown += _pager(page, payments, stem, after)
    return [*shown, parts.actions(tools, f"{name}:tools")] if tools else shown


def _tab(page: BillPage, queue: BillQueue, payments: str, after: str) -> Element:
    label = f"{TITLES[queue]} ({page.counts[queue]})"
    style = "primary" if queue is page.queue else ""
    value = f"{payments}{_BETWEEN}{queue}:0{after}"
    return parts.button(label, f"{SHOW}.{queue}", value, f"Show the supplier invoices: {label}", style)


def _row(item: BillItem, block_id: str) -> Block:
    pressed = Pressed(SubjectKind.SUPPLIER_INVOICE, item.id, item.version, OPEN)
    said = [each for each in (str(item.id), str(item.total or ""), item.supplier, item.number) if each]
    about = [each for each in (item.what, day(item.on) if item.on else "") if each]
    lines = parts.lines([" · ".join(said), " · ".join(about)], each=200)
    return parts.section(lines, block_id, parts.button("Open", pressed.action_id, pressed.value, f"Open {item.id}"))


def _pager(page: BillPage, payments: str, stem: str, after: str) -> list[Block]:
    if page.pages == 1:
        return []
    buttons = []
    for label, way, to in (("Previous", "back", page.page - 1), ("Next", "on", page.page + 1)):
        if 0 <= to < page.pages:
            value = f"{payments}{_BETWEEN}{page.queue}:{to}{after}"
            buttons.append(parts.button(label, f"{TURN}.{way}", value, f"{label} page of supplier invoices"))
    where = parts.context(parts.plain(f"Page {page.page + 1} of {page.pages}"), f"{stem}:where")
    return [where, parts.actions(buttons, f"{stem}:turn")]
