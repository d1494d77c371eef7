"""Modals: choosing invoices, identifying, reasons, recording money, typing a remittance in, filled as people fill them."""

from typing import Any

import pytest

from core.domain.payments import MoneyOrigin, PaymentState
from core.domain.remittance import RemittanceState
from tests.builders import a_customer_invoice
from tests.sandbox.slack.testing import action_ids, text_of
from tests.slack_desk import SlackDesk

NOTHING_FITS = ("D1", "500.00", "NORTHWIND LTD", "TRANSFER")
UNKNOWN = ("D1", "812.44", "UNHEARD OF LLC", "MISC")
SUGGESTED = ("D1", "400.00", "S FOODS LLC", "")


def modal(cash: SlackDesk, user: str, callback: str) -> dict[str, Any]:
    """The modal on top of this person's screen, once it is that one."""

    def shown() -> dict[str, Any]:
        view = cash.slack.view(user)
        return view if view is not None and view["callback_id"] == callback else {}

    return cash.slack.wait_for(shown, what=f"the modal {callback}")


def saying(cash: SlackDesk, user: str, words: str) -> dict[str, Any]:
    def shown() -> dict[str, Any]:
        view = cash.slack.view(user)
        return view if view is not None and words in text_of(view) else {}

    return cash.slack.wait_for(shown, what=f"a modal saying {words!r}")


def block_of(view: dict[str, Any], words: str) -> str:
    """The input whose label holds these words."""
    [found] = [block["block_id"] for block in view["blocks"] if block["type"] == "input" and words in block["label"]["text"]]
    return str(found)


def apply_form(cash: SlackDesk, user: str = "ines") -> dict[str, Any]:
    cash.slack.press(user, cash.card(), "payment.apply")
    return modal(cash, user, "form.apply")


