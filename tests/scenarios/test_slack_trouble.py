"""When things go wrong between Slack and us: nothing is lost, nothing is there twice, and what is mended goes on by itself."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.domain.events import PaymentEvent
from core.domain.ids import PaymentId
from core.domain.payments import PaymentState
from core.domain.workflows import OutboxState
from core.settings import SlackTransport
from tests.sandbox.slack.testing import text_of
from tests.slack_desk import CASH, SlackDesk, running_bot, slack_settings

SUGGESTED = ("D1", "400.00", "S FOODS LLC", "")
CERTAIN = ("D1", "100.00", "NORTHWIND LTD", "PAYMENT INV-1001")


class TestSending:
    @pytest.mark.parametrize("transport", [SlackTransport.SOCKET, SlackTransport.HTTP])
    def test_an_answer_that_got_lost_leaves_one_card(self, cash: SlackDesk) -> None:
        cash.slack.faults.drop_response("chat.postMessage")
        cash.bank(SUGGESTED)
        cash.card()
        cash.settled()
        assert len(cash.cards("P-1001")) == 1

    def test_answers_that_get_lost_again_and_again_leave_one_card(self, cash: SlackDesk) -> None:
        cash.slack.faults.drop_response("chat.postMessage")
        cash.slack.faults.drop_response("conversations.history", times=2)
        cash.slack.faults.drop_response("chat.update")
        cash.bank(SUGGESTED)
        cash.card()
        cash.settled()
        assert len(cash.cards("P-1001")) == 1

    def test_a_request_that_got_lost_is_sent_again(self, cash: SlackDesk) -> None:
        cash.slack.faults.drop_request("chat.postMessage")
        cash.bank(SUGGESTED)
        cash.card()
        assert len(cash.cards("P-1001")) == 1

    def test_a_note_whose_answer_got_lost_is_there_once(self, cash: SlackDesk) -> None:
        cash.bank(SUGGESTED)
        card = cash.card()
        cash.slack.faults.drop_response("chat.postMessage")
        cash.slack.press("ines", card, "payment.confirm")
        cash.card(saying="Ines Ferreira confirmed")
        cash.settled()
        thread = [one for one in cash.slack.cards(CASH, thread_ts=card["ts"]) if one["ts"] != card["ts"]]
        assert len(thread) == 1

    def test_when_slack_asks_us_to_slow_down_we_wait_as_long_as_it_says(self, cash: SlackDesk) -> None:
        cash.slack.faults.rate_limit("chat.postMessage", retry_after=1)
        cash.bank(SUGGESTED)
        cash.card()
        assert len(cash.cards("P-1001")) == 1
        calls = cash.slack.calls("chat.postMessage")
        assert not calls[0]["ok"]
        # Not even other messages are tried meanwhile.
        assert calls[1]["at"] - calls[0]["at"] >= 1.0

    def test_a_broken_slack_is_tried_again(self, cash: SlackDesk) -> None:
        cash.slack.faults.status("chat.postMessage", 503)
        cash.bank(SUGGESTED)
        cash.card()
        assert len(cash.cards("P-1001")) == 1


class TestRestarts:
    def test_a_click_just_before_the_end_is_shown_by_the_next_process(self, unplugged: SlackDesk, tmp_path: Path) -> None:
        desk = unplugged
        settings = slack_settings(desk.slack, tmp_path, SlackTransport.SOCKET)
        with running_bot(desk.services, settings, desk.slack):
            desk.bank(SUGGESTED)
            card = desk.card()
        # The click was taken by a process that then died: what it changed and asked for is in the database.
        desk.done(PaymentEvent.CONFIRM, desk.payment(), desk.ines)
        assert "Suggested" in text_of(desk.cards("P-1001")[0])
        with running_bot(desk.services, settings, desk.slack):
            after = desk.card(saying="Ines Ferreira confirmed")
        assert after["ts"] == card["ts"]
        assert len(desk.cards("P-1001")) == 1

    def test_a_card_posted_by_a_process_that_died_before_writing_it_down_is_found_again(
        self, unplugged: SlackDesk, tmp_path: Path
    ) -> None:
        desk = unplugged
        settings = slack_settings(desk.slack, tmp_path, SlackTransport.SOCKET, outbox_lease_s=0.5)
        desk.slack.faults.drop_response("chat.postMessage")
        desk.bank(SUGGESTED)
        with running_bot(desk.services, settings, desk.slack):
            desk.slack.wait_for(lambda: desk.cards("P-1001"), what="the card to be posted")
        with running_bot(desk.services, settings, desk.slack):
            desk.card()
            desk.settled()
        assert len(desk.cards("P-1001")) == 1

    def test_a_new_connection_takes_over_when_slack_ends_the_old_one(self, cash: SlackDesk) -> None:
        cash.bank(SUGGESTED)
        card = cash.card()
        cash.slack.refresh_sockets()
        cash.slack.wait_for_socket()
        cash.slack.press("ines", card, "payment.confirm")
        cash.card(saying="Ines Ferreira confirmed")


class TestChannels:
    def test_cards_wait_until_the_app_is_invited(self, cash: SlackDesk) -> None:
        cash.slack.leave("app", "ar-cash")
        cash.bank(SUGGESTED)
        cash.waits("We cannot write in the channel")
        assert cash.cards("P-1001") == []
        cash.slack.join("app", "ar-cash")
        cash.hurry()
        cash.card()

    def test_nothing_is_published_where_another_company_reads_too(self, cash: SlackDesk) -> None:
        cash.slack.set_channel("ar-cash", is_ext_shared=True)
        cash.bank(SUGGESTED)
        cash.waits("shared with another company")
        assert cash.cards("P-1001") == []
        cash.slack.set_channel("ar-cash", is_ext_shared=False)
        cash.hurry()
        cash.card()

    def test_a_card_is_not_updated_once_its_channel_is_shared(self, cash: SlackDesk) -> None:
        cash.bank(SUGGESTED)
        card = cash.card()
        cash.slack.set_channel("ar-cash", is_ext_shared=True)
        cash.slack.wait_for(lambda: cash.slack.deliveries("events_api"), what="Slack to tell of it")
        cash.slack.press("ines", card, "payment.confirm")
        cash.state("P-1001", PaymentState.APPLIED)
        cash.waits("shared with another company")
        assert "Suggested" in text_of(cash.cards("P-1001")[0])


class TestFiftyAtOnce:
    def test_everybody_is_acknowledged_while_nothing_can_be_worked_on_yet(self, cash: SlackDesk) -> None:
        cash.two_alike()
        cash.bank(*[(f"D{number}", "60.00", "NORTHWIND LTD", "") for number in range(10)])
        numbers = [f"P-{1001 + number}" for number in range(10)]
        cards = [cash.card(number) for number in numbers]
        with ThreadPoolExecutor(50) as people, cash.services.store.write() as unit:
            # Somebody else holds the payments, so no story can end; a click that is not acknowledged raises here.
            for number in numbers:
                unit.payments.get(PaymentId(number))
            list(people.map(lambda card: cash.slack.press("ines", card, "payment.dismiss"), cards * 5))
            assert [cash.payment(number).state for number in numbers] == [PaymentState.SUGGESTED] * 10
        for number in numbers:
            cash.state(number, PaymentState.UNAPPLIED)


def test_a_delivery_that_slack_finds_malformed_is_set_aside_for_an_operator_and_can_be_replayed(cash: SlackDesk) -> None:
    cash.slack.faults.error("chat.postMessage", "invalid_blocks")
    cash.bank(CERTAIN)

    def shunted() -> list[str]:
        with cash.services.store.read() as unit:
            return [str(item.id) for item in unit.outbox.in_state(OutboxState.SHUNTED)]

    [number] = cash.slack.wait_for(shunted, what="the delivery to be set aside")
    cash.slack.slash("theo", "/tieout shunted", channel="ar-cash")
    cash.told("theo", "1 set aside")
    cash.slack.slash("ines", f"/tieout replay {number}", channel="ar-cash")
    cash.told("ines", "not entitled to operate")
    cash.slack.slash("theo", f"/tieout replay {number}", channel="ar-cash")
    cash.card()
    assert len(cash.cards("P-1001")) == 1
