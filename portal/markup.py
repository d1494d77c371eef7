"""Pages as trees, whoever's they are. Pure; what a page must have and lacks is `PortalChanged`, with what was seen instead."""

from typing import Final

from lxml import html as lxml_html
from lxml.etree import ParserError
from lxml.html import HtmlElement

from core.domain.errors import PortalChanged

_MOST_SEEN: Final = 300


def tree(text: str) -> HtmlElement:
    """The page as a tree; a page without anything is an empty one."""
    try:
        return lxml_html.document_fromstring(text.replace("\x00", ""))
    except ParserError:
        return lxml_html.document_fromstring("<html><body></body></html>")


def words(element: HtmlElement | None) -> str:
    """All text of an element with blanks of every kind as one; empty for None."""
    return " ".join(str(element.text_content()).split()) if element is not None else ""


def has_class(element: HtmlElement, name: str) -> bool:
    """Whether `name` is one of the element's classes."""
    return name in (element.get("class") or "").split()


def every(element: HtmlElement | None, tag: str, css_class: str = "", **attributes: str) -> list[HtmlElement]:
    """All elements below with this tag (`*` for any), class and attributes, in the page's order; none below None."""
    if element is None:
        return []
    found = element.iter(None if tag == "*" else tag)
    return [
        one
        for one in found
        if isinstance(one, HtmlElement)
        and one is not element
        and (not css_class or has_class(one, css_class))
        and all(one.get(name) == value for name, value in attributes.items())
    ]


def first(element: HtmlElement | None, tag: str, css_class: str = "", **attributes: str) -> HtmlElement | None:
    """The first of `every`."""
    return next(iter(every(element, tag, css_class, **attributes)), None)


def changed(where: str, expected: str, seen: str) -> PortalChanged:
    """The page is not the one that we know."""
    return PortalChanged(
        f"The portal's page “{where}” is not the one we know: {expected} was expected.",
        page=where,
        expected=expected,
        seen=seen[:_MOST_SEEN],
    )
