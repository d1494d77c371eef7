"""Whatever the bytes, a reading comes back: at least one object, never an exception, and the same one every time."""

import codecs
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.domain.readings import Reading
from core.domain.supplier_documents import ReadSupplierInvoice, asked
from core.read.codec import packed, unpacked
from core.read.documents import read_document
from tests.unit.read.supplier_invoices.bills import a_bill
from tests.unit.read.supplier_invoices.makers import cii, csv, grid, ubl

MAIL = (
    "From: Acme <ap@acme.example>\nSubject: Remittance advice\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n"
    "Payment date: 2025-03-31\nPayment amount: 11.00 USD\n\nInvoice    Net paid\nA-1            5.00\nA-2            6.00\n"
)
BAI2 = (
    "01,A,B,250331,0730,1,,,2/\n02,B,A,1,250328,,USD,/\n03,1,USD,010,100,,,/\n16,165,100,Z,BR,CR,ORIG CO NAME:ACME\n88,MORE\n"
    "16,475,200,,,,CHECK\n49,400,5/\n98,400,1,7/\n99,400,1,9/\n"
)
BANK = "payment_id,value_date,amount,currency,text\nP1,2025-03-31,5.00,USD,x\nP2,2025-03-31,5.00,USD,y\n"
CAMT = (
    '<?xml version="1.0"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>'
    '<Acct><Id><IBAN>X1</IBAN></Id></Acct>\n<Ntry><Amt Ccy="EUR">5.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>\n'
    "<ValDt><Dt>2025-03-31</Dt></ValDt></Ntry></Stmt></BkToCstmrStmt></Document>\n"
)
HTML = "<html><table><tr><th>Invoice</th><th>Net paid</th></tr>\n<tr><td>A-1</td><td>5.00</td></tr></table></html>\n"
CSV = "Rechnung;Zahlbetrag EUR\nA-1;1.234,50\nA-2;5,00-\n"
BILL = a_bill(3, "en", lines=2, charges=True, orders=1)
SEEDS = {
    "mail": MAIL,
    "bai2": BAI2,
    "bank.csv": BANK,
    "camt": CAMT,
    "html": HTML,
    "csv": CSV,
    "ubl": ubl(BILL).decode(),
    "cii": cii(BILL).decode(),
    "bill.csv": csv(grid(BILL, "us", typed=False)).decode(),
}
MAGIC = [
    b"%PDF-1.4\n",
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"<?xml ",
    b"01,",
    b"From: a@b\nSubject: x\n\n",
    b"<html>",
    b"\xff\xfe",
    b"",
]
FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
TOKENS = [
    "Invoice", "Amount", "Total", "Net paid", "Remittance", "1,234", "1.234,56", "(5.00)", "$", "EUR", "A-1", "2025-03-31",
    "03/04/2025",
    " ", "   ", "\t", ",", ";", "|", "\n", "\r\n", '"', ":", "-", "\0", "ä", "\N{NO-BREAK SPACE}", "16,165,", "88,", "/",
    "<td>", "</tr>", "> ",
]  # fmt: skip


def objects(reading: Reading) -> int:
    parts = (reading.bank_lines, reading.remittances, reading.supplier_invoices, reading.problems, reading.unreadable)
    return sum(map(len, parts))


def essence(reading: Reading) -> tuple[object, ...]:
    """What must not change with line ends and blanks: the records, apart from their places."""
    lines = tuple(replace(line, where="", text=" ".join(line.text.split())) for line in reading.bank_lines)
    advices = tuple(replace(advice, where="", why="") for advice in reading.remittances)
    invoices = tuple(
        (invoice.number and invoice.number.value, invoice.total and invoice.total.value, len(invoice.lines), invoice.complete)
        for invoice in reading.supplier_invoices
    )
    return lines, advices, invoices


def check(name: str, data: bytes) -> None:
    reading = read_document(name, data)
    assert objects(reading) > 0
    assert reading.bank_lines or reading.remittances or reading.supplier_invoices or reading.unreadable
    assert read_document(name, data) == reading
    assert unpacked(packed(reading)) == reading
    assert all(why.strip() for why in [problem.why for problem in reading.problems] + [part.why for part in reading.unreadable])
    for advice in reading.remittances:
        assert advice.lines
        assert advice.complete or advice.why
        assert not advice.complete or all(line.paid is not None for line in advice.lines)
    assert all(line.amount.minor >= 0 for line in reading.bank_lines)
    for invoice in reading.supplier_invoices:
        check_invoice(invoice)


