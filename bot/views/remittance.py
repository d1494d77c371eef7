"""Type in a remittance that no reader could read: the total, and a line for each document."""

from dataclasses import dataclass
from typing import Final

from bot.actions import Pressed
from bot.cards import parts
from bot.cards.parts import Block, Element
from bot.payloads import Interaction, typed
from bot.views.memory import Memory
from core.app.showing import RemittanceView
from core.domain.errors import Malformed
from core.domain.money import NO_CURRENCY, Currency, Money, currency
from core.domain.remittance import RemittanceLine

CALLBACK: Final = "form.typed_in"
MAIN: Final = "lines"
LINES: Final = "typed_in.lines"
TOTAL: Final = "typed_in.total"
CURRENCY: Final = "typed_in.currency"
_LONGEST: Final = 3000


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed, as records; `errors` by block where it cannot be."""

    lines: tuple[RemittanceLine, ...]
    total: Money | None
    errors: dict[str, str]


def first(view: RemittanceView, pressed: Pressed, usual: str) -> Block:
    """The form, filled with what could be read; `usual` is the currency where none is known."""
    known = view.total.currency.code if view.total is not None and view.total.currency.code != NO_CURRENCY else usual
    text: Element = {"type": "plain_text_input", "action_id": LINES, "multiline": True, "max_length": _LONGEST}
    said = "\n".join(f"{line.reference} {line.paid.text() if line.paid else ''}".strip() for line in view.lines)
    if said and len(said) <= _LONGEST:
        text["initial_value"] = said
    total: Element = {"type": "plain_text_input", "action_id": TOTAL, "max_length": 30}
    if view.total is not None:
        total["initial_value"] = view.total.text()
    code: Element = {"type": "plain_text_input", "action_id": CURRENCY, "initial_value": known, "max_length": 3}
    blocks = [parts.section(parts.plain(view.why or "What does the remittance say?", 600), "why")]
    if view.subject or view.sender:
        blocks.append(parts.context(parts.plain(f"{view.subject} · {view.sender}", 300), "source"))
    blocks += [
        parts.entry("Total paid", total, "total"),
        parts.entry("Currency", code, "currency"),
        parts.entry("Documents", text, MAIN, hint="One a line: the number, then what is paid. “INV-1001 250.00”"),
    ]
    return parts.modal("Type it in", CALLBACK, blocks, submit="Save", memory=Memory(pressed).text())


def read(at: Interaction) -> Typed:
    """The form's content, or what is wrong with it."""
    try:
        unit = currency(typed(at.values, "currency", CURRENCY).strip().upper())
    except Malformed as error:
        return Typed((), None, {"currency": error.sentence})
    try:
        total = Money.parse(typed(at.values, "total", TOTAL), unit)
    except Malformed as error:
        return Typed((), None, {"total": error.sentence})
    lines = []
    for number, text in enumerate(typed(at.values, MAIN, LINES).splitlines(), 1):
        if text.strip():
            line = _line(text.strip(), unit)
            if isinstance(line, str):
                return Typed((), total, {MAIN: f"Line {number}: {line}"})
            lines.append(line)
    return Typed(tuple(lines), total, {} if lines else {MAIN: "Please type at least one line."})


def _line(text: str, unit: Currency) -> RemittanceLine | str:
    """`INV-1001 250.00`: the last word is what is paid; a sentence where it is none."""
    reference, _, amount = text.replace("\t", " ").replace("=", " ").rstrip().rpartition(" ")
    if not reference.strip():
        return f"“{text[:40]}” is no number followed by an amount."
    try:
        return RemittanceLine(reference.strip(), Money.parse(amount, unit))
    except Malformed as error:
        return error.sentence
