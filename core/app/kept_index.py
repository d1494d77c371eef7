"""The matcher's index in the running service: built once, then told what changed, never built anew.

At every question the database says what changed since the last one: rows remember the revision at which they changed. So other
processes are seen, and what costs time is what changed, not how large the ledger is. What a unit of work changed itself may
still be undone; until another unit has looked, those records count as open and are read again, also those that vanished.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from core.domain.ids import CustomerId, InvoiceNumber
from core.domain.ledger_changes import LedgerChanges
from core.domain.money import Money
from core.domain.parties import Alias, AliasKind
from core.domain.receivables import CustomerInvoice
from core.match.index import MatchIndex
from core.ports.store import UnitOfWork

_Learned = tuple[AliasKind, str, CustomerId]


class KeptIndex:
    """Not safe between threads by itself: the matcher holds its lock around every use."""

    def __init__(self) -> None:
        self._index = MatchIndex((), ())
        self._base = -1
        self._seen = -1
        self._reserved: Mapping[InvoiceNumber, int] = {}
        self._open_documents: set[InvoiceNumber] = set()
        self._open_aliases: set[_Learned] = set()
        self._open_customers: set[CustomerId] = set()

    def fresh(self, unit: UnitOfWork) -> MatchIndex:
        """The index as this unit sees the ledger, drafts taken off."""
        reserved = unit.ledger.all_reserved()
        moved = {
            number for number in reserved.keys() | self._reserved.keys() if reserved.get(number) != self._reserved.get(number)
        }
        self._reserved = reserved
        if self._uncertain or unit.ledger.revision() != self._seen:
            changes = self._changes(unit)
            moved -= {document.number for document in changes.documents}
            if self._take(unit, changes):
                moved = set()
        self._put(unit.ledger.invoice(number) for number in moved)
        return self._index

    @property
    def _uncertain(self) -> bool:
        """Whether the last look saw changes of a unit that might be undone since."""
        return bool(self._open_documents or self._open_aliases or self._open_customers)

    def _changes(self, unit: UnitOfWork) -> LedgerChanges:
        """What changed since the last settled look; before the first one, only what this unit changed itself."""
        if self._base >= 0:
            return unit.ledger.changes_since(self._base)
        return unit.ledger.changes_since(unit.ledger.changes_since(unit.ledger.revision()).settled)

    def _take(self, unit: UnitOfWork, changes: LedgerChanges) -> bool:
        """Bring the index to what this unit sees; True when it had to be built, which is so the first time."""
        aliases = {(each.kind, each.value, each.customer_id): each for each in changes.aliases}
        documents = {each.number for each in changes.documents}
        customers = {each.id for each in changes.customers}
        undone = self._open_customers - customers
        self._seen = changes.revision
        building = self._base < 0 or any(unit.ledger.customer(each) is None for each in undone)
        if building:
            self._build(unit)
        else:
            for known in (unit.ledger.customer(each) for each in undone):
                if known is not None:
                    self._index.put_customer(known)
            for customer in changes.customers:
                self._index.put_customer(customer)
            self._learn(unit, aliases)
            self._put(changes.documents)
            self._put_or_forget(unit, self._open_documents - documents)
        self._base = changes.settled
        own = changes.settled < changes.revision
        self._open_documents = documents if own else set()
        self._open_aliases = set(aliases) if own else set()
        self._open_customers = customers if own else set()
        return building

    def _build(self, unit: UnitOfWork) -> None:
        left = (self._left(document) for document in unit.ledger.documents())
        self._index = MatchIndex(unit.ledger.customers(), left, aliases=unit.ledger.aliases())

    def _learn(self, unit: UnitOfWork, aliases: Mapping[_Learned, Alias]) -> None:
        for alias in aliases.values():
            self._index.learn(alias)
        for kind, value, customer in self._open_aliases - aliases.keys():
            known = unit.ledger.alias(kind, value, customer)
            if known is None:
                self._index.unlearn(kind, value, customer)
            else:
                self._index.learn(known)

    def _put(self, documents: Iterable[CustomerInvoice | None]) -> None:
        for document in documents:
            if document is not None:
                self._index.put(self._left(document))

    def _put_or_forget(self, unit: UnitOfWork, numbers: Iterable[InvoiceNumber]) -> None:
        """Documents that the last unit changed and this one sees unchanged: as they were, or never there at all."""
        for number in numbers:
            document = unit.ledger.invoice(number)
            if document is None:
                self._index.remove(number)
            else:
                self._index.put(self._left(document))

    def _left(self, document: CustomerInvoice) -> CustomerInvoice:
        """The document with what drafts have not taken of it."""
        taken = self._reserved.get(document.number, 0)
        if not taken:
            return document
        left = max(0, document.open_amount.minor - taken)
        return replace(document, open_amount=Money(left, document.amount.currency))
