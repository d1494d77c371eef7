"""`tieout apply`: which customer sent this money, and which open invoices does it pay? Files in, one file out.

Needs no database, no Slack and no network. `applications.csv` has every payment at least once.
"""

import argparse
import gc
import sys
from collections.abc import Sequence
from pathlib import Path

from core.command_line import apply_files
from core.command_line.apply_output import COLUMNS
from core.command_line.apply_workers import answered, usual_workers
from core.command_line.console import Console
from core.command_line.saying import DONE, NOTHING_DONE, SOME_REFUSED
from core.decide.automatic import automatic_under
from core.domain.errors import Incomplete
from core.domain.evidence import MoneySeen
from core.match.batch import Ledger, Settled
from core.match.batch import run as run_batch
from core.read.csv_out import csv_text, write_whole


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    apply_files.arguments(parser)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where applications.csv is written")
    parser.add_argument("--workers", type=int, metavar="N", help="processes that match; the answer does not depend on it")
    parser.add_argument(
        "--partitions", type=int, metavar="N", help="for ledgers larger than memory: the ledger in a file, payments in N parts"
    )
    parser.add_argument(
        "--store",
        type=Path,
        metavar="FILE",
        help="with --partitions: keep that file for the next time, if the ledger is the same",
    )
    parser.add_argument(
        "--cluster", metavar="ADDRESS", help="with --partitions: a Dask scheduler, as tcp://host:8786, whose workers match"
    )


def run(options: argparse.Namespace) -> int:
    """Read everything, match, decide, write; the exit status."""
    console = Console(sys.stderr.isatty())
    # Millions of records that stay until the end: looking for garbage among them again and again finds nothing.
    gc.disable()
    if options.partitions is not None:
        return _in_parts(options, console)
    if options.store or options.cluster:
        raise Incomplete("Please give --partitions N with --store and --cluster.")
    files = apply_files.load(options, console)
    if files is None:
        return NOTHING_DONE
    workers = usual_workers(len(files.monies)) if options.workers is None else max(1, options.workers)
    texts = answered(files, workers, console)
    options.out.mkdir(parents=True, exist_ok=True)
    write_whole(options.out / "applications.csv", "".join((csv_text(COLUMNS, ()), *texts)))
    return SOME_REFUSED if console.complaints else DONE


def _in_parts(options: argparse.Namespace, console: Console) -> int:
    # Its engines are loaded only where they are wanted.
    from core.command_line import apply_partitions

    partitions = max(1, options.partitions)
    workers = usual_workers(10**9) if options.workers is None else max(1, options.workers)
    if not apply_partitions.run(options, apply_partitions.Split(partitions, workers, options.cluster), console):
        return NOTHING_DONE
    return SOME_REFUSED if console.complaints else DONE


def matched(monies: Sequence[MoneySeen], ledger: Ledger, console: Console) -> list[Settled]:
    """Outcomes in the order of the bank files."""
    found: dict[str, Settled] = {}
    for settled in run_batch(monies, ledger, automatic_under(ledger.policy)):
        found[settled.outcome.money.id] = settled
        console.count("matched", len(found), len(monies))
    return [found[money.id] for money in monies]
