"""What a form remembers between its steps, in the view's private metadata: the button it came from, and what was typed.

It comes back from Slack with everything that happens in the form. Ids and a version are all that is believed of it: numbers are
checked by the core like any typed number.
"""

import json
from dataclasses import dataclass, field
from typing import Any, Final

from bot.actions import Pressed, decode
from bot.cards.parts import Block
from core.domain.errors import Incomplete

MOST: Final = 2950
_HOME: Final = "h"
_LONGEST_HOME: Final = 80
_PAGE: Final = "p"


@dataclass(frozen=True, slots=True)
class Memory:
    """The button, and what a form keeps besides."""

    pressed: Pressed
    kept: dict[str, Any] = field(default_factory=dict)

    def text(self) -> str:
        """For `private_metadata`; `Incomplete` when Slack would not keep so much."""
        said = json.dumps({"b": self.pressed.value, **self.kept}, ensure_ascii=False, separators=(",", ":"))
        if len(said) > MOST:
            raise Incomplete("That is too much for one form; please apply some of the documents by “/tieout apply”.")
        return said


def home_behind(text: str) -> str:
    """Which list and page of the Home tab lies behind a window, so that it is drawn again after a decision; or nothing."""
    try:
        kept = json.loads(text)
        return str(kept.get(_HOME, ""))[:_LONGEST_HOME]
    except (ValueError, AttributeError):
        return ""


def page_behind(text: str) -> int:
    """Which page of the lines of a supplier invoice is in this window, or lies behind it."""
    try:
        page = json.loads(text).get(_PAGE, 0)
        return min(max(int(page), 0), 9999)
    except (ValueError, AttributeError, TypeError):
        return 0


def on_page(view: Block, page: int) -> Block:
    """The window, remembering the page of lines in it or behind it."""
    if page:
        memory = json.loads(view.get("private_metadata") or "{}")
        view["private_metadata"] = json.dumps({**memory, _PAGE: page}, ensure_ascii=False, separators=(",", ":"))
    return view


def carrying(view: Block, behind: str) -> Block:
    """The window, remembering the Home tab behind it."""
    if behind:
        memory = json.loads(view.get("private_metadata") or "{}")
        view["private_metadata"] = json.dumps({**memory, _HOME: behind}, ensure_ascii=False, separators=(",", ":"))
    return view


def recall(text: str) -> Memory:
    """What `text` says; `Incomplete` for a window that is not of this version of us."""
    try:
        kept = json.loads(text)
        value = str(kept.pop("b"))
    except (ValueError, KeyError, AttributeError, TypeError):
        value, kept = "", {}
    kind, _, rest = value.partition(":")
    pressed = decode(f"{kind}.{rest.split(':')[2]}", value) if rest.count(":") >= 2 else None  # noqa: PLR2004  id, version, event.
    if pressed is None:
        raise Incomplete("This window is out of date. Please close it and start again from the card.")
    return Memory(pressed, kept)
