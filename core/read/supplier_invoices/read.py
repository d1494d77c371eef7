"""The doors: whether pages or a grid are a supplier's invoice, and the record of it."""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

from core.domain.supplier_documents import (
    PlaceInDocument,
    ReadSupplierInvoice,
    SupplierDocumentKind,
    SupplierFinding,
    SupplierFindingKind,
)
from core.read.numbers import SHARED_SIGNS, SIGNS
from core.read.remittance.head import is_title
from core.read.supplier_invoices.accounts import accounts_of
from core.read.supplier_invoices.early_payment import on_paper
from core.read.supplier_invoices.flat import by_number
from core.read.supplier_invoices.heading import candidates
from core.read.supplier_invoices.labels import title_in
from core.read.supplier_invoices.names import sender
from core.read.supplier_invoices.page import Line, Paper, Piece
from core.read.supplier_invoices.rows import item_table
from core.read.supplier_invoices.settle import settled_invoice
from core.read.supplier_invoices.sums import sums_of
from core.read.supplier_invoices.values import currency_code
from core.read.supplier_invoices.words import Column, Field, Sum
from core.read.supplier_invoices.written import Candidate, WrittenInvoice, WrittenTable

_TOP_LINES: Final = 45
_TERMS: Final = re.compile(
    r"(?:\bnet\s*|\b)([1-9][0-9]{0,2})\s*(?:days?|tagen?|jours|días|dias|d)\b|\bnet\s+([1-9][0-9])\b", re.IGNORECASE
)
_INVOICES: Final = frozenset({"invoice", "credit_note"})
_ASKED: Final = frozenset({Sum.TOTAL, Sum.GROSS, Sum.DUE, Sum.NET, Sum.TAX})


class InvoicePaper:
    """One document looked at once; `why_not` is a sentence where it is something else, by its title."""

    def __init__(self, paper: Paper) -> None:
        self.paper = paper
        self.table: WrittenTable = item_table(paper)
        self.titles = _titles(paper, self.table.taken)
        self.candidates: list[Candidate] = candidates(paper, self.table.taken)
        self.sums = sums_of(paper, self.table.taken)

    @property
    def is_invoice(self) -> bool:
        """By its title or the label of its number, and by lines with prices or a sum to pay; an advice of payment never is."""
        top = " \n".join(line.text for line in self.paper.lines[:_TOP_LINES])
        if is_title(top) or (self.titles and self.titles[0] not in _INVOICES):
            return False
        named = any(one.field is Field.NUMBER and one.rank == 0 for one in self.candidates)
        priced = bool({Column.QUANTITY, Column.RATE} & self.table.roles) and bool(self.table.lines)
        flat = Column.NUMBER in self.table.roles and priced
        asked = any(one.role in _ASKED for one in self.sums)
        if self.paper.grid and not self.table.lines:
            return False
        return flat or (bool(self.titles) and (bool(self.table.lines) or asked)) or (named and (priced or asked))

    @property
    def why_not(self) -> str:
        """What it is instead, where its title says so and its lines look like an invoice's."""
        if self.titles and self.titles[0] not in _INVOICES and self.table.lines:
            return f"It is titled as a {self.titles[0]}, not as an invoice."
        return ""

    def read(self, where: str, of: str, unstored: Sequence[str] = ()) -> tuple[ReadSupplierInvoice, ...]:
        """The record, or one for each invoice number where a table names them in a column.

        `unstored` are cells of a workbook whose formulas have no stored result.
        """
        findings = _about_formulas(unstored)
        if Column.NUMBER in self.table.roles:
            return tuple(settled_invoice(one) for one in by_number(self._written(where, of, findings)))
        record = settled_invoice(self._written(where, of, findings))
        issued = record.invoice_date.value if record.invoice_date is not None else None
        return (replace(record, discount_until=on_paper(self.paper, issued)),)

    def _written(self, where: str, of: str, findings: list[SupplierFinding]) -> WrittenInvoice:
        credit = bool(self.titles) and self.titles[0] == "credit_note"
        buyer = next((one.text for one in self.candidates if one.field is Field.BUYER), "")
        found = sender(self.paper, self.table.taken, buyer)
        return WrittenInvoice(
            where=where,
            format=of,
            kind=SupplierDocumentKind.CREDIT_NOTE if credit else SupplierDocumentKind.INVOICE,
            table=self.table,
            candidates=self.candidates,
            sums=self.sums,
            sender=Candidate(Field.SUPPLIER, 0, found[0], found[1]) if found else None,
            accounts=accounts_of(self.paper),
            codes=_codes(self.paper, self.table.taken),
            terms=frozenset(int(found[1] or found[2]) for line in self.paper.lines for found in _TERMS.finditer(line.text)),
            findings=findings,
        )


def _about_formulas(cells: Sequence[str]) -> list[SupplierFinding]:
    if not cells:
        return []
    why = (
        f"The formulas in {', '.join(cells)} have no stored result, so these cells look empty; "
        "open the workbook in a spreadsheet program, save it and send it again."
    )
    return [SupplierFinding(SupplierFindingKind.NOT_READ, why, "", PlaceInDocument(f"cell {cells[0]}"))]


def _titles(paper: Paper, leave_out: Collection[int]) -> list[str]:
    """What the document calls itself, the largest print first."""
    lines = [line for index, line in enumerate(paper.lines) if index not in leave_out]
    first = [line for line in lines if line.page == 1][:_TOP_LINES]
    found = [(piece.bottom - piece.top, -order, kind) for order, kind, piece in _titled(first)]
    if paper.grid:
        found = [(0.0, order, kind) for _, order, kind in found]
    return [kind for _, _, kind in sorted(found, reverse=True)]


def _titled(lines: Sequence[Line]) -> list[tuple[int, str, Piece]]:
    return [(order, kind, piece) for order, line in enumerate(lines) for piece in line.pieces if (kind := title_in(piece.text))]


def _codes(paper: Paper, leave_out: Collection[int]) -> frozenset[str]:
    """Currency codes and signs that stand alone anywhere outside the lines."""
    found = set()
    for index, line in enumerate(paper.lines):
        if index in leave_out:
            continue
        for word in line.text.replace(":", " ").split():
            bare = word.strip("().,;")
            if len(bare) == 3 and bare.isupper() and bare.isascii() and currency_code(bare):  # noqa: PLR2004
                found.add(bare)
            elif bare in SIGNS and bare not in SHARED_SIGNS and len(bare) == 1:
                found.add(SIGNS[bare])
    return frozenset(found)
