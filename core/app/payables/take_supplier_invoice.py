"""A supplier invoice comes in: from a file of the ledger, as a document, by the API. Kept first, then compared, then shown.

What is missing or contradictory becomes a question; nothing is invented. The same document or rows again change nothing;
rows that say something else about an invoice that is still ours to change are an edit of it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from core.app import asking
from core.app.commands import TakeDocument
from core.app.masking import masked
from core.app.moving import Because
from core.app.outcomes import AlreadyDone, Done, Outcome
from core.app.payables.books import Books
from core.app.payables.documents import bill_parts
from core.app.payables.going_on import go_on
from core.app.payables.linking import compare_first
from core.app.payables.moving import Noted, add_bill, subject_of
from core.app.payables.questions import kind_of, recognised, with_questions
from core.app.payables.rechecking import take_again
from core.app.services import Services
from core.app.wording import finding_view
from core.decide.line_verdict import line_order
from core.domain.actors import ActorKind
from core.domain.events import AuditName
from core.domain.evidence import Finding, FindingKind
from core.domain.ids import PersonId, SupplierId
from core.domain.keeping import AuditEntry, Source, Subject, SubjectKind
from core.domain.money import Money
from core.domain.payables import ChargeKind, SupplierInvoice
from core.domain.supplier_bills import AskedKind, BillHeader, BillLine, BillQuestion, SupplierBill, taxes_of
from core.domain.supplier_documents import ReadSupplierInvoice
from core.domain.workflows import SupplierInvoiceState as State
from core.match.suppliers import recognise
from core.ports.store import UnitOfWork

_AT_ONCE: Final = 20
_PROBLEMS: Final = 20


_OF_A_SUPPLIER: Final = {
    FindingKind.UNKNOWN_SENDER: "The sender {seen} belongs to no supplier that we know.",
    FindingKind.BANK_DETAILS_CHANGED: "The mail speaks of changed bank details ({seen}). Call the supplier first.",
}


@dataclass(frozen=True, slots=True)
class Arriving:
    """An invoice on its way in, before it is one of ours."""

    where: str
    header: BillHeader
    lines: tuple[BillLine, ...]
    questions: tuple[BillQuestion, ...] = ()
    from_table: bool = False
    sender: str = ""


@dataclass(slots=True)
class _Counted:
    new: list[SupplierBill] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    known: int = 0
    problems: list[str] = field(default_factory=list)


def from_table(services: Services, command: TakeDocument, source: Source, invoices: Sequence[SupplierInvoice]) -> Outcome:
    """`supplier_invoices.csv`: one invoice for each supplier and number."""
    arriving = [_of_table(invoice) for invoice in invoices]
    return _take(services, command, source, arriving)


def from_documents(
    services: Services,
    command: TakeDocument,
    source: Source,
    read: Iterable[ReadSupplierInvoice],
    sender: str = "",
    findings: Sequence[Finding] = (),
) -> Outcome:
    """What a reader found in a document: PDF, XML, a sheet, a mail. Grave findings about the mail stop the invoice first."""
    arriving = []
    with services.store.read() as unit:
        known = bool(recognise(unit.orders.suppliers(), "", "", sender).suppliers)
    # The checks of the mail speak of customers; a supplier's own address is no stranger's.
    doubts = tuple(_doubt(each) for each in findings if not (known and each.kind is FindingKind.UNKNOWN_SENDER))
    for place, each in enumerate(read, 1):
        header, lines, questions = bill_parts(each)
        # By its place among the invoices of the document: the same bytes may come under another name.
        arriving.append(Arriving(f"invoice {place}", header, lines, (*questions, *doubts), sender=sender))
    return _take(services, command, source, arriving)


def _doubt(finding: Finding) -> BillQuestion:
    view = finding_view(finding)
    if finding.kind in _OF_A_SUPPLIER:
        seen = _OF_A_SUPPLIER[finding.kind].format(seen=masked(finding.seen.rstrip("."))).replace(" ()", "")
        return BillQuestion(AskedKind.DOCUMENT if view.grave else AskedKind.NOTICE, said=seen)
    return BillQuestion(AskedKind.DOCUMENT if view.grave else AskedKind.NOTICE, said=view.sentence)


def _take(services: Services, command: TakeDocument, source: Source, arriving: Sequence[Arriving]) -> Outcome:
    counted = _Counted()
    ordered = sorted(arriving, key=lambda each: str(each.header.supplier_id or ""))
    for start in range(0, len(ordered), _AT_ONCE):
        with services.store.write() as unit:
            books = Books(unit)
            for each in ordered[start : start + _AT_ONCE]:
                _one(unit, books, command, source, each, counted)
    return _told(services, command, source, counted)


def _one(unit: UnitOfWork, books: Books, command: TakeDocument, source: Source, arriving: Arriving, counted: _Counted) -> None:
    known = _known(unit, source, arriving)
    if known is None:
        counted.new.append(_new(unit, books, command, source, arriving))
        return
    said = take_again(unit, books, known, arriving.header, arriving.lines, Because(command.actor, cause=command.cause))
    if said is None:
        counted.known += 1
    elif said:
        counted.problems.append(said)
    else:
        counted.changed.append(known.id)


def _known(unit: UnitOfWork, source: Source, arriving: Arriving) -> SupplierBill | None:
    """The same invoice of an earlier file of rows, or the same place of the same document."""
    if not arriving.from_table:
        return next((each for each in unit.bills.taken_from(source.id) if each.where == arriving.where), None)
    supplier = arriving.header.supplier_id or SupplierId(arriving.header.supplier_name)
    return next((each for each in unit.bills.same_number(supplier, arriving.header.number) if each.from_table), None)


def _new(unit: UnitOfWork, books: Books, command: TakeDocument, source: Source, arriving: Arriving) -> SupplierBill:
    by_person = command.actor.kind is ActorKind.PERSON
    bill = SupplierBill(
        id=unit.bills.next_id(),
        version=1,
        state=State.NEEDS_REVIEW,
        source_id=source.id,
        where=arriving.where,
        taken_at=unit.now,
        header=recognised(unit, arriving.header, arriving.sender),
        lines=arriving.lines,
        questions=arriving.questions,
        submitters=(PersonId(command.actor.id),) if by_person else (),
        from_table=arriving.from_table,
        sender=arriving.sender,
    )
    bill = replace(bill, kind=kind_of(unit, bill))
    bill = compare_first(unit, books, with_questions(unit, bill))
    facts: dict[str, object] = {
        "source": source.id,
        "name": command.name,
        "number": bill.header.number,
        "supplier_id": bill.header.supplier_id,
        "verdicts": {line.line: [verdict.value for verdict in line.verdicts] for line in bill.lines},
        "policy": bill.policy_version,
        "questions": [question.kind.value for question in bill.questions if question.stops],
    }
    note = Noted(AuditName.SUPPLIER_INVOICE_TAKEN, "", State.NEEDS_REVIEW.value, facts=facts)
    added = add_bill(unit, books, bill, [note], Because(command.actor, cause=command.cause))
    return go_on(unit, books, added, command.cause)


def _told(services: Services, command: TakeDocument, source: Source, counted: _Counted) -> Outcome:
    """The digest of the import, and a card for each invoice that somebody has to look at, the largest of very many."""
    if not (counted.new or counted.changed or counted.problems):
        with services.store.write() as unit:
            subject = Subject(SubjectKind.SOURCE, source.id)
            unit.audit.append(AuditEntry(AuditName.SOURCE_SEEN_AGAIN, subject, command.actor, cause=command.cause))
        return AlreadyDone(source.id, f"{command.name} was taken before; nothing was changed.")
    facts: dict[str, object] = {
        "kind": "supplier_invoices",
        "name": command.name,
        "source": source.id,
        "new": len(counted.new),
        "changed": len(counted.changed),
        "known": counted.known,
        "states": _states(counted.new),
        "problems": counted.problems[:_PROBLEMS],
    }
    with services.store.write() as unit:
        subject = Subject(SubjectKind.SOURCE, source.id)
        unit.audit.append(AuditEntry(AuditName.SOURCE_TAKEN, subject, command.actor, facts=facts, cause=command.cause))
        for bill in _for_people(counted.new, services.cards_per_import):
            asking.subject_card(unit, subject_of(bill), bill.version)
        if len(counted.new) != 1 or counted.problems:
            asking.digest(unit, f"invoices:{source.id}:{len(counted.new)}:{len(counted.changed)}", facts)
    if len(counted.new) == 1 and not counted.problems:
        bill = counted.new[0]
        return Done(
            bill.id, bill.version, f"{command.name}: {bill.id} of {bill.header.supplier_name or 'an unknown supplier'}."
        )
    said = [f"{len(counted.new)} new", f"{len(counted.changed)} changed", f"{counted.known} known"]
    said += [f"{len(counted.problems)} with a problem: {' '.join(counted.problems[:3])}"] if counted.problems else []
    return Done(source.id, 1, f"{command.name}: {', '.join(said).rstrip('.')}.")


def _for_people(new: Sequence[SupplierBill], most: int) -> Sequence[SupplierBill]:
    return sorted(new, key=lambda bill: -(bill.net.minor if bill.net else 0))[:most]


def _states(bills: Sequence[SupplierBill]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for bill in bills:
        counts[bill.state.value] = counts.get(bill.state.value, 0) + 1
    return counts


def _of_table(invoice: SupplierInvoice) -> Arriving:
    header = BillHeader(
        number=invoice.number,
        invoice_date=invoice.invoice_date,
        currency=invoice.currency,
        supplier_id=invoice.supplier_id,
        supplier_name=invoice.supplier_id,
        po_numbers=invoice.po_numbers,
        due_date=invoice.due_date,
        discount_until=invoice.discount_until,
        discount=invoice.discount,
        tax=_tax(invoice),
        entity=invoice.entity,
        bank_accounts=invoice.bank_accounts,
    )
    lines = tuple(
        BillLine(
            line=line.line,
            amount=line.amount,
            kind=line.kind,
            item_code=line.item_code,
            description=line.description,
            quantity=line.quantity,
            uom=line.uom,
            rate=line.rate,
            price_correction=line.price_correction,
            charge=line.charge,
            tax_percent=line.tax_percent,
            tax=line.tax,
        )
        for line in sorted(invoice.lines, key=lambda each: line_order(each.line))
    )
    return Arriving(f"{invoice.supplier_id}/{invoice.number}", header, lines, from_table=True)


def _tax(invoice: SupplierInvoice) -> Money | None:
    """The tax that the file states, else what all lines say of it where that is one sum; else it is asked about."""
    taxes = taxes_of(invoice.lines)
    billed = any(line.charge is ChargeKind.TAX for line in invoice.lines)
    if invoice.tax is not None or billed or len(taxes.possible) != 1:
        return invoice.tax
    return Money(taxes.possible[0], invoice.currency)
