"""The process that children are forked from: parsers loaded, one thread, no secrets, no sockets but one.

It never reads a document itself. For each request it forks a child, which limits itself, reads one document and exits. It
ends when its parent does (end of file on the control socket) and kills what still runs then.

On the wire: the parent sends one byte with one end of a socket pair; the child says on that pair that it is there, takes the
size and JSON of a header and the payload, and answers with an eight-byte size and JSON.
"""

import contextlib
import gc
import importlib
import json
import os
import resource
import selectors
import signal
import socket
import sys
import time
from collections.abc import Sequence
from typing import Final

from core.domain.errors import ProjectError
from core.read import codec
from core.read.codec import READY, SIZE_BYTES
from core.read.documents import read_document
from core.read.notes import refused

PRELOADED: Final = (
    "lxml.html",
    "pdfplumber",
    "pypdfium2",
    "python_calamine",
)


_SAMPLES: Final = {
    "a.eml": (
        b"From: a@example.com\nSubject: Remittance advice\nMIME-Version: 1.0\nContent-Type: text/html\n\n"
        b"<p>Payment date: 2025-03-31</p><table><tr><th>Invoice</th><th>Amount</th></tr>"
        b"<tr><td>1042</td><td>1,200.00 USD</td></tr></table>"
    ),
    "b.txt": b"We have paid 1.00 USD for invoice 1042 on 2025-03-31.",
    "c.csv": b"payment_id,value_date,amount,currency\n1,2025-03-31,1.00,USD\n",
    "d.bai": b"01,A,B,250331,0100,1,,,2/\n02,B,A,1,250331,,USD,/\n03,1,USD,,,,/\n16,165,100,Z,,,ORIG CO NAME:A\n",
}
"""Read once before anything is forked, so that no child compiles patterns and fills caches again."""


class _Killed(Exception):
    """The parent has gone or sent nonsense."""


def main(arguments: Sequence[str]) -> None:
    """Serve until the control socket ends. Arguments: its descriptor, memory, processor and wall limits, modules to load."""
    descriptor, memory, processor, wall, *modules = arguments
    for name in (*PRELOADED, *modules):
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    for name, sample in _SAMPLES.items():
        read_document(name, sample)
    gc.collect()
    gc.freeze()
    with socket.socket(fileno=int(descriptor)) as control:
        _Zygote(control, (int(memory), int(processor), float(wall))).serve()


class _Zygote:
    """The loop: fork on request, reap, kill who takes too long."""

    def __init__(self, control: socket.socket, limits: tuple[int, int, float]) -> None:
        self.control = control
        self.limits = limits
        self.children: dict[int, float] = {}
        self.woken, waker = socket.socketpair()
        for end in (self.woken, waker):
            end.setblocking(False)  # noqa: FBT003  The socket module wants it so.
        self.waker = waker
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)

    def serve(self) -> None:
        """Until the parent has gone."""
        with selectors.DefaultSelector() as selector:
            selector.register(self.control, selectors.EVENT_READ)
            selector.register(self.woken, selectors.EVENT_READ)
            alive = True
            while alive:
                ready = selector.select(self._until_next())
                for key, _ in ready:
                    if key.fileobj is self.control:
                        alive = self._request()
                    else:
                        with contextlib.suppress(BlockingIOError):
                            self.woken.recv(4_096)
                self._reap()
                self._kill(time.monotonic())
        self._kill(float("inf"))

    def _until_next(self) -> float | None:
        return max(0.0, min(self.children.values()) - time.monotonic()) if self.children else None

    def _request(self) -> bool:
        try:
            message, descriptors, _, _ = socket.recv_fds(self.control, 1, 1)
        except OSError:
            return False
        if not message:
            return False
        for descriptor in descriptors:
            self._fork(descriptor)
        return True

    def _fork(self, descriptor: int) -> None:
        try:
            child = os.fork()
        except OSError:
            os.close(descriptor)
            return
        if child == 0:
            self._child(descriptor)
        os.close(descriptor)
        self.children[child] = time.monotonic() + self.limits[2]

    def _child(self, descriptor: int) -> None:
        """Everything a child does; it never returns."""
        status = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for end in (self.control, self.woken, self.waker):
                end.close()
            os.setsid()
            _limit(*self.limits[:2])
            # The zygote kills who takes too long; this is for the case that the zygote has gone.
            signal.setitimer(signal.ITIMER_REAL, self.limits[2] * 2)
            with socket.socket(fileno=descriptor) as pipe:
                _serve_one(pipe)
            status = 0
        finally:
            # No exit handlers: they belong to the process that we were forked from.
            os._exit(status)

    def _reap(self) -> None:
        while self.children:
            try:
                child, _ = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                self.children.clear()
                return
            if child == 0:
                return
            self.children.pop(child, None)

    def _kill(self, now: float) -> None:
        for child, deadline in list(self.children.items()):
            if deadline <= now:
                with contextlib.suppress(ProcessLookupError):
                    # The child leads a session of its own, so whatever it started goes with it.
                    os.killpg(child, signal.SIGKILL)
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)


def _limit(memory: int, processor: int) -> None:
    """Memory, processor time, no files written, no core dump. macOS ignores the memory limit; see the README."""
    wanted = (
        (resource.RLIMIT_AS, memory, memory),
        (resource.RLIMIT_CPU, processor, processor + 1),
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_NOFILE, 64, 64),
    )
    for which, soft, hard in wanted:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(which, (soft, hard))


def _serve_one(pipe: socket.socket) -> None:
    pipe.sendall(READY)
    size = int.from_bytes(_exactly(pipe, SIZE_BYTES), "big")
    header = json.loads(_exactly(pipe, size))
    payload = _exactly(pipe, int(header["size"]))
    answer = _answer(str(header["task"]), str(header["name"]), payload)
    pipe.sendall(len(answer).to_bytes(SIZE_BYTES, "big") + answer)


def _exactly(pipe: socket.socket, size: int) -> bytes:
    buffer = bytearray(size)
    view = memoryview(buffer)
    read = 0
    while read < size:
        count = pipe.recv_into(view[read:])
        if count == 0:
            raise _Killed
        read += count
    view.release()
    return bytes(buffer)


def _answer(task: str, name: str, payload: bytes) -> bytes:
    """One byte says what follows: `r` a reading, `j` JSON of a call, `e` a sentence."""
    try:
        if not task:
            return b"r" + codec.packed(read_document(name, payload))
        module, _, function = task.partition(":")
        result = getattr(importlib.import_module(module), function)(payload)
        return b"j" + json.dumps(result).encode("ascii")
    except MemoryError:
        return b"e" + json.dumps({"code": "too_big", "sentence": ""}).encode("ascii")
    except ProjectError as error:
        return b"e" + json.dumps({"code": error.code, "sentence": error.sentence}).encode("ascii")
    except Exception as error:  # noqa: BLE001  The edge of the process: a bug in a reader is an unreadable document.
        if task:
            return b"e" + json.dumps({"code": "bug", "sentence": f"The reader failed ({type(error).__name__})."}).encode(
                "ascii"
            )
        why = f"The reader failed on this document ({type(error).__name__}); this is a fault of the reader."
        return b"r" + codec.packed(refused(name, "failed", why))


if __name__ == "__main__":
    main(sys.argv[1:])
