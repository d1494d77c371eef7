"""Large files of payables are read as columns, and mean exactly what they mean row by row."""

import csv
import io

import pytest

from core.domain.ids import SupplierId
from core.domain.payables import PurchaseOrder
from core.read.payables.files import LATER_COLUMNS, ReceiptFile, read_receipts, read_supplier_invoices
from core.read.payables.large_bills import BillsOnFile, read_large_invoices, read_large_receipts
from core.read.payables.large_orders import read_large_orders
from core.read.payables.purchase_orders import COLUMNS, OrderFile, read_purchase_orders

HEAD = ",".join(COLUMNS)
PLAIN = [
    "PO-1,S1,USD,1,2026-01-05,open,item,three_way,I-1,X1,Hex bolt,EA,5000,100,2.5,0,250.00,0",
    "PO-1,S1,USD,2,2026-01-05,open,expense,,,,Visit,,,,,,900,",
    "PO-1,S1,USD,10,2026-01-05,open,,two_way,I-2,,Grüße,CS,,5,0.12345678,1,0.62,",
    "PO-2,S2,JPY,1,,closed,item,,,,,EA,,-3,7,,-21,0.00",
    "PO-3,S1,KWD,A,,,,,,,,,,1,1.5,,1.500,",
]


def records(file: OrderFile) -> dict[str, list[PurchaseOrder]]:
    return {supplier: file.orders_of(SupplierId(supplier)) for supplier in sorted(set(file.owners.values()))}


def both_ways(text: str) -> tuple[OrderFile | None, OrderFile]:
    data = text.encode()
    exact, _ = read_purchase_orders(data, "po.csv")
    return read_large_orders(data, "po.csv"), exact


def quoted(rows: list[str], delimiter: str = ",", style: int = csv.QUOTE_ALL) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, quoting=style).writerows(csv.reader([HEAD, *rows]))  # type: ignore[arg-type]
    return out.getvalue()


SOUND = {
    "plain": "\n".join([HEAD, *PLAIN]) + "\n",
    "without a last line feed": "\n".join([HEAD, *PLAIN]),
    "with carriage returns": "\r\n".join([HEAD, *PLAIN]) + "\r\n",
    "with a mark of byte order": "\N{ZERO WIDTH NO-BREAK SPACE}" + "\n".join([HEAD, *PLAIN]),
    "every cell in quotes": quoted(PLAIN),
    "quotes inside cells": quoted([*PLAIN, 'PO-4,S2,USD,1,,,,,,,"Sheet 3"" thick, black",EA,,1,1,,1,'], ";", csv.QUOTE_MINIMAL),
    "a line feed inside a cell": quoted(PLAIN).replace("Hex bolt", "Hex\nbolt"),
    "blanks around cells": "\n".join([HEAD, *(row.replace(",", " , ") for row in PLAIN)]),
    "other order of columns": "\n".join([f"x,{HEAD},y", *(f"?,{row},!" for row in PLAIN)]),
    "blanks beyond ASCII": "\n".join([HEAD, *PLAIN]).replace("Hex bolt", "\N{NO-BREAK SPACE}Hex bolt\N{NO-BREAK SPACE}"),
    "words in capitals": "\n".join([HEAD, *PLAIN]).replace("open", "OPEN").replace("two_way", "Two_Way"),
    "idle zeros": "\n".join([HEAD, *PLAIN]).replace("250.00", "250.0000").replace("-21", "-21.00"),
    "rows of an order lie apart": "\n".join([HEAD, *PLAIN[:2], *PLAIN[3:], PLAIN[2]]),
    "lines of one number": "\n".join(
        [HEAD, *PLAIN, PLAIN[0], PLAIN[2].replace(",10,", ",2,"), PLAIN[1], "PO-9,S1,USD,7,,,,,,,,,,,,,,", PLAIN[0]]
    ),
    "long cells": "\n".join([HEAD, *PLAIN]).replace("Hex bolt", "Hex bolt " * 40).replace("X1", "X" * 70),
}


@pytest.mark.parametrize("kind", SOUND)
def test_orders_read_as_columns_are_those_read_row_by_row(kind: str) -> None:
    large, exact = both_ways(SOUND[kind])
    assert large is not None
    assert records(large) == records(exact)
    assert len(records(exact)["S1"]) >= 2
    assert (large.owners, large.notices, large.lines) == (exact.owners, exact.notices, exact.lines)


