"""Pages whose layout the code knows, and pages whose layout it does not: the same bills, read back field by field."""

from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from core.read.documents import read_document
from tests.browser import launch
from tests.unit.read.supplier_invoices import heldout, layouts, layouts_seen, layouts_seen_later
from tests.unit.read.supplier_invoices.bills import a_bill
from tests.unit.read.supplier_invoices.scoring import ASKED, RIGHT, WRONG, outcomes

SEEN = {**layouts.LAYOUTS, **layouts_seen.DIRECT, **layouts_seen_later.DIRECT}
SEEN_BY_BROWSER = {**layouts_seen.BY_BROWSER, **layouts_seen_later.BY_BROWSER}
LEFT_OUT = {**layouts_seen.LEFT_OUT, **layouts_seen_later.LEFT_OUT, **heldout.LEFT_OUT}
ASKED_AS_A_WHOLE = {"german_two_rows", "german_web"}
"""Items on two rows of figures, and cells that wrap round their own middle: not read, and said so."""


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with launch() as browser:
        yield browser.new_page()


def read_back(name: str, make: Callable[..., bytes], about: dict[str, object], *, lines: int, seed: int) -> dict[str, str]:
    """The worst outcome of each field."""
    bill = a_bill(seed, lines=lines, charges=bool(lines % 2), **about)  # type: ignore[arg-type]
    reading = read_document("scan.pdf", make(bill))
    worst: dict[str, str] = {}
    for field, outcome in outcomes(reading, bill, left_out=LEFT_OUT.get(name, frozenset())):
        worst[field] = max(worst.get(field, RIGHT), outcome, key=[RIGHT, ASKED, WRONG].index)
    return worst


@pytest.mark.parametrize(("lines", "seed"), [(1, 40), (7, 41)])
@pytest.mark.parametrize("name", sorted(set(SEEN) - ASKED_AS_A_WHOLE))
def test_a_layout_is_read_back_as_it_was_made(name: str, lines: int, seed: int) -> None:
    make, about = SEEN[name]
    assert set(read_back(name, make, about, lines=lines, seed=seed).values()) == {RIGHT}


@pytest.mark.parametrize("name", ["letter_us", "platypus_german", "scrambled_french", "mainframe", "british_boxes"])
def test_a_table_that_goes_over_pages_is_one_table(name: str) -> None:
    make, about = SEEN[name]
    assert set(read_back(name, make, about, lines=60, seed=43).values()) == {RIGHT}


@pytest.mark.browser
def test_what_a_browser_prints_is_read_back(page: Page) -> None:
    for name in sorted(set(SEEN_BY_BROWSER) - ASKED_AS_A_WHOLE):
        make, about = SEEN_BY_BROWSER[name]
        worst = read_back(name, lambda bill, make=make: printed(page, make(bill)), about, lines=5, seed=42)
        assert set(worst.values()) == {RIGHT}, name


def printed(page: Page, html: str) -> bytes:
    page.set_content(html)
    return page.pdf(format="A4", margin={"top": "15mm", "bottom": "15mm", "left": "12mm", "right": "12mm"})


@pytest.mark.parametrize("name", sorted(ASKED_AS_A_WHOLE & set(SEEN)))
def test_a_layout_that_is_not_understood_is_asked_about_and_never_complete(name: str) -> None:
    make, about = SEEN[name]
    assert read_back(name, make, about, lines=4, seed=44)["document"] == ASKED


def test_unseen_layouts_are_never_silently_wrong_and_mostly_right() -> None:
    counts: dict[str, Counter[str]] = {}
    for name, (make, about) in heldout.DIRECT.items():
        for lines, seed in ((2, 50), (9, 51)):
            for field, outcome in read_back(name, make, about, lines=lines, seed=seed).items():
                counts.setdefault(field, Counter())[outcome] += 1
    assert counts["document"][WRONG] == 0
    assert counts["total"][WRONG] == counts["line amount"][WRONG] == 0
    whole = sum(counts[field].total() for field in counts)
    assert sum(counts[field][RIGHT] for field in counts) > 0.9 * whole


def test_the_order_of_the_text_in_the_file_means_nothing() -> None:
    bill = a_bill(9, "fr", lines=12, tax="20")
    one, other = (read_document("a.pdf", layouts.scrambled_french(bill, shuffle)) for shuffle in (1, 2))
    assert one == other
    assert one.supplier_invoices[0].complete
