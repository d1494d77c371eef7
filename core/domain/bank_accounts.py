"""Bank account numbers as they are written on papers and kept in lists: found, checked and compared.

An IBAN carries its country, its length and check digits modulo 97 (ISO 13616), so that one can be told from any other run of
letters and digits. Other account numbers are taken only where something says that they are account numbers.
"""

import re
from collections.abc import Iterator
from typing import Final

_LENGTHS: Final = {
    country: int(length)
    for length, countries in {
        "15": "NO", "16": "BE", "18": "DK FI FK FO GL NL", "19": "MK SI", "20": "AT BA EE KZ LT LU MN XK",
        "21": "CH CR HR LI LV", "22": "BG BH DE GB GE IE ME RS VA", "23": "AE GI IL IQ OM SO TL",
        "24": "AD CZ DZ ES MD PK RO SA SE SK TN VG", "25": "LY PT ST", "26": "IS TR", "27": "BI DJ FR GR IT MC MR SM",
        "28": "AL AZ BY CY DO GT HN HU LB NI PL SV", "29": "BR EG PS QA UA", "30": "JO KW MU YE", "31": "MT SC", "32": "LC",
        "33": "RU",
    }.items()
    for country in countries.split()
}  # fmt: skip
"""How long an IBAN is, by country: the register of ISO 13616."""

_START: Final = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}[ -]?[0-9]{2}")
_BETWEEN: Final = " \N{NO-BREAK SPACE}-."
_LONGEST_GAP: Final = 2
_SHORT: Final = 5


def account_key(account: str) -> str:
    """An account number as it is compared: letters and digits only, capital."""
    return "".join(sign for sign in account.upper() if sign.isalnum())


def same_account(one: str, other: str) -> bool:
    """Whether two numbers are one account: an IBAN holds the plain number at its end, and leading zeros come and go."""
    short, long = sorted((account_key(one).lstrip("0"), account_key(other).lstrip("0")), key=len)
    return long == short or (len(short) > _SHORT and long.endswith(short))


def is_iban(account: str) -> bool:
    """Whether a number has an IBAN's form, the length of its country and right check digits."""
    key = account_key(account)
    if not key.isascii() or len(key) != _LENGTHS.get(key[:2], 0) or not key[2:4].isdigit():
        return False
    return check_digits_hold(key)


def check_digits_hold(number: str) -> bool:
    """Whether the two check digits behind two letters are right, in letters and digits only: an IBAN, an RF reference.

    ISO 7064 MOD 97-10: the first four signs go to the end, A counts as 10, and what remains is 1.
    """
    return int("".join(str(int(sign, 36)) for sign in number[4:] + number[:4])) % 97 == 1


def ibans_in(text: str) -> Iterator[tuple[str, int, int]]:
    """Every IBAN in a text, without blanks, with where it begins and ends; groups of four, points or hyphens do not matter."""
    end = 0
    for found in _START.finditer(text):
        if found.start() < end:
            continue
        length = _LENGTHS.get(found[0][:2].upper(), 0)
        kept, at = _run(text, found.start(), length)
        if len(kept) == length and not text[at : at + 1].isalnum() and is_iban(kept):
            end = at
            yield kept.upper(), found.start(), at


def _run(text: str, at: int, length: int) -> tuple[str, int]:
    """So many letters and digits from a place, over single signs between groups, and where they end."""
    kept, gap = "", 0
    while at < len(text) and len(kept) < length:
        sign = text[at]
        if sign.isalnum() and sign.isascii():
            kept, gap = kept + sign, 0
        elif sign in _BETWEEN and gap < _LONGEST_GAP:
            gap += 1
        else:
            break
        at += 1
    return kept, at
