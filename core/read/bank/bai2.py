"""BAI2 balance and transaction reports (US banks).

Amounts have the implied decimals of their currency, USD where none is named. A transaction code that we do not know passes
with the direction of its range; control totals and counts that do not tie are problems of the file, never a reason to drop
a transaction. Specification: BAI Cash Management Balance Reporting Specifications, Version 2.
"""

import re
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from core.domain.errors import Malformed
from core.domain.money import Currency, Money, currency
from core.domain.payments import Direction
from core.domain.readings import ReadBankLine
from core.read.bank import payer_text
from core.read.bank.bai2_records import Record, records
from core.read.bank.bai2_totals import Totals
from core.read.notes import Notes, shown

_DATE: Final = re.compile(r"(?:(20\d\d)|(\d\d))(\d\d)(\d\d)")
_AMOUNT: Final = re.compile(r"[+-]?\d{1,18}")
_NON_MONETARY: Final = "890"
_METHODS: Final = {
    "wire": ("191", "195", "196", "208", "241", "495"),
    "ach": ("142", "143", "145", "164", "165", "166", "255", "257", "258", "451", "452", "455", "466", "557", "558"),
    "lockbox": ("115", "116"),
    "check": ("171", "172", "173", "174", "175", "176", "301", "395", "475", "555"),
    "card": ("147",),
    "instant": ("158", "458"),
}
_METHOD_OF: Final = {code: method for method, codes in _METHODS.items() for code in codes}
_RETURNED: Final = frozenset({"257", "552", "555", "557", "558"})
_ITEMS_OF: Final = {"115": "116", "142": "143", "342": "345"}
"""Codes of deposits, and of the items that repeat them one by one."""


@dataclass(slots=True)
class _File:
    """Where in the file we are."""

    notes: Notes
    totals: Totals
    as_of: date | None = None
    group_currency: str = ""
    account: str = ""
    currency: Currency = field(default_factory=lambda: currency("USD"))
    lines: list[ReadBankLine] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)


def read_bai2(text: str, notes: Notes) -> list[ReadBankLine]:
    """All type 16 transactions, credits and debits, with complaints in `notes`."""
    state = _File(notes, Totals(notes))
    for record in records(text, width=_width(text)):
        if record.odd:
            notes.problem(f"line {record.line}", f"{record.odd[0].upper()}{record.odd[1:]}.")
        if record.code == "01":
            state.totals.file_starts(record)
        elif record.code == "02":
            _group(state, record)
        elif record.code == "03":
            _account(state, record)
        elif record.code == "16":
            _transaction(state, record)
        elif record.code:
            state.totals.trailer(record)
        else:
            notes.refuse(f"line {record.line}", f"“{shown(record.body)}” belongs to no record of BAI2.")
    state.totals.ended()
    return _without_repeated_deposits(state)


def _width(text: str) -> int:
    """The physical record length that the file header names; 0 where it names none."""
    header = text[:200].lstrip().split("\n", 1)[0].split(",")
    length = header[6].strip() if len(header) > 6 and header[0].strip() == "01" else ""  # noqa: PLR2004  The seventh field.
    return int(length) if length.isascii() and length.isdigit() and len(length) < 5 else 0  # noqa: PLR2004  A line's length.


def _group(state: _File, record: Record) -> None:
    fields = [field.strip() for field in record.fields]
    state.totals.group_starts(record)
    state.as_of = _date(_at(fields, 3))
    if state.as_of is None:
        state.notes.problem(f"line {record.line}", f"The group's as-of date “{shown(_at(fields, 3))}” is no date.")
    state.group_currency = _at(fields, 5)
    state.account = ""


def _account(state: _File, record: Record) -> None:
    fields = [field.strip() for field in record.fields]
    state.account = _at(fields, 0)
    named = _at(fields, 1).upper() or state.group_currency.upper() or "USD"
    try:
        state.currency = currency(named)
    except Malformed:
        state.notes.problem(f"line {record.line}", f"“{shown(named)}” is no currency; the account's amounts are read as USD.")
        state.currency = currency("USD")
    state.totals.account_starts(record, fields)


