from collections.abc import Iterator

import pytest

from core.domain.errors import TooBig
from core.read.documents import read_document
from core.read.many import handfuls, read_handful, read_packed
from core.read.throw_away import SandboxedReader

BANK = b"payment_id,value_date,amount,currency\nP1,2026-01-05,5.00,USD\n"


@pytest.fixture(scope="module")
def reader() -> Iterator[SandboxedReader]:
    with SandboxedReader() as opened:
        yield opened


def test_a_handful_reads_as_its_documents_do(reader: SandboxedReader) -> None:
    documents = [("a.csv", BANK), ("ü.txt", b"nothing to see"), ("empty", b"")]
    assert read_handful(reader, documents) == [read_document(name, data) for name, data in documents]


def test_handfuls_are_few_and_small_and_lose_nothing() -> None:
    documents = [(f"{k}", b"x" * (3 * 2**20 if k == 50 else 10)) for k in range(100)]
    groups = list(handfuls(documents))
    assert [document for group in groups for document in group] == documents
    assert max(len(group) for group in groups) <= 40
    assert list(handfuls([])) == []


def test_what_kills_a_handful_is_read_alone(reader: SandboxedReader, monkeypatch: pytest.MonkeyPatch) -> None:
    def too_big(task: str, payload: bytes) -> object:
        raise TooBig(f"{task} of {len(payload)}")

    monkeypatch.setattr(reader, "call", too_big)
    assert [reading.source for reading in read_handful(reader, [("a.csv", BANK), ("b.csv", BANK)])] == ["a.csv", "b.csv"]


def test_a_payload_is_taken_apart_where_it_was_put_together() -> None:
    head = b'[["a.csv", 3], ["b", 0]]'
    assert len(read_packed(len(head).to_bytes(8, "big") + head + b"abc")) == 2
