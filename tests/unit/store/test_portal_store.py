"""Portals in the database: sealed logins, seats that processes share, orders known again, one submission for each invoice."""

import importlib
import threading
import time
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import text

from core.domain.errors import Misconfigured, PortalBusy, PortalSessionsFull, StaleVersion
from core.domain.ids import CustomerId, EntityId, InvoiceNumber, Key
from core.domain.keeping import Effect, EffectKind, SourceKind, Subject, SubjectKind
from core.domain.portal_orders import OrderCursor, PortalInvoice, PortalInvoiceStatus
from core.domain.portals import (
    CustomerPortalSetting,
    OrderRef,
    PortalLoginId,
    PortalSubmission,
    RunMark,
    SyncRun,
    SyncState,
)
from core.domain.submissions import DraftStep
from core.domain.workflows import SubmissionState
from core.ports.portal import PortalCredential
from core.ports.portals import SubmissionsWanted
from core.store.unit_of_work import SqlStore
from core.store.vault import AesVault, new_key
from portal.desk import StoredCodes, StoredSeats, StoredSessions
from portal.vault import SealedSessions
from tests.builders import usd
from tests.databases import SetClock, every_cell
from tests.portals import BIRCH, a_customer_order, a_listed_customer, a_login, a_submission, an_order_line

LOGIN = PortalLoginId("PL-1001")
VAULT = AesVault([new_key()])
SECRETS = PortalCredential("PL-1001", "coupa", "robot@example.com", "canary-password", "JBSWY3DPEHPK3PXP")


def with_login(store: SqlStore, vault: AesVault = VAULT) -> None:
    with store.write() as unit:
        unit.portal_logins.add(a_login(), vault.seal_credential(SECRETS))


def test_a_login_is_sealed_in_its_own_row_and_its_browser_too(store: SqlStore) -> None:
    with_login(store)
    sessions = SealedSessions(StoredSessions(store), VAULT)
    sessions.save("PL-1001", b"cookie-canary")
    with store.write() as unit:
        unit.portal_logins.add(replace(a_login(), id=PortalLoginId("PL-1002")), unit.portal_logins.sealed(LOGIN))
        unit.portal_logins.keep_browser_state(PortalLoginId("PL-1002"), unit.portal_logins.browser_state(LOGIN))
    assert b"canary" not in every_cell(store)
    assert b"JBSWY3DPEHPK3PXP" not in every_cell(store)
    with store.read() as unit:
        assert VAULT.open_credential("PL-1001", unit.portal_logins.sealed(LOGIN)) == SECRETS
        moved = unit.portal_logins.sealed(PortalLoginId("PL-1002"))
        assert unit.portal_logins.get(LOGIN) == a_login()
    with pytest.raises(Misconfigured):
        VAULT.open_credential("PL-1002", moved)
    assert sessions.load("PL-1001") == b"cookie-canary"
    assert sessions.load("PL-1002") is None
    sessions.forget("PL-1001")
    assert sessions.load("PL-1001") is None


def test_two_processes_share_a_login_one_job_at_a_time(store: SqlStore, clock: SetClock) -> None:
    with_login(store)
    here, there = StoredSeats(store), StoredSeats(store)
    with here.hold("PL-1001"):
        assert here.still_held("PL-1001")
        with pytest.raises(PortalBusy), there.hold("PL-1001"):
            pass
        # This process stood still for longer than its lease; the other one takes over, and the first is told.
        clock.advance(seconds=61)
        with there.hold("PL-1001"):
            assert not here.still_held("PL-1001")
            assert there.still_held("PL-1001")
    with there.hold("PL-1001"):
        pass


def test_a_long_job_keeps_its_login_and_its_place_in_the_outbox(store: SqlStore, clock: SetClock) -> None:
    with_login(store)
    seats, other = StoredSeats(store, lease_s=0.6), StoredSeats(store)
    with seats.hold("PL-1001"):
        for _ in range(3):
            clock.advance(seconds=0.5)
            until = time.monotonic() + 60
            while time.monotonic() < until and not held_until(store, clock.now() + timedelta(seconds=0.6)):
                time.sleep(0.02)
        with pytest.raises(PortalBusy), other.hold("PL-1001"):
            pass
        assert seats.still_held("PL-1001")
    subject = Subject(SubjectKind.PORTAL_LOGIN, "PL-1001")
    with store.write() as unit:
        unit.outbox.ask(Effect(EffectKind.SYNC_PORTAL, Key("sync"), subject, "portal PL-1001"))
        item = unit.outbox.claim([EffectKind.SYNC_PORTAL], 60.0)
    assert item is not None
    clock.advance(seconds=50)
    with store.write() as unit:
        assert unit.outbox.extend(item, 60.0)
    clock.advance(seconds=50)
    with store.write() as unit:
        assert unit.outbox.claim([EffectKind.SYNC_PORTAL], 60.0) is None
    clock.advance(seconds=61)
    with store.write() as unit:
        assert unit.outbox.claim([EffectKind.SYNC_PORTAL], 60.0) is not None
        assert not unit.outbox.extend(item, 60.0)


