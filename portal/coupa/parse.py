"""What the portal's pages say, as records. Pure: text of a page in, records out, `PortalChanged` or `Malformed` otherwise."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from lxml.html import HtmlElement

from core.domain.errors import Malformed
from core.domain.measures import Quantity, Rate
from core.domain.money import Money
from core.domain.portal_orders import (
    CustomerOrderLine,
    CustomerPurchaseOrder,
    OrderLineKind,
    OrderNote,
    PortalCustomer,
    PortalInvoice,
    PortalPayment,
)
from core.domain.submissions import DraftLine, DraftSeen
from portal.coupa.html import Row, internal_id, labelled, require, table
from portal.coupa.words import invoice_status, order_status
from portal.markup import changed, every, first, has_class, tree, words
from portal.notation import Notation, settled

ORDER_TABLE: Final = "connect_order_header"
LINE_TABLE: Final = "connect_order_line"
INVOICE_TABLE: Final = "invoice_header"
ORDER_COLUMNS: Final = ("PO Number", "Order Date", "Status", "Acknowledged At", "Total", "Actions")
LINE_COLUMNS: Final = ("PO Number", "Line", "Type", "Item", "Qty", "Unit", "Price", "Total")
INVOICE_COLUMNS: Final = ("Invoice #", "Created Date", "Status", "PO #", "Total", "Dispute Reason")
_DATES: Final = ("Order Date", "Acknowledged At", "Need By", "Created Date", "Projected Payment Date")
_AMOUNTS: Final = ("Total", "Invoiced")
_TEXTS: Final = ("td", "span", "time", "div")
_KINDS: Final = {"quantity": OrderLineKind.QUANTITY, "amount": OrderLineKind.AMOUNT}
_FILE: Final = re.compile(r"(?P<name>.+?) \((?P<size>\d+) bytes\)\Z")
_CREATE: Final = re.compile(r"(?:Accept PO and )?Create Invoice\Z")
_MONEY: Final = re.compile(r"\d\s*[A-Z]{3}\Z")
_DAY: Final = re.compile(r"\d{2,4}[/.-]\d{2}[/.-]\d{2,4}\Z")


@dataclass(frozen=True, slots=True)
class OrderPage:
    """What an order's own page says, besides what the tables say."""

    number: str
    status_text: str
    total: Money
    lines: tuple[CustomerOrderLine, ...]
    payment_term: str
    notes: tuple[OrderNote, ...]
    may_be_invoiced: bool


@dataclass(frozen=True, slots=True)
class FormLine:
    """A line of the open invoice form: which order line it charges, and of which kind it is; in the form's order."""

    order_line: str
    kind: OrderLineKind


@dataclass(frozen=True, slots=True)
class FormPage:
    """The open invoice form: for whom, for which order, with which lines, and what the portal complains of."""

    customer: str
    order_number: str
    lines: tuple[FormLine, ...]
    complaints: tuple[str, ...]


def notation_of(date_form: str, decimal_mark: str, rows: Iterable[Row]) -> Notation:
    """The notation of table rows: the login's settings first, else what all cells together leave."""
    kept = list(rows)
    days = [row[name].text for row in kept for name in _DATES if name in row]
    amounts = [row[name].text for row in kept for name in _AMOUNTS if name in row]
    return settled(date_form, decimal_mark, days, amounts)


def page_notation(date_form: str, decimal_mark: str, text: str) -> Notation:
    """The notation of a single page, from everything on it that looks like a date or an amount with its currency."""
    page = tree(text)
    texts = [words(one) for one in (one for one in every(page, "*") if one.tag in _TEXTS)]
    days = [one for one in texts if _DAY.match(one)]
    return settled(date_form, decimal_mark, days, [one for one in texts if _MONEY.search(one) and one[0].isdigit()])


def listed_orders(rows: Sequence[Row], customer: PortalCustomer, notation: Notation) -> tuple[CustomerPurchaseOrder, ...]:
    """The table of orders; lines, notes and invoices come from elsewhere."""
    return tuple(_listed_order(row, customer, notation) for row in rows)


