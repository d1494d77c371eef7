"""Limits and approval rules as versions, the replay of a proposal over the past, and the limited role of approvers."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from core.app import people
from core.app.payables import policies
from core.app.payables.replay import replay
from core.app.sync_report import sync_report
from core.domain.actors import Role
from core.domain.errors import Malformed, NotPermitted, Refused
from core.domain.events import SupplierInvoiceEvent as Event
from core.domain.policy import Limits, TolerancePolicy, ToleranceRule
from core.domain.versioned import PayablesPolicy
from core.read.payables.approval import read_payables_policies
from core.store.unit_of_work import SqlStore
from tests.builders import acting
from tests.databases import SetClock
from tests.payables_desk import NO_APPROVAL, PayablesDesk, invoice_row, order_row

TEN_PERCENT = Limits(percent_over=Decimal(10), percent_under=Decimal(10))
PROPOSAL = TolerancePolicy("ten percent", date(2026, 1, 1), (ToleranceRule(rate=TEN_PERCENT, quantity=TEN_PERCENT),))


@pytest.fixture
def desk(store: SqlStore, clock: SetClock, tmp_path: Path) -> PayablesDesk:
    return PayablesDesk(store, clock, tmp_path / "bills")


def test_a_proposal_is_replayed_over_past_invoices_and_changes_nothing(desk: PayablesDesk) -> None:
    desk.orders(
        order_row(),
        order_row("2", code="B-9", description="Flat washer M10"),
        order_row("3", code="C-3", description="Wing nut brass M6"),
    )
    desk.invoices(
        invoice_row(rate="5.50"),
        invoice_row("2", rate="6.00", code="B-9", description="Flat washer M10"),
        invoice_row("3", quantity="9", code="C-3", description="Wing nut brass M6"),
    )
    before = desk.bill()
    with desk.services.store.read() as unit:
        (found,) = replay(unit, [PROPOSAL]).suppliers
        (strict,) = replay(unit, []).suppliers
    assert (found.invoices, found.lines, found.exceptions, found.saved, found.added) == (1, 3, 3, 2, 0)
    assert (str(found.let_through), str(found.kept_back)) == ("5.00 USD", "5.00 USD")
    assert (strict.saved, strict.added) == (0, 0)
    assert desk.bill() == before


def test_a_proposal_that_is_stricter_says_what_it_would_have_added(desk: PayablesDesk) -> None:
    policies.put(desk.services.store, (PROPOSAL,), acting(desk.people["adam"]))
    desk.orders(order_row())
    desk.invoices(invoice_row(rate="5.50"))
    assert desk.line().is_clear
    with desk.services.store.read() as unit:
        (found,) = replay(unit, []).suppliers
    assert (found.exceptions, found.saved, found.added) == (0, 0, 1)


def test_only_the_first_limits_may_hold_from_a_day_that_has_passed(desk: PayablesDesk, clock: SetClock) -> None:
    adam = acting(desk.people["adam"])
    policies.put(desk.services.store, (PROPOSAL,), adam)
    assert type(policies.put(desk.services.store, (PROPOSAL,), adam)).__name__ == "AlreadyDone"
    late = replace(PROPOSAL, version="late", effective_from=date(2026, 2, 1))
    with pytest.raises(Refused, match="has passed"):
        policies.put(desk.services.store, (late,), adam)
    with pytest.raises(NotPermitted):
        policies.put(desk.services.store, (NO_APPROVAL,), acting(desk.people["mara"]))
    tomorrow = replace(NO_APPROVAL, effective_from=date(2026, 3, 3))
    policies.put(desk.services.store, (tomorrow,), adam)
    with desk.services.store.read() as unit:
        assert policies.payables(unit) == PayablesPolicy()
    clock.advance(days=1)
    with desk.services.store.read() as unit:
        assert policies.payables(unit) == tomorrow


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[[payables]]\nversion = 'a'\n", "effective_from must be a date"),
        ("[[payables]]\nversion = 'a'\neffective_from = 2026-01-01\nfour_eyes = 'yes'\n", "four_eyes must be true or false"),
        ("[[payables]]\nversion = 'a'\neffective_from = 2026-01-01\nsix_eyes = true\n", "there is no key “six_eyes”"),
        ("[[payables]]\nversion = 'a'\neffective_from = 2026-01-01\napprovers = ['ana']\n", "a list of e-mail addresses"),
        ("[payables]\nversion = 'a'\n", "must be written [[payables]]"),
    ],
)
def test_an_approval_rule_that_is_not_understood_is_an_error(text: str, sentence: str) -> None:
    with pytest.raises(Malformed) as caught:
        read_payables_policies(text.encode(), "policy.toml")
    assert sentence in caught.value.sentence


def test_an_approver_holds_no_other_role_of_payables_and_becomes_a_po_approver_by_being_given_that_instead(
    desk: PayablesDesk,
) -> None:
    store, adam, ana = desk.services.store, acting(desk.people["adam"]), desk.people["ana"]
    for more in (Role.PO_APPROVER, Role.PAYABLES_CLERK, Role.QUANTITY_MANAGER):
        with pytest.raises(Refused, match="limited role"):
            people.set_roles(store, adam, ana.id, frozenset({Role.APPROVER, more}))
    assert people.set_roles(store, adam, ana.id, frozenset({Role.PO_APPROVER})).roles == {Role.PO_APPROVER}


def test_the_sync_report_says_which_bills_the_ledger_still_owes_an_answer(desk: PayablesDesk) -> None:
    desk.policy(NO_APPROVAL)
    desk.orders(order_row())
    desk.invoices(invoice_row())
    desk.done(desk.on_bill(Event.POST, "paul"))
    with desk.services.store.read() as unit:
        report = sync_report(unit)
    assert [(each.payment_id, each.amount.text()) for each in report.outstanding] == [("SI-1001", "50.00")]
    heads = [line.said.headline for line in report.lines]
    assert any("with 1 supplier invoice lies ready" in head for head in heads)
