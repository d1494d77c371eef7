"""References that carry check digits: what stands inside them, where the check holds.

A creditor puts its own number into a structured reference and protects it, so that a payer's slip is found: ISO 11649 (RF and
two digits, modulo 97), the Swiss QR reference (27 digits, recursive modulo 10), the Nordic OCR and KID numbers (a last digit by
Luhn or by weights modulo 11), the Finnish viitenumero (weights 7, 3, 1). RF and QR references are known by their form; one last
digit fits one number in four by accident, so such a number counts only where the amount confirms it.
"""

import re
from dataclasses import dataclass
from itertools import cycle
from typing import Final

from core.domain.bank_accounts import check_digits_hold

_RF: Final = re.compile(r"RF\d\d([A-Z0-9]{1,21})\Z")
_QR_LENGTH: Final = 27
_SHORTEST: Final = 5
_LONGEST: Final = 25
_LONG: Final = 12
_CARRY: Final = (0, 9, 4, 6, 8, 2, 7, 1, 3, 5)


@dataclass(frozen=True, slots=True)
class Inner:
    """The number inside; `padded` says that the scheme fills it up in front, with zeros or a number of the customer.

    `certain` references are known by their form, not by one digit alone.
    """

    number: str
    padded: bool
    certain: bool = True


def inside(text: str) -> Inner | None:
    """What a reference of letters and digits protects; None where it is no such reference or the check fails."""
    found = _RF.match(text)
    if found:
        return Inner(_plain(found.group(1)), padded=True) if check_digits_hold(text) else None
    if not text.isdigit() or not _SHORTEST < len(text) <= _QR_LENGTH:
        return None
    body, check = text[:-1], int(text[-1])
    if len(text) == _QR_LENGTH:
        return Inner(_plain(body), padded=True) if _recursive_10(body) == check else None
    if len(text) <= _LONGEST and check in {_luhn(body), _modulo_11(body), _weights_731(body)}:
        return Inner(_plain(body), padded=len(text) >= _LONG, certain=False)
    return None


def _plain(body: str) -> str:
    return body.lstrip("0") or "0"


def _recursive_10(body: str) -> int:
    carry = 0
    for mark in body:
        carry = _CARRY[(carry + int(mark)) % 10]
    return (10 - carry) % 10


def _luhn(body: str) -> int:
    doubled = (sum(divmod(int(mark) * factor, 10)) for mark, factor in zip(reversed(body), cycle((2, 1)), strict=False))
    return -sum(doubled) % 10


def _modulo_11(body: str) -> int:
    """Weights 2 to 7 from the right; a remainder that needs the sign "-" is no digit and never equals one."""
    total = sum(int(mark) * weight for mark, weight in zip(reversed(body), cycle(range(2, 8)), strict=False))
    rest = -total % 11
    return rest if rest < 10 else -1  # noqa: PLR2004  The remainder ten has no digit.


def _weights_731(body: str) -> int:
    return -sum(int(mark) * weight for mark, weight in zip(reversed(body), cycle((7, 3, 1)), strict=False)) % 10
