import csv
import hashlib
import io
import json
import os
import shutil
import signal
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from core.domain.errors import BatchChanged, LedgerDown
from core.domain.ids import InvoiceNumber, Key
from core.domain.money import Money, currency
from core.erp.files.ledger import FileLedger
from core.erp.files.posting_file import COLUMNS, FILE, MANIFEST
from core.ports.outside import Posting, PostingOutcome, PostingResult
from core.read.csv_out import csv_text
from tests.builders import a_posting, an_application, usd
from tests.databases import SetClock
from tests.faults import Fault, FaultyDisk, PowerCut


def ledger_in(folder: Path, fault: Fault | None = None) -> FileLedger:
    return FileLedger(folder, SetClock(), csv_text, FaultyDisk(fault or Fault(0)))


def batches(folder: Path) -> list[Path]:
    return sorted(path for path in (folder / "outgoing").iterdir())


def rows(folder: Path) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for batch in batches(folder):
        found += csv.DictReader(io.StringIO((batch / FILE).read_text(), newline=""))
    return found


class TestThePostingFile:
    def test_it_has_one_row_an_application_with_what_belongs_to_the_payment_on_each(self, tmp_path: Path) -> None:
        of = (an_application("INV-1", "60.00", "1.50"), an_application("INV-2", "25.00"))
        ledger_in(tmp_path).post([a_posting(7, "100.00", of)])
        (batch,) = batches(tmp_path)
        with (batch / FILE).open(newline="") as file:
            assert tuple(next(csv.reader(file))) == COLUMNS
        first, second = rows(tmp_path)
        assert first == {
            "payment_key": "post:P-7:v1",
            "customer_id": "C1",
            "deposit_date": "2026-02-27",
            "method": "ach",
            "reference": "REF 7",
            "currency": "USD",
            "payment_amount": "100.00",
            "invoice_number": "INV-1",
            "applied_amount": "60.00",
            "discount_amount": "1.50",
            "write_off_amount": "0.00",
            "reason": "",
            "unapplied_amount": "15.00",
        }
        assert (second["invoice_number"], second["applied_amount"], second["unapplied_amount"]) == ("INV-2", "25.00", "15.00")

    def test_a_payment_with_nothing_applied_has_one_row_without_a_document(self, tmp_path: Path) -> None:
        ledger_in(tmp_path).post([a_posting(1, "33.00", ())])
        (row,) = rows(tmp_path)
        assert (row["invoice_number"], row["applied_amount"], row["unapplied_amount"]) == ("", "0.00", "33.00")

    def test_a_credit_memo_is_negative_and_a_yen_has_no_digits(self, tmp_path: Path) -> None:
        memo = an_application("CM-1", "-20.00")
        yen = Money(5000, currency("JPY"))
        posting = replace(a_posting(2, "10.00", ()), amount=yen, unapplied=yen)
        ledger_in(tmp_path).post([a_posting(1, "80.00", (an_application("INV-1", "100.00"), memo)), posting])
        assert [row["applied_amount"] for row in rows(tmp_path)] == ["100.00", "-20.00", "0"]
        assert rows(tmp_path)[2]["payment_amount"] == "5000"

    def test_a_strangers_text_is_no_formula(self, tmp_path: Path) -> None:
        ledger = ledger_in(tmp_path)
        posting = replace(a_posting(1), reference='=HYPERLINK("http://evil.example")')
        outcome = ledger.post([posting])
        assert rows(tmp_path)[0]["reference"] == '\'=HYPERLINK("http://evil.example")'
        assert ledger_in(tmp_path).post([posting]) == outcome

    def test_the_manifest_counts_rows_payments_and_money_and_names_the_hash(self, tmp_path: Path) -> None:
        of = (an_application("INV-1", "60.00"), an_application("INV-2", "40.00"))
        euro = Money(1250, currency("EUR"))
        other = replace(a_posting(3, "1.00", ()), amount=euro, unapplied=euro)
        ledger_in(tmp_path).post([a_posting(1, "100.00", of), a_posting(2, "33.00", ()), other])
        (batch,) = batches(tmp_path)
        manifest = json.loads((batch / MANIFEST).read_text())
        assert manifest == {
            "batch": batch.name,
            "created_at": "2026-03-02T09:00:00Z",
            "rows": 4,
            "payments": 3,
            "control_total": {"EUR": "12.50", "USD": "133.00"},
            "sha256": hashlib.sha256((batch / FILE).read_bytes()).hexdigest(),
        }


