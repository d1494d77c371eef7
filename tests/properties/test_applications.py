"""What holds for every application the matcher proposes, whatever the ledger and the money."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import combinations, product

from hypothesis import given, settings
from hypothesis import strategies as st

from core.decide.automatic import Yes, may_apply
from core.domain.evidence import MatchOutcome, MoneySeen
from core.domain.ids import PaymentId
from core.domain.money import Money
from core.domain.receivables import CustomerInvoice
from core.match import subsets
from core.match.batch import Ledger, run
from core.match.remittances import AdviceBook
from tests.unit.match.worlds import ALMA, BRISTOL, CORDOBA, DAY, POLICY, ask, document, index, seen

amounts = st.one_of(st.integers(1, 900_000), st.sampled_from([10_000, 25_000, 50_000, 100_000, 41_255]))
owners = st.sampled_from(["C1", "C2"])


def text(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02d}"


@st.composite
def ledgers(draw: st.DrawFn) -> list[CustomerInvoice]:
    sizes = draw(st.lists(st.tuples(amounts, owners, st.booleans(), st.integers(0, 40)), min_size=1, max_size=12))
    return [
        document(
            f"INV-{number:06d}",
            text(minor),
            owner,
            due=DAY - timedelta(days=age),
            credit=credit and minor < 50_000 and number > 1,
        )
        for number, (minor, owner, credit, age) in enumerate(sizes, 1)
    ]


@st.composite
def payments(draw: st.DrawFn, documents: Sequence[CustomerInvoice], name: str = "P1") -> MoneySeen:
    chosen = draw(st.lists(st.sampled_from(documents), min_size=1, max_size=4, unique_by=lambda each: each.number))
    asked = sum(each.sign * each.open_amount.minor for each in chosen)
    amount = max(1, asked + draw(st.sampled_from([0, 0, 0, -2, -1_500, 10_000, -7_777])))
    words = (
        " ".join(each.number for each in chosen)
        if draw(st.booleans())
        else draw(st.sampled_from(["", "PAYMENT", "PMT RUN 24875"]))
    )
    payer = draw(st.sampled_from([ALMA.name, BRISTOL.name, ALMA.name.upper()[:16], "", "Nobody Known Inc"]))
    return seen(text(amount), id=name, text=words, name=payer, day=DAY + timedelta(days=draw(st.integers(0, 3))))


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[CustomerInvoice], MoneySeen]:
    documents = draw(ledgers())
    return documents, draw(payments(documents))


def yes(outcome: MatchOutcome) -> bool:
    return isinstance(may_apply(outcome, POLICY), Yes)


def what(outcome: MatchOutcome) -> tuple[object, ...]:
    """An outcome without its floats' last digits."""
    found = [
        (
            each.rank,
            each.gap_kind,
            round(each.confidence, 6),
            sorted((part.invoice_number, part.applied.minor, part.discount.minor) for part in each.applications),
        )
        for each in outcome.suggestions
    ]
    return (outcome.payer.customer_id, found, outcome.gap_kind, yes(outcome))


@given(cases())
def test_nothing_is_applied_beyond_the_money_or_an_open_balance(case: tuple[list[CustomerInvoice], MoneySeen]) -> None:
    documents, money = case
    by_number = {each.number: each for each in documents}
    for suggestion in ask(money, index(documents)).suggestions:
        assert sum(part.applied.minor for part in suggestion.applications) <= money.amount.minor
        assert len({part.invoice_number for part in suggestion.applications}) == len(suggestion.applications)
        for part in suggestion.applications:
            owed = by_number[part.invoice_number]
            assert part.applied.minor * owed.sign > 0
            assert abs(part.applied.minor) + part.discount.minor <= owed.open_amount.minor


@given(cases())
def test_the_gap_is_what_money_and_documents_differ_by(case: tuple[list[CustomerInvoice], MoneySeen]) -> None:
    documents, money = case
    by_number = {each.number: each for each in documents}
    for suggestion in ask(money, index(documents)).suggestions:
        owed = [by_number[part.invoice_number] for part in suggestion.applications]
        assert suggestion.gap.minor == money.amount.minor - sum(each.sign * each.open_amount.minor for each in owed)


@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_documents_and_customers_never_matters(case: tuple[list[CustomerInvoice], MoneySeen], rng: object) -> None:
    documents, money = case
    shuffled = list(documents)
    rng.shuffle(shuffled)  # type: ignore[attr-defined]
    assert what(ask(money, index(documents))) == what(ask(money, index(shuffled, (CORDOBA, BRISTOL, ALMA))))


@settings(max_examples=20)
@given(st.permutations(range(10)))
def test_which_of_many_equal_sets_are_shown_does_not_depend_on_the_order_of_the_ledger(order: list[int]) -> None:
    """More sets fit than are shown: the same ones are, and they weigh the same."""
    documents = [document(f"INV-{k:06d}", "100.00", due=DAY - timedelta(days=k % 4)) for k in range(10)]
    money = seen("300.00", name=ALMA.name)
    assert what(ask(money, index([documents[k] for k in order]))) == what(ask(money, index(documents)))


@given(cases())
def test_a_tie_is_never_applied(case: tuple[list[CustomerInvoice], MoneySeen]) -> None:
    documents, money = case
    outcome = ask(money, index(documents))
    if yes(outcome):
        best = outcome.suggestions[0]
        assert all(other.rank > best.rank for other in outcome.suggestions[1:])
        assert best.confidence >= POLICY.automatic_bar


