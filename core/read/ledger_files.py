"""`core.ports.outside.LedgerTables`: the ledger's plain files, all of one or nothing."""

from collections.abc import Sequence
from typing import Final, TypeVar

from core.domain.errors import Malformed
from core.domain.ids import Key
from core.domain.parties import Customer
from core.domain.receivables import CustomerInvoice
from core.ports.outside import PostingOutcome, PostingResult
from core.read.tables import Cells, Taken, read_customers, read_invoices, take

Record = TypeVar("Record")
_SHOWN: Final = 5
_RESULTS: Final = frozenset({PostingResult.POSTED.value, PostingResult.REFUSED.value})


class StrictTables:
    """Reads the files strictly: one bad cell refuses the whole file and is named."""

    def customers(self, name: str, data: bytes) -> Sequence[Customer]:
        """`customers.csv`."""
        return _whole(read_customers(data, name))

    def invoices(self, name: str, data: bytes) -> Sequence[CustomerInvoice]:
        """`invoices.csv`."""
        return _whole(read_invoices(data, name))

    def acknowledgement(self, name: str, data: bytes) -> Sequence[PostingOutcome]:
        """`acknowledgement.csv`: a key may stand twice; whether the rows agree is for the ledger to judge."""
        return _whole(take(data, name, ("payment_key", "result"), _outcome))


def _outcome(cells: Cells) -> PostingOutcome:
    return PostingOutcome(
        key=Key(cells.text("payment_key", required=True)),
        result=PostingResult(cells.one_of("result", _RESULTS, "")),
        receipt=cells.text("erp_id"),
        message=cells.text("message"),
    )


def _whole(taken: Taken[Record]) -> Sequence[Record]:
    if not taken.complaints:
        return taken.records
    more = len(taken.complaints) - _SHOWN + taken.more_complaints
    said = " ".join(complaint.sentence for complaint in taken.complaints[:_SHOWN])
    raise Malformed(f"{said} And {more} more." if more > 0 else said, where=f"row {taken.complaints[0].row}")
