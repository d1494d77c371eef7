"""One payment or remittance as people see it: everything a card, a page or an answer of the API says, in plain words.

Slack, the web and the API draw from these records, so they cannot tell different stories. What came from outside is masked
here (no account numbers); nothing is escaped here, because each surface escapes in its own way.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, tzinfo
from typing import Final

from core.app.masking import masked
from core.app.telling import Told, moment, tell
from core.app.wording import GAPS, REMITTANCE_WORDS, STATE_WORDS, FindingView, Offered, finding_view, offered
from core.decide import draft_payment, remittance
from core.domain.events import AuditName
from core.domain.evidence import Compared, GapKind, SuggestedApplication, Suggestion
from core.domain.ids import CustomerId, InvoiceNumber, PaymentId, RemittanceId
from core.domain.keeping import AuditRow, Subject, SubjectKind
from core.domain.money import Money, total
from core.domain.payments import Application, DraftPayment, MoneyOrigin, PaymentState
from core.domain.receivables import DocumentKind
from core.domain.remittance import RemittanceAdvice, RemittanceState
from core.match import explain
from core.ports.store import UnitOfWork

SUGGESTIONS_SHOWN: Final = 4
HISTORY_SHOWN: Final = 12
_NO_MOVE: Final = frozenset({AuditName.PAYMENT_FLAGGED, AuditName.PAYMENT_HANDED_OVER})
_NO_REST: Final = frozenset(
    {PaymentState.SET_ASIDE, PaymentState.RETURNED, PaymentState.REVERSING, PaymentState.REVERSED, PaymentState.EXPECTED}
)
_OPEN: Final = frozenset({PaymentState.UNIDENTIFIED, PaymentState.UNAPPLIED, PaymentState.SUGGESTED})


@dataclass(frozen=True, slots=True)
class DocumentView:
    """One document with the money meant for it. `open` is what drafts of ours have not taken; None if we do not know it."""

    number: InvoiceNumber
    customer: str
    kind: DocumentKind
    open: Money | None
    due: date | None
    applied: Money
    discount: Money
    write_off: Money
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SuggestionView:
    """One suggestion in words. `place` is what a confirmation names; equal ranks are a tie."""

    place: int
    rank: int
    customer_id: CustomerId
    customer: str
    documents: tuple[DocumentView, ...]
    applied: Money
    rest: Money
    why: str
    gap: str


@dataclass(frozen=True, slots=True)
class RemittanceLineView:
    """One line of an advice as read."""

    reference: str
    paid: Money | None
    discount: Money | None
    reason: str


@dataclass(frozen=True, slots=True)
class RemittanceView:
    """A remittance advice with what may be done with it."""

    id: RemittanceId
    version: int
    state: RemittanceState
    state_words: str
    payer: str
    customer: str
    total: Money | None
    paid_on: date | None
    sender: str
    subject: str
    lines: tuple[RemittanceLineView, ...]
    complete: bool
    payment_id: PaymentId | None
    why: str
    findings: tuple[FindingView, ...]
    offered: tuple[Offered, ...]
    history: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class PaymentView:
    """A draft payment with what it may pay, why, and what may be done with it."""

    id: PaymentId
    version: int
    state: PaymentState
    state_words: str
    state_line: str
    amount: Money
    received_on: date
    money_is_here: bool
    payer: str
    method: str
    reference: str
    text: str
    customer_id: CustomerId | None
    customer: str
    suggestions: tuple[SuggestionView, ...]
    applications: tuple[DocumentView, ...]
    because: str
    applied: Money
    unapplied: Money
    rest_words: str
    gap: str
    why: str
    findings: tuple[FindingView, ...]
    remittances: tuple[RemittanceView, ...]
    offered: tuple[Offered, ...]
    history: tuple[Told, ...]
    erp_id: str
    batch: str

    @property
    def best(self) -> tuple[SuggestionView, ...]:
        """The suggestions of rank one: several are a tie, which only a person may break."""
        return tuple(suggestion for suggestion in self.suggestions if suggestion.rank == 1)

    @property
    def tied(self) -> bool:
        """Whether several answers are equally good."""
        return len(self.best) > 1

    @property
    def done(self) -> bool:
        """Whether nobody has anything to do with it any more."""
        return not self.offered


class _Names:
    """Customers' names and documents, each looked up once."""

    def __init__(self, unit: UnitOfWork, payment: DraftPayment) -> None:
        self._unit = unit
        self._names: dict[CustomerId, str] = {}
        numbers = {application.invoice_number for application in payment.applications}
        for suggestion in payment.suggestions[:SUGGESTIONS_SHOWN]:
            numbers |= {item.invoice_number for item in suggestion.applications}
        self._documents = {number: unit.ledger.invoice(number) for number in sorted(numbers)}
        self._reserved = unit.ledger.reserved(numbers, except_payment=payment.id) if numbers else {}

    def name(self, customer_id: CustomerId | None) -> str:
        """The customer's name, or the id where the ledger no longer has them."""
        if customer_id is None:
            return ""
        if customer_id not in self._names:
            customer = self._unit.ledger.customer(customer_id)
            self._names[customer_id] = customer.name if customer else customer_id
        return self._names[customer_id]

    def document(self, item: Application | SuggestedApplication) -> DocumentView:
        """A document with the money meant for it, and what other drafts leave open on it."""
        known = self._documents.get(item.invoice_number)
        left = None
        if known is not None:
            left = Money(max(0, known.open_amount.minor - self._reserved.get(known.number, 0)), known.amount.currency)
        return DocumentView(
            number=item.invoice_number,
            customer=self.name(item.customer_id),
            kind=known.kind if known else DocumentKind.INVOICE,
            open=left,
            due=known.due_date if known else None,
            applied=item.applied,
            discount=item.discount,
            write_off=item.write_off if isinstance(item, Application) else Money.zero(item.applied.currency),
            reason=masked(item.reason) if isinstance(item, Application) else "",
        )


