"""Socket Mode and signed HTTP: who gets an envelope, what is repeated, what is signed, what is kept on disk."""

import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from slack_bolt import App
from slack_sdk import WebClient
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.sandbox.slack.model import Json
from tests.sandbox.slack.standin import Config
from tests.sandbox.slack.testing import RefusedError, SlackDriver, connected_app, running_slack
from tests.unit.sandbox_slack.conftest import (
    PAYABLES,
    Inbox,
    actions,
    bolt_app,
    button,
    modal,
    section,
    served,
    web_client,
)


def socket_url(slack: SlackDriver) -> str:
    return str(web_client(slack).apps_connections_open(app_token=slack.config.app_token)["url"])


def pressed_app(slack: SlackDriver) -> tuple[App, Inbox]:
    app, inbox = bolt_app(slack), Inbox()
    app.action("go")(inbox.listener())
    return app, inbox


def card(client: WebClient) -> None:
    client.chat_postMessage(channel=PAYABLES, text="A bill", blocks=[actions(button("Go", "go"))])


# Socket Mode.


def test_a_socket_url_works_once(slack: SlackDriver) -> None:
    url = socket_url(slack)
    with connect(url, proxy=None) as socket:
        hello = json.loads(socket.recv(60))
        assert (hello["type"], hello["num_connections"]) == ("hello", 1)
        with connect(url, proxy=None) as second, pytest.raises(ConnectionClosed):
            second.recv(60)


def test_each_envelope_goes_to_one_socket(slack: SlackDriver, client: WebClient) -> None:
    with connect(socket_url(slack), proxy=None) as one, connect(socket_url(slack), proxy=None) as other:
        one.recv(60)
        assert json.loads(other.recv(60))["num_connections"] == 2
        slack.wait_for_socket(at_least=2)
        slack.rules(ack_seconds=0.1)
        card(client)
        for _ in range(2):
            slack.press("priya", slack.card("ap-review"), "go", expect_ack=False)
        first, second = json.loads(one.recv(60)), json.loads(other.recv(60))
        assert first["envelope_id"] != second["envelope_id"]
        assert (first["type"], first["accepts_response_payload"]) == ("interactive", False)
        for socket in (one, other):
            with pytest.raises(TimeoutError):
                socket.recv(0.05)


def test_many_people_at_once_do_not_keep_the_app_from_asking(slack: SlackDriver, client: WebClient) -> None:
    with connect(socket_url(slack), proxy=None) as socket, ThreadPoolExecutor(60) as people:
        socket.recv(60)
        slack.wait_for_socket()
        card(client)
        where = slack.card("ap-review")
        pressing = [people.submit(slack.press, "priya", where, "go") for _ in range(60)]
        envelopes = [json.loads(socket.recv(60)) for _ in pressing]
        assert client.auth_test()["ok"]
        for envelope in envelopes:
            socket.send(json.dumps({"envelope_id": envelope["envelope_id"]}))
        assert all(press.result(60)["outcome"] == "acked" for press in pressing)


def test_at_most_ten_sockets(slack: SlackDriver) -> None:
    slack.rules(max_sockets=1)
    with connect(socket_url(slack), proxy=None) as one, connect(socket_url(slack), proxy=None) as other:
        assert json.loads(one.recv(60))["type"] == "hello"
        assert json.loads(other.recv(60))["reason"] == "too_many_websockets"


def test_bolt_comes_back_after_a_forced_refresh(slack: SlackDriver, client: WebClient) -> None:
    app, inbox = pressed_app(slack)
    with connected_app(slack, app):
        assert slack.refresh_sockets() == 1
        slack.wait_for_socket()
        slack.rules(ack_seconds=1.0)
        card(client)
        # The SDK may notice twice that it has to reconnect, and lose what came in between, as it does with Slack.
        slack.wait_for(lambda: slack.press("priya", slack.card("ap-review"), "go", expect_ack=False)["acked"])
        assert slack.do("sockets")["opened"] >= 2
    assert inbox.wait()


