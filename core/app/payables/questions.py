"""What has to be asked about an invoice as a whole: missing and contradictory values, whose it is, whether it came before."""

from collections.abc import Iterator
from dataclasses import replace

from core.domain.bank_accounts import same_account
from core.domain.ids import SupplierId
from core.domain.line_taxes import LineTaxes
from core.domain.money import Currency, Money
from core.domain.payables import ChargeKind
from core.domain.supplier_bills import AskedKind, BillHeader, BillKind, BillQuestion, SupplierBill, taxed, taxes_of
from core.match.suppliers import recognise
from core.ports.store import UnitOfWork

_OF_THE_DOCUMENT = frozenset({AskedKind.DOCUMENT, AskedKind.OPEN, AskedKind.NOTICE, AskedKind.MISSING})


def with_questions(unit: UnitOfWork, bill: SupplierBill, *, against_all: bool = False) -> SupplierBill:
    """The bill with what has to be asked about it now. Answers to questions that are still the same stay.

    Duplicates are looked for among the invoices that came before; among all of them where this one was just edited.
    """
    answered = {question.about: question.answered_by for question in bill.questions}
    asked = [
        *_kept(bill),
        *_missing(bill),
        *_sums(bill),
        *_line_taxes(bill),
        *_supplier(unit, bill),
        *_twins(unit, bill, against_all=against_all),
        *_accounts(unit, bill),
    ]
    known = {question.about: question for question in asked}
    return replace(bill, questions=tuple(replace(each, answered_by=answered.get(about)) for about, each in known.items()))


def recognised(unit: UnitOfWork, header: BillHeader, sender: str) -> BillHeader:
    """The header with its supplier, where exactly one fits, and the legal entity that this supplier bills."""
    if header.supplier_id is None:
        found = recognise(unit.orders.suppliers(), header.supplier_name, header.supplier_tax_id, sender)
        if len(found.suppliers) != 1:
            return header
        header = replace(header, supplier_id=found.suppliers[0], recognised_by=found.by)
    return of_supplier(unit, header)


def of_supplier(unit: UnitOfWork, header: BillHeader) -> BillHeader:
    """The header with the name and legal entity of its supplier."""
    known = unit.orders.supplier(header.supplier_id) if header.supplier_id is not None else None
    return header if known is None else replace(header, supplier_name=known.name, entity=known.entity)


def kind_of(unit: UnitOfWork, bill: SupplierBill) -> BillKind:
    """A PO invoice when the supplier has an open order; a person's word counts more, and what is one stays one."""
    if bill.kind_by_hand or (bill.kind is BillKind.PO_INVOICE and any(line.comparison is not None for line in bill.lines)):
        return bill.kind
    supplier = bill.header.supplier_id
    if supplier is None:
        return BillKind.PO_INVOICE if bill.header.po_numbers else BillKind.PLAIN
    return BillKind.PO_INVOICE if unit.orders.has_open_orders(supplier) else BillKind.PLAIN


def _kept(bill: SupplierBill) -> Iterator[BillQuestion]:
    """What the reader asked, while the field that it is about is still not known."""
    for question in bill.questions:
        if question.kind in _OF_THE_DOCUMENT and not _is_known(bill, question):
            yield question


def _is_known(bill: SupplierBill, question: BillQuestion) -> bool:
    if question.kind in {AskedKind.DOCUMENT, AskedKind.NOTICE}:
        return False
    head = bill.header
    values: dict[str, object] = {
        "number": head.number,
        "invoice_date": head.invoice_date,
        "currency": head.currency,
        "lines": bill.lines,
        "total": head.total,
        "due_date": head.due_date,
        "tax_total": head.tax,
    }
    if question.field in values:
        return bool(values[question.field]) or (question.field in {"total", "tax_total"} and values[question.field] is not None)
    name, _, of = question.field.partition("/")
    line = bill.line(name)
    return line is None or getattr(line, of, None) is not None


def _missing(bill: SupplierBill) -> Iterator[BillQuestion]:
    head = bill.header
    for name, value in (("number", head.number), ("invoice_date", head.invoice_date), ("currency", head.currency)):
        if not value:
            yield BillQuestion(AskedKind.MISSING, name)
    if not bill.lines and head.total is None:
        yield BillQuestion(AskedKind.MISSING, "lines")
    for line in bill.lines:
        if line.amount is None:
            yield BillQuestion(AskedKind.MISSING, f"{line.line}/amount")


def _sums(bill: SupplierBill) -> Iterator[BillQuestion]:
    """The lines (with charges) and the tax must be the total, to the smallest unit."""
    head, net = bill.header, bill.net
    if head.total is None or net is None or not bill.lines or head.currency is None or head.total.currency != net.currency:
        return
    tax = head.tax if head.tax is not None and head.tax.currency == net.currency else Money.zero(net.currency)
    if net + tax != head.total:
        yield BillQuestion(AskedKind.DOES_NOT_ADD_UP, "total", str(net + tax), str(head.total))


