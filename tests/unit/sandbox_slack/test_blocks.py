"""The limits of Slack's block reference, one row for each edge."""

from typing import Any

import pytest

from tests.sandbox.slack.blocks import Surface, block_problems, message_problems, view_problems
from tests.sandbox.slack.model import Json
from tests.sandbox.slack.rules import Rules
from tests.unit.sandbox_slack.conftest import CONFIRM, actions, button, field, modal, mrkdwn, plain, section

RULES = Rules()


def option(value: str, text: str = "One") -> Json:
    return {"text": plain(text), "value": value}


def select(count: int, **more: Any) -> Json:
    return {"type": "static_select", "action_id": "s", "options": [option(f"v{i}") for i in range(count)], **more}


def text_input(**more: Any) -> Json:
    return {"type": "plain_text_input", "action_id": "t", **more}


def header(length: int) -> Json:
    return {"type": "header", "text": plain("h" * length)}


def pointers(blocks: list[Json], surface: Surface = "message") -> list[str]:
    return [problem.pointer for problem in block_problems(blocks, surface, 50)]


GOOD = [
    ("the longest header", header(150)),
    ("the longest section", section("s" * 3000)),
    ("ten long fields", {"type": "section", "fields": [mrkdwn("f" * 2000)] * 10}),
    ("twenty-five buttons", actions(*[button("b", f"a{i}") for i in range(25)])),
    ("the longest label and value", actions({**button("b" * 75, "a" * 255), "value": "v" * 2000})),
    ("a confirm dialog", actions(button("b", "a", confirm=CONFIRM))),
    (
        "five overflow options",
        section("x", accessory={"type": "overflow", "action_id": "o", "options": [option(str(i)) for i in range(5)]}),
    ),
    ("a hundred options", actions(select(100))),
    ("ten context parts", {"type": "context", "elements": [mrkdwn("c")] * 10}),
    ("a picture of ours", {"type": "image", "alt_text": "page one", "slack_file": {"id": "F1"}}),
    ("an input", field("i", text_input(max_length=3000))),
    ("a divider with an id", {"type": "divider", "block_id": "d" * 255}),
    (
        "a list",
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_list",
                    "style": "bullet",
                    "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "one"}]}],
                }
            ],
        },
    ),
    ("a table", {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}] * 20] * 100}),
]


@pytest.mark.parametrize("block", [block for _, block in GOOD], ids=[name for name, _ in GOOD])
def test_what_slack_takes_passes(block: Json) -> None:
    assert pointers([block]) == []


BAD = [
    ("header too long", header(151), "/0/text/text"),
    ("header in mrkdwn", {"type": "header", "text": mrkdwn("h")}, "/0/text/type"),
    ("empty text", section(""), "/0/text/text"),
    ("section too long", section("s" * 3001), "/0/text/text"),
    ("section without words", {"type": "section"}, "/0"),
    ("eleven fields", {"type": "section", "fields": [mrkdwn("f")] * 11}, "/0/fields"),
    ("field too long", {"type": "section", "fields": [mrkdwn("f" * 2001)]}, "/0/fields/0/text"),
    ("twenty-six buttons", actions(*[button("b", f"a{i}") for i in range(26)]), "/0/elements"),
    ("label too long", actions(button("b" * 76, "a")), "/0/elements/0/text/text"),
    ("label in mrkdwn", actions({**button("b", "a"), "text": mrkdwn("b")}), "/0/elements/0/text/type"),
    ("value too long", actions({**button("b", "a"), "value": "v" * 2001}), "/0/elements/0/value"),
    ("unknown style", actions(button("b", "a", style="secondary")), "/0/elements/0/style"),
    ("no such field", actions(button("b", "a", disabled=True)), "/0/elements/0/disabled"),
    ("button without action_id", actions({"type": "button", "text": plain("b")}), "/0/elements/0/action_id"),
    (
        "confirm without deny",
        actions(button("b", "a", confirm={k: v for k, v in CONFIRM.items() if k != "deny"})),
        "/0/elements/0/confirm/deny",
    ),
    (
        "confirm text too long",
        actions(button("b", "a", confirm={**CONFIRM, "text": plain("t" * 301)})),
        "/0/elements/0/confirm/text/text",
    ),
    (
        "six overflow options",
        section("x", accessory={"type": "overflow", "action_id": "o", "options": [option(str(i)) for i in range(6)]}),
        "/0/accessory/options",
    ),
    ("option value too long", actions(select(1, options=[option("v" * 76)])), "/0/elements/0/options/0/value"),
    ("option label too long", actions(select(1, options=[option("v", "t" * 76)])), "/0/elements/0/options/0/text/text"),
    ("a hundred and one options", actions(select(101)), "/0/elements/0/options"),
    (
        "options and groups",
        actions(select(1, option_groups=[{"label": plain("g"), "options": [option("x")]}])),
        "/0/elements/0",
    ),
    ("a strange initial option", actions(select(1, initial_option=option("other"))), "/0/elements/0"),
    ("two options of one value", actions(select(1, options=[option("v"), option("v")])), "/0/elements/0/options"),
    (
        "eleven checkboxes",
        section("x", accessory={"type": "checkboxes", "action_id": "c", "options": [option(str(i)) for i in range(11)]}),
        "/0/accessory/options",
    ),
    ("eleven context parts", {"type": "context", "elements": [mrkdwn("c")] * 11}, "/0/elements"),
    ("button in context", {"type": "context", "elements": [button("b", "a")]}, "/0/elements/0/type"),
    ("picture without alt text", {"type": "image", "slack_file": {"id": "F1"}}, "/0/alt_text"),
    (
        "picture from two places",
        {"type": "image", "alt_text": "p", "slack_file": {"id": "F1"}, "image_url": "https://x.example/"},
        "/0",
    ),
    ("text input in actions", actions(text_input()), "/0/elements/0/type"),
    ("unknown block", {"type": "hologram"}, "/0/type"),
    ("block_id too long", {"type": "divider", "block_id": "d" * 256}, "/0/block_id"),
    ("number without decimals rule", field("n", {"type": "number_input", "action_id": "n"}), "/0/element/is_decimal_allowed"),
    ("files outside a modal", field("f", {"type": "file_input", "action_id": "f"}), "/0/element/type"),
    ("alert outside a modal", {"type": "alert", "text": plain("a")}, "/0/type"),
    ("table too wide", {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}] * 21]}, "/0/rows/0"),
    ("not an object", "text", "/0"),
]


