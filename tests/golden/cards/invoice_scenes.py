"""Cards and windows of supplier invoices, made by the stories of payables over the same store as the other scenes."""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.actions import ACCEPT_ALL, APPROVERS, EDIT, LINE, ORDERS, Pressed
from bot.cards import home as home_card
from bot.cards import supplier_invoice as bill_card
from bot.cards import supplier_invoice_lines as line_card
from bot.cards.home import HomeView
from bot.views import (
    approval_rules,
    dispute,
    limits,
    line_forms,
    supplier_invoice,
    supplier_invoice_edit,
    supplier_invoice_forms,
)
from core.app.payables import policies
from core.app.payables.act_on_dispute import draft_for
from core.app.payables.replay import replay
from core.app.payables.showing import bill_view, dispute_view
from core.app.payables.views import BillView
from core.app.payables.waiting import waiting
from core.app.services import Services
from core.domain.disputes import DisputeId
from core.domain.events import DisputeEvent, LineEvent, SupplierInvoiceEvent
from core.domain.keeping import SubjectKind
from core.domain.policy import Limits, ToleranceRule
from core.domain.supplier_bills import SupplierInvoiceId
from core.domain.versioned import PayablesPolicy
from core.domain.workflows import SupplierInvoiceState as State
from core.store.unit_of_work import SqlStore
from tests.builders import acting
from tests.databases import SetClock
from tests.payables_desk import NO_APPROVAL, PayablesDesk, invoice_row, order_row

ZONE = ZoneInfo("America/New_York")
Scene = Mapping[str, Any]


@contextmanager
def payables(services: Services) -> Iterator[PayablesDesk]:
    """The company's payables over the store of a scene."""
    assert isinstance(services.store, SqlStore)
    assert isinstance(services.clock, SetClock)
    with tempfile.TemporaryDirectory() as folder:
        yield PayablesDesk(services.store, services.clock, Path(folder))


def view(desk: PayablesDesk, number: str = "SI-1001") -> BillView:
    with desk.services.store.read() as unit:
        return bill_view(unit, SupplierInvoiceId(number), ZONE)


def card(desk: PayablesDesk, number: str = "SI-1001") -> Scene:
    shown = bill_card.message(view(desk, number))
    return {"text": shown.text, "blocks": list(shown.blocks)}


def mixed(desk: PayablesDesk) -> None:
    """A perfect line, a rate and a quantity that differ, and freight that no order has."""
    desk.orders(
        order_row(),
        order_row("2", "40", "2.50", code="W-10", description="Flat washer galvanised M10"),
        order_row("3", "10", "12.00", match="three_way", code="P-3", description="Pressure gauge 0-16 bar"),
    )
    desk.receipts("GRN-1,PO-1001,3,2026-02-20,4,EA")
    desk.invoices(
        invoice_row(),
        invoice_row("2", "40", "2.75", code="W-10", description="Flat washer galvanised M10"),
        invoice_row("3", "10", "12.00", code="P-3", description="Pressure gauge 0-16 bar"),
        invoice_row("4", "1", "35.00", code="", description="Freight", kind="expense"),
    )


def perfect(desk: PayablesDesk) -> Scene:
    desk.policy(NO_APPROVAL)
    desk.orders(order_row())
    desk.invoices(invoice_row())
    return card(desk)


def to_review(desk: PayablesDesk) -> Scene:
    mixed(desk)
    return card(desk)


def decided(desk: PayablesDesk) -> Scene:
    """Accepted, waiting for its receipt, added as new: each says who decided."""
    mixed(desk)
    desk.accept("2")
    desk.done(desk.on_line(LineEvent.AWAIT_RECEIPT, "3"))
    desk.done(desk.on_line(LineEvent.ADD_NEW, "4", coding="6020"))
    desk.clock.at += timedelta(days=5)
    return card(desk)


def disputed(desk: PayablesDesk) -> Scene:
    mixed(desk)
    desk.done(desk.on_line(LineEvent.DISPUTE, "2", reason="The agreed price is 2.50"))
    desk.done(desk.on_line(LineEvent.REJECT, "4", reason="Freight is included"))
    return card(desk)


def tied(desk: PayablesDesk) -> Scene:
    desk.orders(order_row(po="PO-1001"), order_row(po="PO-1002"))
    desk.invoices(invoice_row(po=""))
    return card(desk)


