from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from core.app import anchor
from core.app.services import Services
from core.app.silence import watch
from core.clock import schedule
from core.clock.schedule import Job, latest_slot, run_latest
from core.domain.events import AuditName
from core.domain.keeping import AuditEntry, EffectKind, Subject, SubjectKind
from core.domain.workflows import OutboxState
from core.store.unit_of_work import SqlStore
from tests.builders import AUTOMATION
from tests.databases import SetClock
from tests.service import services_on

MAILBOX = "mailbox:main/INBOX"
LIMITS = {MAILBOX: 600.0, "sync inbox": 600.0}


@pytest.fixture
def services(store: SqlStore, clock: SetClock) -> Services:
    return services_on(store, clock)


@pytest.fixture
def beat(services: Services) -> Callable[[str], None]:
    def write(part: str) -> None:
        with services.store.write() as unit:
            unit.heartbeats.beat(part)

    return write


def alerts(services: Services) -> list[tuple[object, object]]:
    with services.store.read() as unit:
        items = unit.outbox.in_state(OutboxState.PENDING)
        return [
            (item.effect.payload["kind"], item.effect.payload.get("part"))
            for item in items
            if item.effect.kind is EffectKind.PUBLISH_ALERT
        ]


class TestTheDeadMansAlarm:
    def test_it_rings_once_for_a_silence_and_says_when_it_is_over(
        self, services: Services, clock: SetClock, beat: Callable[[str], None]
    ) -> None:
        started = clock.at
        beat(MAILBOX)
        beat("sync inbox")
        clock.advance(seconds=599)
        assert watch(services, LIMITS, 600, started) == []
        clock.advance(seconds=2)
        beat("sync inbox")
        for _ in range(3):
            (silence,) = watch(services, LIMITS, 600, started)
            assert silence.part == MAILBOX
            clock.advance(seconds=60)
        assert alerts(services) == [("silent", MAILBOX)]
        beat(MAILBOX)
        for _ in range(3):
            assert watch(services, LIMITS, 600, started) == []
        assert alerts(services) == [("silent", MAILBOX), ("all_clear", MAILBOX)]
        clock.advance(seconds=601)
        beat("sync inbox")
        watch(services, LIMITS, 600, started)
        assert alerts(services)[2:] == [("silent", MAILBOX)]

    def test_a_relay_is_watched_from_its_first_sign_of_life_on(
        self, services: Services, clock: SetClock, beat: Callable[[str], None]
    ) -> None:
        started = clock.at
        assert watch(services, {}, 600, started) == []
        beat("relay slack")
        clock.advance(seconds=601)
        assert [silence.part for silence in watch(services, {}, 600, started)] == ["relay slack"]

    def test_what_never_showed_itself_is_silent_since_the_start(self, services: Services, clock: SetClock) -> None:
        started = clock.at
        clock.advance(seconds=601)
        assert [silence.part for silence in watch(services, {MAILBOX: 600}, 600, started)] == [MAILBOX]

    def test_after_a_weekend_switched_off_everything_deserves_a_moment(
        self, services: Services, clock: SetClock, beat: Callable[[str], None]
    ) -> None:
        beat(MAILBOX)
        clock.advance(days=2)
        assert watch(services, LIMITS, 600, clock.at) == []
        assert alerts(services) == []

    def test_a_restart_does_not_ring_again(self, services: Services, clock: SetClock, beat: Callable[[str], None]) -> None:
        beat(MAILBOX)
        clock.advance(seconds=700)
        watch(services, {MAILBOX: 600}, 600, clock.at - timedelta(seconds=700))
        restarted = clock.at
        clock.advance(seconds=700)
        watch(services, {MAILBOX: 600}, 600, restarted)
        assert alerts(services) == [("silent", MAILBOX)]


def job(at: str = "02:30", zone: str = "America/New_York", story: Callable[[datetime], object] = lambda _: None) -> Job:
    return Job("nightly", at, zone, story)


class TestTheSchedule:
    @pytest.mark.parametrize(
        ("now", "slot"),
        [
            ("2026-03-02T12:00:00+00:00", "2026-03-02T02:30:00-05:00"),
            ("2026-03-02T07:29:59+00:00", "2026-03-01T02:30:00-05:00"),
            ("2026-03-02T07:30:00+00:00", "2026-03-02T02:30:00-05:00"),
            # 02:30 does not exist on this day; the slot before it stays the latest until the clocks have moved.
            ("2026-03-08T06:59:00+00:00", "2026-03-07T02:30:00-05:00"),
            # 01:30 happens twice on 1 November; a slot is one slot.
            ("2026-11-01T12:00:00+00:00", "2026-11-01T02:30:00-05:00"),
        ],
    )
    def test_the_latest_slot_is_in_the_jobs_own_zone(self, now: str, slot: str) -> None:
        assert latest_slot(job(), datetime.fromisoformat(now)).isoformat() == slot

    def test_no_day_is_left_out_and_none_comes_twice(self) -> None:
        now, days = datetime(2026, 1, 1, 12, tzinfo=UTC), set()
        for _ in range(365):
            days.add(latest_slot(job(), now).date())
            now += timedelta(days=1)
        assert len(days) == 365

    def test_a_story_that_breaks_does_not_end_the_process(self) -> None:
        def story(_slot: datetime) -> None:
            raise RuntimeError("broken")

        assert run_latest(job(story=story), datetime(2026, 3, 2, 12, tzinfo=UTC)) is False

    def test_the_latest_missed_slot_is_done_at_the_start(self, clock: SetClock) -> None:
        done: list[datetime] = []
        scheduler = schedule.start([job(story=done.append)], clock.now)
        scheduler.shutdown()
        assert [slot.isoformat() for slot in done] == ["2026-03-02T02:30:00-05:00"]


class TestTheAnchor:
    def test_it_is_published_once_a_day_with_the_head_of_the_log(self, services: Services, clock: SetClock) -> None:
        slot = clock.at + timedelta(hours=1)
        with services.store.write() as unit:
            subject = Subject(SubjectKind.PAYMENT, "P-1")
            unit.audit.append(AuditEntry(AuditName.PAYMENT_CREATED, subject, AUTOMATION))
        assert [anchor.publish(services, slot) for _ in range(3)] == [True, False, False]
        with services.store.read() as unit:
            (item,) = unit.outbox.in_state(OutboxState.PENDING)
            number, digest = unit.audit.head()
        assert (item.effect.payload["events"], item.effect.payload["hash"]) == (number, digest)

    def test_there_is_none_for_a_day_before_anything_happened(self, services: Services, clock: SetClock) -> None:
        assert anchor.publish(services, clock.at) is False
        with services.store.write() as unit:
            subject = Subject(SubjectKind.PAYMENT, "P-1")
            unit.audit.append(AuditEntry(AuditName.PAYMENT_CREATED, subject, AUTOMATION))
        assert anchor.publish(services, clock.at - timedelta(hours=2)) is False
