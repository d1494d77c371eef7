import base64
import hashlib
import io
import zipfile
from datetime import date
from email.message import EmailMessage

import pytest

from core.domain.readings import Reading, ReadRemittance
from core.read.documents import read_document
from core.read.headers import address, decoded_field, display_name, parameter
from core.read.mime import take_apart

TABLE = "Invoice    Net paid\nA-1            5.00\nA-2            6.00\nTotal         11.00\n"
CSV = b"Invoice,Net paid\r\nA-1,5.00\r\nA-2,6.00\r\nTotal,11.00\r\n"
HEAD = "Payment date: 2025-03-31\nPayment reference: R-7\nPayment amount: 11.00 USD\n"


def mail(body: str = HEAD, subject: str = "Remittance advice") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Acme Supply <AP@acme.example>"
    message["Subject"] = subject
    message.set_content(body)
    return message


def read(message: EmailMessage | bytes) -> Reading:
    return read_document("000001", message if isinstance(message, bytes) else message.as_bytes())


def only(reading: Reading) -> ReadRemittance:
    (advice,) = reading.remittances
    return advice


def refs(advice: ReadRemittance) -> list[tuple[str, str]]:
    return [(line.reference, line.paid.text() if line.paid else "-") for line in advice.lines]


EXPECTED = [("A-1", "5.00"), ("A-2", "6.00")]


def test_a_body_with_sender_and_subject() -> None:
    reading = read(mail(f"{HEAD}\n{TABLE}"))
    assert (reading.format, reading.sender, reading.subject) == ("mail", "ap@acme.example", "Remittance advice")
    assert refs(only(reading)) == EXPECTED
    assert only(reading).complete


def test_the_body_says_what_the_attachment_leaves_out() -> None:
    message = mail()
    message.add_attachment(CSV, maintype="text", subtype="csv", filename="r.csv")
    advice = only(read(message))
    assert refs(advice) == EXPECTED
    assert (advice.currency, advice.payment_reference, advice.paid_on and advice.paid_on.isoformat()) == (
        "USD",
        "R-7",
        "2025-03-31",
    )
    assert advice.where == "part 2 (r.csv)"
    assert advice.complete


def test_a_total_in_the_body_that_the_attachment_does_not_reach_is_said() -> None:
    message = mail(HEAD.replace("11.00", "12.00"))
    message.add_attachment(CSV, maintype="text", subtype="csv", filename="r.csv")
    assert not only(read(message)).complete


def test_one_advice_said_three_times_is_one() -> None:
    message = mail(f"{HEAD}\n{TABLE}")
    message.add_alternative(
        "<p>Payment amount: 11.00 USD</p><table><tr><th>Invoice</th><th>Net paid</th></tr><tr><td>A-1</td><td>5.00</td></tr>"
        "<tr><td>A-2</td><td>6.00</td></tr></table>",
        subtype="html",
    )
    message.add_attachment(CSV, maintype="text", subtype="csv", filename="r.csv")
    assert refs(only(read(message))) == EXPECTED


def test_two_different_attachments_are_two_advices() -> None:
    message = mail("See attached.")
    message.add_attachment(CSV, maintype="text", subtype="csv", filename="a.csv")
    message.add_attachment(CSV.replace(b"A-", b"B-"), maintype="text", subtype="csv", filename="b.csv")
    assert [advice.lines[0].reference for advice in read(message).remittances] == ["A-1", "B-1"]


def test_parts_are_known_by_their_bytes_and_nameless_ones_get_a_name() -> None:
    message = mail()
    message.add_attachment(CSV, maintype="application", subtype="octet-stream")
    part = read(message).parts[1]
    assert (part.path, part.name, part.declared, part.sniffed) == ("2", "part-2.txt", "application/octet-stream", "text")
    assert (part.sha256, part.size) == (hashlib.sha256(CSV).hexdigest(), len(CSV))
    assert refs(only(read(message))) == EXPECTED


