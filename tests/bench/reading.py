"""How fast documents are read: bank lines against a peer of the same run, documents through the throw-away processes."""

import time
from datetime import date

from bai2 import bai2

from core.read.documents import read_document
from core.read.throw_away import SandboxedReader
from tests.bench.figures import Figure
from tests.sandbox.world import Deposit, World

LINES = 20_000
DOCUMENTS = 200


def figures() -> list[Figure]:
    return [*_bank_lines(), _documents()]


def _bank_lines() -> list[Figure]:
    world = World(date(2026, 3, 2))
    deposits = [Deposit(f"{n % 900 + 1}.{n % 100:02}", "142", f"PAYER {n}", f"INV-{n}", f"R{n}") for n in range(LINES)]
    data = world.bank_file(deposits)
    start = time.perf_counter()
    reading = read_document("day.bai", data)
    ours = time.perf_counter() - start
    assert len(reading.bank_lines) == LINES
    start = time.perf_counter()
    bai2.parse_from_string(data.decode())
    peer = time.perf_counter() - start
    return [
        Figure(
            f"bank lines read per second (BAI2, {LINES:,} lines)",
            f"{LINES / ours:,.0f}",
            f"package bai2: {LINES / peer:,.0f}",
            f"{peer / ours:.1f} times",
        )
    ]


def _documents() -> Figure:
    mails = [mail.as_bytes() for mail in World(date(2026, 3, 2)).mails()]
    reader = SandboxedReader()
    try:
        reader.read("first.eml", mails[0])
        start = time.perf_counter()
        for number in range(DOCUMENTS):
            reader.read("mail.eml", mails[number % len(mails)])
        took = time.perf_counter() - start
    finally:
        reader.close()
    return Figure(
        "mails read per second, each in a process of its own",
        f"{DOCUMENTS / took:,.1f}",
        "1 a second would keep up with 86,400 a day",
        f"{DOCUMENTS / took:,.0f} times",
    )
