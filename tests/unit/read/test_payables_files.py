"""The plain files of payables: what is taken, and what is said about what is not."""

from datetime import date
from decimal import Decimal

import pytest

from core.domain.errors import Malformed
from core.domain.ids import SupplierId
from core.domain.payables import ChargeKind, ComparisonWay, LineKind, OrderStatus, UnitConversion
from core.domain.policy import Combine, Limits
from core.read.payables.files import read_receipts, read_supplier_invoices, read_suppliers, read_units
from core.read.payables.purchase_orders import OrderFile, read_purchase_orders
from core.read.payables.tolerances import read_tolerances

HEAD = "po_number,supplier_id,currency,line,line_kind,match,quantity,rate,amount,status,uom\n"
S1 = SupplierId("S1")


def orders(*rows: str, partial: bool = False) -> tuple[OrderFile, list[str]]:
    file, taken = read_purchase_orders((HEAD + "\n".join(rows) + "\n").encode(), "po.csv", partial=partial)
    return file, [complaint.sentence for complaint in taken.complaints]


def test_orders_are_put_together_from_their_rows() -> None:
    file, complaints = orders(
        "PO-2,S1,USD,1,item,three_way,100,2.12345678,212.35,,EA",
        "PO-1,S1,EUR,1,expense,,,,900,closed,",
        "PO-2,S1,USD,2,,,5,1,,,EA",
        "PO-3,S2,USD,1,,,5,1,5.00,,EA",
    )
    assert complaints == []
    closed, open_order = file.orders_of(S1)
    assert (closed.number, closed.status, closed.lines[0].kind) == ("PO-1", OrderStatus.CLOSED, LineKind.EXPENSE)
    assert [line.line for line in open_order.lines] == ["1", "2"]
    first = open_order.lines[0]
    assert (first.quantity, first.rate, first.way) == (Decimal(100), Decimal("2.12345678"), ComparisonWay.THREE_WAY)
    assert first.amount is not None
    assert first.amount.minor == 21235
    assert file.owners == {"PO-1": "S1", "PO-2": "S1", "PO-3": "S2"}
    assert file.lines == 4


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("PO-1,S1,USD,1,,,ten,1,,,", "po.csv, row 3, column quantity: “ten” is no decimal number"),
        ("PO-1,S1,USD,1,,,1,1,1.005,,", "column amount: “1.005” has more digits than USD has"),
        ("PO-1,S1,JPY,1,,,1,1,1.5,,", "column amount: “1.5” has more digits than JPY has"),
        ("PO-1,S1,XYZ,1,,,1,1,1,,", "column currency: “XYZ” is no currency code"),
        ("PO-1,S1,USD,1,thing,,1,1,1,,", "column line_kind: “thing” is none of"),
        ("PO-1,S1,USD,,,,1,1,1,,", "column line: the cell is empty"),
        ("PO-9,S2,USD,2,,,1,1,1,,", "column supplier_id: “S2” differs from another row of order PO-9 (“S1”)"),
        ("PO-9,S1,USD,2,,,1,1,1,closed,", "column status: “closed” differs from another row of order PO-9 (“”)"),
        ("PO-1,S1,USD,1,,,1,1,1,,E\x1fA", "holds a control sign"),
    ],
)
def test_a_bad_row_is_named_and_nothing_of_the_file_is_taken(row: str, sentence: str) -> None:
    file, complaints = orders("PO-9,S1,USD,1,,,1,1,1,,", row)
    assert len(complaints) == 1
    assert sentence in complaints[0]
    assert file.lines == 0
    kept, _ = orders("PO-9,S1,USD,1,,,1,1,1,,", row, partial=True)
    assert kept.lines == 1


