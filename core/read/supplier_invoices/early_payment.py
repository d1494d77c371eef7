"""The last day of an early-payment discount, as documents say it: so many percent within so many days, or until a day.

What is kept is that day alone. What the discount is taken of (with tax, without freight) differs from supplier to supplier, so
no amount is worked out. Of several steps (2 % in 8 days, 1 % in 20) the first is meant, because it is lost first.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Final

from core.domain.supplier_documents import PlaceInDocument, SaidDate
from core.read.dates import read_date
from core.read.supplier_invoices.page import Paper
from core.read.supplier_invoices.xml_fields import Element

_XRECHNUNG: Final = re.compile(r"#SKONTO#TAGE=([0-9]{1,3})#PROZENT=[0-9.]+#", re.IGNORECASE)
_AMERICAN: Final = re.compile(
    r"(?<![0-9/.])[0-9](?:\.[0-9]+)?/([0-9]{1,2})(?:\s*,)?\s+(?:net|n)\s*/?\s*[0-9]{1,3}\b", re.IGNORECASE
)
_SPOKEN: Final = re.compile(
    r"\b(?:skonto|cash discount|(?:early|prompt)[- ]payment discount|settlement discount|discount (?:if|when|for)|"
    r"escompte|pronto pago)\b",
    re.IGNORECASE,
)
_NET: Final = re.compile(
    r"\b(?:net|netto|sonst)\s*(?:within|in|innerhalb(?: von)?)?\s*[0-9]{1,3}\s*(?:days?|tagen?)\b|"
    r"[0-9]{1,3}\s*(?:days?|tagen?)\s*(?:net|netto|rein|ohne abzug)\b",
    re.IGNORECASE,
)
_PERCENT: Final = re.compile(r"(?<![0-9.,])[0-9](?:[.,][0-9]{1,2})?\s*%")
_DAYS: Final = re.compile(r"(?<![0-9.,])([1-9][0-9]?)\s*(?:days?|tagen?|jours?|d[ií]as?)\b", re.IGNORECASE)
_DATE: Final = re.compile(r"(?<![0-9])(?:[0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{4}|[0-9]{4}-[0-9]{2}-[0-9]{2})(?![0-9])")
_MOST_DAYS: Final = 120
_DAY_UNITS: Final = frozenset({"DAY", "d"})


def on_paper(paper: Paper, issued: date | None) -> SaidDate | None:
    """What a page or sheet says of it; None where no line says it plainly."""
    for line in paper.lines:
        text = line.text
        until = _spoken(text, issued) if _SPOKEN.search(text) and _PERCENT.search(text) else _american(text, issued)
        if until is not None:
            return SaidDate(until, text, line.piece_of(line.words).place)
    return None


def in_note(text: str, issued: date | None, place: PlaceInDocument) -> SaidDate | None:
    """A note of payment terms in XML: as XRechnung spells it, else as a page would say it."""
    days = [int(found) for found in _XRECHNUNG.findall(text)]
    until = after(min(days), issued) if days else None
    if until is None and not days:
        spoken = [_spoken(line, issued) for line in text.splitlines() if _SPOKEN.search(line) and _PERCENT.search(line)]
        until = next((day for day in (*spoken, _american(text, issued)) if day is not None), None)
    return SaidDate(until, text[:120], place) if until is not None else None


def after(days: int, issued: date | None) -> date | None:
    """So many days after the invoice's date, where that is known and the count is one of terms of payment."""
    return issued + timedelta(days=days) if issued is not None and 0 < days <= _MOST_DAYS else None


def days_of(element: Element | None) -> int:
    """A measure of time in days; 0 for any other unit, for what is no number, and where there is none."""
    words = (element.text or "").strip() if element is not None and element.get("unitCode") in _DAY_UNITS else ""
    return int(words) if words.isdecimal() else 0


def first(found: Iterable[SaidDate | None]) -> SaidDate | None:
    """The earliest of several."""
    known = [(one.value, one) for one in found if one is not None and one.value is not None]
    return min(known, key=lambda pair: pair[0])[1] if known else None


def _american(text: str, issued: date | None) -> date | None:
    """`2/10 net 30`: two percent within ten days."""
    found = _AMERICAN.search(text)
    return after(int(found[1]), issued) if found else None


def _spoken(text: str, issued: date | None) -> date | None:
    """One day or one count of days beside the percentage, apart from what is due without a discount."""
    rest = _NET.sub(" ", text)
    until = [day for found in _DATE.findall(rest) for day in _meanings(found)]
    if until:
        later = [day for day in until if issued is None or issued <= day <= issued + timedelta(days=_MOST_DAYS)]
        return later[0] if len(set(later)) == 1 else None
    counts = {int(found) for found in _DAYS.findall(rest)}
    return after(min(counts), issued) if counts and len(counts) <= len(_PERCENT.findall(rest)) else None


def _meanings(text: str) -> Sequence[date]:
    return tuple(read_date(text).values())
