"""Customers as the matcher recognises them: by name, account, e-mail domain and group, and by what people confirmed.

All look-ups are by exact key. Everything can change one by one: what was learned is forgotten again when people reject it, and
a customer whose record changed is known by the new one at once; nothing is ever built anew.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from core.domain.ids import CustomerId
from core.domain.parties import Alias, AliasKind, Customer
from core.match.normal import compact, cut_keys, full_name_key, name_key, name_keys

MOST_CUT_HITS: Final = 24
_MANY_NEW: Final = 200
_MOST_PAYERS: Final = 50_000
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
        self._shared_names = 0
        self._payers: dict[tuple[str, str], object] = {}
        self._payers_at = 0
        self._aliases: dict[CustomerId, dict[tuple[AliasKind, str], Alias]] = defaultdict(dict)
        self._rejected: set[tuple[AliasKind, str, CustomerId]] = set()
        self._judged: dict[tuple[AliasKind, str, CustomerId], tuple[int, int]] = {}
        self._cut: list[tuple[str, CustomerId]] = []
        self._cut_new: list[tuple[str, CustomerId]] = []
        self._families: dict[CustomerId, list[CustomerId]] = defaultdict(list)
        for alias in aliases:
            self._aliases[alias.customer_id][(alias.kind, alias.value)] = alias
            self._count(alias, 1)
            if _is_rejected(alias):
                self._rejected.add(_barred(alias))
            else:
                self._learn_value(alias)
        for customer in customers:
            self.put_customer(customer)
        self._sort_cut()

    def put_customer(self, customer: Customer) -> None:
        """Add a customer, or take its new record."""
        known = self.customers.get(customer.id)
        if known == customer:
            return
        self.changes += 1
        if known is None:
            self.customers[customer.id] = customer
            self._families[customer.parent_id or customer.id].append(customer.id)
            self._know(customer)
            return
        self._forget_all(customer.id)
        self._families[known.parent_id or known.id].remove(known.id)
        for domain in known.email_domains:
            _drop(self.domains, domain.lower(), known.id)
        self.customers[customer.id] = customer
        self._families[customer.parent_id or customer.id].append(customer.id)
        self._know_all(customer.id)

    def learn(self, alias: Alias) -> None:
        """What people confirmed counts; what they rejected at least as often as confirmed is not known, whatever files say."""
        key = (alias.kind, alias.value)
        known = self._aliases[alias.customer_id].get(key)
        if known == alias:
            return
        self.changes += 1
        if known is None and not _is_rejected(alias):
            self._aliases[alias.customer_id][key] = alias
            self._count(alias, 1)
            self._learn_value(alias)
            return
        self._forget_all(alias.customer_id)
        if known is not None:
            self._count(known, -1)
        self._aliases[alias.customer_id][key] = alias
        self._count(alias, 1)
        self._know_all(alias.customer_id)

    def unlearn(self, kind: AliasKind, value: str, customer: CustomerId) -> None:
        """What was learned is not known any more, because it was never stored in the end; the ledger's own record holds."""
        if (kind, value) in self._aliases.get(customer, {}):
            self.changes += 1
            self._forget_all(customer)
            self._count(self._aliases[customer].pop((kind, value)), -1)
            self._know_all(customer)

    def _count(self, alias: Alias, times: int) -> None:
        key = (alias.kind, _key(alias.kind, alias.value), alias.customer_id)
        confirmed, rejected = self._judged.get(key, (0, 0))
        self._judged[key] = (confirmed + times * alias.confirmed, rejected + times * alias.rejected)

    def _know(self, customer: Customer) -> None:
        for name in (customer.name, *customer.aliases):
            self.learn_name(name, customer.id)
        for account in customer.bank_accounts:
            self.learn_account(account, customer.id)
        for domain in customer.email_domains:
            _once(self.domains, domain.lower(), customer.id)

    def _learn_value(self, alias: Alias) -> None:
        if alias.kind is AliasKind.PAYER_NAME:
            self.learn_name(alias.value, alias.customer_id)
        elif alias.kind is AliasKind.PAYER_ACCOUNT:
            self.learn_account(alias.value, alias.customer_id)

    def knows_of(self, customer: CustomerId) -> bool:
        """Whether people confirmed or rejected anything of this customer."""
        return bool(self._aliases.get(customer))

    def _of(self, customer: CustomerId) -> list[Alias]:
        return list(self._aliases.get(customer, {}).values())

    def _forget_all(self, customer: CustomerId) -> None:
        """Everything by which this customer is known; `_know_all` knows it again, after something of it changed."""
        known = self.customers.get(customer)
        for name in (known.name, *known.aliases) if known else ():
            self._forget(AliasKind.PAYER_NAME, name, customer)
        for account in known.bank_accounts if known else ():
            self._forget(AliasKind.PAYER_ACCOUNT, account, customer)
        for alias in self._of(customer):
            self._forget(alias.kind, alias.value, customer)
            self._rejected.discard(_barred(alias))

    def _know_all(self, customer: CustomerId) -> None:
        aliases = self._of(customer)
        self._rejected.update(_barred(alias) for alias in aliases if _is_rejected(alias))
        if customer in self.customers:
            self._know(self.customers[customer])
        for alias in aliases:
            if not _is_rejected(alias):
                self._learn_value(alias)

    def remembered(self, name: str, account: str) -> object:
        """What was found for this name and account since anything about customers changed."""
        if self._payers_at != self.changes or len(self._payers) > _MOST_PAYERS:
            self._payers.clear()
            self._payers_at = self.changes
        return self._payers.get((name, account))

    def remember_payer(self, name: str, account: str, found: object) -> None:
        """See `remembered`."""
        self._payers[(name, account)] = found

    @property
    def shared_names(self) -> float:
        """Which share of the names that we know is borne by several customers: how telling a name is in this ledger."""
        return self._shared_names / len(self.names) if self.names else 0.0

    def judged(self, kind: AliasKind, value: str, customer: CustomerId) -> tuple[int, int]:
        """How often people confirmed and rejected that this value, however it is written, means this customer."""
        return self._judged.get((kind, _key(kind, value), customer), (0, 0))

    def learn_name(self, name: str, customer: CustomerId) -> None:
        """A name that this customer pays under."""
        if self._rejected and (AliasKind.PAYER_NAME, name_key(name), customer) in self._rejected:
            return
        _once(self.full_names, full_name_key(name), customer)
        for key in name_keys(name):
            if key not in self.names:
                for word in set(key.split()):
                    self.words[word].append(key)
            before = len(self.names.get(key, ()))
            _once(self.names, key, customer)
            self._shared_names += before == 1 and len(self.names[key]) > 1
        self._cut_new.extend((key, customer) for key in cut_keys(name))

    def learn_account(self, account: str, customer: CustomerId) -> None:
        """An account that this customer pays from."""
        key = compact(account)
        if key and (AliasKind.PAYER_ACCOUNT, key, customer) not in self._rejected:
            _once(self.accounts, key, customer)

    def _forget(self, kind: AliasKind, value: str, customer: CustomerId) -> None:
        if kind is not AliasKind.PAYER_NAME:
            if kind is AliasKind.PAYER_ACCOUNT:
                _drop(self.accounts, compact(value), customer)
            return
        _drop(self.full_names, full_name_key(value), customer)
        for key in name_keys(value):
            if not _drop(self.names, key, customer):
                continue
            self._shared_names -= len(self.names.get(key, ())) == 1
            if key not in self.names:
                for word in set(key.split()):
                    self.words[word].remove(key)
        self._sort_cut()
        for spelling in cut_keys(value):
            at = bisect_left(self._cut, (spelling, customer))
            if at < len(self._cut) and self._cut[at] == (spelling, customer):
                del self._cut[at]

    def _sort_cut(self) -> None:
        """Few new spellings are put in their places; many are sorted in with all others."""
        if len(self._cut_new) > _MANY_NEW:
            self._cut = sorted({*self._cut, *self._cut_new})
        else:
            for entry in self._cut_new:
                at = bisect_left(self._cut, entry)
                if at == len(self._cut) or self._cut[at] != entry:
                    self._cut.insert(at, entry)
        self._cut_new.clear()

    def family(self, customer: CustomerId) -> Sequence[CustomerId]:
        """The customer, its parent, its sisters and its children, as the ledger's file says."""
        known = self.customers.get(customer)
        root = (known.parent_id if known else None) or customer
        members = self._families.get(root, [])
        return list(dict.fromkeys((customer, *([root] if root in self.customers else []), *members)))

    def beginning_with(self, compacted: str) -> Sequence[CustomerId]:
        """Customers that bear a name beginning so; for names that a bank cut."""
        self._sort_cut()
        found: dict[CustomerId, None] = {}
        for place in range(bisect_left(self._cut, (compacted, "")), len(self._cut)):
            key, customer = self._cut[place]
            if not key.startswith(compacted) or len(found) >= MOST_CUT_HITS:
                break
            found[customer] = None
        return list(found)


def _once(table: _Table, key: str, customer: CustomerId) -> None:
    if key:
        known = table.setdefault(key, [])
        if customer not in known:
            known.append(customer)


def _drop(table: _Table, key: str, customer: CustomerId) -> bool:
    """Whether it was there."""
    known = table.get(key)
    if not known or customer not in known:
        return False
    known.remove(customer)
    if not known:
        del table[key]
    return True


def _is_rejected(alias: Alias) -> bool:
    return alias.rejected >= max(1, alias.confirmed)


def _barred(alias: Alias) -> tuple[AliasKind, str, CustomerId]:
    """What a rejected value bars: every way of writing it that compares equal."""
    return (alias.kind, _key(alias.kind, alias.value), alias.customer_id)


def _key(kind: AliasKind, value: str) -> str:
    return name_key(value) if kind is AliasKind.PAYER_NAME else compact(value)
