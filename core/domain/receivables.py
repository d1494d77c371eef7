"""What customers owe us: our invoices to them and our credit memos."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from core.domain.ids import DEFAULT_ENTITY, CustomerId, EntityId, InvoiceNumber
from core.domain.money import Money


class DocumentKind(StrEnum):
    """Whether an open document raises or lowers what the customer owes."""

    INVOICE = "invoice"
    CREDIT_MEMO = "credit_memo"


@dataclass(frozen=True, slots=True)
class CustomerInvoice:
    """One of our open documents: an invoice to a customer or a credit memo.

    `amount` and `open_amount` are positive for both kinds, as in the ledger's file; an application of a credit memo is
    negative money. `discount_amount` may be taken when paid on or before `discount_until`.
    """

    number: InvoiceNumber
    customer_id: CustomerId
    issue_date: date
    amount: Money
    open_amount: Money
    due_date: date | None = None
    discount_amount: Money | None = None
    discount_until: date | None = None
    po_number: str = ""
    kind: DocumentKind = DocumentKind.INVOICE
    entity: EntityId = DEFAULT_ENTITY

    @property
    def sign(self) -> int:
        """+1 for an invoice, -1 for a credit memo: the sign of money applied to it."""
        return 1 if self.kind is DocumentKind.INVOICE else -1

    def discount_on(self, day: date) -> Money:
        """The early-payment discount that the terms allow when paid on `day`; zero outside the terms."""
        if self.discount_amount is None or self.discount_until is None or day > self.discount_until:
            return Money.zero(self.amount.currency)
        return self.discount_amount
