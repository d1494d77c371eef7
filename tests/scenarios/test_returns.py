"""The bank takes money back: bounced cheques, returned transfers, reversals. On both databases."""

import csv
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from core.app.act_on_payment import act
from core.app.commands import ActOnPayment
from core.app.moving import Because
from core.app.outbox import Relay
from core.app.outcomes import Done, Outcome, Refusal
from core.app.post_to_ledger import PostPayments, record
from core.app.showing_questions import question_view
from core.app.waiting import Queue, counts, work
from core.domain.actors import Actor, ActorKind, Surface
from core.domain.events import AuditName, PaymentEvent, QuestionEvent
from core.domain.evidence import FindingKind
from core.domain.ids import InvoiceNumber, PaymentId
from core.domain.keeping import EffectKind, Subject, SubjectKind
from core.domain.money import Money
from core.domain.payments import DraftPayment, PaymentState
from core.domain.questions import QuestionState
from core.domain.workflows import OutboxState
from core.erp.files.ledger import FileLedger
from core.ports.outside import PostingOutcome, PostingResult
from core.ports.store import UnitOfWork
from core.read.csv_out import csv_text
from core.store.unit_of_work import SqlStore
from tests.audit_trail import versions_without_an_event
from tests.builders import an_application
from tests.service import FILES, Desk, bai2

INV_1001 = InvoiceNumber("INV-1001")


def open_on(desk: Desk, number: InvoiceNumber = INV_1001) -> str:
    with desk.services.store.read() as unit:
        document = unit.ledger.invoice(number)
    assert document is not None
    return document.open_amount.text()


def names(desk: Desk, number: str = "P-1001") -> list[AuditName]:
    with desk.services.store.read() as unit:
        return [row.entry.name for row in unit.audit.of(Subject(SubjectKind.PAYMENT, number))]


def asked(desk: Desk, kind: EffectKind) -> list[str]:
    with desk.services.store.read() as unit:
        return [item.effect.key for item in unit.outbox.in_state(OutboxState.PENDING) if item.effect.kind is kind]


def deposit(desk: Desk) -> None:
    desk.bank(("CHK77001", "100.00", "NORTHWIND LTD", "CHECK 4711 INV-1001"))


@pytest.fixture
def posted(desk: Desk) -> Desk:
    deposit(desk)
    desk.posted(receipt="CR-1")
    assert open_on(desk) == "0.00"
    return desk


