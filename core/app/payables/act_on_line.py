"""A person decides about lines of a supplier invoice: accept, dispute, reject, await receipt, recall, link, unlink, add as new.

Several lines are decided together or not at all, with one audit event a line. Permission and legality are checked here, in the
transaction of the change, for the actor of the verified request, whichever surface asked.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from core.app.acting import STRANGER, Asked, entitled
from core.app.commands import ActOnLine
from core.app.moving import Because
from core.app.outcomes import Done, Outcome
from core.app.payables.acting import refused, stale
from core.app.payables.books import Books
from core.app.payables.disputing import open_dispute, withdraw_disputes
from core.app.payables.going_on import go_on
from core.app.payables.learning_codes import learn_link
from core.app.payables.linking import compare, line_facts, noted_of
from core.app.payables.moving import Noted, compare_again, invoice_facts, store_bill
from core.app.payables.rechecking import recheck
from core.app.payables.targets import target_denial
from core.app.services import Services
from core.decide import line_resolution
from core.decide.line_resolution import LineFacts, beyond
from core.decide.machine import Denied, Effect, decide
from core.domain.actors import Entitled
from core.domain.events import LineEvent as Event
from core.domain.ids import PersonId
from core.domain.line_comparison import LineComparison, LineLink, LinkKind
from core.domain.measures import Quantity
from core.domain.supplier_bills import BillKind, BillLine, FactsChange, LineDecision, OwnReceipt, SupplierBill
from core.domain.workflows import LineResolution, LineVerdict
from core.domain.workflows import SupplierInvoiceState as State
from core.ports.store import UnitOfWork

_CLOSED: Final = {
    State.READY_TO_POST: "The invoice is ready to post; recall it first, then its lines can be decided anew.",
    State.POSTING: "The invoice is on its way to the ledger; nothing of it can be changed here now.",
    State.POSTED: "The invoice is in the ledger; nothing of it can be changed here any more.",
    State.DELETED: "The invoice was deleted.",
}
_PLAIN: Final = (
    "This invoice belongs to no purchase order, so its lines are not compared and there is nothing to decide about them."
)


def closed(bill: SupplierBill) -> str:
    """Why the lines of this invoice take no decisions now; empty when they do."""
    return _PLAIN if bill.kind is BillKind.PLAIN else _CLOSED.get(bill.state, "")


@dataclass
class _Act:
    """One command at work: the bill as it becomes, and what is to be done once it is stored."""

    unit: UnitOfWork
    books: Books
    command: ActOnLine
    by: Entitled
    bill: SupplierBill
    may_edit: bool
    noted: list[Noted] = field(default_factory=list)
    disputed: list[str] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    check_again: bool = False

    @property
    def because(self) -> Because:
        """Who, why, and by which click."""
        return Because(self.command.actor, self.command.reason, self.command.cause)

    def facts(self, line: BillLine) -> LineFacts:
        """What the table asks about a line and this command."""
        plain = line_facts(self.by, self.bill, line, may_edit=self.may_edit, closed=closed(self.bill))
        quantity = self.command.quantity
        denial = target_denial(self.unit, self.bill, self.command.targets) if self.command.event is Event.LINK else ""
        return replace(
            plain,
            reason_given=bool(self.command.reason.strip()),
            quantity_given=quantity is not None and quantity > 0,
            target_fits=not denial,
            target_denial=denial,
        )


def act(services: Services, command: ActOnLine) -> Outcome:
    """Do what the command says to all its lines, once; a click on an old card changes nothing and refreshes the card."""
    with services.store.write() as unit:
        present = unit.bills.get(command.bill_id)
        asked = Asked(command.version, command.actor, command.event, command.cause)
        by = entitled(unit, command.actor, present.entity)
        if not by.permissions:
            return refused(unit, present, asked, STRANGER)
        meanwhile = stale(unit, present, asked, line_resolution.SPECS[command.event].past)
        if meanwhile is not None:
            return meanwhile
        may_edit = invoice_facts(unit, by, present).may_edit
        doing = _Act(unit, Books(unit), command, by, present, may_edit)
        if len(command.lines) > 1 and command.event in _ONE_AT_A_TIME:
            return refused(unit, present, asked, _ONE_LINE)
        for name in dict.fromkeys(command.lines):
            denied = _one(doing, name)
            if denied is not None:
                return refused(unit, present, asked, denied)
        if not doing.noted:
            return refused(unit, present, asked, _NO_LINE)
        return _finish(doing, present)


_NO_LINE: Final = Denied("incomplete", "Please choose a line.")
_ONE_LINE: Final = Denied("incomplete", "That is done for one line at a time.")
# These store something besides the invoice, which a refusal of the next line could not take back.
_ONE_AT_A_TIME: Final = frozenset({Event.LINK, Event.UNLINK, Event.CONFIRM_UNIT, Event.RECEIVED})


def _finish(doing: _Act, present: SupplierBill) -> Outcome:
    unit, because = doing.unit, doing.because
    stored = store_bill(unit, doing.books, present, replace(doing.bill, recalled=False), doing.noted, because)
    for name in doing.disputed:
        open_dispute(unit, stored, name, because)
    withdraw_disputes(unit, stored, doing.withdrawn, because)
    if doing.check_again:
        stored = recheck(unit, doing.books, stored, FactsChange.RECEIPT_ARRIVED, because.cause)
    after = go_on(unit, doing.books, stored, because.cause)
    return Done(after.id, after.version)


def _one(doing: _Act, name: str) -> Denied | None:
    line = doing.bill.line(name)
    if line is None:
        return Denied("not_found", f"The invoice has no line {name} (any more).")
    event = doing.command.event
    facts = doing.facts(line)
    if event in _RELINKING:
        return _relink(doing, line, facts)
    answer = decide(line_resolution.TABLE, line.resolution, event, facts)
    if isinstance(answer, Denied):
        return answer
    after = _SIMPLE.get(event, _decided)(doing, line)
    if isinstance(after, Denied):
        return after
    after = replace(after, resolution=answer.to)
    doing.bill = doing.bill.with_line(after)
    doing.noted.append(noted_of(event, line, after, _kept(doing.command)))
    if Effect.OPEN_DISPUTE in answer.row.effects:
        doing.disputed.append(name)
    if Effect.WITHDRAW_DISPUTE in answer.row.effects:
        doing.withdrawn.append(name)
    return None


def _kept(command: ActOnLine) -> dict[str, object]:
    """What a command brings that the log should keep."""
    facts: dict[str, object] = {}
    if command.targets:
        facts["targets"] = [f"{ref.po_number}/{ref.line}" for ref in command.targets]
    if command.quantity is not None:
        facts["quantity"] = str(command.quantity)
    if command.coding:
        facts["coding"] = command.coding
    return facts


def _decision(doing: _Act) -> LineDecision:
    actor = doing.command.actor
    return LineDecision(doing.command.event, PersonId(actor.id), actor.name, doing.unit.now, doing.command.reason)


def _decided(doing: _Act, line: BillLine) -> BillLine:
    return replace(line, decision=_decision(doing), reopened=None)


def _accepted(doing: _Act, line: BillLine) -> BillLine:
    """All findings that the actor is entitled to; those of others stay open."""
    resolved = line.outstanding - beyond(line.outstanding, doing.by)
    accepted = tuple(verdict for verdict in LineVerdict if verdict in {*line.accepted, *resolved})
    return replace(_decided(doing, line), accepted=accepted)


def _added(doing: _Act, line: BillLine) -> BillLine:
    return replace(_decided(doing, line), coding=doing.command.coding.strip() or line.coding)


def _recalled(doing: _Act, line: BillLine) -> BillLine:
    """As if nothing had been decided; the clearing of a threshold stays recalled while its facts stay."""
    within = line.resolution is LineResolution.CLEAR
    coding = "" if line.resolution is LineResolution.NEW else line.coding
    return replace(line, decision=_decision(doing) if within else None, accepted=(), reopened=None, coding=coding)


def _received(doing: _Act, line: BillLine) -> BillLine | Denied:
    """A receipt of our own, until the ledger's replaces it; the line is compared again at once."""
    if len(line.targets) != 1:
        return Denied(
            "incomplete", "The line is linked to several order lines; link it to one to say what was received for it."
        )
    quantity = doing.command.quantity
    assert quantity is not None  # noqa: S101  The table wants one.
    (ref,) = line.targets
    actor, unit = doing.command.actor, doing.unit
    number = f"OWN-{doing.bill.id}-{line.line}-v{doing.bill.version}"
    unit.orders.add_own_receipt(OwnReceipt(number, ref, Quantity(quantity), unit.now.date(), PersonId(actor.id), actor.name))
    doing.books.forget()
    doing.check_again = True
    for other in unit.bills.charging([ref]):
        if other != doing.bill.id:
            compare_again(unit, other, FactsChange.RECEIPT_ARRIVED, number)
    return line


