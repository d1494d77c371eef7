"""What is left to bill on an order line, and what an invoice line asks for in that line's terms. Exact, and the same for all.

Expected quantity: two-way is ordered minus billed, three-way is received minus billed, over every earlier invoice and receipt,
in the order's unit. The linker looks at these numbers and the verdict is reached on them, so they are computed here, once.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from core.domain.ids import SupplierInvoiceNumber
from core.domain.measures import Exact, Rate, added, extended, subtracted
from core.domain.money import Money
from core.domain.payables import (
    SAME_UNIT,
    ComparisonWay,
    LineKind,
    OrderLineRef,
    PurchaseOrderLine,
    Receipt,
    SupplierInvoiceLine,
    Units,
    converted,
)


@dataclass(frozen=True, slots=True)
class Received:
    """What arrived for an order line, in its unit. `unknown_unit` names one that nobody converts; `quantity` is then short."""

    quantity: Exact = Decimal(0)
    unknown_unit: str = ""


@dataclass(frozen=True, slots=True)
class BilledElsewhere:
    """What other invoices take that the ledger has not counted yet: quantity in the order's unit, and amount."""

    quantity: Exact = Decimal(0)
    amount: Money | None = None
    by: tuple[SupplierInvoiceNumber, ...] = ()


NOTHING_RECEIVED = Received()
NOTHING_ELSEWHERE = BilledElsewhere()


@dataclass(frozen=True, slots=True)
class Standing:
    """An order line with what arrived for it and what others bill on it."""

    line: PurchaseOrderLine
    received: Received = NOTHING_RECEIVED
    elsewhere: BilledElsewhere = NOTHING_ELSEWHERE

    @property
    def by_amount(self) -> bool:
        """Whether this line is judged by amount alone: an expense, or an item without a quantity or rate."""
        return self.line.kind is LineKind.EXPENSE or self.line.quantity is None or self.line.rate is None

    @property
    def quantity(self) -> Exact | None:
        """The quantity that may still be billed, in the order's unit; None where it cannot be known."""
        three_way = self.line.way is ComparisonWay.THREE_WAY
        if self.line.quantity is None or (three_way and self.received.unknown_unit):
            return None
        basis = self.received.quantity if three_way else self.line.quantity
        left = subtracted(basis, self.line.quantity_billed)
        return left if self.elsewhere is NOTHING_ELSEWHERE else subtracted(left, self.elsewhere.quantity)

    @property
    def amount(self) -> Money | None:
        """The amount that may still be billed on a line judged by amount; None where the order states none."""
        left = self.line.amount
        for taken in (self.line.amount_billed, self.elsewhere.amount):
            if left is not None and taken is not None:
                left -= taken
        return left


@dataclass(frozen=True, slots=True)
class Asked:
    """What an invoice line asks for, in an order line's unit. None: not stated, or in a unit that nobody converts.

    `from_amount`: the rate is that of the amount, because the line states no rate or one that its amount contradicts.
    """

    quantity: Exact | None
    rate: Exact | None
    unit_unknown: bool = False
    from_amount: bool = False


def received_by_line(
    receipts: Iterable[Receipt], lines: Iterable[tuple[str, PurchaseOrderLine]], units: Units
) -> dict[OrderLineRef, Received]:
    """What arrived for each of `lines` (with their supplier), cumulative; lines without a receipt are left out."""
    known = {line.ref: (supplier, line) for supplier, line in lines}
    found: dict[OrderLineRef, Received] = {}
    for receipt in receipts:
        ref = receipt.ref
        if ref not in known:
            continue
        supplier, line = known[ref]
        found[ref] = with_more(found.get(ref, NOTHING_RECEIVED), receipt.quantity, receipt.uom, line, supplier, units)
    return found


def with_more(so_far: Received, quantity: Exact, uom: str, line: PurchaseOrderLine, supplier: str, units: Units) -> Received:
    """What arrived for an order line, one more receipt counted."""
    factor = units.factor(supplier, line.item_code, uom, line.uom)
    if factor is None:
        return Received(so_far.quantity, uom)
    more = converted(quantity, factor)
    return Received(added(so_far.quantity, more), so_far.unknown_unit)


def asked_of(line: SupplierInvoiceLine, order_line: PurchaseOrderLine, supplier: str, units: Units) -> Asked:
    """An invoice line in the terms of an order line.

    The stated rate counts where it explains the amount to the smallest unit; otherwise the rate that is really charged does
    (amount through quantity), because that is what would be paid.
    """
    return asked_at(line, units.factor(supplier, order_line.item_code, line.uom, order_line.uom), order_line.rate)


def asked_at(line: SupplierInvoiceLine, factor: Fraction | None, ordered_at: Rate | None) -> Asked:
    """`asked_of` where it is known how many units of the order one of the invoice is, and the rate that was ordered at."""
    if factor is None:
        return Asked(None, None, unit_unknown=True)
    quantity = _quantity_charged(line)
    if quantity is None:
        return Asked(None, None if line.rate is None else _per_order_unit(line.rate, factor))
    rate, from_amount = _rate_charged(line, quantity, ordered_at, factor)
    return Asked(converted(quantity, factor), rate, from_amount=from_amount)


def quantity_asked(line: SupplierInvoiceLine, order_line: PurchaseOrderLine, supplier: str, units: Units) -> Exact | None:
    """The quantity of `asked_of`, for those who do not ask for the rate."""
    factor = units.factor(supplier, order_line.item_code, line.uom, order_line.uom)
    quantity = _quantity_charged(line)
    return None if factor is None or quantity is None else converted(quantity, factor)


def _quantity_charged(line: SupplierInvoiceLine) -> Exact | None:
    """The quantity that a line states, else what its rate makes of its amount."""
    if line.quantity is None and line.rate:
        return Fraction(line.amount.decimal()) / Fraction(line.rate)
    return line.quantity


def _rate_charged(
    line: SupplierInvoiceLine, quantity: Exact, ordered_at: Rate | None, factor: Fraction
) -> tuple[Exact | None, bool]:
    if line.rate is not None and (not quantity or _explains(line.rate, quantity, line.amount)):
        return _per_order_unit(line.rate, factor), False
    if not quantity:
        return None, False
    if line.rate is None and ordered_at is not None:
        # Without a stated rate the order's own is taken at its word where it gives the amount to the smallest unit.
        ordered = Fraction(ordered_at) * factor
        if _explains(ordered, quantity, line.amount):
            return ordered_at, False
    return _per_order_unit(Fraction(line.amount.decimal()) / Fraction(quantity), factor), True


def _explains(rate: Exact, quantity: Exact, amount: Money) -> bool:
    """Whether rate times quantity is the amount, but for one smallest unit of rounding."""
    if isinstance(rate, Decimal) and isinstance(quantity, Decimal):
        return abs(extended(rate, quantity, amount.currency) - amount.minor) <= 1
    scale: int = 10**amount.currency.exponent
    exact = Fraction(rate) * Fraction(quantity) * scale
    return abs(exact - amount.minor) <= Fraction(3, 2)


def _per_order_unit(rate: Exact, factor: Fraction) -> Exact:
    return rate if factor is SAME_UNIT or factor == 1 else Fraction(rate) / factor
