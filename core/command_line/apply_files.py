"""What `tieout apply` and its sisters read: customers, open documents, bank files, remittances, history and policy.

Bank files and remittances may be of any kind that we read; they are read in throw-away processes, because they came from
strangers.
"""

import argparse
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from core.command_line.apply_inputs import advices_of, monies_of
from core.command_line.console import Console, file_bytes, taken
from core.domain.errors import Incomplete
from core.domain.evidence import MoneySeen, SettledBefore
from core.domain.parties import Customer
from core.domain.policy import MatchPolicy
from core.domain.readings import Reading
from core.domain.receivables import CustomerInvoice
from core.domain.remittance import RemittanceAdvice
from core.match.batch import Ledger
from core.match.index import MatchIndex
from core.match.open_columns import OpenColumns
from core.match.remittances import AdviceBook
from core.read import large_tables, tables
from core.read.many import handfuls, read_handful
from core.read.match_policy import read_match_policy
from core.read.throw_away import SandboxedReader

_READERS: Final = 2
_AT_ONCE: Final = 400
_BANK_COLUMNS: Final = "A CSV file of bank lines has the columns payment_id, value_date, amount and currency."


@dataclass(frozen=True, slots=True)
class Files:
    """Everything that was read."""

    customers: tuple[Customer, ...]
    documents: tuple[CustomerInvoice, ...] | OpenColumns
    history: tuple[SettledBefore, ...]
    monies: list[MoneySeen]
    advices: list[RemittanceAdvice]
    policy: MatchPolicy

    def ledger(self) -> Ledger:
        """An index of it all, as it is before the first payment."""
        index = MatchIndex(self.customers, self.documents, history=self.history)
        return Ledger(index, AdviceBook(self.advices, self.policy), self.policy)


def arguments(parser: argparse.ArgumentParser, *, needed: bool = True) -> None:
    """Declare the files; `needed` is False where a database can stand in for them."""
    parser.add_argument("--customers", type=Path, required=needed, metavar="FILE", help="customers.csv")
    parser.add_argument("--invoices", type=Path, required=needed, metavar="FILE", help="invoices.csv: our open documents")
    parser.add_argument("--bank", type=Path, required=needed, nargs="+", metavar="FILE", help="bank files of any kind we read")
    parser.add_argument("--remittances", type=Path, metavar="DIR", help="folder of mails and other remittance documents")
    parser.add_argument("--history", type=Path, metavar="FILE", help="history.csv: payments settled before")
    parser.add_argument("--policy", type=Path, metavar="FILE", help="TOML file with a table [match]")
    parser.add_argument("--partial", action="store_true", help="take the good rows of files with bad ones")


def given(options: argparse.Namespace) -> bool:
    """Whether files were named; `Incomplete` when only some of those that belong together were."""
    named = [options.customers, options.invoices, options.bank]
    if any(named) and not all(named):
        raise Incomplete("Please give --customers, --invoices and --bank together.")
    return all(named)


def load(options: argparse.Namespace, console: Console) -> Files | None:
    """Read everything; None, and a complaint, where a file that nothing goes without is empty or wrong."""
    policy = read_match_policy(file_bytes(options.policy), str(options.policy)) if options.policy else MatchPolicy()
    customers = _customers(options, console)
    documents = _documents(options, console)
    if not customers or not documents:
        return None
    history = read_history(options.history, console, partial=options.partial) if options.history else ()
    monies, advices = read_payments(options, console)
    if not monies:
        return None
    return Files(customers, documents, history, monies, advices, policy)


def _customers(options: argparse.Namespace, console: Console) -> tuple[Customer, ...]:
    data = file_bytes(options.customers)
    found = large_tables.read_customers(data)
    if found is not None:
        return found
    return taken(tables.read_customers(data, str(options.customers), partial=options.partial), console)


def _documents(options: argparse.Namespace, console: Console) -> tuple[CustomerInvoice, ...] | OpenColumns:
    data = file_bytes(options.invoices)
    found = large_tables.read_invoices(data)
    if found is not None:
        return found
    return taken(tables.read_invoices(data, str(options.invoices), partial=options.partial), console)


def read_history(path: Path, console: Console, *, partial: bool) -> tuple[SettledBefore, ...]:
    """Settled payments of a history.csv."""
    return taken(tables.read_history(file_bytes(path), str(path), partial=partial), console)


def read_payments(options: argparse.Namespace, console: Console) -> tuple[list[MoneySeen], list[RemittanceAdvice]]:
    """Bank lines and advices; a complaint where there are no bank lines."""
    monies: list[MoneySeen] = []
    with SandboxedReader() as reader:
        for path in options.bank:
            data, known = file_bytes(path), {money.id for money in monies}
            plain = large_tables.read_bank(path.name, data, known)
            if plain is not None:
                monies += plain
                continue
            reading = reader.read(path.name, data)
            _complain(reading, console)
            if reading.remittances and not reading.bank_lines:
                console.complain(f"{path.name}: is read as a remittance, not as a bank file. {_BANK_COLUMNS}")
            monies += monies_of(reading, taken=known)
        advices = _advices(options.remittances, reader, console) if options.remittances else []
    if not monies:
        console.complain("No bank line could be read.")
    return monies, advices


def _advices(folder: Path, reader: SandboxedReader, console: Console) -> list[RemittanceAdvice]:
    """Every advice in a folder. What is no advice (answers, advertising) is expected in a mailbox and not complained about."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    found: list[RemittanceAdvice] = []
    count = 0
    with ThreadPoolExecutor(_READERS) as pool:
        for begin in range(0, len(paths), _AT_ONCE):
            documents = [(path.relative_to(folder).as_posix(), file_bytes(path)) for path in paths[begin : begin + _AT_ONCE]]
            groups = list(handfuls(documents))
            for group, readings in zip(groups, pool.map(lambda each: read_handful(reader, each), groups), strict=True):
                for (name, data), reading in zip(group, readings, strict=True):
                    found += advices_of(reading, data, name)
                    count += 1
                    console.count("remittances read", count, len(paths))
    return found


def _complain(reading: Reading, console: Console) -> None:
    for part in reading.unreadable:
        console.complain(f"{reading.source}: {part.why}")
