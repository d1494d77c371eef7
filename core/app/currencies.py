"""In which currency is an advice that does not say, or says it with a sign that several currencies share?

Answered only by what is certain: the documents it names are all in one currency, or else the customer is billed in one. What
stays open is a question for a person; nothing is assumed.
"""

from core.domain.errors import CurrencyDiffers, Malformed
from core.domain.ids import CustomerId, InvoiceNumber
from core.domain.money import currency
from core.domain.readings import ReadRemittance, restated
from core.ports.store import UnitOfWork


def in_its_currency(unit: UnitOfWork, read: ReadRemittance, customer_id: CustomerId | None) -> ReadRemittance | None:
    """The advice with its currency; None when nobody can know it."""
    if read.currency and read.currency_sure:
        return read
    codes = _of_documents(unit, read) or _of_customer(unit, customer_id)
    if len(codes) != 1:
        return read if read.currency else None
    try:
        return restated(read, currency(next(iter(codes))))
    except (CurrencyDiffers, Malformed):
        return read if read.currency else None


def _of_documents(unit: UnitOfWork, read: ReadRemittance) -> set[str]:
    named = (unit.ledger.invoice(InvoiceNumber(line.reference)) for line in read.lines)
    return {document.amount.currency.code for document in named if document is not None}


def _of_customer(unit: UnitOfWork, customer_id: CustomerId | None) -> set[str]:
    if customer_id is None:
        return set()
    billed = {document.amount.currency.code for document in unit.ledger.open_documents(customer_id)}
    if billed:
        return billed
    customer = unit.ledger.customer(customer_id)
    return {customer.currency} if customer is not None and customer.currency else set()