class TestChooseInvoices:
    def test_the_rest_runs_along_while_documents_are_chosen_and_amounts_typed(self, cash: SlackDesk) -> None:
        cash.bank(NOTHING_FITS)
        apply_form(cash)
        cash.slack.choose_suggestion("ines", None, "choose.pick", "inv-1002", "INV-1002")
        saying(cash, "ines", "250.00 USD stays unapplied")
        cash.slack.choose_suggestion("ines", None, "choose.pick", "", "INV-1001", "INV-1002")
        view = saying(cash, "ines", "150.00 USD stays unapplied")
        amount = block_of(view, "INV-1001 · open")
        cash.slack.press("ines", None, "choose.amount", block_id=amount, value="40")
        saying(cash, "ines", "210.00 USD stays unapplied")
        done = cash.slack.submit_view("ines")
        assert not done["errors"]
        cash.card(saying="Ines Ferreira chose the documents")
        applied = {each.invoice_number: each.applied.text() for each in cash.payment().applications}
        assert applied == {"INV-1001": "40.00", "INV-1002": "250.00"}
        assert cash.payment().unapplied.text() == "210.00"
        assert cash.slack.view("ines") is None

    def test_more_than_the_payment_is_refused_beside_the_documents(self, cash: SlackDesk) -> None:
        cash.bank(("D1", "90.00", "NORTHWIND LTD", "TRANSFER"))
        apply_form(cash)
        cash.slack.choose_suggestion("ines", None, "choose.pick", "", "INV-1001")
        view = saying(cash, "ines", "Nothing stays unapplied")
        amount = block_of(view, "INV-1001 · open")
        cash.slack.press("ines", None, "choose.amount", block_id=amount, value="95.00")
        saying(cash, "ines", "5.00 USD more than the payment")
        done = cash.slack.submit_view("ines")
        assert "95.00 USD would be applied" in done["errors"]["pick"]
        assert cash.payment().state is PaymentState.UNAPPLIED

    def test_what_is_no_amount_is_said_beside_the_amount(self, cash: SlackDesk) -> None:
        cash.bank(NOTHING_FITS)
        apply_form(cash)
        cash.slack.choose_suggestion("ines", None, "choose.pick", "", "INV-1001")
        amount = block_of(saying(cash, "ines", "400.00 USD stays unapplied"), "INV-1001 · open")
        cash.slack.press("ines", None, "choose.amount", block_id=amount, value="a lot")
        saying(cash, "ines", "cannot be read")
        assert "“a lot” is not an amount" in cash.slack.submit_view("ines")["errors"][amount]

    def test_a_discount_is_taken_with_the_money(self, cash: SlackDesk) -> None:
        cash.bank(("D1", "245.00", "NORTHWIND LTD", "TRANSFER"))
        apply_form(cash)
        cash.slack.choose_suggestion("ines", None, "choose.pick", "", "INV-1002")
        view = saying(cash, "ines", "Nothing stays unapplied")
        cash.slack.submit_view("ines", {block_of(view, "INV-1002 · discount"): "5.00"})
        cash.card(saying="discount 5.00 USD")
        [applied] = cash.payment().applications
        assert (applied.applied.text(), applied.discount.text()) == ("245.00", "5.00")

    def test_a_document_that_was_settled_meanwhile_is_not_left_out_in_silence(self, cash: SlackDesk) -> None:
        cash.bank(NOTHING_FITS)
        apply_form(cash)
        cash.slack.choose_suggestion("ines", None, "choose.pick", "", "INV-1001", "INV-1002")
        saying(cash, "ines", "150.00 USD stays unapplied")
        with cash.services.store.write() as unit:
            unit.ledger.put_invoices([a_customer_invoice("INV-1001", "100.00", open_amount="100.00")])
            unit.ledger.settle(a_customer_invoice("INV-1001").number, a_customer_invoice("INV-1001").amount)
        done = cash.slack.submit_view("ines")
        assert "INV-1001" in done["errors"]["pick"]
        assert cash.payment().state is PaymentState.UNAPPLIED

    def test_more_documents_than_fit_have_pages_and_keep_what_was_typed(self, cash: SlackDesk) -> None:
        with cash.services.store.write() as unit:
            unit.ledger.put_invoices([a_customer_invoice(f"INV-3{number:03}", "11.00") for number in range(45)])
        cash.bank(("D1", "4000.00", "NORTHWIND LTD", "TRANSFER"))
        apply_form(cash)
        picks = [f"INV-3{number:03}" for number in range(45)]
        cash.slack.choose_suggestion("ines", None, "choose.pick", "INV-3", *picks)
        view = saying(cash, "ines", "Page 1 of 3; 45 documents chosen")
        first = block_of(view, "INV-3000 · open")
        cash.slack.press("ines", None, "choose.amount", block_id=first, value="7.00")
        saying(cash, "ines", "Chosen 491.00 USD")
        cash.slack.press("ines", None, "choose.turn.on")
        saying(cash, "ines", "Page 2 of 3")
        cash.slack.press("ines", None, "choose.turn.on")
        saying(cash, "ines", "Page 3 of 3")
        cash.slack.submit_view("ines")
        cash.card(saying="chose the documents")
        payment = cash.payment()
        assert len(payment.applications) == 45
        assert payment.applied.text() == "491.00"

    def test_the_search_finds_by_number_order_and_amount_and_only_this_customers(self, cash: SlackDesk) -> None:
        cash.bank(NOTHING_FITS)
        apply_form(cash)
        found = [option["value"] for option in cash.slack.suggestions("ines", None, "choose.pick", "")]
        assert found == ["INV-1001", "INV-1002", "INV-1003"]
        assert [one["value"] for one in cash.slack.suggestions("ines", None, "choose.pick", "75.2")] == ["INV-1003"]
        assert cash.slack.suggestions("ines", None, "choose.pick", "INV-2001") == []


class TestIdentifyCustomer:
    def test_the_customer_is_searched_and_the_payment_matched_again(self, cash: SlackDesk) -> None:
        cash.bank(("D1", "1250.00", "UNHEARD OF LLC", "MISC"))
        cash.slack.press("marcus", cash.card(), "payment.identify_customer")
        modal(cash, "marcus", "form.identify")
        cash.slack.choose_suggestion("marcus", None, "identify.customer", "south", "C2")
        cash.slack.submit_view("marcus")
        cash.card(saying="Southgate Foods Inc")
        assert cash.payment().customer_id == "C2"

    def test_without_typing_everybody_is_offered(self, cash: SlackDesk) -> None:
        cash.bank(UNKNOWN)
        cash.slack.press("ines", cash.card(), "payment.identify_customer")
        modal(cash, "ines", "form.identify")
        found = [option["value"] for option in cash.slack.suggestions("ines", None, "identify.customer", "")]
        assert sorted(found) == ["C1", "C2"]