def check_invoice(invoice: ReadSupplierInvoice) -> None:
    """What is complete ties; what is open says so; everything that is said has a place."""
    assert invoice.complete or asked(invoice) or invoice.missing
    said = [invoice.number, invoice.invoice_date, invoice.total, *(line.amount for line in invoice.lines)]
    assert all(one.place.where for one in said if one is not None)
    if invoice.complete:
        assert invoice.lines
        amounts = [line.amount.value.minor for line in invoice.lines if line.amount and line.amount.value]
        assert len(amounts) == len(invoice.lines)
        charged = sum(charge.amount.value.minor for charge in invoice.charges if charge.amount.value)
        stated = [one.value.minor for one in (invoice.lines_total, invoice.net_total, invoice.total) if one and one.value]
        assert {sum(amounts), sum(amounts) + charged} & set(stated)


@FEW
@given(st.sampled_from(MAGIC), st.binary(max_size=400), st.sampled_from(["a", "a.eml", "a.csv", "a.html", "a.pdf"]))
def test_any_bytes_give_a_reading(magic: bytes, rest: bytes, name: str) -> None:
    check(name, magic + rest)


@settings(FEW, max_examples=150)
@given(st.lists(st.sampled_from(TOKENS), max_size=60), st.sampled_from(["a.txt", "a.html", "a.eml"]))
def test_any_words_of_finance_give_a_reading(tokens: list[str], name: str) -> None:
    check(name, "".join(tokens).encode())


@FEW
@given(st.sampled_from(sorted(SEEDS)), st.integers(0, 600), st.binary(max_size=4), st.integers(0, 3))
def test_a_damaged_document_gives_a_reading(kind: str, at: int, junk: bytes, cut: int) -> None:
    data = SEEDS[kind].encode()
    at = min(at, len(data))
    check(kind, data[:at] + junk + data[at + cut :])


@FEW
@given(st.sampled_from(sorted(SEEDS)), st.integers(0, 600))
def test_a_document_that_breaks_off_gives_no_line_that_the_whole_has_not(kind: str, at: int) -> None:
    whole = {(line.bank_id, line.amount) for line in read_document(kind, SEEDS[kind].encode()).bank_lines}
    data = SEEDS[kind].encode()[:at]
    check(kind, data)
    if data.endswith(b"\n"):
        assert {(line.bank_id, line.amount) for line in read_document(kind, data).bank_lines} <= whole


@pytest.mark.parametrize("kind", sorted(SEEDS))
@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: text.replace("\n", "\r").encode(),
        lambda text: codecs.BOM_UTF8 + text.encode(),
        lambda text: text.replace("\n", "   \n").encode(),
        lambda text: f"{text}\n\n   \n".encode(),
    ],
    ids=["CRLF", "CR", "byte order mark", "trailing blanks", "blank lines"],
)
def test_line_ends_marks_and_blanks_change_nothing(kind: str, change: object) -> None:
    assert callable(change)
    expected = essence(read_document(kind, SEEDS[kind].encode()))
    assert expected != ((), (), ())
    assert essence(read_document(kind, change(SEEDS[kind]))) == expected


@pytest.mark.parametrize("kind", ["bai2"])
def test_a_file_twice_in_one_gives_every_line_twice_with_ordinals(kind: str) -> None:
    once, twice = (read_document(kind, (SEEDS[kind] * times).encode()).bank_lines for times in (1, 2))
    assert [replace(line, where="", ordinal=1) for line in twice] == [
        replace(line, where="", ordinal=1) for line in (*once, *once)
    ]
    assert [line.ordinal for line in twice] == [1, 1, 2, 2]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "cp1252"])
def test_the_character_set_is_found(encoding: str) -> None:
    text = BANK.replace(",x\n", ",Müller Größe\n")
    assert read_document("bank.csv", text.encode(encoding)).bank_lines[0].text == "Müller Größe"
