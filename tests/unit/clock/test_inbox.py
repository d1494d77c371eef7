import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.app import take_document
from core.app.outcomes import AlreadyDone, Done, Outcome, Refusal
from core.clock.inbox import Inbox
from core.domain.errors import LedgerDown, Malformed

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Taken:
    """The story: remembers what it was given; an answer may be planned for a name."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.answers: dict[str, Outcome | Exception] = {}

    def __call__(self, name: str, data: bytes) -> Outcome:
        self.names.append(name)
        answer = self.answers.get(name, Done("S-1", 1, data.decode(errors="replace")))
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def taken() -> Taken:
    return Taken()


@pytest.fixture
def inbox(tmp_path: Path, taken: Taken) -> Inbox:
    return Inbox(tmp_path / "inbox", taken, take_document.order, 1000)


@pytest.fixture
def drop(tmp_path: Path) -> Callable[[str, str], Path]:
    def put(name: str, text: str) -> Path:
        (tmp_path / "inbox").mkdir(exist_ok=True)
        file = tmp_path / "inbox" / name
        file.write_text(text)
        return file

    return put


Drop = Callable[[str, str], Path]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_a_file_is_taken_once_two_looks_find_it_unchanged(tmp_path: Path, inbox: Inbox, taken: Taken, drop: Drop) -> None:
    assert inbox.look(NOW) == 0
    file = drop("bank.csv", "half")
    assert inbox.look(NOW) == 0
    file.write_text("half and the other half")
    assert inbox.look(NOW) == 0
    assert inbox.look(NOW) == 1
    assert taken.names == ["bank.csv"]
    assert names(tmp_path / "inbox" / "taken") == ["20260302T090000Z-bank.csv"]
    assert inbox.look(NOW) == 0


def test_a_file_that_was_only_created_is_left_to_be_filled(inbox: Inbox, taken: Taken, drop: Drop) -> None:
    file = drop("slow.csv", "")
    for _ in range(6):
        inbox.look(NOW)
    assert taken.names == []
    file.write_text("now it is full")
    inbox.look(NOW)
    inbox.look(NOW)
    assert taken.names == ["slow.csv"]


def test_what_is_being_written_hidden_or_no_file_is_left_alone(tmp_path: Path, inbox: Inbox, taken: Taken, drop: Drop) -> None:
    for name in (".hidden", "bank.csv.part", "bank.csv.filepart", "x.tmp"):
        drop(name, "data")
    (tmp_path / "inbox" / "folder").mkdir()
    (tmp_path / "outside").write_text("not ours")
    (tmp_path / "inbox" / "link.csv").symlink_to(tmp_path / "outside")
    for _ in range(3):
        inbox.look(NOW)
    assert taken.names == []


def test_files_that_lie_there_together_are_taken_in_the_order_that_they_need(inbox: Inbox, taken: Taken, drop: Drop) -> None:
    drop("a-bank.csv", "payment_id,value_date,amount,currency\n")
    drop("b-invoices.csv", "invoice_number,open_amount\n")
    drop("c-customers.csv", "customer_id,name\n")
    drop("d-ack.csv", "payment_key,result\n")
    inbox.look(NOW)
    assert inbox.look(NOW) == 4
    assert taken.names == ["d-ack.csv", "c-customers.csv", "b-invoices.csv", "a-bank.csv"]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (Refusal("unreadable", "bank.csv: It holds no bank lines."), "bank.csv: It holds no bank lines."),
        (Malformed("row 3 is wrong"), "row 3 is wrong"),
        (KeyError("secret detail"), "Tieout itself failed on this file (reference "),
    ],
)
def test_a_refused_file_has_the_reason_beside_it_and_the_others_go_on(
    tmp_path: Path, inbox: Inbox, taken: Taken, drop: Drop, answer: Outcome | Exception, why: str
) -> None:
    taken.answers["bank.csv"] = answer
    drop("bank.csv", "x")
    drop("other.csv", "y")
    inbox.look(NOW)
    assert inbox.look(NOW) == 2
    refused = tmp_path / "inbox" / "refused"
    assert names(refused) == ["20260302T090000Z-bank.csv", "20260302T090000Z-bank.csv.why.txt"]
    said = (refused / "20260302T090000Z-bank.csv.why.txt").read_text()
    assert said.startswith(why)
    assert "secret detail" not in said
    assert names(tmp_path / "inbox" / "taken") == ["20260302T090000Z-other.csv"]


def test_what_cannot_be_taken_now_stays_and_is_taken_later(tmp_path: Path, inbox: Inbox, taken: Taken, drop: Drop) -> None:
    taken.answers["ack.csv"] = LedgerDown("The folder cannot be used.")
    drop("ack.csv", "x")
    for _ in range(3):
        inbox.look(NOW)
    assert names(tmp_path / "inbox") == ["ack.csv"]
    taken.answers["ack.csv"] = AlreadyDone("S-1", "known")
    assert inbox.look(NOW) == 1
    assert names(tmp_path / "inbox" / "taken") == ["20260302T090000Z-ack.csv"]


def test_a_crash_before_the_file_was_moved_means_that_it_is_taken_again(tmp_path: Path, taken: Taken, drop: Drop) -> None:
    drop("bank.csv", "x")
    for _ in range(2):
        restarted = Inbox(tmp_path / "inbox", taken, take_document.order, 1000)
        restarted.look(NOW)
    assert taken.names == []
    restarted.look(NOW)
    assert taken.names == ["bank.csv"]


def test_a_file_larger_than_we_take_is_refused_without_being_read(
    tmp_path: Path, inbox: Inbox, taken: Taken, drop: Drop
) -> None:
    drop("huge.csv", "0" * 1001)
    inbox.look(NOW)
    inbox.look(NOW)
    assert taken.names == []
    assert "larger than" in (tmp_path / "inbox" / "refused" / "20260302T090000Z-huge.csv.why.txt").read_text()


def test_two_files_of_one_name_are_both_kept(tmp_path: Path, inbox: Inbox, drop: Drop) -> None:
    for text in ("one", "two"):
        drop("bank.csv", text)
        inbox.look(NOW)
        inbox.look(NOW)
    kept = [path.read_text() for path in sorted((tmp_path / "inbox" / "taken").iterdir())]
    assert kept == ["one", "two"]


def test_a_file_that_goes_away_meanwhile_harms_nothing(inbox: Inbox, drop: Drop) -> None:
    file = drop("bank.csv", "x")
    inbox.look(NOW)
    os.unlink(file)  # noqa: PTH108  As another process would.
    assert inbox.look(NOW) == 0
