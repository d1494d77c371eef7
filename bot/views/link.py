"""Link to payment: the payments that a remittance may explain, with what tells them apart, and a search over the others."""

from typing import Any, Final

from bot.actions import Pressed
from bot.cards import parts
from bot.cards.parts import Block, Element
from bot.desk import Desk
from bot.payloads import Interaction, typed
from bot.views.memory import Memory, recall
from core.app.choosing_payments import PaymentChoice, payments_for
from core.app.masking import masked
from core.app.telling import day
from core.app.wording import amount_words
from core.domain.ids import PaymentId, RemittanceId

CALLBACK: Final = "form.link"
PICK: Final = "link.payment"
MAIN: Final = "payment"
SHOWN: Final = 6


def first(desk: Desk, pressed: Pressed) -> Block:
    """The form; nothing is chosen, because whoever opens it is asked and not led."""
    with desk.services.store.read() as unit:
        advice = unit.remittances.get(RemittanceId(pressed.id))
        likely = payments_for(unit, advice, limit=SHOWN)
    said = f"Remittance {advice.id}" + (f": {amount_words(advice.total)}" if advice.total is not None else "")
    whose = masked(advice.payer_name) or advice.sender or "nobody named"
    blocks = [parts.section(parts.plain(f"{said} from “{whose}”"), "advice")]
    if likely:
        blocks.append(parts.section(parts.ours("*Payments that may be meant*"), "likely_title"))
        blocks.append(parts.bullets([(f"{each.id} · {each.amount}", about(each)) for each in likely], "likely"))
    else:
        blocks.append(parts.section(parts.plain("No payment of its currency waits."), "none"))
    element: Element = {
        "type": "external_select",
        "action_id": PICK,
        "placeholder": parts.plain("Number, payer, reference or amount", 150),
        "min_query_length": 0,
    }
    blocks.append(parts.entry("Payment", element, MAIN, hint="The payment is matched again with what the remittance says."))
    return parts.modal("Link to payment", CALLBACK, blocks, submit="Link", memory=Memory(pressed).text())


def about(each: PaymentChoice) -> str:
    """What tells one payment from another."""
    account = f"account {each.account}" if each.account else ""
    said = (day(each.received_on), each.who, account, each.text, each.state_words.lower())
    return " · ".join(text for text in said if text)


def option(each: PaymentChoice) -> Element:
    """A payment in the search."""
    return parts.option(f"{each.id} · {each.amount} · {each.who}", each.id, about(each))


def options(desk: Desk, at: Interaction) -> list[dict[str, Any]]:
    """Answers to a search, for whoever may apply payments."""
    memory = recall(at.memory)
    with desk.services.store.read() as unit:
        advice = unit.remittances.get(RemittanceId(memory.pressed.id))
        found = payments_for(unit, advice, at.value)
    return [option(each) for each in found]


def chosen(at: Interaction) -> PaymentId | None:
    """Which one the person chose."""
    value = typed(at.values, MAIN, PICK)
    return PaymentId(value) if value else None
