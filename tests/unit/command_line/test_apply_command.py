"""`tieout apply`, from files to a file."""

import csv
from pathlib import Path

import pytest

from core.cli import main

CUSTOMERS = "customer_id,name\nC1,Alma Steel LLC\nC2,Bristol Foods Ltd\n"
INVOICES = (
    "invoice_number,customer_id,issue_date,due_date,currency,amount,open_amount\n"
    "INV-100042,C1,2026-01-05,2026-02-04,USD,412.55,412.55\n"
    "INV-100043,C2,2026-01-05,2026-02-04,USD,99.10,99.10\n"
    "INV-100044,C2,2026-01-05,2026-02-04,USD,99.10,99.10\n"
)
BANK = (
    "payment_id,value_date,amount,currency,direction,payer_name,reference,text\n"
    "P1,2026-02-03,412.55,USD,credit,ALMA STEEL,INV-100042,\n"
    "P2,2026-02-03,99.10,USD,credit,BRISTOL FOODS,,PAYMENT\n"
    "P3,2026-02-04,5.00,USD,credit,=SUM(A1),,INTEREST\n"
    "P4,2026-02-05,55.05,USD,credit,,,REMOTE DEPOSIT CHECK 1\n"
)
MAIL = (
    "From: Alma Steel, AP <ap@alma.example.com>\r\nTo: cash@ours.example.com\r\nDate: Thu, 05 Feb 2026 09:00:00 +0000\r\n"
    "Subject: Remittance advice\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    "Payment advice from Alma Steel LLC\r\nPayment date: 2026-02-05\r\nPayment amount: 55.05 USD\r\n\r\n"
    "Invoice         Gross    Net paid\r\nINV-100045      55.05       55.05\r\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "customers.csv").write_text(CUSTOMERS)
    (tmp_path / "invoices.csv").write_text(INVOICES + "INV-100045,C1,2026-01-05,2026-02-04,USD,55.05,55.05\n")
    (tmp_path / "bank.csv").write_text(BANK)
    (tmp_path / "remittances").mkdir()
    (tmp_path / "remittances" / "1.eml").write_text(MAIL)
    return tmp_path


def apply(folder: Path, *more: str) -> int:
    words = ["--customers", "customers.csv", "--invoices", "invoices.csv", "--bank", "bank.csv", "--out", "out"]
    return main(["apply", *(word if word.startswith("--") else str(folder / word) for word in words), *more])


def rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "out" / "applications.csv").open(newline="") as lines:
        return list(csv.DictReader(lines))


def test_every_payment_is_answered(folder: Path) -> None:
    assert apply(folder, "--remittances", str(folder / "remittances")) == 0
    found = {(row["payment_id"], row["rank"]): row for row in rows(folder)}
    assert found["P1", "1"]["decision"] == "auto"
    assert found["P1", "1"]["invoice_number"] == "INV-100042"
    assert found["P1", "1"]["because"].startswith("The payer names INV-100042.")
    assert found["P2", "1"]["decision"] == "suggest"
    assert {found["P2", "1"]["invoice_number"], found["P2", "2"]["invoice_number"]} == {"INV-100043", "INV-100044"}
    assert found["P3", "1"]["decision"] == "abstain"
    assert found["P3", "1"]["unapplied"] == "5.00"
    assert found["P4", "1"]["invoice_number"] == "INV-100045"
    assert "remittance names INV-100045" in found["P4", "1"]["because"]


def test_a_suggestion_names_a_customer_only_where_one_stands_out(folder: Path) -> None:
    """Somebody unknown names a document of each of two customers, either of which the money would settle."""
    more = "".join(f"INV-1001{k},C{k},2026-01-05,2026-02-04,USD,300.00,300.00\n" for k in (1, 2))
    (folder / "invoices.csv").write_text(INVOICES + more)
    lines = (BANK.splitlines()[0], "P5,2026-02-05,300.00,USD,credit,Ledgerline Payments,INV-10011 OR INV-10012,", "")
    (folder / "bank.csv").write_text("\n".join(lines))
    assert apply(folder) == 0
    assert [row["invoice_number"] for row in rows(folder)] == ["INV-10011", "INV-10012"]
    assert [(row["decision"], row["customer_id"]) for row in rows(folder)] == [("suggest", ""), ("suggest", "")]


def test_a_bad_ledger_file_stops_everything(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "invoices.csv").write_text(INVOICES + "INV-9,C1,yesterday,,USD,1,1\n")
    assert apply(folder) == 2
    assert "row 5, column issue_date: “yesterday” is no date" in capsys.readouterr().err
    assert not (folder / "out").exists()
    assert apply(folder, "--partial") == 1
    assert len(rows(folder)) >= 4


def test_a_missing_file_is_a_sentence(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "customers.csv").unlink()
    assert apply(folder) == 2
    assert "customers.csv cannot be read" in capsys.readouterr().err


def test_no_bank_line_is_nothing_done(folder: Path) -> None:
    (folder / "bank.csv").write_bytes(b"")
    assert apply(folder) == 2


def test_a_file_of_remittances_for_bank_lines_is_told_apart(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "bank.csv").write_text("date,amount,currency,payer,reference\n2026-03-05,250.00,USD,ACME,INV-2\n")
    assert apply(folder) == 2
    said = capsys.readouterr().err
    assert "bank.csv: is read as a remittance, not as a bank file." in said
    assert "value_date" in said


def test_the_policy_file_is_followed(folder: Path) -> None:
    (folder / "strict.toml").write_text("[match]\nautomatic_bar = 1.1\n")
    assert apply(folder, "--policy", str(folder / "strict.toml")) == 0
    assert {row["decision"] for row in rows(folder)} == {"suggest", "abstain"}