def pack_size(desk: PayablesDesk) -> Scene:
    desk.orders(order_row(quantity="120", rate="0.50"))
    desk.invoices(invoice_row(quantity="10", rate="6.00", uom="BX"))
    return card(desk)


def duplicate(desk: PayablesDesk) -> Scene:
    desk.orders(order_row())
    desk.invoices(invoice_row())
    desk.invoices(invoice_row(number="INV 77-A", day="2026-03-01"))
    return card(desk, "SI-1002")


def many(desk: PayablesDesk) -> None:
    """Sixty lines, half of them dearer than ordered."""
    words = ("Hex bolt", "Flat washer", "Pipe clamp", "Anchor rod", "Cable tray", "Lock nut")
    names = [f"{words[number % 6]} size {number} lot {number * 7}" for number in range(1, 61)]
    desk.orders(*(order_row(str(n), "10", f"{n}.00", code=f"A-{n}", description=name) for n, name in enumerate(names, 1)))
    desk.invoices(
        *(
            invoice_row(str(n), "10", f"{n}.{'10' if n % 2 else '00'}", code=f"A-{n}", description=name)
            for n, name in enumerate(names, 1)
        )
    )


def many_lines(desk: PayablesDesk) -> Scene:
    many(desk)
    return card(desk)


def routed(to: State) -> Callable[[PayablesDesk], Scene]:
    """An invoice whose line was accepted, in this state of its approval."""

    def scene(desk: PayablesDesk) -> Scene:
        desk.orders(order_row())
        desk.invoices(invoice_row(rate="5.50"))
        desk.accept()
        if to is not State.NEEDS_APPROVERS:
            desk.route(to)
        return card(desk)

    return scene


def posted(*rows: str) -> Callable[[PayablesDesk], Scene]:
    """Handed over to the ledger, and what the ledger said."""

    def scene(desk: PayablesDesk) -> Scene:
        desk.policy(NO_APPROVAL)
        desk.orders(order_row())
        desk.invoices(invoice_row())
        desk.done(desk.on_bill(SupplierInvoiceEvent.POST, "paul"))
        key = desk.bill().posting_key
        for row in rows:
            desk.acknowledge(f"{key},{row}")
        return card(desk)

    return scene


def deleted(desk: PayablesDesk) -> Scene:
    desk.orders(order_row())
    desk.invoices(invoice_row())
    desk.done(desk.on_bill(SupplierInvoiceEvent.DELETE))
    return card(desk)


def window(desk: PayablesDesk) -> Scene:
    mixed(desk)
    return supplier_invoice.window(view(desk))


def window_in_pages(desk: PayablesDesk) -> Scene:
    many(desk)
    return supplier_invoice.window(view(desk), 2)


def line_form(event: LineEvent, line: int) -> Callable[[PayablesDesk], Scene]:
    """The form behind a button of a line of the mixed invoice."""

    def scene(desk: PayablesDesk) -> Scene:
        mixed(desk)
        if event is LineEvent.RECEIVED:
            desk.done(desk.on_line(LineEvent.AWAIT_RECEIPT, "3"))
        shown = view(desk)
        offered = next(each for each in shown.lines[line].offered if each.event == event)
        return line_forms.first(shown, _pressed(shown, f"{LINE}{event}", line), line_card.label(offered))

    return scene


def dispute_form(event: DisputeEvent) -> Callable[[PayablesDesk], Scene]:
    """The mail to the supplier, or how it was settled."""

    def scene(desk: PayablesDesk) -> Scene:
        disputed(desk)
        with desk.services.store.read() as unit:
            shown = dispute_view(unit, unit.disputes.get(DisputeId("D-1001")), ZONE)
            proposed = draft_for(desk.services, unit, shown.id)
        pressed = Pressed(SubjectKind.DISPUTE, shown.id, shown.version, event)
        if event is DisputeEvent.SETTLE:
            return dispute.settle(shown, pressed, "Settle")
        return dispute.mail(shown, pressed, proposed, "Write to supplier")

    return scene


def _pressed(shown: BillView, event: str, choice: int | None = None) -> Pressed:
    return Pressed(SubjectKind.SUPPLIER_INVOICE, shown.id, shown.version, event, choice)


def home(desk: PayablesDesk) -> Scene:
    """The Home tab of somebody who sees no payments."""
    mixed(desk)
    desk.invoices(invoice_row(number="INV-90", day="2026-03-02"))
    with desk.services.store.read() as unit:
        found = waiting(unit, acting(desk.people["mara"]))
    return home_card.home(HomeView("Mara", {}, None, may_post=False, bills=found, may_upload=True))


