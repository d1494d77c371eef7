"""The plain CSV files of the owner's ledger: customers, invoices, settled payments. Strict, and the same for every caller.

Columns are found by header name in any order; unknown columns are ignored. A missing required column or a bad cell names file,
row, column and value, and nothing of that file is then taken, because a file that is half right would make wrong money look
right; `partial` takes the good rows and lists the bad ones.
"""

import csv
import io
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Generic, TypeVar

from core.domain.errors import Malformed
from core.domain.evidence import SettledBefore
from core.domain.ids import CustomerId, InvoiceNumber
from core.domain.money import Currency, Money, currency
from core.domain.parties import Customer
from core.domain.receivables import CustomerInvoice, DocumentKind
from core.read.notes import shown

Record = TypeVar("Record")

_DELIMITERS: Final = (",", ";", "\t")
_ISO_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
_DECIMAL: Final = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,12})?\Z")
_COMPLAINTS_KEPT: Final = 200
_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong with one cell, row or file. `row` counts as a spreadsheet does, 0 for the file as a whole."""

    file: str
    row: int
    column: str
    value: str
    why: str

    @property
    def sentence(self) -> str:
        """For people: file, row, column, value, reason."""
        place = ", ".join(
            part
            for part in (self.file, f"row {self.row}" if self.row else "", f"column {self.column}" if self.column else "")
            if part
        )
        return f"{place}: “{shown(self.value)}” {self.why}." if self.value else f"{place}: {self.why}."


@dataclass(frozen=True, slots=True)
class Taken(Generic[Record]):
    """What was taken of a file, and what is wrong with it. With complaints and without `partial`, nothing was taken."""

    records: tuple[Record, ...]
    complaints: tuple[Complaint, ...] = ()
    more_complaints: int = 0


class _BadCell(Exception):
    def __init__(self, complaint: Complaint) -> None:
        super().__init__(complaint.sentence)
        self.complaint = complaint


@dataclass(frozen=True, slots=True)
class Cells:
    """One row, read cell by cell with the type that the caller expects."""

    file: str
    row: int
    columns: Mapping[str, int]
    values: Sequence[str]

    def bad(self, column: str, why: str) -> Exception:
        """To be raised: this cell cannot be taken."""
        at = self.columns.get(column, -1)
        value = self.values[at] if 0 <= at < len(self.values) else ""
        return _BadCell(Complaint(self.file, self.row, column, value, why))

    def text(self, column: str, *, required: bool = False) -> str:
        """A cell's text without blanks at its ends; empty when the column is missing."""
        at = self.columns.get(column, -1)
        value = self.values[at].strip() if at >= 0 else ""
        if required and not value:
            raise self.bad(column, "the cell is empty")
        return value

    def many(self, column: str) -> tuple[str, ...]:
        """A list with `;` between its members."""
        return tuple(part for part in (each.strip() for each in self.text(column).split(";")) if part)

    def one_of(self, column: str, allowed: Collection[str], default: str) -> str:
        """One of a closed list of words."""
        value = self.text(column).lower() or default
        if value not in allowed:
            raise self.bad(column, f"is none of {', '.join(sorted(allowed))}")
        return value

    def day(self, column: str) -> date | None:
        """An ISO date; None for an empty cell."""
        text = self.text(column)
        if not text:
            return None
        try:
            return date.fromisoformat(text if _ISO_DATE.match(text) else "")
        except ValueError:
            raise self.bad(column, "is no date such as 2025-03-31") from None

    def required_day(self, column: str) -> date:
        """An ISO date that must be there."""
        found = self.day(column)
        if found is None:
            raise self.bad(column, "the cell is empty")
        return found

    def currency(self, column: str) -> Currency:
        """A currency code of ISO 4217."""
        try:
            return currency(self.text(column, required=True))
        except Malformed:
            raise self.bad(column, "is no currency code of ISO 4217") from None

    def money(self, column: str, unit: Currency) -> Money | None:
        """An amount with a decimal point and no more digits than its currency has; None for an empty cell."""
        text = self.text(column)
        if not text:
            return None
        if not _DECIMAL.match(text):
            raise self.bad(column, "is no decimal number with a point and without group marks")
        try:
            return Money.of(Decimal(text), unit)
        except Malformed:
            raise self.bad(column, f"has more digits than {unit.code} has ({unit.exponent} after the point)") from None

    def required_money(self, column: str, unit: Currency) -> Money:
        """An amount that must be there and not be negative."""
        found = self.money(column, unit)
        if found is None:
            raise self.bad(column, "the cell is empty")
        if found.minor < 0:
            raise self.bad(column, "is negative")
        return found


def whole(taken: Taken[Record]) -> Sequence[Record]:
    """What was taken of a file, all of it; `Malformed` with the first complaints otherwise."""
    if not taken.complaints:
        return taken.records
    more = len(taken.complaints) - _SHOWN + taken.more_complaints
    said = " ".join(complaint.sentence for complaint in taken.complaints[:_SHOWN])
    raise Malformed(f"{said} And {more} more." if more > 0 else said, where=f"row {taken.complaints[0].row}")


def take(
    data: bytes, name: str, required: Collection[str], build: Callable[[Cells], Record], *, key: str = "", partial: bool = False
) -> Taken[Record]:
    """All rows of a CSV file as records. `key` names a column whose values may not occur twice."""
    complaints: list[Complaint] = []
    more = 0
    records: list[Record] = []
    seen: dict[str, int] = {}
    try:
        for cells in _rows(data, name, required):
            try:
                if key:
                    _once(cells, key, seen)
                records.append(build(cells))
            except _BadCell as bad:
                if len(complaints) < _COMPLAINTS_KEPT:
                    complaints.append(bad.complaint)
                else:
                    more += 1
    except _BadCell as bad:
        complaints.append(bad.complaint)
    return Taken(tuple(records) if partial or not complaints else (), tuple(complaints), more)


