import codecs

import pytest

from core.domain.payments import Direction
from core.read.bank.contract_csv import read_contract
from core.read.documents import read_document
from core.read.notes import Notes

HEADER = "payment_id,account,value_date,amount,currency,direction,payer_name,payer_account,reference,text"
GOOD = "P1,OPER,2025-03-31,1200.00,USD,credit,Acme Supply,US123,INV 1042,ACH CREDIT"


def test_every_column_of_the_contract_arrives() -> None:
    reading = read_document("bank.csv", f"{HEADER}\n{GOOD}\n".encode())
    (line,) = reading.bank_lines
    assert reading.unreadable == ()
    assert (line.bank_id, line.account, line.value_date.isoformat()) == ("P1", "OPER", "2025-03-31")
    assert (line.amount.text(), line.amount.currency.code, line.direction) == ("1200.00", "USD", Direction.CREDIT)
    assert (line.payer_name, line.payer_account, line.references, line.text) == (
        "Acme Supply",
        "US123",
        ("INV 1042",),
        "ACH CREDIT",
    )
    assert line.where == "row 2"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_delimiter_byte_order_mark_and_line_ends_do_not_matter(delimiter: str, mark: bytes, end: str) -> None:
    text = delimiter.join(["amount", "currency", "value_date", "payment_id", "our_own_column"]) + end
    text += delimiter.join(["5.10", "EUR", "2025-01-02", "P9", "ignored"]) + end
    reading = read_document("x.txt", mark + text.encode())
    assert [(line.bank_id, line.amount.text()) for line in reading.bank_lines] == [("P9", "5.10")]


@pytest.mark.parametrize(
    ("row", "column", "said"),
    [
        ("P1,OPER,31.03.2025,1200.00,USD,credit,,,,", "value_date", "31.03.2025"),
        ("P1,OPER,2025-02-30,1200.00,USD,credit,,,,", "value_date", "2025-02-30"),
        ('P1,OPER,2025-03-31,"1,200.00",USD,credit,,,,', "amount", "1,200.00"),
        ("P1,OPER,2025-03-31,-5.00,USD,credit,,,,", "amount", "-5.00"),
        ("P1,OPER,2025-03-31,5.001,USD,credit,,,,", "amount", "5.001"),
        ("P1,OPER,2025-03-31,5.5,JPY,credit,,,,", "amount", "5.5"),
        ("P1,OPER,2025-03-31,5.00,ZZZ,credit,,,,", "currency", "ZZZ"),
        ("P1,OPER,2025-03-31,5.00,USD,sideways,,,,", "direction", "sideways"),
        (",OPER,2025-03-31,5.00,USD,credit,,,,", "payment_id", "empty"),
    ],
)
def test_a_bad_cell_names_file_row_column_and_value_and_nothing_is_taken(row: str, column: str, said: str) -> None:
    reading = read_document("march.csv", f"{HEADER}\n{GOOD}\n{row}\n".encode())
    assert reading.bank_lines == ()
    first = reading.unreadable[0]
    assert "march.csv" in first.why
    assert "row 3" in first.why
    assert column in first.why
    assert said in first.why
    assert "Nothing of march.csv was taken" in reading.unreadable[-1].why


def test_a_missing_required_column_is_named() -> None:
    reading = read_document("bank.csv", b"payment_id,value_date,amount\nP1,2025-03-31,5.00\n")
    assert reading.bank_lines == ()
    assert "“currency” is missing" in reading.unreadable[0].why


def test_partial_takes_the_good_rows_and_lists_the_bad() -> None:
    notes = Notes()
    lines = read_contract("bank.csv", f"{HEADER}\n{GOOD}\nP2,,x,1,USD,,,,,\n", notes, partial=True)
    assert [line.bank_id for line in lines] == ["P1"]
    assert len(notes.unreadable) == 1


def test_an_open_quote_refuses_the_file() -> None:
    reading = read_document("bank.csv", f'{HEADER}\nP1,OPER,2025-03-31,5.00,USD,credit,"Acme,,,\n'.encode())
    assert reading.bank_lines == ()
    assert "is no CSV" in reading.unreadable[0].why


def test_twins_are_counted_and_a_repeated_payment_id_is_a_problem() -> None:
    reading = read_document("bank.csv", f"{HEADER}\n{GOOD}\n{GOOD}\n".encode())
    assert [line.ordinal for line in reading.bank_lines] == [1, 2]
    assert "stands on row 2 too" in reading.problems[0].why


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("invoice_number,customer_id,issue_date,due_date,currency,amount,open_amount", "invoices.csv"),
        ("payment_id,value_date,customer_id,payer_name,amount,currency,invoice_numbers", "history.csv"),
        ("customer_id,name,aliases", "customers.csv"),
    ],
)
def test_our_other_files_are_not_taken_for_bank_files_or_advices(header: str, name: str) -> None:
    values = ",".join("1" for _ in header.split(","))
    reading = read_document("x.csv", f"{header}\n{values}\n".encode())
    assert not reading.bank_lines
    assert not reading.remittances
    assert name in reading.unreadable[0].why
