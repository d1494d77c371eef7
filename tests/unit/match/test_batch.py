"""Many payments against one ledger."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from core.decide.automatic import Yes, may_apply
from core.domain.evidence import FindingKind, MatchOutcome, MoneySeen
from core.domain.receivables import CustomerInvoice
from core.domain.remittance import RemittanceAdvice
from core.match.batch import Ledger, Settled, run
from core.match.remittances import AdviceBook
from tests.unit.match.worlds import ALMA, DAY, POLICY, advice, document, index, seen


def yes(outcome: MatchOutcome) -> bool:
    return isinstance(may_apply(outcome, POLICY), Yes)


def settle(
    monies: Iterable[MoneySeen], documents: Sequence[CustomerInvoice], advices: Sequence[RemittanceAdvice] = ()
) -> dict[str, Settled]:
    ledger = Ledger(index(documents), AdviceBook(advices, POLICY), POLICY)
    return {each.outcome.money.id: each for each in run(monies, ledger, yes)}


def test_balances_fall_from_one_day_to_the_next() -> None:
    documents = [document("INV-100042", "1000.01"), document("INV-100043", "77.13")]
    first = seen("400.00", id="P1", text="INV-100042 1/2", name=ALMA.name)
    second = seen("600.01", id="P2", text="INV-100042 2/2", name=ALMA.name, day=DAY + timedelta(days=3))
    third = seen("600.01", id="P3", text="INV-100042", name=ALMA.name, day=DAY + timedelta(days=5))
    done = settle([third, second, first], documents)
    assert [done[name].applied for name in ("P1", "P2", "P3")] == [True, True, False]
    assert done["P3"].outcome.gap_kind.value == "duplicate"


def test_two_payments_of_one_day_for_one_document_are_a_question_whoever_came_first() -> None:
    documents = [document("INV-100042", "1000.01")]
    pair = [seen("1000.01", id=name, text="INV-100042", name=ALMA.name) for name in ("P1", "P2")]
    for order in (pair, pair[::-1]):
        done = settle(order, documents)
        assert not any(each.applied for each in done.values())
        assert {finding.kind for each in done.values() for finding in each.outcome.findings} == {FindingKind.POSSIBLE_TWIN}


def test_what_was_applied_on_a_day_settles_what_was_open_between_others() -> None:
    documents = [document("INV-100042", "1000.01"), document("INV-100043", "1000.01")]
    named = seen("1000.01", id="P1", text="INV-100042", name=ALMA.name)
    unnamed = seen("1000.01", id="P2", name=ALMA.name)
    done = settle([unnamed, named], documents)
    assert done["P1"].applied
    best = done["P2"].outcome.suggestions[0]
    assert [each.invoice_number for each in best.applications] == ["INV-100043"]


def test_an_advice_is_used_once() -> None:
    documents = [document("INV-100042", "500.00"), document("INV-100043", "500.00"), document("INV-100044", "81.13")]
    told = advice("R1", [("INV-100042", "500.00")], payer=ALMA.name)
    first = seen("500.00", id="P1", name=ALMA.name)
    second = seen("500.00", id="P2", name=ALMA.name, day=DAY + timedelta(days=1))
    done = settle([first, second], documents, [told])
    assert done["P1"].outcome.advices == ("R1",)
    assert done["P2"].outcome.advices == ()


def test_the_same_amount_again_without_a_word_is_not_applied_to_something_else() -> None:
    documents = [document("INV-100042", "812.55"), document("INV-100043", "500.05"), document("INV-100044", "312.50")]
    first = seen("812.55", id="P1", text="INV-100042", name=ALMA.name)
    again = seen("812.55", id="P2", name=ALMA.name, day=DAY + timedelta(days=4))
    done = settle([first, again], documents)
    assert done["P1"].applied
    assert not done["P2"].applied
