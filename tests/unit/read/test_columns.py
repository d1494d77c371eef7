"""Columns read at once are what the exact reader reads row by row, or nothing."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.command_line.apply_inputs import monies_of
from core.match.ledger import OpenDocument
from core.match.open_columns import Records
from core.read import large_tables, tables
from core.read.columns import split
from core.read.documents import read_document

CELLS = st.text(alphabet='ab,;"\n\r é\t1', max_size=5)
HEADER = (
    "invoice_number,customer_id,issue_date,due_date,currency,amount,open_amount,discount_amount,discount_until,po_number,kind\n"
)
GOOD = "INV-1,C1,2026-01-05,2026-02-04,USD,100.50,80.25,2.01,2026-01-15,PO-7,\n"


def quoted(cell: str) -> str:
    return f'"{cell.replace(chr(34), chr(34) * 2)}"' if set(cell) & set(',;"\n\r\t') else cell


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=4), st.sampled_from(["\n", "\r\n"]))
@settings(max_examples=200, deadline=None)
def test_cells_are_those_of_the_exact_reader(rows: list[tuple[str, str, str]], line: str) -> None:
    text = "customer_id,name,aliases" + line + line.join(",".join(map(quoted, row)) for row in rows)
    found = split(text.encode(), ("customer_id",))
    if found is not None and all(row[0].strip() for row in rows):
        read = tables.take(text.encode(), "x.csv", (), lambda cells: [cells.text(name) for name in found.titles]).records
        assert [list(row) for row in zip(*(found.texts(name) for name in found.titles), strict=True)] == list(read)


@given(st.text(alphabet='a,"\n\r ', max_size=14))
@settings(max_examples=300, deadline=None)
def test_whatever_the_quotes_are_nothing_is_read_differently(body: str) -> None:
    text = "name,b\n" + body
    found = split(text.encode(), ("name",))
    if found is not None:
        read = tables.take(text.encode(), "x.csv", (), lambda cells: (cells.text("name"), cells.text("b")))
        assert not read.complaints
        pairs = zip(found.texts("name"), found.texts("b"), strict=True)
        assert [pair for pair in pairs if any(pair)] == [record for record in read.records if any(record)]


@pytest.mark.parametrize("body", ["a\rb,1\n", "a,b,c\n", 'a,"b\n', 'x"y,1\n', "a,1\n\nb,2\n", '"a" ,1\n', "\0,1\n"])
def test_what_is_unusual_is_left_to_the_exact_reader(body: str) -> None:
    assert split(f"name,b\n{body}".encode(), ("name",)) is None


def test_an_empty_file_a_header_alone_and_a_missing_column_are_left_too() -> None:
    assert split(b"", ()) is None
    assert split(b"name\n", ()) is None
    assert split(b"name,name\na,b\n", ()) is None
    assert split(b"name\na\n", ("customer_id",)) is None
    assert split(b"name\n\xff\n", ()) is None


@pytest.mark.parametrize(
    "row",
    [
        "INV-2,C1,05.01.2026,,USD,1,1,,,,\n",
        "INV-2,C1,2026-02-30,,USD,1,1,,,,\n",
        "INV-2,C1,2025-02-29,,USD,1,1,,,,\n",
        "INV-2,C1,2026-01-05,,USX,1,1,,,,\n",
        "INV-2,C1,2026-01-05,,JPY,1.5,1,,,,\n",
        "INV-2,C1,2026-01-05,,USD,1.,1,,,,\n",
        "INV-2,C1,2026-01-05,,USD,.5,.5,,,,\n",
        "INV-2,C1,2026-01-05,,USD,+1,1,,,,\n",
        "INV-2,C1,2026-01-05,,USD,-1,1,,,,\n",
        "INV-2,C1,2026-01-05,,USD,1234567890123456,1,,,,\n",
        "INV-2,C1,2026-01-05,,USD,1,2,,,,\n",
        "INV-2,C1,2026-01-05,,USD,1,1,1.01,,,\n",
        "INV-2,,2026-01-05,,USD,1,1,,,,\n",
        "INV-2,C1,,,USD,1,1,,,,\n",
        "INV-2,C1,2026-01-05,,USD,1,1,,,,refund\n",
        "INV-1,C1,2026-01-05,,USD,1,1,,,,\n",
    ],
)
def test_one_bad_cell_leaves_the_file_to_the_reader_that_knows_why(row: str) -> None:
    assert large_tables.read_invoices((HEADER + GOOD + row).encode()) is None
    assert tables.read_invoices((HEADER + GOOD + row).encode(), "invoices.csv").complaints


AMOUNTS = st.one_of(st.decimals(0, 10**9, places=2).map(str), st.sampled_from(["0", "5", "00.10", "999999999999.99", "1.5"]))


@given(
    st.lists(
        st.tuples(AMOUNTS, st.dates(date(1, 1, 1), date(2400, 1, 1)), st.sampled_from(["USD", "JPY", "KWD"]), st.booleans()),
        min_size=1,
        max_size=6,
    )
)
@settings(max_examples=100, deadline=None)
def test_documents_are_those_of_the_exact_reader(rows: list[tuple[str, date, str, bool]]) -> None:
    lines = [
        f"N{at}, C{at % 2} ,{day},,{unit},{amount},{amount},,{day},PO {at},{'credit_memo' if memo else ''}\n"
        for at, (amount, day, unit, memo) in enumerate(rows)
    ]
    data = (HEADER + "".join(lines)).encode()
    found, exact = large_tables.read_invoices(data), tables.read_invoices(data, "invoices.csv")
    if found is None:
        return
    assert not exact.complaints
    records = Records(found)
    for at, record in enumerate(exact.records):
        made, wanted = records.document(at), OpenDocument.of(record)
        assert all(
            getattr(made, name) == getattr(wanted, name) for name in OpenDocument.__slots__ if name not in {"row", "_plain"}
        )


def test_usual_files_are_read_at_once() -> None:
    assert large_tables.read_invoices(("\ufeff" + HEADER + GOOD).encode()) is not None
    data = "name;colour;customer_id;aliases;currency\r\n" + '"Alma; ""Steel""";red;C1; Alma One ; A;usd\r\n'.replace(
        "; A;usd", ";USD"
    )
    found = large_tables.read_customers(data.encode())
    assert found == tables.read_customers(data.encode(), "customers.csv").records
    assert found is not None
    assert found[0].name == 'Alma; "Steel"'


