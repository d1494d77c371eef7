"""Open documents as columns of a file: a million of them without a million records.

A record (`OpenDocument`) is made of a row when somebody asks for it, and only then.
"""

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
    zero without terms. Numbers are distinct.
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

    def document(self, row: int) -> OpenDocument:
        """The record of one row."""
        return OpenDocument(
            number=InvoiceNumber(self.numbers.text(row)),
            customer=CustomerId(self.customers.text(row)),
            currency=self.currencies[self.unit[row]],
            issued=int(self.issued[row]),
            due=int(self.due[row]),
            amount=int(self.amount[row]),
            open=int(self.open[row]),
            discount=int(self.discount[row]),
            until=int(self.until[row]),
            order=self.orders.text(row),
            row=row,
        )
