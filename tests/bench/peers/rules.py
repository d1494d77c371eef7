"""Peers that are rules over the whole ledger, restated: unique amount, number in the text, the tokens of Odoo's lineage."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

from tests.bench.peers.sheet import Answer, Document, Line, World

Peer = Callable[[World], Iterator[tuple[Line, Answer]]]
_WORD = re.compile(r"[^\s,;:/\\*|]{4,}")
_DIGITS = re.compile(r"\D")


def unique_amount(world: World) -> Iterator[tuple[Line, Answer]]:
    """The one document of the whole ledger with exactly this amount, if there is just one."""
    same: dict[tuple[str, Decimal], set[str]] = defaultdict(set)
    for document in world.documents.values():
        same[document.currency, document.open].add(document.number)
    for line in world.lines:
        found = same.get((line.currency, line.amount), set()) if line.incoming else set()
        if len(found) == 1:
            document = world.documents[found.pop()]
            yield line, taken(line, [document], automatic=True)
        else:
            yield line, Answer()


def number_in_text(world: World) -> Iterator[tuple[Line, Answer]]:
    """Invoice Ninja: the first open document whose number stands anywhere in the text; the amount is not looked at."""
    for line in world.lines:
        found = next((each for each in world.documents.values() if each.open > 0 and each.number in line.words), None)
        if found is None or not line.incoming or found.currency != line.currency:
            yield line, Answer()
        else:
            yield line, taken(line, [found], automatic=True)


def tokens_then_oldest(world: World) -> Iterator[tuple[Line, Answer]]:
    """Odoo's lineage as kept by OCA: payer by account, name, words of the name; digits of tokens; else oldest first, greedily.

    Applied by itself only where a token hit and the documents together are exactly the money, which is its default.
    """
    payers = _Payers(world)
    numbers: dict[str, list[Document]] = defaultdict(list)
    for document in world.documents.values():
        for text in (document.number, document.order):
            if len(digits := _DIGITS.sub("", text)) >= 4:
                numbers[digits].append(document)
    for line in world.lines:
        payer = payers.of(line)
        hits: dict[str, int] = defaultdict(int)
        for word in _WORD.findall(line.words):
            for document in numbers.get(_DIGITS.sub("", word), ()):
                hits[document.number] += 1
        named = [world.documents[number] for number in hits]
        known = [each for each in named if not payer or each.customer == payer]
        ranked = sorted(known, key=lambda each: (-hits[each.number], each.due))
        pool = ranked or list(world.by_customer.get(payer, ()))
        pool = [each for each in pool if each.open > 0 and each.currency == line.currency]
        chosen = _greedy(line, pool) if line.incoming else []
        exact = sum((each.open for each in chosen), Decimal(0)) == line.amount
        yield line, taken(line, chosen, automatic=bool(ranked) and exact) if chosen else Answer(payer)


def _greedy(line: Line, pool: Sequence[Document]) -> list[Document]:
    """One document of the whole amount, else documents in order until the money is used up."""
    perfect = [each for each in pool if each.open == line.amount]
    if perfect:
        return perfect[:1]
    chosen, left = [], line.amount
    for each in pool:
        if left <= 0:
            break
        chosen.append(each)
        left -= each.open
    return chosen


class _Payers:
    """Odoo's lineage: account, then the first name that holds the payer's, then all words of a name in the text."""

    def __init__(self, world: World) -> None:
        self._accounts = world.accounts
        self._names = [(name.casefold(), customer) for customer, name in world.names.items()]
        self._words = [
            (frozenset(word for word in re.split(r"\W+", name.casefold()) if len(word) >= 3), customer)
            for customer, name in world.names.items()
        ]
        self._known: dict[tuple[str, str], str] = {}

    def of(self, line: Line) -> str:
        if line.account in self._accounts:
            return self._accounts[line.account]
        key = (line.payer, line.words if not line.payer else "")
        if key not in self._known:
            self._known[key] = self._found(line)
        return self._known[key]

    def _found(self, line: Line) -> str:
        payer = line.payer.casefold()
        if payer and (found := next((customer for name, customer in self._names if payer in name), "")):
            return found
        said = frozenset(re.split(r"\W+", f"{line.payer} {line.words}".casefold()))
        return next((customer for words, customer in self._words if words and words <= said), "")


def taken(line: Line, chosen: Sequence[Document], *, automatic: bool) -> Answer:
    """The money on these documents in order; applied by itself, it lowers what is open."""
    left = line.amount
    shares = []
    for document in chosen:
        paid = min(left, document.open)
        if paid <= 0:
            continue
        shares.append((document, paid))
        left -= paid
        if automatic:
            document.open -= paid
    customer = chosen[0].customer if chosen else ""
    return Answer(customer, tuple(shares), automatic)
