"""The window of a supplier invoice: all its lines with their buttons, those that differ first, in pages; and its history."""

from typing import Final

from bot.actions import OPEN, Pressed
from bot.cards import parts
from bot.cards import supplier_invoice as card
from bot.cards import supplier_invoice_lines as line_card
from bot.cards.parts import Block
from bot.views.memory import Memory, on_page
from core.app.payables.views import BillView
from core.domain.keeping import SubjectKind

CALLBACK: Final = "bill"
PER_PAGE: Final = 6
"""Lines of a page: eight blocks each at most (a tie), besides the head and the history."""


def window(view: BillView, page: int = 0) -> Block:
    """Everything about an invoice; `page` counts from 0, and one past the end is the last."""
    ordered = sorted(range(len(view.lines)), key=lambda place: not view.lines[place].is_exception)
    pages = max(1, -(-len(ordered) // PER_PAGE))
    page = max(0, min(page, pages - 1))
    stem = f"{card.stem(view)}:page{page}"
    shown = card.heading(view)
    for place in ordered[page * PER_PAGE : (page + 1) * PER_PAGE]:
        shown += [parts.divider(f"{stem}:rule{place}"), *line_card.blocks(view, place, f"{stem}:line{place}")]
    if pages > 1:
        shown += _pager(view, page, pages, stem)
    shown += [parts.divider(f"{stem}:end"), *card.closing(view, windowed=True)]
    if view.history:
        shown.append(parts.section(parts.ours("*History*"), f"{stem}:history_title"))
        items = [("", f"{told.sentence} {told.reason}".strip()) for told in reversed(view.history)]
        shown.append(parts.bullets(items, f"{stem}:history"))
    memory = Memory(Pressed(SubjectKind.SUPPLIER_INVOICE, view.id, view.version, OPEN))
    return on_page(parts.modal(f"Invoice {view.id}", CALLBACK, shown, memory=memory.text()), page)


def _pager(view: BillView, page: int, pages: int, stem: str) -> list[Block]:
    def turn(label: str, event: str, to: int) -> parts.Element:
        pressed = Pressed(SubjectKind.SUPPLIER_INVOICE, view.id, view.version, event, to)
        return parts.button(label, pressed.action_id, pressed.value, f"{label} page of lines")

    buttons = [turn("Previous", "page_back", page - 1)] if page else []
    buttons += [turn("Next", "page_on", page + 1)] if page + 1 < pages else []
    where = parts.context(parts.plain(f"Page {page + 1} of {pages}, {len(view.lines)} lines"), f"{stem}:where")
    return [where, parts.actions(buttons, f"{stem}:turn")]
