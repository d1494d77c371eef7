"""The things a workspace holds: people, channels, messages, views, files and groups."""

from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]
Values = dict[str, dict[str, Json]]

TEAM_ID = "T0SANDBOX1"
OTHER_TEAM_ID = "T0OUTSIDE1"
APP_ID = "A0TIEOUT01"
BOT_ID = "B0TIEOUT01"
BOT_USER_ID = "U0TIEOUT01"


@dataclass
class User:
    id: str
    handle: str
    real_name: str
    email: str
    title: str = ""
    team_id: str = TEAM_ID
    is_bot: bool = False
    is_admin: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    deleted: bool = False
    tz: str = "America/New_York"

    @property
    def is_external(self) -> bool:
        return self.team_id != TEAM_ID


@dataclass
class Channel:
    id: str
    name: str
    kind: Literal["public", "private", "im"] = "public"
    is_ext_shared: bool = False
    is_archived: bool = False
    topic: str = ""
    members: list[str] = field(default_factory=list)
    # The person at the other end of a direct message with the app.
    user: str = ""


@dataclass
class Message:
    channel: str
    ts: str
    user: str
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    by_app: bool = False
    thread_ts: str = ""
    broadcast: bool = False
    ephemeral_to: str = ""
    # Text that Slack itself shows, such as a slash command that got no answer.
    notice: bool = False
    metadata: Json | None = None
    edited: str = ""
    files: list[str] = field(default_factory=list)
    reactions: dict[str, list[str]] = field(default_factory=dict)
    # What each person has chosen in the elements of this message, and which elements carry a warning mark.
    inputs: dict[str, Values] = field(default_factory=dict)
    warnings: dict[str, str] = field(default_factory=dict)
    revision: int = 0


@dataclass
class View:
    id: str
    user: str
    body: Json
    hash: str
    root_view_id: str
    previous_view_id: str = ""
    values: Values = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    warning: str = ""
    warnings: dict[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        return str(self.body.get("type", ""))


@dataclass
class File:
    id: str
    name: str
    user: str
    content: bytes = b""
    title: str = ""
    mimetype: str = "application/octet-stream"
    channels: list[str] = field(default_factory=list)
    length: int = 0
    uploaded: bool = False
    complete: bool = False
    alt_txt: str = ""
    created: int = 0
    # Handed over in a form of the app, which may read it then wherever it is.
    given_to_app: bool = False


@dataclass
class UserGroup:
    id: str
    handle: str
    name: str
    users: list[str] = field(default_factory=list)


@dataclass
class Trigger:
    id: str
    user: str
    issued: float
    view_id: str = ""
    used: bool = False


@dataclass
class ResponseUrl:
    token: str
    user: str
    channel: str
    issued: float
    message_ts: str = ""
    slash: bool = False
    uses: int = 0


@dataclass
class CallRecord:
    """One call of the app to the Web API, kept for the inspector and for assertions."""

    at: float
    method: str
    arguments: Json
    ok: bool
    error: str = ""
    answer: Json = field(default_factory=dict)


@dataclass
class DeliveryRecord:
    """One payload on its way to the app, and what came of it."""

    at: float
    id: str
    kind: str
    summary: str
    payload: Json
    outcome: str = "waiting"
    answer: Json | None = None
    seconds: float = 0.0
    attempt: int = 0
