"""Pages as trees and tables as rows. Pure; what a page must have and lacks is `PortalChanged`, with what was seen instead."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from lxml.html import HtmlElement

from portal.markup import changed, every, first, has_class, tree, words

_MOST_SEEN: Final = 300


class PageKind(StrEnum):
    """What a page is before anything is read off it."""

    LOGGED_OUT = "logged_out"
    CRASHED = "crashed"
    CLOSED = "closed"
    NOT_FOUND = "not_found"
    WORKING = "working"


@dataclass(frozen=True, slots=True)
class RawCell:
    """A cell as written; `href` of its first link, `possible` the names of what may be pressed in it."""

    text: str
    href: str = ""
    possible: tuple[str, ...] = ()


Row = Mapping[str, RawCell]


@dataclass(frozen=True, slots=True)
class RawTable:
    """One page of a table: rows by header; `has_next` while further pages follow."""

    headers: tuple[str, ...]
    rows: tuple[Row, ...]
    has_next: bool = False


def page_kind(text: str) -> PageKind:
    """Whether the session is gone, the portal is broken or closed, or the page is one to work with."""
    page = tree(text)
    body = words(first(page, "body"))
    error = first(page, "h1", id="error-message")
    if first(page, "div", "login_message") is not None or first(page, "input", id="email") is not None:
        return PageKind.LOGGED_OUT
    if error is not None or body.startswith("Oops!") or "something went wrong" in body[:_MOST_SEEN]:
        return PageKind.CLOSED if "maintenance" in words(error).casefold() else PageKind.CRASHED
    if "doesn't exist" in body[:_MOST_SEEN] or "does not exist" in body[:_MOST_SEEN]:
        return PageKind.NOT_FOUND
    return PageKind.WORKING


def table(text: str, model: str, required: Sequence[str], where: str) -> RawTable:
    """The table of a model (`<model>_table_tag`), by the words of its header; further columns are no trouble."""
    page = tree(text)
    element = first(page, "table", id=f"{model}_table_tag")
    body = first(page, "tbody", id=f"{model}_tbody")
    if element is None or body is None:
        raise changed(where, f"the table {model}", words(first(page, "body")))
    headers = tuple(words(cell) for cell in every(first(element, "thead"), "th"))
    require(headers, required, where)
    rows = []
    for line in every(body, "tr"):
        cells = [_cell(cell) for cell in every(line, "td")]
        if len(cells) != len(headers):
            raise changed(where, f"{len(headers)} cells in each row", words(line))
        rows.append(dict(zip(headers, cells, strict=True)))
    following = first(page, "a", "next_page")
    more = following is not None and not has_class(following, "disabled")
    return RawTable(headers, tuple(rows), more)


def csv_table(data: bytes, required: Sequence[str], where: str) -> RawTable:
    """The file of an export, as the same rows."""
    try:
        lines = list(csv.reader(io.StringIO(data.decode("utf-8-sig")), strict=True))
    except (UnicodeDecodeError, csv.Error):
        raise changed(where, "a CSV file in UTF-8", repr(data[:60])) from None
    if not lines:
        raise changed(where, "a header", "an empty file")
    headers = tuple(" ".join(cell.split()) for cell in lines[0])
    require(headers, required, where)
    rows = []
    for number, line in enumerate(lines[1:], 2):
        if len(line) != len(headers):
            raise changed(where, f"{len(headers)} cells in line {number}", ",".join(line))
        rows.append({name: RawCell(" ".join(cell.split())) for name, cell in zip(headers, line, strict=True)})
    return RawTable(headers, tuple(rows))


def require(headers: Sequence[str], required: Sequence[str], where: str) -> None:
    """Every required column, once."""
    missing = [name for name in required if name not in headers]
    if missing:
        raise changed(where, f"the column {', '.join(missing)}", ", ".join(headers))
    twice = sorted({name for name in headers if name and headers.count(name) > 1})
    if twice:
        raise changed(where, "every column once", ", ".join(twice))


def labelled(page: HtmlElement) -> dict[str, str]:
    """The fields that a page shows as text: `div.form_element` with a label and a value."""
    found = {}
    for element in every(page, "div", "form_element"):
        label = first(element, "label")
        if label is not None:
            found[words(label).rstrip(" *:")] = words(element).removeprefix(words(label)).strip()
    return found


def internal_id(href: str) -> str:
    """The portal's own id in an address (`/supplier_invoices/9001`); empty when there is none."""
    found = re.search(r"/(?:supplier_order_headers|supplier_invoices)/(\d+)(?:[/?#]|\Z)", href)
    return found[1] if found else ""


def _cell(cell: HtmlElement) -> RawCell:
    links = every(cell, "a")
    pressable = [one for one in (*links, *every(cell, "button")) if one.get("disabled") is None]
    possible = tuple(one.get("title") or words(one) for one in pressable if not has_class(one, "disabled"))
    return RawCell(words(cell), (links[0].get("href") or "") if links else "", possible)