def _once(cells: Cells, key: str, seen: dict[str, int]) -> None:
    value = cells.text(key, required=True)
    if value in seen:
        raise cells.bad(key, f"stands on row {seen[value]} already")
    seen[value] = cells.row


def _rows(data: bytes, name: str, required: Collection[str]) -> Iterator[Cells]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _BadCell(Complaint(name, 0, "", "", f"is not UTF-8 (byte {error.start})")) from None
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    columns: dict[str, int] | None = None
    width = 0
    try:
        for number, values in enumerate(reader, 1):
            if not "".join(values).strip():
                continue
            if columns is None:
                columns = _header(name, number, values, required)
                width = max(columns.values()) + 1
                continue
            if len(values) != width and (len(values) < width or "".join(values[width:]).strip()):
                raise _BadCell(Complaint(name, number, "", "", f"has {len(values)} cells under {len(columns)} columns"))
            yield Cells(name, number, columns, values)
    except csv.Error as error:
        raise _BadCell(Complaint(name, reader.line_num, "", "", f"is no CSV: {error}")) from None
    if columns is None:
        raise _BadCell(Complaint(name, 0, "", "", "is empty"))


def _delimiter(text: str) -> str:
    """The one of comma, semicolon and tab that the header has most of."""
    header = text[: text.find("\n")] if "\n" in text else text
    return max(_DELIMITERS, key=header.count)


def _header(name: str, number: int, values: Sequence[str], required: Collection[str]) -> dict[str, int]:
    columns: dict[str, int] = {}
    for at, title in enumerate(values):
        plain = title.strip().lower()
        if plain in columns:
            raise _BadCell(Complaint(name, number, plain, "", "the column stands twice in the header"))
        columns[plain] = at
    for column in required:
        if column not in columns:
            raise _BadCell(Complaint(name, number, column, "", "the required column is missing"))
    return columns


# --- the three files ---------------------------------------------------------------------------------------------------


CUSTOMER_COLUMNS: Final = ("customer_id", "name")


def read_customers(data: bytes, name: str, *, partial: bool = False) -> Taken[Customer]:
    """`customers.csv`."""
    return take(data, name, CUSTOMER_COLUMNS, _customer, key="customer_id", partial=partial)


def _customer(cells: Cells) -> Customer:
    parent = cells.text("parent_customer_id")
    return Customer(
        id=CustomerId(cells.text("customer_id", required=True)),
        name=cells.text("name", required=True),
        parent_id=CustomerId(parent) if parent else None,
        aliases=cells.many("aliases"),
        email_domains=tuple(domain.lower() for domain in cells.many("email_domains")),
        bank_accounts=cells.many("bank_accounts"),
        currency=cells.currency("currency").code if cells.text("currency") else None,
    )


INVOICE_COLUMNS: Final = ("invoice_number", "customer_id", "issue_date", "currency", "amount", "open_amount")


def read_invoices(data: bytes, name: str, *, partial: bool = False) -> Taken[CustomerInvoice]:
    """`invoices.csv`: our open documents to customers."""
    return take(data, name, INVOICE_COLUMNS, _invoice, key="invoice_number", partial=partial)


def _invoice(cells: Cells) -> CustomerInvoice:
    unit = cells.currency("currency")
    amount, open_amount = cells.required_money("amount", unit), cells.required_money("open_amount", unit)
    discount = cells.money("discount_amount", unit)
    if open_amount > amount:
        raise cells.bad("open_amount", "is more than the amount")
    if discount is not None and not 0 <= discount.minor <= amount.minor:
        raise cells.bad("discount_amount", "is negative or more than the amount")
    return CustomerInvoice(
        number=InvoiceNumber(cells.text("invoice_number", required=True)),
        customer_id=CustomerId(cells.text("customer_id", required=True)),
        issue_date=cells.required_day("issue_date"),
        amount=amount,
        open_amount=open_amount,
        due_date=cells.day("due_date"),
        discount_amount=discount,
        discount_until=cells.day("discount_until"),
        po_number=cells.text("po_number"),
        kind=DocumentKind(cells.one_of("kind", {kind.value for kind in DocumentKind}, DocumentKind.INVOICE.value)),
    )


def read_history(data: bytes, name: str, *, partial: bool = False) -> Taken[SettledBefore]:
    """`history.csv`: payments that were settled and confirmed before."""
    return take(data, name, ("payment_id", "value_date", "customer_id"), _settled, key="payment_id", partial=partial)


def _settled(cells: Cells) -> SettledBefore:
    unit = cells.currency("currency") if cells.text("currency") else None
    if unit is None and cells.text("amount"):
        raise cells.bad("currency", "the cell is empty beside an amount")
    return SettledBefore(
        customer_id=CustomerId(cells.text("customer_id", required=True)),
        value_date=cells.required_day("value_date"),
        payer_name=cells.text("payer_name"),
        payer_account=cells.text("payer_account"),
        invoice_numbers=tuple(InvoiceNumber(number) for number in cells.many("invoice_numbers")),
        amount=cells.money("amount", unit) if unit else None,
        payment_id=cells.text("payment_id", required=True),
    )
