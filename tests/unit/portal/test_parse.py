"""Pages to records without a browser: the tables, an order, an invoice, the form; and what is refused."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import (
    AlreadyInPortal,
    Malformed,
    NotInvoiceable,
    PortalActionNeeded,
    PortalChanged,
    PortalRefusedField,
    PortalRefusedFile,
    ProjectError,
)
from core.domain.measures import Quantity, Rate
from core.domain.money import Money, currency
from core.domain.portal_orders import (
    CustomerOrderLine,
    CustomerPurchaseOrder,
    OrderLineKind,
    OrderStatus,
    PortalCustomer,
    PortalInvoice,
    PortalInvoiceStatus,
)
from portal.coupa import parse, words
from portal.coupa.html import PageKind, csv_table, internal_id, page_kind, table
from portal.coupa.sync import believable
from portal.notation import Notation

US = Notation("mm/dd/yyyy", ".")
ZA = Notation("yyyy/mm/dd", ",")
BIRCH = PortalCustomer("Birch & Boro Furniture")


def usd(text: str) -> Money:
    return Money.parse(text, currency("USD"))


def a_table(model: str, headers: tuple[str, ...], *rows: tuple[str, ...], more: str = "") -> str:
    head = "".join(f"<th><a href='?order={name}'>{name}</a></th>" for name in headers)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table id='{model}_table_tag'><thead><tr>{head}</tr></thead><tbody id='{model}_tbody'>{body}</tbody></table>{more}"


ORDERS = ("PO Number", "Order Date", "Status", "Acknowledged At", "Items", "Total", "Actions")
COINS = "<a title='Accept PO and Create Invoice' href='/x'><img></a>"


def an_order_row(
    number: str = "GG80700992", day: str = "07/15/2026", total: str = "4,873.26 ZAR", **other: str
) -> tuple[str, ...]:
    link = f"<a href='/supplier_order_headers/4711'>{number}</a>"
    return (link, day, other.get("status", "Issued - Sent via Email"), "None", "Oak", total, other.get("actions", COINS))


def orders(text: str, notation: Notation) -> CustomerPurchaseOrder:
    rows = table(text, parse.ORDER_TABLE, parse.ORDER_COLUMNS, "Orders").rows
    return parse.listed_orders(rows, BIRCH, notation)[0]


class TestOrders:
    def test_a_row_with_the_months_first_and_a_decimal_point(self) -> None:
        rows = table(a_table(parse.ORDER_TABLE, ORDERS, an_order_row()), parse.ORDER_TABLE, parse.ORDER_COLUMNS, "Orders").rows
        notation = parse.notation_of("", "", rows)
        (order,) = parse.listed_orders(rows, BIRCH, notation)
        assert (order.number, order.reference) == ("GG80700992", "4711")
        assert (order.status, order.status_text) == (OrderStatus.ISSUED, "Issued - Sent via Email")
        assert order.total == Money.parse("4873.26", currency("ZAR"))
        assert (order.ordered_on, order.acknowledged_on) == (date(2026, 7, 15), None)
        assert order.may_be_invoiced

    def test_a_row_with_the_year_first_and_a_decimal_comma(self) -> None:
        page = a_table(parse.ORDER_TABLE, ORDERS, an_order_row("1107", "2026/08/14", "1 614,60 ZAR"))
        rows = table(page, parse.ORDER_TABLE, parse.ORDER_COLUMNS, "Orders").rows
        (order,) = parse.listed_orders(rows, BIRCH, parse.notation_of("", "", rows))
        assert order.total == Money.parse("1614.60", currency("ZAR"))
        assert order.ordered_on == date(2026, 8, 14)

    def test_a_page_that_can_be_read_in_two_ways_is_refused(self) -> None:
        page = a_table(parse.ORDER_TABLE, ORDERS, an_order_row(day="03/04/2026"))
        rows = table(page, parse.ORDER_TABLE, parse.ORDER_COLUMNS, "Orders").rows
        with pytest.raises(Malformed):
            parse.notation_of("", "", rows)
        assert parse.notation_of("dd/mm/yyyy", "", rows).day("03/04/2026") == date(2026, 4, 3)

    def test_settings_that_contradict_the_page_are_an_error_and_not_another_amount(self) -> None:
        page = a_table(parse.ORDER_TABLE, ORDERS, an_order_row())
        rows = table(page, parse.ORDER_TABLE, parse.ORDER_COLUMNS, "Orders").rows
        for wrong in (ZA, Notation("dd/mm/yyyy", "."), Notation("mm/dd/yyyy", ",")):
            with pytest.raises(Malformed):
                parse.listed_orders(rows, BIRCH, wrong)

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("Soft Closed", OrderStatus.SOFT_CLOSED),
            ("Buyer Hold", OrderStatus.ON_HOLD),
            ("Supplier Window Hold", OrderStatus.ON_HOLD),
            ("Cancelled", OrderStatus.CANCELLED),
            ("closed", OrderStatus.CLOSED),
            ("Quarantined", OrderStatus.OTHER),
            ("", OrderStatus.OTHER),
        ],
    )
    def test_statuses_and_the_ones_that_nobody_knows(self, text: str, expected: OrderStatus) -> None:
        assert words.order_status(text) is expected

    def test_coins_that_are_greyed_out_invite_nobody(self) -> None:
        grey = "<span class='disabled' title='Create Invoice'>x</span><a class='disabled' title='Create Invoice' href='/'>x</a>"
        page = a_table(parse.ORDER_TABLE, ORDERS, an_order_row(actions=grey))
        rows = table(page, parse.ORDER_TABLE, parse.ORDER_COLUMNS, "Orders").rows
        assert not parse.listed_orders(rows, BIRCH, US)[0].may_be_invoiced

    def test_an_order_without_a_number_is_refused(self) -> None:
        page = a_table(parse.ORDER_TABLE, ORDERS, an_order_row(number=""))
        with pytest.raises(PortalChanged):
            orders(page, US)


class TestTables:
    def test_a_missing_column_is_named_and_a_further_one_is_no_trouble(self) -> None:
        fewer = tuple(name for name in ORDERS if name != "Total")
        with pytest.raises(PortalChanged) as changed:
            table(a_table("connect_order_header", fewer), parse.ORDER_TABLE, parse.ORDER_COLUMNS, "Orders")
        assert "Total" in changed.value.sentence
        assert "PO Number" in str(changed.value.details["seen"])
        more = (*ORDERS, "Region")
        page = a_table("connect_order_header", more, (*an_order_row(), "North"))
        assert len(table(page, parse.ORDER_TABLE, parse.ORDER_COLUMNS, "Orders").rows) == 1

    @pytest.mark.parametrize(
        "page",
        [
            "",
            "<p>Nothing</p>",
            "<table id='other_table_tag'><tbody></tbody></table>",
            a_table("connect_order_header", (*ORDERS, "Total"), (*an_order_row(), "1.00 USD")),
            a_table("connect_order_header", ORDERS, an_order_row()[:-1]),
        ],
    )
    def test_another_page_is_refused(self, page: str) -> None:
        with pytest.raises(PortalChanged):
            table(page, parse.ORDER_TABLE, parse.ORDER_COLUMNS, "Orders")

    @pytest.mark.parametrize(
        ("more", "expected"),
        [
            ("<a class='next_page' href='?page=2'>Next</a>", True),
            ("<a class='next_page disabled'>Next</a>", False),
            ("", False),
        ],
    )
    def test_whether_pages_follow(self, more: str, expected: bool) -> None:
        page = a_table("connect_order_header", ORDERS, an_order_row(), more=more)
        assert table(page, parse.ORDER_TABLE, parse.ORDER_COLUMNS, "Orders").has_next is expected

    @pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00", b"PO Number,Line\n1", b'PO Number,Line\n"1'])
    def test_an_export_that_is_cut_or_none_is_refused(self, data: bytes) -> None:
        with pytest.raises(PortalChanged):
            csv_table(data, ("PO Number", "Line"), "Order Lines")

    def test_the_internal_id_is_taken_from_the_link_and_never_made(self) -> None:
        assert internal_id("/supplier_order_headers/4711?x=1") == "4711"
        assert internal_id("https://a.coupahost.com/supplier_invoices/9/edit") == "9"
        assert internal_id("/supplier_order_headers/new") == ""


@pytest.mark.parametrize(
    ("before", "now", "fine"), [(0, 0, True), (10, 10, True), (10, 5, True), (10, 4, False), (3, 0, False)]
)
def test_a_list_of_orders_that_shrinks_by_half_is_not_believed(before: int, now: int, *, fine: bool) -> None:
    earlier, later = ({str(number): "" for number in range(count)} for count in (before, now))
    try:
        believable(BIRCH, earlier, later, 50)
    except PortalChanged:
        assert not fine
    else:
        assert fine


class TestLines:
    HEAD = ("PO Number", "Line", "Type", "Item", "Qty", "Unit", "Price", "Total", "Need By", "Invoiced", "Received")

    def lines(self, *row: str) -> dict[str, tuple[CustomerOrderLine, ...]]:
        page = a_table(parse.LINE_TABLE, self.HEAD, row)
        return parse.listed_lines(table(page, parse.LINE_TABLE, parse.LINE_COLUMNS, "Lines").rows, US)

    def test_a_quantity_line(self) -> None:
        found = self.lines("7", "1", "Quantity", "Oak", "1,200.5", "m", "0.3333", "400.13 USD", "07/15/2026", "100.00 USD", "3")
        (line,) = found["7"]
        assert (line.quantity, line.price, line.total) == (Quantity(Decimal("1200.5")), Rate(Decimal("0.3333")), usd("400.13"))
        assert (line.invoiced, line.received, line.need_by) == (usd("100.00"), Quantity(Decimal(3)), date(2026, 7, 15))

    def test_an_amount_line_has_no_quantity(self) -> None:
        found = self.lines("7", "2", "Amount", "Service", "", "", "180.00", "180.00 USD", "", "", "")
        (line,) = found["7"]
        assert (line.kind, line.quantity, line.invoiced) == (OrderLineKind.AMOUNT, None, None)

    def test_a_kind_that_nobody_knows_is_refused(self) -> None:
        with pytest.raises(PortalChanged):
            self.lines("7", "2", "Blanket", "x", "", "", "1.00", "1.00 USD", "", "", "")


class TestInvoices:
    HEAD = ("Invoice #", "Created Date", "Status", "PO #", "Total", "Unanswered Comments", "Dispute Reason")
    PAID = ("Paid", "Payment Information", "Projected Payment Date")

    def invoice(self, *more: str, status: str = "Approved", number: str = "INV-1") -> PortalInvoice:
        link = f"<a href='/supplier_invoices/9001'>{number}</a>"
        row = (link, "07/15/2026", status, "GG8", "1,000.00 USD", "No", "", *more)
        page = a_table(parse.INVOICE_TABLE, self.HEAD + self.PAID[: len(more)], row)
        return parse.listed_invoices(table(page, parse.INVOICE_TABLE, parse.INVOICE_COLUMNS, "Invoices").rows, US)[0]

    def test_paid_is_no_status(self) -> None:
        found = self.invoice("Yes", "ACH 55", "07/20/2026")
        assert found.status is PortalInvoiceStatus.APPROVED
        assert found.payment is not None
        assert found.payment.paid
        assert found.payment.projected_on == date(2026, 7, 20)
        assert self.invoice().payment is None

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("Draft", PortalInvoiceStatus.DRAFT),
            ("Pending Approval", PortalInvoiceStatus.PENDING_APPROVAL),
            ("AP Hold", PortalInvoiceStatus.ON_HOLD),
            ("Payable Adjustment", PortalInvoiceStatus.OTHER),
        ],
    )
    def test_statuses_and_the_ones_that_nobody_knows(self, text: str, expected: PortalInvoiceStatus) -> None:
        found = self.invoice(status=text)
        assert (found.status, found.status_text) == (expected, text)

    def test_a_draft_without_a_number_has_none(self) -> None:
        assert self.invoice(number="None").number == ""


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<div class='login_message'>Log in</div>", PageKind.LOGGED_OUT),
        ("<form><input id='email' name='email'></form>", PageKind.LOGGED_OUT),
        ("<h1 id='error-message'>Oops! We are sorry</h1>", PageKind.CRASHED),
        ("<body>Oops! Something</body>", PageKind.CRASHED),
        ("<p>We're sorry, but something went wrong</p>", PageKind.CRASHED),
        ("<h1 id='error-message'>closed for maintenance</h1>", PageKind.CLOSED),
        ("<p>The page you were looking for doesn't exist.</p>", PageKind.NOT_FOUND),
        ("<h1>Orders</h1>", PageKind.WORKING),
        ("", PageKind.WORKING),
    ],
)
def test_what_a_page_is_before_it_is_read(page: str, expected: PageKind) -> None:
    assert page_kind(page) is expected


@pytest.mark.parametrize(
    ("text", "kind", "field"),
    [
        ("Invoice # has already been taken", AlreadyInPortal, ""),
        ("PO 7781 is soft closed and cannot be invoiced", NotInvoiceable, ""),
        ("Image Scan must be one of png, pdf", PortalRefusedFile, "Image scan"),
        ("Legal entity can't be blank", PortalActionNeeded, ""),
        ("Invoice Date cannot be in the future", PortalRefusedField, "Invoice date"),
        ("Invoice # is too long (maximum is 40 characters)", PortalRefusedField, "Invoice number"),
        ("Tax code can't be blank", PortalRefusedField, "Tax code"),
        ("Extra shipping/handling/misc charges are not permitted", PortalRefusedField, "Charges"),
        ("Invoice lines order line must be the same type as invoice line", PortalRefusedField, "Lines"),
        ("Computer says no", PortalRefusedField, "Unknown"),
    ],
)
def test_what_the_portal_says_becomes_an_error_by_what_to_do(text: str, kind: type[ProjectError], field: str) -> None:
    found = words.refusal((text,))
    assert type(found) is kind
    assert text in found.sentence
    assert getattr(found, "field", "") == field


def test_of_several_complaints_the_weightiest_decides_and_all_are_told() -> None:
    found = words.refusal(("Tax code can't be blank", "Invoice # has already been taken"))
    assert isinstance(found, AlreadyInPortal)
    assert "Tax code" in found.sentence


@given(st.text(max_size=400))
def test_any_text_is_some_page_and_never_a_crash(text: str) -> None:
    page_kind(text)
    for read in (
        lambda: table(text, parse.ORDER_TABLE, parse.ORDER_COLUMNS, "Orders"),
        lambda: parse.order_page(text, US),
        lambda: parse.invoice_page(text, "1", US),
        lambda: parse.form_page(text),
    ):
        with pytest.raises(PortalChanged):
            read()
