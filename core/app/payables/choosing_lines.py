"""What a person chooses from while deciding about lines: order lines to link to, approvers, and lines to accept together."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Final

from core.app.payables.books import Books
from core.app.payables.moving import may_approve
from core.app.payables.showing import order_line_view
from core.app.payables.showing_orders import OrderLineView
from core.app.payables.views import BillLineView
from core.domain.actors import Person
from core.domain.money import Money
from core.domain.payables import OrderStatus
from core.domain.policy import Axis
from core.domain.supplier_bills import SupplierBill
from core.match.normal import compact
from core.ports.store import UnitOfWork

_SHOWN: Final = 50


def order_lines_to_choose(unit: UnitOfWork, bill: SupplierBill, text: str = "", limit: int = _SHOWN) -> list[OrderLineView]:
    """Lines of the supplier's open orders in the invoice's currency, those of its own orders first, then the latest orders.

    `text` is looked for in order number, item code and description, however it is spelt.
    """
    supplier = bill.header.supplier_id
    if supplier is None:
        return []
    key = compact(text)
    named = {each.po_number for each in bill.orders if each.po_number is not None}
    open_ones = [order for order in unit.orders.orders_of(supplier) if order.status is OrderStatus.OPEN]
    open_ones = [order for order in open_ones if order.currency == bill.header.currency and order.entity == bill.entity]
    open_ones.sort(key=lambda order: (order.order_date or date.min, order.number), reverse=True)
    open_ones.sort(key=lambda order: order.number not in named)
    book = Books(unit).of(supplier)
    found: list[OrderLineView] = []
    for order in open_ones:
        for line in order.lines:
            words = compact(f"{line.po_number} {line.item_code} {line.description}")
            if key in words:
                found.append(order_line_view(book.standing(line.ref)))
            if len(found) == limit:
                return found
    return found


def approvers_to_choose(unit: UnitOfWork, bill: SupplierBill, text: str = "", limit: int = _SHOWN) -> list[Person]:
    """People who may approve this invoice, by name."""
    wanted = text.casefold().strip()
    fit = [
        person for person in unit.people.everybody() if wanted in person.name.casefold() and may_approve(unit, person.id, bill)
    ]
    return sorted(fit, key=lambda person: (person.name.casefold(), person.id))[:limit]


def at_stake(line: BillLineView) -> Money | None:
    """What the line charges over what was expected (negative: under), rounded to the currency; None where nobody can say.

    A difference in rate or quantity is taken as its share of the line's amount, so units of measure do not matter.
    """
    if line.amount is None or not line.findings:
        return None
    expected = Fraction(1)
    for finding in line.findings:
        if finding.found is None or finding.expected is None or finding.difference is None:
            return None
        if finding.axis is Axis.AMOUNT:
            return Money.of(_rounded(Fraction(finding.difference), line.amount), line.amount.currency)
        if not finding.found:
            return None
        expected *= Fraction(finding.expected) / Fraction(finding.found)
    return Money.of(_rounded(Fraction(line.amount.decimal()) * (1 - expected), line.amount), line.amount.currency)


def _rounded(value: Fraction, like: Money) -> Decimal:
    places = like.currency.exponent
    scaled = Decimal(round(value * 10 ** (places + 6))).scaleb(-(places + 6))
    return scaled.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
