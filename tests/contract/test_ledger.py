"""What every ledger promises, of payments and of bills, checked on each one that there is. A new ledger adds itself here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import pytest

from core.domain.errors import Refused
from core.domain.ids import Key
from core.erp.files.bills import FileBills
from core.erp.files.ledger import FileLedger
from core.ports.outside import Acknowledgement, Ledger, PostingOutcome, PostingResult
from core.read.csv_out import csv_text
from tests.builders import a_bill_posting, a_posting, a_reversal, usd
from tests.databases import SetClock


class Takes(Protocol):
    """What payments' and bills' ledgers have in common."""

    def look_up(self, keys: Sequence[Key]) -> Mapping[Key, PostingOutcome]: ...

    def post(self, postings: Sequence[Any]) -> Mapping[Key, PostingOutcome]: ...

    def check(self, said: Sequence[PostingOutcome]) -> Acknowledgement: ...


@dataclass(frozen=True)
class Case:
    """A ledger, what is posted to it, and the same under its key with other content."""

    opens: Callable[[Path, SetClock], Takes]
    posting: Callable[[int], Any]
    changed: Callable[[int], Any]
    name: str


LEDGERS: dict[str, Callable[[Path, SetClock], Ledger]] = {"files": lambda folder, clock: FileLedger(folder, clock, csv_text)}
CASES: dict[str, Case] = {
    "payments as files": Case(
        lambda folder, clock: FileLedger(folder, clock, csv_text),
        a_posting,
        lambda number: replace(a_posting(number), amount=usd("100.01"), unapplied=usd("0.01")),
        "P-1",
    ),
    "bills as files": Case(
        lambda folder, clock: FileBills(folder, clock, csv_text),
        a_bill_posting,
        lambda number: replace(a_bill_posting(number), total=usd("50.01")),
        "SI-1",
    ),
}


@dataclass(frozen=True)
class Opened:
    """Opens the same ledger anew, as another process would."""

    case: Case
    folder: Path
    clock: SetClock

    def __call__(self) -> Takes:
        return self.case.opens(self.folder, self.clock)

    def posting(self, number: int) -> Any:
        return self.case.posting(number)


@pytest.fixture(params=sorted(CASES))
def opened(request: pytest.FixtureRequest, tmp_path: Path, clock: SetClock) -> Opened:
    return Opened(CASES[request.param], tmp_path / "erp", clock)


def test_a_posting_gets_an_outcome_under_its_own_key(opened: Opened) -> None:
    one, two = opened.posting(1), opened.posting(2)
    outcomes = opened().post([one, two])
    assert set(outcomes) == {one.key, two.key}
    assert all(outcome.key == key for key, outcome in outcomes.items())
    assert all(outcome.result in {PostingResult.HANDED_OVER, PostingResult.POSTED} for outcome in outcomes.values())


def test_what_was_posted_can_be_looked_up_by_its_key_and_nothing_else_can(opened: Opened) -> None:
    posted = opened().post([opened.posting(1)])
    for ledger in (opened(), opened()):
        assert ledger.look_up([opened.posting(1).key, opened.posting(2).key]) == posted


def test_the_same_posting_again_is_already_there(opened: Opened) -> None:
    ledger = opened()
    first = ledger.post([opened.posting(1)])
    assert ledger.post([opened.posting(1)]) == first
    assert opened().post([opened.posting(1), opened.posting(1)]) == first


def test_a_known_key_with_other_content_is_refused_and_nothing_beside_it_is_posted(opened: Opened) -> None:
    opened().post([opened.posting(1)])
    with pytest.raises(Refused) as refused:
        opened().post([opened.posting(2), opened.case.changed(1)])
    assert opened.case.name in refused.value.sentence
    assert not opened().look_up([opened.posting(2).key])


def test_an_answer_is_believed_for_what_was_posted_and_where_it_does_not_contradict_itself(opened: Opened) -> None:
    one, two = opened.posting(1), opened.posting(2)
    ledger = opened()
    ledger.post([one, two])
    posted = [PostingOutcome(each.key, PostingResult.POSTED, "E-1") for each in (one, two)]
    strange = PostingOutcome(opened.posting(3).key, PostingResult.POSTED, "E-3")
    refused = PostingOutcome(two.key, PostingResult.REFUSED, "", "no")
    answer = opened().check([*posted, refused, strange])
    assert answer.outcomes == (posted[0],)
    assert len(answer.problems) == 2


def test_nothing_to_post_is_nothing(opened: Opened) -> None:
    assert opened().post([]) == {}
    assert opened().look_up([]) == {}


@pytest.mark.parametrize("name", sorted(LEDGERS))
def test_a_reversal_has_a_key_of_its_own_and_follows_the_rules_of_postings(name: str, tmp_path: Path, clock: SetClock) -> None:
    def opened() -> Ledger:
        return LEDGERS[name](tmp_path / "erp", clock)

    posted = opened().post([a_posting(1)])
    undone = a_reversal(1)
    first = opened().reverse([undone])
    assert set(first) == {undone.key}
    assert opened().reverse([undone, undone]) == first
    assert opened().look_up([undone.key, a_posting(1).key]) == {**first, **posted}
    with pytest.raises(Refused):
        opened().reverse([replace(undone, erp_id="CR-2")])
    assert opened().reverse([]) == {}
