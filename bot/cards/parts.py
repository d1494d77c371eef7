"""The small parts that cards are made of, each within Slack's limits and safe for words that strangers wrote.

Words from outside go into `plain_text` and `rich_text` only, where nothing in them can mention, link or format. They lose
control and direction characters and line breaks, so that they cannot forge a line of ours, and are cut between characters.
`mrkdwn` is for words of our own.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from core.domain.errors import ProjectError

Block = dict[str, Any]
Element = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """What a message shows: `text` is for phones and screen readers, the blocks are the card."""

    text: str
    blocks: Sequence[Block]


MESSAGE_BLOCKS: Final = 50
MESSAGE_CHARACTERS: Final = 13_000
VIEW_BLOCKS: Final = 100
_HEADER: Final = 150
_SECTION: Final = 3000
_FIELD: Final = 2000
_BUTTON: Final = 75
_OPTION: Final = 75
_CONFIRM: Final = 300
_VALUE: Final = 75
_TITLE: Final = 24
_HINT: Final = 2000
_JOINERS: Final = {"\N{ZERO WIDTH JOINER}", "\N{ZERO WIDTH NON-JOINER}"}
_ELLIPSIS: Final = "…"


class BadValue(ProjectError):
    """A button's value would not fit; our mistake, found by the tests of the cards."""

    code = "bad_value"


def one_line(text: str) -> str:
    """Text from outside on one line, without characters that steer a terminal or turn the direction of writing."""
    kept = (each if not unicodedata.category(each).startswith("C") or each in _JOINERS else " " for each in text)
    return " ".join("".join(kept).split())


def cut(text: str, limit: int) -> str:
    """At most `limit` UTF-16 units (Slack counts some characters twice), never ending within a character or a joined one."""
    if _size(text) <= limit:
        return text
    shown: list[str] = []
    room = limit - 1
    for each in text:
        room -= _size(each)
        if room < 0:
            break
        shown.append(each)
    while shown and (unicodedata.combining(shown[-1]) or unicodedata.category(shown[-1]) in {"Cf", "Mn", "Me"}):
        shown.pop()
    return "".join(shown).rstrip() + _ELLIPSIS


def _size(text: str) -> int:
    return sum(2 if ord(each) > 0xFFFF else 1 for each in text)  # noqa: PLR2004  The last character of UTF-16's first plane.


def safe(text: str, limit: int) -> str:
    """`one_line` and `cut` together; never empty, because Slack refuses empty texts."""
    return cut(one_line(text), limit) or "–"


def escaped(text: str, limit: int) -> str:
    """For a message's `text`, which is mrkdwn: outside words that can mention nobody and forge no link."""
    shown = safe(text, limit)
    return shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def plain(text: str, limit: int = _SECTION) -> Element:
    """A text object in which nothing is interpreted, not even `:emoji:`."""
    return {"type": "plain_text", "text": safe(text, limit), "emoji": False}


def lines(texts: Iterable[str], limit: int = _SECTION, each: int = 300) -> Element:
    """Several lines in one plain text, each safe on its own."""
    shown = "\n".join(safe(text, each) for text in texts)
    return {"type": "plain_text", "text": cut(shown, limit) or "–", "emoji": False}


def ours(text: str, limit: int = _SECTION) -> Element:
    """Words of our own, with mrkdwn; `verbatim` keeps names and addresses from becoming links."""
    return {"type": "mrkdwn", "text": cut(text, limit), "verbatim": True}


def header(text: str, block_id: str) -> Block:
    """A heading, which screen readers can jump to."""
    return {"type": "header", "block_id": block_id, "text": plain(text, _HEADER)}


def section(text: Element, block_id: str, accessory: Element | None = None) -> Block:
    """A paragraph, with at most one element beside it."""
    block: Block = {"type": "section", "block_id": block_id, "text": text}
    return block if accessory is None else {**block, "accessory": accessory}


def facts(rows: Sequence[tuple[str, str]], block_id: str) -> Block:
    """Up to five rows of a label in bold and a value from wherever."""
    fields = [field for label, value in rows[:5] for field in (ours(f"*{label}*", _FIELD), plain(value, 300))]
    return {"type": "section", "block_id": block_id, "fields": fields}


