"""The stand-in as one object: the workspace, its rules, and the ways to the app."""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.sandbox.slack import seed
from tests.sandbox.slack.delivery import Delivery
from tests.sandbox.slack.limits import Meters
from tests.sandbox.slack.model import APP_ID, TEAM_ID, Json
from tests.sandbox.slack.rules import Faults, Rules
from tests.sandbox.slack.socket_mode import SocketHub
from tests.sandbox.slack.state import Workspace

DEFAULT_SCOPES = (
    "app_mentions:read",
    "channels:history",
    "channels:read",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",
    "reactions:write",
    "team:read",
    "usergroups:read",
    "users:read",
    "users:read.email",
)
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
REAL_TOKEN = re.compile(r"^x(ox[a-z]|app)-(?!sandbox)")


class RefusedToStartError(RuntimeError):
    """The stand-in will not run with this configuration."""


@dataclass(frozen=True)
class Config:
    bot_token: str = "xoxb-sandbox-tieout"
    app_token: str = "xapp-sandbox-tieout"
    signing_secret: str = "sandbox-signing-secret"
    # Where the app listens in HTTP mode; empty means Socket Mode.
    request_url: str = ""
    state_file: Path | None = None
    scopes: tuple[str, ...] = DEFAULT_SCOPES
    # What the app's manifest says it wants to hear of and offers; None: everything, for tests of the stand-in itself.
    events: tuple[str, ...] | None = None
    shortcuts: tuple[str, ...] | None = None
    # Whether people may write to the app (the Messages tab of its manifest).
    takes_messages: bool = True
    rules: Rules = field(default_factory=Rules)
    # Answer to user group calls: workspaces on the free plan have none.
    paid_plan: bool = True


def installed(manifest: Json, **more: Any) -> Config:
    """A workspace in which the app of this manifest is installed: its scopes, events, shortcuts and Messages tab, no others."""
    home = manifest["features"].get("app_home", {})
    return Config(
        scopes=tuple(manifest["oauth_config"]["scopes"]["bot"]),
        events=tuple(manifest["settings"]["event_subscriptions"]["bot_events"]),
        shortcuts=tuple(one["callback_id"] for one in manifest["features"].get("shortcuts", [])),
        takes_messages=bool(home.get("messages_tab_enabled")) and not home.get("messages_tab_read_only_enabled"),
        **more,
    )


def check(config: Config) -> None:
    """Refuse anything that could be a real workspace's secret, and any address off this machine."""
    if not config.bot_token.startswith("xoxb-sandbox") or not config.app_token.startswith("xapp-sandbox"):
        raise RefusedToStartError("tokens of the stand-in start with xoxb-sandbox and xapp-sandbox; real ones stay out")
    if not config.signing_secret.startswith("sandbox"):
        raise RefusedToStartError("the stand-in's signing secret starts with 'sandbox'; a real one stays out")
    for name, value in os.environ.items():
        if REAL_TOKEN.match(value):
            raise RefusedToStartError(f"environment variable {name} holds what looks like a real Slack token")
    if config.request_url and urlsplit(config.request_url).hostname not in LOOPBACK:
        raise RefusedToStartError("the stand-in only calls this machine; request_url is somewhere else")


class Standin:
    def __init__(self, config: Config | None = None) -> None:
        self.config = config or Config()
        check(self.config)
        self.rules = self.config.rules
        self.faults = Faults()
        self.meters = Meters()
        self.workspace = Workspace()
        self.scopes = set(self.config.scopes)
        self.paid_plan = self.config.paid_plan
        self.base_url = "http://127.0.0.1:0"
        self.request_url = self.config.request_url
        self.sockets = SocketHub(self)
        self.delivery = Delivery(self)
        seed.fill(self.workspace)

    def set_request_url(self, url: str) -> None:
        if url and urlsplit(url).hostname not in LOOPBACK:
            raise RefusedToStartError("the stand-in only calls this machine; request_url is somewhere else")
        self.request_url = url

    @property
    def verification_token(self) -> str:
        return f"sandbox-{TEAM_ID}-{APP_ID}"

    def close(self) -> None:
        self.delivery.close()
        self.sockets.close()
