"""Posting: from `POSTING` to the ledger and back, exactly once.

The key was minted when the person pressed Post. A ledger that has the key already answers with what became of it, so a crash
between handing over and writing that down costs nothing. A file ledger answers later, with an acknowledgement. What was posted
in one go is handed over in one go, because a ledger's people would rather import one file of forty payments than forty files.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from core.app import asking
from core.app.joining import move_advice
from core.app.moving import Because, attempt, payment_facts, store_move, store_noted
from core.app.outbox import AT_ONCE, RELAY
from core.app.services import Services
from core.app.take_returns import follow
from core.decide.machine import Denied
from core.domain.actors import Entitled
from core.domain.errors import NotFound
from core.domain.events import AuditName, PaymentEvent, RemittanceEvent
from core.domain.evidence import Finding, FindingKind
from core.domain.ids import Key, OutboxId
from core.domain.keeping import AuditEntry, OutboxItem, Subject, SubjectKind
from core.domain.money import Money
from core.domain.payments import DraftPayment, PaymentState
from core.domain.questions import QuestionKind
from core.domain.remittance import RemittanceState
from core.ports.outside import Ledger, Posting, PostingOutcome, PostingResult, Reversal
from core.ports.store import UnitOfWork

_BY = Entitled(RELAY, frozenset())
_IN_THE_LEDGER = frozenset({PaymentState.POSTED, PaymentState.RETURNED, PaymentState.REVERSING, PaymentState.REVERSED})


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


def reversal_of(unit: UnitOfWork, payment: DraftPayment) -> Reversal:
    """What the ledger is told of a posting that the bank took back."""
    assert payment.reversal_key is not None  # noqa: S101  The move to REVERSING minted it.
    asked = [each for each in unit.questions.of_payment(payment.id) if each.kind is QuestionKind.RETURN]
    line = unit.bank_lines.get(asked[-1].bank_line_id) if asked else None
    return Reversal(
        key=payment.reversal_key,
        posting=posting_of(payment),
        erp_id=payment.erp_id,
        returned_on=line.value_date if line is not None else unit.now.date(),
        reason=(line.return_code or line.text) if line is not None else "",
        bank_reference=line.bank_id if line is not None else "",
    )


class PostPayments:
    """The performer of `post_payment` and `reverse_payment` effects, one at a time or a burst of them."""

    def __init__(self, services: Services, ledger: Ledger) -> None:
        self._services = services
        self._ledger = ledger

    def __call__(self, item: OutboxItem) -> str:
        """Hand one payment over; the receipt is the batch or the ledger's id."""
        return self.together([item])[item.id]

    def together(self, items: Sequence[OutboxItem]) -> Mapping[OutboxId, str]:
        """Hand payments over in one piece; a receipt for each item. What the ledger has already is not handed over again."""
        postings: dict[Key, Posting] = {}
        reversals: dict[Key, Reversal] = {}
        with self._services.store.read() as unit:
            for item in items:
                key = item.effect.key
                if (payment := unit.payments.by_posting_key(key)) and payment.state is PaymentState.POSTING:
                    postings[key] = posting_of(payment)
                elif (payment := unit.payments.by_reversal_key(key)) and payment.state is PaymentState.REVERSING:
                    reversals[key] = reversal_of(unit, payment)
        known = {*postings, *reversals}
        tried = [item.effect.key for item in items if item.tried_before and item.effect.key in known]
        outcomes = dict(self._ledger.look_up(tried)) if tried else {}
        missing = [posting for key, posting in postings.items() if key not in outcomes]
        undone = [reversal for key, reversal in reversals.items() if key not in outcomes]
        if missing:
            outcomes.update(self._ledger.post(missing))
        if undone:
            outcomes.update(self._ledger.reverse(undone))
        if outcomes:
            self._write_down(items, _handed(postings, reversals), outcomes)
        return {item.id: _receipt(outcomes.get(item.effect.key)) for item in items}

    def _write_down(
        self, items: Sequence[OutboxItem], handed: Mapping[Key, Posting], outcomes: Mapping[Key, PostingOutcome]
    ) -> None:
        """A few payments a transaction. A crash in between leaves leases that run out; the ledger is then asked by key."""
        causes = {item.effect.key: f"outbox {item.id}" for item in items}
        batches: dict[str, list[tuple[Key, Posting]]] = {}
        ordered = sorted(outcomes.items())
        for key, outcome in ordered:
            if outcome.result is PostingResult.HANDED_OVER:
                batches.setdefault(outcome.receipt, []).append((key, handed[key]))
        for start in range(0, len(ordered), AT_ONCE):
            with self._services.store.write() as unit:
                for batch, of in batches.items() if start == 0 else ():
                    _batch_written(unit, batch, of)
                for key, outcome in ordered[start : start + AT_ONCE]:
                    record(unit, outcome, Because(RELAY, cause=causes[key]))


