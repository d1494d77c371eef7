"""What people's decisions teach: that a payer's name or account means a customer. Never learned from what nobody confirmed."""

from dataclasses import replace

from core.domain.events import PaymentEvent
from core.domain.ids import CustomerId
from core.domain.parties import Alias, AliasKind
from core.domain.payments import DraftPayment
from core.ports.store import UnitOfWork

_CONFIRMING = frozenset({PaymentEvent.IDENTIFY_CUSTOMER, PaymentEvent.CONFIRM, PaymentEvent.APPLY})


def learn(unit: UnitOfWork, before: DraftPayment, after: DraftPayment, event: PaymentEvent) -> None:
    """Count a confirmation for the customer a person chose, and a rejection for the one they took away."""
    if event not in _CONFIRMING or after.customer_id is None:
        return
    for kind, value in ((AliasKind.PAYER_NAME, after.payer_name), (AliasKind.PAYER_ACCOUNT, after.payer_account)):
        if not value.strip():
            continue
        if before.customer_id is not None and before.customer_id != after.customer_id:
            _count(unit, kind, value, before.customer_id, confirmed=0, rejected=1)
        _count(unit, kind, value, after.customer_id, confirmed=1, rejected=0)


def _count(unit: UnitOfWork, kind: AliasKind, value: str, customer_id: CustomerId, *, confirmed: int, rejected: int) -> None:
    known = unit.ledger.alias(kind, value, customer_id) or Alias(kind, value, customer_id)
    unit.ledger.put_alias(replace(known, confirmed=known.confirmed + confirmed, rejected=known.rejected + rejected))
