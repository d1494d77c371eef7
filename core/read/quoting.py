"""What the sender of a mail wrote, apart from what they quoted.

A reply carries the earlier mail below it; reading an advice out of that would make the same money twice. A forwarded mail is
the opposite: what is forwarded is what we were sent. So quoted text is read only where the mail says that it is forwarded.
"""

import re
from dataclasses import dataclass
from typing import Final

_FORWARD_SUBJECT: Final = re.compile(r"\s*(?:\[[^\]]*\]\s*)?(?:fwd?|wg|tr|rv|enc|i|doorst|vs|fs)\s*:", re.IGNORECASE)
_MARKS: Final = r"^[> \t]*"
_FORWARD_LINES: Final = (
    "forwarded message", "begin forwarded message", "weitergeleitete nachricht", "message transféré", "mensaje reenviado",
    "doorgestuurd bericht", "messaggio inoltrato", "forwarded by", "videresendt meddelelse", "videresendt melding",
    "vidarebefordrat meddelande", "przekazana wiadomość", "mensagem encaminhada", "edelleenlähetetty viesti",
)  # fmt: skip
_FORWARD_BEGINS: Final = (
    "begin forwarded message", "début du message transféré", "anfang der weitergeleiteten nachricht",
    "inizio messaggio inoltrato", "inicio del mensaje reenviado", "begin doorgestuurd bericht",
)  # fmt: skip
_ORIGINAL_LINES: Final = (
    "original message", "ursprüngliche nachricht", "message d'origine", "mensaje original", "oorspronkelijk bericht",
    "messaggio originale", "original-nachricht", "oprindelig meddelelse", "opprinnelig melding", "ursprungligt meddelande",
    "oryginalna wiadomość", "mensagem original", "alkuperäinen viesti",
)  # fmt: skip
_FROM: Final = "from|von|de|da|van|fra|från|od|lähettäjä"
_FIELDS: Final = (
    "sent|date|gesendet|envoyé|enviado|verzonden|inviato|datum|fecha|data|to|an|à|para|aan|a|cc|subject|betreff|objet|asunto|"
    "onderwerp|oggetto|sendt|skickat|wysłano|lähetetty|dato|til|till|do|para|vastaanottaja|emne|ämne|temat|assunto|aihe"
)
_SAID_SO: Final = (
    ("on", "wrote"), ("am", "schrieb"), ("le", "a écrit"), ("el", "escribió"), ("op", "schreef"), ("il", "ha scritto"),
    ("den", "skrev"), ("em", "escreveu"), ("w dniu", "napisał"),
)  # fmt: skip
_FLAGS: Final = re.IGNORECASE | re.MULTILINE
_FORWARDED: Final = re.compile(
    rf"{_MARKS}[-_*=]{{2,}}[ \t]*(?:{'|'.join(_FORWARD_LINES)})[^\n]*$|{_MARKS}(?:{'|'.join(_FORWARD_BEGINS)})[ \t]*:", _FLAGS
)
_ORIGINAL: Final = re.compile(
    rf"{_MARKS}[-_]{{2,}}[ \t]*(?:{'|'.join(_ORIGINAL_LINES)})[ \t]*[-_]*[ \t]*$|"
    rf"{_MARKS}(?:{_FROM})[ \t]*:[^\n]*\n(?:[> \t]*(?:{_FIELDS})[ \t]*:[^\n]*\n){{1,3}}",
    _FLAGS,
)
_WROTE: Final = re.compile(
    "|".join(
        rf"{_MARKS}{start}\s[^\n]{{6,160}}(?:\n[^\n]{{0,120}})?\b{verb}\b[^\n]{{0,80}}:[ \t]*$" for start, verb in _SAID_SO
    ),
    _FLAGS,
)
_QUOTED_LINE: Final = re.compile(r"^(?:\s{0,2}>)+ ?")
_HEADER_LINE: Final = re.compile(rf"{_MARKS}(?:{_FROM}|{_FIELDS})[ \t]*:", re.IGNORECASE)
_MOST_TEXT: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Said:
    """The sender's own words, what they forwarded (unquoted), and whether earlier words were left out."""

    own: str
    forwarded: str = ""
    left_out: bool = False


def is_forward(subject: str) -> bool:
    """Whether a subject says that the mail is passed on."""
    return bool(_FORWARD_SUBJECT.match(subject))


def said(text: str, subject: str) -> Said:
    """Split a plain text body into the sender's own words and those of somebody before."""
    cut, forwarded = _earliest(text, subject)
    if cut is None:
        return _by_marks(text, subject)
    own, rest = text[:cut], text[cut:]
    if forwarded:
        return Said(_unmarked(own), unquoted(rest))
    return Said(_unmarked(own), left_out=True)


def _earliest(text: str, subject: str) -> tuple[int | None, bool]:
    """Where earlier words begin, and whether they are forwarded."""
    passed_on = is_forward(subject)
    places = [
        (found.start(), forwarded)
        for pattern, forwarded in ((_FORWARDED, True), (_ORIGINAL, passed_on), (_WROTE, passed_on))
        if (found := pattern.search(text, 0, _MOST_TEXT))
    ]
    # A header block right at the top without words above it is a body that was pasted or passed on.
    return min(places) if places else (None, False)


def _by_marks(text: str, subject: str) -> Said:
    """Only `>` marks tell: a forward quotes everything, a reply quotes below or between."""
    lines = text.split("\n")
    quoted = [line for line in lines if _QUOTED_LINE.match(line)]
    if not quoted:
        return Said(text)
    own = "\n".join(line for line in lines if not _QUOTED_LINE.match(line))
    if is_forward(subject):
        return Said(own, unquoted("\n".join(quoted)))
    return Said(own, left_out=True)


def _unmarked(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if not _QUOTED_LINE.match(line))


def unquoted(text: str) -> str:
    """A forwarded text without its quote marks and the header lines of the mail that it was."""
    lines = [_QUOTED_LINE.sub("", line) for line in text.split("\n")]
    return "\n".join(line for line in lines if not _HEADER_LINE.match(line))
