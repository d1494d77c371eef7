"""Everything the matcher looks things up in, built once from customers, open documents and what people confirmed before.

All look-ups are by exact key; nothing here walks over all customers or all documents for one payment. Balances change in
place (`settle`, `reopen`, `put`), each in the time of one dictionary look-up, so that the batch and the running service use one
index. Whoever shares an index between threads holds a lock around changes.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import islice
from operator import attrgetter
from typing import Final

from core.domain.evidence import SettledBefore
from core.domain.ids import CustomerId, InvoiceNumber
from core.domain.parties import Alias, AliasKind, Customer
from core.domain.receivables import CustomerInvoice
from core.match import schemes
from core.match.ledger import OpenDocument
from core.match.mentions import Hit, Mention
from core.match.normal import compact, cut_keys, full_name_key, name_key, name_keys, shape

_MOST_HITS: Final = 400
_MOST_CUT_HITS: Final = 24


class MatchIndex:
    """Customers by name, account and domain; documents by number, order, customer and amount."""

    def __init__(
        self,
        customers: Iterable[Customer],
        documents: Iterable[CustomerInvoice],
        *,
        aliases: Iterable[Alias] = (),
        history: Iterable[SettledBefore] = (),
    ) -> None:
        self.customers: dict[CustomerId, Customer] = {}
        self.names: dict[str, list[CustomerId]] = {}
        self.full_names: dict[str, list[CustomerId]] = {}
        self.accounts: dict[str, list[CustomerId]] = {}
        self.domains: dict[str, list[CustomerId]] = {}
        self.words: dict[str, list[str]] = defaultdict(list)
        self._rejected: set[tuple[AliasKind, str, CustomerId]] = set()
        self._cut: list[tuple[str, CustomerId]] = []
        self._cut_sorted = True
        self._families: dict[CustomerId, list[CustomerId]] = defaultdict(list)
        self._documents: dict[InvoiceNumber, OpenDocument] = {}
        self._by_customer: dict[CustomerId, list[OpenDocument]] = defaultdict(list)
        self._unsorted: set[CustomerId] = set()
        self._by_key: dict[str, list[Hit]] = {}
        self._by_order: dict[str, list[OpenDocument]] = {}
        self._by_amount: dict[tuple[str, int], list[OpenDocument]] = {}
        self.masks: set[str] = set()
        self.heads: set[str] = set()
        self.open_count = 0
        self.cells: dict[str, tuple[Mention | None]] = {}
        self._seen: dict[tuple[CustomerId, str, int], int] = {}
        for alias in aliases:
            self._learn_alias(alias)
        for customer in customers:
            self._add_customer(customer)
        for document in documents:
            self.put(document)
        for settled in history:
            self._learn_settled(settled)

    # --- parties -------------------------------------------------------------------------------------------------------

    def _add_customer(self, customer: Customer) -> None:
        self.customers[customer.id] = customer
        self._families[customer.parent_id or customer.id].append(customer.id)
        for name in (customer.name, *customer.aliases):
            self._learn_name(name, customer.id)
        for account in customer.bank_accounts:
            self._learn_account(account, customer.id)
        for domain in customer.email_domains:
            _once(self.domains, domain.lower(), customer.id)

    def _learn_name(self, name: str, customer: CustomerId) -> None:
        if (AliasKind.PAYER_NAME, name_key(name), customer) in self._rejected:
            return
        _once(self.full_names, full_name_key(name), customer)
        for key in name_keys(name):
            if key not in self.names:
                for word in set(key.split()):
                    self.words[word].append(key)
            _once(self.names, key, customer)
        self._cut.extend((key, customer) for key in cut_keys(name))
        self._cut_sorted = False

    def _learn_account(self, account: str, customer: CustomerId) -> None:
        key = compact(account)
        if key and (AliasKind.PAYER_ACCOUNT, key, customer) not in self._rejected:
            _once(self.accounts, key, customer)

    def _learn_alias(self, alias: Alias) -> None:
        """What people rejected more often than confirmed is never learned again from files."""
        is_name = alias.kind is AliasKind.PAYER_NAME
        if alias.rejected >= max(1, alias.confirmed):
            key = name_key(alias.value) if is_name else compact(alias.value)
            self._rejected.add((alias.kind, key, alias.customer_id))
        elif is_name:
            self._learn_name(alias.value, alias.customer_id)
        else:
            self._learn_account(alias.value, alias.customer_id)

    def _learn_settled(self, settled: SettledBefore) -> None:
        if settled.payer_name:
            self._learn_name(settled.payer_name, settled.customer_id)
        self._learn_account(settled.payer_account, settled.customer_id)
        for number in settled.invoice_numbers:
            if number not in self._documents:
                self._add(OpenDocument.settled(number, settled.customer_id, settled.value_date))

    def family(self, customer: CustomerId) -> Sequence[CustomerId]:
        """The customer, its parent, its sisters and its children, as the ledger's file says."""
        known = self.customers.get(customer)
        root = (known.parent_id if known else None) or customer
        members = self._families.get(root, [])
        return list(dict.fromkeys((customer, *([root] if root in self.customers else []), *members)))

    def beginning_with(self, compacted: str) -> Sequence[CustomerId]:
        """Customers that bear a name beginning so; for names that a bank cut."""
        if not self._cut_sorted:
            self._cut = sorted(set(self._cut))
            self._cut_sorted = True
        at = bisect_left(self._cut, (compacted, ""))
        found: dict[CustomerId, None] = {}
        for key, customer in islice(self._cut, at, None):
            if not key.startswith(compacted) or len(found) >= _MOST_CUT_HITS:
                break
            found[customer] = None
        return list(found)

    # --- documents -----------------------------------------------------------------------------------------------------

    def put(self, document: CustomerInvoice) -> None:
        """Add a document, or take its new balance."""
        known = self._documents.get(document.number)
        if known is None:
            self._add(OpenDocument.of(document))
        else:
            self.set_open(document.number, document.sign * document.open_amount.minor)

    def _add(self, document: OpenDocument) -> None:
        self.cells.clear()
        self._documents[document.number] = document
        for key, level in schemes.keys(document.number).items():
            self._by_key.setdefault(key, []).append((level, document))
        self.masks.add(schemes.mask(compact(document.number)))
        self.heads.add(schemes.letters(document.number))
        order = shape(compact(document.order))
        if order:
            self._by_order.setdefault(order, []).append(document)
        if document.open:
            self._opened(document)

    def _opened(self, document: OpenDocument) -> None:
        self.open_count += 1
        self._by_customer[document.customer].append(document)
        self._unsorted.add(document.customer)
        self._by_amount.setdefault((document.currency.code, document.open), []).append(document)

    def set_open(self, number: InvoiceNumber, balance: int) -> None:
        """The document now asks for `balance` minor units (negative for a credit memo, zero when settled)."""
        document = self._documents[number]
        if document.open:
            self._by_amount[(document.currency.code, document.open)].remove(document)
            self._by_customer[document.customer].remove(document)
            self.open_count -= 1
        document.open = balance
        if balance:
            self._opened(document)

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

    def with_key(self, key: str) -> Sequence[Hit]:
        """Documents that a written word can mean; nothing when it can mean too many."""
        hits = self._by_key.get(key, ())
        return hits if len(hits) <= _MOST_HITS else ()

    def with_order(self, key: str) -> Sequence[OpenDocument]:
        """Documents of one customer order."""
        return self._by_order.get(key, ())

    def with_amount(self, currency: str, minor: int) -> Sequence[OpenDocument]:
        """Documents that ask for exactly this."""
        return self._by_amount.get((currency, minor), ())


_order_key: Final = attrgetter("due", "number")


def _once(table: dict[str, list[CustomerId]], key: str, customer: CustomerId) -> None:
    if key:
        known = table.setdefault(key, [])
        if customer not in known:
            known.append(customer)
