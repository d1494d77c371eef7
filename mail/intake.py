"""Stored mails to stories of the core: read the envelope, ask the rules, read the documents, hand over, record the outcome.

Nothing here talks to a mail server. Handing over is safe to repeat, because the core knows an advice of a mail again, so a
crash at any point means doing it again. What breaks us is set aside with its reason and can be replayed; what is merely
unavailable is put back for later.
"""

import logging
import threading
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from core.app import take_bank_file, take_remittance
from core.app.commands import TakeDocument, TakeRemittance
from core.app.outcomes import AlreadyDone, Done, Refusal
from core.app.payables import act_on_dispute, take_supplier_invoice
from core.app.services import Services
from core.domain.actors import Actor, ActorKind, Surface
from core.domain.errors import Unavailable, Unreadable
from core.domain.evidence import Finding
from core.domain.mails import Disposition, MailOutcome, RuleAnswer, StoredMail
from core.domain.readings import Reading, ReadRemittance
from core.mail_settings import MailSettings
from core.ports.mail import MailDesk
from mail import authenticity, replies
from mail.authentication_results import Authentication, Verdict, verdict
from mail.case import Case, ReadFacts
from mail.chain import AFTER_READING, BEFORE_READING, Decision, walk
from mail.envelope import Envelope, envelope_of, header_block
from mail.on_file import OnFile, on_file
from mail.rules import bank_file

_LOG: Final = logging.getLogger(__name__)
_ACTOR: Final = Actor(ActorKind.AUTOMATION, "mail.intake", "Mail intake", Surface.MAIL)
_LATER_S: Final = 30.0
_LONGEST_WAIT_S: Final = 5.0
_LOCKED: Final = ("password", "encrypted")


@dataclass(frozen=True, slots=True)
class _Seen:
    """A mail with everything that was found out about it."""

    mail: StoredMail
    envelope: Envelope
    verdict: Verdict
    findings: tuple[Finding, ...]
    case: Case
    reading: Reading | None = None


