"""`tieout apply`: which customer sent this money, and which open invoices does it pay? Files in, one file out.

Needs no database, no Slack and no network. Bank files and remittances may be of any kind that we read; they are read in
throw-away processes, because they came from strangers. `applications.csv` has every payment at least once.
"""

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from core.command_line.apply_inputs import advices_of, monies_of
from core.command_line.apply_output import COLUMNS, rows_of
from core.decide.automatic import Yes, may_apply
from core.domain.errors import Misconfigured
from core.domain.evidence import MoneySeen, SettledBefore
from core.domain.policy import MatchPolicy
from core.domain.readings import Reading
from core.domain.remittance import RemittanceAdvice
from core.match.batch import Ledger, Settled
from core.match.batch import run as run_batch
from core.match.index import MatchIndex
from core.match.remittances import AdviceBook
from core.read import tables
from core.read.csv_out import csv_text, write_whole
from core.read.many import handfuls, read_handful
from core.read.match_policy import read_match_policy
from core.read.tables import Taken
from core.read.throw_away import SandboxedReader

DONE: Final = 0
SOME_REFUSED: Final = 1
NOTHING_DONE: Final = 2
_READERS: Final = 2
_AT_ONCE: Final = 400
_PROGRESS_EVERY: Final = 500
_LISTED: Final = 50

_BANK_COLUMNS: Final = "A CSV file of bank lines has the columns payment_id, value_date, amount and currency."
Record = TypeVar("Record")


@dataclass(slots=True)
class _Console:
    """What goes to standard error: complaints always, progress when somebody watches."""

    watched: bool
    complaints: int = 0

    def complain(self, sentence: str) -> None:
        self.complaints += 1
        if self.complaints <= _LISTED:
            self._print(sentence)

    def progress(self, what: str, done: int, of: int) -> None:
        if self.watched and (done % _PROGRESS_EVERY == 0 or done == of):
            self._print(f"{what}: {done:,} of {of:,}", end="\r" if done < of else "\n")

    @staticmethod
    def _print(sentence: str, end: str = "\n") -> None:
        print(sentence, file=sys.stderr, end=end, flush=True)  # noqa: T201  The command line prints.


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("--customers", type=Path, required=True, metavar="FILE", help="customers.csv")
    parser.add_argument("--invoices", type=Path, required=True, metavar="FILE", help="invoices.csv: our open documents")
    parser.add_argument("--bank", type=Path, required=True, nargs="+", metavar="FILE", help="bank files of any kind we read")
    parser.add_argument("--remittances", type=Path, metavar="DIR", help="folder of mails and other remittance documents")
    parser.add_argument("--history", type=Path, metavar="FILE", help="history.csv: payments settled before")
    parser.add_argument("--policy", type=Path, metavar="FILE", help="TOML file with a table [match]")
    parser.add_argument("--partial", action="store_true", help="take the good rows of files with bad ones")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where applications.csv is written")


def run(options: argparse.Namespace) -> int:
    """Read everything, match, decide, write; the exit status."""
    console = _Console(sys.stderr.isatty())
    policy = read_match_policy(_bytes(options.policy), str(options.policy)) if options.policy else MatchPolicy()
    customers = _taken(
        tables.read_customers(_bytes(options.customers), str(options.customers), partial=options.partial), console
    )
    documents = _taken(tables.read_invoices(_bytes(options.invoices), str(options.invoices), partial=options.partial), console)
    if not customers or not documents:
        return NOTHING_DONE
    history: tuple[SettledBefore, ...] = ()
    if options.history:
        history = _taken(tables.read_history(_bytes(options.history), str(options.history), partial=options.partial), console)
    monies, advices = _readings(options, console)
    if not monies:
        console.complain("No bank line could be read.")
        return NOTHING_DONE
    index = MatchIndex(customers, documents, history=history)
    settled = _matched(monies, Ledger(index, AdviceBook(advices, policy), policy), console)
    options.out.mkdir(parents=True, exist_ok=True)
    rows = [row for each in settled for row in rows_of(each)]
    write_whole(options.out / "applications.csv", csv_text(COLUMNS, rows))
    return SOME_REFUSED if console.complaints else DONE


def _matched(monies: Sequence[MoneySeen], ledger: Ledger, console: _Console) -> list[Settled]:
    """Outcomes in the order of the bank files."""
    found: dict[str, Settled] = {}
    for settled in run_batch(monies, ledger, lambda outcome: isinstance(may_apply(outcome, ledger.policy), Yes)):
        found[settled.outcome.money.id] = settled
        console.progress("matched", len(found), len(monies))
    return [found[money.id] for money in monies]


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Misconfigured(f"{path} cannot be read: {error.strerror}.", setting=str(path)) from error


def _taken(taken: Taken[Record], console: _Console) -> tuple[Record, ...]:
    for complaint in taken.complaints:
        console.complain(complaint.sentence)
    if taken.more_complaints:
        console.complain(f"{taken.complaints[0].file}: {taken.more_complaints} more rows are wrong.")
    return taken.records


def _readings(options: argparse.Namespace, console: _Console) -> tuple[list[MoneySeen], list[RemittanceAdvice]]:
    monies: list[MoneySeen] = []
    with SandboxedReader() as reader:
        for path in options.bank:
            reading = reader.read(path.name, _bytes(path))
            _complain(reading, console)
            if reading.remittances and not reading.bank_lines:
                console.complain(f"{path.name}: is read as a remittance, not as a bank file. {_BANK_COLUMNS}")
            monies += monies_of(reading, taken={money.id for money in monies})
        advices = _advices(options.remittances, reader, console) if options.remittances else []
    return monies, advices


def _advices(folder: Path, reader: SandboxedReader, console: _Console) -> list[RemittanceAdvice]:
    """Every advice in a folder. What is no advice (answers, advertising) is expected in a mailbox and not complained about."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    found: list[RemittanceAdvice] = []
    count = 0
    with ThreadPoolExecutor(_READERS) as pool:
        for begin in range(0, len(paths), _AT_ONCE):
            documents = [(path.relative_to(folder).as_posix(), _bytes(path)) for path in paths[begin : begin + _AT_ONCE]]
            groups = list(handfuls(documents))
            for group, readings in zip(groups, pool.map(lambda each: read_handful(reader, each), groups), strict=True):
                for (name, data), reading in zip(group, readings, strict=True):
                    found += advices_of(reading, data, name)
                    count += 1
                    console.progress("remittances read", count, len(paths))
    return found


def _complain(reading: Reading, console: _Console) -> None:
    for part in reading.unreadable:
        console.complain(f"{reading.source}: {part.why}")
