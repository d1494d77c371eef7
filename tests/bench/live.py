"""The running installation: e-mail sent to card visible, click to card updated, memory of each process.

The stand-in for Slack is a process of its own and is not asked while something is measured: every figure is read afterwards out
of what it wrote down by itself (when a message appeared, when a click was answered, when a card was updated).
"""

import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

import psutil

from core.domain.payments import PaymentState
from tests.bench.figures import Figure, against, percentile
from tests.builders import a_customer, a_customer_invoice
from tests.databases import SetClock, fresh_database
from tests.installation import CHANNEL, INES, ROOT, Installation, installed
from tests.sandbox.mailbox import dovecot
from tests.sandbox.slack.__main__ import bound_socket
from tests.sandbox.slack.model import Json
from tests.sandbox.slack.testing import SlackDriver, text_of
from tests.service import Desk, services_on

MAILS = 200
INTAKE = 300
SINGLE_CLICKS = 50
CLICKS_AT_ONCE = 50
CARD_LIMIT_S = 2.0
CLICK_LIMIT_S = 1.0
CLICK_LIMIT = "under 1 s"
MEMORY_MIB = 512
MEMORY = "512 MiB"


def figures() -> list[Figure]:
    found: list[Figure] = []
    with _running("clock", "mail", "bot") as (installation, mailbox):
        found += [*_mail_to_card(installation, mailbox), _intake(installation, mailbox), *_clicks(installation, "Socket Mode")]
        found += _memory(installation)
    with _running("clock", "web", "bot") as (installation, _):
        return found + _clicks(installation, "signed HTTP")


@contextmanager
def _slack_process(folder: Path) -> Iterator[SlackDriver]:
    port_file = folder / "slack-port"
    words = [sys.executable, "-m", "tests.sandbox.slack", "--port", "0", "--port-file", str(port_file)]
    child = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        while not port_file.exists():
            assert child.poll() is None, "the stand-in did not start"
            time.sleep(0.05)
        driver = SlackDriver(f"http://127.0.0.1:{int(port_file.read_text(encoding='ascii'))}")
        yield driver
        driver.close()
    finally:
        child.terminate()
        child.wait()


@contextmanager
def _running(*processes: str) -> Iterator[tuple[Installation, dovecot.Dovecot]]:
    with (
        tempfile.TemporaryDirectory(prefix="tieout-bench-") as name,
        fresh_database("sqlite", Path(name)) as url,
        dovecot.running() as mailbox,
        _slack_process(Path(name)) as slack,
    ):
        more = {
            "TIEOUT_MAIL__IMAP_HOST": "127.0.0.1",
            "TIEOUT_MAIL__IMAP_PORT": str(mailbox.port),
            "TIEOUT_MAIL__IMAP_ENCRYPTION": "none",
            "TIEOUT_MAIL__IMAP_USER": dovecot.USER,
            "TIEOUT_MAIL__IMAP_PASSWORD": dovecot.PASSWORD,
        }
        port = _free_port()
        if "web" in processes:
            more |= {"TIEOUT_SLACK_TRANSPORT": "http", "TIEOUT_WEB_PORT": str(port)}
        with installed(Path(name), url, slack, **more) as installation:
            with installation.store.write() as unit:
                unit.ledger.put_customers([a_customer("C1", "Northwind Ltd", email_domains=("northwind.example",))])
                numbers = range(10_000, 10_000 + 2 * (MAILS + INTAKE))
                unit.ledger.put_invoices([a_customer_invoice(f"INV-{number}", f"{number}.00") for number in numbers])
            installation.start(*processes)
            if "web" in processes:
                address = f"http://127.0.0.1:{port}/slack/events"
                installation.wait_for(lambda: slack.deliver_to(address), "the web process to answer")
            else:
                slack.wait_for_socket()
            yield installation, mailbox


def _free_port() -> int:
    with bound_socket(0) as listening:
        return int(listening.getsockname()[1])


def _mail(number: int) -> bytes:
    mail = EmailMessage()
    mail["From"] = "Northwind <ap@northwind.example>"
    mail["To"] = dovecot.USER
    mail["Subject"] = f"Remittance {number}"
    mail["Message-ID"] = f"<bench-{number}@northwind.example>"
    mail.set_content(f"Invoice      Amount paid (USD)\nINV-{number}    {number}.00\nTotal    {number}.00\n")
    return mail.as_bytes()


def _all_published(installation: Installation) -> bool:
    with installation.store.read() as unit:
        return not unit.outbox.ages()


def _expected(installation: Installation, count: int) -> Callable[[], bool]:
    def reached() -> bool:
        with installation.store.read() as unit:
            return unit.payments.counts().get(PaymentState.EXPECTED, 0) >= count

    return reached


