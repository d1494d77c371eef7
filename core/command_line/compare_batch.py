"""Many supplier invoices at once: supplier by supplier, each supplier's invoices by date, on as many processors as help.

Suppliers share nothing, so they can be compared apart and in any order. Within one supplier an order line is billed
cumulatively: what an earlier invoice of the files takes, a later one no longer finds.
"""

import gc
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from multiprocessing import get_context
from typing import Final, Protocol

from core.app.comparing import judge_invoice
from core.command_line.compare_output import COLUMNS, rows_of
from core.decide.line_verdict import Rules
from core.domain.ids import PoNumber, SupplierId
from core.domain.line_comparison import InvoiceComparison, LinkKind
from core.domain.line_facts import NOTHING_RECEIVED, BilledElsewhere, Received, quantity_asked, with_more
from core.domain.measures import Exact, added, subtracted
from core.domain.money import Money
from core.domain.payables import OrderLineRef, Supplier, SupplierInvoice, Units
from core.domain.policy import TolerancePolicy, in_force
from core.match.lines.book import Learned, OrderBook
from core.read.csv_out import csv_rows, csv_text
from core.read.payables.files import ReceiptFile
from core.read.payables.purchase_orders import OrderFile, OrderOnFile


@dataclass(slots=True)
class Files:
    """Everything that a comparison is made from, as read."""

    orders: OrderFile = field(default_factory=OrderFile)
    receipts: ReceiptFile = field(default_factory=ReceiptFile)
    suppliers: Mapping[SupplierId, Supplier] = field(default_factory=dict)
    units: Units = field(default_factory=Units)
    policies: Sequence[TolerancePolicy] = ()
    learned: Mapping[SupplierId, Learned] = field(default_factory=dict)


def compare_supplier(supplier: SupplierId, invoices: Sequence[SupplierInvoice], files: Files) -> Iterator[InvoiceComparison]:
    """The invoices of one supplier, by date and number."""
    book = book_of(supplier, files)
    category = files.suppliers[supplier].category if supplier in files.suppliers else ""
    taken: dict[OrderLineRef, BilledElsewhere] = {}
    for invoice in sorted(invoices, key=lambda each: (each.invoice_date, each.number)):
        rules = Rules(in_force(files.policies, invoice.invoice_date), supplier, category, files.units)
        compared = judge_invoice(invoice, book, rules, taken)
        _take(invoice, compared, book, taken)
        yield compared


def book_of(supplier: SupplierId, files: Files) -> OrderBook:
    """A supplier's orders with what arrived."""
    orders = {order.number: order for order in files.orders.held_for(supplier)}
    arrivals = _ArrivalsOnFile(supplier, orders, files)
    learned = files.learned.get(supplier, Learned())
    return OrderBook(supplier, list(orders.values()), arrivals, files.units, learned, files.orders.owners)


@dataclass(slots=True)
class _ArrivalsOnFile:
    """What arrived, worked out order by order when somebody looks."""

    supplier: SupplierId
    orders: Mapping[PoNumber, OrderOnFile]
    files: Files
    _known: dict[PoNumber, Mapping[str, Received]] = field(default_factory=dict)

    def get(self, ref: OrderLineRef, default: Received, /) -> Received:
        """What arrived for an order line."""
        known = self._known.get(ref.po_number)
        if known is None:
            known = self._known[ref.po_number] = self._by_line(ref.po_number)
        return known.get(ref.line, default)

    def _by_line(self, number: PoNumber) -> dict[str, Received]:
        found: dict[str, Received] = {}
        arrived = self.files.receipts.arrived_for(number)
        lines = {line.line: line for line in self.orders[number].lines} if arrived else {}
        for name, quantity, uom in arrived:
            if (line := lines.get(name)) is not None:
                so_far = found.get(name, NOTHING_RECEIVED)
                found[name] = with_more(so_far, quantity, uom, line, self.supplier, self.files.units)
        return found


def _take(
    invoice: SupplierInvoice, compared: InvoiceComparison, book: OrderBook, taken: dict[OrderLineRef, BilledElsewhere]
) -> None:
    """Remember what this invoice bills, so that a later one of the same files cannot bill it again."""
    lines = {line.line: line for line in invoice.lines}
    for each in compared.lines:
        if each.link.kind is not LinkKind.LINKED:
            continue
        line, refs = lines[each.line], each.link.targets
        standings = [book.standing(ref) for ref in refs]
        if True in [standing.by_amount for standing in standings]:
            _add(taken, refs[0], Decimal(0), line.amount, invoice)
            continue
        rest: Exact = quantity_asked(line, standings[0].line, invoice.supplier_id, book.units) or Decimal(0)
        for ref, standing in zip(refs[1:], standings[1:], strict=True):
            # One line for several order lines fills them; what is over lies on the first.
            share = min(rest, standing.quantity or Decimal(0))
            _add(taken, ref, share, None, invoice)
            rest = subtracted(rest, share)
        _add(taken, refs[0], rest, None, invoice)


