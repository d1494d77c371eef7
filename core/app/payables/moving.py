"""Moving a supplier invoice: a new version, an audit event for everything that happened in it, its effects.

What happens to lines is written down under the invoice, with the line's name among the facts, because people read it there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from core.app import asking
from core.app.moving import Because
from core.app.payables import policies
from core.app.payables.books import COMMITTED, Books, takes_of
from core.decide import supplier_invoice
from core.decide.machine import Denied, Effect, Moved, decide
from core.decide.permissions import entitle
from core.decide.supplier_invoice import SupplierInvoiceFacts
from core.domain.actors import Actor, ActorKind, Entitled, Permission, Surface
from core.domain.events import AuditName
from core.domain.events import SupplierInvoiceEvent as Event
from core.domain.ids import Key, PersonId
from core.domain.keeping import AuditEntry, EffectKind, Subject, SubjectKind
from core.domain.keeping import Effect as OutboxEffect
from core.domain.supplier_bills import BillKind, FactsChange, OrderTake, SupplierBill, SupplierInvoiceId
from core.domain.versioned import PayablesPolicy
from core.domain.workflows import SupplierInvoiceState as State
from core.ports.store import UnitOfWork

COMPARING = Actor(ActorKind.AUTOMATION, "comparing", "Tieout", Surface.CLOCK)
BY_ITSELF = Entitled(COMPARING, frozenset())
Move = Moved[State, Event, SupplierInvoiceFacts]
_PLEASE_APPROVE = "This waits for your approval: approve, reject or hold it on the card."
_FORWARD = frozenset(
    {
        Event.LINES_CLEARED,
        Event.REVIEW_DONE,
        Event.APPROVERS_SET,
        Event.SEND_FOR_APPROVAL,
        Event.MARK_APPROVED,
        Event.APPROVE,
        Event.REJECT,
        Event.HOLD,
    }
)
_WORTH_A_NOTE = frozenset(
    {
        AuditName.SUPPLIER_INVOICE_POSTED,
        AuditName.SUPPLIER_INVOICE_REFUSED_BY_LEDGER,
        AuditName.SUPPLIER_INVOICE_LINES_REOPENED,
        AuditName.LINE_RECEIPT_SEEN,
    }
)


@dataclass(frozen=True, slots=True)
class Noted:
    """One thing to write down. `line` is the line it is about; the states are the line's then, else the invoice's."""

    name: AuditName
    state_from: str = ""
    state_to: str = ""
    line: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)


def subject_of(bill: SupplierBill) -> Subject:
    """What audit events, cards and effects of a bill are about."""
    return Subject(SubjectKind.SUPPLIER_INVOICE, bill.id)


def invoice_facts(
    unit: UnitOfWork, by: Entitled, bill: SupplierBill, reason: str = "", policy: PayablesPolicy | None = None
) -> SupplierInvoiceFacts:
    """What the state table asks about the invoice as it would be."""
    rules = policy or policies.payables(unit)
    named = PersonId(by.actor.id) in bill.approvers
    return SupplierInvoiceFacts(
        by=by,
        lines_resolved=bill.lines_resolved,
        lines_blocked=bill.lines_blocked,
        complete=bill.complete,
        approvers_known=bool(bill.approvers),
        approval_wanted=bill.kind is BillKind.PLAIN or rules.approval_on_matched,
        is_approver=named,
        approvers_may_edit=rules.approvers_may_edit,
        own_submission=rules.four_eyes and PersonId(by.actor.id) in bill.submitters,
        reason_given=bool(reason.strip()),
        came_from=bill.trail[-1] if bill.trail else None,
    )


def attempt(present: SupplierBill, event: Event, facts: SupplierInvoiceFacts) -> Move | Denied:
    """Ask the table; nothing is stored."""
    return decide(supplier_invoice.TABLE, present.state, event, facts)


def store_bill(
    unit: UnitOfWork, books: Books, present: SupplierBill, proposed: SupplierBill, noted: Sequence[Noted], because: Because
) -> SupplierBill:
    """Store the changed bill at its next version, with everything that happened and what it now takes of order lines.

    Other invoices on order lines of which it takes another quantity now are compared again.
    """
    stored = replace(proposed, version=present.version + 1)
    unit.bills.save(stored, present.version)
    _take(unit, books, present, stored)
    _write_down(unit, present.version, stored, noted, because)
    return stored


def add_bill(unit: UnitOfWork, books: Books, bill: SupplierBill, noted: Sequence[Noted], because: Because) -> SupplierBill:
    """Store a new bill."""
    unit.bills.add(bill)
    _take(unit, books, None, bill)
    _write_down(unit, 0, bill, noted, because, show=False)
    return bill


def store_move(
    unit: UnitOfWork, books: Books, present: SupplierBill, proposed: SupplierBill, move: Move, because: Because
) -> SupplierBill:
    """Store a move of the invoice itself; its trail grows with a step forward and shrinks with a recall."""
    event = move.row.event
    trail = present.trail
    if event in _FORWARD and move.to is not present.state:
        trail = (*trail, present.state)
    elif event is Event.RECALL:
        trail = trail[:-1]
    elif event is Event.LINES_REOPENED:
        trail = ()
    moved = replace(proposed, state=move.to, trail=trail, recalled=event is Event.RECALL)
    name = supplier_invoice.SPECS[event].past
    note = Noted(name, present.state.value, move.to.value, facts=_facts_kept(moved))
    stored = store_bill(unit, books, present, moved, [note], because)
    if Effect.NOTIFY_APPROVERS in move.row.effects and stored.approvers:
        asking.call(unit, subject_of(stored), stored.version, stored.approvers, _PLEASE_APPROVE)
    if Effect.POST_SUPPLIER_INVOICE in move.row.effects:
        _ask_posting(unit, stored)
    return stored


def _write_down(
    unit: UnitOfWork, before: int, stored: SupplierBill, noted: Sequence[Noted], because: Because, *, show: bool = True
) -> None:
    subject = subject_of(stored)
    for each in noted:
        facts = {**each.facts, "line": each.line} if each.line else dict(each.facts)
        unit.audit.append(
            AuditEntry(
                name=each.name,
                subject=subject,
                actor=because.actor,
                version_before=before,
                version_after=stored.version,
                state_from=each.state_from,
                state_to=each.state_to,
                reason=because.reason,
                facts=facts,
                cause=because.cause,
                key=stored.posting_key or "",
            )
        )
    by_person = because.actor.kind is ActorKind.PERSON
    if show and (by_person or asking.has_subject_card(unit, subject, before)):
        asking.subject_card(unit, subject, stored.version)
    for name in dict.fromkeys(each.name for each in noted):
        if show and (by_person or name in _WORTH_A_NOTE):
            asking.note(unit, subject, stored.version, name, because.actor, because.reason)


def _facts_kept(bill: SupplierBill) -> dict[str, object]:
    """What the audit row keeps of a move: the values that it rested on."""
    facts: dict[str, object] = {
        "number": bill.header.number,
        "supplier_id": bill.header.supplier_id,
        "total": str(bill.header.total or bill.net or ""),
        "lines": {line.line: line.resolution.value for line in bill.lines},
        "policy": bill.policy_version,
    }
    if bill.approvers:
        facts["approvers"] = list(bill.approvers)
    if bill.erp_id:
        facts["erp_id"] = bill.erp_id
    if bill.why:
        facts["why"] = bill.why
    return facts


def _take(unit: UnitOfWork, books: Books, before: SupplierBill | None, after: SupplierBill) -> None:
    """What it takes of order lines now; whoever shares them is compared again where that, or who comes first, has changed."""
    old = tuple(unit.bills.takes_by(after.id)) if before is not None else ()
    new = () if after.state is State.DELETED else _takes(books, after)
    came_first = (before is not None and before.state in COMMITTED) != (after.state in COMMITTED)
    if old != new:
        unit.bills.take(after.id, new)
    refs = {take.ref for take in {*old} ^ {*new}} | ({take.ref for take in new} if came_first else set())
    for other in unit.bills.charging(refs):
        if other != after.id:
            compare_again(unit, other, FactsChange.OTHER_INVOICE, f"{after.id}:v{after.version}")


def _takes(books: Books, bill: SupplierBill) -> tuple[OrderTake, ...]:
    if bill.kind is BillKind.PLAIN or bill.header.supplier_id is None:
        return ()
    return takes_of(bill, books.of(bill.header.supplier_id))


def compare_again(unit: UnitOfWork, bill_id: SupplierInvoiceId, change: FactsChange, cause: str) -> None:
    """Facts under an invoice changed: it is compared again at once, by the relay, once for each cause."""
    unit.outbox.ask(
        OutboxEffect(
            EffectKind.COMPARE_AGAIN,
            Key(f"compare:{bill_id}:{cause}"),
            Subject(SubjectKind.SUPPLIER_INVOICE, bill_id),
            f"compare {bill_id}",
            {"change": change.value, "cause": cause},
        )
    )


def _ask_posting(unit: UnitOfWork, bill: SupplierBill) -> None:
    assert bill.posting_key is not None  # noqa: S101  The move to POSTING mints it.
    unit.outbox.ask(
        OutboxEffect(EffectKind.POST_BILL, bill.posting_key, subject_of(bill), f"post {bill.id}", {"version": bill.version})
    )


def may_approve(unit: UnitOfWork, person_id: PersonId, bill: SupplierBill) -> bool:
    """Whether somebody can be an approver of this invoice."""
    person = unit.people.get(person_id)
    actor = Actor(ActorKind.PERSON, person_id, person.name if person else "", Surface.SLACK)
    return entitle(actor, person, bill.entity).may(Permission.APPROVE)