def _mail_to_card(installation: Installation, mailbox: dovecot.Dovecot) -> list[Figure]:
    sent: dict[int, float] = {}
    for number in range(10_000, 10_000 + MAILS):
        sent[number] = time.time()
        mailbox.deliver(_mail(number))
        installation.wait_for(_expected(installation, len(sent)), "a mail to be taken")
    installation.wait_for(lambda: _all_published(installation), "every card to be shown")
    shown = {text_of(card): float(card["ts"]) for card in installation.slack.cards(CHANNEL)}
    took = []
    for number, at in sent.items():
        [appeared] = [ts for text, ts in shown.items() if f"{number:,}.00 USD" in text]
        took.append(appeared - at)
    middle, late = percentile(took, 0.5), percentile(took, 0.95)
    limit = f"p95 under {CARD_LIMIT_S:.0f} s"
    return [
        Figure(f"e-mail sent to card visible, median of {MAILS}", f"{middle:.2f} s", limit, against(middle, CARD_LIMIT_S)),
        Figure("e-mail sent to card visible, p95", f"{late:.2f} s", limit, against(late, CARD_LIMIT_S)),
    ]


def _intake(installation: Installation, mailbox: dovecot.Dovecot) -> Figure:
    first = 10_000 + MAILS
    start = time.perf_counter()

    def feed() -> None:
        for number in range(first, first + INTAKE):
            mailbox.deliver(_mail(number))

    feeder = threading.Thread(target=feed)
    feeder.start()
    installation.wait_for(_expected(installation, MAILS + INTAKE), "all mails to be taken", 240)
    feeder.join()
    took = time.perf_counter() - start
    installation.wait_for(lambda: _all_published(installation), "every card to be shown", 240)
    rate = INTAKE / took
    return Figure(f"mails per second through intake ({INTAKE} at once)", f"{rate:.1f}", "1 a second", f"{rate:.0f} times")


def _clicks(installation: Installation, transport: str) -> list[Figure]:
    """People post: one after the other, and then fifty at the same moment."""
    cards = _cards_to_post(installation, SINGLE_CLICKS + CLICKS_AT_ONCE)
    slack = installation.slack
    for card in cards[:SINGLE_CLICKS]:
        slack.press("ines", card, "payment.post")
        installation.wait_for(lambda: _all_published(installation), "the card to be updated")
    with ThreadPoolExecutor(CLICKS_AT_ONCE) as people:
        list(people.map(lambda card: slack.press("ines", card, "payment.post"), cards[SINGLE_CLICKS:]))
    installation.wait_for(lambda: _all_published(installation), "every card to be updated")
    acks, updates = _measured(slack, cards)
    alone, together = updates[:SINGLE_CLICKS], updates[SINGLE_CLICKS:]
    worst, late, crowd = max(acks), percentile(alone, 0.95), percentile(together, 0.95)
    at_once = f"{CLICKS_AT_ONCE} clicks at once"
    return [
        Figure(
            f"{transport}: click to card updated, p95 of {SINGLE_CLICKS}",
            f"{late:.2f} s",
            CLICK_LIMIT,
            against(late, CLICK_LIMIT_S),
        ),
        Figure(f"{transport}: slowest answer to {at_once}", f"{worst:.2f} s", CLICK_LIMIT, against(worst, CLICK_LIMIT_S)),
        Figure(
            f"{transport}: p95 of the cards of {at_once}", f"{crowd:.2f} s", f"{CLICKS_AT_ONCE / crowd:.0f} cards a second", ""
        ),
    ]


def _cards_to_post(installation: Installation, count: int) -> list[Json]:
    """Deposits on account, each with a card of its own, oldest first."""
    desk = Desk(services_on(installation.store, SetClock(), cards_per_import=1000))
    with installation.store.write() as unit:
        # The desk's own poster has the same id; here the one whom the stand-in knows shall press.
        unit.people.put(INES)
    lines = [(f"K{number}", f"{number}.31", "NORTHWIND LTD", "ON ACCOUNT") for number in range(501, 501 + count)]
    desk.bank(*lines, name="clicks.csv")
    installation.wait_for(lambda: _all_published(installation), "every card to be shown", 120)
    found = [card for card in installation.slack.cards(CHANNEL, contains=".31 USD") if "payment.post" in str(card["blocks"])]
    assert len(found) == count
    return found


def _measured(slack: SlackDriver, cards: Sequence[Json]) -> tuple[list[float], list[float]]:
    """By the stand-in's own clock: each click's answer, and each card's first update after its click."""
    clicks = {one["payload"]["container"]["message_ts"]: one for one in slack.deliveries() if "container" in one["payload"]}
    updates = [call for call in slack.calls("chat.update") if call["ok"]]
    acks, shown = [], []
    for card in cards:
        click = clicks[card["ts"]]
        assert click["outcome"] == "acked"
        acks.append(click["seconds"])
        first = min(call["at"] for call in updates if call["arguments"]["ts"] == card["ts"] and call["at"] >= click["at"])
        shown.append(first - click["at"])
    return acks, shown


def _memory(installation: Installation) -> list[Figure]:
    found = []
    for name, child in sorted(installation.children.items()):
        status = Path(f"/proc/{child.pid}/status")
        if status.exists():
            peak = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
            most = int(peak.split()[1]) / 1024
            found.append(Figure(f"peak memory of the process {name}", f"{most:.0f} MiB", MEMORY, against(most, MEMORY_MIB)))
        else:
            now = psutil.Process(child.pid).memory_info().rss / 2**20
            found.append(Figure(f"memory of the process {name} at the end", f"{now:.0f} MiB", MEMORY, against(now, MEMORY_MIB)))
    return found
