"""Raw bytes to `Envelope`: who wrote, what our server found out about it, what kind of mail it is.

Headers are decoded by mail-parser, given the header block alone and cut to a limit, because a body can make any MIME parser
spend minutes. The parts are only counted and named here (for the rules); what they hold is the document reader's business.
`parse_json` runs in a throw-away process with limits: `DocumentReader.call("mail.envelope:parse_json", raw)`.
"""

import email
import email.message
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, cast

import mailparser

from core.domain.codec import Json, from_json, to_json
from mail.wording import Wording, plain_from_html, wording

HEADER_BYTES: Final = 256 * 1024
TEXT_BYTES: Final = 256 * 1024
MOST_PARTS: Final = 500
_MOST_ADDRESSES: Final = 50
_MOST_VALUE: Final = 4_000
_FIELD: Final = re.compile(rb"([!-9;-~]+)[ \t]*:((?:[^\n]*\n)(?:[ \t][^\n]*\n)*)")
_ANY_LINES: Final = re.compile(rb"[^\n]*\n(?:[ \t][^\n]*\n)*")
_IDS: Final = re.compile(r"<[^<>\s]{1,250}>")
_ADDRESS: Final = re.compile(r"<?([^<>\s]*)>?\s*$")
# These describe the body, which mail-parser is not given; it would only complain about its absence.
_OF_THE_BODY: Final = (b"content-", b"mime-version")
_ONCE: Final = ("from", "subject", "date", "to", "sender", "reply-to", "message-id")


@dataclass(frozen=True, slots=True)
class Address:
    """A display name (anybody may write anything there) and an address in lower case."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        """What stands behind the last `@`."""
        return self.address.rpartition("@")[2] if "@" in self.address else ""


@dataclass(frozen=True, slots=True)
class Automation:
    """Headers by which a mail says that no human wrote it (RFC 3834 and what is seen in practice)."""

    auto_submitted: str = ""
    response_suppress: str = ""
    precedence: str = ""
    is_list: bool = False
    is_autoreply: bool = False


@dataclass(frozen=True, slots=True)
class PartFact:
    """One leaf of the mail as its sender declared it; `is_inline` is shown within the text, such as a logo."""

    content_type: str
    name: str
    size: int
    is_attachment: bool
    is_inline: bool = False


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the rules may look at. Texts are cut to sizes that a person would read; nothing here was believed, only read.

    `return_path` is None where there is none and empty where it is the null path. `authentication` are the values of
    Authentication-Results from the top down. `ours` are the values of our private header. `repeated` names headers that may
    stand once and stand more often. `cut` means that headers or parts went over a limit and were left out.
    """

    message_id: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    from_: tuple[Address, ...] = ()
    sender: str = ""
    reply_to: tuple[Address, ...] = ()
    return_path: str | None = None
    to: tuple[Address, ...] = ()
    subject: str = ""
    date: datetime | None = None
    authentication: tuple[str, ...] = ()
    automation: Automation = field(default_factory=Automation)
    ours: tuple[str, ...] = ()
    repeated: tuple[str, ...] = ()
    content_type: str = ""
    report_type: str = ""
    smime_type: str = ""
    parts: tuple[PartFact, ...] = ()
    wording: Wording = field(default_factory=Wording)
    cut: bool = False

    @property
    def author(self) -> Address:
        """Whom the mail says it is from."""
        return self.from_[0] if self.from_ else Address("", "")

    @property
    def attachments(self) -> tuple[PartFact, ...]:
        """Leaves that are files rather than the mail's own text."""
        return tuple(part for part in self.parts if part.is_attachment)


def parse_json(raw: bytes) -> Json:
    """`parse` for the other end of a pipe."""
    return to_json(parse(raw))


def envelope_of(value: object) -> Envelope:
    """The envelope that `parse_json` described."""
    return from_json(Envelope, cast("Json", value))