def test_a_pdf_without_name_and_disposition_is_a_part() -> None:
    raw = mail().as_bytes().replace(b"text/plain", b"application/pdf")
    (part,) = read(raw).parts
    assert part.declared == "application/pdf"


def test_a_forwarded_mail_is_read_whether_rightly_or_wrongly_encoded() -> None:
    inner = mail(f"{HEAD}\n{TABLE}").as_bytes()
    outer = mail("fyi", subject="Fwd: Remittance advice")
    outer.add_attachment(inner, maintype="application", subtype="octet-stream", filename="forwarded.eml")
    assert refs(only(read(outer))) == EXPECTED
    encoded = base64.encodebytes(inner).decode()
    wrong = (
        "From: a@b.example\nSubject: Fwd\nMIME-Version: 1.0\n"
        'Content-Type: multipart/mixed; boundary="X"\n\n--X\nContent-Type: text/plain\n\nfyi\n'
        f"--X\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n{encoded}\n--X--\n"
    )
    reading = read(wrong.encode())
    assert refs(only(reading)) == EXPECTED
    assert [part.path for part in reading.parts] == ["1", "2.1"]


def test_an_attached_archive_is_opened() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("folder/r.csv", CSV)
        archive.writestr("../evil.csv", CSV)
    message = mail()
    message.add_attachment(buffer.getvalue(), maintype="application", subtype="zip", filename="r.zip")
    reading = read(message)
    assert refs(only(reading)) == EXPECTED
    assert any("outside the archive" in part.why for part in reading.unreadable)


def test_a_quoted_earlier_mail_is_not_a_new_advice() -> None:
    quoted = "\n".join(f"> {line}" for line in f"{HEAD}\n{TABLE}".split("\n"))
    reading = read(
        mail(
            f"Thanks, received.\n\nOn Mon, Mar 31, 2025 at 9:00 AM Acme <ap@acme.example> wrote:\n{quoted}\n",
            "Re: Remittance advice",
        )
    )
    assert reading.remittances == ()
    assert "quoted" in reading.unreadable[0].why


@pytest.mark.parametrize(
    "mark",
    [
        ("-----Original Message-----\nFrom: Acme <ap@acme.example>\nSent: 2025-03-31\nTo: us\nSubject: Remittance\n\n"),
        "On Mon, X wrote:\n",
        "________________________________\nVon: Acme <ap@acme.example>\nGesendet: Montag\nAn: uns\nBetreff: Avis\n\n",
        "-------- Videresendt meddelelse --------\nFra: Acme <ap@acme.example>\nEmne: Avis\n\n",
        "Début du message transféré :\nDe: Acme <ap@acme.example>\nObjet: Avis\nÀ: nous\n\n",
    ],
)
def test_a_forwarded_text_is_what_we_were_sent(mark: str) -> None:
    quoted = "\n".join(f"> {line}" for line in f"{HEAD}\n{TABLE}".split("\n"))
    reading = read(mail(f"landed with me\n\n{mark}{quoted}\n", "FW: Remittance advice"))
    assert refs(only(reading)) == EXPECTED


def test_a_quoted_html_mail_is_not_a_new_advice() -> None:
    message = mail("Thanks", "Re: Remittance advice")
    message.add_alternative(
        (
            "<p>Thanks</p><blockquote><table><tr><th>Invoice</th><th>Net "
            "paid</th></tr><tr><td>A-1</td><td>5.00</td></tr></table></blockquote>"
        ),
        subtype="html",
    )
    assert read(message).remittances == ()


def test_a_large_picture_is_named_and_a_logo_is_not() -> None:
    message = mail("see attached", "hello")
    message.add_attachment(b"\x89PNG\r\n\x1a\n" + bytes(30_000), maintype="image", subtype="png", filename="scan.png")
    message.add_attachment(b"\x89PNG\r\n\x1a\n" + bytes(300), maintype="image", subtype="png", filename="logo.png")
    assert [part.where for part in read(message).unreadable] == ["part 2 (scan.png)"]


