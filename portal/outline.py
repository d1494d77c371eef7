"""A page without what it says: its tags, ids, classes, roles and labels, so that it can be shown to somebody else. Pure.

Kept are the words that a person finds elements by (labels, buttons, table headers), unless they hold a digit, an address or a
word that is private (names of customers, the login). Everything else that is text is masked sign by sign, and numbers in
addresses and ids become zeros, since they are somebody's ids.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from lxml import html as lxml_html
from lxml.etree import ParserError
from lxml.html import HtmlElement

_LABELS: Final = frozenset({"label", "button", "th", "legend", "summary"})
_LABEL_ROLES: Final = frozenset({"button", "tab", "menuitem", "columnheader", "switch", "checkbox"})
_ARIA_NAMED: Final = frozenset(
    {
        "button",
        "textbox",
        "combobox",
        "checkbox",
        "radio",
        "columnheader",
        "tab",
        "menuitem",
        "searchbox",
        "spinbutton",
        "switch",
    }
)
_LEFT_AWAY: Final = frozenset({"script", "style", "noscript", "template", "svg", "path", "meta", "head", "br"})
_PLAIN: Final = ("type", "role", "for", "name", "method", "data-testid", "autocomplete", "data-method", "data-remote", "target")
_WORDS: Final = ("aria-label", "placeholder", "title", "alt")
_ADDRESSES: Final = ("href", "src", "action")
_DIGITS: Final = re.compile(r"\d+")
_LONG_TOKEN: Final = re.compile(r"[A-Za-z0-9+=]{22,}|(?=(?:[^\d\s]*\d){4})[A-Za-z0-9_\-+=]{24,}")
_ARIA_LINE: Final = re.compile(r"(?P<lead>\s*- '?)(?P<role>[a-z/]+)(?P<rest>.*)\Z")
_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*)"')
_OF_PORTALS: Final = frozenset(
    "create print view export search next previous log orders order lines invoices invoice home profile setup accept add save "
    "delete cancel calculate edit back download upload results page help settings account comments attachment pay".split()
)
_MOST_LINES: Final = 4000
_LONGEST_LABEL: Final = 60


@dataclass(frozen=True, slots=True)
class Redactor:
    """Decides what may be shown. `private` are words that are shown nowhere: customers, the login, our own names."""

    private: frozenset[str] = frozenset()

    @classmethod
    def hiding(cls, names: Iterable[str]) -> "Redactor":
        """Hide these names and each longer word of theirs."""
        words = {word.casefold() for name in names for word in [name, *re.findall(r"\w{3,}", name)] if len(word) > 2}  # noqa: PLR2004
        return cls(frozenset(words - {"and", "the", "inc", "ltd", "llc"}))

    def label(self, text: str) -> str:
        """A label, a button's words or a header: as it is, or masked where it may say something of somebody."""
        plain = " ".join(text.split())
        low = plain.casefold()
        suspicious = any(sign.isdigit() for sign in plain) or "@" in plain or len(plain) > _LONGEST_LABEL
        if suspicious or any(word in low for word in self.private):
            return mask(plain)
        return plain

    def link(self, text: str) -> str:
        """The words of a link: kept only where one of them is a portal's own, since others are numbers and names."""
        return self.label(text) if _OF_PORTALS & set(text.casefold().split()) else mask(text)

    def mark(self, text: str) -> str:
        """An id, class or name: numbers as zeros, long tokens away, private words masked."""
        short = "/".join(_DIGITS.sub("0", _LONG_TOKEN.sub("•token•", part)) for part in text.split("/"))
        low = short.casefold()
        return mask(short) if any(word in low for word in self.private) else short

    def address(self, url: str) -> str:
        """Where a link leads: no host of a customer, numbers as zeros, names of parameters without their values."""
        parts = urlsplit(url)
        names = sorted({pair.partition("=")[0] for pair in parts.query.split("&") if pair})
        host = "//" + ".".join(["•", *(parts.hostname or "").split(".")[1:]]) if parts.hostname else ""
        return host + self.mark(parts.path) + (f"?{'&'.join(self.mark(name) for name in names)}" if names else "")


