"""The keys of `core.match.schemes.keys` for a whole column of document numbers at once, as numbers instead of words.

A key stands for itself as its remainder: its bytes, read as one large number, modulo 2^61 - 1. That is what Python's own `hash`
of a whole number is, so that a single word is turned the same way in a moment (`remainder`). Words of up to seven bytes keep
their own value; among longer ones two can fall together, so that whoever looks up checks what was found.

Numbers that are not plain (letters beyond ASCII, very long, no digits at the end) are left out; they are filed one by one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from core.match.schemes import Level
from core.match.spans import EIGHT, PADDING, Bytes, Span, Wholes

Keys = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]

EXACT_UP_TO: Final = 7
"""Words of so many bytes never fall together with another of the same length."""

PLAIN_WIDTH: Final = 24
"""Hardly anybody's document numbers are longer."""

_AT_ONCE: Final = 1 << 16
_BITS: Final = np.uint64(61)
_WHOLE: Final = np.uint64(2**61 - 1)
_BYTE: Final = np.uint64(8)
_HIGH: Final = np.uint64(53)
_NINE: Final = ord("9")
_SUFFIXES: Final = (5, 4)
_MARKS: Final = np.arange(256, dtype=np.uint8)
_IS_DIGIT: Final = np.isin(_MARKS, list(b"0123456789"))
_IS_LOWER: Final = np.isin(_MARKS, list(b"abcdefghijklmnopqrstuvwxyz"))
_IS_KEPT: Final = _IS_DIGIT | np.isin(_MARKS, list(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
_UPPER: Final = np.where(_IS_LOWER, _MARKS - 32, _MARKS)
_SHAPE: Final = _MARKS.copy()
_SHAPE[list(b"OIL")] = list(b"011")


@dataclass(frozen=True, slots=True)
class Filing:
    """Keys with the rows that they mean, their levels and their lengths; `odd` rows are left out.

    `masks` are the distinct masks (`schemes.mask`) of the others. `plains` has `shape(compact(number))` of each row in
    `PLAIN_WIDTH` bytes, filled up with zero bytes; only the rows that are `short` have theirs.
    """

    keys: Keys
    rows: npt.NDArray[np.int32]
    levels: npt.NDArray[np.uint8]
    lengths: npt.NDArray[np.uint8]
    odd: Wholes
    masks: frozenset[str]
    plains: Bytes
    short: Flags


def remainder(word: str) -> int:
    """The key of one word."""
    return hash(int.from_bytes(word.encode(), "big"))


def remainders(span: Span) -> Keys:
    """The keys of whole cells, as they stand."""
    found = [np.zeros(0, np.uint64)]
    for rows in _pieces(len(span)):
        size = (span.end - span.begin)[rows]
        key = np.zeros(len(size), np.uint64)
        longest = int(size.max(initial=0))
        cells = _upright(span, min(longest, PADDING), rows)
        for at, mark in enumerate(cells):
            key = _longer(key, mark, at < size)
        for row in np.flatnonzero(size > PADDING):
            key[row] = remainder(span.text(rows.start + int(row)))
        found.append(key)
    return np.concatenate(found)


def told_apart(span: Span, keys: Keys) -> bool:
    """Whether equal `keys` (`remainders`) always mean equal cells; False also where the cells are too long to be sure."""
    if span.longest() > PADDING:
        return False
    order = np.argsort(keys, kind="stable")
    same = keys[order[1:]] == keys[order[:-1]]
    left, right = order[:-1][same], order[1:][same]
    size = span.end - span.begin
    if (size[left] != size[right]).any():
        return False
    places = range(-(-span.longest() // EIGHT))
    return all(bool((marks[left] == marks[right]).all()) for marks in map(span.eights, places))


def compact_remainders(span: Span) -> tuple[Keys, Flags]:
    """The keys of `shape(compact(cell))`, and which of them are sure; the others have letters beyond ASCII or are very long."""
    found, sure = [np.zeros(0, np.uint64)], [np.zeros(0, bool)]
    for rows in _pieces(len(span)):
        cells, plain = _plain(span, rows)
        key = np.zeros(len(plain), np.uint64)
        for mark in cells:
            upper = _UPPER[mark]
            key = _longer(key, _SHAPE[upper], _IS_KEPT[upper])
        found.append(key)
        sure.append(plain)
    return np.concatenate(found), np.concatenate(sure)


def number_keys(span: Span) -> Filing:
    """Every key of every number, the best level where two agree."""
    parts = [_number_keys(span, rows) for rows in _pieces(len(span))]
    if not parts:
        nothing = np.zeros(0, np.uint8)
        rows, odd, plains = np.zeros(0, np.int32), np.zeros(0, np.int64), np.zeros((0, PLAIN_WIDTH), np.uint8)
        return Filing(np.zeros(0, np.uint64), rows, nothing, nothing, odd, frozenset(), plains, nothing.astype(bool))
    return Filing(
        np.concatenate([part.keys for part in parts]),
        np.concatenate([part.rows for part in parts]),
        np.concatenate([part.levels for part in parts]),
        np.concatenate([part.lengths for part in parts]),
        np.concatenate([part.odd for part in parts]),
        frozenset().union(*(part.masks for part in parts)),
        np.concatenate([part.plains for part in parts]),
        np.concatenate([part.short for part in parts]),
    )


def _pieces(size: int) -> Iterator[slice]:
    for begin in range(0, size, _AT_ONCE):
        yield slice(begin, min(begin + _AT_ONCE, size))


def _upright(span: Span, width: int, rows: slice) -> Bytes:
    """Cells with a row for each place, so that a step over all numbers runs along the memory."""
    return np.ascontiguousarray(span.matrix(max(1, width), rows).T)


def _plain(span: Span, rows: slice) -> tuple[Bytes, Flags]:
    size = (span.end - span.begin)[rows]
    cells = _upright(span, min(int(size.max(initial=0)), PADDING), rows)
    return cells, (size <= PADDING) & (cells < 128).all(axis=0)  # noqa: PLR2004  ASCII.


def _longer(key: Keys, mark: Bytes, where: Flags) -> Keys:
    """The keys of words with one more byte: times 256 is a rotation by eight of 61 bits."""
    more = (((key << _BYTE) & _WHOLE) | (key >> _HIGH)) + mark
    return np.where(where, np.where(more >= _WHOLE, more - _WHOLE, more), key)


def _compacted(cells: Bytes) -> tuple[Bytes, Wholes]:
    """Letters and digits only, upper case, moved together; and how many there are."""
    upper = _UPPER[cells]
    kept = _IS_KEPT[upper]
    place = np.cumsum(kept, axis=0) - 1
    found = np.zeros_like(upper)
    at, row = np.nonzero(kept)
    found[place[at, row], row] = upper[at, row]
    return found, kept.sum(axis=0)


def _trailing_digits(cells: Bytes, size: Wholes) -> Wholes:
    """How many digits stand at the end of each number as it is written."""
    going, count = np.ones(len(size), bool), np.zeros(len(size), np.int64)
    for at in range(len(cells) - 1, -1, -1):
        inside = at < size
        going &= _IS_DIGIT[cells[at]] | ~inside
        count += going & inside
    return count


def _number_keys(span: Span, rows: slice) -> Filing:
    cells, plain = _plain(span, rows)
    last = _trailing_digits(cells, (span.end - span.begin)[rows])
    good = plain & (last > 0)
    first = rows.start
    marks, size = _compacted(cells[:, good])
    last = last[good]
    place = np.arange(len(marks))[:, None]
    zeros = np.where((place >= size - last) & (place < size) & (marks != ord("0")), place, len(marks)).min(axis=0)
    bare = np.maximum(1, size - np.minimum(zeros, size))
    entries = _entries(marks, size, last, bare)
    kept = _first_of_equals(entries)
    number = np.flatnonzero(good) + first
    return Filing(
        np.concatenate([entry.keys[keep] for entry, keep in zip(entries, kept, strict=True)]),
        np.concatenate([number[keep] for keep in kept]).astype(np.int32),
        np.concatenate([entry.levels[keep] for entry, keep in zip(entries, kept, strict=True)]),
        np.concatenate([np.minimum(entry.lengths[keep], 255) for entry, keep in zip(entries, kept, strict=True)]).astype(
            np.uint8
        ),
        np.flatnonzero(~good) + first,
        _masks(marks),
        *_plains(marks, size, good),
    )


def _plains(marks: Bytes, size: Wholes, good: Flags) -> tuple[Bytes, Flags]:
    found = np.zeros((len(good), PLAIN_WIDTH), np.uint8)
    width = min(len(marks), PLAIN_WIDTH)
    found[good, :width] = _SHAPE[marks[:width]].T
    short = np.zeros(len(good), bool)
    short[good] = size <= PLAIN_WIDTH
    return found, short


@dataclass(frozen=True, slots=True)
class _Entry:
    """One way of writing all numbers: its keys, how long they are, at which level, and where it is one of the ways."""

    keys: Keys
    lengths: Wholes
    levels: npt.NDArray[np.uint8]
    there: Flags


def _entries(marks: Bytes, size: Wholes, last: Wholes, bare: Wholes) -> list[_Entry]:
    """Ways of writing in the order of `schemes.keys`."""
    place = np.arange(len(marks))[:, None]
    inside, shaped, always = place < size, _SHAPE[marks], np.ones(len(size), bool)
    digit, head = _IS_DIGIT[marks], place < size - last
    running = np.where(size > last, np.uint8(Level.NO_ZEROS), np.uint8(Level.RUNNING))
    found = [
        _entry(shaped, inside, Level.FULL, always),
        _entry(marks, digit & inside, Level.DIGITS, digit.sum(axis=0) > 1),
        _entry(shaped, head | (inside & (place >= size - bare)), running, (size == last) | (size - last + bare > 1)),
        _entry(marks, inside & (place >= size - last), Level.RUNNING, always),
        _entry(marks, inside & (place >= size - bare), Level.RUNNING, always),
    ]
    return found + [_entry(marks, inside & (place >= size - most), Level.SUFFIX, last > most) for most in _SUFFIXES]


def _entry(marks: Bytes, where: Flags, level: Level | npt.NDArray[np.uint8], there: Flags) -> _Entry:
    key = np.zeros(marks.shape[1], np.uint64)
    for mark, inside in zip(marks, where, strict=True):
        key = _longer(key, mark, inside)
    levels = np.full(len(key), level, np.uint8) if isinstance(level, Level) else level
    return _Entry(key, where.sum(axis=0), levels, there)


def _first_of_equals(entries: list[_Entry]) -> list[Flags]:
    """Where each way of writing is there and no better one says the same."""
    kept: list[Flags] = []
    for at, entry in enumerate(entries):
        new = entry.there.copy()
        for better in entries[:at]:
            new &= ~better.there | (better.keys != entry.keys) | (better.lengths != entry.lengths)
        kept.append(new)
    return kept


def _masks(marks: Bytes) -> frozenset[str]:
    """`schemes.mask` of compact numbers, each once."""
    nines = np.ascontiguousarray(np.where(_IS_DIGIT[marks], np.uint8(_NINE), marks).T)
    packed = nines.view(f"S{nines.shape[1]}").ravel() if len(nines) else np.zeros(0, "S1")
    return frozenset(bytes(each).decode() for each in np.unique(packed))
