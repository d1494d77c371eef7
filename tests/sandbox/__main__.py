"""The demo: `python -m tests.sandbox` starts a stand-in Slack, a mailbox, a ledger, a portal and Tieout, all on loopback.

Tieout runs as an installation does: `tieout up` with settings from the environment, every process as `Procfile` names it.
Only the addresses differ from a real one.
"""

import argparse
import os
import secrets
import shutil
import signal
import smtplib
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from tzlocal import get_localzone_name

from core import bootstrap
from core.domain.actors import Person, Role
from core.settings import Settings
from core.store import migrate
from tests.browser import whole_chromium
from tests.sandbox.payables_world import payables_files
from tests.sandbox.portal import seed
from tests.sandbox.slack.model import TEAM_ID
from tests.sandbox.slack.standin import Config
from tests.sandbox.world import COMPANY, CUSTOMERS, DOCUMENTS, MAILBOX, World, a_picture

ROOT = Path(__file__).parents[2]
ZONE = get_localzone_name() or "Etc/UTC"
"""Where the demo runs: cards show the times of whoever looks at them."""
PEOPLE = (
    ("ines@sandbox.example", "Ines (receivables)", "U0INES0001", {Role.CASH_POSTER, Role.SUBMITTER}),
    (
        "theo@sandbox.example",
        "Theo (controller)",
        "U0THEO0001",
        {Role.CASH_POSTER, Role.ADMINISTRATOR, Role.PORTAL_MANAGER},
    ),
    (
        "marcus@sandbox.example",
        "Marcus (payables manager)",
        "U0MARCUS01",
        {Role.CASH_APPLIER, Role.PO_APPROVER, Role.PAYABLES_POSTER},
    ),
    (
        "priya@sandbox.example",
        "Priya (payables)",
        "U0PRIYA001",
        {Role.VIEWER, Role.PAYABLES_CLERK, Role.RATE_AND_AMOUNT_MANAGER, Role.QUANTITY_MANAGER, Role.NEW_LINES_MANAGER},
    ),
)
PATIENCE_S = 60
PORTAL_CUSTOMERS = ("C101", "C102", "C103")


