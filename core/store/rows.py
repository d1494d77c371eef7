"""Row to record and back, both directions; a round trip gives an equal record (tests/unit/store)."""

import json
from typing import TypeVar

from core.domain.actors import Person, Role
from core.domain.codec import from_json, to_json
from core.domain.evidence import Finding, GapKind, Suggestion
from core.domain.ids import BankLineId, CustomerId, EntityId, InvoiceNumber, Key, OutboxId, PaymentId, PersonId, SourceId
from core.domain.keeping import CardPlace, Effect, EffectKind, OutboxItem, Source, SourceKind, Subject, SubjectKind
from core.domain.money import Money, currency
from core.domain.parties import Alias, AliasKind, Customer
from core.domain.payments import Application, BankLine, Direction, DraftPayment, MoneyOrigin, PaymentState
from core.domain.questions import BankQuestion, QuestionId, QuestionKind, QuestionState
from core.domain.receivables import CustomerInvoice, DocumentKind
from core.domain.remittance import RemittanceAdvice
from core.domain.workflows import OutboxState
from core.store import tables

T = TypeVar("T")


def dump(value: object) -> str:
    """Compact JSON text of a record, keys in field order."""
    return json.dumps(to_json(value), ensure_ascii=False, separators=(",", ":"))


def load(of: type[T], data: str) -> T:
    """The record that `dump` wrote."""
    return from_json(of, json.loads(data))


def _number(speakable: str) -> int:
    return int(speakable.rpartition("-")[2])


def payment_row(record: DraftPayment) -> dict[str, object]:
    """Column values of a payment, without its applications and without `changed_at`."""
    return {
        "id": record.id,
        "number": _number(record.id),
        "version": record.version,
        "state": record.state.value,
        "entity": record.entity,
        "currency": record.amount.currency.code,
        "amount_minor": record.amount.minor,
        "received_on": record.received_on,
        "origin": record.origin.value,
        "method": record.method,
        "payer_name": record.payer_name,
        "payer_account": record.payer_account,
        "reference": record.reference,
        "text": record.text,
        "bank_line_id": record.bank_line_id,
        "customer_id": record.customer_id,
        "suggestions": dump(record.suggestions),
        "findings": dump(record.findings),
        "gap_kind": record.gap_kind.value,
        "why": record.why,
        "posting_key": record.posting_key,
        "erp_id": record.erp_id,
        "batch": record.batch,
        "tags": " ".join(record.tags),
        "reversal_key": record.reversal_key,
        "reversal_id": record.reversal_id,
    }


def payment(row: tables.PaymentRow, applications: tuple[Application, ...]) -> DraftPayment:
    """The draft payment of a row and its applications."""
    return DraftPayment(
        id=PaymentId(row.id),
        version=row.version,
        state=PaymentState(row.state),
        amount=Money(row.amount_minor, currency(row.currency)),
        received_on=row.received_on,
        origin=MoneyOrigin(row.origin),
        entity=EntityId(row.entity),
        method=row.method,
        payer_name=row.payer_name,
        payer_account=row.payer_account,
        reference=row.reference,
        text=row.text,
        bank_line_id=BankLineId(row.bank_line_id) if row.bank_line_id else None,
        customer_id=CustomerId(row.customer_id) if row.customer_id else None,
        applications=applications,
        suggestions=load(tuple[Suggestion, ...], row.suggestions),
        findings=load(tuple[Finding, ...], row.findings),
        gap_kind=GapKind(row.gap_kind),
        why=row.why,
        posting_key=Key(row.posting_key) if row.posting_key else None,
        erp_id=row.erp_id,
        batch=row.batch,
        tags=tuple(row.tags.split()),
        reversal_key=Key(row.reversal_key) if row.reversal_key else None,
        reversal_id=row.reversal_id,
    )


def question_row(record: BankQuestion) -> dict[str, object]:
    """Column values of a question of the bank."""
    return {
        "id": record.id,
        "number": _number(record.id),
        "version": record.version,
        "kind": record.kind.value,
        "state": record.state.value,
        "entity": record.entity,
        "bank_line_id": record.bank_line_id,
        "payment_id": record.payment_id,
        "like_line_id": record.like,
        "currency": record.amount.currency.code,
        "amount_minor": record.amount.minor,
        "why": record.why,
    }


def question(row: tables.BankQuestionRow) -> BankQuestion:
    """The question of a row."""
    return BankQuestion(
        id=QuestionId(row.id),
        version=row.version,
        kind=QuestionKind(row.kind),
        state=QuestionState(row.state),
        bank_line_id=BankLineId(row.bank_line_id),
        amount=Money(row.amount_minor, currency(row.currency)),
        payment_id=PaymentId(row.payment_id) if row.payment_id else None,
        like=BankLineId(row.like_line_id) if row.like_line_id else None,
        why=row.why,
        entity=EntityId(row.entity),
    )


def application_row(payment_id: PaymentId, position: int, record: Application) -> tables.ApplicationRow:
    """The row of one application of a payment."""
    return tables.ApplicationRow(
        payment_id=payment_id,
        position=position,
        invoice_number=record.invoice_number,
        customer_id=record.customer_id,
        currency=record.applied.currency.code,
        applied_minor=record.applied.minor,
        discount_minor=record.discount.minor,
        write_off_minor=record.write_off.minor,
        reason=record.reason,
    )


def application(row: tables.ApplicationRow) -> Application:
    """The application of a row."""
    of = currency(row.currency)
    return Application(
        invoice_number=InvoiceNumber(row.invoice_number),
        customer_id=CustomerId(row.customer_id),
        applied=Money(row.applied_minor, of),
        discount=Money(row.discount_minor, of),
        write_off=Money(row.write_off_minor, of),
        reason=row.reason,
    )


