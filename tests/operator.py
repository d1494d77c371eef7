"""Whoever types `tieout …`: the command in this very process, which costs no start, or as a process of its own."""

import os
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.bootstrap import open_store
from core.cli import main
from core.settings import Settings
from core.store.unit_of_work import SqlStore

TIEOUT = Path(sys.executable).with_name("tieout")


@dataclass
class Operator:
    """Whoever types. `types` answers with the exit status and what was printed, both streams together."""

    folder: Path
    capsys: pytest.CaptureFixture[str]
    monkeypatch: pytest.MonkeyPatch

    def types(self, line: str) -> tuple[int, str]:
        self.capsys.readouterr()
        try:
            status = main(shlex.split(line))
        except SystemExit as ended:
            status = int(ended.code or 0)
        said = self.capsys.readouterr()
        return status, said.out + said.err

    def sets(self, **settings: object) -> None:
        for name, value in settings.items():
            self.monkeypatch.setenv(f"TIEOUT_{name.upper()}", str(value))

    def store(self) -> SqlStore:
        """The database beside the command; the caller closes it."""
        return open_store(Settings())

    def starts(self, line: str) -> tuple[int, str]:
        """As `types`, in a process of its own."""
        ended = subprocess.run([TIEOUT, *shlex.split(line)], cwd=self.folder, capture_output=True, text=True, check=False)
        return ended.returncode, ended.stdout + ended.stderr


def an_operator(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Operator:
    """Before anything is set up: settings come from the environment only, everything is in one folder."""
    for name in [name for name in os.environ if name.startswith("TIEOUT_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(folder)
    operator = Operator(folder, capsys, monkeypatch)
    operator.sets(data_dir=folder / "data", inbox_dir=folder / "inbox", erp_dir=folder / "erp")
    operator.sets(backup_dir=folder / "backups", time_zone="UTC")
    return operator
