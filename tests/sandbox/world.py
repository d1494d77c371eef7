"""One fictional company for the demo and the scenarios: customers, open invoices, a day's bank file, remittance mails, paper.

Every case that a receivables team meets in a week is there once. Everything is made up; dates count from the given day.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from openpyxl import Workbook
from reportlab.lib.pagesizes import letter
from reportlab.pdfgen.canvas import Canvas

COMPANY = "Harbor & Pine Supply"
MAILBOX = "remittances@harborpine.example"
ACCOUNT = "000123456789"


@dataclass(frozen=True)
class Customer:
    number: str
    name: str
    domain: str = ""
    aliases: str = ""
    parent: str = ""


@dataclass(frozen=True)
class Document:
    number: str
    customer: str
    amount: str
    age: int
    terms: int = 30
    kind: str = "invoice"
    discount: str = ""
    order: str = ""
    already_paid: str = "0"


CUSTOMERS: Sequence[Customer] = (
    Customer("C100", "Alder Creek Clinics", "aldercreek.example"),
    Customer("C101", "Birch & Boro Furniture", "birchboro.example"),
    Customer("C102", "Calloway Marine Works", "callowaymarine.example"),
    Customer("C103", "Dunmore Hotels Group", "dunmorehotels.example"),
    Customer("C104", "Eastgate Printing", "eastgateprint.example"),
    Customer("C105", "Fennimore Dairy Cooperative", "fennimoredairy.example", "Fennimore Coop"),
    Customer("C106", "Granite Peak Outfitters", "granitepeak.example"),
    Customer("C107", "Hollis Veterinary Partners", "hollisvet.example"),
    Customer("C108", "Ironbridge Rail Services", "ironbridgerail.example"),
    Customer("C109", "Juniper Lane Schools", "juniperlane.example"),
    Customer("C110", "Kestrel Air Freight", "kestrelair.example"),
    Customer("C111", "Kestrel Air Freight West", "kestrelwest.example", "", "C110"),
)

DOCUMENTS: Sequence[Document] = (
    Document("INV-20411", "C100", "1840.00", 41),
    Document("INV-20425", "C100", "915.50", 33),
    Document("INV-20440", "C100", "2210.75", 20),
    Document("INV-20402", "C101", "3125.00", 48, order="PO-7781"),
    Document("INV-20433", "C101", "780.00", 25),
    Document("INV-20419", "C102", "12480.00", 36),
    Document("INV-20450", "C102", "640.00", 12),
    Document("INV-20407", "C103", "5600.00", 45),
    Document("INV-20408", "C103", "5600.00", 45),
    Document("INV-20436", "C103", "1299.99", 22),
    Document("INV-20444", "C104", "2000.00", 8, discount="40.00"),
    Document("INV-20415", "C105", "4310.40", 39),
    Document("INV-20428", "C105", "4100.00", 30),
    Document("CM-0093", "C105", "310.40", 14, kind="credit_memo"),
    Document("INV-20431", "C106", "865.25", 27),
    Document("INV-20447", "C106", "1500.00", 10),
    Document("INV-20421", "C107", "7425.00", 35),
    Document("INV-20404", "C108", "18250.00", 47),
    Document("INV-20438", "C108", "960.00", 21),
    Document("INV-20441", "C109", "2450.00", 18),
    Document("INV-20442", "C109", "1175.00", 18),
    Document("INV-20423", "C110", "3300.00", 34),
    Document("INV-20424", "C111", "3300.00", 34),
)


def a_picture(document: Document) -> bytes:
    """Our own invoice as it is sent to the customer."""
    page = io.BytesIO()
    canvas = Canvas(page, pagesize=letter)
    customer = next(one for one in CUSTOMERS if one.number == document.customer)
    said = (
        COMPANY,
        f"Invoice {document.number}",
        customer.name,
        f"Order {document.order or '-'}",
        f"Total {document.amount} USD",
    )
    for place, line in enumerate(said):
        canvas.drawString(72, 720 - 24 * place, line)
    canvas.save()
    return page.getvalue()


@dataclass(frozen=True)
class Deposit:
    """A credit of the day: `code` is the BAI type code, `text` what the bank hands on of the payer's words."""

    amount: str
    code: str
    payer: str
    text: str
    reference: str
    customer_reference: str = ""