def bank_line_row(record: BankLine) -> dict[str, object]:
    """Column values of a bank line."""
    return {
        "id": record.id,
        "natural_key": record.natural_key,
        "source_id": record.source_id,
        "where": record.where,
        "account": record.account,
        "bank_id": record.bank_id,
        "value_date": record.value_date,
        "currency": record.amount.currency.code,
        "amount_minor": record.amount.minor,
        "direction": record.direction.value,
        "payer_name": record.payer_name,
        "payer_account": record.payer_account,
        "refs": dump(record.references),
        "text": record.text,
        "method": record.method,
        "reversal": record.reversal,
        "return_code": record.return_code,
        "seen": 1,
    }


def bank_line(row: tables.BankLineRow) -> BankLine:
    """The bank line of a row."""
    return BankLine(
        id=BankLineId(row.id),
        natural_key=Key(row.natural_key),
        source_id=SourceId(row.source_id),
        where=row.where,
        account=row.account,
        bank_id=row.bank_id,
        value_date=row.value_date,
        amount=Money(row.amount_minor, currency(row.currency)),
        direction=Direction(row.direction),
        payer_name=row.payer_name,
        payer_account=row.payer_account,
        references=load(tuple[str, ...], row.refs),
        text=row.text,
        method=row.method,
        reversal=row.reversal,
        return_code=row.return_code,
    )


def customer_row(record: Customer) -> dict[str, object]:
    """Column values of a customer."""
    known_by = {"aliases": record.aliases, "email_domains": record.email_domains, "bank_accounts": record.bank_accounts}
    return {
        "id": record.id,
        "name": record.name,
        "parent_id": record.parent_id,
        "currency": record.currency,
        "entity": record.entity,
        "known_by": dump(known_by),
    }


def customer(row: tables.CustomerRow) -> Customer:
    """The customer of a row."""
    known_by = json.loads(row.known_by)
    return Customer(
        id=CustomerId(row.id),
        name=row.name,
        parent_id=CustomerId(row.parent_id) if row.parent_id else None,
        aliases=tuple(known_by["aliases"]),
        email_domains=tuple(known_by["email_domains"]),
        bank_accounts=tuple(known_by["bank_accounts"]),
        currency=row.currency,
        entity=EntityId(row.entity),
    )


def invoice_row(record: CustomerInvoice) -> dict[str, object]:
    """Column values of one of our documents."""
    return {
        "number": record.number,
        "customer_id": record.customer_id,
        "kind": record.kind.value,
        "issue_date": record.issue_date,
        "due_date": record.due_date,
        "currency": record.amount.currency.code,
        "amount_minor": record.amount.minor,
        "open_minor": record.open_amount.minor,
        "discount_minor": record.discount_amount.minor if record.discount_amount else None,
        "discount_until": record.discount_until,
        "po_number": record.po_number,
        "entity": record.entity,
    }


def invoice(row: tables.CustomerInvoiceRow) -> CustomerInvoice:
    """The document of a row."""
    of = currency(row.currency)
    return CustomerInvoice(
        number=InvoiceNumber(row.number),
        customer_id=CustomerId(row.customer_id),
        issue_date=row.issue_date,
        amount=Money(row.amount_minor, of),
        open_amount=Money(row.open_minor, of),
        due_date=row.due_date,
        discount_amount=Money(row.discount_minor, of) if row.discount_minor is not None else None,
        discount_until=row.discount_until,
        po_number=row.po_number,
        kind=DocumentKind(row.kind),
        entity=EntityId(row.entity),
    )


def remittance(row: tables.RemittanceRow) -> RemittanceAdvice:
    """The advice of a row."""
    return load(RemittanceAdvice, row.record)


def alias(row: tables.AliasRow) -> Alias:
    """What a row says was learned."""
    return Alias(AliasKind(row.kind), row.value, CustomerId(row.customer_id), row.confirmed, row.rejected)


def source(row: tables.SourceRow) -> Source:
    """The source of a row, without its bytes."""
    return Source(SourceId(row.id), row.sha256, SourceKind(row.kind), row.name, row.size, row.taken_at)


def person(row: tables.PersonRow) -> Person:
    """The person of a row."""
    return Person(
        id=PersonId(row.id),
        name=row.name,
        email=row.email,
        roles=frozenset(Role(name) for name in row.roles.split()),
        slack_user=row.slack_user or "",
        slack_team=row.slack_team or "",
        active=row.active,
        entities=frozenset(EntityId(name) for name in row.entities.split()),
    )


def outbox_item(row: tables.OutboxRow) -> OutboxItem:
    """The outbox item of a row."""
    effect = Effect(
        kind=EffectKind(row.kind),
        key=Key(row.key),
        subject=Subject(SubjectKind(row.subject_kind), row.subject_id),
        lane=row.lane,
        payload=json.loads(row.payload),
    )
    return OutboxItem(
        id=OutboxId(row.id or 0),
        effect=effect,
        state=OutboxState(row.state),
        attempts=row.attempts,
        available_at=row.available_at,
        token=row.token,
        last_error=row.last_error,
        receipt=row.receipt,
        created_at=row.created_at,
    )


def card(row: tables.CardRow) -> CardPlace:
    """The place of a card."""
    return CardPlace(Subject(SubjectKind(row.subject_kind), row.subject_id), row.channel, row.ts, row.version, row.content_hash)
