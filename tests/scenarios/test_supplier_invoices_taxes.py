"""Tax on the lines of a invoice: from the columns of a file to the bill, and what is asked where it does not add up."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.app.outcomes import Refusal
from core.app.payables.showing import bill_view
from core.domain.events import SupplierInvoiceEvent as Event
from core.domain.supplier_bills import AskedKind
from core.domain.workflows import SupplierInvoiceState as State
from tests.builders import usd
from tests.databases import SetClock, clean_store
from tests.payables_desk import INVOICE_HEAD, NO_APPROVAL, PayablesDesk, invoice_row, order_row

WASHER = {"code": "B-9", "description": "Flat washer M10"}


@pytest.fixture
def desk(clock: SetClock, tmp_path: Path) -> Iterator[PayablesDesk]:
    """On one database: taxes are parts of a record that both keep as text."""
    with clean_store("sqlite", clock) as store:
        made = PayablesDesk(store, clock, tmp_path / "bills")
        made.policy(NO_APPROVAL)
        made.orders(order_row(), order_row("2", **WASHER))
        yield made


def give(desk: PayablesDesk, *rows: str, columns: str = "tax_percent,line_tax") -> None:
    desk.take("supplier_invoices.csv", "\n".join((f"{INVOICE_HEAD},{columns}", *rows)))


def sentences(desk: PayablesDesk, number: str = "SI-1001") -> list[str]:
    with desk.services.store.read() as unit:
        view = bill_view(unit, desk.bill(number).id, desk.clock.at.tzinfo)  # type: ignore[arg-type]
    return [each.sentence for each in view.questions if each.stops]


def test_the_tax_of_the_lines_is_the_tax_of_the_bill_and_goes_to_the_ledger(desk: PayablesDesk) -> None:
    said = [("20,10.00", "7,3.50"), ("20,", "7,"), (",10.00", ",3.50"), ("20,", ",3.50")]
    for place, (first, second) in enumerate(said, 1):
        po, number = f"PO-{place}", f"INV-{place}"
        desk.orders(order_row(po=po), order_row("2", po=po, **WASHER))
        day = f"2026-03-{place:02}"
        rows = (invoice_row(number=number, po=po, day=day), invoice_row("2", number=number, po=po, day=day, **WASHER))
        give(desk, f"{rows[0]},{first}", f"{rows[1]},{second}")
        bill = desk.bill(f"SI-{1000 + place}")
        assert (bill.header.tax, bill.state) == (usd("13.50"), State.READY_TO_POST)
        desk.done(desk.on_bill(Event.POST, "paul", bill.id))
    rows_posted = desk.rows_posted()
    assert [row[7:9] for row in rows_posted] == [["113.50", "13.50"]] * 2 * len(said)
    assert sorted(",".join(row[-4:-2]) for row in rows_posted) == sorted(cells for pair in said for cells in pair)


def test_the_tax_on_a_line_that_bills_two_order_lines_is_shared_to_the_cent(desk: PayablesDesk) -> None:
    desk.orders(order_row(quantity="10"), order_row("2", quantity="5"))
    row = f"{invoice_row(quantity='15', rate='5.00')},20,14.99"
    desk.take("supplier_invoices.csv", "\n".join((f"{INVOICE_HEAD},tax_percent,line_tax", row)))
    assert len(desk.line("1").targets) == 2
    desk.done(desk.on_bill(Event.POST, "paul"))
    assert [row[-3:-1] for row in desk.rows_posted()] == [["10.00", "50.00"], ["4.99", "25.00"]]


def test_what_does_not_add_up_to_the_tax_is_asked(desk: PayablesDesk) -> None:
    apart = "The taxes of the lines add up to 20.00 USD, the tax says 21.00 USD."
    cases = {
        ("20,10.00,20.00", "20,10.00,20.00"): [],
        ("20,10.00,20.02", "20,10.00,20.02"): [],
        ("20,10.00,21.00", "20,10.00,21.00"): [apart],
        ("20,,21.00", "20,,21.00"): [apart],
        ("20,12.00,22.00", "20,10.00,22.00"): [
            "The tax of line 1 should be 10.00 USD by its percentage, the line says 12.00 USD."
        ],
        ("20,10.00,", ",,"): ["The tax of the invoice is missing."],
        ("20,10.00,13.00", ",,13.00"): [],
    }
    for place, (cells, said) in enumerate(cases.items(), 1):
        number, day = f"INV-{place}", f"2026-03-{place:02}"
        lines = (invoice_row(number=number, day=day), invoice_row("2", number=number, day=day, **WASHER))
        given = [f"{line},{more}" for line, more in zip(lines, cells, strict=True)]
        give(desk, *given, columns="tax_percent,line_tax,tax_amount")
        assert sentences(desk, f"SI-{1000 + place}") == said, cells


def test_percentages_that_can_be_rounded_in_two_ways_are_asked_about_and_a_person_gives_the_tax(desk: PayablesDesk) -> None:
    rows = (invoice_row("1", "1", "0.03"), invoice_row("2", "1", "0.03", **WASHER))
    give(desk, *(f"{row},50," for row in rows))
    assert "The tax of the invoice “by the lines” can be read as 0.03 USD or 0.04 USD." in sentences(desk)
    (place,) = [place for place, each in enumerate(desk.bill().questions) if each.field == "tax"]
    assert isinstance(desk.right_as_it_is(place), Refusal), "it needs a value"
    desk.done(desk.edit(tax=usd("0.04")))
    assert not [each for each in desk.bill().questions if each.field == "tax"]
    assert desk.bill().header.tax == usd("0.04")


def test_a_difference_of_taxes_can_be_right_as_it_is_and_is_asked_again_when_it_changes(desk: PayablesDesk) -> None:
    row, columns = invoice_row(rate="5.50"), "tax_percent,line_tax,tax_amount"
    give(desk, f"{row},20,11.00,12.00", columns=columns)
    assert [each.kind for each in desk.bill().questions] == [AskedKind.DOES_NOT_ADD_UP]
    desk.done(desk.right_as_it_is(0))
    assert sentences(desk) == []
    give(desk, f"{row},20,11.00,13.00", columns=columns)
    assert sentences(desk) == ["The taxes of the lines add up to 11.00 USD, the tax says 13.00 USD."]


def test_a_line_that_is_the_tax_is_held_against_the_taxes_of_the_others(desk: PayablesDesk) -> None:
    tax = "INV-77,S1,2026-03-01,USD,PO-1001,2,tax,,,,,,{},,"
    give(desk, f"{invoice_row()},20,10.00", tax.format("10.00"))
    assert desk.bill().header.tax is None
    assert sentences(desk) == []
    give(desk, f"{invoice_row()},20,10.00", tax.format("11.00"))
    assert sentences(desk) == ["The taxes of the lines add up to 10.00 USD, the tax says 11.00 USD."]


def test_a_bad_cell_of_tax_is_named_and_nothing_is_taken(desk: PayablesDesk) -> None:
    for cells, column in (("120,", "tax_percent"), ("-1,", "tax_percent"), ("x,", "tax_percent"), (",1.234", "line_tax")):
        said = desk.refused(desk.give("supplier_invoices.csv", f"{INVOICE_HEAD},tax_percent,line_tax\n{invoice_row()},{cells}"))
        assert f"column {column}" in said
    with desk.services.store.read() as unit:
        assert not unit.bills.search("INV-77")
