"""Dates as written, in eleven languages, with the order of day and month inferred per column.

A value above 12 decides for its whole column; points mean day first, which no country writes otherwise; else the date stays
open and is left out rather than guessed.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

_MONTHS: Final = (
    "jan january januar jaenner janner janvier janv enero ene gennaio gen januari janeiro stycznia sty",
    "feb february februar fevrier fevr febrero febbraio februari fevereiro lutego lut",
    "mar march marz maerz mrz mars marzo maart mrt marts marco marca",
    "apr april avril avr abril abr aprile kwietnia kwi",
    "may mai mayo maggio mag mei maj maja maio",
    "jun june juni juin junio giugno giu czerwca cze junho",
    "jul july juli juillet juil julio luglio lug lipca lip julho",
    "aug august aout agosto ago augustus augusti sierpnia sie",
    "sep sept september septembre septiembre settembre set setembro wrzesnia wrz",
    "oct october oktober okt octobre octubre ottobre ott outubro pazdziernika paz",
    "nov november novembre noviembre novembro listopada lis",
    "dec december dezember dez decembre diciembre dic dicembre dezembro desember grudnia gru",
)
_MONTH: Final = {word: number for number, words in enumerate(_MONTHS, 1) for word in words.split()}
_YEAR_FIRST: Final = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_COMPACT: Final = re.compile(r"(20\d\d|19\d\d)(\d\d)(\d\d)")
_NUMERIC: Final = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})\.?")
_DAY_MONTH: Final = re.compile(
    r"(\d{1,2})(?:\.|st|nd|rd|th|er)?[\s\-/]*(?:de\s+)?([A-Za-z]{3,12})\.?[\s\-/,]*(?:de\s+)?(\d{4}|\d{2})"
)
_MONTH_DAY: Final = re.compile(r"([A-Za-z]{3,12})\.?[\s\-]*(\d{1,2})(?:st|nd|rd|th)?[\s,\-]+(\d{4}|\d{2})")
_CLOCK: Final = re.compile(r"[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:\s*(?:[AaPp][Mm]|Z|[+-]\d{2}:?\d{2}))?\s*\Z")
_WEEKDAY: Final = re.compile(r"\A[^\W\d_]{2,10}\.?,\s*")
_MAX_TEXT: Final = 50
_CENTURY: Final = 100


def read_date(text: str) -> Mapping[str, date]:
    """What `text` can mean as a date, by order (`dmy`, `mdy`, `ymd`); empty when it is none."""
    stripped = _CLOCK.sub("", text.strip()[: _MAX_TEXT + 1])
    if not stripped or len(stripped) > _MAX_TEXT:
        return {}
    found = _YEAR_FIRST.fullmatch(stripped) or _COMPACT.fullmatch(stripped)
    if found:
        return _kept({"ymd": (found[1], found[2], found[3])})
    found = _NUMERIC.fullmatch(stripped)
    if found:
        first, mark, second, year = found.groups()
        orders = {"dmy": (year, second, first)}
        if mark != ".":
            orders["mdy"] = (year, first, second)
        return _kept(orders)
    return _worded(stripped)


def _worded(text: str) -> Mapping[str, date]:
    plain = unicodedata.normalize("NFKD", _WEEKDAY.sub("", text)).encode("ascii", "ignore").decode()
    found = _DAY_MONTH.fullmatch(plain)
    if found and (month := _MONTH.get(found[2].lower())):
        return _kept({"ymd": (found[3], str(month), found[1])})
    found = _MONTH_DAY.fullmatch(plain)
    if found and (month := _MONTH.get(found[1].lower())):
        return _kept({"ymd": (found[3], str(month), found[2])})
    return {}


def _kept(orders: Mapping[str, tuple[str, str, str]]) -> dict[str, date]:
    kept = {}
    for order, (year, month, day) in orders.items():
        number = int(year)
        try:
            kept[order] = date(number + 2000 if number < _CENTURY else number, int(month), int(day))
        except ValueError:
            continue
    return kept


def common_order(column: Iterable[Mapping[str, date]]) -> str:
    """`dmy` or `mdy` when the dates of a column leave only one; empty when both are possible or they contradict."""
    orders = {"dmy", "mdy"}
    for meanings in column:
        if meanings and "ymd" not in meanings:
            orders &= set(meanings)
    return orders.pop() if len(orders) == 1 else ""


def settled(meanings: Mapping[str, date], order: str = "") -> date | None:
    """The one date that is meant, or None while it is open."""
    if order and order in meanings:
        return meanings[order]
    values = set(meanings.values())
    return values.pop() if len(values) == 1 else None
