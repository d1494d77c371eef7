"""Tables through the browser: view, search, page size, page by page. Parsing them is `parse`'s work."""

from collections.abc import Callable, Sequence
from typing import Final

from playwright.sync_api import Error, Frame

from core.domain.errors import PortalDown
from portal.coupa import selectors
from portal.coupa.html import RawTable, Row, csv_table, table
from portal.coupa.screen import Screen
from portal.markup import changed

_MOST_PAGES: Final = 2000


class Tables:
    """Reads whole tables in a frame of one screen."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen

    def set_view(self, frame: Frame, model: str, view: str, where: str) -> bool:
        """Choose a view; False when the portal does not offer it, and nothing changed."""
        screen = self._screen
        box = screen.find(frame, selectors.VIEW)
        with screen.in_our_words(where):
            offered = [" ".join(text.split()) for text in box.locator("option").all_inner_texts()]
            chosen = " ".join(box.locator("option:checked").first.inner_text().split())
        if view not in offered:
            return False
        if view != chosen:
            screen.follow(frame, lambda: box.select_option(label=view), _body(model), where)
        return True

    def widest(self, frame: Frame, model: str, where: str) -> None:
        """Ninety rows a page, where that is offered."""
        screen = self._screen
        if screen.has(frame, selectors.NINETY):
            button = screen.find(frame, selectors.NINETY)
            with screen.in_our_words(where):
                current = button.get_attribute("aria-current")
            if current != "true":
                screen.follow(frame, button.click, _body(model), where)

    def search(self, frame: Frame, model: str, text: str, where: str) -> None:
        """Search over all columns."""
        screen = self._screen
        field = screen.find(frame, selectors.SEARCH)
        with screen.in_our_words(where):
            field.fill(text)
        screen.follow(frame, screen.find(frame, selectors.SEARCH_GO).click, _body(model), where)

    def rows(self, frame: Frame, model: str, required: Sequence[str], where: str) -> tuple[Row, ...]:
        """All rows of all pages from the open one on."""
        screen = self._screen
        found: list[Row] = []
        for _ in range(_MOST_PAGES):
            page = self.page(frame, model, required, where)
            found += page.rows
            if not page.has_next:
                return tuple(found)
            screen.follow(frame, screen.find(frame, selectors.NEXT_PAGE).click, _body(model), where)
        raise changed(where, f"at most {_MOST_PAGES} pages", "more")

    def page(self, frame: Frame, model: str, required: Sequence[str], where: str) -> RawTable:
        """The open page of a table."""
        with self._screen.in_our_words(where):
            text = frame.content()
        return table(text, model, required, where)

    def exported(self, frame: Frame, required: Sequence[str], where: str) -> tuple[Row, ...] | None:
        """All rows by the table's own export, which is one request instead of many; None when no file comes."""
        screen = self._screen
        if not screen.has(frame, selectors.EXPORT):
            return None
        screen.pause()
        data = self._downloaded(screen.find(frame, selectors.EXPORT).click)
        return csv_table(data, required, where).rows if data is not None else None

    def _downloaded(self, act: Callable[[], None]) -> bytes | None:
        screen = self._screen
        try:
            with screen.page.expect_download(timeout=screen.options.export_patience_s * 1000) as coming:
                act()
            path = coming.value.path()
        except Error:
            # Mailed, late or refused: the pages of the table say the same.
            return None
        data = path.read_bytes()
        coming.value.delete()
        if not data:
            raise PortalDown("The portal's export is an empty file.", where="export")
        return data


def _body(model: str) -> str:
    return f"tbody#{model}_tbody"
