"""What does not add up, what is open and what is missing: the same questions for every format.

One smallest unit of rounding is nobody's fault on a line, one for each line on a tax; everything else is a finding with both
figures in it.
"""

from collections.abc import Iterator
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from core.domain.line_taxes import added, may_differ_by
from core.domain.money import Money
from core.domain.supplier_documents import (
    NOT_NEEDED_TO_BE_COMPLETE,
    ReadSupplierInvoice,
    ReadSupplierInvoiceLine,
    SaidMoney,
    SupplierDocumentKind,
    SupplierFinding,
    SupplierFindingKind,
)
from core.read.notes import shown
from core.read.supplier_invoices.line_charges import taxed

_MOST_FINDINGS: Final = 100
_WORDS: Final = {"lines_total": "sum of the lines", "net_total": "net total", "total": "total"}


def checked(document: ReadSupplierInvoice, *, rounding: Money | None = None, paid: Money | None = None) -> ReadSupplierInvoice:
    """The record with its missing fields, its findings and whether it is complete.

    `rounding` is what the document adds to its total to make it round, `paid` what it says was paid before.
    """
    findings = [*document.findings]
    for number, line in enumerate(document.lines, 1):
        findings += _line(line, line.number or str(number), document.kind)
    findings += _open_sums(document)
    findings += _sums(document, rounding)
    findings += _due(document, paid)
    findings += _taxes(document)
    findings += _line_taxes(document)
    # What was found before and is found again is said once.
    findings = list(dict.fromkeys(findings))
    if len(findings) > _MOST_FINDINGS:
        rest = f"{len(findings) - _MOST_FINDINGS:,} more findings are not listed."
        findings = [*findings[:_MOST_FINDINGS], SupplierFinding(SupplierFindingKind.NOT_READ, rest)]
    missing = tuple(_missing(document))
    answered = {finding.field for finding in findings}
    # What is given twice or can be read in two ways is there; the finding asks about it.
    missing = tuple(name for name in missing if name not in answered)
    blocking = any(finding.kind is not SupplierFindingKind.NOTICE for finding in findings)
    needed = [name for name in missing if name not in NOT_NEEDED_TO_BE_COMPLETE]
    return replace(document, findings=tuple(findings), missing=missing, complete=not blocking and not needed)


def _missing(document: ReadSupplierInvoice) -> Iterator[str]:
    said = {
        "number": document.number,
        "invoice_date": document.invoice_date,
        "currency": document.currency,
        "lines": document.lines,
        "total": document.total or document.amount_due,
        "supplier_name": document.supplier_name,
        "po_numbers": document.po_numbers,
    }
    return (name for name, value in said.items() if not value)


def _line(line: ReadSupplierInvoiceLine, name: str, kind: SupplierDocumentKind) -> Iterator[SupplierFinding]:
    """A line without an amount, with figures that can be read in two ways, or with figures that do not tie."""
    if line.amount is None:
        yield SupplierFinding(SupplierFindingKind.OPEN, f"Line {shown(name, 12)} has no amount.", "lines", line.place)
        return
    for said, what in ((line.quantity, "quantity"), (line.rate, "rate"), (line.amount, "amount")):
        if said is not None and said.value is None:
            meant = " or ".join(str(value) for value in said.could_be) or "nothing that is an amount of this currency"
            why = f"The {what} “{shown(said.raw)}” of line {shown(name, 12)} can mean {meant}."
            yield SupplierFinding(SupplierFindingKind.OPEN, why, "lines", said.place)
    expected = _expected(line)
    amount = line.amount.value
    if expected is None or amount is None or line.quantity is None or line.rate is None:
        return
    size = abs(expected) == abs(amount) if kind is SupplierDocumentKind.CREDIT_NOTE else False
    if not size and abs(expected.minor - amount.minor) > 1:
        per = f" for {line.rate_per.value}" if line.rate_per is not None else ""
        less = " less its discount" if line.discount is not None or line.discount_percent is not None else ""
        figures = f"{line.quantity.value} at {line.rate.value}{per}{less}"
        why = f"Line {shown(name, 12)}: {figures} is {expected}, but {amount} is printed."
        yield SupplierFinding(SupplierFindingKind.DOES_NOT_ADD_UP, why, "lines", line.amount.place)


def _expected(line: ReadSupplierInvoiceLine) -> Money | None:
    """Quantity times rate less the discount, rounded half up to the smallest unit."""
    if line.quantity is None or line.rate is None or line.amount is None:
        return None
    quantity, rate, amount = line.quantity.value, line.rate.value, line.amount.value
    if quantity is None or rate is None or amount is None:
        return None
    whole = quantity * rate / ((line.rate_per.value if line.rate_per else None) or Decimal(1))
    if line.discount_percent is not None and line.discount_percent.value is not None:
        whole *= 1 - abs(line.discount_percent.value) / 100
    if line.discount is not None and line.discount.value is not None:
        whole -= line.discount.value.decimal()
    unit = Decimal(1).scaleb(-amount.currency.exponent)
    return Money.of(whole.quantize(unit, rounding=ROUND_HALF_UP), amount.currency)


def _open_sums(document: ReadSupplierInvoice) -> Iterator[SupplierFinding]:
    for name in ("lines_total", "net_total", "tax_total", "total", "amount_due"):
        said: SaidMoney | None = getattr(document, name)
        if said is not None and said.value is None:
            why = f"The {name.replace('_', ' ')} “{shown(said.raw)}” cannot be read as one amount."
            yield SupplierFinding(SupplierFindingKind.OPEN, why, name, said.place)


def with_charges(document: ReadSupplierInvoice) -> tuple[Money, ...]:
    """What the lines add up to, without and with the charges; empty where an amount is open."""
    lines, charges = _lines_sum(document), _charges_sum(document)
    return () if lines is None or charges is None or lines.currency != charges.currency else (lines, lines + charges)


