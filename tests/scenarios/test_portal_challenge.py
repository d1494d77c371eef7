"""A portal sends its code by message: a person enters it in Slack, the robot that waits takes it up, others go on meanwhile."""

import json
import logging
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from core.app.outbox import Relay, RelayLimits
from core.app.outcomes import Done, Refusal
from core.app.portals import answering, logins
from core.app.portals.commands import AddLogin, LoginSecrets
from core.domain.errors import OneTimeCodeMissing
from core.domain.events import AuditName
from core.domain.keeping import Subject, SubjectKind
from core.domain.portals import LoginState, PortalLoginId
from core.store.unit_of_work import SqlStore
from portal.coupa.driver import CoupaDriver
from portal.coupa.options import CoupaOptions
from portal.desk import PersonAtHand
from portal.work import Habits, PortalWorker
from tests.browser import chromium as named_chromium
from tests.builders import acting
from tests.databases import SetClock, clean_store
from tests.portals_desk import PortalDesk
from tests.sandbox.portal import seed
from tests.sandbox.portal.site import Site
from tests.sandbox.portal.testing import running_portal
from tests.sandbox.slack.model import Json
from tests.sandbox.slack.testing import text_of
from tests.slack_portals import MANAGERS, SlackPortals

SECRETS = (seed.PASSWORD, seed.SECRET)


@pytest.fixture
def site() -> Iterator[Site]:
    with running_portal() as running:
        user = running.user(seed.ROBOT)
        assert user is not None
        user.mfa, user.buyers = "sms", ["birchboro"]
        running.user(seed.PERSON).buyers = ["birchboro"]  # type: ignore[union-attr]
        yield running


class Worker:
    """A worker with its relay in a thread of its own, as in the process."""

    def __init__(self, desk: PortalDesk, site: Site) -> None:
        options = CoupaOptions(address=site.url("supplier", ""), settle_s=20, lookups_apart_s=0.1, pace_s=0.0)
        makers = {"coupa": lambda browser, credential, tools: CoupaDriver(browser, credential, tools, options)}
        habits = Habits(named_chromium() or "", lease_s=30.0, linger_s=0.0, person_s=120.0)
        self.worker = PortalWorker(desk.services, makers, habits, threading.Event())
        self.relay = Relay(desk.store, desk.services.clock, self.worker.performers(), "portal", RelayLimits(lease_s=30.0))

    def work(self) -> None:
        """Everything that is due; a browser belongs to the thread that opened it."""
        while self.relay.run_once():
            self.worker.close_if_idle()
        self.worker.close()


def state_of(desk: PortalDesk, login: PortalLoginId) -> LoginState:
    with desk.store.read() as unit:
        return unit.portal_logins.get(login).state


@pytest.mark.browser
def test_a_code_by_message_is_entered_in_slack_while_other_logins_go_on(
    portals: SlackPortals, site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("httpcore", "httpx", "slack_sdk.web"):
        logging.getLogger(name).setLevel(logging.INFO)
    with portals.store.write() as unit:
        present = unit.portal_logins.get(portals.login)
        sealed = logins.vault_of(portals.services).seal_credential(
            logins._credential(replace(present, login=seed.ROBOT, date_form="mm/dd/yyyy"), LoginSecrets(seed.PASSWORD))
        )
        unit.portal_logins.reseal(portals.login, sealed)
        unit.portal_logins.save(replace(present, login=seed.ROBOT, version=present.version + 1), present.version)
    Worker(portals, site).work()
    # Nobody is there, so no second code is asked for: the login waits, with its name and its button.
    assert state_of(portals, portals.login) is LoginState.PAUSED

    def alerts() -> list[Json]:
        return [card for card in portals.slack.cards(MANAGERS) if "One-time code needed" in text_of(card)]

    (card,) = portals.slack.wait_for(alerts, what="the alert")
    assert isinstance(answering.begin(portals.services, acting(portals.submitter), portals.login), Refusal)
    portals.slack.press("theo", card, "portals.code")
    portals.window("theo", "type it here")
    waiting = threading.Thread(target=Worker(portals, site).work)
    site.sent.clear()
    waiting.start()
    code = portals.slack.wait_for(lambda: site.sent.get(seed.ROBOT, ""), what="the portal to send a code", seconds=120)
    # While the robot waits at that page, another login is tried and synced.
    secrets = LoginSecrets(seed.PASSWORD)
    added = logins.add(
        portals.services, AddLogin("coupa", seed.PERSON, secrets, acting(portals.administrator), "mm/dd/yyyy", ".")
    )
    assert isinstance(added, Done)
    other = PortalLoginId(added.subject_id)
    Worker(portals, site).work()
    with portals.store.read() as unit:
        assert unit.portal_logins.get(other).synced_at is not None
    assert state_of(portals, portals.login) is LoginState.PAUSED
    assert "4 to 12" in portals.slack.submit_view("theo", {"main": "?"})["errors"]["main"]
    portals.slack.submit_view("theo", {"main": f"{code[:3]} {code[3:]}"})
    portals.window("theo", "The robot has the code")
    waiting.join(120)
    assert not waiting.is_alive()
    assert state_of(portals, portals.login) is LoginState.ACTIVE
    with portals.store.read() as unit:
        login = unit.portal_logins.get(portals.login)
        names = [row.entry.name for row in unit.audit.of(Subject(SubjectKind.PORTAL_LOGIN, portals.login))]
        kept = repr([row.entry for row in unit.audit.rows()])
    assert login.synced_at is not None
    assert AuditName.PORTAL_LOGIN_ANSWERED in names
    assert site.user(seed.ROBOT).failures == 0  # type: ignore[union-attr]
    assert site.most_sessions_at_once <= 3
    with portals.store._reader.connect() as connection:
        everything = "\n".join(connection.connection.driver_connection.iterdump())  # type: ignore[union-attr]
    said = f"{caplog.text}{kept}{everything}{json.dumps(portals.slack.calls(), default=str)}"
    assert [each for each in (*SECRETS, f"'{code}'", f" {code}") if each in said] == []


def test_a_code_is_taken_once_and_only_by_who_waits_for_it() -> None:
    clock = SetClock()
    with clean_store("sqlite", clock) as store:
        desk = PortalDesk(store, clock)
        by = acting(desk.administrator)
        assert isinstance(answering.answer(desk.services, acting(desk.submitter), desk.login, "123456"), Refusal)
        assert isinstance(answering.answer(desk.services, by, desk.login, "12"), Refusal)
        assert isinstance(answering.answer(desk.services, by, desk.login, "111-111"), Done)
        assert b"111111" not in (_answer(store) or b"")
        clock.advance(seconds=10)
        # What was typed before anybody was asked is thrown away.
        assert answering.taken(desk.services, desk.login, clock.now()) is None
        asked = clock.now()
        clock.advance(seconds=5)
        assert isinstance(answering.answer(desk.services, by, desk.login, "222 222"), Done)
        person = PersonAtHand(desk.services, 5.0, lambda: None)
        assert person.code(desk.login) is None
        with person.there(desk.login, asked):
            assert person.code(desk.login) == "222222"
        assert _answer(store) is None
        impatient = PersonAtHand(desk.services, 0.0, lambda: None)
        with impatient.there(desk.login, asked), pytest.raises(OneTimeCodeMissing, match="in time"):
            impatient.code(desk.login)


def _answer(store: SqlStore) -> bytes | None:
    with store._reader.connect() as connection:
        found: bytes | None = connection.exec_driver_sql("SELECT answer FROM portal_login").scalar_one()
        return found
