"""What customers say in their portals of invoices that they do not pay in full: it explains a later short pay."""

from collections.abc import Iterable

from core.domain.evidence import Finding, FindingKind
from core.domain.ids import InvoiceNumber
from core.domain.portals import DisputedThere
from core.ports.store import UnitOfWork


def disputes_of(unit: UnitOfWork, numbers: Iterable[InvoiceNumber]) -> tuple[DisputedThere, ...]:
    """The customers' own words for not paying these invoices in full."""
    found = []
    for number in numbers:
        for customer_id, one in unit.portal_orders.invoices_numbered(number):
            if one.dispute_reason.strip():
                listed = unit.portal_orders.customer(customer_id)
                found.append(DisputedThere(number, one.dispute_reason.strip(), listed.portal, listed.name))
    return tuple(found)


def dispute_findings(unit: UnitOfWork, numbers: Iterable[InvoiceNumber]) -> tuple[Finding, ...]:
    """As findings of a payment that is short."""
    return tuple(
        Finding(FindingKind.DISPUTED_IN_PORTAL, each.reason, each.invoice_number) for each in disputes_of(unit, numbers)
    )
