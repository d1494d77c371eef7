"""Customers' purchase orders as their accounts-payable portals show them, with our invoices against them and what was paid.

A portal's status that we do not know is `OTHER` with its own words kept; it is never an error, and never guessed.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NewType

from core.domain.measures import Quantity, Rate
from core.domain.money import Money, total

OrderCursor = NewType("OrderCursor", str)
"""What a driver remembers of the last sync, in its own form; empty before the first one. It holds no secret."""


def number_key(number: str) -> str:
    """A number as portals compare numbers: case and blanks do not count. Two numbers with one key are one to a portal."""
    return "".join(number.split()).casefold()


class OrderStatus(StrEnum):
    """Whether a customer's order is open. Only `ISSUED` can be invoiced; some holds come back by themselves."""

    ISSUED = "issued"
    ON_HOLD = "on_hold"
    SOFT_CLOSED = "soft_closed"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    DRAFT = "draft"
    ERROR = "error"
    OTHER = "other"


class PortalInvoiceStatus(StrEnum):
    """Where our invoice is in the customer's portal. Paid is no status: see `PortalPayment`."""

    DRAFT = "draft"
    PROCESSING = "processing"
    PENDING_APPROVAL = "pending_approval"
    PENDING_RECEIPT = "pending_receipt"
    APPROVED = "approved"
    ON_HOLD = "on_hold"
    DISPUTED = "disputed"
    ABANDONED = "abandoned"
    REJECTED = "rejected"
    VOIDED = "voided"
    INVALID = "invalid"
    OTHER = "other"


class OrderLineKind(StrEnum):
    """Goods by quantity and price, or a service by its amount alone; an invoice line must be of its order line's kind."""

    QUANTITY = "quantity"
    AMOUNT = "amount"


@dataclass(frozen=True, slots=True)
class PortalCustomer:
    """A customer in a portal, by the name that the portal shows; `instance` is the host of its pages once it is known."""

    name: str
    instance: str = ""


@dataclass(frozen=True, slots=True)
class CustomerOrderLine:
    """A line of a customer's order. `quantity` is None on an amount line; `invoiced` and `received` where the portal says."""

    number: str
    kind: OrderLineKind
    description: str
    price: Rate
    total: Money
    quantity: Quantity | None = None
    unit: str = ""
    part_number: str = ""
    need_by: date | None = None
    invoiced: Money | None = None
    received: Quantity | None = None


@dataclass(frozen=True, slots=True)
class OrderNote:
    """What the customer wrote on an order: its note for suppliers (`by` empty) or a comment of somebody."""

    text: str
    by: str = ""
    on: date | None = None


@dataclass(frozen=True, slots=True)
class PortalPayment:
    """What a portal says of paying an invoice. `projected_on` is its forecast and binds nobody."""

    paid: bool
    information: str = ""
    projected_on: date | None = None


@dataclass(frozen=True, slots=True)
class PortalInvoice:
    """One of our invoices as a portal lists it; `reference` is the portal's own id, `status_text` its own word."""

    number: str
    reference: str
    status: PortalInvoiceStatus
    status_text: str
    order_number: str
    total: Money
    created_on: date | None = None
    dispute_reason: str = ""
    payment: PortalPayment | None = None


@dataclass(frozen=True, slots=True)
class CustomerPurchaseOrder:
    """A customer's order with everything that the portal shows of it; `reference` is the portal's own id, not the number."""

    customer: PortalCustomer
    number: str
    reference: str
    status: OrderStatus
    status_text: str
    total: Money
    lines: tuple[CustomerOrderLine, ...] = ()
    ordered_on: date | None = None
    acknowledged_on: date | None = None
    payment_term: str = ""
    notes: tuple[OrderNote, ...] = ()
    invoices: tuple[PortalInvoice, ...] = ()
    may_be_invoiced: bool = False

    @property
    def invoiced(self) -> Money | None:
        """What was invoiced against all lines; None when the portal leaves it out on any of them."""
        amounts = [line.invoiced for line in self.lines if line.invoiced is not None]
        return total(amounts, self.total.currency) if amounts and len(amounts) == len(self.lines) else None

    @property
    def remaining(self) -> Money | None:
        """What may still be invoiced; None while the portal does not say what was invoiced."""
        return None if self.invoiced is None else self.total - self.invoiced


@dataclass(frozen=True, slots=True)
class OrderSync:
    """What a sync of one customer gave: the orders that are new or changed, the numbers of the others, and how to go on.

    `invoices_listed` counts our invoices that the portal lists for the customer; a later look that sees none is not believed.
    `orders_listed` counts its orders, `to_read` those that are new or changed and still to be read when this was told.
    """

    customer: PortalCustomer
    changed: tuple[CustomerPurchaseOrder, ...]
    unchanged: tuple[str, ...]
    cursor: OrderCursor
    invoices_listed: int = 0
    orders_listed: int = 0
    to_read: int = 0
