"""Everything the matcher looks things up in: customers, open documents, and what people confirmed before.

All look-ups are by exact key; nothing here walks over all customers or all documents for one payment. Everything changes in
place (`put`, `settle`, `set_open`, `put_customer`, `learn`), each in the time of a few dictionary look-ups, so that the batch
and the running service use one index. Whoever shares an index between threads holds a lock around changes.

Documents that come as columns stay there (`core.match.filed`) until somebody asks for one; what changes or comes later stands
in dictionaries beside them. The answers are the same.
"""

from collections.abc import Container, Iterable, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from core.domain.evidence import SettledBefore
from core.domain.ids import CustomerId, InvoiceNumber
from core.domain.parties import Alias, Customer
from core.domain.receivables import CustomerInvoice
from core.match import schemes
from core.match.ledger import OpenDocument
from core.match.mentions import Hit, Mention
from core.match.normal import compact, shape
from core.match.parties import Parties
from core.match.schemes import Level

if TYPE_CHECKING:
    from core.match.filed import Filed
    from core.match.open_columns import OpenColumns

MOST_HITS: Final = 400
MANY_ENDINGS: Final = 12
_MOST_CELLS: Final = 50_000
_MOST_VIEWS: Final = 5_000

_Keyed = dict[str, "OpenDocument | list[OpenDocument]"]


