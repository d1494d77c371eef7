"""The main job once: bank file and mail in, a person presses Post on the page, the ledger acknowledges, the card is Posted."""

import csv
import smtplib
from datetime import date
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.domain.payments import PaymentState
from core.store.audit import verify
from tests.browser import launch
from tests.databases import AUDIT_KEY
from tests.installation import CHANNEL, Installation, installed
from tests.sandbox.erp.__main__ import Ledger
from tests.sandbox.mailbox import dovecot
from tests.sandbox.mailbox.smtp_door import AUTHSERV_ID, Door, open_door
from tests.sandbox.slack.testing import SlackDriver, running_slack
from tests.sandbox.world import World

pytestmark = [pytest.mark.browser, pytest.mark.dovecot, pytest.mark.slow, pytest.mark.timeout(900)]
WORLD = World(date(2026, 3, 2))


def rows(installation: Installation) -> list[dict[str, str]]:
    found = []
    for file in sorted(installation.outgoing.glob("*/pending_payments.csv")):
        with file.open(encoding="utf-8", newline="") as opened:
            found += list(csv.DictReader(opened))
    return found


def send(mail: EmailMessage, mailbox: dovecot.Dovecot) -> None:
    """As the customer's mail server would: by SMTP, through a door that appends to the mailbox while our listener idles."""
    port = dovecot.free_port()
    door = open_door(Door(mailbox.port, dovecot.USER, dovecot.PASSWORD, ["aldercreek.example"]), port)
    try:
        with smtplib.SMTP("127.0.0.1", port, timeout=120) as smtp:
            smtp.send_message(mail)
    finally:
        door.stop()


def state_of(installation: Installation, payer: str) -> PaymentState | None:
    with installation.store.read() as unit:
        found = unit.payments.search(payer)
    return found[0].state if found else None


def press_post(page: Page, slack: SlackDriver) -> None:
    """As a person does: find the card, press Post, say yes to the question."""
    page.goto(f"{slack.base_url}/")
    page.get_by_label("You are").select_option(label="Ines (receivables)")
    page.get_by_role("link", name="ar-cash").or_(page.get_by_role("button", name="ar-cash")).first.click()
    card = page.get_by_role("article").filter(has_text="4,966.25 USD").filter(has=page.get_by_role("button", name="Post"))
    card.first.get_by_role("button", name="Post").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button").filter(has_text="Post").first.click()
    expect(dialog).to_be_hidden()


def test_a_remittance_and_a_bank_line_become_one_posted_payment(database_url: str, tmp_path: Path) -> None:
    with dovecot.running() as mailbox, running_slack() as slack:
        mail = {
            "TIEOUT_MAIL__IMAP_HOST": "127.0.0.1",
            "TIEOUT_MAIL__IMAP_PORT": str(mailbox.port),
            "TIEOUT_MAIL__IMAP_ENCRYPTION": "none",
            "TIEOUT_MAIL__IMAP_USER": dovecot.USER,
            "TIEOUT_MAIL__IMAP_PASSWORD": dovecot.PASSWORD,
            "TIEOUT_MAIL__AUTHSERV_ID": AUTHSERV_ID,
        }
        with installed(tmp_path, database_url, slack, **mail) as installation:
            installation.start("clock", "mail", "bot")
            for name, data in (("customers.csv", WORLD.customers_csv()), ("invoices.csv", WORLD.invoices_csv())):
                installation.drop(name, data)
                installation.wait_taken(name)
            send(WORLD.mails()[0], mailbox)
            installation.wait_for(lambda: state_of(installation, "alder") is PaymentState.EXPECTED, "the expected payment")
            installation.drop("today.bai", WORLD.bank_file())
            installation.wait_for(
                lambda: state_of(installation, "alder") is PaymentState.APPLIED, "the money to join the remittance"
            )
            slack.wait_for(lambda: slack.cards(CHANNEL, contains="4,966.25"))
            with launch() as browser:
                press_post(browser.new_page(), slack)
            installation.wait_for(lambda: rows(installation), "the posting file")
            written = rows(installation)
            assert sorted(row["invoice_number"] for row in written) == ["INV-20411", "INV-20425", "INV-20440"]
            assert sum(int(row["applied_amount"].replace(".", "")) for row in written) == 496625
            Ledger(installation.outgoing, installation.inbox).look()
            installation.wait_for(lambda: state_of(installation, "alder") is PaymentState.POSTED, "the acknowledgement")
            slack.wait_for(lambda: slack.cards(CHANNEL, contains="Posted"))
            assert len(slack.cards(CHANNEL, contains="4,966.25")) == 1
            with installation.store.read() as unit:
                assert list(verify(unit.session, AUDIT_KEY)) == []
            assert rows(installation) == written
