"""Supplier invoices in Slack: one card an invoice, its lines decided from it, forms, windows, refusals."""

import pytest

from core.app.payables.act_on_dispute import Reply, take_reply
from core.app.payables.escalating import escalate
from core.domain.actors import Role
from core.domain.disputes import Dispute
from core.domain.events import LineEvent
from core.domain.events import SupplierInvoiceEvent as Event
from core.domain.ids import MailId
from core.domain.workflows import DisputeState, LineResolution, LineVerdict
from core.domain.workflows import SupplierInvoiceState as State
from tests.golden.cards.invoice_scenes import many, mixed
from tests.payables_desk import INVOICE_HEAD, NO_APPROVAL, invoice_row, order_row
from tests.sandbox.slack.testing import action_ids, text_of
from tests.slack_payables import REVIEW, SlackPayables


@pytest.fixture
def desk(payables: SlackPayables) -> SlackPayables:
    return payables


def resolved(desk: SlackPayables, line: str, to: LineResolution) -> None:
    desk.until(lambda: desk.line(line).resolution is to, f"line {line} to be {to}")


def in_state(desk: SlackPayables, state: State) -> None:
    desk.until(lambda: desk.bill().state is state, f"the invoice to be {state}")


def test_lines_are_decided_on_the_one_card_until_the_invoice_is_posted(desk: SlackPayables) -> None:
    desk.policy(NO_APPROVAL)
    mixed(desk)
    first = desk.card(saying="1 of 4 lines matches perfectly")
    assert "received 4 − billed 0" in text_of(first)
    desk.settled()
    said = [text_of(each) for each in desk.slack.cards(REVIEW)]
    assert any("1 receipt read from the ledger" in text for text in said), said
    desk.press("priya", "accept", line=1)
    resolved(desk, "2", LineResolution.ACCEPTED)
    desk.press("priya", "await_receipt", line=2)
    resolved(desk, "3", LineResolution.AWAITING_RECEIPT)
    card = desk.card(saying="Waits for its receipt since")
    assert "supplier_invoice.post" not in action_ids(card)
    desk.press("priya", "received", line=2)
    desk.window("priya", "How much did you receive")
    desk.slack.submit_view("priya", {"answer": "6"})
    resolved(desk, "3", LineResolution.CLEAR)
    desk.press("priya", "add_new", line=3)
    desk.window("priya", "Coding")
    desk.slack.submit_view("priya", {"answer": "6020"})
    in_state(desk, State.READY_TO_POST)
    asked = desk.press("marcus", "post", confirm=None, expect_ack=False)
    assert "315.00 USD" in asked["confirm"]["text"]["text"]
    desk.press("marcus", "post")
    in_state(desk, State.POSTING)
    done = desk.card(saying="pressed Post")
    assert done["ts"] == first["ts"]
    assert desk.line("4").coding == "6020"


def test_a_line_that_waits_long_is_marked_people_are_called_and_the_requester_says_what_came(desk: SlackPayables) -> None:
    desk.becomes(desk.ines, Role.REQUESTER)
    desk.orders(order_row(match="three_way"))
    head = f"{INVOICE_HEAD},discount_until,discount_amount"
    desk.take("supplier_invoices.csv", f"{head}\n{invoice_row()},2026-03-08,1.00\n")
    desk.press("priya", "await_receipt", line=0)
    assert "Overdue" not in text_of(desk.card(saying="Waits for its receipt since 2 Mar 2026, 0 days"))
    desk.clock.advance(days=3)
    assert escalate(desk.services) == 1
    desk.until(lambda: "Overdue: line 1 waits for the receipt for 3 days." in text_of(desk.card()), "the card to be marked")
    assert "The discount of 1.00 USD can be kept until 8 Mar 2026." in text_of(desk.card())
    alert = desk.slack.wait_for(lambda: desk.slack.cards(REVIEW, contains="has waited 3 days"), what="the alert")[0]
    assert {"<@U0PRIYA001>", "<@U0INES0001>"} <= set(text_of(alert).split())
    desk.press("ines", "received", line=0)
    desk.window("ines", "How much did you receive (EA)?")
    desk.slack.submit_view("ines", {"answer": "10"})
    resolved(desk, "1", LineResolution.CLEAR)


