"""A portal process of its own that stops dead at one point of its work and waits to be killed.

    python -m tests.scenarios.portal_victim DATABASE ADDRESS KEY POINT

Without a point (an empty word) it works like any other.

Points lie between any two steps that the process takes: those of a draft, of a login, of a sync, of a search and of a cXML
document. It says on stdout when it has come to its point, and does nothing more.
"""

import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from core.app.outbox import Relay, RelayLimits
from core.app.portals import saving, sending, syncing
from core.bootstrap import SystemClock
from core.domain.submissions import DraftStep
from core.store.unit_of_work import SqlStore
from core.store.vault import AesVault
from portal.coupa.driver import CoupaDriver
from portal.coupa.options import CoupaOptions
from portal.coupa.saving import DraftSaver
from portal.cxml_send import CxmlDoor
from portal.delivery import CxmlWorker
from portal.desk import StoredSeats
from portal.work import Habits, PortalWorker
from tests.browser import chromium as named_chromium
from tests.databases import AUDIT_KEY
from tests.sandbox.portal.testing import ToThisMachine
from tests.service import services_on

LEASE_S = 3.0
ARRIVES_S = 3.0
"""So long the portal has, after the click, to take what was sent."""

OF_A_DRAFT = (
    "login began",
    "logged in",
    "begun",
    *(step.value for step in DraftStep if step is not DraftStep.PLANNED),
    "clicked",
    "finished",
)
OF_A_SEARCH = ("search begins", "searched")
OF_A_SYNC = ("customers seen", "part taken", "customer done", "sync finished")
OF_A_DOCUMENT = ("document written", "sending began", "posting", "posted", "delivered")
POINTS = (*OF_A_DRAFT, *OF_A_SEARCH, *OF_A_SYNC, *OF_A_DOCUMENT)

# Which function a point follows; a step of a draft follows its being written down.
_AFTER: dict[str, tuple[Any, str]] = {
    "login began": (StoredSeats, "began"),
    "logged in": (CoupaDriver, "_keep"),
    "begun": (saving, "begin"),
    "finished": (saving, "finished"),
    "search begins": (saving, "wanted_to_find"),
    "searched": (saving, "searched"),
    "customers seen": (syncing, "customers_seen"),
    "part taken": (syncing, "take_part"),
    "customer done": (syncing, "customer_done"),
    "sync finished": (syncing, "finish"),
    "document written": (sending, "write"),
    "sending began": (sending, "begin"),
    "posted": (CxmlDoor, "send"),
    "delivered": (sending, "delivered"),
}


def stop_at(point: str) -> None:
    """Let this process stop dead right after it has come to a point."""
    if point == "clicked":
        _stop_after_the_click()
    elif point == "posting" or point in set(DraftStep):
        wanted = DraftStep.SAVING if point == "posting" else DraftStep(point)
        written = saving.step

        def step(services: Any, submission_id: Any, token: str, reached: DraftStep) -> None:
            written(services, submission_id, token, reached)
            if reached is wanted:
                _stop(point)

        saving.step = step
    else:
        place, name = _AFTER[point]
        setattr(place, name, _then_stop(getattr(place, name), point))


def _then_stop(usual: Callable[..., Any], point: str) -> Callable[..., Any]:
    def stopping(*given: Any, **named: Any) -> Any:
        answer = usual(*given, **named)
        # Jobs that found nothing to do are over before the point.
        if not isinstance(answer, str) or point in {"finished", "searched", "document written", "delivered"}:
            _stop(point)
        return answer

    return stopping


def _stop_after_the_click() -> None:
    """The one click is made and the portal has what was sent; that it did is never written down."""
    usual = DraftSaver._click

    def click(self: DraftSaver, form: Any, press: Callable[[], object], wanted: Any) -> str:
        def pressed() -> None:
            press()
            self._screen.page.wait_for_timeout(ARRIVES_S * 1000)
            _stop("clicked")

        return usual(self, form, pressed, wanted)

    DraftSaver._click = click  # type: ignore[method-assign]


def _stop(point: str) -> None:
    sys.stdout.write(f"{point}\n")
    sys.stdout.flush()
    time.sleep(600)


def relay_of(store: SqlStore, address: str, key: bytes) -> tuple[PortalWorker, Relay]:
    """A worker on the stand-in with its relay; documents go to this machine, whatever host they name."""
    options = CoupaOptions(address=address, settle_s=15, lookups_apart_s=0.1, pace_s=0.0)
    services = replace(services_on(store, SystemClock()), vault=AesVault([key]))
    makers = {"coupa": lambda browser, credential, tools: CoupaDriver(browser, credential, tools, options)}
    worker = PortalWorker(services, makers, Habits(named_chromium() or "", LEASE_S, 600.0), threading.Event())
    sender = CxmlWorker(services, LEASE_S, ToThisMachine(verify=False))
    performers = {**worker.performers(), **sender.performers()}
    return worker, Relay(store, SystemClock(), performers, "portal", RelayLimits(lease_s=LEASE_S))


def main(url: str, address: str, key: str, point: str) -> None:
    if point:
        stop_at(point)
    store = SqlStore(url, SystemClock(), AUDIT_KEY)
    _, relay = relay_of(store, address, key.encode())
    until = time.monotonic() + 300
    while time.monotonic() < until:
        if not relay.run_once():
            time.sleep(0.1)


if __name__ == "__main__":
    main(*sys.argv[1:5])
