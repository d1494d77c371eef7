import math

import pytest

from core.match import subsets


def test_every_set_is_counted_and_the_first_are_kept() -> None:
    fits = subsets.search([[100], [200], [300], [400]], 500, 12)
    assert fits.counts == {2: 2}
    assert fits.sets == [((0, 0), (3, 0)), ((1, 0), (2, 0))]


def test_a_document_is_taken_at_one_of_its_values_only() -> None:
    assert subsets.search([[100, 98], [50]], 148, 12).sets == [((0, 1), (1, 0))]
    assert subsets.search([[100, 98]], 198, 12).total == 0


def test_credit_memos_lower_a_sum() -> None:
    assert subsets.search([[500], [-120]], 380, 12).sets == [((0, 0), (1, 0))]


def test_the_empty_set_never_fits() -> None:
    assert subsets.search([[5], [7]], 0, 12).total == 0


def test_many_documents_are_tried_up_to_pairs_and_say_so() -> None:
    values = [[7 * k + 1] for k in range(120)]
    fits = subsets.search(values, values[3][0] + values[90][0], 12)
    assert fits.tried_up_to == 2
    assert ((3, 0), (90, 0)) in fits.sets or fits.counts[2] > len(fits.sets)


def test_a_few_more_documents_are_tried_up_to_triples() -> None:
    values = [[2**k] for k in range(30)]
    fits = subsets.search(values, 2**3 + 2**11 + 2**29, 12)
    assert fits.sets == [((3, 0), (11, 0), (29, 0))]


def test_larger_sets_than_allowed_are_not_answers() -> None:
    assert subsets.search([[1], [2], [4], [8]], 15, 3).total == 0


def test_equal_documents_make_as_many_sets_as_there_are_ways_to_choose() -> None:
    assert subsets.alike([[250]] * 20, 1250, 3) == (5, math.comb(20, 5))
    assert subsets.alike([[250]] * 4, 1250, 3) is None


@pytest.mark.parametrize(("odd", "round_one"), [(123457, 123400), (100003, 100000)])
def test_round_amounts_are_less_telling(odd: int, round_one: int) -> None:
    assert subsets.log_density(odd) < subsets.log_density(round_one)


def test_one_document_of_few_weighs_more_than_one_of_many() -> None:
    assert subsets.set_weight(1, 3) > subsets.set_weight(1, 30) > subsets.set_weight(3, 30)
