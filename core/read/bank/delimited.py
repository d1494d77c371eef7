"""A bank's own CSV or workbook export: columns by what their titles say, amounts and dates by their columns.

A generic export is refused, with the reason, whenever a column, the currency or the order of day and month would have to be
guessed. A running balance that does not tie is a problem of the file.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Final

from core.domain.errors import Malformed
from core.domain.money import Currency, Money, currency
from core.domain.payments import Direction
from core.domain.readings import ReadBankLine
from core.read.bank.payer_text import payer_name
from core.read.bank.titles import FIELD_OF, Field
from core.read.cells import Cell, Row, Value
from core.read.dates import common_order, read_date, settled
from core.read.notes import Notes, shown
from core.read.numbers import Amount, common_marks, exact, narrowed, read_amount
from core.read.remittance.labels import currency_in_title, folded

_SIDES: Final = {
    **dict.fromkeys(
        "c cr credit crdt credits h haben + bij incoming in deposit gutschrift credito avere c/ cr. kredit ingreso".split(),
        Direction.CREDIT,
    ),
    **dict.fromkeys(
        "d dr debit dbit debits s soll - af outgoing out withdrawal lastschrift debito dare dr. cargo".split(), Direction.DEBIT
    ),
}
_SURE: Final = frozenset({Field.BALANCE, Field.VALUE_DATE, Field.OTHER_ACCOUNT, Field.SIDE, Field.BANK_ID})
_SURE_TITLES: Final = frozenset(
    title.strip()
    for title in (
        "booking date, posting date, post date, posted date, transaction date, buchungstag, buchungsdatum, verwendungszweck, "
        "date operation, date comptable, boekdatum, data contabile"
    ).split(",")
)
_INVOICE_WORD: Final = re.compile(r"\b(?:invoice|inv|rechnung|rechnungsnr|facture|factura|factuur|fattura)\b")
_PREAMBLE: Final = re.compile(
    r"(?:currency|account currency|wahrung|waehrung|devise|moneda|divisa|munt|valuta|kontowahrung)\s+([a-z]{3})\b"
)
_IBAN: Final = re.compile(r"\b[A-Z]{2}\d{2}[A-Z0-9]{11,30}\b")
_HEADER_WITHIN: Final = 40


@dataclass(slots=True)
class _Export:
    """A table under its header."""

    columns: Mapping[Field, float]
    titles: Mapping[Field, str]
    rows: Sequence[Row]
    notes: Notes
    preamble: str = ""
    account: str = ""
    order: str = ""
    marks: dict[Field, str] = field(default_factory=dict)

    def cell(self, row: Row, what: Field) -> Value:
        """A cell of a row; empty where there is none."""
        left = self.columns.get(what)
        return next((cell.value for cell in row.cells if cell.left == left), "")

    def text(self, row: Row, what: Field) -> str:
        """A cell as text."""
        return Cell(self.cell(row, what), 0, 0).text


def is_export(rows: Sequence[Row]) -> int:
    """At which row a bank export's header stands, counted from 0; -1 where the rows are no such thing."""
    for index, row in enumerate(rows[:_HEADER_WITHIN]):
        fields = _fields(row)
        dated = Field.VALUE_DATE in fields or Field.BOOKED in fields
        if len(fields) >= 3 and dated and (Field.AMOUNT in fields or {Field.DEBIT, Field.CREDIT} <= set(fields)):  # noqa: PLR2004
            titles = [folded(cell.text) for cell in row.cells]
            sure = set(fields) & _SURE or {Field.DEBIT, Field.CREDIT} <= set(fields) or set(titles) & _SURE_TITLES
            return index if sure and not any(_INVOICE_WORD.search(title) for title in titles) else -1
    return -1


def _fields(row: Row) -> dict[Field, float]:
    fields: dict[Field, float] = {}
    for cell in row.cells:
        if isinstance(cell.value, str) and len(cell.value) <= 60:  # noqa: PLR2004  A title is short.
            plain = folded(cell.text)
            plain = (
                re.sub(r"\s(?:in\s)?[a-z]{3}$", "", plain) if plain not in FIELD_OF and currency_in_title(cell.text) else plain
            )
            found = FIELD_OF.get(plain)
            if found is not None:
                fields.setdefault(found, cell.left)
    return fields


def read_export(rows: Sequence[Row], at: int, notes: Notes) -> list[ReadBankLine]:
    """The lines under the header at row `at`; nothing of a file whose dates, amounts or currency are open."""
    header = rows[at]
    columns = _fields(header)
    titles = {what: next(cell.text for cell in header.cells if cell.left == left) for what, left in columns.items()}
    preamble = " ".join(folded(row.text) for row in rows[:at])
    body = [row for row in rows[at + 1 :] if len(row.cells) > 1]
    named = _IBAN.search(" ".join(row.text for row in rows[:at]))
    export = _Export(columns, titles, body, notes, preamble, named[0] if named else "")
    refused = _settle(export)
    if refused:
        notes.refuse(header.place, refused)
        return []
    lines = []
    for row in body:
        try:
            lines.append(_line(export, row))
        except Malformed as error:
            notes.refuse(row.place, error.sentence)
    _check_balances(export, notes)
    if not lines and not notes.unreadable:
        notes.refuse("", "The bank export has a header and no rows.")
    return lines


