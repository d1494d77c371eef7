"""Invoices made to hurt, through the throw-away process: a sentence, within the limits, and the next document is read."""

from collections.abc import Callable, Iterator

import pytest

from core.domain.supplier_documents import asked
from core.read.throw_away import Limits, SandboxedReader
from tests.unit.read.supplier_invoices import layouts
from tests.unit.read.supplier_invoices.bills import a_bill
from tests.unit.read.supplier_invoices.makers import ubl, with_file

BILL = a_bill(5, "fr", lines=2, tax="20", orders=1)


@pytest.fixture(scope="module")
def reader() -> Iterator[SandboxedReader]:
    with SandboxedReader(Limits(processor_s=8, wall_s=120.0)) as shared:
        yield shared


def many_pages() -> bytes:
    return layouts.raw_pdf([[(50, 800, "INVOICE", 12)]] * 10_000)


def broken_pdf() -> bytes:
    whole = layouts.scrambled_french(BILL)
    return whole[: len(whole) // 2]


def deep_xml() -> bytes:
    head = b'<?xml version="1.0"?><Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2">'
    return head + b"<a>" * 100_000


def wide_xml() -> bytes:
    line = b"<InvoiceLine><ID>1</ID></InvoiceLine>"
    head = b'<?xml version="1.0"?><Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2">'
    return head + line * 21_000 + b"</Invoice>"


def bomb_inside() -> bytes:
    return with_file(layouts.scrambled_french(BILL), "factur-x.xml", b"<CrossIndustryInvoice>" + b" " * 60_000_000)


def files_in_a_circle() -> bytes:
    pdf = with_file(layouts.scrambled_french(BILL), "x.xml", ubl(BILL))
    return pdf.replace(b"/EmbeddedFiles << /Names [", b"/EmbeddedFiles << /Kids [1 0 R] /Names [", 1)


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "ten thousand pages": (many_pages, "more than 300 are not read"),
    "half a page": (broken_pdf, ""),
    "elements without end": (deep_xml, "breaks off"),
    "too many lines": (wide_xml, "more than 20,000 lines"),
    "nothing": (lambda: b"", "empty"),
    "a locked door": (lambda: b"%PDF-1.4\n" + b"\0" * 1_000, ""),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_invoice_ends_with_a_sentence_and_the_next_one_is_read(reader: SandboxedReader, name: str) -> None:
    make, said = HOSTILE[name]
    reading = reader.read("bill.dat", make())
    sentences = [part.why for part in reading.unreadable] + [why for one in reading.supplier_invoices for why in asked(one)]
    assert sentences
    assert said in " ".join(sentences)
    assert not any(invoice.complete for invoice in reading.supplier_invoices)
    assert reader.read("bill.xml", ubl(BILL)).supplier_invoices[0].complete


@pytest.mark.parametrize("make", [bomb_inside, files_in_a_circle], ids=["a bomb inside", "files in a circle"])
def test_what_a_pdf_hides_does_not_keep_its_page_from_being_read(reader: SandboxedReader, make: Callable[[], bytes]) -> None:
    (invoice,) = reader.read("bill.pdf", make()).supplier_invoices
    assert invoice.number is not None
    assert invoice.number.value == BILL.number
