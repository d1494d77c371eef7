"""The power goes off between any two statements of taking a bank file, on both databases.

What would be left is kept before each statement, as test_posting_crashes.py says. From each of these worlds the file is gone on
with twice: as the clock process does, and as somebody does who hands it in again. Each of its lines must have become one
payment, with one card, and the import one digest.
"""

from collections import Counter
from pathlib import Path

import pytest

from core.app.outcomes import AlreadyDone, Done
from core.app.take_bank_file import finish_begun
from core.domain.ids import SourceId
from core.domain.keeping import EffectKind
from core.domain.workflows import OutboxState
from core.store.audit import verify
from core.store.unit_of_work import SqlStore
from tests.databases import AUDIT_KEY, SetClock
from tests.faults import swept
from tests.service import FILES, Desk, services_on

# A deposit that nobody knows, and one that names its invoice.
LINES = (("A1", "7.07", "UNHEARD OF LLC", ""), ("B1", "100.00", "NORTHWIND LTD", "PAYMENT INV-1001"))


def handed_in(desk: Desk) -> SourceId:
    outcome = desk.bank(*LINES)
    assert isinstance(outcome, Done | AlreadyDone)
    return SourceId(outcome.subject_id)


@pytest.mark.slow
def test_the_power_may_go_off_anywhere(store: SqlStore, clock: SetClock, tmp_path: Path) -> None:
    desk = Desk(services_on(store, clock))
    with swept(store, tmp_path / "no files", lambda _: handed_in(desk)) as story:
        assert len(story.seen) > 50
        assert len(story.places) > 1
        clock.advance(seconds=300)
        for time, where in story.worlds(times=2):
            if time == 0:
                finish_begun(desk.services, FILES)
            check(store, handed_in(desk), where)


def check(store: SqlStore, source: SourceId, where: str) -> None:
    with store.read() as unit:
        lines = unit.bank_lines.of_source(source)
        became = [unit.payments.by_bank_line(line.id) for line in lines]
        items = unit.outbox.in_state(OutboxState.PENDING, limit=1_000)
        assert unit.seen.unfinished("bank_file_begun", "bank_file_ended", unit.now) == [], where
        assert list(verify(unit.session, AUDIT_KEY)) == [], where
    asked = Counter((item.effect.kind, item.effect.subject.id) for item in items)
    assert len(became) == len(lines) == 2, where
    assert asked[EffectKind.PUBLISH_DIGEST, source] == 1, where
    for payment in became:
        assert payment is not None, where
        assert asked[EffectKind.PUBLISH_CARD, payment.id] == 1, where
