from datetime import date
from decimal import Decimal

import pytest

from core.read.dates import common_order, read_date, settled
from core.read.numbers import common_marks, narrowed, read_amount


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,234.56", {".": "1234.56"}),
        ("1.234,56", {",": "1234.56"}),
        ("1,234", {".": "1234", ",": "1.234"}),
        ("1.234", {".": "1.234", ",": "1234"}),
        ("(1,234.56)", {".": "-1234.56"}),
        ("$(5.00)", {".": "-5.00"}),
        ("1,234.56-", {".": "-1234.56"}),
        ("-1.234,56", {",": "-1234.56"}),
        ("1 234,56", {",": "1234.56"}),
        ("1\N{NO-BREAK SPACE}234,56 €", {",": "1234.56"}),
        ("1\N{NARROW NO-BREAK SPACE}234,56", {",": "1234.56"}),
        ("1'234.50", {".": "1234.50"}),
        ("CHF 1’234.50", {".": "1234.50"}),
        ("12,34,567.00", {".": "1234567.00"}),
        ("0,123", {",": "0.123"}),
        ("1234,567", {",": "1234.567"}),
        ("1,234,567", {".": "1234567"}),
        ("1.200,-", {".": "1200", ",": "1200"}),
        ("100.00 CR", {".": "-100.00"}),
        ("100.00 DR", {".": "100.00"}),
        (".50", {".": "0.50"}),
        ("500", {".": "500", ",": "500"}),
    ],
)
def test_an_amount_has_the_meanings_that_its_marks_allow(text: str, expected: dict[str, str]) -> None:
    amount = read_amount(text)
    assert amount is not None
    assert dict(amount.meanings) == {mark: Decimal(value) for mark, value in expected.items()}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "INV-5",
        "1.2.3",
        "1,23,4",
        "2025-03-04",
        "1,234.567,00",
        "(1.00",
        "--5",
        "-5.00-",
        "USD 5 EUR",
        "٣٤",
        "5" * 25,
        "1,234\n5",
    ],
)
def test_what_is_no_amount_is_not_made_into_one(text: str) -> None:
    assert read_amount(text) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [("$5.00", "$"), ("US$ 5.00", "USD"), ("5,00 €", "EUR"), ("GBP 5.00", "GBP"), ("C$5.00", "CAD"), ("5 kr", "kr")],
)
def test_the_currency_beside_an_amount_is_kept(text: str, code: str) -> None:
    amount = read_amount(text)
    assert amount is not None
    assert amount.currency == code


def test_one_clear_cell_decides_its_column() -> None:
    amounts = [found for text in ("1,234", "2,000", "3,234.50") if (found := read_amount(text))]
    assert common_marks(amounts) == {"."}


def test_a_column_without_a_clear_cell_stays_open_and_a_mixed_one_has_no_mark() -> None:
    unclear = [found for text in ("1,234", "2,000") if (found := read_amount(text))]
    mixed = [found for text in ("1,5", "1.5") if (found := read_amount(text))]
    assert common_marks(unclear) == {".", ","}
    assert common_marks(mixed) == frozenset()


def test_digits_of_the_currency_close_what_marks_leave_open() -> None:
    amount = read_amount("1,234")
    assert amount is not None
    assert narrowed(amount, 2).value() == 1234
    assert narrowed(amount, 3).value() is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2025-03-04", date(2025, 3, 4)),
        ("2025/03/04", date(2025, 3, 4)),
        ("20250304", date(2025, 3, 4)),
        ("13/04/2025", date(2025, 4, 13)),
        ("04/13/2025", date(2025, 4, 13)),
        ("3.4.25", date(2025, 4, 3)),
        ("4 March 2025", date(2025, 3, 4)),
        ("March 4, 2025", date(2025, 3, 4)),
        ("Tuesday, March 4, 2025", date(2025, 3, 4)),
        ("4. März 2025", date(2025, 3, 4)),
        ("4 août 2025", date(2025, 8, 4)),
        ("4 de marzo de 2025", date(2025, 3, 4)),
        ("04-MAR-25", date(2025, 3, 4)),
        ("2025-03-04T10:00:00", date(2025, 3, 4)),
        ("04/04/2025", date(2025, 4, 4)),
    ],
)
def test_a_clear_date_is_read(text: str, day: date) -> None:
    assert settled(read_date(text)) == day


@pytest.mark.parametrize("text", ["", "31/02/2025", "2025-13-01", "12345", "yesterday", "1.2", "99/99/9999"])
def test_what_is_no_date_is_not_made_into_one(text: str) -> None:
    assert read_date(text) == {}


def test_a_value_above_twelve_decides_its_column() -> None:
    column = [read_date(text) for text in ("03/04/2025", "13/04/2025")]
    assert common_order(column) == "dmy"
    assert settled(column[0], "dmy") == date(2025, 4, 3)


def test_a_date_that_can_be_read_in_two_ways_stays_open() -> None:
    assert settled(read_date("03/04/2025")) is None
    assert common_order([read_date("03/04/2025")]) == ""
    assert common_order([read_date("13/04/2025"), read_date("04/13/2025")]) == ""
