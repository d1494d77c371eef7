"""PDFs with a text layer to rows: ruled tables by their rules, everything else by where the words are printed.

PDFium looks first, because it is fast: a password, no text at all (a scan), too many pages. Geometry comes from pdfplumber.
Pages of one document are one sequence, so a list that goes on over the page stays one list.
"""

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import pdfplumber
import pypdfium2  # type: ignore[import-untyped]
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfminer.pdfexceptions import PDFException
from pdfminer.psexceptions import PSException

from core.read.cells import Row, grid_row
from core.read.layout import Word, row_of_words
from core.read.limits import PDF_PAGES, PDF_WORDS
from core.read.notes import Notes
from core.read.paper.tables import Ruled, ruled_tables
from core.read.remittance.from_table import columns_of

_CLOSE: Final = 0.2
_BLANK_SHARE: Final = 1.35
SCAN: Final = "The PDF has no text, only pictures (a scan): it needs OCR and is not readable as text."

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class PdfPage:
    """One page: its words with their places, in no order that means anything, and its ruled tables."""

    number: int
    words: tuple[dict[str, Any], ...]
    tables: tuple[Ruled, ...]


def pdf_rows(data: bytes, notes: Notes) -> list[Row]:
    """The rows of all pages in reading order; nothing where `notes` says why."""
    return rows_of_pages(pdf_pages(data, notes))


def pdf_pages(data: bytes, notes: Notes) -> list[PdfPage]:
    """The pages of a PDF with a text layer; nothing where `notes` says why."""
    why = _triage(data)
    if why:
        notes.refuse("", why)
        return []
    return opened(data, lambda document: _pages(document, notes), notes) or []


def rows_of_pages(pages: Sequence[PdfPage]) -> list[Row]:
    """The rows of pages in reading order."""
    return [row for page in pages for row in _merged(page.number, page.words, page.tables)]


def opened(data: bytes, read: Callable[[pdfplumber.pdf.PDF], Read], notes: Notes) -> Read | None:
    """What `read` finds in the open document; None where it cannot be opened or breaks, which `notes` says."""
    try:
        with pdfplumber.open(io.BytesIO(data)) as document:
            return read(document)
    except PDFPasswordIncorrect:
        notes.refuse("", "The PDF is protected by a password.")
    except MemoryError:
        raise
    except (PDFException, PSException, pdfplumber.utils.exceptions.PdfminerException, RecursionError) as error:
        notes.refuse("", f"The PDF is broken and could not be read ({type(error).__name__}).")
    except Exception as error:  # noqa: BLE001  A parser that we did not write meets a file that we did not make.
        notes.refuse("", f"The PDF could not be read ({type(error).__name__}).")
    return None


def _triage(data: bytes) -> str:
    """Why a PDF is not read further, or nothing."""
    try:
        with closing(pypdfium2.PdfDocument(data)) as document:
            count = len(document)
            if count > PDF_PAGES:
                return f"The PDF has {count} pages; more than {PDF_PAGES} are not read."
            if count == 0:
                return "The PDF has no pages."
            texts = any(_has_text(document, index) for index in range(count))
            return "" if texts else SCAN
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            return "The PDF is protected by a password."
        # The other parser is more patient with damage; it has the last word.
        return ""


def _has_text(document: pypdfium2.PdfDocument, index: int) -> bool:
    with closing(document[index]) as page, closing(page.get_textpage()) as text:
        return bool(text.count_chars() > 0 and text.get_text_range().strip())


def _pages(document: pdfplumber.pdf.PDF, notes: Notes) -> list[PdfPage]:
    pages: list[PdfPage] = []
    words_seen = 0
    for number, page in enumerate(document.pages, 1):
        words = page.extract_words(x_tolerance_ratio=_CLOSE, keep_blank_chars=False, use_text_flow=False, return_chars=False)
        words_seen += len(words)
        if words_seen > PDF_WORDS:
            notes.refuse(f"page {number}", f"The PDF has more than {PDF_WORDS:,} words; the rest was not read.")
            break
        pages.append(PdfPage(number, tuple(words), tuple(ruled_tables(page))))
        page.close()
    return pages


def _merged(number: int, words: Sequence[dict[str, Any]], tables: Sequence[Ruled]) -> list[Row]:
    """Lines of words outside ruled tables, and the rows of those tables, from top to bottom."""
    outside = [word for word in words if not any(table.holds(word) for table in tables)]
    placed: list[tuple[float, Row]] = []
    for index, line in enumerate(_lines(outside), 1):
        printed = [Word(str(word["text"]), float(word["x0"]), float(word["x1"])) for word in line]
        row = row_of_words(f"page {number}, line {index}", printed, _gap(printed), columns_of)
        placed.append((min(float(word["top"]) for word in line), row))
    for table in tables:
        for index, (top, values) in enumerate(table.rows, 1):
            row = grid_row(f"page {number}, table row {index}", list(values), block=table.width)
            if row.cells:
                placed.append((top, row))
    placed.sort(key=lambda pair: pair[0])
    return [row for _, row in placed]


def _lines(words: Sequence[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Words whose middles are at about one height, left to right."""
    line: list[dict[str, Any]] = []
    middle = 0.0
    for word in sorted(words, key=lambda word: (float(word["top"]) + float(word["bottom"])) / 2):
        here = (float(word["top"]) + float(word["bottom"])) / 2
        height = max(float(word["bottom"]) - float(word["top"]), 1.0)
        if line and here - middle > height * 0.45:
            yield sorted(line, key=lambda word: float(word["x0"]))
            line = []
        if not line:
            middle = here
        line.append(word)
    if line:
        yield sorted(line, key=lambda word: float(word["x0"]))


def _gap(words: Sequence[Word]) -> float:
    """The widest blank inside a cell: a little more than the mean width of a sign."""
    signs = sum(len(word.text) for word in words)
    width = sum(word.right - word.left for word in words)
    return _BLANK_SHARE * width / signs if signs else 1.0
