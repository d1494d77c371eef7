"""Workbooks (XLSX, XLSB, XLS, ODS) to rows, with the archive measured before it is opened.

A five-kilobyte workbook can say that it has a million rows; the used range and the archive's directory are looked at first.
Numbers come as binary floats, so an amount is taken only where nothing is lost by writing it with four decimals.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final

import python_calamine

from core.read.archives import BROKEN, why_unsafe
from core.read.cells import Row, Value, grid_row
from core.read.limits import TABLE_COLUMNS, TABLE_ROWS
from core.read.notes import Notes, shown
from core.read.sniff import Kind

SHEETS: Final = frozenset({Kind.XLSX, Kind.XLSB, Kind.XLS, Kind.ODS})
_FOUR_DIGITS: Final = Decimal("0.0001")
_FORMULA: Final = re.compile(
    rb"<(?:\w+:)?c\s[^>]{0,200}?\br=[\"']([A-Z]{1,3}[0-9]{1,7})[\"'][^>]{0,200}>\s*<(?:\w+:)?f[^>]{0,200}(?:/>|>[^<]{0,2000}</(?:\w+:)?f>)\s*(?:</(?:\w+:)?c>|<(?:\w+:)?v\s*/>|<(?:\w+:)?v></)"
)
_MOST_FORMULAS: Final = 20
_CELL: Final = re.compile(rb"<(?:\w+:)?c\s[^>]{0,200}?\br=[\"']([A-Z]{1,3})([0-9]{1,7})[\"']")
_WIDEST: Final = 2
_EXACT_TO: Final = 10**15


def sheet_rows(data: bytes, kind: Kind, notes: Notes) -> Iterator[list[Row]]:
    """The rows of each visible sheet that has any."""
    if kind is not Kind.XLS:
        unsafe = why_unsafe(data)
        unsafe = unsafe or (_why_too_large(data) if kind is Kind.XLSX else "")
        if unsafe:
            notes.refuse("", f"The workbook was not opened. {unsafe}")
            return
    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        for number, about in enumerate(workbook.sheets_metadata):
            if about.visible != python_calamine.SheetVisibleEnum.Visible:
                notes.problem(shown(about.name), "The sheet is hidden and was not read.")
            elif about.typ == python_calamine.SheetTypeEnum.WorkSheet:
                rows = _rows(workbook.get_sheet_by_index(number), about.name, number, notes)
                if rows:
                    yield rows
    except python_calamine.PasswordError:
        notes.refuse("", "The workbook is protected by a password.")
    except Exception as error:  # noqa: BLE001  A parser that we did not write meets a file that we did not make.
        notes.refuse("", f"The workbook could not be opened ({type(error).__name__}).")


def _why_too_large(data: bytes) -> str:
    """Two cells at opposite corners make the parser reserve every cell between them, so their places are looked at first."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = [name for name in archive.namelist() if name.startswith("xl/worksheets/") and name.endswith(".xml")]
            for name in names:
                for found in _CELL.finditer(archive.read(name)):
                    if len(found[1]) > _WIDEST or int(found[2]) > TABLE_ROWS:
                        return f"A sheet is larger than {TABLE_ROWS:,} rows or {TABLE_COLUMNS} columns."
    except BROKEN as error:
        return f"It is a broken archive ({type(error).__name__})."
    return ""


def unstored_formulas(data: bytes, kind: Kind) -> tuple[str, ...]:
    """Cells of a workbook with a formula whose result the file does not hold: they look empty and are not. At most twenty."""
    if kind is not Kind.XLSX:
        return ()
    found: list[str] = []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                found += [match[1].decode("ascii") for match in _FORMULA.finditer(archive.read(name))]
    return tuple(found[:_MOST_FORMULAS])


def _rows(sheet: python_calamine.CalamineSheet, name: str, block: int, notes: Notes) -> list[Row]:
    if sheet.height > TABLE_ROWS or sheet.width > TABLE_COLUMNS:
        notes.refuse(shown(name), f"The sheet is larger than {TABLE_ROWS:,} rows or {TABLE_COLUMNS} columns and was not read.")
        return []
    top, left = sheet.start or (0, 0)
    rows = []
    for number, values in enumerate(sheet.to_python(skip_empty_area=True), top + 1):
        row = grid_row(f"sheet {shown(name)}, row {number}", [""] * left + [_value(value) for value in values], block)
        if row.cells:
            rows.append(row)
    return rows


def _value(value: object) -> Value:
    """A cell as text, exact number or date."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, (time, timedelta)):
        return str(value)
    return str(value) if value is not None else ""


def _number(value: float) -> Value:
    if value != value or value in {float("inf"), float("-inf")}:  # noqa: PLR0124  Only NaN differs from itself.
        return str(value)
    if value.is_integer() and abs(value) < _EXACT_TO:
        return Decimal(int(value))
    written = Decimal(repr(value))
    rounded = written.quantize(_FOUR_DIGITS) if abs(value) < _EXACT_TO else written
    # 0.30000000000000004 is 0.3 after a sum in binary; 0.333333 is not.
    return _trimmed(rounded) if abs(rounded - written) < Decimal("1e-9") * max(Decimal(1), abs(rounded)) else written


def _trimmed(value: Decimal) -> Decimal:
    """Without zeros behind the second decimal, which the sheet never printed."""
    cents = value.quantize(Decimal("0.01"))
    return cents if cents == value else value
