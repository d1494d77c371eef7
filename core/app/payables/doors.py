"""The files of payables at the one door of all files: by which columns each is known, and which story takes it."""

from collections.abc import Callable, Mapping
from typing import Final

from core.app.commands import TakeDocument
from core.app.outcomes import Outcome
from core.app.payables import sync_orders, take_bill_acknowledgement, take_supplier_invoice
from core.app.services import Services
from core.domain.errors import UnknownFormat
from core.domain.keeping import Source, SourceKind
from core.domain.readings import Reading
from core.ports.payables import BillLedger, PayablesTables

Story = Callable[[Services, TakeDocument, Source], Outcome]

# Each names columns that no other file of the contract has together.
TABLES: Final[tuple[tuple[frozenset[str], SourceKind], ...]] = (
    (frozenset({"bill_key", "result"}), SourceKind.BILL_ACKNOWLEDGEMENT),
    (frozenset({"receipt_number", "po_line"}), SourceKind.RECEIPTS),
    (frozenset({"from_uom", "to_uom", "factor"}), SourceKind.UNITS),
    (frozenset({"invoice_number", "supplier_id", "line"}), SourceKind.SUPPLIER_INVOICES),
    (frozenset({"po_number", "supplier_id", "line"}), SourceKind.PURCHASE_ORDERS),
    (frozenset({"supplier_id", "name"}), SourceKind.SUPPLIERS),
)
# What others rest on comes first: bills that were posted leave the orders, receipts need orders, invoices need them all.
ORDER: Final = (
    SourceKind.BILL_ACKNOWLEDGEMENT,
    SourceKind.SUPPLIERS,
    SourceKind.UNITS,
    SourceKind.PURCHASE_ORDERS,
    SourceKind.RECEIPTS,
    SourceKind.SUPPLIER_INVOICES,
)
OURS: Final = frozenset({"bill_key", "invoice_amount"})
"""The columns by which a file of bills that we wrote ourselves is known."""


def _tables(services: Services) -> PayablesTables:
    if services.payables_tables is None:
        raise UnknownFormat("Files of payables are not taken here.")
    return services.payables_tables


def _suppliers(services: Services, command: TakeDocument, source: Source) -> Outcome:
    return sync_orders.take_suppliers(services, command, source, _tables(services).suppliers(command.name, command.data))


def _orders(services: Services, command: TakeDocument, source: Source) -> Outcome:
    return sync_orders.take_orders(services, command, source, _tables(services).orders(command.name, command.data))


def _receipts(services: Services, command: TakeDocument, source: Source) -> Outcome:
    return sync_orders.take_receipts(services, command, source, _tables(services).receipts(command.name, command.data))


def _units(services: Services, command: TakeDocument, source: Source) -> Outcome:
    return sync_orders.take_units(services, command, source, _tables(services).units(command.name, command.data))


def _invoices(services: Services, command: TakeDocument, source: Source) -> Outcome:
    invoices = _tables(services).invoices(command.name, command.data)
    return take_supplier_invoice.from_table(services, command, source, invoices)


def _acknowledgement(services: Services, command: TakeDocument, source: Source) -> Outcome:
    said = _tables(services).acknowledgement(command.name, command.data)
    ledger: BillLedger | None = services.bill_ledger
    if ledger is None:
        raise UnknownFormat("The ledger of this installation does not answer by file.")
    return take_bill_acknowledgement.take(services, command, source, ledger.check(said))


STORIES: Final[Mapping[SourceKind, Story]] = {
    SourceKind.SUPPLIERS: _suppliers,
    SourceKind.PURCHASE_ORDERS: _orders,
    SourceKind.RECEIPTS: _receipts,
    SourceKind.UNITS: _units,
    SourceKind.SUPPLIER_INVOICES: _invoices,
    SourceKind.BILL_ACKNOWLEDGEMENT: _acknowledgement,
}


def take_read(services: Services, command: TakeDocument, source: Source, reading: Reading) -> Outcome:
    """A document in which a reader found supplier invoices."""
    return take_supplier_invoice.from_documents(services, command, source, reading.supplier_invoices, reading.sender)
