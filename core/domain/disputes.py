"""A disagreement with a supplier about lines of one invoice: what was said, what was answered, how it ended."""

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from core.domain.ids import DEFAULT_ENTITY, EntityId, MailId, PersonId
from core.domain.supplier_bills import DisputeOutcome, SupplierInvoiceId
from core.domain.workflows import DisputeState

DisputeId = NewType("DisputeId", str)


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail of a dispute: ours (`by` is who sent it) or the supplier's answer. `message_id` is how mail programs name it."""

    at: datetime
    text: str
    subject: str = ""
    address: str = ""
    by: PersonId | None = None
    message_id: str = ""
    mail_id: MailId | None = None


@dataclass(frozen=True, slots=True)
class Dispute:
    """A dispute over one line of a supplier invoice. `reason` is what the person typed who opened it."""

    id: DisputeId
    version: int
    state: DisputeState
    bill_id: SupplierInvoiceId
    line: str
    reason: str
    opened_by: PersonId
    opened_at: datetime
    letters: tuple[Letter, ...] = ()
    outcome: DisputeOutcome | None = None
    entity: EntityId = DEFAULT_ENTITY

    @property
    def live(self) -> bool:
        """Whether it is still going on."""
        return self.state not in {DisputeState.SETTLED, DisputeState.WITHDRAWN}
