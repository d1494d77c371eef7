"""`tieout apply` on a large ledger, files read to file written, and how it grows.

`python -m tests.bench large_files`: 1,000,000 open documents of 100,000 customers and 100,000 payments, written in a stream by
`large_ledger`'s makers of documents, once with one process and once with two, and a tenth of all that for the growth.
"""

import csv
import hashlib
import resource
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Final

from core.domain.evidence import MoneySeen
from core.domain.receivables import CustomerInvoice
from tests.bench.figures import Figure, against
from tests.bench.large_ledger import Size, customers, documents, payments

ROOT: Final = Path(__file__).parents[2]
_DAYS: Final = 20
_AIM_S: Final = 15.0
_AIM_MIB: Final = 1500.0
_INVOICE_TITLES: Final = ("invoice_number", "customer_id", "issue_date", "due_date", "currency", "amount", "open_amount")
_BANK_TITLES: Final = (
    "payment_id", "value_date", "amount", "currency", "direction", "payer_name", "payer_account", "reference", "text"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ran:
    """One run: seconds on the clock, processor seconds of all processes, the most memory of one, and what was written."""

    wall_s: float
    processor_s: float
    mebibytes: float
    written: str


def write(size: Size, monies: int, folder: Path) -> None:
    """The files of a ledger and of so many payments; the documents go to the file as they are made."""
    draw = Random(8)  # noqa: S311  Made-up data.
    known = customers(size, draw)
    rows = ((each.id, each.name, ";".join(each.bank_accounts)) for each in known)
    _write(folder / "customers.csv", ("customer_id", "name", "bank_accounts"), rows)
    every = max(1, size.documents // (2 * monies))
    sample: list[CustomerInvoice] = []
    _write(folder / "invoices.csv", _INVOICE_TITLES, _invoice_rows(size, every, sample))
    money_rows = (_bank_row(place, each) for place, each in enumerate(payments(known, sample, draw, monies)))
    _write(folder / "bank.csv", _BANK_TITLES, money_rows)


def _invoice_rows(size: Size, every: int, sample: list[CustomerInvoice]) -> Iterator[Sequence[str]]:
    for place, each in enumerate(documents(size, Random(9))):  # noqa: S311  Made-up data.
        if place % every == 0:
            sample.append(each)
        due = each.due_date.isoformat() if each.due_date else ""
        amount = each.amount.text()
        yield each.number, each.customer_id, each.issue_date.isoformat(), due, each.amount.currency.code, amount, amount


def _bank_row(place: int, money: MoneySeen) -> Sequence[str]:
    day = money.value_date.replace(day=1 + place % _DAYS).isoformat()
    amount, unit = money.amount.text(), money.amount.currency.code
    return money.id, day, amount, unit, "credit", money.payer_name, money.payer_account, money.reference, money.text


def _write(path: Path, titles: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(titles)
        writer.writerows(rows)


def apply(folder: Path, workers: int) -> Ran:
    """Run the command on the files of a folder."""
    words = ["--customers", "customers.csv", "--invoices", "invoices.csv", "--bank", "bank.csv", "--out", f"out{workers}"]
    words = [word if word.startswith("--") else str(folder / word) for word in words]
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-c", "from core.cli import main; raise SystemExit(main())", "apply", *words]
    subprocess.run([*command, "--workers", str(workers)], cwd=ROOT, check=True)
    wall = time.perf_counter() - begin
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    written = hashlib.sha256((folder / f"out{workers}" / "applications.csv").read_bytes()).hexdigest()
    return Ran(wall, spent, after.ru_maxrss / 1024, written)


def figures() -> list[Figure]:
    """A tenth, then the whole with one and with two processes."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        small, whole = folder / "tenth", folder / "whole"
        for place, size, monies in ((small, Size(10_000, 100_000), 10_000), (whole, Size(), 100_000)):
            place.mkdir()
            write(size, monies, place)
        tenth, one, two = apply(small, 1), apply(whole, 1), apply(whole, 2)
    growth = one.processor_s / tenth.processor_s
    same = "yes" if one.written == two.written else "no"
    return [
        Figure("a tenth: 100,000 documents, 10,000 payments, processor seconds", f"{tenth.processor_s:.1f}"),
        Figure("1,000,000 documents, 100,000 payments, one process, processor seconds", f"{one.processor_s:.1f}"),
        Figure("growth from the tenth, times", f"{growth:.1f}", "10", against(growth, 10)),
        Figure("two processes, processor seconds", f"{two.processor_s:.1f}"),
        Figure("one process, seconds on the clock", f"{one.wall_s:.1f}"),
        Figure("two processes, seconds on the clock", f"{two.wall_s:.1f}", f"{_AIM_S:.0f}", against(two.wall_s, _AIM_S)),
        Figure("the most memory of one process, MiB", f"{two.mebibytes:,.0f}", "1,500", against(two.mebibytes, _AIM_MIB)),
        Figure("one and two processes write the same", same),
    ]
