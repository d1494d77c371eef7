"""Orders, tables and invoices of the stand-in: refused is what the vendor would refuse."""

from datetime import timedelta
from decimal import Decimal

import httpx
import pytest

from tests.sandbox.portal.faults import Fault
from tests.sandbox.portal.formats import NUMBERS, read_number, written_number
from tests.sandbox.portal.model import Order, OrderLine
from tests.sandbox.portal.site import Site
from tests.sandbox.portal.testing import Visitor

PAPER = ("INV-1.pdf", b"%PDF-1.4")
GOOD = {"invoice_header[invoice_number]": "INV-1", "invoice_header[legal_entity]": "Harbor & Pine Supply, Inc."}
DRAFT = {**GOOD, "commit": "Save as Draft"}
DATE = "invoice_header[local_invoice_date]"
QUANTITY = "invoice_header[invoice_lines][0][quantity]"
PRICE = "invoice_header[invoice_lines][0][price]"


def form(visitor: Visitor, **changes: str) -> dict[str, str]:
    return {**visitor.form_of("birchboro", 80700992), **DRAFT, **changes}


def test_the_order_becomes_a_form_with_what_remains(inside: Visitor) -> None:
    fields = inside.form_of("birchboro", 80700992)
    assert fields[QUANTITY] == "120"
    assert fields["invoice_header[invoice_lines][1][price]"] == "180.00"


def test_a_draft_is_saved_once_shown_and_listed(inside: Visitor, site: Site) -> None:
    page = inside.save("birchboro", form(inside), PAPER)
    assert "was saved as draft" in page.text
    (draft,) = [one for one in site.world.invoices if one.status == "Draft"]
    assert (draft.number, draft.total, draft.saves) == ("INV-1", Decimal("1680.00"), 1)
    assert draft.scan is not None
    assert draft.scan.size == 8
    assert "INV-1" in inside.get("/supplier_invoices", "birchboro", view="Drafts").text
    assert "INV-1.pdf (8 bytes)" in inside.get(f"/supplier_invoices/{draft.id}", "birchboro").text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"invoice_header[invoice_number]": ""}, "can&#39;t be blank"),
        ({"invoice_header[invoice_number]": "X" * 41}, "is too long"),
        ({"invoice_header[invoice_number]": "inv-20390"}, "has already been taken"),
        ({DATE: ""}, "Invoice Date can&#39;t be blank"),
        ({DATE: "2026-07-15"}, "is not a valid date"),
        ({DATE: "31/12/2025"}, "is not a valid date"),
        ({DATE: "12/31/2099"}, "cannot be in the future"),
        ({"invoice_header[legal_entity]": ""}, "Legal entity can&#39;t be blank"),
        ({"invoice_header[currency]": "EUR"}, "Currency must be that of the PO"),
        ({QUANTITY: "0"}, "must be greater than 0"),
        ({QUANTITY: "1,5"}, "Qty is not a number"),
        ({PRICE: "abc"}, "Price is not a number"),
        ({"invoice_header[invoice_lines][0][kind]": "amount"}, "must be the same type"),
    ],
)
def test_what_the_vendor_refuses(inside: Visitor, site: Site, changes: dict[str, str], sentence: str) -> None:
    before = len(site.world.invoices)
    page = inside.save("birchboro", form(inside, **changes), PAPER)
    assert page.status_code == 422
    assert sentence in page.text
    assert len(site.world.invoices) == before


@pytest.mark.parametrize("name", ["INV-1.exe", "INV-1", "INV-1.docx"])
def test_a_file_of_another_kind_is_refused(inside: Visitor, name: str) -> None:
    assert "Image Scan must be one of" in inside.save("birchboro", form(inside), (name, b"x")).text


def test_charges_and_tax_codes_are_the_customers_rules(inside: Visitor, site: Site) -> None:
    site.buyer("birchboro").forbids_charges = site.buyer("birchboro").requires_tax_code = True
    page = inside.save("birchboro", form(inside, **{"invoice_header[shipping_amount]": "5.00"}))
    assert "charges are not permitted" in page.text
    assert "Tax code can&#39;t be blank" in page.text


