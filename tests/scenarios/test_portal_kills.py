"""The portal process is killed between steps: never two drafts, never a lost one, and a person is asked where nobody knows."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from core.app.outbox import Relay, RelayLimits
from core.app.outcomes import Done
from core.app.portals import logins
from core.app.portals.commands import LoginSecrets, RotateLogin
from core.bootstrap import SystemClock
from core.domain.errors import PortalBusy
from core.domain.events import SubmissionEvent
from core.domain.submissions import DraftStep
from core.domain.workflows import SubmissionState as State
from core.store.unit_of_work import SqlStore
from core.store.vault import AesVault, new_key
from portal.desk import StoredSeats
from portal.work import PortalWorker
from tests.builders import acting, usd
from tests.databases import AUDIT_KEY, fresh_database
from tests.installation import ROOT
from tests.portals_desk import PortalDesk
from tests.sandbox.portal import seed
from tests.sandbox.portal.testing import running_portal
from tests.scenarios.portal_victim import LEASE_S, worker

pytestmark = pytest.mark.browser
PATIENCE_S = 120.0
Event = SubmissionEvent
KILLS = (
    # The click may have been made: it was not, but only a person can know.
    ("INV-2", DraftStep.SAVING, State.STUCK),
    # It was made: the draft is found and read back.
    ("INV-3", DraftStep.SAVED_UNVERIFIED, State.DRAFT_SAVED),
)


@pytest.fixture
def victims() -> Iterator[list[subprocess.Popen[str]]]:
    """Nobody stays behind, nor a browser of theirs."""
    started: list[subprocess.Popen[str]] = []
    yield started
    for child in started:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.communicate()


def test_a_worker_that_is_killed_leaves_one_draft_or_a_question(tmp_path: Path, victims: list[subprocess.Popen[str]]) -> None:
    key = new_key()
    with running_portal() as site, fresh_database("sqlite", tmp_path) as url:
        user = site.user(seed.ROBOT)
        assert user is not None
        user.buyers = ["birchboro"]
        address = site.url("supplier", "")
        store = SqlStore(url, SystemClock(), AUDIT_KEY)
        desk = PortalDesk(store, SystemClock())
        desk.services = replace(desk.services, vault=AesVault([key]))
        desk.switch_on()
        desk.invoices(*(replace(desk.invoice(number, "625.00"), po_number="7781") for number, _, _ in KILLS))
        give_login(desk)
        survivor = worker(PortalWorker, store, address, key)
        relay = Relay(store, SystemClock(), survivor.performers(), "portal", RelayLimits(lease_s=LEASE_S))
        work_off(relay)
        for number, step, after in KILLS:
            submission = desk.of(number)
            done = desk.act(submission.id, Event.CHOOSE_LINES, amounts=(("1", usd("625.00")),))
            assert isinstance(done, Done), done
            assert isinstance(desk.act(submission.id, Event.MARK_READY), Done)
            # The login belongs to whoever works with it.
            survivor.close()
            child = start(url, address, key, step)
            victims.append(child)
            assert child.stdout is not None
            assert child.stdout.readline().strip() == step.value
            with pytest.raises(PortalBusy), StoredSeats(store).hold(desk.login):
                pass
            # A sync of the same login waits until the job before it is over, whichever process has that.
            if number == KILLS[0][0]:
                logins.sync_now(desk.services, acting(desk.administrator), cause=number)
            assert not relay.run_once()
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
            until = time.monotonic() + PATIENCE_S
            while desk.of(number).state is not after and time.monotonic() < until:
                if not relay.run_once():
                    time.sleep(0.2)
            assert desk.of(number).state is after, desk.of(number)
            if after is State.STUCK:
                trouble = desk.view(submission.id).trouble
                assert trouble is not None
                assert trouble.code == "outcome_unknown"
                assert isinstance(desk.act(submission.id, Event.RETRY), Done)
                work_off(relay)
        survivor.close()
        ours = sorted((one.number, one.status, one.saves) for one in site.world.invoices if len(one.number) == len("INV-2"))
        assert ours == [(number, "Draft", 1) for number, _, _ in KILLS]
        assert [one for one in site.seen if one.fields.get("commit") == "Submit" or "submit" in one.path] == []
        assert site.most_sessions_at_once <= 3
        assert StoredSeats(store).open_sessions(desk.login) <= 3
        store.close()


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


def start(url: str, address: str, key: bytes, step: DraftStep) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.scenarios.portal_victim", url, address, key.decode(), step.value],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def work_off(relay: Relay) -> None:
    """Everything that is due now."""
    while relay.run_once():
        pass
