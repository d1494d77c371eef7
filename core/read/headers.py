"""Header fields of mails, decoded without ever raising.

The standard library's newer header classes raise on group addresses in bounces and on impossible dates; the older ones leave
encoded words as they are. This decodes what can be decoded (RFC 2047, RFC 2231) and keeps the rest as it came.
"""

import base64
import binascii
import quopri
import re
from datetime import date
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime
from typing import Final
from urllib.parse import unquote_to_bytes

from core.read.notes import shown
from core.read.text import decoded

_ENCODED: Final = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
_BETWEEN: Final = re.compile(r"(=\?[^?\s]{1,60}\?[bBqQ]\?[^?]*\?=)\s+(?==\?[^?\s]{1,60}\?[bBqQ]\?)")
_PARAMETER: Final = (
    r"(?:^|;)\s*{name}(?:\*(?P<part>\d{{1,3}}))?(?P<star>\*)?\s*=\s*(?:\"(?P<quoted>(?:[^\"\\]|\\.)*)\"|(?P<plain>[^;]*))"
)
_MAX_FIELD: Final = 20_000
_MAX_NAME: Final = 120


def field(message: Message, name: str) -> str:
    """The first header field of a name, decoded to text; empty where there is none."""
    for key, value in message.raw_items():
        if key.lower() == name.lower():
            return decoded_field(str(value))
    return ""


def decoded_field(value: str) -> str:
    """A header field as text: unfolded, encoded words decoded."""
    plain = raw_bytes(value[:_MAX_FIELD])
    text = re.sub(r"\r?\n[ \t]*", " ", decoded(plain)).strip()
    joined = _BETWEEN.sub(r"\1", text)
    return _ENCODED.sub(_word, joined)


def raw_bytes(value: str) -> bytes:
    """The bytes behind a string that the standard library made of undecoded ones."""
    return value.encode("utf-8", "surrogateescape") if not value.isascii() else value.encode("ascii")


def _word(found: re.Match[str]) -> str:
    charset, way, body = found.groups()
    try:
        if way in "bB":
            data = base64.b64decode(body.encode("ascii", "ignore") + b"==", validate=False)
        else:
            data = quopri.decodestring(body.replace("_", " ").encode("ascii", "ignore"))
    except (binascii.Error, ValueError):
        return found[0]
    return decoded(data, charset.partition("*")[0])


def parameter(value: str, name: str) -> str:
    """A parameter of a structured field, RFC 2231 pieces joined, quotes optional (`filename=O'Brien.pdf` is real)."""
    pattern = re.compile(_PARAMETER.format(name=re.escape(name)), re.IGNORECASE)
    pieces: list[tuple[int, bool, str]] = []
    for found in pattern.finditer(value[:_MAX_FIELD]):
        text = re.sub(r"\\(.)", r"\1", found["quoted"]) if found["quoted"] is not None else found["plain"].strip()
        if found["part"] is None and not found["star"]:
            return decoded_field(text)
        pieces.append((int(found["part"] or 0), bool(found["star"]), text))
    if not pieces:
        return ""
    pieces.sort(key=lambda piece: piece[0])
    charset = ""
    data = b""
    for number, (_, extended, text) in enumerate(pieces):
        rest = text
        if extended and number == 0 and text.count("'") >= 2:  # noqa: PLR2004  charset'language'text
            charset, _, rest = text.split("'", 2)
        data += unquote_to_bytes(rest) if extended else raw_bytes(rest)
    return decoded(data, charset)


def address(message: Message, name: str = "From") -> str:
    """The bare address in a field, lower case; empty where there is none."""
    _, found = parseaddr(field(message, name).replace("\n", " "))
    return found.strip().lower() if "@" in found else ""


def day(message: Message) -> date | None:
    """The day on which a mail says that it was sent; None where it does not, or cannot be read."""
    try:
        return parsedate_to_datetime(field(message, "Date")).date()
    except (TypeError, ValueError, OverflowError, IndexError):
        return None


def display_name(name: str) -> str:
    """A file name fit to show: no folders, no control or direction signs, not long. Never used as a path."""
    base = re.split(r"[/\\]", name.replace("\0", ""))[-1]
    clean = "".join(
        sign
        for sign in base
        if sign.isprintable() and sign not in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f"
    )
    return shown(clean.strip(" ."), _MAX_NAME)
