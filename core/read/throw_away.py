"""Reading what strangers sent, in a process that may die.

A 13 KB PDF can take a gigabyte and a five-kilobyte workbook a minute, so every document is read in a child of its own with
limits on memory, processor time and wall time, which is thrown away afterwards. Children are forked from a zygote that has
the parsers loaded, so that this costs milliseconds. What comes back is JSON, checked field by field.
"""

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from core.domain.errors import Malformed, TooBig, Unreadable
from core.domain.readings import Reading
from core.read import codec
from core.read.codec import READY, SIZE_BYTES
from core.read.notes import refused

_ROOT: Final = str(Path(__file__).resolve().parents[2])
_BOOT: Final = "import sys; sys.path.insert(0, sys.argv[1]); from core.read.zygote import main; main(sys.argv[2:])"
_GRACE_S: Final = 5.0
_TRIES: Final = 3
_LARGEST_ANSWER: Final = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may take."""

    memory_bytes: int = 1024**3
    processor_s: int = 15
    wall_s: float = 30.0
    at_once: int = 4


_TOO_MUCH: Final = (
    "The document could not be read within its limits of memory and time. "
    "Please hand it in in smaller parts, or ask for it as XML, XLSX or CSV."
)


class SandboxedReader:
    """Reads documents in throw-away processes; safe to share between threads, and usable after a fork.

    `preload` names modules whose functions `call` will be asked for, so that children need not import them.
    """

    def __init__(self, limits: Limits | None = None, *, preload: Sequence[str] = ()) -> None:
        self._limits = limits or Limits()
        self._preload = tuple(preload)
        self._lock = threading.Lock()
        self._slots = threading.BoundedSemaphore(self._limits.at_once)
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._owner = 0
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def read(self, name: str, data: bytes) -> Reading:
        """`core.read.documents.read_document` in a throw-away process; never raises for what a document does."""
        answer = self._ask("", name, data)
        if answer[:1] == b"r":
            try:
                return codec.unpacked(answer[1:])
            except Malformed as error:
                return refused(name, "failed", error.sentence)
        return refused(name, "too much", _TOO_MUCH)

    def call(self, task: str, payload: bytes) -> object:
        """Run `module:function` on `payload` in a throw-away process; its result went through JSON.

        `TooBig` when it died or ran out of its limits, `Unreadable` when it raised.
        """
        answer = self._ask(task, "", payload)
        kind, body = answer[:1], answer[1:]
        try:
            value: object = json.loads(body) if body else None
        except (ValueError, RecursionError) as error:
            raise Unreadable("The answer of the reading process is not JSON.") from error
        if kind == b"j":
            return value
        if kind == b"e" and isinstance(value, dict) and value.get("code") != "too_big":
            raise Unreadable(str(value.get("sentence", ""))[:500], code_inside=str(value.get("code", ""))[:40])
        raise TooBig("This could not be read within its limits of memory and time.")

    def start(self) -> None:
        """Load the parsers now, so that the first document does not wait for it; not needed otherwise."""
        with self._lock:
            if not self._closed:
                self._started()

    def close(self) -> None:
        """End the zygote and wait for it; safe to call twice."""
        with self._lock:
            self._closed = True
            self._stop()

    def _ask(self, task: str, name: str, payload: bytes) -> bytes:
        """The answer of a child, or nothing when it died."""
        with self._slots:
            for _ in range(_TRIES):
                with self._child() as ours:
                    ours.settimeout(self._limits.wall_s + _GRACE_S)
                    if self._begun(ours):
                        return self._converse(ours, task, name, payload)
                # The zygote went before a child was there, so the document is not to blame: once more with a new one.
        return b""

    @staticmethod
    def _begun(ours: socket.socket) -> bool:
        """Whether a child says that it is there."""
        try:
            return ours.recv(1) == READY
        except OSError:
            return False

    def _converse(self, ours: socket.socket, task: str, name: str, payload: bytes) -> bytes:
        header = json.dumps({"task": task, "name": name, "size": len(payload)}).encode("ascii")
        deadline = time.monotonic() + self._limits.wall_s + _GRACE_S
        try:
            ours.sendall(len(header).to_bytes(SIZE_BYTES, "big") + header)
            if payload:
                # A child that waits for no payload may have answered and gone, and sending it nothing would break the pipe.
                ours.sendall(payload)
            size = int.from_bytes(_received(ours, SIZE_BYTES, deadline), "big")
            return _received(ours, size, deadline) if 0 < size <= _LARGEST_ANSWER else b""
        except TimeoutError:
            # The zygote should have killed the child long ago: it hangs itself.
            with self._lock:
                self._stop()
            return b""
        except OSError:
            return b""

    def _child(self) -> socket.socket:
        """Our end of a pair whose other end a fresh child holds; the zygote is started again if it has died."""
        with self._lock:
            if self._closed:
                raise RuntimeError("This reader has been closed.")
            for attempt in (1, 2):
                control = self._started()
                ours, theirs = socket.socketpair()
                try:
                    socket.send_fds(control, [b"x"], [theirs.fileno()])
                except OSError:
                    ours.close()
                    self._stop()
                    if attempt == 2:  # noqa: PLR2004  Once may be an accident.
                        raise
                else:
                    return ours
                finally:
                    theirs.close()
        raise AssertionError("unreachable")

    def _started(self) -> socket.socket:
        if self._owner != os.getpid():
            # After a fork the zygote is our parent's: leave it alone, let go of the socket, and have our own.
            self._forget()
        if self._control is not None and self._process is not None and self._process.poll() is None:
            return self._control
        self._stop()
        ours, theirs = socket.socketpair()
        limits = self._limits
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603  Our own interpreter and our own code.
                [
                    sys.executable, "-I", "-B", "-c", _BOOT, _ROOT, str(theirs.fileno()),
                    str(limits.memory_bytes), str(limits.processor_s), str(limits.wall_s), *self._preload,
                ],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={"LANG": "C.UTF-8", "PATH": os.defpath},
                cwd="/",
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )  # fmt: skip
        self._control, self._owner = ours, os.getpid()
        return ours

    def _stop(self) -> None:
        if self._owner != os.getpid():
            self._forget()
            return
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            try:
                self._process.wait(timeout=_GRACE_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._control = self._process = None

    def _forget(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            # It is not our child; without this the object would warn that it is still running.
            self._process.returncode = 0
        self._control = self._process = None

    def __del__(self) -> None:
        with contextlib.suppress(Exception):
            self._stop()


def _received(pipe: socket.socket, size: int, deadline: float) -> bytes:
    """Exactly `size` bytes, or nothing when the other side has gone."""
    pieces = bytearray()
    while len(pieces) < size:
        if time.monotonic() > deadline:
            raise TimeoutError
        piece = pipe.recv(min(size - len(pieces), 1 << 20))
        if not piece:
            return b""
        pieces += piece
    return bytes(pieces)
