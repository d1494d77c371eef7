"""The robot's jobs, for one thread: save a draft, look for one, sync a login, try a login.

One browser and one session at a time; a session is kept open for a moment, because the next job is often of the same login.
Every step and every part is written down before the next begins, and in the same transaction it is asked whether this worker
has the login still, so that one that was overtaken stops by itself.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Final, cast

from core.app.outbox import Performer
from core.app.portals import logins, saving, syncing
from core.app.portals.saving import LOGIN_ERRORS
from core.app.services import Services
from core.domain.errors import (
    Misconfigured,
    NotFound,
    PortalBusy,
    PortalChanged,
    PortalSessionsFull,
    ProjectError,
    Unavailable,
)
from core.domain.keeping import EffectKind, OutboxItem
from core.domain.portal_orders import OrderSync, PortalCustomer, PortalInvoiceStatus
from core.domain.portals import ListedCustomer, LoginState, PortalLogin, PortalLoginId, SubmissionId, SyncRun
from core.domain.submissions import DraftStep, ProofShot
from core.ports.portal import PortalDriver
from core.ports.store import UnitOfWork
from portal.browser import chromium
from portal.delivery import CxmlWorker
from portal.desk import PersonAtHand, StoredCodes, StoredSeats, StoredSessions
from portal.drivers import Maker
from portal.leases import kept
from portal.tools import PortalTools
from portal.vault import SealedSessions

_LOG: Final = logging.getLogger(__name__)
_GIVE_UP_AFTER: Final = 6
_LEAVE_S: Final = 15.0


@dataclass(frozen=True, slots=True)
class Habits:
    """How a worker works. Times in seconds; `chromium` is the path of the browser, empty for the first one found.

    So long as `person_s` a worker waits at the page of a code for somebody who said that they are there.
    """

    chromium: str = ""
    lease_s: float = 60.0
    linger_s: float = 20.0
    visible: bool = False
    person_s: float = 300.0


class OpenLogins:
    """Which worker of this process keeps which login open: another who needs it does not wait until it stops lingering."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._kept: dict[PortalLoginId, threading.Event] = {}

    def free(self, login_id: PortalLoginId, mine: threading.Event) -> None:
        """Ask whoever lingers with this login to leave, and wait a moment until they have."""
        with self._changed:
            asked = self._kept.get(login_id)
            if asked is not None and asked is not mine:
                asked.set()
                self._changed.wait_for(lambda: login_id not in self._kept, _LEAVE_S)

    def keep(self, login_id: PortalLoginId, leave: threading.Event) -> None:
        """It is open here; `leave` is set when somebody else needs it."""
        with self._changed:
            self._kept[login_id] = leave

    def leave(self, login_id: PortalLoginId) -> None:
        """It is closed."""
        with self._changed:
            self._kept.pop(login_id, None)
            self._changed.notify_all()


@dataclass
class _Open:
    """A browser with a driver in it, for one login."""

    login_id: PortalLoginId
    driver: PortalDriver
    stack: ExitStack
    used_at: float