def _why(suggestion: Suggestion) -> str:
    shown = tuple(replace(record, left=masked(record.left)) for record in suggestion.evidence)
    return explain.sentences(replace(suggestion, evidence=shown))


def _suggestion(names: _Names, payment: DraftPayment, place: int) -> SuggestionView:
    suggestion = payment.suggestions[place]
    applied = total((item.applied for item in suggestion.applications), payment.amount.currency)
    return SuggestionView(
        place=place,
        rank=suggestion.rank,
        customer_id=suggestion.customer_id,
        customer=names.name(suggestion.customer_id),
        documents=tuple(names.document(item) for item in suggestion.applications),
        applied=applied,
        rest=payment.amount - applied,
        why=_why(suggestion),
        gap=_gap_words(suggestion.gap_kind, suggestion),
    )


def _applied_as(payment: DraftPayment) -> Suggestion | None:
    """The suggestion that what is applied equals exactly: automation explains itself after the fact too."""
    applied = [(each.invoice_number, each.applied, each.discount) for each in payment.applications]
    for suggestion in payment.suggestions if applied else ():
        if applied == [(item.invoice_number, item.applied, item.discount) for item in suggestion.applications]:
            return suggestion
    return None


def _gap_words(kind: GapKind, suggestion: Suggestion | None) -> str:
    """What kind of gap is left, where the reasons do not say it already."""
    told = suggestion is not None and any(record.compared is Compared.GAP for record in suggestion.evidence)
    return "" if told else GAPS[kind]


def _rest_words(payment: DraftPayment, customer: str) -> str:
    """What becomes of the money that is not applied."""
    if payment.state in _NO_REST or not payment.unapplied:
        return ""
    whose = f"{customer}’s account" if customer else "the customer’s account"
    if payment.state is PaymentState.UNAPPLIED and payment.customer_id is not None:
        return f"Nothing is applied. Posting it now puts {payment.unapplied} on {whose} without naming a document."
    if payment.applications:
        return f"{payment.unapplied} stays unapplied on {whose}."
    return ""


