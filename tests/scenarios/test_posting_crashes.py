"""The power goes off between any two statements or file operations of posting and of reversing, on both databases.

Two payments are posted (or, returned by the bank, reversed), handed over in one batch and acknowledged. Before each thing that
reaches the database or the disk, what would be left if the power went off there is kept: the rows that are committed, as
another connection sees them, and the files. Each of these worlds is then put back, and the story is run to its end with fresh
objects by doing what people and processes would do: press again, relay again, hand in the acknowledgement again. Each
application must stand in exactly one row, and each payment must have been posted (reversed) once. Places that leave the very
same world behind share one such run.
"""

import csv
import io
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from core.app import take_document
from core.app.act_on_payment import act
from core.app.commands import ActOnPayment, TakeDocument
from core.app.outbox import Relay
from core.app.post_to_ledger import PostPayments
from core.app.services import Services
from core.domain.events import AuditName, PaymentEvent
from core.domain.ids import InvoiceNumber, posting_key
from core.domain.keeping import EffectKind, SourceKind, Subject, SubjectKind
from core.domain.payments import Direction, DraftPayment, PaymentState
from core.domain.questions import BankQuestion, QuestionKind, QuestionState
from core.domain.workflows import OutboxState
from core.erp.files.disk import Disk
from core.erp.files.ledger import FileLedger
from core.erp.files.posting_file import POSTINGS, REVERSALS, Layout
from core.ports.store import UnitOfWork
from core.read.csv_out import csv_text
from core.read.ledger_files import StrictTables
from core.store.audit import verify
from core.store.unit_of_work import SqlStore
from tests.builders import a_bank_line, a_customer, a_customer_invoice, a_payment, a_person, acting, an_application
from tests.databases import AUDIT_KEY, SetClock
from tests.faults import COMMIT, FaultyDisk, swept
from tests.service import FILES, services_on

PAIR = (1001, 1002)


@dataclass(frozen=True)
class Errand:
    """What is asked of the ledger: the button, the states before and after, the file, and what is open before and after."""

    event: PaymentEvent
    states: tuple[PaymentState, PaymentState]
    effect: EffectKind
    layout: Layout
    written: tuple[AuditName, AuditName]
    left_open: tuple[str, str]

    def key(self, number: int) -> str:
        return f"{self.event}:P-{number}:v1"


ERRANDS = {
    "posting": Errand(
        PaymentEvent.POST,
        (PaymentState.APPLIED, PaymentState.POSTED),
        EffectKind.POST_PAYMENT,
        POSTINGS,
        (AuditName.PAYMENT_POSTING, AuditName.PAYMENT_POSTED),
        ("100.00", "0.00"),
    ),
    "reversing": Errand(
        PaymentEvent.REVERSE,
        (PaymentState.RETURNED, PaymentState.REVERSED),
        EffectKind.REVERSE_PAYMENT,
        REVERSALS,
        (AuditName.PAYMENT_REVERSING, AuditName.PAYMENT_REVERSED),
        ("0.00", "100.00"),
    ),
}


@pytest.fixture(params=list(ERRANDS))
def errand(request: pytest.FixtureRequest) -> Errand:
    return ERRANDS[request.param]


class Story:
    """One life of the process. Only the connections are shared with the life before."""

    def __init__(self, errand: Errand, store: SqlStore, clock: SetClock, folder: Path, disk: Disk) -> None:
        self.errand = errand
        self.store = store
        self.ledger = FileLedger(folder, clock, csv_text, disk)
        self.services: Services = replace(
            services_on(self.store, clock), ledger=self.ledger, answers=self.ledger, tables=StrictTables()
        )

    def run(self) -> None:
        """Press, hand over, acknowledge. Doing it again after a crash is what the world would do."""
        for number in PAIR:
            with self.store.read() as unit:
                payment = unit.payments.get(a_payment(number).id)
            if payment.state is self.errand.states[0]:
                act(self.services, ActOnPayment(payment.id, payment.version, self.errand.event, acting(a_person())))
        posts = PostPayments(self.services, self.ledger)
        effects = {self.errand.effect: posts}
        Relay(self.store, self.services.clock, effects, "ledger", bursts={self.errand.effect: posts.together}).run_now()
        said = ["payment_key,result,erp_id", *(f"{self.errand.key(number)},posted,E-{number}" for number in PAIR)]
        take_document.take(self.services, TakeDocument("ack.csv", "\n".join(said).encode(), FILES))


