"""People of one legal entity see the work of that entity: in lists, counts, searches and single payments."""

from dataclasses import replace

import pytest

from bot import home
from bot.desk import Desk as BotDesk
from bot.desk import may_look
from bot.views import bulk
from core.app.outcomes import Refusal
from core.app.waiting import Queue, counts, entities_of, search, work
from core.domain.actors import Person
from core.domain.ids import DEFAULT_ENTITY, BankLineId, EntityId
from core.domain.keeping import SourceKind, SubjectKind
from core.domain.payments import PaymentState
from core.domain.questions import BankQuestion, QuestionId, QuestionKind, QuestionState
from core.domain.remittance import RemittanceState
from core.store.unit_of_work import SqlStore
from tests.builders import a_bank_line, a_customer, a_payment, acting, an_advice, usd
from tests.databases import SetClock
from tests.golden.cards.scenes import ZONE
from tests.service import Desk, services_on

WEST = EntityId("west")


@pytest.fixture
def desk(store: SqlStore, clock: SetClock) -> Desk:
    """A payment of each entity in each list, an advice and a question of each."""
    made = Desk(services_on(store, clock))
    with store.write() as unit:
        unit.ledger.put_customers([replace(a_customer("W1", "Western Ltd"), entity=WEST)])
        source, _ = unit.sources.take(SourceKind.MAIL, "mail", b"mail")
        for number, (entity, state) in enumerate(
            (entity, state) for entity in (WEST, DEFAULT_ENTITY) for state in (PaymentState.APPLIED, PaymentState.UNIDENTIFIED)
        ):
            unit.payments.add(replace(a_payment(3001 + number, state=state), entity=entity))
        for number, customer in enumerate(("W1", "C1")):
            advice = replace(an_advice(3001 + number), state=RemittanceState.NEEDS_PERSON, source_id=source.id)
            unit.remittances.add(replace(advice, customer_id=a_customer(customer).id))
        for number, entity in enumerate((WEST, DEFAULT_ENTITY)):
            line = replace(a_bank_line(number), id=BankLineId(f"B-{number}"), source_id=source.id)
            unit.bank_lines.add_new([line])
            asked = BankQuestion(
                QuestionId(f"Q-{number}"),
                1,
                QuestionKind.RETURN,
                QuestionState.RETURN_ASKED,
                line.id,
                usd("1.00"),
                entity=entity,
            )
            unit.questions.add(asked)
    return made


def of(desk: Desk, *entities: EntityId) -> Person:
    person = replace(desk.priya, entities=frozenset(entities))
    with desk.services.store.write() as unit:
        unit.people.put(person)
    return person


def test_lists_counts_and_searches_are_those_of_the_persons_entities(desk: Desk) -> None:
    person = of(desk, WEST)
    with desk.services.store.read() as unit:
        mine = entities_of(unit, acting(person))
        counted = counts(unit, mine)
        shown = {queue: [item.id for item in work(unit, queue, entities=mine).items] for queue in Queue if counted[queue]}
        found = [item.id for item in search(unit, "NORTHWIND", entities=mine)]
    assert shown == {Queue.POST: ["P-3001"], Queue.IDENTIFY: ["P-3002"], Queue.READ: ["R-3001"], Queue.ASKED: ["Q-0"]}
    assert all(counted[queue] == 1 for queue in shown)
    assert found == ["P-3002", "P-3001"]


def test_who_is_bound_to_no_entity_sees_everything(desk: Desk) -> None:
    with desk.services.store.read() as unit:
        mine = entities_of(unit, acting(of(desk)))
        assert counts(unit, mine)[Queue.POST] == 2
        assert counts(unit, mine)[Queue.ASKED] == 2


def test_the_home_tab_and_posting_several_are_filtered_and_single_subjects_are_closed(desk: Desk) -> None:
    person = of(desk, WEST)
    bot = BotDesk(desk.services, None, None, ZONE, lambda: None)  # type: ignore[arg-type]
    drawn = home.build(bot, acting(person), f"{Queue.POST}:0")
    assert drawn is not None
    assert drawn.page is not None
    assert [item.id for item in drawn.page.items] == ["P-3001"]
    assert drawn.may_post
    assert [each.payment.id for each in bulk.ready(bot, acting(person))] == ["P-3001"]
    allowed = {
        number: not isinstance(may_look(bot, acting(person), kind, number), Refusal)
        for kind, number in (
            (SubjectKind.PAYMENT, "P-3001"),
            (SubjectKind.PAYMENT, "P-3003"),
            (SubjectKind.REMITTANCE, "R-3001"),
            (SubjectKind.REMITTANCE, "R-3002"),
            (SubjectKind.QUESTION, "Q-0"),
            (SubjectKind.QUESTION, "Q-1"),
        )
    }
    assert allowed == {"P-3001": True, "P-3003": False, "R-3001": True, "R-3002": False, "Q-0": True, "Q-1": False}
