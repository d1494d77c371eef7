"""What the stand-in insists on, and how to make it misbehave.

Every rule starts at the value Slack itself keeps (or a stricter one) and can be switched for one test.
"""

import threading
from collections import deque
from dataclasses import dataclass, fields, replace
from typing import Any, Literal

FaultKind = Literal["rate_limit", "drop_response", "drop_request", "error", "status", "delay"]


@dataclass(frozen=True)
class Rules:
    # Waiting for the app.
    ack_seconds: float = 3.0
    event_retry_seconds: tuple[float, ...] = (0.0, 60.0, 300.0)
    # Triggers and response URLs.
    trigger_seconds: float = 3.0
    trigger_single_use: bool = True
    response_url_uses: int = 5
    response_url_seconds: float = 1800.0
    # Views and messages.
    check_view_hash: bool = True
    modal_depth: int = 3
    validate_blocks: bool = True
    message_blocks: int = 50
    view_blocks: int = 100
    message_characters: int = 13_000
    require_fallback_text: bool = True
    ephemeral_vanishes: bool = True
    # Who may do what.
    check_tokens: bool = True
    check_scopes: bool = True
    check_membership: bool = True
    deactivated_may_act: bool = False
    # Transport.
    sign_requests: bool = True
    one_socket: bool = True
    max_sockets: int = 10
    socket_url_seconds: float = 30.0
    echo_own_messages: bool = False
    tier_limits: bool = False

    def changed(self, **values: Any) -> "Rules":
        """The same rules with some of them switched; an unknown name is refused."""
        known = {field.name for field in fields(self)}
        unknown = sorted(set(values) - known)
        if unknown:
            raise ValueError(f"unknown rule: {', '.join(unknown)}")
        if "event_retry_seconds" in values:
            values["event_retry_seconds"] = tuple(float(wait) for wait in values["event_retry_seconds"])
        return replace(self, **values)


@dataclass
class Fault:
    kind: FaultKind
    method: str
    times: int = 1
    retry_after: int = 1
    code: str = "fatal_error"
    status: int = 503
    seconds: float = 0.0


class Faults:
    """A queue of misbehaviours; each matching call uses one up."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pending: deque[Fault] = deque()

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._pending.append(fault)

    def take(self, method: str) -> Fault | None:
        with self._lock:
            for fault in self._pending:
                if fault.method in {method, "*"}:
                    fault.times -= 1
                    if fault.times <= 0:
                        self._pending.remove(fault)
                    return fault
        return None

    def clear(self) -> None:
        with self._lock:
            self._pending.clear()

    def pending(self) -> list[Fault]:
        with self._lock:
            return list(self._pending)
