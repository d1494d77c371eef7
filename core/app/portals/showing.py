"""One submission, order, login, customer or sync as people see it: words from outside masked here, escaped by each surface."""

from datetime import datetime, tzinfo
from typing import Final

from core.app.explaining_orders import because
from core.app.masking import masked
from core.app.portals.drafting import Prepared, prepared, submission_facts
from core.app.portals.moving import subject_of
from core.app.portals.views import (
    CustomerOrderLineView,
    CustomerOrderView,
    DocumentView,
    DraftView,
    InvoiceThereView,
    ListedCustomerView,
    LoginView,
    PictureView,
    PreflightLine,
    SubmissionView,
    SyncView,
    TroubleView,
)
from core.app.portals.wording import LINES, LINKS, LOGINS, RULES, STEPS, SUBMISSION_STATES, SYNCS, remedy
from core.app.telling import moment, tell
from core.app.wording import Offered, offered
from core.decide import submission as table
from core.decide.preflight import line_amount
from core.domain.actors import Actor, ActorKind, Entitled, Surface
from core.domain.errors import NotFound
from core.domain.portal_orders import CustomerOrderLine, OrderLineKind, PortalInvoice
from core.domain.portals import (
    CxmlTerms,
    KeptDocument,
    KeptDraft,
    KeptOrder,
    ListedCustomer,
    OrderRef,
    PortalLogin,
    PortalSubmission,
    SubmissionId,
    SyncRunId,
    Trouble,
)
from core.domain.submissions import DraftLine
from core.domain.workflows import SubmissionState
from core.ports.store import UnitOfWork

HISTORY_SHOWN: Final = 12
# Buttons are the same for everybody; who may press them is asked when they do.
_NOBODY: Final = Entitled(Actor(ActorKind.SYSTEM, "view", "", Surface.WEB), frozenset())


def submission_view(unit: UnitOfWork, submission_id: SubmissionId, zone: tzinfo) -> SubmissionView:
    """A submission as people see it; `NotFound`."""
    submission = unit.submissions.get(submission_id)
    ready = prepared(unit, submission)
    customer = unit.ledger.customer(submission.customer_id)
    rows = [row for row in unit.audit.of(subject_of(submission)) if row.entry.version_after > row.entry.version_before]
    mark = unit.submissions.marked(submission.id) if submission.state is SubmissionState.FILLING else None
    charged = {line.order_line: line for line in submission.lines or ()}
    invoice = ready.invoice
    return SubmissionView(
        id=submission.id,
        version=submission.version,
        state=submission.state,
        state_words=SUBMISSION_STATES[submission.state],
        invoice_number=submission.invoice_number,
        invoice_date=invoice.issue_date if invoice else None,
        due_date=invoice.due_date if invoice else None,
        po_number=masked(invoice.po_number) if invoice else "",
        total=submission.total,
        open_amount=invoice.open_amount if invoice else None,
        customer_id=submission.customer_id,
        customer=customer.name if customer else submission.customer_id,
        portal=ready.listed.portal if ready.listed else "",
        order=_order_view(ready.order, ready.listed, charged) if ready.order and ready.listed else None,
        candidates=tuple(order_view(unit, ref) for ref in submission.candidates if unit.portal_orders.order(ref)),
        rule_words=RULES.get(submission.rule, submission.rule),
        is_sure=submission.is_sure,
        because=because(submission.evidence) if submission.evidence else "",
        lines_words=LINES[submission.lines_from] if submission.lines_from is not None else "",
        file_name=submission.file_name,
        file_size=unit.sources.get(submission.file).size if submission.file is not None else None,
        note=submission.note,
        preflight=_preflight(ready),
        may_go=ready.answers is not None and ready.answers.may_go,
        enabled=unit.portal_orders.submits() and ready.setting.uses_portal and ready.setting.submit,
        trouble=trouble_view(submission.trouble, zone, unit.now),
        draft=_draft_view(submission.draft, zone, unit.now),
        delivers=ready.setting.takes_cxml,
        document=_document_view(submission.document, ready.setting.cxml, zone, unit.now),
        there=_there(submission, ready),
        step_words=STEPS[mark.step] if mark is not None else "",
        ready_by=submission.ready_by_name,
        login_id=ready.listed.login_id if ready.listed else None,
        offered=submission_offered(unit, submission),
        history=tuple(tell(row, zone, unit.now) for row in rows[-HISTORY_SHOWN:]),
    )