def test_more_than_remains_is_a_warning(inside: Visitor, site: Site) -> None:
    page = inside.save("birchboro", form(inside, **{QUANTITY: "121"}))
    assert "exceeds what remains" in page.text
    assert len(site.invoices("birchboro")) == 2


def test_a_form_without_its_token_is_refused(inside: Visitor, site: Site) -> None:
    page = inside.save("birchboro", form(inside, authenticity_token="stolen"))
    assert page.status_code == 404
    assert len(site.invoices("birchboro")) == 1


def test_a_closed_order_takes_no_invoice(inside: Visitor, site: Site) -> None:
    fields = form(inside)
    order = site.order("birchboro", 80700992)
    assert order is not None
    order.status = "Soft Closed"
    assert "cannot be invoiced" in inside.save("birchboro", fields).text
    assert "disabled" in inside.get("/supplier_order_headers/80700992", "birchboro").text


def test_submit_is_the_same_form_with_another_button_and_cannot_be_taken_back(inside: Visitor, site: Site) -> None:
    inside.save("birchboro", form(inside, commit="Submit"))
    (sent,) = [one for one in site.world.invoices if one.number == "INV-1"]
    assert sent.status == "Processing"
    again = inside.http.post(site.url("birchboro", f"/supplier_invoices/{sent.id}"), data=form(inside))
    assert again.status_code == 404
    assert inside.post(f"/supplier_invoices/{sent.id}/delete", "birchboro").status_code == 404


def test_a_draft_can_be_changed_and_deleted(inside: Visitor, site: Site) -> None:
    fields = form(inside)
    inside.save("birchboro", fields)
    (draft,) = [one for one in site.world.invoices if one.number == "INV-1"]
    inside.http.post(site.url("birchboro", f"/supplier_invoices/{draft.id}"), data={**fields, QUANTITY: "10"})
    assert [one.net for one in site.world.invoices if one.id == draft.id] == [Decimal("305.00")]
    inside.post(f"/supplier_invoices/{draft.id}/delete", "birchboro", authenticity_token=fields["authenticity_token"])
    assert [one for one in site.world.invoices if one.number == "INV-1"] == []


def test_calculate_keeps_nothing(inside: Visitor, site: Site) -> None:
    answer = inside.http.post(site.url("birchboro", "/supplier_invoices/calculate"), data=form(inside, **{QUANTITY: "2"}))
    assert answer.json()["total"] == "205.00 USD"
    assert len(site.invoices("birchboro")) == 1


def test_tables_have_pages_views_a_search_and_an_order(inside: Visitor, site: Site) -> None:
    day = site.now.date()
    for number in range(40):
        line = OrderLine(1, f"Thing {number}", Decimal(10))
        site.world.orders.append(Order(5000 + number, f"PO-{number:03}", "birchboro", day - timedelta(days=number), [line]))
    first = inside.get("/supplier_order_headers", "birchboro").text
    assert first.count('id="row_') == 15
    assert 'class="next_page"' in first
    last = inside.get("/supplier_order_headers", "birchboro", page="3").text
    assert last.count('id="row_') == 13
    assert 'class="next_page disabled"' in last
    assert inside.get("/supplier_order_headers", "birchboro", size="45").text.count('id="row_') == 43
    assert inside.get("/supplier_order_headers", "birchboro", q="thing 7").text.count('id="row_') == 1
    assert "7790" not in inside.get("/supplier_order_headers", "birchboro", view="Open", size="90").text
    ordered = inside.get("/supplier_order_headers", "birchboro", order="PO Number").text
    assert ordered.index("7781") < ordered.index("7790")


def test_the_export_says_what_the_table_says(inside: Visitor) -> None:
    lines = inside.get("/order_lines.csv", "birchboro", view="Invoiced and received").content.decode("utf-8-sig").splitlines()
    assert lines[0].split(",")[-2:] == ["Invoiced", "Received"]
    assert len(lines) == 5
    assert '"2,500.00 USD"' in "\n".join(lines)


def test_payment_is_shown_in_its_view_and_the_forecast_for_approved_invoices_only(inside: Visitor, site: Site) -> None:
    shown = inside.get("/supplier_invoices", "birchboro", view="Payment information").text
    assert "ACH 55120" in shown
    assert "Projected Payment Date" not in inside.get("/supplier_invoices", "birchboro").text
    site.world.invoices[0].status = "Processing"
    day = site.world.invoices[0].projected_on
    assert day is not None
    assert f"{day:%m/%d/%Y}" not in inside.get("/supplier_invoices", "birchboro", view="Payment information").text