BANK = "payment_id,value_date,amount,currency,direction,payer_name,text\r\n"
LINES = (
    'P1,2026-01-05,1.50,USD,,Alma; Steel,"INV 1\r\nINV 2"\r\n',
    "P2,2026-01-06,3,JPY,DEBIT, Ö,x y \r\n",
    "P3,2026-01-06,3.125,KWD,credit,,\r\n",
)


def test_bank_lines_are_those_of_the_reader_in_its_own_process() -> None:
    data = (BANK + "".join(LINES)).encode()
    found = large_tables.read_bank("bank.csv", data, ())
    assert found == monies_of(read_document("bank.csv", data), taken=())
    assert found is not None
    assert [money.incoming for money in found] == [True, False, True]
    assert found[0].text == "INV 1\nINV 2"


@pytest.mark.parametrize(
    "more",
    [
        "P1,2026-01-05,1.50,USD,,,\r\n",
        "P4,2026-01-05,-1.50,USD,,,\r\n",
        "P4,2026-01-05,1.50,USD,both,,\r\n",
        "P4,,1.50,USD,,,\r\n",
        ",2026-01-05,1.50,USD,,,\r\n",
        "P9,2026-01-05,1.50,USD,,,\r\n",
    ],
)
def test_bank_lines_that_need_a_word_are_left_to_that_reader(more: str) -> None:
    assert large_tables.read_bank("bank.csv", (BANK + LINES[0] + more).encode(), {"P9"}) is None


@pytest.mark.parametrize(
    "other", ["customer_id,name\nC1,Alma\n", "date,amount\n2026-01-05,1\n", "From: a\nSubject: b\n\npayment_id"]
)
def test_other_files_are_no_bank_lines(other: str) -> None:
    assert large_tables.read_bank("bank.csv", other.encode(), ()) is None
