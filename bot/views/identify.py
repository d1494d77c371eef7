"""Identify customer: a search over our customers, with those who may have sent the payment on top."""

from typing import Any, Final

from bot.actions import Pressed
from bot.cards import parts
from bot.cards.parts import Block, Element
from bot.desk import Desk
from bot.payloads import Interaction, typed
from bot.views.memory import Memory, recall
from core.app import choosing
from core.app.masking import masked
from core.domain.ids import CustomerId, PaymentId
from core.domain.parties import Customer

CALLBACK: Final = "form.identify"
PICK: Final = "identify.customer"
MAIN: Final = "customer"
_LONGEST_ID: Final = 75


def first(desk: Desk, pressed: Pressed) -> Block:
    """The form; a customer who is known or stands out is chosen already."""
    with desk.services.store.read() as unit:
        payment = unit.payments.get(PaymentId(pressed.id))
        best = {suggestion.customer_id for suggestion in payment.suggestions if suggestion.rank == 1}
        wanted = payment.customer_id or (next(iter(best)) if len(best) == 1 else None)
        customer = unit.ledger.customer(wanted) if wanted else None
    element: Element = {
        "type": "external_select",
        "action_id": PICK,
        "placeholder": parts.plain("Name or number of the customer", 150),
        "min_query_length": 0,
    }
    if customer is not None and len(customer.id) <= _LONGEST_ID:
        element["initial_option"] = option(customer)
    said = f"{payment.id}: {payment.amount} from “{masked(payment.payer_name) or 'nobody named'}”"
    hint = "Tieout remembers the payer’s name and account for this customer."
    blocks = [parts.section(parts.plain(said), "payment"), parts.entry("Customer", element, MAIN, hint=hint)]
    return parts.modal("Identify customer", CALLBACK, blocks, submit="Identify", memory=Memory(pressed).text())


def option(customer: Customer) -> Element:
    """A customer in the search."""
    return parts.option(f"{customer.name} · {customer.id}", customer.id)


def options(desk: Desk, at: Interaction) -> list[dict[str, Any]]:
    """Answers to a search, for whoever may apply payments."""
    memory = recall(at.memory)
    with desk.services.store.read() as unit:
        payment = unit.payments.get(PaymentId(memory.pressed.id))
        found = choosing.customers(unit, payment, at.value)
    return [option(customer) for customer in found if len(customer.id) <= _LONGEST_ID]


def chosen(at: Interaction) -> CustomerId | None:
    """Whom the person chose."""
    value = typed(at.values, MAIN, PICK)
    return CustomerId(value) if value else None
