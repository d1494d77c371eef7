"""Interactive elements: finding them, their state as Slack reports it, and what a choice does to it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.sandbox.slack.model import Json, Values

# Which key of the state an element's value lives under, and what an untouched element shows there.
STATE_KEYS: dict[str, tuple[str, Any]] = {
    "plain_text_input": ("value", None),
    "number_input": ("value", None),
    "email_text_input": ("value", None),
    "url_text_input": ("value", None),
    "static_select": ("selected_option", None),
    "external_select": ("selected_option", None),
    "radio_buttons": ("selected_option", None),
    "users_select": ("selected_user", None),
    "conversations_select": ("selected_conversation", None),
    "channels_select": ("selected_channel", None),
    "multi_static_select": ("selected_options", []),
    "multi_external_select": ("selected_options", []),
    "multi_users_select": ("selected_users", []),
    "multi_conversations_select": ("selected_conversations", []),
    "multi_channels_select": ("selected_channels", []),
    "checkboxes": ("selected_options", []),
    "datepicker": ("selected_date", None),
    "timepicker": ("selected_time", None),
    "datetimepicker": ("selected_date_time", None),
    "file_input": ("files", []),
    "rich_text_input": ("rich_text_value", None),
}
INITIAL_KEYS = {
    "value": "initial_value",
    "selected_option": "initial_option",
    "selected_options": "initial_options",
    "selected_date": "initial_date",
    "selected_time": "initial_time",
    "selected_date_time": "initial_date_time",
    "selected_user": "initial_user",
    "selected_users": "initial_users",
    "selected_conversation": "initial_conversation",
    "selected_conversations": "initial_conversations",
    "selected_channel": "initial_channel",
    "selected_channels": "initial_channels",
    "rich_text_value": "initial_value",
}
OPTION_TYPES = {"static_select", "external_select", "radio_buttons"}
OPTIONS_TYPES = {"multi_static_select", "multi_external_select", "checkboxes"}
MOST_FILES = 10
LARGEST_FILE = 10 * 1024 * 1024
EXTERNAL_TYPES = {"external_select", "multi_external_select"}
PRESSED_TYPES = {"button", "overflow", "workflow_button", "icon_button", "feedback_buttons"}


class NoSuchElementError(LookupError):
    """Nothing on this surface has that action_id (and block_id)."""


@dataclass(frozen=True)
class Found:
    block: Json
    element: Json

    @property
    def block_id(self) -> str:
        return str(self.block.get("block_id", ""))

    @property
    def action_id(self) -> str:
        return str(self.element.get("action_id", ""))

    @property
    def kind(self) -> str:
        return str(self.element.get("type", ""))

    @property
    def is_input(self) -> bool:
        return self.block.get("type") == "input"


def elements(blocks: list[Json]) -> Iterator[Found]:
    """Every element that a person can use, in reading order."""
    for block in blocks:
        kind = block.get("type")
        if kind in {"actions", "context_actions"}:
            yield from (Found(block, element) for element in block.get("elements", []))
        elif kind == "section" and "action_id" in (block.get("accessory") or {}):
            yield Found(block, block["accessory"])
        elif kind == "input":
            yield Found(block, block.get("element", {}))
        elif kind == "card":
            yield from (Found(block, element) for element in block.get("actions", []))
        elif kind == "container":
            yield from elements(block.get("child_blocks", []))


def find(blocks: list[Json], action_id: str, block_id: str = "") -> Found:
    for found in elements(blocks):
        if found.action_id == action_id and block_id in {"", found.block_id}:
            return found
    raise NoSuchElementError(f"no element with action_id {action_id!r}" + (f" in block {block_id!r}" * bool(block_id)))


def state_of(element: Json, held: Json | None) -> Json:
    """The state entry of one element: what was chosen, else its initial value, else empty."""
    kind = str(element["type"])
    key, empty = STATE_KEYS[kind]
    if held is not None:
        return {"type": kind, key: held.get(key, empty)}
    initial = element.get(INITIAL_KEYS.get(key, ""), empty)
    return {"type": kind, key: initial}


def state_values(blocks: list[Json], held: Values) -> Values:
    values: Values = {}
    for found in elements(blocks):
        if found.kind in STATE_KEYS:
            chosen = held.get(found.block_id, {}).get(found.action_id)
            values.setdefault(found.block_id, {})[found.action_id] = state_of(found.element, chosen)
    return values


def options_of(element: Json) -> list[Json]:
    groups = element.get("option_groups") or []
    return [*element.get("options", []), *(option for group in groups for option in group.get("options", []))]


def match_option(element: Json, wanted: Any, offered: list[Json] | None = None) -> Json:
    """The option that a test or the page names by value, by label, or in full."""
    options = offered if offered is not None else options_of(element)
    if isinstance(wanted, dict):
        wanted = wanted.get("value")
    for option in options:
        if wanted in {option.get("value"), option.get("text", {}).get("text")}:
            return option
    raise NoSuchElementError(f"{element.get('action_id')!r} does not offer {wanted!r}")


def chosen_state(found: Found, value: Any, offered: list[Json] | None = None) -> Json:
    """The state entry after somebody chose `value`."""
    kind = found.kind
    if kind not in STATE_KEYS:
        raise NoSuchElementError(f"{kind!r} holds no value")
    key, empty = STATE_KEYS[kind]
    if kind in OPTION_TYPES:
        value = None if value is None else match_option(found.element, value, offered)
    elif kind in OPTIONS_TYPES:
        value = [match_option(found.element, one, offered) for one in value or []]
    elif kind == "number_input" and value is not None:
        value = str(value)
    elif value is None or value == "":
        value = empty
    return {"type": kind, key: value}


def action_json(found: Found, held: Json | None, value: Any, ts: str) -> Json:
    """One entry of `actions` in a block_actions payload."""
    element = found.element
    action: Json = {"type": found.kind, "action_id": found.action_id, "block_id": found.block_id, "action_ts": ts}
    if found.kind in PRESSED_TYPES:
        if found.kind == "overflow":
            action["selected_option"] = match_option(element, value)
        else:
            action |= {key: element[key] for key in ("text", "value", "style", "url") if key in element}
    else:
        action |= state_of(element, held)
        action |= {key: element[key] for key in INITIAL_KEYS.values() if key in element}
    for key in ("placeholder", "confirm"):
        if key in element:
            action[key] = element[key]
    return action


def client_errors(blocks: list[Json], held: Values) -> dict[str, str]:
    """What Slack's own form refuses before the app hears of it, by block_id."""
    errors: dict[str, str] = {}
    for found in elements(blocks):
        if not found.is_input:
            continue
        key, _ = STATE_KEYS.get(found.kind, ("value", None))
        value = state_of(found.element, held.get(found.block_id, {}).get(found.action_id)).get(key)
        if value in (None, "", []):
            if not found.block.get("optional", False):
                errors[found.block_id] = "Please complete this required field."
            continue
        problem = value_problem(found.element, value)
        if problem:
            errors[found.block_id] = problem
    return errors