class TestReasons:
    def test_set_aside_wants_a_reason_and_restore_brings_it_back(self, cash: SlackDesk) -> None:
        cash.bank(UNKNOWN)
        cash.slack.press("ines", cash.card(), "payment.set_aside")
        modal(cash, "ines", "form.reason")
        cash.slack.submit_view("ines", {"reason": "A refund of our own supplier"})
        card = cash.card(saying="Set aside")
        assert cash.payment().state is PaymentState.SET_ASIDE
        assert "A refund of our own supplier" in text_of(card)
        cash.slack.press("ines", card, "payment.restore")
        cash.card(saying="Customer unknown")
        assert cash.payment().state is PaymentState.UNIDENTIFIED

    def test_a_blank_reason_is_refused_in_the_form(self, cash: SlackDesk) -> None:
        cash.bank(UNKNOWN)
        cash.slack.press("ines", cash.card(), "payment.set_aside")
        modal(cash, "ines", "form.reason")
        assert "say why" in cash.slack.submit_view("ines", {"reason": "   "})["errors"]["reason"]
        assert cash.payment().state is PaymentState.UNIDENTIFIED

    def test_dismissing_an_expected_payment_wants_a_reason_too(self, cash: SlackDesk) -> None:
        cash.remittance(b"mail 1", {"INV-1001": "100.00"}, "100.00")
        cash.slack.press("ines", cash.card(), "payment.dismiss")
        modal(cash, "ines", "form.reason")
        cash.slack.submit_view("ines", {"reason": "Sent to the wrong company"})
        cash.card(saying="Set aside")

    def test_money_that_no_bank_file_shows_is_recorded_with_how_and_when(self, cash: SlackDesk) -> None:
        cash.remittance(b"mail 1", {"INV-1001": "100.00"}, "100.00")
        cash.slack.press("ines", cash.card(), "payment.record_money")
        modal(cash, "ines", "form.reason")
        cash.slack.submit_view("ines", {"method": "check", "date": "2026-02-26", "reason": "Cheque brought in by hand"})
        cash.slack.wait_for(lambda: cash.payment().origin is MoneyOrigin.RECORDED, what="the money to be recorded")
        assert cash.payment().method == "check"
        assert cash.payment().received_on.isoformat() == "2026-02-26"


class TestTypeIn:
    def test_a_remittance_that_nobody_could_read_is_typed_in(self, cash: SlackDesk) -> None:
        cash.bank(("D1", "350.00", "UNHEARD OF LLC", "TRANSFER"))
        cash.unreadable(b"mail 1")
        card = cash.card("R-1001")
        assert "remittance.typed_in" in action_ids(card)
        cash.slack.press("ines", card, "remittance.typed_in")
        modal(cash, "ines", "form.typed_in")
        wrong = cash.slack.submit_view("ines", {"total": "350.00", "currency": "USD", "lines": "INV-1001 lots"})
        assert "Line 1" in wrong["errors"]["lines"]
        cash.slack.submit_view("ines", {"lines": "INV-1001 100.00\nINV-1002 250.00"})
        cash.slack.wait_for(lambda: cash.advice().state is not RemittanceState.NEEDS_PERSON, what="the advice to be read")
        assert [line.reference for line in cash.advice().lines] == ["INV-1001", "INV-1002"]

    def test_lines_that_do_not_add_up_are_refused(self, cash: SlackDesk) -> None:
        cash.unreadable(b"mail 1")
        cash.slack.press("ines", cash.card("R-1001"), "remittance.typed_in")
        modal(cash, "ines", "form.typed_in")
        done = cash.slack.submit_view("ines", {"total": "400.00", "currency": "USD", "lines": "INV-1001 100.00"})
        assert "add up" in done["errors"]["lines"]

    def test_a_remittance_is_dismissed_with_a_reason(self, cash: SlackDesk) -> None:
        cash.unreadable(b"mail 1")
        cash.slack.press("ines", cash.card("R-1001"), "remittance.dismiss")
        modal(cash, "ines", "form.reason")
        cash.slack.submit_view("ines", {"reason": "An advertisement"})
        card = cash.card("R-1001", saying="dismissed this remittance")
        assert "remittance.dismiss" not in action_ids(card)


