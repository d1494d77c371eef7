"""BAI2 lines to records: what a bank really sends, not only what the specification draws.

A record ends at `/` or where a line starts with a known code; several records may share a line; `88` lines go on with the
record before them. Specification: BAI Cash Management Balance Reporting Specifications, Version 2.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

CODES: Final = frozenset({"01", "02", "03", "16", "49", "88", "98", "99"})
_START: Final = re.compile(r"\s*(01|02|03|16|49|88|98|99)\s*,")
# Inside one line a record may start after a slash; free text has slashes too, so the start must look like its record.
_NEXT: Final = re.compile(
    r"/\s*(?=(?:01,[^,/]*,[^,/]*,\d|02,[^,/]*,[^,/]*,\d|03,[^,/]+,|16,\d{3},\d*,|49,[+-]?\d*,\d+|88,|98,[+-]?\d*,\d+,\d+|"
    r"99,[+-]?\d*,\d+,\d+))"
)
_FUNDS_FIELDS: Final = {"V": 2, "S": 3}
_BEFORE_REFERENCES: Final = 4


@dataclass(slots=True)
class Record:
    """One logical record: its code, the fields behind it as written, and how many records of the file it took.

    `text` holds what stands behind the fields of a `16` record, one entry per line of the file; `more` the fields that
    continuation lines add to other records.
    """

    code: str
    line: int
    body: str
    text: list[str] = field(default_factory=list)
    count: int = 1
    odd: str = ""
    more: list[str] = field(default_factory=list)

    @property
    def fields(self) -> list[str]:
        """The fields behind the code, those of its continuation lines included."""
        return ",".join((self.body, *self.more)).split(",")


def records(text: str, *, width: int = 0) -> Iterator[Record]:
    """The logical records of a file; what belongs to none is a record with an empty code."""
    current: Record | None = None
    full = False
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip("\0 \t\x1a"):
            continue
        pieces = _NEXT.split(line) if line.count("/") > 1 else [line]
        for index, piece in enumerate(pieces):
            ended = piece + "/" if index < len(pieces) - 1 else piece
            started = _START.match(ended)
            if started is None:
                current = _unmarked(current, number, ended)
                if current.code == "":
                    yield current
                    current = None
            elif started[1] == "88":
                if current is None:
                    yield Record("", number, ended)
                else:
                    _continue(current, ended[started.end() :], cut=full)
            else:
                if current is not None:
                    yield current
                current = _begin(started[1], number, ended[started.end() :])
        full = 0 < width == len(line.rstrip())
    if current is not None:
        yield current


def _unmarked(current: Record | None, number: int, line: str) -> Record:
    """A line without a code is text that a bank broke without an 88, or nothing that we know."""
    if current is not None and current.code == "16":
        current.text.append(line.rstrip())
        current.odd = f"line {number} starts with no record code and was taken as text of the record before it"
        return current
    return Record("", number, line)


def _begin(code: str, number: int, rest: str) -> Record:
    rest = rest.rstrip()
    if code != "16":
        return Record(code, number, rest.removesuffix("/").rstrip())
    body, text = _cut_text(rest)
    return Record(code, number, body, [text] if text is not None else [])


def _cut_text(rest: str) -> tuple[str, str | None]:
    """The fields of a `16` record and its text; the text is None while its place has not been reached."""
    wanted = _commas_before_text(rest)
    if rest.count(",") < wanted:
        return rest.removesuffix("/").rstrip(), None
    fields = rest.split(",", wanted)
    return ",".join(fields[:-1]), fields[-1].removesuffix("/")


def _commas_before_text(rest: str) -> int:
    """How many commas stand before the text: type, amount, funds type with its own fields, two references."""
    fields = rest.split(",", 12)
    funds = fields[2].strip().upper() if len(fields) > 2 else ""  # noqa: PLR2004  The third field.
    more = _FUNDS_FIELDS.get(funds, 0)
    if funds == "D":
        pairs = fields[3].strip() if len(fields) > 3 else ""  # noqa: PLR2004  The fourth field.
        more = 1 + 2 * int(pairs) if pairs.isascii() and pairs.isdigit() and len(pairs) < 3 else 1  # noqa: PLR2004
    return _BEFORE_REFERENCES + 1 + more


def _continue(record: Record, rest: str, *, cut: bool) -> None:
    """An 88 line: more fields where the record's fields are not complete, else more text."""
    record.count += 1
    rest = rest.rstrip()
    if record.code != "16":
        record.more.append(rest.removesuffix("/").rstrip())
        return
    if record.text:
        line = rest.removesuffix("/")
        # After a line exactly as long as the file says, this one goes on in mid-word; else it is a line of its own.
        if cut:
            record.text[-1] += line
        else:
            record.text.append(line)
        return
    missing = _commas_before_text(record.body + ",") - record.body.count(",")
    fields = rest.split(",", max(0, missing - 1))
    if len(fields) >= missing and not any(" " in piece.strip() for piece in fields[:-1]):
        record.body, text = _cut_text(f"{record.body},{rest}")
        record.text = [] if text is None else [text]
    else:
        record.text = [rest.removesuffix("/")]
