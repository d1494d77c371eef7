"""A person takes a dispute on: writes to the supplier, asks again, settles it with its outcome, or withdraws it.

Sending is asked for through the outbox in the transaction that says it was done. The supplier's answer comes back through the
mailbox and ends in the thread of the invoice's card.
"""

from dataclasses import dataclass, replace

from core.app import asking
from core.app.acting import STRANGER, Asked, Present, entitled, refused
from core.app.commands import ActOnDispute
from core.app.meanwhile import moved_on
from core.app.moving import Because
from core.app.outcomes import AlreadyDone, Done, Outcome, Refusal
from core.app.payables.books import Books
from core.app.payables.disputing import DisputeMove, attempt, store
from core.app.payables.going_on import go_on
from core.app.payables.letters import DisputeMail, dispute_named, draft, headers
from core.app.payables.linking import line_facts, noted_of
from core.app.payables.moving import BY_ITSELF, COMPARING, store_bill
from core.app.services import Services
from core.decide import dispute as table
from core.decide import line_resolution
from core.decide.dispute import DisputeFacts
from core.decide.machine import Denied, Effect, decide
from core.domain.actors import Actor, ActorKind, Entitled, Surface
from core.domain.disputes import Dispute, DisputeId, Letter
from core.domain.errors import NotFound
from core.domain.events import AuditName, DisputeEvent, LineEvent
from core.domain.ids import Key, MailId, PersonId
from core.domain.keeping import Effect as OutboxEffect
from core.domain.keeping import EffectKind, Subject, SubjectKind
from core.domain.supplier_bills import FactsChange
from core.ports.store import UnitOfWork

_MAIL = Actor(ActorKind.AUTOMATION, "mail.intake", "Mail intake", Surface.MAIL)
_LONGEST = 20_000
_QUOTED = 500


def act(services: Services, command: ActOnDispute) -> Outcome:
    """Do what the command says, once; a click on an old card changes nothing and refreshes the card."""
    with services.store.write() as unit:
        present = unit.disputes.get(command.dispute_id)
        by = entitled(unit, command.actor, present.entity)
        if not by.permissions:
            return _refused(unit, command, present, STRANGER)
        if command.version != present.version:
            card = Subject(SubjectKind.SUPPLIER_INVOICE, present.bill_id)
            asking.refresh(unit, card, f"{command.cause or command.actor.id}:{present.id}:v{present.version}")
            wanted = table.SPECS[command.event].past
            subject = Subject(SubjectKind.DISPUTE, present.id)
            return moved_on(unit, subject, wanted, (command.version, command.actor.id), present.state)
        answer = attempt(present, command.event, _facts(services, command, by))
        if isinstance(answer, Denied):
            return _refused(unit, command, present, answer)
        because = Because(command.actor, command.reason, command.cause)
        moved = _store(services, unit, command, present, answer, because)
        if Effect.REOPEN_SUBJECT in answer.row.effects:
            _reopen(unit, moved, because)
        return Done(moved.id, moved.version)


def _facts(services: Services, command: ActOnDispute, by: Entitled) -> DisputeFacts:
    address, text = command.address.strip(), command.text.strip()
    denial = ""
    if not services.sender.address:
        denial = "Tieout has no address to send mail from; an administrator sets it (mail.from_address)."
    elif len(text) > _LONGEST:
        denial = "The mail is too long."
    whole = "@" in address.strip("@") and "\n" not in address and bool(text)
    return DisputeFacts(by, outcome_named=command.outcome is not None, mail_written=whole and not denial, mail_denial=denial)


def _store(
    services: Services,
    unit: UnitOfWork,
    command: ActOnDispute,
    present: Dispute,
    move: DisputeMove,
    because: Because,
) -> Dispute:
    if Effect.SEND_MAIL not in move.row.effects:
        return store(unit, present, replace(present, outcome=command.outcome), move, because)
    subject = command.subject.strip() or f"Your invoice [{present.id}]"
    mail = headers(present, subject, command.address.strip(), services.sender)
    letter = Letter(
        at=unit.now,
        text=command.text.strip(),
        subject=mail["Subject"],
        address=mail["To"],
        by=PersonId(command.actor.id),
        message_id=mail["Message-ID"],
    )
    proposed = replace(present, letters=(*present.letters, letter))
    facts = {"to": letter.address, "subject": letter.subject, "message_id": letter.message_id}
    moved = store(unit, present, proposed, move, because, facts)
    key = Key(f"dispute:{present.id}:v{present.version}")
    payload = {"headers": mail, "text": letter.text}
    of = Subject(SubjectKind.DISPUTE, present.id)
    unit.outbox.ask(OutboxEffect(EffectKind.SEND_MAIL, key, of, f"mail {letter.address}", payload))
    return moved


