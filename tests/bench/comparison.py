"""How fast invoice lines are linked and compared, and how rightly on the public worlds where they lie beside us.

The large world is written in a stream, without chance: every supplier has orders of a few lines, invoices bill some of them and
name them in several spellings, some not at all; some rates and quantities are off.
"""

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final

from tests.bench import worlds
from tests.bench.figures import Figure, against
from tests.payables import SUPPLIER, a_book, an_invoice, an_invoice_line, an_order, an_order_line, compared

SEED: Final = 4711
TARGET_S: Final = 20.0
_LINES_A_ORDER: Final = 4
_ORDERS_A_SUPPLIER: Final = 50
_NOUNS: Final = "sheet bolt washer bearing hose valve film box roll belt panel breaker gland sensor cable pipe wire bar".split()
_MAKES: Final = "stainless galvanised black white yellow reinforced industrial standard grade large medium small".split()
_ORDER_HEAD: Final = (
    "po_number,supplier_id,order_date,currency,status,line,line_kind,match,item_code,supplier_item_code,description,quantity,uom,"
    "rate,amount,quantity_billed,amount_billed,coding\n"
)
_INVOICE_HEAD: Final = (
    "invoice_number,supplier_id,invoice_date,currency,po_numbers,line,line_kind,item_code,description,quantity,uom,rate,"
    "amount\n"
)


@dataclass(frozen=True)
class Scale:
    """How many lines on orders, and on invoices."""

    order_lines: int
    invoice_lines: int


SCALES: Final = (Scale(100_000, 10_000), Scale(1_000_000, 100_000))


def figures() -> list[Figure]:
    found = []
    took = []
    for scale in SCALES:
        with tempfile.TemporaryDirectory(prefix="tieout-compare-") as folder:
            write(scale, Path(folder))
            seconds, processor, memory = run(Path(folder))
        took.append(processor)
        what = f"{scale.invoice_lines:,} invoice lines against {scale.order_lines:,} order lines, files read to file written"
        target = (f"{TARGET_S:.0f} s", against(seconds, TARGET_S)) if scale is SCALES[-1] else ("", "")
        found.append(Figure(what, f"{seconds:.1f} s", *target))
        found.append(Figure("… processor seconds", f"{processor:.1f}"))
        found.append(Figure("… largest process", f"{memory:.0f} MiB"))
    found.append(Figure("ten times as many lines take", f"{took[1] / took[0]:.1f} times the processor", "10 would be linear"))
    return [*found, _one_invoice(), *_worlds()]


def run(folder: Path) -> tuple[float, float, float]:
    """Seconds of `tieout compare` on the clock and of all processors, and the memory of its largest process in MiB."""
    names = {"--orders": "po.csv", "--invoices": "invoices.csv", "--receipts": "receipts.csv"}
    words = [word for option, name in names.items() for word in (option, str(folder / name))]
    command = [sys.executable, "-c", "from core.cli import main; raise SystemExit(main())", "compare", *words]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begin = time.perf_counter()
    subprocess.run([*command, "--out", str(folder / "out")], cwd=worlds.ROOT, check=True)
    seconds = time.perf_counter() - begin
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return seconds, processor, after.ru_maxrss / 1024


def write(scale: Scale, folder: Path) -> None:
    """The three files."""
    with (folder / "po.csv").open("w") as out:
        out.write(_ORDER_HEAD)
        out.writelines(_orders(scale))
    with (folder / "invoices.csv").open("w") as bills, (folder / "receipts.csv").open("w") as receipts:
        bills.write(_INVOICE_HEAD)
        receipts.write("receipt_number,po_number,po_line,received_date,quantity,uom\n")
        for bill, receipt in _bills(scale):
            bills.write(bill)
            receipts.write(receipt)


