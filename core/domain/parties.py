"""Customers and how we recognise them: their names, aliases, e-mail domains and bank accounts."""

from dataclasses import dataclass
from enum import StrEnum

from core.domain.ids import DEFAULT_ENTITY, CustomerId, EntityId


@dataclass(frozen=True, slots=True)
class Customer:
    """Somebody who owes us money, as our ledger knows them.

    `aliases`, `email_domains` and `bank_accounts` are what the ledger's file says; what people confirmed later is an `Alias`.
    """

    id: CustomerId
    name: str
    parent_id: CustomerId | None = None
    aliases: tuple[str, ...] = ()
    email_domains: tuple[str, ...] = ()
    bank_accounts: tuple[str, ...] = ()
    currency: str | None = None
    entity: EntityId = DEFAULT_ENTITY


class AliasKind(StrEnum):
    """What was learned of a customer: what points to it, and how it pays (`core.match.habits`)."""

    PAYER_NAME = "payer_name"
    PAYER_ACCOUNT = "payer_account"
    REFERENCE_HABIT = "reference_habit"
    DISCOUNT_HABIT = "discount_habit"


@dataclass(frozen=True, slots=True)
class Alias:
    """Something a payer was called, paid from or does, with how often people confirmed or rejected that of this customer."""

    kind: AliasKind
    value: str
    customer_id: CustomerId
    confirmed: int = 0
    rejected: int = 0
