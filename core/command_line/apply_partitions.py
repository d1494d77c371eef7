"""`tieout apply --partitions N`: the same answers, with the ledger in a file and the payments in parts, on one machine or many.

1. The files of the ledger become a store (`ledger_store`), larger than memory if it has to be.
2. Payments are taken some days at a time and cut into parts by currency and payer: customers whose names begin alike are near
   each other, so that a part asks for few documents that another one asks for too.
3. Every part weighs its payments with `core.match.engine.suggest`. What it has to look up it fetches from the store, each
   look-up whole, and a payment counts as weighed only when it lacked no answer (`core.match.part_index`).
4. Rounds and conflicts are settled for the batch as a whole by `core.match.batch.fates`, as in one process; all parts hear
   which balances changed.
"""

import argparse
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import chain, groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Final

from core.command_line import apply_files
from core.command_line.apply_output import COLUMNS
from core.command_line.console import Console, file_bytes
from core.command_line.ledger_file import fingerprint, is_made_of, sign
from core.command_line.ledger_store import write_ledger
from core.command_line.part_crew import Crew, cluster, processes
from core.command_line.part_work import Ask, Weighed
from core.domain.evidence import MoneySeen
from core.domain.ids import PaymentId
from core.domain.policy import MatchPolicy
from core.match import bank_text
from core.match.batch import Fate, Ledger, Look, fates
from core.match.lead_index import LeadIndex
from core.match.normal import name_key
from core.match.remittances import AdviceBook
from core.read.csv_out import csv_text, write_pieces
from core.read.match_policy import read_match_policy

_AT_ONCE: Final = 5_000
_MEMORY: Final = "1GB"


@dataclass(frozen=True, slots=True)
class Split:
    """Into how many parts, who works on them, and how much memory the engine may take in each process."""

    partitions: int
    workers: int
    cluster: str | None = None
    at_once: int = _AT_ONCE
    memory: str = _MEMORY

    def crew(self, store: Path, policy: MatchPolicy) -> AbstractContextManager[Crew]:
        """Those who do the work."""
        if self.cluster is not None:
            return cluster(self.cluster, store, policy, self.memory)
        return processes(min(self.workers, self.partitions), store, policy, self.memory)


def run(options: argparse.Namespace, split: Split, console: Console) -> bool:
    """Read, match and write `applications.csv`; False where nothing could be read (complained about already)."""
    policy = read_match_policy(file_bytes(options.policy), str(options.policy)) if options.policy else MatchPolicy()
    options.out.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=options.out, prefix=".ledger.") as folder:
        store = prepared(options, split, console, Path(folder))
        if store is None:
            return False
        monies, advices = apply_files.read_payments(options, console)
        if not monies:
            return False
        book = AdviceBook(advices, policy)
        with (Path(folder) / "rows").open("w+b") as spool, split.crew(store, policy) as crew:
            rows = answered(monies, Batch(book, policy, split, crew), console, spool)
            write_pieces(options.out / "applications.csv", chain((csv_text(COLUMNS, ()),), _in_order(monies, rows, spool)))
    return True


def prepared(options: argparse.Namespace, split: Split, console: Console, folder: Path) -> Path | None:
    """The store of these files: the one that is kept, where it was made of them, else a new one; None where they are empty."""
    made_of = fingerprint(options)
    if options.store is not None and is_made_of(options.store, made_of, memory=split.memory):
        return Path(options.store)
    new = folder / "ledger.duckdb"
    if not write_ledger(options, new, console, threads=os.cpu_count() or 1, memory=split.memory):
        return None
    if options.store is None:
        return new
    # Whoever uses a kept store would not hear again what was wrong with its files.
    if not console.complaints:
        sign(new, made_of, memory=split.memory)
    options.store.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(new, options.store)
    return Path(options.store)


@dataclass(frozen=True, slots=True)
class Batch:
    """What a batch in parts works with."""

    book: AdviceBook
    policy: MatchPolicy
    split: Split
    crew: Crew


