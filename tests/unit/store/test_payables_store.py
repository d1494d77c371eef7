"""Payables in the database: round trips, versions, what changed of orders and receipts, who charges which order line."""

import importlib
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa

from core.domain.errors import Refused, StaleVersion
from core.domain.ids import EntityId, PersonId, PoNumber, SupplierId
from core.domain.keeping import SourceKind
from core.domain.measures import Quantity
from core.domain.payables import ChargeKind, OrderLineRef, OrderStatus, UnitConversion
from core.domain.supplier_bills import AskedKind, BillKind, BillQuestion, OrderTake, OwnReceipt, SupplierBill
from core.domain.versioned import PolicyKind, PolicyVersion
from core.domain.workflows import LineResolution, LineVerdict, SupplierInvoiceState
from core.ports.payables import BillsWanted
from core.store.unit_of_work import SqlStore
from tests.builders import usd
from tests.payables import a_bill, a_receipt, a_supplier, an_order, an_order_line

LINE = OrderLineRef(PoNumber("PO-1001"), "1")


def stored_bill(store: SqlStore, number: int = 1001) -> SupplierBill:
    with store.write() as unit:
        source, _ = unit.sources.take(SourceKind.SUPPLIER_INVOICES, "x.csv", f"invoice {number}".encode())
        bill = replace(a_bill(number), source_id=source.id)
        unit.bills.add(bill)
    return bill


def test_what_is_stored_comes_back_equal(store: SqlStore) -> None:
    supplier = replace(a_supplier(), email="ar@acme.example", aliases=("ACME",), tax_ids=("DE1",))
    order = an_order(an_order_line("10", rate="1.23456789"), an_order_line("2", quantity="0.333"))
    bill = stored_bill(store)
    with store.write() as unit:
        unit.orders.put_suppliers([supplier])
        unit.orders.put_orders([order])
        unit.orders.put_receipts([a_receipt("4.5", line="10", number="R-1")])
        unit.orders.put_units([UnitConversion("CS", "EA", Decimal(12), "S1", "A-1")], "file")
    with store.read() as unit:
        assert unit.orders.supplier(supplier.id) == supplier
        assert unit.orders.orders_of(supplier.id) == [order]
        assert unit.orders.order(order.number) == order
        assert list(unit.orders.receipts_of([order.number])) == [a_receipt("4.5", line="10", number="R-1")]
        assert unit.orders.units() == [UnitConversion("CS", "EA", Decimal(12), "S1", "A-1")]
        assert unit.bills.get(bill.id) == bill
        assert unit.orders.owners().get("PO-1001") == "S1"
        assert unit.orders.owners().get("PO-9") is None


def test_a_bill_is_saved_only_over_the_version_that_was_read(store: SqlStore) -> None:
    bill = stored_bill(store)
    with store.write() as unit:
        unit.bills.save(replace(bill, version=2), 1)
    with pytest.raises(StaleVersion), store.write() as unit:
        unit.bills.save(replace(bill, version=2, why="late"), 1)


def test_an_import_says_which_known_order_lines_changed(store: SqlStore) -> None:
    order = an_order(an_order_line("1"), an_order_line("2"))
    with store.write() as unit:
        assert unit.orders.put_orders([order]).new == 1
        again = unit.orders.put_orders([order])
        assert (again.new, again.changed, again.lines) == (0, 0, ())
        dearer = replace(order, lines=(order.lines[0], an_order_line("3")))
        changed = unit.orders.put_orders([dearer])
        assert [(each.ref.line, each.after) for each in changed.lines] == [("2", None)]
        closed = unit.orders.put_orders([replace(dearer, status=OrderStatus.CLOSED)])
        assert {each.ref.line for each in closed.lines} == {"1", "3"}
        assert not unit.orders.has_open_orders(order.supplier_id)


def test_receipts_are_known_again_and_true_twins_of_one_note_both_count(store: SqlStore) -> None:
    twins = [a_receipt("4", line="1", number="R-1"), a_receipt("4", line="1", number="R-1")]
    with store.write() as unit:
        unit.orders.put_orders([an_order(an_order_line())])
        assert unit.orders.put_receipts(twins) == [LINE]
        assert unit.orders.put_receipts(twins) == []
        assert unit.orders.put_receipts([replace(twins[0], quantity=Quantity(Decimal(5)))]) == [LINE]
        assert [each.quantity for each in unit.orders.receipts_of([PoNumber("PO-1001")])] == [5, 4]


