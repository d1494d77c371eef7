"""Invoices in XML by their root element: UBL or CII; and those that a PDF carries inside."""

import zlib
from collections.abc import Iterator
from typing import Any, Final

import pdfplumber
from pdfminer.pdftypes import PDFStream, resolve1
from pdfminer.psparser import literal_name

from core.domain.errors import Malformed
from core.domain.supplier_documents import ReadSupplierInvoice
from core.read.notes import Notes
from core.read.supplier_invoices import cii, ubl
from core.read.xml_tree import name_of, whole

XML_BYTES: Final = 30 * 1024 * 1024
_MOST_FILES: Final = 50
_MOST_NODES: Final = 500
_STARTS: Final = (b"<", b"\xef\xbb\xbf<", b"\xff\xfe<", b"\xfe\xff\0<")
_ROOTS: Final = tuple(name.encode("ascii") for name in (*cii.ROOTS, *ubl.ROOTS))
_HEAD: Final = 4_096
_ACTIVE: Final = ("JavaScript", "JS", "Launch")


def read_xml(data: bytes, where: str, notes: Notes) -> ReadSupplierInvoice | None:
    """The invoice in an XML document; None where it is broken or another kind, which `notes` says."""
    try:
        root = whole(data)
    except Malformed as error:
        notes.refuse(error.where, error.sentence)
        return None
    if name_of(root) in cii.ROOTS:
        return cii.read_cii(root, where)
    if name_of(root) in ubl.ROOTS:
        return ubl.read_ubl(root, where)
    notes.refuse("", "It is XML of a kind that no reader knows.")
    return None


def embedded_xml(document: pdfplumber.pdf.PDF, notes: Notes) -> list[tuple[str, bytes]]:
    """Names and bytes of the invoices in XML that a PDF carries; other files inside it are left alone.

    Scripts are never run; that there are some is said.
    """
    catalog = document.doc.catalog
    names = _dictionary(catalog.get("Names"))
    if "JavaScript" in names or _is_active(catalog.get("OpenAction")):
        notes.problem("", "The PDF holds a script or an action, which was not run.")
    found: list[tuple[str, bytes]] = []
    for specification in _specifications(catalog, names):
        name = _text(specification.get("UF") or specification.get("F"))
        files = _dictionary(specification.get("EF"))
        stream = resolve1(files.get("UF") or files.get("F"))
        data = _unpacked(stream, name, notes) if isinstance(stream, PDFStream) else b""
        if data.startswith(_STARTS) and any(root in data[:_HEAD] for root in _ROOTS) and data not in [one for _, one in found]:
            found.append((name, data))
    return found


def _specifications(catalog: dict[str, Any], names: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The file specifications: associated files first, then those of the name tree."""
    associated = resolve1(catalog.get("AF"))
    for reference in associated[:_MOST_FILES] if isinstance(associated, list) else []:
        yield _dictionary(reference)
    waiting, seen = [_dictionary(names.get("EmbeddedFiles"))], 0
    while waiting and seen < _MOST_NODES:
        node = waiting.pop(0)
        seen += 1
        pairs, kids = resolve1(node.get("Names")), resolve1(node.get("Kids"))
        for reference in pairs[1 : 2 * _MOST_FILES : 2] if isinstance(pairs, list) else []:
            yield _dictionary(reference)
        waiting += [_dictionary(kid) for kid in kids[:_MOST_NODES]] if isinstance(kids, list) else []


def _unpacked(stream: PDFStream, name: str, notes: Notes) -> bytes:
    """The bytes of an embedded file, never more than `XML_BYTES`: a small stream can unpack to gigabytes."""
    filters = [literal_name(one) for one, _ in stream.get_filters()]
    raw = stream.rawdata or b""
    if stream.decipher is not None and stream.objid is not None and stream.genno is not None:
        raw = stream.decipher(stream.objid, stream.genno, raw, stream.attrs)
    if not filters:
        return raw[:XML_BYTES]
    if filters not in (["FlateDecode"], ["Fl"]):
        return b""
    unpacker = zlib.decompressobj()
    try:
        data = unpacker.decompress(raw, XML_BYTES)
    except zlib.error:
        notes.problem(name, "A file inside the PDF is broken and was not read.")
        return b""
    if unpacker.unconsumed_tail:
        notes.problem(name, f"A file inside the PDF is larger than {XML_BYTES // 2**20} MB and was not read.")
        return b""
    return data


def _dictionary(reference: object) -> dict[str, Any]:
    value = resolve1(reference)
    return value if isinstance(value, dict) else {}


def _is_active(reference: object) -> bool:
    action = _dictionary(reference)
    return "S" in action and literal_name(resolve1(action["S"])) in _ACTIVE


def _text(value: object) -> str:
    raw = resolve1(value)
    if not isinstance(raw, bytes):
        return str(raw or "")[:120]
    encoding = "utf-16" if raw.startswith((b"\xfe\xff", b"\xff\xfe")) else "cp1252"
    return raw.decode(encoding, "replace")[:120]
