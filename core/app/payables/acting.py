"""What every story of an act on a supplier invoice begins and ends with; the rules are those of `core.app.acting`."""

from core.app import acting
from core.app.acting import Asked, Present
from core.app.outcomes import Outcome, Refusal
from core.app.payables.moving import subject_of
from core.decide.machine import Denied
from core.domain.events import AuditName
from core.domain.supplier_bills import SupplierBill
from core.ports.store import UnitOfWork


def stale(unit: UnitOfWork, bill: SupplierBill, asked: Asked, wanted: AuditName) -> Outcome | None:
    """None where the person looked at the present version; else what happened meanwhile, and the card is drawn again."""
    return acting.stale(unit, _present(bill), asked, wanted)


def refused(unit: UnitOfWork, bill: SupplierBill, asked: Asked, denied: Denied) -> Refusal:
    """Refusals for want of permission are written down; a slip of the finger is not."""
    return acting.refused(unit, _present(bill), asked, AuditName.SUPPLIER_INVOICE_ACTION_REFUSED, denied)


def _present(bill: SupplierBill) -> Present:
    return Present(subject_of(bill), bill.version, bill.state)
