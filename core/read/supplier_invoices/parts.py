"""Between files and the readers of invoices: pages or a grid that may be one, and XML inside a PDF beside its pages."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from core.domain.bank_accounts import same_account
from core.domain.supplier_documents import ReadSupplierInvoice, SupplierFinding, SupplierFindingKind
from core.read.cells import Row
from core.read.notes import Notes
from core.read.paper.pdf import PdfPage, opened
from core.read.supplier_invoices.checks import checked, with_charges
from core.read.supplier_invoices.page import Printed, paper_of_grid, paper_of_pages
from core.read.supplier_invoices.read import InvoicePaper
from core.read.supplier_invoices.xml import embedded_xml, read_xml

_MOST_WORDS: Final = 150_000
_MOST_ROWS: Final = 50_000


def invoice_paper(pages: Sequence[PdfPage]) -> InvoicePaper | None:
    """The pages of a PDF looked at as an invoice; None where there is nothing to look at, or more than any invoice has."""
    if not pages or sum(len(page.words) for page in pages) > _MOST_WORDS:
        return None
    printed = [[_printed(word) for word in page.words] for page in pages]
    return InvoicePaper(paper_of_pages(printed))


def _printed(word: dict[str, object]) -> Printed:
    left, right, top, bottom = (float(str(word[name])) for name in ("x0", "x1", "top", "bottom"))
    return Printed(str(word["text"]), left, right, top, bottom)


def invoice_grid(rows: Sequence[Row]) -> InvoicePaper | None:
    """The rows of a sheet or CSV as an invoice, if they are one."""
    if not rows or len(rows) > _MOST_ROWS:
        return None
    grid = InvoicePaper(paper_of_grid(rows))
    return grid if grid.is_invoice else None


def invoices_inside(data: bytes, pages: Sequence[PdfPage], where: str, notes: Notes) -> tuple[ReadSupplierInvoice, ...]:
    """The invoices in XML that a PDF carries, compared with what is printed: the XML is the truth, differences are findings."""
    found: list[ReadSupplierInvoice] = []
    for name, xml in opened(data, lambda document: embedded_xml(document, notes), Notes()) or []:
        record = read_xml(xml, f"{where}: {name}" if name else where, notes)
        if record is not None:
            found.append(record)
    paper = invoice_paper(pages) if len(found) == 1 else None
    if paper is not None and paper.is_invoice:
        found = [beside_print(found[0], paper.read(where, "pdf")[0])]
    return tuple(found)


def beside_print(record: ReadSupplierInvoice, printed: ReadSupplierInvoice) -> ReadSupplierInvoice:
    """The record of the XML with what its page says otherwise, and with the page's lines where its profile has none."""
    differences = _differences(record, printed)
    findings = [*record.findings, *differences]
    lineless = [finding for finding in findings if finding.kind is SupplierFindingKind.NO_LINES_BY_PROFILE]
    net = record.net_total.value if record.net_total else None
    if lineless and net is not None and net.minor in {amount.minor for amount in with_charges(printed)}:
        why = "The XML has no lines; they were read from the page and add up to its net total."
        notice = SupplierFinding(SupplierFindingKind.NOTICE, why, "lines")
        findings = [notice if finding in lineless else finding for finding in findings]
        charges = record.charges or printed.charges
        return checked(replace(record, lines=printed.lines, charges=charges, findings=tuple(findings)))
    return replace(record, findings=tuple(findings), complete=record.complete and not differences)


def _differences(record: ReadSupplierInvoice, printed: ReadSupplierInvoice) -> list[SupplierFinding]:
    found = []
    for name, word in (
        ("number", "invoice number"),
        ("invoice_date", "date"),
        ("currency", "currency"),
        ("net_total", "net total"),
        ("tax_total", "tax"),
        ("total", "total"),
    ):
        meant, shown = getattr(record, name), getattr(printed, name)
        if meant is None or shown is None or meant.value is None or shown.value is None or meant.value == shown.value:
            continue
        why = f"The XML inside the PDF says {meant.value} as its {word}, the page says {shown.value}."
        found.append(SupplierFinding(SupplierFindingKind.DIFFERS_FROM_PRINT, why, name, shown.place))
    return [*found, *_other_accounts(record, printed)]


def _other_accounts(record: ReadSupplierInvoice, printed: ReadSupplierInvoice) -> list[SupplierFinding]:
    """Accounts on the page that the XML does not name, where both name any: somebody may have changed the one or the other."""
    meant = [said.value for said in record.bank_accounts]
    others = [said for said in printed.bank_accounts if meant and not any(same_account(said.value, one) for one in meant)]
    return [
        SupplierFinding(
            SupplierFindingKind.DIFFERS_FROM_PRINT,
            f"The page asks to be paid to the account …{said.value[-4:]}, which the XML inside the PDF does not name.",
            "bank_accounts",
            said.place,
        )
        for said in others
    ]