FAULTS = {
    "quantity": ("100,2.5", "ten,2.5"),
    "point without digits": ("100,2.5", "100.,2.5"),
    "digits missing before the point": ("100,2.5", ".5,2.5"),
    "two points": ("100,2.5", "1.0.0,2.5"),
    "minus inside": ("100,2.5", "1-0,2.5"),
    "only a minus": ("100,2.5", "-,2.5"),
    "sixteen digits": ("100,2.5", "1234567890123456,2.5"),
    "thirteen decimals": ("100,2.5", "1.1234567890123,2.5"),
    "digits of other scripts": ("100,2.5", "\N{ARABIC-INDIC DIGIT ONE},2.5"),
    "more digits than the currency": ("250.00", "250.001"),
    "digits of a currency without any": ("-21", "-21.5"),
    "no currency": ("PO-2,S2,JPY", "PO-2,S2,JPX"),
    "no day": ("2026-01-05", "2026-02-30"),
    "no status": ("closed", "shut"),
    "no kind": (",expense,", ",costs,"),
    "no way": ("three_way", "four_way"),
    "no order number": ("PO-3", ""),
    "an order number of blanks": ("PO-3", "\N{NO-BREAK SPACE}"),
    "no line": ("KWD,A", "KWD,"),
    "another supplier on one order": ("PO-1,S1,USD,10", "PO-1,S2,USD,10"),
    "another currency on one order": ("PO-1,S1,USD,10", "PO-1,S1,EUR,10"),
    "a control sign": ("Hex", "He\x1fx"),
    "a stray quote": ("Hex bolt", 'Hex" bolt'),
    "a cell too many": ("Visit,", "Visit,x,"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_is_not_plainly_right_is_left_to_the_exact_reader(fault: str) -> None:
    before, after = FAULTS[fault]
    text = SOUND["plain"]
    assert before in text
    large, _ = both_ways(text.replace(before, after))
    assert large is None


def test_an_order_that_does_not_agree_with_itself_further_down_is_left_to_the_exact_reader() -> None:
    large, exact = both_ways("\n".join([HEAD, *PLAIN, PLAIN[0].replace("open", "closed")]))
    assert large is None
    assert exact.lines == 0


INVOICES = (
    "invoice_number,supplier_id,invoice_date,currency,po_numbers,line,line_kind,item_code,description,quantity,uom,rate,amount,"
    "due_date,discount_until,discount_amount,tax_amount,price_correction"
)
BILLS = [
    "R-1,S1,2026-03-02,USD,PO-1; PO 2 ;,1,,I-1,Bolt,10,EA,1.5,15.00,2026-04-01,2026-03-12,0.30,2.85,",
    "R-1,S1,2026-03-02,USD,PO-1; PO 2 ;,2,EXPENSE,,Visit,,,,-0.05,2026-04-01,2026-03-12,0.30,2.85,No",
    "R-1,S2,2026-03-02,JPY,,10,item,,Ü,3,,7,21,,,,,yes",
    f"R-9,S2,2026-03-04,USD,{'PO-1;' * 20},1,Freight,,,,,,1,,,,,",
]


def bills_of(bills: BillsOnFile) -> list[object]:
    return [bills.at(place) for place in range(len(bills))]


@pytest.mark.parametrize("rows", [BILLS, [*BILLS[:1], *BILLS[2:], BILLS[1]], BILLS[::-1]])
def test_invoices_read_as_columns_are_those_read_row_by_row(rows: list[str]) -> None:
    data = "\n".join([INVOICES, *rows]).encode()
    large, exact = read_large_invoices(data), read_supplier_invoices(data, "r.csv")
    assert exact.complaints == ()
    assert large is not None
    assert bills_of(large) == list(exact.records)
    assert large.lines == 4
    assert [large.at(place).supplier_id for place in large.by_supplier[SupplierId("S2")]] == ["S2", "S2"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (",2,EXPENSE", ",1,EXPENSE"),
        ("2.85,No", "2.86,No"),
        ("2.85,No", "2.85,maybe"),
        (",21,", ",21.5,"),
        ("Freight", "discount"),
        (",21,", ",,"),
        ("2026-03-04", ""),
        ("2026-03-12", "soon"),
        ("Visit,,", "Visit,1e3,"),
    ],
)
def test_a_bad_invoice_is_left_to_the_exact_reader(before: str, after: str) -> None:
    text = "\n".join([INVOICES, *BILLS])
    assert before in text
    data = text.replace(before, after).encode()
    assert read_large_invoices(data) is None
    assert read_supplier_invoices(data, "r.csv").complaints


def test_an_invoice_with_a_line_twice_in_rows_that_lie_apart_is_left_to_the_exact_reader() -> None:
    assert read_large_invoices("\n".join([INVOICES, *BILLS, BILLS[0]]).encode()) is None


RECEIPTS = "receipt_number,po_number,po_line,received_date,quantity,uom\n"


def test_receipts_read_as_columns_are_those_read_row_by_row() -> None:
    rows = [f"G{n},PO-{n * 7 % 4},{n},2026-02-{n % 28 + 1:02},{n}.5,{'EA' * (n % 2)}\n" for n in range(40)]
    data = (RECEIPTS + "".join(rows)).encode()
    large, (exact, _) = read_large_receipts(data), read_receipts(data, "g.csv")
    assert large is not None
    orders = sorted({receipt.po_number for receipt in exact.all()})
    assert len(orders) == 4
    assert [large.receipts_of([order]) for order in orders] == [exact.receipts_of([order]) for order in orders]
    assert [large.arrived_for(order) for order in orders] == [
        [(receipt.po_line, receipt.quantity, receipt.uom) for receipt in exact.receipts_of([order])] for order in orders
    ]
    assert large.arrived_for("PO-7") == []


@pytest.mark.parametrize(
    "row", ["G1,PO-1,1,2026-02-30,5,", "G1,PO-1,1,2026-02-01,,", "G1,,1,2026-02-01,5,", ",PO-1,1,2026-02-01,5,"]
)
def test_a_bad_receipt_is_left_to_the_exact_reader(row: str) -> None:
    data = f"{RECEIPTS}G0,PO-1,1,2026-02-01,5,\n{row}\n".encode()
    assert read_large_receipts(data) is None
    assert isinstance(read_receipts(data, "g.csv")[0], ReceiptFile)
    assert read_receipts(data, "g.csv")[1].complaints


@pytest.mark.parametrize("column", LATER_COLUMNS)
def test_columns_that_few_files_have_are_left_to_the_exact_reader_where_they_are_filled(column: str) -> None:
    rows = [f"{INVOICES},{column}", *(f"{row}," for row in BILLS)]
    assert read_large_invoices("\n".join(rows).encode()) is not None
    data = "\n".join([*rows[:-1], f"{rows[-1]}19"]).encode()
    assert read_large_invoices(data) is None
    assert read_supplier_invoices(data, "r.csv").complaints == ()
