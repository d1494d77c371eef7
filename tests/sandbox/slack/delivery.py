"""Getting a payload to the app: over whichever transport it uses, once, with Slack's patience and Slack's retries."""

import contextlib
import secrets
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from tests.sandbox.slack import signed_http
from tests.sandbox.slack.model import DeliveryRecord, Json

if TYPE_CHECKING:
    from tests.sandbox.slack.standin import Standin

Kind = Literal["events_api", "interactive", "slash_commands"]


@dataclass(frozen=True)
class Outcome:
    """What came of one attempt: `acked`, `operation_timeout`, `no_socket`, `http_500`, ..."""

    outcome: str
    answer: Json | None
    seconds: float
    no_retry: bool = False

    @property
    def acked(self) -> bool:
        return self.outcome == "acked"


def subscription(inner: Json) -> str:
    """The name under which a manifest asks for an event: messages go by the kind of conversation (`message.im`)."""
    kind = str(inner["type"])
    return f"{kind}.{_CHANNELS.get(str(inner.get('channel_type')), '')}" if kind == "message" else kind


_CHANNELS = {"im": "im", "channel": "channels", "group": "groups"}


class Delivery:
    def __init__(self, standin: "Standin") -> None:
        self.standin = standin
        self._pool = ThreadPoolExecutor(8, thread_name_prefix="slack-events")
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._timers: list[threading.Timer] = []

    def close(self) -> None:
        self._closing.set()
        with self._lock:
            timers = list(self._timers)
        for timer in timers:
            timer.cancel()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def interact(self, kind: Kind, payload: Json, summary: str, *, wants_answer: bool = False) -> Outcome:
        """Send what a person did and wait for the acknowledgement, once: Slack does not repeat these."""
        record = self._record(kind, payload, summary)
        outcome = self._attempt(kind, payload, wants_answer=wants_answer)
        self._finish(record, outcome)
        return outcome

    def event(self, payload: Json, summary: str) -> DeliveryRecord:
        """Send an event in the background, again when it is not acknowledged."""
        record = self._record("events_api", payload, summary)
        wanted = self.standin.config.events
        if wanted is not None and subscription(payload["event"]) not in wanted:
            record.outcome = "not_subscribed"
            return record
        self._pool.submit(self._send_event, payload, record)
        return record

    def redeliver(self, record: DeliveryRecord, reason: str = "timeout") -> Outcome:
        """Send an event once more, as Slack does when an acknowledgement got lost on the way."""
        record.attempt += 1
        outcome = self._attempt("events_api", record.payload, retry=(record.attempt, reason))
        self._finish(record, outcome)
        return outcome

    def _send_event(self, payload: Json, record: DeliveryRecord) -> None:
        self._retry_later(record, self._attempt("events_api", payload))

    def _retry_later(self, record: DeliveryRecord, outcome: Outcome) -> None:
        """Keep the outcome, and set the clock for the next attempt when there is one left."""
        self._finish(record, outcome)
        waits = self.standin.rules.event_retry_seconds
        if outcome.acked or outcome.no_retry or record.attempt >= len(waits) or self._closing.is_set():
            return
        reason = "timeout" if outcome.outcome == "operation_timeout" else "http_error"
        timer = threading.Timer(waits[record.attempt], self._submit_retry, (record, reason))
        timer.daemon = True
        with self._lock:
            self._timers = [one for one in self._timers if one.is_alive()] + [timer]
        timer.start()

    def _submit_retry(self, record: DeliveryRecord, reason: str) -> None:
        if not self._closing.is_set():
            with contextlib.suppress(RuntimeError):
                self._pool.submit(self._retry, record, reason)

    def _retry(self, record: DeliveryRecord, reason: str) -> None:
        record.attempt += 1
        self._retry_later(record, self._attempt("events_api", record.payload, retry=(record.attempt, reason)))

    def _attempt(
        self, kind: Kind, payload: Json, *, wants_answer: bool = False, retry: tuple[int, str] | None = None
    ) -> Outcome:
        began = time.monotonic()
        if self.standin.request_url:
            got = signed_http.post(self.standin, kind, payload, retry)
            return Outcome(got.outcome, got.answer, time.monotonic() - began, got.no_retry)
        envelope: Json = {
            "envelope_id": "-".join(secrets.token_hex(size) for size in (4, 2, 2, 2, 6)),
            "type": kind,
            "payload": payload,
            "accepts_response_payload": wants_answer,
        }
        if kind == "events_api":
            envelope["retry_attempt"] = retry[0] if retry else 0
            envelope["retry_reason"] = retry[1] if retry else ""
        waiting = self.standin.sockets.send(envelope, self.standin.rules.ack_seconds)
        seconds = time.monotonic() - began
        if waiting is None:
            return Outcome("no_socket", None, seconds)
        if not waiting.acked:
            return Outcome("operation_timeout", None, seconds)
        return Outcome("acked", waiting.answer if wants_answer else None, seconds)

    def _record(self, kind: Kind, payload: Json, summary: str) -> DeliveryRecord:
        workspace = self.standin.workspace
        record = DeliveryRecord(workspace.now(), secrets.token_hex(6), kind, summary, payload)
        with workspace.lock:
            workspace.deliveries.append(record)
            workspace.changed()
        return record

    def _finish(self, record: DeliveryRecord, outcome: Outcome) -> None:
        with self.standin.workspace.lock:
            record.outcome = outcome.outcome
            record.answer = outcome.answer
            record.seconds = outcome.seconds
            self.standin.workspace.changed()
