from collections.abc import Sequence

import pytest

from core.domain.readings import Reading
from core.read.documents import read_document


def read(text: str) -> Reading:
    return read_document("export.csv", text.encode())


def lines(reading: Reading) -> Sequence[tuple[str, str, str, str]]:
    return [
        (line.value_date.isoformat(), line.direction.value, line.amount.text(), line.amount.currency.code)
        for line in reading.bank_lines
    ]


def test_a_german_export_with_lines_above_its_header() -> None:
    text = (
        "Konto;DE89370400440532013000\nWährung;EUR\n\n"
        "Buchungstag;Wertstellung;Auftraggeber/Empfänger;Verwendungszweck;Betrag;Saldo\n"
        "28.03.2025;29.03.2025;Muster Werkzeug GmbH;RE 1042;1.200,50;2.200,50\n"
        "31.03.2025;31.03.2025;Stadtwerke;Strom;-100,00;2.100,50\n"
    )
    reading = read(text)
    assert reading.format == "bank export"
    assert lines(reading) == [("2025-03-29", "credit", "1200.50", "EUR"), ("2025-03-31", "debit", "100.00", "EUR")]
    assert (reading.bank_lines[0].payer_name, reading.bank_lines[0].text) == ("Muster Werkzeug GmbH", "RE 1042")
    assert reading.problems == ()


def test_debit_and_credit_columns_and_american_dates() -> None:
    text = (
        "Posting Date,Description,Debit,Credit,Balance,Currency\n"
        '03/14/2025,ORIG CO NAME:ACME SUPPLY   ORIG ID:1,,"1,200.00","2,200.00",USD\n'
        '03/05/2025,CHECK 1001,50.00,,"1,000.00",USD\n'
    )
    reading = read(text)
    assert lines(reading) == [("2025-03-14", "credit", "1200.00", "USD"), ("2025-03-05", "debit", "50.00", "USD")]
    assert reading.bank_lines[0].payer_name == "ACME SUPPLY"


@pytest.mark.parametrize(
    ("side", "direction"), [("CR", "credit"), ("D", "debit"), ("S", "debit"), ("H", "credit"), ("+", "credit")]
)
def test_a_column_may_say_the_side(side: str, direction: str) -> None:
    reading = read(f"Date;Amount;D/C;Currency;Text\n2025-03-14;100,00;{side};EUR;X\n")
    assert lines(reading) == [("2025-03-14", direction, "100.00", "EUR")]


def test_an_unknown_side_is_unreadable() -> None:
    reading = read("Date;Amount;D/C;Currency;Text\n2025-03-14;100,00;?;EUR;X\n2025-03-14;100,00;C;EUR;X\n")
    assert len(reading.bank_lines) == 1
    assert "neither credit nor debit" in reading.unreadable[0].why


def test_dates_that_stay_open_refuse_the_file() -> None:
    reading = read("Posting Date,Amount,Balance,Currency\n03/04/2025,5.00,5.00,USD\n")
    assert not reading.bank_lines
    assert "two ways" in reading.unreadable[0].why


def test_no_currency_refuses_every_row_with_what_to_do() -> None:
    reading = read("Posting Date,Amount,Balance\n2025-03-04,5.00,5.00\n")
    assert not reading.bank_lines
    assert "add a column “currency”" in reading.unreadable[0].why


def test_a_balance_that_does_not_tie_is_a_problem() -> None:
    reading = read("Posting Date,Amount,Balance,Currency\n2025-03-04,5.00,5.00,USD\n2025-03-05,5.00,11.00,USD\n")
    assert len(reading.bank_lines) == 2
    assert "balance does not tie" in reading.problems[0].why


def test_dates_amounts_and_words_alone_are_not_taken_for_a_bank_file() -> None:
    reading = read("Date,Description,Amount\n2025-03-04,lunch,5.00\n")
    assert not reading.bank_lines
    assert reading.unreadable
