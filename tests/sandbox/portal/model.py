"""What the portal holds: buyers with their orders, the supplier's invoices, its users and their sessions."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum


class LineKind(StrEnum):
    """Goods by quantity and price, or a service by its amount alone."""

    QUANTITY = "quantity"
    AMOUNT = "amount"


@dataclass
class OrderLine:
    """`quantity` and `unit` are empty on an amount line, whose price is the whole amount."""

    number: int
    description: str
    price: Decimal
    kind: LineKind = LineKind.QUANTITY
    quantity: Decimal = Decimal(1)
    unit: str = "Each"
    part_number: str = ""
    need_by: date | None = None
    received: Decimal = Decimal(0)
    # What was invoiced before the portal's own invoices begin.
    invoiced_before: Decimal = Decimal(0)

    @property
    def total(self) -> Decimal:
        return self.price if self.kind is LineKind.AMOUNT else self.price * self.quantity


@dataclass
class Comment:
    by: str
    at: datetime
    text: str


@dataclass
class Order:
    """`id` is the internal one of the address; `number` is what people say, and may carry a prefix."""

    id: int
    number: str
    buyer: str
    ordered_on: date
    lines: list[OrderLine]
    currency: str = "USD"
    status: str = "Issued"
    acknowledged_on: date | None = None
    revised_on: date | None = None
    payment_term: str = "Net 30"
    requester: str = "Purchasing"
    ship_to: str = "1 Dock Street"
    shipping_term: str = "Standard"
    note: str = ""
    comments: list[Comment] = field(default_factory=list)
    # The buyer blocked the order for invoicing without closing it.
    invoice_stop: bool = False

    @property
    def total(self) -> Decimal:
        return sum((line.total for line in self.lines), Decimal(0))


@dataclass
class InvoiceLine:
    order_line: int
    description: str
    price: Decimal
    kind: LineKind = LineKind.QUANTITY
    quantity: Decimal = Decimal(1)
    unit: str = "Each"
    part_number: str = ""
    tax_code: str = ""

    @property
    def total(self) -> Decimal:
        return self.price if self.kind is LineKind.AMOUNT else self.price * self.quantity


@dataclass
class PortalFile:
    """Only what can be seen afterwards; the bytes themselves are not kept."""

    name: str
    size: int
    sha256: str


@dataclass
class PortalInvoice:
    id: int
    buyer: str
    order_number: str
    created_on: date
    invoice_date: date | None
    currency: str
    number: str = ""
    status: str = "Draft"
    lines: list[InvoiceLine] = field(default_factory=list)
    shipping: Decimal = Decimal(0)
    handling: Decimal = Decimal(0)
    misc: Decimal = Decimal(0)
    tax: Decimal = Decimal(0)
    legal_entity: str = ""
    remit_to: str = ""
    ship_from: str = ""
    delivery_number: str = ""
    note: str = ""
    scan: PortalFile | None = None
    attachments: list[PortalFile] = field(default_factory=list)
    paid: bool = False
    payment_info: str = ""
    projected_on: date | None = None
    dispute_reason: str = ""
    saves: int = 0

    @property
    def net(self) -> Decimal:
        return sum((line.total for line in self.lines), Decimal(0))

    @property
    def total(self) -> Decimal:
        return self.net + self.shipping + self.handling + self.misc + self.tax


@dataclass
class Buyer:
    """A customer with an instance of its own; the flags are what it lets its suppliers do."""

    slug: str
    name: str
    may_invoice: bool = True
    forbids_charges: bool = False
    requires_tax_code: bool = False
    forbids_future_dates: bool = True
    # Coupa refuses a number that was used; off, a second save really makes a second draft, which is what tests look for.
    unique_numbers: bool = True
    accepts_first: bool = False
    tax_percent: Decimal = Decimal(0)


@dataclass
class User:
    """Somebody of the supplier. `dates` and `numbers` are keys of `formats`."""

    email: str
    password: str
    name: str = "Robot"
    secret: str = ""
    mfa: str = "none"
    language: str = "en-US"
    dates: str = "mdy"
    numbers: str = "point"
    widget: str = "combobox"
    legal_entities: list[str] = field(default_factory=lambda: ["Harbor & Pine Supply, Inc."])
    buyers: list[str] = field(default_factory=list)
    selected: str = ""
    failures: int = 0
    locked: bool = False
    expired_password: bool = False
    saw_tour: bool = False
    recovery_codes: list[str] = field(default_factory=list)
    last_step: int = -1


@dataclass
class World:
    """Everything that a test may load in one go."""

    buyers: list[Buyer]
    orders: list[Order]
    users: list[User]
    invoices: list[PortalInvoice] = field(default_factory=list)


@dataclass
class Session:
    id: str
    email: str
    began: datetime
    seen: datetime
