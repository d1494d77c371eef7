import json
from pathlib import Path

import pytest

from core.cli import main

BANK = "payment_id,value_date,amount,currency,payer_name\nP1,2025-03-31,1200.00,USD,Acme Supply\n"
ADVICE = "Remittance\nInvoice   Amount\n1042      1,200.00\nTotal     1,200.00 USD\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "b").mkdir()
    (tmp_path / "a.csv").write_text(BANK, encoding="utf-8")
    (tmp_path / "b" / "advice.txt").write_text(ADVICE, encoding="utf-8")
    (tmp_path / ".hidden").write_text("x", encoding="utf-8")
    return tmp_path


def read(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    status = main(["read", *map(str, words)])
    said = capsys.readouterr()
    return status, said.out, said.err


def test_json_has_one_object_a_line_in_the_order_of_the_folder(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = read(capsys, folder, "--json")
    line, advice = map(json.loads, out.splitlines())
    assert status == 0
    assert line == {
        "kind": "bank_line",
        "source": str(folder / "a.csv"),
        "where": "row 2",
        "account": "",
        "bank_id": "P1",
        "value_date": "2025-03-31",
        "amount": "1200.00",
        "currency": "USD",
        "direction": "credit",
        "payer_name": "Acme Supply",
        "payer_account": "",
        "references": [],
        "text": "",
    }
    assert (advice["kind"], advice["complete"], advice["total"], advice["paid_on"]) == ("remittance", True, "1200.00", None)
    assert advice["lines"] == [{"invoice_number": "1042", "gross": None, "discount": None, "paid": "1200.00", "reason": ""}]


def test_people_get_a_table_with_currencies(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = read(capsys, folder)
    assert status == 0
    assert "1,200.00 USD" in out
    assert "Acme Supply" in out
    assert "1 remittance" in out


def test_some_refused_is_one_and_all_refused_is_two(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "c.bin").write_bytes(bytes(range(32)) * 10)
    status, out, _ = read(capsys, folder, "--json")
    assert status == 1
    assert json.loads(out.splitlines()[-1])["kind"] == "unreadable"
    assert read(capsys, folder / "c.bin")[0] == 2
    assert read(capsys, folder / "c.bin")[1].count("not read:") == 1


def test_a_problem_alone_is_no_refusal(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "a.csv").write_text(BANK + BANK.splitlines()[1] + "\n", encoding="utf-8")
    status, out, _ = read(capsys, folder / "a.csv", "--json")
    kinds = [json.loads(line)["kind"] for line in out.splitlines()]
    assert (status, kinds) == (0, ["bank_line", "bank_line", "problem"])


def test_a_path_that_is_not_there_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = read(capsys, folder / "nothing.csv")
    assert (status, out) == (2, "")
    assert "no file or folder" in err


def test_an_empty_folder_is_nothing_done(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert read(capsys, tmp_path)[0] == 2


def test_a_document_cannot_drive_the_terminal(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "a.csv").write_text(BANK.replace("Acme", "A\x1b[2Jcme"), encoding="utf-8")
    assert "\x1b" not in read(capsys, folder)[1]