def mask(text: str) -> str:
    """Letters as x, digits as 0; blanks, points and commas stay, so that the form of a date or an amount can be seen."""
    return "".join("x" if sign.isalpha() else "0" if sign.isdigit() else sign for sign in " ".join(text.split()))


def outline(page: str, redactor: Redactor) -> str:
    """The page as an indented tree, one element a line. An unreadable page is said to be so."""
    try:
        root = lxml_html.document_fromstring(page)
    except (ParserError, ValueError):
        return "(no readable page)\n"
    lines = []
    for depth, line in _lines(root, redactor):
        lines.append(f"{'  ' * depth}{line}")
        if len(lines) >= _MOST_LINES:
            lines.append("(and more)")
            break
    return "\n".join(lines) + "\n"


def _lines(root: HtmlElement, redactor: Redactor) -> Iterator[tuple[int, str]]:
    waiting: list[tuple[int, HtmlElement]] = [(0, root)]
    while waiting:
        depth, element = waiting.pop()
        if not isinstance(element.tag, str) or element.tag in _LEFT_AWAY:
            continue
        yield depth, _line(element, redactor)
        children: Sequence[HtmlElement] = list(element)
        waiting += [(depth + 1, child) for child in reversed(children)]


def _line(element: HtmlElement, redactor: Redactor) -> str:
    words = [str(element.tag)]
    if element.get("id"):
        words.append(f"#{redactor.mark(element.get('id') or '')}")
    words += [f".{redactor.mark(name)}" for name in (element.get("class") or "").split()]
    words += [f"{name}={redactor.mark(element.get(name) or '')}" for name in _PLAIN if element.get(name)]
    words += [f"{name}={redactor.label(element.get(name) or '')!r}" for name in _WORDS if element.get(name)]
    words += [f"{name}={redactor.address(element.get(name) or '')}" for name in _ADDRESSES if element.get(name)]
    words += [flag for flag in ("disabled", "required", "readonly", "hidden", "multiple") if element.get(flag) is not None]
    value = element.get("value") or ""
    if value and element.get("type") in {"submit", "button"}:
        words.append(f"value={redactor.label(value)!r}")
    elif value:
        words.append(f"value={mask(value)!r}")
    text = element.text or ""
    if text.strip():
        show = redactor.label if _names_something(element) else redactor.link if element.tag == "a" else mask
        words.append(repr(show(text)))
    return " ".join(words)


def _names_something(element: HtmlElement) -> bool:
    """Whether the element, or one that it stands in, is a label, a button or a header."""
    near = [element, *list(element.iterancestors())[:2]]
    return any(one.tag in _LABELS or one.get("role") in _LABEL_ROLES for one in near)


def aria(snapshot: str, redactor: Redactor) -> str:
    """The browser's own tree of roles and names, with the names of things kept and everything that is said masked."""
    return "\n".join(_aria_line(line, redactor) for line in snapshot.splitlines()) + "\n"


def _aria_line(line: str, redactor: Redactor) -> str:
    found = _ARIA_LINE.match(line)
    if found is None:
        lead = len(line) - len(line.lstrip(" "))
        return line[:lead] + mask(line[lead:])
    role, rest = found["role"], found["rest"]
    if role == "/url":
        return f"{found['lead']}/url: {redactor.address(rest.removeprefix(':').strip())}"
    show = redactor.label if role in _ARIA_NAMED else redactor.link if role == "link" else mask
    named = _QUOTED.match(rest.lstrip())
    said = rest[rest.index('"') + len(named[0]) :] if named else rest
    name = f' "{show(named[1])}"' if named else ""
    state, colon, text = said.partition(":")
    return f"{found['lead']}{role}{name}{redactor.mark(state)}{colon}{' ' + mask(text) if text.strip() else ''}"
