"""The state tables as tables: nothing unreachable, no dead ends, no two rows that could both hold, every event described."""

import dataclasses
from collections.abc import Iterator
from itertools import product
from typing import Any, get_type_hints

import pytest

from core.decide import draft_payment, line_resolution
from core.decide.draft_payment import PaymentFacts
from core.decide.line_resolution import LineFacts
from core.decide.machine import Denied, Moved, Table, decide
from core.decide.permissions import ROLE_PERMISSIONS, entitle
from core.decide.supplier_invoice import SupplierInvoiceFacts
from core.decide.tables import ALL
from core.domain.actors import Actor, ActorKind, Entitled, Permission, Role, Surface
from core.domain.events import LineEvent, PaymentEvent, SupplierInvoiceEvent
from core.domain.ids import DEFAULT_ENTITY, EntityId
from core.domain.payments import PaymentState
from core.domain.workflows import LineResolution, LineVerdict
from tests.builders import a_person, acting

EVERYTHING = frozenset(Permission)
PERSON = Entitled(Actor(ActorKind.PERSON, "U-1", "Priya Raman", Surface.SLACK), EVERYTHING)
RULE = Entitled(Actor(ActorKind.AUTOMATION, "rule", "Tieout", Surface.CLOCK), frozenset())
NAMED = [pytest.param(table, id=table.name) for table in ALL]
FACTS = {
    "line_resolution": "LineFacts",
    "supplier_invoice": "SupplierInvoiceFacts",
    "draft_payment": "PaymentFacts",
    "remittance_advice": "RemittanceFacts",
    "bank_question": "QuestionFacts",
    "portal_submission": "SubmissionFacts",
    "dispute": "DisputeFacts",
    "outbox_item": "OutboxFacts",
}


def states(table: Table[Any, Any, Any]) -> list[Any]:
    every: Any = type(table.starts[0])
    return list(every)


def all_facts(table: Table[Any, Any, Any], by: Entitled) -> Iterator[Any]:
    """Every combination of the yes-or-no facts of a table (verdicts one at a time)."""
    import importlib

    module = importlib.import_module(next(m for m in MODULES if hasattr(importlib.import_module(m), FACTS[table.name])))
    kind = getattr(module, FACTS[table.name])
    hints = get_type_hints(kind)
    flags = [field.name for field in dataclasses.fields(kind) if hints[field.name] is bool]
    further: list[dict[str, object]] = [{}]
    if kind is LineFacts:
        further = [{"verdicts": frozenset({verdict})} for verdict in LineVerdict]
    if kind is SupplierInvoiceFacts:
        back = [row.to for row in table.rows if row.event is SupplierInvoiceEvent.RECALL]
        further = [{"came_from": state} for state in (None, *dict.fromkeys(back))]
    for values in product((False, True), repeat=len(flags)):
        for more in further:
            yield kind(by=by, **dict(zip(flags, values, strict=True)), **more)


MODULES = [
    f"core.decide.{name}"
    for name in (
        "line_resolution",
        "supplier_invoice",
        "draft_payment",
        "remittance",
        "bank_question",
        "submission",
        "dispute",
        "outbox_item",
    )
]


@pytest.mark.parametrize("table", NAMED)
def test_every_state_can_be_reached(table: Table[Any, Any, Any]) -> None:
    reached = set(table.starts)
    while True:
        further = {row.to for row in table.rows if reached & set(row.sources)} - reached
        if not further:
            break
        reached |= further
    assert reached == set(states(table))


@pytest.mark.parametrize("table", NAMED)
def test_only_ends_have_no_way_out(table: Table[Any, Any, Any]) -> None:
    left = {source for row in table.rows for source in row.sources}
    assert set(states(table)) - left <= set(table.ends)


@pytest.mark.parametrize("table", NAMED)
def test_no_two_rows_hold_at_once(table: Table[Any, Any, Any]) -> None:
    pairs = {(source, row.event) for row in table.rows for source in row.sources}
    doubtful = [pair for pair in pairs if sum(pair[0] in row.sources and row.event is pair[1] for row in table.rows) > 1]
    for state, event in doubtful:
        rows = [row for row in table.rows if row.event is event and state in row.sources]
        for facts in all_facts(table, PERSON):
            holding = [row for row in rows if all(guard.holds(facts) for guard in row.only_if)]
            assert len(holding) <= 1, (state, event, facts)


@pytest.mark.parametrize("table", NAMED)
def test_every_event_is_described_and_used(table: Table[Any, Any, Any]) -> None:
    events: Any = type(table.rows[0].event)
    assert set(table.specs) == set(events) == {row.event for row in table.rows}
    for event, spec in table.specs.items():
        offered = ActorKind.PERSON in spec.actors
        assert offered or not spec.label, f"{event} has a button that nobody may press"


