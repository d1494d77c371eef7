"""What the lines of an invoice say of its tax, added up."""

from decimal import Decimal

import pytest

from core.domain.line_taxes import LineTaxes, TaxedLine, added, may_differ_by

SILENT = LineTaxes(said=True)


def sums(*minor: int) -> LineTaxes:
    return LineTaxes(said=True, whole=True, possible=minor)


def line(amount: int | None, percent: str = "", tax: int | None = None) -> TaxedLine:
    return TaxedLine(amount, Decimal(percent) if percent else None, tax)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([line(1000), line(2000)], LineTaxes()),
        ([line(1000, tax=190), line(2000, tax=380)], sums(570)),
        ([line(1000, "19"), line(2000, "7")], sums(330)),
        ([line(1000, "19"), line(2000)], SILENT),
        ([line(None, "19")], SILENT),
        ([line(1000, "0"), line(2000, "0")], sums(0)),
        ([line(3, "50"), line(3, "50")], sums(3, 4)),
        ([line(1000, "19", 191), line(-200, "19")], sums(153)),
        ([line(None, tax=190)], sums(190)),
    ],
)
def test_the_sums_that_lines_can_mean(lines: list[TaxedLine], expected: LineTaxes) -> None:
    assert added(lines) == expected


@pytest.mark.parametrize(
    ("stated", "lines", "expected"),
    [
        (570, 2, None),
        (572, 2, None),
        (573, 2, 570),
        (568, 2, None),
        (567, 2, 570),
        (571, 1, None),
        (590, 90, None),
        (591, 90, 570),
    ],
)
def test_rounding_explains_one_unit_a_line_and_never_more_than_twenty(stated: int, lines: int, expected: int | None) -> None:
    assert sums(570).apart(stated, lines) == expected
    assert SILENT.apart(stated, lines) is None
    assert may_differ_by(0) == 1


@pytest.mark.parametrize(
    ("said", "expected"),
    [(line(1000, "19", 190), None), (line(1000, "19", 191), None), (line(1000, "19", 200), 190), (line(1000, tax=7), None)],
)
def test_a_line_is_held_against_its_own_percentage(said: TaxedLine, expected: int | None) -> None:
    assert said.contradiction == expected
