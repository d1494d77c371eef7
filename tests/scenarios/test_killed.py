"""The relays and the bot are killed with SIGKILL again and again while people post: nothing is lost, nothing is doubled."""

import csv
import random
import time
from collections import Counter
from pathlib import Path

import pytest

from core.app.act_on_payment import act
from core.app.commands import ActOnPayment
from core.app.outcomes import Done
from core.domain.events import PaymentEvent
from core.domain.ids import PaymentId
from core.domain.payments import PaymentState
from core.domain.workflows import OutboxState
from core.store.audit import verify
from tests.builders import acting
from tests.databases import AUDIT_KEY, SetClock
from tests.installation import CHANNEL, INES, Installation, installed
from tests.sandbox.erp.__main__ import Ledger
from tests.sandbox.slack.testing import SlackDriver, running_slack
from tests.service import Desk, services_on

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

# Each payment is a posting, at least three renderings of its card and two lines of history: some 700 items on their way.
PAYMENTS = 120
KILLS = 22
ITEMS = 300


def bring_payments(desk: Desk) -> list[PaymentId]:
    """Deposits of a payer we know, none of which is for a document: each is posted on account."""
    desk.bank(*((f"D{number}", f"{number + 1000}.17", "NORTHWIND LTD", "ON ACCOUNT") for number in range(PAYMENTS)))
    return [payment.id for payment in desk.payments(PaymentState.UNAPPLIED)]


def post(desk: Desk, payment_id: PaymentId) -> None:
    payment = desk.payment(payment_id)
    outcome = act(desk.services, ActOnPayment(payment.id, payment.version, PaymentEvent.POST, acting(INES), cause="click"))
    assert isinstance(outcome, Done), outcome


def keys_in_files(installation: Installation) -> Counter[str]:
    found: Counter[str] = Counter()
    for file in installation.outgoing.glob("*/pending_payments.csv"):
        with file.open(encoding="utf-8", newline="") as opened:
            found.update(row["payment_key"] for row in csv.DictReader(opened))
    return found


def cards_by_payment(slack: SlackDriver) -> Counter[str]:
    """How many messages stand for each payment, by the key in the metadata that they carry."""
    found: Counter[str] = Counter()
    for message in slack.messages(CHANNEL):
        key = (message.get("metadata") or {}).get("event_payload", {}).get("key", "")
        if key.startswith("card:payment:") and message.get("thread_ts", message["ts"]) == message["ts"]:
            found[key.removeprefix("card:payment:")] += 1
    return found


def post_among_kills(desk: Desk, installation: Installation, payments: list[PaymentId]) -> None:
    """Post one after the other; kill the relay of the ledger or the bot at random moments."""
    dice = random.Random(11)  # noqa: S311  A test needs the same chance each time, not secrecy.
    kill_after = set(dice.sample(range(len(payments)), KILLS))
    ledger = Ledger(installation.outgoing, installation.inbox)
    for place, payment_id in enumerate(payments):
        post(desk, payment_id)
        if place in kill_after:
            name = dice.choice(("clock", "bot"))
            time.sleep(dice.uniform(0.2, 1.6))
            installation.kill(name)
            installation.start(name)
            ledger.look()


def test_every_payment_is_posted_once_and_has_one_card(database_url: str, tmp_path: Path) -> None:
    with running_slack() as slack, installed(tmp_path, database_url, slack) as installation:
        installation.more.update({"TIEOUT_OUTBOX_LEASE_S": "2", "TIEOUT_CARDS_PER_IMPORT": "0"})
        desk = Desk(services_on(installation.store, SetClock(), cards_per_import=0))
        with installation.store.write() as unit:
            unit.people.put(INES)
        payments = bring_payments(desk)
        assert len(payments) == PAYMENTS
        installation.start("clock", "bot")
        post_among_kills(desk, installation, payments)
        ledger = Ledger(installation.outgoing, installation.inbox)

        def all_posted() -> bool:
            ledger.look()
            with installation.store.read() as unit:
                return unit.payments.counts().get(PaymentState.POSTED, 0) == PAYMENTS

        installation.wait_for(all_posted, "every payment to be posted", 180)

        def nothing_waits() -> bool:
            with installation.store.read() as unit:
                return not unit.outbox.ages()

        installation.wait_for(nothing_waits, "every card to be shown", 180)
        with installation.store.read() as unit:
            assert len(unit.outbox.in_state(OutboxState.SENT, limit=5000)) >= ITEMS
        files = keys_in_files(installation)
        assert len(files) == PAYMENTS
        assert set(files.values()) == {1}
        cards = cards_by_payment(slack)
        assert set(cards) == set(payments)
        assert set(cards.values()) == {1}
        with installation.store.read() as unit:
            assert unit.outbox.in_state(OutboxState.SHUNTED) == []
            assert list(verify(unit.session, AUDIT_KEY)) == []
