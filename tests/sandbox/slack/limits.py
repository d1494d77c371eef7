"""Slack's own rate limits, off unless the rule `tier_limits` is on; single 429 answers are a matter of faults."""

import threading
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.sandbox.slack.standin import Standin

# Requests a minute.
TIERS = {
    "chat.update": 50,
    "chat.delete": 50,
    "conversations.list": 20,
    "conversations.info": 50,
    "conversations.history": 50,
    "conversations.replies": 50,
    "users.info": 100,
    "users.lookupByEmail": 50,
    "users.list": 20,
    "usergroups.list": 20,
    "usergroups.users.list": 20,
    "views.open": 100,
    "views.update": 100,
    "views.push": 100,
    "views.publish": 100,
    "files.getUploadURLExternal": 100,
    "files.completeUploadExternal": 100,
}
POST_BURST = 5
MINUTE = 60.0


class RateLimitedError(Exception):
    def __init__(self, retry_after: int) -> None:
        super().__init__(f"retry after {retry_after} s")
        self.retry_after = retry_after


class Meters:
    """How often each thing was done lately."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: dict[str, deque[float]] = {}

    def take(self, key: str, allowed: int, window: float, now: float) -> None:
        with self._lock:
            seen = self._seen.setdefault(key, deque())
            while seen and seen[0] <= now - window:
                seen.popleft()
            if len(seen) >= allowed:
                raise RateLimitedError(max(1, int(seen[0] + window - now) + 1))
            seen.append(now)


def take_call(standin: "Standin", method: str) -> None:
    if standin.rules.tier_limits and method in TIERS:
        standin.meters.take(method, TIERS[method], MINUTE, standin.workspace.now())


def take_post(standin: "Standin", channel_id: str) -> None:
    """About one message a second and channel, with short bursts."""
    if standin.rules.tier_limits:
        standin.meters.take(f"post:{channel_id}", POST_BURST, float(POST_BURST), standin.workspace.now())