def _reopen(unit: UnitOfWork, dispute: Dispute, because: Because) -> None:
    """The line of a dispute that is over is decided anew."""
    bill = unit.bills.get(dispute.bill_id)
    line = bill.line(dispute.line)
    if line is None:
        return
    answer = decide(line_resolution.TABLE, line.resolution, LineEvent.DISPUTE_SETTLED, line_facts(BY_ITSELF, bill, line))
    if isinstance(answer, Denied):
        return
    after = replace(line, resolution=answer.to, decision=None, accepted=(), reopened=FactsChange.DISPUTE_SETTLED)
    note = noted_of(LineEvent.DISPUTE_SETTLED, line, after, {"dispute": dispute.id, "outcome": dispute.outcome})
    books = Books(unit)
    stored = store_bill(unit, books, bill, bill.with_line(after), [note], Because(COMPARING, cause=because.cause))
    go_on(unit, books, stored, because.cause)


def draft_for(services: Services, unit: UnitOfWork, dispute_id: DisputeId) -> DisputeMail:
    """The mail that is proposed: the evidence at first, an empty answer in the thread later."""
    dispute = unit.disputes.get(dispute_id)
    bill = unit.bills.get(dispute.bill_id)
    supplier = unit.orders.supplier(bill.header.supplier_id) if bill.header.supplier_id is not None else None
    known = supplier.email if supplier is not None else ""
    if not dispute.letters:
        return draft(bill, dispute, known or bill.sender, services.sender)
    first = dispute.letters[0]
    return DisputeMail(first.address, first.subject, "")


@dataclass(frozen=True, slots=True)
class Reply:
    """A mail that may answer a dispute of ours: which mails it refers to, and what it says without what it quotes."""

    mail_id: MailId
    message_ids: tuple[str, ...]
    sender: str
    subject: str
    text: str
    authentic: bool = False


def take_reply(services: Services, reply: Reply) -> Outcome | None:
    """The supplier's answer, into the dispute and the thread of the card; None where the mail answers none of ours."""
    named = dispute_named(reply.message_ids, reply.subject)
    if not named:
        return None
    with services.store.write() as unit:
        try:
            present = unit.disputes.get(DisputeId(named))
        except NotFound:
            return None
        if any(letter.mail_id == reply.mail_id for letter in present.letters):
            return AlreadyDone(present.id, "This mail was taken before.")
        if not _may_answer(present, reply):
            return None
        answer = attempt(present, DisputeEvent.REPLY_RECEIVED, DisputeFacts(Entitled(_MAIL, frozenset())))
        if isinstance(answer, Denied):
            return Refusal(answer.code, answer.sentence)
        letter = Letter(unit.now, reply.text[:_LONGEST], reply.subject, reply.sender, mail_id=reply.mail_id)
        quoted = " ".join(reply.text.split())[:_QUOTED]
        because = Because(_MAIL, quoted, f"mail:{reply.mail_id}")
        facts = {"from": reply.sender, "subject": reply.subject, "authentic": reply.authentic}
        moved = store(unit, present, replace(present, letters=(*present.letters, letter)), answer, because, facts)
        return Done(moved.id, moved.version)


def _may_answer(dispute: Dispute, reply: Reply) -> bool:
    """An answer that names our mail is one; a mere number in the subject counts from whom we wrote to, or their domain."""
    ours = {letter.message_id for letter in dispute.letters if letter.message_id}
    if ours & set(reply.message_ids):
        return True
    domains = {letter.address.rpartition("@")[2].lower() for letter in dispute.letters if letter.by is not None}
    return reply.sender.rpartition("@")[2].lower() in domains


def _refused(unit: UnitOfWork, command: ActOnDispute, present: Dispute, denied: Denied) -> Refusal:
    asked = Asked(command.version, command.actor, command.event, command.cause)
    there = Present(Subject(SubjectKind.DISPUTE, present.id), present.version, present.state)
    return refused(unit, there, asked, AuditName.DISPUTE_ACTION_REFUSED, denied)
