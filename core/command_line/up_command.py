"""`tieout up`: everything on one machine, under one supervisor."""

import argparse
import subprocess
import sys
import threading
from pathlib import Path
from typing import Final

from core.domain.errors import Misconfigured
from core.signals import stopping
from core.supervisor import Supervisor, read_procfile

_RELEASE: Final = "release"
_COLOURS: Final = (36, 32, 33, 35, 34, 31)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which processes."""
    parser.add_argument("--procfile", type=Path, default=Path("Procfile"), help="the file that names the processes")
    parser.add_argument("--only", default="", help="names of processes, separated by commas")


def run(options: argparse.Namespace) -> int:
    """Prepare (the line `release`), then run until asked to stop."""
    commands = read_procfile(options.procfile)
    release = commands.pop(_RELEASE, None)
    wanted = [name for name in options.only.split(",") if name]
    unknown = [name for name in wanted if name not in commands]
    if unknown:
        raise Misconfigured(f"The Procfile has no process {unknown[0]}.", setting="Procfile")
    chosen = {name: command for name, command in commands.items() if not wanted or name in wanted}
    folder = options.procfile.resolve().parent
    if release is not None and subprocess.run(release, cwd=folder, check=False).returncode:  # noqa: S603  As in the Procfile.
        raise Misconfigured("The preparation (“release” in the Procfile) failed; nothing was started.", setting="Procfile")
    with stopping() as stop:
        Supervisor(chosen, _printer(chosen), folder).run(stop)
    return 0


class _Printer:
    """Lines of several processes on one screen, never mixed within a line."""

    def __init__(self, names: list[str]) -> None:
        self._width = max((len(name) for name in names), default=0)
        self._colour = {name: _COLOURS[place % len(_COLOURS)] for place, name in enumerate(names)}
        self._lock = threading.Lock()

    def __call__(self, name: str, line: str) -> None:
        head = f"{name:<{self._width}} |"
        if sys.stdout.isatty():
            head = f"\x1b[{self._colour.get(name, 0)}m{head}\x1b[0m"
        with self._lock:
            print(head, line, flush=True)  # noqa: T201  This is what the command is for.


def _printer(chosen: dict[str, list[str]]) -> _Printer:
    return _Printer(list(chosen))
