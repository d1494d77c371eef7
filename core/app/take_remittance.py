"""Remittance advice to the payment it explains.

If the money is here, the advice is linked and the payment matched again. If it is not, an *expected* draft payment stands for
it, so that nobody has to remember. An advice that could not be read whole goes to a person. The same advice mailed twice is one
advice more, but never money more.
"""

from dataclasses import dataclass, replace

from core.app import asking
from core.app.commands import TakeRemittance
from core.app.currencies import in_its_currency
from core.app.joining import audit_advice, link, move_advice, payments_for
from core.app.moving import Because, store_noted
from core.app.outcomes import Done, Outcome
from core.app.services import Services
from core.app.suggesting import MATCHING, look_for_suggestions
from core.app.take_bank_file import add_payment
from core.domain.codec import to_json
from core.domain.events import AuditName, RemittanceEvent
from core.domain.evidence import Finding, FindingKind
from core.domain.ids import PaymentId
from core.domain.keeping import SourceKind, Subject, SubjectKind
from core.domain.money import Money, total
from core.domain.payments import DraftPayment, MoneyOrigin, PaymentState
from core.domain.readings import ReadRemittance
from core.domain.remittance import RemittanceAdvice, RemittanceState
from core.match.repeats import Repeat, repeat_of
from core.ports.store import UnitOfWork


def take(services: Services, command: TakeRemittance) -> Outcome:
    """Take one advice of a document, once: the same part of the same document again changes nothing."""
    because = Because(command.actor, cause=command.cause)
    with services.store.write() as unit:
        source, _ = unit.sources.take(SourceKind.REMITTANCE, command.name, command.raw)
        if not unit.seen.first_time("remittance", f"{source.sha256}:{command.read.where}"):
            return Done(source.id, 1, "This remittance was taken before; nothing was changed.")
        customer_id = services.matcher.customer_of(unit, command.read.payer_name, command.sender)
        stated = in_its_currency(unit, command.read, customer_id)
        read = stated or command.read
        advice = RemittanceAdvice(
            id=unit.remittances.next_id(),
            version=1,
            state=RemittanceState.RECEIVED,
            source_id=source.id,
            lines=read.lines,
            complete=read.complete and stated is not None,
            payer_name=read.payer_name,
            total=read.total or _sum(read),
            payment_reference=read.payment_reference,
            paid_on=read.paid_on,
            sender=command.sender,
            subject=command.subject,
            mail_id=command.mail_id,
            customer_id=customer_id,
            findings=command.findings,
            why=read.why or ("" if stated else "It does not say in which currency."),
        )
        before = said_before(services, unit, advice)
        advice = replace(advice, findings=(*advice.findings, *before.findings))
        unit.remittances.add(advice)
        audit_advice(unit, AuditName.REMITTANCE_RECEIVED, None, advice, because)
        if not advice.complete or advice.total is None or advice.total.minor <= 0:
            return _for_a_person(unit, advice)
        known = move_advice(unit, advice, advice, RemittanceEvent.READ, Because(MATCHING, cause=command.cause))
        assert known is not None  # noqa: S101  A complete advice can always be read.
        return find_payment(services, unit, known, before.payment_id, because)


@dataclass(frozen=True, slots=True)
class SaidBefore:
    """What earlier advices mean for one that came now: the payment that is meant again, and what a person should see."""

    payment_id: PaymentId | None = None
    findings: tuple[Finding, ...] = ()


def said_before(services: Services, unit: UnitOfWork, advice: RemittanceAdvice) -> SaidBefore:
    """Whether this advice came before: also one whose payment is posted and which is closed since.

    An advice that a person dismissed without a payment, or whose payment the bank took back, is over: the next one counts.
    """
    alike: tuple[Finding, ...] = ()
    days = services.matcher.policy(unit).duplicate_days
    earlier = sorted(unit.remittances.saying_the_same(advice), key=lambda each: each.state is RemittanceState.CLOSED)
    for other in earlier:
        closed = other.state is RemittanceState.CLOSED
        if closed and (other.payment_id is None or unit.payments.get(other.payment_id).state is PaymentState.RETURNED):
            continue
        repeat = repeat_of(other, advice, days)
        if repeat is Repeat.SAME:
            return SaidBefore(other.payment_id, (Finding(FindingKind.SAME_REMITTANCE_AGAIN, other.id),))
        if repeat is Repeat.ALIKE and not alike:
            alike = (Finding(FindingKind.POSSIBLE_TWIN, other.id),)
    return SaidBefore(None, alike)


