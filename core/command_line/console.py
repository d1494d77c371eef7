"""What verbs that turn files into files share: a console for complaints and progress, the bytes of a file, good rows."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from core.command_line.saying import printable
from core.domain.errors import Misconfigured
from core.read.tables import Taken

LISTED: Final = 50
_COUNTED_EVERY: Final = 500
Record = TypeVar("Record")


@dataclass(slots=True)
class Console:
    """What goes to standard error: complaints always, progress when somebody watches."""

    watched: bool
    complaints: int = 0

    def complain(self, sentence: str) -> None:
        """Something was refused; the first fifty are said, all are counted."""
        self.complaints += 1
        if self.complaints <= LISTED:
            self.tell(sentence)

    def tell(self, sentence: str) -> None:
        """Something to know that changes no exit status."""
        _print(sentence)

    def progress(self, sentence: str, *, last: bool) -> None:
        """How far it is; the line is overwritten until the last."""
        if self.watched:
            _print(sentence, end="\n" if last else "\r")

    def count(self, what: str, done: int, of: int) -> None:
        """How many are done, said now and then and at the end."""
        if done % _COUNTED_EVERY == 0 or done == of:
            self.progress(f"{what}: {done:,} of {of:,}", last=done == of)


def _print(sentence: str, end: str = "\n") -> None:
    print(printable(sentence), file=sys.stderr, end=end, flush=True)  # noqa: T201  The command line prints.


def file_bytes(path: Path) -> bytes:
    """A file's content; `Misconfigured` when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise Misconfigured(f"{path} cannot be read: {error.strerror}.", setting=str(path)) from error


def taken(found: Taken[Record], console: Console) -> tuple[Record, ...]:
    """The good rows; the others are complained about."""
    for complaint in found.complaints:
        console.complain(complaint.sentence)
    if found.more_complaints:
        console.complain(f"{found.complaints[0].file}: {found.more_complaints} more rows are wrong.")
    return found.records
