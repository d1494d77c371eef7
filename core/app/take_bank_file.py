"""Bank file to bank lines to draft payments, once.

The bytes are kept first, then all lines of the file in one transaction, then each line becomes a payment in a transaction of
its own, because looking for what it pays takes a while and people who click shall not wait for a whole file. What was begun is
on record: the same file again, or the clock process (`finish_begun`), goes on where a crash ended it, and nothing is there
twice.
A line that an overlapping statement repeats is known by its natural key (`bank_lines`); what the bank took back goes its own
way (`take_returns`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from core.app import asking, take_returns
from core.app.bank_lines import ask_about_twins, stored
from core.app.commands import TakeDocument
from core.app.joining import expected_for, link, money_seen, set_aside_others
from core.app.moving import Because
from core.app.outcomes import AlreadyDone, Done, Outcome, Refusal
from core.app.services import Services
from core.app.suggesting import look_for_suggestions
from core.app.turns import in_turns
from core.domain.actors import Actor
from core.domain.events import AuditName
from core.domain.ids import PaymentId, SourceId
from core.domain.keeping import AuditEntry, Source, SourceKind, Subject, SubjectKind
from core.domain.payments import BankLine, Direction, DraftPayment, MoneyOrigin, PaymentState
from core.domain.questions import QuestionKind
from core.domain.readings import Reading
from core.match.returns import is_return
from core.ports.store import UnitOfWork

_TAKEN: Final = "bank_file"
_BEGUN, _ENDED = "bank_file_begun", "bank_file_ended"
# Whoever began may still be at it; going on beside them is safe, and only wasteful.
_LEFT_ALONE: Final = timedelta(minutes=3)


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
    if not reading.bank_lines:
        return _refused(services, source, reading, command)
    because = Because(command.actor, cause=command.cause)
    if not _begun(services, source, reading, because):
        return AlreadyDone(source.id, f"{command.name} was taken before; nothing was changed.")
    with services.store.read() as unit:
        lines = unit.bank_lines.of_source(source.id)
    # What a return takes back may have come with the same file.
    for line in in_turns(sorted(lines, key=lambda each: each.direction is Direction.DEBIT)):
        with services.store.write() as unit:
            _take_once(services, unit, line, because)
    return _ended(services, source, reading, command)


def finish_begun(services: Services, by: Actor, go_on: Callable[[], bool] = lambda: True) -> int:
    """Go on with files whose taking was begun some time ago and never ended; how many."""
    with services.store.read() as unit:
        left = [SourceId(key) for key in unit.seen.unfinished(_BEGUN, _ENDED, unit.now - _LEFT_ALONE)]
        sources = [(unit.sources.get(each), unit.sources.data(each)) for each in left]
    for count, (source, data) in enumerate(sources):
        if not go_on():
            return count
        reading = services.reader.read(source.name, data)
        take_reading(services, source, reading, TakeDocument(source.name, data, by, cause=f"file:{source.id}"))
    return len(sources)


def _refused(services: Services, source: Source, reading: Reading, command: TakeDocument) -> Refusal:
    subject = Subject(SubjectKind.SOURCE, source.id)
    why = reading.unreadable[0].why if reading.unreadable else "It holds no bank lines."
    with services.store.write() as unit:
        if unit.seen.first_time("refused_file", source.sha256):
            unit.audit.append(
                AuditEntry(AuditName.SOURCE_REFUSED, subject, command.actor, facts={"why": why}, cause=command.cause)
            )
            asking.alert(unit, f"unreadable:{source.id}", {"kind": "unreadable", "name": command.name, "why": why})
    return Refusal("unreadable", f"{command.name}: {why}")


def _begun(services: Services, source: Source, reading: Reading, because: Because) -> bool:
    """Store the lines, unless somebody did; False where the whole file was taken before."""
    with services.store.write() as unit:
        if unit.seen.known(_TAKEN, source.sha256):
            subject = Subject(SubjectKind.SOURCE, source.id)
            unit.audit.append(AuditEntry(AuditName.SOURCE_SEEN_AGAIN, subject, because.actor, cause=because.cause))
            return False
        if unit.seen.first_time(_BEGUN, source.id):
            lines, fresh = stored(unit, reading.bank_lines, source.id)
            ask_about_twins(unit, reading.bank_lines, lines, fresh, because)
        return True


def _take_once(services: Services, unit: UnitOfWork, line: BankLine, because: Because) -> None:
    """What becomes of one stored line, unless it has become something already."""
    if unit.questions.of_line(line.id) is not None:
        return
    if line.direction is Direction.DEBIT:
        if is_return(line):
            take_returns.take(unit, line, because)
    elif unit.payments.by_bank_line(line.id) is None:
        take_line(services, unit, line, because)


def _ended(services: Services, source: Source, reading: Reading, command: TakeDocument) -> Outcome:
    """The digest and the cards, once; whoever comes second is told that it is done."""
    with services.store.read() as unit:
        count, touched = _counted(unit, source, len(reading.bank_lines))
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
    with services.store.write() as unit:
        unit.seen.first_time(_ENDED, source.id)
        if not unit.seen.first_time(_TAKEN, source.sha256):
            return AlreadyDone(source.id, f"{command.name} was taken meanwhile; nothing was changed.")
        subject = Subject(SubjectKind.SOURCE, source.id)
        unit.audit.append(AuditEntry(AuditName.SOURCE_TAKEN, subject, command.actor, facts=facts, cause=command.cause))
        asking.digest(unit, source.id, {**facts, "payments": [payment.id for payment in touched]})
        _ask_cards(services, unit, touched)
    return Done(source.id, 1, _sentence(command.name, count))


def _counted(unit: UnitOfWork, source: Source, read: int) -> tuple[_Count, list[DraftPayment]]:
    """What has become of the lines of a file."""
    lines = unit.bank_lines.of_source(source.id)
    count, touched = _Count(seen_again=read - len(lines)), []
    for line in lines:
        question, payment = unit.questions.of_line(line.id), unit.payments.by_bank_line(line.id)
        if question is not None:
            count.twins += question.kind is QuestionKind.TWIN
            if question.kind is QuestionKind.RETURN and question.payment_id is not None:
                count.returned.append(question.payment_id)
            else:
                count.asked += 1
        elif payment is not None:
            joined = bool(unit.remittances.of_payment(payment.id))
            count.joined += joined
            count.new += not joined
            touched.append(payment)
        else:
            count.debits += 1
    return count, touched


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
        # Somebody may have acted on it since it was counted.
        asking.card(unit, unit.payments.get(payment.id))


def take_line(services: Services, unit: UnitOfWork, line: BankLine, because: Because) -> DraftPayment:
    """One stored line that is new money; also where a person says so."""
    seen = _payment(line, unit.payments.next_ids(1)[0])
    expected = expected_for(services, unit, seen)
    if expected is not None:
        payment, advices = expected
        payment = money_seen(unit, payment, seen, because)
        set_aside_others(unit, advices, payment, because)
        for advice in advices:
            link(unit, unit.remittances.get(advice.id), payment.id, because)
        return look_for_suggestions(services, unit, payment)
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
