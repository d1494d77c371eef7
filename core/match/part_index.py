"""The index of one part of a batch: it holds answers to look-ups, each whole, and notes every look-up that it has no answer to.

`core.match.engine` is pure and sees the ledger through the look-ups of `MatchIndex` only. So a payment that was weighed while
nothing was noted was weighed as against the whole ledger, to the last bit; one during which something was noted is weighed
again when the answers are there. What is right does not rest on guessing beforehand what a payment will ask for.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import Final, TypeVar, cast, overload

from core.domain.ids import CustomerId, InvoiceNumber
from core.domain.parties import Customer
from core.match import schemes
from core.match.index import MANY_ENDINGS, MOST_HITS, MatchIndex
from core.match.ledger import OpenDocument
from core.match.look_ups import Answers, Entry, KeyFound, LookUp, Place, Wanted, Whole, amount_key
from core.match.mentions import Hit, Mention
from core.match.schemes import Level

_MOST_VIEWS: Final = 5_000

Key = TypeVar("Key", bound=str)
Value = TypeVar("Value")


class _Held(dict[Key, Value]):
    """Answers by key, None for "nowhere". Whoever asks for a key without an answer gets nothing, and that is noted."""

    def __init__(self, look: LookUp, wanted: Wanted, nothing: Value | None = None, length: int = 0) -> None:
        super().__init__()
        self._look, self._wanted, self._nothing, self._length = look, wanted, nothing, length

    def get(self, key: Key, default: object = None) -> Value:
        found = super().get(key, self)
        if found is self:
            self._wanted.note(self._look, key)
            return cast("Value", default)
        return cast("Value", default if found is None else found)

    def __getitem__(self, key: Key) -> Value:
        return self.get(key, self._nothing)

    def __contains__(self, key: object) -> bool:
        return self.get(cast("Key", key)) is not None

    def __len__(self) -> int:
        return self._length

    def answered(self, answers: Mapping[Key, Value]) -> None:
        """These are known now."""
        for key, value in answers.items():
            super().__setitem__(key, value)

    def has(self, key: Key) -> bool:
        """Whether there is an answer, be it "nowhere"."""
        return super().__contains__(key)


class PartIndex(MatchIndex):
    """See above. `wanted` are the look-ups without an answer since `begin`."""

    def __init__(self, whole: Whole) -> None:
        super().__init__((), ())
        self.wanted = Wanted()
        self._whole = whole
        self.customers = self._known_customers = _Held[CustomerId, Customer](
            LookUp.CUSTOMER, self.wanted, length=whole.customers
        )
        self.names = self._known_names = _Held[str, list[CustomerId]](LookUp.NAME, self.wanted, [])
        self.full_names = self._known_full_names = _Held[str, list[CustomerId]](LookUp.FULL_NAME, self.wanted, [])
        self.accounts = self._known_accounts = _Held[str, list[CustomerId]](LookUp.ACCOUNT, self.wanted, [])
        self.domains = self._known_domains = _Held[str, list[CustomerId]](LookUp.DOMAIN, self.wanted, [])
        self.words = self._pools = _Held[str, list[str]](LookUp.WORD, self.wanted, [])
        self.masks, self.heads = set(whole.masks), set(whole.heads)
        self._beginnings: dict[str, list[CustomerId]] = {}
        self._kin: dict[CustomerId, list[CustomerId]] = {}
        self._places: dict[InvoiceNumber, Place] = {}
        self._owned_by: dict[CustomerId, list[OpenDocument]] = {}
        self._endings_of: dict[CustomerId, dict[str, list[OpenDocument]]] = {}
        self._found_keys: dict[str, KeyFound] = {}
        self._found_orders: dict[str, list[InvoiceNumber]] = {}
        self._found_amounts: dict[tuple[str, int], list[InvoiceNumber]] = {}
        self._partly: dict[InvoiceNumber, OpenDocument] = {}

    def begin(self) -> None:
        """Another payment: nothing is noted yet."""
        self.wanted.of.clear()

    @property
    def shared_names(self) -> float:
        """Of the whole ledger."""
        return self._whole.shared_names

    def remember_payer(self, name: str, account: str, found: object) -> None:
        """Only what was found with every answer is worth remembering."""
        if not self.wanted:
            super().remember_payer(name, account, found)

    def cell(self, written: str, mention: Mention | None) -> None:
        """As for a payer."""
        if not self.wanted:
            super().cell(written, mention)

    def family(self, customer: CustomerId) -> Sequence[CustomerId]:
        """As the ledger's file says."""
        known = self._kin.get(customer)
        if known is None:
            self.wanted.note(LookUp.CUSTOMER, customer)
            return (customer,)
        return known

    def beginning_with(self, compacted: str) -> Sequence[CustomerId]:
        """Customers that bear a name beginning so, as many as the whole index tells."""
        known = self._beginnings.get(compacted)
        if known is None:
            self.wanted.note(LookUp.BEGINNING, compacted)
            return ()
        return known

    def of_customer(self, customer: CustomerId, currency: str, day: int) -> Sequence[OpenDocument]:
        """Open documents of a customer that existed on that day, oldest due first; not to be changed."""
        view = self._views.get(customer)
        if view is not None and view[0] == currency and view[1] == day:
            return view[2]
        known = self._owned_by.get(customer)
        if known is None:
            self.wanted.note(LookUp.DOCUMENTS, customer)
            return ()
        found = [
            document for document in known if document.open and document.issued <= day and document.currency.code == currency
        ]
        if len(self._views) >= _MOST_VIEWS:
            self._views.clear()
        self._views[customer] = (currency, day, found)
        return found

    def with_key(self, key: str, near: Container[CustomerId] | None = None) -> Sequence[Hit]:
        """Documents that a written word can mean, with the limits of the whole index by the counts of the whole ledger."""
        known = self._found_keys.get(key)
        if known is None:
            self.wanted.note(LookUp.KEY, key)
            return ()
        if near is not None and known.ending_count > MANY_ENDINGS:
            ends = self._endings_near(key, near)
            count = known.hit_count + len(ends)
        else:
            count = known.hit_count + known.ending_count
            if known.endings is None and count <= MOST_HITS:
                return _Later(self, key, count)
            ends = [self._documents[number] for number in known.endings or ()]
        if count > MOST_HITS or known.hits is None:
            return ()
        found: list[Hit] = [(level, self._documents[number]) for level, number in known.hits]
        found += [(Level.SUFFIX, document) for document in ends]
        if len(found) > 1:
            found.sort(key=self._order_of_hit)
        return found

    def _order_of_hit(self, hit: Hit) -> tuple[bool, bool, int]:
        place = self._places[hit[1].number]
        return place.late, hit[0] is Level.SUFFIX, place.row

    def _endings_near(self, key: str, near: Container[CustomerId]) -> list[OpenDocument]:
        found: list[OpenDocument] = []
        for customer in near if isinstance(near, Iterable) else ():
            if customer not in self._owned_by:
                self.wanted.note(LookUp.DOCUMENTS, customer)
                continue
            found += self._endings(customer).get(key, ())
        return found

    def _endings(self, customer: CustomerId) -> dict[str, list[OpenDocument]]:
        known = self._endings_of.get(customer)
        if known is None:
            known = self._endings_of[customer] = {}
            for document in self._owned_by[customer]:
                for key, level in schemes.keys(document.number).items():
                    if level is Level.SUFFIX:
                        known.setdefault(key, []).append(document)
        return known

    def with_order(self, key: str) -> Sequence[OpenDocument]:
        """Documents of one customer order."""
        known = self._found_orders.get(key)
        if known is None:
            self.wanted.note(LookUp.ORDER, key)
            return ()
        return [self._documents[number] for number in known]

    def with_amount(self, currency: str, minor: int) -> Sequence[OpenDocument]:
        """Documents that ask for exactly this now."""
        known = self._found_amounts.get((currency, minor))
        if known is None:
            self.wanted.note(LookUp.AMOUNT, amount_key(currency, minor))
            return ()
        found = {number: self._documents[number] for number in known}
        found.update(self._partly)
        return [each for each in found.values() if each.open == minor and each.currency.code == currency]

    def document(self, number: InvoiceNumber) -> OpenDocument | None:
        """By its exact number, where this part holds it."""
        return self._documents.get(number)

    def changed(self, entry: Entry) -> None:
        """A document has another balance now, whichever part holds it; what is left of it may be found by its new amount."""
        number = entry.document.number
        known = self._documents.get(number)
        if known is None:
            if not entry.document.open:
                return
            known = self._take(entry)
        known.open = entry.document.open
        self._views.pop(known.customer, None)
        if known.open:
            self._partly[number] = known
        else:
            self._partly.pop(number, None)

    def entry(self, number: InvoiceNumber) -> Entry:
        """A document that this part holds."""
        return Entry(self._documents[number], self._places[number])

    def take(self, answers: Answers) -> None:
        """Answers to what was wanted; documents that are held already keep their balances."""
        for entry in answers.entries:
            if entry.document.number not in self._documents:
                self._take(entry)
        self._known_customers.answered(cast("Mapping[CustomerId, Customer]", answers.customers))
        self._known_names.answered(answers.names)
        self._known_full_names.answered(answers.full_names)
        self._known_accounts.answered(answers.accounts)
        self._known_domains.answered(answers.domains)
        self._pools.answered(answers.words)
        self._beginnings.update(answers.beginnings)
        self._kin.update(answers.families)
        for customer, numbers in answers.owned.items():
            documents = [self._documents[number] for number in numbers]
            documents.sort(key=lambda document: document.order_key)
            self._owned_by[customer] = documents
        self._found_keys.update(answers.keys)
        for key, found in answers.orders.items():
            self._found_orders[key] = sorted(
                found, key=lambda number: (self._places[number].late_order, self._places[number].row)
            )
        self._found_amounts.update(answers.amounts)

    def _take(self, entry: Entry) -> OpenDocument:
        number = entry.document.number
        self._documents[number] = entry.document
        self._places[number] = entry.place
        return entry.document


class _Later(Sequence[Hit]):
    """Documents of which it is known that they are there, and how many; which they are is noted as wanted when asked for."""

    def __init__(self, index: PartIndex, key: str, count: int) -> None:
        self._index, self._key, self._count = index, key, count

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Hit]:
        self._index.wanted.note(LookUp.ENDING, self._key)
        return iter(())

    @overload
    def __getitem__(self, at: int) -> Hit: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[Hit]: ...

    def __getitem__(self, at: int | slice) -> Hit | Sequence[Hit]:
        self._index.wanted.note(LookUp.ENDING, self._key)
        nothing: tuple[Hit, ...] = ()
        return nothing[at]
