"""A ledger in a file of DuckDB: larger than memory, written once, then only read, by any number of processes and machines.

It holds what `core.match.index` and `core.match.parties` look things up in, as tables: keys of numbers and names are made by
the same functions, only joined, counted and sorted by the engine, which spills to disk what does not fit. Files are read in
pieces; as soon as one is not plainly right the whole file is read by the exact reader, which knows the sentence for it.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from core.command_line import apply_files
from core.command_line.console import Console, file_bytes, taken
from core.command_line.ledger_file import connect
from core.command_line.plain_pieces import pieces
from core.domain.evidence import SettledBefore
from core.domain.money import Currency
from core.domain.parties import Customer
from core.match import bulk_keys, schemes
from core.match.ledger import OpenDocument
from core.match.normal import compact, cut_keys, full_name_key, name_key, name_keys, shape
from core.match.open_columns import OpenColumns
from core.match.schemes import Level
from core.read import large_tables, tables

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_AT_ONCE: Final = 100_000
_BEHIND: Final = 1 << 40

SCHEMA: Final = """
CREATE TABLE units (unit UTINYINT, code VARCHAR, exponent UTINYINT);
CREATE TABLE raw_documents (place BIGINT, late BOOLEAN, late_order BOOLEAN, number VARCHAR, same UBIGINT, customer VARCHAR,
    unit UTINYINT, issued INTEGER, due INTEGER, amount BIGINT, open BIGINT, discount BIGINT, until INTEGER, po VARCHAR);
CREATE TABLE raw_keys (key UBIGINT, size UTINYINT, ending BOOLEAN, place BIGINT);
CREATE TABLE raw_orders (key UBIGINT, place BIGINT);
CREATE TABLE raw_customers (place BIGINT, id VARCHAR, name VARCHAR, parent VARCHAR, aliases VARCHAR, domains VARCHAR,
    accounts VARCHAR, currency VARCHAR, hood VARCHAR);
CREATE TABLE raw_parties (kind VARCHAR, key VARCHAR, customer VARCHAR, place BIGINT);
CREATE TABLE raw_cuts (spelling VARCHAR, customer VARCHAR);
CREATE TABLE masks (mask VARCHAR);
"""

# Documents stand by neighbourhood: customers whose names begin alike, as far as their groups allow, are asked for together.
ARRANGED: Final = """
CREATE TABLE owners AS SELECT id, CAST(row_number() OVER (ORDER BY hood, id) - 1 AS INTEGER) AS owner FROM (
    SELECT c.id, coalesce(p.hood, c.hood) AS hood FROM raw_customers c LEFT JOIN raw_customers p ON p.id = c.parent
    UNION ALL SELECT DISTINCT customer, '' FROM raw_documents WHERE customer NOT IN (SELECT id FROM raw_customers));
CREATE TABLE documents AS SELECT o.owner, d.* EXCLUDE (same) FROM raw_documents d JOIN owners o ON o.id = d.customer
    ORDER BY o.owner, d.place;
DROP TABLE raw_documents;
CREATE TABLE keys AS SELECT * FROM raw_keys ORDER BY key, size, ending, place;
DROP TABLE raw_keys;
CREATE TABLE orders AS SELECT * FROM raw_orders ORDER BY key, place;
DROP TABLE raw_orders;
CREATE TABLE customers AS SELECT *, coalesce(parent, id) AS root FROM raw_customers ORDER BY id;
DROP TABLE raw_customers;
CREATE TABLE parties AS SELECT kind, key, customer, min(place) AS place FROM raw_parties GROUP BY ALL ORDER BY kind, key, place;
DROP TABLE raw_parties;
CREATE TABLE cuts AS SELECT DISTINCT spelling, customer FROM raw_cuts ORDER BY spelling, customer;
DROP TABLE raw_cuts;
CREATE TABLE words AS SELECT word, key, place FROM (SELECT unnest(list_distinct(string_split(key, ' '))) AS word, key, place
    FROM (SELECT key, min(place) AS place FROM parties WHERE kind = 'name' GROUP BY key)) ORDER BY word, place;
