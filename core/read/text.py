"""Bytes to text: byte order marks first, then what was declared, then UTF-8, then Windows-1252, which every byte survives.

Real bank exports and mails declare the wrong character set often enough that a declaration is only a hint.
"""

import codecs
from typing import Final

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MANY_NULS: Final = 0.3


def decoded(data: bytes, declared: str = "") -> str:
    r"""`data` as text with `\n` line ends; never raises."""
    return lines_unified(_decoded(data, declared))


def lines_unified(text: str) -> str:
    r"""CRLF and lone CR become `\n`; a byte order mark in front goes."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _decoded(data: bytes, declared: str) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    wide = _wide_without_mark(data)
    for encoding in (wide, _text_codec(declared), "utf-8"):
        if encoding:
            try:
                return data.decode(encoding)
            except (UnicodeError, ValueError):
                continue
    return data.decode("cp1252", "replace")


def _text_codec(name: str) -> str:
    """The name of a character set that Python knows as one, or nothing."""
    cleaned = name.strip().strip("\"'").lower()
    if not cleaned or not cleaned.isascii() or len(cleaned) > 40 or "\0" in cleaned:  # noqa: PLR2004  No name is longer.
        return ""
    try:
        found = codecs.lookup(cleaned)
    except LookupError:
        return ""
    # Codecs such as "zip" or "idna" are not character sets; asking `bytes.decode` for them is a way to blow up.
    if not getattr(found, "_is_text_encoding", True) or found.name in {"idna", "punycode", "unicode_escape", "undefined"}:
        return ""
    # ASCII and Latin-1 are declared by programs that mean Windows-1252 or UTF-8.
    return "" if found.name in {"ascii", "iso8859-1"} else found.name


def _wide_without_mark(data: bytes) -> str:
    """UTF-16 written without a byte order mark shows as NUL in every other byte of Western text."""
    sample = data[:2_000]
    if len(sample) < 4 or b"\0" not in sample:  # noqa: PLR2004  Two characters at least.
        return ""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if odd > half * (1 - _MANY_NULS) and even < half * _MANY_NULS:
        return "utf-16-le"
    if even > half * (1 - _MANY_NULS) and odd < half * _MANY_NULS:
        return "utf-16-be"
    return ""
