"""The power goes off between any two statements or file operations of the posting story, on both databases.

Two payments are posted, handed over in one batch and acknowledged. Before each thing that reaches the database or the disk,
what would be left if the power went off there is kept: the rows that are committed, as another connection sees them, and the
files. Each of these worlds is then put back, and the story is run to its end with fresh objects by doing what people and
processes would do: press again, relay again, hand in the acknowledgement again. Each application must stand in exactly one
row, and each payment must have been posted once. Places that leave the very same world behind share one such run.
"""

import csv
import io
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from core.app import take_document
from core.app.act_on_payment import act
from core.app.commands import ActOnPayment, TakeDocument
from core.app.outbox import Relay
from core.app.post_to_ledger import PostPayments
from core.app.services import Services
from core.domain.events import AuditName, PaymentEvent
from core.domain.keeping import EffectKind, Subject, SubjectKind
from core.domain.payments import PaymentState
from core.domain.workflows import OutboxState
from core.erp.files.disk import Disk
from core.erp.files.ledger import FileLedger
from core.erp.files.posting_file import FILE
from core.read.csv_out import csv_text
from core.read.ledger_files import StrictTables
from core.store.audit import verify
from core.store.unit_of_work import SqlStore
from tests.builders import a_customer, a_customer_invoice, a_payment, a_person, acting, an_application
from tests.databases import AUDIT_KEY, SetClock
from tests.faults import FaultyDisk, Keeping, World, lasting, watched
from tests.service import FILES, services_on

PAIR = (1001, 1002)


class Story:
    """One life of the process. Only the connections are shared with the life before."""

    def __init__(self, store: SqlStore, clock: SetClock, folder: Path, disk: Disk) -> None:
        self.store = store
        self.ledger = FileLedger(folder, clock, csv_text, disk)
        self.services: Services = replace(
            services_on(self.store, clock), ledger=self.ledger, answers=self.ledger, tables=StrictTables()
        )

    def run(self) -> None:
        """Post, hand over, acknowledge. Doing it again after a crash is what the world would do."""
        for number in PAIR:
            with self.store.read() as unit:
                payment = unit.payments.get(a_payment(number).id)
            if payment.state is PaymentState.APPLIED:
                act(self.services, ActOnPayment(payment.id, payment.version, PaymentEvent.POST, acting(a_person())))
        posts = PostPayments(self.services, self.ledger)
        effects = {EffectKind.POST_PAYMENT: posts}
        Relay(self.store, self.services.clock, effects, "ledger", bursts={EffectKind.POST_PAYMENT: posts.together}).run_now()
        said = ["payment_key,result,erp_id", *(f"post:P-{number}:v1,posted,E-{number}" for number in PAIR)]
        take_document.take(self.services, TakeDocument("ack.csv", "\n".join(said).encode(), FILES))


@pytest.mark.slow
def test_the_power_may_go_off_anywhere(store: SqlStore, clock: SetClock, tmp_path: Path) -> None:
    folder = tmp_path / "erp"
    _prepare(store)
    with lasting(store.url, folder) as what_lasts:
        kept = Keeping(what_lasts.look)
        with watched(store) as power:
            power.fault = kept
            Story(store, clock, folder, FaultyDisk(kept)).run()
        _check(store, folder, "never stopped")
        assert len(kept.seen) > 60, kept.seen
        assert {"COMMIT"} < set(kept.seen)
        assert any(step.startswith("rename") for step in kept.seen)
        places: dict[World, list[str]] = {}
        for at, (step, world) in enumerate(zip(kept.seen, kept.left, strict=True), 1):
            places.setdefault(world, []).append(f"step {at}: {step}")
        clock.advance(seconds=61)
        for world, before in places.items():
            what_lasts.put_back(world)
            Story(store, clock, folder, Disk()).run()
            _check(store, folder, f"stopped before {', '.join(before)}")


def _prepare(store: SqlStore) -> None:
    with store.write() as unit:
        unit.people.put(a_person())
        unit.ledger.put_customers([a_customer()])
        unit.ledger.put_invoices([a_customer_invoice(f"INV-{number}") for number in PAIR])
        for number in PAIR:
            unit.payments.add(a_payment(number, state=PaymentState.APPLIED, applications=(an_application(f"INV-{number}"),)))


def _rows(folder: Path) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for batch in (folder / "outgoing").iterdir():
        for row in csv.DictReader(io.StringIO((batch / FILE).read_text(), newline="")):
            found[row["payment_key"], row["invoice_number"]] += 1
    return found


def _check(store: SqlStore, folder: Path, where: str) -> None:
    """Everything that was asked for, once; nothing beside it, nothing on its way, and an unbroken log."""
    assert _rows(folder) == {(f"post:P-{number}:v1", f"INV-{number}"): 1 for number in PAIR}, where
    with store.read() as unit:
        for number in PAIR:
            payment = unit.payments.get(a_payment(number).id)
            names = [row.entry.name for row in unit.audit.of(Subject(SubjectKind.PAYMENT, payment.id))]
            assert (payment.state, payment.erp_id) == (PaymentState.POSTED, f"E-{number}"), where
            assert names.count(AuditName.PAYMENT_POSTING) == names.count(AuditName.PAYMENT_POSTED) == 1, where
        assert dict(unit.payments.counts()) == {PaymentState.POSTED: len(PAIR)}, where
        waiting = [*unit.outbox.in_state(OutboxState.SENDING), *unit.outbox.in_state(OutboxState.SHUNTED)]
        assert not waiting, where
        assert EffectKind.POST_PAYMENT not in unit.outbox.ages(), where
        assert list(verify(unit.session, AUDIT_KEY)) == [], where
        assert not unit.ledger.open_documents(), where