class TestPosted:
    """A payment that is in the ledger: the bank's act is noted at once, and a person reverses it."""

    def test_a_line_that_names_and_equals_one_posting_marks_it_and_a_person_reverses_it(self, posted: Desk) -> None:
        posted.returned("100.00", "RETURNED ITEM NSF CHK77001")
        payment = posted.payment()
        assert payment.state is PaymentState.RETURNED
        assert FindingKind.MONEY_TAKEN_BACK in {finding.kind for finding in payment.findings}
        assert open_on(posted) == "0.00"
        assert asked(posted, EffectKind.REVERSE_PAYMENT) == []
        reversing = posted.done(PaymentEvent.REVERSE, payment)
        assert asked(posted, EffectKind.REVERSE_PAYMENT) == [f"reverse:P-1001:v{payment.version}"]
        with posted.services.store.write() as unit:
            outcome = record_posted(unit, reversing)
        assert outcome == ""
        assert posted.payment().state is PaymentState.REVERSED
        assert posted.payment().reversal_id == "RV-1"
        assert open_on(posted) == "100.00"

    def test_the_ledger_says_it_twice_and_the_documents_are_open_once(self, posted: Desk) -> None:
        posted.returned("100.00", "RETURNED ITEM NSF CHK77001")
        reversing = posted.done(PaymentEvent.REVERSE, posted.payment())
        for _ in range(2):
            with posted.services.store.write() as unit:
                assert record_posted(unit, reversing) == ""
        assert open_on(posted) == "100.00"
        assert names(posted).count(AuditName.PAYMENT_REVERSED) == 1

    def test_what_the_ledger_refuses_comes_back_and_is_reversed_under_a_new_key(self, posted: Desk) -> None:
        posted.returned("100.00", "RETURNED ITEM NSF CHK77001")
        first = posted.done(PaymentEvent.REVERSE, posted.payment())
        with posted.services.store.write() as unit:
            record_posted(unit, first, PostingResult.REFUSED)
        assert posted.payment().state is PaymentState.RETURNED
        assert FindingKind.LEDGER_REFUSED in {finding.kind for finding in posted.payment().findings}
        second = posted.done(PaymentEvent.REVERSE, posted.payment())
        assert second.reversal_key != first.reversal_key

    def test_nobody_reverses_without_the_right_to_post_and_no_rule_does(self, posted: Desk) -> None:
        posted.returned("100.00", "RETURNED ITEM NSF CHK77001")
        refused = posted.act(PaymentEvent.REVERSE, posted.payment(), posted.tomas)
        assert isinstance(refused, Refusal)
        assert refused.code == "not_permitted"
        rule = Actor(ActorKind.AUTOMATION, "matching", "Tieout", Surface.CLOCK)
        payment = posted.payment()
        by_rule: Outcome = act(posted.services, ActOnPayment(payment.id, payment.version, PaymentEvent.REVERSE, rule))
        assert isinstance(by_rule, Refusal)
        assert posted.payment().state is PaymentState.RETURNED

    def test_a_person_says_that_it_was_another_payment_and_the_question_is_open_again(self, posted: Desk) -> None:
        posted.returned("100.00", "RETURNED ITEM NSF CHK77001")
        without = posted.act(PaymentEvent.NOT_RETURNED, posted.payment())
        assert isinstance(without, Refusal)
        kept = posted.done(PaymentEvent.NOT_RETURNED, posted.payment(), reason="Another cheque")
        assert kept.state is PaymentState.POSTED
        assert kept.findings == ()
        assert posted.question().state is QuestionState.RETURN_ASKED
        assert asked(posted, EffectKind.PUBLISH_CARD)[-1].startswith("card:question:Q-1001")

    def test_nobody_can_say_that_the_bank_took_it_back_when_no_line_says_so(self, posted: Desk) -> None:
        outcome = posted.act(PaymentEvent.RETURNED, posted.payment())
        assert isinstance(outcome, Refusal)
        assert "No line of the bank" in outcome.sentence

    def test_the_same_file_again_and_an_overlapping_one_take_nothing_back_twice(self, posted: Desk) -> None:
        posted.returned("100.00", "RETURNED ITEM NSF CHK77001")
        version = posted.payment().version
        posted.returned("100.00", "RETURNED ITEM NSF CHK77001")
        assert posted.payment().version == version

    def test_the_same_remittance_after_a_return_is_a_new_payment(self, desk: Desk) -> None:
        desk.remittance(b"mail 1", {"INV-1001": "100.00"}, "100.00")
        desk.bank(("CHK77001", "100.00", "NORTHWIND LTD", "CHECK 4711"))
        desk.posted()
        desk.returned("100.00", "RETURNED ITEM NSF CHK77001")
        desk.remittance(b"mail 2", {"INV-1001": "100.00"}, "100.00")
        assert len(desk.payments(PaymentState.EXPECTED)) == 1


