"""The two processes as they are started for real: they run until asked to stop, end cleanly, and say what is missing."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.__main__ import require
from core.domain.errors import Misconfigured
from core.settings import SlackTransport
from tests.databases import fresh_database
from tests.sandbox.slack.__main__ import bound_socket
from tests.sandbox.slack.testing import RefusedError, SlackDriver, running_slack
from tests.slack_desk import CASH, slack_settings

ROOT = Path(__file__).parents[3]


@pytest.fixture
def slack() -> Iterator[SlackDriver]:
    with running_slack(ack_seconds=60.0) as driver:
        yield driver


@pytest.fixture
def settings(slack: SlackDriver, tmp_path: Path) -> Iterator[dict[str, str]]:
    with fresh_database("sqlite", tmp_path) as url:
        ours = {
            "DATA_DIR": str(tmp_path / "data"),
            "DATABASE_URL": url,
            "ERP_DIR": str(tmp_path / "erp"),
            "INBOX_DIR": str(tmp_path / "inbox"),
            "SLACK_BOT_TOKEN": slack.config.bot_token,
            "SLACK_APP_TOKEN": slack.config.app_token,
            "SLACK_SIGNING_SECRET": slack.config.signing_secret,
            "SLACK_BASE_URL": slack.api_url,
            "SLACK_PAYMENTS_CHANNEL": CASH,
        }
        others = {name: value for name, value in os.environ.items() if not name.startswith("TIEOUT_")}
        yield {**others, **{f"TIEOUT_{name}": value for name, value in ours.items()}}


@contextmanager
def started(module: str, settings: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen([sys.executable, "-m", module], cwd=ROOT, env=settings, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def ended(process: subprocess.Popen[str]) -> int:
    process.send_signal(signal.SIGTERM)
    return process.wait(60)


def test_the_bot_connects_answers_and_ends_when_asked(slack: SlackDriver, settings: dict[str, str]) -> None:
    with started("bot", settings) as process:
        slack.wait_for_socket()
        slack.slash("dana", "/tieout help", channel="ar-cash")
        slack.wait_for(lambda: slack.ephemerals("dana"), what="an answer")
        assert ended(process) == 0


def test_the_web_process_takes_signed_requests_and_ends_when_asked(slack: SlackDriver, settings: dict[str, str]) -> None:
    listening = bound_socket(0)
    port = str(listening.getsockname()[1])
    listening.close()
    with started("bot.http", {**settings, "TIEOUT_SLACK_TRANSPORT": "http", "TIEOUT_WEB_PORT": port}) as process:

        def verified() -> bool:
            try:
                return slack.deliver_to(f"http://127.0.0.1:{port}/slack/events")
            except RefusedError:
                return False

        slack.wait_for(verified, what="the address to be verified")
        assert ended(process) == 0


def test_a_missing_setting_is_one_sentence(settings: dict[str, str]) -> None:
    command = [sys.executable, "-m", "bot"]
    environment = {**settings, "TIEOUT_SLACK_APP_TOKEN": ""}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)
    said = "bot: Set TIEOUT_SLACK_APP_TOKEN; bot/README.md says where to find it."
    assert (done.returncode, done.stderr.strip()) == (2, said)


@pytest.mark.parametrize("name", ["slack_bot_token", "slack_app_token", "slack_payments_channel"])
def test_each_setting_that_the_bot_needs_is_named(slack: SlackDriver, tmp_path: Path, name: str) -> None:
    complete = slack_settings(slack, tmp_path, SlackTransport.SOCKET)
    require(complete)
    with pytest.raises(Misconfigured, match=f"^Set TIEOUT_{name.upper()};"):
        require(slack_settings(slack, tmp_path, SlackTransport.SOCKET, **{name: ""}))
