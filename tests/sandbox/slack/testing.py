"""For tests, benches and demos: start the stand-in and use it the way people use Slack.

`with running_slack() as slack:` starts a server in a thread on a free loopback port. `SlackDriver(base_url)` drives
one that runs in another process; both speak plain HTTP to the control API, so they do exactly the same.
"""

import base64
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

import httpx
import uvicorn
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler

from tests.sandbox.slack.__main__ import bound_socket
from tests.sandbox.slack.connection import TellingProtocol
from tests.sandbox.slack.model import BOT_USER_ID, OTHER_TEAM_ID, TEAM_ID, Json
from tests.sandbox.slack.server import create_app
from tests.sandbox.slack.signed_http import NO_CERTIFICATES
from tests.sandbox.slack.standin import Config, Standin

Found = TypeVar("Found")
START_SECONDS = 60.0
FIRST_STEP = 0.01
LONGEST_STEP = 0.1


class RefusedError(AssertionError):
    """The stand-in would not do that: no such element, not in the channel, no modal open ..."""


class NotAcknowledgedError(AssertionError):
    """The app did not answer in time, and its user saw a warning."""


class Control:
    """One HTTP client on the control API."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url.rstrip("/")
        self._client = httpx.Client(base_url=self.base_url, trust_env=False, verify=NO_CERTIFICATES, timeout=120)

    def do(self, verb: str, /, **body: Any) -> Json:
        response = self._client.post(f"/sandbox/do/{verb}", json=body)
        answer: Json = response.json()
        if not answer.get("ok"):
            raise RefusedError(f"{verb}: {answer.get('error')}")
        return answer

    def close(self) -> None:
        self._client.close()


class FaultsDriver:
    """Misbehaviour on order; each fault is used up by the calls that it hits. Method "*" hits any call."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def rate_limit(self, method: str, *, times: int = 1, retry_after: int = 1) -> None:
        self._control.do("fault", kind="rate_limit", method=method, times=times, retry_after=retry_after)

    def drop_response(self, method: str, *, times: int = 1) -> None:
        """The call takes effect, and then the connection dies without an answer."""
        self._control.do("fault", kind="drop_response", method=method, times=times)

    def drop_request(self, method: str, *, times: int = 1) -> None:
        """The connection dies and nothing happened."""
        self._control.do("fault", kind="drop_request", method=method, times=times)

    def error(self, method: str, code: str, *, times: int = 1) -> None:
        self._control.do("fault", kind="error", method=method, code=code, times=times)

    def status(self, method: str, status: int = 503, *, times: int = 1) -> None:
        self._control.do("fault", kind="status", method=method, status=status, times=times)

    def delay(self, method: str, seconds: float, *, times: int = 1) -> None:
        self._control.do("fault", kind="delay", method=method, seconds=seconds, times=times)

    def clear(self) -> None:
        self._control.do("clear_faults")


