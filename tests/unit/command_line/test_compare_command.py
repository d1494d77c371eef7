"""`tieout compare`, from files to a file."""

import csv
from pathlib import Path

import pytest

from core.cli import main
from core.command_line import compare_batch, compare_command

ORDERS = (
    "po_number,supplier_id,currency,line,line_kind,match,item_code,description,quantity,uom,rate,amount\n"
    "PO-1001,S1,USD,1,item,three_way,ITM-1,Hex bolt stainless steel M8 40,100,EA,2.50,250.00\n"
    "PO-1001,S1,USD,2,item,two_way,ITM-2,Flat washer galvanised steel M10,120,EA,0.10,12.00\n"
    "PO-1002,S2,USD,1,expense,,,Machine maintenance visit,,,,900.00\n"
)
INVOICES = (
    "invoice_number,supplier_id,invoice_date,currency,po_numbers,line,item_code,description,quantity,uom,rate,amount\n"
    "R-2,S2,2026-03-02,USD,PO-1002,1,,Machine maintenance visit,,,,905.00\n"
    "R-1,S1,2026-03-02,USD,PO 1001,1,ITM-1,Bolts,60,EA,2.50,150.00\n"
    "R-1,S1,2026-03-02,USD,PO 1001,2,,=Washer M10 galvanised,10,CS,1.20,12.00\n"
    "R-1,S1,2026-03-02,USD,PO 1001,3,,Freight,,,,9.00\n"
    "R-3,S1,2026-03-09,USD,PO-1001,1,ITM-1,Bolts,60,EA,2.50,150.00\n"
)
RECEIPTS = "receipt_number,po_number,po_line,received_date,quantity\nG1,PO-1001,1,2026-02-20,60\nG2,PO-1001,1,2026-03-08,40\n"
POLICY = (
    '[[policy]]\nversion = "2026"\neffective_from = 2026-01-01\n[[policy.rule]]\n[policy.rule.amount]\npercent_over = "1"\n'
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "po.csv").write_text(ORDERS)
    (tmp_path / "invoices.csv").write_text(INVOICES)
    (tmp_path / "receipts.csv").write_text(RECEIPTS)
    (tmp_path / "uoms.csv").write_text("from_uom,to_uom,factor\nCS,EA,12\n")
    (tmp_path / "suppliers.csv").write_text("supplier_id,name,category\nS1,Alma Steel,mro\nS2,Bristol Works,services\n")
    (tmp_path / "policy.toml").write_text(POLICY)
    return tmp_path


FILES = ("--orders", "po.csv", "--invoices", "invoices.csv", "--out", "out")
MORE = ("--receipts", "receipts.csv", "--uoms", "uoms.csv", "--suppliers", "suppliers.csv", "--policy", "policy.toml")


def compare(folder: Path, *more: str, files: tuple[str, ...] = (*FILES, *MORE)) -> int:
    return main(["compare", *(word if word.startswith("--") else str(folder / word) for word in files), *more])


def rows(folder: Path) -> dict[tuple[str, str], dict[str, str]]:
    with (folder / "out" / "lines.csv").open(newline="") as lines:
        return {(row["invoice_number"], row["line"]): row for row in csv.DictReader(lines)}


def test_every_line_is_answered_in_the_order_of_the_file(folder: Path) -> None:
    assert compare(folder) == 0
    found = rows(folder)
    assert list(found) == [("R-2", "1"), ("R-1", "1"), ("R-1", "2"), ("R-1", "3"), ("R-3", "1")]
    expense = found["R-2", "1"]
    assert (expense["verdicts"], expense["expected_amount"], expense["amount_difference"]) == ("AMOUNT_THRESHOLD", "900", "5")
    assert "within the limit for the company (1%)" in expense["because"]
    washer = found["R-1", "2"]
    assert (washer["link"], washer["po_number"], washer["po_line"]) == ("linked", "PO-1001", "2")
    assert (washer["verdicts"], washer["expected_quantity"], washer["expected_rate"]) == ("PERFECT_MATCH", "120", "0.1")
    freight = found["R-1", "3"]
    assert (freight["link"], freight["verdicts"], freight["po_number"]) == ("unlinked", "UNLINKED", "")


