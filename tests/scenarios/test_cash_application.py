"""How cash application works, in the words of the product brief, story by story, on both databases."""

from typing import Any

import pytest

from core.app.choosing_payments import payments_for
from core.app.outcomes import AlreadyDone, Done, Refusal
from core.domain.events import AuditName, PaymentEvent, RemittanceEvent
from core.domain.evidence import Finding, FindingKind, Method
from core.domain.ids import CustomerId, PaymentId, RemittanceId
from core.domain.keeping import EffectKind, Subject, SubjectKind
from core.domain.payments import DraftPayment, PaymentState
from core.domain.remittance import RemittanceState
from core.domain.workflows import OutboxState
from core.ports.outside import PostingResult
from core.store.unit_of_work import SqlStore
from tests.audit_trail import versions_without_an_event
from tests.builders import an_application
from tests.databases import SetClock
from tests.service import Desk, services_on


def history(desk: Desk, payment: DraftPayment) -> list[AuditName]:
    with desk.services.store.read() as unit:
        return [row.entry.name for row in unit.audit.of(Subject(SubjectKind.PAYMENT, payment.id))]


def asked(desk: Desk, kind: EffectKind) -> list[str]:
    with desk.services.store.read() as unit:
        return [item.effect.key for item in unit.outbox.in_state(OutboxState.PENDING) if item.effect.kind is kind]


class TestDraftPayments:
    """All credits of a bank file and all remittances become draft payments under Unposted Payments."""

    def test_a_credit_that_names_its_invoice_is_applied_without_asking(self, desk: Desk) -> None:
        desk.bank(("D1", "100.00", "NORTHWIND LTD", "PAYMENT INV-1001"))
        payment = desk.payment()
        assert payment.state is PaymentState.APPLIED
        assert [(a.invoice_number, a.applied.text()) for a in payment.applications] == [("INV-1001", "100.00")]
        assert history(desk, payment)[-1] is AuditName.PAYMENT_AUTO_APPLIED

    def test_money_from_nobody_we_know_waits_for_a_person(self, desk: Desk) -> None:
        desk.bank(("D1", "812.44", "UNHEARD OF LLC", "MISC"))
        assert desk.payment().state is PaymentState.UNIDENTIFIED

    def test_a_remittance_before_its_money_makes_an_expected_payment_and_the_money_joins_it(self, desk: Desk) -> None:
        desk.remittance(b"mail 1", {"INV-1001": "100.00", "INV-1002": "250.00"}, "350.00")
        expected = desk.payment()
        assert expected.state is PaymentState.EXPECTED
        refused = desk.act(PaymentEvent.POST, expected)
        assert isinstance(refused, Refusal)
        desk.bank(("D1", "350.00", "NORTHWIND LTD", "TRANSFER"))
        joined = desk.payment()
        assert len(desk.payments()) == 1
        assert joined.state is PaymentState.APPLIED
        assert {a.invoice_number for a in joined.applications} == {"INV-1001", "INV-1002"}
        assert AuditName.PAYMENT_MONEY_SEEN in history(desk, joined)
        with desk.services.store.read() as unit:
            assert [advice.state for advice in unit.remittances.of_payment(joined.id)] == [RemittanceState.LINKED]

    def test_dismissing_the_remittance_dismisses_the_money_that_only_it_announced(self, desk: Desk) -> None:
        desk.remittance(b"mail 1", {"INV-1001": "100.00"}, "100.00")
        desk.remittance(b"mail 1 again", {"INV-1001": "100.00"}, "100.00")
        desk.act_on_advice(RemittanceEvent.DISMISS, "R-1002", reason="An older mail")
        assert desk.payment().state is PaymentState.EXPECTED
        assert isinstance(desk.act_on_advice(RemittanceEvent.DISMISS, "R-1001", reason="Sent by mistake"), Done)
        payment = desk.payment()
        assert (payment.state, "Sent by mistake" in payment.why) == (PaymentState.SET_ASIDE, True)
        assert AuditName.PAYMENT_DISMISSED in history(desk, payment)

    def test_a_remittance_after_its_money_explains_it(self, desk: Desk) -> None:
        desk.bank(("D1", "350.00", "NORTHWIND LTD", "TRANSFER"))
        desk.remittance(b"mail 1", {"INV-1001": "100.00", "INV-1002": "250.00"}, "350.00")
        assert len(desk.payments()) == 1
        payment = desk.payment()
        assert payment.state is PaymentState.APPLIED
        assert {a.invoice_number for a in payment.applications} == {"INV-1001", "INV-1002"}

    def test_the_same_file_again_changes_nothing(self, desk: Desk) -> None:
        line = ("D1", "100.00", "NORTHWIND LTD", "PAYMENT INV-1001")
        assert isinstance(desk.bank(line), Done)
        assert isinstance(desk.bank(line), AlreadyDone)
        assert len(desk.payments()) == 1

    def test_an_overlapping_statement_adds_only_what_is_new(self, desk: Desk) -> None:
        first, second = ("D1", "100.00", "NORTHWIND LTD", "A"), ("D2", "250.00", "NORTHWIND LTD", "B")
        desk.bank(first)
        desk.bank(first, second, name="next day.csv")
        assert len(desk.payments()) == 2

    def test_two_genuine_twin_deposits_are_two_payments(self, desk: Desk) -> None:
        desk.bank(("", "40.00", "NORTHWIND LTD", "CASH"), ("D2", "41.00", "X", ""), name="odd.csv")
        desk.bank(("T1", "60.00", "NORTHWIND LTD", "CASH"), ("T2", "60.00", "NORTHWIND LTD", "CASH"))
        assert len([payment for payment in desk.payments() if payment.amount.text() == "60.00"]) == 2

    def test_the_same_remittance_mailed_twice_is_not_money_twice(self, desk: Desk) -> None:
        desk.remittance(b"mail 1", {"INV-1001": "100.00"}, "100.00")
        desk.remittance(b"mail 1 again", {"INV-1001": "100.00"}, "100.00")
        assert len(desk.payments()) == 1
        assert FindingKind.SAME_REMITTANCE_AGAIN in {finding.kind for finding in desk.payment().findings}

    def test_a_remittance_that_fits_two_payments_equally_is_a_question(self, desk: Desk) -> None:
        desk.bank(("T1", "60.00", "NORTHWIND LTD", "CASH"), ("T2", "60.00", "NORTHWIND LTD", "CASH"))
        desk.remittance(b"mail", {"INV-1003": "60.00"}, "60.00")
        with desk.services.store.read() as unit:
            (advice,) = unit.remittances.in_states([RemittanceState.WAITING])
        assert advice.payment_id is None
        assert "equally" in advice.why
        assert len(desk.payments()) == 2