class Intake:
    """Reads stored mails, one at a time. Several may run beside each other, in threads and processes."""

    def __init__(self, services: Services, desk: MailDesk, settings: MailSettings) -> None:
        self._services = services
        self._desk = desk
        self._settings = settings
        self._authserv_ids = {account.name: account.authserv_id for account in (settings, *settings.more_accounts)}
        self._on_file: tuple[int, OnFile] = (-1, OnFile())

    def run(self, stop: threading.Event, wake: threading.Event) -> None:
        """Read what waits until `stop` is set; `wake` says that there may be something new."""
        while not stop.is_set():
            wake.clear()
            try:
                while not stop.is_set() and self.step():
                    pass
            except Unavailable as trouble:
                _LOG.warning("mail intake: %s", trouble.sentence)
            wake.wait(_LONGEST_WAIT_S)

    def step(self) -> bool:
        """Read one mail; False if none waits."""
        settings = self._settings
        mail = self._desk.next_to_read(settings.reading_lease_s, settings.most_attempts)
        if mail is None:
            return False
        try:
            outcome = self._take(mail)
        except Unavailable as trouble:
            self._desk.put_back(mail, trouble.after_s or _LATER_S)
        except Exception as trouble:  # noqa: BLE001  One of the two loops that may: the mail is set aside and the others go on.
            # The trace without the error's own words, which may quote the mail.
            trace = "".join(traceback.format_tb(trouble.__traceback__))
            _LOG.error("mail %s broke its reader and is set aside: %s\n%s", mail.id, type(trouble).__name__, trace)
            self._desk.shunt(mail, f"{type(trouble).__name__} while the mail was read; the log of the mail process says more.")
        else:
            self._desk.finish(mail, outcome)
            _LOG.info("mail %s: %s %s", mail.id, outcome.disposition.value, outcome.why)
        return True

    def _take(self, mail: StoredMail) -> MailOutcome:
        seen = self._look(mail)
        before = walk(BEFORE_READING, seen.case)
        if before.disposition is not None:
            return self._end(seen, before, before.answers)
        reading = self._services.reader.read(f"{mail.id}.eml", mail.raw)
        facts = replace(facts_of(reading), dispute=self._answered(seen))
        seen = replace(seen, reading=reading, case=replace(seen.case, read=facts))
        after = walk(AFTER_READING, seen.case)
        answers = before.answers + tuple(
            answer for answer in after.answers if answer.rule not in {known.rule for known in before.answers}
        )
        return self._end(seen, after, answers)

    def _look(self, mail: StoredMail) -> _Seen:
        """The envelope and what it means, before any document is read."""
        settings = self._settings
        envelope = self._envelope(mail)
        known = self._known()
        checked = verdict(envelope, self._authserv_ids.get(mail.account, ""))
        findings = authenticity.findings(envelope, checked, known)
        case = Case(
            envelope=envelope,
            size=mail.size,
            size_cap=settings.size_cap_bytes,
            whole=mail.whole,
            signed_by_us=replies.is_ours(envelope.ours, settings.reply_secret.get_secret_value()),
            own_addresses=frozenset(filter(None, map(str.lower, (settings.from_address, *settings.own_addresses)))),
            seen_before=self._desk.has_message_id(envelope.message_id, envelope.author.address, mail.id),
            authentication=checked.authentication,
            findings=findings,
            on_file=known,
            bank_file_senders=frozenset(map(str.lower, settings.bank_file_senders)),
        )
        return _Seen(mail, envelope, checked, findings, case)

    def _envelope(self, mail: StoredMail) -> Envelope:
        """Parsed in a process that may die: of a mail whose body kills it the header is read, and of the worst nothing."""
        call = self._services.reader.call
        try:
            return envelope_of(call("mail.envelope:parse_json", mail.raw))
        except Unreadable:
            _LOG.warning("mail %s: the mail could not be taken apart within the limits", mail.id)
        try:
            return replace(envelope_of(call("mail.envelope:parse_json", header_block(mail.raw)[0])), cut=True)
        except Unreadable:
            return Envelope(cut=True)

    def _known(self) -> OnFile:
        """What is on file; read again only after the ledger's mirror changed."""
        with self._services.store.read() as unit:
            revision = unit.ledger.revision()
            if revision != self._on_file[0]:
                self._on_file = (revision, on_file(unit.ledger.customers()))
        return self._on_file[1]

    def _end(self, seen: _Seen, decision: Decision, answers: Sequence[RuleAnswer]) -> MailOutcome:
        disposition = decision.disposition or Disposition.ACCEPTED
        self._hand_over(seen, disposition, decision.why)
        if disposition is Disposition.ACCEPTED and seen.reading is not None and seen.reading.remittances:
            self._acknowledge(seen)
        return MailOutcome(
            disposition=disposition,
            why=decision.why or _found_words(seen.reading),
            answers=tuple(answers),
            findings=seen.findings,
            sender=seen.envelope.author.address,
            subject=seen.envelope.subject,
            message_id=seen.envelope.message_id,
        )

    def _hand_over(self, seen: _Seen, disposition: Disposition, why: str) -> None:
        """Every advice goes to the core with the findings; where a person is needed and nothing was read, the reason goes."""
        reading = seen.reading
        found = reading.remittances if reading is not None else ()
        bills = reading.supplier_invoices if reading is not None else ()
        if disposition is Disposition.NEEDS_PERSON and not found and not bills:
            found = (ReadRemittance(where="mail", lines=(), complete=False, why=why),)
        if disposition in {Disposition.ACCEPTED, Disposition.NEEDS_PERSON}:
            for advice in distinct(found):
                self._take_remittance(seen, advice)
        if reading is not None and bills and disposition in {Disposition.ACCEPTED, Disposition.NEEDS_PERSON}:
            self._take_bills(seen, reading)
        if reading is not None and reading.bank_lines and bank_file.may_send(seen.case):
            self._take_bank_file(seen, reading)

    def _take_remittance(self, seen: _Seen, advice: ReadRemittance) -> None:
        command = TakeRemittance(
            name=f"{seen.mail.id}.eml",
            raw=seen.mail.raw,
            read=advice,
            actor=_ACTOR,
            sender=seen.envelope.author.address,
            subject=seen.envelope.subject,
            mail_id=seen.mail.id,
            findings=seen.findings,
            cause=f"mail:{seen.mail.id}",
        )
        outcome = take_remittance.take(self._services, command)
        if isinstance(outcome, Refusal):
            _LOG.warning("mail %s: the core refused an advice: %s", seen.mail.id, outcome.sentence)

    def _take_bills(self, seen: _Seen, reading: Reading) -> None:
        """Suppliers' invoices, with what is doubtful about the mail: people answer that before anything goes on."""
        assert seen.mail.source_id is not None  # noqa: S101  A mail that was read has its bytes.
        with self._services.store.read() as unit:
            source = unit.sources.get(seen.mail.source_id)
        name = seen.envelope.subject or f"{seen.mail.id}.eml"
        command = TakeDocument(name[:200], seen.mail.raw, _ACTOR, cause=f"mail:{seen.mail.id}")
        sender = seen.envelope.author.address
        bills, findings = reading.supplier_invoices, seen.findings
        outcome = take_supplier_invoice.from_documents(self._services, command, source, bills, sender, findings)
        if isinstance(outcome, Refusal):
            _LOG.warning("mail %s: the core refused an invoice: %s", seen.mail.id, outcome.sentence)

    def _answered(self, seen: _Seen) -> str:
        """The dispute that this mail answers, once the core has taken the answer. A machine's answer is none."""
        automation = seen.envelope.automation
        if automation.auto_submitted not in {"", "no"} or automation.is_autoreply:
            return ""
        reply = act_on_dispute.Reply(
            mail_id=seen.mail.id,
            message_ids=(*seen.envelope.in_reply_to, *seen.envelope.references),
            sender=seen.envelope.author.address,
            subject=seen.envelope.subject,
            text=seen.envelope.wording.said,
            authentic=seen.verdict.authentication is Authentication.PASS,
        )
        outcome = act_on_dispute.take_reply(self._services, reply)
        return outcome.subject_id if isinstance(outcome, Done | AlreadyDone) else ""

    def _take_bank_file(self, seen: _Seen, reading: Reading) -> None:
        assert seen.mail.source_id is not None  # noqa: S101  A mail that was read has its bytes.
        with self._services.store.read() as unit:
            source = unit.sources.get(seen.mail.source_id)
        command = TakeDocument(f"{seen.mail.id}.eml", seen.mail.raw, _ACTOR, cause=f"mail:{seen.mail.id}")
        outcome = take_bank_file.take_reading(self._services, source, reading, command)
        if isinstance(outcome, Refusal):
            _LOG.warning("mail %s: the core refused the bank file: %s", seen.mail.id, outcome.sentence)

    def _acknowledge(self, seen: _Seen) -> None:
        why_not = replies.why_not(seen.envelope, seen.verdict.authentication, self._settings)
        if why_not:
            _LOG.debug("mail %s is not acknowledged: %s", seen.mail.id, why_not)
            return
        effect = replies.acknowledgement(seen.mail.id, seen.envelope, self._settings)
        if not self._desk.reply(effect, seen.envelope.author.address, self._settings.replies_per_sender):
            _LOG.debug(
                "mail %s is not acknowledged: asked for before, or the sender's number for today is reached", seen.mail.id
            )


