"""Numbers that are none of our keys and may still mean a document of a known payer.

Its last three digits, or a digit too many or too few. They say little, so they count only where the amount confirms them to
the last minor unit.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Final

from rapidfuzz.distance import Indel

from core.domain.ids import CustomerId
from core.match import schemes
from core.match.hypotheses import Desk
from core.match.ledger import OpenDocument
from core.match.mentions import Mention, MentionKind
from core.match.named import Named
from core.match.normal import compact
from core.match.schemes import Level
from core.match.weighing import evidence_of, slip_weight, usable

_ENDING: Final = 3
_SHORTEST_SLIP: Final = 5
_MOST_WORDS: Final = 8
_MOST_MEANT: Final = 8
_MOST_SETS: Final = 1000

Meant = tuple[str, float, OpenDocument]
"""A word, what it weighs, and the document that it may mean."""


def sets(desk: Desk, scope: Sequence[CustomerId], named: Named) -> Iterator[list[Meant]]:
    """Every choice of one document for some or all of the words that could not be read; of customers that may be the payer."""
    payers = [customer for customer in scope if customer in desk.payer.shares]
    words = _unread(desk, scope) if payers else []
    known = {document.number for document in named.certain}
    pool = [
        each
        for customer in (payers if words else ())
        for each in desk.index.of_customer(customer, desk.currency, desk.day)
        if each.number not in known and usable(desk, each)
    ]
    numbered = [(schemes.running(each.number), each) for each in pool]
    options = [found for word in words[:_MOST_WORDS] if 0 < len(found := _meant(word, numbered)) <= _MOST_MEANT]
    optional = math.prod(len(found) + 1 for found in options) <= _MOST_SETS
    if not optional and math.prod(map(len, options)) > _MOST_SETS:
        desk.limit("choices")
        return
    for chosen in product(*([None, *found] if optional else found for found in options)):
        meant = [each for each in chosen if each is not None]
        if meant and len({document.number for _, _, document in meant}) == len(meant):
            yield meant


def _unread(desk: Desk, scope: Sequence[CustomerId]) -> list[str]:
    """Words with digits that mean nothing of this scope."""
    words = [*desk.words.unread, *desk.words.unknown]
    for mention in desk.words.mentions:
        inside = any(document.customer in scope and usable(desk, document) for _, document in (*mention.hits, *mention.ordered))
        if mention.kind is MentionKind.DOCUMENT and not mention.doubtful and not inside:
            words.append(mention.text)
    return list(dict.fromkeys(words))


def _meant(word: str, numbered: Sequence[tuple[str, OpenDocument]]) -> list[Meant]:
    """Documents, given with their running numbers, that a word may mean."""
    digits = schemes.running(compact(word))
    if len(digits) == _ENDING == len(word):
        weight = evidence_of(Mention(word, MentionKind.DOCUMENT, len(digits), ()), Level.SUFFIX)
        return [(word, weight, each) for number, each in numbered if number.endswith(digits) and len(number) > _ENDING]
    if len(digits) < _SHORTEST_SLIP:
        return []
    weight = slip_weight(len(digits))
    return [
        (word, weight, each)
        for number, each in numbered
        # A sign too many or too few is one insertion; the shorter of the two has to be long enough to say something.
        if len(number) >= _SHORTEST_SLIP - 1 and Indel.distance(digits, number, score_cutoff=1) == 1
    ]
