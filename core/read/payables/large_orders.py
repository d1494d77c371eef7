"""`purchase_orders.csv` of a million rows: checked column by column, and left lying as text until an order is asked for."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from core.domain.ids import SupplierId
from core.domain.payables import ComparisonWay, LineKind, OrderStatus
from core.match.spans import Span
from core.read.columns import split
from core.read.payables.cells import JOINT
from core.read.payables.purchase_orders import CODES, COLUMNS, REQUIRED, OrderFile, day_of
from core.read.payables.row_text import (
    apart_of,
    are_amounts,
    are_numbers,
    are_rising,
    at,
    distinct,
    filled,
    repeated,
    row_text,
    runs_of,
)

_HEAD: Final = ("po_number", "supplier_id", "currency", "status", "order_date")
_NAMES: Final = ("po_number", "supplier_id", "line")
_NUMBERS: Final = ("quantity", "rate", "quantity_billed")
_AMOUNTS: Final = ("amount", "amount_billed")
_CHECKED: Final = ("line", "line_kind", "match", *_NUMBERS, *_AMOUNTS)
_STATUS: Final = frozenset({"", *OrderStatus})
_WORDS: Final[Mapping[str, frozenset[str]]] = {
    "line_kind": frozenset({"", *LineKind}),
    "match": frozenset({"", *ComparisonWay}),
}
_FIRST_ROW: Final = 2
"""The first row under the header is row 2 of the file."""


def read_large_orders(data: bytes, name: str) -> OrderFile | None:
    """What `read_purchase_orders` makes of a file without a fault; None for every other, which has to be read row by row."""
    columns = None if JOINT.encode() in data else split(data, REQUIRED)
    if columns is None:
        return None
    titles = (*_CHECKED, *_HEAD)
    # numpy lets go of the interpreter while it computes, so that a second thread is a second processor.
    with ThreadPoolExecutor(2) as pool:
        spans = dict(zip(titles, pool.map(columns.span, titles), strict=True))
        sound = pool.submit(_lines_sound, spans)
        runs, rising = runs_of([spans[title] for title in _HEAD]), are_rising(spans["line"])
        if not all(filled(spans[title]) for title in _NAMES):
            return None
        heads = {title: spans[title].some(runs) for title in _HEAD}
        orders = at(heads["po_number"])
        suppliers = list(map(SupplierId, repeated(heads["supplier_id"])))
        apart = apart_of(orders, [heads[title] for title in _HEAD[1:]])
        if apart is None or not _heads_sound(heads) or not sound.result():
            return None
    starts = np.flatnonzero(runs)
    found = _Orders(orders, [*starts.tolist(), len(columns)])
    doubtful = np.unique(np.searchsorted(starts, np.flatnonzero(~(rising | runs)), "right") - 1).tolist()
    together = {place: [place] for place in doubtful} | apart
    further = {place for places in apart.values() for place in places[1:]}
    for place, supplier in enumerate(suppliers):
        if place not in further:
            found.of.setdefault(supplier, []).append(place)
    file = OrderFile(owners=dict(zip(orders, suppliers, strict=True)), orders=found, rows_of=row_text(columns, COLUMNS).rows)
    notices: list[tuple[int, str]] = []
    for place, places in together.items():
        if place not in further:
            numbers = [number for each in places for number in found.rows(each)]
            found.told_apart[place] = _once(numbers, file, name, notices)
    file.notices = [notice for _, notice in sorted(notices)]
    return file


def _heads_sound(heads: Mapping[str, Span]) -> bool:
    codes, states, days = (distinct(heads[title]) for title in ("currency", "status", "order_date"))
    if codes is None or states is None or days is None:
        return False
    return codes <= CODES and {state.lower() for state in states} <= _STATUS and all(day_of(day) is not False for day in days)


def _lines_sound(spans: Mapping[str, Span]) -> bool:
    """Whether every word and number of a line is what it should be."""
    codes = distinct(spans["currency"])
    if codes is None or not codes <= CODES:
        return False
    for title, allowed in _WORDS.items():
        words = distinct(spans[title])
        if words is None or any(word.lower() not in allowed for word in words):
            return False
    return all(are_numbers(spans[title]) for title in _NUMBERS) and all(
        are_amounts(spans[title], spans["currency"], codes) for title in _AMOUNTS
    )


@dataclass(slots=True)
class _Orders(Mapping[str, Mapping[str, Sequence[int]]]):
    """Orders by supplier: the rows of the n-th order of the file lie from `starts[n]` up to the next."""

    orders: Sequence[str]
    starts: Sequence[int]
    of: dict[str, list[int]] = field(default_factory=dict)
    told_apart: dict[int, Sequence[int]] = field(default_factory=dict)

    def rows(self, place: int) -> Sequence[int]:
        """The rows of the n-th order."""
        return self.told_apart.get(place) or range(self.starts[place], self.starts[place + 1])

    def __getitem__(self, supplier: str) -> Mapping[str, Sequence[int]]:
        return {self.orders[place]: self.rows(place) for place in self.of[supplier]}

    def __iter__(self) -> Iterator[str]:
        return iter(self.of)

    def __len__(self) -> int:
        return len(self.of)


def _once(numbers: Sequence[int], file: OrderFile, name: str, notices: list[tuple[int, str]]) -> Sequence[int]:
    """The rows of an order without those that stand there twice in everything; a line that stands there again is said."""
    kept: dict[str, Sequence[str]] = {}
    rows = []
    for number, cells in zip(numbers, file.rows_of(numbers), strict=True):
        first = kept.setdefault(cells[3], cells)
        if first is not cells:
            same = "the same" if first == cells else "another"
            where = f"{name}, row {number + _FIRST_ROW}"
            notices.append((number, f"{where}: line {cells[3]} of order {cells[0]} stands there again as {same} row."))
            if first == cells:
                continue
        rows.append(number)
    return rows
