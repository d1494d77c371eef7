"""What kind of document some bytes are: by content; the name only breaks ties.

Banks and people name files as they like, and one well-known library refuses a good bank file for its `.txt`.
"""

import io
import re
import zipfile
from enum import StrEnum
from typing import Final

from core.read.text import decoded


class Kind(StrEnum):
    """What the bytes look like; the value is the format of a reading."""

    EMPTY = "empty"
    PDF = "pdf"
    XLSX = "xlsx"
    ODS = "ods"
    XLSB = "xlsb"
    XLS = "xls"
    WORD = "docx"
    OUTLOOK = "msg"
    TNEF = "tnef"
    ZIP = "zip"
    COMPRESSED = "compressed"
    IMAGE = "image"
    RTF = "rtf"
    MAIL = "mail"
    HTML = "html"
    CAMT = "camt"
    INVOICE_XML = "invoice xml"
    XML = "xml"
    BAI2 = "bai2"
    LOCKBOX = "lockbox"
    MT940 = "mt940"
    NACHA = "nacha"
    X12 = "x12"
    EDIFACT = "edifact"
    OFX = "ofx"
    CALENDAR = "calendar"
    TEXT = "text"
    BINARY = "binary"


_MAGIC: Final[tuple[tuple[bytes, Kind], ...]] = (
    (b"\x78\x9f\x3e\x22", Kind.TNEF),
    (b"{\\rtf", Kind.RTF),
    (b"\x89PNG\r\n", Kind.IMAGE),
    (b"\xff\xd8\xff", Kind.IMAGE),
    (b"GIF8", Kind.IMAGE),
    (b"II*\0", Kind.IMAGE),
    (b"MM\0*", Kind.IMAGE),
    (b"BM", Kind.IMAGE),
    (b"\x1f\x8b", Kind.COMPRESSED),
    (b"BZh", Kind.COMPRESSED),
    (b"\xfd7zXZ", Kind.COMPRESSED),
    (b"7z\xbc\xaf", Kind.COMPRESSED),
    (b"Rar!", Kind.COMPRESSED),
    (b"\x28\xb5\x2f\xfd", Kind.COMPRESSED),
)
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OUTLOOK_STREAM: Final = "__properties_version1.0".encode("utf-16-le")
_MAIL_NAME: Final = re.compile(rb"([A-Za-z][A-Za-z0-9\-]{1,60}):[ \t\r\n]?")
_MAIL_SURE: Final = frozenset(
    b"received message-id mime-version return-path content-type delivered-to subject dkim-signature x-mailer".split()
)
_MAIL_KNOWN: Final = _MAIL_SURE | frozenset(
    b"from to date cc reply-to sender in-reply-to references authentication-results".split()
)
_HTML: Final = re.compile(r"<(?:!doctype\s+html|html|head|body|table|div|p|span|meta)\b", re.IGNORECASE)
_XML_ROOT: Final = re.compile(r"<(?![?!])\s*(?:[\w.\-]+:)?([A-Za-z_][\w.\-]*)")
_TEXT_KINDS: Final = (
    (re.compile(r"\s*01\s*,[^\n]*,[^\n]*,\s*(?:\d{6}|\d{8})\s*,"), Kind.BAI2),
    (re.compile(r"\s*(?:02,[^\n,]*,[^\n,]*,\d?,\d{6}|03,[^\n,]+,[A-Z]{0,3},|16,\d{3},\d+,[^\n]*,)"), Kind.BAI2),
    (re.compile(r"\s*ISA(?P<x>[^A-Za-z0-9\s]).{2}(?P=x)"), Kind.X12),
    (re.compile(r"\s*(?:ST[*|~^]820[*|~^]|GS[*|~^]RA[*|~^])"), Kind.X12),
    (re.compile(r"\s*(?:UNA.{6}\s*)?UNB[+].{4}"), Kind.EDIFACT),
    (re.compile(r"\s*(?:OFXHEADER\s*:|<\?OFX\b|<OFX>)", re.IGNORECASE), Kind.OFX),
    (re.compile(r"\s*BEGIN:VCALENDAR"), Kind.CALENDAR),
    (re.compile(r"\s*(?:\{1:F01|(?:[^\n]*\n){0,8}:20:[^\n]*\n(?:[^\n]*\n){0,3}:25P?:)"), Kind.MT940),
    (re.compile(r"\s*101[ \d]\d{9}[ \d]{10}\d{6}[^\n]{60,75}(?:\n|\Z|[56])"), Kind.NACHA),
    (re.compile(r"1[ 0-9]{2}[^\n,;\t]{17,110}\n[25][^\n,;\t]{20,110}\n[5-8][^\n,;\t]{20,110}\n"), Kind.LOCKBOX),
)
_PRINTABLE_SHARE: Final = 0.95
_HEAD: Final = 8_192


