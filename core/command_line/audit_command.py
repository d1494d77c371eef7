"""`tieout audit …`: check the log of everything that happened, print an anchor, tell the history of one thing.

An anchor (a number and a hash) that is kept elsewhere proves later that nobody has written the log anew, not even somebody who
has the key.
"""

import argparse
import re
from typing import Final

from sqlmodel import Session

from core import bootstrap, settings
from core.app.telling import tell
from core.command_line.saying import DONE, SOME_REFUSED, plural, say, zone_of
from core.domain.errors import Incomplete, NotFound
from core.domain.keeping import Subject, SubjectKind
from core.settings import Settings
from core.store import audit
from core.store.unit_of_work import SqlStore

_ANCHOR: Final = re.compile(r"(\d+):([0-9a-f]{64})")
_KINDS: Final = {
    "P": SubjectKind.PAYMENT,
    "R": SubjectKind.REMITTANCE,
    "M": SubjectKind.MAIL,
    "U": SubjectKind.PERSON,
    "S": SubjectKind.SOURCE,
    "B": SubjectKind.BANK_LINE,
    "Q": SubjectKind.QUESTION,
}
_MOST_SHOWN: Final = 1000


def arguments(parser: argparse.ArgumentParser) -> None:
    """The verbs below `audit`."""
    verbs = parser.add_subparsers(dest="audit_verb", metavar="VERB", required=True)
    verify = verbs.add_parser("verify", help="check that no event was changed, removed or slipped in")
    verify.add_argument("--anchor", default="", metavar="NUMBER:HASH", help="an anchor of an earlier day that must still stand")
    verbs.add_parser("head", help="print the anchor of this moment, to be kept elsewhere")
    show = verbs.add_parser("show", help="everything that happened to one thing")
    show.add_argument("subject", metavar="SUBJECT", help="such as P-1042, R-1001, M-1007, U-1001, or a delivery's number")


def run(options: argparse.Namespace) -> int:
    """Do one of them; 1 when the log does not hold."""
    found = settings.load()
    with bootstrap.store(found) as store:
        match options.audit_verb:
            case "verify":
                return _verify(store, bootstrap.audit_key(found), options.anchor)
            case "head":
                with store.read() as unit:
                    number, digest = unit.audit.head()
                say(f"{number}:{digest}")
                return DONE
            case _:
                return _show(store, found, options.subject)


def _verify(store: SqlStore, key: bytes, anchor: str) -> int:
    """Read the whole log once, in one transaction."""
    with store.read() as unit:
        problems = [*audit.verify(unit.session, key), *_anchor_problems(unit.session, unit.audit, anchor)]
        number, digest = unit.audit.head()
    for problem in problems:
        say(problem)
    if problems:
        say(f"The audit log does NOT hold: {plural(len(problems), 'problem')}.")
        return SOME_REFUSED
    say(f"The audit log holds: {plural(number, 'event')}, the last one’s hash is {digest}.")
    if anchor:
        say(f"The anchor at event {anchor.partition(':')[0]} stands.")
    return DONE


def _anchor_problems(session: Session, log: audit.SqlAudit, anchor: str) -> list[str]:
    if not anchor:
        return []
    parts = _ANCHOR.fullmatch(anchor.strip().lower())
    if parts is None:
        raise Incomplete("An anchor is a number, a colon and 64 hexadecimal digits, as “tieout audit head” prints it.")
    number, digest = int(parts[1]), parts[2]
    if number == 0:
        return [] if digest == audit.GENESIS else ["The anchor of an empty log has a hash of zeros only."]
    found = audit.hash_at(session, number)
    if not found:
        return [f"The anchor names event {number}, but the log ends at event {log.head()[0]}: events were cut off."]
    if found != digest:
        return [f"Event {number} is not the one that the anchor was made of: the log was written anew since."]
    return []


def subject_of(text: str) -> Subject:
    """The thing that an id names."""
    name = text.strip()
    letter, dash, _ = name.partition("-")
    kind = _KINDS.get(letter.upper()) if dash else None
    if kind is not None:
        # Ids of documents go on with small letters, all others are digits.
        return Subject(kind, f"{letter.upper()}-{name.partition('-')[2]}")
    if name.isdigit():
        return Subject(SubjectKind.OUTBOX, name)
    return Subject(SubjectKind.BATCH, name)


def _show(store: SqlStore, found: Settings, text: str) -> int:
    subject = subject_of(text)
    zone = zone_of(found)
    with store.read() as unit:
        rows = unit.audit.of(subject, _MOST_SHOWN)
        now = unit.now
    if not rows:
        raise NotFound(f"Nothing is written down about {subject.id}. Ids look like P-1042, R-1001, M-1007, U-1001.")
    for row in rows:
        told = tell(row, zone, now)
        reason = f" Reason: {told.reason}" if told.reason else ""
        say(f"{row.number:>7}  {told.sentence}{reason}")
    return DONE
