"""What a submission would put into the portal, and whether the portal would take it.

Asked for the card, once more when a person says Ready, and once more when the robot begins.
"""

import hashlib
import json
from dataclasses import dataclass, replace

from core.app.services import Services
from core.decide.draft_lines import proposed_lines
from core.decide.preflight import PortalRules, Preflight, PreflightCheck, PreflightFacts, preflight
from core.decide.submission import SubmissionFacts
from core.domain.actors import Entitled
from core.domain.codec import to_json
from core.domain.errors import TooBig
from core.domain.keeping import SourceKind
from core.domain.portals import CustomerPortalSetting, KeptOrder, ListedCustomer, LoginState, PortalSubmission
from core.domain.receivables import CustomerInvoice
from core.domain.submissions import DraftFile, DraftWanted, FilePlace
from core.ports.store import UnitOfWork

_ROOM = frozenset({PreflightCheck.ROOM, PreflightCheck.LINE_ROOM})


@dataclass(frozen=True, slots=True)
class Prepared:
    """Everything that belongs to a draft: our invoice, whose order it is, and what the portal would say.

    `wanted` and `answers` are None while no order is chosen, or the ledger does not list the invoice any more.
    """

    invoice: CustomerInvoice | None
    listed: ListedCustomer | None
    order: KeptOrder | None
    setting: CustomerPortalSetting
    wanted: DraftWanted | None = None
    answers: Preflight | None = None


def prepared(unit: UnitOfWork, submission: PortalSubmission, *, with_file: bool = True) -> Prepared:
    """The draft as it would be made now. Without the file's content its place is judged by its name alone."""
    invoice = unit.ledger.invoice(submission.invoice_number)
    setting = unit.portal_orders.setting(submission.customer_id)
    if submission.order is None:
        return Prepared(invoice, None, None, setting)
    listed = unit.portal_orders.customer(submission.order.customer)
    order = unit.portal_orders.order(submission.order)
    if order is None or invoice is None:
        return Prepared(invoice, listed, order, setting)
    file = None
    if submission.file is not None and with_file:
        file = DraftFile(submission.file_name, unit.sources.data(submission.file))
    wanted = DraftWanted(
        customer=order.order.customer,
        order_number=order.order.number,
        invoice_number=invoice.number,
        invoice_date=invoice.issue_date,
        total=invoice.amount,
        lines=submission.lines or (),
        file=file,
        file_place=setting.file_place,
        legal_entity=setting.legal_entity,
        note=submission.note,
        invoices_listed=listed.invoices_listed,
    )
    rules = PortalRules(needs_tax_code=setting.needs_tax_code, needs_file=setting.file_place is not FilePlace.NONE)
    there = tuple(one for _, one in unit.portal_orders.invoices_numbered(invoice.number))
    facts = PreflightFacts(wanted, order.order, unit.now.date(), rules, listed=there)
    return Prepared(invoice, listed, order, setting, wanted, preflight(facts))


def submission_facts(unit: UnitOfWork, by: Entitled, submission: PortalSubmission) -> SubmissionFacts:
    """What the state table asks about a submission as it would be."""
    ready = prepared(unit, submission)
    enabled = unit.portal_orders.submits() and ready.setting.uses_portal and ready.setting.submit
    stops = ready.answers.stops if ready.answers is not None else ()
    missing = "" if ready.invoice is not None else "The ledger does not list this invoice any more."
    login = unit.portal_logins.get(ready.listed.login_id) if ready.listed is not None else None
    return SubmissionFacts(
        by=by,
        customer_enabled=enabled,
        order_chosen=submission.order is not None,
        order_has_room=ready.answers is None or not any(each.check in _ROOM for each in stops),
        preflight_passes=ready.answers is not None and ready.answers.may_go,
        credentials_usable=login is not None and login.state is LoginState.ACTIVE,
        takes_cxml=ready.setting.takes_cxml,
        second_person=by.actor.id != (submission.ready_by or ""),
        preflight_denial=" ".join([*(each.sentence for each in stops), missing]).strip(),
    )


def completed(services: Services, unit: UnitOfWork, submission: PortalSubmission) -> PortalSubmission:
    """The submission with what can be had without a person: its lines, where there is one answer, and its file."""
    order = unit.portal_orders.order(submission.order) if submission.order is not None else None
    if submission.lines is None and order is not None:
        setting = unit.portal_orders.setting(submission.customer_id)
        answer = proposed_lines(order.order, submission.total, setting.tax_code)
        if answer is not None:
            submission = replace(submission, lines=answer[0], lines_from=answer[1])
    if submission.file is None and services.invoice_files is not None:
        try:
            found = services.invoice_files.find(submission.invoice_number)
        except TooBig:
            found = None
        if found is not None:
            source, _ = unit.sources.take(SourceKind.CUSTOMER_INVOICE_FILE, *found)
            submission = replace(submission, file=source.id, file_name=found[0])
    return submission


def facts_digest(unit: UnitOfWork, submission: PortalSubmission) -> str:
    """A digest of all that the card shows of order, invoice and pre-flight: where it is another, the card is drawn again."""
    ready = prepared(unit, submission)
    order = (
        None if ready.order is None else replace(ready.order.order, customer=replace(ready.order.order.customer, instance=""))
    )
    parts = [
        to_json(ready.invoice),
        to_json(order),
        to_json(ready.setting),
        to_json(ready.answers.findings if ready.answers else ()),
        unit.portal_orders.submits(),
        submission.file,
    ]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]
