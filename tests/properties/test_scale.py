"""All amounts times the same: which documents are meant, with how much money and discount, does not depend on the unit of size.

It holds for what is exact: one document, sets, statements, discounts and taxes in percent, deductions that are written down. It
does not hold for a bank's charge and for rounding, whose sizes are those of a currency, and cannot hold for how sure an answer
is: a long or round amount is met by accident less or more often, and money that differs for no reason is weighed by its size.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.evidence import GapKind, MatchOutcome, Method, MoneySeen
from core.domain.money import Money
from core.domain.receivables import CustomerInvoice
from tests.properties.test_applications import text
from tests.unit.match.worlds import ALMA, DAY, ask, document, index, seen

Case = tuple[list[CustomerInvoice], MoneySeen]
Build = Callable[[list[CustomerInvoice], list[CustomerInvoice], int], MoneySeen]

_TAX: Final = 20


def _open(documents: list[CustomerInvoice]) -> int:
    return sum(each.open_amount.minor for each in documents)


def _names(documents: list[CustomerInvoice]) -> str:
    return " ".join(each.number for each in documents)


def _exact(_all: list[CustomerInvoice], chosen: list[CustomerInvoice], _times: int) -> MoneySeen:
    return seen(text(_open(chosen)), text="PAYMENT", name=ALMA.name)


def _statement(everything: list[CustomerInvoice], _chosen: list[CustomerInvoice], _times: int) -> MoneySeen:
    return seen(text(_open(everything)), text="STATEMENT", name=ALMA.name)


def _discount(_all: list[CustomerInvoice], chosen: list[CustomerInvoice], _times: int) -> MoneySeen:
    granted = sum(each.discount_amount.minor for each in chosen if each.discount_amount)
    return seen(text(_open(chosen) - granted), text=_names(chosen), name=ALMA.name)


def _deduction(_all: list[CustomerInvoice], chosen: list[CustomerInvoice], times: int) -> MoneySeen:
    less = 1234 * times
    return seen(text(_open(chosen) - less), text=f"{_names(chosen)} LESS {text(less)} {chosen[0].number}", name=ALMA.name)


def _tax(_all: list[CustomerInvoice], chosen: list[CustomerInvoice], _times: int) -> MoneySeen:
    held = sum(each.open_amount.minor * _TAX // 100 for each in chosen)
    return seen(text(_open(chosen) - held), text=f"{_names(chosen)} LESS WHT", name=ALMA.name)


FAMILIES: Final[dict[str, Build]] = {
    "one document or a set": _exact,
    "statement": _statement,
    "discount": _discount,
    "deduction": _deduction,
    "tax": _tax,
}


@st.composite
def ledgers(draw: st.DrawFn) -> tuple[list[CustomerInvoice], list[CustomerInvoice]]:
    """Documents whose percentages are whole minor units, and some of them."""
    sizes = draw(st.lists(st.integers(40, 9_000), min_size=2, max_size=8))
    documents = [
        document(
            f"INV-{5000 + 17 * place}",
            text(100 * size),
            due=DAY - timedelta(days=draw(st.integers(0, 30))),
            discount=text(2 * size),
            until=DAY + timedelta(days=3),
        )
        for place, size in enumerate(sizes)
    ]
    return documents, draw(st.lists(st.sampled_from(documents), min_size=1, max_size=3, unique_by=lambda each: each.number))


def _grown(documents: list[CustomerInvoice], times: int) -> list[CustomerInvoice]:
    def larger(amount: Money) -> Money:
        return Money(amount.minor * times, amount.currency)

    return [
        replace(
            each,
            amount=larger(each.amount),
            open_amount=larger(each.open_amount),
            discount_amount=larger(each.discount_amount) if each.discount_amount else None,
        )
        for each in documents
    ]


def _answers(outcome: MatchOutcome, times: int) -> list[tuple[Method, GapKind, list[tuple[str, int, int]]]]:
    """The likeliest answers (several where they tie): how found, kind of difference, documents with money and discounts."""
    return sorted(
        (
            each.method,
            each.gap_kind,
            sorted(
                (part.invoice_number, part.applied.minor // times, part.discount.minor // times) for part in each.applications
            ),
        )
        for each in outcome.suggestions
        if each.rank == 1
    )


@pytest.mark.parametrize("family", FAMILIES)
@given(ledgers(), st.sampled_from([3, 7, 10, 1000]))
def test_the_choice_of_documents_and_money_does_not_depend_on_the_unit_of_size(
    family: str, ledger: tuple[list[CustomerInvoice], list[CustomerInvoice]], times: int
) -> None:
    documents, chosen = ledger
    larger = _grown(documents, times)
    small = ask(FAMILIES[family](documents, chosen, 1), index(documents))
    large = ask(FAMILIES[family](larger, _grown(chosen, times), times), index(larger))
    assert _answers(large, times) == _answers(small, 1)
    assert bool(small.suggestions)
