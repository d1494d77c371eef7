"""The portal's tables: columns, views, search over all columns, sorting, pages of 15, 45 or 90, and the file of an export."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from tests.sandbox.portal.formats import written_date, written_number
from tests.sandbox.portal.model import Order, OrderLine, PortalInvoice, User
from tests.sandbox.portal.site import Site

Row = TypeVar("Row")
SIZES = (15, 45, 90)


@dataclass(frozen=True)
class Cell:
    text: str
    href: str = ""
    css: str = ""
    # Icons with a name of their own, as (label, href, css, off).
    icons: tuple[tuple[str, str, str, bool], ...] = ()


@dataclass(frozen=True)
class Column(Generic[Row]):
    title: str
    cell: Callable[[Row], Cell]


@dataclass
class Shown:
    """One page of a table, ready for its template."""

    model: str
    titles: list[str]
    rows: list[list[Cell]]
    page: int
    pages: int
    size: int
    count: int
    view: str
    views: list[str]
    query: str
    order: str
    sizes: Sequence[int] = SIZES
    path: str = ""
    extras: dict[str, Any] = field(default_factory=dict)


def show(
    site: Site, model: str, columns: Sequence[Column[Row]], rows: Sequence[Row], params: dict[str, str], views: Sequence[str]
) -> Shown:
    """The rows that are asked for. Sorting is by the text that is seen, as people expect of a header they click."""
    if site.faults.holds("empty_table", f"{model}_list") or site.faults.holds("empty_table", model):
        rows = []
    columns = _with_faults(site, model, columns)
    query = params.get("q", "")
    titles = [column.title for column in columns]
    found = list(rows)
    if query:
        found = [row for row in found if any(query.lower() in column.cell(row).text.lower() for column in columns)]
    if params.get("order") in titles:
        by = columns[titles.index(params["order"])]
        found.sort(key=lambda row: by.cell(row).text)
    size = int(params.get("size", SIZES[0])) if params.get("size", "15").isdigit() else SIZES[0]
    size = size if size in SIZES else SIZES[0]
    pages = max(1, -(-len(found) // size))
    page = min(max(1, int(params.get("page", "1")) if params.get("page", "1").isdigit() else 1), pages)
    view = params.get("view", views[0])
    # Cells are made for the page that is shown alone: a portal with many orders is no slower for each of them.
    table = [[column.cell(row) for column in columns] for row in found[(page - 1) * size : page * size]]
    return Shown(
        model,
        titles,
        table,
        page,
        pages,
        size,
        len(found),
        view if view in views else views[0],
        list(views),
        query,
        params.get("order", ""),
    )


def _with_faults(site: Site, model: str, columns: Sequence[Column[Row]]) -> list[Column[Row]]:
    kept = list(columns)
    missing = site.faults.holds("missing_column")
    if missing:
        kept = [column for column in kept if column.title != missing.to]
    if site.faults.holds("extra_column", model):
        kept.insert(1, Column("Region", lambda _row: Cell("North")))
    return kept


def as_csv(titles: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bytes:
    """UTF-8 with a byte order mark, as spreadsheets want it."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(titles)
    writer.writerows([cell.text for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def order_columns(site: Site, user: User) -> list[Column[Order]]:
    label = "Create Invoice"

    def actions(order: Order) -> Cell:
        buyer = site.buyer(order.buyer)
        name = f"Accept PO and {label}" if buyer.accepts_first else label
        off = not may_be_invoiced(site, order)
        href = f"/supplier_order_headers/{order.id}/create_invoice"
        return Cell("", icons=((name, href, "s-createInvoice", off),))

    return [
        Column("PO Number", lambda one: Cell(one.number, f"/supplier_order_headers/{one.id}", "s-datatable-cell-id")),
        Column("Order Date", lambda one: Cell(written_date(one.ordered_on, user.dates))),
        Column("Status", lambda one: Cell(one.status)),
        Column("Acknowledged At", lambda one: Cell(written_date(one.acknowledged_on, user.dates) or "None")),
        Column("Items", lambda one: Cell("; ".join(line.description for line in one.lines))),
        Column("Unanswered Comments", lambda one: Cell("Yes" if one.comments else "No")),
        Column("Total", lambda one: Cell(f"{written_number(one.total, user.numbers)} {one.currency}")),
        Column("Assigned To", lambda one: Cell(one.requester)),
        Column("Actions", actions),
    ]


def may_be_invoiced(site: Site, order: Order) -> bool:
    buyer = site.buyer(order.buyer)
    off = site.faults.holds("greyed_out")
    return buyer.may_invoice and order.status == "Issued" and not order.invoice_stop and off is None


def line_columns(site: Site, user: User, view: str) -> list[Column[tuple[Order, OrderLine]]]:
    amount = {"amount": "Amount", "quantity": "Quantity"}
    columns: list[Column[tuple[Order, OrderLine]]] = [
        Column("PO Number", lambda one: Cell(one[0].number, f"/supplier_order_headers/{one[0].id}", "s-datatable-cell-id")),
        Column("Line", lambda one: Cell(str(one[1].number))),
        Column("Type", lambda one: Cell(amount[one[1].kind])),
        Column("Item", lambda one: Cell(one[1].description)),
        Column("Supplier Part Number", lambda one: Cell(one[1].part_number)),
        Column("Qty", lambda one: Cell(line_quantity(one[1], user))),
        Column("Unit", lambda one: Cell(one[1].unit if one[1].kind == "quantity" else "")),
        Column("Price", lambda one: Cell(written_number(one[1].price, user.numbers))),
        Column("Total", lambda one: Cell(f"{written_number(one[1].total, user.numbers)} {one[0].currency}")),
        Column("Need By", lambda one: Cell(written_date(one[1].need_by, user.dates))),
    ]
    if view != "All":
        columns += [
            Column(
                "Invoiced",
                lambda one: Cell(
                    f"{written_number(site.invoiced(one[0], one[1].number), user.numbers)} {one[0].currency}",
                ),
            ),
            Column("Received", lambda one: Cell(written_number(one[1].received, user.numbers, None))),
        ]
    return columns


def line_quantity(line: OrderLine, user: User) -> str:
    return written_number(line.quantity, user.numbers, None) if line.kind == "quantity" else ""


def invoice_columns(user: User, view: str) -> list[Column[PortalInvoice]]:
    def icons(one: PortalInvoice) -> Cell:
        if one.status != "Draft":
            return Cell("")
        at = f"/supplier_invoices/{one.id}"
        return Cell("", icons=(("Edit", f"{at}/edit", "s-edit", False), ("Delete", f"{at}/delete", "s-delete", False)))

    columns: list[Column[PortalInvoice]] = [
        Column("Invoice #", lambda one: Cell(one.number or "None", f"/supplier_invoices/{one.id}", "s-datatable-cell-id")),
        Column("Created Date", lambda one: Cell(written_date(one.created_on, user.dates))),
        Column("Status", lambda one: Cell(one.status)),
        Column("PO #", lambda one: Cell(one.order_number)),
        Column("Total", lambda one: Cell(f"{written_number(one.total, user.numbers)} {one.currency}")),
        Column("Unanswered Comments", lambda _one: Cell("No")),
        Column("Dispute Reason", lambda one: Cell(one.dispute_reason)),
    ]
    if view == "Payment information":
        columns += [
            Column("Paid", lambda one: Cell("Yes" if one.paid else "No")),
            Column("Payment Information", lambda one: Cell(one.payment_info)),
            Column("Projected Payment Date", lambda one: Cell(projected(one, user))),
        ]
    return [*columns, Column("Actions", icons)]


def projected(one: PortalInvoice, user: User) -> str:
    """Shown for approved invoices only."""
    return written_date(one.projected_on, user.dates) if one.status == "Approved" else ""
