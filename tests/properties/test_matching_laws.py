"""Laws of the matcher: what must not change an answer, and what must not make it surer."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.evidence import MatchOutcome, MoneySeen
from core.domain.ids import InvoiceNumber
from core.domain.money import Money
from core.domain.parties import Alias, AliasKind
from core.domain.receivables import CustomerInvoice
from core.match.payer import find
from tests.properties.test_applications import cases, what, yes
from tests.unit.match.worlds import ALMA, BRISTOL, CORDOBA, DAY, advice, ask, customer, document, index, seen

Case = tuple[list[CustomerInvoice], MoneySeen]


def parts(outcome: MatchOutcome) -> list[tuple[str, int, int]]:
    """The best answer: documents, money, discounts."""
    best = outcome.suggestions[0]
    return sorted((each.invoice_number, each.applied.minor, each.discount.minor) for each in best.applications)


@given(cases(), st.integers(1, 900_000), st.booleans())
def test_another_customers_invoice_of_another_amount_never_takes_a_certain_answer_away(
    case: Case, minor: int, completes: bool
) -> None:
    """Also where it would make the amount exact together with one of the payer's documents."""
    documents, money = case
    before = ask(money, index(documents))
    missing = money.amount.minor - documents[0].sign * documents[0].open_amount.minor
    minor = missing if completes and missing > 0 else minor
    if not yes(before) or minor == money.amount.minor:
        return
    stranger = customer("C77", "Zyx Unrelated Holdings KG")
    added = replace(document("QQ-9", f"{minor // 100}.{minor % 100:02d}", "C77"), issue_date=DAY - timedelta(days=3))
    after = ask(money, index([*documents, added], (ALMA, BRISTOL, CORDOBA, stranger)))
    assert yes(after)
    assert parts(after) == parts(before)


@given(cases())
def test_a_customer_more_without_documents_changes_no_certain_answer(case: Case) -> None:
    documents, money = case
    before = ask(money, index(documents))
    if yes(before):
        after = ask(money, index(documents, (ALMA, BRISTOL, CORDOBA, customer("C78", "Zyx Unrelated Holdings KG"))))
        assert parts(after) == parts(before)


@given(cases(), st.sampled_from([3, 7, 10]))
def test_in_another_unit_of_size_the_same_documents_are_meant(case: Case, times: int) -> None:
    """All amounts times the same: what was named and exact stays so. (Charges and roundings have sizes of their own.)"""
    documents, money = case
    before = ask(money, index(documents))
    if not yes(before) or before.suggestions[0].gap.minor:
        return

    def larger(amount: Money) -> Money:
        return Money(amount.minor * times, amount.currency)

    grown = [replace(each, amount=larger(each.amount), open_amount=larger(each.open_amount)) for each in documents]
    after = ask(replace(money, amount=larger(money.amount)), index(grown))
    assert [(number, applied * times) for number, applied, _ in parts(before)] == [
        (number, applied) for number, applied, _ in parts(after)
    ]


@given(cases())
def test_without_the_payer_nothing_is_surer(case: Case) -> None:
    documents, money = case
    before = ask(money, index(documents))
    after = ask(replace(money, payer_name="", payer_account=""), index(documents))
    if not before.suggestions or not after.suggestions or parts(before) != parts(after):
        return
    assert after.suggestions[0].confidence <= before.suggestions[0].confidence + 1e-9 or _contradicted(before)


def _contradicted(outcome: MatchOutcome) -> bool:
    """The payer's name spoke against the documents: leaving it out takes away what was against, not what was for."""
    return any(record.level == "somebody_else" for record in outcome.suggestions[0].evidence)


@given(cases())
def test_without_the_words_nothing_new_is_applied(case: Case) -> None:
    """Words that name documents may be left out: then less is certain, and what still is, rests on payer and amount."""
    documents, money = case
    bare = ask(replace(money, text="", reference=""), index(documents))
    if yes(bare):
        assert bare.payer.customer_id in {ALMA.id, BRISTOL.id}
        assert bare.suggestions[0].gap.minor == -sum(each.discount.minor for each in bare.suggestions[0].applications)


@given(cases())
def test_the_same_question_has_the_same_answer(case: Case) -> None:
    documents, money = case
    ledger = index(documents)
    first = what(ask(money, ledger))
    ask(replace(money, text="INV-000001 INV-000002"), ledger)
    assert what(ask(money, ledger)) == first


