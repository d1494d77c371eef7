import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from core.domain.errors import TooBig, Unreadable
from core.read.documents import read_document
from core.read.throw_away import Limits, SandboxedReader

MODULE = "tests.unit.read.misbehaving"
NOTE = b"Remittance\nInvoice   Amount\n1042      100.00\nTotal     100.00 USD\n"


@pytest.fixture(scope="module")
def reader() -> Iterator[SandboxedReader]:
    """A reader with limits that no honest work meets, however busy the machine."""
    with SandboxedReader(Limits(processor_s=60, wall_s=120.0)) as shared:
        yield shared


@pytest.fixture(scope="module")
def tight() -> Iterator[SandboxedReader]:
    """A reader whose limits are met soon, for tasks that meet them."""
    with SandboxedReader(Limits(processor_s=1, wall_s=3.0)) as shared:
        yield shared


def still_works(reader: SandboxedReader) -> bool:
    return reader.read("note.txt", NOTE).remittances[0].complete


def pair(value: object) -> tuple[int, int]:
    assert isinstance(value, list)
    return int(value[0]), int(value[1])


def test_reading_in_a_child_equals_reading_here(reader: SandboxedReader) -> None:
    assert reader.read("note.txt", NOTE) == read_document("note.txt", NOTE)


def test_every_document_has_a_process_of_its_own(reader: SandboxedReader) -> None:
    first, second = (pair(reader.call(f"{MODULE}:process", b"")) for _ in range(2))
    assert first[0] != second[0]
    assert first[1] == second[1] != os.getpid()


def test_a_call_goes_through_json(reader: SandboxedReader) -> None:
    assert reader.call(f"{MODULE}:echo", "grüß".encode()) == {"text": "grüß", "size": 6}


@pytest.mark.parametrize("task", ["eat_memory", "spin", "sleep", "die"])
def test_a_child_over_its_limits_dies_and_the_reader_lives(tight: SandboxedReader, task: str) -> None:
    with pytest.raises(TooBig):
        tight.call(f"{MODULE}:{task}", b"")
    _, zygote = pair(tight.call(f"{MODULE}:process", b""))
    assert psutil.pid_exists(zygote)


def test_no_child_is_left_over_not_even_one_of_a_child(tight: SandboxedReader) -> None:
    with pytest.raises(TooBig):
        tight.call(f"{MODULE}:start_a_grandchild", b"")
    _, zygote = pair(tight.call(f"{MODULE}:process", b""))
    deadline = time.monotonic() + 60
    while psutil.Process(zygote).children(recursive=True) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert psutil.Process(zygote).children(recursive=True) == []


def test_a_bug_in_a_task_is_a_sentence_and_a_missing_task_too(reader: SandboxedReader) -> None:
    for task in (f"{MODULE}:fail", f"{MODULE}:nothing", "no.such.module:x"):
        with pytest.raises(Unreadable) as caught:
            reader.call(task, b"")
        assert "failed" in caught.value.sentence


def test_an_empty_document_is_answered_however_fast_the_child_is(reader: SandboxedReader) -> None:
    """A child that waits for no payload may have gone before we have sent none."""
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: reader.call(f"{MODULE}:echo", b""), range(400)))
    assert answers == [{"text": "", "size": 0}] * 400


def test_a_child_sees_no_secrets_no_sockets_and_nothing_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIEOUT_SECRET", "canary")
    with socket.socket() as ours:
        ours.bind(("127.0.0.1", 0))
        ours.set_inheritable(True)
        with SandboxedReader() as fresh:
            seen = fresh.call(f"{MODULE}:surroundings", b"")
    assert isinstance(seen, dict)
    assert set(seen["environment"]) <= {"LANG", "LC_CTYPE", "PATH"}
    assert ours.fileno() not in seen["descriptors"]
    assert len(seen["descriptors"]) <= 5
    assert (seen["folder"], seen["leads"]) == ("/", True)


def test_a_child_writes_no_files(reader: SandboxedReader, tmp_path: Path) -> None:
    target = tmp_path / "x"
    with pytest.raises((TooBig, Unreadable)):
        reader.call(f"{MODULE}:write_a_file", str(target).encode())
    assert not target.exists() or target.stat().st_size == 0


def test_the_zygote_is_started_again_when_it_dies(reader: SandboxedReader) -> None:
    _, zygote = pair(reader.call(f"{MODULE}:process", b""))
    os.kill(zygote, signal.SIGKILL)
    assert still_works(reader)


def test_threads_share_a_reader(reader: SandboxedReader) -> None:
    with ThreadPoolExecutor(8) as pool:
        texts = list(pool.map(lambda index: reader.call(f"{MODULE}:echo", str(index).encode()), range(40)))
    assert texts == [{"text": str(index), "size": len(str(index))} for index in range(40)]


def test_a_large_payload_and_a_large_answer_pass(reader: SandboxedReader) -> None:
    result = reader.call(f"{MODULE}:echo", b"x" * 20_000_000)
    assert isinstance(result, dict)
    assert result["size"] == 20_000_000


def test_a_reader_is_usable_after_a_fork(reader: SandboxedReader) -> None:
    assert still_works(reader)
    child = os.fork()
    if child == 0:
        status = 1
        try:
            status = 0 if still_works(reader) else 1
            reader.close()
        finally:
            os._exit(status)
    assert os.waitpid(child, 0)[1] == 0
    assert still_works(reader)


def test_the_zygote_ends_when_its_parent_does() -> None:
    code = (
        "import os, sys; from core.read.throw_away import SandboxedReader\n"
        f"print(SandboxedReader().call('{MODULE}:process', b'')[1], flush=True)\nos._exit(0)\n"
    )
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, check=True, text=True)
    zygote = int(done.stdout)
    deadline = time.monotonic() + 60
    while psutil.pid_exists(zygote) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not psutil.pid_exists(zygote)


def test_a_closed_reader_is_closed_and_leaves_no_process() -> None:
    fresh = SandboxedReader()
    _, zygote = pair(fresh.call(f"{MODULE}:process", b""))
    fresh.close()
    fresh.close()
    assert not psutil.pid_exists(zygote)
    with pytest.raises(RuntimeError):
        fresh.read("x", b"x")


def test_names_of_any_kind_go_through(reader: SandboxedReader) -> None:
    assert reader.read("\ud800 \0 ä.txt", NOTE).source == "\ud800 \0 ä.txt"