class TestNotPosted:
    """Money that is gone must not be posted."""

    def test_a_draft_is_set_aside_and_its_documents_are_free(self, desk: Desk) -> None:
        deposit(desk)
        assert desk.payment().state is PaymentState.APPLIED
        desk.returned("100.00", "RETURNED ITEM NSF CHK77001")
        payment = desk.payment()
        assert (payment.state, payment.applications) == (PaymentState.SET_ASIDE, ())
        assert isinstance(desk.act(PaymentEvent.POST, payment), Refusal)
        with desk.services.store.read() as unit:
            assert unit.ledger.all_reserved() == {}

    def test_restoring_it_says_that_it_was_not_this_one_and_asks_again(self, desk: Desk) -> None:
        deposit(desk)
        desk.returned("100.00", "RETURNED ITEM NSF CHK77001")
        restored = desk.done(PaymentEvent.RESTORE, desk.payment())
        assert restored.state is not PaymentState.SET_ASIDE
        assert FindingKind.MONEY_TAKEN_BACK not in {finding.kind for finding in restored.findings}
        assert desk.question().state is QuestionState.RETURN_ASKED

    @pytest.mark.parametrize(
        ("result", "state"), [(PostingResult.POSTED, PaymentState.RETURNED), (PostingResult.REFUSED, PaymentState.SET_ASIDE)]
    )
    def test_on_its_way_to_the_ledger_it_is_marked_and_follows_the_answer(
        self, desk: Desk, result: PostingResult, state: PaymentState
    ) -> None:
        deposit(desk)
        desk.done(PaymentEvent.POST, desk.payment())
        desk.returned("100.00", "RETURNED ITEM NSF CHK77001")
        assert desk.payment().state is PaymentState.POSTING
        assert FindingKind.MONEY_TAKEN_BACK in {finding.kind for finding in desk.payment().findings}
        desk.answer(result, "CR-1")
        assert desk.payment().state is state

    def test_a_deposit_and_its_return_in_one_file_leave_nothing_to_post(self, desk: Desk) -> None:
        desk.file(bai2("165,10000,Z,CHK77001,,INV-1001", "555,10000,Z,CHK77001R,,RETURNED ITEM CHK77001"))
        assert desk.payment().state is PaymentState.SET_ASIDE


class TestQuestions:
    """Where several payments fit, or none, a person is asked."""

    def two(self, desk: Desk) -> None:
        desk.bank(("T1", "60.00", "NORTHWIND LTD", "CASH ONE"), ("T2", "60.00", "NORTHWIND LTD", "CASH TWO"))
        desk.returned("60.00", "RETURNED ITEM NSF 999")

    def test_several_payments_of_the_amount_are_candidates_and_nothing_moves(self, desk: Desk) -> None:
        self.two(desk)
        assert desk.question().state is QuestionState.RETURN_ASKED
        assert PaymentState.SET_ASIDE not in {payment.state for payment in desk.payments()}
        with desk.services.store.read() as unit:
            view = question_view(unit, desk.question().id, ZoneInfo("UTC"))
            assert counts(unit)[Queue.ASKED] == 1
            assert [item.id for item in work(unit, Queue.ASKED).items] == ["Q-1001"]
        assert [each.id for each in view.candidates] == ["P-1001", "P-1002"]

    def test_a_person_chooses_the_payment(self, desk: Desk) -> None:
        self.two(desk)
        assert isinstance(desk.answer_question(QuestionEvent.JOIN, payment_id=PaymentId("P-1002")), Done)
        assert desk.payment("P-1002").state is PaymentState.SET_ASIDE
        assert desk.payment("P-1001").state is not PaymentState.SET_ASIDE
        assert desk.question().state is QuestionState.ANSWERED
        again = desk.answer_question(QuestionEvent.JOIN, payment_id=PaymentId("P-1001"))
        assert isinstance(again, Refusal)

    def test_an_amount_alone_is_never_enough_to_move_a_payment(self, desk: Desk) -> None:
        desk.bank(("T1", "60.00", "NORTHWIND LTD", "CASH ONE"))
        desk.returned("60.00", "RETURNED ITEM NSF 999")
        assert desk.question().state is QuestionState.RETURN_ASKED

    def test_a_return_of_nothing_that_we_know_is_asked_and_dismissed_with_a_reason(self, desk: Desk) -> None:
        desk.returned("812.44", "RETURNED ITEM NSF 999")
        assert "No payment of this amount" in desk.question().why
        assert isinstance(desk.answer_question(QuestionEvent.DISMISS), Refusal)
        assert isinstance(desk.answer_question(QuestionEvent.DISMISS, reason="A refund of ours"), Done)
        assert isinstance(desk.answer_question(QuestionEvent.REOPEN), Done)
        assert desk.question().state is QuestionState.RETURN_ASKED

    @pytest.mark.parametrize("number", ["P-1001", "P-9", ""])
    def test_a_payment_of_another_amount_or_none_is_refused(self, desk: Desk, number: str) -> None:
        desk.bank(("T1", "61.00", "NORTHWIND LTD", "CASH ONE"))
        desk.returned("60.00", "RETURNED ITEM NSF 999")
        outcome = desk.answer_question(QuestionEvent.JOIN, payment_id=PaymentId(number))
        assert isinstance(outcome, Refusal)
        assert "payment" in outcome.sentence

    def test_who_may_not_answer_is_told_so_and_it_is_written_down(self, desk: Desk) -> None:
        self.two(desk)
        outcome = desk.answer_question(QuestionEvent.JOIN, person=desk.vera, payment_id=PaymentId("P-1001"))
        assert isinstance(outcome, Refusal)
        with desk.services.store.read() as unit:
            rows = unit.audit.of(Subject(SubjectKind.QUESTION, "Q-1001"))
        assert rows[-1].entry.name is AuditName.QUESTION_ACTION_REFUSED


