"""One file, by its kind: bank lines, or an advice still to be finished with what is known around it."""

from dataclasses import dataclass, field
from typing import Final

from core.domain.errors import Malformed
from core.domain.readings import ReadBankLine, ReadRemittance
from core.domain.supplier_documents import ReadSupplierInvoice
from core.read.bank.bai2 import read_bai2
from core.read.bank.camt053 import read_camt
from core.read.bank.contract_csv import is_contract, read_contract
from core.read.bank.delimited import is_export, read_export
from core.read.bank.ordinals import numbered
from core.read.cells import Row, csv_rows, delimiter_of, grid_row
from core.read.foreign import other_plain_file
from core.read.limits import DOCUMENT_BYTES
from core.read.notes import Notes
from core.read.paper.pdf import SCAN, pdf_pages, rows_of_pages
from core.read.remittance.found import Found
from core.read.remittance.from_html import found_in_html
from core.read.remittance.from_table import columns_of
from core.read.remittance.from_text import NOTHING, found_in_rows, found_in_text
from core.read.sheets import SHEETS, sheet_rows, unstored_formulas
from core.read.sniff import Kind
from core.read.supplier_invoices.parts import invoice_grid, invoice_paper, invoices_inside
from core.read.supplier_invoices.xml import read_xml
from core.read.text import decoded

_HEADER_WITHIN: Final = 40

NOT_YET: Final = {
    Kind.MT940: "It looks like an MT940 or MT942 statement, which is not read yet.",
    Kind.LOCKBOX: "It looks like a BAI lockbox file, which is not read yet.",
    Kind.NACHA: "It looks like an ACH file in NACHA layout, which is not read yet.",
    Kind.X12: "It looks like an X12 (EDI) interchange such as an 820, which is not read yet.",
    Kind.EDIFACT: "It looks like an EDIFACT interchange such as REMADV, which is not read yet.",
    Kind.OFX: "It looks like an OFX statement (OFX, QFX, QBO), which is not read yet.",
    Kind.IMAGE: "It is a picture; text in pictures is not read yet.",
    Kind.OUTLOOK: "It is an Outlook message (.msg), which is not read yet.",
    Kind.TNEF: "It is a winmail.dat of Outlook (TNEF), which is not read yet.",
    Kind.RTF: "It is a Rich Text document, which is not read.",
    Kind.WORD: "It is a Word document, which is not read.",
    Kind.COMPRESSED: "It is a compressed file of a kind that is not opened; send it as it is or as a .zip.",
    Kind.XML: "It is XML of a kind that no reader knows.",
    Kind.CALENDAR: "It is a calendar entry, not a remittance or bank file.",
    Kind.BINARY: "No reader knows this kind of file.",
    Kind.EMPTY: "The document is empty.",
}


@dataclass(slots=True)
class PartReading:
    """Of one file: bank lines, supplier invoices, or advices in `found`."""

    kind: Kind
    bank_lines: tuple[ReadBankLine, ...] = ()
    remittances: tuple[ReadRemittance, ...] = ()
    supplier_invoices: tuple[ReadSupplierInvoice, ...] = ()
    found: Found = field(default_factory=Found)
    format: str = ""


def read_part(
    name: str, data: bytes, kind: Kind, *, titles: tuple[str, ...] = (), charset: str = "", where: str = ""
) -> PartReading:
    """Read one file that is neither a mail nor an archive."""
    reading = PartReading(kind, format=kind.value)
    if len(data) > DOCUMENT_BYTES:
        reading.found.notes.refuse("", f"The document is larger than {DOCUMENT_BYTES // 2**20} MB and was not read.")
    elif kind in {Kind.BAI2, Kind.CAMT}:
        _bank(data, kind, reading, charset)
    elif kind is Kind.PDF:
        _pdf(data, reading, (*titles, name), where or name)
    elif kind is Kind.INVOICE_XML:
        invoice = read_xml(data, where or name, reading.found.notes)
        reading.supplier_invoices = (invoice,) if invoice else ()
    elif kind in SHEETS:
        _sheets(data, kind, reading, (*titles, name), where or name)
    elif kind is Kind.HTML:
        reading.found = found_in_html(decoded(data, charset), where or name, titles=titles, quotes=True)
    elif kind is Kind.TEXT:
        _text(name, decoded(data, charset), reading, titles, where or name)
    else:
        reading.found.why_none = NOT_YET.get(kind, "No reader knows this kind of file.")
    return reading


