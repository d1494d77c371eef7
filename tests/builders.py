"""Records for tests: sensible defaults, one keyword for each thing that a case may change."""

from datetime import date

from core.domain.actors import Actor, ActorKind, Person, Role, Surface
from core.domain.ids import (
    BankLineId,
    CustomerId,
    InvoiceNumber,
    Key,
    PaymentId,
    PersonId,
    PoNumber,
    RemittanceId,
    SourceId,
    SupplierId,
)
from core.domain.money import Money, currency
from core.domain.parties import Customer
from core.domain.payables import OrderLineRef
from core.domain.payments import Application, BankLine, Direction, DraftPayment, MoneyOrigin, PaymentState
from core.domain.receivables import CustomerInvoice, DocumentKind
from core.domain.remittance import RemittanceAdvice, RemittanceLine, RemittanceState
from core.domain.supplier_bills import SupplierInvoiceId
from core.ports.outside import Posting, Reversal
from core.ports.payables import BillLinePosting, BillPosting

POSTER = PersonId("U-1")
APPLIER = PersonId("U-2")
VIEWER = PersonId("U-3")


def usd(text: str) -> Money:
    return Money.parse(text, currency("USD"))


def a_person(number: int = 1, name: str = "Priya Raman", roles: frozenset[Role] = frozenset({Role.CASH_POSTER})) -> Person:
    return Person(PersonId(f"U-{number}"), name, f"person{number}@example.com", roles, f"U{number:03}", "T001")


def acting(person: Person, surface: Surface = Surface.SLACK) -> Actor:
    return Actor(ActorKind.PERSON, person.id, person.name, surface)


AUTOMATION = Actor(ActorKind.AUTOMATION, "matching", "Tieout", Surface.FILE)


def a_customer(number: str = "C1", name: str = "Northwind Ltd", **known: tuple[str, ...]) -> Customer:
    return Customer(
        CustomerId(number),
        name,
        aliases=known.get("aliases", ()),
        email_domains=known.get("email_domains", ()),
        bank_accounts=known.get("bank_accounts", ()),
    )


def a_customer_invoice(
    number: str = "INV-1001",
    amount: str = "100.00",
    customer: str = "C1",
    open_amount: str | None = None,
    due: date | None = date(2026, 2, 20),
    kind: DocumentKind = DocumentKind.INVOICE,
) -> CustomerInvoice:
    return CustomerInvoice(
        InvoiceNumber(number),
        CustomerId(customer),
        date(2026, 1, 20),
        usd(amount),
        usd(open_amount or amount),
        due,
        kind=kind,
    )


def a_bank_line(number: int = 1, amount: str = "100.00", payer: str = "NORTHWIND LTD", text: str = "") -> BankLine:
    return BankLine(
        id=BankLineId(f"B-{number}"),
        natural_key=Key(f"line {number}"),
        source_id=SourceId("S-1"),
        where=f"line {number}",
        account="123",
        bank_id=f"REF{number}",
        value_date=date(2026, 2, 27),
        amount=usd(amount),
        direction=Direction.CREDIT,
        payer_name=payer,
        text=text,
    )


def an_application(
    number: str = "INV-1001", applied: str = "100.00", discount: str = "0.00", customer: str = "C1"
) -> Application:
    return Application(InvoiceNumber(number), CustomerId(customer), usd(applied), usd(discount), usd("0.00"))


def a_payment(
    number: int = 1001,
    amount: str = "100.00",
    state: PaymentState = PaymentState.UNAPPLIED,
    customer: str | None = "C1",
    applications: tuple[Application, ...] = (),
    origin: MoneyOrigin = MoneyOrigin.RECORDED,
    version: int = 1,
) -> DraftPayment:
    return DraftPayment(
        id=PaymentId(f"P-{number}"),
        version=version,
        state=state,
        amount=usd(amount),
        received_on=date(2026, 2, 27),
        origin=origin,
        payer_name="NORTHWIND LTD",
        customer_id=CustomerId(customer) if customer else None,
        applications=applications,
    )


def an_advice(number: int = 1001, lines: tuple[tuple[str, str], ...] = (("INV-1001", "100.00"),)) -> RemittanceAdvice:
    return RemittanceAdvice(
        id=RemittanceId(f"R-{number}"),
        version=1,
        state=RemittanceState.RECEIVED,
        source_id=SourceId("S-1"),
        lines=tuple(RemittanceLine(reference, usd(paid)) for reference, paid in lines),
        complete=True,
        payer_name="Northwind Ltd",
    )


def a_posting(
    number: int = 1, amount: str = "100.00", applications: tuple[Application, ...] = (an_application("INV-1", "100.00"),)
) -> Posting:
    """A posting whose unapplied rest is what the applications leave."""
    left = usd(amount)
    for application in applications:
        left -= application.applied
    return Posting(
        key=Key(f"post:P-{number}:v1"),
        payment_id=PaymentId(f"P-{number}"),
        customer_id=CustomerId("C1"),
        deposit_date=date(2026, 2, 27),
        method="ach",
        reference=f"REF {number}",
        amount=usd(amount),
        applications=applications,
        unapplied=left,
    )


def a_bill_posting(number: int = 1) -> BillPosting:
    """A supplier invoice of one line on one order line, on its way to the ledger."""
    line = BillLinePosting(
        "1", OrderLineRef(PoNumber("PO-1"), "1"), "A-1", "Hex bolt", "10", "EA", "5.00", usd("50.00"), "4010"
    )
    return BillPosting(
        key=Key(f"post:SI-{number}:v1"),
        bill_id=SupplierInvoiceId(f"SI-{number}"),
        supplier_id=SupplierId("S1"),
        invoice_number=f"INV-{number}",
        invoice_date=date(2026, 3, 1),
        due_date=None,
        is_credit=False,
        tax=usd("0.00"),
        total=usd("50.00"),
        lines=(line,),
    )


def a_reversal(number: int = 1) -> Reversal:
    """The bank took the money of `a_posting(number)` back."""
    return Reversal(Key(f"reverse:P-{number}:v4"), a_posting(number), f"CR-{number}", date(2026, 3, 2), "R01", "RTN1")
