"""The Web API as the official SDK uses it, and its refusals in Slack's own words."""

import json
import re
import urllib.error
import urllib.request
from typing import Any

import httpx
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from tests.sandbox.slack.model import Json
from tests.sandbox.slack.standin import Config, RefusedToStartError, Standin
from tests.sandbox.slack.testing import SlackDriver, running_slack
from tests.unit.sandbox_slack.conftest import PAYABLES, SHARED, actions, button, modal, plain, section, web_client


def refused(call: Any, /, **arguments: Any) -> Json:
    """The body of the `ok: false` answer that this SDK call gets."""
    with pytest.raises(SlackApiError) as caught:
        call(**arguments)
    body: Json = caught.value.response.data
    return body


def error_of(call: Any, /, **arguments: Any) -> str:
    return str(refused(call, **arguments)["error"])


def post(client: WebClient, text: str = "hello", **more: Any) -> Json:
    body: Json = client.chat_postMessage(channel=PAYABLES, text=text, **more).data  # type: ignore[assignment]
    return body


# Requests and tokens.


@pytest.mark.parametrize("way", ["query", "json", "form", "form with JSON inside"])
def test_arguments_come_in_every_way_that_clients_use(slack: SlackDriver, way: str) -> None:
    blocks = [section("from " + way)]
    headers = {"Authorization": f"Bearer {slack.config.bot_token}"}
    url = f"{slack.api_url}chat.postMessage"
    values = {"channel": PAYABLES, "text": "hi", "blocks": json.dumps(blocks), "team_id": "T0SANDBOX1", "nonsense": "1"}
    with httpx.Client(trust_env=False, headers=headers) as http:
        if way == "query":
            answer = http.get(url, params=values)
        elif way == "json":
            answer = http.post(url, json={**values, "blocks": blocks})
        elif way == "form":
            answer = http.post(url, data=values)
        else:
            answer = http.post(url, data={**values, "token": slack.config.bot_token}, headers={"Authorization": ""})
    assert answer.json()["ok"], answer.text
    assert slack.card(contains=f"from {way}")["text"] == "hi"


def test_an_unknown_method_is_named_as_such(client: WebClient) -> None:
    assert error_of(client.api_call, api_method="chat.whisper") == "unknown_method"


@pytest.mark.parametrize(
    ("token", "error"),
    [("", "not_authed"), ("xoxb-sandbox-other", "invalid_auth"), ("xapp-sandbox-tieout", "not_allowed_token_type")],
)
def test_tokens_must_match(slack: SlackDriver, token: str, error: str) -> None:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = httpx.post(f"{slack.api_url}auth.test", headers=headers, trust_env=False)
    assert answer.json()["error"] == error


def test_a_token_check_can_be_switched_off(slack: SlackDriver) -> None:
    slack.rules(check_tokens=False)
    assert web_client(slack, "xoxb-sandbox-other").auth_test()["user"] == "tieout"


def real_looking(kind: str) -> str:
    # Put together here, so that no scanner takes this file for a leak.
    return f"{kind}-1234567890-abcdef"


