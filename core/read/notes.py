"""What a reader has to say besides records: problems and unreadable parts, collected while it goes on."""

from dataclasses import dataclass, field

from core.domain.readings import Problem, Reading, UnreadablePart
from core.read.limits import COMPLAINTS


@dataclass(slots=True)
class Notes:
    """Complaints about one document, each with its place; the first `COMPLAINTS` are kept, the others counted."""

    problems: list[Problem] = field(default_factory=list)
    unreadable: list[UnreadablePart] = field(default_factory=list)
    more_problems: int = 0
    more_unreadable: int = 0

    def problem(self, where: str, why: str) -> None:
        """Something odd that spoils no line."""
        if len(self.problems) < COMPLAINTS:
            self.problems.append(Problem(where, why))
        else:
            self.more_problems += 1

    def refuse(self, where: str, why: str) -> None:
        """Something that could not be read."""
        if len(self.unreadable) < COMPLAINTS:
            self.unreadable.append(UnreadablePart(where, why))
        else:
            self.more_unreadable += 1

    def add(self, other: "Notes", *, inside: str = "") -> None:
        """Take over the complaints of a part; `inside` says which part."""
        for problem in other.problems:
            self.problem(_within(inside, problem.where), problem.why)
        for part in other.unreadable:
            self.refuse(_within(inside, part.where), part.why)
        self.more_problems += other.more_problems
        self.more_unreadable += other.more_unreadable

    def all_problems(self) -> tuple[Problem, ...]:
        """The problems, and a sentence about those not listed."""
        rest = (Problem("", f"{self.more_problems} more problems are not listed."),) if self.more_problems else ()
        return (*self.problems, *rest)

    def all_unreadable(self) -> tuple[UnreadablePart, ...]:
        """The unreadable parts, and a sentence about those not listed."""
        more = self.more_unreadable
        rest = (UnreadablePart("", f"{more} more places could not be read and are not listed."),) if more else ()
        return (*self.unreadable, *rest)


def _within(outer: str, inner: str) -> str:
    return f"{outer}: {inner}" if outer and inner else outer or inner


def shown(value: str, limit: int = 60) -> str:
    """A value from a document, fit for a sentence: one line, printable, cut."""
    flat = "".join(sign if sign.isprintable() else " " for sign in value[: limit * 4])
    flat = " ".join(flat.split())
    return flat if len(flat) <= limit else f"{flat[: limit - 1]}…"


def refused(name: str, kind: str, why: str, *, where: str = "") -> Reading:
    """A reading of nothing but the sentence that says why."""
    notes = Notes()
    notes.refuse(where, why)
    return Reading(source=name, format=kind, unreadable=notes.all_unreadable())
