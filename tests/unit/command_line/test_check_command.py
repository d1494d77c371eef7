"""`tieout check` against the stand-in for Slack, a hostile and a real mailbox, and broken set-ups. No secret is printed."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.command_line.checks.slack import SCOPES
from tests.databases import AUDIT_KEY
from tests.operator import Operator
from tests.sandbox.mailbox import dovecot, hostile
from tests.sandbox.mailbox.hostile import Mood
from tests.sandbox.slack.testing import SlackDriver, running_slack
from tests.unit.command_line.test_audit_command import tamper

CASH, SHARED, UNINVITED, UNSEEN = "C0CASHAPP1", "C0SUPPLIER", "C0GENERAL1", "C0BOARD001"


@pytest.fixture(scope="module")
def workspace() -> Iterator[SlackDriver]:
    with running_slack() as driver:
        yield driver


@pytest.fixture
def slack(workspace: SlackDriver, nobody: Operator) -> SlackDriver:
    config = workspace.config
    workspace.faults.clear()
    nobody.sets(slack_base_url=workspace.api_url, slack_bot_token=config.bot_token, slack_app_token=config.app_token)
    nobody.sets(slack_payments_channel=CASH)
    return workspace


def checked(operator: Operator, *only: str) -> tuple[int, list[str]]:
    status, said = operator.types(" ".join(["check", *(f"--only {name}" for name in only)]))
    return status, said.splitlines()


def wrongs(lines: list[str]) -> list[str]:
    return [line.removeprefix("WRONG ") for line in lines if line.startswith("WRONG ")]


@pytest.mark.dovecot
def test_an_installation_that_is_set_up_passes_as_a_process_of_its_own(operator: Operator, slack: SlackDriver) -> None:
    """The real thing: the installed command, a real IMAP server, the stand-in's Web API, and not a secret in what it says."""
    operator.types("people add ada@example.com --role cash_poster")
    del slack
    with dovecot.running() as server:
        operator.sets(mail__imap_host="127.0.0.1", mail__imap_port=server.port, mail__imap_encryption="none")
        operator.sets(mail__imap_user=dovecot.USER, mail__imap_password=dovecot.PASSWORD, web_token="canary-web-token")
        status, printed = operator.starts("check")
    assert status == 0, printed
    lines = printed.splitlines()
    assert wrongs(lines) == []
    for said in (
        "ok    Slack knows the bot as tieout in the workspace Sandbox Finance",
        "ok    The bot has every scope that it needs",
        "ok    The bot is in the channel #ar-cash (TIEOUT_SLACK_PAYMENTS_CHANNEL), which only your company reads",
        "ok    This machine's clock agrees with Slack's",
        "ok    Slack opens a socket for clicks (Socket Mode)",
        "ok    Mailbox main/INBOX works",
        "ok    1 active person, 1 of them may post",
        "Everything that was looked at works.",
    ):
        assert said in lines
    secrets = [value for name, value in os.environ.items() if name.startswith("TIEOUT_") and "TOKEN" in name]
    for secret in (*secrets, dovecot.PASSWORD, AUDIT_KEY.decode()):
        assert secret not in printed


def test_before_anything_is_set_up_it_says_what_to_do_first(nobody: Operator) -> None:
    status, lines = checked(nobody)
    assert status == 1
    said = "\n".join(wrongs(lines))
    assert "run “tieout migrate”" in said
    assert "set TIEOUT_SLACK_BOT_TOKEN" in said
    assert any(line.startswith("note  No mailbox is set") for line in lines)
    assert not (nobody.folder / "data").exists()


def test_a_setting_that_is_wrong_and_one_that_is_misspelt_are_named(nobody: Operator) -> None:
    nobody.sets(slak_bot_token="canary-misspelt-token")
    _, lines = checked(nobody, "here")
    assert "note  TIEOUT_SLAK_BOT_TOKEN is not a setting and does nothing — did you mean TIEOUT_SLACK_BOT_TOKEN?" in lines
    assert "canary" not in "\n".join(lines)
    nobody.sets(web_port="many")
    status, lines = checked(nobody)
    assert status == 1
    assert "The setting TIEOUT_WEB_PORT is wrong" in lines[0]


def test_names_in_the_env_file_and_its_rights_are_looked_at(nobody: Operator) -> None:
    (nobody.folder / ".env").write_text("TIEOUT_COMPANI=x\n")
    (nobody.folder / ".env").chmod(0o644)
    _, lines = checked(nobody, "here")
    assert any("TIEOUT_COMPANI is not a setting" in line and "TIEOUT_COMPANY" in line for line in lines)
    assert any("chmod 600 .env" in line for line in wrongs(lines))


def test_folders_that_cannot_be_used(nobody: Operator) -> None:
    nobody.types("migrate")
    (nobody.folder / "data").chmod(0o755)
    (nobody.folder / "inbox").write_text("a file where a folder should be")
    nobody.sets(time_zone="Mars/Olympus", chromium="/no/such/chromium")
    _, lines = checked(nobody, "here")
    said = "\n".join(wrongs(lines))
    assert "may be entered by others" in said
    assert "The inbox folder" in said
    assert "There is no time zone Mars/Olympus." in said
    assert "There is no Chromium at /no/such/chromium" in said


def test_a_database_that_is_not_to_be_had(nobody: Operator) -> None:
    nobody.sets(database_url="postgresql+psycopg://tieout:canary-database@127.0.0.1:1/tieout")
    status, lines = checked(nobody, "database")
    assert status == 1
    assert wrongs(lines)[0].startswith("The database cannot be opened")
    nobody.sets(database_url="nonsense canary-database")
    status, more = checked(nobody, "database")
    assert status == 1
    assert "canary-database" not in "\n".join([*lines, *more])


