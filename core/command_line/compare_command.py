"""`tieout compare`: which order line does each supplier invoice line charge, and does it agree? Files in, one file out.

Needs no database, no Slack and no network. `lines.csv` has every line of every invoice, in the order of the file.
"""

import argparse
import gc
import sys
from pathlib import Path
from typing import Final

from core.command_line.compare_batch import Bills, BillsAtHand, Files, compared_text
from core.command_line.console import LISTED, Console, file_bytes, taken
from core.command_line.saying import DONE, NOTHING_DONE, SOME_REFUSED
from core.domain.payables import Units
from core.domain.policy import TolerancePolicy
from core.read.csv_out import write_whole
from core.read.payables.files import ReceiptFile, read_receipts, read_supplier_invoices, read_suppliers, read_units
from core.read.payables.purchase_orders import OrderFile, read_purchase_orders
from core.read.payables.tolerances import read_tolerances

LARGE: Final = 1_000_000
"""Files of so many bytes are read as columns if nothing is wrong with them. For smaller ones numpy takes longer to load."""


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
        return _run(options, Console(sys.stderr.isatty()))
    finally:
        if collecting:
            gc.enable()


def _run(options: argparse.Namespace, console: Console) -> int:
    files, invoices = _read(options, console)
    if files is None or not len(invoices):
        return NOTHING_DONE

    def progress(done: int, of: int) -> None:
        console.progress(f"compared: {done:,} of {of:,} lines", last=done >= of)

    text = compared_text(invoices, files, progress)
    options.out.mkdir(parents=True, exist_ok=True)
    write_whole(options.out / "lines.csv", text)
    return SOME_REFUSED if console.complaints else DONE


def _read(options: argparse.Namespace, console: Console) -> tuple[Files | None, Bills]:
    """Every file; None where one was refused, because half of the receipts or units would make wrong verdicts look right."""
    partial = options.partial
    files = Files(policies=_policies(options.policy))
    files.orders = _orders(options.orders, console, partial=partial)
    for notice in files.orders.notices[:LISTED]:
        console.tell(notice)
    invoices = _invoices(options.invoices, console, partial=partial)
    if options.receipts:
        files.receipts = _receipts(options.receipts, console, partial=partial)
    if options.suppliers:
        found = taken(read_suppliers(file_bytes(options.suppliers), str(options.suppliers), partial=partial), console)
        files.suppliers = {supplier.id: supplier for supplier in found}
    if options.uoms:
        files.units = Units(taken(read_units(file_bytes(options.uoms), str(options.uoms), partial=partial), console))
    refused = bool(console.complaints) and not partial
    if not len(invoices) and not refused:
        console.complain(f"{options.invoices} holds no invoice line that could be taken.")
    return (None if refused else files), invoices


def _orders(path: Path, console: Console, *, partial: bool) -> OrderFile:
    data = file_bytes(path)
    if len(data) >= LARGE:
        from core.read.payables.large_orders import read_large_orders

        if (large := read_large_orders(data, str(path))) is not None:
            return large
    file, found = read_purchase_orders(data, str(path), partial=partial)
    taken(found, console)
    return file


def _invoices(path: Path, console: Console, *, partial: bool) -> Bills:
    data = file_bytes(path)
    if len(data) >= LARGE:
        from core.read.payables.large_bills import read_large_invoices

        if (large := read_large_invoices(data)) is not None:
            return large
    return BillsAtHand(taken(read_supplier_invoices(data, str(path), partial=partial), console))


def _receipts(path: Path, console: Console, *, partial: bool) -> ReceiptFile:
    data = file_bytes(path)
    if len(data) >= LARGE:
        from core.read.payables.large_bills import read_large_receipts

        if (large := read_large_receipts(data)) is not None:
            return large
    file, found = read_receipts(data, str(path), partial=partial)
    taken(found, console)
    return file


def _policies(path: Path | None) -> tuple[TolerancePolicy, ...]:
    return read_tolerances(file_bytes(path), str(path)) if path else ()
