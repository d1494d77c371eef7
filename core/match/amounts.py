"""Documents that nobody named: one document of exactly this amount, a set that adds up, or a usual statement.

Weighs every set that adds up to the amount for each possible payer. One set among many that fit is a guess; the weight of all
others, listed or only counted, stands against it. "Oldest first" is never tried: it fits any amount.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from math import gcd
from typing import Final

from core.domain.evidence import GapKind, Method
from core.domain.ids import CustomerId
from core.domain.parties import AliasKind
from core.match import gaps, habits, subsets
from core.match.hypotheses import UNKNOWN_PAYER, Desk, Hypothesis
from core.match.ledger import OpenDocument
from core.match.naming import ignored
from core.match.weighing import owners_weight, usable

_STATEMENT_WORDS: Final = (
    "STATEMENT",
    "ALL DUE",
    "KONTOAUSZUG",
    "BALANCE",
    "SALDO",
    "OPEN ITEMS",
    "OFFENE POSTEN",
    "RELEVE",
    "EXTRACTO",
)
_ALL_DUE: Final = math.log(0.04)
_ALL_OPEN: Final = math.log(0.02)
_LAST_MONTH: Final = math.log(0.01)
_ONE_GROUP: Final = math.log(0.004)
_STATEMENT_SAID: Final = 2.0
_MOST_STRANGERS: Final = 6
_SEVERAL_DOCUMENTS: Final = 0.5
_ON_ACCOUNT: Final = 8.0
_FINEST: Final = 1000
_SEVERAL: Final = 3
_OTHERWISE: Final = 0.1
_AGE: Final = 0.6
_MOST_RANKED: Final = 1000
_NOTHING_MORE: Final = 1e-9


def consider(desk: Desk) -> None:
    """Lay down every hypothesis that rests on the amount alone."""
    customers = _customers(desk)
    for customer in customers:
        _of_customer(desk, customer)
    if not desk.payer.known:
        _of_strangers(desk)


def _customers(desk: Desk) -> list[CustomerId]:
    """Possible payers and their families, likeliest first, up to the limit."""
    shares: dict[CustomerId, float] = dict(desk.payer.shares)
    for customer, share in desk.payer.family.items():
        shares[customer] = shares.get(customer, 0.0) + share
    ranked = sorted(shares, key=lambda each: (-shares[each], each))
    most = desk.policy.candidate_customers * 2
    if len(ranked) > most:
        desk.limit("customers")
    return ranked[:most]


def _of_customer(desk: Desk, customer: CustomerId) -> None:
    documents = desk.index.of_customer(customer, desk.currency, desk.day)
    if not documents:
        return
    owner = owners_weight(desk, documents[:1]) - ignored(desk, desk.words.mentions) - _ON_ACCOUNT * desk.bank.on_account
    pool = documents
    if len(pool) > desk.policy.candidate_documents:
        desk.limit("documents")
        # They come in that order: oldest due first, then by number.
        pool = pool[: desk.policy.candidate_documents]
    _sets(desk, pool, len(documents), owner)
    _discounted_late(desk, pool, len(documents), owner)
    _converted(desk, pool, len(documents), owner)
    _statements(desk, documents, owner)


def _sets(desk: Desk, pool: Sequence[OpenDocument], count: int, owner: float) -> None:
    credit = -sum(document.open for document in pool if document.open < 0)
    reachable = [d for d in pool if d.open - d.earned(desk.day) <= desk.setting.amount + credit]
    values = [document.asks(desk.day) for document in reachable]
    largest = desk.policy.documents_in_a_set
    fits = subsets.search(values, desk.setting.amount, largest)
    found = [tuple(reachable[at] for at, _ in chosen) for chosen in fits.sets]
    ages = _by_age(found, fits.counts)
    for documents, age in zip(found, ages, strict=True):
        reading = gaps.exact(documents, desk.setting)
        if reading is None:
            continue
        method = Method.EXACT_AMOUNT if len(documents) == 1 else Method.EXACT_SUBSET
        weight = owner + subsets.set_weight(len(documents), count) + reading.weight + math.log(age)
        desk.add(Hypothesis(documents, reading, method, weight))
    _by_the_piece(desk, found[0] if found else [], pool, owner)
    for size, fitting in fits.counts.items():
        more = fitting - math.fsum(age for documents, age in zip(found, ages, strict=True) if len(documents) == size)
        if more > _NOTHING_MORE:
            desk.add_unlisted(more * math.exp(owner + subsets.set_weight(size, count)))
    alike = subsets.alike(values, desk.setting.amount, fits.tried_up_to)
    if alike:
        size, sets = alike
        desk.add_unlisted(sets * math.exp(owner + subsets.set_weight(size, count)))
    untried = subsets.chance_weight(desk.setting.amount, len(reachable), fits.tried_up_to, largest)
    if untried:
        desk.add_unlisted(untried * math.exp(owner))


def _by_age(found: Sequence[tuple[OpenDocument, ...]], counts: Mapping[int, int]) -> list[float]:
    """How much likelier each of several fitting sets of one size is than the average one: payers settle what is due first.

    It says little, and nothing between sets that are due on the same days; all sets of a size together weigh as before.
    """
    shares: list[float] = []
    for size, members in groupby(found, key=len):
        # Sets come in the order of their documents, the oldest due first.
        days = [tuple(document.due for document in documents) for documents in members]
        places = min(counts[size], _MOST_RANKED)
        average = math.fsum((place + 1) ** -_AGE for place in range(places)) / places
        for _, equal in groupby(enumerate(days), key=lambda each: each[1]):
            alike = [(place + 1) ** -_AGE / average for place, _ in equal]
            shares += [math.fsum(alike) / len(alike)] * len(alike)
    return shares


def _by_the_piece(desk: Desk, found: Sequence[OpenDocument], pool: Sequence[OpenDocument], owner: float) -> None:
    """Customers who buy at one price owe multiples of it, so that any payment of theirs is soon the sum of some documents."""
    step = gcd(desk.setting.amount, *(document.open for document in found))
    if not found or step * _FINEST < desk.setting.amount:
        return
    multiples = sum(document.open % step == 0 for document in pool)
    if multiples >= _SEVERAL:
        share = multiples / len(pool) * step / desk.setting.amount
        desk.add_unlisted(_OTHERWISE * share * math.exp(owner))


def _discounted_late(desk: Desk, pool: Sequence[OpenDocument], count: int, owner: float) -> None:
    """One document less a discount that was lost; likelier where people confirmed that the customer takes it all the same."""
    habit = (AliasKind.DISCOUNT_HABIT, GapKind.LATE_DISCOUNT.value)
    for document in pool:
        reading = gaps.late(document, desk.setting) if document.open - document.discount == desk.setting.amount else None
        if reading is not None:
            weight = owner + subsets.set_weight(1, count) + reading.weight + habits.weight(desk.index, document.customer, habit)
            desk.add(Hypothesis((document,), reading, Method.EXACT_AMOUNT, weight))


def _converted(desk: Desk, pool: Sequence[OpenDocument], count: int, owner: float) -> None:
    """One document that the money may be after a conversion at the bank: only where it is the only one of this customer."""
    if not desk.policy.exchange_band or not pool or not gaps.converted(desk.setting, desk.currency):
        return
    found = [(document, reading) for document in pool for reading in gaps.exchanged((document,), desk.setting)]
    if len(found) == 1:
        document, reading = found[0]
        weight = owner + subsets.set_weight(1, count) + reading.weight
        desk.add(Hypothesis((document,), reading, Method.EXACT_AMOUNT, weight))


def _statements(desk: Desk, documents: Sequence[OpenDocument], owner: float) -> None:
    """All that is due, all that is open, all of the months before, one month, one order."""
    day = desk.day
    said = _STATEMENT_SAID if any(word in desk.words.text for word in _STATEMENT_WORDS) else 0.0
    month_begin = desk.money.value_date.replace(day=1).toordinal()
    groups: list[tuple[str, float, list[OpenDocument]]] = [
        ("all_due", _ALL_DUE + said, [d for d in documents if d.due <= day]),
        ("all_open", _ALL_OPEN + said, list(documents)),
        ("months_before", _LAST_MONTH + said, [d for d in documents if d.issued < month_begin]),
    ]
    by_order: dict[str, list[OpenDocument]] = {}
    for document in documents:
        if document.order:
            by_order.setdefault(document.order, []).append(document)
    groups += [("one_order", _ONE_GROUP, group) for group in by_order.values()]
    for label, weight, group in groups:
        if len(group) > 1:
            _statement(desk, label, weight + owner, group)


def _statement(desk: Desk, label: str, weight: float, group: Sequence[OpenDocument]) -> None:
    day = desk.day
    asked = sum([document.open for document in group])
    earned = sum([document.earned(day) for document in group if document.discount])
    if desk.setting.amount not in {asked, asked - earned}:
        return
    reading = gaps.exact(group, desk.setting)
    if reading is not None:
        inside = {document.number for document in group}
        values = {document.open for document in group}
        others = desk.index.of_customer(group[0].customer, desk.currency, desk.day)
        if any(other.open in values and other.number not in inside for other in others):
            reading = replace(reading, placed=False)
        desk.add(Hypothesis(tuple(group), reading, Method.STATEMENT, weight + reading.weight, label=label))


def _of_strangers(desk: Desk) -> None:
    """Nobody knows the payer: a document of exactly this amount is worth showing, and never more than that."""
    amount = desk.setting.amount
    hits = [document for document in desk.index.with_amount(desk.currency, amount) if usable(desk, document)]
    hits.sort(key=lambda each: each.order_key)
    # Half of all payments settle more than one document, and for somebody unknown every set of every customer is possible.
    desk.add_unlisted(_SEVERAL_DOCUMENTS * math.exp(min(0.0, subsets.log_density(amount))))
    for document in hits[:_MOST_STRANGERS]:
        reading = gaps.exact((document,), desk.setting)
        if reading is not None:
            count = desk.index.count_of(document.customer, desk.currency, desk.day)
            weight = owners_weight(desk, (document,)) + subsets.set_weight(1, max(1, count)) + reading.weight
            desk.add(Hypothesis((document,), reading, Method.EXACT_AMOUNT, weight, label=UNKNOWN_PAYER))
            if len(hits) > _MOST_STRANGERS and document is hits[0]:
                desk.add_unlisted((len(hits) - _MOST_STRANGERS) * math.exp(weight))