def test_what_is_not_read_beside_a_good_advice_is_a_problem() -> None:
    message = mail(f"{HEAD}\n{TABLE}")
    message.add_attachment(b"{\\rtf1 x}", maintype="application", subtype="rtf", filename="more.rtf")
    reading = read(message)
    assert only(reading).complete
    assert reading.problems[0].where == "part 2 (more.rtf)"


def test_a_bank_file_in_a_mail_gives_bank_lines() -> None:
    message = mail("attached", "statement")
    message.add_attachment(
        b"payment_id,value_date,amount,currency\nP1,2025-03-31,5.00,USD\n", maintype="text", subtype="csv", filename="bank.csv"
    )
    assert [line.bank_id for line in read(message).bank_lines] == ["P1"]


def test_an_apostrophe_in_a_boundary_hides_no_part() -> None:
    raw = (
        "From: a@b.example\nSubject: Remittance\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=it's\n\n"
        f"--it's\nContent-Type: text/plain\n\n{HEAD}\n--it's\nContent-Type: text/csv\n"
        f"Content-Disposition: attachment; filename=O'Brien.csv\n\n{CSV.decode()}\n--it's--\n"
    )
    reading = read(raw.encode())
    assert refs(only(reading)) == EXPECTED
    assert reading.parts[1].name == "O'Brien.csv"


def test_a_delivery_report_is_no_advice() -> None:
    report = EmailMessage()
    report["From"] = "mailer-daemon@b.example"
    report["Subject"] = "Undelivered"
    report.set_content("could not be delivered")
    report.make_mixed()
    raw = report.as_bytes().replace(b"multipart/mixed", b"multipart/report; report-type=delivery-status")
    assert read(raw).remittances == ()


@pytest.mark.parametrize("encoding", ["base64 ", "BASE64", "base64; x"])
def test_odd_spellings_of_an_encoding_are_decoded(encoding: str) -> None:
    body = base64.b64encode(f"{HEAD}\n{TABLE}".encode()).decode()
    raw = (
        f"From: a@b.example\nSubject: Remittance\nMIME-Version: 1.0\nContent-Type: text/plain\n"
        f"Content-Transfer-Encoding: {encoding}\n\n{body}\n"
    )
    assert refs(only(read(raw.encode()))) == EXPECTED


def test_header_fields_are_decoded_and_never_raise() -> None:
    assert decoded_field("=?utf-8?Q?Zahlungsavis_M=C3=A4rz?=") == "Zahlungsavis März"
    assert decoded_field("=?utf-8?B?w6Q=?=\n =?utf-8?B?w7Y=?=") == "äö"
    assert decoded_field("=?no-such-set?Q?caf=E9?=") == "café"
    assert decoded_field("=?utf-8?B?%%%?= x").endswith("x")
    assert parameter('attachment; filename="a b.pdf"', "filename") == "a b.pdf"
    assert parameter("attachment; filename*=UTF-8''f%C3%BCr.pdf", "filename") == "für.pdf"
    assert parameter('attachment; filename*0="lon"; filename*1="g.pdf"', "filename") == "long.pdf"
    assert display_name("..\\..\\C:/etc/\u202epass\x00wd") == "passwd"


def test_group_addresses_in_bounces_do_no_harm() -> None:
    raw = b"From: undisclosed-recipients:;\nTo: x: a@b.example;\nMessage-ID: <1@b>\nSubject: x\n\nhello\n"
    assert read(raw).sender == ""
    assert take_apart(raw).subject == "x"
    assert address(mail()) == "ap@acme.example"


@pytest.mark.parametrize(
    ("sent", "day"), [("3 Apr 2025", date(2025, 4, 3)), ("5 Mar 2025", date(2025, 3, 4)), ("1 Oct 2025", None)]
)
def test_of_two_days_that_a_date_can_mean_the_one_near_the_mail_is_meant(sent: str, day: date | None) -> None:
    message = mail("Remittance advice\nPayment date: 03/04/2025\n\nInvoice   Net paid\nA-1       500.00 USD\n")
    message["Date"] = f"{sent} 09:00:00 +0000"
    assert only(read(message)).paid_on == day