class SlackDriver:
    """People's hands and eyes. People are named by handle or id, channels by name or id."""

    team_id = TEAM_ID
    other_team_id = OTHER_TEAM_ID
    bot_user_id = BOT_USER_ID

    def __init__(self, base_url: str, config: Config | None = None) -> None:
        self.config = config or Config()
        self.control = Control(base_url)
        self.base_url = self.control.base_url
        self.faults = FaultsDriver(self.control)

    @property
    def api_url(self) -> str:
        """What WebClient(base_url=...) wants; it ends with a slash."""
        return f"{self.base_url}/api/"

    def do(self, verb: str, /, **body: Any) -> Json:
        return self.control.do(verb, **body)

    def close(self) -> None:
        self.control.close()

    # Seeing.

    def cards(self, channel: str = "", *, user: str = "", thread_ts: str = "", contains: str = "") -> list[Json]:
        """The app's messages, oldest first, those of threads included; `user` looks with that person's eyes."""
        found = self.messages(channel, user=user, thread_ts=thread_ts, contains=contains)
        return [message for message in found if message["by_app"]]

    def card(self, channel: str = "", *, contains: str = "", user: str = "") -> Json:
        """The one message of the app that holds these words (the newest, when none are given)."""
        found = self.cards(channel, user=user, contains=contains)
        if not found or (contains and len(found) != 1):
            raise RefusedError(f"{len(found)} messages of the app hold {contains!r}")
        return found[-1]

    def messages(self, channel: str = "", *, user: str = "", thread_ts: str = "", contains: str = "") -> list[Json]:
        found: list[Json] = self.do("messages", channel=channel, user=user, thread_ts=thread_ts)["messages"]
        return [message for message in found if contains in text_of(message)]

    def ephemerals(self, user: str, channel: str = "") -> list[Json]:
        """What only this person sees, what Slack itself tells them included."""
        return [message for message in self.messages(channel, user=user) if message["ephemeral"]]

    def view(self, user: str) -> Json | None:
        """The modal on top of this person's screen."""
        view: Json | None = self.do("view", user=user)["view"]
        return view

    def home(self, user: str) -> Json | None:
        """What this person's Home tab shows; None before the first views.publish."""
        view: Json | None = self.do("home", user=user)["view"]
        return view

    def calls(self, method: str = "") -> list[Json]:
        """Web API calls of the app, oldest first: method, arguments, ok, error, answer."""
        calls: list[Json] = self.do("calls", method=method)["calls"]
        return calls

    def deliveries(self, kind: str = "") -> list[Json]:
        """Payloads to the app, oldest first: kind, payload, outcome, answer, seconds, attempt."""
        deliveries: list[Json] = self.do("deliveries", kind=kind)["deliveries"]
        return deliveries

    def wait_for(self, condition: Callable[[], Found], *, seconds: float = 60.0, what: str = "") -> Found:
        """Ask until the answer is truthy, and return it; fails after `seconds`. Asking is work, so it gets rarer."""
        deadline, step = time.monotonic() + seconds, FIRST_STEP
        while True:
            found = condition()
            if found:
                return found
            if time.monotonic() > deadline:
                raise AssertionError(f"waited {seconds} s in vain" + (f" for {what}" if what else ""))
            time.sleep(step)
            step = min(LONGEST_STEP, step * 1.4)

    # Using messages, modals and Home.

    def press(
        self,
        user: str,
        on: Json | None,
        action_id: str,
        *,
        confirm: bool | None = True,
        block_id: str = "",
        value: Any = None,
        expect_ack: bool = True,
    ) -> Json:
        """Use an element of a message or view (as `cards`, `view` or `home` gave it; None: the top modal).

        `confirm` answers the element's confirm dialog: False backs out, None stops at the open dialog.
        """
        body = {**surface(on), "user": user, "action_id": action_id, "block_id": block_id}
        result = self.do("act", **body, value=value, confirm=confirm)
        return checked(result) if expect_ack else result

    choose = press

    def suggestions(self, user: str, on: Json | None, action_id: str, query: str, *, block_id: str = "") -> list[Json]:
        """The options that the app offers for these typed letters."""
        body = {**surface(on), "user": user, "action_id": action_id, "block_id": block_id}
        options: list[Json] = checked(self.do("suggest", **body, query=query))["options"]
        return options

    def choose_suggestion(
        self, user: str, on: Json | None, action_id: str, query: str, *picks: str, block_id: str = ""
    ) -> Json:
        """Type `query` in an external select and take the options with these labels or values."""
        body = {**surface(on), "user": user, "action_id": action_id, "block_id": block_id}
        return checked(self.do("choose_suggestion", **body, query=query, picks=list(picks), confirm=True))

    def fill_view(self, user: str, values: Json) -> None:
        """Put values into the top modal; keys are block_ids or action_ids, options go by value or label."""
        self.do("fill", user=user, values=values)

    def submit_view(self, user: str, values: Json | None = None, *, expect_ack: bool = True) -> Json:
        """Fill and submit the top modal. The result's `errors` are what the form shows beside its inputs."""
        result = self.do("submit", user=user, values=values or {})
        return checked(result) if expect_ack else result

    def close_view(self, user: str, *, every: bool = False) -> Json:
        """The close button; `every` is the cross that clears the whole stack."""
        return self.do("close", user=user, every=every)

    def slash(self, user: str, line: str, *, channel: str = "ap-review", expect_ack: bool = True) -> Json:
        result = self.do("slash", user=user, line=line, channel=channel)
        return checked(result) if expect_ack else result

    def shortcut(self, user: str, callback_id: str, on: Json | None = None, *, expect_ack: bool = True) -> Json:
        result = self.do("shortcut", **surface(on), user=user, callback_id=callback_id)
        return checked(result) if expect_ack else result

    def open_home(self, user: str, *, tab: str = "home") -> None:
        self.do("open_home", user=user, tab=tab)

    def say(self, user: str, text: str, *, channel: str = "app", thread_ts: str = "", files: list[str] | None = None) -> Json:
        """Write a message; channel "app" is the direct message with the app."""
        return self.do("say", user=user, text=text, channel=channel, thread_ts=thread_ts, files=files or [])

    def upload(self, user: str, name: str, content: bytes) -> str:
        """A file in this person's hands, for a file input or for `say`; answers with its id."""
        encoded = base64.b64encode(content).decode()
        return str(self.do("upload", user=user, name=name, content=encoded)["file"])

    def reload(self, user: str) -> int:
        """Reload this person's Slack: their ephemeral messages vanish. Answers how many did."""
        return int(self.do("reload", user=user)["vanished"])

    # Changing the workspace, its rules and its transport.

    def set_user(self, handle: str, **fields: Any) -> str:
        """Add or change a person (deleted=True, email=..., is_restricted=True, team_id=...); answers the id."""
        return str(self.do("set_user", handle=handle, **fields)["user"])

    def set_channel(self, name: str, **fields: Any) -> str:
        """Add or change a channel (kind="private", is_ext_shared=True, members=[...]); "app" is the app."""
        return str(self.do("set_channel", name=name, **fields)["channel"])

    def set_group(self, handle: str, users: list[str]) -> str:
        return str(self.do("set_group", handle=handle, users=users)["group"])

    def join(self, user: str, channel: str) -> None:
        self.do("join", user=user, channel=channel)

    def leave(self, user: str, channel: str) -> None:
        self.do("leave", user=user, channel=channel)

    def event(self, event: Json, *, shared: bool = False) -> str:
        return str(self.do("event", event=event, shared=shared)["delivery"])

    def redeliver(self, delivery: str = "") -> Json:
        """Send an event once more with a retry mark: the named one or the newest."""
        return self.do("redeliver", delivery=delivery)

    def rules(self, **switched: Any) -> None:
        self.do("rules", **switched)

    def scopes(self, *, add: list[str] | None = None, remove: list[str] | None = None) -> None:
        self.do("scopes", add=add or [], remove=remove or [])

    def advance(self, seconds: float) -> None:
        """Move the workspace's clock on: triggers and response URLs expire without waiting."""
        self.do("advance", seconds=seconds)

    def refresh_sockets(self, *, warning: bool = False) -> int:
        return int(self.do("sockets", what="warning" if warning else "refresh")["affected"])

    def cut_sockets(self) -> int:
        return int(self.do("sockets", what="cut")["affected"])

    def wait_for_socket(self, *, at_least: int = 1, seconds: float = 60.0) -> None:
        if not self.do("sockets", what="count", at_least=at_least, seconds=seconds)["reached"]:
            raise AssertionError(f"the app opened no socket within {seconds} s")

    def new_trigger(self, user: str) -> str:
        """A fresh trigger_id as if this person had just pressed something."""
        return str(self.do("new_trigger", user=user)["trigger_id"])

    def new_response_url(self, user: str, channel: str = "ap-review") -> str:
        return str(self.do("new_response_url", user=user, channel=channel)["response_url"])

    def deliver_to(self, url: str, *, verify: bool = True) -> bool:
        """Signed HTTP to this loopback URL from now on; an empty one goes back to Socket Mode.

        Answers whether the app sent back the challenge of Slack's URL verification.
        """
        return bool(self.do("request_url", url=url, verify=verify)["verified"])


