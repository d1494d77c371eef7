"""From what a document says to the parts of a supplier bill: values where they are certain, questions where they are not."""

from collections.abc import Iterator, Sequence

from core.app.payables.wording import CHARGES
from core.domain.bank_accounts import account_key
from core.domain.measures import as_decimal
from core.domain.money import NO_CURRENCY, Currency, Money, currency
from core.domain.payables import LineKind
from core.domain.supplier_bills import AskedKind, BillHeader, BillLine, BillQuestion
from core.domain.supplier_documents import (
    ReadCharge,
    ReadSupplierInvoice,
    ReadSupplierInvoiceLine,
    SaidMoney,
    SaidNumber,
    SupplierDocumentKind,
    SupplierFindingKind,
)

_NOT_ASKED_TWICE = frozenset({"number", "invoice_date", "currency", "lines", "po_numbers", "supplier_name"})
_ASKED_ABOVE = frozenset({SupplierFindingKind.OPEN, SupplierFindingKind.DOES_NOT_ADD_UP})


def bill_parts(read: ReadSupplierInvoice) -> tuple[BillHeader, tuple[BillLine, ...], tuple[BillQuestion, ...]]:
    """Header, lines with charges, and what the reader could not settle. Amounts of a credit note are negative here."""
    unit = currency(read.currency.value) if read.currency is not None and read.currency_sure else None
    sign = -1 if read.kind is SupplierDocumentKind.CREDIT_NOTE else 1
    header = BillHeader(
        number=read.number.value if read.number else "",
        invoice_date=read.invoice_date.value if read.invoice_date else None,
        currency=unit,
        supplier_name=read.supplier_name.value if read.supplier_name else "",
        supplier_tax_id=read.supplier_tax_id.value if read.supplier_tax_id else "",
        po_numbers=_order_numbers(read),
        is_credit=sign < 0,
        due_date=read.due_date.value if read.due_date else None,
        discount_until=read.discount_until.value if read.discount_until else None,
        tax=_money(read.tax_total, unit, sign),
        total=_money(read.total, unit, sign),
        bank_accounts=tuple(account_key(said.value) for said in read.bank_accounts),
    )
    names = _names(read.lines)
    lines = tuple(_line(name, line, unit, sign) for name, line in zip(names, read.lines, strict=True))
    charges = tuple(_charge(place, charge, unit, sign) for place, charge in enumerate(read.charges, 1))
    return header, (*lines, *charges), tuple(_questions(read, names))


def _order_numbers(read: ReadSupplierInvoice) -> tuple[str, ...]:
    named = [said.value for said in read.po_numbers] + [line.po_number.value for line in read.lines if line.po_number]
    return tuple(dict.fromkeys(named))


def _names(lines: Sequence[ReadSupplierInvoiceLine]) -> list[str]:
    """The lines' own numbers where they tell them apart, else their places."""
    given = [line.number.strip() for line in lines]
    if all(given) and len(set(given)) == len(given) and not any("/" in name for name in given):
        return given
    return [str(place) for place in range(1, len(lines) + 1)]


def _line(name: str, line: ReadSupplierInvoiceLine, unit: Currency | None, sign: int) -> BillLine:
    quantity = line.quantity.value if line.quantity else None
    rate = line.unit_rate()
    code = line.our_code or line.code
    return BillLine(
        line=name,
        kind=LineKind.EXPENSE if line.charge is not None and line.quantity is None and line.rate is None else None,
        amount=_money(line.amount, unit, sign),
        item_code=code.value if code else "",
        description=line.description.value if line.description else "",
        quantity=None if quantity is None else quantity * sign,
        uom=line.uom.value if line.uom else "",
        rate=rate,
        charge=line.charge,
        tax_percent=line.tax_percent.value if line.tax_percent else None,
        tax=_money(line.tax, unit, sign),
        place=line.place.where,
    )


def _charge(place: int, charge: ReadCharge, unit: Currency | None, sign: int) -> BillLine:
    return BillLine(
        line=f"C{place}",
        kind=LineKind.EXPENSE,
        amount=_money(charge.amount, unit, sign),
        description=charge.description or CHARGES[charge.kind],
        charge=charge.kind,
        place=charge.amount.place.where,
    )


def _money(said: SaidMoney | None, unit: Currency | None, sign: int) -> Money | None:
    """The amount in the currency that is certain; in none as long as that is a question."""
    if said is None or said.value is None:
        return None
    amount = said.value if sign > 0 else -said.value
    if unit is None:
        stated = Currency(NO_CURRENCY, amount.currency.exponent)
        return Money(amount.minor, stated)
    return amount if amount.currency == unit else Money.of(amount.decimal(), unit)


def _questions(read: ReadSupplierInvoice, names: Sequence[str]) -> Iterator[BillQuestion]:
    if read.currency is not None and not read.currency_sure:
        yield BillQuestion(AskedKind.OPEN, "currency", read.currency.raw, read.currency.value)
    if read.invoice_date is not None and read.invoice_date.value is None:
        yield BillQuestion(AskedKind.OPEN, "invoice_date", read.invoice_date.raw, _or(read.invoice_date.could_be))
    if "total" in read.missing:
        yield BillQuestion(AskedKind.MISSING, "total")
    for name, line in zip(names, read.lines, strict=True):
        for of, said in (("quantity", line.quantity), ("rate", line.rate), ("amount", line.amount)):
            if said is not None and said.value is None:
                yield BillQuestion(AskedKind.OPEN, f"{name}/{of}", said.raw, _possible(said))
    for finding in read.findings:
        # Open values are asked about one by one above; sums are added up again from the values as they are now.
        asked_above = finding.kind in _ASKED_ABOVE or (finding.field in _NOT_ASKED_TWICE and finding.field in read.missing)
        if not asked_above:
            notice = finding.kind is SupplierFindingKind.NOTICE
            yield BillQuestion(AskedKind.NOTICE if notice else AskedKind.DOCUMENT, finding.field, said=finding.why)


def _possible(said: SaidNumber | SaidMoney) -> str:
    if isinstance(said, SaidMoney):
        return _or(tuple(amount.text() for amount in said.could_be))
    return _or(tuple(f"{as_decimal(value):f}" for value in said.could_be))


def _or(values: Sequence[object]) -> str:
    return " or ".join(str(value) for value in values)
