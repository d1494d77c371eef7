"""XML from strangers: streamed, without namespaces in the way, without entities, without the network.

A document that declares a document type is refused before it is parsed: no bank sends one, and every entity bomb needs one.
"""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Final

from lxml import etree

from core.domain.errors import Malformed

_DOCTYPE: Final = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_WIDE: Final = re.compile(rb"<\0!\0D\0O\0C\0T|\0<\0!\0D\0O\0C\0T", re.IGNORECASE)


def events(data: bytes) -> Iterator[tuple[str, "etree._Element"]]:
    """Start and end of every element in turn; `Malformed` where the document breaks off or is refused."""
    if _DOCTYPE.search(data) or _WIDE.search(data):
        raise Malformed("The XML declares a document type or entities, which bank files never do; it was not read.")
    stream = etree.iterparse(
        BytesIO(data),
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        for event, element in stream:
            yield str(event), element
    except etree.XMLSyntaxError as error:
        line = error.lineno or 0
        raise Malformed(
            f"The XML breaks off or is broken at line {line}; what stands before it was read.", where=f"line {line}"
        ) from error


def whole(data: bytes) -> "etree._Element":
    """The root of a document that is needed all at once; `Malformed` where it is broken or refused."""
    if _DOCTYPE.search(data) or _WIDE.search(data):
        raise Malformed("The XML declares a document type or entities, which invoices never do; it was not read.")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        line = getattr(error, "lineno", 0) or 0
        raise Malformed(f"The XML breaks off or is broken at line {line}; it was not read.", where=f"line {line}") from error


def name_of(element: "etree._Element") -> str:
    """The local name."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def children(element: "etree._Element", *path: str) -> list["etree._Element"]:
    """All descendants along a path of local names."""
    found = [element]
    for step in path:
        found = [child for parent in found for child in parent if name_of(child) == step]
    return found


def child(element: "etree._Element", *path: str) -> "etree._Element | None":
    """The first descendant along a path of local names."""
    found = children(element, *path)
    return found[0] if found else None


def text(element: "etree._Element | None", *path: str) -> str:
    """The text of the first descendant along a path, blanks at both ends gone."""
    found = child(element, *path) if element is not None else None
    return (found.text or "").strip() if found is not None else ""


def first_below(element: "etree._Element | None", name: str) -> str:
    """The text of the first descendant of a name, however deep (party names moved between versions)."""
    if element is None:
        return ""
    for found in element.iter():
        if name_of(found) == name and (found.text or "").strip():
            return (found.text or "").strip()
    return ""


def free(element: "etree._Element") -> None:
    """Forget what has been read, so that memory does not grow with the file."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
