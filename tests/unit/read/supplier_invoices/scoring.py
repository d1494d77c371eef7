"""What a reading got right, what it asks about and what it got wrong, field by field."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from core.domain.readings import Reading
from core.domain.supplier_documents import ReadSupplierInvoice, SaidMoney
from tests.unit.read.supplier_invoices.bills import Bill

RIGHT, ASKED, WRONG = "right", "asked", "wrong"
Outcome = tuple[str, str]


def outcomes(reading: Reading, bill: Bill, *, left_out: frozenset[str] = frozenset()) -> Iterator[Outcome]:
    """Field and outcome; `left_out` names what a layout does not print."""
    found = reading.supplier_invoices[0] if len(reading.supplier_invoices) == 1 else None
    for field, outcome in _all(found, bill):
        if field not in left_out:
            yield field, outcome


def _all(found: ReadSupplierInvoice | None, bill: Bill) -> Iterator[Outcome]:
    if found is None:
        yield "document", ASKED
        return
    head = {
        "number": (found.number.value if found.number else None, bill.number),
        "date": (found.invoice_date.value if found.invoice_date else None, bill.issued),
        "due date": (found.due_date.value if found.due_date else None, bill.due),
        "currency": (found.currency.value if found.currency else None, bill.currency),
        "supplier": (_fold(found.supplier_name.value) if found.supplier_name else None, _fold(bill.supplier)),
        "net": (_money(found.net_total), bill.net),
        "tax": (_money(found.tax_total), bill.tax_total),
        "total": (_money(found.total), bill.total),
        "charges": (tuple(_money(charge.amount) for charge in found.charges), tuple(amount for _, amount in bill.charges)),
    }
    for field, (said, truth) in head.items():
        yield field, RIGHT if said == truth else ASKED if said is None else WRONG
    said_orders = {order.value for order in found.po_numbers}
    yield "orders", RIGHT if said_orders == set(bill.orders) else ASKED if not said_orders else WRONG
    yield "count of lines", RIGHT if len(found.lines) == len(bill.lines) else WRONG if found.complete else ASKED
    for line, truth in zip(found.lines, bill.lines, strict=False):
        cells = {
            "line code": (line.code.value if line.code else None, truth.code),
            "line description": (_fold(line.description.value) if line.description else None, _fold(truth.description)),
            "line quantity": (line.quantity.value if line.quantity else None, truth.quantity),
            "line unit": (_fold(line.uom.value) if line.uom else None, _fold(truth.uom)),
            "line rate": (line.rate.value if line.rate else None, truth.rate),
            "line amount": (_money(line.amount), truth.amount),
        }
        for field, (said, meant) in cells.items():
            yield field, RIGHT if said == meant else ASKED if said is None else WRONG
    wrong_money = [_money(line.amount) for line in found.lines] != [line.amount for line in bill.lines] or head["total"][
        0
    ] != bill.total
    yield "document", WRONG if wrong_money and found.complete else ASKED if not found.complete else RIGHT


def _money(said: SaidMoney | None) -> Decimal | None:
    return said.value.decimal() if said is not None and said.value is not None else None


def _fold(text: str) -> str:
    return " ".join(text.lower().split())


def table(scores: dict[str, Counter[str]]) -> str:
    """Aligned: field, share right, asked and wrong, of how many."""
    rows: list[tuple[str, ...]] = [("field", "right", "asked", "wrong", "of")]
    for field, counts in scores.items():
        whole = sum(counts.values())
        rows.append((field, *(f"{counts[what] / whole:.1%}" for what in (RIGHT, ASKED, WRONG)), str(whole)))
    return "\n".join(
        "  ".join(cell.ljust(18) if not index else cell.rjust(7) for index, cell in enumerate(row)) for row in rows
    )