class TestRemittancesThatComeAgain:
    """The same remittance again is never money again, not even after its payment was posted; another payment always counts."""

    def again(self, desk: Desk, **said: Any) -> str:
        """The whole story of one payment, and then its remittance once more."""
        desk.remittance(b"mail 1", {"INV-1001": "60.00"}, "60.00")
        desk.bank(("D1", "60.00", "NORTHWIND LTD", "TRANSFER"))
        if desk.payment().state is not PaymentState.APPLIED:
            desk.done(PaymentEvent.APPLY, desk.payment(), applications=(an_application("INV-1001", "60.00"),))
        desk.posted()
        outcome = desk.remittance(b"mail 2", {"INV-1001": "60.00"}, "60.00", **said)
        assert isinstance(outcome, Done)
        return outcome.sentence

    @pytest.mark.parametrize("day", ["2026-02-27", ""])
    def test_after_posting_it_is_recognised_and_nothing_is_expected(self, desk: Desk, day: str) -> None:
        assert "says the same as an earlier remittance for P-1001" in self.again(desk, paid_on=day)
        assert [payment.id for payment in desk.payments()] == ["P-1001"]
        assert desk.payment().state is PaymentState.POSTED
        with desk.services.store.read() as unit:
            closed = unit.remittances.in_states([RemittanceState.CLOSED])
        assert [(advice.id, advice.payment_id) for advice in closed] == [("R-1001", "P-1001"), ("R-1002", "P-1001")]
        assert any("payment.flagged" in key for key in asked(desk, EffectKind.PUBLISH_NOTE))
        assert history(desk, desk.payment())[-1] is AuditName.PAYMENT_FLAGGED

    @pytest.mark.parametrize(
        ("said", "twin"),
        [
            ({"paid_on": "2026-03-13"}, True),
            ({"paid_on": "2026-05-27"}, False),
            ({"reference": "PAY-77120"}, False),
            ({"payer": "Southgate Foods Inc"}, False),
        ],
    )
    def test_another_day_reference_or_payer_is_another_payment(self, desk: Desk, said: dict[str, str], twin: bool) -> None:
        sentence = self.again(desk, **said)
        (expected,) = desk.payments(PaymentState.EXPECTED)
        assert sentence == f"{expected.id} is expected."
        assert (FindingKind.POSSIBLE_TWIN in {finding.kind for finding in expected.findings}) is twin

    def test_other_documents_are_another_payment(self, desk: Desk) -> None:
        self.again(desk)
        desk.remittance(b"mail 3", {"INV-1002": "60.00"}, "60.00")
        assert len(desk.payments(PaymentState.EXPECTED)) == 1

    def test_an_amount_alone_after_posting_is_asked_about_rather_than_swallowed(self, desk: Desk) -> None:
        desk.remittance(b"mail 1", {"": "60.00"}, "60.00", paid_on="")
        desk.bank(("D1", "60.00", "NORTHWIND LTD", "TRANSFER"))
        desk.posted()
        desk.remittance(b"mail 2", {"": "60.00"}, "60.00", paid_on="")
        (expected,) = desk.payments(PaymentState.EXPECTED)
        assert FindingKind.POSSIBLE_TWIN in {finding.kind for finding in expected.findings}


