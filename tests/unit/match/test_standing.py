"""Who is named as the payer when nothing can be applied: only who stands out."""

from dataclasses import replace

import pytest

from core.domain.evidence import SettledBefore
from core.domain.ids import CustomerId, InvoiceNumber
from core.domain.parties import Alias, AliasKind, Customer
from core.domain.receivables import CustomerInvoice
from tests.unit.match.worlds import ALMA, BRISTOL, DAY, ask, automatic, customer, document, index, seen

BRAND = [SettledBefore(CustomerId("C2"), DAY, "Aximont")]


def test_a_trade_name_is_not_enough_when_none_of_few_documents_fits() -> None:
    ledger = index([document("INV-1", "800.00", "C2"), document("INV-2", "77.10", "C2")], history=BRAND)
    outcome = ask(seen("140.43", name="Aximont"), ledger)
    assert outcome.payer.customer_id is None
    assert outcome.payer.candidates == ("C2",)
    assert outcome.payer.confidence < 0.9


@pytest.mark.parametrize("name", ["Bristol Foods Ltd", "BRISTOL FOODS LTD."])
def test_its_own_name_to_the_last_word_is_enough(name: str) -> None:
    outcome = ask(seen("140.43", name=name), index([document("INV-1", "800.00", "C2")]))
    assert outcome.payer.customer_id == "C2"


MANY = [document(f"INV-{100 + k}", f"{90 + 3 * k}.{k:02}", "C2") for k in range(60)]


@pytest.mark.parametrize(("documents", "named"), [(MANY[:3], None), (MANY, "C2")])
def test_many_documents_explain_why_no_set_was_found(documents: list[CustomerInvoice], named: str | None) -> None:
    outcome = ask(seen("9140.43", name="BRISTOL FOODS"), index(documents))
    assert outcome.suggestions == ()
    assert outcome.payer.candidates == ("C2",)
    assert outcome.payer.customer_id == named


@pytest.mark.parametrize(("more", "named"), [({}, None), ({"account": "GB33BUKB20201555555555"}, "C2")])
def test_many_documents_do_not_make_a_trade_name_its_customers_own(more: dict[str, str], named: str | None) -> None:
    """What somebody else paid under once is a service company as often: without an account of the customer nobody is named."""
    outcome = ask(seen("9140.43", name="Aximont", **more), index(MANY, history=BRAND))
    assert outcome.suggestions == ()
    assert outcome.payer.candidates == ("C2",)
    assert outcome.payer.customer_id == named


def test_a_number_of_somebody_else_contradicts_a_trade_name() -> None:
    """The name says C2, the number of a settled invoice says C1: nobody stands out."""
    paid = [SettledBefore(CustomerId("C1"), DAY, invoice_numbers=("INV-0044444",)), *BRAND]  # type: ignore[arg-type]
    ledger = index([document("INV-1", "800.00", "C2")], (ALMA, BRISTOL), history=paid)
    outcome = ask(seen("140.43", name="Aximont", text="INV-0044444"), ledger)
    assert outcome.payer.customer_id is None


def test_the_amount_alone_is_never_enough_to_apply() -> None:
    others = [customer(f"C{k}", f"Firm {k} Ltd") for k in range(10, 60)]
    documents = [document(f"INV-{k}", f"{1000 + k}.{k:02}", f"C{k}") for k in range(10, 60)]
    outcome = ask(seen("1020.20"), index(documents, others))
    assert [each.customer_id for each in outcome.suggestions] == ["C20"]
    assert not automatic(outcome)


def test_a_trade_name_that_people_confirmed_is_known_next_time() -> None:
    learned = [Alias(AliasKind.PAYER_NAME, "Aximont", CustomerId("C2"), confirmed=1)]
    documents = [document("INV-1", "800.00", "C2"), document("INV-2", "77.10", "C2")]
    assert ask(seen("140.43", name="AXIMONT"), index(documents, aliases=learned)).payer.customer_id == "C2"


TWINS = [customer(f"T{k}", f"Twin {k // 2} Ltd") for k in range(60)]


@pytest.mark.parametrize("more", [{}, {"account": "GB33BUKB20201555555555"}])
def test_where_firms_share_names_a_name_needs_more_than_itself(more: dict[str, str]) -> None:
    """Half of these names are borne twice: then a stranger of one name is likelier than a payment that nothing explains."""
    documents = [document("INV-1", "800.00", "C2"), document("INV-2", "12.00", "C2")]
    alone = ask(seen("140.43", name=BRISTOL.name), index(documents))
    among = ask(seen("140.43", name=BRISTOL.name), index(documents, (ALMA, BRISTOL, *TWINS)))
    assert alone.payer.customer_id == "C2"
    assert among.payer.customer_id is None
    assert among.payer.candidates == ("C2",)
    assert ask(seen("5000.01", name=BRISTOL.name, **more), index(MANY, (ALMA, BRISTOL, *TWINS))).payer.customer_id == "C2"


def test_names_that_are_forgotten_are_no_longer_shared() -> None:
    ledger = index([], (ALMA, customer("C8", ALMA.name), BRISTOL))
    assert ledger.shared_names == 0.5
    ledger.put_customer(customer("C8", "Quite Another Name Ltd"))
    assert ledger.shared_names == 0.0


def test_on_account_a_trade_name_of_the_past_names_nobody_and_the_own_name_does() -> None:
    ledger = index([document("INV-1", "800.00", "C2")], history=BRAND)
    for name, named in (("Aximont", None), (BRISTOL.name, "C2"), ("BRISTOL FOODS LTD HOUSTON TX", "C2"), ("BRISTOL FO", "C2")):
        assert ask(seen("140.43", text="PREPAYMENT ORDER 54489", name=name), ledger).payer.customer_id == named, name


