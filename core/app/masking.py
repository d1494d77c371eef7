"""Bank account numbers do not belong where many people read. What a payer or a bank wrote is masked before it is shown.

Only words from outside are masked; numbers of our own documents are not, although some of them look alike.
"""

import re
from typing import Final

_IBAN: Final = re.compile(r"\b[A-Z]{2}[0-9]{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,4})?\b", re.IGNORECASE)
# Eight digits or more in a row; neither a date nor an amount with its decimals.
_LONG_NUMBER: Final = re.compile(
    r"(?<![0-9A-Z.,])(?![0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9-]))[0-9](?:[ -]?[0-9]){7,}(?![0-9]|[.,][0-9])", re.IGNORECASE
)
_DIGITS_OF_AN_IBAN: Final = 10


def ending(account: str) -> str:
    """The last four characters of an account number, which is what people tell accounts apart by; empty for a short one."""
    known = "".join(each for each in account if each.isalnum())
    return f"…{known[-4:]}" if len(known) > 4 else ""  # noqa: PLR2004  Less would be the whole number.


def masked(text: str) -> str:
    """`text` with everything that may be an account number cut down to its last four characters."""
    return _LONG_NUMBER.sub(_ending, _IBAN.sub(_iban, text))


def _iban(found: re.Match[str]) -> str:
    """Words of capital letters can have the shape of an IBAN; an IBAN is mostly digits."""
    whole = found.group()
    return _ending(found) if sum(each.isdigit() for each in whole) >= _DIGITS_OF_AN_IBAN else whole


def _ending(found: re.Match[str]) -> str:
    return f"…{found.group().replace(' ', '').replace('-', '')[-4:]}"
