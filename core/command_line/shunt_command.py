"""`tieout shunt …`: what was set aside because it could not be done: deliveries (by number) and mails (M-…).

Replay is safe: the receiver of a delivery is asked by key first, and a mail that was read in part is known again. What is
dropped stays on record with the reason. All of it is written down under the name of whoever typed it.
"""

import argparse
from collections.abc import Iterator

from core import bootstrap, settings
from core.app import shunting
from core.app.outcomes import Done, Refusal
from core.app.services import Services
from core.app.telling import moment, tell
from core.command_line.saying import DONE, NOTHING_DONE, operator, say, zone_of
from core.domain.errors import Incomplete, NotFound
from core.domain.ids import MailId, OutboxId
from core.domain.keeping import OutboxItem, Subject, SubjectKind
from core.domain.mails import MailSummary
from core.ports.mail import MailDesk
from core.settings import Settings

_MOST: int = 1000


def arguments(parser: argparse.ArgumentParser) -> None:
    """The verbs below `shunt`."""
    verbs = parser.add_subparsers(dest="shunt_verb", metavar="VERB", required=True)
    verbs.add_parser("list", help="everything that waits for an operator, oldest first")
    for verb, sentence in (
        ("show", "one of them, and what happened to it"),
        ("replay", "try it again"),
        ("drop", "give it up, with the reason"),
    ):
        sub = verbs.add_parser(verb, help=sentence)
        sub.add_argument("item", metavar="ID", help="a delivery's number, or a mail such as M-1007")
        if verb == "drop":
            sub.add_argument("--reason", required=True, help="why; it is kept")


def run(options: argparse.Namespace) -> int:
    """Show, replay or drop."""
    found = settings.load()
    with bootstrap.running(found) as services:
        desk = bootstrap.mail_desk(services)
        if options.shunt_verb == "list":
            for line in _listed(services, desk, found):
                say(line)
            return DONE
        if options.shunt_verb == "show":
            for line in _shown(services, desk, found, options.item):
                say(line)
            return DONE
        end = _settled(services, desk, options)
        say(end.sentence)
        return NOTHING_DONE if isinstance(end, Refusal) else DONE


def _listed(services: Services, desk: MailDesk, found: Settings) -> Iterator[str]:
    with services.store.read() as unit:
        items, now = shunting.set_aside(unit, _MOST), unit.now
    mails = desk.shunted(_MOST)
    for item in items:
        yield _delivery(item, moment(item.created_at, zone_of(found), now))
    for mail in mails:
        yield _mail(mail, moment(mail.received_at, zone_of(found), now))
    if not items and not mails:
        yield "Nothing is set aside."


def _delivery(item: OutboxItem, when: str) -> str:
    what = item.effect.kind.value.replace("_", " ")
    return f"{item.id:<8}{when:<13} {what} for {item.effect.subject.id}, {item.attempts} attempts: {item.last_error}"


def _mail(mail: MailSummary, when: str) -> str:
    return f"{mail.id:<8}{when:<13} mail from {mail.sender or 'an unknown sender'} “{mail.subject}”: {mail.why}"


def _shown(services: Services, desk: MailDesk, found: Settings, name: str) -> Iterator[str]:
    zone = zone_of(found)
    mail_id = _mail_id(name)
    with services.store.read() as unit:
        now = unit.now
        if mail_id is None:
            item = unit.outbox.get(_outbox_id(name))
            subject = Subject(SubjectKind.OUTBOX, str(item.id))
            yield f"{_delivery(item, moment(item.created_at, zone, now))} (now {item.state.value.lower()})"
            yield f"  key      {item.effect.key}"
            yield f"  receipt  {item.receipt or '(none)'}"
        else:
            summary, outcome = desk.show(mail_id)
            subject = Subject(SubjectKind.MAIL, mail_id)
            yield f"{_mail(summary, moment(summary.received_at, zone, now))} (now {summary.state.value.lower()})"
            for answer in outcome.answers if outcome else ():
                yield f"  {'hit ' if answer.hit else 'miss'}  {answer.rule}{f': {answer.why}' if answer.why else ''}"
        for row in unit.audit.of(subject):
            told = tell(row, zone, now)
            yield f"  {told.sentence}{f' Reason: {told.reason}' if told.reason else ''}"


def _settled(services: Services, desk: MailDesk, options: argparse.Namespace) -> Done | Refusal:
    mail_id, drops = _mail_id(options.item), options.shunt_verb == "drop"
    if drops and not options.reason.strip():
        raise Incomplete("Please say why; the reason is kept.")
    if mail_id is not None:
        mail = desk.drop(mail_id, operator(), options.reason.strip()) if drops else desk.replay(mail_id, operator())
        return Done(mail.id, 1, f"Mail {mail.id} is {'given up' if drops else 'queued to be read again'}.")
    item_id = _outbox_id(options.item)
    if drops:
        return shunting.give_up(services, item_id, operator(), options.reason.strip())
    return shunting.replay(services, item_id, operator())


def _mail_id(name: str) -> MailId | None:
    return MailId(name.strip().upper()) if name.strip().upper().startswith("M-") else None


def _outbox_id(name: str) -> OutboxId:
    if not name.strip().isdigit():
        raise NotFound(f"There is no delivery or mail {name}. “tieout shunt list” shows what is set aside.")
    return OutboxId(int(name))
