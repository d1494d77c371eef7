"""A world as every peer sees it: customers, open documents, bank lines; and answers in the columns that the scorer reads."""

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final

COLUMNS: Final = (
    "payment_id",
    "decision",
    "customer_id",
    "customer_confidence",
    "confidence",
    "rank",
    "invoice_number",
    "applied",
    "discount",
    "gap_kind",
    "gap",
    "unapplied",
    "because",
)


@dataclass(frozen=True, slots=True)
class Line:
    """One bank line."""

    id: str
    day: str
    amount: Decimal
    currency: str
    incoming: bool
    payer: str
    account: str
    words: str


@dataclass(slots=True)
class Document:
    """One open document; what a peer applies lowers what is open."""

    number: str
    customer: str
    currency: str
    due: str
    order: str
    open: Decimal


@dataclass(frozen=True, slots=True)
class World:
    """What all peers are given. `accounts` are those published and those of settled payments, as they are for us."""

    names: Mapping[str, str]
    accounts: Mapping[str, str]
    documents: Mapping[str, Document]
    by_customer: Mapping[str, Sequence[Document]]
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a peer says of a line: a customer or none, documents with what of each is paid, and whether it would ask first."""

    customer: str = ""
    shares: tuple[tuple[Document, Decimal], ...] = ()
    automatic: bool = False


def load(folder: Path) -> World:
    """The files of a world; credit memos are left out, because no peer nets them."""
    names = {row["customer_id"]: row["name"] for row in _rows(folder / "customers.csv")}
    owners: dict[str, set[str]] = defaultdict(set)
    for row in _rows(folder / "customers.csv"):
        for account in filter(None, row["bank_accounts"].split(";")):
            owners[account].add(row["customer_id"])
    for row in _rows(folder / "history.csv"):
        if row["payer_account"]:
            owners[row["payer_account"]].add(row["customer_id"])
    documents: dict[str, Document] = {}
    by_customer: dict[str, list[Document]] = defaultdict(list)
    for row in _rows(folder / "invoices.csv"):
        if row["kind"] == "credit_memo":
            continue
        number, customer, left = row["invoice_number"], row["customer_id"], Decimal(row["open_amount"])
        document = Document(number, customer, row["currency"], row["due_date"], row["po_number"], left)
        documents[number] = document
        by_customer[customer].append(document)
    for owned in by_customer.values():
        owned.sort(key=lambda each: (each.due, each.number))
    accounts = {account: next(iter(found)) for account, found in owners.items() if len(found) == 1}
    return World(names, accounts, documents, by_customer, sorted(map(_line, _rows(folder / "bank.csv")), key=_when))


def _line(row: Mapping[str, str]) -> Line:
    words = f"{row['reference']} {row['text']}"
    incoming = row["direction"] != "debit"
    amount = Decimal(row["amount"])
    return Line(
        row["payment_id"], row["value_date"], amount, row["currency"], incoming, row["payer_name"], row["payer_account"], words
    )


def _when(line: Line) -> tuple[str, str]:
    return line.day, line.id


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as data:
        return list(csv.DictReader(data))


def write(answers: Iterable[tuple[Line, Answer]], folder: Path) -> None:
    """`applications.csv`."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "applications.csv").open("w", newline="", encoding="utf-8") as out:
        sheet = csv.writer(out)
        sheet.writerow(COLUMNS)
        for line, answer in answers:
            sheet.writerows(_answered(line, answer))


def _answered(line: Line, answer: Answer) -> list[tuple[object, ...]]:
    zero = line.amount * 0
    sure = 1 if answer.customer else 0
    if not answer.shares:
        return [(line.id, "abstain", answer.customer, sure, 0, 1, "", "", "", "none", "", line.amount, "")]
    decision, confidence = ("auto", 0.95) if answer.automatic else ("suggest", 0.5)
    left = line.amount - sum((paid for _, paid in answer.shares), zero)
    head = (line.id, decision, answer.customer, sure, confidence, 1)
    return [(*head, document.number, paid, zero, "none", zero, left, "") for document, paid in answer.shares]