def _listed_order(row: Row, customer: PortalCustomer, notation: Notation) -> CustomerPurchaseOrder:
    status = row["Status"].text
    return CustomerPurchaseOrder(
        customer=customer,
        number=_filled(row, "PO Number", "Orders"),
        reference=internal_id(row["PO Number"].href),
        status=order_status(status),
        status_text=status,
        total=notation.money(row["Total"].text),
        ordered_on=notation.optional_day(row["Order Date"].text),
        acknowledged_on=notation.optional_day(row["Acknowledged At"].text),
        may_be_invoiced=any(_CREATE.match(name) for name in row["Actions"].possible),
    )


def listed_lines(rows: Sequence[Row], notation: Notation) -> dict[str, tuple[CustomerOrderLine, ...]]:
    """The lines of all orders, by order number and in the table's order."""
    found: dict[str, list[CustomerOrderLine]] = {}
    for row in rows:
        found.setdefault(_filled(row, "PO Number", "Order Lines"), []).append(_line(row, notation, "Order Lines"))
    return {number: tuple(lines) for number, lines in found.items()}


def _line(row: Row, notation: Notation, where: str) -> CustomerOrderLine:
    def text(name: str) -> str:
        return row[name].text if name in row else ""

    kind = _KINDS.get(text("Type").casefold())
    if kind is None:
        raise changed(where, "a line's type Quantity or Amount", text("Type"))
    total = notation.money(text("Total"))
    return CustomerOrderLine(
        number=_filled(row, "Line", where),
        kind=kind,
        description=text("Item"),
        price=Rate(notation.number(text("Price"))),
        total=total,
        quantity=Quantity(notation.number(text("Qty"))) if kind is OrderLineKind.QUANTITY else None,
        unit=text("Unit"),
        part_number=text("Supplier Part Number") or text("Part Number"),
        need_by=notation.optional_day(text("Need By")),
        invoiced=notation.money(text("Invoiced")) if text("Invoiced") else None,
        received=Quantity(notation.number(text("Received"))) if text("Received") else None,
    )


def listed_invoices(rows: Sequence[Row], notation: Notation) -> tuple[PortalInvoice, ...]:
    """The table of our invoices. Payment is None unless the view shows it."""
    return tuple(_listed_invoice(row, notation) for row in rows)


def _listed_invoice(row: Row, notation: Notation) -> PortalInvoice:
    status, number = row["Status"].text, row["Invoice #"].text
    payment = None
    if "Paid" in row:
        information = row["Payment Information"].text if "Payment Information" in row else ""
        projected = row["Projected Payment Date"].text if "Projected Payment Date" in row else ""
        payment = PortalPayment(row["Paid"].text.casefold() == "yes", information, notation.optional_day(projected))
    return PortalInvoice(
        number="" if number == "None" else number,
        reference=internal_id(row["Invoice #"].href),
        status=invoice_status(status),
        status_text=status,
        order_number=row["PO #"].text,
        total=notation.money(row["Total"].text),
        created_on=notation.optional_day(row["Created Date"].text),
        dispute_reason=row["Dispute Reason"].text,
        payment=payment,
    )


def order_page(text: str, notation: Notation) -> OrderPage:
    """An order's own page."""
    page, where = tree(text), "Purchase Order"
    fields = labelled(page)
    amount = first(first(page, "div", "total"), "span")
    number = words(first(page, "h1")).partition("#")[2]
    if not number or amount is None or "Status" not in fields:
        raise changed(where, "number, status and total", words(page))
    code = amount.get("title") or ""
    lines = table(text, "order_lines", ("Line", "Type", "Item", "Qty", "Unit", "Price", "Total", "Invoiced"), where)
    notes = [OrderNote(fields["Supplier Note"])] if fields.get("Supplier Note") else []
    notes += [_comment(one, notation) for one in every(first(page, "ul", "comments"), "li")]
    return OrderPage(
        number=number.strip().removeprefix("#"),
        status_text=fields["Status"],
        total=notation.money(f"{words(amount)} {code}"),
        lines=tuple(_line(row, notation, where) for row in lines.rows),
        payment_term=fields.get("Payment Term", ""),
        notes=tuple(notes),
        may_be_invoiced=_may_be_invoiced(page),
    )


def _comment(element: HtmlElement, notation: Notation) -> OrderNote:
    said, day = words(first(element, "span", "s-commentText")) or words(element), words(first(element, "time"))
    return OrderNote(said, words(first(element, "strong")), notation.optional_day(day))