def _settle(export: _Export) -> str:
    """Decide date order and decimal marks by their columns; why the file is refused, or nothing."""
    day = Field.VALUE_DATE if Field.VALUE_DATE in export.columns else Field.BOOKED
    meanings = [read_date(value) for row in export.rows if isinstance(value := export.cell(row, day), str) and value.strip()]
    export.order = common_order(meanings)
    open_dates = [found for found in meanings if found and settled(found, export.order) is None]
    if open_dates:
        return "Dates such as 03/04/2025 can be read in two ways, and no date in the column decides; nothing was taken."
    for what in (Field.AMOUNT, Field.DEBIT, Field.CREDIT, Field.BALANCE):
        amounts = [found for row in export.rows if (found := _amount(export.cell(row, what))) is not None]
        marks = common_marks(amounts)
        export.marks[what] = next(iter(marks)) if len(marks) == 1 else ""
    known = {mark for mark in export.marks.values() if mark}
    if len(known) == 1:
        export.marks = dict.fromkeys(export.marks, known.pop())
    return ""


def _line(export: _Export, row: Row) -> ReadBankLine:
    of = _currency(export, row)
    amount, direction = _signed(export, row, of)
    text = export.text(row, Field.TEXT)
    return ReadBankLine(
        where=row.place,
        account=export.text(row, Field.ACCOUNT) or export.account,
        value_date=_day(export, row),
        amount=amount,
        direction=direction,
        bank_id=export.text(row, Field.BANK_ID),
        payer_name=export.text(row, Field.NAME) or payer_name(text),
        payer_account=export.text(row, Field.OTHER_ACCOUNT).replace(" ", ""),
        references=tuple(filter(None, (export.text(row, Field.REFERENCE),))),
        text=text,
    )


def _day(export: _Export, row: Row) -> date:
    for what in (Field.VALUE_DATE, Field.BOOKED):
        value = export.cell(row, what)
        day = value if isinstance(value, date) else settled(read_date(value), export.order) if isinstance(value, str) else None
        if day is not None:
            return day
    raise Malformed(f"“{shown(row.text)}” has no date that can be read.")


def _currency(export: _Export, row: Row) -> Currency:
    """From the row, the titles, a sign beside the amount, or a line above the table; never assumed."""
    found = _PREAMBLE.search(export.preamble)
    named = [export.text(row, Field.CURRENCY).upper()]
    for what in (Field.AMOUNT, Field.CREDIT, Field.DEBIT, Field.BALANCE):
        amount = _amount(export.cell(row, what))
        named += [currency_in_title(export.titles.get(what, "")), amount.currency if amount else ""]
    named.append(found[1].upper() if found else "")
    for code in named:
        try:
            if code:
                return currency(code)
        except Malformed:
            continue
    raise Malformed("No column, title or line above the table says the currency; add a column “currency”.")


def _signed(export: _Export, row: Row, of: Currency) -> tuple[Money, Direction]:
    if Field.AMOUNT in export.columns and export.text(row, Field.AMOUNT):
        money = _money(export, row, Field.AMOUNT, of)
        side = export.text(row, Field.SIDE).lower()
        amount = _amount(export.cell(row, Field.AMOUNT))
        if amount is not None and amount.side:
            # Behind an amount of a bank, CR is money to us.
            return abs(money), Direction.CREDIT if amount.side == "CR" else Direction.DEBIT
        if side:
            direction = _SIDES.get(side)
            if direction is None:
                raise Malformed(f"“{shown(side)}” says neither credit nor debit.")
            return abs(money), direction
        return abs(money), Direction.DEBIT if money.minor < 0 else Direction.CREDIT
    for what, direction in ((Field.CREDIT, Direction.CREDIT), (Field.DEBIT, Direction.DEBIT)):
        if export.text(row, what) and (money := _money(export, row, what, of)):
            return abs(money), direction
    raise Malformed(f"“{shown(row.text)}” has no amount.")


def _money(export: _Export, row: Row, what: Field, of: Currency) -> Money:
    value = export.cell(row, what)
    amount = _amount(value)
    if amount is None:
        raise Malformed(f"“{shown(Cell(value, 0, 0).text)}” is no amount.")
    amount = narrowed(amount, of.exponent)
    mark = export.marks.get(what, "")
    number = amount.value(mark) if mark in amount.marks else amount.value()
    if number is None:
        raise Malformed(f"“{shown(Cell(value, 0, 0).text)}” can be read in two ways.")
    return Money.of(number, of)


def _amount(value: Value) -> Amount | None:
    if isinstance(value, Decimal):
        return exact(value)
    return read_amount(value) if isinstance(value, str) else None


def _check_balances(export: _Export, notes: Notes) -> None:
    """A running balance ties upwards or downwards, or there is something missing in the file."""
    if Field.BALANCE not in export.columns:
        return
    points: list[tuple[Row, int, int]] = []
    for row in export.rows:
        try:
            of = _currency(export, row)
            amount, direction = _signed(export, row, of)
            points.append(
                (
                    row,
                    _money(export, row, Field.BALANCE, of).minor,
                    amount.minor if direction is Direction.CREDIT else -amount.minor,
                )
            )
        except Malformed:
            return
    down = [row for (_, before, _), (row, after, moved) in pairwise(points) if before + moved != after]
    up = [row for (row, after, moved), (_, before, _) in pairwise(points) if before + moved != after]
    worst = min((down, up), key=len)
    if worst:
        notes.problem(
            worst[0].place, f"The running balance does not tie here and at {len(worst) - 1} other rows; lines may be missing."
        )