CREATE TABLE whole AS SELECT (SELECT count(*) FROM customers) AS customers,
    (SELECT count(*) FROM (SELECT key FROM parties WHERE kind = 'name' GROUP BY key HAVING count(*) > 1)) AS shared,
    (SELECT count(DISTINCT key) FROM parties WHERE kind = 'name') AS names;
"""


class Writer:
    """Puts files into the tables."""

    def __init__(self, con: "DuckDBPyConnection", console: Console) -> None:
        self._con, self._console = con, console
        self._units: dict[Currency, int] = {}
        self._masks: set[str] = set()
        self._rows = self._parties = 0
        con.execute(SCHEMA)

    def write(self, options: argparse.Namespace) -> bool:
        """Everything of the ledger; False where there are no customers or no documents (complained about already)."""
        self._customers(options)
        self._documents(options)
        if not self._count("raw_customers") or not self._count("raw_documents"):
            return False
        history: tuple[SettledBefore, ...] = ()
        if options.history:
            history = apply_files.read_history(options.history, self._console, partial=options.partial)
        self._history(history)
        self._insert("masks", mask=np.array(sorted(self._masks), object))
        self._insert(
            "units",
            unit=np.array([*self._units.values()], np.uint8),
            code=np.array([unit.code for unit in self._units], object),
            exponent=np.array([unit.exponent for unit in self._units], np.uint8),
        )
        self._console.progress(f"documents filed: {self._rows:,}; now they are put in order", last=True)
        for statement in ARRANGED.strip().split(";\n"):
            self._con.execute(statement)
        return True

    def _count(self, table: str) -> int:
        found = self._con.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608  Our own names.
        return int(found[0]) if found else 0

    def _insert(self, table: str, **columns: object) -> None:
        rows = columns  # Named in the statement: the engine finds it here.
        self._con.execute(f"INSERT INTO {table} BY NAME SELECT * FROM rows")  # noqa: S608  Our own names.
        del rows

    def _customers(self, options: argparse.Namespace) -> None:
        for piece in pieces(options.customers):
            found = large_tables.read_customers(piece)
            if found is None:
                break
            self._put_customers(found)
        else:
            if not self._any("SELECT 1 FROM raw_customers GROUP BY id HAVING count(*) > 1 LIMIT 1"):
                return
        self._clear("raw_customers", "raw_parties", "raw_cuts")
        exact = taken(
            tables.read_customers(file_bytes(options.customers), str(options.customers), partial=options.partial), self._console
        )
        self._put_customers(exact)

    def _any(self, question: str) -> bool:
        return self._con.execute(question).fetchone() is not None

    def _clear(self, *names: str) -> None:
        for name in names:
            self._con.execute(f"DELETE FROM {name}")  # noqa: S608  Our own names.

    def _put_customers(self, customers: Sequence[Customer]) -> None:
        for begin in range(0, len(customers), _AT_ONCE):
            self._put_some(customers[begin : begin + _AT_ONCE])
            self._console.progress(f"customers filed: {self._count('raw_customers'):,}", last=False)

    def _put_some(self, customers: Sequence[Customer]) -> None:
        first = self._count("raw_customers")
        texts = {
            "id": [each.id for each in customers],
            "name": [each.name for each in customers],
            "parent": [each.parent_id for each in customers],
            "aliases": [";".join(each.aliases) for each in customers],
            "domains": [";".join(each.email_domains) for each in customers],
            "accounts": [";".join(each.bank_accounts) for each in customers],
            "currency": [each.currency for each in customers],
            "hood": [name_key(each.name).replace(" ", "") for each in customers],
        }
        columns = {title: np.array(cells, object) for title, cells in texts.items()}
        self._insert("raw_customers", place=np.arange(first, first + len(customers)), **columns)
        parties, cuts = _Parties(self._parties), _Cuts()
        for each in customers:
            for name in (each.name, *each.aliases):
                parties.name(name, each.id)
                cuts.name(name, each.id)
            for account in each.bank_accounts:
                parties.add("account", compact(account), each.id)
            for domain in each.email_domains:
                parties.add("domain", domain.lower(), each.id)
        self._put_parties(parties, cuts)

    def _put_parties(self, parties: "_Parties", cuts: "_Cuts") -> None:
        self._parties = parties.at
        if parties.rows:
            kinds, keys, owners, places = zip(*parties.rows, strict=True)
            self._insert(
                "raw_parties",
                kind=np.array(kinds, object),
                key=np.array(keys, object),
                customer=np.array(owners, object),
                place=np.array(places, np.int64),
            )
        if cuts.rows:
            spellings, owners = zip(*cuts.rows, strict=True)
            self._insert("raw_cuts", spelling=np.array(spellings, object), customer=np.array(owners, object))

    def _documents(self, options: argparse.Namespace) -> None:
        for piece in pieces(options.invoices):
            found = large_tables.read_invoices(piece)
            if found is None:
                break
            self._put_columns(found)
            self._console.progress(f"documents filed: {self._rows:,}", last=False)
        else:
            if not self._any("SELECT 1 FROM raw_documents GROUP BY same HAVING count(*) > 1 LIMIT 1"):
                return
        self._clear("raw_documents", "raw_keys", "raw_orders")
        self._masks.clear()
        self._rows = 0
        exact = taken(
            tables.read_invoices(file_bytes(options.invoices), str(options.invoices), partial=options.partial), self._console
        )
        self._put_records([OpenDocument.of(each) for each in exact])

    def _unit(self, unit: Currency) -> int:
        return self._units.setdefault(unit, len(self._units))

    def _put_columns(self, columns: OpenColumns) -> None:
        size, first = len(columns), self._rows
        filing = bulk_keys.number_keys(columns.numbers)
        self._masks |= filing.masks
        orders, sure = bulk_keys.compact_remainders(columns.orders)
        filled = columns.orders.end > columns.orders.begin
        late, late_order = np.zeros(size, bool), filled & ~sure
        late[filing.odd] = True
        units = np.array([self._unit(unit) for unit in columns.currencies], np.uint8)
        place = np.arange(first, first + size)
        self._insert(
            "raw_documents", place=place, late=late, late_order=late_order,
            number=np.array(columns.numbers.texts(), object), same=bulk_keys.remainders(columns.numbers),
            customer=np.array(columns.customers.texts(), object), unit=units[columns.unit], issued=columns.issued,
            due=columns.due, amount=columns.amount, open=columns.open, discount=columns.discount, until=columns.until,
            po=np.array(columns.orders.texts() if filled.any() else [""] * size, object),
        )  # fmt: skip
        self._insert(
            "raw_keys",
            key=filing.keys,
            size=filing.lengths,
            ending=filing.levels == Level.SUFFIX,
            place=filing.rows + np.int64(first),
        )
        kept = filled & sure & (orders != 0)
        self._insert("raw_orders", key=orders[kept], place=place[kept])
        self._put_keys([(first + row, columns.numbers.text(row), "") for row in filing.odd.tolist()])
        self._put_keys([(first + row, "", columns.orders.text(row)) for row in np.flatnonzero(late_order).tolist()])
        self._rows += size

    def _put_records(self, documents: Sequence[OpenDocument], behind: int = 0) -> None:
        """Documents that an index files one by one."""
        for begin in range(0, len(documents), _AT_ONCE):
            some = documents[begin : begin + _AT_ONCE]
            places = np.arange(self._rows, self._rows + len(some)) + behind
            self._insert(
                "raw_documents", place=places, late=np.ones(len(some), bool), late_order=np.ones(len(some), bool),
                number=np.array([each.number for each in some], object),
                same=np.array([bulk_keys.remainder(each.number) for each in some], np.uint64),
                customer=np.array([each.customer for each in some], object),
                unit=np.array([self._unit(each.currency) for each in some], np.uint8),
                **{name: np.array([getattr(each, name) for each in some], np.int64)
                   for name in ("issued", "due", "amount", "open", "discount", "until")},
                po=np.array([each.order for each in some], object),
            )  # fmt: skip
            self._put_keys([(int(at), each.number, each.order) for at, each in zip(places, some, strict=True)])
            self._rows += len(some)

    def _put_keys(self, rows: Sequence[tuple[int, str, str]]) -> None:
        """Keys of (place, number, order), each made by itself."""
        found: list[tuple[int, int, bool, int]] = []
        orders: list[tuple[int, int]] = []
        for place, number, order in rows:
            if number:
                self._masks.add(schemes.mask(compact(number)))
                found += [
                    (bulk_keys.remainder(key), min(len(key), 255), level is Level.SUFFIX, place)
                    for key, level in schemes.keys(number).items()
                    if key
                ]
            if order and compact(order):
                orders.append((bulk_keys.remainder(shape(compact(order))), place))
        if found:
            keys, sizes, endings, places = zip(*found, strict=True)
            self._insert(
                "raw_keys",
                key=np.array(keys, np.uint64),
                size=np.array(sizes, np.uint8),
                ending=np.array(endings, bool),
                place=np.array(places, np.int64),
            )
        if orders:
            self._insert(
                "raw_orders",
                key=np.array([key for key, _ in orders], np.uint64),
                place=np.array([place for _, place in orders], np.int64),
            )

    def _history(self, history: Sequence[SettledBefore]) -> None:
        """Who paid before under which name and account, and documents that are known from that alone."""
        parties, cuts = _Parties(self._parties), _Cuts()
        learned: set[tuple[str, str, str]] = set()
        numbers: dict[str, OpenDocument] = {}
        for each in history:
            shown = (each.payer_name, each.payer_account, each.customer_id)
            if shown not in learned:
                learned.add(shown)
                if each.payer_name:
                    parties.name(each.payer_name, each.customer_id)
                    cuts.name(each.payer_name, each.customer_id)
                parties.add("account", compact(each.payer_account), each.customer_id)
            for number in each.invoice_numbers:
                numbers.setdefault(number, OpenDocument.settled(number, each.customer_id, each.value_date))
        self._put_parties(parties, cuts)
        if numbers:
            asked = {"number": np.array(list(numbers), object)}
            known = self._con.execute("SELECT number FROM raw_documents SEMI JOIN asked USING (number)").fetchall()
            del asked
            for (number,) in known:
                del numbers[number]
            self._put_records(list(numbers.values()), behind=_BEHIND)


class _Parties:
    """Rows of names, accounts and domains, numbered in the order in which an index learns them."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.rows: list[tuple[str, str, str, int]] = []

    def add(self, kind: str, key: str, customer: str) -> None:
        """One more; nothing is known by an empty key."""
        if key:
            self.rows.append((kind, key, customer, self.at))
            self.at += 1

    def name(self, name: str, customer: str) -> None:
        """All keys of a name."""
        self.add("full_name", full_name_key(name), customer)
        for key in name_keys(name):
            self.add("name", key, customer)


class _Cuts:
    """Spellings of which a bank may show the beginning."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, str]] = []

    def name(self, name: str, customer: str) -> None:
        """All of one name."""
        self.rows += [(spelling, customer) for spelling in cut_keys(name)]


def write_ledger(options: argparse.Namespace, path: Path, console: Console, *, threads: int, memory: str) -> bool:
    """The files of `options` as a store; whether there is anything in it."""
    con = connect(path, threads=threads, memory=memory, read_only=False)
    try:
        return Writer(con, console).write(options)
    finally:
        con.close()
