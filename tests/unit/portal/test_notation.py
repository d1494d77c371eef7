"""Dates and numbers of a portal, by its user's settings: both ways of writing that occur are read, ambiguous ones refused."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import Malformed, Misconfigured
from core.domain.money import Money, currency
from core.domain.portals import DATE_FORMS, DECIMAL_MARKS
from portal.notation import Notation, checked, read_day, read_money, read_number, settled

ZAR = currency("ZAR")


@pytest.mark.parametrize(
    ("text", "form", "expected"),
    [
        ("07/15/2026", "mm/dd/yyyy", date(2026, 7, 15)),
        ("2026/08/14", "yyyy/mm/dd", date(2026, 8, 14)),
        ("15/07/2026", "dd/mm/yyyy", date(2026, 7, 15)),
        ("15.07.2026", "dd.mm.yyyy", date(2026, 7, 15)),
        ("2026-07-15", "yyyy-mm-dd", date(2026, 7, 15)),
        (" 07/15/2026 ", "mm/dd/yyyy", date(2026, 7, 15)),
    ],
)
def test_a_date_is_read_in_its_form(text: str, form: str, expected: date) -> None:
    assert read_day(text, form) == expected


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("15/07/2026", "mm/dd/yyyy"),
        ("7/15/2026", "mm/dd/yyyy"),
        ("07/15/26", "mm/dd/yyyy"),
        ("07-15-2026", "mm/dd/yyyy"),
        ("02/30/2026", "mm/dd/yyyy"),
        ("07/15/2026 10:00", "mm/dd/yyyy"),
        ("", "mm/dd/yyyy"),
        ("None", "mm/dd/yyyy"),
    ],
)
def test_a_date_in_another_form_is_refused(text: str, form: str) -> None:
    with pytest.raises(Malformed):
        read_day(text, form)


@pytest.mark.parametrize(
    ("text", "mark", "expected"),
    [
        ("4,873.26 ZAR", ".", "4873.26"),
        ("1 614,60 ZAR", ",", "1614.60"),
        ("1\N{NO-BREAK SPACE}614,60 ZAR", ",", "1614.60"),
        ("1\N{NARROW NO-BREAK SPACE}614,60 ZAR", ",", "1614.60"),
        ("1.614,60 ZAR", ",", "1614.60"),
        ("1,234,567.89 ZAR", ".", "1234567.89"),
        ("-12.50 ZAR", ".", "-12.50"),
        ("0.00 ZAR", ".", "0.00"),
        ("12 ZAR", ".", "12.00"),
    ],
)
def test_an_amount_is_read_with_its_mark(text: str, mark: str, expected: str) -> None:
    assert read_money(text, mark) == Money.parse(expected, ZAR)


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("4,873.26 ZAR", ","),
        ("1 614,60 ZAR", "."),
        ("1.614,60 ZAR", "."),
        ("48,73.26 ZAR", "."),
        ("4,873.26", "."),
        ("4,873.265 ZAR", "."),
        ("ZAR", "."),
        ("4,873.26 ZZZ", "."),
        ("4873.26 ZAR 1.00 ZAR", "."),
        ("", "."),
    ],
)
def test_an_amount_that_is_otherwise_is_refused(text: str, mark: str) -> None:
    with pytest.raises(Malformed):
        read_money(text, mark)


def test_currencies_without_minor_units_and_with_three() -> None:
    assert read_money("1,235 JPY", ".") == Money(1235, currency("JPY"))
    assert read_money("1.235,500 KWD", ",") == Money(1_235_500, currency("KWD"))
    with pytest.raises(Malformed):
        read_money("12.50 JPY", ".")


@pytest.mark.parametrize(
    ("text", "mark", "expected"),
    [("12.5", ".", "12.5"), ("0,3333", ",", "0.3333"), ("1,200", ".", "1200"), ("1 200,25", ",", "1200.25"), ("-3", ".", "-3")],
)
def test_a_quantity_keeps_its_digits(text: str, mark: str, expected: str) -> None:
    assert str(read_number(text, mark)) == expected


@pytest.mark.parametrize(
    ("text", "mark"), [("12,5", "."), ("1.2.3", "."), ("", "."), ("twelve", "."), ("1e3", "."), ("٣", ".")]
)
def test_what_is_no_quantity_is_refused(text: str, mark: str) -> None:
    with pytest.raises(Malformed):
        read_number(text, mark)


class TestSettling:
    def test_one_cell_that_can_be_read_in_one_way_decides_for_all(self) -> None:
        found = settled("", "", ["03/04/2026", "07/15/2026"], ["1,000 ZAR", "4,873.26 ZAR"])
        assert found == Notation("mm/dd/yyyy", ".")

    def test_the_other_notation_of_the_same_supplier(self) -> None:
        assert settled("", "", ["2026/08/14"], ["1 614,60 ZAR"]) == Notation("yyyy/mm/dd", ",")

    def test_a_date_that_can_be_two_days_is_refused(self) -> None:
        with pytest.raises(Malformed) as refused:
            settled("", ".", ["03/04/2026"], [])
        assert "two ways" in refused.value.sentence
        assert refused.value.where == "03/04/2026"

    def test_an_amount_that_can_be_two_is_refused(self) -> None:
        with pytest.raises(Malformed):
            settled("mm/dd/yyyy", "", [], ["1,234 KWD"])

    def test_cells_that_contradict_each_other_are_refused(self) -> None:
        with pytest.raises(Malformed):
            settled("", ".", ["07/15/2026", "15/07/2026"], [])
        with pytest.raises(Malformed):
            settled("mm/dd/yyyy", "", [], ["4,873.26 ZAR", "1 614,60 ZAR"])

    def test_cells_that_mean_the_same_in_every_form_are_no_trouble(self) -> None:
        assert settled("", "", ["05/05/2026"], ["100 ZAR"]).day("05/05/2026") == date(2026, 5, 5)

    def test_the_settings_of_the_login_come_first(self) -> None:
        assert settled("dd/mm/yyyy", ".", ["03/04/2026"], []).day("03/04/2026") == date(2026, 4, 3)

    def test_empty_cells_and_the_word_none_say_nothing(self) -> None:
        found = settled("", ".", ["", "None", "07/15/2026"], [])
        assert found.optional_day("None") is None
        assert found.optional_day(" ") is None

    def test_settings_that_are_none_are_named(self) -> None:
        checked("mm/dd/yyyy", ",")
        checked("", "")
        for bad in (("yy-d-m", ""), ("", ";")):
            with pytest.raises(Misconfigured):
                checked(*bad)


@given(
    day=st.dates(date(1990, 1, 1), date(2099, 12, 31)),
    form=st.sampled_from(DATE_FORMS),
    value=st.decimals(0, 10**9, allow_nan=False, allow_infinity=False, places=4),
    mark=st.sampled_from(DECIMAL_MARKS),
)
def test_what_we_type_is_what_we_read(day: date, form: str, value: Decimal, mark: str) -> None:
    notation = Notation(form, mark)
    assert notation.day(notation.write_day(day)) == day
    assert notation.number(notation.write_number(value)) == value


@given(st.text(max_size=30), st.sampled_from(DECIMAL_MARKS), st.sampled_from(DATE_FORMS))
def test_any_text_is_read_or_refused(text: str, mark: str, form: str) -> None:
    for read in (lambda: read_money(text, mark), lambda: read_number(text, mark), lambda: read_day(text, form)):
        try:
            read()
        except Malformed as refused:
            assert refused.sentence  # noqa: PT017 - both ways out are right, a crash is not
