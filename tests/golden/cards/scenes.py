"""Every message and window that the bot can show, made from a small company on a fresh store with a clock that stands.

A message is the same whichever way Slack reaches us: cards know nothing of transports.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.actions import Pressed
from bot.cards import alert as alert_card
from bot.cards import digest as digest_card
from bot.cards import home as home_card
from bot.cards import payment as payment_card
from bot.cards import question as question_card
from bot.cards import remittance as remittance_card
from bot.cards.home import HomeView
from bot.cards.parts import Message
from bot.desk import Desk as BotDesk
from bot.desk import notice_view
from bot.views import bulk, choose, details, identify, link, reasons, remittance
from core.app import reporting
from core.app.showing import PaymentView, RemittanceView, payment_view, remittance_view
from core.app.showing_questions import QuestionView, question_view
from core.app.waiting import Queue, counts, work
from core.domain.events import PaymentEvent, QuestionEvent, RemittanceEvent
from core.domain.evidence import Finding, FindingKind
from core.domain.ids import PaymentId, RemittanceId
from core.domain.keeping import SubjectKind
from core.domain.payments import DraftPayment, PaymentState
from core.domain.questions import QuestionId
from core.ports.outside import PostingResult
from core.store.unit_of_work import SqlStore
from tests.builders import a_customer_invoice, acting, an_application
from tests.databases import SetClock, clean_store
from tests.golden.cards.invoice_scenes import INVOICE_SCENES, payables
from tests.golden.cards.portal_scenes import PORTAL_SCENES
from tests.payables_desk import PayablesDesk
from tests.portals_desk import PortalDesk
from tests.service import Desk, bai2, services_on
from tests.slack_desk import SlackDesk

HERE = Path(__file__).parent
ZONE = ZoneInfo("America/New_York")
SUGGESTED = ("D1", "400.00", "S FOODS LLC", "")
UNKNOWN = ("D1", "812.44", "UNHEARD OF LLC", "MISC")
CERTAIN = ("D1", "100.00", "NORTHWIND LTD", "PAYMENT INV-1001")
Scene = Mapping[str, Any]


def on_payables(scene: Callable[[PayablesDesk], Scene]) -> Callable[["Stage"], Scene]:
    """A scene of supplier invoices, on the store of any other."""

    def on_stage(stage: "Stage") -> Scene:
        with payables(stage.services) as desk:
            return scene(desk)

    return on_stage


def on_portals(scene: Callable[[PortalDesk], Scene]) -> Callable[["Stage"], Scene]:
    """A scene of customers' portals, on the store of any other."""

    def on_stage(stage: "Stage") -> Scene:
        assert isinstance(stage.services.store, SqlStore)
        assert isinstance(stage.services.clock, SetClock)
        return scene(PortalDesk(stage.services.store, stage.services.clock))

    return on_stage


class Stage(Desk):
    """The company, and what of it is shown."""

    def view(self, number: str = "P-1001") -> PaymentView:
        with self.services.store.read() as unit:
            return payment_view(unit, PaymentId(number), ZONE)

    def advice(self, number: str = "R-1001") -> RemittanceView:
        with self.services.store.read() as unit:
            return remittance_view(unit, RemittanceId(number), ZONE)

    def change(self, payment: DraftPayment) -> None:
        with self.services.store.write() as unit:
            unit.payments.save(replace(payment, version=payment.version + 1), payment.version)

    def bot(self) -> BotDesk:
        """What the windows work with; nothing of Slack is asked in them."""
        return BotDesk(self.services, None, None, ZONE, lambda: None)  # type: ignore[arg-type]


def message(shown: Message) -> Scene:
    return {"text": shown.text, "blocks": list(shown.blocks)}


def expected(stage: Stage) -> Scene:
    stage.remittance(b"mail 1", {"INV-1001": "100.00", "INV-1002": "250.00"}, "350.00", sender="ap@northwind.example")
    return message(payment_card.message(stage.view()))