def test_a_warned_socket_gets_nothing_new(slack: SlackDriver, client: WebClient) -> None:
    with connect(socket_url(slack), proxy=None) as socket:
        socket.recv(60)
        slack.wait_for_socket()
        assert slack.refresh_sockets(warning=True) == 1
        assert json.loads(socket.recv(60)) == {"type": "disconnect", "reason": "warning", "debug_info": {"host": "sandbox"}}
        card(client)
        assert slack.press("priya", slack.card("ap-review"), "go", expect_ack=False)["outcome"] == "no_socket"


def test_bolt_comes_back_after_the_network_went_away(slack: SlackDriver) -> None:
    app, _ = pressed_app(slack)
    with connected_app(slack, app):
        assert slack.cut_sockets() == 1
        slack.wait_for_socket()


def test_an_event_comes_again_until_it_is_acknowledged(slack: SlackDriver) -> None:
    slack.rules(ack_seconds=0.5, event_retry_seconds=[0.0] * 50)
    with connect(socket_url(slack), proxy=None) as socket:
        socket.recv(60)
        slack.wait_for_socket()
        slack.open_home("priya")
        frames = [json.loads(socket.recv(60))]
        slack.rules(ack_seconds=60.0)
        while slack.deliveries("events_api")[0]["outcome"] != "acked":
            # On a slow machine more than one attempt is over before the new patience holds.
            with suppress(TimeoutError):
                frames.append(json.loads(socket.recv(0.2)))
                socket.send(json.dumps({"envelope_id": frames[-1]["envelope_id"]}))
        with pytest.raises(TimeoutError):
            socket.recv(0.1)
    assert len(frames) > 1
    assert [frame["retry_attempt"] for frame in frames] == list(range(len(frames)))
    assert frames[1]["retry_reason"] == "timeout"
    assert frames[0]["payload"]["event_id"] == frames[1]["payload"]["event_id"]
    assert frames[0]["envelope_id"] != frames[1]["envelope_id"]


def test_an_acknowledged_event_can_be_delivered_again(slack: SlackDriver) -> None:
    app, inbox = bolt_app(slack), Inbox()

    def heard(body: Json, request: object) -> None:
        inbox.put({"id": body["event_id"], "retry": getattr(request, "headers", {}).get("x-slack-retry-num")})

    app.event("app_home_opened")(heard)
    with connected_app(slack, app):
        slack.open_home("priya")
        inbox.wait(1)
        slack.wait_for(lambda: slack.deliveries("events_api")[0]["outcome"] == "acked")
        assert slack.redeliver()["attempt"] == 1
        first, again = inbox.wait(2)
    assert first["id"] == again["id"]
    assert (first["retry"], again["retry"]) == (["0"], ["1"])


# Signed HTTP.


def test_bolt_works_over_signed_http(slack: SlackDriver, client: WebClient) -> None:
    app, inbox = pressed_app(slack)

    def submit(ack: object) -> None:
        assert callable(ack)
        ack(response_action="errors", errors={"why": "Say more."})

    def command(ack: object, body: Json) -> None:
        assert callable(ack)
        inbox.put(body)
        ack("over HTTP")

    app.view("form")(submit)
    app.command("/tieout")(command)
    with served(app) as url:
        assert slack.deliver_to(url), "the URL was not verified"
        card(client)
        assert slack.press("priya", slack.card("ap-review"), "go")["acked"]
        client.views_open(trigger_id=slack.new_trigger("priya"), view=modal())
        assert slack.submit_view("priya", {"why": "x"})["errors"] == {"why": "Say more."}
        slack.slash("priya", "/tieout list")
    assert inbox.wait(2)[0]["type"] == "block_actions"
    assert [one["text"] for one in slack.ephemerals("priya")] == ["over HTTP"]


def test_unsigned_requests_are_refused_by_bolt(slack: SlackDriver, client: WebClient) -> None:
    app, inbox = pressed_app(slack)
    slack.rules(sign_requests=False)
    with served(app) as url:
        assert not slack.deliver_to(url)
        card(client)
        result = slack.press("priya", slack.card("ap-review"), "go", expect_ack=False)
    assert result["outcome"] == "http_401"
    assert inbox.bodies == []


