"""Rows of the item table that bill no goods: freight, packing, a discount, a surcharge; by their words, never by their amounts.

They stay lines, because the document counts them among its lines; what they are is said beside them.
"""

from dataclasses import replace
from typing import Final

from core.domain.line_taxes import TaxedLine
from core.domain.payables import ChargeKind
from core.domain.supplier_documents import ReadSupplierInvoiceLine, SaidMoney
from core.read.supplier_invoices.labels import sum_at_start, sum_of
from core.read.supplier_invoices.words import Sum

KINDS: Final = {Sum.FREIGHT: ChargeKind.FREIGHT, Sum.DISCOUNT: ChargeKind.DISCOUNT, Sum.CHARGE: ChargeKind.OTHER}


def with_charge(line: ReadSupplierInvoiceLine) -> ReadSupplierInvoiceLine:
    """The line with the kind of charge that it is, if it is one. A discount without quantity and rate takes money off."""
    kind = _kind(line)
    if kind is None:
        return line
    if kind is ChargeKind.DISCOUNT and line.quantity is None and line.rate is None and line.amount is not None:
        return replace(line, charge=kind, amount=_taken_off(line.amount))
    return replace(line, charge=kind)


def taxed(line: ReadSupplierInvoiceLine) -> TaxedLine:
    """What the line says of its tax."""
    amount, tax = (
        said.value.minor if said is not None and said.value is not None else None for said in (line.amount, line.tax)
    )
    return TaxedLine(amount, line.tax_percent.value if line.tax_percent is not None else None, tax)


def _kind(line: ReadSupplierInvoiceLine) -> ChargeKind | None:
    """What its whole description says; where nothing is counted and priced, the words that it begins with are enough.

    Pallets by the dozen are goods, one of them is a charge; freight and discounts are what they are in any number.
    """
    text = line.description.value if line.description is not None else ""
    said = sum_of(text)
    if said is None and line.quantity is None and line.rate is None:
        said = sum_at_start(text)
    kind = KINDS.get(said) if said is not None else None
    if kind is ChargeKind.OTHER and line.quantity is not None and line.quantity.value != 1:
        return None
    return kind


def _taken_off(said: SaidMoney) -> SaidMoney:
    value = None if said.value is None else -abs(said.value)
    return replace(said, value=value, could_be=tuple(-abs(each) for each in said.could_be))