def test_a_database_without_people_and_documents(operator: Operator) -> None:
    operator.sets(administrators="boss@example.com")
    status, lines = checked(operator, "database")
    assert status == 1
    said = "\n".join(wrongs(lines))
    assert "Nobody may post payments" in said
    assert "The administrator boss@example.com is not known yet" in said
    assert any("No customers and open invoices yet" in line for line in lines)
    operator.types("people add boss@example.com --role cash_poster")
    assert checked(operator, "database")[0] == 0


def test_the_audit_log_and_its_key(operator: Operator) -> None:
    operator.types("people add ada@example.com --role cash_poster")
    operator.sets(audit_key="another key")
    assert "The audit key is not the one" in wrongs(checked(operator, "database")[1])[0]
    operator.sets(audit_key=AUDIT_KEY.decode())
    tamper("DELETE FROM audit_event WHERE number = 1")
    assert "does not end where its head says" in wrongs(checked(operator, "database")[1])[0]
    operator.monkeypatch.delenv("TIEOUT_AUDIT_KEY")
    assert "The audit key is not there" in wrongs(checked(operator, "database")[1])[0]
    assert not (operator.folder / "data" / "audit.key").exists()


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"slack_bot_token": "xoxb-sandbox-canary"}, "Slack refuses the bot token: invalid_auth"),
        ({"slack_app_token": "xapp-sandbox-canary"}, "Slack refuses the app-level token: invalid_auth"),
        ({"slack_app_token": "xoxb-sandbox-tieout"}, "Slack refuses the app-level token: not_allowed_token_type"),
        ({"slack_app_token": ""}, "Socket Mode has no app-level token"),
        ({"slack_payments_channel": ""}, "No channel is set for payment cards"),
        ({"slack_payments_channel": "ar-cash"}, "The channel ar-cash (TIEOUT_SLACK_PAYMENTS_CHANNEL) is not to be had"),
        ({"slack_payments_channel": UNINVITED}, "The bot is not in the channel #general"),
        ({"slack_payments_channel": UNSEEN}, "is not to be had: channel_not_found"),
        ({"slack_alerts_channel": SHARED}, "#supplier-desk (TIEOUT_SLACK_ALERTS_CHANNEL) is shared with another company"),
        ({"slack_transport": "http"}, "Signed HTTP has no signing secret"),
        ({"slack_base_url": "http://127.0.0.1:1/api/"}, "it cannot be reached (ConnectError)"),
    ],
)
def test_each_trouble_with_slack_is_named(
    nobody: Operator, slack: SlackDriver, settings: dict[str, str], sentence: str
) -> None:
    del slack
    nobody.sets(**settings)
    status, lines = checked(nobody, "slack")
    assert status == 1
    assert len(wrongs(lines)) == 1
    assert sentence in wrongs(lines)[0]
    assert " — " in wrongs(lines)[0]
    assert not any(secret in "\n".join(lines) for secret in ("sandbox-canary", "sandbox-tieout"))


def test_missing_scopes_are_listed(nobody: Operator, slack: SlackDriver) -> None:
    slack.scopes(remove=["users:read.email", "groups:history"])
    try:
        status, lines = checked(nobody, "slack")
    finally:
        slack.scopes(add=["users:read.email", "groups:history"])
    assert status == 1
    assert "The bot lacks groups:history, users:read.email" in wrongs(lines)[0]


def test_the_scopes_that_are_asked_for_are_those_of_the_manifest() -> None:
    manifest = (Path(__file__).parents[3] / "bot" / "manifest.yaml").read_text(encoding="utf-8")
    bot = re.search(r"^    bot:\n((?:      - .*\n)+)", manifest, re.MULTILINE)
    assert bot is not None
    assert tuple(re.findall(r'- "?([a-z:._]+)"?', bot[1])) == SCOPES


def test_slack_that_asks_to_wait_or_fails_is_no_crash(nobody: Operator, slack: SlackDriver) -> None:
    slack.faults.rate_limit("auth.test")
    assert "ratelimited — wait a minute" in wrongs(checked(nobody, "slack")[1])[0]
    slack.faults.status("auth.test", 503)
    assert checked(nobody, "slack")[0] == 1


def test_what_the_mail_process_says_of_the_mailbox_is_passed_on(nobody: Operator) -> None:
    with hostile.running() as server:
        nobody.sets(mail__imap_host="127.0.0.1", mail__imap_port=server.port, mail__imap_encryption="none")
        nobody.sets(mail__imap_user="remit", mail__imap_password="canary-password", mail__read_timeout_s="2")
        status, lines = checked(nobody, "mail")
        assert (status, wrongs(lines)) == (0, [])
        server.mood = Mood.NO_LOGIN
        status, lines = checked(nobody, "mail")
    assert status == 1
    assert "correct TIEOUT_MAIL__IMAP_PASSWORD" in wrongs(lines)[0]
    assert "canary-password" not in "\n".join(lines)
    nobody.sets(mail__imap_user="")
    status, lines = checked(nobody, "mail")
    assert status == 1
    assert "The mailbox has a host and no user. (setting mail.imap_user) — correct TIEOUT_MAIL__IMAP_USER" in wrongs(lines)


def test_a_server_that_takes_our_mail_is_tried_too(nobody: Operator) -> None:
    nobody.sets(mail__smtp_host="127.0.0.1", mail__smtp_port=1, mail__smtp_encryption="none", mail__smtp_password="canary-smtp")
    status, lines = checked(nobody, "mail")
    assert status == 1
    assert "Sending by 127.0.0.1: Nothing listens at the server's address." in wrongs(lines)[0]
