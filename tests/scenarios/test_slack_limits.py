"""The owner proposes limits in Slack, sees what they would have done to past invoices, and sets them from a day."""

from datetime import date

from core.app.payables import policies
from core.domain.workflows import LineVerdict, SupplierInvoiceState
from tests.payables_desk import invoice_row, order_row
from tests.sandbox.slack.testing import text_of
from tests.slack_payables import SlackPayables


def past(desk: SlackPayables) -> None:
    """Two suppliers, a rate 10% too high with each, and a quantity that is short."""
    desk.orders(
        order_row(),
        order_row("2", code="B-9", description="Flat washer M10"),
        order_row(po="PO-2", supplier="S2", code="C-3", description="Wing nut brass M6"),
    )
    desk.invoices(
        invoice_row(rate="5.50"),
        invoice_row("2", quantity="12", code="B-9", description="Flat washer M10"),
        invoice_row(rate="5.50", number="B-1", supplier="S2", po="PO-2", code="C-3", description="Wing nut brass M6"),
    )


def test_limits_are_proposed_replayed_and_set_from_a_day(payables: SlackPayables) -> None:
    desk = payables
    past(desk)
    desk.slack.slash("theo", "/tieout limits")
    desk.window("theo", "The limits that hold now are “exact”")
    desk.slack.choose_suggestion("theo", None, "limits.supplier", "acme", "S1")
    desk.slack.submit_view("theo", {"rate_percent_over": "10"})
    shown = text_of(desk.window("theo", "these limits save 1 of them"))
    assert "For supplier S1: rate up to 10% above." in shown
    assert "2 exceptions in 1 invoice, 1 saved, 5.00 USD let through" in shown
    assert "1 exception in 1 invoice, 0 saved" in shown
    assert desk.line("1").verdicts == (LineVerdict.RATE_MISMATCH,), "nothing is changed by looking"
    yesterday = date.fromordinal(desk.clock.now().date().toordinal() - 1)
    today = desk.clock.now().date()
    desk.slack.submit_view("theo", {"day": today.isoformat(), "name": "ten percent for Acme"})
    desk.window("theo", "Stored “ten percent for Acme”")
    desk.slack.close_view("theo")
    desk.invoices(invoice_row(rate="5.50", number="INV-78", po="PO-1001", day=today.isoformat(), quantity="0.5"))
    assert LineVerdict.RATE_THRESHOLD in desk.line("1", "SI-1003").verdicts
    with desk.services.store.read() as unit:
        assert policies.in_force_on(unit, yesterday).version == "exact"


def test_only_the_owner_of_the_policy_sees_and_sets_limits(payables: SlackPayables) -> None:
    desk = payables
    past(desk)
    desk.slack.slash("priya", "/tieout limits")
    desk.told("priya", "not entitled to change the limits")
    desk.slack.slash("theo", "/tieout limits")
    desk.window("theo", "The limits that hold now")
    desk.slack.submit_view("theo", {"category": "hardware", "item": "A-1"})
    assert "A category stands alone" in str(desk.slack.view("theo"))
    desk.slack.submit_view("theo", {"item": "", "quantity_absolute_over": "2", "rate_percent_over": "10"})
    desk.window("theo", "For category hardware")
    desk.becomes(desk.theo)
    desk.slack.submit_view("theo", {"name": "too late"})
    desk.window("theo", "not entitled")
    with desk.services.store.read() as unit:
        assert policies.tolerances(unit) == ()


def test_the_owner_sets_from_slack_who_approves(payables: SlackPayables) -> None:
    desk = payables
    desk.orders(order_row())
    desk.invoices(invoice_row())
    assert desk.bill().state is SupplierInvoiceState.NEEDS_APPROVERS, "until somebody rules, matched invoices are approved too"
    desk.slack.slash("priya", "/tieout approval")
    desk.told("priya", "not entitled to change the rules of approval")
    desk.slack.slash("theo", "/tieout approval")
    desk.window("theo", "The rules that hold now are “default”")
    answer = desk.slack.submit_view("theo", {"approvers": "nobody@sandbox.example", "escalate_after_days": "5"})
    assert "Nobody here has the address nobody@sandbox.example" in str(answer)
    rules = {"rules": ["approval_on_matched", "four_eyes"], "approvers": "marcus@sandbox.example", "name": "Marcus approves"}
    desk.slack.submit_view("theo", rules)
    desk.window("theo", "Stored “Marcus approves”")
    desk.slack.close_view("theo")
    with desk.services.store.read() as unit:
        held = policies.payables(unit)
    assert (held.approvers, held.four_eyes, held.escalate_after_days) == (("marcus@sandbox.example",), True, 5)
    desk.slack.slash("theo", "/tieout approval")
    desk.window("theo", "The rules that hold now are “Marcus approves”")
    answer = desk.slack.submit_view("theo", {"rules": [], "name": "nobody approves"})
    assert "Marcus approves" in str(answer), "one version a day"
    desk.becomes(desk.theo)
    desk.slack.submit_view("theo", {"day": "2099-01-01"})
    desk.window("theo", "not entitled")
