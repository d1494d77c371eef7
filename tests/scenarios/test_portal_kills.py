"""The portal process is killed between any two steps: never two invoices, never a submission, nothing lost or a person asked.

A run of Chromium takes its time, so the points that differ most are tried by default; `TIEOUT_PORTAL_GRID=full` kills the
process at every point there is.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

import pytest

from core.app.outbox import Relay
from core.app.outcomes import Done
from core.app.portals import customers, logins, saving
from core.app.portals.commands import LoginSecrets, RotateLogin, SetCxml
from core.app.portals.suggesting import suggest
from core.bootstrap import SystemClock
from core.domain.actors import Role
from core.domain.errors import PortalBusy
from core.domain.events import SubmissionEvent as Event
from core.domain.ids import CustomerId
from core.domain.portals import CxmlParty, CxmlTerms, PortalSubmission, SyncState
from core.domain.submissions import DraftStep
from core.domain.workflows import SubmissionState as State
from core.store.unit_of_work import SqlStore
from core.store.vault import AesVault, new_key
from portal.desk import StoredSeats
from portal.work import PortalWorker
from tests.builders import a_person, acting, usd
from tests.databases import AUDIT_KEY, fresh_database
from tests.installation import ROOT
from tests.portals_desk import PortalDesk
from tests.sandbox.portal import cxml as endpoint
from tests.sandbox.portal import seed
from tests.sandbox.portal.site import Site
from tests.sandbox.portal.testing import Visitor, running_portal
from tests.scenarios.portal_victim import OF_A_DOCUMENT, OF_A_DRAFT, OF_A_SEARCH, OF_A_SYNC, POINTS, relay_of

FULL = os.environ.get("TIEOUT_PORTAL_GRID") == "full"
pytestmark = [pytest.mark.browser, pytest.mark.timeout(3600 if FULL else 600)]
PATIENCE_S = 300.0
# Before the click, after it, in the middle of a sync, and a document that is on its way.
TELLING = ("saving", "clicked", "part taken", "posted")
MANAGER = a_person(4, "Mara Lind", frozenset({Role.PORTAL_MANAGER}))


@pytest.fixture(scope="module")
def victims() -> list[subprocess.Popen[str]]:
    return []


@pytest.fixture(autouse=True)
def nobody_stays_behind(victims: list[subprocess.Popen[str]]) -> Iterator[None]:
    """A process that lived on would take the work of the next test, and never come to the point at which that waits for it."""
    yield
    for child in victims:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.communicate()
    victims.clear()


@dataclass
class World:
    """The company, the stand-in, a process that is killed at its point, and a survivor that goes on."""

    site: Site
    desk: PortalDesk
    url: str
    key: bytes
    survivor: PortalWorker
    relay: Relay
    victims: list[subprocess.Popen[str]]
    made: int = 0

    def another(self, point: str) -> subprocess.Popen[str]:
        """Another process, which works until it comes to the point."""
        # The login belongs to whoever works with it.
        self.survivor.close()
        address = self.site.url("supplier", "")
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.scenarios.portal_victim", self.url, address, self.key.decode(), point],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.victims.append(child)
        return child

    def killed_at(self, point: str) -> None:
        """Another process works until it comes to the point, and is killed there."""
        child = self.another(point)
        assert child.stdout is not None
        assert child.stdout.readline().strip() == point
        if point in {step.value for step in DraftStep}:
            with pytest.raises(PortalBusy), StoredSeats(self.desk.store).hold(self.desk.login):
                pass
            # A sync of the same login waits until the job before it is over, whichever process has that.
            logins.sync_now(self.desk.services, acting(self.desk.administrator), cause=point)
            assert not self.relay.run_once()
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()

    def goes_on(self, until: Callable[[], bool], what: str) -> None:
        """The survivor works until something holds, and has nothing left to do now."""
        end = time.monotonic() + PATIENCE_S
        while (self.relay.run_once() or not until()) and time.monotonic() < end:
            if not until():
                time.sleep(0.1)
        assert until(), what

    def until(self, holds: Callable[[], bool], what: str) -> None:
        """Other processes work until something holds."""
        end = time.monotonic() + PATIENCE_S
        while not holds() and time.monotonic() < end:
            time.sleep(0.2)
        assert holds(), what

    def reaches(self, submission: PortalSubmission, point: str, *states: State) -> None:
        """The survivor brings a submission into one of these states."""

        def there() -> bool:
            return self.desk.get(submission.id).state in states

        self.goes_on(there, f"{point}: {self.desk.get(submission.id)}")

    def invoice(self, amount: str, order: str) -> PortalSubmission:
        """A further invoice of ours that a person has marked ready."""
        self.made += 1
        number = f"INV-7{self.made:03}"
        self.desk.invoices(replace(self.desk.invoice(number, amount), po_number=order))
        suggest(self.desk.services)
        submission = self.desk.of(number)
        if submission.lines is None:
            done = self.desk.act(submission.id, Event.CHOOSE_LINES, amounts=(("1", usd(amount)),))
            assert isinstance(done, Done), done
        done = self.desk.act(submission.id, Event.MARK_READY)
        assert isinstance(done, Done), done
        return self.desk.get(submission.id)

    def takes_cxml(self) -> None:
        where = self.site.url("birchboro", "/cxml/invoices")
        terms = CxmlTerms(where, CxmlParty(*endpoint.SUPPLIER), CxmlParty("DUNS", "1"))
        command = SetCxml(CustomerId("C1"), terms, acting(self.desk.administrator), endpoint.SECRET)
        assert isinstance(customers.set_cxml(self.desk.services, command), Done)

    def there(self, submission: PortalSubmission) -> list[tuple[str, str, int, str]]:
        found = [one for one in self.site.world.invoices if one.number == submission.invoice_number]
        return [(one.status, f"{one.total:.2f}", one.saves, one.scan.name if one.scan else "") for one in found]

    def as_meant(self, submission: PortalSubmission, status: str) -> list[tuple[str, str, int, str]]:
        return [(status, submission.total.text(), 1, f"{submission.invoice_number}.pdf")]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, victims: list[subprocess.Popen[str]]) -> Iterator[World]:
    """One for all, because each login and each browser takes its time; every case has an invoice of its own."""
    key = new_key()
    with running_portal() as site, fresh_database("sqlite", tmp_path_factory.mktemp("kills")) as url:
        user = site.user(seed.ROBOT)
        assert user is not None
        user.buyers = ["birchboro"]
        store = SqlStore(url, SystemClock(), AUDIT_KEY)
        desk = PortalDesk(store, SystemClock())
        desk.services = replace(desk.services, vault=AesVault([key]))
        with store.write() as unit:
            unit.people.put(MANAGER)
        desk.switch_on()
        give_login(desk)
        survivor, relay = relay_of(store, site.url("supplier", ""), key)
        world = World(site, desk, url, key, survivor, relay, victims)
        world.goes_on(lambda: desk_synced(desk), "the first sync")
        yield world
        survivor.close()
        assert [one for one in site.seen if one.fields.get("commit") == "Submit" or "submit" in one.path] == []
        assert site.most_sessions_at_once <= 3
        assert StoredSeats(store).open_sessions(desk.login) <= 3
        store.close()


def chosen(points: tuple[str, ...]) -> list[str]:
    return [point for point in points if FULL or point in TELLING]


def test_every_point_is_tried_somewhere() -> None:
    assert set(TELLING) <= set(POINTS)
    assert {*OF_A_DRAFT, *OF_A_SEARCH, *OF_A_SYNC, *OF_A_DOCUMENT} == set(POINTS)
    assert {step.value for step in DraftStep} - set(POINTS) == {DraftStep.PLANNED.value}


def test_a_killed_run_leaves_one_draft_as_meant_or_a_question(world: World) -> None:
    desk = world.desk
    for point in chosen(OF_A_DRAFT):
        submission = world.invoice("62.50", "7781")
        world.killed_at(point)
        world.reaches(submission, point, State.DRAFT_SAVED, State.STUCK)
        assert len(world.there(submission)) <= 1, point
        if desk.get(submission.id).state is State.STUCK:
            # The click may have been made, and the portal lists nothing: only a person can know.
            trouble = desk.view(submission.id).trouble
            assert trouble is not None
            assert (trouble.code, point, world.there(submission)) == ("outcome_unknown", "saving", [])
            assert isinstance(desk.act(submission.id, Event.RETRY), Done)
            world.reaches(submission, point, State.DRAFT_SAVED)
        assert world.there(submission) == world.as_meant(submission, "Draft"), point
        view = desk.view(submission.id)
        assert view.draft is not None
        assert view.draft.differences == ()

    for point in chosen(OF_A_SEARCH):
        submission = world.invoice("62.50", "7781")
        # A run that broke off after its click, without a browser.
        assert isinstance(saving.begin(desk.services, submission.id, "broken"), saving.Begun)
        saving.step(desk.services, submission.id, "broken", DraftStep.SAVING)
        assert isinstance(saving.begin(desk.services, submission.id, "next"), str)
        assert desk.get(submission.id).state is State.CHECKING
        world.killed_at(point)
        world.reaches(submission, point, State.STUCK)
        assert world.there(submission) == []


def test_a_killed_sync_goes_on_and_nothing_is_lost(world: World) -> None:
    desk = world.desk
    for place, point in enumerate(chosen(OF_A_SYNC)):
        order = next(one for one in world.site.world.orders if one.number == "7781")
        order.note = f"Changed {place}"
        order.lines[0].received += 1
        logins.sync_now(desk.services, acting(desk.administrator), cause=f"sync {point}")
        world.killed_at(point)
        world.goes_on(lambda: desk_synced(desk), point)
        with desk.store.read() as unit:
            assert unit.portal_orders.count_orders() == 3
            (kept,) = unit.portal_orders.search_orders("7781")
        assert f"Changed {place}" in [note.text for note in kept.order.notes], point


def test_a_killed_delivery_arrives_once_or_is_a_question(world: World) -> None:
    desk = world.desk
    world.takes_cxml()
    for point in chosen(OF_A_DOCUMENT):
        submission = world.invoice("62.50", "7781")
        if point != "document written":
            world.reaches(submission, point, State.PREPARED)
            assert isinstance(desk.act(submission.id, Event.RELEASE, MANAGER), Done)
        world.killed_at(point)
        if point == "document written":
            world.reaches(submission, point, State.PREPARED)
            assert isinstance(desk.act(submission.id, Event.RELEASE, MANAGER), Done)
        world.reaches(submission, point, State.SUBMITTED, State.STUCK)
        if desk.get(submission.id).state is State.STUCK:
            assert (point, world.there(submission)) == ("posting", [])
        else:
            assert world.there(submission) == world.as_meant(submission, "Processing"), point
    assert isinstance(customers.drop_cxml(desk.services, acting(desk.administrator), CustomerId("C1")), Done)


def test_two_processes_share_a_login_and_a_persons_session_is_left_alone(world: World) -> None:
    """Syncs and drafts are asked for all at once; the portal lets three in and would end somebody's session for a fourth."""
    desk, site = world.desk, world.site
    with Visitor(site) as person:
        assert person.log_in(seed.ROBOT).url.path == "/home"
        submissions = [world.invoice("62.50", "7781") for _ in range(2)]
        before = runs_of(desk)
        for place in range(2):
            logins.sync_now(desk.services, acting(desk.administrator), cause=f"at once {place}")
        for _ in range(2):
            world.another("")
        world.until(
            lambda: (
                runs_of(desk) == before + 2
                and desk_synced(desk)
                and all(desk.get(one.id).state is State.DRAFT_SAVED for one in submissions)
            ),
            "both to be through",
        )
        assert person.get("/home").url.path == "/home"
    assert [world.there(one) for one in submissions] == [world.as_meant(one, "Draft") for one in submissions]
    assert [one.path for one in site.seen if one.method == "POST" and one.path == "/sessions/max_concurrent"] == []
    assert 2 <= site.most_sessions_at_once <= 3


def runs_of(desk: PortalDesk) -> int:
    """How many syncs were begun."""
    with desk.store.read() as unit:
        return len(unit.portal_orders.runs(desk.login, 50))


def desk_synced(desk: PortalDesk) -> bool:
    """Whether every sync that was begun is through."""
    with desk.store.read() as unit:
        runs = unit.portal_orders.runs(desk.login, 50)
    return bool(runs) and all(run.state is SyncState.DONE for run in runs)


def give_login(desk: PortalDesk) -> None:
    """The stand-in's login in place of the made-up one."""
    with desk.store.write() as unit:
        present = unit.portal_logins.get(desk.login)
        secrets = logins.vault_of(desk.services).seal_credential(
            logins._credential(replace(present, login=seed.ROBOT), LoginSecrets(seed.PASSWORD, seed.SECRET))
        )
        unit.portal_logins.reseal(desk.login, secrets)
        unit.portal_logins.save(replace(present, login=seed.ROBOT, version=present.version + 1), present.version)
    command = RotateLogin(desk.login, LoginSecrets(seed.PASSWORD, seed.SECRET), acting(desk.administrator), "mm/dd/yyyy", ".")
    assert isinstance(logins.rotate(desk.services, command), Done)