def _sum(read: ReadRemittance) -> Money | None:
    """The sum of the lines, where every line says what is paid."""
    paid = [line.paid for line in read.lines]
    if not paid or any(amount is None for amount in paid):
        return None
    amounts = [amount for amount in paid if amount is not None]
    return total(amounts, amounts[0].currency)


def _for_a_person(unit: UnitOfWork, advice: RemittanceAdvice) -> Outcome:
    why = advice.why or "It does not say what is paid."
    moved = move_advice(unit, replace(advice, why=why), advice, RemittanceEvent.COULD_NOT_READ, Because(MATCHING))
    assert moved is not None  # noqa: S101  An advice that was just received can always go to a person.
    asking.remittance_card(unit, moved)
    return Done(moved.id, moved.version, f"{moved.id} needs a person: {why}")


def find_payment(
    services: Services, unit: UnitOfWork, advice: RemittanceAdvice, same_as: PaymentId | None, because: Because
) -> Outcome:
    """Link the advice to money that is here, or let an expected payment stand for it."""
    rule = Because(MATCHING, cause=because.cause)
    if same_as is not None:
        return _again(unit, advice, same_as, rule)
    fitting = payments_for(services, unit, advice)
    if len(fitting) == 1:
        linked = link(unit, advice, fitting[0].id, rule)
        payment = look_for_suggestions(services, unit, unit.payments.get(fitting[0].id))
        asking.card(unit, payment)
        return Done(linked.id, linked.version, f"{linked.id} explains {payment.id}.")
    if len(fitting) > 1:
        names = ", ".join(payment.id for payment in fitting)
        waiting = move_advice(
            unit, replace(advice, why=f"It fits {names} equally."), advice, RemittanceEvent.NO_PAYMENT_YET, rule
        )
        assert waiting is not None  # noqa: S101  An advice that was read can always wait.
        asking.remittance_card(unit, waiting)
        return Done(waiting.id, waiting.version, f"{waiting.id} fits {names} equally; somebody has to choose.")
    payment = _expected(unit, advice)
    add_payment(unit, payment, rule)
    waiting = move_advice(unit, replace(advice, payment_id=payment.id), advice, RemittanceEvent.NO_PAYMENT_YET, rule)
    assert waiting is not None  # noqa: S101  An advice that was read can always wait.
    asking.card(unit, payment)
    return Done(waiting.id, waiting.version, f"{payment.id} is expected.")


def _again(unit: UnitOfWork, advice: RemittanceAdvice, payment_id: PaymentId, rule: Because) -> Outcome:
    """The second mail with one remittance goes where the first went; if that is posted, it is closed too."""
    payment = unit.payments.get(payment_id)
    event = RemittanceEvent.NO_PAYMENT_YET if payment.state is PaymentState.EXPECTED else RemittanceEvent.PAYMENT_FOUND
    moved = move_advice(unit, replace(advice, payment_id=payment_id), advice, event, rule)
    assert moved is not None  # noqa: S101  An advice that was read can wait or be linked.
    finding = Finding(FindingKind.SAME_REMITTANCE_AGAIN, advice.id)
    if finding not in payment.findings:
        flagged = replace(payment, findings=(*payment.findings, finding))
        said = f"The same remittance came again ({advice.id}); nothing was made of it."
        facts: dict[str, object] = {"findings": to_json((finding,))}
        noted = store_noted(unit, payment, flagged, AuditName.PAYMENT_FLAGGED, rule, facts)
        subject = Subject(SubjectKind.PAYMENT, noted.id)
        asking.note(unit, subject, noted.version, AuditName.PAYMENT_FLAGGED, rule.actor, said)
    if payment.state is PaymentState.POSTED and moved.state is RemittanceState.LINKED:
        moved = move_advice(unit, moved, moved, RemittanceEvent.PAYMENT_POSTED, rule) or moved
    return Done(moved.id, moved.version, f"{moved.id} says the same as an earlier remittance for {payment_id}.")


def _expected(unit: UnitOfWork, advice: RemittanceAdvice) -> DraftPayment:
    assert advice.total is not None  # noqa: S101  Advices without a total went to a person.
    return DraftPayment(
        id=unit.payments.next_ids(1)[0],
        version=1,
        state=PaymentState.EXPECTED,
        amount=advice.total,
        received_on=advice.paid_on or unit.now.date(),
        origin=MoneyOrigin.NOT_SEEN,
        payer_name=advice.payer_name,
        reference=advice.payment_reference,
        customer_id=advice.customer_id,
        findings=advice.findings,
    )
