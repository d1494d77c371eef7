"""From an invoice as written to the record of it: fields chosen, figures understood, the rest left open and said."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from core.domain.errors import Malformed
from core.domain.line_taxes import added
from core.domain.money import Money
from core.domain.supplier_documents import (
    PlaceInDocument,
    ReadCharge,
    ReadSupplierInvoice,
    ReadSupplierInvoiceLine,
    ReadTax,
    SaidMoney,
    SaidNumber,
    SaidText,
    SupplierFindingKind,
)
from core.read.notes import shown
from core.read.numbers import printed_digits, read_amount
from core.read.supplier_invoices.checks import checked
from core.read.supplier_invoices.fields import Heading
from core.read.supplier_invoices.figures import (
    Calculation,
    Figure,
    Marks,
    decided,
    figure,
    figure_in,
    line_ties,
    money,
    rounded,
    spread,
)
from core.read.supplier_invoices.line_charges import KINDS, taxed, with_charge
from core.read.supplier_invoices.totals import Totals, Valued, below_the_lines, in_roles
from core.read.supplier_invoices.words import Column, Field
from core.read.supplier_invoices.written import WrittenInvoice, WrittenLine, WrittenSum

_NOWHERE: Final = PlaceInDocument("worked out")
_EMPTY: Final = frozenset({"", "-", "–", "—", "n/a", "n/c", "nc"})
_MOST_ORDERS: Final = 50
_CODES: Final = (1, 2)
"""Such a bare number beside a line is the key of a tax; no country taxes so little."""


class _Settling:
    """One document on its way from writing to meaning."""

    def __init__(self, written: WrittenInvoice) -> None:
        self.written = written
        self.heading = Heading(written)
        self.unit = self.heading.unit
        self.sums = below_the_lines(written.sums, written.table.first, written.table.last)
        self.calculations = [self._calculation(line) for line in written.table.lines]
        figures = [found for one in self.sums if (found := self._sum_figure(one.value, one)) is not None]
        self.ways: list[Marks] = decided(self.calculations, figures, self.unit.exponent)

    def record(self) -> ReadSupplierInvoice:
        """The finished record, with everything that a person has to look at."""
        lines = tuple(
            with_charge(self._line(number, line, calculation))
            for number, (line, calculation) in enumerate(zip(self.written.table.lines, self.calculations, strict=True), 1)
        )
        totals = self._totals(lines)
        heading = self.heading
        order = heading.date_order(self._mark())
        number = heading.text(Field.NUMBER, "invoice number")
        invoice_date = heading.day(Field.DATE, "invoice_date", order)
        name = self.written.sender
        supplier = heading.text(Field.SUPPLIER, "", several=False)
        net = self._summed(totals.net)
        if net is None and totals.net_worked_out is not None:
            net = self._worked_out(totals.net_worked_out)
        return checked(
            ReadSupplierInvoice(
                where=self.written.where,
                format=self.written.format,
                kind=self.written.kind,
                lines=lines,
                complete=False,
                number=number,
                invoice_date=invoice_date,
                due_date=heading.day(Field.DUE_DATE, "", order),
                currency=heading.currency,
                currency_sure=heading.sure,
                po_numbers=heading.orders(line.po_number for line in lines),
                supplier_name=supplier or (SaidText(name.text, name.piece.text, name.piece.place) if name else None),
                supplier_tax_id=heading.text(Field.TAX_ID, "", several=False),
                buyer_name=heading.text(Field.BUYER, "", several=False),
                corrects=heading.text(Field.CORRECTS, "", several=False),
                bank_accounts=tuple(said for _, said in self.written.accounts),
                charges=tuple(self._charge(charge) for charge in totals.charges),
                taxes=tuple(self._tax(tax) for tax in totals.taxes),
                lines_total=self._summed(totals.lines),
                net_total=net,
                tax_total=self._tax_total(totals),
                total=self._summed(totals.total),
                amount_due=self._summed(totals.due),
                findings=tuple(heading.findings),
            ),
            rounding=self._minor(totals.rounding),
            paid=self._minor(totals.paid),
        )

    # Figures

    def _calculation(self, line: WrittenLine) -> Calculation:
        rate = figure(line.cells.get(Column.RATE))
        per = figure(line.cells.get(Column.PER))
        if per is None and rate is not None and rate.per:
            per = figure_in(rate.per, rate.piece)
        discount = figure(line.cells.get(Column.DISCOUNT)) or _discount_figure(line.cells.get(Column.DISCOUNT))
        amount = money(figure(line.cells.get(Column.AMOUNT)), self.unit.exponent)
        if amount is not None:
            amount = self._unbinary(amount)
        return Calculation(amount, rate, figure(line.cells.get(Column.QUANTITY)), per, discount)

    def _unbinary(self, found: Figure) -> Figure:
        """A sheet keeps more digits of a computed amount than it prints; the printed ones count."""
        value = found.amount.value()
        if not isinstance(found.piece.value, Decimal) or value is None or printed_digits(value) <= self.unit.exponent:
            return found
        again = figure_in(rounded(value, self.unit.exponent), found.piece)
        return Figure(again.amount, found.raw, found.piece) if again else found

    def _sum_figure(self, value: object, one: WrittenSum) -> Figure | None:
        found = money(figure_in(value, one.piece) if isinstance(value, (str, Decimal)) else None, self.unit.exponent)
        return self._unbinary(found) if found else None

    def _said_number(self, found: Figure | None, position: int) -> SaidNumber | None:
        if found is None:
            return None
        values = spread(found, position, self.ways)
        if len(values) == 1:
            return SaidNumber(values[0], found.raw, found.piece.place)
        return SaidNumber(None, found.raw, found.piece.place, values)

    def _said_money(self, found: Figure | None) -> SaidMoney | None:
        if found is None:
            return None
        amounts: list[Money] = []
        for value in spread(found, 0, self.ways):
            try:
                amounts.append(Money.of(value, self.unit))
            except Malformed:
                continue
        if len(amounts) == 1:
            return SaidMoney(amounts[0], found.raw, found.piece.place)
        return SaidMoney(None, found.raw, found.piece.place, tuple(amounts))

    def _minor(self, value: Decimal) -> Money:
        return Money.of(rounded(value, self.unit.exponent), self.unit)

    def _mark(self) -> str:
        """The decimal mark of the amounts, where one of them can be read with that mark alone."""
        marks = [found.amount.marks for one in self.sums if (found := self._sum_figure(one.value, one)) is not None]
        marks += [line.amount.amount.marks for line in self.calculations if line.amount is not None]
        plain = {mark for found in marks if len(found) == 1 for mark in found}
        return plain.pop() if len(plain) == 1 else ""

    # Lines

    def _line(self, number: int, line: WrittenLine, calculation: Calculation) -> ReadSupplierInvoiceLine:
        cells = line.cells
        uom = _said(cells.get(Column.UOM))
        quantity = calculation.quantity
        if uom is None and quantity is not None and quantity.rest:
            uom = SaidText(quantity.rest, quantity.raw, quantity.piece.place)
        if (
            uom is None
            and (unit := _unit_in_title(self.written.table.titles.get(Column.QUANTITY, "")))
            and quantity is not None
        ):
            uom = SaidText(unit, self.written.table.titles[Column.QUANTITY], quantity.piece.place)
        amount = self._said_money(calculation.amount)
        position = cells[Column.POSITION].text if Column.POSITION in cells else ""
        how = {line_ties(calculation, way, self.unit.exponent) for way in self.ways}
        percent, off = self._discount(calculation, how.pop() if len(how) == 1 else None)
        description = _joined(line, Column.DESCRIPTION)
        code = _joined(line, Column.CODE)
        if description is None and code is not None and Column.DESCRIPTION not in self.written.table.roles:
            description = code
        return ReadSupplierInvoiceLine(
            place=self._line_place(line),
            number=position if position[:1].isdigit() else str(number),
            code=code,
            our_code=_joined(line, Column.OUR_CODE),
            description=description,
            quantity=self._said_number(quantity, 2),
            uom=uom,
            rate=self._said_number(calculation.rate, 1),
            rate_per=self._said_number(calculation.per, 2),
            discount=off,
            discount_percent=percent,
            tax_percent=self._percent(cells.get(Column.TAX_PERCENT)),
            tax=self._said_money(money(figure(cells.get(Column.TAX_AMOUNT)), self.unit.exponent)),
            amount=amount,
            po_number=_order(line),
            po_line=cells[Column.PO_LINE].text if Column.PO_LINE in cells else "",
        )

    @staticmethod
    def _line_place(line: WrittenLine) -> PlaceInDocument:
        places = [piece.place for piece in line.cells.values()]
        boxes = [place.box for place in places if place.box]
        if not boxes:
            return PlaceInDocument(line.where)
        lefts, tops, rights, bottoms = zip(*boxes, strict=True)
        return PlaceInDocument(line.where, line.page, (min(lefts), min(tops), max(rights), max(bottoms)))

    def _discount(self, calculation: Calculation, how: str | None) -> tuple[SaidNumber | None, SaidMoney | None]:
        """A line's discount, as a percentage or an amount: by its sign, else by what ties."""
        found = calculation.discount
        if found is None:
            return None, None
        if "%" in found.raw or "%" in self.written.table.titles.get(Column.DISCOUNT, "") or how == "percent":
            return self._said_number(found, 0), None
        return (None, self._said_money(money(found, self.unit.exponent))) if how == "amount" else (None, None)

    def _percent(self, piece: object) -> SaidNumber | None:
        text = getattr(piece, "text", "").replace("%", "").strip()
        amount = read_amount(text) if text else None
        value = amount.value() if amount else None
        if value is None or not 0 <= value < 100 or piece is None:  # noqa: PLR2004  No tax takes the whole.
            return None
        signed = "%" in getattr(piece, "text", "") + self.written.table.titles.get(Column.TAX_PERCENT, "")
        if value in _CODES and not signed:
            return None
        return SaidNumber(value, piece.text, piece.place)  # type: ignore[attr-defined]

    # Sums

    def _totals(self, lines: Sequence[ReadSupplierInvoiceLine]) -> Totals:
        amounts = [line.amount.value if line.amount else None for line in lines]
        known = [amount.decimal() for amount in amounts if amount is not None]
        valued = []
        for one in self.sums:
            found = self._sum_figure(one.value, one)
            values = spread(found, 0, self.ways) if found else ()
            if len(values) == 1:
                base = self._sum_figure(one.base, one) if one.base else None
                bases = spread(base, 0, self.ways) if base else ()
                valued.append(Valued(one, rounded(values[0], self.unit.exponent), bases[0] if len(bases) == 1 else None))
            elif found is not None:
                what = f"“{shown(one.label)} {shown(found.raw)}” can be read in two ways."
                self.heading.find(SupplierFindingKind.OPEN, what, str(one.role), one.piece.place)
        taxes = added(taxed(line) for line in lines)
        possible = [Decimal(minor).scaleb(-self.unit.exponent) for minor in taxes.possible]
        return in_roles(valued, sum(known, Decimal(0)) if known and len(known) == len(lines) else None, possible)

    def _summed(self, one: Valued | None) -> SaidMoney | None:
        if one is None:
            return None
        return SaidMoney(self._minor(one.value), f"{one.written.value}", one.written.piece.place)

    def _worked_out(self, value: Decimal) -> SaidMoney:
        return SaidMoney(self._minor(value), "", _NOWHERE, worked_out=True)

    def _tax_total(self, totals: Totals) -> SaidMoney | None:
        if totals.tax is not None or totals.tax_value is None:
            return self._summed(totals.tax)
        return self._worked_out(totals.tax_value)

    def _charge(self, one: Valued) -> ReadCharge:
        percent = read_amount(one.written.percent) if one.written.percent else None
        value = percent.value() if percent else None
        place = one.written.piece.place
        said = SaidNumber(value, one.written.percent, place) if value is not None else None
        amount = SaidMoney(self._minor(one.value), f"{one.written.value}", place)
        return ReadCharge(KINDS[one.written.role], shown(one.written.label.rstrip(" :"), 120), amount, said)

    def _tax(self, one: Valued) -> ReadTax:
        percent = read_amount(one.written.percent) if one.written.percent else None
        value = percent.value() if percent else None
        place = one.written.piece.place
        base_place = one.written.base_piece.place if one.written.base_piece else place
        base = SaidMoney(self._minor(one.base), f"{one.written.base}", base_place) if one.base is not None else None
        said = SaidNumber(value, one.written.percent, place) if value is not None else None
        return ReadTax(said, base, self._summed(one))


