"""`bank.csv`, the plain bank file of Tieout: columns found by name in any order, and strict about what is in them.

One bad cell refuses the whole file, because a file that is half right is a file whose maker did not know what they sent;
`partial` takes the good rows and lists the bad ones.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from core.domain.errors import Malformed
from core.domain.money import Money, currency
from core.domain.payments import Direction
from core.domain.readings import ReadBankLine
from core.read.cells import csv_rows, delimiter_of
from core.read.notes import Notes, shown

REQUIRED: Final = ("payment_id", "value_date", "amount", "currency")
OPTIONAL: Final = ("account", "direction", "payer_name", "payer_account", "reference", "text")
_ISO_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_DECIMAL: Final = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,12})?")


def is_contract(header: Sequence[str]) -> bool:
    """Whether a header means `bank.csv`: its key column and at least one more that only it has beside it."""
    names = {name.strip().strip("\ufeff").lower() for name in header}
    if {"customer_id", "invoice_numbers"} <= names or {"decision", "applied"} <= names:
        return False
    return "payment_id" in names and bool(names & {"value_date", "amount", "direction", "payer_account"})


def read_contract(name: str, text: str, notes: Notes, *, partial: bool = False) -> list[ReadBankLine]:
    """The lines of a `bank.csv`; none of them when any cell is wrong, unless `partial`."""
    rows = csv_rows(text, delimiter_of(text) or ",", strict=True)
    lines: list[ReadBankLine] = []
    columns: dict[str, int] = {}
    bad = 0
    first_seen: dict[str, int] = {}
    try:
        for number, values in rows:
            if not any(value.strip() for value in values):
                continue
            if not columns:
                columns = _columns(values)
                continue
            try:
                line = _line(name, number, columns, values)
            except Malformed as error:
                bad += 1
                notes.refuse(error.where, error.sentence)
                continue
            if line.bank_id in first_seen:
                notes.problem(
                    f"row {number}", f"payment_id “{shown(line.bank_id)}” stands on row {first_seen[line.bank_id]} too."
                )
            first_seen.setdefault(line.bank_id, number)
            lines.append(line)
    except Malformed as error:
        notes.refuse(error.where, f"{name}: {error.sentence}")
        bad += 1
    if not lines and not bad:
        notes.refuse("", f"{name} has a header and no rows.")
    if bad and not partial and lines:
        notes.refuse("", f"Nothing of {name} was taken, because {bad} of its rows {'is' if bad == 1 else 'are'} wrong.")
    return [] if bad and not partial else lines


def _columns(header: Sequence[str]) -> dict[str, int]:
    columns: dict[str, int] = {}
    for index, title in enumerate(header):
        plain = title.strip().strip("\ufeff").lower()
        if plain in columns and plain in (*REQUIRED, *OPTIONAL):
            raise Malformed(f"The column “{plain}” stands twice in the header.", where="row 1")
        columns.setdefault(plain, index)
    missing = [column for column in REQUIRED if column not in columns]
    if missing:
        raise Malformed(f"The required column “{missing[0]}” is missing.", where="row 1")
    return columns


def _line(name: str, number: int, columns: Mapping[str, int], values: Sequence[str]) -> ReadBankLine:
    where = f"row {number}"

    def cell(column: str) -> str:
        index = columns.get(column, -1)
        return values[index].strip() if 0 <= index < len(values) else ""

    def wrong(column: str, why: str) -> Malformed:
        return Malformed(
            f"{name}, row {number}, column {column}: “{shown(cell(column))}” {why}.", where=f"{where}, column {column}"
        )

    for column in REQUIRED:
        if not cell(column):
            raise Malformed(f"{name}, row {number}, column {column}: the cell is empty.", where=f"{where}, column {column}")
    if any(value.strip() for value in values[max(columns.values()) + 1 :]):
        raise Malformed(f"{name}, row {number}: there are more cells than the header has columns.", where=where)
    try:
        of = currency(cell("currency"))
    except Malformed as error:
        raise wrong("currency", "is no currency code of ISO 4217") from error
    if not _DECIMAL.fullmatch(cell("amount")):
        raise wrong("amount", "is no decimal number with a point, without sign and group marks")
    try:
        amount = Money.of(Decimal(cell("amount")), of)
    except Malformed as error:
        raise wrong("amount", f"has more digits than {of.code} has ({of.exponent})") from error
    direction = cell("direction").lower() or "credit"
    if direction not in {"credit", "debit"}:
        raise wrong("direction", "is neither credit nor debit")
    return ReadBankLine(
        where=where,
        account=cell("account"),
        value_date=_iso(cell("value_date"), wrong("value_date", "is no date such as 2025-03-31")),
        amount=amount,
        direction=Direction(direction),
        bank_id=cell("payment_id"),
        payer_name=cell("payer_name"),
        payer_account=cell("payer_account"),
        references=(cell("reference"),) if cell("reference") else (),
        text=cell("text"),
    )


def _iso(text: str, otherwise: Malformed) -> date:
    if not _ISO_DATE.fullmatch(text):
        raise otherwise
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise otherwise from error
