"""A person acts on a supplier invoice: send for approval, approve, mark approved, reject, hold, recall, post, delete, re-run.

The same story serves every surface. Before an invoice is posted it is compared once more, in the same transaction: what was
resolved on facts that have changed since is opened again instead of posted.
"""

from dataclasses import replace
from typing import Final

from core.app.acting import STRANGER, Asked, denial, entitled
from core.app.commands import ActOnBill
from core.app.moving import Because
from core.app.outcomes import Done, Outcome
from core.app.payables.acting import refused, stale
from core.app.payables.books import Books
from core.app.payables.disputing import withdraw_disputes
from core.app.payables.going_on import go_on
from core.app.payables.learning_codes import learn_link
from core.app.payables.linking import lost, rerun
from core.app.payables.moving import Move, Noted, attempt, invoice_facts, may_approve, store_bill, store_move
from core.app.payables.questions import kind_of
from core.app.payables.rechecking import recheck
from core.app.services import Services
from core.decide import supplier_invoice
from core.decide.machine import Denied
from core.domain.actors import Entitled
from core.domain.events import SupplierInvoiceEvent as Event
from core.domain.ids import Key, PersonId
from core.domain.supplier_bills import BillLine, FactsChange, SupplierBill
from core.ports.store import UnitOfWork

_BY_OTHER_STORIES: Final = frozenset({Event.EDIT})


def act(services: Services, command: ActOnBill) -> Outcome:
    """Do what the command says, once; a click on an old card changes nothing and refreshes the card."""
    with services.store.write() as unit:
        present = unit.bills.get(command.bill_id)
        asked = Asked(command.version, command.actor, command.event, command.cause)
        by = entitled(unit, command.actor, present.entity)
        if not by.permissions:
            return refused(unit, present, asked, STRANGER)
        meanwhile = stale(unit, present, asked, supplier_invoice.SPECS[command.event].past)
        if meanwhile is not None:
            return meanwhile
        books = Books(unit)
        if command.event is Event.POST:
            present = recheck(unit, books, present, FactsChange.OTHER_INVOICE, command.cause)
        proposed = _proposed(unit, command, present)
        checked = present if isinstance(proposed, Denied) else proposed
        answer = attempt(present, command.event, invoice_facts(unit, by, checked, command.reason))
        if isinstance(answer, Denied) or isinstance(proposed, Denied):
            return refused(unit, present, asked, denial(answer, proposed))
        because = Because(command.actor, command.reason, command.cause)
        if command.event is Event.RERUN:
            return _rerun(unit, books, present, answer, by, because)
        moved = store_move(unit, books, present, proposed, answer, because)
        _afterwards(unit, books, moved, command.event, because)
        return Done(moved.id, moved.version)


def _proposed(unit: UnitOfWork, command: ActOnBill, present: SupplierBill) -> SupplierBill | Denied:
    """The invoice as the command wants it, before the table is asked."""
    actor = PersonId(command.actor.id)
    match command.event:
        case Event.POST:
            key = Key(f"post:{present.id}:v{present.version}")
            return replace(present, posting_key=key, why="", erp_id="", batch="")
        case Event.SEND_FOR_APPROVAL:
            return replace(present, submitters=tuple(dict.fromkeys((*present.submitters, actor))), why="")
        case Event.APPROVERS_SET:
            approvers = tuple(dict.fromkeys(command.approvers))
            unfit = [each for each in approvers if not may_approve(unit, each, present)]
            if unfit:
                return Denied("incomplete", f"{_name(unit, unfit[0])} may not approve invoices of this legal entity.")
            return replace(present, approvers=approvers)
        case Event.RERUN:
            return replace(present, kind=kind_of(unit, present))
        case event if event in _BY_OTHER_STORIES:
            return Denied("incomplete", "Please say what shall be changed.")
        case _:
            return replace(present, why=command.reason)


def _name(unit: UnitOfWork, person_id: PersonId) -> str:
    person = unit.people.get(person_id)
    return person.name if person is not None else person_id


def _rerun(unit: UnitOfWork, books: Books, present: SupplierBill, answer: Move, by: Entitled, because: Because) -> Outcome:
    """Every line anew; what was decided before is lost, which the person was told and the log keeps."""
    found = rerun(unit, books, replace(present, kind=kind_of(unit, present)), by)
    facts: dict[str, object] = {"lost": [line.line for line in decisions_lost(present)]}
    name = supplier_invoice.SPECS[answer.row.event].past
    note = Noted(name, present.state.value, answer.to.value, facts=facts)
    stored = store_bill(unit, books, present, replace(found.bill, recalled=False), [note, *found.noted], because)
    withdraw_disputes(unit, stored, found.withdrawn, because)
    after = go_on(unit, books, stored, because.cause)
    return Done(after.id, after.version)


def decisions_lost(bill: SupplierBill) -> tuple[BillLine, ...]:
    """The lines on which a re-run would lose what a person did; shown before the button is pressed."""
    return tuple(line for line in bill.lines if lost(line))


def _afterwards(unit: UnitOfWork, books: Books, moved: SupplierBill, event: Event, because: Because) -> None:
    if event is Event.DELETE:
        withdraw_disputes(unit, moved, [line.line for line in moved.lines], because)
    if event is Event.POST:
        for line in moved.lines:
            learn_link(unit, books, moved, line)
