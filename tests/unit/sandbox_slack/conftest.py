"""A stand-in for each test, an app made with the real bolt, and small builders of blocks."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from slack_bolt import App, BoltRequest
from slack_sdk import WebClient

from tests.sandbox.slack.model import Json
from tests.sandbox.slack.testing import SlackDriver, running_slack

PAYABLES = "C0PAYABLES"
SHARED = "C0SUPPLIER"


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def section(text: str, **more: Any) -> Json:
    return {"type": "section", "text": mrkdwn(text), **more}


def button(text: str, action_id: str, **more: Any) -> Json:
    return {"type": "button", "text": plain(text), "action_id": action_id, "value": "invoice:7:v1", **more}


def actions(*elements: Json, block_id: str = "deeds") -> Json:
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def field(block_id: str, element: Json, **more: Any) -> Json:
    return {"type": "input", "block_id": block_id, "label": plain(block_id), "element": element, **more}


def modal(*blocks: Json, callback_id: str = "form", **more: Any) -> Json:
    body: Json = {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain("A form"),
        "submit": plain("Send"),
        "blocks": list(blocks) or [field("why", {"type": "plain_text_input", "action_id": "text"})],
    }
    return {**body, **more}


CONFIRM = {"title": plain("Sure?"), "text": mrkdwn("This cannot be taken back."), "confirm": plain("Yes"), "deny": plain("No")}


@pytest.fixture
def slack() -> Iterator[SlackDriver]:
    # More patient than Slack, because a busy build machine is slower than a person; tests of the waits set their own.
    with running_slack(ack_seconds=60.0, trigger_seconds=60.0) as driver:
        yield driver


@pytest.fixture
def client(slack: SlackDriver) -> WebClient:
    return web_client(slack)


def web_client(slack: SlackDriver, token: str = "") -> WebClient:
    """The real SDK, without its retries: they would hide what the stand-in answers."""
    return WebClient(token=token or slack.config.bot_token, base_url=slack.api_url, retry_handlers=[])


def bolt_app(slack: SlackDriver) -> App:
    return App(name="tieout-test", client=web_client(slack), signing_secret=slack.config.signing_secret)


@contextmanager
def served(app: App) -> Iterator[str]:
    """The app behind a plain HTTP server; yields its request URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
            headers: dict[str, str | Sequence[str]] = dict(self.headers.items())
            answer = app.dispatch(BoltRequest(body=body, headers=headers))
            content = (answer.body or "").encode()
            self.send_response(answer.status)
            for name, value in answer.first_headers_without_set_cookie().items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_words: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/slack/events"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(60)


class Inbox:
    """What a listener was given; acknowledges everything."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.bodies: list[Json] = []

    def put(self, body: Json) -> None:
        with self._changed:
            self.bodies.append(body)
            self._changed.notify_all()

    def wait(self, count: int = 1, seconds: float = 60.0) -> list[Json]:
        with self._changed:
            if not self._changed.wait_for(lambda: len(self.bodies) >= count, seconds):
                raise AssertionError(f"{len(self.bodies)} of {count} payloads came")
            return list(self.bodies)

    def listener(self) -> Callable[..., None]:
        def take(ack: Callable[[], Any], body: Json) -> None:
            ack()
            self.put(body)

        return take
