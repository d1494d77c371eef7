"""Each rule can be switched, and switching it changes exactly what it says."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from websockets.sync.client import connect

from tests.sandbox.slack.model import Json
from tests.sandbox.slack.rules import Rules
from tests.sandbox.slack.testing import RefusedError, SlackDriver, connected_app
from tests.unit.sandbox_slack.conftest import PAYABLES, SHARED, Inbox, actions, bolt_app, button, modal, section

Try = Callable[[SlackDriver, WebClient], object]


def outcome(attempt: Try, slack: SlackDriver, client: WebClient) -> str:
    try:
        attempt(slack, client)
    except SlackApiError as refusal:
        return str(refusal.response["error"])
    except RefusedError:
        return "refused"
    return "ok"


def open_twice(slack: SlackDriver, client: WebClient) -> None:
    trigger = slack.new_trigger("priya")
    client.views_open(trigger_id=trigger, view=modal())
    client.views_open(trigger_id=trigger, view=modal())


def open_late(slack: SlackDriver, client: WebClient) -> None:
    trigger = slack.new_trigger("priya")
    slack.advance(60)
    client.views_open(trigger_id=trigger, view=modal())


def post_uninvited(_slack: SlackDriver, client: WebClient) -> None:
    client.chat_postMessage(channel="C0GENERAL1", text="x")


def post_without_scope(slack: SlackDriver, client: WebClient) -> None:
    slack.scopes(remove=["chat:write"])
    client.chat_postMessage(channel=PAYABLES, text="x")


def post_without_words(_slack: SlackDriver, client: WebClient) -> None:
    # Not through the SDK's own method: that one warns.
    client.api_call("chat.postMessage", json={"channel": PAYABLES, "blocks": [section("x")]})


def post_fifty_one_blocks(_slack: SlackDriver, client: WebClient) -> None:
    client.chat_postMessage(channel=PAYABLES, text="x", blocks=[{"type": "divider"}] * 51)


def speak_though_gone(slack: SlackDriver, _client: WebClient) -> None:
    slack.say("olaf", "hello")


RULES: list[tuple[Try, str, Json]] = [
    (open_twice, "exchanged_trigger_id", {"trigger_single_use": False}),
    (open_late, "expired_trigger_id", {"trigger_seconds": 3600}),
    (post_uninvited, "not_in_channel", {"check_membership": False}),
    (post_without_scope, "missing_scope", {"check_scopes": False}),
    (post_without_words, "no_text", {"require_fallback_text": False}),
    (post_fifty_one_blocks, "invalid_blocks", {"message_blocks": 60}),
    (speak_though_gone, "refused", {"deactivated_may_act": True}),
]


@pytest.mark.parametrize(("attempt", "strict", "switch"), RULES, ids=[row[0].__name__ for row in RULES])
def test_a_rule_is_strict_until_it_is_switched(
    slack: SlackDriver, client: WebClient, attempt: Try, strict: str, switch: Json
) -> None:
    assert outcome(attempt, slack, client) == strict
    slack.rules(**switch)
    assert outcome(attempt, slack, client) == "ok"


def test_rules_start_where_slack_is() -> None:
    rules = Rules()
    assert (rules.ack_seconds, rules.trigger_seconds, rules.modal_depth) == (3.0, 3.0, 3)
    assert (rules.response_url_uses, rules.response_url_seconds) == (5, 1800)
    assert (rules.message_blocks, rules.view_blocks, rules.max_sockets) == (50, 100, 10)
    assert rules.event_retry_seconds == (0.0, 60.0, 300.0)


def test_an_unknown_rule_is_refused(slack: SlackDriver) -> None:
    with pytest.raises(RefusedError, match="unknown rule: check_everything"):
        slack.rules(check_everything=False)
    with pytest.raises(RefusedError, match="unknown verb"):
        slack.do("dance")


def test_ephemeral_messages_can_be_made_to_stay(slack: SlackDriver, client: WebClient) -> None:
    slack.rules(ephemeral_vanishes=False)
    client.chat_postEphemeral(channel=PAYABLES, user="U0PRIYA001", text="psst")
    assert slack.reload("priya") == 0
    assert slack.ephemerals("priya")


def test_envelopes_can_go_to_every_socket(slack: SlackDriver, client: WebClient) -> None:
    slack.rules(one_socket=False, ack_seconds=0.1)
    token = slack.config.app_token
    urls = [str(client.apps_connections_open(app_token=token)["url"]) for _ in range(2)]
    with connect(urls[0], proxy=None) as one, connect(urls[1], proxy=None) as other:
        for socket in (one, other):
            socket.recv(60)
        slack.wait_for_socket(at_least=2)
        client.chat_postMessage(channel=PAYABLES, text="x", blocks=[actions(button("Go", "go"))])
        slack.press("priya", slack.card("ap-review"), "go", expect_ack=False)
        envelopes = [json.loads(socket.recv(60))["envelope_id"] for socket in (one, other)]
    assert envelopes[0] == envelopes[1]


def test_the_apps_own_direct_messages_can_come_back_to_it(slack: SlackDriver, client: WebClient) -> None:
    slack.rules(echo_own_messages=True)
    app, inbox = bolt_app(slack), Inbox()

    def heard(event: Json) -> None:
        inbox.put(event)

    app.event("message")(heard)
    with connected_app(slack, app):
        client.chat_postMessage(channel="U0PRIYA001", text="mine")
        slack.wait_for(lambda: [one for one in slack.deliveries("events_api") if one["outcome"] == "acked"])
    sent = slack.deliveries("events_api")[0]["payload"]["event"]
    assert (sent["bot_id"], sent["channel_type"]) == ("B0TIEOUT01", "im")
    assert inbox.bodies == [], "bolt ignores its own messages"


def test_files_in_a_shared_channel_have_to_be_looked_up(slack: SlackDriver) -> None:
    file = slack.upload("rex", "note.pdf", b"%PDF")
    slack.say("rex", f"<@{slack.bot_user_id}> see", channel="supplier-desk", files=[file])
    mention = next(one for one in slack.deliveries("events_api") if one["payload"]["event"]["type"] == "app_mention")
    assert mention["payload"]["event"]["files"] == [{"id": file, "file_access": "check_file_info"}]
    assert mention["payload"]["is_ext_shared_channel"]
    assert mention["payload"]["event"]["channel"] == SHARED


def test_many_threads_at_once_lose_nothing(slack: SlackDriver, client: WebClient) -> None:
    def post(number: int) -> str:
        return str(client.chat_postMessage(channel=PAYABLES, text=f"m{number}")["ts"])

    with ThreadPoolExecutor(8) as pool:
        stamps = list(pool.map(post, range(80)))
    assert len(set(stamps)) == 80
    assert {one["text"] for one in slack.cards("ap-review")} == {f"m{number}" for number in range(80)}
    assert [one["ts"] for one in slack.cards("ap-review")] == sorted(stamps)