@pytest.mark.parametrize(("block", "pointer"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_what_slack_refuses_is_pointed_at(block: Json, pointer: str) -> None:
    assert pointers([block]) == [pointer]


def test_block_ids_are_unique_in_a_message_and_action_ids_in_a_block() -> None:
    twice = [{"type": "divider", "block_id": "d"}, {"type": "divider", "block_id": "d"}]
    assert pointers(twice) == ["/1/block_id"]
    assert pointers([actions(button("a", "same"), button("b", "same"))]) == ["/0/elements"]
    assert pointers([actions(button("a", "same"), block_id="x"), actions(button("b", "same"), block_id="y")]) == []


@pytest.mark.parametrize(("count", "expected"), [(50, []), (51, [""])])
def test_a_message_has_fifty_blocks(count: int, expected: list[str]) -> None:
    assert [one.pointer for one in message_problems([{"type": "divider"}] * count, RULES)] == expected


@pytest.mark.parametrize(("count", "expected"), [(100, []), (101, ["/blocks"])])
def test_a_view_has_a_hundred_blocks(count: int, expected: list[str]) -> None:
    view = {"type": "home", "blocks": [{"type": "divider"}] * count}
    assert [one.pointer for one in view_problems(view, RULES)] == expected


def test_the_blocks_of_a_message_hold_thirteen_thousand_characters_in_all() -> None:
    room = [section("x" * 2900) for _ in range(4)]
    assert message_problems(room, RULES) == []
    problems = message_problems([*room, section("x" * 2900)], RULES)
    assert [one.code for one in problems] == ["too_long"]


def test_a_message_has_one_table() -> None:
    table = {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}]]}
    assert message_problems([table], RULES) == []
    assert [one.constraint for one in message_problems([table, table], RULES)] == [{"type": "max_items", "expected": 1}]


VIEWS = [
    ("a form", modal(), []),
    ("an input without submit", {k: v for k, v in modal().items() if k != "submit"}, ["/blocks/0"]),
    ("title too long", modal(title=plain("t" * 25)), ["/title/text"]),
    ("submit too long", modal(submit=plain("s" * 25)), ["/submit/text"]),
    ("metadata too long", modal(private_metadata="m" * 3001), ["/private_metadata"]),
    ("callback too long", modal(callback_id="c" * 256), ["/callback_id"]),
    ("files in a modal", modal(field("f", {"type": "file_input", "action_id": "f"})), []),
    ("alert in a modal", modal({"type": "alert", "text": plain("a"), "level": "warning"}), []),
    ("table in a modal", modal({"type": "table", "rows": [[{"type": "raw_text", "text": "a"}]]}), ["/blocks/0/type"]),
    ("markdown in a modal", modal({"type": "markdown", "text": "m"}), ["/blocks/0/type"]),
    ("home with a title", {"type": "home", "title": plain("t"), "blocks": []}, ["/title"]),
    ("neither modal nor home", {"type": "workflow_step", "blocks": []}, ["/type"]),
]


@pytest.mark.parametrize(("view", "expected"), [row[1:] for row in VIEWS], ids=[row[0] for row in VIEWS])
def test_views(view: Json, expected: list[str]) -> None:
    assert [one.pointer for one in view_problems(view, RULES)] == expected
