"""`core.ports.payables.BillLedger` on folders of files, beside those of payments and under the same promises."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from core.domain.ids import Key
from core.erp.files.bills_file import BILLS, describe, render
from core.erp.files.disk import Disk
from core.erp.files.keyed import KeyedBatches, Way
from core.erp.files.posting_file import TableWriter
from core.ports.outside import Acknowledgement, Clock, PostingOutcome
from core.ports.payables import BillPosting

_BILL: Final = Way[BillPosting](BILLS, render, describe, lambda bill: bill.bill_id)


class FileBills:
    """Hands bills over as batches of files. Safe to use from several threads and processes: the folder has a lock."""

    def __init__(self, folder: Path, clock: Clock, write: TableWriter, disk: Disk | None = None) -> None:
        self._kept = KeyedBatches(folder, clock, write, disk, (BILLS,))

    def look_up(self, keys: Sequence[Key]) -> Mapping[Key, PostingOutcome]:
        """Keys that stand in a batch, with the batch's name."""
        return self._kept.look_up(keys)

    def post(self, bills: Sequence[BillPosting]) -> Mapping[Key, PostingOutcome]:
        """One batch of what is not in a batch yet; `BatchChanged` when a key is known with other content."""
        return self._kept.hand_over(bills, _BILL)

    def check(self, said: Sequence[PostingOutcome]) -> Acknowledgement:
        """As `core.ports.payables.BillLedger`."""
        return self._kept.check(said, "bill")