@given(cases())
def test_a_document_that_comes_and_goes_leaves_no_trace(case: Case) -> None:
    documents, money = case
    ledger = index(documents)
    ledger.put(document("INV-900000", money.amount.text()))
    ledger.remove(InvoiceNumber("INV-900000"))
    assert what(ask(money, ledger)) == what(ask(money, index(documents)))


@given(cases(), st.booleans())
def test_without_account_or_advice_nothing_is_surer(case: Case, told: bool) -> None:
    """The account speaks for its owner, the advice for the documents it names: without them the same answer is no surer."""
    documents, money = case
    if told:
        named = [(each.number, each.open_amount.text()) for each in documents if each.customer_id == ALMA.id and each.sign > 0]
        more = (
            ask(money, index(documents), [advice("R1", named[:2], payer=ALMA.name)]) if named else ask(money, index(documents))
        )
    else:
        more = ask(replace(money, payer_account=ALMA.bank_accounts[0]), index(documents))
    less = ask(money, index(documents))
    for each in less.suggestions[:1]:
        owners = {part.customer_id for part in each.applications}
        same = [other for other in more.suggestions if other.applications == each.applications]
        if owners == {ALMA.id} and same and (not told or more.advices):
            assert same[0].confidence >= each.confidence - 1e-9


@given(cases(), st.integers(1, 4))
def test_a_confirmation_more_never_makes_its_customer_less_likely(case: Case, times: int) -> None:
    documents, money = case
    if not money.payer_name:
        return

    def share(confirmed: int) -> float:
        learned = [Alias(AliasKind.PAYER_NAME, money.payer_name, ALMA.id, confirmed)] if confirmed else []
        found = find(money.payer_name, "", index(documents, aliases=learned))
        return found.shares.get(ALMA.id, 0.0)

    assert share(0) <= share(times) <= share(times + 1)


@pytest.mark.parametrize("name", ["", ALMA.name, ALMA.name.upper()[:16], BRISTOL.name, "Nobody Known Inc"])
def test_an_account_more_makes_its_owner_likelier(name: str) -> None:
    """Before any document is looked at, where an answer that is certain anyway cannot hide it."""
    ledger = index(())
    with_account = find(name, ALMA.bank_accounts[0], ledger).weight(ALMA.id, len(ledger.customers))
    assert with_account >= find(name, "", ledger).weight(ALMA.id, len(ledger.customers))
    assert with_account > find("", "", ledger).weight(ALMA.id, len(ledger.customers))


def test_a_name_more_makes_its_owner_likelier_and_nobody_else() -> None:
    ledger = index(())
    named, unnamed = find(ALMA.name, "", ledger), find("", "", ledger)
    known = len(ledger.customers)
    assert named.weight(ALMA.id, known) > unnamed.weight(ALMA.id, known)
    assert named.weight(BRISTOL.id, known) < unnamed.weight(BRISTOL.id, known)


def test_an_advice_is_surer_by_its_sender_its_day_and_its_payment_reference() -> None:
    """Many sets add up to the money, the advice names one: whatever else joins the two makes that one surer, step by step."""
    documents = [document(f"INV-{1000 + k}", f"{(k * 7 % 30 + 1) * 348}.00") for k in range(60)]
    lines = [(documents[k].number, documents[k].open_amount.text()) for k in (3, 17, 29, 41, 55)]
    money = seen("41760.00", text="PAYMENT 778812345", name=ALMA.name)

    def doubt(day: int, *, sender: str = "", payer: str = "", reference: str = "") -> float:
        told = advice("R1", lines, payer=payer, sender=sender, reference=reference, day=DAY - timedelta(days=day))
        best = ask(money, index(documents), [told]).suggestions[0]
        assert {each.invoice_number for each in best.applications} == {number for number, _ in lines}
        return 1 - best.confidence

    ours, theirs = "ap@almasteel.example.com", BRISTOL.name
    steps = [doubt(9, payer=theirs), doubt(9), doubt(9, sender=ours), doubt(1, sender=ours), doubt(0, sender=ours)]
    assert steps == sorted(set(steps), reverse=True)
    assert doubt(9, sender=ours, reference="778812345") < doubt(9, sender=ours)
