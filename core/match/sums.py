"""Sums, dates, percentages and counts in a payer's words: found, and taken out before numbers of documents are looked for.

Most texts hold none of them. Each pattern is tried only where a sign or word stands that it cannot do without, because to look
for that takes a tenth of the time.
"""

import re
from typing import Final

_AMOUNT: Final = re.compile(
    r"(?<![\w.,/])(?:[A-Z]{3})?(?!0\d)(\d{1,3}(?:[.,' ]\d{3})*|\d+)(?:[.,](\d{2})|\.(\d{3}))(?![\d_/-]|[.,]\d)"
)
_DAY: Final = r"(?:0?[1-9]|[12]\d|3[01])"
_MONTH_WORDS: Final = r"(?:JAN|FEB|MAR|APR|MAY|MAI|MAJ|JUN|JUL|AUG|SEP|OCT|OKT|NOV|DEC|DEZ)[A-Z]{0,6}"
_DATE: Final = re.compile(
    r"(?<!\d)(?:\d{1,2}[./]\d{1,2}[./]\d{2,4}|20\d\d-[01]\d-[0-3]\d)(?!\d)|"
    rf"(?<![\w-]){_DAY}-{_DAY}-20\d\d(?![\d-])|"
    rf"(?<![\w-]){_DAY}\.?[ -]?{_MONTH_WORDS}\.?[ -]?(?:20)?\d\d(?![\w-])|\bQ[1-4][ /-]?20\d\d\b"
)
_PERCENT: Final = re.compile(r"\d+(?:[.,]\d+)?\s*(?:%|PCT\b)")
_COUNTED: Final = re.compile(
    r"(?<!\d/)\b\d{1,2}\s*(?:/|OF|VON|DE)\s*\d{1,2}\b(?!/)|\b\d{1,2}\.\s*RATE\b|\bRATE\s+\d{1,2}\b|\bDED-\d+|\bCLM\d+"
)
_BROKEN_AMOUNT: Final = re.compile(
    r"(?<=\d)\n(?=\d*\.\d)|(?<=\d\.)\n(?=\d)|(?<=\d\.\d)\n(?=\d(?!\d))|(?<=\d\d\.) (?=\d\d(?!\d))"
)
_YEAR_BEFORE: Final = re.compile(r"(?<!\d)(\d\d) \Z")
_COUNTING: Final = ("/", "OF", "VON", "DE", "RATE", "CLM")


def mended(text: str) -> str:
    """Amounts that a line break or a lost sign tore apart, put together again."""
    return _BROKEN_AMOUNT.sub("", text) if "\n" in text or ". " in text else text


def taken_out(text: str) -> str:
    """The text with marks in place of dates, percentages, counts and sums; what remains stands where it stood."""
    return _without_amounts(_without_counts(_without_dates(text)))


def _blank(pattern: re.Pattern[str], text: str) -> str:
    return pattern.sub(lambda hit: "|" * len(hit.group()), text)


def _without_dates(text: str) -> str:
    there = "." in text or "/" in text or "20" in text
    return _blank(_DATE, text) if there else text


def _without_counts(text: str) -> str:
    if "%" in text or "PCT" in text:
        text = _blank(_PERCENT, text)
    return _blank(_COUNTED, text) if any(word in text for word in _COUNTING) else text


def _without_amounts(text: str) -> str:
    if "." not in text and "," not in text:
        return text
    return _AMOUNT.sub(lambda hit: hit.group() if _is_number(hit, text) else "|" * len(hit.group()), text)


def _is_number(hit: re.Match[str], text: str) -> bool:
    """`25 10427,25 10428` is a list of numbers that begin with the year, not a sum of 10427,25."""
    year = _YEAR_BEFORE.search(text, 0, hit.start())
    return year is not None and hit.group().endswith(f",{year.group(1)}")


def amounts_in(text: str) -> tuple[tuple[str, int], ...]:
    """Sums written with a decimal mark, as (digits without marks, position)."""
    found: list[tuple[str, int]] = []
    if "." not in text and "," not in text:
        return ()
    plain = _without_dates(text)
    for hit in _AMOUNT.finditer(plain):
        if _is_number(hit, plain):
            continue
        whole = re.sub(r"\D", "", hit.group(1))
        found.append((whole + (hit.group(2) or hit.group(3)), hit.start()))
    return tuple(found)
