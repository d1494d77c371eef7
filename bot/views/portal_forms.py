"""Forms of a submission: which order, which lines of it, the PDF, and why it is dismissed."""

from typing import Any, Final

from bot.actions import Pressed
from bot.cards import parts
from bot.cards.parts import Block, Element
from bot.payloads import Interaction, handed_over, typed
from bot.views.memory import Memory
from core.app.portals.views import CustomerOrderLineView, SubmissionView
from core.app.portals.waiting import OrderItem
from core.domain.errors import Malformed
from core.domain.events import SubmissionEvent as Event
from core.domain.money import Money
from core.domain.portals import OrderRef, PortalCustomerId

CALLBACK: Final = "form.submission"
MAIN: Final = "main"
PICK: Final = "submission.order"
FILE: Final = "submission.file"
WHY: Final = "submission.why"
NOTE: Final = "submission.note"
AMOUNT: Final = "submission.amount"
LINES: Final = 40
LONGEST_NOTE: Final = 500
_VALUE: Final = 75
_ENDINGS: Final = ("pdf", "png", "gif", "jpg", "jpeg", "tiff")


def first(view: SubmissionView, pressed: Pressed, label: str) -> Block:
    """The form of an event."""
    said = f"Invoice {view.invoice_number} to {view.customer}, {view.total}"
    blocks = [parts.section(parts.plain(said), "subject")]
    blocks += {
        Event.CHOOSE_ORDER: _order,
        Event.CHOOSE_LINES: _lines,
        Event.ATTACH_FILE: _file,
    }.get(Event(pressed.event), _why)(view)
    return parts.modal(label, CALLBACK, blocks, submit=label, memory=Memory(pressed).text())


def _order(view: SubmissionView) -> list[Block]:
    element: Element = {
        "type": "external_select",
        "action_id": PICK,
        "min_query_length": 0,
        "placeholder": parts.plain("Number of the order"),
    }
    hint = f"Orders of {parts.safe(view.customer, 80)} that its portal lists and that take invoices."
    return [parts.entry("Purchase order", element, MAIN, hint=hint)]


def _lines(view: SubmissionView) -> list[Block]:
    """An amount for each line of the order; empty lines are not charged."""
    lines = view.order.lines if view.order is not None else ()
    rest = f"Together they have to be {view.total}. Leave a line empty that the invoice does not charge."
    return [
        parts.context(parts.plain(rest), "rest"),
        *(_line(line, place) for place, line in enumerate(lines[:LINES])),
    ]


def _line(line: CustomerOrderLineView, place: int) -> Block:
    element: Element = {"type": "plain_text_input", "action_id": AMOUNT, "max_length": 20}
    if line.charged is not None:
        element["initial_value"] = line.charged.text()
    left = f"{line.left} may still be invoiced" if line.left is not None else f"{line.total} in all"
    label = f"Line {parts.safe(line.number, 20)}: {parts.safe(line.description, 100)}"
    return parts.entry(label, element, _block(place), hint=left, optional=True)


def _block(place: int) -> str:
    return MAIN if place == 0 else f"line{place}"


def _file(_view: SubmissionView) -> list[Block]:
    element: Element = {"type": "file_input", "action_id": FILE, "filetypes": list(_ENDINGS), "max_files": 1}
    return [parts.entry("The invoice as a PDF", element, MAIN, hint="It is uploaded with the draft, as the invoice's picture.")]


def _why(_view: SubmissionView) -> list[Block]:
    element: Element = {"type": "plain_text_input", "action_id": WHY, "multiline": True, "max_length": LONGEST_NOTE}
    return [parts.entry("Why?", element, MAIN, hint="Kept with the decision, for everybody who asks later.")]


def reason(at: Interaction) -> str:
    """What was written."""
    return typed(at.values, MAIN, WHY).strip()


def file(at: Interaction) -> tuple[str, str] | None:
    """Id and name of the file that was chosen."""
    found = handed_over(at.values, MAIN, FILE)
    return found[0] if found else None


def amounts(view: SubmissionView, at: Interaction) -> tuple[tuple[tuple[str, Money], ...], dict[str, str]]:
    """What was typed by line of the order, and what is wrong in it by input."""
    found: list[tuple[str, Money]] = []
    wrong: dict[str, str] = {}
    for place, line in enumerate(view.order.lines[:LINES] if view.order is not None else ()):
        text = typed(at.values, _block(place), AMOUNT).strip()
        if not text:
            continue
        try:
            amount = Money.parse(text, view.total.currency)
        except Malformed as error:
            wrong[_block(place)] = error.sentence
            continue
        found.append((line.number, amount))
    return tuple(found), wrong


def option(item: OrderItem) -> Element | None:
    """An order to choose; None for one whose number is too long to be remembered by a menu."""
    value = f"{item.ref.customer}|{item.ref.number}"
    if len(value) > _VALUE:
        return None
    left = f"{item.balance} of {item.total} left" if item.balance is not None else f"{item.total}"
    return parts.option(item.number, value, f"{item.status_words}, {left}")


def options(items: tuple[OrderItem, ...]) -> list[dict[str, Any]]:
    """All that can be chosen."""
    return [made for item in items if (made := option(item)) is not None]


def order(at: Interaction) -> OrderRef | None:
    """The order that was chosen."""
    customer, between, number = typed(at.values, MAIN, PICK).partition("|")
    return OrderRef(PortalCustomerId(customer), number) if between and number else None
