"""What our own records say about those who may write to us: the measure that mails are held against."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from core.domain.ids import CustomerId
from core.domain.parties import Customer


@dataclass(frozen=True, slots=True)
class OnFile:
    """Mail domains of customers in lower case, and their bank accounts without spaces in upper case."""

    domains: Mapping[str, CustomerId] = field(default_factory=dict)
    accounts: Mapping[CustomerId, frozenset[str]] = field(default_factory=dict)

    def customer_of(self, domain: str) -> CustomerId | None:
        """The customer who writes from this domain or from one above it (`mail.buyer.example` belongs to `buyer.example`)."""
        while domain.count(".") >= 1:
            if domain in self.domains:
                return self.domains[domain]
            domain = domain.partition(".")[2]
        return None

    def accounts_of(self, customer: CustomerId | None) -> frozenset[str]:
        """The accounts this customer is known to pay from; empty if none are known."""
        return self.accounts.get(customer, frozenset()) if customer is not None else frozenset()


def on_file(customers: Iterable[Customer]) -> OnFile:
    """From the customers as the ledger knows them. A domain that two customers share (one of them a parent) names the first."""
    domains: dict[str, CustomerId] = {}
    accounts: dict[CustomerId, frozenset[str]] = {}
    for customer in customers:
        for domain in customer.email_domains:
            domains.setdefault(domain.strip().lower().lstrip("@"), customer.id)
        accounts[customer.id] = frozenset("".join(number.split()).upper() for number in customer.bank_accounts)
    return OnFile(domains, accounts)
