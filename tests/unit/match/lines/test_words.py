"""Words of descriptions and how many are shared."""

import pytest

from core.match.lines.words import shared, words_of


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [
        ("Hex bolt stainless steel M8 40", "Hex bolt stainless steel M8 40", 6),
        ("HEX BOLT SS STL M8 40", "Hex bolt stainless steel M8 40", 6),
        ("bolt, Hex, 40, M8, steel, stainless", "Hex bolt stainless steel M8 40", 6),
        ("Hex bolt stainless steel M8 50", "Hex bolt stainless steel M8 40", 5),
        ("V BELT BLK 24 V", "V belt black 24 V", 3),
        ("Flat wshr galv", "Flat washer galvanised steel", 3),
        ("Gloves", "Glove size 9", 1),
        ("Profile 2,50 x 1250", "Profile 2.5 1250", 3),
        ("Steel", "Stainless", 0),
        ("Freight", "Hex bolt", 0),
        ("Präzisionslager", "PRAZISIONSLAGER", 1),
        ("Aluminum profile", "Aluminium profile", 2),
        ("", "Hex bolt", 0),
    ],
)
def test_shared_words(one: str, other: str, count: int) -> None:
    assert shared(words_of(one), words_of(other)) == count
    assert shared(words_of(other), words_of(one)) == count


def test_numbers_are_never_compared_loosely() -> None:
    assert shared(words_of("DN25"), words_of("DN32")) == 1
    assert shared(words_of("12345"), words_of("12346")) == 0
