"""The clock process takes payables' files from the inbox, compares again by itself, and hands bills over."""

from pathlib import Path

from core.clock.process import ClockProcess
from core.domain.events import LineEvent
from core.domain.events import SupplierInvoiceEvent as Event
from core.domain.workflows import LineResolution
from core.domain.workflows import SupplierInvoiceState as State
from core.erp.files.ledger import FileLedger
from core.read.csv_out import csv_text
from core.settings import Settings
from core.store.unit_of_work import SqlStore
from tests.databases import SetClock
from tests.payables_desk import INVOICE_HEAD, NO_APPROVAL, ORDER_HEAD, RECEIPT_HEAD, PayablesDesk, invoice_row, order_row


def test_from_the_inbox_to_the_bills_folder_and_back(store: SqlStore, clock: SetClock, tmp_path: Path) -> None:
    desk = PayablesDesk(store, clock, tmp_path / "erp" / "bills")
    desk.policy(NO_APPROVAL)
    object.__setattr__(desk.services, "ledger", FileLedger(tmp_path / "erp", clock, csv_text))
    inbox = tmp_path / "inbox"
    settings = Settings(_env_file=None, inbox_dir=inbox, erp_dir=tmp_path / "erp")
    process = ClockProcess(desk.services, settings)
    relay = process.relay()

    def drop(**files: str) -> None:
        inbox.mkdir(exist_ok=True)
        for name, text in files.items():
            (inbox / f"{name}.csv").write_text(text)
        for _ in range(2):
            process._inbox.look(clock.now())
        relay.run_now()
        assert not list(inbox.glob("*.csv"))
        assert not list(inbox.glob("refused/*"))

    drop(a=f"{INVOICE_HEAD}\n{invoice_row()}\n", b=f"{ORDER_HEAD}\n{order_row(match='three_way')}\n")
    assert desk.line().resolution is LineResolution.OPEN
    desk.done(desk.on_line(LineEvent.AWAIT_RECEIPT))
    drop(receipts=f"{RECEIPT_HEAD}\nR-1,PO-1001,1,2026-03-01,10,EA\n")
    assert (desk.line().resolution, desk.bill().state) == (LineResolution.CLEAR, State.READY_TO_POST)
    desk.done(desk.on_bill(Event.POST, "paul"))
    relay.run_now()
    assert len(desk.rows_posted()) == 1
    drop(acknowledgement=f"bill_key,result,erp_id\n{desk.bill().posting_key},posted,B-1\n")
    assert desk.bill().state is State.POSTED
