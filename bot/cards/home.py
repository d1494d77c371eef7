"""The personal queue: what waits, list by list, with pages. Shown in the Home tab and in a window.

The lists that need somebody come first as buttons with their counts; the others are behind the menu.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.actions import OPEN, Pressed, kind_of
from bot.cards import home_invoices, parts, portal_home
from bot.cards.parts import Block, Element
from bot.views import approval_rules, limits, upload
from core.app.payables.waiting import BillPage
from core.app.portals.waiting import SubmissionPage
from core.app.telling import day
from core.app.waiting import TITLES, WAITING, Queue, WorkItem, WorkPage
from core.app.wording import amount_words

OPEN_QUEUE: Final = "queue.open"
SHOW: Final = "queue.show"
TURN: Final = "queue.turn"
BULK: Final = "bulk.open"
CALLBACK: Final = "queue"


@dataclass(frozen=True, slots=True)
class HomeView:
    """What one person's queue shows: payments, supplier invoices and invoices for portals, as they may see them."""

    name: str
    counts: Mapping[Queue, int]
    page: WorkPage | None
    may_post: bool
    bills: BillPage | None = None
    may_upload: bool = False
    may_rule: bool = False
    portals: SubmissionPage | None = None

    @property
    def memory(self) -> str:
        """Which lists and pages are shown, for the view's private metadata and the buttons that turn pages."""
        return self.payments + self.after_payments

    @property
    def payments(self) -> str:
        """The part of `memory` that is about payments."""
        return f"{self.page.queue}:{self.page.page}" if self.page is not None else ""

    @property
    def after_payments(self) -> str:
        """The part of `memory` that is about supplier invoices and portals."""
        bills = home_invoices.memory(self.bills)
        return (bills or "/") + self.after_bills if self.portals is not None else bills

    @property
    def after_bills(self) -> str:
        """The part of `memory` that is about portals."""
        return f"/{portal_home.memory(self.portals)}" if self.portals is not None else ""


def known(text: str) -> bool:
    """Whether this is a `memory` of ours."""
    return any(place is not None for place in (recall(text), home_invoices.recall(text), portal_home.recall(text)))


def recall(text: str) -> tuple[Queue, int] | None:
    """List and page of the payments of `memory`; None for anything else."""
    name, _, page = text.partition("/")[0].partition(":")
    if name not in set(Queue) or not (page.isascii() and page.isdigit()):
        return None
    return Queue(name), int(page[:6])


def open_window_block() -> Block:
    """A button that leads from anywhere to the queue."""
    element = parts.button("Show what waits", OPEN_QUEUE, "queue", "Show what waits for a person")
    return parts.actions([element], "queue:open")


def home(view: HomeView) -> Block:
    """The Home tab."""
    return {"type": "home", "callback_id": CALLBACK, "private_metadata": view.memory, "blocks": blocks(view)}


def window(view: HomeView) -> Block:
    """The same in a modal."""
    return parts.modal("What waits", CALLBACK, blocks(view), memory=view.memory)


def blocks(view: HomeView) -> list[Block]:
    """Payments, supplier invoices and invoices for portals, each with headline, lists, the list that is open, and pages."""
    shown = _payments(view, view.page) if view.page is not None else []
    if view.bills is not None:
        tools = [upload.button()] if view.may_upload else []
        tools += [limits.button(), approval_rules.button()] if view.may_rule else []
        shown += home_invoices.blocks(view.bills, view.payments, tools, view.after_bills)
    if view.portals is not None:
        above = view.payments + (home_invoices.memory(view.bills) or "/")
        shown += portal_home.blocks(view.portals, above, [portal_home.desk_button()])
    return shown


def _payments(view: HomeView, page: WorkPage) -> list[Block]:
    waiting = sum(view.counts[queue] for queue in WAITING)
    said = (
        f"{waiting} thing{'' if waiting == 1 else 's'} wait{'s' if waiting == 1 else ''} for somebody"
        if waiting
        else "Nothing waits"
    )
    shown = [parts.header(said, "home:head"), parts.actions(_tabs(view, page), f"home:tabs:{page.queue}")]
    shown.append(parts.section(parts.ours(f"*{TITLES[page.queue]}* ({page.count})"), "home:title", _bulk(view, page)))
    if not page.items:
        shown.append(parts.section(parts.plain("This list is empty."), "home:empty"))
    stem = f"home:{page.queue}:{page.page}"
    shown += [_row(item, f"{stem}:{place}") for place, item in enumerate(page.items)]
    return shown + _pager(view, page, stem)


def _tabs(view: HomeView, page: WorkPage) -> list[Element]:
    """Lists with work as buttons, those that need nobody behind the menu."""
    busy = [queue for queue in Queue if queue is page.queue or (queue in WAITING and view.counts[queue])]
    others = [queue for queue in Queue if queue not in WAITING and queue not in busy]
    buttons = [_tab(view, page, queue) for queue in busy]
    menu = parts.overflow(f"{SHOW}.more", [(_counted(view, queue), _to(view, queue)) for queue in others])
    return [*buttons, menu] if others else buttons


def _to(view: HomeView, queue: Queue, page: int = 0) -> str:
    """What a button remembers: its own list and page, and what is open below."""
    return f"{queue}:{page}{view.after_payments}"


def _counted(view: HomeView, queue: Queue) -> str:
    return f"{TITLES[queue]} ({view.counts[queue]})"


def _tab(view: HomeView, page: WorkPage, queue: Queue) -> Element:
    spoken = f"Show the list: {_counted(view, queue)}"
    style = "primary" if queue is page.queue else ""
    return parts.button(_counted(view, queue), f"{SHOW}.{queue}", _to(view, queue), spoken, style)


def _bulk(view: HomeView, page: WorkPage) -> Element | None:
    if page.queue is not Queue.POST or not view.may_post or not page.items:
        return None
    return parts.button("Post several", BULK, "bulk", "Choose several payments and post them together")


def _row(item: WorkItem, block_id: str) -> Block:
    pressed = Pressed(kind_of(item.id), item.id, item.version, OPEN)
    said = [each for each in (str(item.id), amount_words(item.amount) if item.amount else "", item.who) if each]
    about = [each for each in (item.what, day(item.on) if item.on else "") if each]
    lines = parts.lines([" · ".join(said), " · ".join(about)] if about else [" · ".join(said)], each=200)
    return parts.section(lines, block_id, parts.button("Open", pressed.action_id, pressed.value, f"Open {item.id}"))


def _pager(view: HomeView, page: WorkPage, stem: str) -> list[Block]:
    if page.pages == 1:
        return []
    buttons = []
    if page.page > 0:
        buttons.append(parts.button("Previous", f"{TURN}.back", _to(view, page.queue, page.page - 1), "Previous page"))
    if page.page + 1 < page.pages:
        buttons.append(parts.button("Next", f"{TURN}.on", _to(view, page.queue, page.page + 1), "Next page"))
    where = parts.context(parts.plain(f"Page {page.page + 1} of {page.pages}"), f"{stem}:where")
    return [where, parts.actions(buttons, f"{stem}:turn")]
