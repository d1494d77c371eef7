"""The sync report: what went to the ledger, what came back, what was refused and why, and what the ledger still owes an answer.

It is read out of the audit log, so it says the same on every surface and for every day that is asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from core.app.payables.moving import subject_of
from core.app.reporting import Report, digest
from core.domain.events import AuditName
from core.domain.keeping import AuditRow, Subject, SubjectKind
from core.domain.money import Money
from core.domain.payments import PaymentState
from core.domain.workflows import SupplierInvoiceState
from core.ports.store import UnitOfWork

NAMES: Final = (
    AuditName.BATCH_WRITTEN,
    AuditName.BATCH_ACKNOWLEDGED,
    AuditName.BATCH_REFUSED,
    AuditName.LEDGER_SYNCED,
    AuditName.SOURCE_TAKEN,
    AuditName.SOURCE_REFUSED,
)
_PRESSED: Final = frozenset({AuditName.PAYMENT_POSTING, AuditName.PAYMENT_REVERSING, AuditName.SUPPLIER_INVOICE_POSTING})
_REFUSALS: Final = frozenset({AuditName.BATCH_REFUSED, AuditName.SOURCE_REFUSED})


@dataclass(frozen=True, slots=True)
class Line:
    """One sync in words."""

    at: datetime
    by: str
    refused: bool
    said: Report


@dataclass(frozen=True, slots=True)
class Outstanding:
    """A payment or supplier invoice whose answer from the ledger is outstanding; `batch` is empty until it is handed over.

    `payment_id` is the id of either.
    """

    payment_id: str
    amount: Money
    batch: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class SyncReport:
    """Newest syncs first, then what is outstanding, oldest first."""

    lines: tuple[Line, ...]
    outstanding: tuple[Outstanding, ...]


def sync_report(unit: UnitOfWork, limit: int = 30) -> SyncReport:
    """The last `limit` syncs and everything that is outstanding."""
    lines = tuple(_line(row) for row in unit.audit.recent(NAMES, limit))
    waiting = [
        Outstanding(payment.id, payment.amount, payment.batch, _since(unit.audit.of(Subject(SubjectKind.PAYMENT, payment.id))))
        for payment in unit.payments.in_states([PaymentState.POSTING, PaymentState.REVERSING])
    ]
    waiting += [
        Outstanding(bill.id, amount, bill.batch, _since(unit.audit.of(subject_of(bill))))
        for bill in unit.bills.in_states([SupplierInvoiceState.POSTING])
        if (amount := bill.header.total or bill.net) is not None
    ]
    waiting.sort(key=lambda each: (each.since.isoformat() if each.since else "", each.payment_id))
    return SyncReport(lines, tuple(waiting))


def _line(row: AuditRow) -> Line:
    facts = row.entry.facts
    if row.entry.name not in _REFUSALS:
        return Line(row.at, row.entry.actor.name, refused=False, said=digest(facts))
    name, why = str(facts.get("name", row.entry.subject.id)), str(facts.get("why", ""))
    return Line(row.at, row.entry.actor.name, refused=True, said=Report("A file was refused", (), (why,), name))


def _since(history: Sequence[AuditRow]) -> datetime | None:
    pressed = [row.at for row in history if row.entry.name in _PRESSED]
    return pressed[-1] if pressed else None