class TestLink:
    def test_a_remittance_that_fits_two_payments_is_linked_to_the_one_a_person_chooses(self, cash: SlackDesk) -> None:
        cash.bank(("T1", "60.00", "NORTHWIND LTD", "CASH ONE"), ("T2", "60.00", "NORTHWIND LTD", "CASH TWO"))
        cash.remittance(b"mail 1", {"INV-1003": "60.00"}, "60.00")
        cash.slack.press("marcus", cash.card("R-1001"), "remittance.payment_found")
        view = modal(cash, "marcus", "form.link")
        assert "CASH ONE" in text_of(view)
        found = [option["value"] for option in cash.slack.suggestions("marcus", None, "link.payment", "")]
        assert found == ["P-1001", "P-1002"]
        cash.slack.choose_suggestion("marcus", None, "link.payment", "", "P-1002")
        cash.slack.submit_view("marcus")
        card = cash.card("R-1001", saying="linked this remittance")
        assert "remittance.payment_found" not in action_ids(card)
        cash.card("P-1002", saying="Remittance R-1001")


class TestTakenBack:
    def test_what_the_bank_took_back_is_chosen_and_then_reversed_from_its_card(self, cash: SlackDesk) -> None:
        cash.bank(("T1", "100.00", "NORTHWIND LTD", "PAYMENT INV-1001"))
        cash.posted()
        cash.returned("100.00", "RETURNED ITEM NSF 999")
        asked = cash.slack.wait_for(lambda: cash.cards("Which payment was taken back?"), what="the question's card")
        cash.slack.press("ines", asked[0], "question.join")
        modal(cash, "ines", "form.link")
        cash.slack.choose_suggestion("ines", None, "link.payment", "", "P-1001")
        cash.slack.submit_view("ines")
        card = cash.card("P-1001", saying="Taken back by the bank")
        cash.slack.press("ines", card, "payment.reverse")
        cash.card("P-1001", saying="Reversal on its way")
        assert cash.payment().state is PaymentState.REVERSING


class TestPatience:
    @pytest.fixture
    def form_answer_s(self) -> float:
        return 0.3

    def test_a_form_that_takes_longer_than_slack_waits_says_so_and_then_what_came_of_it(self, cash: SlackDesk) -> None:
        cash.bank(UNKNOWN)
        cash.slack.press("ines", cash.card(), "payment.set_aside")
        modal(cash, "ines", "form.reason")
        with cash.services.store.write() as unit:
            # Somebody else holds the payment; the story has to wait for them.
            unit.payments.get(cash.payment().id)
            cash.slack.submit_view("ines", {"reason": "Not ours"})
            saying(cash, "ines", "Working")
        saying(cash, "ines", "Done")
        assert cash.payment().state is PaymentState.SET_ASIDE

    def test_a_refusal_that_comes_late_is_read_all_the_same(self, cash: SlackDesk) -> None:
        cash.bank(UNKNOWN)
        cash.slack.press("ines", cash.card(), "payment.set_aside")
        modal(cash, "ines", "form.reason")
        with cash.services.store.write() as unit:
            unit.payments.get(cash.payment().id)
            cash.slack.submit_view("ines", {"reason": "  "})
            saying(cash, "ines", "Working")
        saying(cash, "ines", "Please say why")
        assert cash.payment().state is PaymentState.UNIDENTIFIED


class TestDetails:
    def test_the_window_shows_the_bank_text_without_its_numbers_and_acts_like_the_card(self, cash: SlackDesk) -> None:
        cash.bank(("D1", "400.00", "S FOODS LLC", "ACCT 000123456789 THANKS"))
        cash.slack.press("ines", cash.card(), "payment.more", value="payment:P-1001:v3:details")
        view = modal(cash, "ines", "details")
        assert "THANKS" in text_of(view)
        assert "000123456789" not in str(view)
        assert "History" in text_of(view)
        cash.slack.press("ines", view, "payment.confirm")
        saying(cash, "ines", "Applied to")
        assert cash.payment().state is PaymentState.APPLIED

    def test_a_form_over_the_window_refreshes_it(self, cash: SlackDesk) -> None:
        cash.bank(UNKNOWN)
        card = cash.card()
        option = card["blocks"][-1]["elements"][-1]["options"][-1]
        cash.slack.press("ines", card, "payment.more", value=option["value"])
        view = modal(cash, "ines", "details")
        cash.slack.press("ines", view, "payment.set_aside")
        modal(cash, "ines", "form.reason")
        cash.slack.submit_view("ines", {"reason": "Not ours"})
        saying(cash, "ines", "Set aside")
