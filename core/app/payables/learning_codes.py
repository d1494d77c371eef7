"""What confirmed links teach: a supplier's own code or words for an item of ours. Never learned from what nobody confirmed."""

from core.app.payables.books import Books, is_there
from core.domain.supplier_bills import BillLine, SupplierBill
from core.match.lines.book import learned_key
from core.ports.store import UnitOfWork


def learn_link(unit: UnitOfWork, books: Books, bill: SupplierBill, line: BillLine) -> None:
    """A person linked this line, or posted it with its link: its code and words mean the item of the order line."""
    supplier = bill.header.supplier_id
    if supplier is None or not line.targets or not all(is_there(books.of(supplier), ref) for ref in line.targets):
        return
    items = {books.of(supplier).standing(ref).line.item_code for ref in line.targets}
    if len(items) != 1 or "" in items:
        return
    item = next(iter(items))
    order_line = books.of(supplier).standing(line.targets[0]).line
    known = {learned_key(item), learned_key(order_line.supplier_item_code), learned_key(order_line.description), ""}
    for text in dict.fromkeys((line.item_code, line.description)):
        key = learned_key(text)
        if key not in known:
            unit.orders.learn(supplier, key, item)