def submission_offered(unit: UnitOfWork, submission: PortalSubmission) -> tuple[Offered, ...]:
    """The buttons now, in table order."""
    shown = table.TABLE.shown(submission.state, submission_facts(unit, _NOBODY, submission))
    return tuple(each for each in offered(table.TABLE, submission.state) if each.event in shown)


def _preflight(ready: Prepared) -> tuple[PreflightLine, ...]:
    if ready.answers is None:
        return ()
    return tuple(PreflightLine(each.level, masked(each.sentence)) for each in ready.answers.findings)


def order_view(unit: UnitOfWork, ref: OrderRef) -> CustomerOrderView:
    """A customer's order; `NotFound`."""
    kept = unit.portal_orders.order(ref)
    if kept is None:
        raise NotFound(f"There is no order {ref.number} of this customer.")
    return _order_view(kept, unit.portal_orders.customer(ref.customer), {})


def _order_view(kept: KeptOrder, listed: ListedCustomer, charged: dict[str, DraftLine]) -> CustomerOrderView:
    order = kept.order
    return CustomerOrderView(
        ref=kept.ref,
        portal=listed.portal,
        customer=listed.name,
        customer_id=listed.customer_id,
        number=order.number,
        status_words=order.status_text,
        may_be_invoiced=order.may_be_invoiced,
        total=order.total,
        invoiced=order.invoiced,
        balance=order.remaining,
        ordered_on=order.ordered_on,
        acknowledged_on=order.acknowledged_on,
        payment_term=order.payment_term,
        notes=tuple(masked(f"{note.by}: {note.text}" if note.by else note.text) for note in order.notes),
        lines=tuple(_line_view(line, charged.get(line.number)) for line in order.lines),
        invoices=tuple(_invoice_view(one) for one in order.invoices),
        seen_at=kept.seen_at,
    )


def _line_view(line: CustomerOrderLine, charged: DraftLine | None) -> CustomerOrderLineView:
    return CustomerOrderLineView(
        number=line.number,
        description=masked(line.description),
        part_number=line.part_number,
        by_quantity=line.kind is OrderLineKind.QUANTITY,
        quantity=line.quantity,
        unit=line.unit,
        price=line.price,
        total=line.total,
        invoiced=line.invoiced,
        left=None if line.invoiced is None else line.total - line.invoiced,
        need_by=line.need_by,
        charged=line_amount(charged, line.total.currency) if charged is not None else None,
        charged_quantity=charged.quantity if charged is not None else None,
    )


def _invoice_view(one: PortalInvoice) -> InvoiceThereView:
    payment = one.payment
    return InvoiceThereView(
        number=one.number,
        reference=one.reference,
        status_words=one.status_text,
        total=one.total,
        created_on=one.created_on,
        dispute_reason=masked(one.dispute_reason),
        paid=payment is not None and payment.paid,
        payment=masked(payment.information) if payment is not None else "",
        projected_on=payment.projected_on if payment is not None else None,
    )


def _there(submission: PortalSubmission, ready: Prepared) -> InvoiceThereView | None:
    """Our invoice as the portal lists it now."""
    seen = submission.seen
    if seen is None:
        return None
    listed = ready.order.order.invoices if ready.order is not None else ()
    known = next((one for one in listed if one.reference == seen.reference), None)
    if known is not None:
        return _invoice_view(known)
    return InvoiceThereView(
        submission.invoice_number,
        seen.reference,
        seen.status_text,
        submission.total,
        None,
        masked(seen.dispute_reason),
        seen.paid,
        masked(seen.information),
        seen.projected_on,
    )


def trouble_view(trouble: Trouble | None, zone: tzinfo, now: datetime) -> TroubleView | None:
    """A trouble with its name and what to do."""
    if trouble is None:
        return None
    known = remedy(trouble.code)
    return TroubleView(
        trouble.code,
        known.title,
        masked(trouble.sentence),
        known.what_to_do,
        known.button,
        trouble.field,
        masked(trouble.text),
        trouble.picture,
        moment(trouble.at, zone, now),
    )


