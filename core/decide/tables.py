"""All state tables in one place, for whoever reads them out: documentation, permission matrix, tests."""

from typing import Any, Final

from core.decide import (
    bank_question,
    dispute,
    draft_payment,
    line_resolution,
    outbox_item,
    remittance,
    submission,
    supplier_invoice,
)
from core.decide.machine import Table

ALL: Final[tuple[Table[Any, Any, Any], ...]] = (
    line_resolution.TABLE,
    supplier_invoice.TABLE,
    draft_payment.TABLE,
    remittance.TABLE,
    bank_question.TABLE,
    submission.TABLE,
    dispute.TABLE,
    outbox_item.TABLE,
)
