"""Numbers that are none of our keys: they count where the amount agrees, of a payer that is known, and nowhere else."""

import pytest

from tests.unit.match.worlds import ALMA, BRISTOL, applied, ask, automatic, document, index, seen

NUMBERS = [*(f"INV-00{number}" for number in range(12340, 12360)), *(f"RE-2024-{number:05d}" for number in range(3000, 3010))]
LEDGER = index([document(number, f"{100 + 7 * at}.{at:02}") for at, number in enumerate(NUMBERS)])
ASKED = {number: 10_000 + 701 * at for at, number in enumerate(NUMBERS)}


def paid(*numbers: str) -> str:
    total = sum(ASKED[number] for number in numbers)
    return f"{total // 100}.{total % 100:02}"


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("INV 345", ["INV-0012345"]),
        ("FRA 345, 346 Y 005", ["INV-0012345", "INV-0012346", "RE-2024-03005"]),
        ("INV-001345", ["INV-0012345"]),
        ("INV-00123345", ["INV-0012345"]),
        ("INV-0012345, INV-0012346, INV-001237 STORE 114", ["INV-0012345", "INV-0012346"]),
    ],
)
def test_three_last_digits_and_a_digit_too_many_or_too_few_count_where_the_amount_agrees(text: str, numbers: list[str]) -> None:
    outcome = ask(seen(paid(*numbers), text=text, name=ALMA.name), LEDGER)
    assert set(applied(outcome)) == set(numbers)


def test_they_tell_equal_documents_apart() -> None:
    equal = index([document(f"INV-00{number}", "100.00") for number in range(12340, 12360)])
    outcome = ask(seen("200.00", text="INV 345, 351", name=ALMA.name), equal)
    assert set(applied(outcome)) == {"INV-0012345", "INV-0012351"}
    assert automatic(outcome)


def test_they_say_nothing_where_the_amount_does_not_agree_or_the_payer_is_not_known() -> None:
    short = ask(seen("50.00", text="INV 345", name=ALMA.name), LEDGER)
    assert not short.suggestions
    elsewhere = index([document("INV-0012345", "135.05", "C2")], (ALMA, BRISTOL))
    assert not ask(seen("135.05", text="INV-001345", name=ALMA.name), elsewhere).suggestions


def test_a_strangers_number_that_is_also_a_slip_for_one_of_the_payers_is_settled_by_the_amount() -> None:
    documents = [
        document("US2025-002727", "5052.26"),
        document("US2025-007669", "166.26"),
        document("RE-2024-00272", "90.00", "C2"),
    ]
    outcome = ask(seen("5218.52", text="US2025-00272 AND US2025-007669", name=ALMA.name), index(documents, (ALMA, BRISTOL)))
    assert set(applied(outcome)) == {"US2025-002727", "US2025-007669"}
    assert automatic(outcome)