@pytest.mark.parametrize("kind", ["xoxb", "xoxp", "xapp"])
def test_real_looking_tokens_keep_it_from_starting(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_SOMETHING", real_looking(kind))
    with pytest.raises(RefusedToStartError, match="SLACK_SOMETHING"):
        Standin()


def test_its_own_configuration_takes_no_real_looking_secrets() -> None:
    for config in (
        Config(bot_token=real_looking("xoxb")),
        Config(app_token=real_looking("xapp")),
        Config(signing_secret="8f742231b10e8888abcd99yyyzzz85a5"),
        Config(request_url="https://hooks.example.com/slack"),
    ):
        with pytest.raises(RefusedToStartError):
            Standin(config)


def test_tokens_are_not_kept_in_the_record_of_calls(slack: SlackDriver, client: WebClient) -> None:
    client.auth_test()
    assert slack.config.bot_token not in json.dumps(slack.calls())


def test_a_missing_scope_is_named(slack: SlackDriver, client: WebClient) -> None:
    slack.scopes(remove=["chat:write"])
    answer = refused(client.chat_postMessage, channel=PAYABLES, text="x")
    assert (answer["error"], answer["needed"]) == ("missing_scope", "chat:write")
    assert "users:read" in answer["provided"]


# Messages.


def test_post_update_delete(slack: SlackDriver, client: WebClient) -> None:
    posted = post(client, blocks=[section("first"), actions(button("Go", "go"))])
    assert slack.card("ap-review")["blocks"][1]["elements"][0]["action_id"] == "go"
    client.chat_update(channel=PAYABLES, ts=posted["ts"], text="done", blocks=[section("second")])
    assert [block["text"]["text"] for block in slack.card("ap-review")["blocks"]] == ["second"]
    client.chat_update(channel=PAYABLES, ts=posted["ts"], text="text alone")
    assert "blocks" not in slack.card("ap-review")
    assert "edited" in slack.card("ap-review")
    client.chat_delete(channel=PAYABLES, ts=posted["ts"])
    assert slack.cards("ap-review") == []


def test_blocks_without_a_block_id_get_one(client: WebClient) -> None:
    assert post(client, blocks=[section("x")])["message"]["blocks"][0]["block_id"]


@pytest.mark.parametrize(
    ("channel", "error"),
    [("C0NOWHERE", "channel_not_found"), ("C0GENERAL1", "not_in_channel"), ("C0BOARD001", "channel_not_found")],
)
def test_where_the_app_may_not_post(client: WebClient, channel: str, error: str) -> None:
    assert error_of(client.chat_postMessage, channel=channel, text="x") == error


def test_an_archived_channel_takes_no_messages(slack: SlackDriver, client: WebClient) -> None:
    slack.set_channel("ap-review", is_archived=True)
    assert error_of(client.chat_postMessage, channel=PAYABLES, text="x") == "is_archived"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({}, "no_text"),
        ({"text": ""}, "no_text"),
        ({"text": "x", "blocks": "[not json"}, "invalid_blocks_format"),
        ({"text": "x", "blocks": [section("")]}, "invalid_blocks"),
        ({"text": "x", "blocks": [section("y" * 3000) for _ in range(5)]}, "msg_blocks_too_long"),
        ({"text": "", "blocks": [section("y")]}, "no_text"),
        ({"text": "x", "thread_ts": "1.000001"}, "thread_not_found"),
        ({"text": "x", "metadata": {"event_type": "", "event_payload": {}}}, "invalid_metadata_schema"),
    ],
)
def test_messages_that_slack_refuses(client: WebClient, arguments: Json, error: str) -> None:
    body = {"channel": PAYABLES, **arguments}
    assert error_of(client.api_call, api_method="chat.postMessage", json=body) == error


def test_invalid_blocks_are_pointed_at(client: WebClient) -> None:
    answer = refused(client.chat_postMessage, channel=PAYABLES, text="x", blocks=[section("ok"), section("")])
    assert "[json-pointer:/blocks/1/text/text]" in answer["errors"][0]


def test_block_checks_can_be_switched_off(slack: SlackDriver, client: WebClient) -> None:
    slack.rules(validate_blocks=False)
    assert post(client, blocks=[{"type": "hologram"}])["ok"]


def test_a_direct_message_goes_to_the_person(slack: SlackDriver, client: WebClient) -> None:
    channel = client.conversations_open(users="U0PRIYA001")["channel"]["id"]
    posted = client.chat_postMessage(channel="U0PRIYA001", text="for you")
    assert posted["channel"] == channel
    assert [message["text"] for message in slack.cards(channel, user="priya")] == ["for you"]
    assert slack.cards(channel, user="marcus") == []
    assert error_of(client.conversations_open, users="U0LEFT0001") == "user_disabled"


def test_metadata_comes_back_only_when_asked_for(client: WebClient) -> None:
    metadata = {"event_type": "tieout_card", "event_payload": {"key": "outbox-1"}}
    post(client, metadata=metadata)
    history = client.conversations_history(channel=PAYABLES, include_all_metadata=True)
    assert history["messages"][0]["metadata"] == metadata
    assert "metadata" not in client.conversations_history(channel=PAYABLES)["messages"][0]


