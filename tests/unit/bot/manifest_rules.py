"""What Slack takes in a manifest of version 2, as far as we use it; written by hand after Slack's published schema.

Objects are closed, as they are there: an unknown key is refused. Parts of the schema that we do not use are left out.
"""

from typing import Any

Rules = dict[str, Any]


def text(low: int, high: int, pattern: str = "") -> Rules:
    rules: Rules = {"type": "string", "minLength": low, "maxLength": high}
    return {**rules, "pattern": pattern} if pattern else rules


def closed(required: list[str], **fields: Rules) -> Rules:
    return {"type": "object", "required": required, "properties": fields, "additionalProperties": False}


def listed(item: Rules, low: int, high: int) -> Rules:
    return {"type": "array", "items": item, "minItems": low, "maxItems": high, "uniqueItems": True}


YES_NO: Rules = {"type": "boolean"}
WEB = "^https?://"
MANIFEST: Rules = closed(
    ["display_information"],
    _metadata=closed([], major_version={"type": "integer"}, minor_version={"type": "integer"}),
    display_information=closed(
        ["name"],
        name=text(1, 35),
        description=text(1, 140),
        long_description=text(175, 4000),
        background_color=text(4, 7, "^#[0-9a-fA-F]{3}([0-9a-fA-F]{3})?$"),
    ),
    features=closed(
        [],
        app_home=closed([], home_tab_enabled=YES_NO, messages_tab_enabled=YES_NO, messages_tab_read_only_enabled=YES_NO),
        bot_user=closed(["display_name"], display_name=text(1, 80), always_online=YES_NO),
        shortcuts=listed(
            closed(
                ["name", "callback_id", "description", "type"],
                name=text(1, 24),
                callback_id=text(1, 255),
                description=text(1, 150),
                type={"enum": ["message", "global"]},
            ),
            1,
            10,
        ),
        slash_commands=listed(
            closed(
                ["command", "description"],
                command=text(2, 32, "^/"),
                url=text(1, 3000, WEB),
                description=text(1, 2000),
                usage_hint=text(1, 1000),
                should_escape=YES_NO,
            ),
            1,
            50,
        ),
    ),
    oauth_config=closed([], scopes=closed([], bot=listed(text(1, 50), 0, 255))),
    settings=closed(
        [],
        event_subscriptions=closed([], request_url=text(1, 3500, WEB), bot_events=listed(text(1, 50), 0, 100)),
        interactivity=closed(
            ["is_enabled"], is_enabled=YES_NO, request_url=text(1, 3500, WEB), message_menu_options_url=text(1, 3500, WEB)
        ),
        org_deploy_enabled=YES_NO,
        socket_mode_enabled=YES_NO,
        token_rotation_enabled=YES_NO,
    ),
)
