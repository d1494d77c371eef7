"""The owner's own files: strict, and plain about what is wrong."""

from datetime import date

import pytest

from core.domain.errors import Malformed
from core.domain.evidence import GapKind
from core.domain.policy import MatchPolicy
from core.domain.receivables import DocumentKind
from core.read.match_policy import read_match_policy
from core.read.tables import read_customers, read_history, read_invoices

HEADER = (
    "invoice_number,customer_id,issue_date,due_date,currency,amount,open_amount,discount_amount,discount_until,po_number,kind\n"
)
GOOD = "INV-1,C1,2026-01-05,2026-02-04,USD,100.50,80.25,2.01,2026-01-15,PO-7,\n"


def invoices(*rows: str) -> bytes:
    return (HEADER + "".join(rows)).encode()


def test_a_good_file_is_taken() -> None:
    taken = read_invoices(invoices(GOOD, "CM-1,C1,2026-01-05,,JPY,500,500,,,,credit_memo\n"), "invoices.csv")
    first, second = taken.records
    assert (first.number, first.open_amount.text(), first.due_date, first.po_number) == (
        "INV-1",
        "80.25",
        date(2026, 2, 4),
        "PO-7",
    )
    assert (second.kind, second.amount.minor, second.due_date) == (DocumentKind.CREDIT_MEMO, 500, None)
    assert taken.complaints == ()


def test_columns_in_any_order_unknown_ones_ignored_other_delimiters_and_a_mark_in_front() -> None:
    data = '\ufeffname;colour;customer_id;aliases;bank_accounts\r\n"Alma; Steel";red;C1;Alma One;A1;\r\n'.replace(";A1;", ";A1")
    taken = read_customers(data.encode(), "customers.csv")
    assert taken.complaints == ()
    assert (taken.records[0].id, taken.records[0].name, taken.records[0].bank_accounts) == ("C1", "Alma; Steel", ("A1",))


@pytest.mark.parametrize(
    ("row", "column", "why"),
    [
        ("INV-2,C1,05.01.2026,,USD,1,1,,,,\n", "issue_date", "is no date such as 2025-03-31"),
        ("INV-2,C1,2026-02-30,,USD,1,1,,,,\n", "issue_date", "is no date such as 2025-03-31"),
        ("INV-2,C1,2026-01-05,,USX,1,1,,,,\n", "currency", "is no currency code of ISO 4217"),
        ("INV-2,C1,2026-01-05,,JPY,1.5,1,,,,\n", "amount", "has more digits than JPY has (0 after the point)"),
        ('INV-2,C1,2026-01-05,,USD,"1,000.00",1,,,,\n', "amount", "is no decimal number with a point and without group marks"),
        ("INV-2,C1,2026-01-05,,USD,-1,1,,,,\n", "amount", "is negative"),
        ("INV-2,C1,2026-01-05,,USD,1,2,,,,\n", "open_amount", "is more than the amount"),
        ("INV-2,,2026-01-05,,USD,1,1,,,,\n", "customer_id", "the cell is empty"),
        ("INV-2,C1,2026-01-05,,USD,1,1,,,,refund\n", "kind", "is none of credit_memo, invoice"),
        ("INV-1,C1,2026-01-05,,USD,1,1,,,,\n", "invoice_number", "stands on row 2 already"),
    ],
)
def test_a_bad_cell_names_file_row_column_and_value_and_nothing_is_taken(row: str, column: str, why: str) -> None:
    taken = read_invoices(invoices(GOOD, row), "invoices.csv")
    assert taken.records == ()
    complaint = taken.complaints[0]
    assert (complaint.file, complaint.row, complaint.column, complaint.why) == ("invoices.csv", 3, column, why)
    assert "invoices.csv, row 3, column" in complaint.sentence
    assert complaint.value in complaint.sentence
    assert len(read_invoices(invoices(GOOD, row), "invoices.csv", partial=True).records) == 1


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"name\nAlma\n", "the required column is missing"),
        (b"customer_id,name,name\nC1,a,b\n", "the column stands twice in the header"),
        (b"customer_id,name\nC1\n", "has 1 cells under 2 columns"),
        (b"customer_id,name\nC1,a,b\n", "has 3 cells under 2 columns"),
        (b"customer_id,name\nC1,\xff\n", "is not UTF-8 (byte 20)"),
        (b'customer_id,name\nC1,"a\n', "is no CSV: unexpected end of data"),
    ],
)
def test_a_broken_file_is_refused_as_a_whole(data: bytes, why: str) -> None:
    taken = read_customers(data, "customers.csv")
    assert taken.records == ()
    assert [complaint.why for complaint in taken.complaints] == [why]


def test_many_bad_rows_are_counted_and_not_all_listed() -> None:
    taken = read_customers(("customer_id,name\n" + ",x\n" * 300).encode(), "customers.csv")
    assert (len(taken.complaints), taken.more_complaints) == (200, 100)


def test_settled_payments() -> None:
    header = b"payment_id,value_date,customer_id,payer_name,amount,currency,invoice_numbers\n"
    data = header + b"H1,2025-12-01,C1,Alma,5.00,USD,INV-1; INV-2\n"
    settled = read_history(data, "history.csv").records[0]
    assert (settled.invoice_numbers, settled.amount.text() if settled.amount else "") == (("INV-1", "INV-2"), "5.00")
    bad = b"payment_id,value_date,customer_id,amount\nH1,2025-12-01,C1,5.00\n"
    assert read_history(bad, "history.csv").complaints[0].column == "currency"


def test_a_policy_file_changes_what_it_names_and_nothing_else() -> None:
    policy = read_match_policy(b'[match]\nautomatic_bar = 1\nautomatic_gaps = ["none"]\ntax_rates = [7]\n', "p.toml")
    assert (policy.automatic_bar, policy.automatic_gaps, policy.tax_rates) == (1.0, frozenset({GapKind.NONE}), (7,))
    assert read_match_policy(b'[[policy]]\nversion = "2025"\n', "p.toml") == MatchPolicy()


@pytest.mark.parametrize(
    "data",
    [
        b"[match",
        b"match = 1",
        b"[match]\nspeed = 9",
        b'[match]\nfee_limit = "60"',
        b'[match]\nautomatic_gaps = ["gift"]',
        b"[match]\nfee_limit = true",
        b"\xff",
    ],
)
def test_a_wrong_policy_is_an_error(data: bytes) -> None:
    with pytest.raises(Malformed):
        read_match_policy(data, "p.toml")
