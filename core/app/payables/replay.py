"""What would these limits have done? A proposed policy over past invoices: exceptions saved against money let through.

The findings of every compared line are kept (expected, found), so they are judged again as they stood then, whatever has become
of the orders since. Nothing is changed.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from core.decide.tolerance import Scope, limits_for, within
from core.domain.ids import PoNumber, SupplierId
from core.domain.line_comparison import CLEAR_VERDICTS, AxisFinding, Doubt
from core.domain.money import Currency, Money
from core.domain.payables import OrderLineRef
from core.domain.policy import Axis, TolerancePolicy, in_force
from core.domain.supplier_bills import BillLine, SupplierBill
from core.domain.workflows import SupplierInvoiceState
from core.ports.store import UnitOfWork

_PAST = tuple(state for state in SupplierInvoiceState if state is not SupplierInvoiceState.DELETED)
_TOLD_EVERY = 100
# What no limit can allow: the two numbers cannot be compared, or there is none.
_NOT_COMPARED = frozenset(Doubt) - {Doubt.NONE, Doubt.FROM_AMOUNT}


@dataclass(slots=True)
class SupplierReplay:
    """One supplier in one currency. `saved` lines need nobody under the proposal, `added` need somebody where none did.

    `over` and `under` are what the saved lines charge above and below what was expected.
    """

    supplier_id: SupplierId
    supplier: str
    currency: Currency
    invoices: int = 0
    lines: int = 0
    exceptions: int = 0
    saved: int = 0
    added: int = 0
    over: int = 0
    under: int = 0

    @property
    def let_through(self) -> Money:
        """Money that is paid above what was expected, without anybody looking."""
        return Money(self.over, self.currency)

    @property
    def kept_back(self) -> Money:
        """Money charged below what was expected, without anybody looking."""
        return Money(self.under, self.currency)


@dataclass(frozen=True, slots=True)
class Replay:
    """All suppliers, those with the most exceptions saved first."""

    suppliers: tuple[SupplierReplay, ...]

    @property
    def saved(self) -> int:
        """Exceptions that the proposal saves."""
        return sum(each.saved for each in self.suppliers)

    @property
    def exceptions(self) -> int:
        """Exceptions that there were."""
        return sum(each.exceptions for each in self.suppliers)


@dataclass(slots=True)
class _Orders:
    """Item codes of order lines, each order looked up once."""

    unit: UnitOfWork
    items: dict[OrderLineRef, str] = field(default_factory=dict)
    seen: set[PoNumber] = field(default_factory=set)

    def item(self, ref: OrderLineRef) -> str:
        if ref.po_number not in self.seen:
            self.seen.add(ref.po_number)
            order = self.unit.orders.order(ref.po_number)
            self.items.update({line.ref: line.item_code for line in order.lines} if order is not None else {})
        return self.items.get(ref, "")


def replay(
    unit: UnitOfWork, proposed: Sequence[TolerancePolicy], told: Callable[[int, int], None] = lambda _done, _invoices: None
) -> Replay:
    """The proposal over every compared invoice that was not deleted. `told` hears now and then how many of them are done."""
    counts = unit.bills.counts()
    invoices = sum(counts.get(state, 0) for state in _PAST)
    orders = _Orders(unit)
    categories = {supplier.id: supplier.category for supplier in unit.orders.suppliers()}
    found: dict[tuple[SupplierId, str], SupplierReplay] = {}
    for done, bill in enumerate(_past(unit)):
        if done % _TOLD_EVERY == 0:
            told(done, invoices)
        head = bill.header
        if head.supplier_id is None or head.currency is None or head.invoice_date is None:
            continue
        compared = [line for line in bill.lines if line.comparison is not None]
        if not compared:
            continue
        row = found.setdefault(
            (head.supplier_id, head.currency.code), SupplierReplay(head.supplier_id, head.supplier_name, head.currency)
        )
        row.invoices += 1
        policy = in_force(proposed, head.invoice_date)
        for line in compared:
            item = orders.item(line.targets[0]) if line.targets else ""
            scope = Scope(item, head.supplier_id, categories.get(head.supplier_id, ""))
            _count(row, line, policy, scope, head.currency)
    rows = sorted(found.values(), key=lambda each: (-each.saved, -each.exceptions, each.supplier_id, each.currency.code))
    return Replay(tuple(rows))


def _past(unit: UnitOfWork) -> Iterator[SupplierBill]:
    after = None
    while page := unit.bills.in_states(_PAST, after=after):
        yield from page
        after = page[-1].id


def _count(row: SupplierReplay, line: BillLine, policy: TolerancePolicy, scope: Scope, unit: Currency) -> None:
    assert line.comparison is not None  # noqa: S101  The caller chose those with one.
    row.lines += 1
    was = all(verdict in CLEAR_VERDICTS for verdict in line.comparison.verdicts)
    now = bool(line.targets) and all(_allowed(finding, policy, scope) for finding in line.comparison.findings)
    row.exceptions += not was
    row.added += was and not now
    if now and not was:
        row.saved += 1
        money = _difference(line, unit)
        row.over += max(money, 0)
        row.under += max(-money, 0)


def _allowed(finding: AxisFinding, policy: TolerancePolicy, scope: Scope) -> bool:
    if finding.doubt in _NOT_COMPARED or finding.expected is None or finding.found is None:
        return False
    return within(limits_for(policy, finding.axis, scope).limits, finding.expected, finding.found)


def _difference(line: BillLine, unit: Currency) -> int:
    """What a line charges above what was expected, in minor units, rounded away from zero to be on the safe side."""
    assert line.comparison is not None  # noqa: S101  As above.
    rate, quantity, amount = (line.comparison.finding(axis) for axis in (Axis.RATE, Axis.QUANTITY, Axis.AMOUNT))
    if amount is not None and amount.expected is not None and amount.found is not None:
        exact = Fraction(amount.found) - Fraction(amount.expected)
    else:
        values = [value for each in (rate, quantity) if each is not None for value in (each.found, each.expected)]
        if len(values) != 4 or None in values:  # noqa: PLR2004  Found and expected of two axes.
            return 0
        found_rate, expected_rate, found, expected = (Fraction(value) for value in values if value is not None)
        exact = found_rate * found - expected_rate * expected
    minor = exact * 10**unit.exponent
    rounded = -(-minor.numerator // minor.denominator) if minor > 0 else minor.numerator // minor.denominator
    return int(rounded)
