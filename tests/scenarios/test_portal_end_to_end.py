"""The main job of portals once, as processes: one click on the page of Slack, a draft in the portal, managers told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.domain.actors import Role
from core.store.vault import new_key
from tests.browser import launch, whole_chromium
from tests.databases import fresh_database
from tests.installation import CHANNEL, INES, Installation, installed
from tests.sandbox.portal import seed
from tests.sandbox.portal.testing import running_portal
from tests.sandbox.slack.testing import SlackDriver, running_slack, text_of

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]
MANAGERS = "C0MANAGERS"
INVOICE = "INV-20500"
SECRETS = (seed.PASSWORD, seed.SECRET)


def tieout(installation: Installation, *words: str, typed: str = "") -> None:
    """The command, as an operator types it; secrets come from a pipe."""
    status, said = installation.run(*words, typed=typed)
    assert status == 0, said


def press_ready(page: Page, slack: SlackDriver) -> None:
    """As a person does: find the card, press Ready to submit, say yes to the question."""
    page.goto(f"{slack.base_url}/")
    page.get_by_label("You are").select_option(label="Ines (receivables)")
    page.get_by_role("link", name="ar-cash").or_(page.get_by_role("button", name="ar-cash")).first.click()
    card = page.get_by_role("article").filter(has_text=INVOICE).filter(has=page.get_by_role("button", name="Ready to submit"))
    card.first.get_by_role("button", name="Ready to submit").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button").filter(has_text="Ready").first.click()
    expect(dialog).to_be_hidden()


def test_one_click_in_slack_becomes_a_draft_in_the_portal_and_a_picture_for_managers(tmp_path: Path) -> None:
    files = tmp_path / "pdf"
    files.mkdir()
    (files / f"{INVOICE}.pdf").write_bytes(b"%PDF-1.4\n% the picture of an invoice of ours\n")
    day = (datetime.now(UTC) - timedelta(days=3)).date().isoformat()
    with running_slack() as slack, running_portal() as site, fresh_database("sqlite", tmp_path) as url:
        portal = {
            "TIEOUT_PORTAL__COUPA_ADDRESS": site.url("supplier", ""),
            "TIEOUT_PORTAL__KEYS": new_key().decode(),
            "TIEOUT_PORTAL__PACE_S": "0",
            "TIEOUT_PORTAL__JITTER_S": "0",
            "TIEOUT_PORTAL__INVOICE_FILES_DIR": str(files),
            "TIEOUT_SLACK_MANAGERS_CHANNEL": MANAGERS,
            "TIEOUT_CHROMIUM": whole_chromium() or "",
        }
        with installed(tmp_path / "tieout", url, slack, **portal) as installation:
            with installation.store.write() as unit:
                unit.people.put(replace(INES, roles=frozenset({Role.SUBMITTER})))
            secrets = f"{seed.PASSWORD}\n{seed.SECRET}\n"
            tieout(installation, "portal", "add", "coupa", seed.ROBOT, "--no-test", "--date-form", "mm/dd/yyyy", typed=secrets)
            installation.start("clock")
            installation.drop("customers.csv", b"customer_id,name\nC1,Birch and Boro Furniture\n")
            installation.wait_taken("customers.csv")
            columns = "invoice_number,customer_id,issue_date,currency,amount,open_amount,po_number"
            installation.drop("invoices.csv", f"{columns}\n{INVOICE},C1,{day},USD,625.00,625.00,PO 7781\n".encode())
            installation.wait_taken("invoices.csv")
            tieout(installation, "portal", "enable")
            tieout(installation, "portal", "enable", "C1")
            installation.start("bot", "portal")
            slack.wait_for(lambda: slack.cards(CHANNEL, contains=INVOICE), seconds=180, what="the card")
            with launch() as browser:
                press_ready(browser.new_page(), slack)
            told = slack.wait_for(
                lambda: [one for one in slack.cards(MANAGERS) if "Draft to check" in text_of(one)],
                seconds=180,
                what="the notice",
            )
            assert [block["type"] for block in told[0]["blocks"]].count("image") == 1
            (draft,) = [one for one in site.world.invoices if one.number == INVOICE]
            assert (draft.status, draft.total, draft.saves, draft.order_number) == ("Draft", Decimal(625), 1, "7781")
            assert draft.scan is not None
            slack.wait_for(lambda: slack.cards(CHANNEL, contains="Draft saved"), what="the card to say so")
            assert [one.path for one in site.seen if one.fields.get("commit") == "Submit" or "submit" in one.path] == []
            said = "".join(installation.log(name) for name in ("clock", "bot", "portal")) + str(slack.calls())
            assert [secret for secret in SECRETS if secret in said] == []
