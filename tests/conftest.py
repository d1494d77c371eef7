"""Fixtures that every test may use: a clock that stands, and the store on both databases."""

import atexit
import gc
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
    """Begin with what takes long: what a worker begins last, the others wait for.

    Workers get one part of the list each, and take from the end of each other's. Every second one begins with long tests, whole
    modules of them: all long ones at once would only wait for each other's processes.
    """
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    begin = (workers + 1) // 2
    takes_long = [item for item in items if any(item.get_closest_marker(name) for name in ("slow", "browser"))]
    known = set(takes_long)
    others = [item for item in items if item not in known]
    modules = list(dict.fromkeys(item.path for item in takes_long))
    left = len(items)
    items.clear()
    for number in range(workers):
        mine = set(modules[number // 2 :: begin] if number % 2 == 0 else ())
        part = [item for item in takes_long if item.path in mine]
        # As pytest-xdist divides what it has by the workers that still have nothing.
        room = max(0, left // (workers - number) - len(part))
        part += others[:room]
        del others[:room]
        items += part
        left -= len(part)
    items += others


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end; the collector need not go through all of it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def _trust_one_certificate() -> None:
    """Nothing in the tests talks to a public host, and libraries load all authorities for each client, in the clear as well.

    One instead of a hundred and forty makes that a matter of a millisecond, in the processes that tests start as well. What a
    machine names for its own network is of no use to tests either.
    """
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
