"""Lines that wait long for their receipt: told to people in time, once for each line and reason."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from core.app import asking
from core.app.payables import policies
from core.app.services import Services
from core.domain.actors import Actor, ActorKind, Role, Surface
from core.domain.events import AuditName
from core.domain.ids import PersonId
from core.domain.keeping import AuditEntry, Subject, SubjectKind
from core.domain.supplier_bills import BillLine, SupplierBill
from core.domain.versioned import PayablesPolicy
from core.domain.workflows import LineResolution
from core.domain.workflows import SupplierInvoiceState as State
from core.ports.store import UnitOfWork

_CALLED: Final = 5
_CLOCK: Final = Actor(ActorKind.SYSTEM, "clock", "Tieout", Surface.CLOCK)
_WAITING: Final = (
    State.NEEDS_REVIEW,
    State.NEEDS_APPROVERS,
    State.READY_FOR_APPROVAL,
    State.AWAITING_APPROVAL,
    State.ON_HOLD,
    State.REJECTED,
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A line that waits for its receipt, for how many days, and the last day of the early-payment discount."""

    bill: SupplierBill
    line: BillLine
    days: int
    discount_until: date | None


def waiting_lines(unit: UnitOfWork) -> Iterator[Waiting]:
    """All lines that wait for a receipt, by invoice."""
    after = None
    while page := unit.bills.in_states(_WAITING, after=after):
        for bill in page:
            for line in bill.lines:
                if line.resolution is LineResolution.AWAITING_RECEIPT and line.decision is not None:
                    yield Waiting(bill, line, (unit.now - line.decision.at).days, bill.header.discount_until)
        after = page[-1].id


def escalate(services: Services) -> int:
    """Tell of every line that waits too long, or whose invoice is about to lose its discount; how many were told of now."""
    with services.store.read() as unit:
        policy = policies.payables(unit)
        due = [(each, why) for each in waiting_lines(unit) for why in _reasons(each, policy, unit.now.date())]
    told = 0
    for each, why in due:
        with services.store.write() as unit:
            told += _tell(unit, each, why)
    return told


def _reasons(waiting: Waiting, policy: PayablesPolicy, today: date) -> Iterator[str]:
    if waiting.days >= policy.escalate_after_days:
        yield "long"
    last = waiting.discount_until
    if last is not None and today <= last <= today + timedelta(days=policy.discount_warning_days):
        yield "discount"


def _tell(unit: UnitOfWork, waiting: Waiting, why: str) -> bool:
    decision = waiting.line.decision
    assert decision is not None  # noqa: S101  A line that waits was told to.
    key = f"{waiting.bill.id}:{waiting.line.line}:{decision.at.isoformat()}:{why}"
    if not unit.seen.first_time("waits_long", key):
        return False
    head = waiting.bill.header
    facts: dict[str, object] = {
        "kind": "waits_long",
        "why": why,
        "bill": waiting.bill.id,
        "line": waiting.line.line,
        "number": head.number,
        "supplier": head.supplier_name,
        "days": waiting.days,
        "by": decision.by_name,
        "people": [decision.by, *_requesters(unit, waiting.bill)],
        "discount": str(head.discount or ""),
        "discount_until": head.discount_until.isoformat() if head.discount_until else "",
    }
    subject = Subject(SubjectKind.SUPPLIER_INVOICE, waiting.bill.id)
    version = waiting.bill.version
    unit.audit.append(
        AuditEntry(AuditName.LINE_WAITS_LONG, subject, _CLOCK, version_before=version, version_after=version, facts=facts)
    )
    asking.alert(unit, key, facts)
    # The card marks it from now on.
    asking.refresh(unit, subject, f"waits_long:{key}")
    return True


def _requesters(unit: UnitOfWork, bill: SupplierBill) -> list[PersonId]:
    """Those whose one task is to say what arrived, of the invoice's legal entity."""
    fit = [person for person in unit.people.everybody() if person.active and Role.REQUESTER in person.roles]
    return [person.id for person in fit if not person.entities or bill.entity in person.entities][:_CALLED]
