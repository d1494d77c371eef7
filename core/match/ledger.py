"""Open documents as the matcher holds them: balances in minor units with the sign of what they ask for.

A credit memo is negative. The discount of the terms counts only while the whole document is open and the last day has not
passed. Dates are ordinals, because they are compared far more often than shown.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from core.domain.ids import CustomerId, InvoiceNumber
from core.domain.money import Currency
from core.domain.receivables import CustomerInvoice
from core.match.normal import compact, shape

_NO_CURRENCY: Final = Currency("", 0)


@dataclass(slots=True, eq=False)
class OpenDocument:
    """One document. `open` is what it still asks for (negative for a credit memo, zero when settled)."""

    number: InvoiceNumber
    customer: CustomerId
    currency: Currency
    issued: int
    due: int
    amount: int
    open: int
    discount: int
    until: int
    order: str
    row: int = -1
    _plain: str = ""

    @classmethod
    def of(cls, document: CustomerInvoice) -> "OpenDocument":
        """From the ledger's record."""
        issued = document.issue_date.toordinal()
        return cls(
            number=document.number,
            customer=document.customer_id,
            currency=document.amount.currency,
            issued=issued,
            due=document.due_date.toordinal() if document.due_date else issued,
            amount=document.sign * document.amount.minor,
            open=document.sign * document.open_amount.minor,
            discount=document.discount_amount.minor if document.discount_amount else 0,
            until=document.discount_until.toordinal() if document.discount_until else 0,
            order=document.po_number,
        )

    @classmethod
    def settled(cls, number: InvoiceNumber, customer: CustomerId, day: date) -> "OpenDocument":
        """A number known only from money that settled it."""
        ordinal = day.toordinal()
        return cls(number, customer, _NO_CURRENCY, ordinal, ordinal, 0, 0, 0, 0, "")

    def earned(self, day: int) -> int:
        """The discount that the terms allow on that day; zero once something was paid, or too late."""
        return self.discount if self.discount and day <= self.until and self.open == self.amount else 0

    def missed(self, day: int, grace: int) -> int:
        """The discount that was missed by at most `grace` days."""
        late = self.until < day <= self.until + grace
        return self.discount if self.discount and late and self.open == self.amount else 0

    def asks(self, day: int) -> tuple[int, ...]:
        """What may settle it on that day: what is open, and that less the discount of its terms where it is allowed."""
        earned = self.earned(day)
        return (self.open, self.open - earned) if earned else (self.open,)

    @property
    def plain(self) -> str:
        """The number as it is compared: compact, look-alike letters and digits made equal."""
        if not self._plain:
            self._plain = shape(compact(self.number))
        return self._plain

    @property
    def order_key(self) -> tuple[int, str]:
        """Oldest due first, then by number: for display and for cutting at limits, never for choosing."""
        return (self.due, self.number)
