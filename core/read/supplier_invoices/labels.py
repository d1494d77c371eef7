"""What titles and labels of invoices mean: looked up whole, after folding, with currency and tax words at the end set apart."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final, TypeVar

from core.domain.money import known_currencies
from core.read.remittance.labels import folded
from core.read.supplier_invoices.sum_words import CREDIT_TITLES, GROSS_TAILS, NET_TAILS, OTHER_TITLES, SUMS, TITLES
from core.read.supplier_invoices.words import COLUMNS, FIELDS, Column, Field, Sum, listed

Role = TypeVar("Role", bound=StrEnum)

_MOST_SIGNS: Final = 70
_LONGEST_LABEL: Final = 6
_LOW_RANK: Final = 5
_SHORTEST_START: Final = 6
_CODES: Final = frozenset(code.lower() for code in known_currencies())
_PERCENT: Final = re.compile(r"\(?(?<![\w.,])([0-9]{1,2}(?:[.,][0-9]{1,4})?)\s*%\)?")
_NUMBERS: Final = re.compile(r"(?<![\w])[€$£]?\s*[0-9][0-9.,'’\s\N{NO-BREAK SPACE}]*(?:[€$£]|\b[A-Z]{3}\b)?")
_PARENTHESIS: Final = re.compile(r"[(\[][^)\]]{0,40}[)\]]")
_PLAINLY: Final = {
    Column.QUANTITY: frozenset("qty quantity menge anzahl qte quantite cantidad cant".split()),
    Column.DESCRIPTION: frozenset("description bezeichnung beschreibung designation descripcion".split()),
    Column.RATE: frozenset("price preis prix precio einzelpreis".split()),
    Column.AMOUNT: frozenset("amount betrag montant importe total gesamt summe".split()),
}
_OTHERWISE: Final = frozenset(
    "vat tax tva iva mwst ust discount rabatt remise descuento weight gewicht list code no date".split()
)
_FILLERS: Final = frozenset("in on of at auf von aus sur sobre de a for the".split())


def _table(rows: Mapping[Role, str]) -> dict[str, tuple[Role, int]]:
    result: dict[str, tuple[Role, int]] = {}
    for role, words in rows.items():
        rank = 0
        for part in listed(words):
            rank += part.startswith("#")
            result.setdefault(folded(part.removeprefix("#")), (role, rank))
    return result


def _columns() -> dict[str, tuple[Column, int]]:
    """What the heading's wording says in a column's title gives way to the item's: "no" is a position, not the invoice."""
    return _table(COLUMNS)


_COLUMNS: Final = _columns()
_FIELDS: Final = _table({role: FIELDS[role] for role in (Field.OTHER, *(role for role in FIELDS if role is not Field.OTHER))})
_SUMS: Final = _table(SUMS)
_TITLES: Final = frozenset(listed(TITLES))
_CREDITS: Final = frozenset(listed(CREDIT_TITLES))
_OTHERS: Final = {title: name for name, titles in OTHER_TITLES.items() for title in listed(titles)}
_NET_TAILS: Final = tuple(sorted(listed(NET_TAILS), key=len, reverse=True))
_GROSS_TAILS: Final = tuple(sorted(listed(GROSS_TAILS), key=len, reverse=True))


@dataclass(frozen=True, slots=True)
class Label:
    """A label at the beginning of a text: what it says, how surely (0 first), and what stands behind it."""

    field: Field
    rank: int
    rest: str
    colon: bool


def plain(text: str) -> str:
    """Folded, with number signs as words and without currencies."""
    words = folded(_number_signs(text)).split()
    kept = [word for word in words if word not in _CODES]
    while len(kept) > 1 and kept[-1] == "in":
        kept.pop()
    return " ".join(kept)


def without_tail(text: str) -> tuple[str, str]:
    """A folded title without the words at its end that say `net` or `gross`, and which of the two."""
    for tails, meaning in ((_NET_TAILS, "net"), (_GROSS_TAILS, "gross")):
        for tail in tails:
            if text.endswith(f" {tail}"):
                return text[: -len(tail) - 1], meaning
    return text, ""


def column_of(title: str) -> tuple[Column, int] | None:
    """What a column title says, and its rank among columns of one kind; None for no title of an item table.

    A title of several words that is not known as a whole is taken by its one plain word ("Quantity supplied").
    """
    if plain_column(title) is not None or not title.strip() or len(title) > _MOST_SIGNS:
        return plain_column(title)
    return _by_one_word(plain(_PARENTHESIS.sub(" ", title)).split())


@lru_cache(maxsize=8_192)
def plain_column(title: str) -> tuple[Column, int] | None:
    """What a title known as a whole says, or each part of a title in two languages."""
    if not title.strip() or len(title) > _MOST_SIGNS:
        return None
    for candidate in (title, _PARENTHESIS.sub(" ", title)):
        said = _column(plain(candidate))
        if said:
            return said
    parts = [part for part in re.split(r"[/|\n]|\s-\s", title) if part.strip()]
    found = [_column(plain(_PARENTHESIS.sub(" ", part))) for part in parts]
    first = found[0] if found else None
    return first if first and all(said is not None and said[0] is first[0] for said in found) else None