class PortalWorker:
    """Does jobs one after another. Not for two threads: a browser belongs to the thread that opened it."""

    def __init__(
        self,
        services: Services,
        makers: Mapping[str, Maker],
        habits: Habits,
        stop: threading.Event,
        pause: Callable[[float], None] = time.sleep,
        logins_open: OpenLogins | None = None,
    ) -> None:
        self._services = services
        self._makers = makers
        self._habits = habits
        self._stop = stop
        self._seats = StoredSeats(services.store, habits.lease_s)
        sessions = SealedSessions(StoredSessions(services.store), logins.vault_of(services))
        self._person = PersonAtHand(services, habits.person_s, self._moves)
        codes = StoredCodes(services.store)
        self._tools = PortalTools(self._seats, codes, sessions, services.clock, pause, self._person)
        self._open: _Open | None = None
        self._logins_open = logins_open or OpenLogins()
        self._leave = threading.Event()
        self.last_sign = time.monotonic()

    def _moves(self) -> None:
        self.last_sign = time.monotonic()

    def performers(self) -> Mapping[EffectKind, Performer]:
        """One for each kind of work."""
        return {
            EffectKind.SAVE_DRAFT: self.save,
            EffectKind.SEARCH_PORTAL: self.search,
            EffectKind.SYNC_PORTAL: self.sync,
            EffectKind.TEST_LOGIN: self.test,
            **CxmlWorker(self._services, self._habits.lease_s).performers(),
        }

    # Sessions.

    def close(self) -> None:
        """Log out, close the browser, let go of the login."""
        held, self._open = self._open, None
        if held is not None:
            try:
                held.stack.close()
            finally:
                self._leave.clear()
                self._logins_open.leave(held.login_id)

    def close_if_idle(self) -> None:
        """Close what nothing was done with for a while, or what another worker needs."""
        if self._open is None:
            return
        if self._leave.is_set() or time.monotonic() - self._open.used_at >= self._habits.linger_s:
            self.close()

    def driver(self, login_id: PortalLoginId) -> PortalDriver:
        """The driver of a login, in a browser of its own."""
        if self._open is not None and self._open.login_id != login_id:
            self.close()
        if self._open is None:
            self._logins_open.free(login_id, self._leave)
            self._open = self._opened(login_id)
            self._logins_open.keep(login_id, self._leave)
        self._open.used_at = time.monotonic()
        return self._open.driver

    def _opened(self, login_id: PortalLoginId) -> _Open:
        with self._services.store.read() as unit:
            login = unit.portal_logins.get(login_id)
            credential = logins.vault_of(self._services).open_credential(login_id, unit.portal_logins.sealed(login_id))
        maker = self._makers.get(login.portal)
        if maker is None:
            raise Misconfigured(f"There is no driver for the portal “{login.portal}”.", setting="portal")
        with ExitStack() as opening:
            browser = opening.enter_context(chromium(self._habits.chromium, visible=self._habits.visible))
            driver = maker(browser, credential, self._tools)
            opening.callback(driver.end_session)
            return _Open(login_id, driver, opening.pop_all(), time.monotonic())

    def _usable(self, item: OutboxItem) -> PortalLogin | None:
        """The login of a job; None while it waits for a person, which then asks for the job again."""
        with self._services.store.read() as unit:
            login = unit.portal_logins.get(PortalLoginId(str(item.effect.payload["login"])))
        usable = login.state is LoginState.ACTIVE or (
            login.state is LoginState.PAUSED and item.effect.kind is EffectKind.TEST_LOGIN
        )
        return login if usable else None

    @contextmanager
    def _kept(self, item: OutboxItem) -> Iterator[None]:
        """The job's lease, kept as long as it lasts."""
        try:
            with kept(self._services.store, item, self._habits.lease_s):
                yield
        finally:
            self.last_sign = time.monotonic()

    def _fence(self, login_id: PortalLoginId) -> syncing.Fence:
        """Stops work whose login another process has, or that shall end because this process does."""

        def fence(unit: UnitOfWork) -> None:
            self.last_sign = time.monotonic()
            if self._stop.is_set():
                raise PortalBusy("Tieout is being stopped; it goes on later.", after_s=1.0)
            if not unit.portal_logins.is_held_by(login_id, self._seats.token(login_id)):
                raise PortalBusy("Another process has taken this portal login over.", after_s=30.0)

        return fence

    def _login_trouble(self, login_id: PortalLoginId, error: ProjectError) -> None:
        """The login waits for a person; the session is of no use any more."""
        shot = error.details.get("shot")
        logins.troubled(self._services, login_id, error, shot.png if isinstance(shot, ProofShot) else None)
        self.close()

    def _later(self, login_id: PortalLoginId, error: Unavailable) -> None:
        """The session is of no use now; too many of them are also people's matter."""
        if isinstance(error, PortalSessionsFull):
            logins.sessions_full(self._services, login_id, error)
        self.close()

    def _ended_by(self, login_id: PortalLoginId, error: ProjectError) -> None:
        """What an error that ended a job means for its login; an error of the document means nothing for it."""
        if isinstance(error, LOGIN_ERRORS):
            self._login_trouble(login_id, error)
        elif isinstance(error, Unavailable):
            self._later(login_id, error)

    # Jobs.

    def test(self, item: OutboxItem) -> str:
        """Log in once, unless that was tried since it was asked for: a refused password is never typed twice by itself."""
        login = self._usable(item)
        if login is None:
            return "not used any more"
        if login.tested_at is not None and login.tested_at >= item.created_at:
            return "tried since then"
        at_hand = bool(item.effect.payload.get("person"))
        with self._kept(item), self._person.there(login.id, item.created_at) if at_hand else nullcontext():
            try:
                self.driver(login.id).log_in()
            except Unavailable as error:
                self._later(login.id, error)
                raise
            except ProjectError as error:
                self._login_trouble(login.id, error)
                return error.sentence
            logins.worked(self._services, login.id, tested=True)
        return "logged in"

    def save(self, item: OutboxItem) -> str:
        """Save one draft; what comes of it is written down, whatever it is."""
        login, submission_id = self._usable(item), SubmissionId(item.effect.subject.id)
        if login is None:
            return "waits for its login"
        begun = saving.begin(self._services, submission_id, item.token)
        if isinstance(begun, str):
            return begun
        with self._kept(item):
            try:
                outcome = self.driver(login.id).save_draft(begun.wanted, self._steps(login.id, submission_id, item.token))
            except ProjectError as error:
                said = saving.failed(self._services, submission_id, item.token, error)
                self._ended_by(login.id, error)
                return said
            except BaseException:  # Whatever it was: the portal is searched before anything else is done.
                saving.abandoned(self._services, submission_id, item.token)
                self.close()
                raise
            return saving.finished(self._services, submission_id, item.token, outcome)

    def _steps(self, login_id: PortalLoginId, submission_id: SubmissionId, token: str) -> Callable[[DraftStep], None]:
        """Writes steps down. Before the one click, whoever was overtaken or shall stop does so."""

        def reached(step: DraftStep) -> None:
            self.last_sign = time.monotonic()
            if step.place <= DraftStep.SAVING.place:
                with self._services.store.read() as unit:
                    self._fence(login_id)(unit)
                saving.step(self._services, submission_id, token, step)
                return
            try:
                saving.step(self._services, submission_id, token, step)
            except ProjectError as error:
                # The click was made: nothing may be raised any more, or nobody would look for the draft.
                _LOG.warning("a step after the click could not be written down: %s", error.sentence)

        return reached

    def search(self, item: OutboxItem) -> str:
        """Look for a draft by its number, and read it back; saves nothing."""
        login, submission_id = self._usable(item), SubmissionId(item.effect.subject.id)
        wanted = saving.wanted_to_find(self._services, submission_id)
        if login is None or wanted is None:
            return "waits for its login" if login is None else "nothing to look for"
        with self._kept(item):
            try:
                driver = self.driver(login.id)
                there = driver.invoices(wanted.customer, wanted.invoice_number)
                drafts = [one for one in there if one.status is PortalInvoiceStatus.DRAFT]
                seen = driver.read_back(wanted.customer, drafts[0]) if len(there) == len(drafts) == 1 else None
            except ProjectError as error:
                said = saving.search_failed(self._services, submission_id, error)
                self._ended_by(login.id, error)
                return said
            return saving.searched(self._services, submission_id, there, seen)

    def sync(self, item: OutboxItem) -> str:
        """Sync one login: all its customers, part by part."""
        login = self._usable(item)
        if login is None:
            return "waits for its login"
        payload = item.effect.payload
        with self._kept(item):
            run = syncing.start(self._services, login.id, str(payload["key"]), str(payload.get("asked_by", "")))
            try:
                run = self._synced(login.id, run)
            except ProjectError as error:
                syncing.stop(self._services, run, error)
                self._ended_by(login.id, error)
                self.close()
                if isinstance(error, Unavailable):
                    if item.attempts >= _GIVE_UP_AFTER and error.after_s is None:
                        return f"given up until the next time: {error.sentence}"
                    raise
                return error.sentence
        return f"{len(run.done)} customers, {run.orders_read} orders read"

    def _synced(self, login_id: PortalLoginId, run: SyncRun) -> SyncRun:
        driver, fence = self.driver(login_id), self._fence(login_id)
        run, listed = syncing.customers_seen(self._services, run, driver.customers(), fence)
        for one in listed:
            if one.name not in run.done:
                run = self._customer(driver, run, one, fence)
        return syncing.finish(self._services, run, fence)

    def _customer(self, driver: PortalDriver, run: SyncRun, listed: ListedCustomer, fence: syncing.Fence) -> SyncRun:
        runs = [run]
        with self._services.store.read() as unit:
            since = unit.portal_orders.cursor(listed.id)

        def told(part: OrderSync) -> None:
            runs[0] = syncing.take_part(self._services, runs[0], listed, part, fence)

        try:
            sync = driver.orders(PortalCustomer(listed.name, listed.instance), since, told)
        except (PortalChanged, NotFound) as error:
            return syncing.customer_troubled(self._services, runs[0], listed, cast("ProjectError", error), fence)
        return syncing.customer_done(self._services, runs[0], listed, sync, fence)
