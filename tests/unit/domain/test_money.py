from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import CurrencyDiffers, Malformed
from core.domain.measures import Quantity, Rate, Rounding, exact, extend
from core.domain.money import Money, currency, known_currencies, split, total

USD, JPY, KWD, CLF = (currency(code) for code in ("USD", "JPY", "KWD", "CLF"))
currencies = st.sampled_from(known_currencies()).map(currency)
minors = st.integers(-(10**20), 10**20)


@pytest.mark.parametrize(
    ("text", "mark", "minor"),
    [
        ("1234.56", ".", 123456),
        ("1,234.56", ".", 123456),
        ("1.234,56", ",", 123456),
        ("1 234,56", ",", 123456),
        ("1\N{NO-BREAK SPACE}234,56", ",", 123456),
        ("1'234.56", ".", 123456),
        ("-0.01", ".", -1),
        ("+5", ".", 500),
        (" 7.5 ", ".", 750),
        ("12,345,678.90", ".", 1234567890),
    ],
)
def test_parsing_takes_what_people_write(text: str, mark: str, minor: int) -> None:
    assert Money.parse(text, USD, decimal_mark=mark) == Money(minor, USD)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abc",
        "1.234",
        "1,23,456.00",
        "1.2.3",
        "12,34",
        "1,234,56",
        "--1",
        "1-",
        "(5.00)",
        "1e3",
        "NaN",
        "Infinity",
        "١٢",
        "1_000",
    ],
)
def test_parsing_never_guesses(text: str) -> None:
    with pytest.raises(Malformed):
        Money.parse(text, USD)


def test_a_digit_more_than_the_currency_has_is_refused() -> None:
    with pytest.raises(Malformed, match="more digits"):
        Money.parse("1.005", USD)
    with pytest.raises(Malformed, match="more digits"):
        Money.parse("1.5", JPY)
    assert Money.parse("1.005", KWD).minor == 1005
    assert Money.parse("1.0050", KWD).minor == 1005
    assert Money.parse("1.2345", CLF).minor == 12345


def test_an_unknown_currency_is_named() -> None:
    with pytest.raises(Malformed, match="XXY"):
        currency("XXY")


def test_floats_and_other_currencies_have_no_place() -> None:
    with pytest.raises(TypeError):
        Money(1.0, USD)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Money(True, USD)  # noqa: FBT003
    with pytest.raises(CurrencyDiffers):
        Money(1, USD) + Money(1, JPY)
    with pytest.raises(CurrencyDiffers):
        Money(1, USD) < Money(1, JPY)  # noqa: B015
    assert Money(1, USD) != Money(1, JPY)


def test_people_and_files_read_it_in_their_way() -> None:
    assert str(Money(123456789, USD)) == "1,234,567.89 USD"
    assert Money(-5, USD).text() == "-0.05"
    assert str(Money(1234, JPY)) == "1,234 JPY"
    assert Money(1234, KWD).text() == "1.234"


@given(minors, currencies)
def test_text_and_back_is_the_same(minor: int, of: object) -> None:
    money = Money(minor, of)  # type: ignore[arg-type]
    assert Money.parse(money.text(), money.currency) == money
    assert Money.parse(str(money).rpartition(" ")[0], money.currency) == money
    assert Money.of(money.decimal(), money.currency) == money


@given(minors, st.lists(st.integers(0, 10**6), min_size=1, max_size=20).filter(lambda weights: sum(weights) > 0))
def test_parts_always_sum_to_the_whole(minor: int, weights: list[int]) -> None:
    whole = Money(minor, USD)
    parts = split(whole, weights)
    assert total(parts, USD) == whole
    for part, weight in zip(parts, weights, strict=True):
        assert abs(abs(part.minor) * sum(weights) - abs(minor) * weight) < sum(weights)
        assert weight or not part


def test_leftover_units_go_to_the_largest_weights_first() -> None:
    assert [part.minor for part in split(Money(100, USD), [1, 1, 1])] == [34, 33, 33]
    assert [part.minor for part in split(Money(10, USD), [1, 2, 1])] == [2, 6, 2]
    with pytest.raises(ValueError, match="weights"):
        split(Money(1, USD), [0, 0])


def test_rate_times_quantity_rounds_once() -> None:
    assert extend(Rate(Decimal("0.125")), Quantity(Decimal(1)), USD).minor == 13
    assert extend(Rate(Decimal("0.125")), Quantity(Decimal(1)), USD, Rounding.HALF_EVEN).minor == 12
    assert extend(Rate(Decimal("0.333333")), Quantity(Decimal(3)), USD).minor == 100


@pytest.mark.parametrize("text", ["", "x", "NaN", "Infinity"])
def test_measures_are_finite_numbers(text: str) -> None:
    with pytest.raises(Malformed):
        exact(text)


def test_measures_keep_their_digits() -> None:
    assert str(exact("1.2300")) == "1.2300"
