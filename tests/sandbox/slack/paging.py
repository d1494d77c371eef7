"""Cursors."""

import base64
from typing import TypeVar

from tests.sandbox.slack.calls import Args, SlackError
from tests.sandbox.slack.model import Json

Item = TypeVar("Item")


def page(items: list[Item], args: Args, default: int) -> tuple[list[Item], Json]:
    """One page of `items` and the metadata that leads to the next one."""
    limit = max(1, min(args.number("limit", default) or default, 1000))
    start = 0
    cursor = args.text("cursor")
    if cursor:
        try:
            start = int(base64.b64decode(cursor, validate=True).decode().removeprefix("next:"))
        except ValueError:
            raise SlackError("invalid_cursor") from None
    end = start + limit
    following = base64.b64encode(f"next:{end}".encode()).decode() if end < len(items) else ""
    return items[start:end], {"next_cursor": following}
