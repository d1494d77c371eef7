"""Scenarios run on both databases, with one small company; those of Slack over a real socket or signed HTTP besides."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.manifest import BOT_SCOPES
from core.settings import SlackTransport
from core.store.unit_of_work import SqlStore
from tests.databases import SetClock, clean_store
from tests.sandbox.slack.standin import Config
from tests.sandbox.slack.testing import SlackDriver, running_slack
from tests.service import Desk, services_on
from tests.slack_desk import RunningClock, SlackDesk, running_bot, slack_settings

PATIENCE_S = 60.0


@pytest.fixture
def desk(store: SqlStore, clock: SetClock) -> Desk:
    return Desk(services_on(store, clock))


@pytest.fixture
def slack() -> Iterator[SlackDriver]:
    """The stand-in; it grants exactly the scopes of our manifest, so that a call without its scope fails here first.

    It waits longer than Slack's three seconds: how fast the bot answers is measured by the bench, on a machine at rest.
    """
    with running_slack(Config(scopes=tuple(BOT_SCOPES)), ack_seconds=PATIENCE_S, trigger_seconds=PATIENCE_S) as driver:
        yield driver


@pytest.fixture
def transport() -> SlackTransport:
    """Socket Mode, the default; a test that cares about the transport parametrises this."""
    return SlackTransport.SOCKET


@pytest.fixture
def unplugged(database_kind: str, slack: SlackDriver) -> Iterator[SlackDesk]:
    """The company and its Slack, without the bot running."""
    clock = RunningClock()
    with clean_store(database_kind, clock) as store:
        yield SlackDesk(services_on(store, clock), slack)


@pytest.fixture
def form_answer_s() -> float:
    """How long a form may take before it says that it is still working; a test of that says how short."""
    return PATIENCE_S


@pytest.fixture
def cash(unplugged: SlackDesk, tmp_path: Path, transport: SlackTransport, form_answer_s: float) -> Iterator[SlackDesk]:
    """The company with the bot in its Slack."""
    settings = slack_settings(unplugged.slack, tmp_path, transport, slack_form_answer_s=form_answer_s)
    with running_bot(unplugged.services, settings, unplugged.slack):
        yield unplugged