def test_our_own_receipt_counts_until_the_ledgers_own_takes_its_place(store: SqlStore) -> None:
    own = OwnReceipt("OWN-1", LINE, Decimal(3), date(2026, 3, 2), PersonId("U-1"), "Ada")
    with store.write() as unit:
        unit.orders.put_orders([an_order(an_order_line())])
        unit.orders.add_own_receipt(own)
        assert [each.quantity for each in unit.orders.receipts_of([PoNumber("PO-1001")])] == [3]
        assert unit.orders.replace_own(LINE, "R-7") == [own]
        assert unit.orders.receipts_of([PoNumber("PO-1001")]) == []
        assert unit.orders.replace_own(LINE, "R-8") == []


def test_takes_say_who_charges_an_order_line(store: SqlStore) -> None:
    first, second = stored_bill(store, 1001), stored_bill(store, 1002)
    with store.write() as unit:
        unit.bills.take(first.id, [OrderTake(first.id, LINE, "5", None)])
        unit.bills.take(second.id, [OrderTake(second.id, LINE, "1/3", usd("4.00"))])
        assert unit.bills.charging([LINE]) == [first.id, second.id]
        assert unit.bills.charging([OrderLineRef(PoNumber("PO-1001"), "2")]) == []
        (other,) = unit.bills.takes_of({LINE}, except_bill=first.id)
        assert (other.take.quantity, other.take.amount) == ("1/3", usd("4.00"))
        unit.bills.count_in(first.id, LINE, "2", 0)
        unit.bills.take(first.id, [OrderTake(first.id, LINE, "6", None)])
        (mine,) = unit.bills.takes_of({LINE}, except_bill=second.id)
        assert (mine.take.quantity, mine.counted_quantity) == ("6", "2")
        unit.bills.save(replace(first, version=2, state=SupplierInvoiceState.DELETED), 1)
        assert unit.bills.charging([LINE]) == [second.id]
        assert unit.bills.takes_of({LINE}, except_bill=second.id) == []


def test_duplicates_are_found_by_number_in_any_spelling_and_by_day_and_amount(store: SqlStore) -> None:
    bill = stored_bill(store)
    assert bill.header.invoice_date is not None
    with store.read() as unit:
        assert [each.id for each in unit.bills.same_number(SupplierId("S1"), "inv 77")] == [bill.id]
        assert unit.bills.same_number(SupplierId("S2"), "INV-77") == []
        assert [each.id for each in unit.bills.same_amount(SupplierId("S1"), bill.header.invoice_date, usd("50.00"))] == [
            bill.id
        ]
        assert unit.bills.same_amount(SupplierId("S1"), date(2020, 1, 1), usd("50.00")) == []


def test_learned_codes_that_contradict_each_other_say_nothing(store: SqlStore) -> None:
    with store.write() as unit:
        unit.orders.learn(SupplierId("S1"), "X9", "A-1")
        unit.orders.learn(SupplierId("S1"), "X9", "A-1")
        assert unit.orders.learned(SupplierId("S1")) == {"X9": "A-1"}
        unit.orders.learn(SupplierId("S1"), "X9", "A-2")
        assert unit.orders.learned(SupplierId("S1")) == {}


def test_a_version_of_a_policy_never_changes(store: SqlStore) -> None:
    spring = PolicyVersion(PolicyKind.TOLERANCE, "spring", date(2026, 3, 1), "{}", "Ada")
    with store.write() as unit:
        assert unit.policies.put(spring)
        assert not unit.policies.put(spring)
    with pytest.raises(Refused), store.write() as unit:
        unit.policies.put(replace(spring, body='{"x":1}'))
    with pytest.raises(Refused), store.write() as unit:
        unit.policies.put(replace(spring, version="other"))
    with store.read() as unit:
        assert [each.version for each in unit.policies.all(PolicyKind.TOLERANCE)] == ["spring"]


def waiting_bill(number: int, resolution: LineResolution, **more: object) -> SupplierBill:
    bill = a_bill(number)
    line = replace(bill.lines[0], resolution=resolution)
    return replace(bill, lines=(line,), **more)  # type: ignore[arg-type]