def test_money_on_account_in_a_currency_that_the_customer_never_had_names_nobody() -> None:
    bristol = replace(BRISTOL, currency="GBP")
    ledger = index([document("INV-1", "800.00", "C2", unit="GBP")], (ALMA, bristol))
    for unit, named in (("USD", None), ("GBP", "C2")):
        assert ask(seen("140.43", text="PREPAYMENT", name=bristol.name, unit=unit), ledger).payer.customer_id == named


DAUGHTER = customer("C3", "Quite Another Firm Ltd", parent="C2")


@pytest.mark.parametrize("words", ["PREPAYMENT ORDER 54489", ""])
@pytest.mark.parametrize("more", [{}, {"account": "GB33BUKB20201555555555"}])
def test_the_head_of_a_group_may_pay_for_a_daughter_that_we_do_not_know(words: str, more: dict[str, str]) -> None:
    """Its own name and account say who sent the money, and not whose debt it is for."""
    money = seen("9140.43", text=words, name=BRISTOL.name, **more)
    assert ask(money, index(MANY)).payer.customer_id == "C2"
    among = ask(money, index(MANY, (ALMA, BRISTOL, DAUGHTER)))
    assert among.payer.customer_id is None
    assert among.payer.candidates[0] == "C2"
    learned = [Alias(AliasKind.PAYER_NAME, BRISTOL.name, CustomerId("C2"), confirmed=1)]
    confirmed = ask(money, index(MANY, (ALMA, BRISTOL, DAUGHTER), aliases=learned)).payer
    assert confirmed.confidence > among.payer.confidence


def test_a_daughter_and_what_the_head_of_a_group_names_are_told_apart() -> None:
    documents = [*MANY, document("INV-7", "640.00", "C3")]
    ledger = index(documents, (ALMA, BRISTOL, DAUGHTER))
    assert ask(seen("77.43", text="PREPAYMENT", name=DAUGHTER.name), ledger).payer.customer_id == "C3"
    assert ask(seen("90.00", text="INV-100", name=BRISTOL.name), ledger).payer.customer_id == "C2"
    assert ask(seen("640.00", text="INV-7", name=BRISTOL.name), ledger).payer.customer_id == "C3"


@pytest.mark.parametrize(("words", "named"), [("INV-0044444", None), ("INV-0044444 INV-0044445", "C1")])
def test_a_number_of_a_stranger_alone_may_be_a_slip(words: str, named: str | None) -> None:
    numbers = (InvoiceNumber("INV-0044444"), InvoiceNumber("INV-0044445"))
    ledger = index([document("INV-1", "800.00", "C2")], history=[SettledBefore(CustomerId("C1"), DAY, invoice_numbers=numbers)])
    outcome = ask(seen("140.43", name="Somebody Unknown", text=words), ledger)
    assert outcome.suggestions == ()
    assert outcome.payer.customer_id == named


SHORT_NAME = "HERNANDEZ & SONS"
HERNANDEZ = (customer("C3", "Chloe Guerin Trading"), customer("C4", "Hernandez & Sons Distributors Corp"))
SEEN_ONCE = [SettledBefore(CustomerId("C3"), DAY, SHORT_NAME)]


@pytest.mark.parametrize("amount", ["140.43", "800.00"])
def test_a_short_name_seen_with_one_customer_may_be_the_beginning_of_anothers(amount: str) -> None:
    """Banks cut names to sixteen letters: what came from one customer once is as well the beginning of another's own name."""
    ledger = index([document("INV-1", "800.00", "C3"), document("INV-2", "800.00", "C4")], HERNANDEZ, history=SEEN_ONCE)
    outcome = ask(seen(amount, name=SHORT_NAME), ledger)
    assert outcome.payer.customer_id is None
    assert set(outcome.payer.candidates) == {"C3", "C4"}
    assert not automatic(outcome)


def test_documents_tell_whose_short_name_it_is() -> None:
    ledger = index([document("INV-1", "640.00", "C3"), document("INV-2", "811.17", "C4")], HERNANDEZ, history=SEEN_ONCE)
    assert ask(seen("811.17", name=SHORT_NAME), ledger).payer.customer_id == "C4"
    assert ask(seen("640.00", name=SHORT_NAME), ledger).payer.customer_id == "C3"


@pytest.mark.parametrize("firms", [HERNANDEZ[:1], (replace(HERNANDEZ[0], aliases=(SHORT_NAME,)), HERNANDEZ[1])])
def test_a_short_name_of_nobody_else_or_in_our_own_record_names_its_customer(firms: tuple[Customer, ...]) -> None:
    ledger = index([document("INV-1", "800.00", "C3"), document("INV-2", "77.10", "C3")], firms, history=SEEN_ONCE)
    assert ask(seen("800.00", name=SHORT_NAME), ledger).payer.customer_id == "C3"


def test_a_short_name_that_people_confirmed_keeps_its_weight() -> None:
    confirmed = [Alias(AliasKind.PAYER_NAME, SHORT_NAME, CustomerId("C3"), confirmed=3)]
    documents = [document("INV-1", "800.00", "C3"), document("INV-2", "800.00", "C4")]
    plain = ask(seen("800.00", name=SHORT_NAME), index(documents, HERNANDEZ, history=SEEN_ONCE))
    known = ask(seen("800.00", name=SHORT_NAME), index(documents, HERNANDEZ, aliases=confirmed))
    assert known.suggestions[0].customer_id == "C3"
    assert known.suggestions[0].confidence > plain.suggestions[0].confidence
