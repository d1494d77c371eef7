"""Which order lines an invoice line can mean, and how much speaks for each: ordered levels with fixed weights.

Weights are hundredths of a natural logarithm of odds. An item code is nearly decisive, words come next (each shared word
counts), an equal rate outweighs an equal quantity, and closeness of numbers never breaks a tie that equality does not.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import IntEnum
from fractions import Fraction
from operator import attrgetter, itemgetter
from typing import Final, NamedTuple

from core.domain.line_comparison import OrderNamed, Reading
from core.domain.line_facts import Asked, asked_at
from core.domain.measures import Exact, Rate, added
from core.domain.payables import SAME_UNIT, LineKind, SupplierInvoice, SupplierInvoiceLine
from core.match.lines.book import CHANCE, OrderBook, Shelf, Spot
from core.match.lines.words import Words, shared, words_of
from core.match.normal import compact

ORDERED: Final = -1000
"""Most lines that nothing speaks for were never ordered: what has to be overcome before a line is linked at all."""
CODE: Final = 3000
LEARNED: Final = 2500
WORD: Final = 700
ALL_WORDS: Final = 200
SAME_NAME: Final = 250
"""The only word of one description is the only word of the other, on an order that the invoice names, such as “Freight”."""
OTHER_NUMBERS: Final = -800
RATE_EQUAL: Final = 600
RATE_FAR: Final = -300
QUANTITY_EQUAL: Final = 400
AMOUNT_EQUAL: Final = 600
AMOUNT_EQUAL_UNNAMED: Final = 140
"""Without an order number an expense has only its words, which all such lines share, and its amount: too little to choose."""
OTHER_KIND: Final = -200
TAKEN_BACK: Final = -600
OTHER_ORDER: Final = -700
OTHER_ORDER_IN_DOUBT: Final = -140
PACK_AGREES: Final = 300
_FAR: Final = 2
_FEW: Final = 24
_NOTHING: Final = Decimal(0)
_ENOUGH_WORDS: Final = 2
_ENOUGH_ACROSS_KINDS: Final = 3


class Named(IntEnum):
    """By what an order line is recognised as the item of the invoice line, worst first."""

    NUMBERS = 0
    WORDS = 1
    LEARNED = 2
    THEIR_CODE = 3
    OUR_CODE = 4


HOPELESS: Final = 1300
"""Candidates so far behind the best one of their line are dropped: no other line can bring them back."""
_MOST_BY_RATE: Final = max(RATE_EQUAL, PACK_AGREES)
_MOST_ALONE: Final = max(QUANTITY_EQUAL, AMOUNT_EQUAL, AMOUNT_EQUAL_UNNAMED)
_MOST_BY_NUMBERS: Final = max(_MOST_BY_RATE + QUANTITY_EQUAL, AMOUNT_EQUAL, AMOUNT_EQUAL_UNNAMED)
"""What rate and quantity, or the amount, can give a candidate beside its name; a line judged by amount has no rate."""


@dataclass(slots=True)
class Candidate:
    """An order line that an invoice line can mean. `points` leave out what depends on the other lines: quantity and amount.

    `alone` is what these add if no other line is billed on the order line; `by_name` says that the invoice names the order.
    """

    spot: Spot
    asked: Asked
    named: Named
    words: int
    points: int
    on_named_order: bool
    rate_equal: bool
    by_name: bool
    alone: int

    @property
    def order(self) -> tuple[int, str, str]:
        """For a stable order of display and search: the best first."""
        return (-self.points, self.spot.ref.po_number, self.spot.ref.line)


_POINTS: Final = itemgetter(0)
_ORDER: Final = attrgetter("order")


@dataclass(slots=True)
class Reach:
    """Where the lines of one invoice are looked for: on the orders it names, and at what cost on others; None is not at all."""

    named: tuple[OrderNamed, ...]
    spots: tuple[Spot, ...]
    others: int | None
    shelf: Shelf | None = None


_UNUSABLE: Final = frozenset({Reading.CLOSED, Reading.OTHER_CURRENCY})
_DOUBTFUL: Final = frozenset({Reading.UNREAD, Reading.AMBIGUOUS, Reading.OTHER_SUPPLIER})


def reach_of(invoice: SupplierInvoice, book: OrderBook) -> Reach:
    """The orders that the invoice names, in any usual spelling; all that a number can mean where it can mean several.

    Lines that fit none of them are looked for on the supplier's other open orders, unless the invoice plainly names an order
    that can take nothing (closed, another currency): they most likely belong there, and a person has to see that.
    """
    named = book.numbers(invoice.entity).read(invoice.po_numbers, invoice.currency)
    readings = {each.reading for each in named}
    numbers = {each.po_number for each in named if each.po_number and each.reading not in _UNUSABLE}
    numbers.update(number for each in named for number in each.possible)
    spots = tuple(spot for number in sorted(numbers) for spot in book.spots_of(number))
    if readings & _UNUSABLE and not readings & _DOUBTFUL:
        return Reach(named, spots, None)
    if not spots:
        return Reach(named, spots, 0)
    others = OTHER_ORDER_IN_DOUBT if readings & _DOUBTFUL else OTHER_ORDER
    return Reach(named, spots, others, _shelf_of(spots) if len(spots) > _FEW else None)


def _shelf_of(spots: Sequence[Spot]) -> Shelf:
    return Shelf((spot.line.label for spot in spots), spots.__getitem__)


@dataclass(slots=True)
class _Sought:
    """What one invoice line says about its item."""

    line: SupplierInvoiceLine
    code: str
    learned: str
    words: Words
    by_amount: bool
    asked: dict[tuple[Fraction | None, Rate | None], Asked]
    as_written: Asked | None = None

    def asked_of(self, spot: Spot, book: OrderBook) -> Asked:
        """The line in the terms of an order line; the same for all units worth the same and (where the line has none) rates."""
        line, ordered = self.line, spot.line
        factor = book.units.factor(book.supplier_id, ordered.item_code, line.uom, ordered.uom)
        if factor is SAME_UNIT and line.rate is not None:
            if self.as_written is None:
                self.as_written = asked_at(line, factor, None)
            return self.as_written
        key = (factor, ordered.rate if line.rate is None else None)
        if key not in self.asked:
            self.asked[key] = asked_at(line, factor, ordered.rate)
        return self.asked[key]


def candidates_of(line: SupplierInvoiceLine, invoice: SupplierInvoice, reach: Reach, book: OrderBook) -> list[Candidate]:
    """Every order line that this line can mean, the best first; empty where nothing speaks for any."""
    sought = _Sought(
        line,
        compact(line.item_code),
        compact(book.learned.item_for(line.item_code, line.description)),
        words_of(line.description),
        line.kind is LineKind.EXPENSE or (line.quantity is None and line.rate is None),
        {},
    )
    found = _weighed(sought, _on_named_orders(sought, reach), book, cost=None)
    if reach.others is None or (reach.others == OTHER_ORDER and found and _settled(found[0], sought)):
        return found
    near = _elsewhere(sought, reach, book.shelf(invoice.entity, invoice.currency))
    others = _weighed(sought, near, book, cost=reach.others)
    if not others:
        return found
    if found and found[0].rate_equal and not found[0].alone and _plainly_named(found[0], sought):
        others = [_by_coincidence(each) for each in others]
    if reach.spots:
        # Off the orders that it names, an invoice line is only looked for by what names its item beyond doubt.
        others = [each for each in others if each.named >= Named.LEARNED or _nearly_all_words(each, sought)]
    return sorted((*found, *others), key=_ORDER)


def _on_named_orders(sought: _Sought, reach: Reach) -> Sequence[Spot]:
    """Lines of the named orders; of many only those that code or words point to, unless the invoice line has no words."""
    if reach.shelf is None or not sought.words.many:
        return reach.spots
    coded = reach.shelf.coded({sought.code, sought.learned} - {""})
    return coded or list(dict.fromkeys((*reach.shelf.worded(sought.words), *reach.shelf.undescribed())))


def _elsewhere(sought: _Sought, reach: Reach, shelf: Shelf) -> list[Spot]:
    """Lines of other orders that code or words point to; words are not asked where a code says which item is meant."""
    named = set(reach.spots)
    coded = [spot for spot in dict.fromkeys(shelf.coded({sought.code, sought.learned} - {""})) if spot not in named]
    if any(_named(sought, spot) >= Named.LEARNED for spot in coded):
        return coded
    return [spot for spot in dict.fromkeys((*coded, *shelf.worded(sought.words))) if spot not in named]


def _nearly_all_words(candidate: Candidate, sought: _Sought) -> bool:
    """Whether at most one word of the shorter description is missing from the other."""
    whole = min(sought.words.many, candidate.spot.words.many)
    return candidate.words >= max(whole - 1, _ENOUGH_WORDS)


def _by_coincidence(other: Candidate) -> Candidate:
    """Where a named order has the item at this rate, a quantity that fits elsewhere is no reason to go there without asking."""
    return replace(other, points=other.points - other.alone * 3 // 4) if other.alone > 0 else other


def _settled(best: Candidate, sought: _Sought) -> bool:
    """Whether a line on a named order is so plainly meant that no other order need be looked at."""
    return _plainly_named(best, sought) and (best.rate_equal or best.asked.quantity == best.spot.left)


def _plainly_named(best: Candidate, sought: _Sought) -> bool:
    """By a code, or by every word of one description or the other."""
    whole = min(sought.words.many, best.spot.words.many)
    return best.named >= Named.LEARNED or best.words >= max(whole, _ENOUGH_WORDS)


def _weighed(sought: _Sought, spots: Sequence[Spot], book: OrderBook, *, cost: int | None) -> list[Candidate]:
    """Candidates among `spots`; `cost` is that of not being on a named order, None for lines that are."""
    near = _near(sought, spots)
    # The best named first, so that most others need not be made: whatever rate and quantity say of them, they stay so far
    # behind that `HOPELESS` drops them, and none of them has the most points. Off the named orders the best by words may
    # be left out afterwards, so that those behind it count; and the best by code may lose what it has `alone`.
    all_stay = not cost or (bool(near) and near[0].named is not Named.WORDS)
    spread = _MOST_BY_NUMBERS + HOPELESS + (_MOST_ALONE if cost else 0)
    best, most_points, found = 0, 0, []
    for each in sorted(near, key=_POINTS, reverse=True) if len(near) > 1 else near:
        least = SAME_NAME if each.points >= WORD + ALL_WORDS else 0
        highest = max(each.points + ORDERED + (cost or 0), least)
        if all_stay and highest + spread < best and highest + _MOST_BY_RATE < most_points:
            break
        candidate = _candidate(sought, each, book, cost=cost)
        if candidate:
            found.append(candidate)
            best = max(best, candidate.points + candidate.alone)
            most_points = max(most_points, candidate.points)
    return sorted(found, key=_ORDER) if len(found) > 1 else found


class _Near(NamedTuple):
    """An order line by what names it: how, how many words it shares, and what that is worth."""

    points: int
    spot: Spot
    named: Named
    words: int


def _near(sought: _Sought, spots: Sequence[Spot]) -> list[_Near]:
    """Order lines that a code points to; where none does, the best described ones. All others have no chance."""
    words = sought.words
    found: list[tuple[Spot, Named, int]] = []
    if sought.code or sought.learned:
        coded = [(spot, named) for spot in spots if (named := _named(sought, spot)) is not Named.WORDS]
        found = [(spot, named, shared(words, spot.words)) for spot, named in coded]
    if not found:
        common = [shared(words, spot.words) for spot in spots]
        least = max(common, default=0) - CHANCE
        found = [(spot, Named.WORDS, many) for spot, many in zip(spots, common, strict=True) if many >= least]
    return [_Near(_name_points(sought, *each), *each) for each in found]


def _named(sought: _Sought, spot: Spot) -> Named:
    if sought.code and sought.code == spot.code:
        return Named.OUR_CODE
    if sought.code and sought.code == spot.supplier_code:
        return Named.THEIR_CODE
    if sought.learned and sought.learned == spot.code:
        return Named.LEARNED
    return Named.WORDS


def _candidate(sought: _Sought, near: _Near, book: OrderBook, *, cost: int | None) -> Candidate | None:
    by_name, spot, named, common = near
    points = ORDERED + by_name + (cost or 0)
    if sought.by_amount != spot.by_amount:
        if named is Named.WORDS and (common < _ENOUGH_WORDS or (sought.by_amount and common < _ENOUGH_ACROSS_KINDS)):
            return None
        points += OTHER_KIND
    if spot.by_amount:
        asked, rate, equal = Asked(None, None), 0, _amount_equal(sought, spot)
        sure = equal
    else:
        asked = sought.asked_of(spot, book)
        rate, equal = _rate_points(asked, sought, spot)
        sure = equal and asked.quantity == spot.left
    if named is Named.WORDS and common and cost is None and sought.words == spot.words and sought.by_amount == spot.by_amount:
        points = max(points, SAME_NAME)
    elif named is Named.WORDS and common < _ENOUGH_WORDS:
        if not sure or cost is not None or not _may_go_by_numbers(sought.words, spot.words, common):
            return None
        named = Named.NUMBERS
        points = max(points, 0)
    alone = together(spot, (sought.line,), (asked.quantity,), by_name=cost is None)
    return Candidate(spot, asked, named, common, points + rate, not cost, equal, cost is None, alone)


def together(spot: Spot, lines: Sequence[SupplierInvoiceLine], asked: Sequence[Exact | None], *, by_name: bool) -> int:
    """What lines billed on one order line say of its quantity or amount: a sum that comes out even explains them all."""
    if spot.by_amount:
        amount = spot.standing.amount
        worth = AMOUNT_EQUAL if by_name else AMOUNT_EQUAL_UNNAMED
        even = amount is not None and amount.minor == sum(line.amount.minor for line in lines)
        return worth * len(lines) if even else 0
    total = summed(asked)
    if total is None or spot.left is None:
        return 0
    if total < 0 and added(total, spot.line.quantity_billed) < 0:
        # More goes back than was ever billed on this order line: the goods of another line go back.
        return TAKEN_BACK
    return QUANTITY_EQUAL * len(lines) if total == spot.left else 0


def summed(values: Sequence[Exact | None]) -> Exact | None:
    """The exact sum; None where one is not known."""
    if len(values) == 1:
        return values[0]
    total: Exact = _NOTHING
    for value in values:
        if value is None:
            return None
        total = value if total is _NOTHING else added(total, value)
    return total


def _may_go_by_numbers(one: Words, other: Words, common: int) -> bool:
    """Equal rate and quantity lead to a line where a description is missing or half of the shorter one agrees.

    Other goods at the same price and in the same quantity are a substitute, and that is for a person to see.
    """
    shorter = min(one.many, other.many)
    return not shorter or 2 * common >= shorter


def _name_points(sought: _Sought, spot: Spot, named: Named, common: int) -> int:
    points = WORD * common
    same = sought.words == spot.words
    if same and common:
        points += ALL_WORDS
    if named >= Named.THEIR_CODE:
        return points + CODE
    if named is Named.LEARNED:
        return points + LEARNED
    return points + (OTHER_NUMBERS if not same and _numbers_contradict(sought.words, spot.words) else 0)


def _numbers_contradict(one: Words, other: Words) -> bool:
    """Both have a number that the other has not: another size of the same thing. One that was cut off contradicts nothing."""
    missing = other.numbers - one.numbers
    more = one.numbers - other.numbers if missing else ()
    whole = [number for number in more if not any(each.startswith(number) for each in missing)]
    return bool(whole and missing)


def _rate_points(asked: Asked, sought: _Sought, spot: Spot) -> tuple[int, bool]:
    """Points for the rate, and whether it is equal. An unknown unit says nothing but that sums may agree."""
    rate = spot.line.rate
    if asked.unit_unknown:
        line = sought.line
        if line.rate is None or line.quantity is None or rate is None or spot.left is None:
            return 0, False
        agrees = Fraction(line.rate) * Fraction(line.quantity) == Fraction(rate) * Fraction(spot.left)
        return (PACK_AGREES if agrees else 0), False
    if asked.rate is None or rate is None:
        return 0, False
    if asked.rate == rate:
        return RATE_EQUAL, True
    return (RATE_FAR if _far_apart(asked.rate, rate) else 0), False


def _far_apart(one: Exact, other: Exact) -> bool:
    """Whether one rate is more than twice the other, or they have different signs."""
    if isinstance(one, Fraction) or isinstance(other, Fraction):
        one, other = Fraction(one), Fraction(other)
    low, high = (one, other) if one <= other else (other, one)
    return low <= 0 or high > low * _FAR


def _amount_equal(sought: _Sought, spot: Spot) -> bool:
    amount = spot.standing.amount
    return amount is not None and amount == sought.line.amount


def by_line(
    lines: Iterable[SupplierInvoiceLine], invoice: SupplierInvoice, book: OrderBook
) -> tuple[Reach, dict[str, list[Candidate]]]:
    """The candidates of every line of an invoice."""
    reach = reach_of(invoice, book)
    return reach, {line.line: candidates_of(line, invoice, reach, book) for line in lines}
