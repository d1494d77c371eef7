"""Supplier invoices as `tieout read` shows them: one JSON object an invoice, or lines and a table for people."""

from collections.abc import Sequence
from decimal import Decimal

from core.app.masking import ending
from core.domain.bank_accounts import account_key
from core.domain.money import NO_CURRENCY, Money
from core.domain.supplier_documents import (
    PlaceInDocument,
    ReadCharge,
    ReadSupplierInvoice,
    ReadSupplierInvoiceLine,
    SaidDate,
    SaidMoney,
    SaidNumber,
    SaidText,
    SupplierFinding,
    asked,
)

Said = SaidText | SaidDate | SaidNumber | SaidMoney
_LONG = 60


def as_json(source: str, invoice: ReadSupplierInvoice) -> dict[str, object]:
    """The columns of `supplier_invoices.csv`, what else the document says, and where each field stands in it.

    `supplier_id` is empty: a document says a name, and whose name that is, is decided later. `item_code` is ours where the
    document names it, else the supplier's.
    """
    value: dict[str, object] = {
        "kind": "supplier_invoice",
        "source": source,
        "where": invoice.where,
        "format": invoice.format,
        "document": invoice.kind.value,
        "invoice_number": _text(invoice.number),
        "supplier_id": None,
        "supplier_name": _text(invoice.supplier_name),
        "supplier_tax_id": _text(invoice.supplier_tax_id),
        "buyer_name": _text(invoice.buyer_name),
        "invoice_date": _day(invoice.invoice_date),
        "due_date": _day(invoice.due_date),
        "discount_until": _day(invoice.discount_until),
        "currency": _text(invoice.currency),
        "currency_sure": invoice.currency_sure,
        "po_numbers": [order.value for order in invoice.po_numbers],
        "corrects": _text(invoice.corrects),
        "bank_accounts": [account_key(said.value) for said in invoice.bank_accounts],
        "lines": [_line(number, line) for number, line in enumerate(invoice.lines, 1)],
        "charges": [_charge(charge) for charge in invoice.charges],
        "taxes": [
            {"percent": _number(tax.percent), "base": _amount(tax.base), "amount": _amount(tax.amount)} for tax in invoice.taxes
        ],
        "lines_total": _amount(invoice.lines_total),
        "net_total": _amount(invoice.net_total),
        "tax_total": _amount(invoice.tax_total),
        "total": _amount(invoice.total),
        "amount_due": _amount(invoice.amount_due),
        "complete": invoice.complete,
        "missing": list(invoice.missing),
        "findings": [_finding(finding) for finding in invoice.findings],
        "places": _places(invoice),
    }
    return value


def _line_kind(line: ReadSupplierInvoiceLine) -> str:
    """A charge by its kind; a credit takes money off; without quantity and rate a line is judged by its amount alone."""
    if line.charge is not None:
        return line.charge.word
    amount = line.amount.value if line.amount is not None else None
    if amount is not None and amount.minor < 0:
        return "credit"
    return "expense" if line.quantity is None and line.rate is None else "item"


def _line(number: int, line: ReadSupplierInvoiceLine) -> dict[str, object]:
    rate = line.unit_rate()
    value: dict[str, object] = {
        "line": line.number or str(number),
        "line_kind": _line_kind(line),
        "item_code": _text(line.our_code) or _text(line.code),
        "supplier_item_code": _text(line.code),
        "description": _text(line.description),
        "quantity": _number(line.quantity),
        "uom": _text(line.uom),
        "rate": _plain(rate) if rate is not None else None,
        "amount": _amount(line.amount),
        "place": _place(line.place),
    }
    optional = {
        "rate_printed": _number(line.rate) if line.rate_per else None,
        "rate_per": _number(line.rate_per),
        "discount": _amount(line.discount),
        "discount_percent": _number(line.discount_percent),
        "tax_percent": _number(line.tax_percent),
        "line_tax": _amount(line.tax),
        "po_number": _text(line.po_number),
        "po_line": line.po_line or None,
    }
    value.update({key: said for key, said in optional.items() if said is not None})
    return value


def _charge(charge: ReadCharge) -> dict[str, object]:
    place = _place(charge.amount.place)
    return {"kind": charge.kind.value, "description": charge.description, "amount": _amount(charge.amount), "place": place}


