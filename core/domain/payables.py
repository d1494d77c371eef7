"""What we ordered, what arrived, and what suppliers bill us for: purchase orders, receipts, supplier invoices, units.

Quantities are in the unit of their own line; only `Units` says how one unit becomes another, and where it says nothing nobody
guesses. Quantities and rates are exact decimals, amounts are money.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from core.domain.ids import DEFAULT_ENTITY, EntityId, PoNumber, SupplierId, SupplierInvoiceNumber
from core.domain.measures import Exact, Quantity, Rate
from core.domain.money import Currency, Money

NONE_BILLED = Quantity(Decimal(0))
SAME_UNIT = Fraction(1)


class LineKind(StrEnum):
    """Whether a line is judged by rate and quantity (an item) or by its amount alone (an expense)."""

    ITEM = "item"
    EXPENSE = "expense"


class ChargeKind(StrEnum):
    """What a line for the invoice as a whole is, beside the goods and services that it bills."""

    FREIGHT = "freight"
    TAX = "tax"
    DISCOUNT = "discount"
    OTHER = "other"

    @property
    def word(self) -> str:
        """As files and people call it."""
        return "charge" if self is ChargeKind.OTHER else self.value


class ComparisonWay(StrEnum):
    """Two-way: invoice against order. Three-way: invoice against order and receipts. Set for each order line by the ledger."""

    TWO_WAY = "two_way"
    THREE_WAY = "three_way"


class OrderStatus(StrEnum):
    """A closed order can take no further invoice."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Supplier:
    """Somebody who bills us. `category` chooses tolerances; `email` is where questions about an invoice go.

    By `aliases`, `email_domains` and `tax_ids` a document is known to be theirs. `bank_accounts` are where we pay them, as the
    ledger knows it; nothing else ever adds to them.
    """

    id: SupplierId
    name: str
    category: str = ""
    currency: str | None = None
    entity: EntityId = DEFAULT_ENTITY
    email: str = ""
    aliases: tuple[str, ...] = ()
    email_domains: tuple[str, ...] = ()
    tax_ids: tuple[str, ...] = ()
    bank_accounts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class OrderLineRef:
    """Which line of which of our orders."""

    po_number: PoNumber
    line: str


@dataclass(frozen=True, slots=True)
class PurchaseOrderLine:
    """One line of an order of ours. An item line has a quantity and a rate, an expense line an amount.

    `quantity_billed` and `amount_billed` are what earlier invoices took, in the order's own unit.
    """

    po_number: PoNumber
    line: str
    kind: LineKind
    way: ComparisonWay
    item_code: str = ""
    supplier_item_code: str = ""
    description: str = ""
    quantity: Quantity | None = None
    uom: str = ""
    rate: Rate | None = None
    amount: Money | None = None
    quantity_billed: Quantity = NONE_BILLED
    amount_billed: Money | None = None
    coding: str = ""

    @property
    def ref(self) -> OrderLineRef:
        """How other records name this line."""
        return OrderLineRef(self.po_number, self.line)

    @property
    def label(self) -> tuple[str, str, str]:
        """What it calls its item: our code, the supplier's code, a description."""
        return (self.item_code, self.supplier_item_code, self.description)


@dataclass(frozen=True, slots=True)
class PurchaseOrder:
    """Our promise to buy from one supplier, in one currency."""

    number: PoNumber
    supplier_id: SupplierId
    currency: Currency
    lines: tuple[PurchaseOrderLine, ...]
    status: OrderStatus = OrderStatus.OPEN
    order_date: date | None = None
    entity: EntityId = DEFAULT_ENTITY

    @property
    def labels(self) -> tuple[tuple[str, str, str], ...]:
        """The label of each line."""
        return tuple(line.label for line in self.lines)

    def line_at(self, place: int) -> PurchaseOrderLine:
        """The line at a place of `labels`."""
        return self.lines[place]


