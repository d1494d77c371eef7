"""One supplier's open order lines, ready to be looked through: by order, by code and by the words of their descriptions."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Final, Protocol, TypeVar

from core.domain.ids import EntityId, PoNumber, SupplierId
from core.domain.line_facts import NOTHING_RECEIVED, Received, Standing
from core.domain.measures import Exact
from core.domain.money import Currency
from core.domain.payables import OrderLineRef, OrderStatus, PurchaseOrderLine, Units
from core.match.lines.order_numbers import OrderNumbers
from core.match.lines.words import Words, alike, shared, words_of
from core.match.normal import compact

CHANCE: Final = 2
"""How many shared words less than the best a description may have and still be meant."""
_MOST_DESCRIPTIONS: Final = 40
_NO_WORDS: Final = words_of("")
_Key = TypeVar("_Key", bound=Hashable)
Label = tuple[str, str, str]
"""What an order line calls its item: our code, the supplier's code, a description."""


@dataclass(slots=True, eq=False)
class Spot:
    """An open order line as the linker sees it. `left` is what may still be billed; None where that cannot be known.

    Nobody changes one; a frozen record takes three times as long to make, and a comparison makes them by the hundred thousand.
    """

    line: PurchaseOrderLine
    standing: Standing
    ref: OrderLineRef
    words: Words
    code: str
    supplier_code: str
    left: Exact | None
    by_amount: bool


@dataclass(frozen=True, slots=True)
class Learned:
    """What people taught us: our item code for a supplier's own code or description. Keys go through `learned_key`."""

    items: Mapping[str, str] = field(default_factory=dict)

    def item_for(self, code: str, description: str) -> str:
        """Our item code, or nothing. A learned code beats a learned description."""
        if not self.items:
            return ""
        for text in (code, description):
            if text and (found := self.items.get(learned_key(text))):
                return found
        return ""


def learned_key(text: str) -> str:
    """A supplier's code or description as it is learned: letters and digits only."""
    return compact(text)


class OrderHeld(Protocol):
    """An order as the book needs it. `PurchaseOrder` is one; a file's order may make its lines when they are asked for."""

    @property
    def number(self) -> PoNumber:
        """Ours."""
        ...

    @property
    def currency(self) -> Currency:
        """Of all its lines."""
        ...

    @property
    def status(self) -> OrderStatus:
        """Only open orders take invoices."""
        ...

    @property
    def entity(self) -> EntityId:
        """Whose order it is."""
        ...

    @property
    def lines(self) -> tuple[PurchaseOrderLine, ...]:
        """Its lines."""
        ...

    @property
    def labels(self) -> Sequence[Label]:
        """What each of its lines calls its item, in the order of `lines`."""
        ...

    def line_at(self, place: int) -> PurchaseOrderLine:
        """`lines[place]`, without making the others."""
        ...


class Arrivals(Protocol):
    """What arrived by order line: a mapping, or whatever looks it up when asked."""

    def get(self, ref: OrderLineRef, default: Received, /) -> Received:
        """What arrived for a line, `default` where nothing did."""
        ...


@dataclass(slots=True)
class OrderBook:
    """All orders of one supplier. Built once and asked for every invoice; what it works out lazily never changes an answer.

    `received` is by order line; a line without an entry received nothing. `owners` may hold the numbers of everybody's
    orders, so that another supplier's number is recognised as that. What other invoices of the moment take changes verdicts and
    never links, so it is no part of the book: who came first must not move a link.
    """

    supplier_id: SupplierId
    orders: Sequence[OrderHeld]
    received: Arrivals = field(default_factory=dict[OrderLineRef, Received])
    units: Units = field(default_factory=Units)
    learned: Learned = field(default_factory=Learned)
    owners: Mapping[str, SupplierId] = field(default_factory=dict)
    _by_number: dict[PoNumber, OrderHeld] = field(default_factory=dict, init=False, repr=False)
    _numbers: dict[EntityId, OrderNumbers] = field(default_factory=dict, init=False, repr=False)
    _spots: "_Spots" = field(init=False, repr=False)
    _of_orders: dict[PoNumber, list[Spot]] = field(default_factory=dict, init=False, repr=False)
    _shelves: dict[tuple[EntityId, Currency], "Shelf"] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        self._by_number = {order.number: order for order in self.orders}
        self._spots = _Spots(self.received)

    def numbers(self, entity: EntityId) -> OrderNumbers:
        """The order numbers of one legal entity."""
        if entity not in self._numbers:
            own = [order for order in self.orders if order.entity == entity]
            self._numbers[entity] = OrderNumbers(own, self.owners)
        return self._numbers[entity]

    def spots_of(self, number: PoNumber) -> list[Spot]:
        """The lines of one order."""
        found = self._of_orders.get(number)
        if found is None:
            found = self._of_orders[number] = [self._spots.of(line) for line in self._by_number[number].lines]
        return found

    def shelf(self, entity: EntityId, currency: Currency) -> "Shelf":
        """All open order lines of an entity in a currency."""
        key = (entity, currency)
        if key not in self._shelves:
            orders = [
                order
                for order in self.orders
                if order.entity == entity and order.currency == currency and order.status is OrderStatus.OPEN
            ]
            self._shelves[key] = _shelf_of(orders, self._spots)
        return self._shelves[key]

    def standing(self, ref: OrderLineRef) -> Standing:
        """An order line with what arrived; `KeyError` for a line that is none of this supplier's."""
        found = self._spots.made.get(ref)
        if found is None:
            found = self._spots.of(next(line for line in self._by_number[ref.po_number].lines if line.line == ref.line))
        return found.standing


