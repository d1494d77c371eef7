"""An IMAP server of about a hundred lines that misbehaves on command, for what no real server does when asked.

It speaks just enough for imapclient: one mailbox, messages by number, and a `mood` that a test sets before or while a client
is connected. Everything else is answered with OK.
"""

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum


class Mood(StrEnum):
    """How the server misbehaves."""

    WELL = "well"
    EOF_IN_IDLE = "closes the connection in the middle of IDLE"
    BLACK_HOLE = "takes everything and never answers again once it idles"
    COALESCED = "tells of a new message in one packet with its `+ idling`"
    REMARKS = "says in one packet with its `+ idling` that it is still there"
    HALVES = "tells of a new message in two halves of a line, a while apart"
    NO_DATA = "answers FETCH of content with OK and nothing else"
    BYE = "says BYE instead of searching"
    SLOW = "drips the content of a message byte by byte"
    CUT = "closes the connection in the middle of a message's content"
    REFUSES_IDLE = "advertises IDLE and refuses it"
    NO_VALIDITY = "does not say its UIDVALIDITY"
    NONSENSE = "answers a search with words"
    GONE = "forgets a message between search and fetch"
    NO_LOGIN = "refuses every login"
    BUSY = "refuses logins for now"


@dataclass
class Hostile:
    """The server. `messages` are by UID; `seen` counts commands, for tests that look for loops."""

    messages: dict[int, bytes] = field(default_factory=dict)
    mood: Mood = Mood.WELL
    uidvalidity: int = 1
    drip_s: float = 0.05
    capabilities: str = "IMAP4rev1 IDLE UIDPLUS MOVE"
    seen: list[str] = field(default_factory=list)
    arrived: threading.Event = field(default_factory=threading.Event)
    _door: socket.socket | None = None
    _open: list[socket.socket] = field(default_factory=list)
    _threads: list[threading.Thread] = field(default_factory=list)

    @property
    def port(self) -> int:
        assert self._door is not None
        return int(self._door.getsockname()[1])

    def serve(self) -> None:
        self._door = socket.create_server(("127.0.0.1", 0))
        self._start(self._accept)

    def _start(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        assert self._door is not None
        while True:
            try:
                client, _ = self._door.accept()
            except OSError:
                return
            self._open.append(client)
            self._start(lambda client=client: self._talk(client))  # type: ignore[misc]

    def close(self) -> None:
        assert self._door is not None
        # A thread that waits in accept() is only woken by a shutdown.
        with suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        for client in self._open:
            with suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)
            client.close()
        for thread in self._threads:
            thread.join(5)

    def _talk(self, client: socket.socket) -> None:
        with suppress(OSError, ValueError), client.makefile("rb") as lines:
            client.sendall(b"* OK hello\r\n")
            for line in lines:
                tag, _, command = line.decode("latin-1").strip().partition(" ")
                self.seen.append(command.split(" ")[0].upper() if command else tag.upper())
                if not self._answer(client, lines, tag, command):
                    break
        with suppress(OSError):
            client.shutdown(socket.SHUT_RDWR)

    def _answer(self, client: socket.socket, lines: Iterator[bytes], tag: str, command: str) -> bool:
        """Answer one command; False to close the connection."""
        verb = command.upper()
        if verb.startswith("IDLE"):
            return self._idle(client, lines, tag)
        if verb.startswith("UID FETCH"):
            return self._fetch(client, tag, command)
        said = ""
        if verb.startswith("CAPABILITY"):
            said = f"* CAPABILITY {self.capabilities}\r\n"
        elif verb.startswith("LOGIN") and self.mood in {Mood.NO_LOGIN, Mood.BUSY}:
            why = "[UNAVAILABLE] try again later" if self.mood is Mood.BUSY else "[AUTHENTICATIONFAILED] wrong"
            client.sendall(f"{tag} NO {why}\r\n".encode())
            return True
        elif verb.startswith(("SELECT", "EXAMINE")):
            validity = "" if self.mood is Mood.NO_VALIDITY else f"* OK [UIDVALIDITY {self.uidvalidity}] fine\r\n"
            said = f"* {len(self.messages)} EXISTS\r\n{validity}* OK [PERMANENTFLAGS (\\Flagged)] fine\r\n"
        elif verb.startswith("UID SEARCH"):
            if self.mood is Mood.BYE:
                client.sendall(b"* BYE not today\r\n")
                return False
            uids = "soon enough" if self.mood is Mood.NONSENSE else " ".join(map(str, sorted(self.messages)))
            said = f"* SEARCH {uids}\r\n"
        elif verb.startswith("LOGOUT"):
            client.sendall(f"* BYE\r\n{tag} OK bye\r\n".encode())
            return False
        client.sendall(f"{said}{tag} OK done\r\n".encode())
        return True

    def _idle(self, client: socket.socket, lines: Iterator[bytes], tag: str) -> bool:
        if self.mood is Mood.REFUSES_IDLE:
            client.sendall(f"{tag} NO not now\r\n".encode())
            return True
        told = {Mood.COALESCED: b"* 9 EXISTS\r\n", Mood.REMARKS: b"* OK Still here\r\n"}
        client.sendall(b"+ idling\r\n" + told.get(self.mood, b""))
        if self.mood is Mood.EOF_IN_IDLE:
            return False
        if self.mood is Mood.BLACK_HOLE:
            for _ in lines:
                pass
            return False
        if self.mood is Mood.HALVES:
            time.sleep(0.2)
            client.sendall(b"* 9 EXI")
            time.sleep(0.2)
            client.sendall(b"STS\r\n")
        if self.arrived.is_set():
            client.sendall(b"* 9 EXISTS\r\n")
            self.arrived.clear()
        for line in lines:
            if line.strip().upper() == b"DONE":
                client.sendall(f"{tag} OK idle done\r\n".encode())
                return True
        return False

    def _fetch(self, client: socket.socket, tag: str, command: str) -> bool:
        uid = int(command.split(" ")[2])
        raw = self.messages.get(uid)
        wanted = re.search(r"BODY\.PEEK\[(\w*)\]<(\d+)\.(\d+)>", command)
        if raw is None or self.mood is Mood.GONE:
            self.messages.pop(uid, None)
            client.sendall(f"{tag} OK nothing\r\n".encode())
            return True
        if wanted is None:
            date = '"02-Mar-2026 09:00:00 +0000"'
            client.sendall(f"* 1 FETCH (UID {uid} RFC822.SIZE {len(raw)} INTERNALDATE {date})\r\n{tag} OK done\r\n".encode())
            return True
        if self.mood is Mood.NO_DATA:
            client.sendall(f"{tag} OK done\r\n".encode())
            return True
        section, start, count = wanted[1], int(wanted[2]), int(wanted[3])
        part = (raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if section else raw)[start : start + count]
        client.sendall(f"* 1 FETCH (UID {uid} BODY[{section}]<{start}> {{{len(part)}}}\r\n".encode())
        if self.mood is Mood.CUT:
            client.sendall(part[: len(part) // 2])
            return False
        if self.mood is Mood.SLOW:
            for at in range(len(part)):
                client.sendall(part[at : at + 1])
                time.sleep(self.drip_s)
        else:
            client.sendall(part)
        client.sendall(f")\r\n{tag} OK done\r\n".encode())
        return True


@contextmanager
def running(*messages: bytes, mood: Mood = Mood.WELL) -> Iterator[Hostile]:
    """A server with these messages, numbered from 1."""
    server = Hostile(messages=dict(enumerate(messages, 1)), mood=mood)
    server.serve()
    try:
        yield server
    finally:
        server.close()