def test_lines_of_one_number_are_told_apart_and_said() -> None:
    file, complaints = orders(
        "PO-1,S1,USD,10,expense,,,,9,,", "PO-1,S1,USD,10,,three_way,5,1,5,,", "PO-1,S1,USD,10,expense,,,,9,,"
    )
    assert complaints == []
    (order,) = file.orders_of(S1)
    assert [(line.line, line.kind.value) for line in order.lines] == [("10", "item"), ("10#2", "expense")]
    assert file.notices == [
        "po.csv, row 3: line 10 of order PO-1 stands there again as another row.",
        "po.csv, row 4: line 10 of order PO-1 stands there again as the same row.",
    ]
    both, _ = orders("PO-1,S1,USD,10,,three_way,5,1,5,,", "PO-1,S1,USD,10,,three_way,6,1,6,,")
    assert [line.line for line in both.orders_of(S1)[0].lines] == ["10#1", "10#2"]


def test_supplier_invoices_are_put_together_from_their_rows() -> None:
    head = "invoice_number,supplier_id,invoice_date,currency,po_numbers,line,line_kind,description,quantity,rate,amount\n"
    rows = "R1,S1,2026-03-02,USD,PO-1;PO 2,1,,Bolt,10,1.5,15.00\nR1,S2,2026-03-02,USD,,1,expense,Visit,,,-9\n"
    taken = read_supplier_invoices((head + rows + "R1,S1,2026-03-02,USD,PO-1;PO 2,2,item,Nut,0,1,0\n").encode(), "r.csv")
    assert taken.complaints == ()
    first, second = taken.records
    assert first.po_numbers == ("PO-1", "PO 2")
    assert [line.line for line in first.lines] == ["1", "2"]
    assert first.lines[0].kind is None
    assert second.lines[0].amount.minor == -900
    assert second.lines[0].quantity is None


@pytest.mark.parametrize(
    ("said", "quantity", "kind", "charge", "description"),
    [
        ("freight", "", LineKind.EXPENSE, ChargeKind.FREIGHT, "Freight"),
        ("Tax", "", LineKind.EXPENSE, ChargeKind.TAX, "Tax"),
        ("discount", "", LineKind.EXPENSE, ChargeKind.DISCOUNT, "Discount"),
        ("charge", "", LineKind.EXPENSE, ChargeKind.OTHER, "Charge"),
        ("credit", "-2", LineKind.ITEM, None, ""),
        ("credit", "", LineKind.EXPENSE, None, ""),
    ],
)
def test_charges_and_credits_are_kinds_of_lines(
    said: str, quantity: str, kind: LineKind, charge: ChargeKind | None, description: str
) -> None:
    head = "invoice_number,supplier_id,invoice_date,currency,line,line_kind,quantity,amount\n"
    data = f"{head}R1,S1,2026-03-02,USD,1,{said},{quantity},-9\n"
    taken = read_supplier_invoices(data.encode(), "r.csv")
    assert taken.complaints == ()
    (line,) = taken.records[0].lines
    assert (line.kind, line.charge, line.description) == (kind, charge, description)


@pytest.mark.parametrize("said", ["credit", "discount"])
def test_what_takes_money_off_has_no_amount_above_zero(said: str) -> None:
    data = f"invoice_number,supplier_id,invoice_date,currency,line,line_kind,amount\nR1,S1,2026-03-02,USD,1,{said},9\n"
    taken = read_supplier_invoices(data.encode(), "r.csv")
    assert taken.complaints[0].sentence == f"r.csv, row 2, column amount: “9” is above zero, and a {said} takes money off."


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("R1,S1,2026-03-03,USD,2,1", "column invoice_date: “2026-03-03” differs from another row of invoice R1"),
        ("R1,S1,2026-03-02,USD,1,1", "column line: “1” stands twice on invoice R1"),
        ("R2,S1,2026-03-02,USD,1,", "column amount: the cell is empty"),
        ("R2,S1,03/02/2026,USD,1,1", "is no date such as"),
    ],
)
def test_a_bad_invoice_row_is_named(row: str, sentence: str) -> None:
    data = f"invoice_number,supplier_id,invoice_date,currency,line,amount\nR1,S1,2026-03-02,USD,1,1\n{row}\n"
    taken = read_supplier_invoices(data.encode(), "r.csv")
    assert taken.records == ()
    assert sentence in taken.complaints[0].sentence
    assert len(read_supplier_invoices(data.encode(), "r.csv", partial=True).records) == 1


