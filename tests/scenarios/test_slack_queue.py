"""What waits for whom: the Home tab, the queue in a window, posting several, digests, and commands for people who type."""

from typing import Any

import pytest

from core.domain.payments import PaymentState
from core.settings import SlackTransport
from tests.sandbox.slack.testing import action_ids, text_of
from tests.slack_desk import CASH, MANAGERS, SlackDesk

SUGGESTED = ("D1", "400.00", "S FOODS LLC", "")
UNKNOWN = ("D2", "812.44", "UNHEARD OF LLC", "MISC")
CERTAIN = ("D3", "100.00", "NORTHWIND LTD", "PAYMENT INV-1001")
CERTAIN_TOO = ("D4", "250.00", "NORTHWIND LTD", "PAYMENT INV-1002")


def home(cash: SlackDesk, user: str, words: str = "") -> dict[str, Any]:
    """The Home tab of this person, once it says so."""

    def shown() -> dict[str, Any]:
        view = cash.slack.home(user)
        return view if view is not None and words in text_of(view) else {}

    return cash.slack.wait_for(shown, what=f"a Home tab saying {words!r}")


def window(cash: SlackDesk, user: str, words: str) -> dict[str, Any]:
    def shown() -> dict[str, Any]:
        view = cash.slack.view(user)
        return view if view is not None and words in text_of(view) else {}

    return cash.slack.wait_for(shown, what=f"a window saying {words!r}")


class TestHome:
    @pytest.mark.parametrize("transport", [SlackTransport.SOCKET, SlackTransport.HTTP])
    def test_it_counts_what_waits_and_opens_the_first_list_with_work(self, cash: SlackDesk) -> None:
        cash.bank(SUGGESTED, UNKNOWN, CERTAIN)
        cash.slack.open_home("ines")
        view = home(cash, "ines", "3 things wait for somebody")
        assert "To confirm (1)" in text_of(view)
        assert "Customer unknown (1)" in text_of(view)
        assert "P-1001 · 400.00 USD · Southgate Foods Inc" in text_of(view)

    def test_a_decision_in_its_window_is_seen_in_it_at_once(self, cash: SlackDesk) -> None:
        cash.bank(SUGGESTED)
        cash.slack.open_home("ines")
        cash.slack.press("ines", home(cash, "ines", "P-1001"), "payment.open")
        details = window(cash, "ines", "400.00 USD")
        cash.slack.press("ines", details, "payment.confirm")
        after = home(cash, "ines", "To confirm (0)")
        assert "This list is empty" in text_of(after)

    def test_lists_have_pages(self, cash: SlackDesk) -> None:
        cash.bank(*[(f"D{number}", f"{900 - number}.13", "UNHEARD OF LLC", "") for number in range(12)])
        cash.slack.open_home("ines")
        cash.slack.press("ines", home(cash, "ines", "Page 1 of 2"), "queue.turn.on")
        second = home(cash, "ines", "Page 2 of 2")
        assert text_of(second).count("UNHEARD OF LLC") == 2
        cash.slack.press("ines", second, "queue.show.more", value="posted:0")
        home(cash, "ines", "This list is empty")

    def test_strangers_and_people_of_other_companies_see_nothing(self, cash: SlackDesk) -> None:
        cash.bank(SUGGESTED)
        for user, words in (("dana", "does not know you yet"), ("rex", "another workspace"), ("gil", "Guests")):
            cash.slack.open_home(user)
            view = home(cash, user, words)
            assert "P-1001" not in text_of(view)

    def test_a_viewer_is_not_offered_to_post(self, cash: SlackDesk) -> None:
        cash.bank(CERTAIN)
        cash.slack.open_home("theo")
        assert "bulk.open" not in action_ids(home(cash, "theo", "Ready to post"))


class TestPostSeveral:
    def test_the_recap_says_the_sum_and_the_result_says_each(self, cash: SlackDesk) -> None:
        cash.bank(CERTAIN, CERTAIN_TOO)
        cash.slack.open_home("ines")
        cash.slack.press("ines", home(cash, "ines", "Ready to post"), "bulk.open")
        window(cash, "ines", "2 payments, 350.00 USD together")
        cash.slack.submit_view("ines")
        window(cash, "ines", "You are about to post 2 payments")
        cash.slack.submit_view("ines")
        window(cash, "ines", "2 of 2 on the way to the ledger")
        assert {payment.state for payment in cash.payments()} == {PaymentState.POSTING}
        home(cash, "ines", "Nothing waits")

    def test_one_that_changed_meanwhile_is_refused_and_the_others_go(self, cash: SlackDesk) -> None:
        cash.bank(CERTAIN, CERTAIN_TOO)
        cash.slack.open_home("ines")
        cash.slack.press("ines", home(cash, "ines", "Ready to post"), "bulk.open")
        window(cash, "ines", "together")
        cash.slack.submit_view("ines")
        window(cash, "ines", "about to post 2")
        cash.slack.press("marcus", cash.card("P-1001"), "payment.unapply")
        cash.state("P-1001", PaymentState.UNAPPLIED)
        cash.slack.submit_view("ines")
        result = window(cash, "ines", "1 of 2 on the way")
        assert "Marcus Webb changed P-1001 meanwhile" in text_of(result)
        assert cash.payment("P-1002").state is PaymentState.POSTING

    def test_nothing_ticked_is_nothing_posted(self, cash: SlackDesk) -> None:
        cash.bank(CERTAIN)
        cash.slack.open_home("ines")
        cash.slack.press("ines", home(cash, "ines", "Ready to post"), "bulk.open")
        window(cash, "ines", "together")
        done = cash.slack.submit_view("ines", {"bulk.pick": []})
        assert "tick at least one" in done["errors"]["group0"]
        assert cash.payment().state is PaymentState.APPLIED

    def test_who_may_not_post_gets_no_window(self, cash: SlackDesk) -> None:
        cash.bank(CERTAIN)
        cash.slack.open_home("ines")
        offered = home(cash, "ines", "Ready to post")
        cash.demote(cash.ines)
        cash.slack.press("ines", offered, "bulk.open")
        window(cash, "ines", "not entitled to post")