def _item(number: int) -> tuple[str, str]:
    """Code and description of an item; neighbours share most words."""
    noun, make = _NOUNS[number % len(_NOUNS)], _MAKES[number // 3 % len(_MAKES)]
    return f"ITM-{number:06}", f"{noun} {make} M{number % 7 + 4} {number % 90 + 10}"


def _order_line(number: int) -> tuple[str, int, int, str, str, int, Decimal]:
    """Order, supplier, place on the order, code, description, quantity and rate of the n-th order line."""
    order, place = divmod(number, _LINES_A_ORDER)
    supplier = order // _ORDERS_A_SUPPLIER
    code, words = _item(supplier * 40 + number * 7 % 40)
    return f"PO-{order:07}", supplier, place + 1, code, words, number * 13 % 400 + 10, Decimal(number * 31 % 9000 + 25) / 100


def _orders(scale: Scale) -> Iterator[str]:
    for number in range(scale.order_lines):
        order, supplier, place, code, words, quantity, rate = _order_line(number)
        way = "three_way" if number % 3 else "two_way"
        theirs = f"X{number % 40}Q" if number % 2 else ""
        yield (
            f"{order},S{supplier:05},2026-01-05,USD,open,{place},item,{way},{code},{theirs},{words},{quantity},EA,"
            f"{rate},{rate * quantity},0,0,5000-100\n"
        )


def _bills(scale: Scale) -> Iterator[tuple[str, str]]:
    """Each billed order line with its receipt; whole orders are billed, spread over all suppliers."""
    step = scale.order_lines // scale.invoice_lines
    for bill in range(scale.invoice_lines // _LINES_A_ORDER):
        named = bill * step
        for place in range(_LINES_A_ORDER):
            number = named * _LINES_A_ORDER + place
            order, supplier, line, code, words, quantity, rate = _order_line(number)
            charged = rate * Decimal("1.07") if number % 11 == 0 else rate
            asked = quantity // 2 if number % 13 == 0 else quantity
            told = (order, order, f"Your order {order}", str(int(order[3:])), "verbal")[bill % 20 // 4]
            shown = code if bill % 2 else ""
            line_of_bill = f"R{bill:06},S{supplier:05},2026-03-02,USD,{told},{place + 1},,{shown},{words.upper()},{asked},EA,"
            amount = (charged * asked).quantize(Decimal("0.01"))
            yield f"{line_of_bill}{charged},{amount}\n", f"G{number},{order},{line},2026-02-01,{quantity},EA\n"


def _one_invoice() -> Figure:
    """One invoice of 500 lines against 40 orders of 20 lines, descriptions only."""
    book = a_book(
        *(
            an_order(
                *(
                    an_order_line(
                        str(n), str(10 + o + n), po=f"PO-{5000 + o}", description=f"{_item(o * 20 + n)[1]} {o}", item=""
                    )
                    for n in range(1, 21)
                )
            )
            for o in range(40)
        )
    )
    lines = [
        an_invoice_line(str(k + 1), str(10 + o + n), description=f"{_item(o * 20 + n)[1]} {o}".upper())
        for k, (o, n) in enumerate((k % 40, k // 40 + 1) for k in range(500))
    ]
    invoice = an_invoice(*lines, po=[order.number for order in book.orders])
    begin = time.process_time()
    found = compared(invoice, book)
    took = time.process_time() - begin
    right = sum(line.is_clear for line in found.lines)
    assert found.supplier_id == SUPPLIER
    return Figure(
        f"one invoice of 500 lines against 40 orders ({right} lines clean)",
        f"{took:.2f} processor seconds",
        "1 s",
        against(took, 1.0),
    )


def _worlds() -> list[Figure]:
    if not worlds.there():
        return [Figure("rightness of comparison", "not measured", f"the public worlds are not at {worlds.FOLDER}")]
    found = []
    for profile in worlds.COMPARE_PROFILES:
        with tempfile.TemporaryDirectory(prefix="tieout-world-") as folder:
            world = worlds.make_compare(profile, SEED, worlds.COMPARE_SMALL, Path(folder))
            worlds.compare(world)
            score = worlds.score_compare(world)
        found += [
            Figure(f"{profile}: right link and right verdicts", f"{score['verdict_accuracy']:.2%}", "baseline 44% and 24%"),
            Figure(f"{profile}: order lines linked that should be", f"{score['link_recall']:.2%}"),
            Figure(f"{profile}: called perfect and are not", f"{score['false_perfect']}", "0"),
            Figure(f"{profile}: called clean and are not, or are a tie", f"{score['false_clean']} of {score['lines']:,}"),
        ]
    return found
