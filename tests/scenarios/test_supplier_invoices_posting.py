"""Posting supplier invoices to a ledger of files: the whole way and back, exactly once, and what it does to the orders."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from core.app import take_document
from core.app.commands import ActOnBill, TakeDocument
from core.app.payables import act_on_invoice
from core.app.payables.books import Books
from core.app.payables.post_bills import posting_of
from core.app.payables.showing_orders import Billing, orders_to_choose, summary
from core.domain.events import AuditName, LineEvent
from core.domain.events import SupplierInvoiceEvent as Event
from core.domain.ids import PoNumber, SupplierId
from core.domain.measures import Rate
from core.domain.workflows import LineVerdict
from core.domain.workflows import SupplierInvoiceState as State
from core.store.unit_of_work import SqlStore
from tests.builders import acting
from tests.databases import SetClock
from tests.payables_desk import NO_APPROVAL, PayablesDesk, invoice_row, order_row
from tests.service import FILES


@pytest.fixture
def desk(store: SqlStore, clock: SetClock, tmp_path: Path) -> PayablesDesk:
    desk = PayablesDesk(store, clock, tmp_path / "bills")
    desk.policy(NO_APPROVAL)
    return desk


def billing(desk: PayablesDesk, number: str = "PO-1001") -> tuple[Billing, str]:
    with desk.services.store.read() as unit:
        order = unit.orders.order(PoNumber(number))
        assert order is not None
        found = summary(unit, order)
    return found.billing, found.unbilled.text()


def posted(desk: PayablesDesk, number: str = "SI-1001", erp: str = "BILL-1") -> None:
    desk.done(desk.on_bill(Event.POST, "paul", number))
    desk.done(desk.acknowledge(f"{desk.bill(number).posting_key},posted,{erp},"))


def test_only_a_person_entitled_to_it_posts_and_the_bill_goes_out_once_with_its_order_lines(desk: PayablesDesk) -> None:
    desk.orders(order_row(quantity="10"))
    desk.invoices(invoice_row(quantity="4"), invoice_row("2", "1", "25.00", code="", description="Freight", kind="expense"))
    desk.accept("1")
    desk.done(desk.on_line(LineEvent.ADD_NEW, "2", coding="6020"))
    assert billing(desk) == (Billing.PENDING, "50.00")
    desk.refused(desk.on_bill(Event.POST, "carl"), "not_permitted")
    desk.done(desk.on_bill(Event.POST, "paul"))
    assert desk.bill().state is State.POSTING
    assert desk.bill().batch
    first, second = desk.rows_posted()
    assert first[1:9] == ["invoice", "S1", "INV-77", "2026-03-01", "", "USD", "45.00", "0.00"]
    assert first[9:] == [
        "1",
        "PO-1001",
        "1",
        "A-1",
        "Hex bolt stainless M8 40",
        "4",
        "EA",
        "5.00",
        "",
        "",
        "",
        "20.00",
        "4010-1",
    ]
    assert second[9:12] == ["2", "", ""]
    assert second[-5:] == ["expense", "", "", "25.00", "6020"]
    desk.relay.run_now()
    assert len(desk.rows_posted()) == 2
    desk.done(desk.acknowledge(f"{first[0]},posted,BILL-88,"))
    assert (desk.bill().state, desk.bill().erp_id) == (State.POSTED, "BILL-88")
    assert billing(desk) == (Billing.PARTLY, "30.00")
    assert type(desk.acknowledge(f"{first[0]},posted,BILL-88,")).__name__ == "AlreadyDone"


def test_a_refused_bill_comes_back_with_the_ledgers_reason_and_is_posted_again_under_a_new_key(desk: PayablesDesk) -> None:
    desk.orders(order_row())
    desk.invoices(invoice_row())
    desk.done(desk.on_bill(Event.POST, "paul"))
    key = desk.bill().posting_key
    desk.done(desk.acknowledge(f"{key},refused,,The period is closed."))
    assert desk.bill().state is State.READY_TO_POST
    assert desk.bill().why == "The ledger refused: The period is closed."
    posted(desk)
    assert desk.bill().posting_key != key
    assert desk.bill().state is State.POSTED
    assert {row[0] for row in desk.rows_posted()} == {key, desk.bill().posting_key}


def test_an_answer_to_nothing_of_ours_is_reported_and_not_obeyed(desk: PayablesDesk) -> None:
    desk.orders(order_row())
    desk.invoices(invoice_row())
    desk.done(desk.on_bill(Event.POST, "paul"))
    assert "no bill of ours" in desk.done(desk.acknowledge("post:SI-9:v1,posted,X,")).sentence
    desk.done(desk.acknowledge(f"{desk.bill().posting_key},posted,BILL-1,"))
    said = desk.done(desk.acknowledge(f"{desk.bill().posting_key},refused,,too late")).sentence
    assert "is posted already" in said
    assert desk.bill().state is State.POSTED


def test_a_crash_between_handing_over_and_writing_it_down_posts_once(desk: PayablesDesk) -> None:

    desk.orders(order_row())
    desk.invoices(invoice_row())
    bill = desk.bill()

    desk.done(act_on_invoice.act(desk.services, ActOnBill(bill.id, bill.version, Event.POST, acting(desk.people["paul"]))))
    with desk.services.store.read() as unit:
        posting = posting_of(desk.bill(), Books(unit))
    desk.ledger.post([posting])
    desk.relay.run_now()
    assert len(desk.rows_posted()) == 1
    assert desk.bill().batch


class TestWhatTheLedgerCountsItself:
    def test_a_bill_that_the_ledgers_own_list_counts_is_not_counted_twice(self, desk: PayablesDesk) -> None:
        desk.orders(order_row(quantity="10"))
        desk.invoices(invoice_row(quantity="4"))
        desk.accept()
        posted(desk)
        assert billing(desk) == (Billing.PARTLY, "30.00")
        desk.orders(order_row(quantity="10", billed="4"))
        assert billing(desk) == (Billing.PARTLY, "30.00")
        desk.invoices(invoice_row(quantity="6", number="INV-78", day="2026-03-05"))
        assert desk.line("1", "SI-1002").verdicts == (LineVerdict.PERFECT_MATCH,)
        posted(desk, "SI-1002", "BILL-2")
        assert billing(desk) == (Billing.FULLY, "0.00")
        desk.orders(order_row(quantity="10", billed="10"))
        assert billing(desk) == (Billing.FULLY, "0.00")

    def test_a_list_that_comes_before_the_acknowledgement_counts_it_once_too(self, desk: PayablesDesk) -> None:
        desk.orders(order_row(quantity="10"))
        desk.invoices(invoice_row(quantity="4"))
        desk.accept()
        desk.done(desk.on_bill(Event.POST, "paul"))
        desk.orders(order_row(quantity="10", billed="4"))
        assert billing(desk) == (Billing.PARTLY, "30.00")
        desk.done(desk.acknowledge(f"{desk.bill().posting_key},posted,BILL-1,"))
        assert billing(desk) == (Billing.PARTLY, "30.00")

    def test_what_somebody_else_billed_in_the_ledger_counts_besides_ours(self, desk: PayablesDesk) -> None:
        desk.orders(order_row(quantity="10"))
        desk.invoices(invoice_row(quantity="4"))
        desk.accept()
        posted(desk)
        desk.orders(order_row(quantity="10", billed="7"))
        assert billing(desk) == (Billing.PARTLY, "15.00")


def test_before_posting_the_lines_are_judged_once_more(desk: PayablesDesk) -> None:
    desk.orders(order_row())
    desk.invoices(invoice_row())
    assert desk.bill().state is State.READY_TO_POST
    with desk.services.store.write() as unit:
        order = unit.orders.order(PoNumber("PO-1001"))
        assert order is not None
        line = replace(order.lines[0], rate=Rate(Decimal(10)))
        unit.orders.put_orders([replace(order, lines=(line,))])
    desk.refused(desk.on_bill(Event.POST, "paul"), "illegal_move")
    assert desk.bill().state is State.NEEDS_REVIEW
    assert AuditName.SUPPLIER_INVOICE_POSTING not in desk.names()


def test_our_own_file_of_bills_is_not_taken_for_something_else(desk: PayablesDesk) -> None:
    desk.orders(order_row())
    desk.invoices(invoice_row())
    desk.done(desk.on_bill(Event.POST, "paul"))
    (file,) = (desk.folder / "outgoing").glob("*/pending_bills.csv")
    outcome = take_document.take(desk.services, TakeDocument(file.name, file.read_bytes(), FILES))
    assert "Tieout itself wrote" in desk.refused(outcome)


def test_the_picker_shows_open_orders_the_latest_first_and_finds_numbers_in_any_spelling(desk: PayablesDesk) -> None:
    newer = order_row(po="PO-1002").replace("2026-01-05", "2026-02-07")
    desk.orders(order_row(), newer, order_row(po="PO-1003", status="closed"))
    with desk.services.store.read() as unit:
        found = orders_to_choose(unit, SupplierId("S1"))
        assert [each.number for each in found] == ["PO-1002", "PO-1001"]
        assert found[0].words == "PO-1002: Pending Billing, 50.00 USD unbilled, 2026-02-07"
        assert [each.number for each in orders_to_choose(unit, SupplierId("S1"), "po 1001")] == ["PO-1001"]
