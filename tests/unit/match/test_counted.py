"""What a list of the ledger counts, from balances alone."""

import pytest

from core.domain.ids import InvoiceNumber, Key
from core.match.counted import OnItsWay, counted_by

ONE = InvoiceNumber("INV-1")


def waiting(*lowers: int, counted: bool = False) -> list[OnItsWay]:
    return [OnItsWay(Key(f"post:P-{place}:v1"), ONE, each, counted) for place, each in enumerate(lowers, 1)]


@pytest.mark.parametrize(
    ("before", "after", "lowers", "counted"),
    [
        (250, 150, (100,), {1}),
        (250, 250, (100,), set()),
        (250, 170, (100,), set()),
        (250, 110, (100, 40), {1, 2}),
        (250, 210, (100, 40), {2}),
        (250, 200, (50, 50), {1}),
        (100, 0, (60,), set()),
        (0, 100, (-100,), {1}),
        (150, 250, (100,), set()),
    ],
)
def test_a_balance_that_changed_by_exactly_some_postings_counts_them(
    before: int, after: int, lowers: tuple[int, ...], counted: set[int]
) -> None:
    found = counted_by({ONE: before}, {ONE: after} if after else {}, waiting(*lowers))
    assert {each.key for each in found.now} == {f"post:P-{place}:v1" for place in counted}
    assert found.no_longer == ()


def test_a_later_list_that_takes_it_back_counts_it_no_longer() -> None:
    found = counted_by({ONE: 150}, {ONE: 250}, waiting(100, counted=True))
    assert [each.key for each in found.no_longer] == ["post:P-1:v1"]


def test_a_document_that_we_did_not_know_says_nothing() -> None:
    assert counted_by({}, {ONE: 100}, waiting(100)).now == ()
