"""What header words, labels and titles mean, in the twelve languages of `core.read.remittance.words`.

A label is compared after folding: lower case, no accents, no punctuation. Longer wordings stand for themselves; there is no
fuzzy matching here, because a column taken for another one is money on the wrong invoice.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from core.domain.money import known_currencies
from core.read.remittance.words import COLUMNS, SUBTOTALS, TOTALS, Role, listed

_CURRENCY_TAIL: Final = re.compile(rf"\s+(?:in\s+)?(?:{'|'.join(code.lower() for code in known_currencies())})$")
_MAX_LABEL: Final = 48
_LONGEST_TITLE: Final = 4
_WITHOUT_DECOMPOSITION: Final = str.maketrans({"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d"})
"""Letters that Unicode does not take apart into a plain one and a mark."""


@lru_cache(maxsize=16_384)
def folded(text: str) -> str:
    """Lower case, no accents, one blank between words, letters and digits only."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_WITHOUT_DECOMPOSITION))
    kept = "".join(sign if sign.isalnum() else " " for sign in plain if not unicodedata.combining(sign))
    return " ".join(kept.split())


def _table(rows: dict[Role, str], roles: tuple[Role, ...]) -> dict[str, tuple[Role, int]]:
    result: dict[str, tuple[Role, int]] = {}
    for role in roles:
        rank = 1 if role is Role.OTHER_REFERENCE else 0
        for part in listed(rows[role]):
            rank += part.startswith("#")
            result.setdefault(part.removeprefix("#"), (role, rank))
    return result


_COLUMN_ROLES: Final = _table(
    COLUMNS,
    (
        Role.REFERENCE, Role.OTHER_REFERENCE, Role.PAYMENT_REFERENCE, Role.PAID_ON, Role.DATE, Role.GROSS, Role.DISCOUNT,
        Role.PAID, Role.AMOUNT, Role.OPEN, Role.REASON, Role.CURRENCY, Role.OTHER, Role.PAYER,
    ),
)  # fmt: skip
_LABEL_ROLES: Final = _table(COLUMNS, (Role.PAYMENT_REFERENCE, Role.PAID_ON, Role.TOTAL, Role.CURRENCY, Role.PAYER))
_TOTALS: Final = frozenset(listed(TOTALS))
_SUBTOTALS: Final = frozenset(listed(SUBTOTALS))


def column_role(title: str) -> tuple[Role, int] | None:
    """What a header cell says its column holds, and its rank among columns of one role (0 first); None for no header word."""
    plain = _without_currency(title)
    return _COLUMN_ROLES.get(plain) if plain else None


def segmented(words: Sequence[str]) -> list[tuple[int, int]]:
    """Header words one blank apart, cut into known titles (as start and end); the cut with a reference and an amount wins.

    "Invoice Date Amount" is three columns, although "Invoice Date" is a title too. Empty where no cut uses every word.
    """
    cuts: dict[int, dict[frozenset[Role], list[tuple[int, int]]]] = {0: {frozenset(): []}}
    for start in range(len(words)):
        for size in range(1, min(_LONGEST_TITLE, len(words) - start) + 1):
            said = column_role(" ".join(words[start : start + size]))
            for roles, parts in list(cuts.get(start, {}).items()) if said else []:
                there = cuts.setdefault(start + size, {})
                key = roles | {said[0]} if said else roles
                longer = [*parts, (start, start + size)]
                if key not in there or len(longer) < len(there[key]):
                    there[key] = longer
    whole = cuts.get(len(words), {})
    ranked = sorted(whole.items(), key=lambda found: (not _makes_header(found[0]), len(found[1]), found[1]))
    return ranked[0][1] if ranked else []


def _makes_header(roles: frozenset[Role]) -> bool:
    return bool(roles & {Role.REFERENCE, Role.OTHER_REFERENCE}) and bool(roles & {Role.PAID, Role.GROSS, Role.AMOUNT})


def label_role(label: str) -> Role | None:
    """What a label in front of a value says; None when it says nothing about a payment."""
    plain = _without_currency(label)
    found = _LABEL_ROLES.get(plain) if plain else None
    return found[0] if found else None


def is_total(text: str) -> bool:
    """Whether the words of a row mean the sum of the table."""
    return _without_currency(text) in _TOTALS


def is_subtotal(text: str) -> bool:
    """Whether the words of a row mean a sum in between, which counts nothing twice."""
    plain = _without_currency(text)
    return plain in _SUBTOTALS or any(plain.startswith(f"{start} ") for start in ("subtotal", "sub total", "page total"))


def currency_in_title(title: str) -> str:
    """The currency that a header names: `Amount (EUR)`, `Betrag in CHF`."""
    found = _CURRENCY_TAIL.search(f" {folded(title)}") if len(title) <= _MAX_LABEL else None
    return found[0].split()[-1].upper() if found else ""


def _without_currency(title: str) -> str:
    if len(title) > _MAX_LABEL:
        return ""
    plain = folded(
        title.replace("#", " no ")
        .replace("№", " no ")
        .replace("€", " eur ")
        .replace("$", " ")
        .replace("£", " gbp ")
        .replace("º", " ")
        .replace("°", " ")
    )
    return _CURRENCY_TAIL.sub("", plain)
