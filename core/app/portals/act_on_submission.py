"""A person acts on a submission: ready, release, recall, try again, dismiss, choose the order or its lines, attach the PDF.

The same story serves every surface. *Ready to submit* asks the portal's rules once more, in the same transaction.
"""

from dataclasses import replace
from typing import Final

from core.app.acting import Asked, Present, denial, entitled, refused, stale
from core.app.moving import Because
from core.app.outcomes import Done, Outcome, Refusal
from core.app.portals.commands import ActOnSubmission, Propose
from core.app.portals.drafting import completed, facts_digest, submission_facts
from core.app.portals.moving import attempt, store_move, store_new, subject_of
from core.app.services import Services
from core.decide import submission as table
from core.decide.draft_lines import chosen_lines
from core.decide.machine import Denied
from core.domain.actors import Permission
from core.domain.events import AuditName
from core.domain.events import SubmissionEvent as Event
from core.domain.ids import EntityId, PersonId
from core.domain.keeping import SourceKind
from core.domain.money import total
from core.domain.portals import LinesFrom, OrderRef, PortalSubmission
from core.domain.workflows import SubmissionState as State
from core.ports.store import UnitOfWork

BY_HAND: Final = "by_hand"
LARGEST_BYTES: Final = 100 * 1024 * 1024
_FORGET_TROUBLE: Final = frozenset({Event.RETRY, Event.MARK_READY, Event.RECALL})


def act(services: Services, command: ActOnSubmission) -> Outcome:
    """Do what the command says, once; a click on an old card changes nothing and refreshes the card."""
    with services.store.write() as unit:
        present = unit.submissions.get(command.submission_id)
        asked = Asked(command.version, command.actor, command.event, command.cause)
        there = Present(subject_of(present), present.version, present.state)
        by = entitled(unit, command.actor, present.entity)
        meanwhile = stale(unit, there, asked, table.SPECS[command.event].past)
        if meanwhile is not None:
            return meanwhile
        proposed = _proposed(services, unit, command, present)
        checked = present if isinstance(proposed, Denied) else proposed
        answer = attempt(present, command.event, submission_facts(unit, by, checked))
        if isinstance(answer, Denied) or isinstance(proposed, Denied):
            return refused(unit, there, asked, AuditName.SUBMISSION_ACTION_REFUSED, denial(answer, proposed))
        shown = replace(proposed, seen_facts=facts_digest(unit, proposed))
        moved = store_move(unit, present, shown, answer, Because(command.actor, command.reason, command.cause))
        return Done(moved.id, moved.version)


def propose(services: Services, command: Propose) -> Outcome:
    """A submission that a person asks for: this invoice, that order."""
    with services.store.write() as unit:
        invoice = unit.ledger.invoice(command.invoice_number)
        by = entitled(unit, command.actor, invoice.entity if invoice else EntityId(""))
        if not by.may(Permission.MARK_SUBMISSIONS_READY):
            return Refusal("not_permitted", "You are not entitled to bring invoices into customers' portals.")
        order = unit.portal_orders.order(command.order)
        if invoice is None or order is None:
            return Refusal("not_found", "There is no such invoice, or no such order.")
        known = unit.submissions.of_invoice(command.invoice_number)
        if known is not None:
            return Refusal("refused", f"{invoice.number} is on its way already, as {known.id}.")
        denied = _order_denial(unit, invoice.customer_id, command.order)
        if denied is not None:
            return Refusal(denied.code, denied.sentence)
        bare = PortalSubmission(
            unit.submissions.next_id(),
            1,
            State.SUGGESTED,
            invoice.number,
            invoice.customer_id,
            invoice.amount,
            invoice.entity,
            command.order,
            rule=BY_HAND,
        )
        fresh = completed(services, unit, bare)
        fresh = replace(fresh, seen_facts=facts_digest(unit, fresh))
        store_new(unit, fresh, Because(command.actor, cause=command.cause), show=True)
        return Done(fresh.id, fresh.version)


def _proposed(
    services: Services, unit: UnitOfWork, command: ActOnSubmission, present: PortalSubmission
) -> PortalSubmission | Denied:
    """The submission as the command wants it, before the table is asked."""
    changed: PortalSubmission | Denied = present
    match command.event:
        case Event.CHOOSE_ORDER:
            changed = _with_order(services, unit, command, present)
        case Event.CHOOSE_LINES:
            changed = _with_lines(unit, command, present)
        case Event.ATTACH_FILE:
            changed = _with_file(unit, command, present)
        case Event.MARK_READY | Event.RETRY:
            ready = completed(services, unit, present) if command.event is Event.MARK_READY else present
            changed = replace(ready, ready_by=PersonId(command.actor.id), ready_by_name=command.actor.name, document=None)
        case Event.RECALL:
            changed = replace(present, document=None)
        case Event.RELEASE if present.document is not None:
            by = PersonId(command.actor.id), command.actor.name
            released = replace(present.document, released_by=by[0], released_by_name=by[1], released_at=unit.now)
            changed = replace(present, document=released)
        case _:
            pass
    if isinstance(changed, Denied):
        return changed
    if command.note is not None:
        changed = replace(changed, note=command.note)
    return replace(changed, trouble=None, tries=0) if command.event in _FORGET_TROUBLE else changed


def _with_order(
    services: Services, unit: UnitOfWork, command: ActOnSubmission, present: PortalSubmission
) -> PortalSubmission | Denied:
    if command.order is None or unit.portal_orders.order(command.order) is None:
        return Denied("incomplete", "Please choose one of the customer's orders.")
    denied = _order_denial(unit, present.customer_id, command.order)
    if denied is not None:
        return denied
    chosen = replace(
        present, order=command.order, candidates=(), rule=BY_HAND, is_sure=False, evidence=(), lines=None, lines_from=None
    )
    return completed(services, unit, chosen)


def _order_denial(unit: UnitOfWork, customer: str, ref: OrderRef) -> Denied | None:
    listed = unit.portal_orders.customer(ref.customer)
    if listed.customer_id is not None and listed.customer_id == customer:
        return None
    if listed.customer_id is None:
        return Denied("incomplete", f"Nobody has said yet which customer of ours “{listed.name}” is. Please do that first.")
    return Denied("incomplete", f"Order {ref.number} is another customer's: “{listed.name}”.")


def _with_lines(unit: UnitOfWork, command: ActOnSubmission, present: PortalSubmission) -> PortalSubmission | Denied:
    order = unit.portal_orders.order(present.order) if present.order is not None else None
    if order is None or not command.amounts:
        return Denied("incomplete", "Please say how much of which line of the order it charges.")
    setting = unit.portal_orders.setting(present.customer_id)
    lines = chosen_lines(order.order, command.amounts, setting.tax_code)
    if isinstance(lines, str):
        return Denied("incomplete", lines)
    asked = total((amount for _, amount in command.amounts), order.order.total.currency)
    if asked != present.total:
        return Denied("sums_disagree", f"The lines come to {asked}, the invoice to {present.total}.")
    return replace(present, lines=lines, lines_from=LinesFrom.BY_HAND)


def _with_file(unit: UnitOfWork, command: ActOnSubmission, present: PortalSubmission) -> PortalSubmission | Denied:
    if command.file is None or not command.file[1]:
        return Denied("incomplete", "Please choose a file that is not empty.")
    name, content = command.file
    if len(content) > LARGEST_BYTES:
        return Denied("too_big", "The file is larger than any portal takes (100 MB).")
    source, _ = unit.sources.take(SourceKind.CUSTOMER_INVOICE_FILE, name, content)
    return replace(present, file=source.id, file_name=name)
