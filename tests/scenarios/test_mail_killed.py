"""The mail process is killed with SIGKILL again and again while mails arrive: nothing is lost, nothing is doubled."""

import json
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from core.bootstrap import SystemClock
from core.domain.mails import MailState
from core.domain.remittance import RemittanceState
from core.store.audit import verify
from core.store.mails import SqlMailDesk
from core.store.unit_of_work import SqlStore
from tests.databases import AUDIT_KEY, SetClock
from tests.sandbox.mailbox import dovecot
from tests.scenarios.mail_world import a_remittance, settings_for
from tests.service import Desk, services_on

pytestmark = [pytest.mark.dovecot, pytest.mark.slow, pytest.mark.timeout(900)]

MAILS = 300
KILLS = 22
ROOT = Path(__file__).parents[2]


def feed(mailbox: dovecot.Dovecot, mails: int, over_s: float) -> None:
    """Deliver at random intervals, every tenth mail twice with other transport headers."""
    dice = random.Random(7)  # noqa: S311
    for number in range(mails):
        raw = a_remittance(number)
        mailbox.deliver(raw)
        if number % 10 == 0:
            mailbox.deliver(b"Received: from relay by mx; Fri, 27 Feb 2026 10:00:%02d +0000\r\n" % (number % 60) + raw)
        time.sleep(dice.uniform(0, 2 * over_s / mails))


def test_nothing_is_lost_or_doubled_when_the_process_is_killed(database_url: str) -> None:
    store = SqlStore(database_url, SystemClock(), AUDIT_KEY)
    desk = SqlMailDesk(store)
    Desk(services_on(store, SetClock()))
    with dovecot.running() as mailbox:
        settings = settings_for(
            mailbox, folder_lease_s=0.2, reading_lease_s=1.5, backoff_s=0.3, most_attempts=KILLS, readers=1
        ).model_dump(mode="json")
        settings["imap_password"] = dovecot.PASSWORD
        mailbox.deliver(a_remittance(MAILS))
        feeder = threading.Thread(target=feed, args=(mailbox, MAILS, 10.0))
        killer = subprocess.Popen(
            [sys.executable, "-m", "tests.scenarios.mail_killer"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert killer.stdin is not None
        assert killer.stdout is not None
        try:
            orders = {"url": database_url, "settings": settings, "kills": KILLS, "busy_s": 0.8, "seed": 11}
            killer.stdin.write(json.dumps(orders) + "\n")
            killer.stdin.flush()
            feeder.start()
            assert killer.stdout.readline() == "killed\n"
            at_the_last_kill = Counter(mail.state for mail in desk.recent(1000))
            feeder.join()
            ends = time.monotonic() + 200
            while len(decided(desk)) < MAILS + 1:
                assert time.monotonic() < ends, (Counter(mail.state for mail in desk.recent(1000)), mailbox.log()[-500:])
                time.sleep(0.5)
            killer.stdin.write("enough\n")
            killer.stdin.flush()
            assert killer.wait(30) == 0
        finally:
            killer.kill()
            killer.wait()
            killer.stdin.close()
            killer.stdout.close()
    mails = desk.recent(1000)
    assert Counter(mail.state for mail in mails) == {MailState.DONE: MAILS + 1}
    with store.read() as unit:
        advices = unit.remittances.in_states(tuple(RemittanceState), limit=2000)
        assert Counter(Counter(advice.mail_id for advice in advices).values()) == {1: MAILS + 1}
        assert list(verify(unit.session, AUDIT_KEY)) == []
    most = max(mail.attempts for mail in mails)
    print(f"{MAILS + 1} mails, {KILLS} kills, {dict(at_the_last_kill)} at the last kill, most attempts {most}")  # noqa: T201
    store.close()


def decided(desk: SqlMailDesk) -> list[str]:
    return [mail.id for mail in desk.recent(1000) if mail.disposition is not None]