def test_ids_with_a_counter_differ_on_every_page(inside: Visitor) -> None:
    pages = [inside.get("/supplier_order_headers/80700992/create_invoice", "birchboro").text for _ in range(2)]
    ids = [page.partition('id="invoice_number_')[2].partition('"')[0] for page in pages]
    assert ids[0] != ids[1]


class TestFaults:
    def test_what_strikes_at_a_step_strikes_as_often_as_asked(self, inside: Visitor, site: Site) -> None:
        site.faults.add(Fault("oops", "order_list", spared=1, times=1))
        found = [inside.get("/supplier_order_headers", "birchboro").status_code for _ in range(3)]
        assert found == [200, 500, 200]

    def test_a_cut_after_saving_has_saved(self, inside: Visitor, site: Site) -> None:
        fields = form(inside)
        site.faults.add(Fault("cut", "save", "after"))
        with pytest.raises(httpx.HTTPError):
            inside.save("birchboro", fields)
        assert [one.number for one in site.invoices("birchboro")] == ["INV-1", "INV-20390"]
        assert site.seen[-1].fields["commit"] == "Save as Draft"

    def test_a_cut_before_saving_has_not(self, inside: Visitor, site: Site) -> None:
        fields = form(inside)
        site.faults.add(Fault("cut", "save"))
        with pytest.raises(httpx.HTTPError):
            inside.save("birchboro", fields)
        assert len(site.invoices("birchboro")) == 1

    def test_another_session_may_set_dates_and_numbers(self, inside: Visitor, site: Site) -> None:
        site.faults.add(Fault("notation", "order", "after", to="ymd-comma"))
        shown = [inside.get("/supplier_order_headers/80700992", "birchboro").text for _ in range(2)]
        assert ["2,680.00" in page for page in shown] == [True, False]
        assert ["2\N{NO-BREAK SPACE}680,00" in page for page in shown] == [False, True]

    def test_opening_the_form_can_make_an_empty_draft(self, inside: Visitor, site: Site) -> None:
        site.faults.add(Fault("coins_create"))
        inside.get("/supplier_order_headers/80700992/create_invoice", "birchboro")
        assert [one.number for one in site.invoices("birchboro")] == ["", "INV-20390"]

    @pytest.mark.parametrize(
        ("fault", "path", "gone", "there"),
        [
            (Fault("renamed_class"), "/supplier_order_headers/7781", "s-", ""),
            (Fault("renamed_label"), "/supplier_order_headers/80700992", "Create Invoice", "New Bill"),
            (Fault("missing_column", to="Total"), "/supplier_order_headers", ">Total<", "PO Number"),
            (Fault("extra_column"), "/supplier_order_headers", "", ">Region<"),
            (Fault("empty_table"), "/supplier_order_headers", "7781", "No records"),
            (Fault("overlay"), "/supplier_order_headers", "", "Skip"),
            (Fault("new_language", to="fr-FR"), "/supplier_order_headers", "en-US", 'lang="fr-FR"'),
            (Fault("greyed_out"), "/supplier_order_headers/80700992", "/create_invoice", "disabled"),
        ],
    )
    def test_what_changes_the_looks(self, inside: Visitor, site: Site, fault: Fault, path: str, gone: str, there: str) -> None:
        site.faults.add(fault)
        page = inside.get(path, "birchboro").text.replace("stand-in", "")
        assert there in page
        assert not gone or gone not in page

    def test_a_fault_that_there_is_not_is_refused(self, site: Site) -> None:
        for wrong in (Fault("unknown"), Fault("slow"), Fault("cut", "nowhere")):
            with pytest.raises(ValueError, match=r"no fault|needs a step"):
                site.faults.add(wrong)


@pytest.mark.parametrize("form_name", sorted(NUMBERS))
@pytest.mark.parametrize("value", ["0", "12.5", "1234567.89", "0.0001"])
def test_numbers_are_read_as_they_are_written(form_name: str, value: str) -> None:
    assert read_number(written_number(Decimal(value), form_name, None), form_name) == Decimal(value)