def _bank(data: bytes, kind: Kind, reading: PartReading, charset: str) -> None:
    """The lines of a bank's file, and the advices that some of them carry."""
    notes = reading.found.notes
    if kind is Kind.BAI2:
        reading.bank_lines = numbered(read_bai2(decoded(data, charset), notes))
        empty = "It is a BAI2 file without transactions."
    else:
        camt = read_camt(data, notes)
        reading.bank_lines, reading.remittances = numbered(camt.lines), tuple(camt.remittances)
        empty = "It is a CAMT message without booked entries."
    if not reading.bank_lines:
        reading.found.why_none = empty


def _pdf(data: bytes, reading: PartReading, titles: tuple[str, ...], where: str) -> None:
    """An invoice in XML inside, an invoice on the pages, else an advice; nothing where the notes say why."""
    notes = Notes()
    pages = pdf_pages(data, notes)
    # A picture of an invoice may carry its XML; what has no pages for another reason is not opened again.
    readable = pages or any(part.why == SCAN for part in notes.unreadable)
    inside = invoices_inside(data, pages, where, reading.found.notes) if readable else ()
    if inside:
        reading.supplier_invoices, reading.format = inside, "pdf with xml"
        return
    reading.found.notes.add(notes)
    paper = invoice_paper(pages)
    if paper is not None and paper.is_invoice:
        reading.supplier_invoices = paper.read(where, "pdf")
        return
    rows = rows_of_pages(pages)
    if rows:
        found_in_rows(rows, "\n".join(row.text for row in rows), where, titles=titles, found=reading.found)
        if paper is not None and paper.why_not and not reading.found.advices:
            reading.found.why_none = paper.why_not


def _sheets(data: bytes, kind: Kind, reading: PartReading, titles: tuple[str, ...], where: str) -> None:
    """Every sheet by itself; an advice on any of them is enough."""
    whole = reading.found
    reasons = []
    lines: list[ReadBankLine] = []
    for rows in sheet_rows(data, kind, whole.notes):
        one = Found()
        if (at := is_export(rows)) >= 0:
            lines += read_export(rows, at, whole.notes)
            continue
        if (grid := invoice_grid(rows)) is not None:
            reading.supplier_invoices += grid.read(where, kind.value, unstored_formulas(data, kind))
            continue
        found_in_rows(rows, "\n".join(row.text for row in rows), where, titles=titles, found=one)
        whole.advices += one.advices
        whole.head.fill(one.head)
        whole.notes.add(one.notes)
        reasons.append(one.why_none)
    reading.bank_lines = numbered(lines)
    if not whole.advices and reasons and not reading.supplier_invoices:
        whole.why_none = next((why for why in reasons if why != NOTHING), NOTHING)


def _text(name: str, text: str, reading: PartReading, titles: tuple[str, ...], where: str) -> None:
    """A CSV of ours, a CSV with header words of an advice, else lines of text."""
    rows = _csv(text)
    if rows and is_contract([cell.text for cell in rows[0].cells]):
        reading.format = "bank.csv"
        reading.bank_lines = numbered(read_contract(name, text, reading.found.notes))
    elif rows and (name_of_ours := other_plain_file([cell.text for cell in rows[0].cells])):
        reading.found.why_none = f"It looks like {name_of_ours}, which is neither a bank file nor a remittance."
    elif (at := is_export(rows)) >= 0:
        reading.format = "bank export"
        reading.bank_lines = numbered(read_export(rows, at, reading.found.notes))
    elif (grid := invoice_grid(rows)) is not None:
        reading.format = "csv"
        reading.supplier_invoices = grid.read(where, "csv")
    elif any(columns_of(row) for row in rows[:_HEADER_WITHIN]):
        reading.format = "csv"
        reading.found = found_in_rows(rows, text, where, titles=(*titles, name))
    else:
        reading.found = found_in_text(text, where, titles=(*titles, name))


def _csv(text: str) -> list[Row]:
    """The rows of a CSV text; none where it is no CSV."""
    delimiter = delimiter_of(text)
    if not delimiter:
        return []
    try:
        return [grid_row(f"row {number}", values) for number, values in csv_rows(text, delimiter) if any(values)]
    except Malformed:
        return []
