"""The demo's mailbox: pymap (a pure-Python IMAP server) as a child process, with its mails in memory."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

_START_S: Final = 60.0


@contextmanager
def running(port: int, user: str, password: str) -> Iterator[subprocess.Popen[bytes]]:
    """The server for the length of a `with` block; it runs as its own process because it wants the signals for itself."""
    program = Path(sys.executable).with_name("pymap")
    command = [str(program), "--host", "127.0.0.1", "--port", str(port), "--no-tls", "dict", "--demo-user", user]
    process = subprocess.Popen([*command, "--demo-password", password], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(process, port)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    ends = time.monotonic() + _START_S
    while True:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        if process.poll() is not None or time.monotonic() > ends:
            raise RuntimeError(f"pymap did not come up on port {port}")
        time.sleep(0.02)
