"""`core.ports.outside.Ledger` on folders of files: keys are looked up in what was written, answers come as a file later."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from core.domain.ids import Key
from core.erp.files.disk import Disk
from core.erp.files.keyed import KeyedBatches, Way
from core.erp.files.posting_file import (
    LAYOUTS,
    POSTINGS,
    REVERSALS,
    Manifest,
    TableWriter,
    describe,
    render,
    render_reversals,
)
from core.ports.outside import Acknowledgement, Clock, Posting, PostingOutcome, Reversal


def _describe_reversals(batch: str, at: datetime, reversals: Sequence[Reversal], data: bytes) -> Manifest:
    return describe(batch, at, [each.posting for each in reversals], data)


_POSTING: Final = Way[Posting](POSTINGS, render, describe, lambda posting: posting.payment_id)
_REVERSAL: Final = Way[Reversal](REVERSALS, render_reversals, _describe_reversals, lambda reversal: reversal.posting.payment_id)


class FileLedger:
    """Hands postings over as batches of files. Safe to use from several threads and processes: the folder has a lock."""

    def __init__(self, folder: Path, clock: Clock, write: TableWriter, disk: Disk | None = None) -> None:
        self._kept = KeyedBatches(folder, clock, write, disk, LAYOUTS)

    def look_up(self, keys: Sequence[Key]) -> Mapping[Key, PostingOutcome]:
        """Keys that stand in a batch, with the batch's name."""
        return self._kept.look_up(keys)

    def post(self, postings: Sequence[Posting]) -> Mapping[Key, PostingOutcome]:
        """One batch of what is not in a batch yet; `BatchChanged` when a key is known with other content."""
        return self._kept.hand_over(postings, _POSTING)

    def reverse(self, reversals: Sequence[Reversal]) -> Mapping[Key, PostingOutcome]:
        """One batch of reversals that are not in a batch yet, in a file of their own; as `post` otherwise."""
        return self._kept.hand_over(reversals, _REVERSAL)

    def check(self, said: Sequence[PostingOutcome]) -> Acknowledgement:
        """As `core.ports.outside.AnswersLater`."""
        return self._kept.check(said, "posting")
