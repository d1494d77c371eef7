"""What a person's decision teaches of how a customer pays; nothing is learned from what nobody confirmed."""

from core.domain.events import PaymentEvent
from core.domain.ids import CustomerId, InvoiceNumber
from core.domain.money import Money
from core.domain.parties import AliasKind
from core.domain.payments import Application, PaymentState
from core.store.unit_of_work import SqlStore
from tests.builders import usd
from tests.databases import SetClock
from tests.service import Desk, services_on

_HABITS = (AliasKind.REFERENCE_HABIT, AliasKind.DISCOUNT_HABIT)


def learned(desk: Desk) -> dict[tuple[str, str], tuple[int, int]]:
    with desk.services.store.read() as unit:
        found = [each for each in unit.ledger.aliases() if each.kind in _HABITS]
    return {(each.customer_id, each.value): (each.confirmed, each.rejected) for each in found}


def test_habits_are_counted_when_a_person_settles_and_only_then(store: SqlStore, clock: SetClock) -> None:
    desk = Desk(services_on(store, clock))
    desk.bank(("B1", "100.00", "NORTHWIND LTD", "INV-1001"))
    assert desk.payment().state is PaymentState.APPLIED
    assert learned(desk) == {}, "nobody confirmed it"
    desk.bank(("B2", "1300.00", "SOUTHGATE FOODS INC", "REF 2001"))
    (first,) = [each for each in desk.payments() if each.state is PaymentState.SUGGESTED]
    desk.done(PaymentEvent.CONFIRM, first)
    assert learned(desk) == {("C2", "digits_only"): (1, 0)}


def test_what_the_answer_rested_on_is_rejected_when_a_person_settles_something_else(store: SqlStore, clock: SetClock) -> None:
    desk = Desk(services_on(store, clock))
    desk.bank(("B1", "430.00", "SOUTHGATE FOODS INC", "REF 2002"))
    payment = desk.payment()
    assert payment.suggestions[0].applications[0].invoice_number == "INV-2002"
    zero = Money.zero(usd("0").currency)
    other = (Application(InvoiceNumber("INV-2001"), CustomerId("C2"), usd("430.00"), zero, zero),)
    desk.done(PaymentEvent.APPLY, payment, applications=other)
    assert learned(desk) == {("C2", "digits_only"): (0, 1), ("C2", "own_number"): (1, 0)}
