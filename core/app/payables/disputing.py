"""Disputes as records: opened with their line, moved by their table, written down, withdrawn when the line is decided anew."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from core.app import asking
from core.app.moving import Because
from core.decide import dispute as table
from core.decide.dispute import DisputeFacts
from core.decide.machine import Denied, Moved, decide
from core.domain.actors import Actor, ActorKind, Entitled, Surface
from core.domain.disputes import Dispute
from core.domain.events import AuditName, DisputeEvent
from core.domain.ids import PersonId
from core.domain.keeping import AuditEntry, Subject, SubjectKind
from core.domain.supplier_bills import SupplierBill
from core.domain.workflows import DisputeState
from core.ports.store import UnitOfWork

DisputeMove = Moved[DisputeState, DisputeEvent, DisputeFacts]
_RULE = Entitled(Actor(ActorKind.AUTOMATION, "comparing", "Tieout", Surface.CLOCK), frozenset())


def open_dispute(unit: UnitOfWork, bill: SupplierBill, line: str, because: Because) -> Dispute:
    """A new dispute about a line, with the reason that the person typed."""
    dispute = Dispute(
        id=unit.disputes.next_id(),
        version=1,
        state=DisputeState.OPEN,
        bill_id=bill.id,
        line=line,
        reason=because.reason,
        opened_by=PersonId(because.actor.id),
        opened_at=unit.now,
        entity=bill.entity,
    )
    unit.disputes.add(dispute)
    write_down(unit, AuditName.DISPUTE_OPENED, None, dispute, because)
    return dispute


def attempt(present: Dispute, event: DisputeEvent, facts: DisputeFacts) -> DisputeMove | Denied:
    """Ask the table; nothing is stored."""
    return decide(table.TABLE, present.state, event, facts)


def store(
    unit: UnitOfWork,
    present: Dispute,
    proposed: Dispute,
    move: DisputeMove,
    because: Because,
    facts: Mapping[str, object] | None = None,
) -> Dispute:
    """Store a move of a dispute with its audit event; the invoice's card, where it is shown, is drawn anew."""
    moved = replace(proposed, state=move.to, version=present.version + 1)
    unit.disputes.save(moved, present.version)
    write_down(unit, table.SPECS[move.row.event].past, present, moved, because, facts)
    return moved


def withdraw_disputes(unit: UnitOfWork, bill: SupplierBill, lines: Sequence[str], because: Because) -> None:
    """The live disputes of these lines are withdrawn, because the lines were decided anew (or are gone)."""
    for dispute in unit.disputes.of_bill(bill.id):
        if dispute.line not in lines or not dispute.live:
            continue
        present = unit.disputes.get(dispute.id)
        # Who may recall the line may withdraw its dispute: the line's own table has been asked.
        move = attempt(present, DisputeEvent.LINE_DECIDED, DisputeFacts(_RULE))
        assert not isinstance(move, Denied)  # noqa: S101  The table takes it in every live state.
        store(unit, present, present, move, because)


def write_down(
    unit: UnitOfWork,
    name: AuditName,
    before: Dispute | None,
    after: Dispute,
    because: Because,
    facts: Mapping[str, object] | None = None,
) -> None:
    """One audit event of a dispute, and the line in the thread of the invoice's card."""
    unit.audit.append(
        AuditEntry(
            name=name,
            subject=Subject(SubjectKind.DISPUTE, after.id),
            actor=because.actor,
            version_before=before.version if before else 0,
            version_after=after.version,
            state_from=before.state.value if before else "",
            state_to=after.state.value,
            reason=because.reason,
            facts={"bill": after.bill_id, "line": after.line, "outcome": after.outcome, **(facts or {})},
            cause=because.cause,
        )
    )
    subject = Subject(SubjectKind.SUPPLIER_INVOICE, after.bill_id)
    if name is not AuditName.DISPUTE_OPENED:
        # Opening is told with the line itself.
        number = int(after.id.rpartition("-")[2]) * 1000 + after.version
        asking.note(unit, subject, number, name, because.actor, because.reason)
        asking.refresh(unit, subject, f"{after.id}:v{after.version}")
