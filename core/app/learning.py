"""What people's decisions teach: that a payer's name or account means a customer, and how that customer pays.

Never learned from what nobody confirmed.
"""

from collections.abc import Iterable
from dataclasses import replace

from core.domain.events import PaymentEvent
from core.domain.evidence import GapKind
from core.domain.ids import CustomerId, InvoiceNumber
from core.domain.parties import Alias, AliasKind
from core.domain.payments import DraftPayment
from core.match import bank_text, habits
from core.ports.store import UnitOfWork

_CONFIRMING = frozenset({PaymentEvent.IDENTIFY_CUSTOMER, PaymentEvent.CONFIRM, PaymentEvent.APPLY})


def learn(unit: UnitOfWork, before: DraftPayment, after: DraftPayment, event: PaymentEvent) -> None:
    """Count a confirmation for the customer a person chose, and a rejection for the one they took away; and its habits."""
    if event not in _CONFIRMING or after.customer_id is None:
        return
    for kind, value in ((AliasKind.PAYER_NAME, after.payer_name), (AliasKind.PAYER_ACCOUNT, after.payer_account)):
        if not value.strip():
            continue
        if before.customer_id is not None and before.customer_id != after.customer_id:
            _count(unit, kind, value, before.customer_id, confirmed=0, rejected=1)
        _count(unit, kind, value, after.customer_id, confirmed=1, rejected=0)
    if event is not PaymentEvent.IDENTIFY_CUSTOMER and after.applications:
        _learn_habits(unit, before, after)


def _learn_habits(unit: UnitOfWork, before: DraftPayment, after: DraftPayment) -> None:
    """What the settled payment shows counts for its customer; what the best answer showed and this does not, against."""
    owners = {each.customer_id for each in after.applications}
    if len(owners) != 1:
        return
    customer = owners.pop()
    settled = [each.invoice_number for each in after.applications]
    shown = _shown(unit, after, settled, after.gap_kind)
    best = before.suggestions[0] if before.suggestions else None
    relied = frozenset[habits.Habit]()
    if best is not None and {each.customer_id for each in best.applications} == {customer}:
        relied = _shown(unit, before, [each.invoice_number for each in best.applications], best.gap_kind)
    for kind, value in sorted(shown):
        _count(unit, kind, value, customer, confirmed=1, rejected=0)
    for kind, value in sorted(relied - shown):
        _count(unit, kind, value, customer, confirmed=0, rejected=1)


def _shown(unit: UnitOfWork, payment: DraftPayment, numbers: Iterable[InvoiceNumber], gap: GapKind) -> frozenset[habits.Habit]:
    documents = [document for number in numbers if (document := unit.ledger.invoice(number)) is not None]
    words = " | ".join(bank_text.read(payment.reference, payment.text).segments)
    written = habits.ways_written(words, [each.number for each in documents], [each.po_number for each in documents])
    return written | habits.difference(gap)


def _count(unit: UnitOfWork, kind: AliasKind, value: str, customer_id: CustomerId, *, confirmed: int, rejected: int) -> None:
    known = unit.ledger.alias(kind, value, customer_id) or Alias(kind, value, customer_id)
    unit.ledger.put_alias(replace(known, confirmed=known.confirmed + confirmed, rejected=known.rejected + rejected))