def sniff(name: str, data: bytes) -> Kind:
    """The kind of document that `data` looks like."""
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf\x1a"):
        return Kind.EMPTY
    head = data[:_HEAD]
    if b"%PDF-" in data[:1_024]:
        return Kind.PDF
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_kind(data)
    if data.startswith(_OLE):
        return Kind.OUTLOOK if _OUTLOOK_STREAM in data or name.lower().endswith(".msg") else Kind.XLS
    for magic, kind in _MAGIC:
        if data.startswith(magic) and (magic != b"BM" or b"\0" in data[:32]):
            return kind
    return _mail_or_text(name, data, head)


def _zip_kind(data: bytes) -> Kind:
    """By the names inside; a broken directory is an ordinary archive, whose reader says so."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = {info.filename for info in archive.filelist[:5_000]}
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError):
        return Kind.ZIP
    if "xl/workbook.bin" in names:
        return Kind.XLSB
    if "xl/workbook.xml" in names or any(name.startswith("xl/worksheets/") for name in names):
        return Kind.XLSX
    if "word/document.xml" in names:
        return Kind.WORD
    return Kind.ODS if {"content.xml", "mimetype"} <= names else Kind.ZIP


def looks_like_mail(name: str, data: bytes) -> bool:
    """Whether the bytes begin with the header of a mail."""
    seen: set[bytes] = set()
    for number, line in enumerate(data[:65_536].lstrip(b"\xef\xbb\xbf\r\n").splitlines()[:400]):
        if line[:1] in {b" ", b"\t"} and number:
            continue
        if not line.strip():
            break
        found = _MAIL_NAME.match(line)
        if found is None:
            if number == 0 and line.startswith(b"From "):
                continue
            if len(seen) < 2:  # noqa: PLR2004  Two header fields make a mail.
                return False
            break
        seen.add(found[1].lower())
    known = seen & _MAIL_KNOWN
    if name.lower().endswith(".eml") and known:
        return True
    return len(known) > 1 and bool(seen & _MAIL_SURE) and bool(seen & {b"from", b"received", b"mime-version", b"message-id"})


def _mail_or_text(name: str, data: bytes, head: bytes) -> Kind:
    if looks_like_mail(name, data):
        return Kind.MAIL
    text = decoded(head).lstrip("\ufeff")
    for pattern, kind in _TEXT_KINDS:
        if pattern.match(text):
            return kind
    stripped = text.lstrip()
    if stripped.startswith("<"):
        marked = _markup(stripped)
        if marked is not None:
            return marked
    if _HTML.search(text) and name.lower().endswith((".htm", ".html")):
        return Kind.HTML
    printable = sum(sign.isprintable() or sign in "\n\t\f" for sign in text)
    return Kind.TEXT if printable >= _PRINTABLE_SHARE * len(text) else Kind.BINARY


def _markup(text: str) -> Kind | None:
    if "<!--" in text[:2_000]:
        text = re.sub(r"<!--.*?(?:-->|\Z)", "", text, flags=re.DOTALL)
    root = _XML_ROOT.search(text)
    name = root[1] if root else ""
    if _HTML.match(text.lstrip()) or name.lower() in {"html", "table", "div", "body"}:
        return Kind.HTML
    if re.search(r"camt\.05[234]|<(?:\w+:)?BkTo(?:Cstmr|CstmrDbtCdt)\w*", text):
        return Kind.CAMT
    if name.upper() == "OFX":
        return Kind.OFX
    if name in {"CrossIndustryInvoice", "CrossIndustryDocument"} or (
        name in {"Invoice", "CreditNote"} and ":xsd:" in text and "ubl" in text.lower()
    ):
        return Kind.INVOICE_XML
    if text.startswith("<?xml") or (name == "Document" and "xmlns" in text):
        return Kind.XML
    return Kind.HTML if _HTML.search(text) else None
