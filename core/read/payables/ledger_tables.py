"""`core.ports.payables.PayablesTables`: the plain files of payables, all of one or nothing."""

from collections.abc import Iterator, Sequence
from typing import Final

from core.domain.ids import Key
from core.domain.payables import PurchaseOrder, Receipt, Supplier, SupplierInvoice, UnitConversion
from core.domain.policy import TolerancePolicy
from core.ports.outside import PostingOutcome, PostingResult
from core.read.payables.files import read_receipts, read_supplier_invoices, read_suppliers, read_units
from core.read.payables.purchase_orders import OrderFile, read_purchase_orders
from core.read.payables.tolerances import read_tolerances
from core.read.tables import Cells, take, whole

_RESULTS: Final = frozenset({PostingResult.POSTED.value, PostingResult.REFUSED.value})


class StrictPayablesTables:
    """Reads the files strictly: one bad cell refuses the whole file and is named."""

    def suppliers(self, name: str, data: bytes) -> Sequence[Supplier]:
        """`suppliers.csv`."""
        return whole(read_suppliers(data, name))

    def orders(self, name: str, data: bytes) -> Iterator[PurchaseOrder]:
        """`purchase_orders.csv`: every row is checked at once, records are made supplier by supplier as they are asked for."""
        file, taken = read_purchase_orders(data, name)
        whole(taken)
        return _all_orders(file)

    def receipts(self, name: str, data: bytes) -> Sequence[Receipt]:
        """`receipts.csv`."""
        file, taken = read_receipts(data, name)
        whole(taken)
        return file.all()

    def units(self, name: str, data: bytes) -> Sequence[UnitConversion]:
        """`uoms.csv`."""
        return whole(read_units(data, name))

    def invoices(self, name: str, data: bytes) -> Sequence[SupplierInvoice]:
        """`supplier_invoices.csv`."""
        return whole(read_supplier_invoices(data, name))

    def acknowledgement(self, name: str, data: bytes) -> Sequence[PostingOutcome]:
        """`acknowledgement.csv` of bills: a key may stand twice; whether the rows agree is for the ledger to judge."""
        return whole(take(data, name, ("bill_key", "result"), _outcome))

    def tolerances(self, name: str, data: bytes) -> Sequence[TolerancePolicy]:
        """The `[[policy]]` versions of a TOML file."""
        return read_tolerances(data, name)


def _all_orders(file: OrderFile) -> Iterator[PurchaseOrder]:
    for supplier in sorted(set(file.owners.values())):
        for order in file.orders_of(supplier):
            yield PurchaseOrder(
                order.number,
                order.supplier_id,
                order.currency,
                tuple(order.lines),
                order.status,
                order.order_date,
                order.entity,
            )


def _outcome(cells: Cells) -> PostingOutcome:
    return PostingOutcome(
        key=Key(cells.text("bill_key", required=True)),
        result=PostingResult(cells.one_of("result", _RESULTS, "")),
        receipt=cells.text("erp_id"),
        message=cells.text("message"),
    )
