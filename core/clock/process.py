"""What `python -m core.clock` runs: folder, ledger relay, matching again, daily work, alarm."""

import logging
import threading
from collections.abc import Sequence
from typing import Final

from core.app import take_document
from core.app.commands import TakeDocument
from core.app.outbox import Relay, RelayLimits
from core.app.outcomes import Outcome
from core.app.payables.escalating import escalate
from core.app.payables.relaying import relayed
from core.app.portals.syncing import SYNC_PART
from core.app.post_to_ledger import PostPayments
from core.app.services import Services
from core.app.silence import watch
from core.app.sync_ledger import LEDGER_FILES, rematch_if_wanted
from core.app.take_bank_file import finish_begun
from core.clock import schedule
from core.clock.inbox import Inbox
from core.domain.actors import Actor, ActorKind, Surface
from core.domain.errors import Misconfigured, Unavailable
from core.domain.keeping import EffectKind
from core.domain.portals import LoginState
from core.settings import Settings

log: Final = logging.getLogger(__name__)
INBOX: Final = Actor(ActorKind.AUTOMATION, "inbox", "Inbox folder", Surface.FILE)
INBOX_PART: Final = "sync inbox"
_ALARM_S: Final = 15.0
_BEAT_S: Final = 10.0
_ESCALATE_S: Final = 300.0
_LEAVE_S: Final = 10.0
_TWO_DAYS_S: Final = 2 * 86_400.0


class ClockProcess:
    """The folder is looked at in this thread; the relay and the scheduler have their own."""

    def __init__(self, services: Services, settings: Settings, jobs: Sequence[schedule.Job] = ()) -> None:
        self._services = services
        self._settings = settings
        self._jobs = jobs
        self._inbox = Inbox(settings.inbox_dir, self._take, take_document.order, take_document.LARGEST_BYTES)

    def run(self, stop: threading.Event) -> int:
        """Until `stop` is set; the exit status."""
        started = self._services.clock.now()
        relay = threading.Thread(target=self.relay().run, args=(stop,), name="relay")
        relay.start()
        scheduler = schedule.start(self._jobs, self._services.clock.now)
        last_alarm = last_beat = last_escalation = started.timestamp() - 2 * _ESCALATE_S
        try:
            while not stop.is_set():
                now = self._services.clock.now().timestamp()
                try:
                    self._work(stop, beat=now - last_beat >= _BEAT_S)
                    last_beat = now if now - last_beat >= _BEAT_S else last_beat
                    if now - last_alarm >= _ALARM_S:
                        watch(self._services, self.limits() | self._portals(), self._settings.silent_after_s, started)
                        last_alarm = now
                    if now - last_escalation >= _ESCALATE_S:
                        escalate(self._services)
                        last_escalation = now
                except Unavailable as trouble:
                    log.warning("the clock waits: %s", trouble.sentence)
                except Exception:  # One of the loops that go on: the log has the trace.
                    log.exception("the clock stumbled")
                stop.wait(self._settings.inbox_poll_s)
        finally:
            stop.set()
            scheduler.shutdown()
            relay.join(_LEAVE_S)
        return 0

    def relay(self) -> Relay:
        """The relay of what goes to the ledger."""
        if self._services.ledger is None:
            raise Misconfigured("There is no ledger to post to.", setting="erp_dir")
        posts, bills = PostPayments(self._services, self._services.ledger), relayed(self._services)
        limits = RelayLimits(
            lease_s=self._settings.outbox_lease_s,
            attempts=self._settings.outbox_attempts,
            idle_s=self._settings.outbox_idle_s,
        )
        return Relay(
            self._services.store,
            self._services.clock,
            {EffectKind.POST_PAYMENT: posts, EffectKind.REVERSE_PAYMENT: posts, **bills.performers},
            "ledger",
            limits,
            bursts={EffectKind.POST_PAYMENT: posts.together, EffectKind.REVERSE_PAYMENT: posts.together, **bills.bursts},
        )

    def limits(self) -> dict[str, float]:
        """For how long each part may be silent. Relays are watched from their first sign of life on."""
        mail = self._settings.mail
        parts = {f"mailbox:{each.name}/{folder}": mail.silent_after_s for each in mail.accounts for folder in each.folders}
        return {
            **parts,
            "relay ledger": self._settings.silent_after_s,
            INBOX_PART: self._settings.silent_after_s,
            LEDGER_FILES: self._settings.ledger_silent_after_s,
            **{job.part: _TWO_DAYS_S for job in self._jobs if job.part},
        }

    def _portals(self) -> dict[str, float]:
        """Syncs of the logins that are used; one that waits for a person has said so already."""
        with self._services.store.read() as unit:
            used = [login.id for login in unit.portal_logins.all() if login.state is LoginState.ACTIVE]
        return {SYNC_PART.format(login_id): self._settings.portal.silent_after_s for login_id in used}

    def _work(self, stop: threading.Event, *, beat: bool) -> None:
        self._inbox.look(self._services.clock.now())
        rematch_if_wanted(self._services, INBOX, lambda: not stop.is_set())
        if beat:
            finish_begun(self._services, INBOX, lambda: not stop.is_set())
            with self._services.store.write() as unit:
                unit.heartbeats.beat(INBOX_PART)

    def _take(self, name: str, data: bytes) -> Outcome:
        return take_document.take(self._services, TakeDocument(name, data, INBOX))
