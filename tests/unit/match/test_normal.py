import pytest

from core.match.normal import cut_keys, flat, full_name_key, name_key, name_keys, shape


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Müller Maschinenbau GmbH & Co. KG", "MULLER MASCHINENBAU"),
        ("MULLER MASCHINENBAU GMBH", "MULLER MASCHINENBAU"),
        ("Summit Manufacturing International, Inc.", "SUMMIT MFG INTL"),
        ("SUMMIT MFG INTL", "SUMMIT MFG INTL"),
        ("O'Connor Foods L.L.C.", "OCONNOR FOODS"),
        ("Łódź Handel Sp. z o.o.", "LODZ HANDEL"),
        ("The Birch Company", "BIRCH"),
        ("BIRCH CO", "BIRCH"),
        ("The", "THE"),
        ("Ab Inc", "AB"),
        ("Inc", "INC"),
        ("", ""),
    ],
)
def test_names_lose_what_banks_change(written: str, key: str) -> None:
    assert name_key(written) == key


def test_a_name_is_known_under_both_ways_of_writing_umlauts() -> None:
    assert set(name_keys("Jäger Bau AG")) == {"JAGER BAU", "JAEGER BAU", "JGER BAU"}


def test_legal_forms_tell_two_firms_apart_in_the_full_key() -> None:
    assert full_name_key("Delta Foods Inc") != full_name_key("Delta Foods LLC")
    assert name_key("Delta Foods Inc") == name_key("Delta Foods LLC")


@pytest.mark.parametrize("cut", ["GROSS VERPACKUNG", "GROSSVERPACKUNGENGM"])
def test_a_cut_name_is_the_beginning_of_a_spelling(cut: str) -> None:
    assert any(key.startswith(cut.replace(" ", "")) for key in cut_keys("Groß Verpackungen GmbH"))


def test_upper_case_and_accents_fold_but_nothing_moves() -> None:
    assert flat("Straße 5 – Øst") == "STRASSE 5 - OST"


def test_letters_and_digits_of_one_shape_are_equal_on_both_sides() -> None:
    assert shape("INV0O1I") == shape("1NVO01L")
