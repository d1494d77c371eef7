"""What every story of a person's act on a supplier invoice begins and ends with: who it is, which version, and refusals."""

from core.app import asking
from core.app.meanwhile import moved_on
from core.app.outcomes import Outcome, Refusal
from core.app.payables.moving import subject_of
from core.decide.machine import Denied
from core.decide.permissions import entitle
from core.domain.actors import Actor, ActorKind, Entitled
from core.domain.events import AuditName
from core.domain.ids import PersonId
from core.domain.keeping import AuditEntry
from core.domain.supplier_bills import SupplierBill
from core.ports.store import UnitOfWork

STRANGER = Denied("not_permitted", "Tieout does not know you yet. An administrator can add you with “tieout people add”.")


def entitled(unit: UnitOfWork, actor: Actor, bill: SupplierBill) -> Entitled:
    """What the actor may do for the legal entity of this invoice, looked up now."""
    person = unit.people.get(PersonId(actor.id)) if actor.kind is ActorKind.PERSON else None
    return entitle(actor, person, bill.entity)


def stale(unit: UnitOfWork, bill: SupplierBill, asked: tuple[int, Actor, str], wanted: AuditName) -> Outcome | None:
    """None where the person looked at the present version; else what happened meanwhile, and the card is drawn again."""
    version, actor, cause = asked
    if version == bill.version:
        return None
    subject = subject_of(bill)
    asking.refresh(unit, subject, f"{cause or actor.id}:v{bill.version}")
    return moved_on(unit, subject, wanted, (version, actor.id), bill.state)


def refused(unit: UnitOfWork, bill: SupplierBill, actor: Actor, event: str, denied: Denied, cause: str) -> Refusal:
    """Refusals for want of permission are written down; a slip of the finger is not."""
    if denied.code == "not_permitted":
        unit.audit.append(
            AuditEntry(
                name=AuditName.SUPPLIER_INVOICE_ACTION_REFUSED,
                subject=subject_of(bill),
                actor=actor,
                version_before=bill.version,
                version_after=bill.version,
                facts={"event": event, "code": denied.code},
                cause=cause,
            )
        )
    return Refusal(denied.code, denied.sentence)