def _column(text: str) -> tuple[Column, int] | None:
    if not text:
        return None
    if text in _COLUMNS:
        return _COLUMNS[text]
    base, meaning = without_tail(text)
    said = _COLUMNS.get(base) if meaning else None
    if said is None:
        return None
    if meaning == "gross":
        return (Column.GROSS_AMOUNT, 0) if said[0] is Column.AMOUNT else (said[0], said[1] + _LOW_RANK)
    return said[0], 0


def _by_one_word(words: list[str]) -> tuple[Column, int] | None:
    """A title of several words of which one is plain: "Quantity supplied", "Full description"; after all plain titles."""
    if not 1 < len(words) <= _LONGEST_LABEL or any(word in _OTHERWISE for word in words):
        return None
    found = {role for word in words for role, plainly in _PLAINLY.items() if word in plainly}
    return (found.pop(), _LOW_RANK) if len(found) == 1 else None


def field_label(text: str) -> Label | None:
    """The longest label that `text` begins with; None where it begins with none."""
    words = text.replace(":", ": ").split()
    for size in range(min(_LONGEST_LABEL, len(words)), 0, -1):
        said = _FIELDS.get(_label_text(words[:size]))
        if said is None:
            continue
        rest = " ".join(words[size:])
        colon = words[size - 1].endswith((":", "=")) or rest.startswith((":", "="))
        rest = rest.lstrip(" :=#.")
        again = field_label(rest.lstrip("/ |-")) if rest.startswith(("/", "|", "-", "(")) else None
        if again is not None and again.field is said[0]:
            return Label(said[0], min(said[1], again.rank), again.rest, colon or again.colon)
        return Label(said[0], said[1], rest, colon)
    return None


def _label_text(words: list[str]) -> str:
    return folded(_number_signs(" ".join(words)))


def _number_signs(text: str) -> str:
    """Signs for "number" as the word: `#`, `№`, and `N.º` as Spanish writes it."""
    return text.replace("#", " no ").replace("№", " no ").replace(".º", "º").replace(".°", "°")


@lru_cache(maxsize=8_192)
def sum_of(text: str) -> Sum | None:
    """What a label says of the amount behind it; percentages, other amounts and currencies inside do not matter."""
    if not text.strip() or len(text) > _MOST_SIGNS * 2:
        return None
    bare = _NUMBERS.sub(" ", _PERCENT.sub(" ", text))
    for candidate in (bare, _PARENTHESIS.sub(" ", bare)):
        said = _sum(plain(candidate))
        if said:
            return said
    parts = [part for part in re.split(r"[/|]", bare) if part.strip()]
    found = {said for part in parts if (said := _sum(plain(part)))}
    return found.pop() if len(found) == 1 and len(parts) > 1 else None


def _sum(text: str) -> Sum | None:
    words = text.split()
    while words and words[-1] in _FILLERS and " ".join(words) not in _SUMS:
        words.pop()
    bare = " ".join(words)
    said = _SUMS.get(bare)
    if said:
        return said[0]
    base, meaning = without_tail(bare)
    if not meaning or base not in _SUMS:
        return None
    found = _SUMS[base][0]
    if found in {Sum.TOTAL, Sum.LINES, Sum.GROSS, Sum.DUE}:
        return Sum.NET if meaning == "net" else Sum.GROSS if found is not Sum.DUE else Sum.DUE
    return found


def sum_at_start(text: str) -> Sum | None:
    """What the longest label that a text begins with says: `Freight by road to Dresden`; short words are too often others'."""
    words = plain(text).split()
    for size in range(min(_LONGEST_LABEL, len(words)), 0, -1):
        start = " ".join(words[:size])
        if len(start) >= _SHORTEST_START and start in _SUMS:
            return _SUMS[start][0]
    return None


def percent_in(text: str) -> str:
    """The percentage in a label, as written, or nothing."""
    found = _PERCENT.search(text)
    return found[1] if found else ""


def title_in(text: str) -> str:
    """The kind of document that a short text names: `invoice`, `credit_note` or the name of another kind; else nothing."""
    if len(text) > _MOST_SIGNS:
        return ""
    words = plain(text).split()
    for size in range(min(4, len(words)), 0, -1):
        start = " ".join(words[:size])
        if size < len(words) and not any(sign.isdigit() for sign in " ".join(words[size:])):
            # "Invoice address" and "Rechnung an" name no document; "Invoice INV-4711" does.
            continue
        if start in _OTHERS:
            return _OTHERS[start]
        if start in _CREDITS:
            return "credit_note"
        if start in _TITLES:
            return "invoice"
    return ""
