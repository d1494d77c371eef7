"""One line of `tieout check`."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """`NOTE` is worth knowing and stops nothing."""

    OK = "ok"
    WRONG = "WRONG"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, how it is, and how to mend it where it is wrong."""

    verdict: Verdict
    text: str
    mend: str = ""

    @property
    def line(self) -> str:
        """As people read it."""
        return f"{self.verdict.value:<6}{self.text}" + (f" — {self.mend}" if self.mend else "")


def ok(text: str) -> Finding:
    """All is well."""
    return Finding(Verdict.OK, text)


def wrong(text: str, mend: str) -> Finding:
    """This has to be mended, and how."""
    return Finding(Verdict.WRONG, text, mend)


def note(text: str, mend: str = "") -> Finding:
    """Worth knowing."""
    return Finding(Verdict.NOTE, text, mend)
