"""Text objects, composition objects and interactive elements, with the limits of Slack's reference pages."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from tests.sandbox.slack.schema import (
    Check,
    Problems,
    anything,
    array,
    boolean,
    exactly_one,
    fail,
    one_of,
    record,
    string,
    tagged,
    whole,
)

TYPE = string(60)
ID = string(255)


def text(high: int, *kinds: str) -> Check:
    """A text object of one of these kinds; an empty string is refused."""
    words = string(high)
    plain = record({"type": TYPE, "text": words, "emoji": boolean}, ("text",))
    mrkdwn = record({"type": TYPE, "text": words, "verbatim": boolean}, ("text",))
    known = {"plain_text": plain, "mrkdwn": mrkdwn}
    return tagged({kind: known[kind] for kind in kinds})


def plain(high: int) -> Check:
    return text(high, "plain_text")


def either(high: int) -> Check:
    return text(high, "plain_text", "mrkdwn")


CONFIRM = record(
    {
        "title": plain(100),
        "text": either(300),
        "confirm": plain(30),
        "deny": plain(30),
        "style": one_of("primary", "danger"),
    },
    ("title", "text", "confirm", "deny"),
)


def option(label: Check, **more: Check) -> Check:
    return record({"text": label, "value": string(75), "description": either(75), **more}, ("text", "value"))


PLAIN_OPTION = option(plain(75))
RICH_OPTION = option(either(75))
LINK_OPTION = option(plain(75), url=string(3000))
GROUP = record({"label": plain(75), "options": array(PLAIN_OPTION, 1, 100)}, ("label", "options"))
SLACK_FILE = exactly_one(record({"id": string(255), "url": string(3000)}), "id", "url")
IMAGE_FIELDS: dict[str, Check] = {
    "type": TYPE,
    "image_url": string(3000),
    "slack_file": SLACK_FILE,
    "alt_text": string(2000),
}
IMAGE_ELEMENT = exactly_one(record(IMAGE_FIELDS, ("alt_text",)), "image_url", "slack_file")
DISPATCH = record(
    {"trigger_actions_on": array(one_of("on_enter_pressed", "on_character_entered"), 1, 2)}, ("trigger_actions_on",)
)
PLACEHOLDER = plain(150)


def element(required: tuple[str, ...] = (), more: Mapping[str, Check] = MappingProxyType({}), **fields: Check) -> Check:
    """An element with these fields; `more` is for names that are not known when this is written."""
    base = {"type": TYPE, "action_id": ID, "confirm": CONFIRM}
    return record({**base, **fields, **more}, ("action_id", *required))


def options_offered(check: Check) -> Check:
    """Options or option groups, unique values, and an initial choice that is one of them."""
    one_kind = exactly_one(check, "options", "option_groups")

    def both(pointer: str, value: Any, problems: Problems) -> None:
        one_kind(pointer, value, problems)
        options_agree(pointer, value, problems)

    return both


def options_agree(pointer: str, value: Any, problems: Problems) -> None:
    if not isinstance(value, dict) or problems:
        return
    groups = value.get("option_groups") or []
    offered = [*(value.get("options") or []), *(one for group in groups for one in group["options"])]
    values = [one["value"] for one in offered]
    if len(set(values)) != len(values):
        fail(problems, f"{pointer}/options", "option values must be unique", type="unique")
    chosen = value.get("initial_options") or [value.get("initial_option")]
    for one in chosen:
        if one is not None and one not in offered:
            fail(problems, pointer, "the initial option must be exactly one of the options", type="initial_option")


def select(option_kind: Check = PLAIN_OPTION, *, multi: bool = False) -> Check:
    more: dict[str, Check] = {"max_selected_items": whole(1, 100)} if multi else {}
    initial = array(option_kind, 1, 100) if multi else option_kind
    return options_offered(
        element(
            options=array(option_kind, 1, 100),
            option_groups=array(GROUP, 1, 100),
            placeholder=PLACEHOLDER,
            focus_on_load=boolean,
            more={"initial_options" if multi else "initial_option": initial, **more},
        )
    )


def external(*, multi: bool = False) -> Check:
    more: dict[str, Check] = {"max_selected_items": whole(1, 100)} if multi else {}
    initial = array(PLAIN_OPTION, 1, 100) if multi else PLAIN_OPTION
    return element(
        min_query_length=whole(0, 3000),
        placeholder=PLACEHOLDER,
        focus_on_load=boolean,
        more={"initial_options" if multi else "initial_option": initial, **more},
    )


def people_select(kind: str) -> Check:
    return element(
        placeholder=PLACEHOLDER,
        focus_on_load=boolean,
        filter=anything,
        max_selected_items=whole(1, 100),
        response_url_enabled=boolean,
        default_to_current_conversation=boolean,
        more={f"initial_{kind}": anything, f"initial_{kind}s": anything},
    )


def typed(required: tuple[str, ...] = (), **more: Check) -> Check:
    common = {"placeholder": PLACEHOLDER, "focus_on_load": boolean, "dispatch_action_config": DISPATCH}
    return element(required, {**common, **more})


CHOICES: dict[str, Check] = {
    "initial_option": RICH_OPTION,
    "initial_options": array(RICH_OPTION, 1, 10),
    "focus_on_load": boolean,
}
BUTTON = element(
    ("text",),
    text=plain(75),
    value=string(2000),
    url=string(3000),
    style=one_of("primary", "danger"),
    accessibility_label=string(75),
)
DATES: dict[str, Check] = {
    "placeholder": PLACEHOLDER,
    "focus_on_load": boolean,
    "initial_date": string(10),
    "initial_time": string(5),
}

ELEMENTS: dict[str, Check] = {
    "button": BUTTON,
    "workflow_button": element(("text",), text=plain(75), workflow=anything, style=one_of("primary", "danger")),
    "overflow": element(("options",), options=array(LINK_OPTION, 1, 5)),
    "image": IMAGE_ELEMENT,
    "static_select": select(),
    "multi_static_select": select(multi=True),
    "external_select": external(),
    "multi_external_select": external(multi=True),
    "users_select": people_select("user"),
    "multi_users_select": people_select("user"),
    "conversations_select": people_select("conversation"),
    "multi_conversations_select": people_select("conversation"),
    "channels_select": people_select("channel"),
    "multi_channels_select": people_select("channel"),
    "checkboxes": options_offered(element(("options",), CHOICES, options=array(RICH_OPTION, 1, 10))),
    "radio_buttons": options_offered(element(("options",), CHOICES, options=array(RICH_OPTION, 1, 10))),
    "datepicker": element(more=DATES),
    "timepicker": element(more=DATES, timezone=string(60)),
    "datetimepicker": element(initial_date_time=anything, focus_on_load=boolean),
    "plain_text_input": typed(
        initial_value=string(3000, 0), multiline=boolean, min_length=whole(0, 3000), max_length=whole(1, 3000)
    ),
    "number_input": typed(
        ("is_decimal_allowed",),
        is_decimal_allowed=boolean,
        initial_value=string(40),
        min_value=string(40),
        max_value=string(40),
    ),
    "email_text_input": typed(initial_value=string(3000)),
    "url_text_input": typed(initial_value=string(3000)),
    "rich_text_input": typed(initial_value=anything),
    "file_input": element(filetypes=array(string(20), 1, 50), max_files=whole(1, 10)),
}

SINGLE_SELECTS = ("static_select", "external_select", "users_select", "conversations_select", "channels_select")
MULTI_SELECTS = tuple(f"multi_{name}" for name in SINGLE_SELECTS)
PICKERS = ("datepicker", "timepicker", "checkboxes", "radio_buttons")


def some(*names: str) -> Check:
    return tagged({name: ELEMENTS[name] for name in names})


IN_SECTION = some("button", "workflow_button", "overflow", "image", *SINGLE_SELECTS, *MULTI_SELECTS, *PICKERS)
IN_ACTIONS = some("button", "workflow_button", "overflow", "datetimepicker", *SINGLE_SELECTS, *PICKERS)
TYPED_INPUTS = ("plain_text_input", "number_input", "email_text_input", "url_text_input", "rich_text_input")
IN_INPUT = some(*TYPED_INPUTS, "datetimepicker", "file_input", *SINGLE_SELECTS, *MULTI_SELECTS, *PICKERS)
IN_CONTEXT = tagged(
    {
        "image": IMAGE_ELEMENT,
        "plain_text": record({"type": TYPE, "text": string(3000), "emoji": boolean}, ("text",)),
        "mrkdwn": record({"type": TYPE, "text": string(3000), "verbatim": boolean}, ("text",)),
    }
)