class TestLinking:
    """A remittance that fits several payments equally is linked by a person."""

    def question(self, desk: Desk) -> None:
        desk.bank(("T1", "60.00", "NORTHWIND LTD", "CASH ONE"), ("T2", "60.00", "NORTHWIND LTD", "CASH TWO"))
        desk.remittance(b"mail", {"INV-1003": "60.00"}, "60.00")

    def test_the_payment_that_a_person_chooses_is_matched_with_what_the_remittance_says(self, desk: Desk) -> None:
        self.question(desk)
        outcome = desk.link("R-1001", "P-1002", desk.tomas)
        assert isinstance(outcome, Done), outcome
        assert desk.advice_of("R-1001").state is RemittanceState.LINKED
        assert desk.advice_of("R-1001").why == ""
        best = [each for each in desk.payment("P-1002").suggestions if each.rank == 1]
        applied = desk.payment("P-1002").applications or best[0].applications
        assert [each.invoice_number for each in applied] == ["INV-1003"]
        assert any("remittance.linked" in key for key in asked(desk, EffectKind.PUBLISH_NOTE))
        again = desk.link("R-1001", "P-1002", desk.tomas, version=desk.advice_of("R-1001").version - 1)
        assert isinstance(again, AlreadyDone)

    def test_likely_payments_come_first_and_others_of_the_currency_are_found(self, desk: Desk) -> None:
        desk.bank(("T0", "59.00", "UNHEARD OF LLC", "ACCT 000123456789"))
        desk.bank(("T1", "60.00", "NORTHWIND LTD", "CASH ONE"), ("T2", "60.00", "NORTHWIND LTD", "CASH TWO"), name="second.csv")
        desk.remittance(b"mail", {"INV-1003": "60.00"}, "60.00")
        with desk.services.store.read() as unit:
            advice = unit.remittances.get(RemittanceId("R-1001"))
            listed = payments_for(unit, advice)
            found = [[each.id for each in payments_for(unit, advice, text)] for text in ("unheard", "59.00", "P-1003", "none")]
        assert [(each.id, each.exact) for each in listed] == [("P-1002", True), ("P-1003", True), ("P-1001", False)]
        assert listed[2].text == "ACCT …6789"
        assert found == [["P-1001"], ["P-1001"], ["P-1003"], []]

    def test_what_it_had_announced_is_that_money_and_not_more(self, desk: Desk) -> None:
        desk.remittance(b"mail 1", {"X-9": "60.00"}, "60.00")
        desk.remittance(b"mail 2", {"X-9": "60.00"}, "60.00")
        desk.bank(("T1", "58.00", "UNHEARD OF LLC", "MISC"))
        (here,) = desk.payments(PaymentState.UNIDENTIFIED)
        assert isinstance(desk.link("R-1001", here.id), Done)
        assert desk.payment("P-1001").state is PaymentState.SET_ASIDE
        assert [(desk.advice_of(number).state, desk.advice_of(number).payment_id) for number in ("R-1001", "R-1002")] == [
            (RemittanceState.LINKED, here.id)
        ] * 2
        assert isinstance(desk.services.store, SqlStore)
        assert versions_without_an_event(desk.services.store) == []

    @pytest.mark.parametrize("number", ["P-9", "P-1001", ""])
    def test_only_a_payment_that_is_here_and_not_posted_takes_it(self, desk: Desk, number: str) -> None:
        desk.bank(("D1", "100.00", "NORTHWIND LTD", "PAYMENT INV-1001"))
        desk.posted()
        desk.bank(("T1", "60.00", "NORTHWIND LTD", "ONE"), ("T2", "60.00", "NORTHWIND LTD", "TWO"), name="second.csv")
        desk.remittance(b"mail", {"INV-1003": "60.00"}, "60.00")
        outcome = desk.link("R-1001", number)
        assert isinstance(outcome, Refusal)
        assert "payment" in outcome.sentence
        assert desk.advice_of("R-1001").state is RemittanceState.WAITING

    def test_what_a_person_unlinks_no_rule_links_again(self, desk: Desk) -> None:
        desk.bank(("D1", "300.00", "NORTHWIND LTD", "TRANSFER"))
        desk.remittance(b"mail", {"INV-1001": "100.00", "INV-1002": "200.00"}, "300.00")
        assert Method.NAMED_IN_REMITTANCE in {suggestion.method for suggestion in desk.payment().suggestions}
        assert isinstance(desk.act_on_advice(RemittanceEvent.UNLINK, "R-1001"), Done)
        assert desk.advice_of("R-1001").not_for == ("P-1001",)
        method = {suggestion.method for suggestion in desk.payment().suggestions}
        assert Method.NAMED_IN_REMITTANCE not in method
        assert isinstance(desk.link("R-1001", "P-1001"), Done)
        assert desk.advice_of("R-1001").not_for == ()

    def test_who_may_not_link_is_told_so_and_it_is_written_down(self, desk: Desk) -> None:
        self.question(desk)
        outcome = desk.link("R-1001", "P-1001", desk.vera)
        assert isinstance(outcome, Refusal)
        assert outcome.code == "not_permitted"
        with desk.services.store.read() as unit:
            rows = unit.audit.of(Subject(SubjectKind.REMITTANCE, "R-1001"))
        assert rows[-1].entry.name is AuditName.REMITTANCE_ACTION_REFUSED


