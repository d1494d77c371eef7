"""What an invoice is compared with, gathered once a unit of work: orders with receipts and units, limits, others' takes."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from core.app.payables import policies
from core.decide.line_verdict import Rules
from core.domain.ids import SupplierId
from core.domain.line_facts import BilledElsewhere, asked_of, received_by_line
from core.domain.measures import Exact, added, as_decimal
from core.domain.money import Money
from core.domain.payables import OrderLineRef, SupplierInvoiceLine, Units
from core.domain.policy import TolerancePolicy, in_force
from core.domain.supplier_bills import OrderTake, SupplierBill, TakenElsewhere
from core.domain.workflows import LineResolution, SupplierInvoiceState
from core.match.lines.book import Learned, OrderBook
from core.match.normal import compact
from core.ports.store import UnitOfWork

COMMITTED = frozenset({SupplierInvoiceState.POSTING, SupplierInvoiceState.POSTED})
_TAKES_NOTHING = frozenset({LineResolution.REJECTED, LineResolution.NEW})


class Books:
    """The order books of one unit of work. `forget` after receipts, units or learned codes changed in it."""

    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit
        self._books: dict[SupplierId, OrderBook] = {}
        self._units: Units | None = None
        self._policies: Sequence[TolerancePolicy] | None = None

    def forget(self) -> None:
        """Read everything again when it is asked for."""
        self._books.clear()
        self._units = None

    def units(self) -> Units:
        """All conversions."""
        if self._units is None:
            self._units = Units(tuple(self._unit.orders.units()))
        return self._units

    def of(self, supplier: SupplierId) -> OrderBook:
        """A supplier's orders with what arrived."""
        if supplier not in self._books:
            mirror = self._unit.orders
            orders = mirror.orders_of(supplier)
            receipts = mirror.receipts_of([order.number for order in orders])
            lines = ((supplier, line) for order in orders for line in order.lines)
            received = received_by_line(receipts, lines, self.units())
            learned = Learned(mirror.learned(supplier))
            self._books[supplier] = OrderBook(supplier, orders, received, self.units(), learned, mirror.owners())
        return self._books[supplier]

    def rules(self, supplier: SupplierId, day: date) -> Rules:
        """The limits that hold on the day of an invoice."""
        if self._policies is None:
            self._policies = policies.tolerances(self._unit)
        known = self._unit.orders.supplier(supplier)
        return Rules(in_force(self._policies, day), supplier, known.category if known else "", self.units())


def takes_of(bill: SupplierBill, book: OrderBook) -> tuple[OrderTake, ...]:
    """What a bill takes of order lines, in the orders' units. A line on several fills them; what is over lies on the first."""
    compared = bill.compared_as()
    said = {line.line: line for line in compared.lines} if compared is not None else {}
    quantities: dict[OrderLineRef, Exact] = {}
    amounts: dict[OrderLineRef, Money] = {}
    for line in bill.lines:
        if line.line not in said or not line.targets or line.resolution in _TAKES_NOTHING:
            continue
        if not all(is_there(book, ref) for ref in line.targets):
            # The ledger dropped the order line; the invoice is about to be compared again for that.
            continue
        for ref, quantity, amount in shares_of(said[line.line], line.targets, book):
            quantities[ref] = added(quantities.get(ref, Decimal(0)), quantity)
            if amount is not None:
                amounts[ref] = amounts[ref] + amount if ref in amounts else amount
    return tuple(
        OrderTake(bill.id, ref, str(Fraction(quantity)), amounts.get(ref)) for ref, quantity in sorted(quantities.items())
    )


def is_there(book: OrderBook, ref: OrderLineRef) -> bool:
    """Whether this supplier's orders have such a line (still)."""
    order = next((order for order in book.orders if order.number == ref.po_number), None)
    return order is not None and any(line.line == ref.line for line in order.lines)


def shares_of(
    line: SupplierInvoiceLine, targets: Sequence[OrderLineRef], book: OrderBook
) -> list[tuple[OrderLineRef, Exact, Money | None]]:
    """How one line spreads over its order lines: quantity in each order's unit; an amount where they are judged by it."""
    standings = [book.standing(ref) for ref in targets]
    first = standings[0].line
    if any(standing.by_amount for standing in standings):
        return [(first.ref, Decimal(0), line.amount)]
    rest: Exact = asked_of(line, first, book.supplier_id, book.units).quantity or Decimal(0)
    found: list[tuple[OrderLineRef, Exact, Money | None]] = []
    for standing in standings[1:]:
        share = max(Decimal(0), min(rest, standing.quantity or Decimal(0)))
        found.append((standing.line.ref, share, None))
        rest = Fraction(rest) - Fraction(share)
    return [(first.ref, rest, None), *found]


def elsewhere(unit: UnitOfWork, bill: SupplierBill, refs: Sequence[OrderLineRef]) -> dict[OrderLineRef, BilledElsewhere]:
    """What other invoices take of these order lines before this one, less what the ledger's own figures count already.

    What a person posted comes first; of the others the earlier invoice does, by its date and number, so that it does not
    matter which of them reached us first.
    """
    mine = _place(bill)
    found: dict[OrderLineRef, BilledElsewhere] = {}
    for other in unit.bills.takes_of(set(refs), except_bill=bill.id):
        if other.state not in COMMITTED and _place_of(other) > mine:
            continue
        quantity = Fraction(other.take.quantity) - Fraction(other.counted_quantity)
        amount = _uncounted(other)
        if not quantity and not amount:
            continue
        so_far = found.get(other.take.ref, BilledElsewhere())
        total = so_far.amount if amount is None else amount if so_far.amount is None else so_far.amount + amount
        by = tuple(dict.fromkeys((*so_far.by, other.number)))
        found[other.take.ref] = BilledElsewhere(_exact(Fraction(so_far.quantity) + quantity), total, by)
    return found


def _exact(value: Fraction) -> Exact:
    """A decimal where the number has an end, which is shown and computed best."""
    short = as_decimal(value)
    return short if Fraction(short) == value else value


def _uncounted(other: TakenElsewhere) -> Money | None:
    amount = other.take.amount
    return None if amount is None else Money(amount.minor - other.counted_minor, amount.currency)


def _place(bill: SupplierBill) -> tuple[date, str, str]:
    return (bill.header.invoice_date or date.max, compact(bill.header.number), bill.id)


def _place_of(other: TakenElsewhere) -> tuple[date, str, str]:
    return (other.invoice_date, compact(other.number), other.take.bill_id)
