"""Open documents as columns of a file: a million of them without a million records.

A record (`OpenDocument`) is made of a row when somebody asks for it, and only then.
"""

import struct
from dataclasses import dataclass
from typing import Final

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


_ROW: Final = struct.Struct("<qqqIIIIiiiqqq")
_LAYOUT: Final = np.dtype(
    [(name, "<i8") for name in ("number", "customer", "order")]
    + [(name, "<u4") for name in ("number_size", "customer_size", "order_size", "unit")]
    + [(name, "<i4") for name in ("issued", "due", "until")]
    + [(name, "<i8") for name in ("amount", "open", "discount")]
)


class Records:
    """Makes records of rows. All of a row stands side by side in memory: a million rows are asked for in no order."""

    def __init__(self, columns: OpenColumns) -> None:
        self._data = columns.numbers.data
        self._currencies = columns.currencies
        self._customers: dict[bytes, CustomerId] = {}
        rows = np.zeros(len(columns), _LAYOUT)
        for name, span in (("number", columns.numbers), ("customer", columns.customers), ("order", columns.orders)):
            rows[name], rows[f"{name}_size"] = span.begin, span.end - span.begin
        for name in ("unit", "issued", "due", "until", "amount", "open", "discount"):
            rows[name] = getattr(columns, name)
        self._rows = rows.tobytes()

    def document(self, row: int) -> OpenDocument:
        """The record of one row."""
        (
            number, owner, order, number_size, owner_size, order_size, unit, issued, due, until, amount, balance, discount,
        ) = _ROW.unpack_from(self._rows, row * _ROW.size)  # fmt: skip
        data = self._data
        written = data[owner : owner + owner_size]
        customer = self._customers.get(written)
        if customer is None:
            customer = self._customers[written] = CustomerId(written.decode("utf-8"))
        return OpenDocument(
            InvoiceNumber(data[number : number + number_size].decode("utf-8")),
            customer,
            self._currencies[unit],
            issued,
            due,
            amount,
            balance,
            discount,
            until,
            data[order : order + order_size].decode("utf-8"),
            row,
        )