@pytest.mark.parametrize("table", NAMED)
def test_every_move_of_the_table_can_happen_and_lands_where_the_row_says(table: Table[Any, Any, Any]) -> None:
    for row in table.rows:
        kind = PERSON if ActorKind.PERSON in table.specs[row.event].actors else RULE
        by = kind if table.specs[row.event].actors else RULE
        answers = (decide(table, row.sources[0], row.event, facts) for facts in all_facts(table, by))
        landed = next((answer.to for answer in answers if isinstance(answer, Moved) and answer.row is row), None)
        assert landed is row.to, row


@pytest.mark.parametrize("table", NAMED)
def test_every_refusal_is_a_sentence(table: Table[Any, Any, Any]) -> None:
    for state, event in product(states(table), table.specs):
        answer = decide(table, state, event, next(iter(all_facts(table, PERSON))))
        if isinstance(answer, Denied):
            assert answer.sentence.endswith(".")
            assert answer.sentence[0].isupper()


@pytest.mark.parametrize("event", [PaymentEvent.POST, PaymentEvent.REVERSE])
def test_no_actor_but_a_person_can_post_a_payment_or_reverse_one(event: PaymentEvent) -> None:
    for state in PaymentState:
        for facts in all_facts(draft_payment.TABLE, RULE):
            answer = decide(draft_payment.TABLE, state, event, facts)
            assert isinstance(answer, Denied)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("event", list(PaymentEvent))
def test_role_by_event_matrix_of_payments(role: Role, event: PaymentEvent) -> None:
    """A person in a role may cause exactly the events whose permission the role holds."""
    spec = draft_payment.SPECS[event]
    by = entitle(acting(a_person(roles=frozenset({role}))), a_person(roles=frozenset({role})), DEFAULT_ENTITY)
    source = next(row.sources[0] for row in draft_payment.TABLE.rows if row.event is event)
    allowed = any(
        isinstance(decide(draft_payment.TABLE, source, event, dataclasses.replace(facts, by=by)), Moved)
        for facts in all_facts(draft_payment.TABLE, PERSON)
    )
    holds = spec.permission is None or spec.permission in ROLE_PERMISSIONS[role]
    assert allowed == (ActorKind.PERSON in spec.actors and holds)


def test_a_stranger_may_do_nothing() -> None:
    by = entitle(acting(a_person()), None, DEFAULT_ENTITY)
    answer = decide(draft_payment.TABLE, PaymentState.SUGGESTED, PaymentEvent.DISMISS, PaymentFacts(by))
    assert isinstance(answer, Denied)
    assert "does not know you" in answer.sentence


def test_a_person_of_another_entity_may_do_nothing_here() -> None:
    person = dataclasses.replace(a_person(), entities=frozenset({EntityId("west")}))
    assert entitle(acting(person), person, EntityId("east")).permissions == frozenset()
    assert entitle(acting(person), person, EntityId("west")).permissions
    assert entitle(acting(person), dataclasses.replace(person, active=False), EntityId("west")).permissions == frozenset()


@pytest.mark.parametrize(
    ("verdict", "permission"),
    [
        (LineVerdict.RATE_MISMATCH, Permission.RESOLVE_RATE_AND_AMOUNT),
        (LineVerdict.AMOUNT_MISMATCH, Permission.RESOLVE_RATE_AND_AMOUNT),
        (LineVerdict.QUANTITY_MISMATCH, Permission.RESOLVE_QUANTITY),
        (LineVerdict.UNLINKED, Permission.HANDLE_NEW_LINES),
    ],
)
def test_a_mismatch_is_resolved_by_who_is_entitled_to_its_kind(verdict: LineVerdict, permission: Permission) -> None:
    event = LineEvent.ADD_NEW if verdict is LineVerdict.UNLINKED else LineEvent.ACCEPT
    for held in Permission:
        by = Entitled(PERSON.actor, frozenset({held}))
        facts = LineFacts(by, frozenset({verdict}))
        answer = decide(line_resolution.TABLE, LineResolution.OPEN, event, facts)
        assert isinstance(answer, Moved) == (held is permission)


def test_buttons_are_the_events_a_person_may_cause() -> None:
    offered = draft_payment.TABLE.offered
    assert offered(PaymentState.POSTING) == ()
    assert offered(PaymentState.POSTED) == ()
    assert offered(PaymentState.RETURNED) == (PaymentEvent.REVERSE, PaymentEvent.NOT_RETURNED)
    assert offered(PaymentState.REVERSING) == ()
    assert offered(PaymentState.APPLIED) == (PaymentEvent.POST, PaymentEvent.UNAPPLY)
    assert PaymentEvent.CONFIRM in offered(PaymentState.SUGGESTED)
    assert PaymentEvent.RECORD_MONEY in offered(PaymentState.EXPECTED)