def unidentified(stage: Stage) -> Scene:
    stage.bank(UNKNOWN)
    return message(payment_card.message(stage.view()))


def unapplied(stage: Stage) -> Scene:
    stage.bank(("D1", "500.00", "NORTHWIND LTD", "TRANSFER"))
    return message(payment_card.message(stage.view()))


def suggested(stage: Stage) -> Scene:
    stage.bank(SUGGESTED)
    return message(payment_card.message(stage.view()))


def tied(stage: Stage) -> Scene:
    with stage.services.store.write() as unit:
        unit.ledger.put_invoices([a_customer_invoice("INV-1011", "60.00"), a_customer_invoice("INV-1012", "60.00")])
    stage.bank(("D1", "60.00", "NORTHWIND LTD", "TRANSFER"))
    return message(payment_card.message(stage.view()))


def applied_by_automation(stage: Stage) -> Scene:
    stage.bank(CERTAIN)
    return message(payment_card.message(stage.view()))


def applied_in_part(stage: Stage) -> Scene:
    stage.bank(("D1", "500.00", "NORTHWIND LTD", "TRANSFER"))
    shares = (an_application("INV-1001", "98.00", "2.00"), an_application("INV-1002", "150.00"))
    stage.done(PaymentEvent.APPLY, stage.payment(), applications=shares)
    return message(payment_card.message(stage.view()))


def posting(stage: Stage) -> Scene:
    stage.bank(CERTAIN)
    stage.done(PaymentEvent.POST, stage.payment())
    return message(payment_card.message(stage.view()))


def posting_in_a_batch(stage: Stage) -> Scene:
    posting(stage)
    stage.answer(PostingResult.HANDED_OVER, "B-20260302-1")
    return message(payment_card.message(stage.view()))


def posted(stage: Stage) -> Scene:
    posting(stage)
    stage.answer(PostingResult.POSTED, "ERP-123")
    return message(payment_card.message(stage.view()))


def refused_by_the_ledger(stage: Stage) -> Scene:
    posting(stage)
    stage.answer(PostingResult.REFUSED, message="INV-1001 is on hold")
    return message(payment_card.message(stage.view()))


def set_aside(stage: Stage) -> Scene:
    stage.bank(UNKNOWN)
    stage.done(PaymentEvent.SET_ASIDE, stage.payment(), reason="A refund of our own supplier")
    return message(payment_card.message(stage.view()))


def returned(stage: Stage) -> Scene:
    posted(stage)
    stage.returned("100.00", "RETURNED ITEM NSF PAYMENT INV-1001 ERP-123")
    return message(payment_card.message(stage.view()))


def reversing(stage: Stage) -> Scene:
    returned(stage)
    stage.done(PaymentEvent.REVERSE, stage.payment())
    return message(payment_card.message(stage.view()))


def reversed_in_the_ledger(stage: Stage) -> Scene:
    reversing(stage)
    stage.change(replace(stage.payment(), state=PaymentState.REVERSED, reversal_id="RV-9"))
    return message(payment_card.message(stage.view()))


def question(stage: Stage, number: str = "Q-1001") -> QuestionView:
    with stage.services.store.read() as unit:
        return question_view(unit, QuestionId(number), ZONE)


def question_return(stage: Stage) -> Scene:
    stage.bank(("T1", "60.00", "NORTHWIND LTD", "ACCT 000123456789"), ("T2", "60.00", "NORTHWIND LTD", "CASH TWO"))
    stage.returned("60.00", "RETURNED ITEM NSF 999")
    return message(question_card.message(question(stage)))


def question_twin(stage: Stage) -> Scene:
    stage.file(bai2("175,6000,Z,,,CASH DEPOSIT", "175,7100,Z,,,COUNTER DEPOSIT"), "morning.bai")
    stage.file(bai2("175,6000,Z,,,CASH DEPOSIT", number="2"), "afternoon.bai")
    return message(question_card.message(question(stage)))


def question_answered(stage: Stage) -> Scene:
    question_return(stage)
    stage.answer_question(QuestionEvent.JOIN, payment_id=PaymentId("P-1002"))
    return message(question_card.message(question(stage)))


