"""Descriptions as sets of words, and how many words two of them share.

Suppliers shorten, turn round, decorate and cut our descriptions. Letters and digits are taken apart (M8x40 is M, 8, 40),
numbers compare as numbers, words also by their usual shortenings: the beginning (HYDR), or the first letter and some of the
rest in order (BLK, WSHR). Numbers tell siblings of a family apart, so they are never compared loosely.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from rapidfuzz.distance import OSA

from core.match.normal import flat

_TOKEN: Final = re.compile(r"[A-Z]+|\d+(?:[.,]\d+)?")
_VOID: Final = frozenset("THE AND FOR WITH OF TO PER UND FUER MIT ET DE DES POUR X".split())
_ENDINGS: Final = ("ES", "S")
_LONG: Final = 5
_SHORTEST: Final = 2
_PREFIX: Final = 3


class Words(NamedTuple):
    """The words of one description: plain ones and numbers. Single letters are left out, they are units and sizes' marks."""

    letters: frozenset[str]
    numbers: frozenset[str]

    @property
    def many(self) -> int:
        """How many there are."""
        return len(self.letters) + len(self.numbers)


@lru_cache(maxsize=262_144)
def words_of(description: str) -> Words:
    """The words of a description."""
    letters, numbers = set(), set()
    for token in _TOKEN.findall(flat(description)):
        if token[0].isdigit():
            numbers.add(_number(token))
        elif len(token) > 1 and token not in _VOID:
            letters.add(token)
    return Words(frozenset(letters), frozenset(numbers))


def _number(token: str) -> str:
    """A number without idle zeros, so that 2.50 and 2,5 are one."""
    whole, mark, fraction = token.replace(",", ".").partition(".")
    fraction = fraction.rstrip("0")
    return f"{whole.lstrip('0') or '0'}.{fraction}" if mark and fraction else whole.lstrip("0") or "0"


@lru_cache(maxsize=262_144)
def shared(one: Words, other: Words) -> int:
    """How many words the two share; each word counts once."""
    same = len(one.letters & other.letters) + len(one.numbers & other.numbers)
    left, right = one.letters - other.letters, other.letters - one.letters
    if not left or not right:
        return same
    ways = {word: [each for each in right if alike(word, each)] for word in left}
    return same + _most_pairs({word: others for word, others in ways.items() if others})


def _most_pairs(ways: Mapping[str, Sequence[str]]) -> int:
    """How many words can be paired at once, each with one of its ways of being written."""
    partner: dict[str, str] = {}

    def pair(word: str, tried: set[str]) -> bool:
        for other in ways[word]:
            if other not in tried:
                tried.add(other)
                if other not in partner or pair(partner[other], tried):
                    partner[other] = word
                    return True
        return False

    return sum(pair(word, set()) for word in ways)


@lru_cache(maxsize=65_536)
def alike(one: str, other: str) -> bool:
    """Whether one word is a usual way of writing the other: shortened, in the plural, or with one slip in a long word."""
    short, long = sorted((one, other), key=len)
    if short == long:
        return True
    if long.removesuffix("S") == short or long.removesuffix("ES") == short:
        return True
    if len(short) >= _LONG and OSA.distance(short, long, score_cutoff=1) <= 1:
        return True
    if len(short) < _SHORTEST or short[0] != long[0] or len(short) == len(long):
        return False
    if long.startswith(short) and len(short) >= _PREFIX:
        return True
    return _in_order(short, long)


def _in_order(short: str, long: str) -> bool:
    """Whether the letters of a shortening stand in the word in their order, and it reads like one: few vowels, much shorter."""
    rest = iter(long)
    return len(short) < len(long) and all(letter in rest for letter in short) and _squeezed(short)


def _squeezed(short: str) -> bool:
    """Shortenings by leaving letters out lose their inner vowels; a word such as STEEL in STAINLESSTEEL is no shortening."""
    return sum(letter in "AEIOU" for letter in short[1:]) <= 1
