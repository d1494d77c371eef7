"""One action on a payment as it comes over HTTP, from a form or as JSON, to the command of the story."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from core.app import act_on_question, act_on_remittance
from core.app.act_on_payment import act
from core.app.choosing import documents
from core.app.commands import ActOnPayment, ActOnQuestion, ActOnRemittance
from core.app.outcomes import Outcome
from core.domain.errors import Incomplete, Malformed
from core.domain.events import PaymentEvent, QuestionEvent, RemittanceEvent
from core.domain.ids import CustomerId, InvoiceNumber, PaymentId, RemittanceId
from core.domain.money import Currency, Money
from core.domain.payments import Application, DraftPayment
from core.domain.questions import QuestionId
from core.ports.store import UnitOfWork
from core.web.identity import require_actor
from core.web.site import Site


@dataclass(frozen=True, slots=True)
class Share:
    """Money for one document, as it was typed."""

    invoice_number: str
    applied: str
    discount: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to happen to a payment."""

    payment_id: PaymentId
    version: int
    event: str
    reason: str = ""
    customer_id: str = ""
    choice: int | None = None
    method: str = ""
    received_on: str = ""
    shares: Sequence[Share] = field(default=())


def do(site: Site, asked: Asked) -> Outcome:
    """Ask the story, as the person whom the token stands for."""
    try:
        event = PaymentEvent(asked.event)
    except ValueError:
        raise Malformed(f"“{asked.event[:40]}” is nothing that can be done to a payment.") from None
    with site.services.store.read() as unit:
        actor = require_actor(unit, site.settings)
        payment = unit.payments.get(asked.payment_id)
        applications = _applications(unit, payment, asked.shares)
    command = ActOnPayment(
        payment_id=payment.id,
        version=asked.version,
        event=event,
        actor=actor,
        reason=asked.reason,
        customer_id=CustomerId(asked.customer_id) if asked.customer_id else None,
        applications=applications,
        choice=asked.choice,
        method=asked.method,
        received_on=_day(asked.received_on),
        cause=f"web:{uuid.uuid4().hex[:12]}",
    )
    return act(site.services, command)


@dataclass(frozen=True, slots=True)
class AskedOfRemittance:
    """What somebody wants to happen to a remittance."""

    remittance_id: RemittanceId
    version: int
    event: str
    reason: str = ""
    payment_id: str = ""


def do_to_remittance(site: Site, asked: AskedOfRemittance) -> Outcome:
    """As `do`, for a remittance."""
    try:
        event = RemittanceEvent(asked.event)
    except ValueError:
        raise Malformed(f"“{asked.event[:40]}” is nothing that can be done to a remittance.") from None
    with site.services.store.read() as unit:
        actor = require_actor(unit, site.settings)
    command = ActOnRemittance(
        remittance_id=asked.remittance_id,
        version=asked.version,
        event=event,
        actor=actor,
        reason=asked.reason,
        payment_id=PaymentId(asked.payment_id) if asked.payment_id else None,
        cause=f"web:{uuid.uuid4().hex[:12]}",
    )
    return act_on_remittance.act(site.services, command)


@dataclass(frozen=True, slots=True)
class AskedOfQuestion:
    """What somebody answers to a question of the bank."""

    question_id: QuestionId
    version: int
    event: str
    reason: str = ""
    payment_id: str = ""


def answer(site: Site, asked: AskedOfQuestion) -> Outcome:
    """As `do`, for a question of the bank."""
    try:
        event = QuestionEvent(asked.event)
    except ValueError:
        raise Malformed(f"“{asked.event[:40]}” is no answer to a question of the bank.") from None
    with site.services.store.read() as unit:
        actor = require_actor(unit, site.settings)
    command = ActOnQuestion(
        question_id=asked.question_id,
        version=asked.version,
        event=event,
        actor=actor,
        reason=asked.reason,
        payment_id=PaymentId(asked.payment_id) if asked.payment_id else None,
        cause=f"web:{uuid.uuid4().hex[:12]}",
    )
    return act_on_question.act(site.services, command)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Malformed(f"“{text[:40]}” is no date such as 2026-03-31.") from None


def _applications(unit: UnitOfWork, payment: DraftPayment, shares: Sequence[Share]) -> tuple[Application, ...]:
    given = [share for share in shares if share.applied or share.discount]
    known = documents(unit, payment, [InvoiceNumber(share.invoice_number) for share in given])
    found = []
    for share in given:
        document = known.get(InvoiceNumber(share.invoice_number))
        if document is None:
            raise Incomplete(f"{share.invoice_number[:60]} is not open for this payment.")
        unit_of = payment.amount.currency
        applied, discount = _money(share.applied, unit_of), _money(share.discount, unit_of)
        found.append(Application(document.number, document.customer_id, applied, discount, Money.zero(unit_of)))
    return tuple(found)


def _money(text: str, of: Currency) -> Money:
    return Money.parse(text, of) if text else Money.zero(of)


def shares_of(fields: Mapping[str, str]) -> list[Share]:
    """The shares of a form: fields `applied:<number>` and `discount:<number>`."""
    numbers = [name.partition(":")[2] for name in fields if name.startswith("applied:")]
    return [Share(each, fields[f"applied:{each}"].strip(), fields.get(f"discount:{each}", "").strip()) for each in numbers]
