"""Names in other clothes: words around a name that are not part of it, and a customer's name somewhere in a bank's text.

Asked only where the name as it stands says nothing. What is left after such words were taken away must be a known name to the
last word; nothing here is close or likely.
"""

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Final

from core.domain.ids import CustomerId
from core.match.normal import LEGAL_FORMS, abbreviated, flat, words_of
from core.match.parties import Parties

_ACTS_FOR: Final = re.compile(
    r"\s(?:T/A|D/?B/?A|TRADING AS|DOING BUSINESS AS|C/O|O/B/O|ON BEHALF OF|IM AUFTRAG(?: VON)?|I\.? ?A\.?|ABT\.?|ATTN\.?|"
    r"POUR LE COMPTE DE|PER CONTO(?: DI)?|POR CUENTA DE|NAMENS)[\s:]|\s[-/|]\s|[()\[\]]"
)
_BEFORE_A_NAME: Final = frozenset(
    "FIRMA FA MESSRS STE SOCIETE SOC DITTA SPETT SPETTLE EMPRESA FIRMAET HERR FRAU HR FR MR MRS MS MME SIG SIGRA SR SRA".split()
)
_MOST_WORDS: Final = 8
_SHORTEST: Final = 8
_SHORTEST_WORD: Final = 4


def undecorated(name: str) -> Iterator[str]:
    """What may be the name itself: without "Firma" or a legal form before it, on either side of "trading as" or a bracket."""
    plain = flat(name)
    parts = [part.strip(" ,;:-") for part in _ACTS_FOR.split(f" {plain} ")]
    for part in dict.fromkeys((plain, *parts)):
        words = part.replace("M/S ", "").split()
        while len(words) > 1 and (_bare(words[0]) in _BEFORE_A_NAME or _bare(words[0]) in LEGAL_FORMS):
            del words[0]
        while len(words) > 1 and _bare(words[-1]) == "GESELLSCHAFT":
            words.pop()
        shorter = " ".join(words)
        if shorter and shorter != plain:
            yield shorter
            if "GESELLSCHAFT MBH" in shorter:
                yield shorter.partition(" GESELLSCHAFT MBH")[0]


def _bare(word: str) -> str:
    return word.replace(".", "").rstrip(",:")


def same_words(key: str, names: Sequence[str]) -> list[str]:
    """Names of just these words in another order: a file that keeps the first word behind a comma."""
    wanted = sorted(key.split())
    return [other for other in names if len(other) == len(key) and other != key and sorted(other.split()) == wanted]


def in_text(text: str, index: Parties) -> str:
    """The name of a customer that stands somewhere in a bank's text, as it stands there; empty where none does, or several do.

    Of names inside each other the longest one counts. One short word is a name only with its legal form behind it.
    """
    words = words_of(flat(text))
    keys = [abbreviated(word) for word in words]
    known: Mapping[str, Sequence[str]] = index.words
    found: dict[tuple[CustomerId, ...], str] = {}
    at = 0
    while at < len(keys):
        end = at
        while end < min(len(keys), at + _MOST_WORDS) and _in_a_name(keys[end], known):
            end += 1
        stop = next((stop for stop in range(end, at, -1) if _is_name(words, keys, at, stop, index.names)), at)
        if stop > at:
            owners = tuple(index.names[" ".join(keys[at:stop])])
            while stop < len(words) and words[stop] in LEGAL_FORMS:
                stop += 1
            found.setdefault(owners, " ".join(words[at:stop]))
        at = max(stop, at + 1)
    return next(iter(found.values())) if len(found) == 1 else ""


def _in_a_name(word: str, known: Mapping[str, Sequence[str]]) -> bool:
    return not word.isdigit() and bool(known.get(word))


def _is_name(words: Sequence[str], keys: Sequence[str], at: int, stop: int, names: Container[str]) -> bool:
    key = " ".join(keys[at:stop])
    if stop - at == 1 and (len(key) < _SHORTEST_WORD or stop == len(words) or words[stop] not in LEGAL_FORMS):
        return False
    return (stop - at == 1 or len(key) >= _SHORTEST) and key in names
