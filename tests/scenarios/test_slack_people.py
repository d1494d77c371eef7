"""Who may do what in Slack: people of ours by their role, nobody else, and each refusal private and in plain words."""

import pytest

from core.domain.events import AuditName
from core.domain.keeping import Subject, SubjectKind
from core.domain.payments import PaymentState
from core.settings import SlackTransport
from tests.sandbox.slack.testing import text_of
from tests.slack_desk import CASH, SlackDesk

SUGGESTED = ("D1", "400.00", "S FOODS LLC", "")


def refused(cash: SlackDesk, user: str) -> list[str]:
    """Why this Slack user was refused, as the audit log says."""
    subject = Subject(SubjectKind.PERSON, f"slack:{cash.slack.team_id}:{user}")
    with cash.services.store.read() as unit:
        rows = unit.audit.of(subject)
    return [str(row.entry.facts["why"]) for row in rows if row.entry.name is AuditName.ACCESS_REFUSED]


def unchanged(cash: SlackDesk) -> bool:
    return cash.payment().state is PaymentState.SUGGESTED and cash.payment().version == cash.version_before


@pytest.fixture
def suggested(cash: SlackDesk) -> SlackDesk:
    cash.bank(SUGGESTED)
    cash.card()
    cash.version_before = cash.payment().version
    return cash


class TestStrangers:
    @pytest.mark.parametrize("transport", [SlackTransport.SOCKET, SlackTransport.HTTP])
    def test_a_click_from_another_company_is_refused_although_it_comes_through_our_workspace(
        self, suggested: SlackDesk
    ) -> None:
        suggested.slack.set_channel("ar-cash", members=["U0INES0001", "U0OUTSIDE1", suggested.slack.bot_user_id])
        suggested.slack.press("rex", suggested.card(), "payment.confirm")
        suggested.told("rex", "belongs to another workspace")
        assert unchanged(suggested)
        with suggested.services.store.read() as unit:
            subject = Subject(SubjectKind.PERSON, f"slack:{suggested.slack.other_team_id}:U0OUTSIDE1")
            assert [row.entry.name for row in unit.audit.of(subject)] == [AuditName.ACCESS_REFUSED]

    def test_a_guest_of_the_workspace_is_refused(self, suggested: SlackDesk) -> None:
        suggested.slack.join("gil", "ar-cash")
        suggested.slack.press("gil", suggested.card(), "payment.confirm")
        suggested.told("gil", "Guests of this workspace cannot use Tieout")
        assert unchanged(suggested)

    def test_somebody_whom_nobody_added_is_told_what_to_do(self, suggested: SlackDesk) -> None:
        suggested.slack.press("dana", suggested.card(), "payment.confirm")
        suggested.told("dana", "Tieout does not know you yet")
        assert unchanged(suggested)
        assert refused(suggested, "U0DANA0001") == [
            "Tieout does not know you yet. An administrator can add you with “tieout people add”."
        ]

    def test_somebody_who_left_slack_is_refused_even_when_a_click_of_theirs_arrives(self, suggested: SlackDesk) -> None:
        suggested.slack.rules(deactivated_may_act=True)
        suggested.slack.set_user("ines", deleted=True)
        suggested.slack.press("ines", suggested.card(), "payment.confirm")
        suggested.told("ines", "deactivated")
        assert unchanged(suggested)

    def test_somebody_who_was_removed_from_tieout_is_refused(self, suggested: SlackDesk) -> None:
        suggested.remove(suggested.ines)
        suggested.slack.press("ines", suggested.card(), "payment.confirm")
        suggested.told("ines", "not entitled to use Tieout any more")
        assert unchanged(suggested)

    def test_a_second_slack_account_with_the_same_address_is_not_linked_in_silence(self, suggested: SlackDesk) -> None:
        suggested.slack.press("ines", suggested.card(), "payment.more", value=suggested.details())
        suggested.slack.wait_for(lambda: suggested.linked(suggested.ines), what="Ines to be linked")
        suggested.slack.set_user("ines", email="old@sandbox.example")
        suggested.slack.set_user("twin", email="ines@sandbox.example", real_name="Twin")
        suggested.slack.join("twin", "ar-cash")
        suggested.slack.press("twin", suggested.card(), "payment.confirm")
        suggested.told("twin", "another Slack account")
        assert unchanged(suggested)


class TestRoles:
    def test_a_viewer_may_look_and_not_touch(self, suggested: SlackDesk) -> None:
        card = suggested.card()
        suggested.slack.press("theo", card, "payment.confirm")
        suggested.told("theo", "You are not entitled to confirm: it takes “apply payments”")
        suggested.slack.press("theo", card, "payment.identify_customer")
        suggested.told("theo", "You are not entitled to identify customer")
        assert suggested.slack.view("theo") is None
        suggested.slack.press("theo", card, "payment.more", value=suggested.details())
        suggested.slack.wait_for(lambda: suggested.slack.view("theo"), what="the details")
        assert unchanged(suggested)

    def test_who_applies_may_not_post(self, cash: SlackDesk) -> None:
        cash.bank(("D1", "100.00", "NORTHWIND LTD", "PAYMENT INV-1001"))
        cash.slack.press("marcus", cash.card(), "payment.post")
        cash.told("marcus", "You are not entitled to post: it takes “post payments”")
        assert cash.payment().state is PaymentState.APPLIED
        with cash.services.store.read() as unit:
            names = [row.entry.name for row in unit.audit.of(Subject(SubjectKind.PAYMENT, "P-1001"))]
        assert names[-1] is AuditName.PAYMENT_ACTION_REFUSED

    def test_a_role_that_is_taken_away_counts_when_the_form_is_sent(self, suggested: SlackDesk) -> None:
        suggested.slack.press("marcus", suggested.card(), "payment.set_aside")
        suggested.slack.wait_for(lambda: suggested.slack.view("marcus"), what="the form")
        suggested.demote(suggested.marcus)
        suggested.slack.submit_view("marcus", {"reason": "because"})
        assert "not entitled" in text_of(suggested.slack.view("marcus") or {})
        assert unchanged(suggested)

    def test_a_refusal_is_seen_by_nobody_else(self, suggested: SlackDesk) -> None:
        suggested.slack.press("theo", suggested.card(), "payment.confirm")
        suggested.told("theo", "not entitled")
        assert not any("not entitled" in text_of(message) for message in suggested.slack.messages(CASH, user="ines"))


class TestTheLink:
    def test_the_person_is_found_by_the_confirmed_address_once_and_then_by_the_slack_account(
        self, suggested: SlackDesk
    ) -> None:
        suggested.slack.press("ines", suggested.card(), "payment.confirm")
        suggested.card(saying="Ines Ferreira confirmed")
        assert suggested.linked(suggested.ines)
        suggested.slack.set_user("ines", email="married@sandbox.example")
        suggested.slack.press("ines", suggested.card(), "payment.unapply")
        suggested.card(saying="took the application back")
