"""What notifications would show: desktop takes the words of the blocks first, phones only the top-level text."""

import re
from typing import Any

from tests.sandbox.slack.model import Json, Message

SHOWN_BLOCKS = ("header", "section", "context", "rich_text", "markdown", "image", "table")
LONGEST = 240


def words(value: Any) -> list[str]:
    """All text inside a block, in order, as a reader sees it; buttons are left out."""
    if isinstance(value, list):
        return [one for item in value for one in words(item)]
    if not isinstance(value, dict) or value.get("type") == "button":
        return []
    own = value.get("text")
    marked = value.get("type") in {"mrkdwn", "markdown"}
    found = words(own) if not isinstance(own, str) else [plain(own) if marked else own]
    if value.get("type") == "image":
        found.append(str(value.get("alt_text", "")))
    for key in ("fields", "elements", "rows", "label"):
        found.extend(words(value.get(key)))
    return found


def plain(text: str) -> str:
    """mrkdwn without its marks."""
    text = re.sub(r"<([^>|]+)\|([^>]+)>", r"\2", text)
    text = re.sub(r"<([^>]+)>", r"\1", text)
    text = re.sub(r"[*_~`]", "", text)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def preview(message: Message) -> Json:
    from_blocks = [word for block in message.blocks if block.get("type") in SHOWN_BLOCKS for word in words(block)]
    desktop = " ".join(from_blocks) or plain(message.text)
    return {"desktop": shortened(desktop), "mobile": shortened(plain(message.text))}
