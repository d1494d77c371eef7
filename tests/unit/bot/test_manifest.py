from pathlib import Path

import pytest
from jsonschema import Draft7Validator

from bot import manifest
from bot.manifest import BOT_EVENTS, BOT_SCOPES
from core.domain.errors import Misconfigured
from core.settings import SlackTransport
from tests.unit.bot.manifest_rules import MANIFEST

HERE = Path(manifest.__file__).parent
ADDRESS = "https://tieout.example.com"


def both() -> list[manifest.Manifest]:
    return [manifest.manifest(SlackTransport.SOCKET), manifest.manifest(SlackTransport.HTTP, ADDRESS)]


@pytest.mark.parametrize("made", both(), ids=["socket", "http"])
def test_slack_takes_it(made: manifest.Manifest) -> None:
    Draft7Validator.check_schema(MANIFEST)
    assert [error.message for error in Draft7Validator(MANIFEST).iter_errors(made)] == []


def test_the_rules_refuse_what_slack_refuses() -> None:
    made = manifest.manifest(SlackTransport.SOCKET)
    made["features"]["assistant"] = {}
    made["display_information"]["name"] = "x" * 36
    assert len(list(Draft7Validator(MANIFEST).iter_errors(made))) == 2


def test_the_file_is_what_the_module_prints() -> None:
    assert (HERE / "manifest.yaml").read_text(encoding="utf-8") == manifest.to_yaml(both()[0])


def test_only_one_transport_is_on() -> None:
    socket, http = both()
    assert socket["settings"]["socket_mode_enabled"]
    assert "request_url" not in str(socket)
    assert not http["settings"]["socket_mode_enabled"]
    urls = [http["settings"][part]["request_url"] for part in ("event_subscriptions", "interactivity")]
    assert urls == [f"{ADDRESS}/slack/events"] * 2
    assert http["features"]["slash_commands"][0]["url"] == f"{ADDRESS}/slack/events"


@pytest.mark.parametrize("address", ["", "http://tieout.example.com", "tieout.example.com"])
def test_signed_requests_go_to_https_only(address: str) -> None:
    with pytest.raises(Misconfigured):
        manifest.manifest(SlackTransport.HTTP, address)


def test_every_scope_and_event_is_explained_to_whoever_installs_us() -> None:
    readme = (HERE / "README.md").read_text(encoding="utf-8")
    assert [name for name in (*BOT_SCOPES, *BOT_EVENTS) if f"`{name}`" not in readme] == []
