"""What labels and titles say about the payment as a whole: "Payment date: ...", "Remittance advice from ..."."""

import re
from typing import Final

from core.domain.money import known_currencies
from core.read.cells import Row, Value
from core.read.dates import read_date
from core.read.notes import shown
from core.read.numbers import read_amount
from core.read.remittance.advice import Head
from core.read.remittance.labels import currency_in_title, folded, label_role
from core.read.remittance.words import TITLES, Role, listed

_LABELLED: Final = re.compile(r"[\s*•·>\-]*(?P<label>[^\W\d_][^:=\t\n]{1,46}?)\s*(?:[:=]\s*|\t+|\s{2,})(?P<value>\S.*)")
_BARE: Final = re.compile(r"[\s*•·>\-]*(?P<label>[^\W\d_][^:=\t\n\d]{1,46}?)\s+(?P<value>(?:[A-Z]{3}\s*)?[^\w\s]?\(?-?\d.*)")
_TITLE: Final = re.compile(
    r"\s*(?:payment|remittance|remittance payment)\s+(?:advice|notice|notification)\s+(?:from|by|of)\s+(?P<en>\S.{1,138})|"
    r"\s*(?:zahlungsavis|zahlungsaviso|avis|zahlungsmitteilung|überweisungsavis)\s+(?:von|der firma)\s+(?P<de>\S.{1,138})|"
    r"\s*avis de (?:paiement|virement|règlement)\s+(?:de|par)\s+(?P<fr>\S.{1,138})|"
    r"\s*aviso de (?:pago|transferencia)\s+(?:de|por)\s+(?P<es>\S.{1,138})|"
    r"\s*betalings?(?:advies|specificatie|avis)\s+(?:van|door)\s+(?P<nl>\S.{1,138})|"
    r"\s*avviso di (?:pagamento|bonifico)\s+(?:da|di)\s+(?P<it>\S.{1,138})",
    re.IGNORECASE,
)
_CODE: Final = re.compile(r"[A-Z]{3}")
_MAX_LINE: Final = 300
_TITLES: Final = listed(TITLES)


def head_of_row(row: Row, head: Head, *, bare: bool = False) -> bool:
    """Take what a row says about the payment into `head`; whether it said anything.

    Cells pair up as label and value; a cell may hold both. `bare` also takes "Total 1,234.00" without a colon.
    """
    took = False
    cells = row.cells
    index = 0
    while index < len(cells):
        following = cells[index + 1].value if index + 1 < len(cells) else None
        if following is not None and head_of_pair(cells[index].text.rstrip(" :."), following, head):
            took = True
            index += 2
            continue
        took = head_of_line(cells[index].text, head, bare=bare) or took
        index += 1
    return took


def head_of_line(text: str, head: Head, *, bare: bool = False) -> bool:
    """Take what one line of text says about the payment."""
    if len(text) > _MAX_LINE:
        return False
    found = _LABELLED.fullmatch(text)
    if found and head_of_pair(found["label"].rstrip(" ."), found["value"].strip(), head):
        return True
    found = _BARE.fullmatch(text) if bare else None
    if found and head_of_pair(found["label"].strip(), found["value"].strip(), head):
        return True
    title = _TITLE.fullmatch(text)
    if title and not head.payer_name:
        head.payer_name = shown(next(name for name in title.groups() if name).rstrip(" :"), 140)
        return True
    return False


def head_of_pair(label: str, value: Value, head: Head) -> bool:
    """Take one label with its value."""
    role = label_role(label)
    if role is None:
        return False
    if role is Role.TOTAL:
        return _take_total(label, value, head)
    if role is Role.PAID_ON:
        if isinstance(value, str) and not read_date(value):
            return False
        head.paid_on = head.paid_on or value
        return True
    text = value.strip() if isinstance(value, str) else f"{value}"
    if role is Role.CURRENCY:
        if not _CODE.fullmatch(text.upper()) or text.upper() not in known_currencies():
            return False
        head.currency = head.currency or text.upper()
        return True
    if role is Role.PAYMENT_REFERENCE:
        if not any(sign.isdigit() for sign in text) or len(text) > 70:  # noqa: PLR2004  References are short.
            return False
        head.payment_reference = head.payment_reference or text
        return True
    if "@" in text or not any(sign.isalpha() for sign in text):
        return False
    head.payer_name = head.payer_name or text
    return True


def _take_total(label: str, value: Value, head: Head) -> bool:
    if isinstance(value, str) and read_amount(value) is None:
        # "1,234.00 (USD)", "USD 1,234.00 by wire": the amount stands first, more words follow.
        value = _first_amount(value)
        if not value:
            return False
    if head.total == "":
        head.total = value
        head.currency = head.currency or currency_in_title(label)
    return True


def _first_amount(text: str) -> str:
    words = text.replace("(", " ").replace(")", " ").split()
    for size in (2, 1):
        candidate = " ".join(words[:size])
        amount = read_amount(candidate) if len(words) >= size else None
        if amount is not None and (amount.currency or "." in candidate or "," in candidate):
            return candidate
    return ""


def is_title(text: str) -> bool:
    """Whether a line says that this is an advice of payment."""
    plain = folded(text[:200])
    return any(word in plain for word in _TITLES)
