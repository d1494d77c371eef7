"""What a person may choose from, and the amounts that are proposed."""

from dataclasses import replace
from datetime import date

from core.app import choosing
from core.app.choosing import Share
from core.domain.ids import CustomerId, InvoiceNumber
from core.domain.money import Money, currency
from core.domain.parties import Customer
from core.domain.payments import DraftPayment, PaymentState
from core.domain.receivables import DocumentKind
from core.store.unit_of_work import SqlStore
from tests.builders import a_customer, a_customer_invoice, a_payment, an_application, usd


def stocked(store: SqlStore) -> None:
    discounted = replace(
        a_customer_invoice("INV-4", "100.00", due=date(2026, 4, 1)),
        discount_amount=usd("2.00"),
        discount_until=date(2026, 2, 28),
    )
    with store.write() as unit:
        unit.ledger.put_customers(
            [
                a_customer("C1", "Northwind Ltd"),
                Customer(CustomerId("C3"), "Northwind West", parent_id=CustomerId("C1")),
                a_customer("C2", "Southgate Foods Inc"),
            ]
        )
        unit.ledger.put_invoices(
            [
                a_customer_invoice("INV-1", "100.00", due=date(2026, 1, 1)),
                a_customer_invoice("INV-2", "40.00", due=date(2026, 1, 2)),
                a_customer_invoice("CM-1", "15.00", due=date(2026, 1, 3), kind=DocumentKind.CREDIT_MEMO),
                discounted,
                a_customer_invoice("INV-W", "70.00", "C3"),
                a_customer_invoice("INV-S", "70.00", "C2"),
                replace(
                    a_customer_invoice("INV-E"), amount=Money(500, currency("EUR")), open_amount=Money(500, currency("EUR"))
                ),
            ]
        )


def found(store: SqlStore, payment: DraftPayment, text: str = "") -> list[str]:
    with store.read() as unit:
        return [document.number for document in choosing.open_documents(unit, payment, text)]


def test_documents_of_the_customer_and_its_group_in_the_payments_currency_are_offered(store: SqlStore) -> None:
    stocked(store)
    offered = found(store, a_payment(amount="55.00"))
    assert set(offered) == {"INV-1", "INV-2", "CM-1", "INV-4", "INV-W"}


def test_one_that_the_payment_settles_exactly_comes_first(store: SqlStore) -> None:
    stocked(store)
    assert found(store, a_payment(amount="98.00"))[0] == "INV-4"


def test_it_is_searched_by_number_and_amount(store: SqlStore) -> None:
    stocked(store)
    assert found(store, a_payment(), "inv-w") == ["INV-W"]
    assert found(store, a_payment(), "40") == ["INV-2"]


def test_what_other_drafts_took_is_not_open_any_more(store: SqlStore) -> None:
    stocked(store)
    with store.write() as unit:
        unit.payments.add(a_payment(1002, state=PaymentState.APPLIED, applications=(an_application("INV-2", "40.00"),)))
    assert "INV-2" not in found(store, a_payment(1001))


def test_an_unknown_customers_payment_finds_a_document_by_its_whole_number_only(store: SqlStore) -> None:
    stocked(store)
    nobody = a_payment(customer=None)
    assert found(store, nobody) == []
    assert found(store, nobody, "INV-S") == ["INV-S"]


def test_money_goes_in_the_order_of_choice_and_a_part_payment_earns_no_discount(store: SqlStore) -> None:
    stocked(store)
    payment = a_payment(amount="150.00")
    with store.read() as unit:
        chosen = list(
            choosing.documents(unit, payment, [InvoiceNumber(number) for number in ("INV-4", "CM-1", "INV-1")]).values()
        )
    shares = choosing.proposed(payment, chosen, {})
    assert {number: (share.applied.text(), share.discount.text()) for number, share in shares.items()} == {
        "INV-4": ("98.00", "2.00"),
        "CM-1": ("-15.00", "0.00"),
        "INV-1": ("67.00", "0.00"),
    }
    kept = choosing.proposed(payment, chosen, {InvoiceNumber("INV-1"): Share(usd("10.00"), usd("0.00"))})
    assert kept[InvoiceNumber("INV-1")].applied.text() == "10.00"
    assert kept[InvoiceNumber("INV-4")].applied.text() == "98.00"
