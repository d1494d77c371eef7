"""Which payments may a remittance be linked to, or a return have taken back?

A remittance belongs to a payment whose money is here and which is not posted, in its currency.

Payments of exactly its amount come first, among them those of its customer; nobody is chosen, because two that fit equally are
the reason why a person looks.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from core.app.act_on_remittance import TAKERS
from core.app.masking import ending, masked
from core.app.take_returns import MAY_BE_RETURNED, candidates
from core.app.wording import STATE_WORDS
from core.domain.errors import Malformed
from core.domain.ids import PaymentId
from core.domain.money import Currency, Money
from core.domain.payments import BankLine, DraftPayment
from core.domain.remittance import RemittanceAdvice
from core.ports.store import UnitOfWork

MOST: Final = 50


@dataclass(frozen=True, slots=True)
class PaymentChoice:
    """A payment that may be meant. `exact` says that its amount is that of the remittance; account numbers are masked."""

    id: PaymentId
    amount: Money
    received_on: date
    who: str
    account: str
    text: str
    state_words: str
    exact: bool


def payments_for(unit: UnitOfWork, advice: RemittanceAdvice, text: str = "", limit: int = MOST) -> list[PaymentChoice]:
    """Payments to choose from; `text` is part of a number, a payer, a reference or a customer, or an amount."""
    if advice.total is None:
        return []
    found = list(unit.payments.nearest(advice.total, TAKERS, limit))
    if text.strip():
        amount = _amount(text, advice.total.currency)
        same = unit.payments.nearest(amount, TAKERS, limit) if amount is not None else ()
        named = unit.payments.search(text.strip(), limit, TAKERS)
        found = [payment for payment in same if payment.amount == amount] + list(named)
        found = [payment for payment in found if payment.amount.currency == advice.total.currency]
    unique = list({payment.id: payment for payment in found}.values())
    unique.sort(key=lambda payment: (payment.amount != advice.total, payment.customer_id != advice.customer_id))
    return [choice_of(unit, payment, exact=payment.amount == advice.total) for payment in unique[:limit]]


def returned_for(unit: UnitOfWork, line: BankLine, text: str = "", limit: int = MOST) -> list[PaymentChoice]:
    """Payments that a returned line may have taken back: those of its amount, or what `text` finds in its currency."""
    found = list(candidates(unit, line))
    if text.strip():
        named = unit.payments.search(text.strip(), limit, MAY_BE_RETURNED)
        found = [payment for payment in named if payment.amount.currency == line.amount.currency]
    found.sort(key=lambda payment: payment.amount != line.amount)
    return [choice_of(unit, payment, exact=payment.amount == line.amount) for payment in found[:limit]]


def _amount(text: str, of: Currency) -> Money | None:
    try:
        return Money.parse(text.strip(), of)
    except Malformed:
        return None


def choice_of(unit: UnitOfWork, payment: DraftPayment, *, exact: bool) -> PaymentChoice:
    """A payment with what tells it from others."""
    customer = unit.ledger.customer(payment.customer_id) if payment.customer_id else None
    return PaymentChoice(
        id=payment.id,
        amount=payment.amount,
        received_on=payment.received_on,
        who=customer.name if customer else masked(payment.payer_name) or "Unknown payer",
        account=ending(payment.payer_account),
        text=masked(" ".join(each for each in (payment.reference, payment.text) if each)),
        state_words=STATE_WORDS[payment.state],
        exact=exact,
    )
