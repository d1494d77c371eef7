"""The bot is killed with SIGKILL again and again while it publishes: every payment ends with exactly one card, as it is now."""

import json
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from core.app.services import Services
from core.bootstrap import SystemClock
from core.domain.events import PaymentEvent
from core.domain.keeping import EffectKind
from core.store.audit import verify
from core.store.unit_of_work import SqlStore
from tests.databases import AUDIT_KEY, SetClock
from tests.sandbox.slack.testing import SlackDriver, text_of
from tests.service import services_on
from tests.slack_desk import CASH, SlackDesk

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

PAYMENTS = 300
KILLS = 24
ACTS = 60
ROOT = Path(__file__).parents[2]


def left(services: Services) -> int:
    """How much is still on its way to Slack."""
    with services.store.read() as unit:
        return sum(count for kind, (count, _) in unit.outbox.ages().items() if kind is not EffectKind.POST_PAYMENT)


def act_meanwhile(desk: SlackDesk) -> list[str]:
    """People set payments aside while the bot dies and comes back."""
    dice = random.Random(5)  # noqa: S311
    acted: list[str] = []
    for number in dice.sample(range(PAYMENTS), ACTS):
        payment = desk.payment(f"P-{1001 + number}")
        desk.done(PaymentEvent.SET_ASIDE, payment, desk.ines, reason=f"reason {number}")
        acted.append(payment.id)
        time.sleep(dice.uniform(0, 0.8))
    return acted


def key_of(message: dict[str, Any]) -> str:
    return str((message.get("metadata") or {}).get("event_payload", {}).get("key", ""))


def test_every_payment_has_exactly_one_card_however_often_the_bot_dies(database_url: str, slack: SlackDriver) -> None:
    store = SqlStore(database_url, SystemClock(), AUDIT_KEY)
    services = services_on(store, SetClock(), cards_per_import=PAYMENTS)
    desk = SlackDesk(services, slack)
    desk.bank(*[(f"D{number}", f"{1000 + number}.13", "UNHEARD OF LLC", "") for number in range(PAYMENTS)])
    settings = {
        "slack_bot_token": slack.config.bot_token,
        "slack_app_token": slack.config.app_token,
        "slack_base_url": slack.api_url,
        "slack_payments_channel": CASH,
        "outbox_lease_s": 0.5,
        "outbox_idle_s": 0.02,
    }
    orders = {"url": database_url, "settings": settings, "kills": KILLS, "busy_s": 2.2, "seed": 3}
    killer = subprocess.Popen(
        [sys.executable, "-m", "tests.scenarios.bot_killer"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert killer.stdin is not None
    assert killer.stdout is not None
    try:
        killer.stdin.write(json.dumps(orders) + "\n")
        killer.stdin.flush()
        acted = act_meanwhile(desk)
        assert killer.stdout.readline() == "killed\n"
        at_the_last_kill = left(services)
        slack.wait_for(lambda: left(services) == 0, seconds=200, what="everything to be published")
        killer.stdin.write("enough\n")
        killer.stdin.flush()
        assert killer.wait(30) == 0
    finally:
        killer.kill()
        killer.wait()
        killer.stdin.close()
        killer.stdout.close()
    messages = [one for one in slack.cards(CASH) if not one["ephemeral"]]
    posts = [call for call in slack.calls("chat.postMessage") if call["ok"]]
    top = [one for one in messages if one.get("thread_ts") in {None, "", one["ts"]}]
    by_card = Counter(text_of(one).split(":")[0] for one in top if text_of(one).startswith("P-"))
    assert by_card == {f"P-{1001 + number}": 1 for number in range(PAYMENTS)}
    assert sum("payments came in" in text_of(one) for one in top) == 1
    notes = Counter(text_of(one).rsplit("“", 1)[-1] for one in messages if one not in top)
    assert sorted(notes.values()) == [1] * ACTS
    stale = [number for number in acted if f"{number}: " in str(top) and not shows_set_aside(top, number)]
    assert stale == []
    with store.read() as unit:
        assert list(verify(unit.session, AUDIT_KEY)) == []
    print(f"{PAYMENTS} payments, {KILLS} kills, {at_the_last_kill} left at the last kill, {len(posts)} posts")  # noqa: T201
    store.close()


def shows_set_aside(messages: list[dict[str, Any]], number: str) -> bool:
    [card] = [one for one in messages if text_of(one).startswith(f"{number}: ")]
    return "Set aside" in text_of(card)
