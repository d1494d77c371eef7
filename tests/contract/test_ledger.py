"""What every ledger promises, checked on each one that there is. A new ledger adds itself to `LEDGERS`."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from core.domain.errors import Refused
from core.domain.ids import Key
from core.erp.files.ledger import FileLedger
from core.ports.outside import Ledger, Posting, PostingResult
from core.read.csv_out import csv_text
from tests.builders import a_posting, a_reversal, usd
from tests.databases import SetClock

LEDGERS: dict[str, Callable[[Path, SetClock], Ledger]] = {"files": lambda folder, clock: FileLedger(folder, clock, csv_text)}


@pytest.fixture(params=sorted(LEDGERS))
def opened(request: pytest.FixtureRequest, tmp_path: Path, clock: SetClock) -> Callable[[], Ledger]:
    """Opens the same ledger anew, as another process would."""
    return lambda: LEDGERS[request.param](tmp_path / "erp", clock)


def test_a_posting_gets_an_outcome_under_its_own_key(opened: Callable[[], Ledger]) -> None:
    one, two = a_posting(1), a_posting(2)
    outcomes = opened().post([one, two])
    assert set(outcomes) == {one.key, two.key}
    assert all(outcome.key == key for key, outcome in outcomes.items())
    assert all(outcome.result in {PostingResult.HANDED_OVER, PostingResult.POSTED} for outcome in outcomes.values())


def test_what_was_posted_can_be_looked_up_by_its_key_and_nothing_else_can(opened: Callable[[], Ledger]) -> None:
    posted = opened().post([a_posting(1)])
    for ledger in (opened(), opened()):
        assert ledger.look_up([Key("post:P-1:v1"), Key("post:P-2:v1")]) == posted


def test_the_same_posting_again_is_already_there(opened: Callable[[], Ledger]) -> None:
    ledger = opened()
    first = ledger.post([a_posting(1)])
    assert ledger.post([a_posting(1)]) == first
    assert opened().post([a_posting(1), a_posting(1)]) == first


def test_a_known_key_with_other_content_is_refused_and_nothing_beside_it_is_posted(opened: Callable[[], Ledger]) -> None:
    ledger = opened()
    ledger.post([a_posting(1)])
    changed: Posting = replace(a_posting(1), amount=usd("100.01"), unapplied=usd("0.01"))
    with pytest.raises(Refused) as refused:
        opened().post([a_posting(2), changed])
    assert "P-1" in refused.value.sentence
    assert not opened().look_up([Key("post:P-2:v1")])


def test_a_reversal_has_a_key_of_its_own_and_follows_the_rules_of_postings(opened: Callable[[], Ledger]) -> None:
    ledger = opened()
    posted = ledger.post([a_posting(1)])
    undone = a_reversal(1)
    first = ledger.reverse([undone])
    assert set(first) == {undone.key}
    assert opened().reverse([undone, undone]) == first
    assert opened().look_up([undone.key, a_posting(1).key]) == {**first, **posted}
    with pytest.raises(Refused):
        opened().reverse([replace(undone, erp_id="CR-2")])
    assert opened().reverse([]) == {}


def test_nothing_to_post_is_nothing(opened: Callable[[], Ledger]) -> None:
    assert opened().post([]) == {}
    assert opened().look_up([]) == {}
