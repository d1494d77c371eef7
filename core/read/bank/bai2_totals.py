"""The control totals and record counts of BAI2, as warnings: banks get them wrong, the transactions are right all the same."""

import re
from dataclasses import dataclass
from typing import Final

from core.read.bank.bai2_records import Record
from core.read.notes import Notes, shown

_NUMBER: Final = re.compile(r"[+-]?\d{1,24}")
_TRAILERS: Final = {"49": "account", "98": "group", "99": "file"}


@dataclass(slots=True)
class _Level:
    """What was seen since the level's header."""

    total: int = 0
    children: int = 0
    records: int = 0
    opened: int = 0


class Totals:
    """Adds up while the file is read and compares where a trailer says what it should be."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._file = _Level()
        self._group = _Level()
        self._account = _Level()
        self._open: list[str] = []

    def file_starts(self, record: Record) -> None:
        """A 01 record; several files may be concatenated."""
        self._close_to("file", record.line)
        self._file = _Level(records=record.count, opened=record.line)
        self._open = ["file"]

    def group_starts(self, record: Record) -> None:
        """A 02 record."""
        self._close_to("group", record.line)
        self._group = _Level(records=record.count, opened=record.line)
        self._open.append("group")

    def account_starts(self, record: Record, fields: list[str]) -> None:
        """A 03 record with its summary amounts, which count in the control total."""
        self._close_to("account", record.line)
        self._account = _Level(records=record.count, opened=record.line, total=_summed(fields[2:]))
        self._open.append("account")

    def transaction(self, record: Record, amount: int) -> None:
        """A 16 record."""
        self._account.records += record.count
        self._account.total += amount

    def unread(self, record: Record) -> None:
        """A 16 record whose amount could not be read counts as a record."""
        self._account.records += record.count

    def trailer(self, record: Record) -> None:
        """A 49, 98 or 99 record: compare, and pass on to the level above."""
        level = _TRAILERS[record.code]
        here = {"account": self._account, "group": self._group, "file": self._file}[level]
        if level in self._open:
            self._close_to(level, record.line, keep=level)
            self._open.remove(level)
        else:
            self._notes.problem(f"line {record.line}", f"This ends {_a(level)} that was not begun.")
        here.records += record.count
        fields = [field.strip() for field in record.fields]
        self._compare(record, level, here, fields)
        above = {"account": self._group, "group": self._file}.get(level)
        if above is not None:
            above.total += here.total
            above.children += 1
            above.records += here.records

    def ended(self) -> None:
        """The end of the file: what is still open was cut off."""
        for level in self._open:
            self._notes.problem("end of file", f"The {level} record has no trailer; the file may be cut off.")

    def _close_to(self, level: str, line: int, keep: str = "") -> None:
        """Levels inside `level` that are still open end here without their trailer."""
        inside = {"file": ("account", "group", "file"), "group": ("account", "group"), "account": ("account",)}[level]
        for name in inside:
            if name in self._open and name != keep:
                self._open.remove(name)
                self._notes.problem(f"line {line}", f"The {name} before this line has no trailer.")

    def _compare(self, record: Record, level: str, here: _Level, fields: list[str]) -> None:
        where = f"line {record.line}"
        stated = fields[0] if fields else ""
        if _NUMBER.fullmatch(stated):
            if int(stated) != here.total:
                self._notes.problem(
                    where, f"The control total of the {level} is {int(stated)}, its amounts add up to {here.total}."
                )
        elif stated:
            self._notes.problem(where, f"The control total “{shown(stated)}” is no number.")
        counted = fields[1:] if level == "account" else fields[2:]
        if counted and _NUMBER.fullmatch(counted[0]) and int(counted[0]) != here.records:
            self._notes.problem(where, f"The {level} should have {int(counted[0])} records and has {here.records}.")
        if level != "account" and len(fields) > 1 and _NUMBER.fullmatch(fields[1]) and int(fields[1]) != here.children:
            what = "accounts" if level == "group" else "groups"
            self._notes.problem(where, f"The {level} should have {int(fields[1])} {what} and has {here.children}.")


def _a(level: str) -> str:
    return "an account" if level == "account" else f"a {level}"


def _summed(fields: list[str]) -> int:
    """The summary amounts of a 03 record: type, amount, item count, funds type with its own fields, and so on."""
    total, index = 0, 0
    while index + 1 < len(fields):
        amount = fields[index + 1].strip()
        total += int(amount) if _NUMBER.fullmatch(amount) else 0
        funds = fields[index + 3].strip().upper() if index + 3 < len(fields) else ""
        extra = {"V": 2, "S": 3}.get(funds, 0)
        if funds == "D" and index + 4 < len(fields) and fields[index + 4].isdigit() and len(fields[index + 4]) < 3:  # noqa: PLR2004
            extra = 1 + 2 * int(fields[index + 4])
        index += 4 + extra
    return total
