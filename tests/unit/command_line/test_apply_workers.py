"""What `tieout apply` writes does not depend on how many processes match, how they begin, or how the files are read."""

import multiprocessing
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path

import pytest

from core.cli import main
from core.command_line import apply_files, apply_workers
from core.command_line.apply_command import matched
from core.command_line.apply_output import COLUMNS, rows_of
from core.command_line.console import Console
from core.domain.errors import Unavailable
from core.match.batch import Look
from core.match.open_columns import OpenColumns
from core.read import large_tables
from core.read.csv_out import csv_text
from tests.bench import large_files
from tests.bench.large_ledger import Size


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("ledger")
    large_files.write(Size(30, 240), 90, found)
    return found


def applied(folder: Path, out: str, *more: str) -> str:
    words = ["--customers", "customers.csv", "--invoices", "invoices.csv", "--bank", "bank.csv", "--out", out]
    assert main(["apply", *(word if word.startswith("--") else str(folder / word) for word in words), *more]) == 0
    return (folder / out / "applications.csv").read_text()


def files_of(folder: Path) -> apply_files.Files:
    parser = ArgumentParser()
    apply_files.arguments(parser)
    paths = [str(folder / name) for name in ("customers.csv", "invoices.csv", "bank.csv")]
    options = parser.parse_args(["--customers", paths[0], "--invoices", paths[1], "--bank", paths[2]])
    files = apply_files.load(options, Console(watched=False))
    assert files is not None
    return files


def test_one_process_or_several_however_the_files_are_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = applied(folder, "alone", "--workers", "1")
    assert alone.count("auto") > 20
    assert alone.count("suggest") > 10
    assert applied(folder, "three", "--workers", "3") == alone
    files = files_of(folder)
    assert isinstance(files.documents, OpenColumns)
    monkeypatch.setattr(large_tables, "read_invoices", lambda _: None)
    monkeypatch.setattr(large_tables, "read_customers", lambda _: None)
    assert isinstance(files_of(folder).documents, tuple)
    assert applied(folder, "exact", "--workers", "2") == alone


def test_processes_that_begin_anew_say_the_same_as_copies_and_as_the_batch_itself(folder: Path) -> None:
    files = files_of(folder)
    texts = apply_workers.answered(files, 2, Console(watched=False), start="spawn")
    by_hand = [row for each in matched(files.monies, files.ledger(), Console(watched=False)) for row in rows_of(each)]
    assert csv_text(COLUMNS, ()) + "".join(texts) == csv_text(COLUMNS, by_hand)


@pytest.mark.parametrize("start", ["", "spawn"])
def test_a_process_that_dies_is_a_sentence_and_leaves_nobody_behind(
    folder: Path, monkeypatch: pytest.MonkeyPatch, start: str
) -> None:
    """It is killed when the others already count on it; however processes begin on this system."""
    together = apply_workers._Share.together
    killed: list[int | None] = []

    def kills(share: apply_workers._Share, ours: list[Look], shared: Sequence[Sequence[int]]) -> list[Look]:
        for child in multiprocessing.active_children():
            child.kill()
            killed.append(child.pid)
        return together(share, ours, shared)

    monkeypatch.setattr(apply_workers._Share, "together", kills)
    with pytest.raises(Unavailable, match="nothing was written"):
        apply_workers.answered(files_of(folder), 2, Console(watched=False), start=start)
    assert len(killed) == 1
    assert multiprocessing.active_children() == []


def test_small_files_need_no_further_process() -> None:
    assert apply_workers.usual_workers(10) == 1
    assert apply_workers.usual_workers(10**6) >= 1
