"""The power goes off between any two statements of taking a bank file, on both databases.

Each time the file is gone on with, as the clock process does or as somebody does who hands it in again. Each of its lines must
have become one payment, with one card, and the import one digest.
"""

from collections import Counter

import pytest

from core.app.outcomes import AlreadyDone, Done
from core.app.take_bank_file import finish_begun
from core.domain.ids import SourceId
from core.domain.keeping import EffectKind
from core.domain.workflows import OutboxState
from core.store.audit import verify
from core.store.unit_of_work import SqlStore
from tests.databases import AUDIT_KEY, SetClock
from tests.faults import Fault, PowerCut, Watch
from tests.service import FILES, Desk, services_on

Line = tuple[str, str, str, str]


def lines_of(at: int) -> list[Line]:
    """A deposit that nobody knows, and one that names its invoice."""
    return [(f"A{at}", f"{at}.07", "UNHEARD OF LLC", ""), (f"B{at}", "100.00", "NORTHWIND LTD", "PAYMENT INV-1001")]


def goes_off(desk: Desk, at: int) -> bool:
    try:
        desk.bank(*lines_of(at), name=f"bank {at}.csv")
    except PowerCut:
        return True
    return False


def goes_on(desk: Desk, clock: SetClock, at: int) -> SourceId:
    """Every other time the clock process finds what was begun; what was not even begun is handed in again."""
    clock.advance(seconds=300)
    if at % 2:
        finish_begun(desk.services, FILES)
    outcome = desk.bank(*lines_of(at), name=f"bank {at}.csv")
    assert isinstance(outcome, Done | AlreadyDone)
    return SourceId(outcome.subject_id)


@pytest.mark.slow
def test_the_power_may_go_off_anywhere(store: SqlStore, clock: SetClock, database_kind: str) -> None:
    desk, power, at = Desk(services_on(store, clock)), Watch(store), 0
    # The story is the same on both, and a statement costs ten times as much on PostgreSQL; odd strides meet every kind of step.
    stride = 3 if database_kind == "sqlite" else 13
    while True:
        at += stride
        power.fault = fault = Fault(at)
        if not goes_off(desk, at):
            break
        power.fault = Fault(0)
        check(store, goes_on(desk, clock, at), f"stopped before step {at}: {fault.seen[-1]}")
    power.fault = Fault(0)
    assert at > 50
    with store.read() as unit:
        assert unit.seen.unfinished("bank_file_begun", "bank_file_ended", unit.now) == []
        assert list(verify(unit.session, AUDIT_KEY)) == []


def check(store: SqlStore, source: SourceId, where: str) -> None:
    with store.read() as unit:
        lines = unit.bank_lines.of_source(source)
        became = [unit.payments.by_bank_line(line.id) for line in lines]
        items = unit.outbox.in_state(OutboxState.PENDING, limit=100_000)
    asked = Counter((item.effect.kind, item.effect.subject.id) for item in items)
    assert len(became) == len(lines) == 2, where
    assert asked[EffectKind.PUBLISH_DIGEST, source] == 1, where
    for payment in became:
        assert payment is not None, where
        assert asked[EffectKind.PUBLISH_CARD, payment.id] == 1, where
