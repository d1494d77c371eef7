"""What a person may choose from: open documents for a payment, customers who may have sent it.

Amounts are proposed in the order of choice: each document gets what is open on it less the discount of the terms, as far as the
money goes. The person may change every number; the story checks all of them again.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from core.domain.ids import CustomerId, InvoiceNumber
from core.domain.money import Money
from core.domain.parties import Customer
from core.domain.payments import DraftPayment
from core.domain.receivables import CustomerInvoice, DocumentKind
from core.ports.store import UnitOfWork

MOST: Final = 100
_SHORTEST_WORD: Final = 3


@dataclass(frozen=True, slots=True)
class OpenDocument:
    """A document with what is left on it after other drafts, and the discount that the terms allow for this payment's date."""

    number: InvoiceNumber
    customer_id: CustomerId
    customer: str
    kind: DocumentKind
    open: Money
    due: date | None
    discount: Money
    order: str

    @property
    def sign(self) -> int:
        """+1 for an invoice, -1 for a credit memo: the sign of money applied to it."""
        return 1 if self.kind is DocumentKind.INVOICE else -1


def open_documents(unit: UnitOfWork, payment: DraftPayment, text: str = "", limit: int = MOST) -> list[OpenDocument]:
    """Documents in the payment's currency that it may settle: those of its customer and their group, or of the candidates.

    `text` is part of a number, an order or an amount. Documents that the payment would settle exactly come first.
    """
    found = [document for owner in _owners(unit, payment) for document in unit.ledger.open_documents(owner)]
    named = unit.ledger.invoice(InvoiceNumber(text.strip())) if text.strip() else None
    if named is not None and payment.customer_id is None and named not in found and named.open_amount:
        found.append(named)
    offered = _offered(unit, payment, found)
    wanted = [document for document in offered if _fits(document, text)]
    wanted.sort(key=lambda document: (document.open - document.discount) != payment.amount)
    return wanted[:limit]


def documents(unit: UnitOfWork, payment: DraftPayment, numbers: Collection[InvoiceNumber]) -> dict[InvoiceNumber, OpenDocument]:
    """The named documents as far as the payment may settle them, in the order named."""
    owners = set(_owners(unit, payment))
    known = [document for number in numbers if (document := unit.ledger.invoice(number)) is not None]
    allowed = [document for document in known if document.customer_id in owners or payment.customer_id is None]
    return {document.number: document for document in _offered(unit, payment, allowed)}


def _offered(unit: UnitOfWork, payment: DraftPayment, found: Sequence[CustomerInvoice]) -> list[OpenDocument]:
    same = [document for document in found if document.amount.currency == payment.amount.currency]
    reserved = unit.ledger.reserved([document.number for document in same], except_payment=payment.id) if same else {}
    names: dict[CustomerId, str] = {}
    offered = []
    for document in same:
        left = document.open_amount.minor - reserved.get(document.number, 0)
        if left <= 0:
            continue
        if document.customer_id not in names:
            customer = unit.ledger.customer(document.customer_id)
            names[document.customer_id] = customer.name if customer else document.customer_id
        offered.append(_open(document, Money(left, document.amount.currency), names[document.customer_id], payment.received_on))
    return offered


def _open(document: CustomerInvoice, left: Money, customer: str, paid_on: date) -> OpenDocument:
    return OpenDocument(
        number=document.number,
        customer_id=document.customer_id,
        customer=customer,
        kind=document.kind,
        open=left,
        due=document.due_date,
        discount=min(left, document.discount_on(paid_on)),
        order=document.po_number,
    )


def _owners(unit: UnitOfWork, payment: DraftPayment) -> list[CustomerId]:
    """The payment's customer and the companies of the same group; without a customer, those of the suggestions."""
    if payment.customer_id is None:
        return list(dict.fromkeys(suggestion.customer_id for suggestion in payment.suggestions))
    own = unit.ledger.customer(payment.customer_id)
    head = own.parent_id or own.id if own is not None else payment.customer_id
    group = [customer.id for customer in unit.ledger.customers() if head in {customer.id, customer.parent_id}]
    return list(dict.fromkeys([payment.customer_id, *group]))


def _fits(document: OpenDocument, text: str) -> bool:
    wanted = text.strip().casefold()
    amounts = (str(document.open).casefold(), document.open.text())
    words = (document.number, document.order, document.customer)
    return not wanted or any(wanted in word.casefold() for word in words) or any(each.startswith(wanted) for each in amounts)


@dataclass(frozen=True, slots=True)
class Share:
    """Money and discount for one document."""

    applied: Money
    discount: Money


def proposed(
    payment: DraftPayment, chosen: Sequence[OpenDocument], given: Mapping[InvoiceNumber, Share]
) -> dict[InvoiceNumber, Share]:
    """Shares in the order of choice: what was given stays, the others get what is open as far as the money goes."""
    rest = payment.amount
    for number in (document.number for document in chosen if document.number in given):
        rest -= given[number].applied
    shares: dict[InvoiceNumber, Share] = {}
    for document in chosen:
        share = given.get(document.number)
        if share is None:
            share = _share(document, rest)
            rest -= share.applied
        shares[document.number] = share
    return shares


def _share(document: OpenDocument, rest: Money) -> Share:
    zero = Money.zero(rest.currency)
    if document.kind is DocumentKind.CREDIT_MEMO:
        return Share(-document.open, zero)
    asked = document.open - document.discount
    if asked <= rest or rest.minor <= 0:
        return Share(asked, document.discount)
    # A part payment earns no discount.
    return Share(min(rest, document.open), zero)


def preset(payment: DraftPayment) -> dict[InvoiceNumber, Share]:
    """What the form starts with: what is applied, else the one best suggestion."""
    if payment.applications:
        return {each.invoice_number: Share(each.applied, each.discount) for each in payment.applications}
    best = [suggestion for suggestion in payment.suggestions if suggestion.rank == 1]
    if len(best) != 1:
        return {}
    return {item.invoice_number: Share(item.applied, item.discount) for item in best[0].applications}


def customers(unit: UnitOfWork, payment: DraftPayment, text: str = "", limit: int = MOST) -> list[Customer]:
    """Customers for a typed text; without one, those who may have sent this payment, then everybody by name."""
    if text.strip():
        return list(unit.ledger.search_customers(text.strip(), limit))
    likely = [customer_id for suggestion in payment.suggestions if (customer_id := suggestion.customer_id)]
    likely += [advice.customer_id for advice in unit.remittances.of_payment(payment.id) if advice.customer_id]
    found = [customer for each in dict.fromkeys(likely) if (customer := unit.ledger.customer(each)) is not None]
    for word in payment.payer_name.split():
        if len(word) >= _SHORTEST_WORD and len(found) < limit:
            found += unit.ledger.search_customers(word, 10)
    found += unit.ledger.search_customers("", limit)
    return list({customer.id: customer for customer in found}.values())[:limit]
