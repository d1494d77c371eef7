"""What came of a file that somebody handed over: one message, first that it is being read, then what it was."""

from collections.abc import Sequence
from typing import Final

from bot.actions import OPEN, Pressed
from bot.cards import parts
from bot.cards import supplier_invoice as bill_card
from bot.cards.parts import Block, Message
from core.app.payables.views import BillView
from core.domain.keeping import SubjectKind

SHOWN: Final = 5


def reading(name: str) -> Message:
    """Somebody waits; they see that it goes on."""
    return saying(f"Reading {name} …")


def saying(sentence: str) -> Message:
    """Nothing but a sentence."""
    return Message(parts.escaped(sentence, 500), [parts.section(parts.plain(sentence, 1000), "upload:said")])


def result(sentence: str, bills: Sequence[BillView], more: int = 0) -> Message:
    """The sentence of the story, and the invoices of the file with a button each; look-alikes beside each other."""
    blocks: list[Block] = [parts.section(parts.plain(sentence, 1000), "upload:said")]
    for bill in bills:
        name = f"upload:{bill.id}:v{bill.version}"
        pressed = Pressed(SubjectKind.SUPPLIER_INVOICE, bill.id, bill.version, OPEN)
        button = parts.button("Open", pressed.action_id, pressed.value, f"Open {bill.id}")
        blocks.append(parts.section(parts.plain(bill_card.summary(bill), 600), name, button))
        blocks += bill_card.beside_its_twin(bill, name)
    if more:
        blocks.append(parts.context(parts.plain(f"… and {more} more; the Home tab lists them."), "upload:more"))
    return Message(parts.escaped(sentence, 500), blocks)
