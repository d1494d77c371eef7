"""A payment in Slack: its card appears, people press its buttons, the same message tells what became of it."""

from core.domain.payments import PaymentState
from tests.sandbox.slack.testing import action_ids, text_of
from tests.slack_desk import SlackDesk

SUGGESTED = ("D1", "400.00", "S FOODS LLC", "")


class TestOneCardAPayment:
    def test_confirm_and_post_change_the_one_card_in_place(self, cash: SlackDesk) -> None:
        cash.bank(SUGGESTED)
        card = cash.card()
        assert "400.00 USD from Southgate Foods Inc" in text_of(card)
        cash.slack.press("ines", card, "payment.confirm")
        cash.state("P-1001", PaymentState.APPLIED)
        applied = cash.card(saying="Ines Ferreira confirmed")
        assert applied["ts"] == card["ts"]
        assert "payment.post" in action_ids(applied)
        cash.slack.press("ines", applied, "payment.post")
        cash.state("P-1001", PaymentState.POSTING)
        done = cash.card(saying="pressed Post")
        assert done["ts"] == card["ts"]
        assert "payment.post" not in action_ids(done)
        assert [one["ts"] for one in cash.cards("P-1001")] == [card["ts"]]