def question_dismissed(stage: Stage) -> Scene:
    question_return(stage)
    stage.answer_question(QuestionEvent.DISMISS, reason="Fees of the bank")
    return message(question_card.message(question(stage)))


def window_question(stage: Stage) -> Scene:
    question_return(stage)
    return details.question_window(question(stage))


def form_taken_back(stage: Stage) -> Scene:
    question_return(stage)
    return link.first(stage.bot(), Pressed(SubjectKind.QUESTION, "Q-1001", 1, QuestionEvent.JOIN))


def home_to_answer(stage: Stage) -> Scene:
    question_return(stage)
    return home_card.home(home(stage, Queue.ASKED))


def with_findings(stage: Stage) -> Scene:
    stage.bank(SUGGESTED)
    findings = (
        Finding(FindingKind.UNKNOWN_SENDER, "ap@sou1hgate.example"),
        Finding(FindingKind.LOOKALIKE_SENDER, "sou1hgate.example", "southgate.example"),
        Finding(FindingKind.BANK_DETAILS_CHANGED, "…6819", "…3000"),
        Finding(FindingKind.POSSIBLE_TWIN, "P-0990"),
    )
    stage.change(replace(stage.payment(), findings=findings))
    return message(payment_card.message(stage.view()))


def many_documents(stage: Stage) -> Scene:
    with stage.services.store.write() as unit:
        unit.ledger.put_invoices([a_customer_invoice(f"INV-3{number:03}", "11.00") for number in range(30)])
    stage.bank(("D1", "500.00", "NORTHWIND LTD", "TRANSFER"))
    shares = tuple(an_application(f"INV-3{number:03}", "11.00") for number in range(30))
    stage.done(PaymentEvent.APPLY, stage.payment(), applications=shares)
    return message(payment_card.message(stage.view()))


def explained(stage: Stage) -> Scene:
    stage.bank(("D1", "350.00", "NORTHWIND LTD", "TRANSFER"))
    stage.remittance(b"mail 1", {"INV-1001": "100.00", "INV-1002": "250.00"}, "350.00", sender="ap@northwind.example")
    return message(payment_card.message(stage.view()))


def remittance_needs_person(stage: Stage) -> Scene:
    SlackDesk.unreadable(stage, b"mail 1")  # type: ignore[arg-type]
    return message(remittance_card.message(stage.advice()))


def remittance_waiting(stage: Stage) -> Scene:
    expected(stage)
    return message(remittance_card.message(stage.advice()))


def remittance_fits_two(stage: Stage) -> Scene:
    stage.bank(("T1", "60.00", "NORTHWIND LTD", "ACCT 000123456789"), ("T2", "60.00", "NORTHWIND LTD", "CASH"))
    stage.remittance(b"mail", {"INV-1003": "60.00"}, "60.00")
    return message(remittance_card.message(stage.advice()))


def form_link(stage: Stage) -> Scene:
    remittance_fits_two(stage)
    return link.first(stage.bot(), pressed(stage, RemittanceEvent.PAYMENT_FOUND, "R-1001"))


def remittance_linked(stage: Stage) -> Scene:
    explained(stage)
    return message(remittance_card.message(stage.advice()))


def remittance_closed(stage: Stage) -> Scene:
    explained(stage)
    stage.done(PaymentEvent.POST, stage.payment())
    stage.answer(PostingResult.POSTED, "ERP-124")
    return message(remittance_card.message(stage.advice()))


def home(stage: Stage, queue: Queue = Queue.POST) -> HomeView:
    with stage.services.store.read() as unit:
        return HomeView("Priya Raman", counts(unit), work(unit, queue), may_post=True)


def home_with_work(stage: Stage) -> Scene:
    lines = [(f"D{number}", f"{900 - number}.13", "UNHEARD OF LLC", "") for number in range(12)]
    stage.bank(CERTAIN, *lines)
    return home_card.home(home(stage, Queue.IDENTIFY))


