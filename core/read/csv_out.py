"""CSV files that we write: whole or not at all, and harmless in a spreadsheet.

A cell that starts with `=`, `+`, `-`, `@`, a tab or a carriage return is run as a formula by spreadsheets, and names and texts
in our files come from strangers; such cells get an apostrophe in front unless they are numbers. A file is written beside its
place and moved there when it is complete, so that nobody ever reads half of it.
"""

import csv
import io
import os
import re
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

_FORMULA: Final = frozenset("=+-@\t\r")
_NUMBER: Final = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?\Z")


def safe(value: str) -> str:
    """A cell that no spreadsheet runs."""
    return f"'{value}" if value[:1] in _FORMULA and not _NUMBER.match(value) else value


def csv_text(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A CSV file as text: comma, RFC 4180 quotes, a line feed after each row."""
    return _lines([header]) + csv_rows(rows)


def csv_rows(rows: Iterable[Sequence[str]]) -> str:
    """Rows of such a file without its header."""
    return _lines([[safe(value) if value[:1] in _FORMULA else value for value in row] for row in rows])


def _lines(rows: Iterable[Sequence[str]]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def write_whole(path: Path, text: str) -> None:
    """Replace the file in one step; on any failure the old file stays as it was."""
    write_pieces(path, (text,))


def write_pieces(path: Path, texts: Iterable[str]) -> None:
    """As `write_whole`, for what is not in memory all at once."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as out:
            out.writelines(texts)
            out.flush()
            os.fsync(out.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:  # The half-written file must go, whatever stopped the writing, even an interrupt.
        Path(temporary).unlink(missing_ok=True)
        raise