def test_lists_of_work_are_counted_by_the_database(store: SqlStore) -> None:
    asked = (BillQuestion(AskedKind.MISSING, "number"),)
    west = replace(a_bill().header, entity=EntityId("west"))
    bills = [
        waiting_bill(1001, LineResolution.OPEN),
        waiting_bill(1002, LineResolution.OPEN, kind=BillKind.PLAIN, questions=asked),
        waiting_bill(1003, LineResolution.REJECTED, header=west),
        waiting_bill(1004, LineResolution.ACCEPTED, approvers=(PersonId("U-1"), PersonId("U-12"))),
    ]
    with store.write() as unit:
        for bill in bills:
            source, _ = unit.sources.take(SourceKind.SUPPLIER_INVOICES, "x.csv", bill.id.encode())
            unit.bills.add(replace(bill, source_id=source.id))
    review = frozenset({SupplierInvoiceState.NEEDS_REVIEW})
    cases = {
        BillsWanted(review): "1234",
        BillsWanted(frozenset({SupplierInvoiceState.POSTED})): "",
        BillsWanted(review, open_verdicts=frozenset({LineVerdict.UNLINKED})): "1",
        BillsWanted(review, open_verdicts=frozenset({LineVerdict.RATE_MISMATCH})): "",
        BillsWanted(review, open_verdicts=frozenset()): "",
        BillsWanted(review, asked=True): "2",
        BillsWanted(review, asked=False, blocked=False): "14",
        BillsWanted(review, blocked=True): "3",
        BillsWanted(review, resolved=True): "24",
        BillsWanted(review, approver=PersonId("U-1")): "4",
        BillsWanted(review, approver=PersonId("U-2")): "",
        BillsWanted(review, approver=PersonId("%")): "",
        BillsWanted(review, frozenset({EntityId("west")})): "3",
    }
    with store.read() as unit:
        for wanted, expected in cases.items():
            assert "".join(bill.id[-1] for bill in unit.bills.wanted(wanted, 10)) == expected, wanted
            assert unit.bills.count(wanted) == len(expected)
        assert [bill.id for bill in unit.bills.wanted(BillsWanted(review), 2, 1)] == ["SI-1002", "SI-1003"]
        assert [bill.id for bill in unit.bills.wanted(BillsWanted(review), 9, after=bills[2].id)] == ["SI-1004"]
        assert unit.bills.counts({EntityId("west")}) == {SupplierInvoiceState.NEEDS_REVIEW: 1}


def test_the_migration_fills_what_the_lists_ask_for_as_storing_does(store: SqlStore) -> None:
    migration = importlib.import_module("core.store.migrations.versions.0006_waiting_bills")
    asked = (BillQuestion(AskedKind.MISSING, "number"), BillQuestion(AskedKind.NOTICE, said="look"))
    bills = [waiting_bill(1000 + place, resolution) for place, resolution in enumerate(LineResolution, 1)]
    bills += [
        waiting_bill(1020, LineResolution.OPEN, kind=BillKind.PLAIN),
        waiting_bill(1021, LineResolution.OPEN, questions=asked),
    ]
    bills += [waiting_bill(1022, LineResolution.NEW, approvers=(PersonId("U-2"), PersonId("U-1")))]
    with store.write() as unit:
        for bill in bills:
            source, _ = unit.sources.take(SourceKind.SUPPLIER_INVOICES, "x.csv", bill.id.encode())
            unit.bills.add(replace(bill, source_id=source.id))
    columns = ", ".join(name for name, _, _ in migration.COLUMNS)
    query = f"SELECT id, {columns} FROM supplier_bill ORDER BY id"  # noqa: S608  Names of the migration.
    with store._writer.begin() as connection:
        stored = connection.exec_driver_sql(query).all()
        connection.exec_driver_sql("UPDATE supplier_bill SET open_verdicts = '?', approvers = '?', asked = NOT asked")
        migration.fill(connection)
        assert connection.exec_driver_sql(query).all() == stored


def test_the_migration_says_what_a_charge_is_where_it_was_only_known_that_it_is_one(store: SqlStore) -> None:
    migration = importlib.import_module("core.store.migrations.versions.0009_kinds_of_charges")
    words = {
        "Freight": ChargeKind.FREIGHT,
        "Discount": ChargeKind.DISCOUNT,
        "Tax": ChargeKind.TAX,
        "Zuschlag für Größe": ChargeKind.OTHER,
    }
    bill = a_bill(1001)
    charges = tuple(
        replace(bill.lines[0], line=f"C{place}", description=said, charge=kind)
        for place, (said, kind) in enumerate(words.items())
    )
    bill = replace(bill, lines=(*bill.lines, *charges))
    with store.write() as unit:
        source, _ = unit.sources.take(SourceKind.SUPPLIER_INVOICES, "x.csv", b"x")
        unit.bills.add(replace(bill, source_id=source.id))
    query = "SELECT record FROM supplier_bill"
    with store._writer.begin() as connection:
        stored = connection.exec_driver_sql(query).scalar_one()
        before = json.loads(stored)
        for line in before["lines"]:
            line["charge"] = line["charge"] is not None
        connection.execute(sa.text("UPDATE supplier_bill SET record = :record"), {"record": json.dumps(before)})
        migration.fill(connection)
        assert connection.exec_driver_sql(query).scalar_one() == stored
