import io
import json
import logging
import re
from collections.abc import Iterator

import pytest
import structlog

from core import logs
from core.logs import masked
from core.settings import LogFormat, Settings

CANARIES = {
    "bot token": "xoxb-1234567890-ABCDEFabcdef0123456789",
    "app token": "xapp-1-A012345-6789-abcdef0123456789",
    "bearer": "Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.canary.bearer",
    "basic": "authorization=Basic Y2FuYXJ5OmNhbmFyeQ==",
    "password": "password=canary-password-1",
    "json password": '{"password": "canary-password-2"}',
    "url": "postgresql+psycopg://tieout:canary-password-3@db.example/tieout",
    "xoauth2": "AUTHENTICATE XOAUTH2 dXNlcj1jYW5hcnkBYXV0aD1CZWFyZXIgY2FuYXJ5AQE=",
    "iban": "DE89 3704 0044 0532 0130 00",
    "iban in one": "GB29NWBK60161331926819",
    "card": "4111 1111 1111 1111",
    "card in one": "5500005555555559",
}
GIVEN_AWAY = re.compile(r"xox|xapp|canary|eyJ|Y2Fu|dXNlc|0532|60161331|4111|55000055")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")


@pytest.fixture(params=list(LogFormat))
def written(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """What reaches the log, in both formats; logging is as it was afterwards."""
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    logs.configure(Settings(_env_file=None, log_format=request.param, log_level="DEBUG"))
    stream = io.StringIO()
    handler = root.handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(stream)
    yield stream
    root.handlers[:], root.level = before[0], before[1]
    structlog.reset_defaults()


@pytest.mark.parametrize("name", CANARIES)
def test_no_secret_reaches_the_log_whichever_way_it_is_said(written: io.StringIO, name: str) -> None:
    secret = CANARIES[name]
    log, structured = logging.getLogger("somewhere"), structlog.stdlib.get_logger("elsewhere")
    log.warning("the text %s is in an argument", secret)
    log.warning(f"the text {secret} is in the sentence")  # noqa: G004  That is what is tried here.
    structured.warning("structured", detail=secret, nested={"deep": [secret]})
    try:
        int(secret)
    except ValueError:
        log.exception("with a trace")
    said = written.getvalue()
    assert said.count("[masked]") >= 4
    # The digits of an instant may be those of a card number.
    assert not GIVEN_AWAY.search(INSTANT.sub("", said)), said


def test_fields_that_are_named_like_secrets_are_masked_whatever_they_hold(written: io.StringIO) -> None:
    structured = structlog.stdlib.get_logger("elsewhere")
    structured.info("login", imap_password="p", slack_token="t", Authorization="a", api_key="k", cookies={"a": "canary"})
    assert not GIVEN_AWAY.search(written.getvalue())
    assert written.getvalue().count("[masked]") == 5


@pytest.mark.parametrize(
    "harmless",
    [
        "took bank.csv",
        "P-1001 posted as ERP-20931 in batch 20260302T090000Z-1c9f2a07",
        "INV-2026-000123456789 is open",
        "post:P-1001:v3",
        "payment of 1234567890.12 USD",
        "the token bucket is empty",
        "2026-03-02T09:00:00.000000Z",
        "Authorization failed",
    ],
)
def test_what_is_no_secret_stays_readable(harmless: str) -> None:
    assert masked(harmless) == harmless


def test_each_line_of_json_says_when_where_and_how_bad() -> None:
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    try:
        logs.configure(Settings(_env_file=None, log_format=LogFormat.JSON))
        stream = io.StringIO()
        handler = root.handlers[0]
        assert isinstance(handler, logging.StreamHandler)
        handler.setStream(stream)
        logging.getLogger("core.clock").warning("took %s", "bank.csv", extra={"ignored": 1})
        line = json.loads(stream.getvalue())
        assert (line["event"], line["level"], line["logger"]) == ("took bank.csv", "warning", "core.clock")
        assert line["timestamp"].endswith("Z")
    finally:
        root.handlers[:], root.level = before[0], before[1]
        structlog.reset_defaults()
