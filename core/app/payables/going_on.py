"""What happens to an invoice without a person, after every change: review is done, lines are clear, or a line is open again.

Automation only moves an invoice between our own desks; it never approves what the policy wants approved, and never posts.
"""

from dataclasses import replace

from core.app.moving import Because
from core.app.payables import policies
from core.app.payables.books import Books
from core.app.payables.moving import BY_ITSELF, COMPARING, attempt, invoice_facts, may_approve, store_move
from core.decide.machine import Denied
from core.domain.events import SupplierInvoiceEvent as Event
from core.domain.ids import PersonId
from core.domain.supplier_bills import SupplierBill
from core.domain.versioned import PayablesPolicy
from core.domain.workflows import SupplierInvoiceState as State
from core.ports.store import UnitOfWork


def go_on(unit: UnitOfWork, books: Books, bill: SupplierBill, cause: str) -> SupplierBill:
    """The invoice where it belongs after a change; the same invoice where nothing moves it."""
    because = Because(COMPARING, cause=cause)
    policy = policies.payables(unit)
    if bill.state is State.READY_TO_POST and not (bill.lines_resolved and bill.complete):
        bill = _moved(unit, books, bill, Event.LINES_REOPENED, because, policy)
    if bill.state is not State.NEEDS_REVIEW or bill.recalled:
        return bill
    cleared = _moved(unit, books, bill, Event.LINES_CLEARED, because, policy)
    if cleared is not bill:
        return cleared
    return _moved(unit, books, bill, Event.REVIEW_DONE, because, policy)


def _moved(
    unit: UnitOfWork, books: Books, bill: SupplierBill, event: Event, because: Because, policy: PayablesPolicy
) -> SupplierBill:
    proposed = bill
    if event is Event.REVIEW_DONE and not bill.approvers:
        proposed = replace(bill, approvers=usual_approvers(unit, bill, policy))
    move = attempt(bill, event, invoice_facts(unit, BY_ITSELF, proposed, policy=policy))
    return bill if isinstance(move, Denied) else store_move(unit, books, bill, proposed, move, because)


def usual_approvers(unit: UnitOfWork, bill: SupplierBill, policy: PayablesPolicy) -> tuple[PersonId, ...]:
    """Those whom the policy names and who may approve for this legal entity."""
    people = [person for email in policy.approvers if (person := unit.people.by_email(email)) is not None]
    return tuple(person.id for person in people if may_approve(unit, person.id, bill))