def surface(on: Json | None) -> Json:
    """Which message or view the JSON that a test holds stands for."""
    if on is None:
        return {}
    if "ts" in on:
        return {"channel": on["channel"], "ts": on["ts"]}
    return {"view_id": on["id"]}


def checked(result: Json) -> Json:
    if result["outcome"] in {"operation_timeout", "no_socket", "connection_failed"} or result["outcome"].startswith("http_"):
        raise NotAcknowledgedError(f"the app did not acknowledge: {result['outcome']}")
    return result


def text_of(message: Json) -> str:
    """All words of a message, for looking something up."""
    parts: list[str] = [str(message.get("text", ""))]

    def gather(value: Any) -> None:
        if isinstance(value, dict):
            if isinstance(value.get("text"), str):
                parts.append(value["text"])
            for one in value.values():
                gather(one)
        elif isinstance(value, list):
            for one in value:
                gather(one)

    gather(message.get("blocks", []))
    return "\n".join(parts)


def action_ids(on: Json) -> list[str]:
    """The action_ids that a message or view offers, in reading order."""
    found: list[str] = []

    def gather(value: Any) -> None:
        if isinstance(value, dict):
            if "action_id" in value:
                found.append(str(value["action_id"]))
            for one in value.values():
                gather(one)
        elif isinstance(value, list):
            for one in value:
                gather(one)

    gather(on.get("blocks", []))
    return found


