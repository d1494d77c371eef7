"""Do the applications of a payment add up, and is there room for them on the documents? Exact, to the smallest unit.

Conventions: money applied plus unapplied is the payment; a discount comes on top of the money; a credit memo is applied as
negative money; nothing is applied beyond what is open after other drafts took their part.
"""

from collections.abc import Mapping, Sequence

from core.domain.ids import InvoiceNumber
from core.domain.money import Money, total
from core.domain.payments import Application
from core.domain.receivables import CustomerInvoice


def sums_denial(amount: Money, applications: Sequence[Application]) -> str:
    """Why the applications cannot be right in themselves; empty when they can."""
    numbers = [application.invoice_number for application in applications]
    twice = next((number for number in numbers if numbers.count(number) > 1), None)
    if twice is not None:
        return f"{twice} is named twice."
    for application in applications:
        parts = (application.applied, application.discount, application.write_off)
        if any(part.currency != amount.currency for part in parts):
            return f"{application.invoice_number} is not in {amount.currency.code}; record the exchange in the ledger first."
        if application.discount.minor < 0 or application.write_off.minor < 0:
            return f"A discount or write-off on {application.invoice_number} cannot be negative."
        if not application.settles:
            return f"Nothing is applied to {application.invoice_number}."
    applied = total((application.applied for application in applications), amount.currency)
    if applied > amount:
        return f"{applied} would be applied, but the payment is {amount}."
    if applied.minor < 0:
        return "More credit than invoices is applied; a payment cannot be left larger than it is."
    return ""


def balances_denial(
    applications: Sequence[Application],
    documents: Mapping[InvoiceNumber, CustomerInvoice],
    reserved: Mapping[InvoiceNumber, int],
) -> str:
    """Why a document cannot take its part; empty when all can. `reserved` is what other drafts settle, in minor units."""
    for application in applications:
        document = documents.get(application.invoice_number)
        if document is None:
            return f"{application.invoice_number} is not among our open documents."
        if document.amount.currency != application.applied.currency:
            return (
                f"{document.number} is in {document.amount.currency.code}, the payment in {application.applied.currency.code}."
            )
        if application.applied.minor * document.sign < 0:
            kind = "an invoice" if document.sign > 0 else "a credit memo"
            return f"{document.number} is {kind}; its amount has the wrong sign."
        left = Money(document.open_amount.minor - reserved.get(document.number, 0), document.amount.currency)
        if application.settles > left:
            held = " (another draft payment holds the rest)" if reserved.get(document.number) else ""
            return f"{document.number} has {left} open{held}; {application.settles} would be settled on it."
    return ""
