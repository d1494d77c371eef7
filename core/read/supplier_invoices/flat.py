"""A list of invoice lines in which columns name the invoice: one invoice for each number, in the order of the list."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from core.read.remittance.labels import folded
from core.read.supplier_invoices.values import currency_code, date_text, document_number, name_text
from core.read.supplier_invoices.words import Column, Field
from core.read.supplier_invoices.written import Candidate, WrittenInvoice, WrittenLine, WrittenTable

_READ: Final = {
    Column.NUMBER: (Field.NUMBER, document_number),
    Column.DATE: (Field.DATE, date_text),
    Column.CURRENCY: (Field.CURRENCY, currency_code),
    Column.SUPPLIER: (Field.SUPPLIER, name_text),
}


def by_number(whole: WrittenInvoice) -> Iterator[WrittenInvoice]:
    """The parts of a list; sums below it belong to the invoice only where there is one."""
    groups: dict[str, list[WrittenLine]] = {}
    for line in whole.table.lines:
        cell = line.cells.get(Column.NUMBER)
        groups.setdefault(folded(cell.text) if cell else "", []).append(line)
    for lines in groups.values():
        rows = {line.index for line in lines}
        named = [one for line in lines[:1] for one in _candidates(line)]
        table = WrittenTable(
            lines=lines,
            taken=whole.table.taken,
            roles=whole.table.roles,
            titles=whole.table.titles,
            first=whole.table.first,
            last=whole.table.last,
        )
        yield replace(
            whole,
            table=table,
            candidates=named + [one for one in whole.candidates if one.field not in {other.field for other in named}],
            sums=whole.sums if len(groups) == 1 else [],
            accounts=[one for one in whole.accounts if one[0] in rows or one[0] not in whole.table.taken],
            findings=list(whole.findings),
        )


def _candidates(line: WrittenLine) -> Iterator[Candidate]:
    for column, (field, read) in _READ.items():
        piece = line.cells.get(column)
        if piece is None:
            continue
        typed = piece.value if column is Column.DATE and not isinstance(piece.value, str) else ""
        text = read(piece.text)
        if text or typed:
            yield Candidate(field, 0, text, piece, typed)
