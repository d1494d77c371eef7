"""Supplier invoices handed over in Slack: in a window, or as files in a message to Tieout; what comes of them is told there."""

import pytest

from core.domain.actors import Role
from core.domain.workflows import SupplierInvoiceState as State
from tests.payables_desk import NO_APPROVAL, order_row
from tests.sandbox.slack.model import Json
from tests.sandbox.slack.testing import text_of
from tests.scenarios.test_supplier_invoices_arrival import ubl
from tests.slack_payables import SlackPayables


@pytest.fixture
def desk(payables: SlackPayables) -> SlackPayables:
    payables.policy(NO_APPROVAL)
    payables.orders(order_row())
    return payables


def told(desk: SlackPayables, words: str, thread_ts: str = "", user: str = "priya") -> Json:
    """Wait until the person's conversation with Tieout says something, in the thread of a message where one is named."""

    def found() -> Json:
        cards = [card for card in desk.slack.cards(user=user, thread_ts=thread_ts) if card["channel"].startswith("D")]
        return next((card for card in cards if words in text_of(card)), {})

    return desk.slack.wait_for(found, what=f"{user} to be told {words!r}")


def test_a_file_sent_to_tieout_is_taken_once_and_answered_in_its_thread(desk: SlackPayables) -> None:
    desk.slack.rules(echo_own_messages=True)
    file = desk.slack.upload("priya", "invoice.xml", ubl())
    said = desk.slack.say("priya", "the bolts", files=[file])
    answer = told(desk, "SI-1001", said["ts"])
    assert "50.00 USD" in text_of(answer)
    assert desk.bill().submitters == (desk.priya.id,)
    assert desk.bill().state is State.READY_TO_POST
    desk.slack.redeliver()
    desk.slack.press("priya", answer, "supplier_invoice.open")
    desk.window("priya", "Invoice INV-77")
    desk.settled()
    assert len(desk.slack.messages(user="priya", thread_ts=said["ts"])) == 2, "the file and one answer"
    desk.card(saying="INV-77")


def test_files_of_the_window_are_taken_and_duplicates_stand_side_by_side(desk: SlackPayables) -> None:
    desk.slack.slash("priya", "/tieout upload")
    desk.window("priya", "Documents")
    files = [desk.slack.upload("priya", name, data) for name, data in (("a.xml", ubl()), ("b.xml", ubl(tax="DE 123456789")))]
    desk.slack.submit_view("priya", {"files": files})
    desk.window("priya", "2 documents are being read")
    told(desk, "a.xml: SI-100")
    twin = told(desk, "The other")
    assert "This one" in text_of(twin)
    assert "has the same number INV-77" in text_of(desk.card("SI-1002"))
    again = desk.slack.upload("priya", "c.xml", ubl())
    desk.slack.say("priya", "", files=[again])
    known = told(desk, "c.xml was taken before")
    assert "SI-100" in text_of(known), "the invoice that it is stands below"


def test_whoever_may_not_hand_in_is_told_so_before_they_choose_a_file(desk: SlackPayables) -> None:
    desk.becomes(desk.priya, Role.RATE_AND_AMOUNT_MANAGER)
    desk.slack.shortcut("priya", "upload_invoices")
    desk.window("priya", "not entitled to hand in supplier invoices")
    desk.slack.close_view("priya")
    desk.slack.say("priya", "", files=[desk.slack.upload("priya", "invoice.xml", ubl())])
    told(desk, "You are not entitled to hand in documents")
    stranger = desk.slack.say("dana", "", files=[desk.slack.upload("dana", "invoice.xml", ubl())])
    told(desk, "does not know you yet", stranger["ts"], "dana")
    desk.slack.say("priya", "hello?")
    told(desk, "Give me supplier invoices as files")
    with desk.services.store.read() as unit:
        assert not unit.bills.counts()


def test_what_is_no_invoice_too_large_or_not_there_is_said_and_slack_down_is_tried_again(desk: SlackPayables) -> None:
    desk.slack.say("priya", "", files=[desk.slack.upload("priya", "holiday.txt", b"We were at the sea.")])
    told(desk, "Not taken. holiday.txt")
    desk.slack.say("priya", "", files=[desk.slack.upload("priya", "film.xml", b"x" * (25 * 1024 * 1024 + 1))])
    told(desk, "larger than 25 MB")
    desk.slack.scopes(remove=["files:read"])
    late = desk.slack.say("priya", "", files=[desk.slack.upload("priya", "invoice.xml", ubl())])
    told(desk, "invoice.xml waits", late["ts"])
    desk.slack.scopes(add=["files:read"])
    desk.slack.faults.status("files.download", 503)
    desk.clock.advance(seconds=61)
    told(desk, "SI-1001", late["ts"])
    assert len(desk.slack.messages(user="priya", thread_ts=late["ts"])) == 2, "one answer, changed in place"


def test_home_offers_the_window_to_whoever_may_use_it(desk: SlackPayables) -> None:
    desk.slack.open_home("priya")
    home = desk.slack.wait_for(lambda: desk.slack.home("priya") or {}, what="the Home tab")
    desk.slack.press("priya", home, "upload.open")
    desk.window("priya", "Documents")
    desk.becomes(desk.ines, Role.QUANTITY_MANAGER)
    desk.slack.open_home("ines")
    other = desk.slack.wait_for(lambda: desk.slack.home("ines") or {}, what="the Home tab")
    assert "Upload invoices" not in text_of(other)
