"""A day of whoever runs the machine, at the command line beside the people in Slack: in, posted, out, answered, reported."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.domain.actors import Person, Role
from core.domain.events import PaymentEvent
from core.domain.ids import Key, MailId
from core.domain.keeping import Effect, EffectKind, Subject, SubjectKind
from core.domain.mails import Arrival, Sighting
from core.domain.payments import PaymentState
from core.store.mails import SqlMailDesk
from core.store.unit_of_work import SqlStore
from tests.builders import a_person
from tests.databases import AUDIT_KEY, SetClock
from tests.operator import Operator, an_operator
from tests.scenarios.mail_world import a_remittance
from tests.service import Desk, bank_csv, services_on

CUSTOMERS = "customer_id,name\nC1,Northwind Ltd\nC2,Southgate Foods Inc\n"
INVOICES = (
    "invoice_number,customer_id,issue_date,currency,amount,open_amount\n"
    "INV-1001,C1,2026-01-20,USD,100.00,100.00\nINV-2001,C2,2026-01-20,USD,1250.00,1250.00\n"
)


@dataclass
class Machine:
    """The installation, a terminal on it, and the database beside them."""

    operator: Operator
    store: SqlStore

    @property
    def folder(self) -> Path:
        return self.operator.folder

    def types(self, line: str, status: int = 0, *, alone: bool = False) -> str:
        """What a command says; `alone` in a process of its own."""
        ended, said = self.operator.starts(line) if alone else self.operator.types(line)
        assert ended == status, said
        assert "Traceback" not in said
        return said

    def file(self, name: str, text: str) -> str:
        (self.folder / name).write_text(text, encoding="utf-8")
        return name


@pytest.fixture
def clock() -> SetClock:
    """The commands run by the real time."""
    return SetClock(datetime.now(UTC))


@pytest.fixture
def machine(
    database_url: str, tmp_path: Path, clock: SetClock, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Machine]:
    operator = an_operator(tmp_path, monkeypatch, capsys)
    operator.sets(database_url=database_url, audit_key=AUDIT_KEY.decode())
    store = SqlStore(database_url, clock, AUDIT_KEY)
    try:
        yield Machine(operator, store)
    finally:
        store.close()


def test_files_in_postings_out_the_answer_in_and_the_report(machine: Machine, clock: SetClock) -> None:
    said = machine.types("people add priya@example.com --name 'Priya Raman' --role cash_poster")
    assert "as U-1001" in said
    # Handed in at once and in any order: what depends on others is taken after them.
    machine.file("a_bank.csv", bank_csv(("L1", "100.00", "NORTHWIND LTD", "INV-1001")).decode())
    machine.file("b_invoices.csv", INVOICES)
    machine.file("c_customers.csv", CUSTOMERS)
    lines = machine.types("import a_bank.csv b_invoices.csv c_customers.csv", alone=True).splitlines()
    assert [line.split()[1] for line in lines[:2]] == ["c_customers.csv:", "b_invoices.csv:"]
    assert all(line.startswith("taken") for line in lines)
    assert "Nothing is due" in machine.types("export")

    posted = post_the_only_payment(machine, clock)
    said = machine.types("export", alone=True)
    assert "with 1 payment lies ready for the ledger (100.00 USD)" in said
    (batch,) = (machine.folder / "erp" / "outgoing").iterdir()
    key = (batch / "pending_payments.csv").read_text(encoding="utf-8").splitlines()[1].split(",")[0]
    assert "Nothing is due" in machine.types("export")
    assert len(list((machine.folder / "erp" / "outgoing").iterdir())) == 1

    report = machine.types("report")
    assert f"{posted}: 100.00 USD, in batch {batch.name}, posted " in report
    machine.file("ack.csv", f"payment_key,result,erp_id,message\n{key},posted,JE-9,\n")
    machine.types("import ack.csv")
    report = json.loads(machine.types("report --json"))
    assert report["waiting_for_the_ledger"] == []
    assert "The ledger answered: 1 posted" in [line["what"] for line in report["syncs"]]
    history = machine.types(f"audit show {posted}")
    assert "Priya Raman pressed Post" in history
    assert "heard from the ledger that this is posted" in history
    assert "holds" in machine.types("audit verify")


def post_the_only_payment(machine: Machine, clock: SetClock) -> str:
    """What Priya does in Slack."""
    desk = Desk.__new__(Desk)
    desk.services = services_on(machine.store, clock)
    with machine.store.read() as unit:
        priya = unit.people.by_email("priya@example.com")
    assert isinstance(priya, Person)
    (payment,) = desk.payments()
    if payment.state is PaymentState.SUGGESTED:
        payment = desk.done(PaymentEvent.CONFIRM, payment, priya)
    assert payment.state is PaymentState.APPLIED
    return desk.done(PaymentEvent.POST, payment, priya).id


def test_what_cannot_be_taken_is_a_sentence_each_and_an_exit_status(machine: Machine) -> None:
    machine.file("customers.csv", CUSTOMERS)
    machine.file("junk.txt", "hello")
    machine.file("bad.csv", "customer_id,name\n,Nobody\n")
    said = machine.types("import junk.txt customers.csv bad.csv nowhere.csv", status=1)
    assert "taken   customers.csv: 2 customers, 2 new" in said
    assert said.count("refused ") == 3
    assert "nowhere.csv cannot be opened" in said
    assert "customers.csv says nothing that was not known" in machine.types("import customers.csv")
    machine.types("import junk.txt", status=2)
    assert "A file was refused (bad.csv)" in machine.types("report --since 2020-01-01")
    assert "What went and came: nothing." in machine.types("report --since 2999-01-01")
    assert "is not a date" in machine.types("report --since yesterday", status=2)


def test_a_list_that_closes_most_documents_is_taken_only_when_somebody_says_so(machine: Machine) -> None:
    rows = [f"INV-{number},C1,2026-01-20,USD,10.00,10.00" for number in range(10)]
    head = INVOICES.splitlines()[0]
    machine.file("customers.csv", CUSTOMERS)
    machine.file("all.csv", "\n".join([head, *rows]))
    machine.file("few.csv", "\n".join([head, *rows[:2]]))
    machine.types("import customers.csv all.csv")
    assert "--allow-closing" in machine.types("import few.csv", status=2)
    assert "8 closed" in machine.types("import few.csv --allow-closing")


def shunted_delivery(store: SqlStore, number: int) -> int:
    subject = Subject(SubjectKind.PAYMENT, f"P-{number}")
    with store.write() as unit:
        unit.outbox.ask(Effect(EffectKind.PUBLISH_CARD, Key(f"card {number}"), subject, f"lane {number}"))
        item = unit.outbox.claim([EffectKind.PUBLISH_CARD], 60)
        assert item is not None
        unit.outbox.failed(item, "The channel \x1b[31mis archived.", None)
    return item.id


def test_what_was_set_aside_is_shown_replayed_or_dropped_with_a_reason(machine: Machine, clock: SetClock) -> None:
    assert "Nothing is set aside." in machine.types("shunt list")
    first, second = shunted_delivery(machine.store, 1), shunted_delivery(machine.store, 2)
    desk = SqlMailDesk(machine.store)
    raw = a_remittance()
    mail = desk.take(Arrival(Sighting("main", "INBOX", 1, 1), raw, len(raw), clock.now())).mail_id
    leased = desk.next_to_read(60, 3)
    assert leased is not None
    desk.shunt(leased, "KeyError while the mail was read")
    listed = machine.types("shunt list")
    assert "\x1b" not in listed
    assert [line.split()[0] for line in listed.splitlines()] == [str(first), str(second), mail]
    assert "set aside: KeyError" in machine.types("report")

    assert "is tried again" in machine.types(f"shunt replay {first}")
    assert "is not set aside (any more)" in machine.types(f"shunt replay {first}", status=2)
    machine.types(f"shunt drop {second}", status=2)
    assert "Please say why" in machine.types(f"shunt drop {second} --reason ' '", status=2)
    assert "is given up" in machine.types(f"shunt drop {second} --reason 'the channel is gone'")
    shown = machine.types(f"shunt show {second}")
    assert "(now dropped)" in shown
    assert "gave a delivery up" in shown
    assert "Reason: the channel is gone" in shown

    assert f"Mail {mail} is given up." in machine.types(f"shunt drop {mail} --reason 'sent twice'")
    assert "Nothing is set aside." in machine.types("shunt list")
    assert "is not set aside" in machine.types(f"shunt drop {mail} --reason again", status=2)
    assert "sent twice" in machine.types(f"shunt show {mail}")
    assert "queued to be read again" in machine.types(f"shunt replay {mail}")
    assert desk.show(MailId(mail))[1] is None
    assert "There is no delivery or mail x" in machine.types("shunt show x", status=2)
    assert "holds" in machine.types("audit verify")


def test_postings_that_cannot_be_handed_over_are_named(machine: Machine, clock: SetClock) -> None:
    (machine.folder / "erp").write_text("a file where the folder should be")
    with machine.store.write() as unit:
        unit.people.put(a_person(1, "Priya Raman", frozenset({Role.CASH_POSTER})))
    desk = Desk(services_on(machine.store, clock))
    desk.bank(("L1", "100.00", "NORTHWIND LTD", "INV-1001"))
    (payment,) = desk.payments()
    if payment.state is PaymentState.SUGGESTED:
        payment = desk.done(PaymentEvent.CONFIRM, payment)
    desk.done(PaymentEvent.POST, payment)
    assert "1 posting could not be handed over and will be tried again." in machine.types("export", status=1)
    assert f"{payment.id}: 100.00 USD, not handed over yet" in machine.types("report")
