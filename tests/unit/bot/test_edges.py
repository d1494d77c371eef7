"""Small things at the edge: what a button says, what Slack's codes mean, what a form remembers."""

import pytest

from bot.actions import Pressed, decode
from bot.errors import ChannelClosed, MessageGone, SlackRefusesUs, SlackRejected, TooLate, error_for
from bot.views.memory import MOST, Memory, carrying, home_behind, recall
from core.domain.errors import Incomplete, SlackDown, SlackRateLimited, Unavailable
from core.domain.keeping import SubjectKind

BUTTON = Pressed(SubjectKind.PAYMENT, "P-1042", 3, "confirm", 1)


def test_a_button_says_what_it_said() -> None:
    assert BUTTON.value == "payment:P-1042:v3:confirm:1"
    assert decode(BUTTON.action_id, BUTTON.value) == BUTTON


@pytest.mark.parametrize(
    ("action", "value"),
    [
        ("payment.confirm", "payment:P-1042:v3:post"),
        ("remittance.confirm", "payment:P-1042:v3:confirm"),
        ("payment.confirm", "payment:P-1042:v3:confirm:1:2"),
        ("payment.confirm", "payment:P-1042:vx:confirm"),
        ("payment.fly", "payment:P-1042:v3:fly"),
        ("payment.confirm", "payment:P-１:v3:confirm"),
        ("payment.confirm", "payment:P-1' OR 1=1:v3:confirm"),
        ("payment.confirm", "payment:P-1042:v3:confirm\n"),
        ("", ""),
    ],
)
def test_anything_else_is_no_button_of_ours(action: str, value: str) -> None:
    assert decode(action, value) is None


def test_what_waits_for_a_person_is_asked_again_in_a_minute() -> None:
    for code, kind in (("not_in_channel", ChannelClosed), ("token_revoked", SlackRefusesUs)):
        error = error_for(code, 200, None)
        assert isinstance(error, kind)
        assert isinstance(error, Unavailable)
        assert error.after_s == 60.0


def test_codes_become_our_errors() -> None:
    limited = error_for("ratelimited", 429, 7.0)
    assert isinstance(limited, SlackRateLimited)
    assert limited.after_s == 7.0
    assert isinstance(error_for("", 503, None), SlackDown)
    assert isinstance(error_for("internal_error", 200, None), SlackDown)
    assert isinstance(error_for("message_not_found", 200, None), MessageGone)
    assert isinstance(error_for("expired_trigger_id", 200, None), TooLate)
    assert isinstance(error_for("never_heard_of", 200, None), SlackRejected)


class TestMemory:
    def test_it_comes_back(self) -> None:
        memory = Memory(BUTTON, {"page": 2, "set": {"INV-1": [100, 0]}})
        assert recall(memory.text()) == memory

    @pytest.mark.parametrize("text", ["", "[]", "{}", '{"b":"payment:P-1:v1:fly"}', '{"b":7}', "null"])
    def test_what_is_not_ours_is_refused_in_words(self, text: str) -> None:
        with pytest.raises(Incomplete, match="out of date"):
            recall(text)

    def test_more_than_slack_keeps_is_refused_in_words(self) -> None:
        with pytest.raises(Incomplete, match="too much for one form"):
            Memory(BUTTON, {"set": "x" * MOST}).text()

    def test_the_home_tab_behind_a_window_is_carried_along(self) -> None:
        view = carrying({"private_metadata": Memory(BUTTON).text()}, "post:2")
        assert home_behind(view["private_metadata"]) == "post:2"
        assert recall(view["private_metadata"]).pressed == BUTTON
        assert home_behind("not json") == ""
