"""Documents filed all at once, by sorted numbers instead of dictionaries of words; nothing in here ever changes.

Built in a second or two for a million documents, shared by processes without a copy, and asked in about a microsecond. What
changes afterwards stands in the dictionaries of `core.match.index`, which knows which of these entries no longer hold.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Container, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from core.domain.ids import CustomerId
from core.match import bulk_keys, schemes
from core.match.bulk_keys import Keys
from core.match.ledger import OpenDocument
from core.match.normal import compact, shape
from core.match.open_columns import OpenColumns, Records
from core.match.schemes import Level
from core.match.spans import Bytes

_SPREAD: Final = 0x9E3779B97F4A7C15
_ALL_BITS: Final = 2**64 - 1
_KEY_BITS: Final = 64
_MOST_SHELF_BITS: Final = 20
_UNITS: Final = 256
_WORTH_COMPARING: Final = 4
_MOST_DIFFERING: Final = 2


class Table:
    """Numbers to rows, rising for each number. Spread over shelves by their first bits, then found by bisection."""

    def __init__(self, keys: Keys, rows: npt.NDArray[np.int32], notes: npt.NDArray[np.uint16] | None = None) -> None:
        spread = keys * np.uint64(_SPREAD)
        order = np.argsort(spread, kind="stable")
        spread = spread[order]
        self._bits = _KEY_BITS - max(1, min(_MOST_SHELF_BITS, len(spread).bit_length()))
        counts = np.bincount((spread >> np.uint64(self._bits)).astype(np.int64), minlength=1 << (_KEY_BITS - self._bits))
        self._keys: Sequence[int] = spread.data
        self._shelves: Sequence[int] = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64).data
        self._rows: Sequence[int] = rows[order].data
        self._notes: Sequence[int] = notes[order].data if notes is not None else ()

    def _places(self, key: int) -> tuple[int, int]:
        wanted = key * _SPREAD & _ALL_BITS
        shelf = wanted >> self._bits
        end = self._shelves[shelf + 1]
        begin = bisect_left(self._keys, wanted, self._shelves[shelf], end)
        if begin == end or self._keys[begin] != wanted:
            return 0, 0
        return begin, bisect_right(self._keys, wanted, begin, end)

    def rows(self, key: int) -> Sequence[int]:
        """The rows of a key, rising."""
        begin, end = self._places(key)
        return self._rows[begin:end] if end else ()

    def noted(self, key: int, most: int) -> list[tuple[int, int]]:
        """(row, note) for each row of a key, the first `most` of them."""
        begin, end = self._places(key)
        end = min(end, begin + most)
        return list(zip(self._rows[begin:end], self._notes[begin:end], strict=True)) if end else []


class Filed:
    """Columns with their tables. `odd` rows have numbers that are filed one by one, by the index itself."""

    def __init__(self, columns: OpenColumns) -> None:
        self.columns = columns
        self._records = Records(columns)
        rows = np.arange(len(columns), dtype=np.int32)
        filing = bulk_keys.number_keys(columns.numbers)
        self.odd: list[int] = filing.odd.tolist()
        self.masks = filing.masks
        self._plains, self._short = filing.plains, filing.short
        notes = filing.levels.astype(np.uint16) + (filing.lengths.astype(np.uint16) << np.uint16(8))
        ending = filing.levels == Level.SUFFIX
        self._keys = Table(filing.keys[~ending], filing.rows[~ending], notes[~ending])
        self._endings = Table(filing.keys[ending], filing.rows[ending])
        self._numbers = Table(bulk_keys.remainders(columns.numbers), rows)
        owners = bulk_keys.remainders(columns.customers)
        self._owner: Sequence[int] = owners.data
        self._told_apart = bulk_keys.told_apart(columns.customers, owners)
        unsettled = columns.open != 0
        self._customers = Table(owners[unsettled], rows[unsettled])
        amounts = columns.open.astype(np.uint64) * np.uint64(_UNITS) + columns.unit
        self._amounts = Table(amounts[unsettled], rows[unsettled])
        self._orders = self._file_orders(rows)
        self._issued: Sequence[int] = columns.issued.astype(np.int32).data
        self._unit: Sequence[int] = columns.unit.data

    def _file_orders(self, rows: npt.NDArray[np.int32]) -> Table:
        keys, sure = bulk_keys.compact_remainders(self.columns.orders)
        filled = self.columns.orders.end > self.columns.orders.begin
        self.odd_orders: list[int] = np.flatnonzero(filled & ~sure).tolist()
        filled &= sure & (keys != 0)
        return Table(keys[filled], rows[filled])

    def row_of(self, number: str) -> int:
        """The row of a document, -1 where there is none of this number."""
        for row in self._numbers.rows(bulk_keys.remainder(number)):
            if self.columns.numbers.text(row) == number:
                return row
        return -1

    def hits(self, key: str, most: int) -> list[tuple[int, Level]]:
        """Rows whose number can be written so, in other ways than by its last digits; of a short word only the first `most`.

        2025 is a way of writing all numbers that end in the year, and nobody needs to see each of them.
        """
        whole = len(key) > bulk_keys.EXACT_UP_TO
        return self._checked(self._keys.noted(bulk_keys.remainder(key), len(self.columns) if whole else most), key)

    def endings(self, key: str) -> Sequence[int]:
        """Rows whose running number ends so."""
        return self._endings.rows(bulk_keys.remainder(key)) if len(key) <= bulk_keys.EXACT_UP_TO else ()

    def _checked(self, noted: list[tuple[int, int]], key: str) -> list[tuple[int, Level]]:
        size = len(key)
        found = [(row, Level(note & 255)) for row, note in noted if note >> 8 == size]
        if size <= bulk_keys.EXACT_UP_TO:
            return found
        return [(row, level) for row, level in found if _is_key(self.columns.numbers.text(row), key, level)]

    def of_owner(self, customer: CustomerId) -> Sequence[int]:
        """Rows that may be unsettled documents of a customer; whoever makes records of them sees whose they are."""
        return self._customers.rows(bulk_keys.remainder(customer))

    def slips(self, customer: CustomerId, plain: str) -> Sequence[int]:
        """Those of the rows of `of_owner` whose plain number may be one slip of the finger away from this plain word."""
        rows = self.of_owner(customer)
        written = plain.encode()
        if len(rows) < _WORTH_COMPARING or len(written) > bulk_keys.PLAIN_WIDTH:
            return rows
        places = np.asarray(rows)
        # Equal length is not looked at: where it differs, bytes differ too.
        differing = np.count_nonzero(self._plains[places] != _padded(written), axis=1)
        near = (differing > 0) & (differing <= _MOST_DIFFERING)
        found: list[int] = places[near | ~self._short[places]].tolist()
        return found

    def count_of(self, customer: CustomerId, currency: str, day: int, without: Container[int]) -> int:
        """How many unsettled documents of a currency a customer has that existed on that day; `without` these rows."""
        columns, written, rows = self.columns, customer.encode(), self.of_owner(customer)
        if not self._told_apart:
            rows = [row for row in rows if columns.customers.is_text(row, written)]
        elif not rows or not columns.customers.is_text(rows[0], written):
            return 0
        issued, unit = self._issued, self._unit
        units = {at for at, each in enumerate(columns.currencies) if each.code == currency}
        return len([row for row in rows if row not in without and issued[row] <= day and unit[row] in units])

    def owned_by(self, rows: Sequence[int], customers: Container[CustomerId]) -> list[int]:
        """Those of the rows that are documents of these customers."""
        if isinstance(customers, frozenset):
            owners = {bulk_keys.remainder(each) for each in customers}
            rows = [row for row in rows if self._owner[row] in owners]
        return [row for row in rows if self.columns.customers.text(row) in customers]

    def of_order(self, key: str) -> Sequence[int]:
        """Rows that may name this order."""
        return self._orders.rows(bulk_keys.remainder(key)) if key else ()

    def of_amount(self, currency: str, minor: int) -> list[int]:
        """Rows that ask for exactly this."""
        units = [at for at, each in enumerate(self.columns.currencies) if each.code == currency]
        return [row for unit in units for row in self._amounts.rows(minor * _UNITS + unit & _ALL_BITS)]

    def document(self, row: int) -> OpenDocument:
        """A record of one row; whoever asks keeps it."""
        return self._records.document(row)


def _padded(written: bytes) -> Bytes:
    return np.frombuffer(written.ljust(bulk_keys.PLAIN_WIDTH, b"\0"), np.uint8)


def _is_key(number: str, key: str, level: Level) -> bool:
    """Whether a number can be written so, at this level; in full is what long words mostly are, and is told soonest."""
    if level is Level.FULL and shape(compact(number)) == key:
        return True
    return schemes.keys(number).get(key) is level
