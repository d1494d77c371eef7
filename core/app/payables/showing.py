"""One supplier invoice as people see it: everything that a card, a page or an answer of the API says, in plain words.

Slack, the web and the API draw from these records, so they cannot tell different stories. Buttons are read out of the state
tables, those that the subject itself rules out now left away; words from outside are masked here and escaped by each surface.
"""

from collections.abc import Sequence
from datetime import tzinfo
from typing import Final

from core.app.explaining_lines import because, finding_sentence
from core.app.masking import ending, masked
from core.app.payables import policies
from core.app.payables.act_on_invoice import decisions_lost
from core.app.payables.act_on_line import closed
from core.app.payables.books import Books, elsewhere, is_there
from core.app.payables.edit_invoice import may_be_right
from core.app.payables.linking import line_facts
from core.app.payables.moving import invoice_facts, subject_of
from core.app.payables.showing_orders import OrderLineView, summary
from core.app.payables.views import (
    BillLineView,
    BillView,
    DisputeView,
    FindingLine,
    LetterView,
    QuestionView,
    TwinView,
    WaitingView,
)
from core.app.payables.wording import (
    BILL_KINDS,
    BILL_STATES,
    CHANGES,
    CHARGES,
    DISPUTES,
    LINE_STATES,
    OUTCOMES,
    RECOGNISED,
    VERDICTS,
    question_words,
)
from core.app.telling import moment, tell
from core.app.wording import Offered, offered
from core.decide import dispute as dispute_table
from core.decide import line_resolution, supplier_invoice
from core.domain.actors import Actor, ActorKind, Entitled, Surface
from core.domain.disputes import Dispute
from core.domain.events import SupplierInvoiceEvent
from core.domain.ids import PersonId
from core.domain.line_comparison import Doubt, LinkKind
from core.domain.line_facts import Standing
from core.domain.measures import as_decimal
from core.domain.payables import ChargeKind, ComparisonWay, OrderLineRef
from core.domain.supplier_bills import (
    AskedKind,
    BillKind,
    BillLine,
    BillQuestion,
    LineDecision,
    RecognisedBy,
    SupplierBill,
    SupplierInvoiceId,
    orders_of,
)
from core.domain.workflows import LineResolution
from core.ports.store import UnitOfWork

HISTORY_SHOWN: Final = 12
NOT_COMPARED: Final = "Not compared"
# Buttons are the same for everybody; who may press them is asked when they do.
_NOBODY: Final = Entitled(Actor(ActorKind.SYSTEM, "view", "", Surface.WEB), frozenset())


def bill_view(unit: UnitOfWork, bill_id: SupplierInvoiceId, zone: tzinfo) -> BillView:
    """A supplier invoice as people see it; `NotFound`."""
    bill = unit.bills.get(bill_id)
    books = Books(unit)
    head = bill.header
    disputes = {each.line: each for each in unit.disputes.of_bill(bill.id) if each.live}
    rows = [row for row in unit.audit.of(subject_of(bill)) if row.entry.version_after > row.entry.version_before]
    known = [order for number in orders_of(bill) if (order := unit.orders.order(number)) is not None]
    return BillView(
        id=bill.id,
        version=bill.version,
        state=bill.state,
        state_words=BILL_STATES[bill.state],
        kind=bill.kind,
        kind_words=BILL_KINDS[bill.kind],
        number=head.number,
        supplier_id=head.supplier_id,
        supplier=head.supplier_name,
        recognised=_recognised(head.recognised_by),
        invoice_date=head.invoice_date,
        due_date=head.due_date,
        currency=head.currency.code if head.currency else "",
        net=bill.net,
        tax=head.tax,
        total=head.total or bill.net,
        is_credit=head.is_credit,
        discount=head.discount,
        discount_until=head.discount_until,
        po_numbers=head.po_numbers,
        bank_accounts=tuple(shown for each in head.bank_accounts if (shown := ending(each))),
        orders=tuple(summary(unit, order) for order in known),
        order_notes=tuple(_NOTES[each.reading].format(each.text) for each in bill.orders if each.reading in _NOTES),
        lines=_lines(unit, bill, books, disputes, zone),
        questions=tuple(_question(unit, bill, place) for place in range(len(bill.questions))),
        approvers=tuple(_name(unit, person) for person in bill.approvers),
        approver_ids=bill.approvers,
        lost_by_rerun=tuple(line.line for line in decisions_lost(bill)),
        editable=any(
            row.event is SupplierInvoiceEvent.EDIT and bill.state in row.sources for row in supplier_invoice.TABLE.rows
        ),
        policy_version=bill.policy_version,
        why=masked(bill.why),
        erp_id=bill.erp_id,
        batch=bill.batch,
        offered=bill_offered(unit, bill),
        history=tuple(tell(row, zone, unit.now) for row in rows[-HISTORY_SHOWN:]),
    )


