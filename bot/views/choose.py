"""Choose invoices: search the customer's open documents, money and discount for each, the rest running along.

The form is drawn anew with every change, from what Slack says is typed; values stay where their block ids stay. Long choices
have pages: what was typed on the others is kept in the form's memory.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from bot.actions import Pressed
from bot.cards import parts
from bot.cards.parts import Block, Element
from bot.desk import Desk
from bot.payloads import Interaction, picked, typed
from bot.views.memory import Memory, recall
from core.app import choosing
from core.app.choosing import OpenDocument, Share
from core.app.telling import day
from core.domain.errors import Malformed
from core.domain.ids import InvoiceNumber, PaymentId
from core.domain.money import Money, total
from core.domain.payments import Application, DraftPayment
from core.domain.receivables import DocumentKind
from core.ports.store import UnitOfWork

CALLBACK: Final = "form.apply"
PICK: Final = "choose.pick"
AMOUNT: Final = "choose.amount"
DISCOUNT: Final = "choose.discount"
TURN: Final = "choose.turn"
PER_PAGE: Final = 20
MOST: Final = 100
_VALUE: Final = 70
MAIN: Final = "pick"


@dataclass(frozen=True, slots=True)
class Form:
    """The form as it is: the payment, what is chosen in which order, the shares, and what cannot be read as an amount."""

    payment: DraftPayment
    pressed: Pressed
    chosen: tuple[OpenDocument, ...]
    shares: dict[InvoiceNumber, Share]
    broken: dict[str, str]
    page: int
    gone: tuple[str, ...] = ()

    @property
    def left(self) -> Money:
        """What would stay unapplied."""
        return self.payment.amount - total((share.applied for share in self.shares.values()), self.payment.amount.currency)


def first(desk: Desk, pressed: Pressed) -> Block:
    """The form when it opens: what is applied or suggested is chosen already."""
    with desk.services.store.read() as unit:
        payment = unit.payments.get(PaymentId(pressed.id))
        given = choosing.preset(payment)
        known = choosing.documents(unit, payment, list(given))
    chosen = tuple(known.values())[:MOST]
    return draw(Form(payment, pressed, chosen, choosing.proposed(payment, chosen, given), {}, 0))


def changed(desk: Desk, at: Interaction, *, turn: int = 0) -> Form:
    """The form after a change, read from what Slack says is chosen and typed; `turn` goes that many pages on."""
    memory = recall(at.memory)
    with desk.services.store.read() as unit:
        payment = unit.payments.get(PaymentId(memory.pressed.id))
        numbers = _numbers(unit, payment, picked(at.values, MAIN, PICK))
        known = choosing.documents(unit, payment, numbers)
    chosen = tuple(known.values())[:MOST]
    given, broken = _given(payment, chosen, memory, at)
    pages = max(1, -(-len(chosen) // PER_PAGE))
    # What cannot be read would be forgotten on another page.
    page = int(memory.kept.get("page", 0)) + (0 if broken else turn)
    gone = tuple(number for number in numbers if number not in known)
    shares = choosing.proposed(payment, chosen, given)
    return Form(payment, memory.pressed, chosen, shares, broken, max(0, min(page, pages - 1)), gone)


def _numbers(unit: UnitOfWork, payment: DraftPayment, values: Sequence[str]) -> list[InvoiceNumber]:
    """The documents behind the values of options."""
    if not any(value.startswith("#") for value in values):
        return [InvoiceNumber(value) for value in values]
    behind = {value_of(each.number): each.number for each in choosing.open_documents(unit, payment, limit=10_000)}
    return [behind.get(value, InvoiceNumber(value)) for value in values]


def _given(
    payment: DraftPayment, chosen: Sequence[OpenDocument], memory: Memory, at: Interaction
) -> tuple[dict[InvoiceNumber, Share], dict[str, str]]:
    """What people typed: on this page as Slack says, on others as remembered."""
    unit = payment.amount.currency
    given: dict[InvoiceNumber, Share] = {}
    broken: dict[str, str] = {}
    kept = memory.kept.get("set", {})
    for document in chosen:
        block, discount_block = _block("amount", document.number), _block("discount", document.number)
        if block in at.values:
            amount = _money(typed(at.values, block, AMOUNT), payment, block, broken)
            discount = _money(typed(at.values, discount_block, DISCOUNT) or "0", payment, discount_block, broken)
            given[document.number] = Share(amount, discount)
        elif document.number in kept:
            applied, less = kept[document.number]
            given[document.number] = Share(Money(int(applied), unit), Money(int(less), unit))
    return given, broken


def _money(text: str, payment: DraftPayment, block: str, broken: dict[str, str]) -> Money:
    try:
        return Money.parse(text.replace("−", "-"), payment.amount.currency)
    except Malformed as error:
        broken[block] = error.sentence if text else "Please write an amount."
        return Money.zero(payment.amount.currency)


def draw(form: Form) -> Block:
    """The view of the form."""
    start = form.page * PER_PAGE
    shown = form.chosen[start : start + PER_PAGE]
    blocks = [parts.section(parts.plain(_headline(form.payment)), "payment"), _picker(form)]
    for document in shown:
        blocks += _inputs(document, form.shares[document.number])
    if len(form.chosen) > PER_PAGE:
        blocks += _pager(form)
    blocks.append(_rest(form))
    kept = {document.number: _minor(form.shares[document.number]) for document in form.chosen} if _paged(form) else {}
    memory = Memory(form.pressed, {"page": form.page, "set": kept} if _paged(form) else {})
    return parts.modal("Choose invoices", CALLBACK, blocks, submit="Apply", memory=memory.text())


def _paged(form: Form) -> bool:
    return len(form.chosen) > PER_PAGE


def _minor(share: Share) -> list[int]:
    return [share.applied.minor, share.discount.minor]


def _headline(payment: DraftPayment) -> str:
    return f"{payment.id}: {payment.amount}, received {day(payment.received_on)}"


def _picker(form: Form) -> Block:
    element: Element = {
        "type": "multi_external_select",
        "action_id": PICK,
        "placeholder": parts.plain("Number, order or amount", 150),
        "min_query_length": 0,
        "max_selected_items": MOST,
    }
    if form.chosen:
        element["initial_options"] = [option(document, form.payment) for document in form.chosen]
    return parts.entry("Documents", element, MAIN, optional=True, live=True, hint="Type to search; choose as many as it pays.")


def option(document: OpenDocument, payment: DraftPayment) -> Element:
    """A document in the search: number first, then the numbers that decide."""
    said = [document.number, f"{document.open} open"]
    if document.kind is DocumentKind.CREDIT_MEMO:
        said.insert(1, "credit memo")
    if document.due is not None:
        said.append(f"due {day(document.due)}")
    if document.customer_id != payment.customer_id:
        said.append(document.customer)
    return parts.option(" · ".join(said), value_of(document.number))


def value_of(number: InvoiceNumber) -> str:
    """The number itself; of an overlong one its digest, which still leads back to it."""
    return number if len(number) <= _VALUE else "#" + hashlib.sha256(number.encode()).hexdigest()[:32]


def _block(what: str, number: InvoiceNumber) -> str:
    return f"{what}:{hashlib.sha256(number.encode()).hexdigest()[:20]}"


def _inputs(document: OpenDocument, share: Share) -> list[Block]:
    about = f"{document.number} · open {document.open}" + (f" · due {day(document.due)}" if document.due else "")
    hint = "A credit memo is applied with a minus." if document.sign < 0 else ""
    less = f"{document.number} · discount" + (f", up to {document.discount} by the terms" if document.discount else "")
    return [
        parts.entry(about, _input(AMOUNT, share.applied), _block("amount", document.number), hint=hint, live=True),
        parts.entry(less, _input(DISCOUNT, share.discount), _block("discount", document.number), optional=True, live=True),
    ]


def _input(action_id: str, value: Money) -> Element:
    return {
        "type": "plain_text_input",
        "action_id": action_id,
        "initial_value": value.text(),
        "max_length": 30,
        "dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]},
    }


def _pager(form: Form) -> list[Block]:
    pages = -(-len(form.chosen) // PER_PAGE)
    buttons = []
    if form.page > 0:
        buttons.append(parts.button("Previous page", f"{TURN}.back", "-1", "Previous page of documents"))
    if form.page < pages - 1:
        buttons.append(parts.button("Next page", f"{TURN}.on", "1", "Next page of documents"))
    said = f"Page {form.page + 1} of {pages}; {len(form.chosen)} documents chosen."
    return [parts.context(parts.plain(said), "pages"), parts.actions(buttons, f"turn{form.page}")]


def _rest(form: Form) -> Block:
    if form.broken:
        return parts.section(parts.plain("One of the amounts cannot be read."), "rest")
    if form.gone:
        return parts.section(parts.plain(_gone(form)), "rest")
    applied = form.payment.amount - form.left
    if form.left.minor < 0:
        return parts.section(parts.plain(f"Chosen {applied}: that is {-form.left} more than the payment."), "rest")
    said = f"Chosen {applied} of {form.payment.amount}. "
    said += f"{form.left} stays unapplied." if form.left else "Nothing stays unapplied."
    return parts.section(parts.plain(said), "rest")


def _gone(form: Form) -> str:
    return f"Nothing is open any more on {', '.join(form.gone[:3])}; please choose again."


def errors(form: Form) -> dict[str, str]:
    """What is wrong with the form itself, by block; empty when the core can be asked."""
    if form.gone:
        # Leaving out in silence what the person chose would apply something else than they see.
        return {MAIN: parts.safe(_gone(form), 300)}
    if not form.chosen:
        return {MAIN: "Please choose at least one document."}
    return dict(form.broken)


def applications(form: Form) -> tuple[Application, ...]:
    """What the person wants applied."""
    zero = Money.zero(form.payment.amount.currency)
    shares = [(document, form.shares[document.number]) for document in form.chosen]
    return tuple(
        Application(document.number, document.customer_id, share.applied, share.discount, zero) for document, share in shares
    )


def options(desk: Desk, at: Interaction) -> list[dict[str, Any]]:
    """Answers to a search, for whoever may apply payments."""
    memory = recall(at.memory)
    with desk.services.store.read() as unit:
        payment = unit.payments.get(PaymentId(memory.pressed.id))
        found = choosing.open_documents(unit, payment, at.value)
    return [option(document, payment) for document in found]