DEPOSITS: Sequence[Deposit] = (
    Deposit("780.00", "142", "BIRCH BORO FURNITURE", "INV-20433", "26032001"),
    Deposit("4966.25", "142", "ALDER CREEK CLINICS", "VENDOR PAYMENT 88120", "26032002"),
    Deposit("5600.00", "195", "DUNMORE HOTELS GROUP", "WIRE IN", "26032003"),
    Deposit("12355.20", "195", "CALLOWAY MARINE WORKS", "INV-20419 LESS FREIGHT CLAIM", "26032004"),
    Deposit("1960.00", "142", "EASTGATE PRINTING", "INV-20444 LESS 2 PCT", "26032005"),
    Deposit("8100.00", "142", "FENNIMORE DAIRY COOP", "EFT 5512", "26032006"),
    Deposit("7425.00", "301", "MERIDIAN TREASURY SVCS", "ON BEHALF OF CLIENT 4471", "26032007"),
    Deposit("412.18", "142", "STATE REVENUE DEPT", "SALES TAX REFUND Q4", "26032008"),
    Deposit("3300.00", "142", "KESTREL AIR FREIGHT", "INVOICE 20423", "26032009"),
    Deposit("900.00", "142", "GRANITE PEAK OUTFITTERS", "INV-20431", "26032010"),
)


