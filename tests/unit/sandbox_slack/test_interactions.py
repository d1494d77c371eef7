"""What people do, seen from an app made with the real bolt over Socket Mode."""

import threading
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from slack_bolt import App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from tests.sandbox.slack.model import Json
from tests.sandbox.slack.rules import Rules
from tests.sandbox.slack.testing import NotAcknowledgedError, RefusedError, SlackDriver, action_ids, connected_app
from tests.unit.sandbox_slack.conftest import (
    CONFIRM,
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


def open_on_press(app: App, view: Json, action_id: str = "go") -> None:
    def listener(ack: Ack, body: Json, client: WebClient) -> None:
        client.views_open(trigger_id=body["trigger_id"], view=view)
        ack()

    app.action(action_id)(listener)


# Buttons on messages.


def test_a_press_carries_everything_bolt_and_we_read(slack: SlackDriver, client: WebClient) -> None:
    app, inbox = bolt_app(slack), Inbox()
    app.action("go")(inbox.listener())
    with connected_app(slack, app):
        card(client)
        assert slack.press("priya", slack.card("ap-review"), "go")["acked"]
    body = inbox.wait()[0]
    assert body["type"] == "block_actions"
    assert body["user"] == {"id": "U0PRIYA001", "username": "priya", "name": "priya", "team_id": slack.team_id}
    assert body["team"]["id"] == slack.team_id
    assert (body["enterprise"], body["is_enterprise_install"]) == (None, False)
    assert body["channel"] == {"id": PAYABLES, "name": "ap-review"}
    assert body["container"]["message_ts"] == body["message"]["ts"]
    assert body["message"]["blocks"][0]["text"]["text"] == "A bill"
    assert body["state"] == {"values": {}}
    pressed = body["actions"][0]
    assert (pressed["type"], pressed["block_id"], pressed["value"]) == ("button", "deeds", "invoice:7:v1")


def test_an_outsiders_press_names_their_own_workspace_and_the_installing_one(slack: SlackDriver, client: WebClient) -> None:
    app, inbox = bolt_app(slack), Inbox()
    app.action("go")(inbox.listener())
    with connected_app(slack, app):
        card(client, channel=SHARED)
        slack.press("rex", slack.card("supplier-desk"), "go")
    body = inbox.wait()[0]
    assert body["user"]["team_id"] == slack.other_team_id
    assert body["team"]["id"] == slack.team_id


def test_only_people_who_see_a_button_can_press_it(slack: SlackDriver, client: WebClient) -> None:
    card(client)
    message = slack.card("ap-review")
    with pytest.raises(RefusedError, match="rex is not in ap-review"):
        slack.press("rex", message, "go")
    with pytest.raises(RefusedError, match="deactivated"):
        slack.press("olaf", message, "go")
    with pytest.raises(RefusedError, match="no element"):
        slack.press("priya", message, "gone")
    client.chat_postEphemeral(channel=PAYABLES, user="U0PRIYA001", text="x", blocks=[actions(button("Go", "go"))])
    with pytest.raises(RefusedError, match="sees no message"):
        slack.press("marcus", slack.ephemerals("priya")[0], "go")


def test_a_confirm_dialog_comes_first(slack: SlackDriver, client: WebClient) -> None:
    app, inbox = bolt_app(slack), Inbox()
    app.action("go")(inbox.listener())
    with connected_app(slack, app):
        card(client, button("Post", "go", confirm=CONFIRM))
        message = slack.card("ap-review")
        assert slack.press("priya", message, "go", confirm=None)["confirm"] == CONFIRM
        assert slack.press("priya", message, "go", confirm=False)["outcome"] == "cancelled"
        assert inbox.bodies == []
        assert slack.press("priya", message, "go", confirm=True)["acked"]
    assert inbox.wait()


def test_no_answer_in_time_leaves_a_warning_mark(slack: SlackDriver, client: WebClient) -> None:
    slack.rules(ack_seconds=0.2)
    app, held = bolt_app(slack), threading.Event()

    def listener() -> None:
        held.wait(60)

    app.action("go")(listener)
    with connected_app(slack, app):
        card(client)
        with pytest.raises(NotAcknowledgedError, match="operation_timeout"):
            slack.press("priya", slack.card("ap-review"), "go")
        assert "did not respond" in slack.card("ap-review")["warnings"]["go"]
        held.set()


def test_without_any_socket_a_press_fails_at_once(slack: SlackDriver, client: WebClient) -> None:
    card(client)
    result = slack.press("priya", slack.card("ap-review"), "go", expect_ack=False)
    assert (result["outcome"], result["acked"]) == ("no_socket", False)


def test_selects_and_overflow_on_a_message(slack: SlackDriver, client: WebClient) -> None:
    app, inbox = bolt_app(slack), Inbox()
    app.action("pick")(inbox.listener())
    app.action("more")(inbox.listener())
    with connected_app(slack, app):
        card(
            client,
            {"type": "static_select", "action_id": "pick", "options": OPTIONS},
            {"type": "overflow", "action_id": "more", "options": OPTIONS},
        )
        message = slack.card("ap-review")
        assert action_ids(message) == ["pick", "more"]
        slack.choose("priya", message, "pick", value="PO 2")
        slack.choose("priya", message, "more", value="po-3")
        with pytest.raises(RefusedError, match="does not offer"):
            slack.choose("priya", message, "more", value="po-9")
    picked, more = inbox.wait(2)
    assert picked["actions"][0]["selected_option"] == OPTIONS[1]
    assert picked["state"]["values"]["deeds"]["pick"]["selected_option"] == OPTIONS[1]
    assert more["actions"][0]["selected_option"]["value"] == "po-3"


# Response URLs.


def respond(url: str, **body: Any) -> httpx.Response:
    return httpx.post(url, json=body, trust_env=False)


def test_a_response_url_answers_privately_five_times(slack: SlackDriver, client: WebClient) -> None:
    url = slack.new_response_url("priya")
    client.chat_postMessage(channel=PAYABLES, text="for all")
    for number in range(5):
        assert respond(url, text=f"note {number}").status_code == 200
    sixth = respond(url, text="too much")
    assert (sixth.status_code, sixth.json()["error"]) == (404, "used_url")
    assert [one["text"] for one in slack.ephemerals("priya")] == [f"note {number}" for number in range(5)]
    assert len(slack.messages("ap-review", user="marcus")) == 1


def test_a_response_url_lives_half_an_hour(slack: SlackDriver) -> None:
    url = slack.new_response_url("priya")
    slack.advance(1790)
    assert respond(url, text="in time").status_code == 200
    slack.advance(20)
    assert respond(url, text="late").json()["error"] == "expired_url"


def test_a_response_url_replaces_deletes_and_speaks_to_all(slack: SlackDriver, client: WebClient) -> None:
    app, inbox = bolt_app(slack), Inbox()
    app.action("go")(inbox.listener())
    with connected_app(slack, app):
        card(client)
        slack.press("priya", slack.card("ap-review"), "go")
    url = str(inbox.wait()[0]["response_url"])
    respond(url, replace_original=True, text="replaced")
    assert [one["text"] for one in slack.cards("ap-review")] == ["replaced"]
    respond(url, response_type="in_channel", text="for all")
    assert len(slack.cards("ap-review", user="marcus")) == 2
    respond(url, delete_original=True)
    assert [one["text"] for one in slack.cards("ap-review")] == ["for all"]


# Triggers and views.


def view_error(call: Callable[..., Any], **arguments: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        call(**arguments)
    return str(caught.value.response["error"])


def test_a_trigger_works_once_and_for_three_seconds(slack: SlackDriver, client: WebClient) -> None:
    trigger = slack.new_trigger("priya")
    client.views_open(trigger_id=trigger, view=modal())
    assert view_error(client.views_open, trigger_id=trigger, view=modal()) == "exchanged_trigger_id"
    assert view_error(client.views_open, trigger_id="1.2.3", view=modal()) == "invalid_trigger_id"
    slack.rules(trigger_seconds=Rules().trigger_seconds)
    other = slack.new_trigger("priya")
    slack.advance(3.0)
    assert view_error(client.views_open, trigger_id=other, view=modal()) == "expired_trigger_id"


def test_an_invalid_view_does_not_use_up_the_trigger(slack: SlackDriver, client: WebClient) -> None:
    trigger = slack.new_trigger("priya")
    with pytest.raises(SlackApiError) as caught:
        client.views_open(trigger_id=trigger, view=modal(title=plain("t" * 25)))
    assert "[json-pointer:/view/title/text]" in caught.value.response["response_metadata"]["messages"][0]
    assert client.views_open(trigger_id=trigger, view=modal())["ok"]


def test_views_update_with_a_stale_hash_is_refused(slack: SlackDriver, client: WebClient) -> None:
    view = client.views_open(trigger_id=slack.new_trigger("priya"), view=modal(external_id="form-7"))["view"]
    newer = client.views_update(external_id="form-7", hash=view["hash"], view=modal(external_id="form-7"))["view"]
    assert newer["id"] == view["id"]
    assert newer["hash"] != view["hash"]
    stale = view_error(client.views_update, view_id=view["id"], hash=view["hash"], view=modal())
    assert stale == "hash_conflict"
    slack.rules(check_view_hash=False)
    assert client.views_update(view_id=view["id"], hash=view["hash"], view=modal())["ok"]
    assert view_error(client.views_update, view_id="V0NONE", view=modal()) == "not_found"


def test_a_view_is_at_most_250_kilobytes(slack: SlackDriver, client: WebClient) -> None:
    slack.rules(validate_blocks=False)
    big = modal(*[section("x" * 3000) for _ in range(100)])
    trigger = slack.new_trigger("priya")
    assert view_error(client.views_open, trigger_id=trigger, view=big) == "view_too_large"


def test_modals_stack_three_deep(slack: SlackDriver, client: WebClient) -> None:
    app = bolt_app(slack)
    errors: list[str] = []
    open_on_press(app, modal(actions(button("Deeper", "deeper"))))

    def push(ack: Ack, body: Json, client: WebClient) -> None:
        try:
            client.views_push(trigger_id=body["trigger_id"], view=modal(actions(button("Deeper", "deeper"))))
        except SlackApiError as refusal:
            errors.append(str(refusal.response["error"]))
        ack()

    app.action("deeper")(push)
    with connected_app(slack, app):
        card(client)
        slack.press("priya", slack.card("ap-review"), "go")
        root = slack.view("priya")
        for _ in range(3):
            slack.press("priya", None, "deeper")
    top = slack.view("priya")
    assert errors == ["push_limit_reached"]
    assert root is not None
    assert top is not None
    assert top["root_view_id"] == root["id"]
    assert top["previous_view_id"] not in {None, root["id"]}


# Submitting.

EVERY_INPUT: dict[str, Json] = {
    "text": {"type": "plain_text_input", "action_id": "a"},
    "number": {"type": "number_input", "action_id": "a", "is_decimal_allowed": True, "min_value": "1"},
    "one": {"type": "static_select", "action_id": "a", "options": OPTIONS},
    "several": {"type": "multi_static_select", "action_id": "a", "options": OPTIONS},
    "boxes": {"type": "checkboxes", "action_id": "a", "options": OPTIONS},
    "radio": {"type": "radio_buttons", "action_id": "a", "options": OPTIONS, "initial_option": OPTIONS[2]},
    "day": {"type": "datepicker", "action_id": "a"},
    "who": {"type": "users_select", "action_id": "a"},
    "paper": {"type": "file_input", "action_id": "a"},
}


def submitted(slack: SlackDriver, client: WebClient, values: Callable[[], Json], **more: Any) -> Json:
    """The view_submission of a form with every input."""
    app, inbox = bolt_app(slack), Inbox()
    blocks = [field(name, element, optional=True) for name, element in EVERY_INPUT.items()]
    open_on_press(app, modal(*blocks, **more))
    app.view("form")(inbox.listener())
    with connected_app(slack, app):
        card(client)
        slack.press("priya", slack.card("ap-review"), "go")
        assert slack.submit_view("priya", values())["acked"]
        assert slack.view("priya") is None
    return inbox.wait()[0]


def test_every_input_is_in_the_state_even_untouched(slack: SlackDriver, client: WebClient) -> None:
    body = submitted(slack, client, dict, private_metadata="invoice:7")
    state = {name: entry["a"] for name, entry in body["view"]["state"]["values"].items()}
    assert state == {
        "text": {"type": "plain_text_input", "value": None},
        "number": {"type": "number_input", "value": None},
        "one": {"type": "static_select", "selected_option": None},
        "several": {"type": "multi_static_select", "selected_options": []},
        "boxes": {"type": "checkboxes", "selected_options": []},
        "radio": {"type": "radio_buttons", "selected_option": OPTIONS[2]},
        "day": {"type": "datepicker", "selected_date": None},
        "who": {"type": "users_select", "selected_user": None},
        "paper": {"type": "file_input", "files": []},
    }
    assert body["view"]["type"] == "modal"
    assert body["view"]["private_metadata"] == "invoice:7"
    assert body["view"]["app_installed_team_id"] == body["team"]["id"]


def test_values_arrive_as_they_were_chosen(slack: SlackDriver, client: WebClient) -> None:
    def values() -> Json:
        paper = slack.upload("priya", "note.pdf", b"%PDF note")
        return {
            "text": "because",
            "number": 12.5,
            "one": "po-1",
            "several": ["PO 1", "po-3"],
            "boxes": ["po-2"],
            "day": "2031-05-06",
            "who": "U0MARCUS01",
            "paper": [paper],
        }

    body = submitted(slack, client, values)
    state = {name: entry["a"] for name, entry in body["view"]["state"]["values"].items()}
    assert state["text"]["value"] == "because"
    assert state["number"]["value"] == "12.5"
    assert state["one"]["selected_option"]["value"] == "po-1"
    assert [one["value"] for one in state["several"]["selected_options"]] == ["po-1", "po-3"]
    assert state["day"]["selected_date"] == "2031-05-06"
    assert state["who"]["selected_user"] == "U0MARCUS01"
    file = state["paper"]["files"][0]
    assert (file["name"], file["mimetype"]) == ("note.pdf", "application/pdf")
    assert client.files_info(file=file["id"])["file"]["size"] == 9


def opened(slack: SlackDriver, client: WebClient, view: Json) -> None:
    client.views_open(trigger_id=slack.new_trigger("priya"), view=view)


@pytest.mark.parametrize(
    ("element", "value", "error"),
    [
        ({"type": "plain_text_input", "action_id": "a"}, "", "required"),
        ({"type": "plain_text_input", "action_id": "a", "min_length": 5}, "abc", "between 5 and 3000"),
        ({"type": "number_input", "action_id": "a", "is_decimal_allowed": False}, "1.5", "whole number"),
        ({"type": "number_input", "action_id": "a", "is_decimal_allowed": True}, "ten", "enter a number"),
        ({"type": "number_input", "action_id": "a", "is_decimal_allowed": True, "max_value": "9"}, "10", "between"),
        (
            {"type": "multi_static_select", "action_id": "a", "options": OPTIONS, "max_selected_items": 1},
            ["po-1", "po-2"],
            "at most 1",
        ),
    ],
)
def test_slacks_own_form_refuses_before_the_app_hears_of_it(
    slack: SlackDriver, client: WebClient, element: Json, value: Any, error: str
) -> None:
    opened(slack, client, modal(field("it", element)))
    result = slack.submit_view("priya", {"it": value})
    assert result["outcome"] == "refused_by_form"
    assert error in result["errors"]["it"]
    assert not [one for one in slack.deliveries("interactive") if one["payload"]["type"] == "view_submission"]


def submit_with(slack: SlackDriver, client: WebClient, **answer: Any) -> Json:
    """Submit a form whose app answers like this."""
    app = bolt_app(slack)

    def listener(ack: Ack) -> None:
        ack(**answer)

    app.view("form")(listener)
    opened(slack, client, modal())
    with connected_app(slack, app):
        return slack.submit_view("priya", {"why": "so"})


def test_errors_stay_beside_their_inputs(slack: SlackDriver, client: WebClient) -> None:
    result = submit_with(slack, client, response_action="errors", errors={"why": "Say more."})
    assert result["errors"] == {"why": "Say more."}
    view = slack.view("priya")
    assert view is not None
    assert view["state"]["values"]["why"]["text"]["value"] == "so"


def test_an_answer_may_update_push_or_clear(slack: SlackDriver, client: WebClient) -> None:
    submit_with(slack, client, response_action="update", view=modal(title=plain("Second")))
    second = slack.view("priya")
    assert second is not None
    assert second["title"]["text"] == "Second"
    submit_with(slack, client, response_action="push", view=modal(title=plain("Third")))
    third = slack.view("priya")
    assert third is not None
    assert third["previous_view_id"]
    submit_with(slack, client, response_action="clear")
    assert slack.view("priya") is None


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": {"elsewhere": "x"}},
        {"response_action": "update", "view": modal(title=plain("t" * 25))},
        {"response_action": "explode"},
    ],
)
def test_a_bad_answer_shows_as_trouble(slack: SlackDriver, client: WebClient, answer: Json) -> None:
    assert "trouble connecting" in submit_with(slack, client, **answer)["warning"]
    assert slack.view("priya") is not None


