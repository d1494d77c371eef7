"""Documents made to hurt: each ends with a sentence, within its limits, and the next one is read."""

import base64
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import cache

import pytest
from openpyxl import Workbook

from core.domain.readings import Reading
from core.read.documents import read_document
from core.read.throw_away import Limits, SandboxedReader

NOTE = b"Remittance\nInvoice   Amount\n1042      100.00\nTotal     100.00 USD\n"


@pytest.fixture(scope="module")
def reader() -> Iterator[SandboxedReader]:
    with SandboxedReader(Limits(processor_s=5, wall_s=60.0)) as shared:
        yield shared


def pdf(content: bytes) -> bytes:
    packed = zlib.compress(content, 1)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n" % len(packed) + packed + b"\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % start


def text_operators() -> bytes:
    return pdf(b"BT /F1 9 Tf 40 800 Td\n" + b"(INV 1 100.00) Tj T*\n" * 200_000 + b"ET\n")


def page_of_blanks() -> bytes:
    return pdf(b"BT /F1 9 Tf (" + b" " * 150_000_000 + b") Tj ET")


def far_cell() -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"] = "Invoice"
    sheet["XFD1048576"] = 1
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def workbook_bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"<row/>" * 40_000_000)
    return buffer.getvalue()


def lying_archive() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", b"0" * 30_000_000)
    return buffer.getvalue()


def laughing_xml() -> bytes:
    entities = "".join(f'<!ENTITY a{index} "{f"&a{index - 1};" * 10}">' for index in range(1, 12))
    return (
        f'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a0 "ha">{entities}]><Document '
        f'xmlns="camt.053"><BkToCstmrStmt>&a11;</BkToCstmrStmt></Document>'
    ).encode()


def outside_xml() -> bytes:
    return (
        b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><Document '
        b'xmlns="camt.053"><BkToCstmrStmt>&x;</BkToCstmrStmt></Document>'
    )


def deep_html() -> bytes:
    return b"<html><body>" + b"<div>" * 100_000 + b"x" + b"</div>" * 100_000


def deep_tables() -> bytes:
    return b"<html><body>" + b"<table><tr><td>" * 20_000 + b"x"


def nested_mail(levels: int) -> bytes:
    head = b"From: a@b.example\nSubject: x\nMIME-Version: 1.0\n"
    for level in range(levels):
        head += b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (level, level)
    return head + b"Content-Type: text/plain\n\nx\n"


def many_parts() -> bytes:
    head = b'From: a@b.example\nSubject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n\n'
    return head + b"--b\nContent-Type: text/plain\n\nx\n" * 20_000 + b"--b--\n"


def long_header() -> bytes:
    return b"From: a@b.example\nSubject: x\nX-Long: " + b"a " * 400_000 + b"\n\nbody\n"


def quine_zip() -> bytes:
    data = NOTE
    for level in range(6):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr(f"level{level}.zip" if level else "note.txt", data)
        data = buffer.getvalue()
    mail = (
        b"From: a@b.example\nSubject: x\nMIME-Version: 1.0\nContent-Type: application/zip; name=a.zip\n"
        b"Content-Transfer-Encoding: base64\n\n"
    )
    return mail + base64.encodebytes(data)


HOSTILE: dict[str, Callable[[], bytes]] = {
    "text operators": text_operators,
    "a page of blanks": page_of_blanks,
    "a cell at the far end": far_cell,
    "a workbook bomb": workbook_bomb,
    "an archive that grows": lying_archive,
    "a billion laughs": laughing_xml,
    "a file from outside": outside_xml,
    "deep divs": deep_html,
    "deep tables": deep_tables,
    "levels of mail": lambda: nested_mail(1_000),
    "some levels of mail": lambda: nested_mail(60),
    "parts of a mail": many_parts,
    "a long header": long_header,
    "archives in archives": quine_zip,
    "empty": lambda: b"",
    "blanks": lambda: b" \r\n\t" * 1_000,
    "nothing but NUL": lambda: b"\0" * 100_000,
    "one long line": lambda: b"Invoice 1042 100.00 " * 2_000_000,
    "one long CSV cell": lambda: b'Invoice,Amount\n"' + b"x" * 20_000_000,
    "many delimiters": lambda: b"," * 5_000_000,
    "many lines": lambda: b"\n" * 20_000_000 + b"From: x\n",
    "many quote marks": lambda: b"From: a@b.example\nSubject: Re: x\nMessage-ID: <1>\n\n" + b"> " * 1_000_000 + b"\n" * 500_000,
    "long digits": lambda: b"Remittance\nInvoice   Amount\n1042   " + b"1" * 15_000 + b"\n",
    "almost BAI2": lambda: b"01,A,B,250331,0730,1,,,2/\n" + b"16,165,1" + b"0" * 10_000_000,
    "only continuation": lambda: b"01,A,B,250331,0730,1,,,2/\n" + b"88,X\n" * 500_000,
}  # fmt: skip


@cache
def hostile(name: str) -> bytes:
    """Made once: some take longer to make than to refuse."""
    return HOSTILE[name]()


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_document_ends_with_a_sentence_and_the_next_one_is_read(reader: SandboxedReader, name: str) -> None:
    reading = reader.read("mail.dat", hostile(name))
    assert reading.bank_lines == ()
    assert any(part.why.endswith(".") for part in reading.unreadable) or reading.problems or reading.remittances
    if name in KILLERS:
        assert "within its limits" in sentence(reading)
    assert reader.read("note.txt", NOTE).remittances[0].complete


KILLERS = {"text operators"}


def sentence(reading: Reading) -> str:
    return " ".join(part.why for part in reading.unreadable)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("a workbook bomb", "limit is 200 MB"),
        ("a billion laughs", "document type"),
        ("a file from outside", "document type"),
        ("parts of a mail", "more than 500 parts"),
        ("levels of mail", "levels"),
        ("a long header", "larger than 256 KB"),
        ("archives in archives", "nested deeper"),
        ("empty", "empty"),
        ("nothing but NUL", "empty"),
        ("one long line", "longer than"),
        ("a cell at the far end", "larger than"),
    ],
)
def test_the_sentence_says_what_is_wrong(name: str, said: str) -> None:
    assert said in sentence(read_document("x", hostile(name)))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b":20:STARTUMS\n:25:10010010/123456\n:28C:1/1\n:60F:C250328EUR0,00\n", "MT940"),
        (b"{1:F01BANKDEFFXXXX0000000000}{2:I940X}{4:\n:20:1\n:25:1\n", "MT940"),
        (b"101 091000019 1234567890250331A094101FIRST BANK             EXAMPLE COMPONENTS             \n", "NACHA"),
        (b"ISA*00*          *00*          *ZZ*A              *ZZ*B              *250331*1200*U*00401*1*0*P*>~GS*RA*", "X12"),
        (b"UNB+UNOA:1+A+B+250331:1200+1'UNH+1+REMADV:D:96A:UN'", "EDIFACT"),
        (b"OFXHEADER:100\nDATA:OFXSGML\n\n<OFX><BANKMSGSRSV1>", "OFX"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "picture"),
        (b"\x1f\x8b\x08" + b"\0" * 100, "compressed"),
        (b"<?xml version='1.0'?><Invoice/>", "XML of a kind"),
        (b"\x78\x9f\x3e\x22" + b"\0" * 100, "winmail.dat"),
        (bytes(range(256)) * 20, "No reader"),
    ],
)
def test_formats_that_are_not_read_are_named(data: bytes, said: str) -> None:
    reading = read_document("x", data)
    assert said in sentence(reading)
    assert not reading.bank_lines
    assert not reading.remittances
