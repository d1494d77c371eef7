"""Mails that were set aside, for people: list them, show one with everything that was asked about it, replay it.

`python -m mail shunted`, `python -m mail show M-1042`, `python -m mail replay M-1042`.
"""

import getpass
from collections.abc import Iterator

from core.domain.actors import Actor, ActorKind, Surface
from core.domain.ids import MailId
from core.domain.mails import MailSummary
from core.ports.mail import MailDesk


def lines_of_list(desk: MailDesk) -> Iterator[str]:
    """A line a mail that was set aside."""
    listed = desk.shunted()
    for mail in listed:
        yield line(mail)
    if not listed:
        yield "No mail is set aside."


def lines_of_one(desk: MailDesk, mail_id: MailId) -> Iterator[str]:
    """One mail: where it is, why, and what every rule said."""
    summary, outcome = desk.show(mail_id)
    yield line(summary)
    if outcome is None:
        return
    yield f"  message id  {outcome.message_id or '(none)'}"
    for answer in outcome.answers:
        yield f"  {'hit ' if answer.hit else 'miss'}  {answer.rule}" + (f": {answer.why}" if answer.why else "")
    for finding in outcome.findings:
        yield f"  finding  {finding.kind}: {finding.seen}" + (f" (expected {finding.expected})" if finding.expected else "")


def replay(desk: MailDesk, mail_id: MailId) -> str:
    """Queue a mail again, in the name of whoever types."""
    name = getpass.getuser()
    summary = desk.replay(mail_id, Actor(ActorKind.SYSTEM, f"command_line:{name}", name, Surface.COMMAND_LINE))
    return f"{summary.id} is queued to be read again."


def line(mail: MailSummary) -> str:
    """One mail in one line; what came from outside is made printable."""
    state = mail.disposition.value if mail.disposition else mail.state.value.lower()
    text = f"{mail.id}  {mail.received_at:%Y-%m-%d %H:%M}  {state:<12}  {mail.sender or '-'}  {mail.subject or '-'}  {mail.why}"
    return "".join(letter if letter.isprintable() else " " for letter in text)
