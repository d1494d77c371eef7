"""What a portal says of paying us: a notice becomes an expected payment.

A portal names what it paid and by which payment, not which sum: the notice is taken as a remittance that names our invoices
with their totals, once. What is settled, or on its way to the ledger, announces nothing.
"""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from core.app import take_remittance
from core.app.commands import TakeRemittance
from core.app.outcomes import Done
from core.app.portals.moving import ROBOT
from core.app.services import Services
from core.domain.ids import InvoiceNumber
from core.domain.money import total
from core.domain.portal_orders import CustomerPurchaseOrder, PortalInvoice
from core.domain.portals import ListedCustomer, PortalCustomerId
from core.domain.readings import ReadRemittance
from core.domain.remittance import RemittanceLine
from core.ports.store import UnitOfWork

_WANTED: Final = "portal paid"
_ANNOUNCED: Final = "portal paid announced"


def note_paid(unit: UnitOfWork, listed: ListedCustomer, order: CustomerPurchaseOrder) -> None:
    """Write down, with the order itself, which of its invoices the portal shows paid for the first time."""
    for one in order.invoices:
        if _is_news(unit, listed, one):
            unit.seen.first_time(_WANTED, f"{listed.id}:{one.reference}")


def announce(services: Services, cause: str) -> list[str]:
    """Expected payments for everything that was noted and not announced yet; the ids of the advices."""
    groups: dict[tuple[str, str, str], list[PortalInvoice]] = {}
    with services.store.read() as unit:
        keys = unit.seen.unfinished(_WANTED, _ANNOUNCED, unit.now + timedelta(seconds=1))
        for key in keys:
            customer_id, _, reference = key.partition(":")
            one = unit.portal_orders.invoice(PortalCustomerId(customer_id), reference)
            if one is not None and _is_news(unit, unit.portal_orders.customer(PortalCustomerId(customer_id)), one):
                # Without a payment's number, nobody knows which invoices came together.
                information = one.payment.information.strip() if one.payment is not None else ""
                groups.setdefault((customer_id, information or one.reference, one.total.currency.code), []).append(one)
    taken = []
    for (customer_id, payment, _), invoices in sorted(groups.items()):
        answer = take_remittance.take(services, _notice(services, PortalCustomerId(customer_id), payment, invoices, cause))
        if isinstance(answer, Done):
            taken.append(answer.subject_id)
    with services.store.write() as unit:
        for key in keys:
            unit.seen.first_time(_ANNOUNCED, key)
    return taken


def _is_news(unit: UnitOfWork, listed: ListedCustomer, one: PortalInvoice) -> bool:
    """Paid there, open in our ledger, of this customer, in this currency, nothing of it on its way."""
    if one.payment is None or not one.payment.paid or listed.customer_id is None:
        return False
    number = InvoiceNumber(one.number)
    invoice = unit.ledger.invoice(number)
    if invoice is None or not invoice.open_amount or invoice.customer_id != listed.customer_id:
        return False
    return invoice.amount.currency == one.total.currency and not unit.ledger.all_reserved().get(number)


def _notice(
    services: Services, customer_id: PortalCustomerId, payment: str, invoices: Sequence[PortalInvoice], cause: str
) -> TakeRemittance:
    with services.store.read() as unit:
        listed = unit.portal_orders.customer(customer_id)
        customer = unit.ledger.customer(listed.customer_id) if listed.customer_id is not None else None
    ordered = sorted(invoices, key=lambda one: one.number)
    said = {
        "portal": listed.portal,
        "customer": listed.name,
        "payment": payment,
        "invoices": [[one.number, one.reference, str(one.total)] for one in ordered],
    }
    read = ReadRemittance(
        where="portal",
        lines=tuple(RemittanceLine(one.number, paid=one.total) for one in ordered),
        complete=True,
        payer_name=customer.name if customer is not None else listed.name,
        total=total((one.total for one in ordered), ordered[0].total.currency),
        currency=ordered[0].total.currency.code,
        payment_reference="" if payment == ordered[0].reference else payment,
    )
    return TakeRemittance(
        name=f"{listed.portal} {listed.name}"[:120],
        raw=json.dumps(said, sort_keys=True, ensure_ascii=False).encode(),
        read=read,
        actor=ROBOT,
        subject=f"Paid, says the portal of {listed.name}",
        cause=cause,
    )
