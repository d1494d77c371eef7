"""Socket Mode: one-use URLs, hello, envelopes to one socket, warnings before a refresh."""

import asyncio
import json
import secrets
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fastapi import WebSocket, WebSocketDisconnect

from tests.sandbox.slack.model import APP_ID, Json

if TYPE_CHECKING:
    from tests.sandbox.slack.standin import Standin

REFUSED = 4000


@dataclass(eq=False)
class Connection:
    id: str
    socket: WebSocket
    loop: asyncio.AbstractEventLoop
    # A warned connection still answers what it has, but is given nothing new.
    draining: bool = False
    sent: list[str] = field(default_factory=list)


@dataclass(eq=False)
class Waiting:
    """An envelope that has not been answered yet."""

    done: threading.Event = field(default_factory=threading.Event)
    answer: Json | None = None
    acked: bool = False


class SocketHub:
    """Every open socket of the app, and the envelopes on their way."""

    def __init__(self, standin: "Standin") -> None:
        self.standin = standin
        self._lock = threading.RLock()
        self._changed = threading.Condition(self._lock)
        self._tickets: dict[str, float] = {}
        self._connections: list[Connection] = []
        self._waiting: dict[str, Waiting] = {}
        self._turn = 0
        self.opened = 0

    def issue_url(self) -> str:
        """A URL that works once and soon."""
        ticket = secrets.token_urlsafe(16)
        with self._lock:
            self._tickets[ticket] = time.monotonic()
        return f"{self.standin.base_url.replace('http', 'ws', 1)}/link/?ticket={ticket}&app_id={APP_ID}"

    def redeem(self, ticket: str) -> bool:
        with self._lock:
            issued = self._tickets.pop(ticket, None)
        return issued is not None and time.monotonic() - issued <= self.standin.rules.socket_url_seconds

    def count(self) -> int:
        with self._lock:
            return sum(1 for connection in self._connections if not connection.draining)

    def wait_for_count(self, wanted: int, seconds: float) -> bool:
        """Wait until at least so many sockets are ready for envelopes."""
        with self._changed:
            return self._changed.wait_for(lambda: self.count() >= wanted, seconds)

    async def serve(self, socket: WebSocket) -> None:
        """The life of one socket, from its hello to its end."""
        await socket.accept()
        if not self.redeem(socket.query_params.get("ticket", "")):
            await socket.close(REFUSED, "this URL was used already or never issued")
            return
        connection = Connection(secrets.token_hex(6), socket, asyncio.get_running_loop())
        if self.count() >= self.standin.rules.max_sockets:
            await socket.send_text(json.dumps({"type": "disconnect", "reason": "too_many_websockets"}))
            await socket.close(REFUSED)
            return
        await socket.send_text(json.dumps(self._hello()))
        self._add(connection)
        try:
            while True:
                self._receive(await socket.receive_text())
        except (WebSocketDisconnect, RuntimeError):
            # Starlette raises RuntimeError when we closed the socket ourselves in the meantime.
            pass
        finally:
            self._remove(connection)

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": self.count() + 1,
            "connection_info": {"app_id": APP_ID},
            "debug_info": {"host": "sandbox", "build_number": 1, "approximate_connection_time": 18060},
        }

    def _add(self, connection: Connection) -> None:
        with self._changed:
            self._connections.append(connection)
            self.opened += 1
            self._changed.notify_all()
        self.standin.workspace.changed()

    def _remove(self, connection: Connection) -> None:
        with self._changed:
            if connection in self._connections:
                self._connections.remove(connection)
            self._changed.notify_all()
        self.standin.workspace.changed()

    def _receive(self, text: str) -> None:
        try:
            frame = json.loads(text)
        except ValueError:
            return
        with self._lock:
            waiting = self._waiting.pop(str(frame.get("envelope_id", "")), None)
        if waiting is not None:
            payload = frame.get("payload")
            waiting.answer = payload if isinstance(payload, dict) else None
            waiting.acked = True
            waiting.done.set()

    def send(self, envelope: Json, seconds: float) -> Waiting | None:
        """Send to one socket (to all, when that rule is off) and wait for the answer; None without any socket."""
        targets = self._targets()
        if not targets:
            return None
        waiting = Waiting()
        envelope_id = str(envelope["envelope_id"])
        with self._lock:
            self._waiting[envelope_id] = waiting
        text = json.dumps(envelope)
        for connection in targets:
            connection.sent.append(envelope_id)
            asyncio.run_coroutine_threadsafe(self._send_text(connection, text), connection.loop)
        waiting.done.wait(seconds)
        with self._lock:
            self._waiting.pop(envelope_id, None)
        return waiting

    def _targets(self) -> list[Connection]:
        with self._lock:
            ready = [connection for connection in self._connections if not connection.draining]
            if not ready or not self.standin.rules.one_socket:
                return ready
            self._turn += 1
            return [ready[self._turn % len(ready)]]

    async def _send_text(self, connection: Connection, text: str) -> None:
        try:
            await connection.socket.send_text(text)
        except (WebSocketDisconnect, RuntimeError):
            self._remove(connection)

    def refresh(self, reason: str = "refresh_requested") -> int:
        """Tell every socket to go: `warning` leaves it open, the other reasons close it. Answers how many."""
        with self._lock:
            leaving = [connection for connection in self._connections if not connection.draining]
            for connection in leaving:
                connection.draining = True
        frame = json.dumps({"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}})
        for connection in leaving:
            asyncio.run_coroutine_threadsafe(self._say_goodbye(connection, frame, reason), connection.loop).result(5)
        return len(leaving)

    async def _say_goodbye(self, connection: Connection, frame: str, reason: str) -> None:
        await self._send_text(connection, frame)
        if reason != "warning":
            await self._close(connection)

    async def _close(self, connection: Connection) -> None:
        try:
            await connection.socket.close(1000)
        except (WebSocketDisconnect, RuntimeError):
            pass
        finally:
            self._remove(connection)

    def cut(self) -> int:
        """Lose every socket without a word, as when a network goes away. Answers how many."""
        with self._lock:
            lost = list(self._connections)
        for connection in lost:
            asyncio.run_coroutine_threadsafe(self._close(connection), connection.loop).result(5)
        return len(lost)

    def close(self) -> None:
        with self._lock:
            waiting = list(self._waiting.values())
        for one in waiting:
            one.done.set()
