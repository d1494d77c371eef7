"""What people confirmed and rejected about payers changes who is meant, and is forgotten with the record that said it."""

from core.domain.evidence import MatchOutcome
from core.domain.ids import CustomerId
from core.domain.parties import Alias, AliasKind
from core.match.index import MatchIndex
from tests.unit.match.worlds import ALMA, BRISTOL, ask, automatic, document, index, seen

DOCUMENTS = [document("INV-1", "500.00", "C1"), document("INV-2", "500.00", "C2"), document("INV-3", "77.13", "C2")]
PAYER = "Ledgerline Payments"


def alias(customer: str, confirmed: int = 0, rejected: int = 0) -> Alias:
    return Alias(AliasKind.PAYER_NAME, PAYER, CustomerId(customer), confirmed, rejected)


def owners(outcome: MatchOutcome) -> list[str]:
    return [each.customer_id for each in outcome.suggestions]


def test_the_customer_that_people_confirmed_more_often_stands_first_and_still_has_a_rival() -> None:
    ledger = index(DOCUMENTS, aliases=[alias("C1", 9), alias("C2", 3, 2)])
    outcome = ask(seen("500.00", name=PAYER), ledger)
    assert owners(outcome) == ["C1", "C2"]
    assert outcome.suggestions[0].confidence > outcome.suggestions[1].confidence
    assert not automatic(outcome)


def test_a_payer_for_several_is_less_sure_than_a_payer_for_one() -> None:
    alone = ask(seen("77.13", name=PAYER), index(DOCUMENTS, aliases=[alias("C2", 5)]))
    shared = ask(seen("77.13", name=PAYER), index(DOCUMENTS, aliases=[alias("C2", 5), alias("C1", 5)]))
    assert owners(alone) == owners(shared) == ["C2"]
    assert shared.suggestions[0].confidence < alone.suggestions[0].confidence


def test_a_rejection_is_taken_back_by_confirmations_and_a_name_of_the_ledger_comes_back() -> None:
    ledger = index(DOCUMENTS)
    money = seen("12.34", name=BRISTOL.name)
    before = ask(money, ledger)
    ledger.learn(Alias(AliasKind.PAYER_NAME, BRISTOL.name.upper(), BRISTOL.id, rejected=1))
    assert ask(money, ledger).payer.customer_id is None
    ledger.learn(Alias(AliasKind.PAYER_NAME, BRISTOL.name.upper(), BRISTOL.id, confirmed=2, rejected=1))
    assert ask(money, ledger).payer.customer_id == BRISTOL.id
    ledger.unlearn(AliasKind.PAYER_NAME, BRISTOL.name.upper(), BRISTOL.id)
    assert ask(money, ledger) == before


def test_the_order_of_learning_makes_no_difference() -> None:
    learned = [alias("C1", 2), alias("C2", 1, 1), Alias(AliasKind.PAYER_ACCOUNT, "DE99", ALMA.id, 4)]
    money = seen("500.00", name=PAYER, account="DE 99")
    answers = set()
    for order in (learned, learned[::-1]):
        ledger = MatchIndex((ALMA, BRISTOL), DOCUMENTS)
        for each in order:
            ledger.learn(each)
        answers.add(str(ask(money, ledger)))
    assert answers == {str(ask(money, index(DOCUMENTS, (ALMA, BRISTOL), aliases=learned)))}
