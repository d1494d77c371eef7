"""Protocols of payables: supplier invoices in the database, our copy of orders and receipts, the ledger that takes bills."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from core.domain.disputes import Dispute, DisputeId
from core.domain.ids import EntityId, Key, PersonId, PoNumber, SourceId, SupplierId
from core.domain.money import Money
from core.domain.payables import (
    OrderLineRef,
    PurchaseOrder,
    PurchaseOrderLine,
    Receipt,
    Supplier,
    SupplierInvoice,
    UnitConversion,
)
from core.domain.policy import TolerancePolicy
from core.domain.supplier_bills import OrderTake, OwnReceipt, SupplierBill, SupplierInvoiceId, TakenElsewhere
from core.domain.versioned import PolicyKind, PolicyVersion
from core.domain.workflows import DisputeState, LineVerdict, SupplierInvoiceState
from core.ports.outside import Acknowledgement, PostingOutcome


@dataclass(frozen=True, slots=True)
class BillsWanted:
    """Which supplier invoices are looked for; what is left out does not narrow it. No `entities` means all of them.

    `open_verdicts`: a line has any of these findings that nobody decided yet. `asked`: a question about the whole is open.
    """

    states: frozenset[SupplierInvoiceState]
    entities: frozenset[EntityId] = frozenset()
    open_verdicts: frozenset[LineVerdict] | None = None
    asked: bool | None = None
    blocked: bool | None = None
    resolved: bool | None = None
    approver: PersonId | None = None


class Bills(Protocol):
    """Supplier invoices on their way to the ledger, each one record with its lines."""

    def next_id(self) -> SupplierInvoiceId:
        """A fresh speakable id (`SI-1001`)."""

    def add(self, bill: SupplierBill) -> None:
        """Insert a new one at its version."""

    def get(self, bill_id: SupplierInvoiceId) -> SupplierBill:
        """The bill, locked for change in a writing unit; `NotFound`."""

    def save(self, bill: SupplierBill, expected_version: int) -> None:
        """Store the changed bill with what it takes of order lines; `StaleVersion` as for payments."""

    def taken_from(self, source_id: SourceId) -> Sequence[SupplierBill]:
        """Bills that were read from one document, oldest first."""

    def by_posting_key(self, key: Key) -> SupplierBill | None:
        """The bill that was sent to the ledger under this key."""

    def in_states(
        self, states: Collection[SupplierInvoiceState], limit: int = 500, after: SupplierInvoiceId | None = None
    ) -> Sequence[SupplierBill]:
        """Bills in any of these states, oldest first; `after` pages on."""

    def wanted(
        self, wanted: BillsWanted, limit: int, offset: int = 0, after: SupplierInvoiceId | None = None
    ) -> Sequence[SupplierBill]:
        """Those of `wanted`, oldest first: so many behind the first `offset`, or behind one of them."""

    def count(self, wanted: BillsWanted) -> int:
        """How many `wanted` are there, counted by the database."""

    def counts(self, entities: Collection[EntityId] = ()) -> Mapping[SupplierInvoiceState, int]:
        """How many are in each state, of these legal entities or of all."""

    def same_number(self, supplier_id: SupplierId, number: str) -> Sequence[SupplierBill]:
        """Bills of a supplier with this number (letters and digits compared), not deleted, oldest first."""

    def same_amount(self, supplier_id: SupplierId, day: date, amount: Money) -> Sequence[SupplierBill]:
        """Bills of a supplier of this day and total amount, not deleted, oldest first."""

    def charging(self, refs: Iterable[OrderLineRef]) -> Sequence[SupplierInvoiceId]:
        """Bills not yet in the ledger that charge any of these order lines, oldest first."""

    def waiting_for_orders(self, supplier_id: SupplierId) -> Sequence[SupplierInvoiceId]:
        """Bills of a supplier, not yet in the ledger, with lines that no order line was found for; oldest first."""

    def take(self, bill_id: SupplierInvoiceId, takes: Sequence[OrderTake]) -> None:
        """What a bill takes of order lines, in place of what it took before."""

    def takes_by(self, bill_id: SupplierInvoiceId) -> Sequence[OrderTake]:
        """What a bill takes now, by order line."""

    def takes_of(
        self, refs: Collection[OrderLineRef], except_bill: SupplierInvoiceId | None = None
    ) -> Sequence[TakenElsewhere]:
        """What bills that are not deleted take of these order lines. Locks nothing."""

    def count_in(self, bill_id: SupplierInvoiceId, ref: OrderLineRef, quantity: str, minor: int) -> None:
        """So much of a take is counted by the ledger's own figures now."""

    def search(self, text: str, limit: int = 20) -> Sequence[SupplierBill]:
        """By id, number or supplier's name, newest first."""


