"""Bank file to bank lines to draft payments, once.

The bytes are kept first. All lines, payments and audit events of a file are one transaction: a crash leaves either nothing or
everything, and the same file again changes nothing. A line that an overlapping statement repeats is known by its natural key
(`bank_lines`); what the bank took back goes its own way (`take_returns`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from core.app import asking, take_returns
from core.app.bank_lines import ask_about_twins, stored
from core.app.commands import TakeDocument
from core.app.joining import expected_for, link, money_seen, set_aside_others
from core.app.moving import Because
from core.app.outcomes import AlreadyDone, Done, Outcome, Refusal
from core.app.services import Services
from core.app.suggesting import look_for_suggestions
from core.domain.events import AuditName
from core.domain.ids import PaymentId
from core.domain.keeping import AuditEntry, Source, SourceKind, Subject, SubjectKind
from core.domain.payments import BankLine, Direction, DraftPayment, MoneyOrigin, PaymentState
from core.domain.readings import Reading
from core.match.returns import is_return
from core.ports.store import UnitOfWork


@dataclass
class _Count:
    """What an import did, for its digest."""

    new: int = 0
    seen_again: int = 0
    debits: int = 0
    joined: int = 0
    asked: int = 0
    twins: int = 0
    returned: list[PaymentId] = field(default_factory=list)


def take(services: Services, command: TakeDocument) -> Outcome:
    """Take a bank file; what it did is published as one digest."""
    with services.store.write() as unit:
        source, _ = unit.sources.take(SourceKind.BANK_FILE, command.name, command.data)
    reading = services.reader.read(command.name, command.data)
    return take_reading(services, source, reading, command)


def take_reading(services: Services, source: Source, reading: Reading, command: TakeDocument) -> Outcome:
    """As `take`, for a document that was kept and read already."""
    subject = Subject(SubjectKind.SOURCE, source.id)
    if not reading.bank_lines:
        why = reading.unreadable[0].why if reading.unreadable else "It holds no bank lines."
        with services.store.write() as unit:
            if unit.seen.first_time("refused_file", source.sha256):
                unit.audit.append(
                    AuditEntry(AuditName.SOURCE_REFUSED, subject, command.actor, facts={"why": why}, cause=command.cause)
                )
                asking.alert(unit, f"unreadable:{source.id}", {"kind": "unreadable", "name": command.name, "why": why})
        return Refusal("unreadable", f"{command.name}: {why}")
    with services.store.write() as unit:
        if not unit.seen.first_time("bank_file", source.sha256):
            unit.audit.append(AuditEntry(AuditName.SOURCE_SEEN_AGAIN, subject, command.actor, cause=command.cause))
            return AlreadyDone(source.id, f"{command.name} was taken before; nothing was changed.")
        count, touched = _take_lines(services, unit, source, reading, command)
        facts = {
            "kind": "bank_file",
            "name": command.name,
            "source": source.id,
            "new": count.new,
            "joined": count.joined,
            "seen_again": count.seen_again,
            "debits": count.debits,
            "returned": list(count.returned),
            "asked": count.asked,
            "twins": count.twins,
            "problems": [f"{problem.where}: {problem.why}" for problem in reading.problems][:10],
            "unreadable": [f"{part.where}: {part.why}" for part in reading.unreadable][:10],
            "states": _states(touched),
        }
        unit.audit.append(AuditEntry(AuditName.SOURCE_TAKEN, subject, command.actor, facts=facts, cause=command.cause))
        asking.digest(unit, source.id, {**facts, "payments": [payment.id for payment in touched]})
        _ask_cards(services, unit, touched)
        return Done(source.id, 1, _sentence(command.name, count))


def _sentence(name: str, count: _Count) -> str:
    parts = [f"{count.new} new payment" + ("" if count.new == 1 else "s")]
    if count.joined:
        parts.append(f"{count.joined} joined to a remittance")
    if count.returned:
        parts.append(f"{len(count.returned)} taken back by the bank")
    if count.asked:
        parts.append(f"{count.asked} to be answered by a person")
    if count.seen_again:
        parts.append(f"{count.seen_again} known from an earlier file")
    return f"{name}: " + ", ".join(parts) + "."


def _states(payments: Sequence[DraftPayment]) -> dict[str, int]:
    found: dict[str, int] = {}
    for payment in payments:
        found[payment.state.value] = found.get(payment.state.value, 0) + 1
    return found


def _ask_cards(services: Services, unit: UnitOfWork, touched: Sequence[DraftPayment]) -> None:
    """A card a payment while they are few; of many, only the largest that need a person, and the digest leads to the rest."""
    cards = list(touched)
    if len(cards) > services.cards_per_import:
        needy = [payment for payment in cards if payment.state is not PaymentState.APPLIED]
        cards = sorted(needy, key=lambda payment: (-payment.amount.minor, payment.id))[: services.cards_per_import]
    for payment in cards:
        asking.card(unit, payment)


def _take_lines(
    services: Services, unit: UnitOfWork, source: Source, reading: Reading, command: TakeDocument
) -> tuple[_Count, list[DraftPayment]]:
    because = Because(command.actor, cause=command.cause)
    lines, fresh = stored(unit, reading.bank_lines, source.id)
    twins = ask_about_twins(unit, reading.bank_lines, lines, fresh, because)
    count = _Count(seen_again=sum(not new for new in fresh.values()) - len(twins), asked=len(twins), twins=len(twins))
    credited = [line for line in lines if fresh[line.natural_key] and line.direction is Direction.CREDIT]
    debited = [line for line in lines if fresh[line.natural_key] and line.direction is Direction.DEBIT]
    new_ids = unit.payments.next_ids(len(credited)) if credited else ()
    touched = []
    for line, payment_id in zip(credited, new_ids, strict=True):
        touched.append(_take_line(services, unit, line, payment_id, count, because))
    for line in debited:
        _take_debit(unit, line, count, because)
    # What a return of the same file took back is not what it was when its own line was taken.
    return count, [unit.payments.get(payment.id) for payment in touched] if count.returned else touched


def _take_debit(unit: UnitOfWork, line: BankLine, count: _Count, because: Because) -> None:
    """Money that went out: ours to look at only where the bank took a payment back."""
    if not is_return(line):
        count.debits += 1
        return
    payment = take_returns.take(unit, line, because)
    if payment is None:
        count.asked += 1
    else:
        count.returned.append(payment.id)


def take_line(services: Services, unit: UnitOfWork, line: BankLine, because: Because) -> DraftPayment:
    """One stored line that a person says is new money."""
    return _take_line(services, unit, line, unit.payments.next_ids(1)[0], _Count(), because)


def _take_line(
    services: Services, unit: UnitOfWork, line: BankLine, payment_id: PaymentId, count: _Count, because: Because
) -> DraftPayment:
    seen = _payment(line, payment_id)
    expected = expected_for(services, unit, seen)
    if expected is not None:
        count.joined += 1
        payment, advices = expected
        payment = money_seen(unit, payment, seen, because)
        set_aside_others(unit, advices, payment, because)
        for advice in advices:
            link(unit, unit.remittances.get(advice.id), payment.id, because)
        return look_for_suggestions(services, unit, payment)
    count.new += 1
    add_payment(unit, seen, because)
    return look_for_suggestions(services, unit, seen)


def add_payment(unit: UnitOfWork, payment: DraftPayment, because: Because) -> None:
    """A new draft payment with its first audit event."""
    unit.payments.add(payment)
    unit.audit.append(
        AuditEntry(
            name=AuditName.PAYMENT_CREATED,
            subject=Subject(SubjectKind.PAYMENT, payment.id),
            actor=because.actor,
            version_after=payment.version,
            state_to=payment.state.value,
            facts={
                "amount": str(payment.amount),
                "received_on": payment.received_on.isoformat(),
                "bank_line": payment.bank_line_id,
            },
            cause=because.cause,
        )
    )


def _payment(line: BankLine, payment_id: PaymentId) -> DraftPayment:
    return DraftPayment(
        id=payment_id,
        version=1,
        state=PaymentState.UNIDENTIFIED,
        amount=line.amount,
        received_on=line.value_date,
        origin=MoneyOrigin.BANK_LINE,
        method=line.method,
        payer_name=line.payer_name,
        payer_account=line.payer_account,
        reference=" ".join(line.references),
        text=line.text,
        bank_line_id=line.id,
    )
