"""A fresh installation at the command line: its own folder, settings from the environment only, on either database."""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import AUDIT_KEY
from tests.operator import Operator, an_operator


@pytest.fixture
def nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Operator:
    """Before anything is set up."""
    return an_operator(tmp_path, monkeypatch, capsys)


@pytest.fixture
def operator(nobody: Operator, database_url: str) -> Operator:
    """With an empty database of the present schema."""
    (nobody.folder / "data").mkdir(mode=0o700)
    nobody.sets(database_url=database_url, audit_key=AUDIT_KEY.decode())
    return nobody


@pytest.fixture(autouse=True)
def _garbage() -> Iterator[None]:
    """Commands switch the search for garbage off, because they end soon; a process that runs tests goes on."""
    yield
    gc.unfreeze()
    gc.enable()