class TestAuditTrail:
    def test_every_version_of_every_payment_and_advice_has_its_event(self, desk: Desk) -> None:
        TestRemittancesThatComeAgain().again(desk)
        desk.bank(("D2", "812.44", "UNHEARD OF LLC", "MISC"), ("D3", "350.00", "NORTHWIND LTD", "TRANSFER"))
        desk.remittance(b"mail 3", {"INV-1002": "250.00", "INV-1003": "75.25"}, "325.25")
        desk.remittance(b"mail 4", {"INV-1002": "250.00", "INV-1003": "75.25"}, "325.25")
        (unknown,) = desk.payments(PaymentState.UNIDENTIFIED)
        (known,) = (payment for payment in desk.payments() if payment.amount.text() == "350.00")
        desk.done(PaymentEvent.POST, known)
        desk.answer(PostingResult.HANDED_OVER, "B-1", number=known.id)
        desk.answer(PostingResult.REFUSED, message="closed", number=known.id)
        desk.done(PaymentEvent.IDENTIFY_CUSTOMER, unknown, customer_id=CustomerId("C2"))
        assert AuditName.PAYMENT_HANDED_OVER in history(desk, known)
        assert AuditName.PAYMENT_LOOKED_AT in history(desk, unknown)
        assert isinstance(desk.services.store, SqlStore)
        assert versions_without_an_event(desk.services.store) == []


class TestDoubtfulRemittances:
    """What speaks against a mail is shown, and money is never applied by it without a person."""

    @pytest.mark.parametrize(
        ("kind", "state"),
        [
            (FindingKind.AUTHENTICATION_UNKNOWN, PaymentState.APPLIED),
            (FindingKind.AUTHENTICATION_FAILED, PaymentState.SUGGESTED),
            (FindingKind.LOOKALIKE_SENDER, PaymentState.SUGGESTED),
            (FindingKind.BANK_DETAILS_CHANGED, PaymentState.SUGGESTED),
            (FindingKind.REPLY_TO_DIFFERS, PaymentState.SUGGESTED),
        ],
    )
    def test_a_finding_makes_a_person_look_first(self, desk: Desk, kind: FindingKind, state: PaymentState) -> None:
        desk.remittance(b"mail", {"INV-1001": "100.00", "INV-1002": "250.00"}, "350.00", findings=(Finding(kind, "seen"),))
        desk.bank(("D1", "350.00", "NORTHWIND LTD", "TRANSFER"))
        assert desk.payment().state is state
        assert kind in {finding.kind for finding in desk.payment().findings}