@dataclass(frozen=True, slots=True)
class _Spots:
    """Order lines that somebody looked at. Knows nothing of the book, so that no ring of references keeps a book alive."""

    received: Arrivals
    made: dict[OrderLineRef, Spot] = field(default_factory=dict)

    def of(self, line: PurchaseOrderLine) -> Spot:
        """An order line as the linker sees it."""
        ref = line.ref
        found = self.made.get(ref)
        if found is None:
            bare = Standing(line, self.received.get(ref, NOTHING_RECEIVED))
            by_amount = bare.by_amount
            found = self.made[ref] = Spot(
                line,
                bare,
                ref,
                words_of(line.description),
                compact(line.item_code),
                compact(line.supplier_item_code),
                None if by_amount else bare.quantity,
                by_amount,
            )
        return found


def _shelf_of(orders: Sequence[OrderHeld], spots: _Spots) -> "Shelf":
    labels = [order.labels for order in orders]
    places = [(order, place) for order, of in zip(orders, labels, strict=True) for place in range(len(of))]

    def spot_at(at: int) -> Spot:
        order, place = places[at]
        return spots.of(order.line_at(place))

    return Shelf(chain.from_iterable(labels), spot_at)


class Shelf:
    """Order lines by code and by words. Codes and descriptions repeat from order to order, so each is looked at once.

    A supplier may have thousands of open order lines of which an invoice finds a few: only those become spots, by `spot_at`.
    """

    def __init__(self, labels: Iterable[Label], spot_at: Callable[[int], Spot]) -> None:
        codes: dict[str, list[int]] = {}
        texts: dict[str, list[int]] = {}
        for place, (code, theirs, text) in enumerate(labels):
            codes.setdefault(code, []).append(place)
            if theirs != code:
                codes.setdefault(theirs, []).append(place)
            texts.setdefault(text, []).append(place)
        self._spot_at = spot_at
        self._made: dict[int, Spot] = {}
        self._by_code = _under_one_key(codes, compact)
        self._by_code.pop("", None)
        self._by_words = _under_one_key(texts, words_of)
        ranked = sorted(self._by_words, key=lambda words: (sorted(words.letters), sorted(words.numbers)))
        self._words = ranked
        self._vocabulary: dict[str, list[int]] = {}
        for rank, words in enumerate(ranked):
            for word in words.letters | words.numbers:
                self._vocabulary.setdefault(word, []).append(rank)
        self._same: dict[str, frozenset[int]] = {}
        self._nearest: dict[Words, list[Spot]] = {}

    def coded(self, codes: Iterable[str]) -> list[Spot]:
        """Order lines with one of these codes, ours or the supplier's."""
        return [spot for code in sorted(set(codes)) for spot in self._spots(self._by_code.get(code, ()))]

    def worded(self, words: Words) -> list[Spot]:
        """Order lines whose descriptions share the most words, and those that share up to two less."""
        if words not in self._nearest:
            counts = Counter(rank for word in words.letters | words.numbers for rank in self._with(word))
            most = max(counts.values(), default=0)
            near = sorted((-count, rank) for rank, count in counts.items() if count >= most - CHANCE)
            exact = {rank: shared(words, self._words[rank]) for _, rank in near[:_MOST_DESCRIPTIONS]}
            best = max(exact.values(), default=0)
            near_by = [self._words[rank] for rank, count in exact.items() if count and count >= best - CHANCE]
            self._nearest[words] = [spot for other in near_by for spot in self._spots(self._by_words[other])]
        return self._nearest[words]

    def undescribed(self) -> list[Spot]:
        """Order lines without a word of description."""
        return self._spots(self._by_words.get(_NO_WORDS, ()))

    def _spots(self, places: Iterable[int]) -> list[Spot]:
        made = self._made
        for place in places:
            if place not in made:
                made[place] = self._spot_at(place)
        return [made[place] for place in places]

    def _with(self, word: str) -> frozenset[int]:
        """The descriptions that have a word, in any usual way of writing it."""
        if word not in self._same:
            others = [word] if word[0].isdigit() else self._alike(word)
            self._same[word] = frozenset(rank for other in others for rank in self._vocabulary.get(other, ()))
        return self._same[word]

    def _alike(self, word: str) -> list[str]:
        return [other for other in self._vocabulary if other == word or (other[0] == word[0] and alike(word, other))]


def _under_one_key(places: Mapping[str, list[int]], key_of: Callable[[str], _Key]) -> dict[_Key, list[int]]:
    """Places by the key of their texts, in their order; texts of one key (case, blanks) are put together."""
    found: dict[_Key, list[int]] = {}
    for text, at in places.items():
        key = key_of(text)
        found[key] = sorted({*found[key], *at}) if key in found else at
    return found
