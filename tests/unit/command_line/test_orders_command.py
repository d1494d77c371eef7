"""`tieout orders`, from files to a file."""

import csv
from pathlib import Path

import pytest

from core.cli import main

CUSTOMERS = (
    "customer_id,name,parent_customer_id,aliases\nC1,Northwind Ltd,,\nC2,Halden Foods Inc,,Halden\nC3,Halden Foods LLC,,\n"
)
INVOICES = (
    "invoice_number,customer_id,issue_date,currency,amount,open_amount,po_number,kind\n"
    "INV-1,C1,2026-03-01,USD,400.00,400.00,po 4500012345,\n"
    "INV-2,C1,2026-03-01,USD,600.00,600.00,,\n"
    "INV-3,C2,2026-03-02,USD,75.00,75.00,=K-1,\n"
    "INV-4,C2,2026-03-02,USD,50.00,50.00,,credit_memo\n"
    "INV-5,C2,2026-03-02,USD,80.00,80.00,,\n"
    "INV-6,C2,2026-03-02,USD,90.00,90.00,HF-77,\n"
)
ORDERS = (
    "portal;portal_customer;po_number;status;order_date;currency;total;invoiced;notes;colour\n"
    "coupa;NORTHWIND;4500012345;Issued;2026-01-05;USD;1000.00;0.00;Leave at the gate;red\n"
    "coupa;Halden;HF-1;issued;;USD;80.00;0;;\n"
    "other;Halden;HF-2;;;USD;100.00;20.00;;\n"
    "coupa;Halden;HF-77;Soft Closed;;USD;100.00;;;\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "customers.csv").write_text(CUSTOMERS)
    (tmp_path / "invoices.csv").write_text(INVOICES)
    (tmp_path / "portal.csv").write_text(ORDERS)
    return tmp_path


def orders(folder: Path, *more: str) -> int:
    given = {"--customers": "customers.csv", "--invoices": "invoices.csv", "--portal-orders": "portal.csv", "--out": "out"}
    words = [word for name, file in given.items() for word in (name, str(folder / file))]
    return main(["orders", *words, *more])


def rows(folder: Path) -> list[tuple[str, ...]]:
    with (folder / "out" / "orders.csv").open(newline="") as found:
        return [tuple(row.values()) for row in csv.DictReader(found)]


def test_every_invoice_is_answered_once_in_the_order_of_the_file(folder: Path) -> None:
    assert orders(folder) == 0
    found = rows(folder)
    assert [row[:5] for row in found] == [
        ("INV-1", "coupa", "4500012345", "match", "po_number"),
        ("INV-2", "coupa", "4500012345", "suggest", "balance"),
        ("INV-3", "", "", "none", ""),
        ("INV-4", "", "", "none", ""),
        ("INV-5", "coupa;other", "HF-1;HF-2", "suggest", "balance"),
        ("INV-6", "coupa", "HF-77", "suggest", "po_number"),
    ]
    assert found[0][5].startswith("The invoice names “po 4500012345”, another spelling of 4500012345. 1,000.00 USD are left")
    assert found[1][5] == "The sum, 600.00 USD, is what is left on 4500012345 after the invoices that name it."
    assert found[4][5].endswith("2 orders fit equally well; a person has to choose.")
    assert "takes no invoice now (Soft Closed)" in found[5][5]


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (
            "portal.csv",
            "coupa;Halden;HF-77;Soft Closed;;USD;100.00",
            "coupa;Halden;HF-1;Soft Closed;;USD;100.00",
            "row 3 already",
        ),
        ("portal.csv", "1000.00", "1000.001", "row 2, column total"),
        ("portal.csv", ";total;", ";sum;", "column total: the required column is missing"),
        ("customers.csv", "C3,", "C2,", "row 3 already"),
    ],
)
def test_a_bad_file_is_named_and_nothing_is_done(
    folder: Path, capsys: pytest.CaptureFixture[str], file: str, old: str, new: str, said: str
) -> None:
    path = folder / file
    path.write_text(path.read_text().replace(old, new, 1))
    assert orders(folder) == 2
    assert said in capsys.readouterr().err
    assert not (folder / "out").exists()


def test_partial_takes_the_good_rows_and_says_so(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = folder / "portal.csv"
    path.write_text(path.read_text().replace("1000.00", "many"))
    assert orders(folder, "--partial") == 1
    assert "“many”" in capsys.readouterr().err
    assert rows(folder)[0][3:5] == ("none", "")


def test_a_file_that_is_not_there_is_one_sentence(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "portal.csv").unlink()
    assert orders(folder) == 2
    assert "cannot be read" in capsys.readouterr().err
    (folder / "portal.csv").write_text(ORDERS)
    (folder / "invoices.csv").write_text(INVOICES.splitlines()[0] + "\n")
    assert orders(folder) == 2
    assert "holds no invoice" in capsys.readouterr().err
