"""What happened meanwhile, for a person who clicked on an old card: this very thing, or something else."""

from enum import StrEnum

from core.app.outcomes import AlreadyDone, Outcome, Refusal
from core.decide.machine import words
from core.domain.events import AuditName
from core.domain.keeping import AuditRow, Subject
from core.ports.store import UnitOfWork


def moved_on(unit: UnitOfWork, subject: Subject, wanted: AuditName, asked: tuple[int, str], state: StrEnum) -> Outcome:
    """`asked` is the version that the person looked at and their id; `wanted` is what their click is written down as."""
    changes = [row for row in unit.audit.of(subject) if row.entry.version_after > row.entry.version_before]
    first = next((row for row in changes if row.entry.version_before == asked[0]), None)
    if first is not None and first.entry.name is wanted and first.entry.actor.id == asked[1]:
        return AlreadyDone(subject.id, "You have done this already.", first.entry.actor.name, first.at)
    return Refusal("stale_version", _what_happened(subject, state, changes[-1] if changes else None))


def _what_happened(subject: Subject, state: StrEnum, last: AuditRow | None) -> str:
    if last is None:
        return f"{subject.id} has changed meanwhile. Its card shows how it is now."
    verb = last.entry.name.value.partition(".")[2].replace("_", " ")
    return (
        f"{last.entry.actor.name} changed {subject.id} meanwhile ({verb}, {last.at:%H:%M} UTC); "
        f"it is {words(state)} now. Nothing was changed by your click; the card shows how it is."
    )