@given(st.integers(1, 900_000), st.lists(amounts, max_size=6))
def test_a_document_of_somebody_else_never_removes_a_unique_named_match(minor: int, others: list[int]) -> None:
    mine = document("INV-500001", text(minor), "C1")
    money = seen(text(minor), text="INV-500001", name=ALMA.name)
    assert yes(ask(money, index([mine])))
    strangers = [document(f"BF{900_000 + k}", text(amount), "C2") for k, amount in enumerate(others)]
    with_others = ask(money, index([mine, *strangers]))
    assert yes(with_others)
    assert [part.invoice_number for part in with_others.suggestions[0].applications] == ["INV-500001"]


@given(ledgers(), st.integers(2, 9))
def test_the_same_ledger_in_another_size_of_coin_gives_the_same_documents(
    documents: list[CustomerInvoice], factor: int
) -> None:
    """Named exact payments do not depend on how large the amounts are."""
    mine = [each for each in documents if each.customer_id == "C1" and each.sign > 0]
    if not mine:
        return
    chosen = mine[:3]
    total = sum(each.open_amount.minor for each in chosen)
    words = " ".join(each.number for each in chosen)
    larger = [
        document(
            each.number, text(each.amount.minor * factor), each.customer_id, due=each.due_date or DAY, credit=each.sign < 0
        )
        for each in documents
    ]
    small = ask(seen(text(total), text=words, name=ALMA.name), index(documents)).suggestions[0]
    large = ask(seen(text(total * factor), text=words, name=ALMA.name), index(larger)).suggestions[0]
    assert {part.invoice_number: part.applied.minor * factor for part in small.applications} == {
        part.invoice_number: part.applied.minor for part in large.applications
    }


@st.composite
def batches(draw: st.DrawFn) -> tuple[list[CustomerInvoice], list[MoneySeen]]:
    documents = draw(ledgers())
    count = draw(st.integers(1, 5))
    return documents, [draw(payments(documents, f"P{number}")) for number in range(count)]


@given(batches(), st.randoms(use_true_random=False))
def test_a_batch_conserves_money_and_does_not_depend_on_its_order_or_on_names_of_payments(
    batch: tuple[list[CustomerInvoice], list[MoneySeen]], rng: object
) -> None:
    documents, monies = batch
    firms = (ALMA, BRISTOL, CORDOBA)

    def settle(order: Sequence[MoneySeen]) -> dict[str, tuple[object, ...]]:
        ledger = Ledger(index(documents, firms), AdviceBook((), POLICY), POLICY)
        done = {each.outcome.money.id: each for each in run(order, ledger, yes)}
        taken: dict[str, int] = {}
        for each in done.values():
            if each.applied:
                for part in each.outcome.suggestions[0].applications:
                    taken[part.invoice_number] = taken.get(part.invoice_number, 0) + part.applied.minor + part.discount.minor
        for owed in documents:
            assert 0 <= taken.get(owed.number, 0) * owed.sign <= owed.open_amount.minor
        return {name: (each.applied, *what(each.outcome)) for name, each in done.items()}

    shuffled = list(monies)
    rng.shuffle(shuffled)  # type: ignore[attr-defined]
    first = settle(monies)
    assert first == settle(shuffled)
    renamed = settle([replace(each, id=PaymentId(f"P{9 - int(each.id[1:])}")) for each in monies])
    assert first == {f"P{9 - int(name[1:])}": found for name, found in renamed.items()}


small = st.lists(st.lists(st.integers(-40, 120).filter(bool), min_size=1, max_size=2), min_size=1, max_size=9)


@given(small, st.integers(1, 200), st.integers(1, 9))
def test_the_search_for_sets_agrees_with_trying_everything(values: list[list[int]], target: int, largest: int) -> None:
    counts: dict[int, int] = {}
    for size in range(1, min(largest, len(values)) + 1):
        for places in combinations(range(len(values)), size):
            fitting = sum(sum(chosen) == target for chosen in product(*(values[at] for at in places)))
            if fitting:
                counts[size] = counts.get(size, 0) + fitting
    fits = subsets.search(values, target, largest)
    assert fits.counts == counts
    for chosen in fits.sets:
        assert sum(values[at][k] for at, k in chosen) == target


@given(st.lists(st.integers(1, 30), min_size=26, max_size=60), st.integers(2, 60))
def test_the_search_for_few_of_many_agrees_with_trying_everything(values: list[int], target: int) -> None:
    fits = subsets.search([[value] for value in values], target, 12)
    for size in range(1, fits.tried_up_to + 1):
        assert fits.counts.get(size, 0) == sum(sum(chosen) == target for chosen in combinations(values, size))


@given(amounts, amounts)
def test_applied_and_unapplied_are_the_payment(minor: int, extra: int) -> None:
    outcome = ask(seen(text(minor + extra), text="INV-500001", name=ALMA.name), index([document("INV-500001", text(minor))]))
    for suggestion in outcome.suggestions:
        taken = sum((part.applied for part in suggestion.applications), start=Money.zero(outcome.money.amount.currency))
        assert (outcome.money.amount - taken).minor == extra


many = st.lists(st.integers(-9, 40).filter(bool), min_size=24, max_size=30)


@settings(max_examples=25)
@given(many, st.integers(1, 90))
def test_among_many_documents_every_single_pair_and_triple_is_counted(values: list[int], target: int) -> None:
    """Too many to try every set: those up to three are still counted one by one, and it is said how far."""
    fits = subsets.search([[value] for value in values], target, 12)
    assert fits.tried_up_to == 3
    counts = {size: sum(sum(chosen) == target for chosen in combinations(values, size)) for size in (1, 2, 3)}
    assert fits.counts == {size: count for size, count in counts.items() if count}