def reject_form(desk: PayablesDesk) -> Scene:
    desk.orders(order_row())
    desk.invoices(invoice_row())
    desk.route(State.AWAITING_APPROVAL)
    shown = view(desk)
    return supplier_invoice_forms.why(shown, _pressed(shown, SupplierInvoiceEvent.REJECT), "Reject")


def orders_form(desk: PayablesDesk) -> Scene:
    mixed(desk)
    shown = view(desk)
    return supplier_invoice_forms.choose(shown, _pressed(shown, ORDERS))


def approvers_form(desk: PayablesDesk) -> Scene:
    desk.orders(order_row())
    desk.invoices(invoice_row())
    desk.route(State.READY_FOR_APPROVAL)
    shown = view(desk)
    return supplier_invoice_forms.choose(shown, _pressed(shown, APPROVERS))


def edit_form(desk: PayablesDesk) -> Scene:
    duplicate(desk)
    shown = view(desk, "SI-1002")
    return supplier_invoice_edit.first(shown, _pressed(shown, EDIT))


def accept_form(desk: PayablesDesk) -> Scene:
    mixed(desk)
    shown = view(desk)
    return supplier_invoice_forms.accept(shown, _pressed(shown, ACCEPT_ALL))


def accept_recap(desk: PayablesDesk) -> Scene:
    mixed(desk)
    shown = view(desk)
    found = supplier_invoice_forms.recap(shown, _pressed(shown, ACCEPT_ALL), 50)  # type: ignore[arg-type]
    assert found is not None
    return found


def limits_form(_: PayablesDesk) -> Scene:
    return limits.propose("2026", ToleranceRule(rate=Limits(percent_over=Decimal(5), absolute_over=Decimal("0.5"))))


def limits_replay(desk: PayablesDesk) -> Scene:
    mixed(desk)
    rule = ToleranceRule(rate=Limits(percent_over=Decimal(10)))
    with desk.services.store.read() as unit:
        day = unit.now.date()
        found = replay(unit, [policies.with_rule(policies.in_force_on(unit, day), rule)])
    return limits.would_change(found, rule, day)


def approval_form(desk: PayablesDesk) -> Scene:
    held = PayablesPolicy("2026", approvers=(desk.people["ana"].email,), four_eyes=True)
    return approval_rules.window(held, desk.clock.now().date())


INVOICE_SCENES: Mapping[str, Callable[[PayablesDesk], Scene]] = {
    "invoice_needs_review": to_review,
    "invoice_decided": decided,
    "invoice_disputed": disputed,
    "invoice_tied": tied,
    "invoice_pack_size": pack_size,
    "invoice_duplicate": duplicate,
    "invoice_many_lines": many_lines,
    "invoice_needs_approvers": routed(State.NEEDS_APPROVERS),
    "invoice_ready_for_approval": routed(State.READY_FOR_APPROVAL),
    "invoice_awaiting_approval": routed(State.AWAITING_APPROVAL),
    "invoice_on_hold": routed(State.ON_HOLD),
    "invoice_rejected": routed(State.REJECTED),
    "invoice_ready_to_post": perfect,
    "invoice_posting": posted(),
    "invoice_posted": posted("posted,VB-501,"),
    "invoice_refused_by_the_ledger": posted("refused,,The period is closed"),
    "invoice_deleted": deleted,
    "window_invoice": window,
    "window_invoice_in_pages": window_in_pages,
    "home_invoices": home,
    "form_line_dispute": line_form(LineEvent.DISPUTE, 1),
    "form_line_received": line_form(LineEvent.RECEIVED, 2),
    "form_line_new": line_form(LineEvent.ADD_NEW, 3),
    "form_line_link": line_form(LineEvent.LINK, 3),
    "form_dispute_mail": dispute_form(DisputeEvent.TOLD_COUNTERPARTY),
    "form_dispute_settle": dispute_form(DisputeEvent.SETTLE),
    "form_invoice_reject": reject_form,
    "form_invoice_orders": orders_form,
    "form_invoice_approvers": approvers_form,
    "form_invoice_edit": edit_form,
    "form_invoice_accept": accept_form,
    "form_invoice_accept_recap": accept_recap,
    "form_limits": limits_form,
    "form_limits_replay": limits_replay,
    "form_approval_rules": approval_form,
}
