"""`tieout report`: the sync report for people who run the machine, or for a monitor with `--json`.

What went to the ledger and came back, what was refused and why, what the ledger still owes an answer and for how long, and the
mails and deliveries that wait for a person.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from typing import Final

from core import bootstrap, settings
from core.app import shunting
from core.app.sync_report import Line, Outstanding, SyncReport, sync_report
from core.app.telling import moment
from core.command_line.saying import DONE, plural, say, zone_of
from core.domain.errors import Incomplete
from core.domain.keeping import OutboxItem
from core.domain.mails import Disposition, MailSummary
from core.settings import Settings

_MOST_LINES: Final = 5000
_MOST_MAILS: Final = 1000
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


@dataclass(frozen=True, slots=True)
class _Found:
    """Everything the report says, of one moment."""

    now: datetime
    sync: SyncReport
    mails: Sequence[MailSummary]
    aside: Sequence[OutboxItem]


def arguments(parser: argparse.ArgumentParser) -> None:
    """From when on, and for whom."""
    parser.add_argument("--since", default="", metavar="DATE", help="only what happened on or after this day (2026-03-31)")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of sentences")


def run(options: argparse.Namespace) -> int:
    """Print it."""
    found = settings.load()
    zone = zone_of(found)
    report = _gather(found, _since(options.since, zone))
    if options.json:
        say(json.dumps(_as_json(report)))
        return DONE
    for line in _sentences(report, zone):
        say(line)
    return DONE


def _since(text: str, zone: tzinfo) -> datetime | None:
    """The beginning of a day in the company's zone."""
    if not text:
        return None
    try:
        return datetime.combine(date.fromisoformat(text), time(), zone)
    except ValueError as error:
        raise Incomplete(f"{text} is not a date; write it as 2026-03-31.") from error


def _gather(found: Settings, since: datetime | None) -> _Found:
    with bootstrap.running(found) as services:
        with services.store.read() as unit:
            sync = sync_report(unit, _MOST_LINES)
            aside, now = shunting.set_aside(unit, _MOST_MAILS), unit.now
        desk = bootstrap.mail_desk(services)
        asked = [mail for mail in desk.recent(_MOST_MAILS) if mail.disposition is Disposition.NEEDS_PERSON]
        mails = [*desk.shunted(_MOST_MAILS), *asked]
    if since is None:
        return _Found(now, sync, mails, aside)
    lines = tuple(line for line in sync.lines if line.at >= since)
    return _Found(now, SyncReport(lines, sync.outstanding), [mail for mail in mails if mail.received_at >= since], aside)


def _sentences(report: _Found, zone: tzinfo) -> Iterator[str]:
    yield from _part("What went and came", [text for line in report.sync.lines for text in _line(line, zone, report.now)])
    yield from _part("Waiting for the ledger’s answer", [_waiting(each, report.now) for each in report.sync.outstanding])
    yield from _part("Mails that need a person", [_mail(mail, zone, report.now) for mail in report.mails])
    yield from _part(
        "Deliveries set aside (tieout shunt)",
        [f"{item.id}: {item.effect.kind.value} for {item.effect.subject.id}: {item.last_error}" for item in report.aside],
    )


def _part(title: str, lines: Sequence[str]) -> Iterator[str]:
    yield f"{title}:" if lines else f"{title}: nothing."
    yield from (f"  {line}" for line in lines)


def _line(line: Line, zone: tzinfo, now: datetime) -> Iterator[str]:
    said = line.said
    name = f" ({said.from_outside})" if said.from_outside else ""
    counts = f": {'; '.join(said.lines)}" if said.lines else ""
    yield f"{moment(line.at, zone, now):<13} {said.headline}{name}{counts}"
    yield from (f"{'':<13}   {problem}" for problem in said.problems)


def _waiting(each: Outstanding, now: datetime) -> str:
    where = f"in batch {each.batch}" if each.batch else "not handed over yet"
    return f"{each.payment_id}: {each.amount}, {where}, posted {_age(each.since, now)} ago"


def _age(since: datetime | None, now: datetime) -> str:
    seconds = int((now - since).total_seconds()) if since else 0
    if seconds < _HOUR:
        return plural(seconds // _MINUTE, "minute")
    if seconds < 2 * _DAY:
        return plural(seconds // _HOUR, "hour")
    return plural(seconds // _DAY, "day")


def _mail(mail: MailSummary, zone: tzinfo, now: datetime) -> str:
    state = "set aside" if mail.disposition is None else "needs a person"
    return f"{mail.id} of {moment(mail.received_at, zone, now)} from {mail.sender or 'an unknown sender'}, {state}: {mail.why}"


def _as_json(report: _Found) -> dict[str, object]:
    return {
        "at": report.now.isoformat(),
        "syncs": [
            {
                "at": line.at.isoformat(),
                "by": line.by,
                "refused": line.refused,
                "what": line.said.headline,
                "lines": list(line.said.lines),
                "problems": list(line.said.problems),
                "file": line.said.from_outside,
            }
            for line in report.sync.lines
        ],
        "waiting_for_the_ledger": [
            {
                "payment_id": each.payment_id,
                "amount": each.amount.text(),
                "currency": each.amount.currency.code,
                "batch": each.batch,
                "since": each.since.isoformat() if each.since else None,
                "seconds": round((report.now - each.since).total_seconds()) if each.since else None,
            }
            for each in report.sync.outstanding
        ],
        "mails_for_a_person": [
            {"id": mail.id, "received_at": mail.received_at.isoformat(), "sender": mail.sender, "why": mail.why}
            for mail in report.mails
        ],
        "deliveries_set_aside": [
            {"id": item.id, "kind": item.effect.kind.value, "subject": item.effect.subject.id, "error": item.last_error}
            for item in report.aside
        ],
    }
