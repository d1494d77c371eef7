"""Differences that the owner or the bank names: charges of a list, money that a bank converted. Never a wide tolerance."""

from dataclasses import replace

import pytest

from core.decide.automatic import Yes, may_apply
from core.domain.errors import Malformed
from core.domain.evidence import GapKind, MatchOutcome, MoneySeen
from core.domain.policy import BankFee, MatchPolicy
from core.domain.receivables import CustomerInvoice
from core.match.engine import suggest
from core.match.explain import sentences
from core.read.match_policy import read_match_policy
from tests.unit.match.worlds import ALMA, POLICY, applied, ask, document, index, seen

RATE = "INCOMING TRANSFER /OCMT/EUR913,20/ EXCHANGE RATE 1,0871"
ONE = [document("INV-1042", "1000.00"), document("INV-1043", "771.30"), document("INV-1044", "19.99")]


def under(policy: MatchPolicy, money: MoneySeen, documents: list[CustomerInvoice]) -> MatchOutcome:
    return suggest(money, index(documents), (), policy)


def kinds(outcome: MatchOutcome) -> list[GapKind]:
    return [each.gap_kind for each in outcome.suggestions]


@pytest.mark.parametrize(("paid", "money"), [("992.70", "992.70"), ("1007.13", "1000.00")])
def test_a_conversion_explains_a_small_difference_of_the_named_document_either_way(paid: str, money: str) -> None:
    outcome = ask(seen(paid, text=f"INV-1042 {RATE}", name=ALMA.name), index(ONE))
    best = outcome.suggestions[0]
    assert best.gap_kind is GapKind.EXCHANGE
    assert applied(outcome) == {"INV-1042": money}
    assert best.gap.minor == outcome.money.amount.minor - 1000_00
    assert "the money was converted" in sentences(best)


@pytest.mark.parametrize(
    ("paid", "words"),
    [("992.70", "INV-1042"), ("992.70", "INV-1042 /OCMT/USD992,70/"), ("960.00", f"INV-1042 {RATE}")],
    ids=["nobody speaks of a rate", "sent in the same currency", "beyond the band"],
)
def test_without_a_conversion_or_beyond_the_band_it_is_another_difference(paid: str, words: str) -> None:
    assert GapKind.EXCHANGE not in kinds(ask(seen(paid, text=words, name=ALMA.name), index(ONE)))


def test_without_a_number_only_the_one_document_of_the_band_is_shown() -> None:
    money = seen("992.70", text=RATE, name=ALMA.name)
    assert applied(ask(money, index(ONE))) == {"INV-1042": "992.70"}
    two = [*ONE, document("INV-1045", "1001.00")]
    assert ask(money, index(two)).suggestions == ()
    assert under(replace(POLICY, exchange_band=0), money, ONE).suggestions == ()


def test_a_conversion_is_never_applied_on_a_cold_start_whatever_the_policy_lets_through() -> None:
    lets = replace(POLICY, automatic_gaps=POLICY.automatic_gaps | {GapKind.EXCHANGE}, automatic_bar=0.5)
    for policy in (POLICY, lets):
        outcome = under(policy, seen("992.70", text=f"INV-1042 {RATE}", name=ALMA.name), ONE)
        assert outcome.suggestions[0].gap_kind is GapKind.EXCHANGE
        assert not isinstance(may_apply(outcome, policy), Yes)


def test_a_charge_of_the_list_explains_what_no_usual_charge_does() -> None:
    """83.15 is no usual charge by its size; the owner knows that this bank takes it."""
    listed = replace(POLICY, bank_fees=(BankFee("USD", (83_15, 15_00), "First Union"),))
    for words, kind in (("VIA FIRST UNION/54 INV-1042", GapKind.BANK_FEE), ("VIA OTHER/54 INV-1042", GapKind.SHORT_PAY)):
        assert kinds(under(listed, seen("916.85", text=words, name=ALMA.name), ONE))[0] is kind
    assert kinds(ask(seen("916.85", text="VIA FIRST UNION/54 INV-1042", name=ALMA.name), index(ONE)))[0] is GapKind.SHORT_PAY


def test_a_list_holds_in_its_currency_and_its_digits() -> None:
    yen = [document("INV-1042", "9800", unit="JPY")]
    money = seen("9450", text="INV-1042", name=ALMA.name, unit="JPY")
    listed = replace(POLICY, bank_fees=(BankFee("JPY", (350_00,)),), fee_limit=0)
    assert kinds(under(listed, money, yen))[0] is GapKind.BANK_FEE
    other = replace(POLICY, bank_fees=(BankFee("USD", (350_00,)),), fee_limit=0)
    assert GapKind.BANK_FEE not in kinds(under(other, money, yen))


def test_the_owner_writes_both_in_the_policy() -> None:
    text = b'[match]\nexchange_band = 50\n[[match.bank_fees]]\ncurrency = "USD"\ncharges = [1500, 2500]\nbank = "FIRST UNION"\n'
    policy = read_match_policy(text, "p.toml")
    assert (policy.exchange_band, policy.bank_fees) == (50, (BankFee("USD", (1500, 2500), "FIRST UNION"),))
    for wrong in (b"charges = [0]", b'charges = ["x"]', b"fees = [1]"):
        with pytest.raises(Malformed, match="bank_fees"):
            read_match_policy(b'[[match.bank_fees]]\ncurrency = "USD"\n' + wrong, "p.toml")