def value_problem(element: Json, value: Any) -> str:
    kind = element.get("type")
    if kind == "plain_text_input":
        longest = int(element.get("max_length", 3000))
        if len(value) > longest or len(value) < int(element.get("min_length", 0)):
            return f"Please write between {element.get('min_length', 0)} and {longest} characters."
    if kind == "number_input":
        return number_problem(element, str(value))
    if kind == "file_input":
        return files_problem(element, value)
    if kind in {"multi_static_select", "multi_external_select"}:
        most = element.get("max_selected_items")
        if most is not None and len(value) > int(most):
            return f"Please choose at most {most}."
    return ""


def files_problem(element: Json, files: list[Json]) -> str:
    """How many, how large, and which endings: the form refuses others, though apps are told not to rely on that."""
    most = int(element.get("max_files", MOST_FILES))
    if len(files) > most:
        return f"Please choose at most {most} files."
    if any(int(one["size"]) > LARGEST_FILE for one in files):
        return "Files here may have up to 10 MB."
    endings = list(element.get("filetypes") or ())
    wrong = [str(one["name"]) for one in files if endings and str(one["filetype"]) not in endings]
    return f"{wrong[0]} is not one of: {', '.join(endings)}." if wrong else ""


def number_problem(element: Json, text: str) -> str:
    whole, _, fraction = text.lstrip("-").partition(".")
    if not whole.isdigit() or (fraction and not fraction.isdigit()):
        return "Please enter a number."
    if fraction and not element.get("is_decimal_allowed", False):
        return "Please enter a whole number."
    low, high = element.get("min_value"), element.get("max_value")
    if (low is not None and float(text) < float(low)) or (high is not None and float(text) > float(high)):
        return f"Please enter a number between {low} and {high}."
    return ""