class TestUnstatedCurrency:
    """An advice without a currency is in that of the documents it names; what nobody can know is asked."""

    def test_the_documents_say_it(self, desk: Desk) -> None:
        desk.unstated(b"mail 1", "INV-1001", "100.00")
        assert str(desk.payment().amount) == "100.00 USD"

    def test_a_person_is_asked_where_nothing_says_it(self, desk: Desk) -> None:
        desk.unstated(b"mail 1", "4711", "100.00")
        assert desk.payments() == []
        with desk.services.store.read() as unit:
            (advice,) = unit.remittances.in_states([RemittanceState.NEEDS_PERSON])
        assert "which currency" in advice.why


class TestDigests:
    """A large import is one digest and cards for the largest, not a flood; what people touch later gets its card."""

    def test_of_a_large_import_only_the_largest_that_need_somebody_get_cards(self, store: SqlStore, clock: SetClock) -> None:
        desk = Desk(services_on(store, clock, cards_per_import=3))
        named = [(f"N{number}", "100.00", "NORTHWIND LTD", "PAYMENT INV-1001") for number in range(1)]
        desk.bank(*named, *((f"D{number}", f"{number}.77", "NORTHWIND LTD", "MISC") for number in range(1, 30)))
        assert len(asked(desk, EffectKind.PUBLISH_CARD)) == 3
        assert len(asked(desk, EffectKind.PUBLISH_DIGEST)) == 1
        small = next(payment for payment in desk.payments() if payment.amount.text() == "1.77")
        desk.done(PaymentEvent.POST, small)
        assert len(asked(desk, EffectKind.PUBLISH_CARD)) == 4


class TestReview:
    """Payments that are not applied automatically are identified and applied by hand."""

    def test_a_person_identifies_the_customer_and_tieout_looks_again(self, desk: Desk) -> None:
        desk.bank(("D1", "1250.00", "UNHEARD OF LLC", "MISC"))
        payment = desk.done(PaymentEvent.IDENTIFY_CUSTOMER, desk.payment(), customer_id=CustomerId("C2"))
        assert payment.customer_id == "C2"
        assert payment.state in {PaymentState.SUGGESTED, PaymentState.APPLIED}

    def test_what_a_person_confirmed_about_a_payer_is_known_next_time(self, desk: Desk) -> None:
        desk.bank(("D1", "11.11", "BRIGHTPATH SHARED SERVICES", "MISC"))
        desk.done(PaymentEvent.IDENTIFY_CUSTOMER, desk.payment(), customer_id=CustomerId("C2"))
        desk.bank(("D2", "22.22", "BRIGHTPATH SHARED SERVICES", "MISC"), name="second.csv")
        assert desk.payment("P-1002").customer_id == "C2"

    def test_a_person_chooses_invoices_and_the_rest_stays_unapplied(self, desk: Desk) -> None:
        desk.bank(("D1", "180.00", "NORTHWIND LTD", "MISC"))
        payment = desk.done(PaymentEvent.APPLY, desk.payment(), applications=(an_application("INV-1001", "100.00"),))
        assert (payment.state, payment.applied.text(), payment.unapplied.text()) == (PaymentState.APPLIED, "100.00", "80.00")

    @pytest.mark.parametrize(
        ("applications", "sentence"),
        [
            ((an_application("INV-1002", "200.00"),), "200.00 USD would be applied, but the payment is 180.00 USD."),
            ((an_application("INV-1001", "100.01"),), "INV-1001 has 100.00 USD open"),
            ((an_application("INV-1001", "100.00", "0.01"),), "100.01 USD would be settled"),
            ((an_application("INV-9", "1.00"),), "INV-9 is not among our open documents."),
            ((an_application("INV-1001", "50.00"), an_application("INV-1001", "50.00")), "INV-1001 is named twice."),
            ((), "Nothing is applied."),
        ],
    )
    def test_sums_that_cannot_be_are_refused_in_words(
        self, desk: Desk, applications: tuple[object, ...], sentence: str
    ) -> None:
        desk.bank(("D1", "180.00", "NORTHWIND LTD", "MISC"))
        outcome = desk.act(PaymentEvent.APPLY, desk.payment(), applications=applications)
        assert isinstance(outcome, Refusal)
        assert sentence in outcome.sentence

    def test_two_drafts_cannot_both_take_one_open_balance(self, desk: Desk) -> None:
        desk.bank(("D1", "180.00", "NORTHWIND LTD", "MISC"), ("D2", "190.00", "NORTHWIND LTD", "MISC"))
        one = (an_application("INV-1001", "100.00"),)
        desk.done(PaymentEvent.APPLY, desk.payment("P-1001"), applications=one)
        outcome = desk.act(PaymentEvent.APPLY, desk.payment("P-1002"), applications=one)
        assert isinstance(outcome, Refusal)
        assert "another draft payment holds the rest" in outcome.sentence

    def test_what_a_person_took_back_is_not_applied_again_by_itself(self, desk: Desk) -> None:
        desk.bank(("D1", "100.00", "NORTHWIND LTD", "PAYMENT INV-1001"))
        payment = desk.done(PaymentEvent.UNAPPLY, desk.payment())
        assert payment.state is PaymentState.UNAPPLIED
        desk.remittance(b"mail", {"INV-1001": "100.00"}, "100.00")
        assert desk.payment().state is PaymentState.SUGGESTED