def _finding(finding: SupplierFinding) -> dict[str, object]:
    value: dict[str, object] = {"kind": finding.kind.value, "why": finding.why}
    if finding.field:
        value["field"] = finding.field
    if finding.place.where:
        value["place"] = _place(finding.place)
    return value


def _places(invoice: ReadSupplierInvoice) -> dict[str, object]:
    """Where the fields of the head and the sums stand; those worked out stand nowhere."""
    named: dict[str, Said | None] = {
        "invoice_number": invoice.number,
        "invoice_date": invoice.invoice_date,
        "due_date": invoice.due_date,
        "discount_until": invoice.discount_until,
        "currency": invoice.currency,
        "supplier_name": invoice.supplier_name,
        "lines_total": invoice.lines_total,
        "net_total": invoice.net_total,
        "tax_total": invoice.tax_total,
        "total": invoice.total,
    }
    found: dict[str, object] = {name: _place(said.place) for name, said in named.items() if said is not None}
    if invoice.po_numbers:
        found["po_numbers"] = [_place(order.place) for order in invoice.po_numbers]
    if invoice.bank_accounts:
        found["bank_accounts"] = [_place(said.place) for said in invoice.bank_accounts]
    return found


def _place(place: PlaceInDocument) -> object:
    """A sentence, or with its box where there is a page to show."""
    return {"where": place.where, "page": place.page, "box": list(place.box)} if place.box else place.where


def _text(said: SaidText | None) -> str | None:
    return None if said is None else said.value


def _day(said: SaidDate | None) -> str | None:
    return None if said is None or said.value is None else said.value.isoformat()


def _number(said: SaidNumber | None) -> str | None:
    return None if said is None or said.value is None else _plain(said.value)


def _plain(value: Decimal) -> str:
    return f"{value:f}"


def _amount(said: SaidMoney | None) -> str | None:
    return None if said is None or said.value is None else said.value.text()


def about_invoice(invoice: ReadSupplierInvoice) -> list[str]:
    """What the head and the sums say, and what a person is asked."""
    kind = "invoice" if invoice.kind.value == "invoice" else "credit note"
    head = [
        f"{kind} {_text(invoice.number) or 'without a number'}",
        f"of {_day(invoice.invoice_date) or 'an open date'}",
        f"from {_text(invoice.supplier_name) or 'a supplier not named'}",
    ]
    if invoice.po_numbers:
        head.append(f"for order {', '.join(order.value for order in invoice.po_numbers)}")
    if invoice.bank_accounts:
        head.append(f"to be paid to account {', '.join(ending(said.value) for said in invoice.bank_accounts)}")
    sums = [f"{name} {_shown(said.value)}" for name, said in _sums(invoice) if said is not None]
    found = [" ".join(head), ", ".join(sums) or "no sums", *(f"to ask: {question}" for question in asked(invoice))]
    return [*found, "complete" if invoice.complete else "not complete"]


def _sums(invoice: ReadSupplierInvoice) -> list[tuple[str, SaidMoney | None]]:
    charges = [(charge.kind.word, charge.amount) for charge in invoice.charges]
    return [
        ("lines", invoice.lines_total),
        *charges,
        ("net", invoice.net_total),
        ("tax", invoice.tax_total),
        ("total", invoice.total),
    ]


def _shown(amount: Money | None) -> str:
    if amount is None:
        return "open"
    return str(amount) if amount.currency.code != NO_CURRENCY else f"{amount.decimal():,f} (no currency)"


def _described(line: ReadSupplierInvoiceLine) -> str:
    """The description, for a charge with its kind."""
    said = (_text(line.description) or "-")[:_LONG]
    return said if line.charge is None else f"{said} ({line.charge.word})"


def line_rows(invoice: ReadSupplierInvoice) -> tuple[Sequence[str], Sequence[Sequence[str]]]:
    """Titles and cells of the table of lines."""
    titles = ("line", "item code", "description", "quantity", "unit", "rate", "amount")
    rows = [
        (
            line.number or str(number),
            _text(line.our_code) or _text(line.code) or "-",
            _described(line),
            _number(line.quantity) or "-",
            _text(line.uom) or "-",
            _number(line.rate) or "-",
            _shown(line.amount.value) if line.amount else "-",
        )
        for number, line in enumerate(invoice.lines, 1)
    ]
    return titles, rows