def test_the_reversal_is_a_file_of_its_own_that_repeats_what_shall_be_undone(desk: Desk, tmp_path: Path) -> None:
    ledger = FileLedger(tmp_path / "erp", desk.services.clock, csv_text)
    posts = PostPayments(desk.services, ledger)
    kinds = (EffectKind.POST_PAYMENT, EffectKind.REVERSE_PAYMENT)
    relay = Relay(
        desk.services.store,
        desk.services.clock,
        dict.fromkeys(kinds, posts),
        "ledger",
        bursts=dict.fromkeys(kinds, posts.together),
    )
    desk.bank(("CHK77001", "120.00", "NORTHWIND LTD", "CHECK 4711"))
    shares = (an_application("INV-1001", "98.00", "2.00"), an_application("INV-1003", "10.00"))
    desk.done(PaymentEvent.APPLY, desk.payment(), applications=shares)
    desk.done(PaymentEvent.POST, desk.payment())
    relay.run_now()
    desk.answer(PostingResult.POSTED, "CR-1")
    desk.returned("120.00", "RETURNED ITEM NSF CHK77001")
    desk.done(PaymentEvent.REVERSE, desk.payment())
    relay.run_now()
    (file,) = (tmp_path / "erp" / "outgoing").glob("*/returned_payments.csv")
    with file.open(newline="") as data:
        first, second = csv.DictReader(data)
    assert first == {
        "reversal_key": desk.payment().reversal_key,
        "payment_key": desk.payment().posting_key,
        "erp_id": "CR-1",
        "customer_id": "C1",
        "returned_on": "2026-03-02",
        "return_reason": "RETURNED ITEM NSF CHK77001",
        "bank_reference": "RTN260302001",
        "currency": "USD",
        "payment_amount": "120.00",
        "invoice_number": "INV-1001",
        "applied_amount": "98.00",
        "discount_amount": "2.00",
        "write_off_amount": "0.00",
        "unapplied_amount": "12.00",
    }
    assert (second["invoice_number"], second["applied_amount"]) == ("INV-1003", "10.00")
    assert len(list((tmp_path / "erp" / "outgoing").glob("*/pending_payments.csv"))) == 1
    assert desk.payment().batch == file.parent.name
    assert isinstance(desk.services.store, SqlStore)
    assert versions_without_an_event(desk.services.store) == []


def record_posted(unit: UnitOfWork, payment: DraftPayment, result: PostingResult = PostingResult.POSTED) -> str:
    """The ledger's word on a reversal; what was odd about it."""
    assert payment.reversal_key is not None
    outcome = PostingOutcome(payment.reversal_key, result, "RV-1", "Period closed")
    return record(unit, outcome, Because(FILES)).problem


def test_the_documents_are_never_opened_beyond_their_amount(posted: Desk) -> None:
    posted.returned("100.00", "RETURNED ITEM NSF CHK77001")
    reversing = posted.done(PaymentEvent.REVERSE, posted.payment())
    with posted.services.store.write() as unit:
        unit.ledger.reopen(INV_1001, Money.parse("100.00", posted.payment().amount.currency))
        record_posted(unit, reversing)
    assert open_on(posted) == "100.00"
