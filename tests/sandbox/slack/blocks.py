"""Strict checks of blocks, messages and views: every limit of Slack's reference pages, per surface."""

import json
from collections.abc import Callable, Iterator
from typing import Any, Literal

from tests.sandbox.slack import elements as el
from tests.sandbox.slack.model import Json
from tests.sandbox.slack.rules import Rules
from tests.sandbox.slack.schema import (
    Check,
    Problem,
    Problems,
    anything,
    array,
    at_least_one,
    boolean,
    exactly_one,
    fail,
    one_of,
    record,
    string,
    tagged,
    whole,
)

Surface = Literal["message", "modal", "home"]
EVERYWHERE: tuple[Surface, ...] = ("message", "modal", "home")
MARKDOWN_CHARACTERS = 12_000
# Slack counts some room for each block beside its text; this much fits the published measurements.
ROOM_PER_BLOCK = 40
VIEW_BYTES = 250_000
TABLE_KINDS = {"table", "data_table"}


def block(required: tuple[str, ...] = (), **fields: Check) -> Check:
    return record({"type": el.TYPE, "block_id": el.ID, **fields}, required)


RICH_LEAVES = ("text", "link", "user", "usergroup", "channel", "emoji", "broadcast", "date", "color", "team")
RICH_LEAF = tagged(
    {
        kind: record(
            {
                "type": el.TYPE,
                "text": string(3000),
                "style": anything,
                **dict.fromkeys(("url", "unsafe", "user_id", "usergroup_id", "channel_id", "name"), anything),
                **dict.fromkeys(("unicode", "skin_tone", "range", "timestamp", "format", "fallback"), anything),
                **dict.fromkeys(("value", "team_id"), anything),
            },
            ("text",) if kind == "text" else (),
        )
        for kind in RICH_LEAVES
    }
)
RICH_SECTION = record({"type": el.TYPE, "elements": array(RICH_LEAF, 0, 1000), "border": anything}, ("elements",))
RICH_PRE = record(
    {"type": el.TYPE, "elements": array(RICH_LEAF, 0, 1000), "border": anything, "language": string(60)}, ("elements",)
)
RICH_LIST = record(
    {
        "type": el.TYPE,
        "elements": array(tagged({"rich_text_section": RICH_SECTION}), 1, 1000),
        "style": one_of("bullet", "ordered"),
        "indent": whole(0, 8),
        "offset": whole(0, 100_000),
        "border": anything,
    },
    ("elements", "style"),
)
RICH_TEXT = block(
    ("elements",),
    elements=array(
        tagged(
            {
                "rich_text_section": RICH_SECTION,
                "rich_text_list": RICH_LIST,
                "rich_text_preformatted": RICH_PRE,
                "rich_text_quote": RICH_SECTION,
            }
        ),
        1,
        1000,
    ),
)
CELL = tagged(
    {
        "raw_text": record({"type": el.TYPE, "text": string(3000)}, ("text",)),
        "raw_number": record({"type": el.TYPE, "value": anything, "text": anything}),
        "rich_text": RICH_TEXT,
    }
)
COLUMN = record({"align": one_of("left", "center", "right"), "is_wrapped": boolean})
ROWS = array(array(CELL, 1, 20), 1, 100)
IMAGE_BLOCK = exactly_one(
    record({**el.IMAGE_FIELDS, "block_id": el.ID, "title": el.plain(2000)}, ("alt_text",)), "image_url", "slack_file"
)
INPUT = block(
    ("label", "element"),
    label=el.plain(2000),
    hint=el.plain(2000),
    optional=boolean,
    dispatch_action=boolean,
    element=el.IN_INPUT,
)
SECTION = at_least_one(
    block(text=el.either(3000), fields=array(el.either(2000), 1, 10), accessory=el.IN_SECTION, expand=boolean),
    "text",
    "fields",
)
SHAPES: dict[str, Check] = {
    "section": SECTION,
    "header": block(("text",), text=el.plain(150), level=whole(1, 6)),
    "divider": block(),
    "context": block(("elements",), elements=array(el.IN_CONTEXT, 1, 10)),
    "actions": block(("elements",), elements=array(el.IN_ACTIONS, 1, 25)),
    "image": IMAGE_BLOCK,
    "input": INPUT,
    "rich_text": RICH_TEXT,
    "markdown": block(("text",), text=string(MARKDOWN_CHARACTERS)),
    "table": block(("rows",), rows=ROWS, column_settings=array(COLUMN, 1, 20)),
    "alert": block(("text",), text=el.either(200), level=one_of("default", "info", "warning", "error", "success")),
}
SURFACES: dict[str, tuple[Surface, ...]] = {
    **dict.fromkeys(SHAPES, EVERYWHERE),
    "markdown": ("message",),
    "table": ("message",),
    "alert": ("modal",),
}