def test_threads(slack: SlackDriver, client: WebClient) -> None:
    root = post(client, "root")
    reply = post(client, "reply", thread_ts=root["ts"])
    deeper = post(client, "deeper", thread_ts=reply["ts"])
    assert deeper["message"]["thread_ts"] == root["ts"]
    thread = client.conversations_replies(channel=PAYABLES, ts=root["ts"])["messages"]
    assert [one["text"] for one in thread] == ["root", "reply", "deeper"]
    assert thread[0]["reply_count"] == 2
    assert [one["text"] for one in client.conversations_history(channel=PAYABLES)["messages"]] == ["root"]
    assert len(slack.cards("ap-review", thread_ts=root["ts"])) == 3


def test_history_goes_page_by_page_and_by_time(client: WebClient) -> None:
    stamps = [post(client, f"m{number}")["ts"] for number in range(5)]
    pages = client.conversations_history(channel=PAYABLES, limit=2)
    texts = [[one["text"] for one in page["messages"]] for page in pages]
    assert texts == [["m4", "m3"], ["m2", "m1"], ["m0"]]
    later = client.conversations_history(channel=PAYABLES, oldest=stamps[2])["messages"]
    assert [one["text"] for one in later] == ["m4", "m3"]
    assert error_of(client.conversations_history, channel=PAYABLES, cursor="garbage") == "invalid_cursor"


def test_an_ephemeral_message_is_for_one_pair_of_eyes_and_not_for_long(slack: SlackDriver, client: WebClient) -> None:
    sent = client.chat_postEphemeral(channel=PAYABLES, user="U0PRIYA001", text="psst")
    assert [one["text"] for one in slack.ephemerals("priya")] == ["psst"]
    assert slack.messages("ap-review", user="marcus") == []
    assert client.conversations_history(channel=PAYABLES)["messages"] == []
    assert error_of(client.chat_update, channel=PAYABLES, ts=sent["message_ts"], text="x") == "message_not_found"
    assert slack.reload("priya") == 1
    assert slack.ephemerals("priya") == []
    stranger = error_of(client.chat_postEphemeral, channel=PAYABLES, user="U0OUTSIDE1", text="x")
    assert stranger == "user_not_in_channel"


def test_somebody_elses_message_cannot_be_updated(slack: SlackDriver, client: WebClient) -> None:
    said = slack.say("priya", "mine", channel="ap-review")
    assert error_of(client.chat_update, channel=PAYABLES, ts=said["ts"], text="x") == "cant_update_message"
    assert error_of(client.chat_delete, channel=PAYABLES, ts=said["ts"]) == "cant_delete_message"


def test_notifications_take_desktop_words_from_blocks_and_phone_words_from_text(slack: SlackDriver, client: WebClient) -> None:
    post(client, "A bill needs you", blocks=[section("*USD 430.00* over &lt;limit&gt;"), actions(button("Post", "p"))])
    shown = slack.card("ap-review")["notification"]
    assert shown == {"desktop": "USD 430.00 over <limit>", "mobile": "A bill needs you"}


# People, channels, groups, reactions.


def test_people_are_found_by_address_unless_they_left_or_are_outsiders(slack: SlackDriver, client: WebClient) -> None:
    assert client.users_lookupByEmail(email="PRIYA@sandbox.example")["user"]["id"] == "U0PRIYA001"
    for address in ("olaf@sandbox.example", "rex@supplier.example", "nobody@sandbox.example"):
        assert error_of(client.users_lookupByEmail, email=address) == "users_not_found"
    slack.scopes(remove=["users:read.email"])
    assert error_of(client.users_lookupByEmail, email="priya@sandbox.example") == "missing_scope"
    assert "email" not in client.users_info(user="U0PRIYA001")["user"]["profile"]


