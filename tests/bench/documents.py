"""How well supplier invoices are read from pages, field by field, on layouts known and unseen; and how fast.

"Asked" is a field that the reading leaves to a person, "wrong" one that it gives otherwise than it was printed. A document is
wrong when an amount is and nothing was asked.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from core.read.documents import read_document
from core.read.throw_away import SandboxedReader
from tests.bench.figures import Figure
from tests.browser import launch
from tests.unit.read.supplier_invoices import heldout, layouts, layouts_seen, layouts_seen_later
from tests.unit.read.supplier_invoices.bills import Bill, a_bill
from tests.unit.read.supplier_invoices.makers import cii, csv, grid, ubl, xlsx
from tests.unit.read.supplier_invoices.scoring import ASKED, RIGHT, WRONG, outcomes

SEEDS = range(100, 104)
SIZES = layouts_seen.sizes()
LEFT_OUT = {**layouts_seen.LEFT_OUT, **layouts_seen_later.LEFT_OUT, **heldout.LEFT_OUT}
Layouts = Mapping[str, tuple[Callable[[Bill], bytes], dict[str, object]]]
Scores = dict[str, Counter[str]]


def figures() -> list[Figure]:
    with _printer() as printed:
        seen = {**layouts.LAYOUTS, **layouts_seen.DIRECT, **layouts_seen_later.DIRECT}
        seen |= {name: (printed(make), about) for name, (make, about) in layouts_seen.BY_BROWSER.items()}
        seen |= {name: (printed(make), about) for name, (make, about) in layouts_seen_later.BY_BROWSER.items()}
        unseen = {**heldout.DIRECT, **{name: (printed(make), about) for name, (make, about) in heldout.BY_BROWSER.items()}}
        return [*_rows("known", seen), *_rows("unseen", unseen), *_speeds()]


@contextmanager
def _printer() -> Iterator[Callable[[Callable[[Bill], str]], Callable[[Bill], bytes]]]:
    """From a maker of HTML to a maker of PDFs, by one browser."""
    with launch() as browser:
        page = browser.new_page()

        def printed(make: Callable[[Bill], str]) -> Callable[[Bill], bytes]:
            def pdf(bill: Bill) -> bytes:
                page.set_content(make(bill))
                return page.pdf(format="A4", margin={"top": "15mm", "bottom": "15mm", "left": "12mm", "right": "12mm"})

            return pdf

        yield printed


def scores(chosen: Layouts) -> Scores:
    """Outcomes by field over all bills of some layouts."""
    found: Scores = {}
    for name, (make, about) in chosen.items():
        for seed in SEEDS:
            for lines in SIZES:
                bill = a_bill(seed * 31 + lines, lines=lines, charges=(seed + lines) % 2 == 0, **about)  # type: ignore[arg-type]
                reading = read_document("a.pdf", make(bill))
                for field, outcome in outcomes(reading, bill, left_out=LEFT_OUT.get(name, frozenset())):
                    found.setdefault(field, Counter())[outcome] += 1
    return found


def _rows(word: str, chosen: Layouts) -> list[Figure]:
    rows = []
    for field, counts in scores(chosen).items():
        whole = counts.total()
        measured = f"{counts[RIGHT] / whole:.1%} right, {counts[ASKED] / whole:.1%} asked, {counts[WRONG] / whole:.1%} wrong"
        rows.append(Figure(f"{word} layouts ({len(chosen)}): {field}", measured, f"{whole} of them"))
    return rows


def _speeds() -> list[Figure]:
    """Documents a second, each in a process of its own, one at a time."""
    bill = a_bill(7, "en", lines=12, tax="20", orders=1)
    french = a_bill(7, "fr", lines=12, tax="20", orders=1)
    kinds = {
        "one page of a PDF, 12 lines": ("a.pdf", layouts.scrambled_french(french), 30),
        "UBL, 12 lines": ("a.xml", ubl(bill), 100),
        "cross-industry XML, 12 lines": ("a.xml", cii(bill), 100),
        "XLSX, 12 lines": ("a.xlsx", xlsx(grid(bill, "us", typed=True)), 100),
        "CSV, 12 lines": ("a.csv", csv(grid(bill, "us", typed=False)), 100),
    }
    rows = []
    with SandboxedReader() as reader:
        for kind, (name, data, times) in kinds.items():
            reader.read(name, data)
            start = time.perf_counter()
            for _ in range(times):
                reader.read(name, data)
            took = time.perf_counter() - start
            rows.append(
                Figure(f"supplier invoices read per second: {kind}", f"{times / took:,.1f}", "1 a second is 86,400 a day")
            )
    return rows