def _recognised(by: Sequence[RecognisedBy]) -> str:
    """How we know whose it is, where nobody said it."""
    return f"Recognised by {' and '.join(RECOGNISED[each] for each in by)}" if by else ""


_NOTES: Final = {
    "unread": "No order of this supplier is numbered “{}”.",
    "ambiguous": "“{}” may be any of several orders.",
    "closed": "The order “{}” is closed.",
    "other_supplier": "The order “{}” is another supplier's.",
    "other_currency": "The order “{}” is in another currency.",
}


def bill_offered(unit: UnitOfWork, bill: SupplierBill) -> tuple[Offered, ...]:
    """The buttons of the invoice now, in table order."""
    facts = invoice_facts(unit, _NOBODY, bill, policy=policies.payables(unit))
    shown = supplier_invoice.TABLE.shown(bill.state, facts)
    return tuple(each for each in offered(supplier_invoice.TABLE, bill.state) if each.event in shown)


def line_offered(bill: SupplierBill, line: BillLine) -> tuple[Offered, ...]:
    """The buttons of a line now: what its verdict, its resolution and the invoice's state leave."""
    shown = line_resolution.TABLE.shown(line.resolution, line_facts(_NOBODY, bill, line, closed=closed(bill)))
    return tuple(each for each in offered(line_resolution.TABLE, line.resolution) if each.event in shown)


def _name(unit: UnitOfWork, person_id: PersonId) -> str:
    person = unit.people.get(person_id)
    return person.name if person is not None else person_id


def _lines(
    unit: UnitOfWork, bill: SupplierBill, books: Books, disputes: dict[str, Dispute], zone: tzinfo
) -> tuple[BillLineView, ...]:
    refs = sorted({ref for line in bill.lines for ref in _refs(line)})
    supplier = bill.header.supplier_id
    views: dict[OrderLineRef, OrderLineView] = {}
    if supplier is not None and refs:
        taken = elsewhere(unit, bill, refs)
        book = books.of(supplier)
        for ref in refs:
            if is_there(book, ref):
                bare = book.standing(ref)
                standing = Standing(bare.line, bare.received, taken[ref]) if ref in taken else bare
                views[ref] = order_line_view(standing)
    return tuple(_line(unit, bill, line, views, disputes.get(line.line), zone) for line in bill.lines)


def _refs(line: BillLine) -> tuple[OrderLineRef, ...]:
    return line.comparison.link.targets if line.comparison is not None else ()


def order_line_view(standing: Standing) -> OrderLineView:
    """An order line as people see it."""
    line, left = standing.line, standing.quantity
    return OrderLineView(
        ref=line.ref,
        description=line.description,
        item_code=line.item_code,
        ordered=line.quantity,
        uom=line.uom,
        rate=line.rate,
        amount=line.amount,
        received=as_decimal(standing.received.quantity),
        billed=as_decimal(line.quantity_billed),
        left=None if left is None else as_decimal(left),
        three_way=line.way is ComparisonWay.THREE_WAY,
        coding=line.coding,
    )


