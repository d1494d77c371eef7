"""Account numbers: which runs of letters and digits are IBANs, and which numbers are one account."""

import pytest

from core.domain.bank_accounts import account_key, ibans_in, is_iban, same_account

DE = "DE89370400440532013000"
IBANS = [
    DE,
    "GB82WEST12345698765432",
    "FR1420041010050500013M02606",
    "NL91ABNA0417164300",
    "BE68539007547034",
    "ES9121000418450200051332",
    "NO9386011117947",
    "CH9300762011623852957",
    "MT84MALT011000012345MTLCAST001S",
    "AT611904300234573201",
    "IT60X0542811101000000123456",
]


@pytest.mark.parametrize("iban", IBANS)
def test_an_iban_has_the_length_of_its_country_and_right_check_digits(iban: str) -> None:
    assert is_iban(iban)
    assert is_iban(iban.lower())
    assert not is_iban(iban[:-1])
    assert not is_iban(f"{iban}0")
    last = str((int(iban[-2]) + 1) % 10) if iban[-2].isdigit() else "0"
    assert not is_iban(f"{iban[:-2]}{last}{iban[-1]}")
    assert not is_iban(f"XX{iban[2:]}")


@pytest.mark.parametrize("iban", IBANS)
@pytest.mark.parametrize("text", ["{0}", "IBAN: {0}", "IBAN {0} BIC COBADEFFXXX", "Bank {0}, Konto", "({0})", "IBAN:{0}."])
def test_an_iban_is_found_among_words_in_groups_or_in_one(iban: str, text: str) -> None:
    grouped = " ".join(iban[at : at + 4] for at in range(0, len(iban), 4))
    for written in (iban, grouped, grouped.replace(" ", "\N{NO-BREAK SPACE}"), grouped.replace(" ", "-")):
        said = text.format(written)
        ((found, begin, end),) = ibans_in(said)
        assert (found, said[begin:end]) == (iban, written)


@pytest.mark.parametrize(
    "text",
    [
        "DE89 3704 0044 0532 0130 01",
        "DE89 3704 0044 0532 0130",
        "DE89370400440532013000123",
        "XDE89370400440532013000",
        "Order DE12 3456 of 2026-01-02",
        "VAT DE811234567",
        "",
    ],
)
def test_what_only_looks_like_an_iban_is_none(text: str) -> None:
    assert list(ibans_in(text)) == []


def test_several_accounts_of_one_line_are_all_found() -> None:
    assert [found for found, _, _ in ibans_in(f"Sparkasse {IBANS[0]} Volksbank {IBANS[9]}")] == [IBANS[0], IBANS[9]]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (DE, "de89 3704 0044 0532 0130 00", True),
        (DE, "0532013000", True),
        ("0532013000", "532013000", True),
        (DE, "AT611904300234573201", False),
        (DE, "3000", False),
        ("12345678", "12345679", False),
    ],
)
def test_an_iban_holds_the_plain_number_at_its_end(one: str, other: str, *, same: bool) -> None:
    assert same_account(one, other) is same
    assert same_account(other, one) is same
    assert account_key("de89-3704 0044") == "DE8937040044"
