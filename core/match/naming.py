"""Documents that the payer named: settles which document each word means, together with customer and amount.

A word of few digits can mean documents of many customers, so words are read within a scope: the family of a possible payer, or
the customer to whom most words point. A full number of somebody else counts where the scope knows no such number. What stays
ambiguous is settled by the amount or not at all.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from core.domain.evidence import GapKind, Method
from core.domain.ids import CustomerId, InvoiceNumber
from core.domain.parties import AliasKind
from core.match import gaps, habits, loose_numbers, subsets
from core.match.hypotheses import Desk, Hypothesis
from core.match.ledger import OpenDocument
from core.match.mentions import Mention, MentionKind
from core.match.named import FEW_CHOICES, Named, all_bases, distinct, with_doubtful
from core.match.schemes import Level, one_edit_apart
from core.match.weighing import (
    SLIP,
    evidence_of,
    one_slip_away,
    owners_weight,
    said,
    set_size_weight,
    unrelated,
    usable,
)

_STRONG_DIGITS: Final = 5
_FEW_DIGITS: Final = 3
_PARTLY_NAMED: Final = 8.0
_PARTLY_NAMED_CUT: Final = 1.0
_PARTLY_READ: Final = 3.0
_MOST_SCOPES: Final = 10
_IGNORED: Final = 3.0
_POOL: Final = 60
_KNOWN_SHARE: Final = 0.5
_ON_ACCOUNT: Final = 4.0
_USUAL_WAY: Final = 0.2
_UNREAD_REST: Final = 3.0
_MISREAD: Final = 3.0
_UNREAD_PART: Final = 0.15
_UNREAD_CUT: Final = 0.03
_WITHOUT_REST: Final = frozenset({GapKind.NONE, GapKind.EARNED_DISCOUNT})


def consider(desk: Desk) -> None:
    """Lay down every hypothesis that rests on what the payer named."""
    mentions = desk.words.mentions
    if not mentions and not desk.words.unknown and not desk.words.unread:
        return
    _note_settled(desk)
    for scope in _scopes(desk):
        named = _read(desk, scope)
        if named.certain or named.choices or named.groups or named.doubtful:
            _hypothesize(desk, scope, named)
            if len(scope) == 1 and _says_it_all(desk, scope[0], named):
                return
        else:
            _loosely(desk, scope, named, [[]])


def _says_it_all(desk: Desk, customer: CustomerId, named: Named) -> bool:
    """Every word means one document of a known payer, and together they are the amount: nobody else can be meant as well."""
    if named.choices or named.groups or named.doubtful or desk.payer.shares.get(customer, 0.0) < _KNOWN_SHARE:
        return False
    if desk.words.unknown or len(named.certain) != len(desk.words.mentions):
        return False
    return all(document.customer == customer for document in named.certain) and bool(gaps.exact(named.certain, desk.setting))


def _note_settled(desk: Desk) -> None:
    """Documents that are settled already, or ask for another currency: written in full, or by digits and the payer's own."""
    payers = {*desk.payer.shares, *desk.payer.family}
    for mention in desk.words.mentions:
        full = [
            document
            for level, document in mention.hits
            if (level is Level.FULL and mention.digits >= _STRONG_DIGITS)
            or (level <= Level.NO_ZEROS and document.customer in payers)
        ]
        if not full or any(usable(desk, document) for _, document in mention.hits):
            continue
        for document in full[:1]:
            if document.open and document.currency.code != desk.currency:
                desk.other_currency.append(document)
            elif not document.open:
                desk.settled[mention.text] = document


