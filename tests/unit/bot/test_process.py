"""The two processes as they are started for real: they run until asked to stop, end cleanly, and say what is missing."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.databases import fresh_database
from tests.sandbox.slack.__main__ import bound_socket
from tests.sandbox.slack.testing import RefusedError, SlackDriver, running_slack
from tests.slack_desk import CASH

ROOT = Path(__file__).parents[3]


@pytest.fixture
def slack() -> Iterator[SlackDriver]:
    with running_slack() as driver:
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
    return process.wait(30)


def test_the_bot_connects_answers_and_ends_when_asked(slack: SlackDriver, settings: dict[str, str]) -> None:
    with started("bot", settings) as process:
        slack.wait_for_socket(seconds=25)
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

        slack.wait_for(verified, seconds=25, what="the address to be verified")
        assert ended(process) == 0


@pytest.mark.parametrize("name", ["TIEOUT_SLACK_BOT_TOKEN", "TIEOUT_SLACK_APP_TOKEN", "TIEOUT_SLACK_PAYMENTS_CHANNEL"])
def test_a_missing_setting_is_one_sentence(settings: dict[str, str], name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot"],
        cwd=ROOT,
        env={**settings, name: ""},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr.strip()) == (2, f"bot: Set {name}; bot/README.md says where to find it.")
