"""What people's decisions say of the matcher's answers: right as they stood, or not. Kept with the decision, counted later.

An answer is judged when a person confirms it, applies something else in its place, or takes an automatic application away. What
was applied by itself and only posted is not counted: a batch that nobody looked at closely would confirm itself.
"""

from collections.abc import Mapping
from typing import Final

from core.domain.events import AuditName, PaymentEvent
from core.domain.families import family_of
from core.domain.payments import DraftPayment
from core.match.calibration import Judged
from core.ports.store import UnitOfWork

_JUDGING: Final = frozenset({PaymentEvent.CONFIRM, PaymentEvent.APPLY, PaymentEvent.UNAPPLY})
_NAMES: Final = frozenset({AuditName.PAYMENT_CONFIRMED, AuditName.PAYMENT_APPLIED, AuditName.PAYMENT_UNAPPLIED})
_PAGE: Final = 1000


def judgement(before: DraftPayment, after: DraftPayment, event: PaymentEvent) -> Mapping[str, object]:
    """Facts for the audit row of a person's decision: family and weighing of the best answer, and whether it was right."""
    if event not in _JUDGING or not before.suggestions:
        return {}
    best = before.suggestions[0]
    said = {(item.invoice_number, item.applied, item.discount) for item in best.applications}
    done = {(item.invoice_number, item.applied, item.discount) for item in after.applications}
    weighed = best.confidence if best.weighed is None else best.weighed
    if event is PaymentEvent.UNAPPLY:
        had = {(item.invoice_number, item.applied, item.discount) for item in before.applications}
        if had != said:
            return {}
        done = set()
    return {"judged": {"family": family_of(best), "weighed": round(weighed, 6), "right": said == done}}


def judged_answers(unit: UnitOfWork) -> list[Judged]:
    """Every answer that people judged. A payment that was judged more than once counts as it was judged last."""
    found: dict[str, Judged] = {}
    after = 0
    while rows := unit.audit.rows(after, _PAGE):
        after = rows[-1].number
        for row in rows:
            facts = row.entry.facts.get("judged") if row.entry.name in _NAMES else None
            if isinstance(facts, Mapping):
                family, weighed = str(facts["family"]), float(facts["weighed"])
                found[row.entry.subject.id] = Judged(family, weighed, bool(facts["right"]))
    return list(found.values())
