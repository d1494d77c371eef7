"""Customers as the matcher recognises them: by name, account, e-mail domain and group, and by what people confirmed.

All look-ups are by exact key. Everything can change one by one: what was learned is forgotten again when people reject it, and
a customer whose record changed is known by the new one at once; nothing is ever built anew.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Final

from core.domain.ids import CustomerId
from core.domain.parties import Alias, AliasKind, Customer
from core.match.normal import compact, cut_keys, full_name_key, name_key, name_keys

_MOST_CUT_HITS: Final = 24
_Table = dict[str, list[CustomerId]]


class Parties:
    """Names, accounts and domains of customers; every key may stand for several of them."""

    def __init__(self, customers: Iterable[Customer] = (), aliases: Iterable[Alias] = ()) -> None:
        self.customers: dict[CustomerId, Customer] = {}
        self.names: _Table = {}
        self.full_names: _Table = {}
        self.accounts: _Table = {}
        self.domains: _Table = {}
        self.words: dict[str, list[str]] = defaultdict(list)
        self.changes = 0
        self._aliases: dict[tuple[AliasKind, str, CustomerId], Alias] = {}
        self._rejected: set[tuple[AliasKind, str, CustomerId]] = set()
        self._cut: list[tuple[str, CustomerId]] = []
        self._cut_sorted = True
        self._families: dict[CustomerId, list[CustomerId]] = defaultdict(list)
        for alias in aliases:
            self.learn(alias)
        for customer in customers:
            self.put_customer(customer)

    def put_customer(self, customer: Customer) -> None:
        """Add a customer, or take its new record."""
        known = self.customers.get(customer.id)
        if known == customer:
            return
        self.changes += 1
        if known is not None:
            self._forget_customer(known)
        self.customers[customer.id] = customer
        self._families[customer.parent_id or customer.id].append(customer.id)
        for name in (customer.name, *customer.aliases):
            self.learn_name(name, customer.id)
        for account in customer.bank_accounts:
            self.learn_account(account, customer.id)
        for domain in customer.email_domains:
            _once(self.domains, domain.lower(), customer.id)

    def learn(self, alias: Alias) -> None:
        """What people confirmed counts; what they rejected at least as often as confirmed is not known, whatever files say."""
        key = (alias.kind, alias.value, alias.customer_id)
        if self._aliases.get(key) == alias:
            return
        self.changes += 1
        self._aliases[key] = alias
        is_name = alias.kind is AliasKind.PAYER_NAME
        barred = (alias.kind, name_key(alias.value) if is_name else compact(alias.value), alias.customer_id)
        if alias.rejected >= max(1, alias.confirmed):
            self._rejected.add(barred)
            self._forget(alias.kind, alias.value, alias.customer_id)
            return
        self._rejected.discard(barred)
        if is_name:
            self.learn_name(alias.value, alias.customer_id)
        else:
            self.learn_account(alias.value, alias.customer_id)

    def unlearn(self, kind: AliasKind, value: str, customer: CustomerId) -> None:
        """What was learned is not known any more, because it was never stored in the end; the ledger's own record holds."""
        if self._aliases.pop((kind, value, customer), None) is None:
            return
        self.changes += 1
        self._rejected.discard((kind, name_key(value) if kind is AliasKind.PAYER_NAME else compact(value), customer))
        self._forget(kind, value, customer)
        known = self.customers.get(customer)
        if known is not None:
            del self.customers[customer]
            self._families[known.parent_id or customer].remove(customer)
            self.put_customer(known)

    def confirmed(self, kind: AliasKind, value: str, customer: CustomerId) -> tuple[int, int]:
        """How often people confirmed and rejected that this value means this customer."""
        known = self._aliases.get((kind, value, customer))
        return (known.confirmed, known.rejected) if known else (0, 0)

    def learn_name(self, name: str, customer: CustomerId) -> None:
        """A name that this customer pays under."""
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

    def learn_account(self, account: str, customer: CustomerId) -> None:
        """An account that this customer pays from."""
        key = compact(account)
        if key and (AliasKind.PAYER_ACCOUNT, key, customer) not in self._rejected:
            _once(self.accounts, key, customer)

    def _forget(self, kind: AliasKind, value: str, customer: CustomerId) -> None:
        if kind is AliasKind.PAYER_ACCOUNT:
            _drop(self.accounts, compact(value), customer)
            return
        _drop(self.full_names, full_name_key(value), customer)
        for key in name_keys(value):
            _drop(self.names, key, customer)
            if key not in self.names:
                for word in set(key.split()):
                    self.words[word].remove(key)
        gone = {(key, customer) for key in cut_keys(value)}
        self._cut = [entry for entry in self._cut if entry not in gone]

    def _forget_customer(self, known: Customer) -> None:
        self._families[known.parent_id or known.id].remove(known.id)
        for name in (known.name, *known.aliases):
            self._forget(AliasKind.PAYER_NAME, name, known.id)
        for account in known.bank_accounts:
            self._forget(AliasKind.PAYER_ACCOUNT, account, known.id)
        for domain in known.email_domains:
            _drop(self.domains, domain.lower(), known.id)
        for alias in [each for each in self._aliases.values() if each.customer_id == known.id]:
            del self._aliases[(alias.kind, alias.value, alias.customer_id)]
            self.learn(alias)

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


def _once(table: _Table, key: str, customer: CustomerId) -> None:
    if key:
        known = table.setdefault(key, [])
        if customer not in known:
            known.append(customer)


def _drop(table: _Table, key: str, customer: CustomerId) -> None:
    known = table.get(key)
    if known and customer in known:
        known.remove(customer)
        if not known:
            del table[key]
