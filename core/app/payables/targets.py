"""Whether a person may link a line to some order lines: theirs, open, of this supplier, entity and currency."""

from collections.abc import Sequence

from core.domain.payables import OrderLineRef, OrderStatus
from core.domain.supplier_bills import SupplierBill
from core.ports.store import UnitOfWork


def target_denial(unit: UnitOfWork, bill: SupplierBill, targets: Sequence[OrderLineRef]) -> str:
    """Why these order lines cannot be linked to; empty when they can."""
    if not targets:
        return "Please choose an order line."
    for ref in targets:
        order = unit.orders.order(ref.po_number)
        if order is None or all(line.line != ref.line for line in order.lines):
            return f"There is no line {ref.line} on the order {ref.po_number} (any more)."
        if order.supplier_id != bill.header.supplier_id:
            return f"The order {ref.po_number} is another supplier's."
        if order.status is OrderStatus.CLOSED:
            return f"The order {ref.po_number} is closed."
        if order.currency != bill.header.currency:
            return f"The order {ref.po_number} is in {order.currency}; a person has to settle that in the ledger first."
        if order.entity != bill.entity:
            return f"The order {ref.po_number} is of another legal entity."
    return ""
