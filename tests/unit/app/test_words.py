"""The words of the read models: every name has a sentence, account numbers are masked, reports say what was kept."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from core.app import reporting, telling
from core.app.masking import masked
from core.app.telling import day, moment, sentence
from core.app.waiting import STATES, TITLES, Queue
from core.app.wording import GAPS, REMITTANCE_WORDS, STATE_WORDS, amount_words, finding_view, offered
from core.decide import draft_payment, remittance
from core.domain.events import AuditName, PaymentEvent
from core.domain.evidence import Finding, FindingKind, GapKind
from core.domain.money import Money
from core.domain.payments import PaymentState
from core.domain.readings import unstated_currency
from core.domain.remittance import RemittanceState

NOW = datetime(2026, 3, 2, 15, 42, tzinfo=UTC)
NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize("name", list(AuditName))
def test_every_audit_name_has_a_sentence(name: AuditName) -> None:
    said = sentence(name, "Priya Raman", NOW, NEW_YORK, NOW)
    assert said.startswith("Priya Raman ")
    assert said.endswith(", 2 Mar 10:42.")
    assert telling.DID[name] == telling.DID[name].strip()


def test_no_sentence_is_kept_for_a_name_that_is_gone() -> None:
    assert set(telling.DID) == set(AuditName)


def test_dates_and_moments_are_written_as_people_do() -> None:
    assert day(date(2026, 2, 7)) == "7 Feb 2026"
    assert moment(datetime(2025, 12, 31, 23, 5, tzinfo=UTC), NEW_YORK, NOW) == "31 Dec 2025 18:05"


def test_every_state_difference_and_finding_has_words() -> None:
    assert set(STATE_WORDS) == set(PaymentState)
    assert set(REMITTANCE_WORDS) == set(RemittanceState)
    assert set(GAPS) == set(GapKind)
    for kind in FindingKind:
        said = finding_view(Finding(kind, "left", "right")).sentence
        assert said.endswith(".")
        assert "{" not in said


def test_every_state_is_in_one_list_of_work_and_every_list_has_a_title() -> None:
    assert set(TITLES) == set(Queue)
    listed = [state for states in STATES.values() for state in states]
    assert sorted(listed) == sorted(PaymentState)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("DE89 3704 0044 0532 0130 00 UNHEARD LLC", "…3000 UNHEARD LLC"),
        ("iban gb29nwbk60161331926819 thanks", "iban …6819 thanks"),
        ("ACCT 000123456789", "ACCT …6789"),
        ("0001-2345-6789", "…6789"),
        ("PAYMENT INV-1001 AND 1002", "PAYMENT INV-1001 AND 1002"),
        ("1,234.50 USD", "1,234.50 USD"),
        ("12345678.90", "12345678.90"),
        ("2026-03-02", "2026-03-02"),
        ("NORTHWIND TRADING COMPANY LIMITED", "NORTHWIND TRADING COMPANY LIMITED"),
        ("", ""),
    ],
)
def test_account_numbers_are_cut_down_to_their_end(said: str, shown: str) -> None:
    assert masked(said) == shown


def test_an_amount_without_a_currency_says_so() -> None:
    assert amount_words(Money(12345, unstated_currency(2))) == "123.45 (no currency named)"


def test_a_reason_is_asked_for_where_the_row_wants_one_and_only_there() -> None:
    expected = {each.event: each.needs_reason for each in offered(draft_payment.TABLE, PaymentState.EXPECTED)}
    assert expected[PaymentEvent.DISMISS]
    assert expected[PaymentEvent.RECORD_MONEY]
    suggested = {each.event: each.needs_reason for each in offered(draft_payment.TABLE, PaymentState.SUGGESTED)}
    assert not suggested[PaymentEvent.DISMISS]
    assert suggested[PaymentEvent.SET_ASIDE]
    assert [each.event for each in offered(remittance.TABLE, RemittanceState.CLOSED)] == []


class TestReports:
    def test_a_bank_file_says_what_came_in_and_what_was_wrong(self) -> None:
        said = reporting.digest(
            {
                "kind": "bank_file",
                "name": "monday.csv",
                "new": 1,
                "joined": 0,
                "seen_again": 2,
                "debits": 0,
                "states": {"APPLIED": 1},
                "problems": ["line 3: IBAN DE89370400440532013000 twice"],
            }
        )
        assert said.headline == "1 payment came in"
        assert said.lines == ("1: applied, ready to post", "2 known from an earlier file and not counted again")
        assert said.problems == ("line 3: IBAN …3000 twice",)
        assert said.from_outside == "monday.csv"

    def test_facts_that_are_not_what_they_should_be_break_nothing(self) -> None:
        odd = {"kind": "bank_file", "name": 7, "new": "many", "states": ["APPLIED"], "problems": "all of it"}
        assert reporting.digest(odd).headline == "0 payments came in"
        one = {"kind": "orders_synced", "what": "purchase orders", "name": "po.csv", "read": 1, "new": 1, "changed": 0}
        assert reporting.digest(one).headline == "1 purchase order read from the ledger"
        assert reporting.digest({}).headline == "Something happened"
        assert "an unknown time" in reporting.alert({"kind": "silent", "part": "x", "since": "yesterday"}, UTC, NOW).headline

    def test_a_kind_without_words_is_told_dryly(self) -> None:
        assert reporting.alert({"kind": "moon_fell", "where": "sea"}, UTC, NOW).lines == ("where: sea",)
