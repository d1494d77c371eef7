"""A portal worker as a process of its own that stops dead at one step of one draft and waits to be killed.

    python -m tests.scenarios.portal_victim DATABASE ADDRESS KEY STEP

It says on stdout when it has come to the step, which is written down then, and does nothing more.
"""

import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace

from core.app.outbox import Relay, RelayLimits
from core.bootstrap import SystemClock
from core.domain.portals import PortalLoginId, SubmissionId
from core.domain.submissions import DraftStep
from core.store.unit_of_work import SqlStore
from core.store.vault import AesVault
from portal.coupa.driver import CoupaDriver
from portal.coupa.options import CoupaOptions
from portal.work import Habits, PortalWorker
from tests.browser import chromium as named_chromium
from tests.databases import AUDIT_KEY
from tests.service import services_on

LEASE_S = 3.0


class Victim(PortalWorker):
    """Comes to its step, says so, and goes no further."""

    last_step = DraftStep.PLANNED

    def _steps(self, login_id: PortalLoginId, submission_id: SubmissionId, token: str) -> Callable[[DraftStep], None]:
        usual = super()._steps(login_id, submission_id, token)

        def reached(step: DraftStep) -> None:
            usual(step)
            if step is self.last_step:
                sys.stdout.write(f"{step}\n")
                sys.stdout.flush()
                time.sleep(600)

        return reached


def worker(kind: type[PortalWorker], store: SqlStore, address: str, key: bytes) -> PortalWorker:
    """A worker on the stand-in."""
    options = CoupaOptions(address=address, settle_s=15, lookups_apart_s=0.1, pace_s=0.0)
    services = replace(services_on(store, SystemClock()), vault=AesVault([key]))
    makers = {"coupa": lambda browser, credential, tools: CoupaDriver(browser, credential, tools, options)}
    return kind(services, makers, Habits(named_chromium() or "", LEASE_S, 600.0), threading.Event())


def main(url: str, address: str, key: str, step: str) -> None:
    store = SqlStore(url, SystemClock(), AUDIT_KEY)
    victim = worker(Victim, store, address, key.encode())
    assert isinstance(victim, Victim)
    victim.last_step = DraftStep(step)
    relay = Relay(store, SystemClock(), victim.performers(), "portal", RelayLimits(lease_s=LEASE_S))
    while relay.run_once():
        pass
    sys.stdout.write("ended\n")


if __name__ == "__main__":
    main(*sys.argv[1:5])
