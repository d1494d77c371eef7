"""What changed in our copy of the ledger since a revision, for whoever keeps something built from it."""

from dataclasses import dataclass

from core.domain.parties import Alias, Customer
from core.domain.receivables import CustomerInvoice


@dataclass(frozen=True, slots=True)
class LedgerChanges:
    """Records as they are now; `revision` is that of this view, `settled` the last one before this unit's own changes."""

    revision: int
    settled: int
    customers: tuple[Customer, ...] = ()
    documents: tuple[CustomerInvoice, ...] = ()
    aliases: tuple[Alias, ...] = ()
