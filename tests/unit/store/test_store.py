import re
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from core.domain.errors import Misconfigured, NotFound, StaleVersion
from core.domain.events import AuditName
from core.domain.ids import InvoiceNumber, Key, PaymentId
from core.domain.keeping import AuditEntry, Effect, EffectKind, SourceKind, Subject, SubjectKind
from core.domain.payments import PaymentState
from core.domain.workflows import OutboxState
from core.store import migrate, revisions
from core.store.audit import verify
from core.store.unit_of_work import SqlStore, open_engine
from tests.builders import (
    AUTOMATION,
    a_bank_line,
    a_customer,
    a_customer_invoice,
    a_payment,
    a_person,
    an_advice,
    an_application,
)
from tests.databases import AUDIT_KEY, SetClock


def card(number: int, lane: str = "payment P-1") -> Effect:
    return Effect(
        EffectKind.PUBLISH_CARD, Key(f"card:{number}"), Subject(SubjectKind.PAYMENT, "P-1"), lane, {"version": number}
    )


def entry(number: int) -> AuditEntry:
    return AuditEntry(AuditName.PAYMENT_CREATED, Subject(SubjectKind.PAYMENT, f"P-{number}"), AUTOMATION, facts={"n": number})


def test_a_migrated_database_is_at_the_newest_revision_and_migrating_again_does_nothing(database_url: str) -> None:
    assert revisions.present(database_url) == revisions.newest()
    assert migrate.upgrade(database_url) is False


def test_the_newest_revision_by_its_number_is_the_one_that_alembic_ends_with() -> None:
    assert migrate.revisions_known()[0] == revisions.newest()


