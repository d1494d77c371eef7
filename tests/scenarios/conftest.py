"""Scenarios run on both databases, with one small company; those of Slack over a real socket or signed HTTP besides."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.manifest import manifest
from core.settings import SlackTransport
from core.store.unit_of_work import SqlStore
from tests.databases import SetClock, clean_store
from tests.sandbox.slack.standin import installed
from tests.sandbox.slack.testing import SlackDriver, running_slack
from tests.service import Desk, services_on
from tests.slack_desk import RunningClock, SlackDesk, running_bot, slack_settings
from tests.slack_payables import REVIEW, SlackPayables
from tests.slack_portals import MANAGERS, SlackPortals

PATIENCE_S = 60.0


@pytest.fixture
def desk(store: SqlStore, clock: SetClock) -> Desk:
    return Desk(services_on(store, clock))


@pytest.fixture
def slack() -> Iterator[SlackDriver]:
    """The stand-in; our app is installed by its manifest, so that a call without its scope fails here first.

    It waits longer than Slack's three seconds: how fast the bot answers is measured by the bench, on a machine at rest.
    """
    with running_slack(
        installed(manifest(SlackTransport.SOCKET)), ack_seconds=PATIENCE_S, trigger_seconds=PATIENCE_S
    ) as driver:
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


@pytest.fixture(
    params=[
        pytest.param(("postgres", SlackTransport.SOCKET), marks=pytest.mark.postgres, id="postgres-socket"),
        pytest.param(("sqlite", SlackTransport.HTTP), id="sqlite-http"),
    ]
)
def payables(request: pytest.FixtureRequest, slack: SlackDriver, tmp_path: Path) -> Iterator[SlackPayables]:
    """The company's payables with the bot in its Slack, cards in #ap-review: two worlds cover databases and transports."""
    kind, transport = request.param
    clock = RunningClock()
    with clean_store(kind, clock) as store:
        desk = SlackPayables(store, clock, tmp_path / "bills", slack)
        settings = slack_settings(slack, tmp_path, transport, slack_payables_channel=REVIEW, slack_form_answer_s=PATIENCE_S)
        with running_bot(desk.services, settings, slack):
            yield desk


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


@pytest.fixture
def portals(slack: SlackDriver, tmp_path: Path) -> Iterator[SlackPortals]:
    """The company's invoices for portals with the bot in its Slack; the robot is played by its stories, or is a worker."""
    clock = RunningClock()
    with clean_store("sqlite", clock) as store:
        desk = SlackPortals(store, clock, slack)
        settings = slack_settings(slack, tmp_path, SlackTransport.SOCKET, slack_managers_channel=MANAGERS)
        with running_bot(desk.services, settings, slack):
            yield desk