@dataclass(frozen=True)
class World:
    """The company on a day."""

    today: date
    documents: Sequence[Document] = field(default=DOCUMENTS)

    def customers_csv(self) -> bytes:
        rows = [
            {
                "customer_id": customer.number,
                "name": customer.name,
                "parent_customer_id": customer.parent,
                "aliases": customer.aliases,
                "email_domains": customer.domain,
                "currency": "USD",
            }
            for customer in CUSTOMERS
        ]
        return _csv(rows)

    def invoices_csv(self) -> bytes:
        rows = []
        for document in self.documents:
            issued = self.today - timedelta(days=document.age)
            due = issued + timedelta(days=document.terms)
            until = issued + timedelta(days=10) if document.discount else None
            rows.append(
                {
                    "invoice_number": document.number,
                    "customer_id": document.customer,
                    "issue_date": issued.isoformat(),
                    "due_date": due.isoformat(),
                    "currency": "USD",
                    "amount": document.amount,
                    "open_amount": document.amount,
                    "discount_amount": document.discount,
                    "discount_until": until.isoformat() if until else "",
                    "po_number": document.order,
                    "kind": document.kind,
                }
            )
        return _csv(rows)

    def bank_file(self, deposits: Sequence[Deposit] = DEPOSITS) -> bytes:
        """The day's credits as a BAI2 file, control totals and all."""
        day = f"{self.today:%y%m%d}"
        cents = [int(Decimal(deposit.amount) * 100) for deposit in deposits]
        total = sum(cents)
        details = [
            line
            for deposit, amount in zip(deposits, cents, strict=True)
            for line in (
                _detail(deposit, amount),
                f"88,{deposit.text}",
            )
        ]
        account = [f"03,{ACCOUNT},USD,100,{total},{len(deposits)},Z/", *details]
        account.append(f"49,{total * 2},{len(account) + 1}/")
        group = [f"02,HARBOR,TESTBANK,1,{day},0600,USD,2/", *account]
        group.append(f"98,{total * 2},1,{len(group) + 1}/")
        file = [f"01,TESTBANK,HARBOR,{day},0615,1,80,,2/", *group]
        file.append(f"99,{total * 2},1,{len(file) + 1}/")
        return ("\n".join(file) + "\n").encode("ascii")

    def mails(self) -> list[EmailMessage]:
        """The morning's mailbox."""
        return [
            self._several_invoices(),
            self._short_payment(),
            self._credit_taken(),
            self._money_to_come(),
            self._forged(),
            self._statement_request(),
        ]

    def _several_invoices(self) -> EmailMessage:
        mail = self._mail("ap@aldercreek.example", "Remittance advice 88120", "Alder Creek Clinics")
        rows = [("INV-20411", "1,840.00"), ("INV-20425", "915.50"), ("INV-20440", "2,210.75")]
        mail.set_content(
            "Please find below the invoices paid with payment 88120.\n\n"
            + "\n".join(f"{number}    {amount}" for number, amount in rows)
            + "\n\nTotal    4,966.25 USD\n"
        )
        cells = "".join(f"<tr><td>{number}</td><td>{amount}</td></tr>" for number, amount in rows)
        mail.add_alternative(
            "<p>Please find below the invoices paid with payment 88120.</p>"
            "<table><tr><th>Invoice</th><th>Amount paid (USD)</th></tr>"
            f"{cells}<tr><td>Total</td><td>4,966.25</td></tr></table>",
            subtype="html",
        )
        return mail

    def _short_payment(self) -> EmailMessage:
        mail = self._mail("accounts@callowaymarine.example", "Payment of your invoice INV-20419", "Calloway Marine Works")
        mail.set_content(
            "Remittance advice\n\nInvoice      Gross        Deduction    Paid         Reason\n"
            "INV-20419    12,480.00    124.80       12,355.20    freight claim 3308\n\nPayment amount: USD 12,355.20\n"
        )
        return mail

    def _credit_taken(self) -> EmailMessage:
        mail = self._mail("remit@fennimoredairy.example", "Remittance EFT 5512", "Fennimore Dairy Cooperative")
        mail.set_content("Our payment EFT 5512 of 8,100.00 USD is detailed in the attached workbook.\n")
        book = Workbook()
        sheet = book.active
        assert sheet is not None
        for row in (
            ("Invoice number", "Gross amount", "Paid amount"),
            ("INV-20415", 4310.40, 4310.40),
            ("INV-20428", 4100.00, 4100.00),
            ("CM-0093", -310.40, -310.40),
            ("Total", None, 8100.00),
        ):
            sheet.append(row)
        data = io.BytesIO()
        book.save(data)
        kind = "vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        mail.add_attachment(data.getvalue(), maintype="application", subtype=kind, filename="EFT5512.xlsx")
        return mail

    def _money_to_come(self) -> EmailMessage:
        mail = self._mail("payments@ironbridgerail.example", "Payment advice", "Ironbridge Rail Services")
        mail.set_content("Please see the attached payment advice. The transfer leaves our bank tomorrow.\n")
        rows = [
            ("Invoice", "Invoice amount", "Amount paid"),
            ("INV-20404", "18,250.00", "18,250.00"),
            ("INV-20438", "960.00", "960.00"),
        ]
        pdf = paper("Ironbridge Rail Services", "Payment advice 30077", rows, "19,210.00")
        mail.add_attachment(pdf, maintype="application", subtype="pdf", filename="advice-30077.pdf")
        return mail

    def _forged(self) -> EmailMessage:
        mail = self._mail("billing@dunmorehoteIs.example", "Updated bank details", "Dunmore Hotels Group")
        mail["Reply-To"] = "dunmore.finance@freemail.example"
        mail.set_content(
            "Our bank details have changed. Please send all refunds to the new account from now on.\n\n"
            "We have paid:\nINV-20407    5,600.00\nTotal    5,600.00 USD\n"
        )
        return mail

    def _statement_request(self) -> EmailMessage:
        mail = self._mail("office@juniperlane.example", "Statement please", "Juniper Lane Schools")
        mail.set_content("Could you send us a statement of our account as of the end of last month? Thank you.\n")
        return mail

    def _mail(self, sender: str, subject: str, name: str) -> EmailMessage:
        mail = EmailMessage()
        mail["From"] = f"{name} <{sender}>"
        mail["To"] = MAILBOX
        mail["Subject"] = subject
        mail["Date"] = format_datetime(datetime.now(UTC))
        mail["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
        return mail


def paper(title: str, subtitle: str, rows: Sequence[Sequence[str]], total: str) -> bytes:
    """A one-page PDF with a table, as a payer's system prints it."""
    data = io.BytesIO()
    canvas = Canvas(data, pagesize=letter)
    canvas.setFont("Helvetica-Bold", 14)
    canvas.drawString(72, 720, title)
    canvas.setFont("Helvetica", 11)
    canvas.drawString(72, 700, subtitle)
    y = 660
    for row in rows:
        canvas.drawString(72, y, row[0])
        for column, cell in enumerate(row[1:]):
            canvas.drawRightString(300 + 120 * column, y, cell)
        y -= 20
    canvas.drawString(72, y - 10, "Total")
    canvas.drawRightString(300 + 120 * (len(rows[0]) - 2), y - 10, total)
    canvas.save()
    return data.getvalue()


def _detail(deposit: Deposit, cents: int) -> str:
    """A type 16 record up to its text, which goes on in an 88 record."""
    said = f"ORIG CO NAME:{deposit.payer} INDN:{COMPANY.upper()}"
    return f"16,{deposit.code},{cents},Z,{deposit.reference},{deposit.customer_reference},{said}"


def _csv(rows: Sequence[dict[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()