class TestPosting:
    """Once reviewed, a member of the team posts; automation never does."""

    def test_a_person_posts_and_the_ledger_is_asked_once(self, desk: Desk) -> None:
        desk.bank(("D1", "100.00", "NORTHWIND LTD", "PAYMENT INV-1001"))
        reviewed = desk.payment()
        posting = desk.done(PaymentEvent.POST, reviewed)
        assert posting.state is PaymentState.POSTING
        assert asked(desk, EffectKind.POST_PAYMENT) == [f"post:P-1001:v{reviewed.version}"]
        again = desk.act(PaymentEvent.POST, reviewed)
        assert isinstance(again, AlreadyDone)
        assert len(asked(desk, EffectKind.POST_PAYMENT)) == 1

    def test_a_payment_may_be_posted_without_any_application(self, desk: Desk) -> None:
        desk.bank(("D1", "33.33", "NORTHWIND LTD", "MISC"))
        payment = desk.payment()
        assert payment.state is PaymentState.UNAPPLIED
        assert desk.done(PaymentEvent.POST, payment).state is PaymentState.POSTING

    def test_who_may_not_post_is_told_so_and_it_is_written_down(self, desk: Desk) -> None:
        desk.bank(("D1", "100.00", "NORTHWIND LTD", "PAYMENT INV-1001"))
        for person in (desk.tomas, desk.vera):
            outcome = desk.act(PaymentEvent.POST, desk.payment(), person)
            assert isinstance(outcome, Refusal)
            assert outcome.code == "not_permitted"
        assert history(desk, desk.payment()).count(AuditName.PAYMENT_ACTION_REFUSED) == 2

    def test_a_click_on_an_old_card_changes_nothing_and_says_what_happened(self, desk: Desk) -> None:
        desk.bank(("D1", "100.00", "NORTHWIND LTD", "PAYMENT INV-1001"))
        old = desk.payment()
        desk.done(PaymentEvent.UNAPPLY, old, desk.tomas)
        outcome = desk.act(PaymentEvent.POST, old)
        assert isinstance(outcome, Refusal)
        assert outcome.code == "stale_version"
        assert "Tomas Berg" in outcome.sentence
        assert desk.payment().state is PaymentState.UNAPPLIED


class TestSetAside:
    def test_money_that_is_no_customers_is_set_aside_with_a_reason_and_can_come_back(self, desk: Desk) -> None:
        desk.bank(("D1", "812.44", "TAX OFFICE", "REFUND"))
        without = desk.act(PaymentEvent.SET_ASIDE, desk.payment())
        assert isinstance(without, Refusal)
        aside = desk.done(PaymentEvent.SET_ASIDE, desk.payment(), reason="tax refund")
        assert (aside.state, aside.why) == (PaymentState.SET_ASIDE, "tax refund")
        assert desk.done(PaymentEvent.RESTORE, aside).state is PaymentState.UNIDENTIFIED
        assert PaymentId("P-1001") == aside.id
