"""Choose a payment: for a remittance that it may explain, or for money that the bank took back.

The payments that may be meant are listed with what tells them apart; others are found by a search.
"""

from typing import Any, Final

from bot.actions import Pressed
from bot.cards import parts
from bot.cards.parts import Block, Element
from bot.cards.question import about
from bot.desk import Desk
from bot.payloads import Interaction, typed
from bot.views.memory import Memory, recall
from core.app.choosing_payments import PaymentChoice, payments_for, returned_for
from core.app.masking import masked
from core.app.telling import day
from core.app.wording import amount_words
from core.domain.ids import PaymentId, RemittanceId
from core.domain.keeping import SubjectKind
from core.domain.questions import QuestionId
from core.ports.store import UnitOfWork

CALLBACK: Final = "form.link"
PICK: Final = "link.payment"
MAIN: Final = "payment"
SHOWN: Final = 6


def first(desk: Desk, pressed: Pressed) -> Block:
    """The form; nothing is chosen, because whoever opens it is asked and not led."""
    with desk.services.store.read() as unit:
        said = _headline(unit, pressed)
        likely = _found(unit, pressed, "")[:SHOWN]
    blocks = [parts.section(parts.plain(said), "subject")]
    if likely:
        blocks.append(parts.section(parts.ours("*Payments that may be meant*"), "likely_title"))
        blocks.append(parts.bullets([(f"{each.id} · {each.amount}", about(each)) for each in likely], "likely"))
    else:
        blocks.append(parts.section(parts.plain("No payment fits by itself; look for one."), "none"))
    element: Element = {
        "type": "external_select",
        "action_id": PICK,
        "placeholder": parts.plain("Number, payer, reference or amount", 150),
        "min_query_length": 0,
    }
    returned = pressed.kind is SubjectKind.QUESTION
    hint = "A posted payment can then be reversed in the ledger; one that is not posted is set aside." if returned else ""
    hint = hint or "The payment is matched again with what the remittance says."
    blocks.append(parts.entry("Payment", element, MAIN, hint=hint))
    title, submit = ("Taken back", "This one") if returned else ("Link to payment", "Link")
    return parts.modal(title, CALLBACK, blocks, submit=submit, memory=Memory(pressed).text())


def _headline(unit: UnitOfWork, pressed: Pressed) -> str:
    if pressed.kind is SubjectKind.QUESTION:
        line = unit.bank_lines.get(unit.questions.get(QuestionId(pressed.id)).bank_line_id)
        return f"{pressed.id}: the bank took {line.amount} back on {day(line.value_date)}. {masked(line.text)}"
    advice = unit.remittances.get(RemittanceId(pressed.id))
    said = f"Remittance {advice.id}" + (f": {amount_words(advice.total)}" if advice.total is not None else "")
    return f"{said} from “{masked(advice.payer_name) or advice.sender or 'nobody named'}”"


def _found(unit: UnitOfWork, pressed: Pressed, text: str) -> list[PaymentChoice]:
    if pressed.kind is SubjectKind.QUESTION:
        return returned_for(unit, unit.bank_lines.get(unit.questions.get(QuestionId(pressed.id)).bank_line_id), text)
    return payments_for(unit, unit.remittances.get(RemittanceId(pressed.id)), text)


def option(each: PaymentChoice) -> Element:
    """A payment in the search."""
    return parts.option(f"{each.id} · {each.amount} · {each.who}", each.id, about(each))


def options(desk: Desk, at: Interaction) -> list[dict[str, Any]]:
    """Answers to a search, for whoever may apply payments."""
    with desk.services.store.read() as unit:
        return [option(each) for each in _found(unit, recall(at.memory).pressed, at.value)]


def chosen(at: Interaction) -> PaymentId | None:
    """Which one the person chose."""
    value = typed(at.values, MAIN, PICK)
    return PaymentId(value) if value else None