@contextmanager
def connected_app(slack: SlackDriver, app: App) -> Iterator[SocketModeHandler]:
    """A bolt app on a real Socket Mode connection, closed at once at the end.

    Left to itself the SDK closes only when its own reads time out, which takes seconds.
    """
    handler = SocketModeHandler(app, slack.config.app_token, ping_interval=1)
    handler.connect()  # type: ignore[no-untyped-call]
    try:
        slack.wait_for_socket()
        yield handler
    finally:
        handler.client.closed = True
        handler.client.auto_reconnect_enabled = False
        handler.client.current_session_state.terminated = True
        handler.client.message_queue.put(None)
        slack.cut_sockets()
        closing = threading.Thread(target=_close, args=(handler,), daemon=True)
        closing.start()
        while closing.is_alive():
            # A session that is just starting takes the mark away again, and the SDK would wait for it for ever.
            handler.client.current_session_state.terminated = True
            closing.join(0.05)


def _close(handler: SocketModeHandler) -> None:
    # The SDK asks whether its socket is there and then takes a lock; a reader that ends in between has taken it away.
    with suppress(AttributeError):
        handler.close()  # type: ignore[no-untyped-call]


@contextmanager
def running_slack(config: Config | None = None, **rules: Any) -> Iterator[SlackDriver]:
    """A stand-in in a thread of this process; keywords switch rules: `running_slack(ack_seconds=0.3)`."""
    standin = Standin(config)
    standin.rules = standin.rules.changed(**rules)
    listening = bound_socket(0)
    standin.base_url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    settings = uvicorn.Config(
        create_app(standin=standin), http=TellingProtocol, log_level="warning", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(settings)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, name="slack-standin", daemon=True)
    thread.start()
    driver = SlackDriver(standin.base_url, standin.config)
    try:
        driver.wait_for(lambda: server.started, seconds=START_SECONDS, what="the stand-in to start")
        yield driver
    finally:
        driver.close()
        server.should_exit = True
        thread.join(START_SECONDS)
        listening.close()