def test_typed_values_survive_an_update_of_the_same_input(slack: SlackDriver, client: WebClient) -> None:
    opened(slack, client, modal())
    slack.fill_view("priya", {"why": "kept"})
    view = slack.view("priya")
    assert view is not None
    client.views_update(view_id=view["id"], view=modal(title=plain("Updated")))
    updated = slack.view("priya")
    assert updated is not None
    assert updated["state"]["values"]["why"]["text"]["value"] == "kept"


def test_inputs_speak_up_only_with_dispatch_action(slack: SlackDriver, client: WebClient) -> None:
    app, inbox = bolt_app(slack), Inbox()
    app.action("loud")(inbox.listener())
    quiet = field("quiet", {"type": "static_select", "action_id": "quiet", "options": OPTIONS})
    loud = field("loud", {"type": "static_select", "action_id": "loud", "options": OPTIONS}, dispatch_action=True)
    opened(slack, client, modal(quiet, loud))
    with connected_app(slack, app):
        assert slack.choose("priya", None, "quiet", value="po-1")["outcome"] == "kept"
        assert slack.choose("priya", None, "loud", value="po-2")["acked"]
    body = inbox.wait()[0]
    assert body["view"]["state"]["values"]["quiet"]["quiet"]["selected_option"]["value"] == "po-1"
    assert (body["container"]["type"], body["container"]["view_id"]) == ("view", body["view"]["id"])
    assert "response_url" not in body


def test_closing_tells_the_app_only_when_it_asked(slack: SlackDriver, client: WebClient) -> None:
    app, inbox = bolt_app(slack), Inbox()
    app.view_closed("form")(inbox.listener())
    with connected_app(slack, app):
        opened(slack, client, modal())
        assert slack.close_view("priya")["outcome"] == "closed"
        opened(slack, client, modal(notify_on_close=True))
        slack.close_view("priya")
        opened(slack, client, modal(notify_on_close=True))
        slack.close_view("priya", every=True)
    assert [body["is_cleared"] for body in inbox.wait(2)] == [False, True]