def test_user_objects_tell_guests_leavers_and_outsiders(client: WebClient) -> None:
    people = {one["name"]: one for one in client.users_list()["members"]}
    assert people["gil"]["is_restricted"]
    assert people["olaf"]["deleted"]
    assert people["rex"]["is_stranger"]
    assert people["rex"]["team_id"] != people["priya"]["team_id"]
    assert "email" not in people["rex"]["profile"]


def test_channels(client: WebClient) -> None:
    listed = client.conversations_list(types="public_channel,private_channel")["channels"]
    names = {one["name"] for one in listed}
    assert {"ap-review", "finance-managers", "general"} <= names
    assert "board" not in names
    assert client.conversations_info(channel=SHARED)["channel"]["is_ext_shared"]
    assert "U0OUTSIDE1" in client.conversations_members(channel=SHARED)["members"]
    assert error_of(client.conversations_info, channel="C0BOARD001") == "channel_not_found"


def test_user_groups_want_a_paid_plan(slack: SlackDriver, client: WebClient) -> None:
    group = client.usergroups_list(include_users=True)["usergroups"][0]
    assert client.usergroups_users_list(usergroup=group["id"])["users"] == group["users"]
    slack.do("plan", paid=False)
    assert error_of(client.usergroups_list) == "plan_upgrade_required"


def test_reactions_permalinks_and_the_rest(slack: SlackDriver, client: WebClient) -> None:
    ts = post(client)["ts"]
    client.reactions_add(channel=PAYABLES, timestamp=ts, name="eyes")
    assert error_of(client.reactions_add, channel=PAYABLES, timestamp=ts, name="eyes") == "already_reacted"
    assert slack.card("ap-review")["reactions"][0]["count"] == 1
    assert ts.replace(".", "") in client.chat_getPermalink(channel=PAYABLES, message_ts=ts)["permalink"]
    assert client.team_info()["team"]["id"] == slack.team_id
    assert client.bots_info(bot="B0TIEOUT01")["bot"]["user_id"] == slack.bot_user_id


# Files.


def test_files_go_up_in_two_steps_and_come_down_with_the_token(slack: SlackDriver, client: WebClient) -> None:
    root = post(client, "the bill")
    sent = client.files_upload_v2(
        channel=PAYABLES, filename="bill.pdf", content=b"%PDF-1.7 bill", title="Bill 7", thread_ts=root["ts"]
    )
    info = client.files_info(file=sent["files"][0]["id"])["file"]
    assert (info["title"], info["mimetype"], info["size"]) == ("Bill 7", "application/pdf", 13)
    assert slack.cards("ap-review", thread_ts=root["ts"])[1]["files"][0]["id"] == info["id"]
    with httpx.Client(trust_env=False) as http:
        with_token = http.get(info["url_private"], headers={"Authorization": f"Bearer {slack.config.bot_token}"})
        without = http.get(info["url_private_download"])
    assert with_token.content == b"%PDF-1.7 bill"
    assert without.status_code == 200
    assert without.headers["content-type"].startswith("text/html")
    assert b"PDF" not in without.content


def test_an_upload_has_the_announced_length(slack: SlackDriver, client: WebClient) -> None:
    ticket = client.files_getUploadURLExternal(filename="a.txt", length=5)
    with pytest.raises(urllib.error.HTTPError, match="400") as caught:
        urllib.request.urlopen(ticket["upload_url"], data=b"far too long")  # noqa: S310 - our own loopback URL
    caught.value.close()
    unfinished = error_of(client.files_completeUploadExternal, files=[{"id": ticket["file_id"], "title": "a"}])
    assert unfinished == "file_not_found"
    assert slack.messages("ap-review") == []


# blocks.validate.


