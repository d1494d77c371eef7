"""Fetching a file of Slack: our token goes to Slack only, a sign-in page is no document, and sizes are kept."""

from typing import Any

import pytest

from bot.downloads import fetch
from bot.errors import FileGone, SlackRefusesUs
from core.domain.errors import Refused, SlackDown, TooBig
from tests.sandbox.slack.testing import SlackDriver, running_slack

SLACK = "https://slack.com/api/"
MOST = 1000


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/files-pri/T-F/a.pdf",
        "https://slack.com.evil.example/a.pdf",
        "https://evilslack.com/a.pdf",
        "http://files.slack.com/a.pdf",
        "https://files.slack.com:8443/a.pdf",
        "https://files.slack.com@evil.example/a.pdf",
        "https://someone@files.slack.com/a.pdf",
        "https://files.slack.com:port/a.pdf",
        "file:///etc/passwd",
        "//evil.example/a.pdf",
    ],
)
def test_our_token_goes_nowhere_but_to_slack(url: str) -> None:
    with pytest.raises(Refused, match="does not lie in Slack"):
        fetch(SLACK, "xoxb-sandbox", {"url_private": url, "size": 3}, MOST)


def test_what_is_gone_linked_or_too_large_is_said_before_anything_is_fetched() -> None:
    with pytest.raises(FileGone):
        fetch(SLACK, "xoxb-sandbox", {"mode": "tombstone", "url_private": "https://files.slack.com/a"}, MOST)
    with pytest.raises(Refused, match="only linked"):
        fetch(SLACK, "xoxb-sandbox", {"is_external": True, "url_private": "https://files.slack.com/a"}, MOST)
    with pytest.raises(TooBig, match="0 MB"):
        fetch(SLACK, "xoxb-sandbox", {"size": MOST + 1, "url_private": "https://files.slack.com/a"}, MOST)


def shared(slack: SlackDriver, data: bytes) -> dict[str, Any]:
    """A file that was sent to the app, as the event describes it."""
    slack.say("priya", "", files=[slack.upload("priya", "a.pdf", data)])
    found: dict[str, Any] = slack.messages(user="priya")[-1]["files"][0]
    return found


def test_only_the_file_itself_is_taken_for_the_file() -> None:
    with running_slack() as slack:
        token, file = slack.config.bot_token, shared(slack, b"%PDF-1.7 bill")
        assert fetch(slack.api_url, token, file, MOST) == b"%PDF-1.7 bill"
        with pytest.raises(SlackRefusesUs, match="files:read"):
            fetch(slack.api_url, "xoxb-sandbox-other", file, MOST)
        with pytest.raises(SlackDown, match="only a part"):
            fetch(slack.api_url, token, {**file, "size": 99}, MOST)
        with pytest.raises(TooBig):
            fetch(slack.api_url, token, {**file, "size": 3}, 12)
        page = shared(slack, b" <!DOCTYPE html><title>Sign in</title>")
        with pytest.raises(SlackRefusesUs):
            fetch(slack.api_url, token, page, MOST)
