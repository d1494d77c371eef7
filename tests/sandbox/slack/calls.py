"""How a Web API method is declared, found, checked and answered."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from tests.sandbox.slack.model import CallRecord, Channel, Json, User
from tests.sandbox.slack.standin import REAL_TOKEN, Standin

TokenKind = Literal["bot", "app", "none"]
TRUE_WORDS = {"1", "true", "yes"}


class SlackError(Exception):
    """An `ok: false` answer."""

    def __init__(self, code: str, /, **extra: Any) -> None:
        super().__init__(code)
        self.code = code
        self.extra = extra

    def answer(self) -> Json:
        return {"ok": False, "error": self.code, **self.extra}


class Args:
    """Arguments as they came: JSON values, form strings, or form strings that hold JSON."""

    def __init__(self, values: Json) -> None:
        self.values = {name: value for name, value in values.items() if value is not None and name != "token"}

    def text(self, name: str, default: str = "") -> str:
        value = self.values.get(name, default)
        return value if isinstance(value, str) else json.dumps(value)

    def required(self, name: str, error: str = "invalid_arguments") -> str:
        value = self.text(name)
        if not value:
            if error == "invalid_arguments":
                raise SlackError(error, response_metadata={"messages": [f"[ERROR] missing required field: {name}"]})
            raise SlackError(error)
        return value

    def has(self, name: str) -> bool:
        return name in self.values

    def flag(self, name: str, *, default: bool = False) -> bool:
        value = self.values.get(name)
        if value is None:
            return default
        return value if isinstance(value, bool) else str(value).lower() in TRUE_WORDS

    def number(self, name: str, default: int) -> int:
        try:
            return int(self.values.get(name, default))
        except (TypeError, ValueError):
            raise SlackError("invalid_arguments") from None

    def parsed(self, name: str, error: str = "invalid_arguments") -> Any:
        """A JSON value, whether it came as one or as a string; None when absent."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise SlackError(error) from None


@dataclass(frozen=True)
class Call:
    standin: Standin
    args: Args

    def channel(self, name: str = "channel") -> Channel:
        """The conversation that the call names by id, or an error in Slack's words."""
        channel = self.standin.workspace.channels.get(self.args.required(name, "channel_not_found"))
        if channel is None:
            raise SlackError("channel_not_found")
        return channel

    def user(self, name: str = "user") -> User:
        user = self.standin.workspace.users.get(self.args.required(name, "user_not_found"))
        if user is None:
            raise SlackError("user_not_found")
        return user


Handler = Callable[[Call], Json]


@dataclass(frozen=True)
class Method:
    name: str
    handler: Handler
    scopes: tuple[str, ...] = ()
    token: TokenKind = "bot"


METHODS: dict[str, Method] = {}


def method(name: str, *scopes: str, wants: TokenKind = "bot") -> Callable[[Handler], Handler]:
    """Register a handler. Any one of `scopes` is enough, as where Slack lists one per kind of conversation."""

    def register(handler: Handler) -> Handler:
        METHODS[name] = Method(name, handler, scopes, wants)
        return handler

    return register


def check_token(standin: Standin, wanted: TokenKind, token: str) -> None:
    if wanted == "none" or not standin.rules.check_tokens:
        return
    if not token:
        raise SlackError("not_authed")
    if REAL_TOKEN.match(token):
        raise SlackError("invalid_auth", detail="this is a local stand-in: keep real tokens away from it")
    right = standin.config.app_token if wanted == "app" else standin.config.bot_token
    if token == right:
        return
    if token in {standin.config.app_token, standin.config.bot_token}:
        raise SlackError("not_allowed_token_type")
    raise SlackError("invalid_auth")


def check_scopes(standin: Standin, found: Method) -> None:
    if not found.scopes or not standin.rules.check_scopes or standin.scopes & set(found.scopes):
        return
    raise SlackError("missing_scope", needed=found.scopes[0], provided=",".join(sorted(standin.scopes)))


def find(name: str) -> Method:
    if name not in METHODS:
        raise SlackError("unknown_method", req_method=name)
    return METHODS[name]


def perform(standin: Standin, name: str, values: Json, token: str) -> Json:
    """Answer one call; faults and transport are the server's business."""
    args = Args(values)
    try:
        found = find(name)
        check_token(standin, found.token, token)
        check_scopes(standin, found)
        with standin.workspace.lock:
            answer = {"ok": True, **found.handler(Call(standin, args))}
    except SlackError as refusal:
        answer = refusal.answer()
    record(standin, name, args.values, answer)
    return answer


def record(standin: Standin, name: str, arguments: Json, answer: Json) -> None:
    workspace = standin.workspace
    with workspace.lock:
        workspace.calls.append(
            CallRecord(workspace.now(), name, arguments, bool(answer["ok"]), str(answer.get("error", "")), answer)
        )
        workspace.changed()
