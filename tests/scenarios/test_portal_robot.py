"""The robot at work over the real store and the stand-in portal, in Chromium: from the login to what the customer paid."""

import logging
import threading
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from core.app.outbox import Relay, RelayLimits
from core.app.outcomes import Done
from core.app.portals import logins
from core.app.portals.commands import LoginSecrets, RotateLogin
from core.domain.events import SubmissionEvent
from core.domain.keeping import EffectKind
from core.domain.payments import PaymentState
from core.domain.portals import LoginState, SyncState
from core.domain.workflows import SubmissionState as State
from core.store.unit_of_work import SqlStore
from portal.coupa.driver import CoupaDriver
from portal.coupa.options import CoupaOptions
from portal.work import Habits, PortalWorker
from tests.browser import chromium as named_chromium
from tests.builders import acting, usd
from tests.databases import AUDIT_KEY, fresh_database
from tests.portals_desk import PortalDesk
from tests.sandbox.portal import seed
from tests.sandbox.portal.robot import SiteClock
from tests.sandbox.portal.site import Site
from tests.sandbox.portal.testing import running_portal

pytestmark = pytest.mark.browser
SECRETS = (seed.PASSWORD, seed.SECRET)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running_portal() as running:
        yield running


@pytest.fixture
def store(tmp_path: Path, site: Site) -> Iterator[SqlStore]:
    """On the stand-in's clock, so that one-time codes fit."""
    with fresh_database("sqlite", tmp_path) as url:
        store = SqlStore(url, SiteClock(site), AUDIT_KEY)
        yield store
        store.close()


class Robot:
    """One worker with its relay, on the stand-in."""

    def __init__(self, desk: PortalDesk, site: Site) -> None:
        options = CoupaOptions(address=site.url("supplier", ""), settle_s=20, lookups_apart_s=0.1, pace_s=0.0)
        self.stop = threading.Event()
        makers = {"coupa": lambda browser, credential, tools: CoupaDriver(browser, credential, tools, options)}
        habits = Habits(named_chromium() or "", lease_s=30.0, linger_s=600.0)
        self.worker = PortalWorker(desk.services, makers, habits, self.stop, site.advance)
        limits = RelayLimits(lease_s=30.0)
        self.relay = Relay(desk.store, desk.services.clock, self.worker.performers(), "portal", limits)

    def work(self) -> int:
        """Everything that is due."""
        done = 0
        while self.relay.run_once():
            done += 1
        return done


@pytest.fixture
def desk(store: SqlStore, site: Site) -> PortalDesk:
    """The company with the stand-in's login instead of a made-up one."""
    site.load(seed.world(site.now.date()))
    user = site.user(seed.ROBOT)
    assert user is not None
    user.buyers = ["birchboro"]
    desk = PortalDesk(store, SiteClock(site))
    secrets = LoginSecrets(seed.PASSWORD, seed.SECRET)
    with store.write() as unit:
        present = unit.portal_logins.get(desk.login)
        unit.portal_logins.save(replace(present, login=seed.ROBOT, version=present.version + 1), present.version)
    rotated = logins.rotate(desk.services, RotateLogin(desk.login, secrets, acting(desk.administrator), "mm/dd/yyyy", "."))
    assert isinstance(rotated, Done), rotated
    return desk


@pytest.fixture
def robot(desk: PortalDesk, site: Site) -> Iterator[Robot]:
    robot = Robot(desk, site)
    yield robot
    site.faults.clear()
    robot.worker.close()
    assert [one for one in site.seen if one.fields.get("commit") == "Submit" or "submit" in one.path] == []
    assert site.most_sessions_at_once <= 3


def test_from_the_login_to_the_expected_payment(
    desk: PortalDesk, robot: Robot, site: Site, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    """The login is tried and synced by itself; a person says Ready; the draft is there as meant; the customer pays."""
    caplog.set_level(logging.DEBUG)
    desk.switch_on()
    desk.invoices(replace(desk.invoice(amount="3125.00"), po_number="PO 7781"))
    robot.work()
    with desk.store.read() as unit:
        (run,) = unit.portal_orders.runs()
        assert (run.state, run.is_first, run.orders_read, len(run.done)) == (SyncState.DONE, True, 3, 1)
        assert unit.portal_orders.count_orders() == 3
    submission = desk.of()
    assert submission.order is not None
    assert (submission.order.number, submission.state) == ("7781", State.SUGGESTED)
    assert isinstance(desk.act(submission.id, SubmissionEvent.MARK_READY), Done)
    robot.work()
    view = desk.view(submission.id)
    assert (view.state, view.trouble) == (State.DRAFT_SAVED, None)
    assert view.draft is not None
    assert len(view.draft.pictures) == 3
    (draft,) = [one for one in site.world.invoices if one.number == "INV-20500"]
    assert (draft.status, draft.total, draft.saves, view.draft.reference) == ("Draft", Decimal(3125), 1, str(draft.id))

    # A person submits it in the portal; later the customer pays.
    draft.status = "Processing"
    assert logins.sync_now(desk.services, acting(desk.submitter), cause="one")
    robot.work()
    assert desk.of().state is State.SUBMITTED
    draft.status, draft.paid, draft.payment_info = "Approved", True, "ACH 90210"
    logins.sync_now(desk.services, acting(desk.submitter), cause="two")
    robot.work()
    assert desk.of().state is State.PAID
    with desk.store.read() as unit:
        (expected,) = unit.payments.in_states([PaymentState.EXPECTED], 10)
    # The whole database with its journal, and everything that was logged.
    said = b" ".join(file.read_bytes() for file in tmp_path.iterdir() if file.is_file()) + caplog.text.encode()
    assert (expected.amount, expected.reference) == (usd("3125.00"), "ACH 90210")
    assert [secret for secret in SECRETS if secret.encode() in said] == []
    assert b"canary" not in said
    # Whoever has these cookies is the robot: they are kept, and only sealed.
    cookies = [*site.sessions, *site.devices]
    assert len(cookies) >= 2
    assert [cookie for cookie in cookies if cookie.encode() in said] == []
    assert b"INV-20500" in said
    # All of it in one session, and nothing was asked of the portal when nothing was to do.
    assert site.logins == 1


def test_a_login_that_the_portal_refuses_waits_for_a_person_and_goes_on(desk: PortalDesk, robot: Robot, site: Site) -> None:
    user = site.user(seed.ROBOT)
    assert user is not None
    user.password = "another"
    robot.work()
    with desk.store.read() as unit:
        login = unit.portal_logins.get(desk.login)
    assert login.trouble is not None
    assert (login.state, login.trouble.code, user.failures) == (LoginState.PAUSED, "portal_login_refused", 1)
    assert len(desk.asked(EffectKind.PUBLISH_ALERT)) == 1
    user.failures = 0
    logins.rotate(desk.services, RotateLogin(desk.login, LoginSecrets("another"), acting(desk.administrator)))
    assert robot.relay.run_once()
    with desk.store.read() as unit:
        assert unit.portal_logins.get(desk.login).state is LoginState.ACTIVE
    assert len(desk.asked(EffectKind.SYNC_PORTAL)) == 1