def block_problems(blocks: Any, surface: Surface, most: int) -> Problems:
    """Pointers start at the list of blocks."""
    problems: Problems = []
    if not isinstance(blocks, list):
        return [Problem("", "must be an array", {"type": "array"})]
    if len(blocks) > most:
        fail(problems, "", f"no more than {most} items allowed", type="max_items", expected=most)
    for index, one in enumerate(blocks):
        check_one(f"/{index}", one, surface, problems)
    if not problems:
        check_ids(blocks, problems)
    return problems


def check_one(pointer: str, one: Any, surface: Surface, problems: Problems) -> None:
    # Each block is judged alone: checks of the whole list look for an empty list of problems.
    own: Problems = []
    allowed = {name: shape for name, shape in SHAPES.items() if surface in SURFACES[name]}
    tagged(allowed)(pointer, one, own)
    if not own and one["type"] == "input" and one["element"]["type"] == "file_input" and surface != "modal":
        fail(own, f"{pointer}/element/type", "unsupported type: file_input", type="surface", expected=["modal"])
    problems.extend(own)


def check_ids(blocks: list[Json], problems: Problems) -> None:
    seen: set[str] = set()
    for index, one in enumerate(blocks):
        block_id = one.get("block_id")
        if block_id is not None and block_id in seen:
            fail(problems, f"/{index}/block_id", f"block_id already exists: {block_id}", type="unique")
        seen.add(str(block_id))
        actions = [found["action_id"] for found in with_actions(one)]
        doubled = {action_id for action_id in actions if actions.count(action_id) > 1}
        for action_id in sorted(doubled):
            fail(problems, f"/{index}/elements", f"action_id already exists: {action_id}", type="unique")


def with_actions(value: Any) -> Iterator[Json]:
    """Every object inside `value` that carries an action_id."""
    if isinstance(value, dict):
        if "action_id" in value:
            yield value
        for one in value.values():
            yield from with_actions(one)
    elif isinstance(value, list):
        for one in value:
            yield from with_actions(one)


def characters(value: Any) -> int:
    """All text in these blocks."""
    if isinstance(value, dict):
        own = value.get("text")
        here = len(own) if isinstance(own, str) else 0
        return here + sum(characters(one) for one in value.values())
    if isinstance(value, list):
        return sum(characters(one) for one in value)
    return 0


def message_problems(blocks: list[Json], rules: Rules) -> Problems:
    problems = block_problems(blocks, "message", rules.message_blocks)
    if problems:
        return problems
    total = characters(blocks) + ROOM_PER_BLOCK * len(blocks)
    if total > rules.message_characters:
        limit = rules.message_characters
        problems.append(Problem("", f"blocks hold {total} characters, {limit} allowed", code="too_long"))
    markdown = sum(len(one["text"]) for one in blocks if one["type"] == "markdown")
    if markdown > MARKDOWN_CHARACTERS:
        fail(problems, "", f"markdown blocks hold {markdown} characters", type="max_length", expected=12_000)
    if sum(one["type"] in TABLE_KINDS for one in blocks) > 1:
        fail(problems, "", "only one table block is allowed", type="max_items", expected=1)
    return problems


VIEW_FIELDS: dict[str, Check] = {
    "type": el.TYPE,
    "blocks": anything,
    "private_metadata": string(3000, 0),
    "callback_id": string(255, 0),
    "external_id": string(255, 0),
}
MODAL = record(
    {
        **VIEW_FIELDS,
        "title": el.plain(24),
        "close": el.plain(24),
        "submit": el.plain(24),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
        "submit_disabled": boolean,
    },
    ("title", "blocks"),
)
HOME = record(VIEW_FIELDS, ("blocks",))


def view_problems(view: Any, rules: Rules, surface: Surface | None = None) -> Problems:
    """Pointers start at the view. `surface` is what the method takes: views.publish wants a Home tab."""
    problems: Problems = []
    kinds: dict[str, Check] = {"modal": MODAL, "home": HOME}
    tagged(kinds if surface is None else {surface: kinds[surface]})("", view, problems)
    if not isinstance(view, dict):
        return problems
    inner = block_problems(view.get("blocks"), "home" if view.get("type") == "home" else "modal", rules.view_blocks)
    problems.extend(Problem(f"/blocks{one.pointer}", one.message, one.constraint, one.code) for one in inner)
    if not problems and view["type"] == "modal" and not view.get("submit"):
        for index, one in enumerate(view["blocks"]):
            if one["type"] == "input":
                fail(problems, f"/blocks/{index}", "a modal with an input needs submit", type="required")
                break
    return problems


def too_large(view: Json) -> bool:
    return len(json.dumps(view).encode()) > VIEW_BYTES


def with_block_ids(blocks: list[Json], new_id: Callable[[str], str]) -> list[Json]:
    """Slack names the blocks that came without a block_id."""
    return [one if "block_id" in one else {**one, "block_id": new_id("b")} for one in blocks]