class TestExactlyOnce:
    def test_two_batches_of_one_second_have_two_folders(self, tmp_path: Path) -> None:
        ledger = ledger_in(tmp_path)
        ledger.post([a_posting(1)])
        ledger.post([a_posting(2)])
        assert len(batches(tmp_path)) == 2

    def test_a_batch_that_the_ledger_has_taken_away_is_still_known(self, tmp_path: Path) -> None:
        outcome = ledger_in(tmp_path).post([a_posting(1)])
        shutil.rmtree(batches(tmp_path)[0])
        assert ledger_in(tmp_path).post([a_posting(1)]) == outcome
        assert batches(tmp_path) == []

    def test_what_another_process_wrote_is_known(self, tmp_path: Path) -> None:
        one, other = ledger_in(tmp_path), ledger_in(tmp_path)
        one.look_up([])
        outcome = other.post([a_posting(1)])
        assert one.post([a_posting(1)]) == outcome
        assert len(batches(tmp_path)) == 1

    def test_many_threads_with_one_posting_write_one_row(self, tmp_path: Path) -> None:
        ledgers = [ledger_in(tmp_path) for _ in range(8)]
        threads = [threading.Thread(target=ledger.post, args=([a_posting(1)],)) for ledger in ledgers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(rows(tmp_path)) == 1

    def test_the_power_may_go_off_before_any_step(self, tmp_path: Path) -> None:
        steps = _steps_of_a_posting(tmp_path / "count")
        assert len(steps) > 12
        for at in range(1, len(steps) + 1):
            folder = tmp_path / f"cut {at}"
            postings = [a_posting(1), a_posting(2, "33.00", ())]
            with pytest.raises(PowerCut):
                ledger_in(folder, Fault(at)).post(postings)
            _restart_and_check(folder, postings, at)

    def test_the_process_may_be_killed_before_any_step(self, tmp_path: Path) -> None:
        for at in range(1, len(_steps_of_a_posting(tmp_path / "count")) + 1):
            folder = tmp_path / f"kill {at}"
            postings = [a_posting(1), a_posting(2, "33.00", ())]
            child = os.fork()
            if child == 0:
                ledger_in(folder, Fault(at, lambda _: os.kill(os.getpid(), signal.SIGKILL))).post(postings)
                os._exit(0)
            assert os.waitpid(child, 0)[1] == signal.SIGKILL
            _restart_and_check(folder, postings, at)

    def test_a_batch_that_was_handed_over_just_before_the_power_went_off_is_not_handed_over_again(self, tmp_path: Path) -> None:
        steps = _steps_of_a_posting(tmp_path / "count")
        last_rename = max(number for number, step in enumerate(steps, 1) if step.startswith("rename"))
        with pytest.raises(PowerCut):
            ledger_in(tmp_path / "x", Fault(last_rename + 1)).post([a_posting(1)])
        shutil.rmtree(batches(tmp_path / "x")[0])
        assert ledger_in(tmp_path / "x").look_up([Key("post:P-1:v1")])
        assert batches(tmp_path / "x") == []


def _steps_of_a_posting(folder: Path) -> list[str]:
    fault = Fault(0)
    ledger_in(folder, fault).post([a_posting(1), a_posting(2, "33.00", ())])
    return fault.seen


def _restart_and_check(folder: Path, postings: list[Posting], at: int) -> None:
    """After the crash nothing half is to be seen, and asking again gives each payment exactly once."""
    for batch in batches(folder) if (folder / "outgoing").is_dir() else []:
        assert sorted(path.name for path in batch.iterdir()) == [FILE, MANIFEST], at
    again = ledger_in(folder)
    known = again.look_up([posting.key for posting in postings])
    assert len(known) in {0, 2}, at
    outcomes = again.post(postings)
    assert {key: outcomes[key] for key in known} == known, at
    assert [row["payment_key"] for row in rows(folder)] == ["post:P-1:v1", "post:P-2:v1"], at
    assert not list(folder.glob(".writing/*")), at
    assert not list(folder.glob("kept/*/publish")), at


class TestAcknowledgements:
    def said(self, number: int, result: PostingResult = PostingResult.POSTED, receipt: str = "E1") -> PostingOutcome:
        return PostingOutcome(Key(f"post:P-{number}:v1"), result, receipt)

    def test_rows_of_our_postings_are_believed_and_others_are_reported(self, tmp_path: Path) -> None:
        ledger = ledger_in(tmp_path)
        ledger.post([a_posting(1), a_posting(2)])
        answer = ledger_in(tmp_path).check([self.said(1), self.said(9), self.said(2, PostingResult.REFUSED, "")])
        assert [outcome.key for outcome in answer.outcomes] == ["post:P-1:v1", "post:P-2:v1"]
        assert answer.problems == ("post:P-9:v1: no posting of ours has this key.",)
        assert answer.batches == (batches(tmp_path)[0].name,)

    def test_a_row_twice_is_once_and_two_rows_that_disagree_are_neither(self, tmp_path: Path) -> None:
        ledger = ledger_in(tmp_path)
        ledger.post([a_posting(1), a_posting(2)])
        answer = ledger.check([self.said(1), self.said(1), self.said(2), self.said(2, PostingResult.REFUSED), self.said(2)])
        assert [outcome.key for outcome in answer.outcomes] == ["post:P-1:v1"]
        assert answer.problems == ("post:P-2:v1: two rows say different things; neither was taken.",)

    @pytest.mark.parametrize("with_its_manifest", [False, True])
    def test_a_batch_that_was_changed_is_refused_whole(self, tmp_path: Path, with_its_manifest: bool) -> None:
        ledger = ledger_in(tmp_path)
        ledger.post([a_posting(1)])
        ledger.post([a_posting(2)])
        changed = batches(tmp_path)[0]
        data = (changed / FILE).read_bytes().replace(b"100.00", b"900.00")
        (changed / FILE).write_bytes(data)
        if with_its_manifest:
            manifest = json.loads((changed / MANIFEST).read_text())
            manifest["sha256"] = hashlib.sha256(data).hexdigest()
            (changed / MANIFEST).write_text(json.dumps(manifest))
        with pytest.raises(BatchChanged) as refused:
            ledger_in(tmp_path).check([self.said(1), self.said(2)])
        assert changed.name in refused.value.sentence
        (changed / FILE).write_bytes(data.replace(b"900.00", b"100.00"))
        assert len(ledger_in(tmp_path).check([self.said(1), self.said(2)]).outcomes) == 2

    def test_a_batch_that_the_ledger_has_taken_away_can_be_acknowledged(self, tmp_path: Path) -> None:
        ledger_in(tmp_path).post([a_posting(1)])
        shutil.rmtree(batches(tmp_path)[0])
        assert len(ledger_in(tmp_path).check([self.said(1)]).outcomes) == 1


class TestTrouble:
    @pytest.mark.parametrize("harm", ["change", "delete", "manifest"])
    def test_nothing_is_posted_while_our_own_copy_is_damaged(self, tmp_path: Path, harm: str) -> None:
        ledger_in(tmp_path).post([a_posting(1)])
        (kept,) = (tmp_path / "kept").iterdir()
        match harm:
            case "change":
                (kept / FILE).write_bytes((kept / FILE).read_bytes().replace(b"100.00", b"900.00"))
            case "delete":
                (kept / FILE).unlink()
            case _:
                (kept / MANIFEST).write_text("[]")
        with pytest.raises(LedgerDown) as down:
            ledger_in(tmp_path).post([a_posting(2)])
        assert kept.name in down.value.sentence
        assert len(batches(tmp_path)) == 1

    def test_a_folder_that_cannot_be_used_is_said_to_be_down(self, tmp_path: Path) -> None:
        (tmp_path / "erp").write_text("a file, not a folder")
        with pytest.raises(LedgerDown) as down:
            ledger_in(tmp_path / "erp").post([a_posting(1)])
        assert str(tmp_path / "erp") in down.value.sentence

    def test_the_reason_of_an_application_is_kept(self, tmp_path: Path) -> None:
        application = replace(an_application("INV-1", "90.00"), write_off=usd("0.02"), reason="rounding")
        ledger_in(tmp_path).post([a_posting(1, "90.00", (application,))])
        (row,) = rows(tmp_path)
        assert (row["write_off_amount"], row["reason"], InvoiceNumber(row["invoice_number"])) == ("0.02", "rounding", "INV-1")
