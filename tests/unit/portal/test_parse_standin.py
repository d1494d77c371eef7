"""What the stand-in shows is what we read, in each notation of its users: no browser, real pages."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from core.domain.errors import Malformed, PortalChanged
from core.domain.portal_orders import OrderLineKind, OrderStatus, PortalCustomer, PortalInvoiceStatus
from portal.coupa import parse
from portal.coupa.html import Row, csv_table, table
from portal.notation import Notation
from tests.sandbox.portal import seed
from tests.sandbox.portal.faults import Fault
from tests.sandbox.portal.site import Site
from tests.sandbox.portal.testing import Visitor, running_portal

BIRCH = PortalCustomer("Birch & Boro Furniture")
ORDER = "/supplier_order_headers/80700992"
NOTATIONS = {
    ("mdy", "point"): Notation("mm/dd/yyyy", "."),
    ("ymd", "comma"): Notation("yyyy/mm/dd", ","),
    ("points", "german"): Notation("dd.mm.yyyy", ","),
    ("dmy", "point"): Notation("dd/mm/yyyy", "."),
}


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running_portal() as running:
        yield running


@pytest.fixture
def visitor(site: Site) -> Iterator[Visitor]:
    site.load(seed.world(datetime.now(UTC).date()))
    with Visitor(site) as one:
        one.log_in(seed.PERSON)
        one.choose("birchboro")
        one.enter()
        yield one


def rows(visitor: Visitor, path: str, model: str, columns: tuple[str, ...], **params: str) -> tuple[Row, ...]:
    return table(visitor.get(path, "birchboro", **params).text, model, columns, path).rows


@pytest.mark.parametrize("settings", NOTATIONS, ids="-".join)
def test_every_page_in_every_notation(visitor: Visitor, site: Site, settings: tuple[str, str]) -> None:
    user, notation = site.user(seed.PERSON), NOTATIONS[settings]
    assert user is not None
    user.dates, user.numbers = settings
    orders = rows(visitor, "/supplier_order_headers", parse.ORDER_TABLE, parse.ORDER_COLUMNS)
    for order, meant in zip(parse.listed_orders(orders, BIRCH, notation), site.orders("birchboro"), strict=True):
        assert (order.number, order.reference) == (meant.number, str(meant.id))
        assert (order.total.decimal(), order.ordered_on) == (meant.total, meant.ordered_on)
        assert order.may_be_invoiced is (order.status is OrderStatus.ISSUED)
    page = parse.order_page(visitor.get(ORDER, "birchboro").text, notation)
    assert [line.kind for line in page.lines] == [OrderLineKind.QUANTITY, OrderLineKind.AMOUNT]
    assert [line.invoiced.decimal() for line in page.lines if line.invoiced] == [Decimal(1000)]
    assert [(note.by, note.text) for note in page.notes] == [
        ("", "Ring the bell at gate 3."),
        ("Purchasing", "Please confirm the date."),
    ]
    shown = parse.invoice_page(visitor.get("/supplier_invoices/9001", "birchboro").text, "9001", notation)
    assert (shown.number, shown.status, shown.total.decimal()) == ("INV-20390", PortalInvoiceStatus.APPROVED, Decimal(1000))
    assert shown.invoice_date == site.world.invoices[0].invoice_date


def test_the_export_and_the_table_say_the_same(visitor: Visitor) -> None:
    view = "Invoiced and received"
    data = visitor.get("/order_lines.csv", "birchboro", view=view).content
    exported = csv_table(data, parse.LINE_COLUMNS, "Order Lines").rows
    shown = rows(visitor, "/order_lines", parse.LINE_TABLE, parse.LINE_COLUMNS, view=view)
    notation = NOTATIONS["mdy", "point"]
    assert parse.listed_lines(exported, notation) == parse.listed_lines(shown, notation)
    assert set(parse.listed_lines(exported, notation)) == {"GG80700992", "7781", "7790"}


def test_the_list_and_the_page_of_an_order_must_agree(visitor: Visitor) -> None:
    notation = NOTATIONS["mdy", "point"]
    orders = rows(visitor, "/supplier_order_headers", parse.ORDER_TABLE, parse.ORDER_COLUMNS)
    listed = {one.number: one for one in parse.listed_orders(orders, BIRCH, notation)}
    page = parse.order_page(visitor.get(ORDER, "birchboro").text, notation)
    assert parse.with_page(listed["GG80700992"], page).payment_term == "Net 30"
    with pytest.raises(Malformed):
        parse.with_page(listed["7781"], page)


def test_the_form_says_whose_it_is_and_what_it_charges(visitor: Visitor) -> None:
    form = parse.form_page(visitor.get(f"{ORDER}/create_invoice", "birchboro").text)
    assert (form.customer, form.order_number) == (BIRCH.name, "GG80700992")
    assert [line.order_line for line in form.lines] == ["1", "2"]
    assert form.complaints == ()


def test_the_complaints_of_a_refused_form_are_read(visitor: Visitor) -> None:
    fields = visitor.form_of("birchboro", 80700992)
    page = visitor.save("birchboro", {**fields, "commit": "Save as Draft"})
    assert parse.form_page(page.text).complaints == ("Invoice # can't be blank", "Legal entity can't be blank")


@pytest.mark.parametrize("column", parse.ORDER_COLUMNS)
def test_each_column_that_we_need_is_missed(visitor: Visitor, site: Site, column: str) -> None:
    site.faults.add(Fault("missing_column", to=column))
    page = visitor.get("/supplier_order_headers", "birchboro").text
    with pytest.raises(PortalChanged):
        table(page, parse.ORDER_TABLE, parse.ORDER_COLUMNS, "Orders")


def test_other_classes_and_further_columns_are_no_trouble(visitor: Visitor, site: Site) -> None:
    site.faults.add(Fault("renamed_class"))
    site.faults.add(Fault("extra_column"))
    orders = rows(visitor, "/supplier_order_headers", parse.ORDER_TABLE, parse.ORDER_COLUMNS)
    assert len(parse.listed_orders(orders, BIRCH, NOTATIONS["mdy", "point"])) == 3
    page = parse.order_page(visitor.get(ORDER, "birchboro").text, NOTATIONS["mdy", "point"])
    assert page.may_be_invoiced
    assert parse.form_page(visitor.get(f"{ORDER}/create_invoice", "birchboro").text).order_number == "GG80700992"
