"""Which of our customers does a portal call by this name? A name of one customer is an answer; anything else is a question.

The whole name with its legal form is asked first, because two firms may differ in nothing else; then the name without it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from core.domain.ids import CustomerId
from core.domain.parties import Customer
from core.match.normal import full_name_key, name_keys


@dataclass(slots=True)
class CustomerNames:
    """Our customers by every name that we know for them: name, aliases, and their number, which some portals show."""

    _ids: dict[str, CustomerId] = field(default_factory=dict)
    _full: dict[str, set[CustomerId]] = field(default_factory=dict)
    _short: dict[str, set[CustomerId]] = field(default_factory=dict)

    @classmethod
    def of(cls, customers: Iterable[Customer]) -> "CustomerNames":
        """All of them."""
        names = cls()
        for customer in customers:
            names.add(customer)
        return names

    def add(self, customer: Customer) -> None:
        """One more."""
        self._ids[customer.id.casefold()] = customer.id
        for name in (customer.name, *customer.aliases):
            self._full.setdefault(full_name_key(name), set()).add(customer.id)
            for key in name_keys(name):
                self._short.setdefault(key, set()).add(customer.id)

    def possible(self, portal_name: str) -> tuple[CustomerId, ...]:
        """Who may be meant, by id: nobody, one (then it is that one), or several (then a person is asked)."""
        by_id = self._ids.get(portal_name.strip().casefold())
        if by_id is not None:
            return (by_id,)
        full = self._full.get(full_name_key(portal_name))
        if full:
            return tuple(sorted(full))
        return tuple(sorted({found for key in name_keys(portal_name) if key for found in self._short.get(key, ())}))
