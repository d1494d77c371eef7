"""A payment in Slack: its card appears, people press its buttons, the same message tells what became of it."""

import pytest

from core.app.act_on_payment import act
from core.app.commands import ActOnPayment
from core.domain.actors import Actor, ActorKind, Surface
from core.domain.events import AuditName, PaymentEvent
from core.domain.ids import PaymentId
from core.domain.keeping import Subject, SubjectKind
from core.domain.payments import PaymentState
from core.settings import SlackTransport
from tests.sandbox.slack.testing import action_ids, text_of
from tests.slack_desk import CASH, SlackDesk, marked_up

SUGGESTED = ("D1", "400.00", "S FOODS LLC", "")
UNKNOWN = ("D1", "812.44", "UNHEARD OF LLC", "MISC")
CERTAIN = ("D1", "100.00", "NORTHWIND LTD", "PAYMENT INV-1001")


def history(cash: SlackDesk, number: str = "P-1001") -> list[AuditName]:
    with cash.services.store.read() as unit:
        return [row.entry.name for row in unit.audit.of(Subject(SubjectKind.PAYMENT, number))]


@pytest.mark.parametrize("transport", [SlackTransport.SOCKET, SlackTransport.HTTP])
class TestOneCardAPayment:
    def test_confirm_and_post_change_the_one_card_in_place(self, cash: SlackDesk) -> None:
        cash.bank(SUGGESTED)
        card = cash.card()
        assert "400.00 USD from Southgate Foods Inc" in text_of(card)
        assert "Because" in text_of(card)
        cash.slack.press("ines", card, "payment.confirm")
        applied = cash.card(saying="Ines Ferreira confirmed")
        assert cash.payment().state is PaymentState.APPLIED
        assert "payment.post" in action_ids(applied)
        cash.slack.press("ines", applied, "payment.post")
        done = cash.card(saying="pressed Post")
        assert cash.payment().state is PaymentState.POSTING
        assert "payment.post" not in action_ids(done)
        assert [one["ts"] for one in cash.cards("P-1001")] == [card["ts"]]

    def test_its_thread_tells_what_people_did(self, cash: SlackDesk) -> None:
        cash.bank(SUGGESTED)
        card = cash.card()
        cash.slack.press("ines", card, "payment.confirm")
        card = cash.card(saying="confirmed")
        cash.slack.press("ines", card, "payment.unapply")
        cash.card(saying="Not applied")

        def replies() -> list[str]:
            thread = cash.slack.cards(CASH, thread_ts=card["ts"])
            return [text_of(one) for one in thread if one["ts"] != card["ts"]]

        told = cash.slack.wait_for(lambda: replies() if len(replies()) == 2 else [], what="two notes")
        assert "Ines Ferreira confirmed the suggestion" in told[0]
        assert "Ines Ferreira took the application back" in told[1]


class TestPosting:
    def test_post_asks_first_and_does_nothing_when_the_person_backs_out(self, cash: SlackDesk) -> None:
        cash.bank(CERTAIN)
        card = cash.card()
        asked = cash.slack.press("ines", card, "payment.post", confirm=None, expect_ack=False)
        assert asked["outcome"] == "needs_confirmation"
        assert "100.00 USD from Northwind Ltd" in asked["confirm"]["text"]["text"]
        cash.slack.press("ines", card, "payment.post", confirm=False, expect_ack=False)
        assert cash.payment().state is PaymentState.APPLIED

    def test_what_automation_applied_says_so_and_waits_for_a_person(self, cash: SlackDesk) -> None:
        cash.bank(CERTAIN)
        card = cash.card()
        assert "applied this without asking" in text_of(card)
        assert "payment.post" in action_ids(card)
        assert cash.payment().state is PaymentState.APPLIED


class TestTies:
    def test_equally_good_answers_stand_side_by_side_and_a_person_chooses(self, cash: SlackDesk) -> None:
        cash.two_alike()
        cash.bank(("D1", "60.00", "NORTHWIND LTD", "TRANSFER"))
        card = cash.card()
        assert "equally good" in text_of(card)
        assert action_ids(card).count("payment.confirm") == 2
        second = next(block for block in card["blocks"] if block["block_id"].endswith(":rival2"))
        cash.slack.press("ines", card, "payment.confirm", block_id=second["block_id"])
        cash.card(saying="Ines Ferreira confirmed")
        offered = second["accessory"]["accessibility_label"]
        [applied] = cash.payment().applications
        assert applied.invoice_number in offered