def test_an_app_that_is_away_shows_as_failed(slack: SlackDriver, client: WebClient) -> None:
    with served(bolt_app(slack)) as url:
        pass
    slack.deliver_to(url, verify=False)
    card(client)
    assert slack.press("priya", slack.card("ap-review"), "go", expect_ack=False)["outcome"] == "connection_failed"


def test_only_this_machine_is_called(slack: SlackDriver) -> None:
    with pytest.raises(RefusedError, match="only calls this machine"):
        slack.deliver_to("https://example.com/slack/events")


# Its own process, and the file it keeps.


def start(tmp_path: Path, *words: str) -> tuple["subprocess.Popen[bytes]", SlackDriver]:
    port_file = tmp_path / "port"
    port_file.unlink(missing_ok=True)
    command = [sys.executable, "-m", "tests.sandbox.slack", "--port", "0", "--port-file", str(port_file), *words]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SLACK_")}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert b"not Slack itself" in process.stdout.readline()
    slack = SlackDriver(f"http://127.0.0.1:{port_file.read_text()}")
    with httpx.Client(transport=httpx.HTTPTransport(retries=8), trust_env=False) as patient:
        assert patient.get(slack.base_url).status_code == 200
    return process, slack


def stop(process: "subprocess.Popen[bytes]", slack: SlackDriver) -> None:
    slack.close()
    process.send_signal(signal.SIGTERM)
    process.wait(60)
    assert process.stdout is not None
    process.stdout.close()


def test_what_lasts_lasts_over_a_restart(tmp_path: Path) -> None:
    state = tmp_path / "slack.json"
    process, slack = start(tmp_path, "--state", str(state))
    try:
        client = web_client(slack)
        root = client.chat_postMessage(
            channel=PAYABLES, text="kept", blocks=[section("kept")], metadata={"event_type": "t", "event_payload": {"k": 1}}
        )
        client.chat_postEphemeral(channel=PAYABLES, user="U0PRIYA001", text="gone")
        client.views_publish(user_id="U0PRIYA001", view={"type": "home", "blocks": [section("queue")]})
        file = slack.upload("priya", "bill.pdf", b"%PDF bytes")
        slack.say("priya", "this one", files=[file])
        slack.set_user("newcomer")
    finally:
        stop(process, slack)
    process, slack = start(tmp_path, "--state", str(state))
    try:
        client = web_client(slack)
        history = client.conversations_history(channel=PAYABLES, include_all_metadata=True)["messages"]
        assert [(one["ts"], one["text"], one["metadata"]["event_payload"]) for one in history] == [
            (root["ts"], "kept", {"k": 1})
        ]
        assert slack.ephemerals("priya") == []
        home = slack.home("priya")
        assert home is not None
        assert home["blocks"][0]["text"]["text"] == "queue"
        assert client.files_info(file=file)["file"]["size"] == 10
        assert client.users_lookupByEmail(email="newcomer@sandbox.example")["ok"]
        assert client.chat_update(channel=PAYABLES, ts=root["ts"], text="still ours")["ok"]
    finally:
        stop(process, slack)


def test_half_a_state_file_is_never_seen(tmp_path: Path) -> None:
    state = tmp_path / "slack.json"
    with running_slack(Config(state_file=state)) as slack:
        client = web_client(slack)
        for number in range(30):
            client.chat_postMessage(channel=PAYABLES, text=f"m{number}")
            if state.exists():
                json.loads(state.read_text(encoding="utf-8"))
    kept = json.loads(state.read_text(encoding="utf-8"))
    assert [one["text"] for one in kept["messages"]] == [f"m{number}" for number in range(30)]
    assert [one.name for one in tmp_path.iterdir()] == ["slack.json"]


def test_it_does_not_start_beside_a_real_looking_token() -> None:
    environment = {**os.environ, "SLACK_BOT_TOKEN": f"xoxb-{123456789012}-abcdef"}
    command = [sys.executable, "-m", "tests.sandbox.slack", "--port", "0"]
    done = subprocess.run(command, env=environment, capture_output=True, check=False, timeout=60)
    assert done.returncode == 2
    assert b"SLACK_BOT_TOKEN" in done.stderr