def _found_words(reading: Reading | None) -> str:
    """What was found in a mail that was accepted."""
    found = {
        "remittance": len(reading.remittances) if reading is not None else 0,
        "supplier invoice": len(reading.supplier_invoices) if reading is not None else 0,
        "bank line": len(reading.bank_lines) if reading is not None else 0,
    }
    said = [f"{count} {noun}{'' if count == 1 else 's'}" for noun, count in found.items() if count]
    return f"Found and handed over: {', '.join(said)}." if said else "Nothing was found that is handed over."


def distinct(advices: Sequence[ReadRemittance]) -> Iterator[ReadRemittance]:
    """The core knows an advice again by its document and its place, so two advices must not have one place."""
    places: dict[str, int] = {}
    for advice in advices:
        count = places[advice.where] = places.get(advice.where, 0) + 1
        yield advice if count == 1 else replace(advice, where=f"{advice.where} ({count})")


def facts_of(reading: Reading) -> ReadFacts:
    """What the rules may know of a reading. Of an advice without any line, only the reason is worth something."""
    sentences = tuple(part.why for part in reading.unreadable)
    return ReadFacts(
        remittances=len(reading.remittances),
        bank_lines=len(reading.bank_lines),
        supplier_invoices=len(reading.supplier_invoices),
        unreadable=sentences,
        password_protected=any(word in sentence.lower() for sentence in sentences for word in _LOCKED),
    )
