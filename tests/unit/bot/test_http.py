"""Signed requests at the door: what is not Slack's gets no further."""

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest

from bot.http import build_web
from core.domain.errors import Misconfigured
from core.settings import SlackTransport
from tests.databases import SetClock, clean_store
from tests.sandbox.slack.testing import SlackDriver, running_slack
from tests.service import services_on
from tests.slack_desk import served, slack_settings

PATH = "/slack/events"


@pytest.fixture
def slack() -> Iterator[SlackDriver]:
    with running_slack() as driver:
        yield driver


@pytest.fixture
def door(slack: SlackDriver, tmp_path: Path) -> Iterator[httpx.Client]:
    clock = SetClock()
    settings = slack_settings(slack, tmp_path, SlackTransport.HTTP)
    with (
        clean_store("sqlite", clock) as store,
        served(services_on(store, clock), settings) as url,
        httpx.Client(base_url=url.removesuffix(PATH), trust_env=False) as client,
    ):
        yield client


def signed(slack: SlackDriver, body: str, *, at: float | None = None) -> dict[str, str]:
    stamp = str(int(at if at is not None else time.time()))
    secret = slack.config.signing_secret.encode()
    signature = hmac.new(secret, f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    return {
        "x-slack-request-timestamp": stamp,
        "x-slack-signature": f"v0={signature}",
        "content-type": "application/x-www-form-urlencoded",
    }


def a_click(slack: SlackDriver) -> str:
    payload = {
        "type": "block_actions",
        "user": {"id": "U0INES0001", "team_id": slack.team_id},
        "team": {"id": slack.team_id},
        "actions": [{"action_id": "line.accept", "value": "x", "action_ts": "1"}],
    }
    return urlencode({"payload": json.dumps(payload)})


def test_a_signed_click_is_acknowledged(slack: SlackDriver, door: httpx.Client) -> None:
    body = a_click(slack)
    assert door.post(PATH, content=body, headers=signed(slack, body)).status_code == 200


def test_a_wrong_signature_an_old_one_and_none_are_refused(slack: SlackDriver, door: httpx.Client) -> None:
    body = a_click(slack)
    wrong = {**signed(slack, body), "x-slack-signature": "v0=00"}
    old = signed(slack, body, at=time.time() - 400)
    assert [door.post(PATH, content=body, headers=headers).status_code for headers in (wrong, old, {})] == [401, 401, 401]


@pytest.mark.parametrize("stamp", ["", "soon", "1e9", "-5", "²"])
def test_a_timestamp_that_is_no_number_is_a_refusal_and_no_crash(slack: SlackDriver, door: httpx.Client, stamp: str) -> None:
    body = a_click(slack)
    headers = {**signed(slack, body), "x-slack-request-timestamp": stamp}
    sent = [(name.encode(), value.encode("utf-8")) for name, value in headers.items()]
    assert door.post(PATH, content=body, headers=sent).status_code == 401


def test_a_body_that_is_too_large_or_no_text_is_refused(slack: SlackDriver, door: httpx.Client) -> None:
    large = "x" * 1_000_001
    assert door.post(PATH, content=large, headers=signed(slack, large)).status_code == 413
    assert door.post(PATH, content=b"\xff\xfe", headers=signed(slack, "")).status_code == 401


def test_without_a_signing_secret_the_process_does_not_start(slack: SlackDriver, tmp_path: Path) -> None:
    settings = slack_settings(slack, tmp_path, SlackTransport.HTTP, slack_signing_secret="")
    clock = SetClock()
    with clean_store("sqlite", clock) as store, pytest.raises(Misconfigured) as caught:
        build_web(services_on(store, clock), settings)
    assert caught.value.setting == "TIEOUT_SLACK_SIGNING_SECRET"


def test_with_socket_mode_the_address_does_not_exist(slack: SlackDriver, tmp_path: Path) -> None:
    settings = slack_settings(slack, tmp_path, SlackTransport.SOCKET)
    clock = SetClock()
    with clean_store("sqlite", clock) as store:
        app, surface = build_web(services_on(store, clock), settings)
        assert surface is None
        assert "/slack/events" not in [getattr(route, "path", "") for route in app.routes]
