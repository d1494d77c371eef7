"""HTML to rows: tables cell by cell, everything else as lines of text.

Cells stay apart: `<td>INV-1</td><td>5</td>` must never become INV-15. Nothing is loaded, nothing is run, hidden text is not
read (a reader of the mail does not see it either).
"""

import re
from typing import Final

from lxml import etree, html

from core.read.cells import Row, Value, grid_row
from core.read.layout import rows_of_text
from core.read.limits import HTML_CHARACTERS, HTML_NODES, TABLE_COLUMNS
from core.read.notes import Notes
from core.read.remittance.found import Found
from core.read.remittance.from_table import columns_of
from core.read.remittance.from_text import found_in_rows

_SKIPPED: Final = frozenset({"script", "style", "head", "title", "noscript", "template", "svg", "object", "select"})
_BLOCKS: Final = frozenset(
    "p div br tr li ul ol table h1 h2 h3 h4 h5 h6 hr blockquote section article header footer pre center form dl dt dd "
    "tbody thead".split()
)
_HIDDEN: Final = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:px|pt|em|%)?\s*(?:;|$)", re.IGNORECASE
)
_QUOTE_CLASSES: Final = (
    "gmail_quote",
    "moz-cite-prefix",
    "yahoo_quoted",
    "OutlookMessageHeader",
    "divRplyFwdMsg",
    "appendonsend",
)
_BLANKS: Final = re.compile(r"[ \t\n\f\r]+")
_MAX_SPAN: Final = 40


class _Page:
    """Walks the tree once, without recursion, and collects rows and text."""

    def __init__(self, notes: Notes, *, quotes: bool) -> None:
        self.notes = notes
        self.quotes = quotes
        self.rows: list[Row] = []
        self.text: list[str] = []
        self.line: list[str] = []
        self.pending: list[str] = []
        self.block = 0
        self.nodes = 0
        self.tables = 0

    def walk(self, root: html.HtmlElement) -> None:
        """Everything below `root` in reading order."""
        stack: list[tuple[str, html.HtmlElement]] = [("open", root)]
        while stack:
            what, element = stack.pop()
            if what == "tail":
                self._say(element.tail)
                continue
            if what == "close":
                self._break()
                continue
            self.nodes += 1
            if self.nodes > HTML_NODES:
                self.notes.refuse("", f"The page has more than {HTML_NODES:,} elements; the rest was not read.")
                return
            stack.append(("tail", element))
            if not isinstance(element.tag, str) or element.tag in _SKIPPED or self._unseen(element):
                continue
            if element.tag == "table" and self._is_data(element):
                self._table(element)
                continue
            if element.tag in _BLOCKS:
                self._break()
                stack.append(("close", element))
            elif element.tag in {"td", "th"}:
                self._say("   ")
            self._say(element.text)
            stack += [("open", child) for child in reversed(element)]

    def finish(self) -> None:
        """Take over what is still open."""
        self._break()
        self._flush()

    def _unseen(self, element: html.HtmlElement) -> bool:
        style = element.get("style") or ""
        if element.get("hidden") is not None or (style and _HIDDEN.search(style)):
            return True
        if self.quotes:
            return False
        named = f"{element.get('class') or ''} {element.get('id') or ''}"
        return element.tag == "blockquote" or any(name in named for name in _QUOTE_CLASSES)

    def _is_data(self, table: html.HtmlElement) -> bool:
        """A table without tables inside is data; one with them only arranges the page."""
        return next(table.iterdescendants("table"), None) is None

    def _say(self, words: str | None) -> None:
        if words:
            self.line.append(_BLANKS.sub(" ", words) if words.strip() else " " if words.isspace() and len(words) < 3 else "   ")  # noqa: PLR2004

    def _break(self) -> None:
        line = "".join(self.line).strip()
        self.line = []
        if line:
            self.pending.append(line)
            self.text.append(line)

    def _flush(self) -> None:
        if self.pending:
            self.block += 1
            self.rows += rows_of_text("\n".join(self.pending), self.notes, columns_of, block=self.block)
            self.pending = []

    def _table(self, table: html.HtmlElement) -> None:
        self._break()
        self._flush()
        self.block += 1
        self.tables += 1
        spans: dict[int, int] = {}
        for number, row in enumerate(table.iter("tr"), 1):
            if self._unseen(row):
                continue
            values = self._cells(row, spans)
            self.text.append("   ".join(value for value in values if value))
            self.rows.append(grid_row(f"table {self.tables}, row {number}", list[Value](values), self.block))

    def _cells(self, row: html.HtmlElement, spans: dict[int, int]) -> list[str]:
        """The cells of a row at their columns; where a cell of an earlier row reaches down, an empty one stands."""
        values: list[str] = []
        begun: dict[int, int] = {}
        for cell in row:
            if cell.tag not in {"td", "th"}:
                continue
            while spans.get(len(values), 0) > 0:
                spans[len(values)] -= 1
                values.append("")
            words = "" if self._unseen(cell) else _cell_text(cell)
            rows, columns = _span(cell, "rowspan"), _span(cell, "colspan")
            for offset in range(columns):
                begun[len(values)] = rows - 1
                values.append(words if offset == 0 else "")
            if len(values) > TABLE_COLUMNS:
                break
        spans.update(begun)
        return values[:TABLE_COLUMNS]


def _span(cell: html.HtmlElement, name: str) -> int:
    written = (cell.get(name) or "1").strip()
    return min(max(int(written), 1), _MAX_SPAN) if written.isascii() and written.isdigit() and len(written) < 6 else 1  # noqa: PLR2004


def _cell_text(cell: html.HtmlElement) -> str:
    pieces = []
    for element in cell.iter():
        if isinstance(element.tag, str) and element.tag not in _SKIPPED:
            pieces.append(f" {element.text or ''}" if element.tag in _BLOCKS else element.text or "")
        if element is not cell and element.tail:
            pieces.append(f" {element.tail}" if element.tag in _BLOCKS else element.tail)
    return _BLANKS.sub(" ", "".join(pieces)).strip()


def found_in_html(text: str, where: str, *, titles: tuple[str, ...] = (), quotes: bool = False) -> Found:
    """The advice in an HTML page or mail body; quoted earlier mails are read only where `quotes` asks for it."""
    found = Found()
    if len(text) > HTML_CHARACTERS:
        found.notes.refuse("", f"The page is longer than {HTML_CHARACTERS:,} characters and was not read.")
        return found
    page = _Page(found.notes, quotes=quotes)
    root = _parsed(text)
    if root is not None:
        page.walk(root)
    page.finish()
    return found_in_rows(page.rows, "\n".join(page.text), where, titles=titles, found=found)


def _parsed(text: str) -> html.HtmlElement | None:
    # A document that declares an encoding is refused as text; the text is already decoded.
    plain = re.sub(r"\A\s*<\?xml[^>]*\?>", "", text).replace("\0", " ")
    if not plain.strip():
        return None
    parser = html.HTMLParser(no_network=True, recover=True, remove_comments=True, remove_pis=True, huge_tree=False)
    try:
        return html.document_fromstring(plain, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None
