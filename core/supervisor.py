"""Runs the processes of a Procfile as children of one: output with prefixes, restarts with back-off, an end without orphans.

A child that dies is started again after a pause that doubles while it keeps dying. When the supervisor is asked to stop, it
asks the children, waits, and kills what is left with everything it started. Should the supervisor itself be killed, Linux asks
the children to stop.
"""

import ctypes
import os
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from core.domain.errors import Misconfigured

_LOOK_S: Final = 0.1
_DEATH_SIGNAL: Final = 1
_LIBC: Final = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True, slots=True)
class Patience:
    """How fast a dead child is started again, and how long a living one may take to end."""

    first_pause_s: float = 0.5
    longest_pause_s: float = 30.0
    well_after_s: float = 30.0
    leave_s: float = 15.0


_DEFAULT: Final = Patience()


def read_procfile(file: Path) -> dict[str, list[str]]:
    """Names and commands, in the order of the file. Programs of `.venv` are those of the Python that runs now."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise Misconfigured(f"The Procfile {file} cannot be read: {error.strerror}.", setting="Procfile") from error
    commands: dict[str, list[str]] = {}
    for line in lines:
        name, colon, command = line.partition(":")
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if not colon or not command.strip():
            raise Misconfigured(f"“{line}” is no line of a Procfile.", setting="Procfile")
        words = shlex.split(command)
        if words[0].startswith(".venv/bin/"):
            words[0] = str(Path(sys.executable).parent / Path(words[0]).name)
        commands[name.strip()] = words
    return commands


@dataclass
class _Child:
    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    reader: threading.Thread | None = None
    started_at: float = 0.0
    pause_s: float = 0.0
    start_at: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)


class Supervisor:
    """`say` gets a name and a line of its output, or of ours."""

    def __init__(
        self,
        commands: Mapping[str, Sequence[str]],
        say: Callable[[str, str], None],
        folder: Path,
        patience: Patience = _DEFAULT,
    ) -> None:
        self._children = [_Child(name, command, pause_s=patience.first_pause_s) for name, command in commands.items()]
        self._say = say
        self._folder = folder
        self._patience = patience

    def run(self, stop: threading.Event) -> None:
        """Until `stop` is set; every child has ended when this returns, however it returns."""
        try:
            while not stop.is_set():
                for child in self._children:
                    self._look_after(child)
                stop.wait(_LOOK_S)
        finally:
            self._end_all()

    def pids(self) -> dict[str, int]:
        """The children that live now."""
        living = {child.name: child.process for child in self._children}
        return {name: process.pid for name, process in living.items() if process is not None and process.poll() is None}

    def _look_after(self, child: _Child) -> None:
        now = time.monotonic()
        if child.process is None:
            if now >= child.start_at:
                self._start(child)
            return
        status = child.process.poll()
        if status is None:
            return
        self._reap(child)
        if now - child.started_at >= self._patience.well_after_s:
            child.pause_s = self._patience.first_pause_s
        self._say(child.name, f"ended with {_words(status)}; starts again in {child.pause_s:g} s")
        child.start_at = now + child.pause_s
        child.pause_s = min(child.pause_s * 2, self._patience.longest_pause_s)

    def _start(self, child: _Child) -> None:
        child.started_at = time.monotonic()
        try:
            child.process = subprocess.Popen(  # noqa: S603  The commands are those of the Procfile of this installation.
                child.command,
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
                preexec_fn=_die_with_parent if _LIBC else None,  # noqa: PLW1509  One system call, on a loaded library.
            )
        except OSError as error:
            self._say(child.name, f"cannot be started: {error.strerror}")
            child.start_at = child.started_at + child.pause_s
            child.pause_s = min(child.pause_s * 2, self._patience.longest_pause_s)
            return
        child.reader = threading.Thread(target=self._copy, args=(child.name, child.process), name=f"output of {child.name}")
        child.reader.start()

    def _copy(self, name: str, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None  # noqa: S101  Asked for above.
        for line in process.stdout:
            self._say(name, line.decode("utf-8", "replace").rstrip("\n"))

    def _reap(self, child: _Child) -> None:
        """Wait for the child's end and its last words; what it left running of its own is ended."""
        assert child.process is not None  # noqa: S101
        _signal_group(child.process.pid, signal.SIGKILL)
        child.process.wait()
        if child.reader is not None:
            child.reader.join()
        if child.process.stdout is not None:
            child.process.stdout.close()
        child.process = child.reader = None

    def _end_all(self) -> None:
        living = [child for child in self._children if child.process is not None]
        for child in living:
            if child.process is not None and child.process.poll() is None:
                child.process.terminate()
        deadline = time.monotonic() + self._patience.leave_s
        for child in living:
            if child.process is None:
                continue
            try:
                child.process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                self._say(child.name, "did not end when asked; it is killed")
            self._reap(child)


def _die_with_parent() -> None:
    assert _LIBC is not None  # noqa: S101
    _LIBC.prctl(_DEATH_SIGNAL, signal.SIGTERM)


def _signal_group(leader: int, number: signal.Signals) -> None:
    try:
        os.killpg(leader, number)
    except (ProcessLookupError, PermissionError):
        return


def _words(status: int) -> str:
    return f"status {status}" if status >= 0 else f"signal {signal.Signals(-status).name}"