def parse(raw: bytes) -> Envelope:
    """Read the envelope. Broken mails give a poorer envelope, not an error."""
    block, cut = header_block(raw)
    fields = list(header_fields(block))
    names = [name for name, _ in fields]
    known = _decoded(fields)
    message, whole = _message(raw, block)
    parts, text = _parts(message)
    whole = whole and len(parts) < MOST_PARTS
    subject = " ".join(_value(known, "subject").split())[:500]
    return Envelope(
        message_id=_first_id(known, "message-id"),
        in_reply_to=_ids(known, "in-reply-to"),
        references=_ids(known, "references"),
        from_=_addresses(known, "from"),
        sender=next((found.address for found in _addresses(known, "sender")), ""),
        reply_to=_addresses(known, "reply-to"),
        return_path=_return_path(known),
        to=_addresses(known, "to"),
        subject=subject,
        date=_date(known),
        authentication=tuple(_unfolded(value) for name, value in fields if name == "authentication-results"),
        automation=_automation(known),
        ours=tuple(_unfolded(value) for name, value in fields if name == "x-tieout"),
        repeated=tuple(name for name in _ONCE if names.count(name) > 1),
        content_type=message.get_content_type(),
        report_type=_parameter(message, "report-type"),
        smime_type=_parameter(message, "smime-type"),
        parts=parts,
        wording=wording(subject, text),
        cut=cut or not whole,
    )


def _message(raw: bytes, block: bytes) -> tuple[email.message.Message, bool]:
    """The MIME tree; of a mail nested deeper than Python can follow, the headers alone."""
    try:
        return email.message_from_bytes(raw, policy=email.policy.compat32), True
    except RecursionError:
        return email.message_from_bytes(block, policy=email.policy.compat32), False


def header_block(raw: bytes) -> tuple[bytes, bool]:
    """The header lines with line ends of one kind, and whether they had to be cut at the limit."""
    start = raw[: HEADER_BYTES + 4].replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\x00", b"")
    end = start.find(b"\n\n")
    if start.startswith(b"\n"):
        return b"", False
    if end >= 0:
        return start[: end + 1], False
    cut = len(raw) > HEADER_BYTES
    return start[: start.rfind(b"\n") + 1] if cut else start + b"\n", cut


def header_fields(block: bytes) -> Iterator[tuple[str, bytes]]:
    """Names in lower case and raw values, in order. Lines that are no field are passed over."""
    for lines in _ANY_LINES.findall(block):
        found = _FIELD.match(lines)
        if found:
            yield found[1].decode("ascii").lower(), found[2]


def _decoded(fields: list[tuple[str, bytes]]) -> dict[str, object]:
    """Values as mail-parser decodes them, by name in lower case."""
    kept = b"".join(name.encode() + b":" + value for name, value in fields if not name.encode().startswith(_OF_THE_BODY))
    found = mailparser.parse_from_bytes(kept + b"\n")
    return {str(name).lower(): value for name, value in found.headers.items()} | {":date": found.date}


def _value(known: dict[str, object], name: str) -> str:
    """The first value of a header as text."""
    value = known.get(name)
    if isinstance(value, list):
        value = value[0] if value else ""
    return value.strip()[:_MOST_VALUE] if isinstance(value, str) else ""


def _unfolded(value: bytes) -> str:
    return " ".join(value.decode("utf-8", "replace").split())[:_MOST_VALUE]


def _addresses(known: dict[str, object], name: str) -> tuple[Address, ...]:
    value = known.get(name)
    pairs = value if isinstance(value, list) else []
    found = [
        Address(" ".join(str(shown).split())[:200], str(address).strip().lower()[:254]) for shown, address in _pairs(pairs)
    ]
    return tuple(found[:_MOST_ADDRESSES])


def _pairs(values: list[object]) -> Iterator[tuple[object, object]]:
    for value in values:
        if isinstance(value, tuple) and len(value) == 2:  # noqa: PLR2004  Name and address.
            yield value