def _line_taxes(bill: SupplierBill) -> Iterator[BillQuestion]:
    """The taxes of the lines must be the tax of the invoice, but for rounding; where they are all that is said, one sum."""
    head = bill.header
    if head.currency is None:
        return
    for line in bill.lines:
        made = taxed(line).contradiction
        if made is not None:
            yield BillQuestion(AskedKind.DOES_NOT_ADD_UP, f"{line.line}/tax", str(Money(made, head.currency)), str(line.tax))
    taxes = taxes_of(bill.lines)
    billed = [line.amount for line in bill.lines if line.charge is ChargeKind.TAX and line.amount is not None]
    if head.tax is None and not billed:
        yield from _tax_left_open(bill, taxes, head.currency)
        return
    stated = (head.tax.minor if head.tax is not None else 0) + sum(amount.minor for amount in billed)
    apart = taxes.apart(stated, len(bill.lines))
    if apart is not None:
        by_lines, by_head = Money(apart, head.currency), Money(stated, head.currency)
        yield BillQuestion(AskedKind.DOES_NOT_ADD_UP, "tax", str(by_lines), str(by_head))


def _tax_left_open(bill: SupplierBill, taxes: LineTaxes, of: Currency) -> Iterator[BillQuestion]:
    """Lines speak of tax and no sum of it is known; where the total is the lines alone, there is none."""
    if not taxes.said or (bill.header.total is not None and bill.header.total == bill.net):
        return
    if not taxes.whole:
        yield BillQuestion(AskedKind.MISSING, "tax")
    elif len(taxes.possible) > 1:
        sums = " or ".join(str(Money(minor, of)) for minor in taxes.possible)
        yield BillQuestion(AskedKind.OPEN, "tax", "by the lines", sums)


def _supplier(unit: UnitOfWork, bill: SupplierBill) -> Iterator[BillQuestion]:
    head = bill.header
    if head.supplier_id is not None:
        # The ledger's own rows name a supplier; one that it has neither in its list nor on an order is nobody we know.
        if unit.orders.supplier(head.supplier_id) is None and not unit.orders.has_open_orders(head.supplier_id):
            yield BillQuestion(AskedKind.SUPPLIER_UNKNOWN, "supplier_id", head.supplier_id)
        return
    fits = recognise(unit.orders.suppliers(), head.supplier_name, head.supplier_tax_id, bill.sender).suppliers
    kind = AskedKind.SUPPLIER_TIED if fits else AskedKind.SUPPLIER_UNKNOWN
    yield BillQuestion(kind, "supplier_id", head.supplier_name or bill.sender, ", ".join(fits))


def _accounts(unit: UnitOfWork, bill: SupplierBill) -> Iterator[BillQuestion]:
    """The bank accounts that the invoice names, against those that the ledger knows.

    Of a supplier without a known account nothing is claimed, but that an account is another's. What a person answers holds for
    this invoice: an account becomes known by the ledger's own list alone.
    """
    supplier = unit.orders.supplier(bill.header.supplier_id) if bill.header.supplier_id is not None else None
    if supplier is None:
        return
    for account in bill.header.bank_accounts:
        ours = any(same_account(account, known) for known in supplier.bank_accounts)
        others = ", ".join(f"{each.id} {each.name}" for each in unit.orders.with_account(account) if each.id != supplier.id)
        if others:
            yield BillQuestion(
                AskedKind.ACCOUNT_SHARED if ours else AskedKind.ACCOUNT_OF_OTHERS, "bank_account", account, others
            )
        elif supplier.bank_accounts and not ours:
            yield BillQuestion(AskedKind.OTHER_ACCOUNT, "bank_account", account)


def _twins(unit: UnitOfWork, bill: SupplierBill, *, against_all: bool) -> Iterator[BillQuestion]:
    """The same supplier and number; the same supplier, date and amount."""
    head = bill.header
    if head.supplier_id is None:
        return
    same_number = unit.bills.same_number(SupplierId(head.supplier_id), head.number) if head.number else ()
    named = [other for other in same_number if _counts(other, bill, against_all=against_all)]
    for other in named:
        yield BillQuestion(AskedKind.SAME_NUMBER, "number", head.number, other.id)
    amount = head.total or bill.net
    if head.invoice_date is None or amount is None:
        return
    for other in unit.bills.same_amount(SupplierId(head.supplier_id), head.invoice_date, amount):
        if _counts(other, bill, against_all=against_all) and other.id not in {each.id for each in named}:
            yield BillQuestion(AskedKind.SAME_AMOUNT, "total", str(amount), other.id)


def _counts(other: SupplierBill, bill: SupplierBill, *, against_all: bool) -> bool:
    """Whether the other one is asked about: it came before, or this one was changed to what the other says."""
    asked_before = any(question.other == other.id for question in bill.questions)
    return other.id != bill.id and (against_all or asked_before or _number(other.id) < _number(bill.id))


def _number(bill_id: str) -> int:
    return int(bill_id.rpartition("-")[2])
