"""What people's decisions say of the matcher's answers, kept with the decisions and counted later."""

from dataclasses import replace

from core.app.calibrating import judged_answers
from core.app.matching import Matcher
from core.domain.events import PaymentEvent
from core.domain.ids import CustomerId, InvoiceNumber
from core.domain.money import Money
from core.domain.payments import Application, DraftPayment, PaymentState
from core.domain.policy import MatchPolicy
from core.match.calibration import Judged, fit
from core.store.unit_of_work import SqlStore
from tests.builders import usd
from tests.databases import SetClock
from tests.service import Desk, services_on


def judged(desk: Desk) -> list[Judged]:
    with desk.services.store.read() as unit:
        return judged_answers(unit)


def asking(store: SqlStore, clock: SetClock, share: float) -> Desk:
    """A desk where this share of the certain answers is asked about."""
    return Desk(replace(services_on(store, clock), matcher=Matcher(replace(MatchPolicy(), audit_share=share))))


def to(number: str, amount: str, customer: str = "C1") -> tuple[Application, ...]:
    zero = Money.zero(usd("0").currency)
    return (Application(InvoiceNumber(number), CustomerId(customer), usd(amount), zero, zero),)


def test_decisions_judge_the_best_answer_and_the_last_one_counts(store: SqlStore, clock: SetClock) -> None:
    desk = asking(store, clock, 0.0)
    desk.bank(("B1", "81.37", "NORTHWIND LTD", "INV-1001"), ("B2", "1300.00", "SOUTHGATE FOODS INC", "INV-2001"))
    short, over = sorted(desk.payments(), key=lambda each: each.amount.minor)
    assert judged(desk) == []
    assert (short.state, over.state) == (PaymentState.APPLIED, PaymentState.SUGGESTED)
    short = desk.done(PaymentEvent.UNAPPLY, short)
    assert [(each.family, each.right) for each in judged(desk)] == [("text, short pay", False)]
    over = desk.done(PaymentEvent.CONFIRM, over)
    answers = {each.family: each for each in judged(desk)}
    assert answers["text, overpayment"].right
    assert answers["text, overpayment"].own == round(_weighed(over), 6)


def _weighed(payment: DraftPayment) -> float:
    best = payment.suggestions[0]
    return best.confidence if best.weighed is None else best.weighed


def test_another_choice_says_that_the_answer_was_wrong(store: SqlStore, clock: SetClock) -> None:
    desk = Desk(services_on(store, clock))
    desk.bank(("B1", "1300.00", "SOUTHGATE FOODS INC", "INV-2001"))
    (payment,) = desk.payments()
    desk.done(PaymentEvent.APPLY, payment, applications=to("INV-2002", "400.00", "C2"))
    assert [(each.family, each.right) for each in judged(desk)] == [("text, overpayment", False)]
    (record,) = fit(judged(desk), 0.0)
    assert (record.right, record.wrong) == (0, 1)


def test_what_was_applied_by_itself_and_only_posted_judges_nothing(store: SqlStore, clock: SetClock) -> None:
    desk = asking(store, clock, 0.0)
    desk.bank(("B1", "100.00", "NORTHWIND LTD", "INV-1001"))
    desk.posted()
    assert judged(desk) == []


def test_a_share_of_the_certain_ones_is_asked_about(store: SqlStore, clock: SetClock) -> None:
    desk = asking(store, clock, 1.0)
    desk.bank(("B1", "100.00", "NORTHWIND LTD", "INV-1001"))
    payment = desk.payment()
    assert payment.state is PaymentState.SUGGESTED
    assert payment.why == "Tieout is certain; this one is asked about to learn how often that is right."
    desk.done(PaymentEvent.CONFIRM, payment)
    assert [(each.family, each.right) for each in judged(desk)] == [("text, exact", True)]
