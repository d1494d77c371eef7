"""The app's manifest for both transports: `python -m bot.manifest` prints that of Socket Mode, with an address that of HTTP.

`bot/manifest.yaml` is the first of them, written by this module; a test keeps the two equal.
"""

import json
import sys
from typing import Any, Final
from urllib.parse import urlsplit

from bot.views import upload
from core.domain.errors import Misconfigured
from core.settings import SlackTransport

Manifest = dict[str, Any]
COMMAND: Final = "/tieout"
PATH: Final = "/slack/events"

# Scope by scope, what for; bot/README.md says it to whoever installs us.
BOT_SCOPES: Final[dict[str, str]] = {
    "channels:history": "to find a card again when Slack's answer to posting it got lost",
    "channels:read": "to see whether a channel is shared with another company",
    "chat:write": "to publish cards, notes, digests and private notices",
    "commands": "for /tieout and the shortcut",
    "files:read": "to read the documents that people hand over",
    "files:write": "to show the picture of a draft that was saved in a customer's portal",
    "groups:history": "as channels:history, for private channels",
    "groups:read": "as channels:read, for private channels",
    "im:history": "to see the files that people send to Tieout, and to answer them once",
    "im:write": "to tell people what came of the files they handed over",
    "usergroups:read": "to give a user group's members their roles (tieout people import)",
    "users:read": "to refuse guests, bots and people who left",
    "users:read.email": "to find the person behind a Slack account, by the confirmed e-mail address",
}
BOT_EVENTS: Final[dict[str, str]] = {
    "app_home_opened": "draws the Home tab",
    "channel_archive": "asks about the channel again",
    "channel_id_changed": "asks about the channel again",
    "channel_shared": "asks about the channel again",
    "channel_unarchive": "asks about the channel again",
    "channel_unshared": "asks about the channel again",
    "message.im": "takes the files that somebody sends to Tieout",
    "user_change": "asks about the person again",
}
SHORTCUT: Final = {
    "name": "Upload invoices",
    "type": "global",
    "callback_id": upload.SHORTCUT,
    "description": "Hand in supplier invoices",
}
_LONG: Final = (
    "Tieout ties incoming payments to the invoices they pay. Every payment has one card with what it may pay and why; people "
    "confirm, choose, post and set aside with buttons, in windows or by typing. Nothing from a bank feed is ever posted "
    "without a person, and everything that anybody did can be looked up later."
)


def manifest(transport: SlackTransport, address: str = "") -> Manifest:
    """What Slack needs to know of the app; `address` is where signed requests go, with HTTP only."""
    http = transport is SlackTransport.HTTP
    url = {"request_url": _request_url(address)} if http else {}
    command = {
        "command": COMMAND,
        **({"url": url["request_url"]} if http else {}),
        "description": "What waits, and everything that can be done with it",
        "usage_hint": "help | list | show P-1042 | confirm P-1042 | post P-1042",
        "should_escape": False,
    }
    return {
        "_metadata": {"major_version": 2},
        "display_information": {
            "name": "Tieout",
            "description": "Ties invoices, purchase orders and payments out, in Slack.",
            "long_description": _LONG,
            "background_color": "#1f3a34",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "Tieout", "always_online": True},
            "shortcuts": [SHORTCUT],
            "slash_commands": [command],
        },
        "oauth_config": {"scopes": {"bot": list(BOT_SCOPES)}},
        "settings": {
            "event_subscriptions": {**url, "bot_events": list(BOT_EVENTS)},
            "interactivity": {"is_enabled": True, **url, **({"message_menu_options_url": url["request_url"]} if http else {})},
            "org_deploy_enabled": False,
            "socket_mode_enabled": not http,
            "token_rotation_enabled": False,
        },
    }


def _request_url(address: str) -> str:
    parts = urlsplit(address)
    if parts.scheme != "https" or not parts.hostname:
        raise Misconfigured("Slack sends signed requests to an https address; name yours.", setting="address")
    return f"https://{parts.netloc}{parts.path.rstrip('/')}{PATH}" if not parts.path.endswith(PATH) else address


def to_yaml(value: Any, indent: int = 0) -> str:
    """Plain YAML: mappings and lists in blocks, texts in double quotes."""
    pad = "  " * indent
    if isinstance(value, dict):
        return "".join(f"{pad}{key}:{_nested(item, indent)}" for key, item in value.items())
    if isinstance(value, list):
        return "".join(f"{pad}-{_item(item, indent)}" for item in value)
    raise TypeError("only mappings and lists stand alone")


def _nested(value: Any, indent: int) -> str:
    if isinstance(value, dict | list):
        return f"\n{to_yaml(value, indent + 1)}"
    return f" {json.dumps(value, ensure_ascii=False)}\n"


def _item(value: Any, indent: int) -> str:
    if isinstance(value, dict):
        return f" {to_yaml(value, indent + 1).lstrip()}"
    return f" {json.dumps(value, ensure_ascii=False)}\n"


def main(arguments: list[str]) -> int:
    """Print a manifest."""
    transport = SlackTransport.HTTP if arguments else SlackTransport.SOCKET
    sys.stdout.write(to_yaml(manifest(transport, arguments[0] if arguments else "")))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
