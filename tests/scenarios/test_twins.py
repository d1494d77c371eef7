"""Deposits that look alike in two files: nothing is lost and nothing is counted twice. On both databases."""

import pytest

from core.app.outcomes import Done
from core.domain.events import QuestionEvent
from core.domain.payments import PaymentState
from core.domain.questions import QuestionState
from core.match.overlaps import doubtful
from core.read.documents import read_document
from tests.service import Desk, bai2

CASH = "175,6000,Z,,,CASH DEPOSIT"
OTHER = "175,7100,Z,,,COUNTER DEPOSIT"
THIRD = "175,7200,Z,,,NIGHT SAFE"


def total(desk: Desk) -> int:
    """Minor units of everything that counts as money."""
    return sum(payment.amount.minor for payment in desk.payments() if payment.state is not PaymentState.EXPECTED)


def questions(desk: Desk) -> list[QuestionState]:
    with desk.services.store.read() as unit:
        return [each.state for each in unit.questions.in_states(tuple(QuestionState))]


class TestOverlap:
    def test_a_statement_that_repeats_the_lines_of_the_day_brings_nothing(self, desk: Desk) -> None:
        desk.file(bai2(CASH, OTHER))
        desk.file(bai2(CASH, OTHER, THIRD, number="2"), "later.bai")
        assert total(desk) == 6000 + 7100 + 7200
        assert questions(desk) == []

    def test_twins_of_one_file_are_two_and_stay_two(self, desk: Desk) -> None:
        desk.file(bai2(CASH, CASH))
        desk.file(bai2(CASH, CASH, OTHER, number="2"), "later.bai")
        assert total(desk) == 2 * 6000 + 7100

    def test_the_banks_reference_settles_it(self, desk: Desk) -> None:
        desk.file(bai2("175,6000,Z,REF1,,CASH DEPOSIT"))
        desk.file(bai2("175,6000,Z,REF1,,CASH DEPOSIT", OTHER, number="2"), "later.bai")
        assert total(desk) == 6000 + 7100
        assert questions(desk) == []


class TestDoubt:
    """A line alike in everything, alone in another file, is neither dropped nor taken: a person is asked."""

    @pytest.fixture
    def asked(self, desk: Desk) -> Desk:
        desk.file(bai2(CASH, OTHER))
        outcome = desk.file(bai2(CASH, THIRD, number="2"), "afternoon.bai")
        assert isinstance(outcome, Done)
        assert "1 to be answered by a person" in outcome.sentence
        assert total(desk) == 6000 + 7100 + 7200
        assert questions(desk) == [QuestionState.TWIN_ASKED]
        return desk

    def test_new_money_becomes_a_payment(self, asked: Desk) -> None:
        assert isinstance(asked.answer_question(QuestionEvent.COUNT), Done)
        assert total(asked) == 2 * 6000 + 7100 + 7200
        assert asked.question().payment_id is not None

    def test_once_counted_a_statement_with_both_brings_nothing(self, asked: Desk) -> None:
        asked.answer_question(QuestionEvent.COUNT)
        asked.file(bai2(CASH, CASH, OTHER, THIRD, number="3"), "whole day.bai")
        assert total(asked) == 2 * 6000 + 7100 + 7200

    def test_a_statement_with_both_while_it_is_asked_counts_nothing_and_loses_nothing(self, asked: Desk) -> None:
        asked.file(bai2(CASH, CASH, OTHER, THIRD, number="3"), "whole day.bai")
        assert total(asked) == 6000 + 7100 + 7200
        asked.answer_question(QuestionEvent.COUNT)
        assert total(asked) == 2 * 6000 + 7100 + 7200

    def test_seen_before_leaves_room_for_a_real_twin_that_a_later_statement_shows(self, asked: Desk) -> None:
        assert isinstance(asked.answer_question(QuestionEvent.SAME), Done)
        assert total(asked) == 6000 + 7100 + 7200
        asked.file(bai2(CASH, CASH, OTHER, THIRD, number="3"), "whole day.bai")
        assert total(asked) == 2 * 6000 + 7100 + 7200

    def test_an_answer_can_be_taken_back_and_given_anew(self, asked: Desk) -> None:
        asked.answer_question(QuestionEvent.SAME)
        assert isinstance(asked.answer_question(QuestionEvent.REOPEN), Done)
        assert questions(asked) == [QuestionState.TWIN_ASKED]
        asked.answer_question(QuestionEvent.COUNT)
        assert total(asked) == 2 * 6000 + 7100 + 7200

    def test_the_same_file_again_asks_nothing_again(self, asked: Desk) -> None:
        asked.file(bai2(CASH, THIRD, number="2"), "again.bai")
        assert questions(asked) == [QuestionState.TWIN_ASKED]


def test_only_what_comes_back_alone_and_without_a_reference_is_doubtful() -> None:
    lines = read_document("bank.bai", bai2(CASH, OTHER, "175,1,Z,REF9,,X")).bank_lines
    assert doubtful(lines, [True, False, False]) == [0]
    assert doubtful(lines, [True, True, False]) == []
    assert doubtful(lines, [False, False, True]) == []
    assert doubtful(lines, [True, False, True]) == []
