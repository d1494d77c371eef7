"""Advices in labels and values: "Invoice number: 1042", "Payment amount: USD 1,200.00", one below the other.

Notices of payment systems about one document look like this. Each label of a document number begins a line; amounts behind
it belong to that line unless their label says total.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from core.read.cells import Row, Value
from core.read.notes import shown
from core.read.remittance.advice import Advice, Item, is_reference
from core.read.remittance.finish import as_amount
from core.read.remittance.head import head_of_pair
from core.read.remittance.labels import column_role, folded
from core.read.remittance.words import Role

_PAIR: Final = re.compile(r"[\s*•·>\-]*(?P<label>[^\W\d_][^:=\n]{0,46}?)\s*[:=]\s*(?P<value>\S.*)")
_LIST: Final = re.compile(r"\s*[,;]\s*|\s+(?:and|und|et|y|en|e|&)\s+")
_SUM_WORDS: Final = ("total", "totaal", "gesamt", "summe", "somme", "suma", "somma")
_AMOUNTS: Final = {Role.GROSS: "gross", Role.DISCOUNT: "discount", Role.PAID: "paid", Role.AMOUNT: "paid"}


def advice_in_pairs(rows: Sequence[Row], where: str) -> Advice | None:
    """The advice that labelled values make; None where no label names a document."""
    advice = Advice(where)
    for place, label, value in _pairs(rows):
        said = column_role(label)
        role = said[0] if said else None
        if role is Role.REFERENCE:
            _documents(advice, place, value)
        elif role in _AMOUNTS and advice.items and not _of_all(label) and as_amount(value) is not None:
            _amount(advice, role, value)
        elif role is Role.REASON and advice.items and isinstance(value, str):
            advice.items[-1].reason = value
        else:
            head_of_pair(label, value, advice.head)
    if len(advice.items) == 1 and advice.items[0].paid == "" and advice.head.total != "":
        # One document and one payment: all of it is for that document.
        advice.items[0].paid = advice.head.total
    advice.only_named = len(advice.items) > 1 and all(item.paid == "" and item.gross == "" for item in advice.items)
    return advice if advice.items else None


def _of_all(label: str) -> bool:
    """Whether a label speaks of the whole payment; "Amount paid" under a document speaks of that document."""
    return any(word.startswith(_SUM_WORDS) for word in folded(label).split())


def _pairs(rows: Sequence[Row]) -> Iterator[tuple[str, str, Value]]:
    """Labels and values: in one cell with a colon, or in two neighbouring cells."""
    for row in rows:
        cells = row.cells
        index = 0
        while index < len(cells):
            found = _PAIR.fullmatch(cells[index].text[:300])
            if found:
                yield row.place, found["label"].rstrip(" ."), found["value"].strip()
            elif index + 1 < len(cells):
                yield row.place, cells[index].text.rstrip(" :."), cells[index + 1].value
                index += 1
            index += 1


def _documents(advice: Advice, place: str, value: Value) -> None:
    words = value if isinstance(value, str) else f"{value}"
    for word in _LIST.split(words):
        if is_reference(word):
            advice.items.append(Item(place, word.strip()))
        else:
            advice.stops.append(f"{place}: “{shown(word)}” is no document number that we know how to read.")


def _amount(advice: Advice, role: Role, value: Value) -> None:
    """The first amount of its kind is the line's; a second one belongs to nobody that we know."""
    item = advice.items[-1]
    name = _AMOUNTS[role]
    if getattr(item, name) == "":
        setattr(item, name, value)
    elif advice.head.total == "":
        advice.head.total = value
