"""Mails: what was stored, where it was seen, and what became of it.

A mail is stored byte for byte before anything interprets it. Its identity is its content, because servers renumber their
messages (UIDVALIDITY) and one mail may lie in two folders: the *content hash* is equal for two deliveries of one mail. Where a
mail was seen is a *sighting*. Every mail ends with exactly one disposition, explained by the rules that hit and those that
did not.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from core.domain.evidence import Finding
from core.domain.ids import MailId, SourceId

_HEADER_END: Final = re.compile(rb"\r?\n\r?\n|\A\r?\n")
_FIELD: Final = re.compile(rb"[^\n]*\n(?:[ \t][^\n]*\n)*")
_TRANSPORT: Final = re.compile(
    rb"(?:received|x-received|received-spf|delivered-to|x-original-to|x-delivered-to|envelope-to|return-path|x-envelope-from"
    rb"|authentication-results|x-authentication-results|arc-[a-z-]+|x-google-[a-z-]+|x-gm-[a-z-]+|x-ms-exchange-[a-z-]+"
    rb"|x-forefront-[a-z-]+|x-microsoft-antispam[a-z-]*|x-[a-z0-9-]*(?:spam|virus)[a-z0-9-]*|x-uidl?|x-keywords|x-status|status"
    rb"|content-length|lines)[ \t]*:",
    re.IGNORECASE,
)
_MESSAGE_ID: Final = re.compile(rb"message-id[ \t]*:[ \t]*(?:\r?\n[ \t]+)?<[^>\s]+>", re.IGNORECASE)


class MailState(StrEnum):
    """Where a stored mail is: to be read, read (it has a disposition), or set aside because reading it broke us."""

    RECEIVED = "RECEIVED"
    DONE = "DONE"
    SHUNTED = "SHUNTED"


class Disposition(StrEnum):
    """What became of a mail. `NEEDS_PERSON` is shown to somebody; `REFUSED` and `DROPPED` are recorded and can be replayed."""

    ACCEPTED = "accepted"
    NEEDS_PERSON = "needs_person"
    REFUSED = "refused"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True, order=True)
class Sighting:
    """One place where a mail was seen; a server never uses the same four values for two messages."""

    account: str
    folder: str
    uidvalidity: int
    uid: int


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far one folder was taken, under one UIDVALIDITY. Under another validity it says nothing."""

    account: str
    folder: str
    uidvalidity: int
    last_uid: int


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message as the server gave it. `size` is the server's; over the cap, `whole` is False and `raw` is the header."""

    sighting: Sighting
    raw: bytes
    size: int
    received_at: datetime
    whole: bool = True


@dataclass(frozen=True, slots=True)
class StoredMail:
    """A mail of ours, leased to one reader: `token` fences what that reader may still change, `attempts` counts readers."""

    id: MailId
    token: str
    attempts: int
    raw: bytes
    size: int
    whole: bool
    received_at: datetime
    account: str
    folder: str
    source_id: SourceId | None = None


@dataclass(frozen=True, slots=True)
class RuleAnswer:
    """What one rule said about one mail, hit or miss; `why` is empty on a miss."""

    rule: str
    hit: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class MailOutcome:
    """What became of a mail, why, and everything that was asked on the way."""

    disposition: Disposition
    why: str
    answers: tuple[RuleAnswer, ...] = ()
    findings: tuple[Finding, ...] = ()
    sender: str = ""
    subject: str = ""
    message_id: str = ""


@dataclass(frozen=True, slots=True)
class MailSummary:
    """A line of a list of mails: enough to find one and to say why it is there."""

    id: MailId
    state: MailState
    received_at: datetime
    size: int
    attempts: int
    why: str
    sender: str = ""
    subject: str = ""
    disposition: Disposition | None = None


def normalised(raw: bytes) -> bytes:
    r"""`raw` without what a second delivery or another server changes: line ends, NUL bytes, transport headers.

    Transport headers are only left out where a Message-ID is left in. Without one they may be all that tells this month's
    notice from last month's, and two mails must never become one.
    """
    text = raw.replace(b"\x00", b"").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    end = _HEADER_END.search(text)
    header, body = (text[: end.start() + 1], text[end.end() :]) if end else (text, b"")
    fields = _FIELD.findall(header if header.endswith(b"\n") else header + b"\n")
    if any(_MESSAGE_ID.match(field) for field in fields):
        fields = [field for field in fields if not _TRANSPORT.match(field)]
    return b"".join(fields) + b"\n" + body.rstrip(b"\n") + b"\n"


def mail_hash(arrival: Arrival) -> str:
    """The identity of a mail: SHA-256 over its normalised form; a header alone is told apart from a whole mail by its size."""
    digest = hashlib.sha256(normalised(arrival.raw))
    if not arrival.whole:
        digest.update(b"only the header of %d bytes" % arrival.size)
    return digest.hexdigest()
