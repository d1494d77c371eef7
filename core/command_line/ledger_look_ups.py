"""Answers to the look-ups of a part of a batch, out of the store of `ledger_store`: many of a kind in one question."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from core.command_line.ledger_file import connect
from core.domain.ids import CustomerId, InvoiceNumber
from core.domain.money import Currency
from core.domain.parties import Customer
from core.match import bulk_keys, schemes
from core.match.index import MANY_ENDINGS, MOST_HITS
from core.match.ledger import OpenDocument
from core.match.look_ups import Answers, Entry, KeyFound, LookUp, Place, Pool, Wanted, Whole, amount_of
from core.match.normal import compact, shape
from core.match.parties import MOST_CUT_HITS
from core.match.payer import MOST_CLOSE
from core.match.schemes import Level

_KINDS: Final = {LookUp.NAME: "name", LookUp.FULL_NAME: "full_name", LookUp.ACCOUNT: "account", LookUp.DOMAIN: "domain"}
_BEHIND_ALL: Final = "\x7f"
_SIZES: Final = 255
_AT_ONCE: Final = 50_000
_TOLD: Final = (("key", np.uint64), ("size", np.uint8), ("endings", np.bool_), ("hits", np.bool_))

Numbers = npt.NDArray[Any]

_DOCUMENTS: Final = """
SELECT number, customer, unit, issued, due, amount, open, discount, until, po, late, late_order, place FROM documents
"""
_PARTIES: Final = """
SELECT kind, key, customer FROM parties SEMI JOIN asked USING (kind, key) ORDER BY place
"""
_WORDS: Final = """
SELECT word, key, size FROM (
    SELECT word, key, place, row_number() OVER (PARTITION BY word ORDER BY place) AS nth,
        count(*) OVER (PARTITION BY word) AS size
    FROM words SEMI JOIN asked USING (word)) WHERE nth <= ? ORDER BY word, place
"""
_BEGINNINGS: Final = """
SELECT key, customer FROM (
    SELECT key, customer, spelling, row_number() OVER (PARTITION BY key ORDER BY spelling, customer) AS nth FROM (
        SELECT key, customer, min(spelling) AS spelling FROM asked JOIN cuts ON spelling >= key AND spelling < behind
        GROUP BY ALL))
