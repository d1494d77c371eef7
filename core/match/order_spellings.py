"""Which customer's order does a written number mean? Every usual spelling is looked up, none is searched for one by one.

Ordered levels, first that holds: the number itself; without a label and leading zeros, look-alike signs made equal
(“P.O. # 0045000123”, “P0-1001”); its digits where one side leaves a prefix off (“80700992” for GG80700992); inside other words
(“4500012345 rev 2 / Mr Brown”); its digits beside other letters; one slip of the finger. The last two are never sure.

A number inside other words is clear where it stands first, behind a word for an order, has letters, or is long. Behind a word
for something else (“Req 4500012345”) only the digits of a long one are read; days and places (“P.O. Box 20210”) are no numbers.
A text that goes on with another number of the same make, or with a release that nobody lists, says so.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from typing import Final, Generic, TypeVar

from rapidfuzz.distance import OSA

from core.match.normal import compact, flat, shape

_TOKEN: Final = re.compile(r"[A-Z0-9]+")
_RUN: Final = re.compile(r"\d+")
_LABEL: Final = re.compile(
    r"(?:(?:YOUR|CUSTOMER|CUST)?(?:PURCHASEORDER|PORDER|ORDER|PO|BESTELLUNG|BESTELL|COMMANDE|PEDIDO|ORDINE|IHREBESTELLUNG)"
    r"(?:NUMBER|NUMMER|NUM|NO|NR)?){0,2}0*(?=[A-Z0-9]*\d)"
)
_NUMBER_WORD: Final = r"\W*(?:(?:NUMBER|NUMMER|NUM|NO|NR)\b\W*)?"
_FOR_AN_ORDER: Final = re.compile(r"(?:\bP\W{0,2}O|ORDER|BESTELLUNG|BESTELL|COMMANDE|PEDIDO|ORDINE)" + _NUMBER_WORD + "$")
_OTHER_PAPERS: Final = (
    "REQ REQUISITION PR RFQ QUOTE QUOTATION OFFER ANGEBOT DEVIS CONTRACT VERTRAG CONTRAT PROJECT PROJEKT PROJET JOB LOT BATCH "
    "TICKET CASE NOTE LIEFERSCHEIN INVOICE INV RECHNUNG FACTURE SO ACCOUNT VENDOR SUPPLIER"
)
_CALLED_OTHERWISE: Final = rf"\b(?:{_OTHER_PAPERS.replace(' ', '|')}|(?:SALES|WORK|DELIVERY|CHANGE)\W*ORDER)"
_FOR_ANOTHER: Final = re.compile(_CALLED_OTHERWISE + _NUMBER_WORD + "$")
_OTHER_NUMBERS: Final = re.compile(_CALLED_OTHERWISE + _NUMBER_WORD + r"(\d+)")
_OTHER_PREFIXES: Final = frozenset(_OTHER_PAPERS.split())
_NO_NUMBERS: Final = re.compile(
    r"\b(?:\d{1,2}[./]\d{1,2}[./](?:\d\d){1,2}|20\d\d-(?:0?[1-9]|1[0-2])-(?:[12]\d|3[01]|0?[1-9]))\b"
    r"|\b(?:P\W{0,2}O\W{0,2})?(?:BOX|POSTFACH|ROOM|RAUM|FLOOR|ETAGE|BUILDING|BLDG|SUITE|GATE|DOOR|DOCK|HALL|HALLE)\b\W{0,2}"
    r"(?:NO\W{1,2})?\d+"
    r"|\b(?:TEL|TELEFON|PHONE|MOBILE|FAX)\b\W{0,3}\d[\d ()/-]*"
)
"""Days, places and telephones."""
_ZEROS: Final = re.compile(r"^([A-Z]+)0+(?=\d)")
_GLUED: Final = re.compile(r"([A-Z]{0,4}\d{5,})[A-Z]")
_ONE_PREFIX: Final = re.compile(r"([A-Z]{0,4})(\d+)([A-Z]*)")
_RELEASE: Final = re.compile(r"(.*\d.*?)[\s./_-]+(\d{1,3})")
_JOINING: Final = re.compile(r"[\s./_-]{1,3}")
_JOINED_RUNS: Final = re.compile(r"\d+(?:[\s./_-]{1,3}\d+)*")
_YEAR: Final = re.compile(r"20\d\d")
_UNMISTAKABLE: Final = 8
_LONGEST_SUFFIX: Final = 4
_WIDEST: Final = 4
_SHORTEST_PART: Final = 4
_SHORTEST_RUN: Final = 4
_SHORTEST_PREFIXED: Final = 5
_SHORTEST_SLIP: Final = 6
_SHORTEST_LABEL: Final = 2
_MOST_SLIPS: Final = 3
_MOST_ALIKE: Final = 3

Entry = TypeVar("Entry")


class NumberReading(StrEnum):
    """How a number was read, surest first."""

    EXACT = "exact"
    SPELLING = "spelling"
    PREFIX = "prefix"
    CONTAINED = "contained"
    DIGITS = "digits"
    SLIP = "slip"


CLEAR: Final = frozenset({NumberReading.EXACT, NumberReading.SPELLING, NumberReading.PREFIX, NumberReading.CONTAINED})
"""Readings that nobody has to check when they mean one order; the others are always a question."""


@dataclass(frozen=True, slots=True)
class NumberRead(Generic[Entry]):
    """The orders that a text can mean, all by one reading. More than one is a question.

    `besides` is a number of the same make, or a release of the order, that the text names too and that is none of these.
    """

    reading: NumberReading
    found: tuple[Entry, ...]
    besides: str = ""


@dataclass(slots=True)
class OrderNumbers(Generic[Entry]):
    """The orders among which numbers are looked up; the spellings are worked out when the first is."""

    number_of: Callable[[Entry], str]
    _entries: list[Entry] = field(default_factory=list)
    _compact: dict[str, list[Entry]] = field(default_factory=dict)
    _bare: dict[str, list[Entry]] = field(default_factory=dict)
    _digits: dict[str, list[Entry]] = field(default_factory=dict)
    _shortened: dict[str, list[Entry]] = field(default_factory=dict)
    _releases: dict[str, list[tuple[str, Entry]]] = field(default_factory=dict)
    _is_spelt: bool = False

    def add(self, entry: Entry) -> None:
        """One more order."""
        self._entries.append(entry)
        self._is_spelt = False

    def read(self, text: str, readings: Collection[NumberReading] = tuple(NumberReading)) -> NumberRead[Entry] | None:
        """What the text means here by one of these readings, the surest first; None when nothing (“verbal”, “n/a”)."""
        if not names_something(text):
            return None
        self._spell()
        looks: Mapping[NumberReading, Callable[[str], Sequence[Entry]]] = {
            NumberReading.EXACT: self._exactly,
            NumberReading.SPELLING: self._barely,
            NumberReading.PREFIX: self._without_prefix,
            NumberReading.CONTAINED: self._inside,
            NumberReading.DIGITS: self._by_digits,
            NumberReading.SLIP: self._one_slip_off,
        }
        for reading, look in looks.items():
            found = _once(look(text)) if reading in readings else ()
            if found and reading is NumberReading.CONTAINED:
                return self._with_what_follows(text, found)
            if found:
                return NumberRead(reading, found)
        return None

    def _spell(self) -> None:
        if self._is_spelt:
            return
        for table in (self._compact, self._bare, self._digits, self._shortened):
            table.clear()
        self._releases.clear()
        for entry in self._entries:
            number = self.number_of(entry)
            self._compact.setdefault(compact(number), []).append(entry)
            self._bare.setdefault(_bare(number), []).append(entry)
            for run in _runs(number):
                self._digits.setdefault(run, []).append(entry)
            release = _RELEASE.fullmatch(number)
            if release:
                self._releases.setdefault(compact(release.group(1)), []).append((release.group(2).lstrip("0"), entry))
        self._is_spelt = True

    def _exactly(self, text: str) -> Sequence[Entry]:
        return self._compact.get(compact(text), ())

    def _barely(self, text: str) -> Sequence[Entry]:
        bare = _bare(text)
        return self._bare.get(bare, ()) or self._bare.get(_ZEROS.sub(r"\1", bare), ())

    def _without_prefix(self, text: str) -> Sequence[Entry]:
        """All digits agree, and a few letters stand on one side of them in one of the two only."""
        letters, digits = _prefix_and_digits(_without_days_and_places(text))
        if len(digits) < _SHORTEST_PREFIXED or letters in _OTHER_PREFIXES:
            return ()
        found = []
        for entry in self._digits.get(digits, ()):
            its_letters, its_digits = _prefix_and_digits(self.number_of(entry))
            if its_digits == digits and bool(its_letters) is not bool(letters):
                found.append(entry)
        return found

    def _inside(self, text: str) -> Sequence[Entry]:
        """Orders whose whole number stands among the words, longest first; a part of a number that fits is no other number."""
        return [entry for _, hits in self._places(text)[0] for entry in hits] or self._behind_label(text)

    def _behind_label(self, text: str) -> Sequence[Entry]:
        """A number glued to a label before it and to words behind it (“ORDERNOK-10436MRBROWN”)."""
        plain = compact(_without_days_and_places(text))
        label = _LABEL.match(plain)
        # Behind “PO” alone it may be the number's own beginning, and the letters behind it (“PO20058B”) those of another order.
        head = _GLUED.match(plain, label.end()) if label and len(label.group().rstrip("0")) > _SHORTEST_LABEL else None
        return self._bare.get(_bare(head.group(1)), ()) if head else ()

    def _places(self, text: str) -> tuple[list[tuple[int, list[Entry]]], list[str]]:
        """Orders that stand among the words, each with the place where its number ends, and what was not used of the words."""
        plain = _without_days_and_places(text)
        tokens = list(_TOKEN.finditer(plain))
        parts = list(_parts(plain, tokens))
        found: list[tuple[int, list[Entry]]] = []
        taken: set[int] = set()
        for places, part in parts:
            if len(part) < _SHORTEST_PART or not taken.isdisjoint(places):
                continue
            hits = self._compact.get(part, [])
            if not hits and names_something(tokens[places.start].group()):
                hits = self._bare.get(_bare(part), [])
            if hits and _is_clear(plain[: tokens[places.start].start()], part):
                found.append((tokens[places.stop - 1].end(), hits))
                taken.update(places)
        return found, [part for places, part in parts if taken.isdisjoint(places)]

    def _with_what_follows(self, text: str, found: tuple[Entry, ...]) -> NumberRead[Entry]:
        """A text that names a release (“4500012345 rel 2”) can mean it; a number of the same make beside it is said."""
        places, left = self._places(text)
        plain = _without_days_and_places(text)
        makes = {_make(self.number_of(entry)) for entry in found}
        besides = ""
        more: list[Entry] = []
        for part in left:
            if len(part) >= _SHORTEST_PART and _make(part) in makes:
                hits = self._compact.get(part, []) or self._bare.get(_bare(part), [])
                more += hits
                besides = besides or ("" if hits else part)
        for end, hits in places:
            behind = [run.lstrip("0") for run in _RUN.findall(plain[end:])]
            for entry in hits:
                releases = self._releases.get(compact(self.number_of(entry)), []) if behind else []
                named = [one for number, one in releases if number in behind]
                more += named
                if releases and not named:
                    besides = besides or f"{self.number_of(entry)} {behind[0]}"
        return NumberRead(NumberReading.CONTAINED, _once([*found, *more]), besides)

    def _by_digits(self, text: str) -> Sequence[Entry]:
        """By the longest digits that tell orders apart; what every order of a year shares says nothing."""
        for run in sorted(_runs_of_text(text), key=len, reverse=True):
            found = _once(self._digits.get(run, ()))
            if 0 < len(found) <= _MOST_ALIKE:
                return found
        return ()

    def _one_slip_off(self, text: str) -> Sequence[Entry]:
        """One sign wrong, missing or too many, or two neighbours exchanged: both then share a form with one sign left out."""
        if not self._shortened:
            for key, entries in self._bare.items():
                for short in _with_one_less(key):
                    self._shortened.setdefault(short, []).extend(entries)
        key = _bare(text)
        if len(key) < _SHORTEST_SLIP:
            return ()
        near = _once(entry for short in _with_one_less(key) for entry in self._shortened.get(short, ()))
        found = [entry for entry in near if OSA.distance(key, _bare(self.number_of(entry)), score_cutoff=1) <= 1]
        # Of a run of numbers every second one is a slip away: that says nothing.
        return found if len(found) <= _MOST_SLIPS else ()


def names_something(text: str) -> bool:
    """Whether a text may be meant as a number at all."""
    return any(sign.isdigit() for sign in text)


def _has_letter(text: str) -> bool:
    """Whether a text has a letter at all."""
    return any(sign.isalpha() for sign in text)


def _bare(text: str) -> str:
    """A number without label and leading zeros, look-alike signs made equal."""
    plain = compact(text)
    match = _LABEL.match(plain)
    return shape(plain[match.end() :] if match else plain).lstrip("0")


def _prefix_and_digits(text: str) -> tuple[str, str]:
    """The letters on one side of a number's digits, and the digits; nothing where letters stand on both sides or between.

    Behind a label (“Order no. 20210 Mr Brown”) any word may follow.
    """
    plain = compact(text)
    label = _LABEL.match(plain)
    bare = plain[label.end() :] if label else plain
    match = _ONE_PREFIX.fullmatch(bare)
    if match is None or (match.group(1) and match.group(3)):
        return "", ""
    is_labelled = label is not None and _has_letter(label.group())
    if len(match.group(3)) > _LONGEST_SUFFIX and not is_labelled:
        return "", ""
    return match.group(1) or match.group(3), match.group(2).lstrip("0")


def _without_days_and_places(text: str) -> str:
    """Upper case, with what is no number of anything taken out; a mark stands there, so that nothing is joined over it."""
    return _NO_NUMBERS.sub(" ; ", flat(text))


def _joined(plain: str, tokens: Sequence[re.Match[str]]) -> str:
    """Neighbouring tokens as one number; nothing where something else than a separator stands between them."""
    for left, right in pairwise(tokens):
        if not _JOINING.fullmatch(plain, left.end(), right.start()):
            return ""
    return "".join([token.group() for token in tokens])


def _is_clear(before: str, part: str) -> bool:
    """Whether a number among words can only be that of an order: nobody calls it something else, and it is told apart."""
    if _FOR_ANOTHER.search(before):
        return False
    is_first = not _TOKEN.search(before)
    return is_first or len(part) >= _UNMISTAKABLE or not part.isdigit() or _FOR_AN_ORDER.search(before) is not None


def _parts(plain: str, tokens: Sequence[re.Match[str]]) -> Iterator[tuple[range, str]]:
    """What may be numbers among the words, of many words first, each with the places of its words."""
    for width in range(min(_WIDEST, len(tokens)), 0, -1):
        for at in range(len(tokens) - width + 1):
            part = _joined(plain, tokens[at : at + width])
            if names_something(part):
                yield range(at, at + width), part


def _make(number: str) -> str:
    """How a number is made: its letters, and a 9 for every digit."""
    plain = compact(number)
    return re.sub(r"\d", "9", plain.removeprefix("PO"))


def _runs(text: str) -> list[str]:
    """The runs of digits but years, and all digits together, without leading zeros; each once."""
    alone = _RUN.findall(text)
    runs = [*(run for run in alone if len(alone) == 1 or not _YEAR.fullmatch(run)), "".join(alone)]
    return list(dict.fromkeys(run for each in runs if len(run := each.lstrip("0")) >= _SHORTEST_RUN))


def _runs_of_text(text: str) -> list[str]:
    """As `_runs`; digits with words between them are not one number (“Room 12, line 345”)."""
    plain = _OTHER_NUMBERS.sub(_long_or_nothing, _without_days_and_places(text))
    joined = ["".join(_RUN.findall(each)) for each in _JOINED_RUNS.findall(plain)]
    return list(dict.fromkeys(run for each in [*_RUN.findall(plain), *joined] if len(run := each.lstrip("0")) >= _SHORTEST_RUN))


def _long_or_nothing(number: re.Match[str]) -> str:
    """A number that is called something else than an order, if its length alone tells it apart."""
    return number.group() if len(number.group(1)) >= _UNMISTAKABLE else " ; "


def _with_one_less(key: str) -> Iterator[str]:
    """The key, and the key with each of its signs left out."""
    yield key
    for at in range(len(key)):
        yield key[:at] + key[at + 1 :]


def _once(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Each entry once, in order; by identity, because two orders may look the same."""
    return tuple({id(entry): entry for entry in entries}.values())