def settled_invoice(written: WrittenInvoice) -> ReadSupplierInvoice:
    """The record of an invoice as written."""
    return _Settling(written).record()


def _unit_in_title(title: str) -> str:
    """The unit in a title such as "Quantity (PCS)"."""
    found = re.search(r"[(\[]\s*([^\W\d_]{1,6})\.?\s*[)\]]", title)
    return found[1] if found else ""


def _said(piece: object) -> SaidText | None:
    text = getattr(piece, "text", "").strip()
    return SaidText(text, text, piece.place) if piece is not None and text.lower() not in _EMPTY else None  # type: ignore[attr-defined]


def _joined(line: WrittenLine, role: Column) -> SaidText | None:
    """The words of one column over all lines that belong to the item; a word broken at a hyphen grows together."""
    pieces = [piece for of, piece in line.before if of is role]
    if role in line.cells:
        pieces.append(line.cells[role])
    pieces += [piece for of, piece in line.more if of is role]
    text = ""
    for piece in pieces:
        hyphen = role is not Column.DESCRIPTION and text.endswith(("-", "/"))
        text = f"{text}{piece.text}" if hyphen or not text else f"{text} {piece.text}"
    return SaidText(text, text, pieces[0].place) if text.strip().lower() not in _EMPTY else None


def _order(line: WrittenLine) -> SaidText | None:
    cell = line.cells.get(Column.PO_NUMBER)
    if cell is not None and any(sign.isdigit() for sign in cell.text):
        return SaidText(cell.text, cell.text, cell.place)
    return SaidText(line.po.text, line.po.piece.text, line.po.piece.place) if line.po else None


def _discount_figure(piece: object) -> Figure | None:
    """A discount such as `10 %`, which is no amount by itself."""
    text = getattr(piece, "text", "")
    found = figure_in(text.replace("%", "").strip(), piece) if "%" in text else None  # type: ignore[arg-type]
    return Figure(found.amount, text, found.piece) if found else None