def _may_be_invoiced(page: HtmlElement) -> bool:
    return any(
        _CREATE.match(words(one)) and one.get("disabled") is None and not has_class(one, "disabled")
        for one in (*every(page, "a"), *every(page, "button"))
    )


def with_page(order: CustomerPurchaseOrder, page: OrderPage) -> CustomerPurchaseOrder:
    """The order of the tables with what its own page adds. `Malformed` when they speak of two different orders."""
    if page.number != order.number or page.total != order.total:
        raise Malformed(f"The list says {order.number} over {order.total}, its page {page.number} over {page.total}.")
    received = {line.number: line.received for line in order.lines}
    return replace(
        order,
        lines=tuple(replace(line, received=received.get(line.number)) for line in page.lines),
        payment_term=page.payment_term,
        notes=page.notes,
        may_be_invoiced=page.may_be_invoiced,
    )


def invoice_page(text: str, reference: str, notation: Notation) -> DraftSeen:
    """One invoice as the portal shows it, to be compared with what we meant."""
    page, where = tree(text), "Invoice"
    fields = labelled(page)
    amount = first(first(page, "div", "totalAmount"), "div", "amount")
    if amount is None or not {"Invoice #", "Status", "PO #", "Invoice Date"} <= set(fields):
        raise changed(where, "number, status, order, date and total", words(page))
    rows = table(text, "invoice_lines", ("PO Line", "Type", "Description", "Qty", "Price", "Total"), where).rows
    scan = fields.get("Image Scan", "None")
    file = _FILE.match(scan)
    return DraftSeen(
        reference=reference,
        number="" if fields["Invoice #"] == "None" else fields["Invoice #"],
        status=invoice_status(fields["Status"]),
        status_text=fields["Status"],
        order_number=fields["PO #"],
        total=notation.money(words(amount)),
        lines=tuple(_invoice_line(row, notation) for row in rows),
        invoice_date=notation.optional_day(fields["Invoice Date"]),
        file_name=(file["name"] if file else scan) if scan != "None" else "",
        file_size=int(file["size"]) if file else None,
        legal_entity=fields.get("Legal Entity", ""),
        note=fields.get("Supplier Note", ""),
    )


def _invoice_line(row: Row, notation: Notation) -> DraftLine:
    kind = _KINDS.get(row["Type"].text.casefold())
    if kind is None:
        raise changed("Invoice", "a line's type Quantity or Amount", row["Type"].text)
    quantity = Quantity(notation.number(row["Qty"].text)) if kind is OrderLineKind.QUANTITY else None
    price = Rate(notation.number(row["Price"].text))
    return DraftLine(row["PO Line"].text, kind, price, quantity, row["Description"].text)


def form_page(text: str) -> FormPage:
    """The invoice form as it stands open."""
    page, where = tree(text), "Create Invoice"
    form = first(page, "form", id="invoice_form")
    if form is None:
        raise changed(where, "the invoice form", words(page))
    lines_table = first(form, "table", id="invoice_lines_table")
    headers = [words(one) for one in every(first(lines_table, "thead"), "th")]
    require(headers, ("Type", "Qty", "Price", "PO Line"), where)
    lines = []
    for row in every(first(lines_table, "tbody"), "tr"):
        cells = dict(zip(headers, every(row, "td"), strict=False))
        kind = _KINDS.get(words(cells.get("Type")).casefold())
        if kind is None or "PO Line" not in cells:
            raise changed(where, "a line's type and order line", words(row))
        lines.append(FormLine(words(cells["PO Line"]), kind))
    said = [words(one) for one in every(page, "*", "error", role="alert") if one.get("hidden") is None]
    customer = next((words(one) for one in every(form, "p") if words(one).startswith("Customer:")), "")
    order = next((words(one) for one in every(form, "p") if words(one).startswith("PO:")), "")
    return FormPage(
        customer.removeprefix("Customer:").strip(),
        order.removeprefix("PO:").strip(),
        tuple(lines),
        tuple(one for one in said if one),
    )


def _filled(row: Row, name: str, where: str) -> str:
    text = row[name].text
    if not text:
        raise changed(where, f"something in the column {name}", "an empty cell")
    return text
