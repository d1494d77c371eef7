"""Purchase orders as people see them: what is billed and what is left, the ledger's figures and our posted bills together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from core.app.payables.books import COMMITTED
from core.domain.ids import PoNumber, SupplierId
from core.domain.measures import Quantity, Rate, as_decimal, extend
from core.domain.money import Money
from core.domain.payables import OrderLineRef, OrderStatus, PurchaseOrder, PurchaseOrderLine
from core.domain.supplier_bills import TakenElsewhere
from core.match.normal import compact
from core.ports.store import UnitOfWork

_SHOWN = 50


class Billing(StrEnum):
    """How far an order is billed, in the words of the ledgers."""

    PENDING = "Pending Billing"
    PARTLY = "Partly Billed"
    FULLY = "Fully Billed"


@dataclass(frozen=True, slots=True)
class OrderLineView:
    """One order line with the numbers that decide, in the order's unit. `left` is what may still be billed of it."""

    ref: OrderLineRef
    description: str
    item_code: str
    ordered: Decimal | None
    uom: str
    rate: Decimal | None
    amount: Money | None
    received: Decimal
    billed: Decimal
    left: Decimal | None
    three_way: bool
    coding: str


@dataclass(frozen=True, slots=True)
class OrderSummary:
    """One order for a picker or a card: number, status, what is left to bill, when it was made."""

    number: PoNumber
    status: OrderStatus
    billing: Billing
    unbilled: Money
    order_date: date | None
    lines: int

    @property
    def words(self) -> str:
        """All of it in a line."""
        day = f", {self.order_date.isoformat()}" if self.order_date else ""
        closed = ", closed" if self.status is OrderStatus.CLOSED else ""
        return f"{self.number}: {self.billing}{closed}, {self.unbilled} unbilled{day}"


def summary(unit: UnitOfWork, order: PurchaseOrder) -> OrderSummary:
    """An order with what the ledger and our posted bills have billed of it."""
    takes = _ours(unit, order)
    unbilled = Money.zero(order.currency)
    touched, finished = False, bool(order.lines)
    for line in order.lines:
        billed, money = _billed(line, takes.get(line.ref, ()))
        rest = _unbilled(line, billed, money, order)
        unbilled += rest if rest.minor > 0 else Money.zero(order.currency)
        touched = touched or bool(billed) or bool(money)
        finished = finished and _is_finished(line, billed, rest)
    billing = Billing.FULLY if finished else Billing.PARTLY if touched else Billing.PENDING
    return OrderSummary(order.number, order.status, billing, unbilled, order.order_date, len(order.lines))


def _is_finished(line: PurchaseOrderLine, billed: Fraction, rest: Money) -> bool:
    if line.quantity is not None and line.rate is not None:
        return billed >= Fraction(line.quantity)
    return rest.minor <= 0


def _ours(unit: UnitOfWork, order: PurchaseOrder) -> dict[OrderLineRef, list[TakenElsewhere]]:
    found: dict[OrderLineRef, list[TakenElsewhere]] = {}
    for take in unit.bills.takes_of({line.ref for line in order.lines}):
        if take.state in COMMITTED:
            found.setdefault(take.take.ref, []).append(take)
    return found


def _billed(line: PurchaseOrderLine, ours: Sequence[TakenElsewhere]) -> tuple[Fraction, int]:
    """Quantity and amount billed: the ledger's, and of ours what the ledger's figures do not count yet."""
    quantity = Fraction(line.quantity_billed)
    minor = line.amount_billed.minor if line.amount_billed is not None else 0
    for each in ours:
        quantity += Fraction(each.take.quantity) - Fraction(each.counted_quantity)
        minor += (each.take.amount.minor if each.take.amount is not None else 0) - each.counted_minor
    return quantity, minor


def _unbilled(line: PurchaseOrderLine, billed: Fraction, money: int, order: PurchaseOrder) -> Money:
    if line.quantity is not None and line.rate is not None:
        left = as_decimal(Fraction(line.quantity) - billed)
        return extend(Rate(line.rate), Quantity(left), order.currency)
    amount = line.amount or Money.zero(order.currency)
    return Money(amount.minor - money, order.currency)


def orders_to_choose(unit: UnitOfWork, supplier_id: SupplierId, text: str = "", limit: int = _SHOWN) -> list[OrderSummary]:
    """A supplier's open orders, the latest first; `text` is looked for in their numbers, however it is spelt."""
    key = compact(text)
    found = [
        order
        for order in unit.orders.orders_of(supplier_id)
        if order.status is OrderStatus.OPEN and (not key or key in compact(order.number))
    ]
    found.sort(key=lambda order: (order.order_date or date.min, order.number), reverse=True)
    return [summary(unit, order) for order in found[:limit]]