class TestDigests:
    def test_an_import_is_one_message_with_the_way_to_the_work(self, cash: SlackDesk) -> None:
        cash.bank(SUGGESTED, UNKNOWN, name="monday.csv")
        cash.settled()
        [digest] = cash.cards("2 payments came in")
        assert "monday.csv" in text_of(digest)
        cash.slack.press("ines", digest, "queue.open")
        window(cash, "ines", "2 things wait for somebody")

    def test_a_large_import_is_a_digest_and_the_largest_cards_only(self, cash: SlackDesk) -> None:
        cash.bank(*[(f"D{number}", f"{700 + number}.13", "UNHEARD OF LLC", "") for number in range(30)])
        cash.settled()
        assert len(cash.cards("30 payments came in")) == 1
        assert len(cash.cards("Customer unknown.")) == 20

    def test_a_file_that_could_not_be_taken_is_an_alert_for_operators(self, cash: SlackDesk) -> None:
        cash.bank(name="empty.csv")
        cash.settled()
        [alert] = cash.slack.cards(MANAGERS)
        assert "could not be taken" in text_of(alert)
        assert "empty.csv" in text_of(alert)
        assert cash.slack.cards(CASH) == []


class TestCommands:
    """Everything that has a button can be typed."""

    def type(self, cash: SlackDesk, user: str, line: str, answer: str) -> str:
        # What was said before must not be taken for the answer.
        cash.slack.reload(user)
        cash.slack.slash(user, f"/tieout {line}", channel="ar-cash")
        return cash.told(user, answer)

    def test_help_names_every_command(self, cash: SlackDesk) -> None:
        told = self.type(cash, "ines", "", "What you can type")
        for verb in ("list", "show", "confirm", "apply", "identify", "unapply", "post", "aside", "restore", "replay"):
            assert verb in told
        self.type(cash, "ines", "frobnicate", "“frobnicate” is no command")

    @pytest.mark.parametrize("transport", [SlackTransport.SOCKET, SlackTransport.HTTP])
    def test_a_payment_goes_its_way_by_typing_alone(self, cash: SlackDesk) -> None:
        cash.bank(SUGGESTED)
        self.type(cash, "ines", "list", "P-1001 · 400.00 USD")
        self.type(cash, "ines", "show p-1001", "400.00 USD from Southgate")
        self.type(cash, "ines", "confirm P-1001", "applied, ready to post")
        self.type(cash, "ines", "unapply P-1001", "not applied")
        self.type(cash, "ines", "apply P-1001 INV-2002=150.00", "applied, ready to post")
        [applied] = cash.payment().applications
        assert applied.applied.text() == "150.00"
        self.type(cash, "ines", "post P-1001", "on its way to the ledger")
        assert cash.payment().state is PaymentState.POSTING

    def test_identify_aside_and_restore(self, cash: SlackDesk) -> None:
        cash.bank(UNKNOWN)
        self.type(cash, "ines", "aside P-1001", "Please say why")
        self.type(cash, "ines", "aside P-1001 not ours at all", "set aside")
        self.type(cash, "ines", "restore P-1001", "customer unknown")
        self.type(cash, "ines", "identify P-1001 o", "Several customers fit")
        self.type(cash, "ines", "identify P-1001 northwind", "not applied")
        assert cash.payment().customer_id == "C1"

    def test_one_of_equally_good_answers_is_named_by_its_number(self, cash: SlackDesk) -> None:
        cash.two_alike()
        cash.bank(("D1", "60.00", "NORTHWIND LTD", "TRANSFER"))
        self.type(cash, "ines", "confirm P-1001", "Several answers are equally good")
        self.type(cash, "ines", "confirm P-1001 3", "2 equally good answers")
        self.type(cash, "ines", "confirm P-1001 2", "applied, ready to post")

    def test_what_is_wrong_is_said_in_words(self, cash: SlackDesk) -> None:
        cash.bank(SUGGESTED)
        self.type(cash, "ines", "show P-9999", "There is no payment P-9999")
        self.type(cash, "ines", "confirm", "Please name a payment")
        self.type(cash, "ines", "apply P-1001 INV-2002=abc", "“abc” is not an amount")
        self.type(cash, "ines", "apply P-1001 INV-9", "Nothing is open for this payment on INV-9")
        self.type(cash, "ines", "list nonsense", "There is no list")
        self.type(cash, "dana", "list", "does not know you yet")
        self.type(cash, "theo", "confirm P-1001", "not entitled to confirm")
        self.type(cash, "ines", "find southgate", "P-1001")

    def test_typing_post_is_for_those_who_may(self, cash: SlackDesk) -> None:
        cash.bank(CERTAIN)
        self.type(cash, "marcus", "post P-1001", "not entitled to post")
        assert cash.payment().state is PaymentState.APPLIED


def test_a_remittance_is_shown_by_its_number(cash: SlackDesk) -> None:
    cash.unreadable(b"mail 1")
    cash.slack.slash("ines", "/tieout show R-1001", channel="ar-cash")
    told = cash.told("ines", "Remittance R-1001")
    assert "no column of amounts" in told
