import json
from datetime import date

import pytest

from core.domain.errors import Malformed
from core.domain.money import Money, currency
from core.domain.payments import Direction
from core.domain.readings import (
    Part,
    Problem,
    ReadBankLine,
    Reading,
    ReadRemittance,
    UnreadablePart,
    unstated_currency,
)
from core.domain.remittance import RemittanceLine
from core.read.codec import packed, unpacked

FULL = Reading(
    source="ä.eml",
    format="mail",
    bank_lines=(
        ReadBankLine(
            "row 2", "A", date(2025, 3, 31), Money(5, currency("JPY")), Direction.DEBIT, references=("x", "y"), reversal=True
        ),
    ),
    remittances=(
        ReadRemittance(
            "page 1",
            (RemittanceLine("1", Money(-5, unstated_currency(3))), RemittanceLine("2")),
            complete=False,
            total=Money(10**20, unstated_currency(3)),
            paid_on=date(2025, 1, 1),
            currency_sure=False,
        ),
    ),
    problems=(Problem("a", "b"),),
    unreadable=(UnreadablePart("c", "\0 d"),),
    parts=(Part("1", "n", "d", "s", "0" * 64, 7),),
    sender="a@b.example",
    subject="s",
)


def test_a_reading_comes_back_equal() -> None:
    assert unpacked(packed(FULL)) == FULL


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b"null",
        b"[" * 100_000,
        b'["a","b"]',
        packed(FULL).replace(b'"debit"', b'"sideways"'),
        packed(FULL).replace(b'"2025-03-31"', b'"2025-99-31"'),
        packed(FULL).replace(b'"JPY",0', b'"JPY",2'),
        packed(FULL).replace(b'"JPY"', b'"ZZZ"'),
        packed(FULL).replace(b'[5,"JPY"', b'[5.5,"JPY"'),
        packed(FULL).replace(b'[5,"JPY"', b'[true,"JPY"'),
        packed(FULL).replace(b'"row 2"', b"7"),
        packed(FULL)[:-1],
        json.dumps([*json.loads(packed(FULL)), "more"]).encode(),
    ],
)
def test_what_is_no_reading_is_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        unpacked(data)