def _sums(document: ReadSupplierInvoice, rounding: Money | None) -> Iterator[SupplierFinding]:
    """Lines against their sum or the net, net and tax against the total."""
    sums = with_charges(document)
    allowed = {amount.minor for amount in sums}
    lines_total, net, tax, total = (
        said.value if said else None for said in (document.lines_total, document.net_total, document.tax_total, document.total)
    )
    extra = rounding.minor if rounding else 0
    if sums:
        first = next(
            ((said, name) for said, name in ((lines_total, "lines_total"), (net, "net_total")) if said is not None), None
        )
        if first is not None and first[0].minor not in allowed:
            yield _apart(document, sums, first[0], first[1])
        elif first is None and total is not None and tax is None and total.minor - extra != sums[1].minor:
            yield _apart(document, sums, total, "total")
    base = net or lines_total
    if base is None or total is None or document.total is None:
        return
    makes = base.minor + (tax.minor if tax else 0) + extra
    # Charges may come after the net, untaxed or inside the tax.
    late = (sums[1] - sums[0]).minor if sums and base.minor == sums[0].minor else 0
    if total.minor != makes + late:
        added = f"{base} and tax of {tax} make {Money(makes, base.currency)}" if tax else f"No tax is stated beside the {base}"
        why = f"{added}, but the total says {total}."
        if total.minor == makes:
            why = f"The charges of {Money(late, base.currency)} are neither in the {base} nor in the total of {total}."
        yield SupplierFinding(SupplierFindingKind.DOES_NOT_ADD_UP, why, "total", document.total.place)


def _apart(document: ReadSupplierInvoice, sums: tuple[Money, ...], said: Money, name: str) -> SupplierFinding:
    lines, charged = sums
    total = document.total.value if document.total else None
    charges = f" (with charges {charged})" if charged != lines else ""
    why = f"The lines add up to {lines}{charges}, but the {_WORDS[name]} says {said}."
    if total is not None and total in sums and said != total:
        why += " They add up to the total, so their amounts seem to include tax."
    money: SaidMoney | None = getattr(document, name)
    place = money.place if money is not None else document.lines[0].place
    return SupplierFinding(SupplierFindingKind.DOES_NOT_ADD_UP, why, name, place)


def _lines_sum(document: ReadSupplierInvoice) -> Money | None:
    amounts = [line.amount.value if line.amount else None for line in document.lines]
    return _added(amounts) if amounts else None


def _charges_sum(document: ReadSupplierInvoice) -> Money | None:
    unit = next((line.amount.value.currency for line in document.lines if line.amount and line.amount.value), None)
    return None if unit is None else _added([Money.zero(unit), *(charge.amount.value for charge in document.charges)])


def _added(amounts: list[Money | None]) -> Money | None:
    result: Money | None = None
    for amount in amounts:
        if amount is None or (result is not None and result.currency != amount.currency):
            return None
        result = amount if result is None else result + amount
    return result


def _due(document: ReadSupplierInvoice, paid: Money | None) -> Iterator[SupplierFinding]:
    """What is left to pay is the total less what was paid; another figure is worth a look, not a question."""
    total = document.total.value if document.total else None
    due = document.amount_due.value if document.amount_due else None
    if total is None or due is None or total.currency != due.currency or document.amount_due is None:
        return
    left = total - paid if paid is not None else total
    if due.minor not in {left.minor, total.minor}:
        why = f"The amount due is {due}, while the total is {total}" + (f" and {paid} was paid." if paid else ".")
        yield SupplierFinding(SupplierFindingKind.NOTICE, why, "amount_due", document.amount_due.place)


def _taxes(document: ReadSupplierInvoice) -> Iterator[SupplierFinding]:
    """Tax at a percentage of its base, to one smallest unit a line, because some round each line and some the sum."""
    for tax in document.taxes:
        percent = tax.percent.value if tax.percent else None
        base = tax.base.value if tax.base else None
        amount = tax.amount.value if tax.amount else None
        if percent is None or base is None or amount is None or tax.amount is None:
            continue
        expected = Decimal(base.minor) * percent / 100
        if abs(expected - amount.minor) > may_differ_by(len(document.lines)):
            why = f"{percent}% of {base} is not the {amount} that is printed as tax."
            yield SupplierFinding(SupplierFindingKind.DOES_NOT_ADD_UP, why, "tax_total", tax.amount.place)


def _line_taxes(document: ReadSupplierInvoice) -> Iterator[SupplierFinding]:
    """What the lines say of their tax, each against its percentage and all against the tax of the document.

    Charges beside the lines have a tax of their own that nobody broke down, so that then the sum says nothing.
    """
    lines = [(line, taxed(line)) for line in document.lines]
    for number, (line, said) in enumerate(lines, 1):
        made = said.contradiction
        if made is not None and line.tax is not None and line.tax.value is not None and line.amount is not None:
            name, unit = shown(line.number or str(number), 12), line.tax.value.currency
            why = (
                f"Line {name}: {said.percent}% of {line.amount.value} is {Money(made, unit)}, but {line.tax.value} is its tax."
            )
            yield SupplierFinding(SupplierFindingKind.DOES_NOT_ADD_UP, why, "tax_total", line.tax.place)
    total = document.tax_total.value if document.tax_total is not None else None
    if total is None or document.tax_total is None or document.charges:
        return
    apart = added(said for _, said in lines).apart(total.minor, len(lines))
    if apart is not None:
        why = f"The taxes of the lines add up to {Money(apart, total.currency)}, but the tax says {total}."
        yield SupplierFinding(SupplierFindingKind.DOES_NOT_ADD_UP, why, "tax_total", document.tax_total.place)