def context(text: Element, block_id: str) -> Block:
    """Small print."""
    return {"type": "context", "block_id": block_id, "elements": [text]}


def divider(block_id: str) -> Block:
    """A line across."""
    return {"type": "divider", "block_id": block_id}


def bullets(items: Sequence[tuple[str, str]], block_id: str) -> Block:
    """A list; the first text of an item is bold. Rich text: nothing in it is interpreted."""
    return {
        "type": "rich_text",
        "block_id": block_id,
        "elements": [
            {
                "type": "rich_text_list",
                "style": "bullet",
                "elements": [{"type": "rich_text_section", "elements": _leaves(bold, rest)} for bold, rest in items],
            }
        ],
    }


def titled(title: str, said: str, items: Sequence[tuple[str, str]], block_id: str) -> Block:
    """A title in bold with a few words after it, and a list below. Rich text: nothing in it is interpreted."""
    block = bullets(items, block_id)
    head = {"type": "rich_text_section", "elements": _leaves(title, said)}
    return {**block, "elements": [head, *(block["elements"] if items else [])]}


def _leaves(bold: str, rest: str) -> list[Element]:
    leaves: list[Element] = []
    if bold:
        leaves.append({"type": "text", "text": safe(bold, 80), "style": {"bold": True}})
    if rest:
        leaves.append({"type": "text", "text": (" " if bold else "") + safe(rest, 240)})
    # Slack takes no empty item.
    return leaves or [{"type": "text", "text": "–"}]


def button(label: str, action_id: str, value: str, spoken: str, style: str = "") -> Element:
    """A button; `spoken` is what a screen reader says and names the subject."""
    if len(value) > _VALUE:
        raise BadValue("A button's value is too long.", value=value[:_VALUE])
    element: Element = {
        "type": "button",
        "action_id": action_id,
        "text": plain(label, _BUTTON),
        "value": value,
        "accessibility_label": safe(spoken, _BUTTON),
    }
    return {**element, "style": style} if style in {"primary", "danger"} else element


def asking_first(element: Element, title: str, question: str, yes: str) -> Element:
    """The element with a dialog before it does anything."""
    dialog = {
        "title": plain(title, 100),
        "text": plain(question, _CONFIRM),
        "confirm": plain(yes, 30),
        "deny": plain("Not now", 30),
    }
    return {**element, "confirm": dialog}


def overflow(action_id: str, options: Sequence[tuple[str, str]]) -> Element:
    """The menu of the rest: pairs of label and value, five at most."""
    return {"type": "overflow", "action_id": action_id, "options": [option(label, value) for label, value in options[:5]]}


def option(label: str, value: str, about: str = "") -> Element:
    """A choice of a menu, a select or a group of checkboxes."""
    if len(value) > _VALUE:
        raise BadValue("An option's value is too long.", value=value[:_VALUE])
    made: Element = {"text": plain(label, _OPTION), "value": value}
    return {**made, "description": plain(about, _OPTION)} if about else made


def actions(elements: Sequence[Element], block_id: str) -> Block:
    """A row of buttons."""
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def entry(label: str, element: Element, block_id: str, *, hint: str = "", optional: bool = False, live: bool = False) -> Block:
    """An input of a form; `live` tells us of every change."""
    block: Block = {
        "type": "input",
        "block_id": block_id,
        "label": plain(label, _HINT),
        "element": element,
        "optional": optional,
    }
    if live:
        block["dispatch_action"] = True
    return {**block, "hint": plain(hint, _HINT)} if hint else block


def modal(title: str, callback_id: str, blocks: Sequence[Block], *, submit: str = "", memory: str = "") -> Block:
    """A modal view; `memory` comes back with everything that happens in it."""
    view: Block = {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain(title, _TITLE),
        "close": plain("Close", _TITLE),
        "private_metadata": memory,
        "blocks": list(blocks)[:VIEW_BLOCKS],
    }
    return {**view, "submit": plain(submit, _TITLE)} if submit else view


def notice(text: str, block_id: str, level: str = "warning") -> Block:
    """A banner in a modal, for what must not be missed."""
    return {"type": "alert", "block_id": block_id, "level": level, "text": plain(text, 200)}