@pytest.mark.slow
def test_the_power_may_go_off_anywhere(errand: Errand, store: SqlStore, clock: SetClock, tmp_path: Path) -> None:
    folder = tmp_path / "erp"
    _prepare(errand, store)
    with swept(store, folder, lambda cut: Story(errand, store, clock, folder, FaultyDisk(cut)).run()) as story:
        _check(errand, store, folder, "never stopped")
        assert len(story.seen) > 60, story.seen
        assert {COMMIT} < set(story.seen)
        assert any(step.startswith("rename") for step in story.seen)
        clock.advance(seconds=61)
        for _, where in story.worlds():
            Story(errand, store, clock, folder, Disk()).run()
            _check(errand, store, folder, where)


def _prepare(errand: Errand, store: SqlStore) -> None:
    before, _ = errand.left_open
    with store.write() as unit:
        unit.people.put(a_person())
        unit.ledger.put_customers([a_customer()])
        unit.ledger.put_invoices([a_customer_invoice(f"INV-{number}", open_amount=before) for number in PAIR])
        for number in PAIR:
            payment = a_payment(number, state=errand.states[0], applications=(an_application(f"INV-{number}"),))
            if errand.event is PaymentEvent.REVERSE:
                payment = replace(payment, posting_key=posting_key(payment.id, 0), erp_id=f"CR-{number}")
            unit.payments.add(payment)
            if errand.event is PaymentEvent.REVERSE:
                _taken_back(unit, payment)


def _taken_back(unit: UnitOfWork, payment: DraftPayment) -> None:
    """A line of the bank says so, and it is settled which payment it means."""
    line = replace(
        a_bank_line(int(payment.id.removeprefix("P-"))), direction=Direction.DEBIT, text="RETURNED ITEM", reversal=True
    )
    source, _ = unit.sources.take(SourceKind.BANK_FILE, "returns.bai", b"the return")
    unit.bank_lines.add_new([replace(line, source_id=source.id)])
    kind, state = QuestionKind.RETURN, QuestionState.ANSWERED
    unit.questions.add(BankQuestion(unit.questions.next_id(), 1, kind, state, line.id, payment.amount, payment.id))


def _rows(errand: Errand, folder: Path) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for batch in (folder / "outgoing").iterdir():
        for row in csv.DictReader(io.StringIO((batch / errand.layout.file).read_text(), newline="")):
            found[row[errand.layout.columns[0]], row["invoice_number"]] += 1
    return found


def _check(errand: Errand, store: SqlStore, folder: Path, where: str) -> None:
    """Everything that was asked for, once; nothing beside it, nothing on its way, and an unbroken log."""
    _, open_after = errand.left_open
    begun, ended = errand.written
    assert _rows(errand, folder) == {(errand.key(number), f"INV-{number}"): 1 for number in PAIR}, where
    with store.read() as unit:
        for number in PAIR:
            payment = unit.payments.get(a_payment(number).id)
            names = [row.entry.name for row in unit.audit.of(Subject(SubjectKind.PAYMENT, payment.id))]
            said = payment.reversal_id if errand.event is PaymentEvent.REVERSE else payment.erp_id
            assert (payment.state, said) == (errand.states[1], f"E-{number}"), where
            assert names.count(begun) == names.count(ended) == 1, where
            document = unit.ledger.invoice(InvoiceNumber(f"INV-{number}"))
            assert document is not None, where
            assert document.open_amount.text() == open_after, where
        assert dict(unit.payments.counts()) == {errand.states[1]: len(PAIR)}, where
        waiting = [*unit.outbox.in_state(OutboxState.SENDING), *unit.outbox.in_state(OutboxState.SHUNTED)]
        assert not waiting, where
        assert errand.effect not in unit.outbox.ages(), where
        assert list(verify(unit.session, AUDIT_KEY)) == [], where
