"""Open documents as columns of a file: a million of them without a million records.

A record (`OpenDocument`) is made of a row when somebody asks for it, and only then.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.domain.ids import CustomerId, InvoiceNumber
from core.domain.money import Currency
from core.match.ledger import OpenDocument
from core.match.spans import Span, Wholes


@dataclass(frozen=True, slots=True)
class OpenColumns:
    """Documents by row. Amounts are minor units of `currencies[unit[row]]` with the sign of what they ask for, days ordinals.

    The same values as those of `OpenDocument`: `due` is the day of issue where the file has none, `discount` and `until` are
    zero without terms. Numbers are distinct; all text stands in the bytes of one file.
    """

    numbers: Span
    customers: Span
    orders: Span
    currencies: tuple[Currency, ...]
    unit: npt.NDArray[np.uint8]
    issued: Wholes
    due: Wholes
    amount: Wholes
    open: Wholes
    discount: Wholes
    until: Wholes

    def __len__(self) -> int:
        return len(self.numbers)


class Records:
    """Makes records of rows; numbers are taken from memory itself, which is faster than asking an array for one at a time."""

    def __init__(self, columns: OpenColumns) -> None:
        self._data = columns.numbers.data
        self._currencies = columns.currencies
        self._unit: Sequence[int] = columns.unit.data
        self._places: tuple[Sequence[int], ...] = tuple(
            edge.data for span in (columns.numbers, columns.customers, columns.orders) for edge in (span.begin, span.end)
        )
        days = (columns.issued, columns.due)
        amounts = (columns.amount, columns.open, columns.discount, columns.until)
        self._values: tuple[Sequence[int], ...] = tuple(each.data for each in (*days, *amounts))
        self._customers: dict[bytes, CustomerId] = {}

    def document(self, row: int) -> OpenDocument:
        """The record of one row."""
        data, places = self._data, self._places
        owner = data[places[2][row] : places[3][row]]
        customer = self._customers.get(owner)
        if customer is None:
            customer = self._customers[owner] = CustomerId(owner.decode("utf-8"))
        issued, due, amount, balance, discount, until = self._values
        return OpenDocument(
            InvoiceNumber(data[places[0][row] : places[1][row]].decode("utf-8")),
            customer,
            self._currencies[self._unit[row]],
            issued[row],
            due[row],
            amount[row],
            balance[row],
            discount[row],
            until[row],
            data[places[4][row] : places[5][row]].decode("utf-8"),
            row,
        )