def test_receipts_suppliers_and_units() -> None:
    head = "receipt_number,po_number,po_line,received_date,quantity,uom\n"
    file, taken = read_receipts((head + "G1,PO-1,1,2026-02-01,5.5,CS\nG1,PO-2,1,2026-02-01,1,\n").encode(), "g.csv")
    assert taken.complaints == ()
    (receipt,) = file.receipts_of(["PO-1"])
    assert (receipt.quantity, receipt.uom, receipt.received_date) == (Decimal("5.5"), "CS", date(2026, 2, 1))
    empty, taken = read_receipts((head + "G1,PO-1,1,2026-02-31,5,\n").encode(), "g.csv")
    assert "is no date" in taken.complaints[0].sentence
    assert empty.receipts_of(["PO-1"]) == []
    supplier = read_suppliers(b"supplier_id,name,category\nS1,Alma Ltd,mro\n", "s.csv").records[0]
    assert (supplier.id, supplier.category) == ("S1", "mro")
    units = read_units(b"from_uom,to_uom,factor\nCS,EA,12\n", "u.csv")
    assert units.records == (UnitConversion("CS", "EA", Decimal(12)),)
    assert "is not above zero" in read_units(b"from_uom,to_uom,factor\nCS,EA,0\n", "u.csv").complaints[0].sentence


POLICY = """
[match]
automatic_bar = 0.9

[[policy]]
version = "b"
effective_from = 2026-01-01
[[policy.rule]]
combine = "looser"
[policy.rule.rate]
absolute_over = "0.50"
percent_under = 10
[policy.rule.amount]
percent_over = "2"
combine = "tighter"

[[policy]]
version = "a"
effective_from = "2025-01-01"
[[policy.rule]]
item = "I"
supplier = "S"
[policy.rule.quantity]
"""


def test_tolerances_are_read_with_all_they_say() -> None:
    first, second = read_tolerances(POLICY.encode(), "p.toml")
    assert (first.version, first.effective_from) == ("a", date(2025, 1, 1))
    assert first.rules[0].scope == ("item", "supplier")
    assert first.rules[0].quantity == Limits()
    rule = second.rules[0]
    assert rule.rate == Limits(absolute_over=Decimal("0.50"), percent_under=Decimal(10), combine=Combine.LOOSER)
    assert rule.amount == Limits(percent_over=Decimal(2))
    assert rule.quantity is None


RULE = '[[policy]]\nversion = "v"\neffective_from = 2026-01-01\n[[policy.rule]]\n'


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[[policy]", "is no TOML file"),
        ("[policy]", "policy must be written [[policy]]"),
        ("[[policy]]\neffective_from = 2026-01-01", "has no version"),
        ('[[policy]]\nversion = "v"', "effective_from “None” is no date"),
        (RULE + 'item = "I"\ncategory = "c"', "a rule for item and category is no scope"),
        (RULE + 'suplier = "S1"', "there is no key “suplier”"),
        (RULE + 'combine = "both"', "combine “both” is neither tighter nor looser"),
        (RULE + "[policy.rule.rate]\npercent = 2", "there is no key “percent”"),
        (RULE + '[policy.rule.rate]\npercent_over = "2%"', "rate.percent_over “2%” is no limit"),
        (RULE + "[policy.rule.rate]\npercent_over = -1", "rate.percent_over “-1” is no limit"),
        (RULE + "[policy.rule.rate]\npercent_over = true", "rate.percent_over “True” is no limit"),
        (RULE + "rate = 2", "rate must be a table of limits"),
        (RULE + "[policy.rule.rate]\n[[policy.rule]]\n[policy.rule.rate]", "two rules of one scope speak about rate"),
        (RULE + RULE, "version “v” stands twice"),
        (RULE + RULE.replace('"v"', '"w"'), "two versions hold from 2026-01-01"),
    ],
)
def test_what_is_not_understood_is_an_error(text: str, sentence: str) -> None:
    with pytest.raises(Malformed) as error:
        read_tolerances(text.encode(), "p.toml")
    assert sentence in error.value.sentence
