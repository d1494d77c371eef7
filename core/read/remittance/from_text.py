"""Advices in plain text: a table laid out by blanks, a list of lines, or a sentence; in this order."""

from collections.abc import Sequence

from core.read.cells import Row
from core.read.layout import rows_of_text
from core.read.limits import TEXT_CHARACTERS
from core.read.remittance.advice import Advice
from core.read.remittance.found import Found
from core.read.remittance.from_lines import advice_in_lines
from core.read.remittance.from_pairs import advice_in_pairs
from core.read.remittance.from_prose import advice_in_prose
from core.read.remittance.from_table import Tables, columns_of, read_tables
from core.read.remittance.head import is_title
from core.read.remittance.wording import mentions_payment, speaks_against, speaks_of_payment

OPEN_LIST = "It lists open items (a statement or reminder), not a payment made."
ASKS = "It asks for a payment or refuses one; no payment made is announced."
BARE = "It lists documents and amounts, and no word says that they were paid."
NOTHING = "No remittance advice was found in it."


def found_in_text(text: str, where: str, *, titles: Sequence[str] = ()) -> Found:
    """The advice in a plain text; `titles` are words beside it, such as the subject of the mail and the file's name."""
    found = Found()
    if len(text) > TEXT_CHARACTERS:
        found.notes.refuse("", f"The text is longer than {TEXT_CHARACTERS:,} characters and was not read.")
        return found
    rows = rows_of_text(text, found.notes, columns_of)
    return found_in_rows(rows, text, where, titles=titles, found=found)


def found_in_rows(
    rows: Sequence[Row], text: str, where: str, *, titles: Sequence[str] = (), found: Found | None = None
) -> Found:
    """The advice in rows whose text is also known line by line."""
    found = found or Found()
    tables = read_tables(rows, where)
    found.head = tables.head
    if tables.advices:
        found.why_none = _why_no_advice(text, titles, tables)
        if not found.why_none:
            found.advices = tables.advices
        return found
    if tables.open_lists:
        found.why_none = OPEN_LIST
        return found
    advice = _without_columns(rows, text, where, titles)
    if advice is not None and advice.items:
        found.advices = [advice]
        # What the labels say is said in the advice itself; as a total it would count twice.
        found.head.total = ""
    elif advice is not None:
        found.why_none = advice.stops[0]
    else:
        found.why_none = ASKS if speaks_against(text) else NOTHING
    return found


def _why_no_advice(text: str, titles: Sequence[str], tables: Tables) -> str:
    """A table of documents and amounts is an advice if some word has to do with paying and none asks for the money."""
    if any(map(is_title, (*titles, text[:2_000]))) or not tables.head.empty or speaks_of_payment(text):
        return ""
    if speaks_against(text):
        return ASKS
    return "" if any(map(mentions_payment, (*titles, text))) else BARE


def _without_columns(rows: Sequence[Row], text: str, where: str, titles: Sequence[str]) -> Advice | None:
    """Lines, labels or sentences count only where the words say that this is about a payment made."""
    titled = any(map(is_title, (*titles, text[:2_000])))
    if speaks_against(text) and not titled:
        return None
    listed = None
    if titled or speaks_of_payment(text):
        listed = advice_in_lines(text, where)
        if listed is not None and listed.items:
            return listed
        paired = advice_in_pairs(rows, where)
        if paired is not None:
            return paired
    return advice_in_prose(text, where) or listed