def test_blocks_validate_answers_with_pointers(client: WebClient) -> None:
    assert client.blocks_validate(blocks=[section("fine")])["ok"]
    assert client.blocks_validate(view=modal())["ok"]
    wrong = refused(client.blocks_validate, blocks=[{"type": "section", "text": {"type": "invalid", "text": "x"}}])
    assert wrong["error"] == "invalid_blocks"
    assert wrong["errors"] == [
        {
            "code": "failed_constraint",
            "message": "unsupported type: invalid",
            "pointer": "/0/text/type",
            "constraint": {"type": "enum", "expected": ["mrkdwn", "plain_text"]},
        }
    ]
    message = refused(client.blocks_validate, message={"blocks": [section("")]})
    assert (message["error"], message["errors"][0]["pointer"]) == ("invalid_message", "/blocks/0/text/text")
    view = refused(client.blocks_validate, view=modal(title=plain("t" * 25)))
    assert (view["error"], view["errors"][0]["pointer"]) == ("invalid_view", "/title/text")
    assert error_of(client.blocks_validate) == "invalid_arguments"
    assert error_of(client.blocks_validate, blocks=[section("x")], view=modal()) == "invalid_arguments"


# Faults.


def test_a_rate_limit_says_when_to_come_back(slack: SlackDriver, client: WebClient) -> None:
    slack.faults.rate_limit("chat.update", times=1, retry_after=7)
    ts = post(client)["ts"]
    with pytest.raises(SlackApiError) as caught:
        client.chat_update(channel=PAYABLES, ts=ts, text="x")
    response = caught.value.response
    assert (response.status_code, response["error"], response.headers["Retry-After"]) == (429, "ratelimited", "7")
    assert client.chat_update(channel=PAYABLES, ts=ts, text="y")["ok"]


def test_a_dropped_answer_leaves_the_message_and_a_dropped_request_does_not(slack: SlackDriver, client: WebClient) -> None:
    slack.faults.drop_response("chat.postMessage")
    with pytest.raises(ConnectionError):
        post(client, "stored")
    slack.faults.drop_request("chat.postMessage")
    with pytest.raises(ConnectionError):
        post(client, "lost")
    post(client, "after")
    assert [one["text"] for one in slack.cards("ap-review")] == ["stored", "after"]


def test_the_sdks_own_retry_posts_twice_when_an_answer_is_lost(slack: SlackDriver) -> None:
    slack.faults.drop_response("chat.postMessage")
    with_retries = WebClient(token=slack.config.bot_token, base_url=slack.api_url)
    assert post(with_retries, "twice")["ok"]
    assert len(slack.cards("ap-review", contains="twice")) == 2


def test_errors_and_status_codes_on_order(slack: SlackDriver, client: WebClient) -> None:
    slack.faults.error("users.info", "account_inactive")
    slack.faults.status("users.info", 503)
    assert error_of(client.users_info, user="U0PRIYA001") == "account_inactive"
    assert httpx.get(f"{slack.api_url}users.info", trust_env=False).status_code == 503
    assert client.users_info(user="U0PRIYA001")["ok"]


def test_tier_limits_hold_when_switched_on(slack: SlackDriver, client: WebClient) -> None:
    slack.rules(tier_limits=True)
    for _ in range(5):
        post(client)
    assert error_of(client.chat_postMessage, channel=PAYABLES, text="x") == "ratelimited"
    slack.advance(6)
    assert post(client)["ok"]


# Loopback only.


def test_other_names_and_other_sites_are_refused(slack: SlackDriver) -> None:
    with httpx.Client(trust_env=False, base_url=slack.base_url) as http:
        assert http.get("/", headers={"Host": "slack.example.com"}).status_code == 403
        assert http.post("/sandbox/do/calls", json={}, headers={"Origin": "https://evil.example"}).status_code == 403
        assert http.get("/").status_code == 200


def test_the_page_has_no_way_to_turn_text_into_markup() -> None:
    from tests.sandbox.slack.server import PAGE

    forbidden = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\(|srcdoc")
    for script in PAGE.glob("*.js"):
        assert not forbidden.search(script.read_text(encoding="utf-8")), script.name


def test_two_stand_ins_do_not_share_anything() -> None:
    with running_slack() as one, running_slack() as other:
        post(web_client(one), "only here")
        one.set_channel("ap-review", topic="changed")
        assert other.cards() == []
        info = web_client(other).conversations_info(channel=PAYABLES)
        assert info["channel"]["topic"]["value"] == "Invoices against purchase orders"
