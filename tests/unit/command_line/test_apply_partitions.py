"""`tieout apply --partitions` writes what `tieout apply` writes, whatever the number of parts, processes, or days at once."""

import os
import pickle
import signal
import sys
from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar

import pytest
from distributed import LocalCluster

from core.cli import main
from core.command_line import apply_files, apply_partitions, ledger_file, ledger_store, part_crew
from core.command_line.apply_output import COLUMNS, rows_of
from core.command_line.apply_partitions import Batch, Split, answered
from core.command_line.console import Console
from core.decide.automatic import Yes, may_apply
from core.domain.errors import Misconfigured, Unavailable
from core.domain.evidence import MatchOutcome, MoneySeen
from core.domain.policy import MatchPolicy
from core.match.batch import run as run_batch
from core.match.lead_index import News
from core.match.remittances import AdviceBook
from core.read import large_tables
from core.read.csv_out import csv_text
from tests.bench import large_files
from tests.bench.large_ledger import Size

Thing = TypeVar("Thing")
FILES = ("customers", "invoices", "bank")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A made ledger, and beside it what it has not: groups, aliases, orders, history, strangers, numbers that are not plain."""
    found = tmp_path_factory.mktemp("ledger")
    large_files.write(Size(50, 500), 160, found)
    customers = (found / "customers.csv").read_text().splitlines()
    rows = ["customer_id,name,bank_accounts,parent_customer_id,aliases,currency"]
    for at, row in enumerate(customers[1:]):
        rows.append(f"{row},{'C000001' if at % 9 == 5 else ''},{'Trading As ' + str(at // 2) if at % 7 == 3 else ''},USD")
    rows.append("C9,Søren & Sønner Møbler AS,NO 93 8601,C9,Møbler; Møbelhuset,NOK")
    (found / "customers.csv").write_text("\n".join(rows) + "\n")
    invoices = (found / "invoices.csv").read_text().splitlines()
    rows = [f"{invoices[0]},po_number,discount_amount,discount_until,kind"]
    for at, row in enumerate(invoices[1:]):
        order = f"PO-{at // 3:05}" if at % 4 == 0 else f"Ødegård {at}" if at % 50 == 1 else ""
        rows.append(f"{row},{order},{'1.00,2026-03-20' if at % 6 == 0 else ','},")
    rows += [
        "FÆ-77-ab,C9,2026-02-01,2026-03-01,NOK,500.00,500.00,,,,",
        "no digits,C9,2026-02-01,2026-03-01,NOK,250.00,250.00,,,,",
        "KN-000009,C9,2026-02-02,2026-03-01,NOK,50.00,50.00,,,,credit_memo",
        "X-1,NOBODY,2026-02-02,2026-03-01,USD,77.31,77.31,,,,",
    ]
    (found / "invoices.csv").write_text("\n".join(rows) + "\n")
    bank = (found / "bank.csv").read_text().splitlines()
    extra = [
        "N1,2026-03-02,450.00,NOK,credit,SOEREN & SOENNER,,FÆ-77-ab less KN 9,",
        "N2,2026-03-02,250.00,NOK,credit,MOEBELHUSET,NO938601,,",
        "N3,2026-03-03,77.31,USD,credit,WHO IS THIS,,,",
        "N4,2026-03-03,77.31,USD,credit,WHO ELSE IS THIS,,,",
        "N5,2026-03-04,12.00,USD,debit,,,,taken back",
        "N6,2026-03-04,99.00,USD,credit,OLD NAME,,OLD-0001,",
        'N7,2026-03-04,99.00,USD,credit,ALMA KA LO,,"PO-00004, PO-00008",',
    ]
    for at, row in enumerate(bank[1:]):
        cells = row.split(",")
        if at % 5 == 1:
            # A slip in the name of the payer: only spelling tells who it may be.
            cells[5] = cells[5][:6] + "X" + cells[5][7:]
        if at % 11 == 4:
            # Part of what is asked for, so that a new balance is left, and the same again on a later day.
            cells[2] = f"{float(cells[2]) / 2:.2f}"
        if at % 13 == 2:
            # The same money once more, some days later.
            extra.append(",".join([f"T{at}", "2026-03-19", *cells[2:]]))
        extra.append(",".join(cells))
    (found / "bank.csv").write_text("\n".join([bank[0], *extra]) + "\n")
    (found / "history.csv").write_text(
        "payment_id,value_date,customer_id,payer_name,payer_account,text,amount,currency,invoice_numbers\n"
        "H1,2026-01-05,C000003,OLD NAME,DE99 1,,99.00,USD,OLD-0001;OLD-0002\n"
        "H2,2026-01-06,C000004,OLD NAME,DE99 1,,99.00,USD,OLD-0002\n"
    )
    return found


def words(folder: Path, out: Path) -> list[str]:
    found = [part for name in FILES for part in (f"--{name}", str(folder / f"{name}.csv"))]
    return [*found, "--history", str(folder / "history.csv"), "--out", str(out)]


def applied(folder: Path, out: Path, *more: str) -> str:
    assert main(["apply", *words(folder, out), *more]) == 0
    return (out / "applications.csv").read_text()


def copied(thing: Thing) -> Thing:
    found: Thing = pickle.loads(pickle.dumps(thing))  # noqa: S301  Our own.
    return found


def automatic(outcome: MatchOutcome) -> bool:
    return isinstance(may_apply(outcome, MatchPolicy()), Yes)


class Here:
    """All parts in this process; what goes to them and comes back is copied, as it is between processes."""

    def __init__(self, store: Path, policy: MatchPolicy) -> None:
        self.host = part_crew.PartHost(str(store), policy, "200MB")

    def call(self, method: str, arguments: Sequence[tuple[Any, ...]]) -> list[Any]:
        return [copied(self.host.call(part, method, copied(given))) for part, given in enumerate(arguments)]


@contextmanager
def store_of(folder: Path, place: Path) -> Iterator[tuple[Here, apply_files.Files]]:
    options = Namespace(
        policy=None, remittances=None, partial=False, bank=[folder / "bank.csv"], history=folder / "history.csv"
    )
    options.customers, options.invoices = folder / "customers.csv", folder / "invoices.csv"
    console = Console(watched=False)
    files = apply_files.load(options, console)
    assert files is not None
    assert ledger_store.write_ledger(options, place, console, threads=1, memory="200MB")
    here = Here(place, files.policy)
    yield here, files
    here.host.close()


def in_parts(here: Here, files: apply_files.Files, split: Split, monies: list[MoneySeen]) -> str:
    spool = BytesIO()
    book = AdviceBook(files.advices, files.policy)
    rows = answered(monies, Batch(book, files.policy, split, here), Console(watched=False), spool)
    places = [rows[money.id] for money in files.monies]
    return "".join(spool.getvalue()[begin : begin + size].decode() for begin, size in places)


def test_parts_and_days_at_once_change_nothing(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with store_of(folder, tmp_path / "plain.duckdb") as (here, files):
        alone = [rows_of(each) for each in run_batch(files.monies, files.ledger(), automatic)]
        by_id = {rows[0][0]: rows for rows in alone}
        plain = csv_text(COLUMNS, [row for money in files.monies for row in by_id[money.id]]).split("\n", 1)[1]
        assert plain.count(",auto,") > 40
        assert plain.count(",suggest,") > 20
        assert plain.count(",abstain,") > 5
        assert "is settled already" in plain
        shuffled = sorted(files.monies, key=lambda money: hash(money.text + money.reference + money.id))
        for partitions, at_once in ((1, 10_000), (5, 10_000), (3, 20)):
            fresh = Here(tmp_path / "plain.duckdb", files.policy)
            assert in_parts(fresh, files, Split(partitions, 1, at_once=at_once), shuffled) == plain
            fresh.host.close()
    monkeypatch.setattr(large_tables, "read_invoices", lambda _: None)
    monkeypatch.setattr(large_tables, "read_customers", lambda _: None)
    with store_of(folder, tmp_path / "exact.duckdb") as (here, files):
        assert in_parts(here, files, Split(2, 1), files.monies) == plain


def test_the_command_with_processes_and_a_kept_store(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = applied(folder, tmp_path / "alone", "--workers", "1")
    kept = ("--store", str(tmp_path / "kept" / "ledger.duckdb"))
    assert applied(folder, tmp_path / "two", "--partitions", "3", "--workers", "2", *kept) == plain
    monkeypatch.setattr(apply_partitions, "write_ledger", lambda *_, **__: pytest.fail("It is there already."))
    assert applied(folder, tmp_path / "again", "--partitions", "1", "--workers", "1", *kept) == plain
    assert sorted(path.name for path in (tmp_path / "again").iterdir()) == ["applications.csv"]


def test_a_cluster_of_workers_says_the_same(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = applied(folder, tmp_path / "alone", "--workers", "1")
    local = LocalCluster(
        n_workers=2, threads_per_worker=1, processes=False, protocol="tcp://", host="127.0.0.1", dashboard_address=":0"
    )
    with local:
        assert applied(folder, tmp_path / "cluster", "--partitions", "3", "--cluster", local.scheduler_address) == plain
    monkeypatch.setattr(part_crew, "_PATIENCE_S", 0.2)
    with pytest.raises(Misconfigured, match="No scheduler of Dask answers"):
        part_crew.cluster("tcp://127.0.0.1:1", tmp_path, MatchPolicy(), "100MB").__enter__()


def test_what_is_missing_is_a_sentence_with_the_command(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    options = Namespace(out=tmp_path)
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(Misconfigured, match=r"DuckDB, which is not installed: python -m pip install 'tieout\[partitions\]'"):
        ledger_store.write_ledger(options, tmp_path / "l", Console(watched=False), threads=1, memory="100MB")
    monkeypatch.setitem(sys.modules, "distributed", None)
    nowhere = part_crew.cluster("tcp://127.0.0.1:1", tmp_path, MatchPolicy(), "100MB")
    with pytest.raises(Misconfigured, match=r"Dask, which is not installed: python -m pip install 'tieout\[cluster\]'"):
        nowhere.__enter__()
    monkeypatch.undo()
    theirs = tmp_path / "theirs.duckdb"
    ledger_file.connect(theirs, threads=1, memory="100MB", read_only=False).execute("CREATE TABLE theirs (one INTEGER)").close()
    for path in (folder / "bank.csv", theirs):
        with pytest.raises(Misconfigured, match="is no ledger that --store kept"):
            ledger_file.is_made_of(path, "", memory="100MB")
    assert main(["apply", *words(folder, tmp_path), "--store", str(tmp_path / "s")]) == 2
    assert "Please give --partitions N with --store and --cluster." in capsys.readouterr().err


def test_files_that_are_wrong_are_said_as_without_partitions(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = (folder / "invoices.csv").read_text().splitlines()
    wrong = tmp_path / "invoices.csv"
    for bad, more in ((rows[3], ()), (rows[3].replace("2026", "20x6"), ("--partial",)), ("", ())):
        wrong.write_text("\n".join([*rows[:20], bad] if bad else rows[:1]) + "\n")
        said = []
        for how in ((), ("--partitions", "2", "--workers", "1")):
            given = [str(wrong) if word.endswith("invoices.csv") else word for word in words(folder, tmp_path)]
            code = main(["apply", *given, *more, *how])
            said.append((code, capsys.readouterr().err))
        assert said[0] == said[1]
        assert said[0][0] == (1 if more else 2)


def test_a_process_that_dies_is_a_sentence_and_leaves_nothing(folder: Path, tmp_path: Path) -> None:
    with store_of(folder, tmp_path / "l.duckdb") as (here, files):
        here.host.close()
    with (
        pytest.raises(Unavailable, match="nothing was written"),
        part_crew.processes(2, tmp_path / "l.duckdb", files.policy, "100MB") as crew,
    ):
        os.kill(crew.processes[1] or 0, signal.SIGKILL)
        crew.call("begin", [([], [], News())] * 2)
