"""The power goes off between any two statements or file operations of posting supplier invoices, on both databases.

As for payments: before each thing that reaches the database or the disk, what would be left is kept; each of these worlds is
put back and the story run to its end with fresh objects. Each line must stand in exactly one row, each invoice be posted once,
and the order be billed once.
"""

from collections import Counter
from pathlib import Path

import pytest

from core.app.commands import ActOnBill
from core.app.outbox import Relay
from core.app.payables import act_on_invoice
from core.app.payables.post_bills import PostBills
from core.app.payables.showing_orders import Billing, summary
from core.domain.events import AuditName
from core.domain.events import SupplierInvoiceEvent as Event
from core.domain.ids import PoNumber
from core.domain.keeping import EffectKind
from core.domain.workflows import OutboxState
from core.domain.workflows import SupplierInvoiceState as State
from core.erp.files.bills import FileBills
from core.erp.files.disk import Disk
from core.read.csv_out import csv_text
from core.store.audit import verify
from core.store.unit_of_work import SqlStore
from tests.builders import acting
from tests.databases import AUDIT_KEY, SetClock
from tests.faults import COMMIT, FaultyDisk, swept
from tests.payables_desk import NO_APPROVAL, PayablesDesk, invoice_row, order_row

PAIR = ("SI-1001", "SI-1002")


def run(desk: PayablesDesk, folder: Path, disk: Disk) -> None:
    """Press, hand over, acknowledge, with a ledger that starts anew. Doing it again is what people do after a crash."""
    desk.ledger = FileBills(folder, desk.clock, csv_text, disk)
    object.__setattr__(desk.services, "bill_ledger", desk.ledger)
    for number in PAIR:
        bill = desk.bill(number)
        if bill.state is State.READY_TO_POST:
            command = ActOnBill(bill.id, bill.version, Event.POST, acting(desk.people["paul"]))
            act_on_invoice.act(desk.services, command)
    posts = PostBills(desk.services, desk.ledger)
    effects = {EffectKind.POST_BILL: posts}
    Relay(desk.services.store, desk.clock, effects, "ledger", bursts={EffectKind.POST_BILL: posts.together}).run_now()
    desk.acknowledge(*(f"{desk.bill(number).posting_key},posted,E-{number}," for number in PAIR))


def check(desk: PayablesDesk, store: SqlStore, where: str) -> None:
    """Everything that was asked for, once; nothing beside it, nothing on its way, and an unbroken log."""
    rows = Counter((row[0], row[9]) for row in desk.rows_posted())
    assert rows == {(str(desk.bill(number).posting_key), "1"): 1 for number in PAIR}, where
    for number in PAIR:
        bill, names = desk.bill(number), desk.names(number)
        assert (bill.state, bill.erp_id) == (State.POSTED, f"E-{number}"), where
        for name in (AuditName.SUPPLIER_INVOICE_POSTING, AuditName.SUPPLIER_INVOICE_POSTED):
            assert names.count(name) == 1, where
    with store.read() as unit:
        order = unit.orders.order(PoNumber("PO-1001"))
        assert order is not None, where
        assert summary(unit, order).billing is Billing.FULLY, where
        waiting = [*unit.outbox.in_state(OutboxState.SENDING), *unit.outbox.in_state(OutboxState.SHUNTED)]
        assert not waiting, where
        assert EffectKind.POST_BILL not in unit.outbox.ages(), where
        assert list(verify(unit.session, AUDIT_KEY)) == [], where


@pytest.mark.slow
def test_the_power_may_go_off_anywhere(store: SqlStore, clock: SetClock, tmp_path: Path) -> None:
    folder = tmp_path / "bills"
    desk = PayablesDesk(store, clock, folder)
    desk.policy(NO_APPROVAL)
    desk.orders(order_row(quantity="10"), order_row("2", code="B-9", description="Flat washer M10"))
    desk.invoices(
        invoice_row(), invoice_row(number="INV-78", code="B-9", description="Flat washer M10", rate="5.00", day="2026-03-02")
    )
    assert [desk.bill(number).state for number in PAIR] == [State.READY_TO_POST] * 2
    with swept(store, folder, lambda cut: run(desk, folder, FaultyDisk(cut))) as story:
        check(desk, store, "never stopped")
        assert len(story.seen) > 60, story.seen
        assert {COMMIT} < set(story.seen)
        assert any(step.startswith("rename") for step in story.seen)
        clock.advance(seconds=61)
        for _, where in story.worlds():
            run(desk, folder, Disk())
            check(desk, store, where)