@dataclass(frozen=True, slots=True)
class Receipt:
    """Goods or services that arrived for an order line; counts whatever its date. An empty unit is that of the order line."""

    number: str
    po_number: PoNumber
    po_line: str
    received_date: date
    quantity: Quantity
    uom: str = ""

    @property
    def ref(self) -> OrderLineRef:
        """The order line that this arrived for."""
        return OrderLineRef(self.po_number, self.po_line)


@dataclass(frozen=True, slots=True)
class SupplierInvoiceLine:
    """One line of a supplier's invoice as it states it. `kind` is None where the invoice does not say.

    A `price_correction` changes the price of what other lines bill and bills no quantity of its own. A `charge` is for the
    invoice as a whole: freight, tax, a discount. `tax` and `tax_percent` are what the line says of the tax on it.
    """

    line: str
    amount: Money
    kind: LineKind | None = None
    item_code: str = ""
    description: str = ""
    quantity: Quantity | None = None
    uom: str = ""
    rate: Rate | None = None
    price_correction: bool = False
    charge: ChargeKind | None = None
    tax_percent: Decimal | None = None
    tax: Money | None = None


@dataclass(frozen=True, slots=True)
class SupplierInvoice:
    """A supplier's bill. `po_numbers` are the order numbers as the supplier wrote them, in any spelling.

    `discount` may be kept by paying on `discount_until` at the latest; `tax` comes on top of the lines. `bank_accounts` are
    where it asks to be paid.
    """

    number: SupplierInvoiceNumber
    supplier_id: SupplierId
    invoice_date: date
    currency: Currency
    lines: tuple[SupplierInvoiceLine, ...]
    po_numbers: tuple[str, ...] = ()
    entity: EntityId = DEFAULT_ENTITY
    due_date: date | None = None
    discount_until: date | None = None
    discount: Money | None = None
    tax: Money | None = None
    bank_accounts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UnitConversion:
    """One `from_uom` is `factor` of `to_uom`; an empty supplier or item means any."""

    from_uom: str
    to_uom: str
    factor: Decimal
    supplier_id: str = ""
    item_code: str = ""


@dataclass(slots=True)
class Units:
    """Looks conversions up, both ways, the most specific first: item and supplier, item, supplier, anybody's.

    Two rows of one scope that contradict each other answer nothing: that is a question for a person.
    """

    conversions: Iterable[UnitConversion] = ()
    _factors: dict[tuple[str, str, str, str], set[Fraction]] = field(default_factory=dict, init=False, repr=False)
    _answers: dict[tuple[str, str, str, str], Fraction | None] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        for row in self.conversions:
            one, other = unit_key(row.from_uom), unit_key(row.to_uom)
            if row.factor > 0 and one != other:
                forth = Fraction(row.factor)
                self._factors.setdefault((row.supplier_id, row.item_code, one, other), set()).add(forth)
                self._factors.setdefault((row.supplier_id, row.item_code, other, one), set()).add(1 / forth)

    def factor(self, supplier_id: str, item_code: str, from_uom: str, to_uom: str) -> Fraction | None:
        """How many `to_uom` one `from_uom` is; None where nobody said. An empty unit is the other one's."""
        if from_uom == to_uom or not from_uom or not to_uom:
            return SAME_UNIT
        key = (supplier_id, item_code, from_uom, to_uom)
        if key not in self._answers:
            self._answers[key] = self._factor(supplier_id, item_code, unit_key(from_uom), unit_key(to_uom))
        return self._answers[key]

    def _factor(self, supplier_id: str, item_code: str, one: str, other: str) -> Fraction | None:
        if one == other:
            return SAME_UNIT
        for scope in ((supplier_id, item_code), ("", item_code), (supplier_id, ""), ("", "")):
            if (item_code or not scope[1]) and (found := self._factors.get((*scope, one, other))):
                return next(iter(found)) if len(found) == 1 else None
        return None


def converted(quantity: Exact, factor: Fraction) -> Exact:
    """A quantity in the other unit, exact."""
    return quantity if factor is SAME_UNIT or factor == 1 else Fraction(quantity) * factor


def unit_key(uom: str) -> str:
    """A unit as it is compared: without case, blanks and points."""
    return "".join(sign for sign in uom.casefold() if sign not in " .")
