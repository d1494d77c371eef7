"""The workspace: one lock, one clock, one revision number that the page and the saver watch."""

import secrets
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from tests.sandbox.slack.model import (
    APP_ID,
    BOT_ID,
    BOT_USER_ID,
    TEAM_ID,
    CallRecord,
    Channel,
    DeliveryRecord,
    File,
    Json,
    Message,
    ResponseUrl,
    Trigger,
    User,
    UserGroup,
    View,
)

RECORDS_KEPT = 3000
PERMISSIONS_KEPT = 5000


class Workspace:
    """Everything the stand-in remembers. Take `lock` around anything that reads twice or writes."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.messages: dict[str, dict[str, Message]] = {}
        self.views: dict[str, View] = {}
        self.stacks: dict[str, list[str]] = {}
        self.homes: dict[str, str] = {}
        self.files: dict[str, File] = {}
        self.groups: dict[str, UserGroup] = {}
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self.upload_tickets: dict[str, str] = {}
        self.calls: deque[CallRecord] = deque(maxlen=RECORDS_KEPT)
        self.deliveries: deque[DeliveryRecord] = deque(maxlen=RECORDS_KEPT)
        self.revision = 0
        self.clock_offset = 0.0
        self._counter = 0
        self._last_ts = 0
        self._listeners: list[Callable[[int], None]] = []

    # Time, names and change.

    def now(self) -> float:
        return time.time() + self.clock_offset

    def new_ts(self) -> str:
        """A message timestamp: unique and rising, in Slack's seconds.microseconds form."""
        with self.lock:
            self._last_ts = max(int(self.now() * 1_000_000), self._last_ts + 1)
            return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def new_id(self, prefix: str) -> str:
        with self.lock:
            self._counter += 1
            return f"{prefix}0{self._counter:04d}{secrets.token_hex(2).upper()}"

    def new_hash(self) -> str:
        return f"{int(self.now())}.{secrets.token_hex(4)}"

    def on_change(self, listener: Callable[[int], None]) -> None:
        self._listeners.append(listener)

    def changed(self) -> int:
        with self.lock:
            self.revision += 1
            revision = self.revision
        for listener in list(self._listeners):
            listener(revision)
        return revision

    # Looking things up.

    def find_user(self, who: str) -> User | None:
        """By id, by handle, or by e-mail address."""
        wanted = who.removeprefix("@")
        if wanted in self.users:
            return self.users[wanted]
        for user in self.users.values():
            if wanted.lower() in {user.handle.lower(), user.email.lower()}:
                return user
        return None

    def find_channel(self, which: str) -> Channel | None:
        """By id, or by name with or without the number sign."""
        if which in self.channels:
            return self.channels[which]
        wanted = which.removeprefix("#")
        return next((channel for channel in self.channels.values() if channel.name == wanted), None)

    def direct_channel(self, user_id: str) -> Channel:
        """The direct message between the app and this person; made on first use."""
        with self.lock:
            for channel in self.channels.values():
                if channel.kind == "im" and channel.user == user_id:
                    return channel
            channel = Channel(self.new_id("D"), f"dm-{user_id.lower()}", "im", members=[user_id, BOT_USER_ID], user=user_id)
            self.channels[channel.id] = channel
            return channel

    def message(self, channel_id: str, ts: str) -> Message | None:
        return self.messages.get(channel_id, {}).get(ts)

    def thread(self, channel_id: str, thread_ts: str) -> list[Message]:
        held = self.messages.get(channel_id, {}).values()
        return [message for message in held if thread_ts in {message.ts, message.thread_ts}]

    def store(self, message: Message) -> Message:
        with self.lock:
            self.messages.setdefault(message.channel, {})[message.ts] = message
            message.revision = self.changed()
        return message

    def touch(self, message: Message) -> None:
        with self.lock:
            message.revision = self.changed()

    # Modals.

    def stack(self, user_id: str) -> list[View]:
        return [self.views[view_id] for view_id in self.stacks.get(user_id, []) if view_id in self.views]

    def top_view(self, user_id: str) -> View | None:
        views = self.stack(user_id)
        return views[-1] if views else None

    def home(self, user_id: str) -> View | None:
        view_id = self.homes.get(user_id)
        return self.views.get(view_id) if view_id else None

    def view_by_external_id(self, external_id: str) -> View | None:
        return next((view for view in self.views.values() if view.body.get("external_id") == external_id), None)

    # Short-lived permissions.

    def new_trigger(self, user_id: str, view_id: str = "") -> Trigger:
        with self.lock:
            trigger = Trigger(f"{int(self.now())}.{secrets.token_hex(12)}", user_id, self.now(), view_id)
            self.triggers[trigger.id] = trigger
            forget_oldest(self.triggers)
            return trigger

    def new_response_url(self, user_id: str, channel_id: str, message_ts: str = "", *, slash: bool = False) -> str:
        with self.lock:
            token = secrets.token_urlsafe(18)
            self.response_urls[token] = ResponseUrl(token, user_id, channel_id, self.now(), message_ts, slash)
            forget_oldest(self.response_urls)
            return token


def forget_oldest(held: dict[str, Any]) -> None:
    """Benches press many thousand times; what expired long ago need not be remembered."""
    while len(held) > PERMISSIONS_KEPT:
        del held[next(iter(held))]


def team_body() -> Json:
    return {"id": TEAM_ID, "domain": "sandbox-finance"}


__all__ = ["APP_ID", "BOT_ID", "BOT_USER_ID", "TEAM_ID", "Workspace", "team_body"]
