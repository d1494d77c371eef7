"""Every card and window, drawn and judged: as it was, by Slack's limits, by its SDK's models and by its own types."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block, ConfirmObject
from slack_sdk.models.views import View

from bot import manifest
from bot.actions import decode
from core.decide import draft_payment, remittance
from core.domain.payments import PaymentState
from core.domain.remittance import RemittanceState
from core.settings import SlackTransport
from tests.golden.cards.scenes import SCENES, drawn, kept
from tests.sandbox.slack import blocks as strict
from tests.sandbox.slack.rules import Rules
from tests.tools import slack_types

NAMES = list(SCENES)


def parts_of(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every object inside a scene."""
    if isinstance(value, dict):
        yield value
        for one in value.values():
            yield from parts_of(one)
    elif isinstance(value, list):
        for one in value:
            yield from parts_of(one)


def judged(scene: Mapping[str, Any]) -> list[str]:
    """What the stand-in's strict checks say, which are those of `blocks.validate`."""
    if "type" in scene:
        problems = strict.view_problems(dict(scene), Rules())
    else:
        problems = strict.message_problems(list(scene["blocks"]), Rules())
    return [f"{problem.pointer}: {problem.message}" for problem in problems]


@pytest.mark.parametrize("name", NAMES)
def test_it_looks_as_it_did(name: str) -> None:
    """`python -m tests.golden.cards --force` writes them anew; look at the difference before you keep it."""
    assert json.loads(drawn(name)) == kept(name)


@pytest.mark.parametrize("name", NAMES)
def test_it_keeps_slacks_limits(name: str) -> None:
    assert judged(kept(name)) == []


@pytest.mark.parametrize("name", NAMES)
def test_slacks_sdk_takes_every_part_of_it(name: str) -> None:
    scene = kept(name)
    if "type" in scene:
        View(**scene).to_dict()
    for part in parts_of(list(scene["blocks"])):
        if "block_id" in part and part.get("type") != "alert":
            block = Block.parse(dict(part))
            assert block is not None
            block.to_dict()
        if {"title", "text", "confirm", "deny"} <= set(part):
            ConfirmObject(**{key: part[key]["text"] for key in ("title", "text", "confirm", "deny")}).to_dict()


def test_the_sdks_models_would_notice() -> None:
    too_long = {"type": "header", "block_id": "b", "text": {"type": "plain_text", "text": "x" * 151}}
    with pytest.raises(SlackObjectFormationError):
        Block.parse(too_long).to_dict()  # type: ignore[union-attr]


def test_slacks_own_types_take_all_of_them() -> None:
    assert slack_types.problems({name: kept(name) for name in NAMES}) == []


def test_slacks_own_types_would_notice() -> None:
    wrong = {"text": "x", "blocks": [{"type": "header", "text": {"type": "mrkdwn", "text": "no"}, "colour": "red"}]}
    assert slack_types.problems({"wrong": wrong})


def test_another_parser_reads_the_manifest_as_we_mean_it() -> None:
    for transport, address in ((SlackTransport.SOCKET, ""), (SlackTransport.HTTP, "https://tieout.example.com")):
        made = manifest.manifest(transport, address)
        assert slack_types.parsed_yaml(manifest.to_yaml(made)) == made


def test_every_state_has_a_scene() -> None:
    shown = " ".join(NAMES).upper()
    assert [state for state in PaymentState if f"PAYMENT_{state}" not in shown] == []
    passing = {RemittanceState.RECEIVED, RemittanceState.READ}
    assert [state for state in RemittanceState if state not in passing and f"REMITTANCE_{state}" not in shown] == []


class TestButtons:
    """Buttons are those of the state table, no more and no fewer."""

    @pytest.mark.parametrize("name", [name for name in NAMES if name.startswith(("payment_", "remittance_"))])
    def test_they_offer_what_the_table_offers(self, name: str) -> None:
        scene = kept(name)
        table = draft_payment.TABLE if name.startswith("payment_") else remittance.TABLE
        pressed = [
            decode(element["action_id"], element["value"])
            for element in parts_of(scene["blocks"])
            if "value" in element and "action_id" in element
        ]
        menu = [
            decode(element["action_id"], option["value"])
            for element in parts_of(scene["blocks"])
            if element.get("type") == "overflow"
            for option in element["options"]
        ]
        events = {each.event for each in (*pressed, *menu) if each is not None} - {"details"}
        assert None not in (*pressed, *menu)
        state = next(
            state
            for state in (PaymentState if name.startswith("payment_") else RemittanceState)
            if {event.value for event in table.offered(state)} == events  # type: ignore[arg-type]
        )
        assert state

    @pytest.mark.parametrize("name", NAMES)
    def test_one_is_primary_and_each_names_its_subject_for_screen_readers(self, name: str) -> None:
        scene = kept(name)
        for block in scene["blocks"]:
            buttons = [element for element in block.get("elements", []) if element.get("type") == "button"]
            assert len([button for button in buttons if button.get("style") == "primary"]) <= 1
            assert len(buttons) <= 9
        buttons = [part for part in parts_of(scene["blocks"]) if part.get("type") == "button"]
        assert all(button["accessibility_label"] for button in buttons)
        named = [button for button in buttons if button["action_id"].startswith(("payment.", "remittance."))]
        assert all(button["value"].split(":")[1] in button["accessibility_label"] for button in named)

    @pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("payment_")])
    def test_five_are_visible_at_most_and_post_asks_first(self, name: str) -> None:
        for block in kept(name)["blocks"]:
            buttons = [element for element in block.get("elements", []) if element.get("type") == "button"]
            assert len(buttons) <= 5
            for button in buttons:
                assert ("confirm" in button) is (button["action_id"] in {"payment.post", "payment.reverse"})


@pytest.mark.parametrize("name", NAMES)
def test_block_ids_are_unique_and_those_of_cards_carry_the_version(name: str) -> None:
    ids = [block["block_id"] for block in kept(name)["blocks"]]
    assert len(ids) == len(set(ids))
    if name.startswith(("payment_", "remittance_")):
        assert all(":v" in block_id for block_id in ids)


@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith(("form", "home", "window", "bulk"))])
def test_every_message_says_in_its_text_what_it_is_about(name: str) -> None:
    text = kept(name)["text"]
    assert len(text) > 10
    assert len(text) < 400
