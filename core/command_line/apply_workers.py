"""Several processes weigh the payments of `tieout apply`; what is written does not depend on how many.

Every process holds the whole ledger. Of each round each weighs its share, tells the others what it saw
(`core.match.batch.Look`), and settles the round for itself; so all hold the same balances, and nothing but looks and finished
rows goes between them. On Linux the others begin as copies of this process, with the ledger filed already; elsewhere each files
it again from what was read.
"""

import gc
import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from multiprocessing.connection import Connection
from typing import Final

from core.command_line.apply_files import Files
from core.command_line.apply_output import rows_of
from core.command_line.console import Console
from core.command_line.helpers import helped
from core.decide.automatic import automatic_under
from core.domain.evidence import MoneySeen
from core.match.batch import Ledger, Look, Weigher, fates
from core.read.csv_out import csv_rows

_WORTH_A_PROCESS: Final = 500
_MOST: Final = 8
_SELDOM: Final = 100_000


@dataclass(frozen=True, slots=True)
class _Share:
    """Which part of every round is ours: the `place`-th of `of` equal parts; `others` are the ends that lead to the rest.

    Parts are cut in the order of the payers' names: so the payments of one customer mostly come to the same process, which
    has its documents at hand already. The first process hears from all and tells all; the others have only the end that leads
    to it.
    """

    place: int
    of: int
    others: Sequence[Connection]

    def parts(self, monies: Sequence[MoneySeen]) -> list[list[int]]:
        """Which payments of a round fall to each process, as places in it."""
        order = sorted(range(len(monies)), key=lambda at: (monies[at].payer_name, monies[at].payer_account))
        cuts = [len(order) * place // self.of for place in range(self.of + 1)]
        return [order[begin:end] for begin, end in pairwise(cuts)]

    def together(self, ours: list[Look], shared: Sequence[Sequence[int]]) -> list[Look]:
        """The looks of the whole round, in its order; `shared` says whose is which (`parts`)."""
        if self.place:
            self.others[0].send(ours)
            parts: list[list[Look]] = self.others[0].recv()
        else:
            parts = [ours, *(other.recv() for other in self.others)]
            for other in self.others:
                other.send(parts)
        found = {at: look for places, looks in zip(shared, parts, strict=True) for at, look in zip(places, looks, strict=True)}
        return [found[at] for at in range(len(found))]


def usual_workers(payments: int) -> int:
    """As many as there are processors for us, and fewer where there is little to do."""
    there = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    return max(1, min(there, _MOST, payments // _WORTH_A_PROCESS))


def answered(files: Files, workers: int, console: Console, *, start: str = "") -> list[str]:
    """The rows of every payment as CSV, in the order of the bank files. `start` is for tests: how processes begin."""
    ledger = files.ledger()
    # Nothing of it is garbage, and looking through it again and again would copy it from process to process.
    gc.freeze()
    gc.enable()
    # What a payment leaves behind is hardly ever circular; what is kept until its day ends need not be looked through often.
    gc.set_threshold(_SELDOM, *gc.get_threshold()[1:])
    with _helpers(files, ledger, workers, start) as ends:
        texts = _texts(files, ledger, _Share(0, workers, ends), console)
        for end in ends:
            texts.update(end.recv())
    return [texts[money.id] for money in files.monies]


def _texts(files: Files, ledger: Ledger, share: _Share, console: Console | None) -> dict[str, str]:
    """The rows of our payments, by payment."""
    weigher = Weigher(ledger, automatic_under(ledger.policy))
    ours: set[str] = set()

    def weigh(monies: Sequence[MoneySeen]) -> Sequence[Look]:
        shared = share.parts(monies)
        part = [monies[at] for at in shared[share.place]]
        for money in monies:
            # In a later round a payment may fall to another process, which then knows its last outcome.
            ours.discard(money.id)
        ours.update(money.id for money in part)
        return share.together(weigher.weigh(part), shared)

    found: dict[str, str] = {}
    for count, (money, fate) in enumerate(fates(files.monies, ledger, weigh), 1):
        if money.id in ours:
            found[money.id] = csv_rows(rows_of(weigher.settled(money.id, fate)))
            ours.discard(money.id)
        if console is not None:
            console.count("matched", count, len(files.monies))
    return found


@contextmanager
def _helpers(files: Files, ledger: Ledger, workers: int, start: str) -> Iterator[list[Connection]]:
    """The other processes, ended when this one is done with them, however that was."""
    copied = start != "spawn" and sys.platform == "linux"
    context = multiprocessing.get_context("fork") if copied else multiprocessing.get_context("spawn")
    with helped(context) as helpers:
        for place in range(1, workers):

            def arguments(theirs: Connection, place: int = place) -> tuple[object, ...]:
                share = _Share(place, workers, [theirs])
                return (files, ledger, share, list(helpers.ends)) if copied else (files, None, share, [])

            helpers.start(_help, arguments)
        yield helpers.ends


def _help(files: Files, ledger: Ledger | None, share: _Share, not_ours: Sequence[Connection]) -> None:
    """What another process does, from its beginning to its end."""
    for end in not_ours:
        # Copies of the first process's ends: with them open nobody would see that it has gone.
        end.close()
    # Whoever interrupts the command means the first process, which ends us.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if ledger is None:
        ledger = files.ledger()
    try:
        share.others[0].send(_texts(files, ledger, share, None))
    except (EOFError, ConnectionError):
        # The first process has gone, and with it whoever wanted to know.
        return
