"""Mails to leaves: every part with bytes of its own, found under two readings of the standard library.

Neither reading alone sees all parts of real mails: an apostrophe in a boundary hides them from the newer one, a comment in
Content-Type from the older. Both are tried and the richer tree is kept. Attachments are known by the hash of their bytes;
names are for display. Limits hold before anything is parsed, because the parser itself is quadratic in parts.
"""

import base64
import binascii
import hashlib
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from email import message_from_bytes, policy
from email.message import Message
from typing import Final

from core.domain.readings import Part
from core.read import headers
from core.read.archives import members
from core.read.limits import HEADER_BYTES, MAIL_DEPTH, MAIL_PARTS, ZIP_DEPTH
from core.read.notes import Notes, shown
from core.read.sniff import Kind, sniff

_MIME_LINE: Final = re.compile(rb"^content-type[ \t]*:[ \t\r\n]*(?:multipart/|message/rfc822)", re.IGNORECASE | re.MULTILINE)
_BOUNDARY_LINE: Final = re.compile(rb"^--[^\r\n]{1,200}$", re.MULTILINE)
_HEADER_END: Final = re.compile(rb"\r?\n[ \t]*\r?\n")
_EXTENSIONS: Final = {
    Kind.PDF: "pdf", Kind.XLSX: "xlsx", Kind.XLS: "xls", Kind.HTML: "html", Kind.TEXT: "txt", Kind.IMAGE: "img",
    Kind.MAIL: "eml", Kind.ZIP: "zip", Kind.CAMT: "xml", Kind.XML: "xml", Kind.BAI2: "bai", Kind.OUTLOOK: "msg",
    Kind.TNEF: "dat", Kind.CALENDAR: "ics", Kind.WORD: "docx",
}  # fmt: skip
_TEXTUAL: Final = frozenset({"text/plain", "text/html"})
_SIGNATURES: Final = frozenset(
    {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature", "text/x-amp-html"}
)


@dataclass(frozen=True, slots=True)
class Said:
    """What a part's own header says of it, and the mail that it stands in (`alternative`: parts that say the same thing)."""

    name: str = ""
    declared: str = ""
    charset: str = ""
    body: bool = False
    mail: str = ""
    alternative: str = ""
    archives: int = 0


@dataclass(frozen=True, slots=True)
class Leaf:
    """One part with bytes; `body` says that it is text of the mail itself, `alternative` which parts say the same thing."""

    part: Part
    kind: Kind
    data: bytes
    charset: str = ""
    body: bool = False
    alternative: str = ""
    mail: str = ""

    @property
    def place(self) -> str:
        """How a person finds it."""
        return f"part {self.part.path}" if self.body else f"part {self.part.path} ({self.part.name})"


@dataclass(slots=True)
class Mail:
    """A mail taken apart; `subjects` by the path of the mail that they belong to (the outer one is empty)."""

    sender: str = ""
    subject: str = ""
    sent: date | None = None
    leaves: list[Leaf] = field(default_factory=list)
    subjects: dict[str, str] = field(default_factory=dict)
    notes: Notes = field(default_factory=Notes)


def take_apart(data: bytes) -> Mail:
    """All leaves of a raw mail, those of forwarded mails and archives inside included."""
    mail = Mail()
    refused = _too_much(data)
    if refused:
        mail.notes.refuse("", refused)
        return mail
    message = _richer(data)
    if message is None:
        mail.notes.refuse("", f"The mail is nested deeper than {MAIL_DEPTH} levels and was not read.")
        return mail
    mail.sender = headers.address(message)
    mail.subject = shown(headers.field(message, "Subject"), 300)
    mail.sent = headers.day(message)
    mail.subjects[""] = mail.subject
    _Walk(mail).message(message, "", 0)
    return mail


def _too_much(data: bytes) -> str:
    """Why the mail is not parsed at all, or nothing."""
    end = _HEADER_END.search(data, 0, HEADER_BYTES + 2)
    if end is None and len(data) > HEADER_BYTES:
        return f"The header of the mail is larger than {HEADER_BYTES // 1024} KB; the mail was not read."
    if sum(1 for _ in _MIME_LINE.finditer(data)) > MAIL_PARTS // 2:
        return f"The mail has more than {MAIL_PARTS} parts or too many levels; it was not read."
    boundaries = re.findall(rb"boundary[ \t]*=[ \t]*\"?([^\"\r\n;]{1,200})", data[: HEADER_BYTES * 4], re.IGNORECASE)[
        :MAIL_PARTS
    ]
    marks = {b"--" + boundary.strip() for boundary in boundaries}
    parts = sum(1 for found in _BOUNDARY_LINE.finditer(data) if found[0].strip() in marks) if marks else 0
    return f"The mail has more than {MAIL_PARTS} parts; it was not read." if parts > MAIL_PARTS else ""


def _richer(data: bytes) -> Message | None:
    """The reading with more leaves; the older one where they agree, because its headers never raise."""
    found: list[tuple[int, Message]] = []
    for way in (policy.compat32, policy.default):
        try:
            message: Message = message_from_bytes(data, policy=way)
            found.append((sum(1 for _ in _leaves(message)), message))
        except (RecursionError, AttributeError, LookupError, ValueError, TypeError, IndexError):
            # The newer reading raises these on malformed header fields; the other one has the mail then.
            continue
    return max(found, key=lambda pair: pair[0])[1] if found else None


def _leaves(message: Message) -> Iterator[Message]:
    stack = [message]
    while stack:
        part = stack.pop()
        children = part.get_payload()
        if isinstance(children, list):
            stack += [child for child in children if isinstance(child, Message)]
        else:
            yield part


class _Walk:
    """Goes through one mail and everything inside it; counts parts over all of it."""

    def __init__(self, mail: Mail) -> None:
        self.mail = mail
        self.seen: set[tuple[str, str]] = set()

    def message(self, message: Message, path: str, depth: int, *, mail: str = "", alternative: str = "") -> None:
        """One MIME entity at `path`."""
        if depth > MAIL_DEPTH:
            self.mail.notes.refuse(f"part {path}", f"It is nested deeper than {MAIL_DEPTH} levels and was not read.")
            return
        children = message.get_payload()
        declared = _declared(message)
        if isinstance(children, list):
            inside = path if declared == "multipart/alternative" or alternative else ""
            for number, child in enumerate(children, 1):
                at = f"{path}.{number}" if path else str(number)
                if not isinstance(child, Message):
                    continue
                if declared.startswith("message/") and declared != "message/delivery-status":
                    self._forwarded(message, child, at, depth)
                elif declared == "multipart/report" and number > 1:
                    continue  # What follows is about a delivery, and the returned mail is our own.
                else:
                    self.message(
                        child,
                        at,
                        depth + 1,
                        mail=mail,
                        alternative=alternative or (f"{inside or 'root'}" if declared == "multipart/alternative" else ""),
                    )
            return
        self._leaf(message, path or "1", depth, declared, (mail, alternative))

    def _forwarded(self, outer: Message, inner: Message, path: str, depth: int) -> None:
        """A mail inside a mail, which some systems wrongly encode in base64."""
        payload = inner.get_payload()
        encoding = _encoding(outer)
        if encoding in {"base64", "quoted-printable"} and isinstance(payload, str) and not inner.keys():
            self._nested(_unpacked(headers.raw_bytes(payload), encoding), path, depth + 1)
            return
        self.mail.subjects[path] = headers.field(inner, "Subject")
        self.message(inner, path, depth + 1, mail=path)

    def _nested(self, data: bytes, path: str, depth: int) -> None:
        """A mail that came as a file."""
        refused = _too_much(data) if depth <= MAIL_DEPTH else f"It is nested deeper than {MAIL_DEPTH} levels and was not read."
        message = None if refused else _richer(data)
        if message is None:
            self.mail.notes.refuse(f"part {path}", refused or "It is no mail that could be taken apart.")
            return
        self.mail.subjects[path] = headers.field(message, "Subject")
        self.message(message, path, depth + 1, mail=path)

    def _leaf(self, message: Message, path: str, depth: int, declared: str, within: tuple[str, str]) -> None:
        payload = message.get_payload()
        raw = headers.raw_bytes(payload) if isinstance(payload, str) else b""
        data = _unpacked(raw, _encoding(message))
        disposition = _raw(message, "Content-Disposition")
        kind_of = _raw(message, "Content-Type")
        name = headers.parameter(disposition, "filename") or headers.parameter(kind_of, "name")
        attached = disposition.strip().lower().startswith("attachment") or bool(name)
        mail, alternative = within
        charset = headers.parameter(kind_of, "charset")
        body = declared in _TEXTUAL and not attached
        self.file(path, depth, data, Said(name, declared, charset, body, mail, alternative))

    def file(self, path: str, depth: int, data: bytes, said: Said) -> None:
        """One leaf, or what is inside it."""
        if len(self.mail.leaves) >= MAIL_PARTS:
            self.mail.notes.refuse(f"part {path}", f"The mail has more than {MAIL_PARTS} parts; the rest was not read.")
            return
        as_body = Kind.HTML if said.declared == "text/html" else Kind.TEXT
        kind = as_body if said.body and data.strip() else sniff(said.name, data)
        clean = headers.display_name(said.name) or f"part-{path}.{_EXTENSIONS.get(kind, 'bin')}"
        part = Part(path, clean, said.declared, kind.value, hashlib.sha256(data).hexdigest(), len(data))
        if said.declared in _SIGNATURES:
            kind = Kind.EMPTY
        leaf = Leaf(part, kind, data, said.charset, body=said.body, mail=said.mail, alternative=said.alternative)
        if kind is Kind.MAIL:
            self._nested(data, path, depth)
        elif kind is Kind.ZIP:
            self._zip(leaf, depth, said)
        elif (part.sha256, clean) not in self.seen or said.body:
            self.mail.leaves.append(leaf)
            self.seen.add((part.sha256, clean))

    def _zip(self, leaf: Leaf, depth: int, said: Said) -> None:
        if said.archives >= ZIP_DEPTH:
            self.mail.notes.refuse(leaf.place, f"Archives are nested deeper than {ZIP_DEPTH} levels; this one was not opened.")
            return
        notes = Notes()
        for number, (name, data) in enumerate(members(leaf.data, notes), 1):
            inside = Said(name, mail=leaf.mail, archives=said.archives + 1)
            self.file(f"{leaf.part.path}.{number}", depth + 1, data, inside)
        self.mail.notes.add(notes, inside=leaf.place)


def _raw(message: Message, name: str) -> str:
    for key, value in message.raw_items():
        if key.lower() == name.lower():
            return str(value).replace("\r", "").replace("\n", " ")
    return ""


def _declared(message: Message) -> str:
    """The declared type, comments and trash behind it gone."""
    written = re.sub(r"\([^)]*\)", "", _raw(message, "Content-Type")).partition(";")[0].strip().lower()
    if re.fullmatch(r"[\w.+\-]{1,60}/[\w.+\-]{1,80}", written):
        return written
    return "multipart/mixed" if message.is_multipart() else "text/plain" if not written else "application/octet-stream"


def _encoding(message: Message) -> str:
    return _raw(message, "Content-Transfer-Encoding").partition(";")[0].strip().strip("\"'").lower()


def _unpacked(raw: bytes, encoding: str) -> bytes:
    """The bytes of a part; what does not decode stays as it is."""
    if encoding == "base64":
        cleaned = re.sub(rb"[^A-Za-z0-9+/]", b"", raw)
        cleaned = cleaned[: len(cleaned) - 1] if len(cleaned) % 4 == 1 else cleaned
        try:
            return base64.b64decode(cleaned + b"=" * (-len(cleaned) % 4))
        except (binascii.Error, ValueError):
            return raw
    if encoding == "quoted-printable":
        return quopri.decodestring(raw)
    if encoding in {"x-uuencode", "uuencode", "uue", "x-uue"}:
        return _uudecoded(raw)
    return raw


def _uudecoded(raw: bytes) -> bytes:
    lines = raw.splitlines()
    start = next((number for number, line in enumerate(lines) if line.startswith(b"begin ")), None)
    if start is None:
        return raw
    out = []
    for line in lines[start + 1 :]:
        if line.strip() in {b"end", b"`", b""}:
            continue
        try:
            out.append(binascii.a2b_uu(line))
        except binascii.Error:
            # Some encoders count wrongly; the standard work-around takes as many bytes as the line claims.
            size = (((line[0] - 32) & 63) * 4 + 5) // 3
            try:
                out.append(binascii.a2b_uu(line[:size]))
            except binascii.Error:
                return raw
    return b"".join(out)