@dataclass(frozen=True, slots=True)
class OrderLineChange:
    """An order line that was there before and says something else now; `after` is None when it is gone."""

    ref: OrderLineRef
    before: PurchaseOrderLine
    after: PurchaseOrderLine | None


@dataclass(frozen=True, slots=True)
class OrdersChanged:
    """What an import of orders changed: how many orders were new or different, the known lines that differ, and whose."""

    new: int
    changed: int
    lines: tuple[OrderLineChange, ...]
    suppliers: frozenset[SupplierId]


class OrderMirror(Protocol):
    """Our copy of the ledger's suppliers, purchase orders, receipts and units, with what was learned about them."""

    def put_suppliers(self, suppliers: Iterable[Supplier]) -> None:
        """Insert or replace."""

    def supplier(self, supplier_id: SupplierId) -> Supplier | None:
        """A supplier, if known."""

    def suppliers(self) -> Sequence[Supplier]:
        """All suppliers, by id."""

    def with_account(self, account: str) -> Sequence[Supplier]:
        """The suppliers whose bank account this is as the ledger knows it, by id."""

    def search_suppliers(self, text: str, limit: int = 50) -> Sequence[Supplier]:
        """Suppliers whose name or id holds `text`, by name."""

    def put_orders(self, orders: Sequence[PurchaseOrder]) -> OrdersChanged:
        """Insert or replace whole orders; those that are not named stay."""

    def order(self, number: PoNumber) -> PurchaseOrder | None:
        """An order with its lines, if known."""

    def orders_of(self, supplier_id: SupplierId) -> Sequence[PurchaseOrder]:
        """All orders of a supplier, by number."""

    def has_open_orders(self, supplier_id: SupplierId) -> bool:
        """Whether a supplier has any open order."""

    def owners(self) -> Mapping[str, SupplierId]:
        """Whose order a number is; looked up one at a time."""

    def put_receipts(self, receipts: Sequence[Receipt]) -> Sequence[OrderLineRef]:
        """Insert or replace by number, order line and place among equals; the order lines whose receipts changed."""

    def receipts_of(self, orders: Collection[PoNumber]) -> Sequence[Receipt]:
        """The ledger's receipts for these orders, and our own that nothing replaced yet (units of the order line)."""

    def add_own_receipt(self, receipt: OwnReceipt) -> None:
        """Keep what one of our people said they received."""

    def own_receipts(self, ref: OrderLineRef) -> Sequence[OwnReceipt]:
        """Our own receipts of an order line that the ledger has not replaced yet."""

    def own_lines(self) -> Collection[OrderLineRef]:
        """Order lines with a receipt of our own that the ledger has not replaced yet."""

    def replace_own(self, ref: OrderLineRef, by: str) -> Sequence[OwnReceipt]:
        """The ledger's receipt `by` came: our own of that line count no longer. Those that it replaced."""

    def put_units(self, rows: Iterable[UnitConversion], origin: str) -> int:
        """Insert or replace conversions; how many are new or differ. `origin` is `file`, or who confirmed it."""

    def units(self) -> Sequence[UnitConversion]:
        """All conversions."""

    def learn(self, supplier_id: SupplierId, key: str, item_code: str) -> None:
        """Count a confirmed link: what the supplier calls `key` is our `item_code`."""

    def learned(self, supplier_id: SupplierId) -> Mapping[str, str]:
        """What was learned and is not contradicted: key to item code."""

    def revision(self) -> int:
        """A number that rises with every change of suppliers, orders, receipts, units or learned codes."""