def _handed(postings: Mapping[Key, Posting], reversals: Mapping[Key, Reversal]) -> dict[Key, Posting]:
    """The payments behind what is handed over, by its key."""
    return {**postings, **{key: reversal.posting for key, reversal in reversals.items()}}


def _receipt(outcome: PostingOutcome | None) -> str:
    return "settled meanwhile" if outcome is None else outcome.receipt or outcome.result.value


def _batch_written(unit: UnitOfWork, batch: str, handed: Sequence[tuple[Key, Posting]]) -> None:
    """The first half of the sync report: what went."""
    if not unit.seen.first_time("batch", batch):
        return
    totals: dict[str, Money] = {}
    for _, posting in handed:
        code = posting.amount.currency.code
        totals[code] = totals[code] + posting.amount if code in totals else posting.amount
    facts: dict[str, object] = {
        "kind": "batch_written",
        "batch": batch,
        "payments": sorted(posting.payment_id for _, posting in handed),
        "reversals": sum(key != posting.key for key, posting in handed),
        "totals": {code: amount.text() for code, amount in sorted(totals.items())},
    }
    unit.audit.append(AuditEntry(AuditName.BATCH_WRITTEN, Subject(SubjectKind.BATCH, batch), RELAY, facts=facts))
    asking.digest(unit, f"batch:{batch}", facts)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What an outcome did to one payment; `problem` is empty when it was as expected, `changed` False when it was known."""

    key: Key
    payment_id: str
    problem: str = ""
    changed: bool = False


def record(unit: UnitOfWork, outcome: PostingOutcome, because: Because) -> Recorded:
    """Write down what the ledger said of one posting. Saying it twice is once; contradictions are reported, not obeyed."""
    payment = unit.payments.by_posting_key(outcome.key)
    if payment is None:
        return _reversal(unit, outcome, because)
    payment = unit.payments.get(payment.id)
    if outcome.result is PostingResult.HANDED_OVER:
        return _handed_over(unit, payment, PaymentState.POSTING, outcome, because)
    if payment.state is not PaymentState.POSTING:
        return Recorded(outcome.key, payment.id, _said_before(payment, outcome))
    if outcome.result is PostingResult.POSTED:
        return _posted(unit, payment, outcome, because)
    return _refused(unit, payment, outcome, because)


def _handed_over(
    unit: UnitOfWork, payment: DraftPayment, state: PaymentState, outcome: PostingOutcome, because: Because
) -> Recorded:
    if payment.state is state and payment.batch != outcome.receipt:
        handed = replace(payment, batch=outcome.receipt)
        store_noted(unit, payment, handed, AuditName.PAYMENT_HANDED_OVER, because, {"batch": outcome.receipt})
    return Recorded(outcome.key, payment.id)


def _reversal(unit: UnitOfWork, outcome: PostingOutcome, because: Because) -> Recorded:
    """What the ledger said of a reversal: its documents are open again once the ledger has undone the posting."""
    payment = unit.payments.by_reversal_key(outcome.key)
    if payment is None:
        return Recorded(outcome.key, "", "No payment was posted under this key.")
    if outcome.result is PostingResult.HANDED_OVER:
        return _handed_over(unit, payment, PaymentState.REVERSING, outcome, because)
    if payment.state is PaymentState.REVERSED and outcome.result is PostingResult.POSTED:
        same = outcome.receipt in {"", payment.reversal_id}
        return Recorded(outcome.key, payment.id, "" if same else f"{payment.id} is reversed already.")
    if payment.state is not PaymentState.REVERSING:
        known = outcome.result is PostingResult.REFUSED and _refusal(outcome) in payment.findings
        return Recorded(outcome.key, payment.id, "" if known else f"{payment.id} is not being reversed now.")
    if outcome.result is PostingResult.REFUSED:
        return _refused(unit, payment, outcome, because)
    reversed_now = replace(payment, reversal_id=outcome.receipt, why="")
    move = attempt(payment, PaymentEvent.ERP_REVERSED, payment_facts(unit, _BY, reversed_now))
    assert not isinstance(move, Denied)  # noqa: S101  A payment that is being reversed can be confirmed.
    store_move(unit, payment, reversed_now, move, because)
    counted = unit.ledger.counted(outcome.key)
    for application in payment.applications:
        if application.invoice_number not in counted:
            with suppress(NotFound):
                unit.ledger.reopen(application.invoice_number, application.settles)
    return Recorded(outcome.key, payment.id, changed=True)


def _said_before(payment: DraftPayment, outcome: PostingOutcome) -> str:
    """Nothing, where the payment is as this outcome leaves one; else the sentence that says how it is."""
    if payment.state in _IN_THE_LEDGER:
        if outcome.result is PostingResult.POSTED and outcome.receipt in {"", payment.erp_id}:
            return ""
        return f"{payment.id} is posted already as {payment.erp_id or 'unknown'}."
    if outcome.result is PostingResult.REFUSED and _refusal(outcome) in payment.findings:
        return ""
    return f"{payment.id} is not being posted now."


def _refusal(outcome: PostingOutcome) -> Finding:
    return Finding(FindingKind.LEDGER_REFUSED, outcome.message or "no reason given", outcome.key)


def _refused(unit: UnitOfWork, payment: DraftPayment, outcome: PostingOutcome, because: Because) -> Recorded:
    finding = _refusal(outcome)
    unit.ledger.forget_counted(outcome.key)
    refused = replace(payment, why=f"The ledger refused: {finding.seen}", findings=(*payment.findings, finding))
    move = attempt(payment, PaymentEvent.ERP_REFUSED, payment_facts(unit, _BY, refused))
    assert not isinstance(move, Denied)  # noqa: S101  The table has a row with and one without applications.
    follow(unit, store_move(unit, payment, refused, move, replace(because, reason=outcome.message)), because)
    return Recorded(outcome.key, payment.id, changed=True)


def _posted(unit: UnitOfWork, payment: DraftPayment, outcome: PostingOutcome, because: Because) -> Recorded:
    posted = replace(payment, erp_id=outcome.receipt, why="")
    move = attempt(payment, PaymentEvent.ERP_CONFIRMED, payment_facts(unit, _BY, posted))
    assert not isinstance(move, Denied)  # noqa: S101  A payment that is being posted can be confirmed.
    now = store_move(unit, payment, posted, move, because)
    counted = unit.ledger.counted(outcome.key)
    for application in payment.applications:
        if application.invoice_number not in counted:
            # The ledger may have dropped a document that it just settled; its next file is the truth.
            with suppress(NotFound):
                unit.ledger.settle(application.invoice_number, application.settles)
    for advice in unit.remittances.of_payment(payment.id):
        if advice.state is RemittanceState.LINKED:
            move_advice(unit, advice, advice, RemittanceEvent.PAYMENT_POSTED, because)
    follow(unit, now, because)
    return Recorded(outcome.key, payment.id, changed=True)