def _ids(known: dict[str, object], name: str) -> tuple[str, ...]:
    return tuple(_IDS.findall(_value(known, name)))[:_MOST_ADDRESSES]


def _first_id(known: dict[str, object], name: str) -> str:
    return next(iter(_ids(known, name)), "")


def _return_path(known: dict[str, object]) -> str | None:
    if "return-path" not in known:
        return None
    pairs = list(_pairs(known["return-path"])) if isinstance(known["return-path"], list) else []
    found = _ADDRESS.search(_value(known, "return-path"))
    return str(pairs[0][1]).lower()[:254] if pairs else (found[1].lower()[:254] if found else "")


def _date(known: dict[str, object]) -> datetime | None:
    value = known.get(":date")
    if not isinstance(value, datetime):
        return None
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _automation(known: dict[str, object]) -> Automation:
    return Automation(
        auto_submitted=_value(known, "auto-submitted").partition(";")[0].strip().lower()[:60],
        response_suppress=_value(known, "x-auto-response-suppress").lower()[:100],
        precedence=_value(known, "precedence").lower()[:60],
        is_list=any(name in known for name in ("list-id", "list-unsubscribe", "list-post", "feedback-id")),
        is_autoreply=any(name in known for name in ("x-autoreply", "x-autorespond", "x-autoresponder", "x-mail-autoreply")),
    )


def _parameter(message: email.message.Message, name: str) -> str:
    """A parameter of the Content-Type; odd ones come as three-part tuples (RFC 2231)."""
    value = message.get_param(name, "")
    return str(value[2] if isinstance(value, tuple) else value).strip().lower()[:60]


def _parts(message: email.message.Message) -> tuple[tuple[PartFact, ...], str]:
    """The leaves as declared, and the mail's own text: its plain parts, else its HTML ones."""
    facts: list[PartFact] = []
    plain: list[str] = []
    html: list[str] = []
    for part in message.walk():
        if part.is_multipart():
            continue
        if len(facts) >= MOST_PARTS:
            break
        kind = part.get_content_type()
        is_file = _is_attachment(part, kind)
        payload = part.get_payload(decode=True)
        data = payload if isinstance(payload, bytes) else b""
        facts.append(PartFact(kind, _name(part), len(data), is_file, is_file and _is_inline(part)))
        if not is_file and sum(map(len, plain if kind == "text/plain" else html)) < TEXT_BYTES:
            (plain if kind == "text/plain" else html).append(_text(data[:TEXT_BYTES], part))
    text = "\n".join(plain) if any(found.strip() for found in plain) else plain_from_html("\n".join(html))
    return tuple(facts), text[:TEXT_BYTES]


def _is_attachment(part: email.message.Message, kind: str) -> bool:
    if (part.get_content_disposition() or "") == "attachment" or kind not in {"text/plain", "text/html"}:
        return not kind.startswith(("message/delivery-status", "message/disposition-notification"))
    return bool(_name(part))


def _is_inline(part: email.message.Message) -> bool:
    return part.get_content_disposition() == "inline" or (part.get_content_disposition() is None and "content-id" in part)


def _name(part: email.message.Message) -> str:
    """The file's name for display: no control characters, no path, of bearable length."""
    try:
        name = part.get_filename() or ""
    except (ValueError, LookupError, TypeError):
        # An RFC 2231 name in a character set that does not exist.
        return ""
    shown = "".join(letter for letter in name if letter.isprintable())
    return re.split(r"[/\\]", shown)[-1][:120]


def _text(data: bytes, part: email.message.Message) -> str:
    charset = _parameter(part, "charset") or "utf-8"
    for encoding in (charset, "utf-8", "cp1252"):
        try:
            return data.decode(encoding)
        except (LookupError, UnicodeError, ValueError):
            continue
    return data.decode("latin-1")