def test_a_reason_is_asked_for_and_a_rejected_line_leaves_few_actions(desk: SlackPayables) -> None:
    mixed(desk)
    desk.press("priya", "reject", line=1)
    window = desk.window("priya", "Why?")
    assert "The rate is 2.75" in text_of(window)
    desk.slack.submit_view("priya", {"answer": "Agreed price is 2.50"})
    resolved(desk, "2", LineResolution.REJECTED)
    card = desk.card(saying="Agreed price is 2.50")
    offered = {each for each in action_ids(card) if ".line_" not in each}
    assert not offered & {"supplier_invoice.mark_approved", "supplier_invoice.send_for_approval", "supplier_invoice.approve"}
    assert {"supplier_invoice.delete", "supplier_invoice.rerun"} <= offered


def test_whoever_is_not_entitled_is_told_so_privately_and_nothing_changes(desk: SlackPayables) -> None:
    mixed(desk)
    desk.becomes(desk.priya, Role.QUANTITY_MANAGER)
    desk.press("priya", "dispute", line=1)
    desk.told("priya", "not entitled to resolve this kind of mismatch")
    assert desk.slack.view("priya") is None, "nobody writes a reason for nothing"
    desk.press("ines", "details")
    desk.told("ines", "not entitled to see supplier invoices")
    assert desk.line("2").resolution is LineResolution.OPEN


def test_a_person_sends_the_drafted_mail_and_the_answer_is_on_the_card(desk: SlackPayables) -> None:
    mixed(desk)
    desk.press("priya", "dispute", line=1)
    desk.window("priya", "Why?")
    desk.slack.submit_view("priya", {"answer": "Agreed price is 2.50"})
    card = desk.card(saying="Nobody has written to the supplier yet")
    desk.slack.press("priya", card, "dispute.told_counterparty")
    mail = desk.window("priya", "Mail")
    given = {block["block_id"]: block["element"].get("initial_value", "") for block in mail["blocks"] if "element" in block}
    assert given["address"] == "ar@acme.example"
    assert "invoiced 2.75, we expect 2.5" in given["text"]
    assert "Agreed price is 2.50" in given["text"]
    desk.slack.submit_view("priya")
    desk.until(lambda: dispute_of(desk).state is DisputeState.WAITING, "the mail to be asked for")
    sent = dispute_of(desk).letters[0]
    reply = Reply(MailId("M-1"), (sent.message_id,), "ar@acme.example", f"Re: {sent.subject}", "You are right, credit follows.")
    desk.done(take_reply(desk.services, reply))  # type: ignore[arg-type]
    answered = desk.card(saying="credit follows")
    desk.slack.press("priya", answered, "dispute.settle")
    desk.window("priya", "How was it settled?")
    desk.slack.submit_view("priya", {"text": "credited"})
    desk.until(lambda: dispute_of(desk).state is DisputeState.SETTLED, "the dispute to be settled")
    resolved(desk, "2", LineResolution.OPEN)


def dispute_of(desk: SlackPayables) -> Dispute:
    with desk.services.store.read() as unit:
        return unit.disputes.of_bill(desk.bill().id)[0]


def test_a_click_on_an_old_card_changes_nothing_and_says_what_happened(desk: SlackPayables) -> None:
    mixed(desk)
    desk.card()
    desk.slack.faults.delay("chat.update", 2.0)
    old = desk.card()
    desk.done(desk.on_line(LineEvent.ACCEPT, "2"))
    stem = old["blocks"][0]["block_id"].removesuffix(":head")
    desk.slack.press("priya", old, "supplier_invoice.line_await_receipt", block_id=f"{stem}:line2:actions")
    desk.told("priya", "Mara changed SI-1001 meanwhile")
    assert desk.line("3").resolution is LineResolution.OPEN