def _transaction(state: _File, record: Record) -> None:
    where = f"line {record.line}"
    fields = record.fields
    code = fields[0].strip()
    written = _at(fields, 1).strip()
    if written and not _AMOUNT.fullmatch(written):
        state.totals.unread(record)
        state.notes.refuse(where, f"The amount “{shown(written)}” is no whole number of the currency's smallest unit.")
        return
    amount = int(written or "0")
    state.totals.transaction(record, amount)
    text = "\n".join(record.text).strip("\n").rstrip()
    if code == _NON_MONETARY:
        state.notes.problem(where, f"A message without money: “{shown(text, 200)}”.")
        return
    direction = _direction(code)
    day = _value_date(state, fields, where)
    if direction is None or day is None:
        what = (
            f"The transaction code “{shown(code)}” says neither credit nor debit." if direction is None else "No date is given."
        )
        state.notes.refuse(where, what)
        return
    if not written:
        state.notes.problem(where, "The amount is empty, which means zero.")
    state.lines.append(_line(state, record, fields, (direction, day, amount, text)))
    state.codes.append(code)


def _line(state: _File, record: Record, fields: list[str], said: tuple[Direction, date, int, str]) -> ReadBankLine:
    direction, day, amount, text = said
    code = fields[0].strip()
    turned = amount < 0
    if turned:
        direction = Direction.DEBIT if direction is Direction.CREDIT else Direction.CREDIT
    bank, customer = _references(fields)
    found = payer_text.references(text) if "*" in text or ":" in text or "+" in text else ()
    return ReadBankLine(
        where=f"line {record.line}",
        account=state.account,
        value_date=day,
        amount=Money(abs(amount), state.currency),
        direction=direction,
        bank_id=bank,
        payer_name=payer_text.payer_name(text) if text else "",
        references=tuple(dict.fromkeys(ref for ref in (customer, *found) if payer_text.says_something(ref))),
        text=text,
        method=_METHOD_OF.get(code, ""),
        reversal=turned or (code in _RETURNED and direction is Direction.DEBIT),
    )


def _references(fields: list[str]) -> tuple[str, str]:
    """Bank and customer reference: the two fields behind those of the funds type."""
    funds = _at(fields, 2).strip().upper()
    skip = {"V": 2, "S": 3}.get(funds, 0)
    if funds == "D":
        pairs = _at(fields, 3).strip()
        skip = 1 + 2 * int(pairs) if pairs.isascii() and pairs.isdigit() else 1
    return _at(fields, 3 + skip).strip(), _at(fields, 4 + skip).strip()


def _direction(code: str) -> Direction | None:
    """By range: 100-399 and the bank's own 920-959 are credits, 400-699 and 960-999 debits."""
    number = int(code) if code.isascii() and code.isdigit() and len(code) == 3 else 0  # noqa: PLR2004  Codes have three digits.
    if 100 <= number <= 399 or 920 <= number <= 959:  # noqa: PLR2004  The ranges of the specification.
        return Direction.CREDIT
    if 400 <= number <= 699 or number >= 960:  # noqa: PLR2004  The ranges of the specification.
        return Direction.DEBIT
    return None


def _value_date(state: _File, fields: list[str], where: str) -> date | None:
    if _at(fields, 2).strip().upper() == "V":
        day = _date(_at(fields, 3).strip())
        if day is not None:
            return day
        state.notes.problem(where, f"The value date “{shown(_at(fields, 3))}” is no date; the group's date is taken.")
    return state.as_of


def _date(text: str) -> date | None:
    found = _DATE.fullmatch(text)
    if not found:
        return None
    try:
        return date(int(found[1] or f"20{found[2]}"), int(found[3]), int(found[4]))
    except ValueError:
        return None


def _at(fields: list[str], index: int) -> str:
    return fields[index] if index < len(fields) else ""


def _without_repeated_deposits(state: _File) -> list[ReadBankLine]:
    """A deposit followed by its items, which add up to it, is an entry with details: the items stay."""
    result: list[ReadBankLine] = []
    lines, codes = state.lines, state.codes
    index = 0
    while index < len(lines):
        item = _ITEMS_OF.get(codes[index])
        end = index + 1
        while item and end < len(lines) and codes[end] == item and lines[end].account == lines[index].account:
            end += 1
        items = lines[index + 1 : end]
        if items and sum(line.amount.minor for line in items) == lines[index].amount.minor:
            entry = lines[index].bank_id or lines[index].where
            result += [replace(line, entry=entry) for line in items]
        else:
            result.append(lines[index])
            result += items
            if items:
                state.notes.problem(lines[index].where, "The items behind this deposit do not add up to it; all are listed.")
        index = end
    return result