def test_a_database_that_was_never_migrated_is_at_no_revision(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    assert revisions.present(url) == ""
    with pytest.raises(Misconfigured, match="tieout migrate"):
        revisions.require_present(url)


def test_what_is_stored_comes_back_equal(store: SqlStore) -> None:
    invoices = [a_customer_invoice("INV-1"), a_customer_invoice("INV-2", "25.50")]
    customer = a_customer(aliases=("NW",), bank_accounts=("DE1",))
    person = a_person()
    with store.write() as unit:
        source, _ = unit.sources.take(SourceKind.BANK_FILE, "bank.csv", b"bytes\x00\xff")
        line = replace(a_bank_line(text="RE INV-1"), source_id=source.id)
        unit.bank_lines.add_new([line])
        payment = a_payment(applications=(an_application("INV-1", "60.00"), an_application("INV-2", "25.50")))
        unit.payments.add(payment)
        advice = replace(an_advice(), source_id=source.id)
        unit.remittances.add(advice)
        unit.ledger.put_customers([customer])
        unit.ledger.put_invoices(invoices)
        unit.people.put(person)
    with store.read() as unit:
        assert unit.payments.get(payment.id) == payment
        assert unit.bank_lines.get(line.id) == line
        assert unit.remittances.get(advice.id) == advice
        assert unit.ledger.customers() == [customer]
        assert list(unit.ledger.open_documents()) == invoices
        assert unit.people.by_email("PERSON1@example.com") == person
        assert unit.people.by_slack("T001", "U001") == person
        assert unit.sources.data(source.id) == b"bytes\x00\xff"


def test_a_unit_that_fails_leaves_nothing_behind(store: SqlStore) -> None:
    with pytest.raises(RuntimeError, match="stop"), store.write() as unit:
        unit.payments.add(a_payment())
        unit.audit.append(entry(1))
        unit.outbox.ask(card(1))
        raise RuntimeError("stop")
    with store.read() as unit:
        assert unit.payments.counts() == {}
        assert unit.audit.rows() == []
        assert unit.outbox.in_state(OutboxState.PENDING) == []
        with pytest.raises(NotFound):
            unit.payments.get(PaymentId("P-1001"))


def test_saving_over_somebody_elses_change_is_refused(store: SqlStore) -> None:
    with store.write() as unit:
        unit.payments.add(a_payment())
    with store.write() as unit:
        unit.payments.save(a_payment(version=2, state=PaymentState.SUGGESTED), expected_version=1)
    with pytest.raises(StaleVersion), store.write() as unit:
        unit.payments.save(a_payment(version=2, state=PaymentState.APPLIED), expected_version=1)
    with store.read() as unit:
        assert unit.payments.get(PaymentId("P-1001")).state is PaymentState.SUGGESTED


def test_ids_are_speakable_and_never_given_twice(store: SqlStore) -> None:
    with store.write() as unit:
        first = unit.payments.next_ids(3)
    with store.write() as unit:
        second = unit.payments.next_ids(1)
    assert [*first, *second] == ["P-1001", "P-1002", "P-1003", "P-1004"]


def test_the_same_bank_line_in_two_statements_is_one(store: SqlStore) -> None:
    with store.write() as unit:
        source, _ = unit.sources.take(SourceKind.BANK_FILE, "a", b"a")
        line = replace(a_bank_line(), source_id=source.id)
        assert unit.bank_lines.add_new([line]) == {line.natural_key: True}
    with store.write() as unit:
        assert unit.bank_lines.add_new([line]) == {line.natural_key: False}


def test_drafts_reserve_what_they_apply_and_others_see_the_rest(store: SqlStore) -> None:
    number = InvoiceNumber("INV-1")
    with store.write() as unit:
        unit.ledger.put_invoices([a_customer_invoice("INV-1")])
        unit.payments.add(a_payment(1, state=PaymentState.APPLIED, applications=(an_application("INV-1", "60.00", "1.00"),)))
        unit.payments.add(a_payment(2, state=PaymentState.UNAPPLIED))
    with store.write() as unit:
        assert unit.ledger.reserved([number]) == {number: 6100}
        assert unit.ledger.reserved([number], except_payment=PaymentId("P-1")) == {}
        assert unit.ledger.all_reserved() == {number: 6100}


def test_a_complete_list_of_open_documents_closes_the_others(store: SqlStore) -> None:
    with store.write() as unit:
        unit.ledger.put_invoices([a_customer_invoice("INV-1"), a_customer_invoice("INV-2")])
        unit.ledger.put_invoices([a_customer_invoice("INV-2")], complete=True)
    with store.read() as unit:
        assert [document.number for document in unit.ledger.open_documents()] == ["INV-2"]
        closed = unit.ledger.invoice(InvoiceNumber("INV-1"))
        assert closed is not None
        assert closed.open_amount.minor == 0


def test_an_effect_asked_for_twice_is_asked_for_once(store: SqlStore) -> None:
    with store.write() as unit:
        assert unit.outbox.ask(card(1)) is True
        assert unit.outbox.ask(card(1)) is False


def test_one_item_of_a_lane_is_on_its_way_at_a_time_and_a_lost_lease_is_fenced(store: SqlStore, clock: SetClock) -> None:
    with store.write() as unit:
        unit.outbox.ask(card(1))
        unit.outbox.ask(card(2))
        unit.outbox.ask(card(3, lane="payment P-2"))
    with store.write() as unit:
        first = unit.outbox.claim([EffectKind.PUBLISH_CARD], 30)
    with store.write() as unit:
        other_lane = unit.outbox.claim([EffectKind.PUBLISH_CARD], 30)
    with store.write() as unit:
        assert unit.outbox.claim([EffectKind.PUBLISH_CARD], 30) is None
    assert first is not None
    assert other_lane is not None
    assert (first.effect.key, other_lane.effect.key) == ("card:1", "card:3")
    assert first.tried_before is False
    clock.advance(seconds=31)
    with store.write() as unit:
        again = unit.outbox.claim([EffectKind.PUBLISH_CARD], 30)
    assert again is not None
    assert again.effect.key == "card:1"
    assert again.tried_before is True
    with store.write() as unit:
        assert unit.outbox.done(first, "late") is False
        assert unit.outbox.done(again, "ts") is True
    with store.read() as unit:
        assert unit.outbox.get(again.id).receipt == "ts"


def test_what_is_set_aside_waits_for_a_person(store: SqlStore) -> None:
    with store.write() as unit:
        unit.outbox.ask(card(1))
    with store.write() as unit:
        item = unit.outbox.claim([EffectKind.PUBLISH_CARD], 30)
        assert item is not None
        assert unit.outbox.failed(item, "channel_not_found", None) is True
    with store.write() as unit:
        assert unit.outbox.claim([EffectKind.PUBLISH_CARD], 30) is None
        assert unit.outbox.replay(item.id).state is OutboxState.PENDING
    with store.write() as unit:
        retried = unit.outbox.claim([EffectKind.PUBLISH_CARD], 30)
        assert retried is not None
        assert retried.tried_before


def test_the_log_is_chained_and_shows_every_kind_of_tampering(store: SqlStore) -> None:
    for number in range(1, 4):
        with store.write() as unit:
            unit.audit.append(entry(number))
            unit.audit.append(entry(number + 10))
    with store.read() as unit:
        assert [row.number for row in unit.audit.rows()] == [1, 2, 3, 4, 5, 6]
        assert list(verify(unit.session, AUDIT_KEY)) == []
        assert list(verify(unit.session, b"another key")) != []


@pytest.mark.parametrize("statement", ["UPDATE audit_event SET name = 'x' WHERE number = 1", "DELETE FROM audit_event"])
def test_the_database_refuses_to_change_the_log(store: SqlStore, statement: str) -> None:
    with store.write() as unit:
        unit.audit.append(entry(1))
    with pytest.raises(DBAPIError, match="append-only"), store.write() as unit:
        unit.session.connection().exec_driver_sql(statement)


@pytest.mark.parametrize(
    ("statement", "finding"),
    [
        ("UPDATE audit_event SET entry = replace(entry, '\"n\":2', '\"n\":9') WHERE number = 2", "Event 2 .* changed"),
        ("UPDATE audit_event SET name = 'payment.posted' WHERE number = 2", "search columns of event 2"),
        ("DELETE FROM audit_event WHERE number = 2", "Event 2 is missing"),
        ("DELETE FROM audit_event WHERE number = 3", "cut off"),
    ],
)
def test_tampering_past_the_triggers_is_found(store: SqlStore, statement: str, finding: str) -> None:
    for number in range(1, 4):
        with store.write() as unit:
            unit.audit.append(entry(number))
    with store.write() as unit:
        drop_triggers(unit.session)
        unit.session.connection().exec_driver_sql(statement)
    with store.read() as unit:
        sentences = " ".join(verify(unit.session, AUDIT_KEY))
    assert re.search(finding, sentences), sentences


def drop_triggers(session: Session) -> None:
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        for verb in ("update", "delete"):
            connection.exec_driver_sql(f"DROP TRIGGER audit_event_no_{verb}")
    else:
        connection.exec_driver_sql("DROP TRIGGER audit_event_no_change ON audit_event")


def test_search_finds_payments_by_payer_and_id(store: SqlStore) -> None:
    with store.write() as unit:
        unit.payments.add(a_payment(1001))
        unit.payments.add(a_payment(1002))
    with store.read() as unit:
        assert [payment.id for payment in unit.payments.search("northwind")] == ["P-1002", "P-1001"]
        assert [payment.id for payment in unit.payments.search("p-1001")] == ["P-1001"]


def test_pages_go_on_after_the_last_one(store: SqlStore) -> None:
    with store.write() as unit:
        for number, amount in ((1, "10.00"), (2, "30.00"), (3, "20.00"), (4, "20.00")):
            unit.payments.add(a_payment(number, amount))
    with store.read() as unit:
        first = unit.payments.in_states([PaymentState.UNAPPLIED], limit=2)
        second = unit.payments.in_states([PaymentState.UNAPPLIED], limit=2, after=first[-1].id)
    assert [payment.id for payment in [*first, *second]] == ["P-2", "P-3", "P-4", "P-1"]


def test_an_outside_event_is_handled_the_first_time_only(store: SqlStore) -> None:
    with store.write() as unit:
        assert unit.seen.first_time("envelope", "e1") is True
        assert unit.seen.first_time("envelope", "e1") is False


def together(start: threading.Barrier) -> None:
    """Go on when everybody is here; None lets SQLAlchemy connect by itself."""
    start.wait(60)


def test_processes_that_open_a_young_file_at_once_wait_for_each_other(tmp_path: Path) -> None:
    """While several turn the write-ahead log on, SQLite tells some “database is locked”, at once and despite its time-out."""
    for round_ in range(60):
        file = tmp_path / f"young{round_}.db"
        with closing(sqlite3.connect(file)) as young:
            young.execute("CREATE TABLE a (b)")
        start = threading.Barrier(3)

        def opened(file: Path = file, start: threading.Barrier = start) -> object:
            engine = open_engine(f"sqlite:///{file}")
            event.listen(engine, "do_connect", lambda *_: together(start))
            with engine.connect() as connection:
                mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar()
            engine.dispose()
            return mode

        with ThreadPoolExecutor(3) as pool:
            assert [each.result(60) for each in [pool.submit(opened) for _ in range(3)]] == ["wal"] * 3