def held_until(store: SqlStore, instant: datetime) -> bool:
    with store._reader.connect() as connection:
        kept = connection.execute(text("SELECT held_until FROM portal_login")).scalar_one()
    return bool(kept >= instant.strftime("%Y-%m-%dT%H:%M:%S.%fZ"))


def test_never_more_than_three_sessions_however_many_ask_at_once(store: SqlStore, clock: SetClock) -> None:
    with_login(store)
    seats, full = StoredSeats(store), list[PortalSessionsFull]()

    def begin(number: int) -> None:
        try:
            seats.began("PL-1001", f"s{number}")
        except PortalSessionsFull as error:
            full.append(error)

    threads = [threading.Thread(target=begin, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seats.open_sessions("PL-1001") == 3
    assert [error.after_s for error in full] == [pytest.approx(12 * 3600)] * 3
    clock.advance(hours=12)
    seats.began("PL-1001", "later")
    assert seats.open_sessions("PL-1001") == 1
    seats.ended("PL-1001", "later")
    assert seats.open_sessions("PL-1001") == 0


def test_a_code_is_claimed_once_by_whoever_comes_first(store: SqlStore) -> None:
    with_login(store)
    codes = StoredCodes(store)
    assert [codes.claim("PL-1001", step) for step in (7, 7, 6, 8)] == [True, False, False, True]


def test_orders_are_known_again_with_their_lines_and_our_invoices(store: SqlStore) -> None:
    with_login(store)
    listed = PortalInvoice("INV 7", "9001", PortalInvoiceStatus.DRAFT, "Draft", "7781", usd("625.00"), date(2026, 3, 1))
    order = a_customer_order("7781", lines=(an_order_line("1", invoiced="100.00"),), invoices=(listed,))
    customer = a_listed_customer()
    with store.write() as unit:
        source, _ = unit.sources.take(SourceKind.PORTAL_ORDER, "7781", b"{}")
        unit.portal_orders.put_customer(customer)
        assert unit.portal_orders.put_orders(customer.id, [(order, source.id)]).new == 1
        before = unit.portal_orders.touched()
        again = unit.portal_orders.put_orders(customer.id, [(order, source.id)])
        assert (again.new, again.changed, unit.portal_orders.touched()) == (0, 0, before)
        moved = replace(order, invoices=(replace(listed, status=PortalInvoiceStatus.APPROVED),))
        assert unit.portal_orders.put_orders(customer.id, [(moved, source.id)]).changed == 1
        unit.portal_orders.keep_cursor(customer.id, OrderCursor("{}"))
    with store.read() as unit:
        ref = OrderRef(customer.id, "7781")
        kept = unit.portal_orders.order(ref)
        assert kept is not None
        assert (kept.order, kept.source_id) == (moved, source.id)
        (brief,) = unit.portal_orders.briefs([customer.id])
        assert (brief.ref, brief.total, brief.remaining) == (ref, order.total, order.remaining)
        assert list(unit.portal_orders.invoices_listed([customer.id])) == [(ref, "INV 7")]
        assert unit.portal_orders.invoices_numbered("inv7") == [(customer.id, moved.invoices[0])]
        assert unit.portal_orders.cursor(customer.id) == "{}"
        assert unit.portal_orders.customer_named(LOGIN, BIRCH) == customer
        assert [one.ref for one in unit.portal_orders.search_orders("birch")] == [ref]
        assert unit.portal_orders.order(OrderRef(customer.id, "none")) is None


def test_what_the_owner_wants_and_syncs_come_back(store: SqlStore, clock: SetClock) -> None:
    with_login(store)
    setting = CustomerPortalSetting(a_submission().customer_id, submit=True, legal_entity="Ours, Inc.")
    with store.write() as unit:
        run = SyncRun(unit.portal_orders.next_run_id(), 1, LOGIN, "sync:1", SyncState.RUNNING, clock.now())
        unit.portal_orders.put_run(run)
        unit.portal_orders.put_run(replace(run, version=2, state=SyncState.DONE))
        unit.portal_orders.put_setting(setting)
        assert not unit.portal_orders.submits()
        unit.portal_orders.set_submits(True)
    with store.read() as unit:
        assert unit.portal_orders.run_of_key("sync:1") == replace(run, version=2, state=SyncState.DONE)
        assert [one.state for one in unit.portal_orders.runs(LOGIN)] == [SyncState.DONE]
        assert unit.portal_orders.submits()
        assert unit.portal_orders.settings() == {setting.customer_id: setting}


def test_an_invoice_has_one_submission_until_it_is_dismissed(store: SqlStore) -> None:
    first = a_submission(1001)
    with store.write() as unit:
        assert unit.submissions.add(first)
        assert not unit.submissions.add(replace(first, id=a_submission(1002).id, invoice_number=InvoiceNumber("inv-20 500")))
        unit.submissions.save(replace(first, version=2, state=SubmissionState.DISMISSED), 1)
        assert unit.submissions.add(a_submission(1003))
        assert first.order is not None
        assert unit.submissions.dismissed_orders(first.invoice_number) == [first.order]
        found = unit.submissions.of_invoice(first.invoice_number)
        assert found is not None
        assert found.id == "PS-1003"
        assert [one.id for one in unit.submissions.on_order(first.order)] == ["PS-1003"]
        assert [one.id for one in unit.submissions.search("20500")] == ["PS-1003", "PS-1001"]
    with pytest.raises(StaleVersion), store.write() as unit:
        unit.submissions.save(replace(first, version=2), 1)


def test_a_run_that_was_overtaken_writes_no_step(store: SqlStore) -> None:
    filling: PortalSubmission = replace(a_submission(), state=SubmissionState.FILLING)
    with store.write() as unit:
        unit.submissions.add(filling)
        assert unit.submissions.marked(filling.id) is None
        unit.submissions.mark(filling.id, RunMark("one", DraftStep.PLANNED))
        assert unit.submissions.step(filling.id, "one", DraftStep.FILLED)
        unit.submissions.mark(filling.id, RunMark("two", DraftStep.PLANNED))
        assert not unit.submissions.step(filling.id, "one", DraftStep.SAVING)
        assert unit.submissions.marked(filling.id) == RunMark("two", DraftStep.PLANNED)


def test_keys_may_be_changed_and_the_old_one_is_named(store: SqlStore) -> None:
    old, new = new_key(), new_key()
    with_login(store, AesVault([old]))
    both = AesVault([new, old])
    with store.write() as unit:
        secrets = both.open_credential("PL-1001", unit.portal_logins.sealed(LOGIN))
        unit.portal_logins.reseal(LOGIN, both.seal_credential(secrets))
    with store.read() as unit:
        assert AesVault([new]).open_credential("PL-1001", unit.portal_logins.sealed(LOGIN)) == SECRETS
    assert both.key_id == AesVault([new]).key_id != AesVault([old]).key_id


def test_lists_of_submissions_are_counted_by_the_database(store: SqlStore) -> None:
    """By state, legal entity and whether an order is chosen; the migration fills what storing keeps beside the record."""
    chosen = replace(a_submission(1001, "INV-1"), entity=EntityId("east"))
    others = [replace(a_submission(1000 + n, f"INV-{n}"), order=None, entity=EntityId("west")) for n in (2, 3, 4)]
    suggested = frozenset({SubmissionState.SUGGESTED})
    with store.write() as unit:
        for one in (chosen, *others):
            assert unit.submissions.add(one)
    cases = {
        SubmissionsWanted(suggested): ["PS-1001", "PS-1002", "PS-1003", "PS-1004"],
        SubmissionsWanted(suggested, has_order=True): ["PS-1001"],
        SubmissionsWanted(suggested, frozenset({EntityId("west")}), has_order=False): ["PS-1002", "PS-1003", "PS-1004"],
        SubmissionsWanted(suggested, frozenset({EntityId("west")}), has_order=True): [],
        SubmissionsWanted(frozenset({SubmissionState.STUCK})): [],
    }
    with store.read() as unit:
        for wanted, expected in cases.items():
            assert [one.id for one in unit.submissions.wanted(wanted, 10)] == expected
            assert unit.submissions.count(wanted) == len(expected)
        assert [one.id for one in unit.submissions.wanted(SubmissionsWanted(suggested), 2, 1)] == ["PS-1002", "PS-1003"]
    migration = importlib.import_module("core.store.migrations.versions.0008_portal_channels")
    with store._writer.begin() as connection:
        connection.exec_driver_sql("UPDATE portal_submission SET entity = '?'")
        migration.fill(connection)
        filled = connection.exec_driver_sql("SELECT entity FROM portal_submission ORDER BY number").scalars().all()
    assert filled == ["east", "west", "west", "west"]


def test_customers_are_found_by_their_name_and_a_secret_outlives_a_setting(store: SqlStore) -> None:
    with_login(store)
    customer = CustomerId("C1")
    with store.write() as unit:
        unit.portal_orders.put_customer(a_listed_customer(1001, BIRCH))
        unit.portal_orders.put_customer(a_listed_customer(1002, "100% Calloway"))
        unit.portal_orders.put_setting(CustomerPortalSetting(customer))
        unit.portal_orders.keep_cxml_secret(customer, b"sealed")
        unit.portal_orders.put_setting(CustomerPortalSetting(customer, submit=True))
    with store.write() as unit:
        assert [one.id for one in unit.portal_orders.search_customers(" birCH ")] == ["PC-1001"]
        assert [one.id for one in unit.portal_orders.search_customers("%")] == ["PC-1002"]
        assert [one.id for one in unit.portal_orders.search_customers("", 1)] == ["PC-1002"]
        assert unit.portal_orders.cxml_secret(customer) == b"sealed"
        unit.portal_orders.keep_cxml_secret(customer, None)
        assert unit.portal_orders.cxml_secret(customer) is None
        assert unit.portal_orders.cxml_secret(CustomerId("C2")) is None