class MatchIndex(Parties):
    """Customers by name, account and domain; documents by number, order, customer and amount."""

    def __init__(
        self,
        customers: Iterable[Customer],
        documents: "Iterable[CustomerInvoice] | OpenColumns",
        *,
        aliases: Iterable[Alias] = (),
        history: Iterable[SettledBefore] = (),
    ) -> None:
        super().__init__(customers, aliases)
        self._documents: dict[InvoiceNumber, OpenDocument] = {}
        self._by_customer: dict[CustomerId, list[OpenDocument]] = {}
        self._unsorted: set[CustomerId] = set()
        self._views: dict[CustomerId, tuple[str, int, Sequence[OpenDocument]]] = {}
        self._by_key: _Keyed = {}
        self._by_ending: _Keyed = {}
        self._by_order: _Keyed = {}
        self._by_amount: dict[tuple[str, int], OpenDocument | list[OpenDocument]] = {}
        self.masks: set[str] = set()
        self.heads: set[str] = set()
        self.cells: dict[str, tuple[Mention | None]] = {}
        self._seen: dict[tuple[CustomerId, str, int], int] = {}
        self._filed: Filed | None = None
        self._records: dict[int, OpenDocument] = {}
        self._moved: set[int] = set()
        self._reordered: set[int] = set()
        self._removed: set[int] = set()
        if isinstance(documents, Iterable):
            for document in documents:
                self.put(document)
        else:
            self._file_columns(documents)
        learned: set[tuple[str, str, CustomerId]] = set()
        for settled in history:
            shown = (settled.payer_name, settled.payer_account, settled.customer_id)
            if shown not in learned:
                learned.add(shown)
                self._learn_payer(settled)
            self._learn_settled(settled)

    def _file_columns(self, columns: "OpenColumns") -> None:
        # The running service has no columns, and need not load what they are made of.
        from core.match.filed import Filed

        filed = self._filed = Filed(columns)
        self.masks.update(filed.masks)
        self.heads.update(schemes.letters(mask) for mask in filed.masks)
        for row in filed.odd:
            self._add_keys(self._record(filed, row))
        for row in filed.odd_orders:
            document = self._record(filed, row)
            _file(self._by_order, shape(compact(document.order)), document)

    def _record(self, filed: "Filed", row: int) -> OpenDocument:
        """The record of a row of the columns, always the same one."""
        known = self._records.get(row)
        if known is None:
            known = self._records[row] = filed.document(row)
        return known

    def _learn_payer(self, settled: SettledBefore) -> None:
        if settled.payer_name:
            self.learn_name(settled.payer_name, settled.customer_id)
        self.learn_account(settled.payer_account, settled.customer_id)

    def _learn_settled(self, settled: SettledBefore) -> None:
        for number in settled.invoice_numbers:
            if number not in self._documents and (self._filed is None or self._filed.row_of(number) < 0):
                self._add(OpenDocument.settled(number, settled.customer_id, settled.value_date))

    def put(self, document: CustomerInvoice) -> None:
        """Add a document, or take its new record."""
        known = self.document(document.number)
        new = OpenDocument.of(document)
        if known is None:
            self._add(new)
            return
        if known.customer != new.customer or known.currency != new.currency or known.due != new.due:
            self.set_open(document.number, 0)
            known.customer, known.currency = new.customer, new.currency
        if known.order != new.order:
            self._unfile_order(known)
            known.order = new.order
            _file(self._by_order, shape(compact(new.order)), known)
        # From now on the record counts, and no longer its row.
        self._owned(known.customer)
        self._views.pop(known.customer, None)
        known.issued, known.due, known.amount = new.issued, new.due, new.amount
        known.discount, known.until = new.discount, new.until
        if known.open != new.open:
            self.set_open(document.number, new.open)

    def _add(self, document: OpenDocument) -> None:
        if self.cells:
            self.cells.clear()
        self._documents[document.number] = document
        self._add_keys(document)
        if document.order:
            _file(self._by_order, shape(compact(document.order)), document)
        if document.open:
            self._opened(document)

    def _add_keys(self, document: OpenDocument) -> None:
        for key, level in schemes.keys(document.number).items():
            _file(self._by_ending if level is Level.SUFFIX else self._by_key, key, document)
        self.masks.add(schemes.mask(compact(document.number)))
        self.heads.add(schemes.letters(document.number))

    def _unfile_order(self, document: OpenDocument) -> None:
        if document.row >= 0:
            self._reordered.add(document.row)
        _unfile(self._by_order, shape(compact(document.order)), document)

    def _owned(self, customer: CustomerId) -> list[OpenDocument]:
        """Open documents of a customer; those of the columns join the first time that anybody asks."""
        known = self._by_customer.get(customer)
        if known is None:
            known = self._by_customer[customer] = []
            if self._filed is not None:
                known += self._records_of(customer, self._filed, self._filed.of_owner(customer))
                self._unsorted.add(customer)
        return known

    def _records_of(self, customer: CustomerId, filed: "Filed", rows: Sequence[int]) -> list[OpenDocument]:
        """Records of those rows that are a customer's own and still say what is open."""
        records = [self._record(filed, row) for row in rows if row not in self._moved]
        return [record for record in records if record.customer == customer]

    def _opened(self, document: OpenDocument) -> None:
        self._owned(document.customer).append(document)
        if document.row >= 0:
            self._moved.add(document.row)
        self._unsorted.add(document.customer)
        self._views.pop(document.customer, None)
        amount = (document.currency.code, document.open)
        known = self._by_amount.get(amount)
        if known is None:
            self._by_amount[amount] = document
        elif isinstance(known, list):
            known.append(document)
        else:
            self._by_amount[amount] = [known, document]

    def set_open(self, number: InvoiceNumber, balance: int) -> None:
        """The document now asks for `balance` minor units (negative for a credit memo, zero when settled)."""
        document = self._known(number)
        if document.open:
            # Documents of the columns that nobody asked for yet join later, and those that moved do not.
            if (owned := self._by_customer.get(document.customer)) is not None:
                owned.remove(document)
            self._views.pop(document.customer, None)
            self._unfile_amount(document)
        document.open = balance
        if balance:
            self._opened(document)

    def _unfile_amount(self, document: OpenDocument) -> None:
        if document.row >= 0 and document.row not in self._moved:
            self._moved.add(document.row)
            return
        amount = (document.currency.code, document.open)
        known = self._by_amount[amount]
        if isinstance(known, list):
            known.remove(document)
        else:
            del self._by_amount[amount]

    def remove(self, number: InvoiceNumber) -> None:
        """The document was never there: nothing may mean it any more."""
        document = self.document(number)
        if document is None:
            return
        if document.open:
            self.set_open(number, 0)
        self._documents.pop(number, None)
        if document.row >= 0:
            self._removed.add(document.row)
        self.cells.clear()
        for key, level in schemes.keys(number).items():
            _unfile(self._by_ending if level is Level.SUFFIX else self._by_key, key, document)
        self._unfile_order(document)

    def settle(self, number: InvoiceNumber, minor: int) -> None:
        """`minor` units (money and discount together, negative on a credit memo) are no longer asked for."""
        self.set_open(number, self._known(number).open - minor)

    def remember(self, customer: CustomerId, currency: str, minor: int, day: int) -> None:
        """This customer sent so much on that day; the same again soon may be a payment made twice."""
        self._seen[(customer, currency, minor)] = max(day, self._seen.get((customer, currency, minor), 0))

    def sent_before(self, customer: CustomerId, currency: str, minor: int, day: int, within: int) -> bool:
        """Whether this customer sent exactly this on an earlier day not long ago."""
        return 0 < day - self._seen.get((customer, currency, minor), day) <= within

    def document(self, number: InvoiceNumber) -> OpenDocument | None:
        """By its exact number."""
        known = self._documents.get(number)
        if known is None and self._filed is not None:
            row = self._filed.row_of(number)
            if row >= 0 and row not in self._removed:
                known = self._documents[number] = self._record(self._filed, row)
        return known

    def _known(self, number: InvoiceNumber) -> OpenDocument:
        document = self.document(number)
        if document is None:
            raise KeyError(number)
        return document

    def of_customer(self, customer: CustomerId, currency: str, day: int) -> Sequence[OpenDocument]:
        """Open documents of a customer that existed on that day, oldest due first; not to be changed."""
        view = self._views.get(customer)
        if view is not None and view[0] == currency and view[1] == day:
            return view[2]
        known = self._owned(customer)
        if customer in self._unsorted:
            known.sort(key=_order_key)
            self._unsorted.discard(customer)
        found = [document for document in known if document.issued <= day and document.currency.code == currency]
        if len(self._views) >= _MOST_VIEWS:
            self._views.clear()
        self._views[customer] = (currency, day, found)
        return found

    def slips_of(self, customer: CustomerId, currency: str, day: int, plain: str) -> Sequence[OpenDocument]:
        """Of `of_customer`, in its order, all whose number is one slip away from a plain word; others may be among them.

        Of columns nobody need make records of all documents for that.
        """
        if customer in self._by_customer or self._filed is None:
            return self.of_customer(customer, currency, day)
        records = self._records_of(customer, self._filed, self._filed.slips(customer, plain))
        there = [each for each in records if each.currency.code == currency and each.issued <= day]
        there.sort(key=_order_key)
        return there

    def count_of(self, customer: CustomerId, currency: str, day: int) -> int:
        """How many documents `of_customer` has; of columns nobody need make records for that."""
        if customer in self._by_customer or self._filed is None:
            return len(self.of_customer(customer, currency, day))
        return self._filed.count_of(customer, currency, day, self._moved)

    def with_key(self, key: str, near: Container[CustomerId] | None = None) -> Sequence[Hit]:
        """Documents that a written word can mean, in full or by its last digits; nothing when it can mean too many.

        Where the last digits fit many documents, only those of the customers `near` are told: they say nothing of others.
        """
        hits, ends = _several(self._by_key.get(key)), _several(self._by_ending.get(key))
        filed = self._filed
        endings = filed.endings(key) if filed is not None else ()
        if near is not None and len(ends) + len(endings) > MANY_ENDINGS:
            ends = [each for each in ends if each.customer in near]
            endings = filed.owned_by(endings, near) if filed is not None else ()
        # One more than may be, whichever were removed, is enough to know that it is too many.
        enough = MOST_HITS + len(self._removed) + 1
        rows = [*filed.hits(key, enough), *((row, Level.SUFFIX) for row in endings)] if filed is not None else []
        if self._removed:
            rows = [each for each in rows if each[0] not in self._removed]
        if len(hits) + len(ends) + len(rows) > MOST_HITS:
            return ()
        found = [*((schemes.keys(each.number)[key], each) for each in hits), *((Level.SUFFIX, each) for each in ends)]
        return [*((level, self._record(filed, row)) for row, level in rows), *found] if filed is not None else found

    def with_order(self, key: str) -> Sequence[OpenDocument]:
        """Documents of one customer order."""
        known = _several(self._by_order.get(key))
        if self._filed is None:
            return known
        rows = [row for row in self._filed.of_order(key) if row not in self._reordered]
        records = [self._record(self._filed, row) for row in rows]
        return [*(record for record in records if shape(compact(record.order)) == key), *known]

    def with_amount(self, currency: str, minor: int) -> Sequence[OpenDocument]:
        """Documents that ask for exactly this."""
        known = _several(self._by_amount.get((currency, minor)))
        if self._filed is None:
            return known
        rows = self._filed.of_amount(currency, minor)
        return [*(self._record(self._filed, row) for row in rows if row not in self._moved), *known]

    def cell(self, written: str, mention: Mention | None) -> None:
        """Remember what a cell of an advice means, until documents are added."""
        if len(self.cells) >= _MOST_CELLS:
            self.cells.clear()
        self.cells[written] = (mention,)


_order_key: Final = attrgetter("due", "number")


def _several(found: "OpenDocument | list[OpenDocument] | None") -> Sequence[OpenDocument]:
    return () if found is None else found if isinstance(found, list) else (found,)


def _file(table: _Keyed, key: str, document: OpenDocument) -> None:
    """One document stands for itself, several in a list: most keys have one."""
    if not key:
        return
    known = table.get(key)
    if known is None:
        table[key] = document
    elif isinstance(known, list):
        known.append(document)
    else:
        table[key] = [known, document]


def _unfile(table: _Keyed, key: str, document: OpenDocument) -> None:
    known = table.get(key)
    if isinstance(known, list):
        if document in known:
            known.remove(document)
    elif known is document:
        del table[key]