class TestOldCards:
    def test_a_click_on_an_old_card_changes_nothing_and_says_what_happened(self, cash: SlackDesk) -> None:
        cash.bank(SUGGESTED)
        old = cash.card()
        cash.slack.press("ines", old, "payment.confirm")
        cash.card(saying="confirmed")
        version = cash.payment().version
        # Marcus still has the card of before on his screen: his client sends its old value.
        outcome = act(
            cash.services,
            ActOnPayment(PaymentId("P-1001"), version - 1, PaymentEvent.CONFIRM, cash.acting(cash.marcus), cause="old"),
        )
        assert getattr(outcome, "code", "") == "stale_version"
        assert "Ines Ferreira" in getattr(outcome, "sentence", "")

    def test_pressing_twice_is_pressing_once(self, cash: SlackDesk) -> None:
        cash.bank(SUGGESTED)
        card = cash.card()
        cash.slack.faults.delay("chat.update", 0.5)
        cash.slack.press("ines", card, "payment.confirm")
        cash.slack.press("ines", card, "payment.confirm")
        cash.card(saying="confirmed")
        assert history(cash).count(AuditName.PAYMENT_CONFIRMED) == 1
        cash.told("ines", "You have done this already")

    def test_two_people_at_once_get_one_decision_and_one_notice(self, cash: SlackDesk) -> None:
        cash.bank(SUGGESTED)
        card = cash.card()
        cash.slack.faults.delay("chat.update", 0.5)
        cash.slack.press("ines", card, "payment.confirm")
        # A click is acknowledged before it is decided; whose is decided first must not be chance here.
        cash.slack.wait_for(lambda: cash.payment().state is PaymentState.APPLIED, what="the confirmation")
        cash.slack.press("marcus", card, "payment.dismiss")
        told = cash.told("marcus", "changed P-1001 meanwhile")
        assert "Ines Ferreira" in told
        assert cash.payment().state is PaymentState.APPLIED

    def test_a_button_that_no_version_of_us_knows_is_answered(self, cash: SlackDesk) -> None:
        cash.bank(SUGGESTED)
        cash.card()
        block = {
            "type": "actions",
            "elements": [
                {
                    "type": "button",
                    "action_id": "line.accept",
                    "text": {"type": "plain_text", "text": "Accept"},
                    "value": "line:7:v1:accept",
                }
            ],
        }
        ts = cash.say_as_app("An old card", [block])
        cash.slack.press("ines", {"channel": CASH, "ts": ts}, "line.accept")
        cash.told("ines", "out of date")


class TestPrivacy:
    def test_no_account_number_reaches_the_channel(self, cash: SlackDesk) -> None:
        cash.bank(("D1", "812.44", "DE89370400440532013000 UNHEARD LLC", "ACCT 000123456789 IBAN GB29NWBK60161331926819"))
        card = cash.card()
        for secret in ("370400440532013000", "000123456789", "NWBK60161331926819"):
            assert secret not in str(card)
        calls = cash.slack.calls("chat.postMessage")
        assert all("370400440532013000" not in str(call) for call in calls)

    def test_a_payers_name_can_neither_mention_nor_link(self, cash: SlackDesk) -> None:
        cash.bank(("D1", "812.44", "<!channel> <https://evil.example|pay here> *bold*", ""))
        card = cash.card()
        assert not any("channel" in text for text in marked_up(card["blocks"]))
        assert "<!channel>" not in card["text"]


def test_a_card_that_somebody_deleted_is_published_again(cash: SlackDesk) -> None:
    cash.bank(SUGGESTED)
    card = cash.card()
    cash.delete_as_app(card["ts"])
    assert cash.cards("P-1001") == []
    actor = Actor(ActorKind.PERSON, cash.ines.id, cash.ines.name, Surface.WEB)
    payment = cash.payment()
    act(cash.services, ActOnPayment(payment.id, payment.version, PaymentEvent.CONFIRM, actor))
    again = cash.card(saying="Ines Ferreira confirmed")
    assert again["ts"] != card["ts"]
    assert len(cash.cards("P-1001")) == 1
