"""Batches that know their keys, by one set of rules for payments, reversals and bills.

What was handed over is already there, a known key with other content is refused, answers are checked against what was written.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from core.domain.errors import BatchChanged
from core.domain.ids import Key
from core.erp.files.batches import Batches
from core.erp.files.disk import Disk
from core.erp.files.posting_file import Layout, Manifest, TableWriter, fingerprints
from core.ports.outside import Acknowledgement, Clock, PostingOutcome, PostingResult


class Keyed(Protocol):
    """Something with a key that was minted before the first attempt."""

    @property
    def key(self) -> Key:
        """Its key."""
        ...


T = TypeVar("T", bound=Keyed)


@dataclass(frozen=True)
class Way(Generic[T]):
    """How one kind of thing is handed over: its files, its rows, its manifest, and what people call one of them."""

    layout: Layout
    render: Callable[[Sequence[T], TableWriter], bytes]
    describe: Callable[[str, datetime, Sequence[T], bytes], Manifest]
    name: Callable[[T], str]


class KeyedBatches:
    """The batches of one folder with the keys in them. Safe to use from several threads and processes: it has a lock."""

    def __init__(self, folder: Path, clock: Clock, write: TableWriter, disk: Disk | None, layouts: Sequence[Layout]) -> None:
        self._clock = clock
        self._write = write
        self._batches = Batches(folder, disk or Disk(), layouts)
        self._known: dict[str, Manifest] = {}
        self._keys: dict[Key, tuple[str, str]] = {}

    def look_up(self, keys: Sequence[Key]) -> Mapping[Key, PostingOutcome]:
        """Keys that stand in a batch, with the batch's name."""
        with self._batches.locked():
            self._refresh()
            return {key: _handed_over(key, self._keys[key][0]) for key in keys if key in self._keys}

    def hand_over(self, things: Sequence[T], way: Way[T]) -> Mapping[Key, PostingOutcome]:
        """One batch of what is not in a batch yet; `BatchChanged` when a key is known with other content."""
        asked = {thing.key: thing for thing in things}
        with self._batches.locked():
            self._refresh()
            new = [thing for thing in asked.values() if not self._is_there(thing, way)]
            if new:
                data = way.render(new, self._write)
                self._batches.put(way.describe(self._name(data), self._clock.now(), new, data), data, way.layout)
                self._refresh()
            return {key: _handed_over(key, self._keys[key][0]) for key in asked}

    def check(self, said: Sequence[PostingOutcome], noun: str) -> Acknowledgement:
        """The rows of an answer that belong to what was handed over; `noun` is what one of them is called."""
        with self._batches.locked():
            self._refresh()
            problems: list[str] = []
            taken: dict[Key, PostingOutcome] = {}
            contradicted: set[Key] = set()
            for outcome in said:
                first = taken.setdefault(outcome.key, outcome)
                if outcome.key not in self._keys:
                    problems.append(f"{outcome.key}: no {noun} of ours has this key.")
                elif first != outcome and outcome.key not in contradicted:
                    contradicted.add(outcome.key)
                    problems.append(f"{outcome.key}: two rows say different things; neither was taken.")
            good = tuple(each for key, each in taken.items() if key in self._keys and key not in contradicted)
            batches = sorted({self._keys[key][0] for key in taken if key in self._keys})
            for batch in batches:
                self._batches.require_unchanged(batch, self._known[batch])
        return Acknowledgement(good, tuple(problems), tuple(batches))

    def _refresh(self) -> None:
        """Read the batches that another process wrote, or all of them after a start."""
        for batch in self._batches.names():
            if batch not in self._known:
                manifest, keys = self._batches.read(batch)
                self._known[batch] = manifest
                self._keys.update({key: (batch, content) for key, content in keys.items()})

    def _is_there(self, thing: T, way: Way[T]) -> bool:
        known = self._keys.get(thing.key)
        if known is None:
            return False
        if known[1] != fingerprints(way.render([thing], self._write), way.layout.columns)[thing.key]:
            raise BatchChanged(
                f"{way.name(thing)} was handed over in batch {known[0]} with other content under the same key; "
                "it is not handed over again.",
                key=thing.key,
            )
        return True

    def _name(self, data: bytes) -> str:
        """Sorts by time, and differs for two batches of one second."""
        return f"{self._clock.now():%Y%m%dT%H%M%SZ}-{hashlib.sha256(data).hexdigest()[:8]}"


def _handed_over(key: Key, batch: str) -> PostingOutcome:
    return PostingOutcome(key, PostingResult.HANDED_OVER, batch)
