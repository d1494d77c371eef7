"""Posting: from `POSTING` to the ledger and back, exactly once.

The key was minted when the person pressed Post. A ledger that has the key already answers with what became of it, so a crash
between handing over and writing that down costs nothing. A file ledger answers later, with an acknowledgement.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.app import asking
from core.app.commands import TakeDocument
from core.app.joining import move_advice
from core.app.moving import Because, attempt, payment_facts, store_move
from core.app.outbox import RELAY
from core.app.outcomes import Done, Outcome
from core.app.services import Services
from core.decide.machine import Denied
from core.domain.actors import Entitled
from core.domain.errors import NotFound
from core.domain.events import AuditName, PaymentEvent, RemittanceEvent
from core.domain.evidence import Finding, FindingKind
from core.domain.ids import Key
from core.domain.keeping import AuditEntry, OutboxItem, Subject, SubjectKind
from core.domain.payments import DraftPayment, PaymentState
from core.domain.remittance import RemittanceState
from core.ports.outside import Ledger, Posting, PostingOutcome, PostingResult
from core.ports.store import UnitOfWork

_BY = Entitled(RELAY, frozenset())


def posting_of(payment: DraftPayment) -> Posting:
    """What the ledger is told of a payment that is being posted."""
    assert payment.posting_key is not None  # noqa: S101  The move to POSTING minted it.
    assert payment.customer_id is not None  # noqa: S101  The table lets nobody post an unidentified payment.
    return Posting(
        key=payment.posting_key,
        payment_id=payment.id,
        customer_id=payment.customer_id,
        deposit_date=payment.received_on,
        method=payment.method,
        reference=payment.reference,
        amount=payment.amount,
        applications=payment.applications,
        unapplied=payment.unapplied,
    )


class PostPayments:
    """The performer of `post_payment` effects."""

    def __init__(self, services: Services, ledger: Ledger) -> None:
        self._services = services
        self._ledger = ledger

    def __call__(self, item: OutboxItem) -> str:
        """Hand one payment over; the receipt is the batch or the ledger's id."""
        with self._services.store.read() as unit:
            payment = unit.payments.by_posting_key(item.effect.key)
        if payment is None or payment.state is not PaymentState.POSTING:
            return "settled meanwhile"
        known = self._ledger.look_up([item.effect.key]) if item.tried_before else {}
        outcome = known.get(item.effect.key) or self._ledger.post([posting_of(payment)])[item.effect.key]
        with self._services.store.write() as unit:
            record(unit, outcome, Because(RELAY, cause=f"outbox {item.id}"))
        return outcome.receipt or outcome.result.value


@dataclass(frozen=True, slots=True)
class Recorded:
    """What an acknowledgement did to one payment; `problem` is empty when it was as expected."""

    key: Key
    payment_id: str
    problem: str = ""


def record(unit: UnitOfWork, outcome: PostingOutcome, because: Because) -> Recorded:
    """Write down what the ledger said of one posting. Saying it twice is once; contradictions are reported, not obeyed."""
    payment = unit.payments.by_posting_key(outcome.key)
    if payment is None:
        return Recorded(outcome.key, "", "No payment was posted under this key.")
    payment = unit.payments.get(payment.id)
    if outcome.result is PostingResult.HANDED_OVER:
        if payment.state is PaymentState.POSTING and payment.batch != outcome.receipt:
            handed = replace(payment, batch=outcome.receipt, version=payment.version + 1)
            unit.payments.save(handed, payment.version)
            asking.card(unit, handed)
        return Recorded(outcome.key, payment.id)
    if payment.state is PaymentState.POSTED:
        same = outcome.result is PostingResult.POSTED and outcome.receipt in {"", payment.erp_id}
        return Recorded(
            outcome.key, payment.id, "" if same else f"{payment.id} is posted already as {payment.erp_id or 'unknown'}."
        )
    if payment.state is not PaymentState.POSTING:
        return Recorded(outcome.key, payment.id, f"{payment.id} is not being posted now.")
    if outcome.result is PostingResult.POSTED:
        return _posted(unit, payment, outcome, because)
    finding = Finding(FindingKind.LEDGER_REFUSED, outcome.message or "no reason given")
    refused = replace(
        payment, why=f"The ledger refused: {outcome.message or 'no reason given'}", findings=(*payment.findings, finding)
    )
    facts = payment_facts(unit, _BY, refused)
    move = attempt(payment, PaymentEvent.ERP_REFUSED, facts)
    assert not isinstance(move, Denied)  # noqa: S101  The table has a row with and one without applications.
    store_move(unit, payment, refused, move, replace(because, reason=outcome.message))
    return Recorded(outcome.key, payment.id)


def _posted(unit: UnitOfWork, payment: DraftPayment, outcome: PostingOutcome, because: Because) -> Recorded:
    posted = replace(payment, erp_id=outcome.receipt, why="")
    move = attempt(payment, PaymentEvent.ERP_CONFIRMED, payment_facts(unit, _BY, posted))
    assert not isinstance(move, Denied)  # noqa: S101  A payment that is being posted can be confirmed.
    store_move(unit, payment, posted, move, because)
    for application in payment.applications:
        try:
            unit.ledger.settle(application.invoice_number, application.settles)
        except NotFound:
            # The ledger dropped a document that it just settled; its next file is the truth.
            continue
    for advice in unit.remittances.of_payment(payment.id):
        if advice.state is RemittanceState.LINKED:
            move_advice(unit, advice, advice, RemittanceEvent.PAYMENT_POSTED, because)
    return Recorded(outcome.key, payment.id)


def acknowledge(services: Services, command: TakeDocument, outcomes: Sequence[PostingOutcome], sha256: str) -> Outcome:
    """Take an acknowledgement file that was read and checked; its digest is the sync report."""
    because = Because(command.actor, cause=command.cause)
    with services.store.write() as unit:
        results = [record(unit, outcome, because) for outcome in outcomes]
        problems = [f"{result.key}: {result.problem}" for result in results if result.problem]
        refused = [outcome for outcome in outcomes if outcome.result is PostingResult.REFUSED]
        facts: dict[str, object] = {
            "kind": "acknowledgement",
            "name": command.name,
            "posted": sum(outcome.result is PostingResult.POSTED for outcome in outcomes),
            "refused": [f"{outcome.key}: {outcome.message}" for outcome in refused],
            "problems": problems,
        }
        subject = Subject(SubjectKind.BATCH, sha256[:16])
        if unit.seen.first_time("acknowledgement", sha256):
            unit.audit.append(
                AuditEntry(AuditName.BATCH_ACKNOWLEDGED, subject, command.actor, facts=facts, cause=command.cause)
            )
            asking.digest(unit, f"ack:{sha256[:16]}", facts)
    said = f"{command.name}: {facts['posted']} posted, {len(refused)} refused"
    return Done(subject.id, 1, f"{said}, {len(problems)} with a problem." if problems else f"{said}.")
