"""Nothing of ours goes into a portal unless a person said so, and no row of the table submits."""

from core.decide.machine import MACHINES, PEOPLE
from core.decide.submission import SECOND, SPECS, TABLE
from core.domain.actors import ActorKind
from core.domain.events import SubmissionEvent as Event
from core.domain.workflows import SubmissionState as State

OF_THE_ROBOT = {
    State.READY_TO_SUBMIT,
    State.FILLING,
    State.CHECKING,
    State.DRAFT_SAVED,
    State.PREPARED,
    State.RELEASED,
    State.SENDING,
}


def test_machines_alone_never_bring_an_invoice_to_the_robot() -> None:
    reached = {State.SUGGESTED}
    while True:
        rows = [row for row in TABLE.rows if MACHINES & SPECS[row.event].actors]
        further = {row.to for row in rows if reached & set(row.sources)} - reached
        if not further:
            break
        reached |= further
    assert not reached & OF_THE_ROBOT
    assert {State.SUBMITTED, State.PAID, State.DISMISSED} <= reached


def test_what_happens_at_the_customer_is_only_ever_seen() -> None:
    for row in TABLE.rows:
        if row.event is Event.DELIVERED:
            continue
        if row.to in {State.SUBMITTED, State.APPROVED, State.DISPUTED, State.PAID} and row.to not in row.sources:
            assert row.event.startswith("seen_")
            assert ActorKind.PERSON not in SPECS[row.event].actors


def test_nothing_is_delivered_that_a_second_person_did_not_release() -> None:
    """What is sent by cXML is delivered: the only way there is a person's release, of what another person said Ready to."""
    assert {row.sources for row in TABLE.rows if row.event is Event.DELIVERED} == {(State.SENDING,)}
    assert {row.event for row in TABLE.rows if row.to is State.SENDING} == {Event.BEGIN_SENDING}
    assert {row.sources for row in TABLE.rows if row.event is Event.BEGIN_SENDING} == {(State.RELEASED,)}
    into = [row for row in TABLE.rows if row.to is State.RELEASED and State.RELEASED not in row.sources]
    assert [(row.sources, row.event) for row in into if row.event is not Event.PORTAL_UNAVAILABLE] == [
        ((State.PREPARED,), Event.RELEASE)
    ]
    (release,) = [row for row in TABLE.rows if row.event is Event.RELEASE]
    assert SECOND in release.only_if
    assert SPECS[Event.RELEASE].actors == PEOPLE
    assert not any("submit" in spec.label.casefold() and spec.label != "Ready to submit" for spec in SPECS.values())