def free_port(wished: int) -> int:
    """The wished port if nobody has it, else any free one."""
    for port in (wished, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise AssertionError("a free port can always be had")


def wait_for(port: int, what: str, child: subprocess.Popen[bytes]) -> None:
    """Until something listens on the port; the demo ends with a sentence if it does not come."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        if child.poll() is not None:
            sys.exit(f"{what} ended at once (status {child.returncode}); see the log above.")
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    sys.exit(f"{what} did not start within {PATIENCE_S} seconds.")


def today() -> date:
    """Where the demo runs."""
    return datetime.now(ZoneInfo(ZONE)).date()


class Demo:
    """All processes of the demo and the folder they live in."""

    def __init__(self, folder: Path, *, keep: bool, quiet: bool = False) -> None:
        self.folder = folder
        self.keep = keep
        self.quiet = quiet
        self.slack_port = free_port(8765)
        self.imap_port = free_port(8143)
        self.smtp_port = free_port(8025)
        self.web_port = free_port(8080)
        self.portal_port = free_port(8090)
        self.chromium = whole_chromium() or ""
        self.children: list[subprocess.Popen[bytes]] = []
        self.standin = Config()

    @property
    def slack(self) -> str:
        return f"http://127.0.0.1:{self.slack_port}/"

    @property
    def page(self) -> str:
        """Where the cards are, seen by somebody who may act on them."""
        return f"{self.slack}?as=ines&channel=ar-cash"

    @property
    def portal(self) -> str:
        """The stand-in for a customer's portal, as its users see it."""
        return f"http://supplier.coupahost.localhost:{self.portal_port}"

    def prepare(self) -> None:
        """A clean folder, unless the last demo goes on."""
        if not self.keep and self.folder.exists():
            shutil.rmtree(self.folder)
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def environment(self) -> dict[str, str]:
        """The settings of an installation that talks to the stand-ins."""
        token = self.folder / "web.token"
        if not token.exists():
            token.write_text(secrets.token_urlsafe(24), encoding="ascii")
            token.chmod(0o600)
        return {
            **os.environ,
            "TIEOUT_DATA_DIR": str(self.folder),
            "TIEOUT_INBOX_DIR": str(self.folder / "inbox"),
            "TIEOUT_ERP_DIR": str(self.folder / "erp"),
            "TIEOUT_COMPANY": COMPANY,
            "TIEOUT_TIME_ZONE": ZONE,
            "TIEOUT_SLACK_BASE_URL": f"{self.slack}api/",
            "TIEOUT_SLACK_BOT_TOKEN": self.standin.bot_token,
            "TIEOUT_SLACK_APP_TOKEN": self.standin.app_token,
            "TIEOUT_SLACK_SIGNING_SECRET": self.standin.signing_secret,
            "TIEOUT_SLACK_PAYMENTS_CHANNEL": "C0CASHAPP1",
            "TIEOUT_SLACK_PAYABLES_CHANNEL": "C0PAYABLES",
            "TIEOUT_SLACK_MANAGERS_CHANNEL": "C0MANAGERS",
            "TIEOUT_WEB_PORT": str(self.web_port),
            "TIEOUT_WEB_TOKEN": token.read_text(encoding="ascii"),
            "TIEOUT_LOG_FORMAT": "text",
            "TIEOUT_LOG_LEVEL": "WARNING",
            "TIEOUT_MAIL__IMAP_HOST": "127.0.0.1",
            "TIEOUT_MAIL__IMAP_PORT": str(self.imap_port),
            "TIEOUT_MAIL__IMAP_ENCRYPTION": "none",
            "TIEOUT_MAIL__IMAP_USER": "remit",
            "TIEOUT_MAIL__IMAP_PASSWORD": "sandbox",
            "TIEOUT_MAIL__AUTHSERV_ID": "mx.sandbox.example",
            "TIEOUT_CHROMIUM": os.environ.get("TIEOUT_CHROMIUM", ""),
            "TIEOUT_PORTAL__COUPA_ADDRESS": self.portal,
            "TIEOUT_PORTAL__INVOICE_FILES_DIR": str(self.folder / "invoice-files"),
            "TIEOUT_PORTAL__PACE_S": "0.2",
            "TIEOUT_PORTAL__JITTER_S": "0",
        }

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """A child that dies with us; its own group, so that Ctrl-C reaches it through us and in order."""
        out = subprocess.DEVNULL if self.quiet else None
        child = subprocess.Popen(
            words, cwd=ROOT, env=self.environment(), start_new_session=True, stdout=out, stdin=subprocess.DEVNULL
        )
        self.children.append(child)
        return child

    def start_peers(self) -> None:
        """Slack, the mailbox and the ledger."""
        python = sys.executable
        slack = self.start(
            python, "-m", "tests.sandbox.slack", "--port", str(self.slack_port), "--state", str(self.folder / "slack.json")
        )
        doors = ("--imap-port", str(self.imap_port), "--smtp-port", str(self.smtp_port))
        vouched = [word for customer in CUSTOMERS for word in ("--vouch", customer.domain)]
        mailbox = self.start(python, "-m", "tests.sandbox.mailbox", *doors, *vouched)
        self.start(
            python,
            "-m",
            "tests.sandbox.erp",
            "--outgoing",
            str(self.folder / "erp" / "outgoing"),
            "--inbox",
            str(self.folder / "inbox"),
        )
        if self.chromium:
            portal = self.start(python, "-m", "tests.sandbox.portal", "--port", str(self.portal_port))
            wait_for(self.portal_port, "The stand-in portal", portal)
        wait_for(self.slack_port, "The stand-in Slack", slack)
        wait_for(self.imap_port, "The mailbox (IMAP)", mailbox)
        wait_for(self.smtp_port, "The mailbox (SMTP)", mailbox)

    def start_tieout(self) -> None:
        """Tieout itself, as `tieout up` runs it anywhere."""
        settings = Settings(data_dir=self.folder, audit_key="", database_url="", _env_file=None)
        migrate.upgrade(settings.database)
        store = bootstrap.open_store(settings)
        with store.write() as unit:
            for email, name, user, roles in PEOPLE:
                if unit.people.by_email(email) is None:
                    unit.people.put(Person(unit.people.next_id(), name, email, frozenset(roles), user, TEAM_ID))
        store.close()
        tieout = self.start(str(Path(sys.executable).with_name("tieout")), "up")
        wait_for(self.web_port, "Tieout's web process", tieout)

    def bring_the_day(self) -> None:
        """What a company's morning brings: the ledger's export, the mails, the bank's file."""
        world = World(today())
        inbox = self.folder / "inbox"
        inbox.mkdir(parents=True, exist_ok=True)
        for name, data in (("customers.csv", world.customers_csv()), ("invoices.csv", world.invoices_csv())):
            self.drop(name, data)
            self.wait_taken(name)
        with smtplib.SMTP("127.0.0.1", self.smtp_port, timeout=20) as smtp:
            for mail in world.mails():
                smtp.send_message(mail, to_addrs=[MAILBOX])
        self.drop(f"harbor-{today():%Y%m%d}.bai", world.bank_file())
        for name, data in payables_files(today()):
            self.drop(name, data)
            self.wait_taken(name)

    def bring_the_portal(self) -> None:
        """A login of a customers' portal, as an administrator adds it; the portal process tries it and syncs by itself."""
        folder = self.folder / "invoice-files"
        folder.mkdir(exist_ok=True)
        for document in DOCUMENTS:
            if document.customer in PORTAL_CUSTOMERS:
                (folder / f"{document.number}.pdf").write_bytes(a_picture(document))
        add = ("add", "coupa", seed.ROBOT, "--date-form", "mm/dd/yyyy", "--decimal-mark", ".", "--no-test")
        for words, typed in (
            (add, f"{seed.PASSWORD}\n{seed.SECRET}\n"),
            (("enable",), ""),
            (("enable", *PORTAL_CUSTOMERS), ""),
        ):
            subprocess.run(
                [str(Path(sys.executable).with_name("tieout")), "portal", *words],
                cwd=ROOT,
                env=self.environment(),
                input=typed.encode(),
                stdout=subprocess.DEVNULL,
                check=True,
                timeout=PATIENCE_S,
            )

    def drop(self, name: str, data: bytes) -> None:
        """Into the inbox folder, whole at once."""
        hidden = self.folder / "inbox" / f".{name}.part"
        hidden.write_bytes(data)
        hidden.rename(self.folder / "inbox" / name)

    def wait_taken(self, name: str) -> None:
        """Until the file has left the inbox."""
        until = time.monotonic() + PATIENCE_S
        while (self.folder / "inbox" / name).exists() and time.monotonic() < until:
            time.sleep(0.05)

    def stop(self) -> None:
        """Tieout first, then its peers; nobody stays behind."""
        for child in reversed(self.children):
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
            try:
                child.wait(timeout=20)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
        self.children.clear()


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.sandbox", description=__doc__)
    parser.add_argument("--keep", action="store_true", help="go on with the last demo instead of starting clean")
    parser.add_argument("--folder", type=Path, default=Path(".tieout/demo"), help="where the demo lives")
    options = parser.parse_args(words)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    demo = Demo(options.folder.resolve(), keep=options.keep)
    going_on = options.keep and (demo.folder / "tieout.db").exists()
    try:
        print("Starting a stand-in Slack, a mailbox, a ledger, a portal and Tieout on this machine …", flush=True)
        demo.prepare()
        demo.start_peers()
        demo.start_tieout()
        if not going_on:
            print("Bringing the day: customers, open invoices, six mails and a bank file …", flush=True)
            demo.bring_the_day()
            if demo.chromium:
                print("Giving Tieout the login of a customers' portal …", flush=True)
                demo.bring_the_portal()
        print(_welcome(demo), flush=True)
        while not stop.wait(0.5):
            if any(child.poll() is not None for child in demo.children):
                print("A process of the demo ended; stopping.", file=sys.stderr)
                return 1
    finally:
        print("\nStopping …", flush=True)
        demo.stop()
    return 0


def _welcome(demo: Demo) -> str:
    return f"""
  Open   {demo.page}   (a stand-in for Slack; you are Ines of receivables at {COMPANY})

  1. Look into the channel #ar-cash: each payment of this morning has a card with what Tieout found, and why.
  2. Confirm or choose invoices where Tieout asks; set aside what is no customer's money.
  3. Press Post. A file of pending payments appears in
     {demo.folder / "erp" / "outgoing"}
     and when the ledger has imported it (a few seconds), the card says Posted.
  4. Look into #ap-review as Priya: invoices of suppliers against their orders and receipts, one that matches, two that differ,
     one that fits two orders, and one that came twice. Accept, dispute, let wait; Marcus approves and posts.
  5. Try the same as Dana (nobody knows her) or as Rex (another company) with the persona switch.

{_portal_words(demo)}
  Drop further files into {demo.folder / "inbox"}
  or mail remittances to {MAILBOX} by SMTP on port {demo.smtp_port}.
  Health: http://127.0.0.1:{demo.web_port}/readyz     Ctrl-C stops everything; `make demo KEEP=1` goes on later.
"""


def _portal_words(demo: Demo) -> str:
    if not demo.chromium:
        return """  No Chromium was found here, so the part with customers' portals is left out
  (install Chromium, or name it in TIEOUT_CHROMIUM).
"""
    return f"""  6. Customers' portals: Tieout reads the orders of three customers and finds those that our invoices belong to.
     INV-20402 belongs to order 7781 of Birch & Boro: as Ines, press Ready to submit; the robot saves it as a draft. Log in at
     {demo.portal}/sessions/new   as {seed.PERSON}, password {seed.PASSWORD},
     choose Birch & Boro Furniture, look at the draft under Invoices and submit it: only people do.
     Who else may log in, and what can go wrong: http://127.0.0.1:{demo.portal_port}/
"""


if __name__ == "__main__":
    sys.exit(main())
