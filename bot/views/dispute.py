"""Forms of a dispute: the mail to the supplier, drafted with the evidence and sent by a person; and how it was settled."""

from typing import Final

from bot.actions import Pressed
from bot.cards import parts
from bot.cards.parts import Block, Element
from bot.payloads import Interaction, typed
from bot.views.memory import Memory
from core.app.payables.letters import DisputeMail
from core.app.payables.views import DisputeView
from core.app.payables.wording import OUTCOMES
from core.domain.supplier_bills import DisputeOutcome

MAIL: Final = "dispute.mail"
SETTLE: Final = "dispute.settle"
MAIN: Final = "text"
_FIELD: Final = "dispute.field"
_LONGEST: Final = 3000
_LETTERS_SHOWN: Final = 6


def mail(view: DisputeView, pressed: Pressed, proposed: DisputeMail, label: str) -> Block:
    """The mail as it is proposed; nothing is sent before somebody presses Send."""
    address: Element = {"type": "email_text_input", "action_id": _FIELD}
    if proposed.address:
        address["initial_value"] = parts.safe(proposed.address, 200)
    subject: Element = {"type": "plain_text_input", "action_id": _FIELD, "max_length": 200}
    subject["initial_value"] = parts.safe(proposed.subject, 200)
    text: Element = {"type": "plain_text_input", "action_id": _FIELD, "multiline": True, "max_length": _LONGEST}
    if proposed.text:
        text["initial_value"] = parts.cut(proposed.text, _LONGEST)
    blocks = [
        *_letters(view),
        parts.entry("To", address, "address"),
        parts.entry("Subject", subject, "subject"),
        parts.entry("Mail", text, MAIN, hint="The supplier’s answer comes into the thread of the card."),
    ]
    return parts.modal(label, MAIL, blocks, submit="Send", memory=Memory(pressed).text())


def _letters(view: DisputeView) -> list[Block]:
    """What was written so far."""
    said = f"{view.id}, line {view.line} of {view.bill_id}. {view.state_words}."
    items = [("We" if each.ours else "Supplier", f"({each.when}): {each.text}") for each in view.letters[-_LETTERS_SHOWN:]]
    subject = parts.context(parts.plain(said, 300), "dispute")
    return [subject, *([parts.bullets(items, "letters")] if items else [])]


def settle(view: DisputeView, pressed: Pressed, label: str) -> Block:
    """How it ended."""
    options = [parts.option(words, outcome.value) for outcome, words in OUTCOMES.items()]
    select: Element = {"type": "static_select", "action_id": _FIELD, "options": options}
    text: Element = {"type": "plain_text_input", "action_id": _FIELD, "multiline": True, "max_length": 500}
    blocks = [
        *_letters(view),
        parts.entry("How was it settled?", select, MAIN, hint="The line is decided anew."),
        parts.entry("Remark", text, "remark", optional=True),
    ]
    return parts.modal(label, SETTLE, blocks, submit="Settle", memory=Memory(pressed).text())


def said(at: Interaction, block_id: str = MAIN) -> str:
    """What was typed in a field, with its line breaks."""
    return typed(at.values, block_id, _FIELD).strip()


def outcome(at: Interaction) -> DisputeOutcome | None:
    """How it was settled."""
    value = typed(at.values, MAIN, _FIELD)
    return DisputeOutcome(value) if value in set(DisputeOutcome) else None