def _state_line(payment: DraftPayment, changes: Sequence[AuditRow], zone: tzinfo, unit: UnitOfWork) -> str:
    """Who brought it where it is, in one sentence; for what is posted, who pressed Post."""
    if payment.state in {PaymentState.POSTING, PaymentState.REVERSING} and payment.batch:
        return f"In batch {payment.batch}; waiting for the ledger’s acknowledgement."
    if payment.state is PaymentState.POSTED:
        pressed = next((row for row in reversed(changes) if row.entry.name is AuditName.PAYMENT_POSTING), None)
        number = f"Posted as {payment.erp_id}" if payment.erp_id else "Posted"
        if pressed is None:
            return f"{number}."
        return f"{number} by {pressed.entry.actor.name}, {moment(pressed.at, zone, unit.now)}."
    last = next((row for row in reversed(changes) if row.entry.name not in _NO_MOVE), None)
    return tell(last, zone, unit.now).sentence if last else ""


def _changes(rows: Sequence[AuditRow]) -> list[AuditRow]:
    """What a person wants to know of its past: without what was refused, and without every time that it was looked at."""
    changed = (row for row in rows if row.entry.version_after > row.entry.version_before)
    return [row for row in changed if row.entry.name is not AuditName.PAYMENT_LOOKED_AT]


def payment_view(unit: UnitOfWork, payment_id: PaymentId, zone: tzinfo) -> PaymentView:
    """A payment as people see it; `NotFound`."""
    payment = unit.payments.get(payment_id)
    names, applied_as = _Names(unit, payment), _applied_as(payment)
    rows = unit.audit.of(Subject(SubjectKind.PAYMENT, payment.id))
    changes = _changes(rows)
    customer = names.name(payment.customer_id)
    places = range(min(len(payment.suggestions), SUGGESTIONS_SHOWN))
    open_state = payment.state in _OPEN
    return PaymentView(
        id=payment.id,
        version=payment.version,
        state=payment.state,
        state_words=STATE_WORDS[payment.state],
        state_line=_state_line(payment, changes, zone, unit),
        amount=payment.amount,
        received_on=payment.received_on,
        money_is_here=payment.origin is not MoneyOrigin.NOT_SEEN,
        payer=masked(payment.payer_name),
        method=payment.method.replace("_", " "),
        reference=masked(payment.reference),
        text=masked(payment.text),
        customer_id=payment.customer_id,
        customer=customer,
        suggestions=tuple(_suggestion(names, payment, place) for place in places) if open_state else (),
        applications=tuple(names.document(application) for application in payment.applications),
        because=_why(applied_as) if applied_as is not None else "",
        applied=payment.applied,
        unapplied=payment.unapplied,
        rest_words=_rest_words(payment, customer),
        gap=_gap_words(payment.gap_kind, applied_as),
        why=masked(payment.why),
        findings=tuple(finding_view(finding) for finding in payment.findings),
        remittances=tuple(_remittance(unit, advice, zone) for advice in unit.remittances.of_payment(payment.id)),
        offered=offered(draft_payment.TABLE, payment.state),
        history=tuple(tell(row, zone, unit.now) for row in changes[-HISTORY_SHOWN:]),
        erp_id=payment.erp_id,
        batch=payment.batch,
    )


def remittance_view(unit: UnitOfWork, remittance_id: RemittanceId, zone: tzinfo) -> RemittanceView:
    """A remittance advice as people see it; `NotFound`."""
    return _remittance(unit, unit.remittances.get(remittance_id), zone)


def _remittance(unit: UnitOfWork, advice: RemittanceAdvice, zone: tzinfo) -> RemittanceView:
    customer = unit.ledger.customer(advice.customer_id) if advice.customer_id else None
    changes = _changes(unit.audit.of(Subject(SubjectKind.REMITTANCE, advice.id)))
    return RemittanceView(
        id=advice.id,
        version=advice.version,
        state=advice.state,
        state_words=REMITTANCE_WORDS[advice.state],
        payer=masked(advice.payer_name),
        customer=customer.name if customer else "",
        total=advice.total,
        paid_on=advice.paid_on,
        sender=advice.sender,
        subject=masked(advice.subject),
        lines=tuple(
            RemittanceLineView(masked(line.reference), line.paid, line.discount, masked(line.reason)) for line in advice.lines
        ),
        complete=advice.complete,
        payment_id=advice.payment_id,
        why=masked(advice.why),
        findings=tuple(finding_view(finding) for finding in advice.findings),
        offered=offered(remittance.TABLE, advice.state),
        history=tuple(tell(row, zone, unit.now) for row in changes[-HISTORY_SHOWN:]),
    )