def _add(
    taken: dict[OrderLineRef, BilledElsewhere],
    ref: OrderLineRef,
    quantity: Exact,
    amount: Money | None,
    invoice: SupplierInvoice,
) -> None:
    so_far = taken.get(ref)
    if so_far is None:
        taken[ref] = BilledElsewhere(quantity, amount, (invoice.number,))
        return
    total = amount if so_far.amount is None else so_far.amount if amount is None else so_far.amount + amount
    taken[ref] = BilledElsewhere(added(so_far.quantity, quantity), total, tuple(dict.fromkeys((*so_far.by, invoice.number))))


Progress = Callable[[int, int], None]
ALONE_UP_TO: Final = 5_000
"""Up to so many lines a second process costs more than it saves."""
_PROCESSES: Final = 2
_PIECES: Final = 32


class Bills(Protocol):
    """Invoices by their place in the file; one becomes a record when it is its turn."""

    @property
    def by_supplier(self) -> Mapping[SupplierId, Sequence[int]]:
        """The places of each supplier's invoices."""
        ...

    @property
    def lines(self) -> int:
        """How many invoice lines there are."""
        ...

    def __len__(self) -> int: ...

    def at(self, place: int) -> SupplierInvoice:
        """The invoice at a place."""
        ...


@dataclass(slots=True)
class BillsAtHand:
    """Invoices that are records already."""

    records: Sequence[SupplierInvoice]
    by_supplier: dict[SupplierId, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for place, invoice in enumerate(self.records):
            self.by_supplier.setdefault(invoice.supplier_id, []).append(place)

    @property
    def lines(self) -> int:
        """How many invoice lines there are."""
        return sum(len(invoice.lines) for invoice in self.records)

    def __len__(self) -> int:
        return len(self.records)

    def at(self, place: int) -> SupplierInvoice:
        """The invoice at a place."""
        return self.records[place]


@dataclass(frozen=True, slots=True)
class _Answer:
    """The rows of `lines.csv` for some invoices, as text by their places, and how many lines these are."""

    texts: dict[int, str]
    lines: int


def compared_text(bills: Bills, files: Files, progress: Progress) -> str:
    """`lines.csv`, in the order of the invoices and their lines."""
    work = _Work(files, bills, list(bills.by_supplier.items()))
    total = bills.lines
    found: dict[int, str] = {}
    done = 0
    # Only on Linux is it safe to copy a process that has used numpy; macOS ends such copies.
    alone = total <= ALONE_UP_TO or sys.platform != "linux"
    for answer in work.alone() if alone else work.together():
        found.update(answer.texts)
        done += answer.lines
        progress(done, total)
    return csv_text(COLUMNS, ()) + "".join(found[place] for place in range(len(bills)))


@dataclass(slots=True)
class _Work:
    """Suppliers with the places of their invoices, to be done here or shared among processes that inherit what was read."""

    files: Files
    bills: Bills
    suppliers: Sequence[tuple[SupplierId, Sequence[int]]]

    def alone(self) -> Iterator[_Answer]:
        """Here, supplier by supplier."""
        for supplier, places in self.suppliers:
            yield self.answer(supplier, places)

    def together(self) -> Iterator[_Answer]:
        """In forked processes: they share the memory of what was read, and only answers travel."""
        _at_hand.append(self)
        # Objects that are there before the fork are not looked at by the collector, so that their pages stay shared.
        gc.freeze()
        try:
            with get_context("fork").Pool(_PROCESSES) as pool:
                size = -(-len(self.suppliers) // _PIECES)
                starts = range(0, len(self.suppliers), size)
                yield from pool.imap_unordered(_piece, ((start, start + size) for start in starts))
        finally:
            gc.unfreeze()
            _at_hand.remove(self)

    def answer(self, supplier: SupplierId, places: Sequence[int]) -> _Answer:
        """The invoices of one supplier."""
        invoices = {place: self.bills.at(place) for place in places}
        compared = {
            each.invoice_number: rows_of(each) for each in compare_supplier(supplier, list(invoices.values()), self.files)
        }
        texts = {}
        for place, invoice in invoices.items():
            rows = compared[invoice.number]
            texts[place] = csv_rows([rows[line.line] for line in invoice.lines])
        return _Answer(texts, sum([len(invoice.lines) for invoice in invoices.values()]))


_at_hand: Final[list[_Work]] = []


def _piece(bounds: tuple[int, int]) -> _Answer:
    """Some suppliers, in a process of the pool."""
    work = _at_hand[-1]
    texts: dict[int, str] = {}
    lines = 0
    for supplier, places in work.suppliers[slice(*bounds)]:
        answer = work.answer(supplier, places)
        texts |= answer.texts
        lines += answer.lines
    return _Answer(texts, lines)
