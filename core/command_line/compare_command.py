"""`tieout compare`: which order line does each supplier invoice line charge, and does it agree? Files in, one file out.

Needs no database, no Slack and no network. `lines.csv` has every line of every invoice, in the order of the file.
"""

import argparse
import gc
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from core.command_line.compare_batch import Files, compared_rows
from core.command_line.compare_output import COLUMNS
from core.command_line.saying import DONE, NOTHING_DONE, SOME_REFUSED, printable
from core.domain.errors import Misconfigured
from core.domain.payables import SupplierInvoice, Units
from core.domain.policy import TolerancePolicy
from core.read.csv_out import csv_text, write_whole
from core.read.payables.files import read_receipts, read_supplier_invoices, read_suppliers, read_units
from core.read.payables.purchase_orders import read_purchase_orders
from core.read.payables.tolerances import read_tolerances
from core.read.tables import Complaint, Taken

_LISTED: Final = 50
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

    def tell(self, sentence: str) -> None:
        """Something odd that changes no exit status."""
        self._print(sentence)

    def progress(self, done: int, of: int) -> None:
        if self.watched:
            self._print(f"compared: {done:,} of {of:,} lines", end="\r" if done < of else "\n")

    @staticmethod
    def _print(sentence: str, end: str = "\n") -> None:
        print(printable(sentence), file=sys.stderr, end=end, flush=True)  # noqa: T201  The command line prints.


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument(
        "--orders", type=Path, required=True, metavar="FILE", help="purchase_orders.csv: our orders, a row a line"
    )
    parser.add_argument("--invoices", type=Path, required=True, metavar="FILE", help="supplier_invoices.csv, a row a line")
    parser.add_argument("--receipts", type=Path, metavar="FILE", help="receipts.csv: what arrived")
    parser.add_argument("--suppliers", type=Path, metavar="FILE", help="suppliers.csv: categories, for tolerances")
    parser.add_argument("--uoms", type=Path, metavar="FILE", help="uoms.csv: how units convert")
    parser.add_argument("--policy", type=Path, metavar="FILE", help="TOML file with tables [[policy]]: the tolerances")
    parser.add_argument("--partial", action="store_true", help="take the good rows of files with bad ones")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where lines.csv is written")


def run(options: argparse.Namespace) -> int:
    """Read everything, compare, write; the exit status."""
    # Nearly everything that is made here lives to the end, and looking through millions of records for rings is half the time.
    collecting = gc.isenabled()
    gc.disable()
    try:
        return _run(options, _Console(sys.stderr.isatty()))
    finally:
        if collecting:
            gc.enable()


def _run(options: argparse.Namespace, console: _Console) -> int:
    files, invoices = _read(options, console)
    if files is None or not invoices:
        return NOTHING_DONE
    rows = compared_rows(invoices, files, console.progress)
    options.out.mkdir(parents=True, exist_ok=True)
    write_whole(options.out / "lines.csv", csv_text(COLUMNS, rows))
    return SOME_REFUSED if console.complaints else DONE


def _read(options: argparse.Namespace, console: _Console) -> tuple[Files | None, Sequence[SupplierInvoice]]:
    """Every file; None where one was refused, because half of the receipts or units would make wrong verdicts look right."""
    refused = 0

    def taken(found: Taken[Record]) -> tuple[Record, ...]:
        nonlocal refused
        _complain(found.complaints, found.more_complaints, console)
        refused += bool(found.complaints) and not options.partial
        return found.records

    files = Files(policies=_policies(options.policy))
    files.orders, orders = read_purchase_orders(_bytes(options.orders), str(options.orders), partial=options.partial)
    taken(orders)
    for notice in files.orders.notices[:_LISTED]:
        console.tell(notice)
    invoices = taken(read_supplier_invoices(_bytes(options.invoices), str(options.invoices), partial=options.partial))
    if options.receipts:
        files.receipts, receipts = read_receipts(_bytes(options.receipts), str(options.receipts), partial=options.partial)
        taken(receipts)
    if options.suppliers:
        found = taken(read_suppliers(_bytes(options.suppliers), str(options.suppliers), partial=options.partial))
        files.suppliers = {supplier.id: supplier for supplier in found}
    if options.uoms:
        files.units = Units(taken(read_units(_bytes(options.uoms), str(options.uoms), partial=options.partial)))
    if not invoices and not refused:
        console.complain(f"{options.invoices} holds no invoice line that could be taken.")
    return (None if refused else files), invoices


def _policies(path: Path | None) -> tuple[TolerancePolicy, ...]:
    return read_tolerances(_bytes(path), str(path)) if path else ()


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Misconfigured(f"{path} cannot be read: {error.strerror}.", setting=str(path)) from error


def _complain(complaints: Sequence[Complaint], more: int, console: _Console) -> None:
    for complaint in complaints:
        console.complain(complaint.sentence)
    if more:
        console.complain(f"{complaints[0].file}: {more} more rows are wrong.")
