"""`core.ports.payables.BillLedger` on folders of files, beside those of payments and under the same promises."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from core.domain.errors import BatchChanged
from core.domain.ids import Key
from core.erp.files.batches import Batches
from core.erp.files.bills_file import BILLS, COLUMNS, describe, render
from core.erp.files.disk import Disk
from core.erp.files.posting_file import Manifest, TableWriter, fingerprints
from core.ports.outside import Acknowledgement, Clock, PostingOutcome, PostingResult
from core.ports.payables import BillPosting


class FileBills:
    """Hands bills over as batches of files. Safe to use from several threads and processes: the folder has a lock."""

    def __init__(self, folder: Path, clock: Clock, write: TableWriter, disk: Disk | None = None) -> None:
        self._clock = clock
        self._write = write
        self._batches = Batches(folder, disk or Disk(), (BILLS,))
        self._known: dict[str, Manifest] = {}
        self._keys: dict[Key, tuple[str, str]] = {}

    def look_up(self, keys: Sequence[Key]) -> Mapping[Key, PostingOutcome]:
        """Keys that stand in a batch, with the batch's name."""
        with self._batches.locked():
            self._refresh()
            return {key: _handed_over(key, self._keys[key][0]) for key in keys if key in self._keys}

    def post(self, bills: Sequence[BillPosting]) -> Mapping[Key, PostingOutcome]:
        """One batch of what is not in a batch yet; `BatchChanged` when a key is known with other content."""
        asked = {bill.key: bill for bill in bills}
        with self._batches.locked():
            self._refresh()
            new = [bill for bill in asked.values() if not self._is_there(bill)]
            if new:
                data = render(new, self._write)
                self._batches.put(describe(self._name(data), self._clock.now(), new, data), data, BILLS)
                self._refresh()
            return {key: _handed_over(key, self._keys[key][0]) for key in asked}

    def check(self, said: Sequence[PostingOutcome]) -> Acknowledgement:
        """As `core.ports.payables.BillLedger`."""
        with self._batches.locked():
            self._refresh()
            problems: list[str] = []
            taken: dict[Key, PostingOutcome] = {}
            contradicted: set[Key] = set()
            for outcome in said:
                first = taken.setdefault(outcome.key, outcome)
                if outcome.key not in self._keys:
                    problems.append(f"{outcome.key}: no bill of ours has this key.")
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

    def _is_there(self, bill: BillPosting) -> bool:
        known = self._keys.get(bill.key)
        if known is None:
            return False
        if known[1] != fingerprints(render([bill], self._write), COLUMNS)[bill.key]:
            raise BatchChanged(
                f"{bill.bill_id} was handed over in batch {known[0]} with other content under the same key; "
                "it is not handed over again.",
                key=bill.key,
            )
        return True

    def _name(self, data: bytes) -> str:
        """Sorts by time, and differs for two batches of one second."""
        return f"{self._clock.now():%Y%m%dT%H%M%SZ}-{hashlib.sha256(data).hexdigest()[:8]}"


def _handed_over(key: Key, batch: str) -> PostingOutcome:
    return PostingOutcome(key, PostingResult.HANDED_OVER, batch)
