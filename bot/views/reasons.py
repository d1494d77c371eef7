"""Small forms: why something is set aside or dismissed, and how money came that no bank file shows."""

from datetime import date
from typing import Final

from bot.actions import Pressed
from bot.cards import parts
from bot.cards.parts import Block, Element
from bot.payloads import Interaction, typed
from bot.views.memory import Memory
from core.app.showing import PaymentView, RemittanceView
from core.app.showing_questions import QuestionView
from core.domain.events import PaymentEvent

CALLBACK: Final = "form.reason"
MAIN: Final = "reason"
WHY: Final = "reason.text"
METHOD: Final = "money.method"
DATE: Final = "money.date"
LONGEST: Final = 500
METHODS: Final = ("wire", "ach", "check", "card", "cash", "other")


def first(view: PaymentView | RemittanceView | QuestionView, pressed: Pressed, label: str) -> Block:
    """The form for an event that wants a reason."""
    if isinstance(view, PaymentView):
        said = f"Payment {view.id}, {view.amount}"
    elif isinstance(view, QuestionView):
        said = f"Question {view.id}, {view.line.amount}"
    else:
        said = f"Remittance {view.id}" + (f", {view.total}" if view.total is not None else "")
    blocks = [parts.section(parts.plain(said), "subject")]
    if isinstance(view, PaymentView) and pressed.event == PaymentEvent.RECORD_MONEY:
        blocks += _money(view)
    blocks.append(parts.entry("Why?", _text(), MAIN, hint="Kept with the decision, for everybody who asks later."))
    return parts.modal(label, CALLBACK, blocks, submit=label, memory=Memory(pressed).text())


def _text() -> Element:
    return {"type": "plain_text_input", "action_id": WHY, "multiline": True, "max_length": LONGEST}


def _money(view: PaymentView) -> list[Block]:
    select: Element = {
        "type": "static_select",
        "action_id": METHOD,
        "options": [parts.option(method.upper() if method == "ach" else method.capitalize(), method) for method in METHODS],
    }
    day: Element = {"type": "datepicker", "action_id": DATE, "initial_date": view.received_on.isoformat()}
    return [parts.entry("How did the money come?", select, "method"), parts.entry("When?", day, "date")]


def reason(at: Interaction) -> str:
    """What the person typed."""
    return typed(at.values, MAIN, WHY).strip()


def method(at: Interaction) -> str:
    """How the money came; empty for another event's form."""
    chosen = typed(at.values, "method", METHOD)
    return chosen if chosen in METHODS else ""


def received_on(at: Interaction) -> date | None:
    """When it came, where the form asked for it."""
    text = typed(at.values, "date", DATE)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
