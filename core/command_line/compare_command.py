"""`tieout compare`: which order line does each supplier invoice line charge, and does it agree? Files in, one file out.

Needs no database, no Slack and no network. `lines.csv` has every line of every invoice, in the order of the file.
"""

import argparse
import gc
import sys
from collections.abc import Sequence
from pathlib import Path

from core.command_line.compare_batch import Files, compared_rows
from core.command_line.compare_output import COLUMNS
from core.command_line.console import LISTED, Console, file_bytes, taken
from core.command_line.saying import DONE, NOTHING_DONE, SOME_REFUSED
from core.domain.payables import SupplierInvoice, Units
from core.domain.policy import TolerancePolicy
from core.read.csv_out import csv_text, write_whole
from core.read.payables.files import read_receipts, read_supplier_invoices, read_suppliers, read_units
from core.read.payables.purchase_orders import read_purchase_orders
from core.read.payables.tolerances import read_tolerances


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
    if files is None or not invoices:
        return NOTHING_DONE

    def progress(done: int, of: int) -> None:
        console.progress(f"compared: {done:,} of {of:,} lines", last=done >= of)

    rows = compared_rows(invoices, files, progress)
    options.out.mkdir(parents=True, exist_ok=True)
    write_whole(options.out / "lines.csv", csv_text(COLUMNS, rows))
    return SOME_REFUSED if console.complaints else DONE


def _read(options: argparse.Namespace, console: Console) -> tuple[Files | None, Sequence[SupplierInvoice]]:
    """Every file; None where one was refused, because half of the receipts or units would make wrong verdicts look right."""
    partial = options.partial
    files = Files(policies=_policies(options.policy))
    files.orders, orders = read_purchase_orders(file_bytes(options.orders), str(options.orders), partial=partial)
    taken(orders, console)
    for notice in files.orders.notices[:LISTED]:
        console.tell(notice)
    invoices = taken(read_supplier_invoices(file_bytes(options.invoices), str(options.invoices), partial=partial), console)
    if options.receipts:
        files.receipts, receipts = read_receipts(file_bytes(options.receipts), str(options.receipts), partial=partial)
        taken(receipts, console)
    if options.suppliers:
        found = taken(read_suppliers(file_bytes(options.suppliers), str(options.suppliers), partial=partial), console)
        files.suppliers = {supplier.id: supplier for supplier in found}
    if options.uoms:
        files.units = Units(taken(read_units(file_bytes(options.uoms), str(options.uoms), partial=partial), console))
    refused = bool(console.complaints) and not partial
    if not invoices and not refused:
        console.complain(f"{options.invoices} holds no invoice line that could be taken.")
    return (None if refused else files), invoices


def _policies(path: Path | None) -> tuple[TolerancePolicy, ...]:
    return read_tolerances(file_bytes(path), str(path)) if path else ()
