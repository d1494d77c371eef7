"""The fields of the heading, chosen from what labels point at: one value, or the question which of several."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from core.domain.money import Currency, currency
from core.domain.readings import unstated_currency
from core.domain.supplier_documents import PlaceInDocument, SaidDate, SaidText, SupplierFinding, SupplierFindingKind
from core.read.dates import common_order, read_date
from core.read.notes import shown
from core.read.numbers import SHARED_SIGNS, read_amount
from core.read.remittance.labels import currency_in_title, folded
from core.read.supplier_invoices.figures import figure
from core.read.supplier_invoices.values import currency_code
from core.read.supplier_invoices.words import Column, Field
from core.read.supplier_invoices.written import Candidate, WrittenInvoice

_MOST_ORDERS: Final = 50


class Heading:
    """The fields of one document; `findings` are the questions about them, after those that the document came with."""

    def __init__(self, written: WrittenInvoice) -> None:
        self.written = written
        self.findings = list(written.findings)
        self.currency, self.sure = self._currency()
        self.unit = self._unit()

    def find(self, kind: SupplierFindingKind, why: str, name: str = "", place: PlaceInDocument | None = None) -> None:
        """Something that a person should look at."""
        self.findings.append(SupplierFinding(kind, why, name, place or PlaceInDocument("")))

    def _currency(self) -> tuple[SaidText | None, bool]:
        """The one currency that the document names; a shared sign only where nothing else is said."""
        labelled = [one for one in self.written.candidates if one.field is Field.CURRENCY]
        if labelled:
            first = labelled[0]
            return SaidText(first.text, first.piece.text, first.piece.place), True
        codes: dict[str, SaidText] = {}
        for text, place in self._near_amounts():
            amount = read_amount(text)
            code = amount.currency if amount else currency_in_title(text) or currency_code(text)
            if code:
                codes.setdefault(code, SaidText(code, text, place))
        plain = [code for code in codes if len(code) == 3 and code.isupper()]  # noqa: PLR2004
        for code in sorted(self.written.codes - set(plain)) if not plain else []:
            codes.setdefault(code, SaidText(code, code, PlaceInDocument(self.written.where)))
            plain.append(code)
        if len(plain) == 1:
            return codes[plain[0]], True
        if len(plain) > 1:
            self.find(SupplierFindingKind.SEVERAL_VALUES, f"The amounts are in {', '.join(sorted(plain))}.", "currency")
            return None, True
        shared = next((sign for sign in codes if SHARED_SIGNS.get(sign)), "")
        if not shared:
            return None, True
        said = codes[shared]
        taken = SHARED_SIGNS[shared]
        self.find(SupplierFindingKind.NOTICE, f"The document says only “{shared}”, which was taken for {taken}.", "currency")
        return SaidText(taken, said.raw, said.place), False

    def _near_amounts(self) -> list[tuple[str, PlaceInDocument]]:
        """Every text in which a currency can stand beside an amount."""
        found = [(f"{one.value}", one.piece.place) for one in self.written.sums]
        found += [(word, one.piece.place) for one in self.written.sums for word in (one.label, *one.label.split())]
        for line in self.written.table.lines:
            for role in (Column.AMOUNT, Column.RATE, Column.CURRENCY):
                if role in line.cells:
                    cell = figure(line.cells[role])
                    found.append((line.cells[role].text, line.cells[role].place))
                    if cell is not None and cell.amount.currency:
                        found.append((f"{cell.amount.currency}", line.cells[role].place))
        place = PlaceInDocument(self.written.where)
        return found + [(title, place) for title in self.written.table.titles.values()]

    def _unit(self) -> Currency:
        if self.currency is not None:
            return currency(self.currency.value)
        return unstated_currency()

    def text(self, of: Field, name: str, *, several: bool = True) -> SaidText | None:
        """The value of the plainest label; two different ones are asked about where the field has a `name`."""
        found = [one for one in self.written.candidates if one.field is of]
        if not found:
            return None
        rank = min(one.rank for one in found)
        values: dict[str, Candidate] = {}
        for one in found:
            if one.rank == rank:
                values.setdefault(folded(one.text).replace(" ", ""), one)
        first = next(iter(values.values()))
        if len(values) > 1 and several:
            said = " and ".join(f"“{shown(one.text)}”" for one in list(values.values())[:4])
            place = first.piece.place
            self.find(SupplierFindingKind.SEVERAL_VALUES, f"The {name} is given as {said}.", str(of), place)
            return None
        return SaidText(first.text, first.piece.text, first.piece.place)

    def date_order(self, mark: str) -> str:
        """Day or month first: by dates that leave only one, by the decimal `mark` of its amounts, by the days to pay.

        Whoever writes the month first writes a decimal point; a document with decimal commas puts the day first.
        """
        written = [one for one in self.written.candidates if one.field in {Field.DATE, Field.DUE_DATE} and one.text]
        order = common_order(read_date(one.text) for one in written)
        if order:
            return order
        if mark == ",":
            return "dmy"
        fitting = [order for order in ("dmy", "mdy") if self._in_sequence(order)]
        return fitting[0] if len(fitting) == 1 else ""

    def _in_sequence(self, order: str) -> bool:
        """Whether no due date comes before the date of the invoice, or more than a year after it."""
        issued = [value for one in self._of(Field.DATE) if (value := _meant(one, order))]
        due = [value for one in self._of(Field.DUE_DATE) if (value := _meant(one, order))]
        if not (issued and due):
            return True
        days = (max(due) - min(issued)).days
        return days in self.written.terms if self.written.terms else 0 <= days <= 366  # noqa: PLR2004  A year.

    def _of(self, of: Field) -> list[Candidate]:
        return [one for one in self.written.candidates if one.field is of]

    def day(self, of: Field, name: str, order: str) -> SaidDate | None:
        """The date of the plainest label; where it stays open, it is asked about if the field has a `name`."""
        found = self._of(of)
        if not found:
            return None
        rank = min(one.rank for one in found)
        best = [one for one in found if one.rank == rank]
        meanings = {_meanings(one, order): one for one in reversed(best)}
        if len(meanings) > 1 and name:
            said = " and ".join(f"“{shown(one.text or str(one.value))}”" for one in best[:4])
            self.find(SupplierFindingKind.SEVERAL_VALUES, f"The date is given as {said}.", name, best[0].piece.place)
            return None
        values, one = next(iter(reversed(meanings.items())))
        raw = one.text or one.piece.text
        if len(values) == 1:
            return SaidDate(values[0], raw, one.piece.place)
        if name:
            said = " or ".join(value.isoformat() for value in values)
            self.find(SupplierFindingKind.OPEN, f"The date “{shown(raw)}” can be {said}.", name, one.piece.place)
        return SaidDate(None, raw, one.piece.place, values)

    def orders(self, of_lines: Iterable[SaidText | None]) -> tuple[SaidText, ...]:
        """All order numbers of the plainest labels, and those of the lines."""
        found = self._of(Field.PO_NUMBER)
        rank = min((one.rank for one in found), default=0)
        orders: dict[str, SaidText] = {}
        for one in found:
            if one.rank == rank:
                orders.setdefault(folded(one.text).replace(" ", ""), SaidText(one.text, one.piece.text, one.piece.place))
        for said in of_lines:
            if said is not None:
                orders.setdefault(folded(said.value).replace(" ", ""), said)
        return tuple(orders.values())[:_MOST_ORDERS]


def _meant(one: Candidate, order: str) -> date | None:
    values = _meanings(one, order)
    return values[0] if len(values) == 1 else None


def _meanings(one: Candidate, order: str) -> tuple[date, ...]:
    if isinstance(one.value, date):
        return (one.value,)
    meanings = read_date(one.text)
    if order and order in meanings:
        return (meanings[order],)
    return tuple(sorted(set(meanings.values())))
