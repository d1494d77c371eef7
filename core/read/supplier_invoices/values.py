"""Values behind labels: a document's number, order numbers, a date, a currency, a tax number; each as written or nothing."""

import re
from typing import Final

from core.domain.money import known_currencies
from core.read.dates import read_date
from core.read.numbers import SIGNS, read_amount
from core.read.remittance.labels import folded

_NUMBER_WORD: Final = re.compile(r"[A-Za-z0-9][\w\-./+&]*")
_STOPS: Final = frozenset(
    "vom dated date du of del from page seite datum le fecha de on am der customer kunde client and und et y for fur".split()
)
_MOST_NUMBER: Final = 35
_MOST_WORDS: Final = 4
_ORDER_PARTS: Final = re.compile(r"\s*(?:[,;|]|\s[/&+]\s|\s(?:and|und|et|y)\s)\s*", re.IGNORECASE)
_TAX_ID: Final = re.compile(r"(?:[A-Z]{2,3})?[A-Z0-9][0-9A-Z]{6,14}")
_FEWEST_DIGITS: Final = 3
_DATE_WORDS: Final = 6


def document_number(text: str) -> str:
    """The number at the beginning of `text`: `RE 2026 0042 vom 1.2.2026` gives `RE 2026 0042`."""
    kept: list[str] = []
    words = text.strip().split()
    for word in words[: _MOST_WORDS + 1]:
        bare = word.strip(".,;:()")
        if folded(bare) in _STOPS or not _NUMBER_WORD.fullmatch(bare) or (kept and _is_date(bare)):
            break
        numbered = any(sign.isdigit() for sign in bare)
        if any(any(sign.isdigit() for sign in other) for other in kept) and not bare.isdigit():
            break
        if (not numbered and (kept or len(bare) > _MOST_WORDS)) or bare.lower() == "box":
            break
        kept.append(bare)
    found = " ".join(kept)
    if not any(sign.isdigit() for sign in found) or len(found) > _MOST_NUMBER or _is_date(found):
        return ""
    amount = read_amount(found)
    return "" if amount is not None and not found.isdigit() and len(kept) == 1 and _has_decimals(found) else found


def _is_date(text: str) -> bool:
    return bool(read_date(text)) and not text.isdigit()


def _has_decimals(text: str) -> bool:
    return bool(re.fullmatch(r"[0-9][0-9.,']*[.,][0-9]{2}", text))


def order_numbers(text: str) -> list[str]:
    """The order numbers in a value, several where it lists several."""
    found = []
    for part in _ORDER_PARTS.split(text.strip()):
        number = document_number(part.lstrip("#:. "))
        if sum(sign.isdigit() for sign in number) >= _FEWEST_DIGITS:
            found.append(number)
        elif part:
            break
    return found


def date_text(text: str) -> str:
    """The longest beginning of `text` that is a date, or nothing."""
    words = text.strip().strip("()").split()
    for size in range(min(_DATE_WORDS, len(words)), 0, -1):
        candidate = " ".join(words[:size]).rstrip(",;)")
        if read_date(candidate):
            return candidate
    return ""


def date_behind(text: str) -> str:
    """A date after a word such as "vom" or "dated": `4711 vom 01.02.2026`."""
    found = re.search(r"(?:\bvom|\bdated|\bof|\bdu|\bdel|\bde fecha|\bfrom|\bdate|\bam)\s*:?\s+(.+)", text, re.IGNORECASE)
    return date_text(found[1]) if found else ""


def currency_code(text: str) -> str:
    """A currency code or a sign that means one currency."""
    word = text.strip().split()[0].strip("().,;") if text.strip() else ""
    if word.upper() in known_currencies():
        return word.upper()
    return SIGNS.get(word, "")


def tax_number(text: str) -> str:
    """A tax registration number, blanks and points taken out."""
    bare = re.sub(r"[\s.\-/]", "", text[:24]).upper()
    found = _TAX_ID.match(bare)
    if not found or sum(sign.isdigit() for sign in found[0]) < 7:  # noqa: PLR2004  No registration has fewer.
        return ""
    return found[0]


def name_text(text: str) -> str:
    """A name: letters, no address of mail, not only one short word of a label."""
    stripped = text.strip(" :,;|·•-")
    if "@" in stripped or not any(sign.isalpha() for sign in stripped) or len(stripped) > 80:  # noqa: PLR2004
        return ""
    return "" if read_date(stripped) or read_amount(stripped) else stripped
