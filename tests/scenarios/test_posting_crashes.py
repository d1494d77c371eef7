"""The power goes off between any two statements or file operations of the posting story, on both databases.

Two payments are posted, handed over in one batch and acknowledged. For each place where it can stop, it is stopped there,
started again with fresh objects, and run to its end by doing what people and processes would do: press again, relay again, hand
in the acknowledgement again. Each application must stand in exactly one row, and each payment must have been posted once.
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
from core.domain.actors import Person
from core.domain.events import AuditName, PaymentEvent
from core.domain.keeping import EffectKind, Subject, SubjectKind
from core.domain.payments import PaymentState
from core.domain.workflows import OutboxState
from core.erp.files.ledger import FileLedger
from core.erp.files.posting_file import FILE
from core.read.csv_out import csv_text
from core.read.ledger_files import StrictTables
from core.store.audit import verify
from core.store.unit_of_work import SqlStore
from tests.builders import a_customer, a_customer_invoice, a_payment, a_person, acting, an_application
from tests.databases import AUDIT_KEY, SetClock
from tests.faults import Fault, FaultyDisk, PowerCut, Watch
from tests.service import FILES, services_on


class Story:
    """One life of the process; `fault` says where it ends. Only the connections are shared with the life before."""

    def __init__(self, store: SqlStore, clock: SetClock, folder: Path, fault: Fault, priya: Person) -> None:
        self.store = store
        self.ledger = FileLedger(folder, clock, csv_text, FaultyDisk(fault))
        self.services: Services = replace(
            services_on(self.store, clock), ledger=self.ledger, answers=self.ledger, tables=StrictTables()
        )
        self.folder = folder
        self.priya = priya

    def run(self, pair: tuple[int, int]) -> None:
        """Post, hand over, acknowledge. Doing it again after a crash is what the world would do."""
        for number in pair:
            with self.store.read() as unit:
                payment = unit.payments.get(a_payment(number).id)
            if payment.state is PaymentState.APPLIED:
                act(self.services, ActOnPayment(payment.id, payment.version, PaymentEvent.POST, acting(self.priya)))
        posts = PostPayments(self.services, self.ledger)
        effects = {EffectKind.POST_PAYMENT: posts}
        Relay(self.store, self.services.clock, effects, "ledger", bursts={EffectKind.POST_PAYMENT: posts.together}).run_now()
        said = ["payment_key,result,erp_id", *(f"post:P-{number}:v1,posted,E-{number}" for number in pair)]
        take_document.take(self.services, TakeDocument(f"ack {pair[0]}.csv", "\n".join(said).encode(), FILES))


@pytest.mark.slow
def test_the_power_may_go_off_anywhere(store: SqlStore, clock: SetClock, tmp_path: Path) -> None:
    priya, power = a_person(), Watch(store)
    steps: list[str] = []
    while True:
        at = len(steps) + 1
        pair, folder = (1000 + 2 * at, 1001 + 2 * at), tmp_path / f"cut {at}"
        power.fault = Fault(0)
        _prepare(store, priya, pair)
        power.fault = fault = Fault(at)
        if not _goes_off(Story(store, clock, folder, fault, priya), pair):
            break
        steps.append(fault.seen[-1])
        power.fault = Fault(0)
        clock.advance(seconds=61)
        Story(store, clock, folder, Fault(0), priya).run(pair)
        _check(store, folder, pair, f"stopped before step {at}: {fault.seen[-1]}")
    power.fault = Fault(0)
    assert len(steps) > 60, steps
    assert {"COMMIT"} < set(steps)
    assert any(step.startswith("rename") for step in steps)
    _check_all(store, 2 * at)


def _prepare(store: SqlStore, priya: Person, pair: tuple[int, int]) -> None:
    with store.write() as unit:
        unit.people.put(priya)
        unit.ledger.put_customers([a_customer()])
        unit.ledger.put_invoices([a_customer_invoice(f"INV-{number}") for number in pair])
        for number in pair:
            unit.payments.add(a_payment(number, state=PaymentState.APPLIED, applications=(an_application(f"INV-{number}"),)))


def _goes_off(story: Story, pair: tuple[int, int]) -> bool:
    try:
        story.run(pair)
    except PowerCut:
        return True
    return False


def _rows(folder: Path) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for batch in (folder / "outgoing").iterdir():
        for row in csv.DictReader(io.StringIO((batch / FILE).read_text(), newline="")):
            found[row["payment_key"], row["invoice_number"]] += 1
    return found


def _check(store: SqlStore, folder: Path, pair: tuple[int, int], where: str) -> None:
    assert _rows(folder) == {(f"post:P-{number}:v1", f"INV-{number}"): 1 for number in pair}, where
    for number in pair:
        with store.read() as unit:
            payment = unit.payments.get(a_payment(number).id)
            names = [row.entry.name for row in unit.audit.of(Subject(SubjectKind.PAYMENT, payment.id))]
        assert (payment.state, payment.erp_id) == (PaymentState.POSTED, f"E-{number}"), where
        assert names.count(AuditName.PAYMENT_POSTING) == names.count(AuditName.PAYMENT_POSTED) == 1, where


def _check_all(store: SqlStore, payments: int) -> None:
    """Nothing beside what was asked for, nothing on its way, and an unbroken log."""
    with store.read() as unit:
        assert dict(unit.payments.counts()) == {PaymentState.POSTED: payments}
        waiting = [*unit.outbox.in_state(OutboxState.SENDING), *unit.outbox.in_state(OutboxState.SHUNTED)]
        assert not waiting
        assert EffectKind.POST_PAYMENT not in unit.outbox.ages()
        assert list(verify(unit.session, AUDIT_KEY)) == []
        assert not unit.ledger.open_documents()
