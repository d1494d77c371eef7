"""The peers' rules do what their descriptions say, on a few lines; a peer that is made weak would flatter us."""

import csv
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.bench.peers.answer import PEERS
from tests.bench.peers.payers import with_finder
from tests.bench.peers.sheet import load, write

CUSTOMERS = """customer_id,name,parent_customer_id,aliases,email_domains,bank_accounts,currency
C1,Northwind Ltd,,,,DE111,USD
C2,Blackwood Printing,,,,,USD
"""
INVOICES = """invoice_number,customer_id,issue_date,due_date,currency,amount,open_amount,po_number,kind
INV-41001,C1,2026-01-01,2026-02-01,USD,100.00,100.00,,invoice
INV-41002,C1,2026-01-02,2026-02-02,USD,50.00,50.00,,invoice
INV-41003,C2,2026-01-03,2026-02-03,USD,70.00,70.00,,invoice
INV-41004,C2,2026-01-04,2026-02-04,USD,100.00,100.00,,invoice
"""
BANK = """payment_id,account,value_date,amount,currency,direction,payer_name,payer_account,reference,text
P1,A,2026-03-01,70.00,USD,credit,SOMEBODY,,,no word
P2,A,2026-03-02,150.00,USD,credit,NORTHWIND,DE111,,INV 41001 and 41002
P3,A,2026-03-03,100.00,USD,credit,BLACKWOOD PRINTING,,,thanks
P4,A,2026-03-04,70.00,USD,debit,BLACKWOOD PRINTING,,,INV-41003
"""
HISTORY = "payment_id,value_date,customer_id,payer_name,payer_account,text,amount,currency,invoice_numbers\n"


@pytest.fixture
def world(tmp_path: Path) -> Path:
    for name, text in {"customers": CUSTOMERS, "invoices": INVOICES, "bank": BANK, "history": HISTORY}.items():
        (tmp_path / f"{name}.csv").write_text(text)
    return tmp_path


def automatic(out: Path) -> dict[str, set[str]]:
    """Documents by payment, where the peer would not ask."""
    found: dict[str, set[str]] = {}
    with (out / "applications.csv").open(newline="") as data:
        for row in csv.DictReader(data):
            if row["decision"] == "auto":
                found.setdefault(row["payment_id"], set()).add(row["invoice_number"])
    return found


@pytest.mark.parametrize(
    ("peer", "expected"),
    [
        ("unique_amount", {"P1": {"INV-41003"}}),
        ("number_in_text", {}),
        ("tokens_then_oldest", {"P2": {"INV-41001", "INV-41002"}}),
    ],
)
def test_a_rule_applies_what_it_says(world: Path, peer: str, expected: dict[str, set[str]]) -> None:
    write(PEERS[peer](load(world)), world / "out")
    assert automatic(world / "out") == expected


def test_a_name_alone_brings_the_payers_one_document_of_the_amount(world: Path) -> None:
    def exact(known: Sequence[str], asked: Sequence[str]) -> list[int | None]:
        assert list(known) == ["northwind ltd", "blackwood printing"]
        return [1 if name == "blackwood printing" else None for name in asked]

    write(with_finder(exact, load(world)), world / "out")
    assert automatic(world / "out") == {"P3": {"INV-41004"}}
