"""`core.ports.outside.LedgerTables`: the ledger's plain files, all of one or nothing."""

from collections.abc import Sequence
from typing import Final

from core.domain.ids import Key
from core.domain.parties import Customer
from core.domain.receivables import CustomerInvoice
from core.ports.outside import PostingOutcome, PostingResult
from core.read.tables import Cells, read_customers, read_invoices, take, whole

_RESULTS: Final = frozenset({PostingResult.POSTED.value, PostingResult.REFUSED.value})


class StrictTables:
    """Reads the files strictly: one bad cell refuses the whole file and is named."""

    def customers(self, name: str, data: bytes) -> Sequence[Customer]:
        """`customers.csv`."""
        return whole(read_customers(data, name))

    def invoices(self, name: str, data: bytes) -> Sequence[CustomerInvoice]:
        """`invoices.csv`."""
        return whole(read_invoices(data, name))

    def acknowledgement(self, name: str, data: bytes) -> Sequence[PostingOutcome]:
        """`acknowledgement.csv`: a key may stand twice; whether the rows agree is for the ledger to judge."""
        return whole(take(data, name, ("payment_key", "result"), _outcome))


def _outcome(cells: Cells) -> PostingOutcome:
    return PostingOutcome(
        key=Key(cells.text("payment_key", required=True)),
        result=PostingResult(cells.one_of("result", _RESULTS, "")),
        receipt=cells.text("erp_id"),
        message=cells.text("message"),
    )
