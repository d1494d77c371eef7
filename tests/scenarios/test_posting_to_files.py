"""Posting to a ledger that takes and gives files: the whole way, with real files, on both databases."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from core.app import take_document
from core.app.commands import TakeDocument
from core.app.outbox import Relay, RelayLimits
from core.app.outcomes import AlreadyDone, Done, Outcome, Refusal
from core.app.post_to_ledger import PostPayments, posting_of
from core.app.reporting import digest
from core.app.sync_ledger import rematch_if_wanted
from core.domain.events import AuditName, PaymentEvent
from core.domain.ids import InvoiceNumber
from core.domain.keeping import EffectKind, SourceKind, Subject, SubjectKind
from core.domain.payments import DraftPayment, PaymentState
from core.domain.remittance import RemittanceState
from core.domain.workflows import OutboxState
from core.erp.files.ledger import FileLedger
from core.erp.files.posting_file import FILE
from core.read.csv_out import csv_text
from core.read.ledger_files import StrictTables
from core.store.unit_of_work import SqlStore
from tests.builders import acting, an_application
from tests.databases import SetClock
from tests.service import FILES, Desk, bank_csv, services_on

CUSTOMERS = b"customer_id,name,aliases\nC1,Northwind Ltd,NWL\nC2,Southgate Foods Inc,\n"


def invoices(*lines: tuple[str, str, str]) -> bytes:
    """`number, customer, open amount` a line."""
    rows = ["invoice_number;customer_id;issue_date;currency;amount;open_amount"]
    return "\n".join(rows + [f"{number};{who};2026-01-20;USD;{amount};{amount}" for number, who, amount in lines]).encode()


class FileDesk(Desk):
    """The small company with a ledger of files."""

    def __init__(self, store: SqlStore, clock: SetClock, folder: Path) -> None:
        self.clock = clock
        self.folder = folder
        ledger = FileLedger(folder, clock, csv_text)
        super().__init__(replace(services_on(store, clock), ledger=ledger, answers=ledger, tables=StrictTables()))
        self.posts = PostPayments(self.services, ledger)
        self.relay = Relay(
            store,
            clock,
            {EffectKind.POST_PAYMENT: self.posts, EffectKind.REVERSE_PAYMENT: self.posts},
            "ledger",
            RelayLimits(attempts=3),
            bursts={EffectKind.POST_PAYMENT: self.posts.together, EffectKind.REVERSE_PAYMENT: self.posts.together},
        )

    def give(self, name: str, data: bytes, *, allow_closing: bool = False) -> Outcome:
        return take_document.take(self.services, TakeDocument(name, data, FILES, allow_closing=allow_closing))

    def acknowledge(self, *rows: str) -> Outcome:
        return self.give("ack.csv", "\n".join(["payment_key,result,erp_id,message", *rows]).encode())

    def batches(self) -> list[Path]:
        return sorted((self.folder / "outgoing").iterdir())

    def posted_rows(self) -> list[list[str]]:
        return [line.split(",") for batch in self.batches() for line in (batch / FILE).read_text().splitlines()[1:]]

    def names(self, payment: DraftPayment) -> list[AuditName]:
        with self.services.store.read() as unit:
            return [row.entry.name for row in unit.audit.of(Subject(SubjectKind.PAYMENT, payment.id))]

    def said(self, kind: EffectKind) -> list[dict[str, object]]:
        with self.services.store.read() as unit:
            items = unit.outbox.in_state(OutboxState.PENDING, 10_000)
            return [dict(item.effect.payload) for item in items if item.effect.kind is kind]

    def open_amount(self, number: str) -> str:
        with self.services.store.read() as unit:
            document = unit.ledger.invoice(InvoiceNumber(number))
        assert document is not None
        return document.open_amount.text()


@pytest.fixture
def desk(store: SqlStore, clock: SetClock, tmp_path: Path) -> FileDesk:
    return FileDesk(store, clock, tmp_path / "erp")


@pytest.fixture
def two_posted(desk: FileDesk) -> Callable[[], tuple[DraftPayment, DraftPayment]]:
    """Two payments on their way: one applied, one on account."""
    desk.bank(("D1", "100.00", "NORTHWIND LTD", "PAYMENT INV-1001"), ("D2", "33.33", "NORTHWIND LTD", "MISC"))
    desk.done(PaymentEvent.POST, desk.payment("P-1001"))
    desk.done(PaymentEvent.POST, desk.payment("P-1002"))
    desk.relay.run_now()
    return lambda: (desk.payment("P-1001"), desk.payment("P-1002"))


class TestHandingOver:
    def test_what_is_posted_together_is_one_file(self, desk: FileDesk) -> None:
        desk.bank(*((f"D{number}", f"{number}.11", "NORTHWIND LTD", f"X {number}") for number in range(1, 41)))
        for payment in desk.payments(PaymentState.UNAPPLIED, PaymentState.SUGGESTED):
            desk.act(PaymentEvent.DISMISS, payment)
        for payment in desk.payments(PaymentState.UNAPPLIED):
            desk.done(PaymentEvent.POST, payment)
            assert not desk.relay.run_once(), "more may be coming"
        desk.clock.advance(seconds=1)
        assert desk.relay.run_once()
        (batch,) = desk.batches()
        assert len(desk.posted_rows()) == 40
        assert {payment.batch for payment in desk.payments(PaymentState.POSTING)} == {batch.name}
        assert not desk.relay.run_once()
        (written,) = (facts for facts in desk.said(EffectKind.PUBLISH_DIGEST) if facts["kind"] == "batch_written")
        assert (written["batch"], len(written["payments"])) == (batch.name, 40)  # type: ignore[arg-type]

    def test_a_steady_stream_of_posts_does_not_keep_the_first_waiting(self, desk: FileDesk) -> None:
        desk.bank(*((f"D{number}", f"{number}.11", "NORTHWIND LTD", f"X {number}") for number in range(1, 13)))
        went = []
        for payment in desk.payments(PaymentState.UNAPPLIED)[:12]:
            desk.done(PaymentEvent.POST, payment)
            went.append(desk.relay.run_once())
            desk.clock.advance(seconds=0.6)
        assert True in went

    def test_a_ledger_that_is_down_is_asked_again_and_nothing_is_lost(self, desk: FileDesk) -> None:
        desk.bank(("D1", "100.00", "NORTHWIND LTD", "PAYMENT INV-1001"), ("D2", "33.33", "NORTHWIND LTD", "MISC"))
        for payment in desk.payments():
            desk.done(PaymentEvent.POST, payment)
        desk.folder.write_text("in the way")
        desk.relay.run_now()
        assert {payment.state for payment in desk.payments()} == {PaymentState.POSTING}
        desk.folder.unlink()
        desk.clock.advance(minutes=5)
        desk.relay.run_now()
        assert len(desk.batches()) == 1
        assert len(desk.posted_rows()) == 2

    def test_one_that_is_refused_does_not_hold_up_the_others(self, desk: FileDesk) -> None:
        desk.bank(("D1", "100.00", "NORTHWIND LTD", "PAYMENT INV-1001"), ("D2", "33.33", "NORTHWIND LTD", "MISC"))
        for payment in desk.payments():
            desk.done(PaymentEvent.POST, payment)
        bad, good = desk.payment("P-1001"), desk.payment("P-1002")
        _post_something_else(FileLedger(desk.folder, desk.clock, csv_text), bad)
        desk.relay.run_now()
        assert desk.payment(good.id).batch
        assert not desk.payment(bad.id).batch
        with desk.services.store.read() as unit:
            (item,) = unit.outbox.in_state(OutboxState.SHUNTED)
        assert "other content" in item.last_error


def _post_something_else(ledger: FileLedger, payment: DraftPayment) -> None:
    ledger.post([replace(posting_of(payment), reference="something else")])


class TestTheAnswer:
    @pytest.mark.usefixtures("two_posted")
    def test_posted_payments_end_and_their_documents_are_settled(self, desk: FileDesk) -> None:
        outcome = desk.acknowledge("post:P-1001:v3,posted,ERP-1,", "post:P-1002:v3,posted,ERP-2,")
        assert isinstance(outcome, Done), outcome
        assert outcome.sentence == "ack.csv: 2 posted, 0 refused"
        first = desk.payment("P-1001")
        assert (first.state, first.erp_id) == (PaymentState.POSTED, "ERP-1")
        assert desk.open_amount("INV-1001") == "0.00"
        assert desk.names(first)[-1] is AuditName.PAYMENT_POSTED

    def test_a_refused_payment_goes_back_with_the_ledgers_reason_and_can_be_posted_again(
        self, desk: FileDesk, two_posted: Callable[[], tuple[DraftPayment, DraftPayment]]
    ) -> None:
        refused_key = two_posted()[0].posting_key
        desk.acknowledge(f"{refused_key},refused,,period closed")
        back = desk.payment("P-1001")
        assert back.state is PaymentState.APPLIED
        assert "period closed" in back.why
        again = desk.done(PaymentEvent.POST, back)
        desk.relay.run_now()
        assert again.posting_key != refused_key
        assert len(desk.batches()) == 2
        desk.acknowledge(f"{again.posting_key},posted,ERP-9,")
        assert desk.payment("P-1001").state is PaymentState.POSTED

    @pytest.mark.usefixtures("two_posted")
    def test_the_same_answer_twice_is_once(self, desk: FileDesk) -> None:
        rows = ("post:P-1001:v3,posted,ERP-1,", "post:P-1002:v3,refused,,no")
        assert isinstance(desk.acknowledge(*rows), Done)
        before = desk.payments()
        assert isinstance(desk.acknowledge(*rows), AlreadyDone)
        other_order = desk.acknowledge(*reversed(rows))
        assert isinstance(other_order, Done)
        assert other_order.sentence == "ack.csv: 0 posted, 0 refused"
        assert desk.payments() == before
        assert len([facts for facts in desk.said(EffectKind.PUBLISH_DIGEST) if facts["kind"] == "acknowledgement"]) == 2

    @pytest.mark.usefixtures("two_posted")
    def test_unknown_keys_and_contradictions_are_reported_row_by_row_and_the_rest_is_taken(self, desk: FileDesk) -> None:
        desk.acknowledge("post:P-1001:v3,posted,ERP-1,")
        outcome = desk.acknowledge("post:P-1001:v3,refused,,no", "post:P-7:v1,posted,E,", "post:P-1002:v3,posted,ERP-2,")
        assert isinstance(outcome, Done)
        assert "1 posted, 0 refused, 2 with a problem" in outcome.sentence
        assert desk.payment("P-1001").state is PaymentState.POSTED
        assert desk.payment("P-1002").state is PaymentState.POSTED
        facts = desk.said(EffectKind.PUBLISH_DIGEST)[-1]
        assert facts["problems"] == [
            "post:P-7:v1: no posting of ours has this key.",
            "post:P-1001:v3: P-1001 is posted already as ERP-1.",
        ]

    @pytest.mark.usefixtures("two_posted")
    def test_the_answer_to_a_changed_batch_is_refused_and_nothing_of_it_is_taken(self, desk: FileDesk) -> None:
        file = desk.batches()[0] / FILE
        original = file.read_bytes()
        file.write_bytes(original.replace(b"33.33", b"44.44"))
        outcome = desk.acknowledge("post:P-1001:v3,posted,ERP-1,")
        assert isinstance(outcome, Refusal)
        assert outcome.code == "batch_changed"
        assert desk.batches()[0].name in outcome.sentence
        assert desk.payment("P-1001").state is PaymentState.POSTING
        assert desk.said(EffectKind.PUBLISH_ALERT)[-1]["code"] == "batch_changed"
        with desk.services.store.read() as unit:
            assert unit.audit.rows()[-1].entry.name is AuditName.BATCH_REFUSED
        file.write_bytes(original)
        assert isinstance(desk.acknowledge("post:P-1001:v3,posted,ERP-1,"), Done)

    @pytest.mark.usefixtures("two_posted")
    def test_a_bad_cell_refuses_the_file_and_is_named(self, desk: FileDesk) -> None:
        outcome = desk.acknowledge("post:P-1001:v3,posted,ERP-1,", "post:P-1002:v3,perhaps,,")
        assert isinstance(outcome, Refusal)
        assert outcome.sentence == "ack.csv, row 3, column result: “perhaps” is none of posted, refused."
        assert desk.payment("P-1001").state is PaymentState.POSTING


class TestTheLedgersLists:
    def test_customers_and_open_documents_are_taken_and_what_waits_is_matched_again(self, desk: FileDesk) -> None:
        desk.bank(("D1", "512.00", "ACORN LLC", "PAYMENT INV-7001"), ("D2", "640.00", "UNHEARD OF", ""))
        assert desk.payment().state is PaymentState.UNIDENTIFIED
        desk.give("customers.csv", CUSTOMERS + b"C7,Acorn LLC,\n")
        kept = [(f"INV-{number}", "C1", "10.00") for number in ("1001", "1002", "1003")]
        outcome = desk.give("export.txt", invoices(*kept, ("INV-2001", "C2", "5.00"), ("INV-7001", "C7", "512.00")))
        assert isinstance(outcome, Done), outcome
        assert outcome.sentence == "export.txt: 5 open documents, 1 new, 4 changed, 1 closed."
        assert desk.open_amount("INV-2002") == "0.00"
        assert rematch_if_wanted(desk.services, FILES, lambda: False) == 0
        assert rematch_if_wanted(desk.services, FILES) == 1
        assert desk.payment().state is PaymentState.APPLIED
        assert rematch_if_wanted(desk.services, FILES) == 0
        kinds = [(facts["kind"], facts.get("what")) for facts in desk.said(EffectKind.PUBLISH_DIGEST)]
        assert kinds[1:] == [("ledger_synced", "customers"), ("ledger_synced", "documents"), ("rematched", None)]

    def test_a_list_that_would_close_most_documents_asks_a_person_first(self, desk: FileDesk) -> None:
        short = invoices(("INV-1001", "C1", "100.00"))
        for refused in (short[: short.rindex(b"\n")], b"invoice_number,customer_id,issue_date,currency,amount,open_amount\n"):
            outcome = desk.give("short.csv", refused)
            assert isinstance(outcome, Refusal)
            assert outcome.code == "would_close_most"
        assert "--allow-closing" in outcome.sentence
        assert desk.open_amount("INV-2001") == "1250.00"
        alert = desk.said(EffectKind.PUBLISH_ALERT)[-1]
        assert (alert["kind"], alert["code"]) == ("refused_file", "would_close_most")
        allowed = desk.give("short.csv", short, allow_closing=True)
        assert isinstance(allowed, Done)
        assert desk.open_amount("INV-2001") == "0.00"

    def test_the_same_list_again_changes_nothing_and_an_older_one_can_be_taken_back(self, desk: FileDesk) -> None:
        one = invoices(*((f"INV-{number}", "C1", "10.00") for number in range(1, 7)))
        two = invoices(*((f"INV-{number}", "C1", "10.00") for number in range(1, 6)))
        desk.give("one.csv", one, allow_closing=True)
        assert isinstance(desk.give("one.csv", one), AlreadyDone)
        desk.give("two.csv", two)
        assert desk.open_amount("INV-6") == "0.00"
        assert isinstance(desk.give("one.csv", one), Done)
        assert desk.open_amount("INV-6") == "10.00"

    def test_a_bad_row_refuses_the_whole_list(self, desk: FileDesk) -> None:
        outcome = desk.give("invoices.csv", invoices(("INV-1001", "C1", "100.00"), ("INV-1002", "C1", "1,5")))
        assert isinstance(outcome, Refusal)
        assert "invoices.csv, row 3, column amount: “1,5”" in outcome.sentence
        assert desk.open_amount("INV-1002") == "250.00"

    def test_documents_of_customers_nobody_knows_are_named(self, desk: FileDesk) -> None:
        numbers = [(f"INV-{number}", "C1", "10.00") for number in ("1001", "1002", "1003", "2001")]
        desk.give("invoices.csv", invoices(*numbers, ("INV-9", "C99", "1.00")))
        facts = desk.said(EffectKind.PUBLISH_DIGEST)[-1]
        assert facts["problems"] == ["INV-9 belongs to customer C99, who is in no file yet."]


class TestAListBeforeTheAnswer:
    """The next list of open documents may count a posting before its acknowledgement is handed in: nothing is lowered twice."""

    OTHERS = (("INV-1003", "C1", "75.25"), ("INV-2001", "C2", "1250.00"), ("INV-2002", "C2", "400.00"))

    def on_its_way(self, desk: FileDesk) -> None:
        """A part of INV-1002 is handed over."""
        desk.bank(("D1", "100.00", "NORTHWIND LTD", "TRANSFER"))
        desk.done(PaymentEvent.APPLY, desk.payment(), applications=(an_application("INV-1002", "100.00"),))
        desk.done(PaymentEvent.POST, desk.payment())
        desk.relay.run_now()

    def list_says(self, desk: FileDesk, open_on_1002: str) -> Outcome:
        return desk.give("invoices.csv", invoices(("INV-1001", "C1", "100.00"), ("INV-1002", "C1", open_on_1002), *self.OTHERS))

    def left(self, desk: FileDesk) -> tuple[str, int]:
        """What is open on INV-1002, and what drafts hold of it besides."""
        number = InvoiceNumber("INV-1002")
        with desk.services.store.read() as unit:
            document = unit.ledger.invoice(number)
            held = unit.ledger.all_reserved().get(number, 0)
        assert document is not None
        return document.open_amount.text(), held

    def test_a_list_that_counts_it_is_not_lowered_again_by_the_answer(self, desk: FileDesk) -> None:
        self.on_its_way(desk)
        assert self.left(desk) == ("250.00", 10000)
        self.list_says(desk, "150.00")
        assert self.left(desk) == ("150.00", 0)
        desk.acknowledge(f"{desk.payment().posting_key},posted,CR-1,")
        assert desk.payment().state is PaymentState.POSTED
        assert self.left(desk) == ("150.00", 0)
        assert any("Taken as counted already" in line for line in self.digests(desk))

    def test_a_list_that_does_not_count_it_yet_is_lowered_by_the_answer(self, desk: FileDesk) -> None:
        self.on_its_way(desk)
        self.list_says(desk, "250.00")
        desk.acknowledge(f"{desk.payment().posting_key},posted,CR-1,")
        assert self.left(desk) == ("150.00", 0)

    def test_what_fell_by_something_else_is_rather_too_low_than_too_high(self, desk: FileDesk) -> None:
        self.on_its_way(desk)
        self.list_says(desk, "170.00")
        desk.acknowledge(f"{desk.payment().posting_key},posted,CR-1,")
        assert self.left(desk) == ("70.00", 0)
        self.list_says(desk, "70.00")
        self.list_says(desk, "150.00")
        assert self.left(desk) == ("150.00", 0)

    def test_counted_and_then_refused_holds_its_documents_again(self, desk: FileDesk) -> None:
        self.on_its_way(desk)
        self.list_says(desk, "150.00")
        desk.acknowledge(f"{desk.payment().posting_key},refused,,closed")
        assert desk.payment().state is PaymentState.APPLIED
        assert self.left(desk) == ("150.00", 10000)

    def test_what_was_not_handed_over_yet_no_list_can_count(self, desk: FileDesk) -> None:
        desk.bank(("D1", "100.00", "NORTHWIND LTD", "TRANSFER"))
        desk.done(PaymentEvent.APPLY, desk.payment(), applications=(an_application("INV-1002", "100.00"),))
        desk.done(PaymentEvent.POST, desk.payment())
        self.list_says(desk, "150.00")
        assert self.left(desk) == ("150.00", 10000)

    def test_a_reversal_that_a_list_counts_opens_nothing_twice(self, desk: FileDesk) -> None:
        self.on_its_way(desk)
        desk.acknowledge(f"{desk.payment().posting_key},posted,CR-1,")
        desk.returned("100.00", "RETURNED ITEM NSF TRANSFER D1 CR-1 P-1001")
        desk.done(PaymentEvent.REVERSE, desk.payment())
        desk.relay.run_now()
        self.list_says(desk, "250.00")
        desk.acknowledge(f"{desk.payment().reversal_key},posted,RV-1,")
        assert desk.payment().state is PaymentState.REVERSED
        assert self.left(desk) == ("250.00", 0)

    def digests(self, desk: FileDesk) -> list[str]:
        with desk.services.store.read() as unit:
            rows = unit.audit.recent([AuditName.LEDGER_SYNCED])
        return [line for row in rows for line in digest(row.entry.facts).lines]


class TestOneDoorForEveryFile:
    def test_a_bank_file_is_known_by_its_content(self, desk: FileDesk) -> None:
        desk.give("notes.bin", bank_csv(("D1", "100.00", "NORTHWIND LTD", "INV-1001")))
        assert desk.payment().state is PaymentState.APPLIED
        with desk.services.store.read() as unit:
            line = unit.payments.get(desk.payment().id).bank_line_id
            assert line is not None
            assert unit.sources.get(unit.bank_lines.get(line).source_id).kind is SourceKind.BANK_FILE

    def test_a_remittance_document_is_taken_with_its_advice(self, desk: FileDesk) -> None:
        outcome = desk.give("advice.csv", b"invoice number,amount paid\nINV-1001,100.00\nINV-1002,250.00\nTotal,350.00\n")
        assert isinstance(outcome, Done), outcome
        with desk.services.store.read() as unit:
            (advice,) = unit.remittances.in_states(tuple(RemittanceState))
            assert unit.sources.get(advice.source_id).kind is SourceKind.REMITTANCE
        again = desk.give("advice.csv", b"invoice number,amount paid\nINV-1001,100.00\nINV-1002,250.00\nTotal,350.00\n")
        assert isinstance(again, Done)
        assert "taken before" in again.sentence

    @pytest.mark.parametrize(
        ("data", "sentence"),
        [
            (b"", "empty"),
            (b"\x00\x01\x02\x03" * 400, ""),
            (b"Dear all,\nlunch is at noon.\n", ""),
            (b"payment_key,customer_id,payment_amount\nx,y,1.00\n", "posting file that Tieout itself wrote"),
        ],
    )
    def test_what_nobody_knows_is_kept_and_refused_with_a_sentence(self, desk: FileDesk, data: bytes, sentence: str) -> None:
        outcome = desk.give("strange.dat", data)
        assert isinstance(outcome, Refusal)
        assert outcome.sentence.startswith("strange.dat: ")
        assert sentence in outcome.sentence
        assert isinstance(desk.give("again.dat", data), Refusal)
        alerts = desk.said(EffectKind.PUBLISH_ALERT)
        assert len(alerts) == 1
        with desk.services.store.read() as unit:
            (row,) = (row for row in unit.audit.rows() if row.entry.name is AuditName.SOURCE_REFUSED)
            assert unit.sources.data(unit.sources.get(row.entry.subject.id).id) == data  # type: ignore[arg-type]

    def test_a_person_may_hand_in_what_their_roles_say(self, desk: FileDesk) -> None:
        bank, ledger = bank_csv(("D1", "1.00", "X", "Y")), CUSTOMERS
        refused = [
            (person.name, name)
            for person in (desk.priya, desk.tomas, desk.vera)
            for name, data in (("bank", bank), ("ledger", ledger))
            if isinstance(take_document.take(desk.services, TakeDocument(name, data, acting(person))), Refusal)
        ]
        assert refused == [("Tomas Berg", "ledger"), ("Vera Lind", "bank"), ("Vera Lind", "ledger")]
