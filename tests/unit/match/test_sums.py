"""Sums, dates and counts in a payer's words: patterns that are skipped would have found nothing."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.match import sums

PIECES = st.sampled_from(["1", "20", "26", "025", "999", ".", ",", "/", "-", "%", " ", "\n", "A", "OF", "VON", "DE"])
MORE = st.sampled_from(["RATE", "DED-", "CLM", "PCT", "USD", "20", "10", "00"])
TEXTS = st.lists(PIECES | MORE, max_size=14).map("".join)
PATTERNS = (sums._DATE, sums._PERCENT, sums._COUNTED)


@given(TEXTS)
@example("1 OF 2 CLM7 20PCT")
@example("2026-01-20 1.2.2026")
@settings(max_examples=400, deadline=None)
def test_what_is_taken_out_is_what_the_patterns_find(text: str) -> None:
    plain = text
    for pattern in PATTERNS:
        plain = pattern.sub(lambda hit: "|" * len(hit.group()), plain)
    found = [hit for hit in sums._AMOUNT.finditer(plain) if not sums._is_number(hit, plain)]
    for hit in found:
        plain = f"{plain[: hit.start()]}{'|' * len(hit.group())}{plain[hit.end() :]}"
    assert sums.taken_out(text) == plain
    assert sums.mended(text) == sums._BROKEN_AMOUNT.sub("", text)


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_sums_are_those_of_the_pattern(text: str) -> None:
    plain = sums._DATE.sub(lambda hit: "|" * len(hit.group()), text)
    found = [hit for hit in sums._AMOUNT.finditer(plain) if not sums._is_number(hit, plain)]
    assert [at for _, at in sums.amounts_in(text)] == [hit.start() for hit in found]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("INV-1042 1,250.00 USD", "INV-1042 |||||||| USD"),
        ("RE 2026-02-03 77", "RE |||||||||| 77"),
        ("2 OF 3 INV-1042", "|||||| INV-1042"),
        ("INV-1042 5%", "INV-1042 ||"),
        ("25 10427,25 10428", "25 10427,25 10428"),
    ],
)
def test_numbers_of_documents_stay(text: str, left: str) -> None:
    assert sums.taken_out(text) == left
    assert len(re.findall(r"\|", left)) + len(left.replace("|", "")) == len(text)
