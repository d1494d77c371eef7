"""Which lines of a customer's order does our invoice charge, where the ledger says nothing but its total?

Only what can be meant in one way is proposed: the one line that is open, all that remains of every line, or the one line that
can take all of it in whole units. Anything else is a question for a person, because the customer pays by line; and whoever says
Ready sees the lines of every proposal.
"""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Final

from core.domain.measures import Quantity, Rate, extend, plain
from core.domain.money import Money, total
from core.domain.portal_orders import CustomerOrderLine, CustomerPurchaseOrder, OrderLineKind
from core.domain.portals import LinesFrom
from core.domain.submissions import DraftLine

_FINEST: Final = Decimal("0.000001")


def proposed_lines(
    order: CustomerPurchaseOrder, amount: Money, tax_code: str = ""
) -> tuple[tuple[DraftLine, ...], LinesFrom] | None:
    """The lines that `amount` charges, where there is one answer; None where a person has to say."""
    if amount.currency != order.total.currency:
        return None
    open_lines = [(line, left) for line in order.lines if (left := _left(line)).minor > 0]
    rest = total((left for _, left in open_lines), amount.currency)
    if len(open_lines) == 1:
        line = charged(open_lines[0][0], amount, tax_code)
        return ((line,), LinesFrom.ONLY_LINE) if line is not None and amount <= rest else None
    if open_lines and rest == amount:
        lines = [charged(line, left, tax_code) for line, left in open_lines]
        known = tuple(line for line in lines if line is not None)
        return (known, LinesFrom.WHOLE_REST) if len(known) == len(lines) else None
    alone = [one for line, left in open_lines if amount <= left and (one := charged(line, amount, tax_code)) and _is_whole(one)]
    return ((alone[0],), LinesFrom.ONE_FITS) if len(alone) == 1 else None


def _is_whole(line: DraftLine) -> bool:
    """Whole units; an amount line takes any part of its amount."""
    return line.quantity is None or line.quantity == line.quantity.to_integral_value()


def charged(line: CustomerOrderLine, amount: Money, tax_code: str = "") -> DraftLine | None:
    """An invoice line that charges exactly `amount` of an order line; None where no exact quantity does."""
    if line.kind is OrderLineKind.AMOUNT:
        return DraftLine(line.number, line.kind, Rate(amount.decimal()), tax_code=tax_code)
    try:
        quantity = Quantity(plain((amount.decimal() / line.price).quantize(_FINEST)))
    except (InvalidOperation, ZeroDivisionError):
        return None
    if quantity <= 0 or extend(line.price, quantity, amount.currency) != amount:
        return None
    return DraftLine(line.number, line.kind, line.price, quantity, tax_code=tax_code)


def chosen_lines(
    order: CustomerPurchaseOrder, amounts: Sequence[tuple[str, Money]], tax_code: str = ""
) -> tuple[DraftLine, ...] | str:
    """The lines that a person chose, by the amount on each; a sentence where that cannot be."""
    by_number = {line.number: line for line in order.lines}
    lines = []
    for number, amount in amounts:
        if number not in by_number:
            return f"Order {order.number} has no line {number}."
        if amount.currency != order.total.currency:
            return f"Order {order.number} is in {order.total.currency}."
        line = charged(by_number[number], amount, tax_code)
        if line is None:
            price = f"{by_number[number].price:f}"
            return f"Line {number} is ordered by quantity at {price}: no exact quantity comes to {amount}."
        lines.append(line)
    if len({number for number, _ in amounts}) != len(amounts):
        return "Each line of the order can be charged once."
    return tuple(lines)


def _left(line: CustomerOrderLine) -> Money:
    return line.total if line.invoiced is None else line.total - line.invoiced
