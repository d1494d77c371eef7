"""When logins are synced, and a process that has nothing to do: no browser, signs of life, an end when it is asked."""

import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from core.domain.events import SubmissionEvent
from core.domain.keeping import EffectKind
from core.domain.portals import LoginState, PortalLoginId
from core.domain.workflows import SubmissionState as State
from core.settings import Settings
from core.store.unit_of_work import SqlStore
from portal import schedule
from portal.process import PART, PortalProcess, habits
from portal.work import OpenLogins, PortalWorker
from tests.databases import SetClock
from tests.portals_desk import PortalDesk

TIMES, ZONE = ("00:00", "06:00", "12:00", "18:00"), "America/New_York"
PATIENCE_S = 60.0


def test_the_latest_slot_is_local_to_the_zone_also_when_clocks_change() -> None:
    def slot(month: int, day: int, hour: int, minute: int = 0) -> str:
        return schedule.latest_slot(TIMES, ZONE, datetime(2026, month, day, hour, minute, tzinfo=UTC)).isoformat()

    assert slot(3, 2, 9) == "2026-03-02T00:00:00-05:00"
    assert slot(3, 2, 11) == "2026-03-02T06:00:00-05:00"
    # Clocks went forward on the eighth: six in the morning is ten in UTC now.
    assert slot(3, 8, 10) == "2026-03-08T06:00:00-04:00"
    assert slot(7, 1, 3, 59) == "2026-06-30T18:00:00-04:00"


def test_a_slot_is_asked_for_once_for_every_login_that_is_used(store: SqlStore, clock: SetClock) -> None:
    desk = PortalDesk(store, clock)
    slot = schedule.latest_slot(TIMES, ZONE, clock.now())
    assert schedule.ask(desk.services, slot, 300.0) == [desk.login]
    assert schedule.ask(desk.services, slot, 300.0) == []
    (item,) = desk.asked(EffectKind.SYNC_PORTAL)
    assert item.available_at == clock.now()
    later = slot.replace(hour=6)
    with store.write() as unit:
        login = unit.portal_logins.get(desk.login)
        unit.portal_logins.save(replace(login, version=2, synced_at=later), 1)
    assert schedule.ask(desk.services, later, 300.0) == []
    with store.write() as unit:
        login = unit.portal_logins.get(desk.login)
        unit.portal_logins.save(replace(login, version=3, synced_at=None, state=LoginState.PAUSED), 2)
    assert schedule.ask(desk.services, later, 300.0) == []


def test_a_machine_that_slept_over_three_times_syncs_once(store: SqlStore, clock: SetClock) -> None:
    desk = PortalDesk(store, clock)
    for hours in (0, 19):
        clock.at += timedelta(hours=hours)
        scheduler = schedule.start(desk.services, TIMES, ZONE, 0.0)
        times = {f"{job.next_run_time.astimezone(ZoneInfo(ZONE)):%H:%M}" for job in scheduler.get_jobs()}
        scheduler.shutdown()
    assert times == set(TIMES)
    # One of the first start, one of the second; a third start at the same time asks for nothing.
    schedule.start(desk.services, TIMES, ZONE, 0.0).shutdown()
    assert len(desk.asked(EffectKind.SYNC_PORTAL)) == 2


def test_every_login_comes_by_its_own_share_of_the_jitter() -> None:
    shares = [schedule.share(PortalLoginId(f"PL-{number}")) for number in range(1001, 1021)]
    assert all(0 <= share < 1 for share in shares)
    assert max(shares) - min(shares) > 0.5
    assert shares[0] == schedule.share(PortalLoginId("PL-1001"))


def test_a_process_without_logins_gives_signs_of_life_and_ends_when_asked(store: SqlStore, clock: SetClock) -> None:
    desk = PortalDesk(store, clock)
    with store.write() as unit:
        login = unit.portal_logins.get(desk.login)
        unit.portal_logins.save(replace(login, version=2, state=LoginState.PAUSED), 1)
    settings = Settings(outbox_idle_s=0.05, _env_file=None)
    stop, status = threading.Event(), list[int]()
    process = PortalProcess(desk.services, settings, {})
    thread = threading.Thread(target=lambda: status.append(process.run(stop)))
    thread.start()
    until = time.monotonic() + PATIENCE_S
    parts: list[str] = []
    while PART not in parts and time.monotonic() < until:
        with store.read() as unit:
            parts = [beat.part for beat in unit.heartbeats.all()]
        time.sleep(0.05)
    stop.set()
    thread.join(PATIENCE_S)
    assert (status, PART in parts) == ([0], True)


def test_a_worker_that_lingers_with_a_login_leaves_it_to_another() -> None:
    shared, here, there = OpenLogins(), threading.Event(), threading.Event()
    login = PortalLoginId("PL-1001")
    shared.free(login, there)
    shared.keep(login, here)
    shared.free(login, here)
    assert not here.is_set()
    waiting = threading.Thread(target=shared.free, args=(login, there))
    waiting.start()
    assert here.wait(PATIENCE_S)
    shared.leave(login)
    waiting.join(PATIENCE_S)
    assert not waiting.is_alive()
    assert not there.is_set()


def test_a_portal_without_a_driver_is_a_persons_matter(store: SqlStore, clock: SetClock) -> None:
    desk = PortalDesk(store, clock)
    submission = desk.suggested()
    desk.act(submission.id, SubmissionEvent.MARK_READY)
    worker = PortalWorker(desk.services, {}, habits(Settings(_env_file=None)), threading.Event())
    with store.write() as unit:
        item = unit.outbox.claim([EffectKind.SAVE_DRAFT], 60.0)
    assert item is not None
    assert "no driver" in worker.save(item)
    worker.close()
    trouble = desk.view(submission.id).trouble
    assert trouble is not None
    assert (desk.of().state, trouble.code) == (State.STUCK, "misconfigured")
