"""Files between people and the app: who sees which, what a form takes, and an app that hears only of what it asked for."""

from typing import Any

import httpx
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.manifest import manifest
from core.settings import SlackTransport
from tests.sandbox.slack.standin import installed
from tests.sandbox.slack.testing import RefusedError, SlackDriver, running_slack
from tests.unit.sandbox_slack.conftest import field, modal


def refused(client: WebClient, file: str) -> str:
    with pytest.raises(SlackApiError) as caught:
        client.files_info(file=file)
    return str(caught.value.response["error"])


def test_the_app_sees_what_it_was_given_and_no_other_private_files(slack: SlackDriver, client: WebClient) -> None:
    private = slack.upload("priya", "payslip.pdf", b"%PDF secret")
    assert refused(client, private) == "file_not_found"
    slack.say("priya", "please", files=[private])
    shown = client.files_info(file=private)["file"]
    with httpx.Client(trust_env=False, headers={"Authorization": f"Bearer {slack.config.bot_token}"}) as http:
        assert http.get(shown["url_private"]).content == b"%PDF secret"
        slack.scopes(remove=["files:read"])
        answer = http.get(shown["url_private"])
    assert answer.status_code == 302, "without the scope Slack leads to its sign-in page"


@pytest.mark.parametrize(
    ("element", "files", "problem"),
    [
        ({"max_files": 1}, [("a.pdf", 1), ("b.pdf", 1)], "at most 1 file"),
        ({"filetypes": ["pdf", "xml"]}, [("a.exe", 1)], "a.exe is not one of: pdf, xml"),
        ({}, [("a.pdf", 10 * 1024 * 1024 + 1)], "10 MB"),
    ],
)
def test_a_form_refuses_what_its_file_input_does_not_take(
    slack: SlackDriver, client: WebClient, element: dict[str, Any], files: list[tuple[str, int]], problem: str
) -> None:
    paper = field("paper", {"type": "file_input", "action_id": "a", **element})
    client.views_open(trigger_id=slack.new_trigger("priya"), view=modal(paper))
    ids = [slack.upload("priya", name, b"x" * size) for name, size in files]
    result = slack.submit_view("priya", {"paper": ids}, expect_ack=False)
    assert problem in result["errors"]["paper"]


def test_an_app_hears_and_offers_what_its_manifest_says() -> None:
    made = manifest(SlackTransport.SOCKET)
    made["settings"]["event_subscriptions"]["bot_events"] = ["app_home_opened"]
    made["features"]["shortcuts"] = [{"callback_id": "ours"}]
    with running_slack(installed(made)) as slack:
        slack.set_user("marcus", title="Manager")
        (told,) = slack.deliveries("events_api")
        assert told["outcome"] == "not_subscribed"
        with pytest.raises(RefusedError, match="no shortcut"):
            slack.shortcut("priya", "theirs")
    made["features"]["app_home"] = {"messages_tab_enabled": True, "messages_tab_read_only_enabled": True}
    with running_slack(installed(made)) as slack, pytest.raises(RefusedError, match="turned off"):
        slack.say("priya", "hello")
