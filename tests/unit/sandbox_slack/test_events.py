"""Typing, commanding, looking at Home, and what the workspace tells, from an app made with the real bolt."""

from collections.abc import Callable
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from tests.sandbox.slack.model import Json
from tests.sandbox.slack.testing import RefusedError, SlackDriver, connected_app
from tests.unit.sandbox_slack.conftest import (
    PAYABLES,
    SHARED,
    Inbox,
    actions,
    bolt_app,
    button,
    field,
    modal,
    plain,
    section,
)

Ack = Callable[..., None]
OPTIONS: list[Json] = [{"text": plain(f"PO {number}"), "value": f"po-{number}"} for number in (1, 2, 3)]


def card(client: WebClient, *elements: Json, channel: str = PAYABLES) -> None:
    blocks = [section("A bill"), actions(*(elements or (button("Go", "go"),)))]
    client.chat_postMessage(channel=channel, text="A bill", blocks=blocks)


def view_error(call: Callable[..., Any], **arguments: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        call(**arguments)
    return str(caught.value.response["error"])


def opened(slack: SlackDriver, client: WebClient, view: Json) -> None:
    client.views_open(trigger_id=slack.new_trigger("priya"), view=view)


# Suggestions.


def test_an_external_select_asks_the_app(slack: SlackDriver, client: WebClient) -> None:
    app = bolt_app(slack)

    def offer(ack: Ack, payload: Json) -> None:
        ack(options=[one for one in OPTIONS if payload["value"] in one["text"]["text"]])

    app.options("po")(offer)
    element = {"type": "multi_external_select", "action_id": "po", "min_query_length": 2}
    opened(slack, client, modal(field("orders", element)))
    with connected_app(slack, app):
        assert [one["value"] for one in slack.suggestions("priya", None, "po", "PO")] == ["po-1", "po-2", "po-3"]
        assert slack.suggestions("priya", None, "po", "P") == []
        slack.choose_suggestion("priya", None, "po", "PO 1", "po-1")
        slack.choose_suggestion("priya", None, "po", "PO 3", "PO 3")
        with pytest.raises(RefusedError, match="does not offer"):
            slack.choose_suggestion("priya", None, "po", "PO 2", "po-9")
    view = slack.view("priya")
    assert view is not None
    chosen = view["state"]["values"]["orders"]["po"]["selected_options"]
    assert [one["value"] for one in chosen] == ["po-1", "po-3"]


def test_more_than_a_hundred_suggestions_are_refused(slack: SlackDriver, client: WebClient) -> None:
    app = bolt_app(slack)

    def offer(ack: Ack) -> None:
        ack(options=[{"text": plain("x"), "value": str(number)} for number in range(101)])

    app.options("po")(offer)
    element = {"type": "external_select", "action_id": "po", "min_query_length": 0}
    opened(slack, client, modal(field("order", element)))
    with connected_app(slack, app):
        assert slack.suggestions("priya", None, "po", "") == []


# Commands, shortcuts, Home, words, events.


def test_a_slash_command_is_answered_in_its_acknowledgement(slack: SlackDriver, client: WebClient) -> None:
    app, inbox = bolt_app(slack), Inbox()

    def listener(ack: Ack, body: Json) -> None:
        inbox.put(body)
        ack(text="3 bills wait for you")

    app.command("/tieout")(listener)
    with connected_app(slack, app):
        slack.slash("priya", "/tieout list mine")
    body = inbox.wait()[0]
    assert (body["command"], body["text"], body["user_id"]) == ("/tieout", "list mine", "U0PRIYA001")
    assert (body["team_id"], body["channel_name"]) == (slack.team_id, "ap-review")
    assert [one["text"] for one in slack.ephemerals("priya")] == ["3 bills wait for you"]
    assert client.views_open(trigger_id=body["trigger_id"], view=modal())["ok"]


def test_an_unanswered_slash_command_shows_slacks_error(slack: SlackDriver) -> None:
    result = slack.slash("priya", "/tieout list", expect_ack=False)
    assert not result["acked"]
    assert "dispatch_failed" in slack.ephemerals("priya")[0]["text"]


def test_outsiders_have_no_slash_commands(slack: SlackDriver) -> None:
    with pytest.raises(RefusedError, match="not shared"):
        slack.slash("rex", "/tieout list", channel="supplier-desk")


def test_shortcuts(slack: SlackDriver, client: WebClient) -> None:
    app, inbox = bolt_app(slack), Inbox()
    app.shortcut("queue")(inbox.listener())
    app.shortcut("explain")(inbox.listener())
    with connected_app(slack, app):
        card(client)
        slack.shortcut("priya", "queue")
        slack.shortcut("priya", "explain", slack.card("ap-review"))
    overall, on_message = inbox.wait(2)
    assert (overall["type"], "channel" in overall) == ("shortcut", False)
    assert on_message["type"] == "message_action"
    assert on_message["message_ts"] == on_message["message"]["ts"]


def test_home_is_published_for_each_person(slack: SlackDriver, client: WebClient) -> None:
    app, inbox = bolt_app(slack), Inbox()

    def publish(event: Json, client: WebClient) -> None:
        view = {"type": "home", "blocks": [section(f"Queue of {event['user']}"), actions(button("Go", "go"))]}
        client.views_publish(user_id=event["user"], view=view)

    app.event("app_home_opened")(publish)
    app.action("go")(inbox.listener())
    with connected_app(slack, app):
        slack.open_home("priya")
        home = slack.wait_for(lambda: slack.home("priya"))
        assert home is not None
        slack.press("priya", home, "go")
    assert home["blocks"][0]["text"]["text"] == "Queue of U0PRIYA001"
    assert slack.home("marcus") is None
    body = inbox.wait()[0]
    assert body["view"]["type"] == "home"
    client.views_publish(user_id="U0PRIYA001", hash=home["hash"], view={"type": "home", "blocks": []})
    again: Json = {"user_id": "U0PRIYA001", "hash": home["hash"], "view": {"type": "home", "blocks": []}}
    assert view_error(client.views_publish, **again) == "hash_conflict"


def test_words_to_the_app_and_about_it(slack: SlackDriver) -> None:
    app, inbox = bolt_app(slack), Inbox()

    def heard(event: Json) -> None:
        inbox.put(event)

    app.event("message")(heard)
    app.event("app_mention")(heard)
    with connected_app(slack, app):
        slack.say("priya", "help")
        first = inbox.wait(1)[0]
        slack.say("priya", f"<@{slack.bot_user_id}> hello", channel="ap-review")
        slack.say("priya", "just us", channel="ap-review")
        second = inbox.wait(2)[1]
    assert (first["channel_type"], first["user"], first["text"]) == ("im", "U0PRIYA001", "help")
    assert (second["type"], second["channel"]) == ("app_mention", PAYABLES)
    assert len(inbox.bodies) == 2


EVENTS: list[tuple[str, Callable[[SlackDriver], Any], Json]] = [
    ("member_joined_channel", lambda slack: slack.join("rex", "ap-review"), {"user": "U0OUTSIDE1", "channel": PAYABLES}),
    ("channel_shared", lambda slack: slack.set_channel("ap-review", is_ext_shared=True), {"channel": PAYABLES}),
    (
        "subteam_members_changed",
        lambda slack: slack.set_group("ap-team", ["priya", "theo"]),
        {"added_users": ["U0THEO0001"], "removed_users": ["U0MARCUS01"]},
    ),
    ("tokens_revoked", lambda slack: slack.event({"type": "tokens_revoked", "tokens": {"bot": ["U0TIEOUT01"]}}), {}),
]


@pytest.mark.parametrize(("name", "happen", "expected"), EVENTS, ids=[row[0] for row in EVENTS])
def test_what_happens_in_the_workspace_is_told(
    slack: SlackDriver, name: str, happen: Callable[[SlackDriver], Any], expected: Json
) -> None:
    app, inbox = bolt_app(slack), Inbox()

    def heard(event: Json) -> None:
        inbox.put(event)

    app.event(name)(heard)
    with connected_app(slack, app):
        happen(slack)
        event = inbox.wait()[0]
    assert event.items() >= {"type": name, **expected}.items()


def test_a_changed_person_and_a_shared_file_are_told(slack: SlackDriver) -> None:
    app, inbox = bolt_app(slack), Inbox()

    def heard(event: Json) -> None:
        inbox.put(event)

    for name in ("user_change", "file_shared"):
        app.event(name)(heard)
    with connected_app(slack, app):
        slack.set_user("marcus", deleted=True)
        changed = inbox.wait(1)[0]
        file = slack.upload("priya", "note.pdf", b"%PDF")
        slack.say("priya", "see this", channel="supplier-desk", files=[file])
        shared = inbox.wait(2)[1]
    assert (changed["user"]["id"], changed["user"]["deleted"]) == ("U0MARCUS01", True)
    assert (shared["file_id"], shared["channel_id"]) == (file, SHARED)
