"""Fixtures that every test may use: a clock that stands, and the store on both databases."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from core.store.unit_of_work import SqlStore
from tests.certificates import a_certificate
from tests.databases import DATABASES, SetClock, clean_store, fresh_database

MEMORY = Path("/dev/shm")  # noqa: S108  Linux keeps this folder in memory; private folders are made inside it.


def pytest_configure() -> None:
    """Put temporary files into memory where that can be had: tests kill processes, not machines, and disks are slow.

    Properties try the same examples on every run, or a red run would say nothing of the change that it ran for;
    `HYPOTHESIS_PROFILE=seek make test` looks for new ones.
    """
    settings.register_profile("steady", deadline=None, derandomize=True)
    settings.register_profile("seek", deadline=None, print_blob=True)
    settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))
    _trust_one_certificate()
    if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and "TMPDIR" not in os.environ:
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long: what a worker begins last, the others wait for."""
    items.sort(key=lambda item: not any(item.get_closest_marker(name) for name in ("slow", "browser")))


def _trust_one_certificate() -> None:
    """Nothing in the tests talks to a public host, and the SDK of Slack loads all authorities for each connection in the clear.

    One instead of a hundred and forty makes that a matter of a millisecond, in the processes that tests start as well.
    """
    if "SSL_CERT_FILE" not in os.environ:
        file = Path(tempfile.mkdtemp(prefix="tieout-authority-")) / "one.pem"
        file.write_bytes(a_certificate()[0])
        atexit.register(shutil.rmtree, file.parent, ignore_errors=True)
        os.environ["SSL_CERT_FILE"] = str(file)


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture(params=[pytest.param("sqlite"), pytest.param("postgres", marks=pytest.mark.postgres)])
def database_kind(request: pytest.FixtureRequest) -> str:
    assert request.param in DATABASES
    return str(request.param)


@pytest.fixture
def database_url(database_kind: str, tmp_path: Path) -> Iterator[str]:
    with fresh_database(database_kind, tmp_path) as url:
        yield url


@pytest.fixture
def store(database_kind: str, clock: SetClock) -> Iterator[SqlStore]:
    with clean_store(database_kind, clock) as clean:
        yield clean