def home_ready_to_post(stage: Stage) -> Scene:
    stage.bank(CERTAIN)
    return home_card.home(home(stage))


def home_empty(stage: Stage) -> Scene:
    return home_card.home(home(stage, Queue.CONFIRM))


def queue_window(stage: Stage) -> Scene:
    stage.bank(CERTAIN)
    return home_card.window(home(stage))


def digest(facts: Mapping[str, object]) -> Callable[[Stage], Scene]:
    return lambda _stage: message(digest_card.message(reporting.digest(facts)))


def alert(facts: Mapping[str, object]) -> Callable[[Stage], Scene]:
    return lambda stage: message(alert_card.message(reporting.alert(facts, ZONE, stage.services.clock.now())))


def pressed(stage: Stage, event: str, number: str = "P-1001") -> Pressed:
    kind = SubjectKind.REMITTANCE if number.startswith("R-") else SubjectKind.PAYMENT
    version = stage.advice(number).version if kind is SubjectKind.REMITTANCE else stage.payment(number).version
    return Pressed(kind, number, version, event)


def form_choose(stage: Stage) -> Scene:
    explained(stage)
    return choose.first(stage.bot(), pressed(stage, PaymentEvent.APPLY))


def form_choose_with_pages(stage: Stage) -> Scene:
    many_documents(stage)
    return choose.first(stage.bot(), pressed(stage, PaymentEvent.APPLY))


def form_identify(stage: Stage) -> Scene:
    stage.bank(SUGGESTED)
    return identify.first(stage.bot(), pressed(stage, PaymentEvent.IDENTIFY_CUSTOMER))


def form_reason(stage: Stage) -> Scene:
    stage.bank(UNKNOWN)
    return reasons.first(stage.view(), pressed(stage, PaymentEvent.SET_ASIDE), "Set aside")


def form_money(stage: Stage) -> Scene:
    expected(stage)
    return reasons.first(stage.view(), pressed(stage, PaymentEvent.RECORD_MONEY), "Record money")


def form_typed_in(stage: Stage) -> Scene:
    remittance_needs_person(stage)
    return remittance.first(stage.advice(), pressed(stage, RemittanceEvent.TYPED_IN, "R-1001"), "USD")


def bulk_choose(stage: Stage) -> Scene:
    stage.bank(CERTAIN, ("D2", "250.00", "NORTHWIND LTD", "PAYMENT INV-1002"))
    return bulk.choose(bulk.ready(stage.bot(), acting(stage.priya)))


def bulk_recap(stage: Stage) -> Scene:
    stage.bank(CERTAIN, ("D2", "250.00", "NORTHWIND LTD", "PAYMENT INV-1002"))
    return bulk.recap(stage.bot(), [each.value for each in bulk.ready(stage.bot(), acting(stage.priya))])


def window_payment(stage: Stage) -> Scene:
    explained(stage)
    return details.payment_window(stage.view())


def window_many_documents(stage: Stage) -> Scene:
    many_documents(stage)
    return details.payment_window(stage.view())


def window_remittance(stage: Stage) -> Scene:
    explained(stage)
    return details.remittance_window(stage.advice())


def notice(_stage: Stage) -> Scene:
    return notice_view("Only people of the company that runs Tieout can use it.")


