"""Amounts and dates as people and programs write them.

One cell can often be read in two ways (`1,234`, `03/04/2025`). A reading is decided by its column: one cell that can be read
in one way only decides for all of them; otherwise it stays open, and only arithmetic (the stated total) may close it. Signs:
leading or trailing minus, parentheses, CR and DR. Currency before or after. Group marks: point, comma, blanks of any width,
apostrophes; in threes or the Indian way (12,34,567).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Final

from core.domain.money import known_currencies

SIGNS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "€": "EUR", "£": "GBP", "US$": "USD", "U.S.$": "USD", "$US": "USD", "C$": "CAD", "CA$": "CAD", "CDN$": "CAD",
        "A$": "AUD", "AU$": "AUD", "NZ$": "NZD", "S$": "SGD", "HK$": "HKD", "R$": "BRL", "MX$": "MXN", "₹": "INR", "Rs.": "INR",
        "₩": "KRW", "zł": "PLN", "zl": "PLN", "Kč": "CZK", "₺": "TRY", "₪": "ILS", "฿": "THB", "₫": "VND", "Fr.": "CHF",
        "SFr.": "CHF", "Euro": "EUR", "EURO": "EUR",
    }
)  # fmt: skip
"""Signs that mean one currency."""

SHARED_SIGNS: Final[Mapping[str, str]] = MappingProxyType({"$": "USD", "¥": "JPY", "kr": "", "kr.": ""})
"""Signs that several currencies share, and the one they are taken for until the money itself says otherwise."""

_BLANKS: Final = " \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}\N{FIGURE SPACE}"
_APOSTROPHES: Final = "'’‘´`"
_MINUS: Final = "-−–‐‑"
_GROUPS: Final = re.compile(r"[0-9]{1,3}(?:[^0-9][0-9]{3})+|[0-9]{1,2}(?:[^0-9][0-9]{2})*[^0-9][0-9]{3}")
_MAX_DIGITS: Final = 24
_MAX_AMOUNT_TEXT: Final = 60


@cache
def _amount_pattern() -> re.Pattern[str]:
    named = sorted((re.escape(sign) for sign in (*SIGNS, *SHARED_SIGNS)), key=len, reverse=True)
    money = f"(?:{'|'.join(named)}|{'|'.join(known_currencies())})"
    minus = f"[{_MINUS}]"
    return re.compile(
        rf"(?P<open>\()?\s*(?P<before>{minus}|\+)?\s*(?P<left>{money})?\s*(?P<between>{minus}|\+)?\s*(?P<open2>\()?\s*"
        rf"(?P<body>[0-9](?:[0-9.,{_BLANKS}{_APOSTROPHES}]*[0-9])?|[.,][0-9]+)(?P<dash>[.,]{minus}{{1,2}})?"
        rf"(?:\s*(?P<mid>{minus}))?\s*(?P<close2>\))?\s*(?P<right>{money})?\s*(?P<after>{minus})?\s*(?P<side>(?i:CR|DR))?\s*(?P<close>\))?",
    )


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount as written: what it can mean, by decimal mark; `currency` is a code or a sign that several share.

    `side` is a CR or DR behind it; CR makes it negative here, as on a list of what somebody owes. A bank means the opposite.
    """

    meanings: Mapping[str, Decimal]
    currency: str = ""
    side: str = ""

    @property
    def marks(self) -> frozenset[str]:
        """The decimal marks under which this is an amount."""
        return frozenset(self.meanings)

    def value(self, mark: str = "") -> Decimal | None:
        """The amount under a decimal mark, or the only one that there is; None while that is open."""
        if mark:
            return self.meanings.get(mark)
        values = set(self.meanings.values())
        return values.pop() if len(values) == 1 else None


@lru_cache(maxsize=8_192)
def read_amount(text: str) -> Amount | None:
    """`text` as an amount, or None when it is none."""
    stripped = text.strip()
    if not stripped or len(stripped) > _MAX_AMOUNT_TEXT or not any(sign.isdigit() for sign in stripped):
        return None
    found = _amount_pattern().fullmatch(stripped)
    if found is None or stripped.count("(") != stripped.count(")") or stripped.count("(") > 1:
        return None
    meanings = _meanings(found["body"], round_sum=bool(found["dash"]))
    if not meanings:
        return None
    negative = sum(bool(found[name] and found[name] in _MINUS) for name in ("before", "between", "mid", "after"))
    side = (found["side"] or "").upper()
    negative += ("(" in stripped) + (side == "CR")
    if negative > 1 or (found["left"] and found["right"] and found["left"] != found["right"]):
        return None
    sign = -1 if negative else 1
    money = found["left"] or found["right"] or ""
    return Amount({mark: sign * value for mark, value in meanings.items()}, SIGNS.get(money, money), side)


def exact(value: Decimal) -> Amount:
    """An amount that came as a number and needs no reading."""
    return Amount({".": value, ",": value})


def _meanings(body: str, *, round_sum: bool) -> dict[str, Decimal]:
    digits = sum(sign.isdigit() for sign in body)
    if digits > _MAX_DIGITS:
        return {}
    points, commas = body.count("."), body.count(",")
    both = [mark for mark in (".", ",") if _fits(body, mark)]
    if round_sum:
        # "1.200,-": the dash stands for the decimals, so every mark inside groups.
        whole = re.sub(r"[^0-9]", "", body)
        return {".": Decimal(whole), ",": Decimal(whole)} if not (points and commas) and _grouped(body) else {}
    return {mark: _decimal(body, mark) for mark in both}


def _fits(body: str, mark: str) -> bool:
    """Whether `body` is an amount under this decimal mark."""
    whole, found, fraction = body.rpartition(mark) if mark in body else (body, "", "")
    if found and not (fraction.isascii() and fraction.isdigit()):
        return False
    return mark not in whole and (not whole or _grouped(whole)) and (bool(whole) or bool(found))


def _grouped(whole: str) -> bool:
    """Digits without marks, or with one kind of mark where group marks stand."""
    if whole.isascii() and whole.isdigit():
        return True
    marks = {"'" if sign in _APOSTROPHES else " " if sign in _BLANKS else sign for sign in whole if not sign.isdigit()}
    return len(marks) == 1 and whole[0] != "0" and _GROUPS.fullmatch(whole) is not None


def _decimal(body: str, mark: str) -> Decimal:
    whole, found, fraction = body.rpartition(mark) if mark in body else (body, "", "")
    return Decimal(f"{re.sub(r'[^0-9]', '', whole) or '0'}.{fraction}" if found else re.sub(r"[^0-9]", "", whole))


def printed_digits(value: Decimal) -> int:
    """How many digits stand after the decimal mark."""
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def narrowed(amount: Amount, digits: int) -> Amount:
    """Without meanings that have more digits than the currency; `1,234 EUR` is no 1.234.

    An amount with one meaning keeps it: superfluous zeros (`12.5000`) are the writer's habit.
    """
    kept = {mark: value for mark, value in amount.meanings.items() if printed_digits(value) <= digits}
    return Amount(kept, amount.currency, amount.side) if kept and len(kept) < len(amount.meanings) else amount


def common_marks(amounts: Iterable[Amount]) -> frozenset[str]:
    """The decimal marks under which every one is an amount: one is decided, two are open, none is a mixture."""
    marks = frozenset({".", ","})
    for amount in amounts:
        marks &= amount.marks
    return marks
