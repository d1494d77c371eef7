"""Structured references: published examples of every scheme, and what they name in a ledger."""

import pytest

from core.match.check_digits import Inner, inside
from tests.unit.match.worlds import ALMA, applied, ask, automatic, customer, document, index, seen

TRUE = {
    "RF18539007547034": Inner("539007547034", padded=True),
    "RF712348231": Inner("2348231", padded=True),
    "210000000003139471430009017": Inner("21000000000313947143000901", padded=True),
    "00000010421": Inner("1042", padded=False, certain=False),
    "00000010427": Inner("1042", padded=False, certain=False),
}


@pytest.mark.parametrize("text", TRUE)
def test_a_reference_whose_check_holds_gives_its_inside(text: str) -> None:
    assert inside(text) == TRUE[text]


@pytest.mark.parametrize(
    "text", ["RF18539007547035", "RF00", "RFA8539007547034", "210000000003139471430009018", "12", "", "A1B2C3D4"]
)
def test_one_wrong_sign_makes_it_an_ordinary_word(text: str) -> None:
    assert inside(text) is None


def _with_luhn(body: str) -> str:
    return next(body + check for check in "0123456789" if inside(body + check) is not None)


@pytest.mark.parametrize(
    "written",
    ["RF47104277", "RF47 1042 77", "ref RF47104277 thank you", "qr"],
    ids=["in one", "in fours", "between words", "QR"],
)
def test_a_structured_reference_names_our_document(written: str) -> None:
    ledger = index([document("INV-0104277", "250.00"), document("INV-0104278", "250.00")])
    text = _qr("104277") if written == "qr" else written
    outcome = ask(seen("250.00", text=text, name=ALMA.name), ledger)
    assert applied(outcome) == {"INV-0104277": "250.00"}
    assert automatic(outcome)


def _qr(number: str) -> str:
    body = number.zfill(26)
    return next(body + check for check in "0123456789" if inside(body + check) is not None)


def test_a_customer_number_may_stand_before_ours() -> None:
    ledger = index([document("104277", "250.00"), document("104278", "250.00")])
    outcome = ask(seen("250.00", text=_with_luhn("0077104" + "104277"), name=ALMA.name), ledger)
    assert applied(outcome) == {"104277": "250.00"}


def test_a_number_of_ours_is_never_read_as_a_structured_one() -> None:
    """1042775 is a document although its last digit checks the first six, which are another document."""
    number = _with_luhn("104277")
    ledger = index([document("104277", "250.00"), document(number, "250.00")], [ALMA, customer("C9", "Nine Ltd")])
    outcome = ask(seen("250.00", text=number, name=ALMA.name), ledger)
    assert applied(outcome) == {number: "250.00"}