WHERE nth <= ? ORDER BY key, spelling, customer
"""
_ROOTS: Final = """
SELECT asked.id, coalesce(customers.root, asked.id) AS root FROM asked LEFT JOIN customers USING (id)
"""
_MEMBERS: Final = """
SELECT root, id, name, parent, aliases, domains, accounts, currency FROM customers
WHERE root IN (SELECT root FROM asked) OR id IN (SELECT root FROM asked) ORDER BY place
"""
_COUNTS: Final = """
SELECT key, size, count(*) FILTER (ending) AS endings, count(*) FILTER (NOT ending) AS hits
FROM keys SEMI JOIN asked USING (key, size) GROUP BY ALL
"""
_PLACES: Final = """
SELECT keys.key, keys.size, place FROM keys JOIN asked USING (key, size) WHERE ending AND endings OR NOT ending AND hits
"""


class LedgerReader:
    """One reader of the store; only one thread at a time."""

    def __init__(self, path: Path, *, threads: int, memory: str) -> None:
        self._con = connect(path, threads=threads, memory=memory, read_only=True)
        rows = self._ask("SELECT code, exponent FROM units ORDER BY unit")
        self._units = [Currency(code, exponent) for code, exponent in rows]
        self._ids: dict[str, CustomerId] = {}

    def _ask(self, question: str, *limits: int, **asked: Numbers) -> Iterator[tuple[Any, ...]]:
        """Rows of the answer; the question names its table `asked`, which the engine finds here."""
        answer = self._con.execute(question, limits)
        while rows := answer.fetchmany(_AT_ONCE):
            yield from rows
        del asked

    def close(self) -> None:
        """The file is not needed any more."""
        self._con.close()

    def whole(self) -> Whole:
        """What a part has to know of the ledger as a whole."""
        customers, shared, names = next(self._ask("SELECT customers, shared, names FROM whole"))
        masks = frozenset(mask for (mask,) in self._ask("SELECT mask FROM masks"))
        return Whole(customers, shared / names if names else 0.0, masks, frozenset(map(schemes.letters, masks)))

    def answers(self, wanted: Wanted) -> Answers:
        """All that is wanted. Customers that names and accounts point to come with their groups and documents."""
        found = Answers()
        self._parties(wanted, found)
        self._words(wanted, found)
        self._beginnings(wanted, found)
        customers = {*wanted.sorted(LookUp.CUSTOMER)}
        for table in (found.names, found.full_names, found.accounts, found.domains, found.beginnings):
            customers.update(customer for owners in table.values() for customer in owners)
        self._customers(sorted(customers), found)
        near = [*wanted.sorted(LookUp.DOCUMENTS)]
        for customer in customers:
            near += found.families.get(CustomerId(customer), ())
        self._documents(wanted, sorted(set(near)), found)
        return found

    def _parties(self, wanted: Wanted, found: Answers) -> None:
        rows = [(kind, key) for look, kind in _KINDS.items() for key in wanted.sorted(look)]
        if not rows:
            return
        tables: dict[str, dict[str, list[CustomerId]]] = {kind: {} for kind in _KINDS.values()}
        for kind, key in rows:
            tables[kind][key] = []
        kinds, keys = _texts(kind for kind, _ in rows), _texts(key for _, key in rows)
        for kind, key, customer in self._ask(_PARTIES, kind=kinds, key=keys):
            tables[kind][key].append(self._id(customer))
        found.names, found.full_names = tables["name"], tables["full_name"]
        found.accounts, found.domains = tables["account"], tables["domain"]

    def _id(self, customer: str) -> CustomerId:
        """One object for each customer, however often it is told."""
        return self._ids.setdefault(customer, CustomerId(customer))

    def _words(self, wanted: Wanted, found: Answers) -> None:
        words = wanted.sorted(LookUp.WORD)
        if not words:
            return
        first: dict[str, list[str]] = {word: [] for word in words}
        sizes = dict.fromkeys(words, 0)
        for word, key, size in self._ask(_WORDS, MOST_CLOSE, word=_texts(words)):
            first[word].append(key)
            sizes[word] = size
        found.words = {word: Pool(first[word], sizes[word]) for word in words}

    def _beginnings(self, wanted: Wanted, found: Answers) -> None:
        keys = wanted.sorted(LookUp.BEGINNING)
        if not keys:
            return
        behind = _texts(key + _BEHIND_ALL for key in keys)
        known: dict[str, list[CustomerId]] = {key: [] for key in keys}
        for key, customer in self._ask(_BEGINNINGS, MOST_CUT_HITS, key=_texts(keys), behind=behind):
            known[key].append(self._id(customer))
        found.beginnings = known

    def _customers(self, customers: Sequence[str], found: Answers) -> None:
        if not customers:
            return
        roots: dict[str, str] = dict(self._ask(_ROOTS, id=_texts(customers)))
        records: dict[CustomerId, Customer | None] = {}
        members: dict[str, list[CustomerId]] = {}
        for root, *cells in self._ask(_MEMBERS, root=_texts(sorted(set(roots.values())))):
            customer = self._customer(cells)
            records[customer.id] = customer
            members.setdefault(root, []).append(customer.id)
        families: dict[CustomerId, list[CustomerId]] = {}
        for name in customers:
            customer_id, root = self._id(name), roots[name]
            records.setdefault(customer_id, None)
            head = [self._id(root)] if records.get(self._id(root)) is not None else []
            families[customer_id] = list(dict.fromkeys((customer_id, *head, *members.get(root, ()))))
        found.customers, found.families = records, families

    def _customer(self, cells: Sequence[str]) -> Customer:
        name, shown, parent, aliases, domains, accounts, currency = cells
        return Customer(
            self._id(name),
            shown,
            self._id(parent) if parent else None,
            _many(aliases),
            _many(domains),
            _many(accounts),
            currency or None,
        )

    def _documents(self, wanted: Wanted, owners: Sequence[str], found: Answers) -> None:
        """All documents in one go: of these owners, with these keys, orders and amounts."""
        keys, counts, key_places = self._key_places(wanted)
        orders = {key: bulk_keys.remainder(key) for key in wanted.sorted(LookUp.ORDER)}
        order_places = self._places("SELECT key, place FROM orders SEMI JOIN asked USING (key)", orders.values())
        places = {place for found_at in (*key_places.values(), *order_places.values()) for place in found_at}
        by_place = self._entries(places, owners, wanted.sorted(LookUp.AMOUNT))
        found.entries = list(by_place.values())
        found.keys = {
            key: _key_found(
                key, [by_place[place].document for place in key_places.get(hashed, ())], *counts.get(hashed, (0, 0, False))
            )
            for key, hashed in keys.items()
        }
        found.orders = {
            key: [
                document.number
                for place in order_places.get(hashed, ())
                if shape(compact((document := by_place[place].document).order)) == key
            ]
            for key, hashed in orders.items()
        }
        owned: dict[CustomerId, list[InvoiceNumber]] = {self._id(owner): [] for owner in owners}
        amounts: dict[tuple[str, int], list[InvoiceNumber]] = {amount_of(key): [] for key in wanted.sorted(LookUp.AMOUNT)}
        for entry in found.entries:
            document = entry.document
            if document.customer in owned:
                owned[document.customer].append(document.number)
            if (amount := (document.currency.code, document.open)) in amounts:
                amounts[amount].append(document.number)
        found.owned, found.amounts = owned, amounts

    def _key_places(
        self, wanted: Wanted
    ) -> tuple[dict[str, tuple[int, int]], dict[tuple[int, int], tuple[int, int, bool]], dict[tuple[int, int], list[int]]]:
        """Every key as (remainder, length), how many documents it ends and names otherwise, and where those to be told are."""
        late = set(wanted.sorted(LookUp.ENDING))
        keys = {key: (bulk_keys.remainder(key), min(len(key), _SIZES)) for key in sorted({*wanted.sorted(LookUp.KEY), *late})}
        if not keys:
            return {}, {}, {}
        all_endings = {keys[key] for key in late}
        hashes = np.array([key for key, _ in keys.values()], np.uint64)
        sizes = np.array([size for _, size in keys.values()], np.uint8)
        counts: dict[tuple[int, int], tuple[int, int, bool]] = {}
        told: list[tuple[int, int, bool, bool]] = []
        for key, size, endings, hits in self._ask(_COUNTS, key=hashes, size=sizes):
            few = endings <= MANY_ENDINGS or ((key, size) in all_endings and endings + hits <= MOST_HITS)
            counts[(key, size)] = (endings, hits, few)
            told.append((key, size, few, hits <= MOST_HITS))
        asked: dict[str, Numbers] = {name: np.array([row[at] for row in told], kind) for at, (name, kind) in enumerate(_TOLD)}
        places: dict[tuple[int, int], list[int]] = {}
        for key, size, place in self._ask(_PLACES, **asked) if told else ():
            places.setdefault((key, size), []).append(place)
        return keys, counts, places

    def _places(self, question: str, keys: Iterable[int]) -> dict[int, list[int]]:
        hashes = np.array([*keys], np.uint64)
        found: dict[int, list[int]] = {}
        for key, place in self._ask(question, key=hashes) if len(hashes) else ():
            found.setdefault(key, []).append(place)
        return found

    def _entries(self, places: Iterable[int], owners: Sequence[str], amounts: Sequence[str]) -> dict[int, Entry]:
        found: dict[int, Entry] = {}
        wanted = np.array(sorted(places), np.int64)
        if len(wanted):
            self._take(self._ask(_DOCUMENTS + "SEMI JOIN asked USING (place)", place=wanted), found)
        if owners:
            known = self._ask("SELECT owner FROM owners SEMI JOIN asked USING (id)", id=_texts(owners))
            numbers = np.array([owner for (owner,) in known], np.int32)
            self._take(self._ask(_DOCUMENTS + "SEMI JOIN asked USING (owner)", owner=numbers), found)
        if amounts:
            pairs = [amount_of(key) for key in amounts]
            units = [(unit, minor) for code, minor in pairs for unit, known in enumerate(self._units) if known.code == code]
            unit, balance = np.array([unit for unit, _ in units], np.uint8), np.array([minor for _, minor in units], np.int64)
            question = _DOCUMENTS + "SEMI JOIN asked USING (unit, open) WHERE open <> 0"
            self._take(self._ask(question, unit=unit, open=balance), found)
        return found

    def _take(self, rows: Iterable[tuple[Any, ...]], found: dict[int, Entry]) -> None:
        """Documents by place; each is one record, however often it is found."""
        for number, customer, unit, issued, due, amount, balance, discount, until, order, late, late_order, place in rows:
            if place not in found:
                document = OpenDocument(
                    InvoiceNumber(number), self._id(customer), self._units[unit], issued, due, amount, balance, discount, until,
                    order,
                )  # fmt: skip
                found[place] = Entry(document, Place(late, late_order, place))


def _many(cell: str) -> tuple[str, ...]:
    return tuple(cell.split(";")) if cell else ()


def _texts(values: Iterable[str]) -> Numbers:
    return np.array([*values], object)


def _key_found(key: str, documents: Sequence[OpenDocument], endings: int, hits: int, told: bool) -> KeyFound:
    """What a word means; what only looks like it by its remainder is left out."""
    levels = [(schemes.keys(document.number).get(key), document.number) for document in documents]
    ends = tuple(number for level, number in levels if level is Level.SUFFIX)
    named = tuple((level, number) for level, number in levels if level is not None and level is not Level.SUFFIX)
    if hits > MOST_HITS:
        return KeyFound(None, hits, ends if told else None, endings)
    return KeyFound(named, len(named), ends if told or not endings else None, endings)
