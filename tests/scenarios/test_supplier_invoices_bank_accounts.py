"""Where an invoice asks to be paid: an account that the ledger does not know is a person's to judge, and is never learned."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.cards.supplier_invoice import message
from core.app.outcomes import Refusal
from core.app.payables.showing import bill_view
from core.app.payables.views import BillView
from core.domain.events import SupplierInvoiceEvent as Event
from core.domain.supplier_bills import AskedKind
from core.domain.workflows import SupplierInvoiceState as State
from core.store.unit_of_work import SqlStore
from tests.databases import SetClock
from tests.payables_desk import INVOICE_HEAD, NO_APPROVAL, PayablesDesk, invoice_row, order_row

KNOWN = "DE89370400440532013000"
STRANGE = "AT611904300234573201"
CALL = "Account …3201 is not the one we know of this supplier. Call them first."


@pytest.fixture
def desk(store: SqlStore, clock: SetClock, tmp_path: Path) -> PayablesDesk:
    desk = PayablesDesk(store, clock, tmp_path / "bills")
    desk.policy(NO_APPROVAL)
    desk.orders(order_row(quantity="100"))
    return desk


def suppliers(desk: PayablesDesk, first: str = "", second: str = "") -> None:
    rows = (f"S1,Acme Fasteners Inc,{first}", f"S2,Bolt & Nut Ltd,{second}")
    desk.take("suppliers.csv", "\n".join(("supplier_id,name,bank_accounts", *rows)))


def invoice(desk: PayablesDesk, account: str, place: int = 1) -> str:
    """An invoice that is perfect but for the account that it may name."""
    row = invoice_row(number=f"INV-{place}", day=f"2026-03-{place:02}", quantity="100" if place == 1 else "1")
    desk.take("supplier_invoices.csv", f"{INVOICE_HEAD},bank_accounts\n{row},{account}")
    return f"SI-{1000 + place}"


def view(desk: PayablesDesk, number: str = "SI-1001") -> BillView:
    with desk.services.store.read() as unit:
        return bill_view(unit, desk.bill(number).id, desk.clock.at.tzinfo)  # type: ignore[arg-type]


def asked(desk: PayablesDesk, number: str = "SI-1001") -> Sequence[tuple[AskedKind, bool]]:
    return [(each.kind, each.stops) for each in desk.bill(number).questions if "account" in each.kind]


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ("", STRANGE),
        (KNOWN, ""),
        (KNOWN, "DE89 3704 0044 0532 0130 00"),
        (f"{STRANGE};{KNOWN}", KNOWN),
        ("532013000", KNOWN),
    ],
)
def test_nothing_is_claimed_without_a_known_account_or_of_one_that_is_known(desk: PayablesDesk, known: str, said: str) -> None:
    suppliers(desk, known)
    invoice(desk, said)
    assert asked(desk) == []
    assert desk.bill().state is State.READY_TO_POST


def test_an_account_that_we_do_not_know_stops_the_invoice_until_a_person_decides(desk: PayablesDesk) -> None:
    suppliers(desk, KNOWN)
    invoice(desk, STRANGE)
    assert asked(desk) == [(AskedKind.OTHER_ACCOUNT, True)]
    assert [each.sentence for each in view(desk).questions] == [CALL]
    assert desk.bill().state is State.NEEDS_REVIEW
    assert isinstance(desk.on_bill(Event.POST, "paul"), Refusal)
    assert isinstance(desk.edit(by="vera", right_as_it_is=(0,)), Refusal), "who may not edit may not decide it"
    desk.done(desk.right_as_it_is(0))
    assert asked(desk) == [(AskedKind.OTHER_ACCOUNT, False)]
    assert desk.bill().questions[0].answered_by == desk.people["mara"].id
    assert desk.bill().state is State.READY_TO_POST


def test_what_a_person_decided_is_not_learned(desk: PayablesDesk) -> None:
    suppliers(desk, KNOWN)
    invoice(desk, STRANGE)
    desk.done(desk.right_as_it_is(0))
    desk.done(desk.on_bill(Event.POST, "paul"))
    with desk.services.store.read() as unit:
        known = unit.orders.supplier(desk.bill().header.supplier_id)  # type: ignore[arg-type]
    assert known is not None
    assert known.bank_accounts == (KNOWN,)
    invoice(desk, STRANGE, 2)
    assert asked(desk, "SI-1002") == [(AskedKind.OTHER_ACCOUNT, True)]


def test_an_answer_holds_for_the_account_that_it_was_given_for(desk: PayablesDesk) -> None:
    suppliers(desk, KNOWN)
    desk.take("supplier_invoices.csv", f"{INVOICE_HEAD},bank_accounts\n{invoice_row(rate='9.00')},{STRANGE}")
    desk.done(desk.right_as_it_is(0))
    assert asked(desk) == [(AskedKind.OTHER_ACCOUNT, False)]
    other = "XX00000000000003201"
    desk.take("supplier_invoices.csv", f"{INVOICE_HEAD},bank_accounts\n{invoice_row(rate='9.00')},{other}")
    assert asked(desk) == [(AskedKind.OTHER_ACCOUNT, True)], "it ends alike and is another account"


def test_the_question_goes_when_the_ledger_comes_to_know_the_account_and_comes_when_it_knows_another(
    desk: PayablesDesk,
) -> None:
    invoice(desk, STRANGE)
    assert asked(desk) == []
    invoice(desk, STRANGE, 2)
    assert desk.bill("SI-1002").state is State.NEEDS_REVIEW
    suppliers(desk, KNOWN)
    assert asked(desk, "SI-1002") == [(AskedKind.OTHER_ACCOUNT, True)]
    suppliers(desk, f"{KNOWN};{STRANGE}")
    assert asked(desk, "SI-1002") == []


def test_an_account_of_another_supplier_is_said_and_stops_where_it_is_not_this_ones_too(desk: PayablesDesk) -> None:
    suppliers(desk, "", STRANGE)
    invoice(desk, STRANGE)
    assert asked(desk) == [(AskedKind.ACCOUNT_OF_OTHERS, True)]
    sentence = "Account …3201 is not known of this supplier, but of S2 Bolt & Nut Ltd. Call them first."
    assert view(desk).questions[0].sentence == sentence
    suppliers(desk, STRANGE, STRANGE)
    assert asked(desk) == [(AskedKind.ACCOUNT_SHARED, False)]
    assert view(desk).questions[0].sentence == ("Account …3201 is known of this supplier, and also of S2 Bolt & Nut Ltd.")
    assert desk.bill().state is State.READY_TO_POST
    suppliers(desk, STRANGE, "")
    invoice(desk, STRANGE, 2)
    assert asked(desk, "SI-1002") == []


def test_no_surface_and_no_record_of_what_was_done_shows_more_than_the_end_of_an_account(desk: PayablesDesk) -> None:
    suppliers(desk, KNOWN)
    invoice(desk, STRANGE)
    card = str(message(view(desk)))
    assert "…3201" in card
    desk.done(desk.right_as_it_is(0))
    shown = f"{card} {view(desk)} {message(view(desk))} {[row.entry for row in desk.history()]}"
    assert STRANGE not in shown
    assert KNOWN not in shown
    assert view(desk).bank_accounts == ("…3201",)


def test_every_row_of_an_invoice_names_the_same_account(desk: PayablesDesk) -> None:
    rows = f"{invoice_row()},{KNOWN}\n{invoice_row('2')},{STRANGE}"
    said = desk.refused(desk.give("supplier_invoices.csv", f"{INVOICE_HEAD},bank_accounts\n{rows}"))
    assert "row 3, column bank_accounts" in said
    assert "differs from another row of invoice INV-77" in said