def _in_order(monies: Sequence[MoneySeen], rows: dict[PaymentId, tuple[int, int]], spool: IO[bytes]) -> Iterator[str]:
    for money in monies:
        begin, size = rows[money.id]
        spool.seek(begin)
        yield spool.read(size).decode("utf-8")


def answered(monies: Sequence[MoneySeen], batch: Batch, console: Console, spool: IO[bytes]) -> dict[PaymentId, tuple[int, int]]:
    """Rows of all payments go to `spool` as they are known; where those of each payment stand, and how long they are."""
    index = LeadIndex()
    ledger = Ledger(index, batch.book, batch.policy)
    written: dict[PaymentId, tuple[int, int]] = {}
    for days in _some_days(monies, batch.split.at_once * batch.split.partitions):
        part_of = parts(days, batch.split.partitions)
        shares: list[list[MoneySeen]] = [[] for _ in range(batch.split.partitions)]
        for money in days:
            shares[part_of[money.id]].append(money)
        sent = index.sent_since(days[0].value_date.toordinal() - batch.policy.duplicate_days)
        news = index.news()
        batch.crew.call("begin", [(share, sent, news) for share in shares])
        lead = _Lead(index, batch, part_of)
        for _, day in groupby(fates(days, ledger, lead.weigh), key=lambda each: each[0].value_date):
            ends: list[list[tuple[PaymentId, Fate]]] = [[] for _ in range(batch.split.partitions)]
            for money, fate in day:
                ends[part_of[money.id]].append((money.id, fate))
            for told in batch.crew.call("finish", [(end,) for end in ends]):
                for payment, text in told:
                    written[payment] = (spool.tell(), spool.write(text.encode("utf-8")))
            console.count("matched", len(written), len(monies))
    return written


def _some_days(monies: Sequence[MoneySeen], most: int) -> Iterator[list[MoneySeen]]:
    """Payments by day, as many whole days at a time as have no more payments than that; one day at least."""
    some: list[MoneySeen] = []
    ordered = sorted(monies, key=lambda money: (money.value_date, money.id))
    for _, members in groupby(ordered, key=lambda money: money.value_date):
        day = list(members)
        if some and len(some) + len(day) > most:
            yield some
            some = []
        some += day
    if some:
        yield some


def parts(monies: Sequence[MoneySeen], count: int) -> dict[PaymentId, int]:
    """Which part each payment belongs to: by currency and payer in order of names, equal payers together, parts of one size."""

    def payer(money: MoneySeen) -> tuple[str, str, str]:
        name = money.payer_name or bank_text.read(money.reference, money.text).name
        return money.amount.currency.code, name_key(name).replace(" ", ""), money.payer_account

    found: dict[PaymentId, int] = {}
    for _, members in groupby(sorted(monies, key=payer), key=payer):
        part = len(found) * count // len(monies)
        found.update((money.id, part) for money in members)
    return found


class _Lead:
    """Has rounds weighed by the parts."""

    def __init__(self, index: LeadIndex, batch: Batch, part_of: dict[PaymentId, int]) -> None:
        self._index, self._batch, self._part_of = index, batch, part_of

    def weigh(self, monies: Sequence[MoneySeen]) -> Sequence[Look]:
        """See `core.match.batch.Weigh`."""
        asks: list[list[Ask]] = [[] for _ in range(self._batch.split.partitions)]
        for money in monies:
            asks[self._part_of[money.id]].append(Ask(money.id, tuple(self._batch.book.near(money))))
        news = self._index.news()
        told: list[list[Weighed]] = self._batch.crew.call("weigh", [(ask, news) for ask in asks])
        found: dict[PaymentId, Weighed] = {}
        for asked, answers in zip(asks, told, strict=True):
            found.update((ask.payment, weighed) for ask, weighed in zip(asked, answers, strict=True))
        self._index.claims(entry for weighed in found.values() for entry in weighed.claimed)
        return [found[money.id].look for money in monies]