def test_two_invoices_of_one_file_do_not_bill_one_order_line_twice(folder: Path) -> None:
    compare(folder)
    found = rows(folder)
    assert (found["R-1", "1"]["verdicts"], found["R-1", "1"]["expected_quantity"]) == ("QUANTITY_MISMATCH", "100")
    second = found["R-3", "1"]
    assert (second["verdicts"], second["expected_quantity"], second["quantity_difference"]) == ("QUANTITY_MISMATCH", "40", "20")
    assert "Also billed by R-1." in second["because"]


def test_without_the_optional_files_nothing_arrived_and_nothing_is_tolerated(folder: Path) -> None:
    assert compare(folder, files=FILES) == 0
    found = rows(folder)
    assert found["R-1", "1"]["expected_quantity"] == "0"
    assert found["R-2", "1"]["verdicts"] == "AMOUNT_MISMATCH"
    assert found["R-1", "2"]["verdicts"] == "RATE_MISMATCH;QUANTITY_MISMATCH"


@pytest.mark.parametrize("name", ["po.csv", "invoices.csv", "receipts.csv", "uoms.csv", "suppliers.csv"])
def test_a_bad_file_stops_everything_unless_the_good_rows_are_wanted(
    folder: Path, name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (folder / name).read_text()
    (folder / name).write_text(text + "," * text.splitlines()[0].count(",") + "x\n")
    assert compare(folder) == 2
    assert f"{name}, row {len(text.splitlines()) + 1}" in capsys.readouterr().err
    monkeypatch.setattr(compare_command, "LARGE", 0)
    assert compare(folder) == 2
    assert f"{name}, row {len(text.splitlines()) + 1}" in capsys.readouterr().err
    assert not (folder / "out").exists()
    assert compare(folder, "--partial") == 1
    assert len(rows(folder)) == 5


def test_a_policy_that_is_not_understood_stops_everything(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "policy.toml").write_text(POLICY + 'percent_ovr = "1"\n')
    assert compare(folder) == 2
    assert "there is no key “percent_ovr”" in capsys.readouterr().err


def test_a_missing_file_is_a_sentence(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "po.csv").unlink()
    assert compare(folder) == 2
    assert "po.csv cannot be read" in capsys.readouterr().err


def test_no_invoice_is_nothing_done(folder: Path) -> None:
    (folder / "invoices.csv").write_text(INVOICES.splitlines()[0] + "\n")
    assert compare(folder) == 2


def test_the_order_of_rows_changes_nothing_but_the_order_of_the_answer(folder: Path) -> None:
    compare(folder)
    first = rows(folder)
    for name in ("po.csv", "invoices.csv", "receipts.csv"):
        head, *lines = (folder / name).read_text().splitlines()
        (folder / name).write_text("\n".join([head, *reversed(lines)]) + "\n")
    compare(folder)
    assert rows(folder) == first


def test_large_files_give_the_same_answer(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = INVOICES.replace("PO-1002,1,,Machine maintenance visit", "PO-1001,1,,Window cleaning")
    (folder / "invoices.csv").write_text(other)
    (folder / "po.csv").write_text(ORDERS.replace("PO-1002", "PO-2990"))
    compare(folder)
    first = (folder / "out" / "lines.csv").read_bytes()
    monkeypatch.setattr(compare_command, "LARGE", 0)
    compare(folder)
    assert (folder / "out" / "lines.csv").read_bytes() == first
    assert b"is an order to another supplier" in first
    monkeypatch.setattr(compare_batch, "ALONE_UP_TO", 0)
    compare(folder)
    assert (folder / "out" / "lines.csv").read_bytes() == first


def test_several_processes_give_the_same_answer(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compare(folder)
    first = (folder / "out" / "lines.csv").read_bytes()
    monkeypatch.setattr(compare_batch, "ALONE_UP_TO", 0)
    compare(folder)
    assert (folder / "out" / "lines.csv").read_bytes() == first