def _scopes(desk: Desk) -> list[tuple[CustomerId, ...]]:
    """Families of possible payers, then the customers to whom most words point."""
    found: dict[tuple[CustomerId, ...], None] = {}
    ranked = sorted(desk.payer.shares, key=lambda each: (-desk.payer.shares[each], each))[: desk.policy.candidate_customers]
    for customer in ranked:
        found.setdefault((customer,))
        found.setdefault(tuple(sorted(desk.index.family(customer))))
    votes: dict[CustomerId, float] = {}
    for mention in desk.words.mentions:
        owners = {(doc.customer, level) for level, doc in mention.hits if usable(desk, doc)}
        if mention.digits >= _STRONG_DIGITS or len(owners) == 1:
            for owner in {customer for customer, _ in owners}:
                best = min(level for customer, level in owners if customer == owner)
                votes[owner] = votes.get(owner, 0.0) + evidence_of(mention, best)
    for customer in sorted(votes, key=lambda each: (-votes[each], each))[: desk.policy.candidate_customers // 2]:
        found.setdefault((customer,))
    return list(found)[:_MOST_SCOPES] or [()]


def ignored(desk: Desk, mentions: Sequence[Mention]) -> float:
    """What it costs a hypothesis to leave words unexplained that clearly name documents, settled or open."""
    payers = {*desk.payer.shares, *desk.payer.family}
    clear = 0
    for mention in mentions:
        owners = {document.customer for level, document in mention.hits if level <= Level.RUNNING}
        if mention.digits >= _STRONG_DIGITS and (owners & payers or min(level for level, _ in mention.hits) <= Level.NO_ZEROS):
            clear += 1
    return _IGNORED * min(2, clear)


def _read(desk: Desk, scope: Sequence[CustomerId]) -> Named:
    named = Named()
    for mention in desk.words.mentions:
        if mention.doubtful:
            _read_doubtful(desk, mention, scope, named)
            continue
        ordered = [hit for hit in mention.ordered if hit[1].customer in scope and usable(desk, hit[1])]
        if ordered:
            _read_order(mention, ordered, named)
            continue
        if mention.kind is MentionKind.DOCUMENT:
            _read_document(desk, mention, scope, named)
            continue
        inside = [hit for hit in mention.hits if hit[1].customer in scope and usable(desk, hit[1])]
        if mention.kind is MentionKind.ORDER:
            _read_order(mention, inside, named)
        else:
            for level, document in inside:
                named.sure(document, mention, evidence_of(mention, level) / 2)
    for unknown in desk.words.unknown:
        _read_slip(desk, unknown, scope, named)
    return named


def _read_doubtful(desk: Desk, mention: Mention, scope: Sequence[CustomerId], named: Named) -> None:
    for level, document in mention.hits:
        if document.customer in scope and usable(desk, document):
            (named.tails if mention.kind is MentionKind.RANGE else named.doubtful).append(document)
            named.weights.setdefault(document.number, (mention.text, evidence_of(mention, level)))


def _read_order(mention: Mention, inside: Sequence[tuple[Level, OpenDocument]], named: Named) -> None:
    documents = [document for _, document in inside]
    if documents:
        named.groups.append((mention, documents))


def _best(hits: Iterable[tuple[Level, OpenDocument]]) -> list[tuple[Level, OpenDocument]]:
    """The hits of the best level; last digits and running numbers count as one level."""
    ranked = sorted(hits, key=lambda hit: (hit[0], hit[1].number))
    top = ranked[0][0] if ranked else Level.NEAR
    worst = Level.SUFFIX if top is Level.RUNNING else top
    return [hit for hit in ranked if hit[0] <= worst]


def _read_document(desk: Desk, mention: Mention, scope: Sequence[CustomerId], named: Named) -> None:
    inside = [hit for hit in mention.hits if hit[1].customer in scope and usable(desk, hit[1])]
    hits = _best(inside)
    if not hits:
        outside = [hit for hit in mention.hits if usable(desk, hit[1]) and hit[0] <= Level.RUNNING]
        hits = _best(outside) if mention.digits >= _STRONG_DIGITS or _by_its_letters(mention) else []
        if 1 < len(hits) <= FEW_CHOICES:
            _outside(desk, mention, scope, hits, named)
        if not any(usable(desk, document) or document.customer in scope for _, document in mention.hits):
            _read_slip(desk, mention.text, scope, named)
        if len(hits) != 1:
            return
        _read_slip(desk, mention.text, scope, named, [hits[0][1]])
        if named.choices and named.choices[-1][0].text == mention.text:
            named.weights.setdefault(hits[0][1].number, (mention.text, evidence_of(mention, hits[0][0])))
            return
    if (len(hits) > 1 and hits[0][0] > Level.DIGITS) or _labelled(hits, inside):
        hits = list(inside) if _labelled(hits, inside) else hits
        named.choices.append((mention, [document for _, document in hits]))
        for level, document in hits:
            usual = evidence_of(mention, level) + _as_usual(desk, document, level)
            named.weights.setdefault(document.number, (mention.text, usual))
        return
    level, document = hits[0]
    named.sure(document, mention, evidence_of(mention, level) + _as_usual(desk, document, level))


def _outside(
    desk: Desk, mention: Mention, scope: Sequence[CustomerId], hits: Sequence[tuple[Level, OpenDocument]], named: Named
) -> None:
    """A number that several other customers have, or a slip for one of the scope: a choice that only the amount can settle."""
    near = one_slip_away(desk, mention.text, scope)
    named.choices.append((mention, [*(document for _, document in hits), *near]))
    for level, document in hits:
        named.weights.setdefault(document.number, (mention.text, evidence_of(mention, level) - SLIP))
    for document in near:
        named.weights.setdefault(document.number, (mention.text, evidence_of(mention, Level.NEAR)))


def _by_its_letters(mention: Mention) -> bool:
    """A short number with the letters of our own, which only one document of ours has: INV-449, whoever has a bare 449."""
    with_letters = sum(level <= Level.NO_ZEROS for level, _ in mention.hits)
    return with_letters == 1 and mention.digits >= _FEW_DIGITS and any(mark.isalpha() for mark in mention.text)


def _as_usual(desk: Desk, document: OpenDocument, level: Level) -> float:
    """This customer is known to write our numbers so, or known not to."""
    way = habits.WAYS.get(level)
    return habits.weight(desk.index, document.customer, (AliasKind.REFERENCE_HABIT, way), _USUAL_WAY) if way else 0.0


def _labelled(hits: Sequence[tuple[Level, OpenDocument]], inside: Sequence[tuple[Level, OpenDocument]]) -> bool:
    """A prefix that may be a mere label leaves the bare numbers possible."""
    return bool(hits) and hits[0][0] is Level.NO_ZEROS and len(inside) > len(hits)


def _read_slip(
    desk: Desk, unknown: str, scope: Sequence[CustomerId], named: Named, besides: Sequence[OpenDocument] = ()
) -> None:
    """A word that looks like our number and is none of the scope: a document of the scope one slip of the finger away."""
    near = one_slip_away(desk, unknown, scope)
    mention = Mention(unknown, MentionKind.DOCUMENT, sum(mark.isdigit() for mark in unknown), ())
    weight = evidence_of(mention, Level.NEAR)
    if near:
        named.choices.append((mention, [*besides, *near]))
        for document in near:
            named.weights.setdefault(document.number, (unknown, weight))


def _hypothesize(desk: Desk, scope: Sequence[CustomerId], named: Named) -> None:
    """Every choice that the amount confirms exactly; without one, the readings of the difference for a few choices."""
    bases = list(all_bases(named, desk))
    found = False
    for base in [*bases, *with_doubtful(bases, named)]:
        reading = gaps.exact(base, desk.setting) if base else None
        if reading is not None:
            _lay(desk, named, base, reading)
            found = True
    grouped = named.grouped
    if found and any(document.open < 0 for document in grouped):
        # A credit may undo another document of the order: both named by it, or neither meant.
        _rest(desk, named, [document for document in named.certain if document not in grouped], grouped)
    if found:
        return
    _loosely(desk, scope, named, bases)
    _mistyped(desk, named, bases)
    whole = with_doubtful(bases, named) if len(named.doubtful) == 1 else []
    for base in [*bases[:FEW_CHOICES], *whole] if len(bases) <= FEW_CHOICES else []:
        for reading in gaps.readings(base, desk.setting) if base else []:
            _lay(desk, named, base, reading)
    for base in bases if len(bases) <= FEW_CHOICES * 2 else []:
        _with_rest(desk, named, base)


def _loosely(desk: Desk, scope: Sequence[CustomerId], named: Named, bases: Sequence[list[OpenDocument]]) -> None:
    """Words that could not be read, taken for documents that make the amount exact, beside those that are named clearly."""
    for meant in loose_numbers.sets(desk, scope, named):
        more = [document for _, _, document in meant]
        words = {text for text, _, _ in meant}
        for base in bases[:FEW_CHOICES]:
            # What such a word means of strangers is not meant as well.
            kept = [each for each in base if named.weights.get(each.number, ("", 0.0))[0] not in words]
            documents = distinct([*kept, *more])
            reading = gaps.exact(documents, desk.setting) if len(documents) == len(kept) + len(more) else None
            if reading is not None:
                read = {document.number: (text, weight) for text, weight, document in meant}
                _lay(desk, replace(named, weights={**read, **named.weights}), documents, reading)


def _mistyped(desk: Desk, named: Named, bases: Sequence[list[OpenDocument]]) -> None:
    """One number that is one slip away from another document of the same customer, with which the amount is exact."""
    day = desk.day
    for base in bases[:FEW_CHOICES]:
        for document in base if len({each.customer for each in base}) == 1 else ():
            others = [each for each in base if each is not document]
            text, usual = named.weights.get(document.number, ("", 0.0))
            rest = desk.setting.amount - sum(each.open for each in others)
            for near in desk.index.slips_of(document.customer, desk.currency, day, document.plain) if text else ():
                if near.open != rest and not near.discount:
                    # Nearly all documents of a large customer end here.
                    continue
                fits = rest in near.asks(day) and one_edit_apart(document.plain, near.plain)
                reading = gaps.exact([*others, near], desk.setting) if fits and near not in others else None
                if reading is not None:
                    named.weights.setdefault(near.number, (text, usual - SLIP))
                    _lay(desk, named, [*others, near], reading)


def _with_rest(desk: Desk, named: Named, base: Sequence[OpenDocument]) -> None:
    """The words were cut off or name only a part: other documents of the same customers settle the rest exactly."""
    grouped = named.grouped
    _rest(desk, named, [document for document in base if document not in grouped], grouped)
    if base and len({document.customer for document in base}) == 1 and not named.groups:
        pool = desk.index.of_customer(base[0].customer, desk.currency, desk.day)
        _rest(desk, named, base, pool)


def _rest(desk: Desk, named: Named, base: Sequence[OpenDocument], pool: Sequence[OpenDocument]) -> None:
    chosen_numbers = {document.number for document in base}
    rest = [document for document in pool if document.number not in chosen_numbers]
    missing = desk.setting.amount - sum(document.open - document.earned(desk.day) for document in base)
    if missing <= 0 and not named.groups:
        # What an order names is meant, whichever way it counts; of all documents of a customer only credits make less of a sum.
        rest = [document for document in rest if document.open < 0]
    if not rest or not missing:
        return
    if len(rest) > _POOL:
        desk.limit("documents")
        rest = sorted(rest, key=lambda document: document.order_key)[:_POOL]
    values = [document.asks(desk.day) for document in rest]
    fits = subsets.search(values, missing, desk.policy.documents_in_a_set)
    for chosen in fits.sets:
        documents = [*base, *(rest[at] for at, _ in chosen)]
        reading = gaps.exact(documents, desk.setting)
        if reading is not None:
            _lay(desk, named, documents, reading)
    shown = len(fits.sets)
    if fits.total > shown:
        one = _weight(desk, named, [*base, *(rest[at] for at, _ in fits.sets[0])])[0] + subsets.set_weight(1, 1)
        desk.add_unlisted((fits.total - shown) * math.exp(one))


def _weight(
    desk: Desk, named: Named, documents: Sequence[OpenDocument]
) -> tuple[float, tuple[tuple[str, InvoiceNumber], ...], bool]:
    words = said(documents, named.weights, named.choices)
    explained = sum(weight for (_, weight), _ in words)
    in_groups = 0.0
    numbers = {document.number for document in documents}
    for mention, group in named.groups:
        members = {document.number for document in group} & numbers
        if members:
            in_groups += evidence_of(mention, Level.FULL)
            words += [((mention.text, 0.0), number) for number in sorted(members) if number not in named.weights]
            if len(members) < len(group):
                in_groups -= 1.5
    partly = len({number for _, number in words}) < len(documents)
    weight = owners_weight(desk, documents) + set_size_weight(desk, documents) + explained + in_groups
    weight -= _ON_ACCOUNT * desk.bank.on_account
    if partly:
        weight -= _PARTLY_NAMED_CUT if desk.words.cut else _PARTLY_READ if desk.words.unread else _PARTLY_NAMED
    return weight, tuple((text, number) for (text, _), number in words), partly


def _lay(desk: Desk, named: Named, documents: Sequence[OpenDocument], reading: gaps.Reading) -> None:
    weight, words, partly = _weight(desk, named, documents)
    ordered = tuple(documents)
    weight += sum(habits.weight(desk.index, documents[0].customer, habit) for habit in habits.difference(reading.kind))
    if reading.kind not in _WITHOUT_REST and unrelated(desk, documents):
        # A number read wrongly often names a stranger's document and leaves a difference.
        reading = replace(reading, placed=False, weight=reading.weight - _MISREAD)
    laid = Hypothesis(ordered, reading, Method.NAMED_IN_BANK_TEXT, weight + reading.weight, words, (), partly)
    _leave_room(desk, named, laid)
    desk.add(laid)


def _leave_room(desk: Desk, named: Named, laid: Hypothesis) -> None:
    """What the payer meant and we could not read weighs too, where the words do not cover the documents or the money."""
    if laid.key in desk.found:
        return
    odds = 0.0
    if laid.partly_named:
        odds = _UNREAD_CUT if desk.words.cut else _UNREAD_PART
    if laid.reading.kind is GapKind.OVERPAYMENT and not laid.reading.placed:
        odds = _UNREAD_REST
    overlooked = any(all(document not in laid.documents for document in group) for _, group in named.groups)
    if overlooked and laid.reading.kind not in _WITHOUT_REST:
        # Orders are named too, and what was invoiced for them may be what is missing.
        odds = _UNREAD_REST
    if odds:
        desk.add_unlisted(odds * math.exp(laid.weight))