BANK_FILE = {
    "kind": "bank_file",
    "name": "monday.bai",
    "new": 12,
    "joined": 3,
    "seen_again": 2,
    "debits": 1,
    "states": {"APPLIED": 9, "SUGGESTED": 4, "UNIDENTIFIED": 2},
    "problems": ["line 7: the amount has three digits after the point"],
    "unreadable": [],
}
ACKNOWLEDGEMENT = {"kind": "acknowledgement", "name": "ack.csv", "posted": 3, "refused": ["P-1001: INV-1001 is on hold"]}
LEDGER = {"kind": "ledger_synced", "what": "documents", "name": "invoices.csv", "read": 40, "new": 4, "changed": 2}
SCENES: Mapping[str, Callable[[Stage], Scene]] = {
    "payment_expected": expected,
    "payment_unidentified": unidentified,
    "payment_unapplied": unapplied,
    "payment_suggested": suggested,
    "payment_tied": tied,
    "payment_applied_by_automation": applied_by_automation,
    "payment_applied_in_part": applied_in_part,
    "payment_posting": posting,
    "payment_posting_in_a_batch": posting_in_a_batch,
    "payment_posted": posted,
    "payment_refused_by_the_ledger": refused_by_the_ledger,
    "payment_set_aside": set_aside,
    "payment_returned": returned,
    "payment_reversing": reversing,
    "payment_reversed": reversed_in_the_ledger,
    "question_return": question_return,
    "question_twin": question_twin,
    "question_answered": question_answered,
    "question_dismissed": question_dismissed,
    "window_question": window_question,
    "form_taken_back": form_taken_back,
    "home_to_answer": home_to_answer,
    "payment_with_findings": with_findings,
    "payment_many_documents": many_documents,
    "payment_explained": explained,
    "remittance_needs_person": remittance_needs_person,
    "remittance_waiting": remittance_waiting,
    "remittance_fits_two": remittance_fits_two,
    "remittance_linked": remittance_linked,
    "remittance_closed": remittance_closed,
    "home_with_work": home_with_work,
    "home_ready_to_post": home_ready_to_post,
    "home_empty": home_empty,
    "window_queue": queue_window,
    "digest_bank_file": digest(BANK_FILE),
    "digest_acknowledgement": digest(
        {"kind": "acknowledgement", "name": "ack.csv", "posted": 3, "refused": ["P-1001: on hold"]}
    ),
    "digest_ledger": digest(
        {"kind": "ledger_synced", "what": "documents", "name": "invoices.csv", "read": 40, "new": 4, "changed": 2}
    ),
    "digest_rematched": digest({"kind": "rematched", "looked_at": 7, "states": {"SUGGESTED": 2}}),
    "digest_batch": digest({"kind": "batch_written", "batch": "B-1", "payments": ["P-1001"], "totals": {"USD": "100.00"}}),
    "digest_unheard_of": digest({"kind": "something_new", "count": 3}),
    "alert_unreadable": alert({"kind": "unreadable", "name": "scan.pdf", "why": "It holds no bank lines."}),
    "alert_silent": alert({"kind": "silent", "part": "mailbox:inbox", "since": "2026-03-02T07:10:00+00:00", "seconds": 6600}),
    "alert_back": alert({"kind": "all_clear", "part": "mailbox:inbox", "back": "2026-03-02T08:30:00+00:00"}),
    "alert_anchor": alert({"kind": "audit_anchor", "events": 412, "hash": "5f" * 32}),
    "form_choose": form_choose,
    "form_choose_with_pages": form_choose_with_pages,
    "form_identify": form_identify,
    "form_reason": form_reason,
    "form_money": form_money,
    "form_typed_in": form_typed_in,
    "form_link": form_link,
    "bulk_choose": bulk_choose,
    "bulk_recap": bulk_recap,
    "window_payment": window_payment,
    "window_many_documents": window_many_documents,
    "window_remittance": window_remittance,
    "window_notice": notice,
    **{name: on_payables(scene) for name, scene in INVOICE_SCENES.items()},
    **{name: on_portals(scene) for name, scene in PORTAL_SCENES.items()},
}


def golden(name: str) -> Path:
    return HERE / f"{name}.json"


def drawn(name: str) -> str:
    """A scene as its file says it."""
    clock = SetClock()
    with clean_store("sqlite", clock) as store:
        scene = SCENES[name](Stage(services_on(store, clock)))
    return json.dumps(scene, ensure_ascii=False, indent=1) + "\n"


@cache
def kept(name: str) -> Scene:
    """A scene as it is kept: drawn like this, says the test that compares the two, so the others need not draw it again."""
    found: Scene = json.loads(golden(name).read_text(encoding="utf-8"))
    return found