def _line(
    unit: UnitOfWork,
    bill: SupplierBill,
    line: BillLine,
    views: dict[OrderLineRef, OrderLineView],
    dispute: Dispute | None,
    zone: tzinfo,
) -> BillLineView:
    compared, plain = line.comparison, bill.kind is BillKind.PLAIN
    tie = compared is not None and compared.link.kind is LinkKind.TIE
    shown = tuple(views[ref] for ref in _refs(line) if ref in views)
    decision = line.decision
    waits = decision is not None and line.resolution is LineResolution.AWAITING_RECEIPT
    pack = next((each for each in bill.proposals if each.line == line.line), None)
    return BillLineView(
        line=line.line,
        description=line.description,
        item_code=line.item_code,
        quantity=line.quantity,
        uom=line.uom,
        rate=line.rate,
        amount=line.amount,
        kind_words=_kind_words(bill, line),
        compared=bill.kind is BillKind.PO_INVOICE,
        place=line.place,
        coding=line.coding,
        resolution=line.resolution,
        resolution_words="No order" if plain else LINE_STATES[line.resolution],
        verdicts=line.verdicts,
        verdict_words=NOT_COMPARED if plain else ", ".join(VERDICTS[verdict] for verdict in line.verdicts),
        findings=_findings(line),
        orders=() if tie else shown,
        tied=shown if tie else (),
        because=because(compared) if compared is not None else "",
        accepted=line.accepted,
        decided=f"{LINE_STATES[line.resolution]} by {decision.by_name}" if decision is not None else "",
        reason=decision.reason if decision is not None else "",
        reopened=CHANGES[line.reopened] if line.reopened is not None else "",
        pack_size=(
            f"1 {pack.conversion.from_uom} = {pack.conversion.factor:f} {pack.conversion.to_uom}" if pack is not None else ""
        ),
        waiting=_waiting(unit, decision, zone) if waits and decision is not None else None,
        dispute=dispute_view(unit, dispute, zone) if dispute is not None else None,
        offered=line_offered(bill, line),
    )


def _kind_words(bill: SupplierBill, line: BillLine) -> str:
    """A charge for the invoice as a whole, or a line that takes money off an invoice; nothing where its description says so."""
    credit = line.amount is not None and line.amount.minor < 0 and not bill.header.is_credit
    if line.charge is ChargeKind.OTHER:
        words = "Discount" if credit else "Charge"
    elif line.charge is not None:
        words = CHARGES[line.charge]
    else:
        words = "Credit" if credit or line.price_correction else ""
    return "" if words.casefold() in line.description.casefold() else words


def _waiting(unit: UnitOfWork, decision: LineDecision, zone: tzinfo) -> WaitingView:
    days = (unit.now - decision.at).days
    overdue = days >= policies.payables(unit).escalate_after_days
    return WaitingView(decision.at.astimezone(zone).date(), days, overdue)


def _findings(line: BillLine) -> tuple[FindingLine, ...]:
    found = line.comparison.findings if line.comparison is not None else ()
    return tuple(
        FindingLine(each.axis, each.verdict, each.found, each.expected, each.difference, finding_sentence(each))
        for each in found
        if each.verdict is not None or each.doubt is not Doubt.NONE
    )


def _question(unit: UnitOfWork, bill: SupplierBill, place: int) -> QuestionView:
    question = bill.questions[place]
    return QuestionView(
        place=place,
        kind=question.kind,
        field=question.field,
        sentence=masked(question_words(question)),
        stops=question.stops,
        may_be_right=may_be_right(question),
        twin=_twin(unit, question),
    )


def _twin(unit: UnitOfWork, question: BillQuestion) -> TwinView | None:
    if question.kind not in {AskedKind.SAME_NUMBER, AskedKind.SAME_AMOUNT}:
        return None
    other = unit.bills.get(SupplierInvoiceId(question.other))
    head = other.header
    return TwinView(
        other.id,
        head.number,
        head.supplier_name,
        head.invoice_date,
        head.total or other.net,
        BILL_STATES[other.state],
        head.po_numbers,
        len(other.lines),
        unit.sources.get(other.source_id).name,
    )


def dispute_view(unit: UnitOfWork, dispute: Dispute, zone: tzinfo) -> DisputeView:
    """A dispute as people see it."""
    letters = tuple(
        LetterView(each.by is not None, moment(each.at, zone, unit.now), masked(each.subject), masked(each.text))
        for each in dispute.letters
    )
    return DisputeView(
        id=dispute.id,
        version=dispute.version,
        state=dispute.state,
        state_words=DISPUTES[dispute.state],
        bill_id=dispute.bill_id,
        line=dispute.line,
        reason=dispute.reason,
        letters=letters,
        outcome=OUTCOMES[dispute.outcome] if dispute.outcome is not None else "",
        offered=offered(dispute_table.TABLE, dispute.state),
    )