def test_a_tie_is_settled_by_a_button_and_other_lines_are_linked_by_hand(desk: SlackPayables) -> None:
    desk.orders(order_row(po="PO-1001"), order_row(po="PO-1002"), order_row("9", "3", "7.00", po="PO-1002", code="X-9"))
    desk.invoices(invoice_row(po=""), invoice_row("2", "3", "7.00", po="", code="", description="Sundries"))
    card = desk.card(saying="Several order lines fit")
    rivals = [block for block in card["blocks"] if ":rival" in block["block_id"]]
    chosen = next(block for block in rivals if "PO-1002/1" in str(block))
    desk.slack.press("priya", card, "supplier_invoice.line_link", block_id=chosen["block_id"])
    desk.until(lambda: [ref.po_number for ref in desk.line().targets] == ["PO-1002"], "the link")
    desk.press("priya", "link", line=1)
    desk.window("priya", "Order lines")
    found = desk.slack.suggestions("priya", None, "line.order_lines", "x-9")
    assert [each["value"] for each in found] == ["PO-1002|9"]
    desk.slack.choose_suggestion("priya", None, "line.order_lines", "x-9", "PO-1002|9")
    desk.slack.submit_view("priya")
    desk.until(lambda: desk.line("2").verdicts == (LineVerdict.PERFECT_MATCH,), "line 2 to match")


def test_a_large_invoice_pages_in_a_window_with_the_same_buttons(desk: SlackPayables) -> None:
    many(desk)
    desk.press("priya", "details")
    desk.slack.press("priya", desk.window("priya", "Page 1 of 10"), "supplier_invoice.page_on")
    window = desk.window("priya", "Page 2 of 10")
    block = next(one for one in window["blocks"] if one["block_id"].endswith(":actions") and ":line" in one["block_id"])
    place = int(block["block_id"].split(":line")[1].partition(":")[0])
    desk.slack.press("priya", window, "supplier_invoice.line_accept", block_id=block["block_id"])
    resolved(desk, str(place + 1), LineResolution.ACCEPTED)
    desk.window("priya", "Accepted by Priya Raman")
    desk.window("priya", "Page 2 of 10")


def test_accept_all_within_shows_the_lines_and_the_sum_first(desk: SlackPayables) -> None:
    desk.orders(*(order_row(str(n), code=f"A-{n}", description=f"Part {n} {'abc'[n]}") for n in range(3)))
    rates = ("5.10", "5.20", "9.00")
    desk.invoices(*(invoice_row(str(n), rate=rates[n], code=f"A-{n}", description=f"Part {n} {'abc'[n]}") for n in range(3)))
    desk.press("priya", "accept_all")
    desk.window("priya", "40.00 USD over")
    desk.slack.submit_view("priya", {"answer": "2"})
    desk.window("priya", "2 lines: 3.00 USD over and 0.00 USD under")
    assert desk.line("0").resolution is LineResolution.OPEN
    desk.slack.submit_view("priya")
    resolved(desk, "0", LineResolution.ACCEPTED)
    assert desk.line("1").resolution is LineResolution.ACCEPTED
    assert desk.line("2").resolution is LineResolution.OPEN


def test_from_naming_an_approver_to_the_approval(desk: SlackPayables) -> None:
    desk.orders(order_row())
    desk.invoices(invoice_row())
    desk.press("priya", "approvers_set")
    desk.window("priya", "Who shall approve it?")
    desk.slack.choose_suggestion("priya", None, "bill.approvers", "marc", str(desk.marcus.id))
    desk.slack.submit_view("priya")
    in_state(desk, State.READY_FOR_APPROVAL)
    desk.press("priya", "send_for_approval")
    in_state(desk, State.AWAITING_APPROVAL)
    desk.until(lambda: desk.slack.cards(REVIEW, contains="<@U0MARCUS01>"), "the approver to be called")
    desk.press("priya", "approve")
    desk.told("priya", "not entitled")
    desk.press("marcus", "reject")
    desk.window("marcus", "Why?")
    desk.slack.submit_view("marcus", {"answer": "Twice the usual price"})
    in_state(desk, State.REJECTED)
    desk.press("priya", "send_for_approval")
    in_state(desk, State.AWAITING_APPROVAL)
    desk.press("marcus", "approve")
    in_state(desk, State.READY_TO_POST)