class Disputes(Protocol):
    """Disputes with suppliers."""

    def next_id(self) -> DisputeId:
        """A fresh speakable id (`D-1001`)."""

    def add(self, dispute: Dispute) -> None:
        """Insert a new one."""

    def get(self, dispute_id: DisputeId) -> Dispute:
        """The dispute, locked for change in a writing unit; `NotFound`."""

    def save(self, dispute: Dispute, expected_version: int) -> None:
        """Store the changed dispute; `StaleVersion` as for payments."""

    def of_bill(self, bill_id: SupplierInvoiceId) -> Sequence[Dispute]:
        """All disputes about one bill, oldest first."""

    def in_states(self, states: Collection[DisputeState], limit: int = 500) -> Sequence[Dispute]:
        """Disputes in any of these states, oldest first."""


class Policies(Protocol):
    """Versions of the owner's rules. A version once stored never changes; the log says who put it there."""

    def put(self, version: PolicyVersion) -> bool:
        """Store a version; False when exactly this one is there already. `Refused` when its name or day is taken."""

    def all(self, kind: PolicyKind) -> Sequence[PolicyVersion]:
        """All versions of one kind, by the day from which they hold."""


@dataclass(frozen=True, slots=True)
class BillLinePosting:
    """One line of a bill for the ledger. `order` is the order line that it bills, None for a line without one.

    `kind` is `item`, `expense`, `freight`, `tax`, `discount`, `charge`, or empty where nobody said it. `tax_percent` and `tax`:
    what the invoice says of the tax on this line, which is part of the bill's own.
    """

    line: str
    order: OrderLineRef | None
    item_code: str
    description: str
    quantity: str
    uom: str
    rate: str
    amount: Money
    coding: str
    kind: str = ""
    tax_percent: str = ""
    tax: Money | None = None


@dataclass(frozen=True, slots=True)
class BillPosting:
    """One supplier invoice on its way to the ledger, complete in itself. `key` was minted before the first attempt."""

    key: Key
    bill_id: SupplierInvoiceId
    supplier_id: SupplierId
    invoice_number: str
    invoice_date: date
    due_date: date | None
    is_credit: bool
    tax: Money
    total: Money
    lines: tuple[BillLinePosting, ...]


class BillLedger(Protocol):
    """The ERP as it takes supplier bills. The same promises as `core.ports.outside.Ledger`."""

    def look_up(self, keys: Sequence[Key]) -> Mapping[Key, PostingOutcome]:
        """What became of the bills with these keys; keys that the ledger has never seen are absent."""

    def post(self, bills: Sequence[BillPosting]) -> Mapping[Key, PostingOutcome]:
        """Hand the bills over together. Raises `LedgerDown` when nothing was handed over."""

    def check(self, said: Sequence[PostingOutcome]) -> Acknowledgement:
        """The rows of an acknowledgement that belong to bills of ours; `BatchChanged` when a file was changed since."""


class PayablesTables(Protocol):
    """Reads the plain files of payables, all of one or nothing: `Malformed` names file, row, column and value."""

    def suppliers(self, name: str, data: bytes) -> Sequence[Supplier]:
        """`suppliers.csv`."""

    def orders(self, name: str, data: bytes) -> Iterable[PurchaseOrder]:
        """`purchase_orders.csv`; checked whole before the first order is given."""

    def receipts(self, name: str, data: bytes) -> Sequence[Receipt]:
        """`receipts.csv`."""

    def units(self, name: str, data: bytes) -> Sequence[UnitConversion]:
        """`uoms.csv`."""

    def invoices(self, name: str, data: bytes) -> Sequence[SupplierInvoice]:
        """`supplier_invoices.csv`."""

    def acknowledgement(self, name: str, data: bytes) -> Sequence[PostingOutcome]:
        """`acknowledgement.csv` of bills (`bill_key`)."""

    def tolerances(self, name: str, data: bytes) -> Sequence[TolerancePolicy]:
        """The `[[policy]]` versions of a TOML file."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who mails of ours come from: the address, and the name that signs them. Without an address nothing is sent."""

    address: str = ""
    name: str = ""
