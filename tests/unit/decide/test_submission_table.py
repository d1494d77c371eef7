"""Nothing of ours goes into a portal unless a person said so, and no row of the table submits."""

from core.decide.machine import MACHINES
from core.decide.submission import SPECS, TABLE
from core.domain.actors import ActorKind
from core.domain.workflows import SubmissionState as State

OF_THE_ROBOT = {State.READY_TO_SUBMIT, State.FILLING, State.CHECKING, State.DRAFT_SAVED}


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
        if row.to in {State.SUBMITTED, State.APPROVED, State.DISPUTED, State.PAID} and row.to not in row.sources:
            assert row.event.startswith("seen_")
            assert ActorKind.PERSON not in SPECS[row.event].actors
    assert not any("submit" in spec.label.casefold() and spec.label != "Ready to submit" for spec in SPECS.values())