def test_the_other_buttons_do_what_they_say(desk: SlackPayables) -> None:
    desk.policy(NO_APPROVAL)
    desk.orders(order_row(), order_row("2", "24", "5.00", code="B-9", description="Flat washer M10"))
    desk.invoices(invoice_row(rate="6.00"), invoice_row("2", "2", "60.00", uom="CS", code="B-9", description="Flat washer M10"))
    desk.press("priya", "confirm_unit", line=1)
    resolved(desk, "2", LineResolution.CLEAR)
    desk.press("priya", "accept", line=0)
    in_state(desk, State.READY_TO_POST)
    desk.press("priya", "recall")
    in_state(desk, State.NEEDS_REVIEW)
    desk.press("priya", "recall", line=0)
    resolved(desk, "1", LineResolution.OPEN)
    # Of a line without differences nothing stands on the card; the window has all lines.
    desk.press("priya", "details")
    stem = f"supplier_invoice:SI-1001:v{desk.bill().version}"
    desk.slack.press(
        "priya", desk.window("priya", "Line 2"), "supplier_invoice.line_unlink", block_id=f"{stem}:page0:line1:actions"
    )
    desk.until(lambda: not desk.line("2").targets, "line 2 to be unlinked")
    asked = desk.press("priya", "rerun", confirm=None, expect_ack=False)
    assert "What was decided is lost on line 2" in asked["confirm"]["text"]["text"]
    desk.press("priya", "rerun")
    desk.until(lambda: bool(desk.line("2").targets), "line 2 to be linked again")
    desk.done(desk.on_bill(Event.APPROVERS_SET, approvers=(desk.marcus.id,)))
    desk.press("priya", "send_for_approval")
    in_state(desk, State.AWAITING_APPROVAL)
    desk.press("marcus", "hold")
    in_state(desk, State.ON_HOLD)
    desk.press("priya", "recall")
    in_state(desk, State.AWAITING_APPROVAL)
    desk.press("priya", "accept", line=0)
    resolved(desk, "1", LineResolution.ACCEPTED)
    desk.press("priya", "mark_approved")
    in_state(desk, State.READY_TO_POST)
    desk.press("priya", "delete")
    in_state(desk, State.DELETED)


def test_what_is_asked_about_an_invoice_is_answered_in_a_form(desk: SlackPayables) -> None:
    desk.orders(order_row(), order_row(po="PO-2002"))
    desk.invoices(invoice_row())
    desk.invoices(invoice_row(number="INV-78"))
    desk.card("SI-1002", saying="has the same date and amount")
    desk.press("priya", "edit", number="SI-1002")
    desk.window("priya", "Right as it is")
    desk.slack.submit_view("priya", {"right": ["0"], "number": "INV-78B"})
    desk.until(lambda: desk.bill("SI-1002").complete, "the question to be answered")
    assert desk.bill("SI-1002").header.number == "INV-78B"


def test_home_lists_what_waits_for_this_person_and_typing_does_what_pressing_does(desk: SlackPayables) -> None:
    mixed(desk)
    desk.becomes(desk.ines, Role.CASH_POSTER, Role.QUANTITY_MANAGER)
    desk.slack.open_home("priya")
    home = desk.slack.wait_for(lambda: desk.slack.home("priya") or {}, what="the Home tab")
    assert "Lines to decide (1)" in text_of(home)
    assert "315.00 USD · Acme Fasteners Inc · INV-77" in text_of(home)
    assert "To confirm" not in text_of(home), "payments are not for everybody"
    desk.slack.press("priya", home, "supplier_invoice.open")
    desk.window("priya", "Rate mismatch")
    desk.slack.close_view("priya", every=True)
    desk.slack.slash("priya", "/tieout accept SI-1001 2 3")
    resolved(desk, "3", LineResolution.ACCEPTED)
    desk.told("priya", "SI-1001: needs approvers")
    desk.slack.slash("priya", "/tieout reject SI-1001 4 Freight is included")
    resolved(desk, "4", LineResolution.REJECTED)
    desk.slack.slash("priya", "/tieout invoices others")
    desk.told("priya", "1 rejected, disputed or waiting")
    desk.slack.slash("ines", "/tieout recall SI-1001 4")
    desk.told("ines", "not entitled to recall")
