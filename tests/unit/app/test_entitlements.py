"""Who may cause what, asked of the story itself: every role against every event that has a button."""

from dataclasses import replace

from core.app import act_on_remittance
from core.app.act_on_payment import act
from core.app.commands import ActOnPayment, ActOnRemittance
from core.app.outcomes import Outcome, Refusal
from core.decide import draft_payment, remittance
from core.decide.permissions import permissions_of
from core.domain.actors import Person, Role
from core.domain.events import AuditName, PaymentEvent
from core.domain.ids import PersonId
from core.domain.keeping import SourceKind, Subject, SubjectKind
from core.domain.payments import DraftPayment, MoneyOrigin, PaymentState
from core.domain.remittance import RemittanceState
from core.store.unit_of_work import SqlStore
from tests.builders import a_customer, a_customer_invoice, a_payment, acting, an_advice, an_application
from tests.databases import SetClock
from tests.service import services_on

PAYMENT_EVENTS = [event for event, spec in draft_payment.SPECS.items() if spec.label]
REMITTANCE_EVENTS = [event for event, spec in remittance.SPECS.items() if spec.label]


def people(store: SqlStore) -> dict[Role, Person]:
    """One person for each role."""
    known = {
        role: Person(PersonId(f"U-{place}"), role.value, f"{role}@example.com", frozenset({role}))
        for place, role in enumerate(Role)
    }
    with store.write() as unit:
        for person in known.values():
            unit.people.put(person)
        unit.ledger.put_customers([a_customer()])
        unit.ledger.put_invoices([a_customer_invoice()])
    return known


def barred(outcome: Outcome) -> bool:
    return isinstance(outcome, Refusal) and outcome.code == "not_permitted"


def offering(event: PaymentEvent, number: int) -> DraftPayment:
    """A payment in a state that offers the event."""
    state = next(state for state in PaymentState if event in draft_payment.TABLE.offered(state))
    origin = MoneyOrigin.NOT_SEEN if state is PaymentState.EXPECTED else MoneyOrigin.BANK_LINE
    applied = (an_application(),) if state in {PaymentState.APPLIED, PaymentState.SUGGESTED} else ()
    return a_payment(number, state=state, origin=origin, applications=applied)


def test_a_role_may_cause_an_event_of_a_payment_exactly_if_it_holds_the_permission(store: SqlStore, clock: SetClock) -> None:
    services = services_on(store, clock)
    refused, written_down, expected = set(), set(), set()
    number = 1000
    for role, person in people(store).items():
        for event in PAYMENT_EVENTS:
            number += 1
            payment = offering(event, number)
            with store.write() as unit:
                unit.payments.add(payment)
            outcome = act(services, ActOnPayment(payment.id, 1, event, acting(person), reason="because"))
            with store.read() as unit:
                names = [row.entry.name for row in unit.audit.of(Subject(SubjectKind.PAYMENT, payment.id))]
            case = (role, event)
            refused |= {case} if barred(outcome) else set()
            written_down |= {case} if AuditName.PAYMENT_ACTION_REFUSED in names else set()
            expected |= {case} if draft_payment.SPECS[event].permission not in permissions_of([role]) else set()
    assert refused == expected
    assert written_down == expected


def test_a_role_may_cause_an_event_of_a_remittance_exactly_if_it_holds_the_permission(store: SqlStore, clock: SetClock) -> None:
    services = services_on(store, clock)
    refused, written_down, expected = set(), set(), set()
    number = 1000
    for role, person in people(store).items():
        for event in REMITTANCE_EVENTS:
            number += 1
            state = next(state for state in RemittanceState if event in remittance.TABLE.offered(state))
            with store.write() as unit:
                source, _ = unit.sources.take(SourceKind.MAIL, "mail", str(number).encode())
                advice = replace(an_advice(number), state=state, source_id=source.id)
                unit.remittances.add(advice)
            command = ActOnRemittance(advice.id, 1, event, acting(person), reason="because", lines=advice.lines)
            case = (role, event)
            refused |= {case} if barred(act_on_remittance.act(services, command)) else set()
            with store.read() as unit:
                names = {row.entry.name for row in unit.audit.of(Subject(SubjectKind.REMITTANCE, advice.id))}
            written_down |= {case} if AuditName.REMITTANCE_ACTION_REFUSED in names else set()
            expected |= {case} if remittance.SPECS[event].permission not in permissions_of([role]) else set()
    assert refused == expected
    assert written_down == expected


def test_whoever_may_not_identify_is_told_that_and_not_what_they_left_out(store: SqlStore, clock: SetClock) -> None:
    person = people(store)[Role.VIEWER]
    payment = a_payment(state=PaymentState.UNIDENTIFIED, customer=None)
    with store.write() as unit:
        unit.payments.add(payment)
    outcome = act(services_on(store, clock), ActOnPayment(payment.id, 1, PaymentEvent.IDENTIFY_CUSTOMER, acting(person)))
    assert barred(outcome)
