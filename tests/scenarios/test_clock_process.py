"""The clock process as the Procfile starts it: files in, posting out, acknowledgement in, an orderly end; on both databases."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from core import bootstrap
from core.app.act_on_payment import act
from core.app.commands import ActOnPayment
from core.app.outcomes import Done
from core.domain.events import PaymentEvent
from core.domain.keeping import EffectKind
from core.domain.payments import PaymentState
from core.domain.supplier_bills import SupplierInvoiceId
from core.domain.workflows import OutboxState
from core.erp.files.posting_file import FILE
from core.settings import Settings
from core.store.unit_of_work import SqlStore
from tests.builders import a_person, acting
from tests.databases import AUDIT_KEY, SetClock
from tests.scenarios.mail_world import eventually
from tests.service import bank_csv, services_on
from tests.unit.read.supplier_invoices.bills import a_bill
from tests.unit.read.supplier_invoices.makers import ubl

ROOT = Path(__file__).parents[2]
CUSTOMERS = "customer_id,name\nC1,Northwind Ltd\n"
INVOICES = (
    "invoice_number,customer_id,issue_date,currency,amount,open_amount\n"
    "INV-1001,C1,2026-01-20,USD,100.00,100.00\nINV-1002,C1,2026-01-20,USD,250.00,250.00\n"
)


@dataclass
class Machine:
    """An installation in a folder, with its clock process."""

    folder: Path
    store: SqlStore
    environment: dict[str, str]
    process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "core.clock"]
        with (self.folder / "log.txt").open("a") as log:
            self.process = subprocess.Popen(command, cwd=self.folder, env=self.environment, stdout=log, stderr=log, text=True)

    def end(self, number: signal.Signals) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(120)

    def drop(self, name: str, data: str | bytes) -> None:
        part = self.folder / "inbox" / f"{name}.part"
        part.parent.mkdir(exist_ok=True)
        part.write_bytes(data.encode() if isinstance(data, str) else data)
        part.rename(part.with_suffix(""))

    def states(self) -> dict[PaymentState, int]:
        with self.store.read() as unit:
            return dict(unit.payments.counts())

    def post_all(self) -> int:
        priya = a_person()
        with self.store.write() as unit:
            unit.people.put(priya)
            ready = unit.payments.in_states([PaymentState.APPLIED])
        services = services_on(self.store, SetClock())
        ends = [act(services, ActOnPayment(each.id, each.version, PaymentEvent.POST, acting(priya))) for each in ready]
        return sum(isinstance(end, Done) for end in ends)

    def log(self) -> str:
        return (self.folder / "log.txt").read_text()


@pytest.fixture
def machine(database_url: str, tmp_path: Path) -> Iterator[Machine]:
    store = SqlStore(database_url, bootstrap.SystemClock(), AUDIT_KEY)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TIEOUT_")} | {
        "PYTHONPATH": str(ROOT),
        "TIEOUT_DATABASE_URL": database_url,
        "TIEOUT_DATA_DIR": str(tmp_path / "data"),
        "TIEOUT_AUDIT_KEY": AUDIT_KEY.decode(),
        "TIEOUT_INBOX_DIR": str(tmp_path / "inbox"),
        "TIEOUT_ERP_DIR": str(tmp_path / "erp"),
        "TIEOUT_BACKUP_DIR": str(tmp_path / "backups"),
        "TIEOUT_INBOX_POLL_S": "0.05",
    }
    made = Machine(tmp_path, store, environment)
    yield made
    if made.process is not None and made.process.poll() is None:
        made.process.kill()
        made.process.wait()
    store.close()


def test_from_files_to_posted_with_a_kill_on_the_way_and_an_orderly_end(machine: Machine) -> None:
    machine.start()
    for name, data in (("customers.csv", CUSTOMERS), ("invoices.csv", INVOICES)):
        machine.drop(name, data)
    machine.drop(
        "bank.csv", bank_csv(("D1", "100.00", "NORTHWIND LTD", "INV-1001"), ("D2", "250.00", "NORTHWIND LTD", "INV-1002"))
    )
    machine.drop("a supplier's invoice.xml", ubl(a_bill(5, "en", lines=2, tax="20", orders=1)))
    eventually(lambda: machine.states() == {PaymentState.APPLIED: 2}, f"two payments are applied: {machine.log()}")
    # Once for real, with everything that the process starts; tests/scenarios/test_killed.py does it again and again.
    assert machine.end(signal.SIGKILL) == -signal.SIGKILL
    assert machine.post_all() == 2
    machine.start()
    outgoing = machine.folder / "erp" / "outgoing"
    eventually(lambda: outgoing.is_dir() and any(outgoing.iterdir()), "the batch appears")
    (batch,) = outgoing.iterdir()
    keys = [line.split(",")[0] for line in (batch / FILE).read_text().splitlines()[1:]]
    assert len(keys) == 2
    machine.drop("ack.csv", "\n".join(["payment_key,result,erp_id", *(f"{key},posted,E-{key}" for key in keys)]))
    eventually(lambda: machine.states() == {PaymentState.POSTED: 2}, "the ledger's answer is taken")
    with machine.store.read() as unit:
        assert EffectKind.POST_PAYMENT not in unit.outbox.ages()
        assert {beat.part for beat in unit.heartbeats.all()} >= {"relay ledger", "sync inbox", "ledger files", "backup"}
        assert not unit.outbox.in_state(OutboxState.SHUNTED)
        assert len(unit.bills.get(SupplierInvoiceId("SI-1001")).lines) == 2
    assert machine.end(signal.SIGTERM) == 0
    assert len(list((machine.folder / "backups").iterdir())) == 1
    assert '"level": "error"' not in machine.log()
    assert len(list((machine.folder / "inbox" / "taken").iterdir())) == 5
    assert not (machine.folder / "inbox" / "refused").exists()


def test_a_wrong_setting_is_one_sentence(machine: Machine) -> None:
    machine.environment["TIEOUT_DATABASE_URL"] = f"sqlite:///{machine.folder / 'empty.db'}"
    machine.start()
    assert machine.process is not None
    assert machine.process.wait(30) == 2
    assert "tieout migrate" in machine.log()
    assert "Traceback" not in machine.log()


def test_defaults_stand_in_the_data_folder() -> None:
    found = Settings(_env_file=None)
    assert {found.inbox_dir.parts[0], found.erp_dir.parts[0], found.backup_dir.parts[0]} == {found.data_dir.name}