_SIMPLE: Final[dict[Event, Callable[[_Act, BillLine], BillLine | Denied]]] = {
    Event.ACCEPT: _accepted,
    Event.ADD_NEW: _added,
    Event.RECALL: _recalled,
    Event.RECEIVED: _received,
}
_RELINKING: Final = frozenset({Event.LINK, Event.UNLINK, Event.CONFIRM_UNIT})


def _relink(doing: _Act, line: BillLine, facts: LineFacts) -> Denied | None:
    """Events after which the whole invoice is compared again, because lines share order lines."""
    event = doing.command.event
    first = decide(line_resolution.TABLE, line.resolution, event, facts)
    if isinstance(first, Denied):
        return first
    changed = _prepared(doing, line)
    why = FactsChange.UNITS_CHANGED if event is Event.CONFIRM_UNIT else FactsChange.LINK_CHANGED
    found = compare(doing.unit, doing.books, doing.bill.with_line(changed), why)
    after = found.bill.line(line.line)
    assert after is not None  # noqa: S101  Comparing keeps the lines.
    again = decide(line_resolution.TABLE, line.resolution, event, replace(facts, now_clear=after.is_clear))
    assert not isinstance(again, Denied)  # noqa: S101  Only the new verdict is another, and the table has a row for both.
    after = replace(after, resolution=again.to, decision=None, accepted=(), reopened=None)
    doing.bill = found.bill.with_line(after)
    doing.noted += [noted_of(event, line, after, _kept(doing.command))]
    doing.noted += [note for note in found.noted if note.line != line.line]
    doing.withdrawn += list(found.withdrawn)
    if event is Event.LINK:
        learn_link(doing.unit, doing.books, doing.bill, after)
    return None


def _prepared(doing: _Act, line: BillLine) -> BillLine:
    """The line as the person wants it linked, or the conversion that they confirmed in place."""
    if doing.command.event is Event.CONFIRM_UNIT:
        proposal = next(each for each in doing.bill.proposals if each.line == line.line)
        doing.unit.orders.put_units([proposal.conversion], doing.command.actor.id)
        doing.books.forget()
        supplier = doing.bill.header.supplier_id
        for other in doing.unit.bills.charging([proposal.target]) if supplier is not None else ():
            if other != doing.bill.id:
                compare_again(doing.unit, other, FactsChange.UNITS_CHANGED, f"{doing.bill.id}:v{doing.bill.version}:units")
        return line
    targets = tuple(dict.fromkeys(doing.command.targets)) if doing.command.event is Event.LINK else ()
    kind = LinkKind.LINKED if targets else LinkKind.UNLINKED
    link = LineLink(line.line, kind, tuple(sorted(targets)), 1.0 if targets else 0.0)
    forced = LineComparison(link, (LineVerdict.UNLINKED,))
    return replace(line, comparison=forced, by_hand=True)
