"""Everything the matcher looks things up in: customers, open documents, and what people confirmed before.

All look-ups are by exact key; nothing here walks over all customers or all documents for one payment. Everything changes in
place (`put`, `settle`, `set_open`, `put_customer`, `learn`), each in the time of a few dictionary look-ups, so that the batch
and the running service use one index. Whoever shares an index between threads holds a lock around changes.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Sequence
from operator import attrgetter
from typing import Final

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

_MOST_HITS: Final = 400
_MANY_ENDINGS: Final = 12
_MOST_CELLS: Final = 50_000

_Keyed = dict[str, "OpenDocument | list[OpenDocument]"]


class MatchIndex(Parties):
    """Customers by name, account and domain; documents by number, order, customer and amount."""

    def __init__(
        self,
        customers: Iterable[Customer],
        documents: Iterable[CustomerInvoice],
        *,
        aliases: Iterable[Alias] = (),
        history: Iterable[SettledBefore] = (),
    ) -> None:
        super().__init__(customers, aliases)
        self._documents: dict[InvoiceNumber, OpenDocument] = {}
        self._by_customer: dict[CustomerId, list[OpenDocument]] = defaultdict(list)
        self._unsorted: set[CustomerId] = set()
        self._by_key: _Keyed = {}
        self._by_ending: _Keyed = {}
        self._by_order: _Keyed = {}
        self._by_amount: dict[tuple[str, int], OpenDocument | list[OpenDocument]] = {}
        self.masks: set[str] = set()
        self.heads: set[str] = set()
        self.cells: dict[str, tuple[Mention | None]] = {}
        self._seen: dict[tuple[CustomerId, str, int], int] = {}
        for document in documents:
            self.put(document)
        for settled in history:
            self._learn_settled(settled)

    def _learn_settled(self, settled: SettledBefore) -> None:
        if settled.payer_name:
            self.learn_name(settled.payer_name, settled.customer_id)
        self.learn_account(settled.payer_account, settled.customer_id)
        for number in settled.invoice_numbers:
            if number not in self._documents:
                self._add(OpenDocument.settled(number, settled.customer_id, settled.value_date))

    def put(self, document: CustomerInvoice) -> None:
        """Add a document, or take its new record."""
        known = self._documents.get(document.number)
        new = OpenDocument.of(document)
        if known is None:
            self._add(new)
            return
        if known.customer != new.customer or known.currency != new.currency or known.due != new.due:
            self.set_open(document.number, 0)
            known.customer, known.currency = new.customer, new.currency
        if known.order != new.order:
            _unfile(self._by_order, shape(compact(known.order)), known)
            known.order = new.order
            _file(self._by_order, shape(compact(new.order)), known)
        known.issued, known.due, known.amount = new.issued, new.due, new.amount
        known.discount, known.until = new.discount, new.until
        if known.open != new.open:
            self.set_open(document.number, new.open)

    def _add(self, document: OpenDocument) -> None:
        if self.cells:
            self.cells.clear()
        self._documents[document.number] = document
        for key, level in schemes.keys(document.number).items():
            _file(self._by_ending if level is Level.SUFFIX else self._by_key, key, document)
        self.masks.add(schemes.mask(compact(document.number)))
        self.heads.add(schemes.letters(document.number))
        if document.order:
            _file(self._by_order, shape(compact(document.order)), document)
        if document.open:
            self._opened(document)

    def _opened(self, document: OpenDocument) -> None:
        self._by_customer[document.customer].append(document)
        self._unsorted.add(document.customer)
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
        document = self._documents[number]
        if document.open:
            amount = (document.currency.code, document.open)
            known = self._by_amount[amount]
            if isinstance(known, list):
                known.remove(document)
            else:
                del self._by_amount[amount]
            self._by_customer[document.customer].remove(document)
        document.open = balance
        if balance:
            self._opened(document)

    def remove(self, number: InvoiceNumber) -> None:
        """The document was never there: nothing may mean it any more."""
        document = self._documents.pop(number, None)
        if document is None:
            return
        if document.open:
            self._documents[number] = document
            self.set_open(number, 0)
            del self._documents[number]
        self.cells.clear()
        for key, level in schemes.keys(number).items():
            _unfile(self._by_ending if level is Level.SUFFIX else self._by_key, key, document)
        _unfile(self._by_order, shape(compact(document.order)), document)

    def settle(self, number: InvoiceNumber, minor: int) -> None:
        """`minor` units (money and discount together, negative on a credit memo) are no longer asked for."""
        self.set_open(number, self._documents[number].open - minor)

    def remember(self, customer: CustomerId, currency: str, minor: int, day: int) -> None:
        """This customer sent so much on that day; the same again soon may be a payment made twice."""
        self._seen[(customer, currency, minor)] = max(day, self._seen.get((customer, currency, minor), 0))

    def sent_before(self, customer: CustomerId, currency: str, minor: int, day: int, within: int) -> bool:
        """Whether this customer sent exactly this on an earlier day not long ago."""
        return 0 < day - self._seen.get((customer, currency, minor), day) <= within

    def document(self, number: InvoiceNumber) -> OpenDocument | None:
        """By its exact number."""
        return self._documents.get(number)

    def of_customer(self, customer: CustomerId, currency: str, day: int) -> list[OpenDocument]:
        """Open documents of a customer that existed on that day, oldest due first."""
        known = self._by_customer.get(customer)
        if not known:
            return []
        if customer in self._unsorted:
            known.sort(key=_order_key)
            self._unsorted.discard(customer)
        return [document for document in known if document.issued <= day and document.currency.code == currency]

    def with_key(self, key: str, near: Container[CustomerId] | None = None) -> Sequence[Hit]:
        """Documents that a written word can mean, in full or by its last digits; nothing when it can mean too many.

        Where the last digits fit many documents, only those of the customers `near` are told: they say nothing of others.
        """
        known = self._by_key.get(key)
        hits = [] if known is None else known if isinstance(known, list) else [known]
        ending = self._by_ending.get(key)
        ends = [] if ending is None else ending if isinstance(ending, list) else [ending]
        if near is not None and len(ends) > _MANY_ENDINGS:
            ends = [each for each in ends if each.customer in near]
        if len(hits) + len(ends) > _MOST_HITS:
            return ()
        return [*((schemes.keys(each.number)[key], each) for each in hits), *((Level.SUFFIX, each) for each in ends)]

    def with_order(self, key: str) -> Sequence[OpenDocument]:
        """Documents of one customer order."""
        known = self._by_order.get(key)
        return () if known is None else known if isinstance(known, list) else (known,)

    def with_amount(self, currency: str, minor: int) -> Sequence[OpenDocument]:
        """Documents that ask for exactly this."""
        known = self._by_amount.get((currency, minor))
        return () if known is None else known if isinstance(known, list) else (known,)

    def cell(self, written: str, mention: Mention | None) -> None:
        """Remember what a cell of an advice means, until documents are added."""
        if len(self.cells) >= _MOST_CELLS:
            self.cells.clear()
        self.cells[written] = (mention,)


_order_key: Final = attrgetter("due", "number")


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
        known.remove(document)
    elif known is document:
        del table[key]