def _draft_view(draft: KeptDraft | None, zone: tzinfo, now: datetime) -> DraftView | None:
    if draft is None:
        return None
    proof = draft.proof
    pictures = tuple(
        PictureView(shot.source_id, STEPS[shot.step], moment(shot.at, zone, now), shot.digest)
        for shot in (proof.shots if proof is not None else ())
    )
    return DraftView(
        reference=draft.reference,
        saved_at_words=moment(draft.saved_at, zone, now),
        differences=tuple((each.what, masked(each.wanted), masked(each.seen)) for each in draft.differences),
        orphans=draft.orphans,
        typed=proof.typed if proof is not None else (),
        pictures=pictures,
        left_out=proof.left_out if proof is not None else 0,
        digest=proof.digest if proof is not None else "",
        file_digest=proof.file_digest if proof is not None else "",
    )


def _document_view(document: KeptDocument | None, terms: CxmlTerms | None, zone: tzinfo, now: datetime) -> DocumentView | None:
    if document is None:
        return None

    def words(at: datetime | None) -> str:
        return "" if at is None else moment(at, zone, now)

    return DocumentView(
        source_id=document.source_id,
        payload_id=document.payload_id,
        endpoint=terms.endpoint if terms is not None else "",
        written_at_words=words(document.written_at),
        digest=document.digest,
        file_digest=document.file_digest,
        released_by=document.released_by_name,
        released_at_words=words(document.released_at),
        sent_at_words=words(document.sent_at),
        answer=f"{document.code} {masked(document.answer)}".strip() if document.code is not None else "",
    )


def login_view(unit: UnitOfWork, login: PortalLogin, zone: tzinfo) -> LoginView:
    """A login without anything secret."""

    def words(at: datetime | None) -> str:
        return "" if at is None else moment(at, zone, unit.now)

    notation = " ".join(part for part in (login.date_form, f"“{login.decimal_mark}”" if login.decimal_mark else "") if part)
    return LoginView(
        id=login.id,
        version=login.version,
        portal=login.portal,
        user=login.login,
        state=login.state,
        state_words=LOGINS[login.state],
        has_code_secret=login.has_code_secret,
        notation=notation,
        trouble=trouble_view(login.trouble, zone, unit.now),
        added_words=words(login.added_at),
        rotated_words=words(login.rotated_at),
        tested_words=words(login.tested_at),
        synced_words=words(login.synced_at),
        customers=len(unit.portal_orders.customers(login.id)),
    )


def customer_view(unit: UnitOfWork, listed: ListedCustomer, zone: tzinfo) -> ListedCustomerView:
    """A portal's customer, who it is, and what is done for them."""
    ours = unit.ledger.customer(listed.customer_id) if listed.customer_id is not None else None
    named = [(each, unit.ledger.customer(each)) for each in listed.candidates]
    return ListedCustomerView(
        id=listed.id,
        version=listed.version,
        login_id=listed.login_id,
        portal=listed.portal,
        name=listed.name,
        link=listed.link,
        link_words=LINKS[listed.link],
        customer_id=listed.customer_id,
        customer=ours.name if ours is not None else listed.customer_id or "",
        candidates=tuple((each, found.name if found is not None else each) for each, found in named),
        setting=unit.portal_orders.setting(listed.customer_id) if listed.customer_id is not None else None,
        orders=listed.orders_listed,
        synced_words="" if listed.synced_at is None else moment(listed.synced_at, zone, unit.now),
        trouble=trouble_view(listed.trouble, zone, unit.now),
    )


def sync_view(unit: UnitOfWork, run_id: SyncRunId, zone: tzinfo) -> SyncView:
    """How far a sync is; `NotFound`."""
    run = unit.portal_orders.run(run_id)
    login = unit.portal_logins.get(run.login_id)
    return SyncView(
        id=run.id,
        version=run.version,
        login_id=run.login_id,
        portal=login.portal,
        user=login.login,
        state=run.state,
        state_words=SYNCS[run.state],
        is_first=run.is_first,
        asked_by=run.asked_by,
        started_words=moment(run.started_at, zone, unit.now),
        ended_words="" if run.ended_at is None else moment(run.ended_at, zone, unit.now),
        customers=run.customers,
        customers_done=len(run.done),
        now_at=run.now_at,
        to_read=run.to_read,
        orders_seen=run.orders_seen,
        orders_read=run.orders_read,
        lines_read=run.lines_read,
        troubled_customers=run.troubled_customers,
        trouble=trouble_view(run.trouble, zone, unit.now),
    )
