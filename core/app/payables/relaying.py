"""What the relay of the ledger does besides payments: hand bills over, compare again, suggest customers' orders again."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.app.outbox import BurstPerformer, Performer, Relay
from core.app.payables.post_bills import PostBills
from core.app.payables.rechecking import CompareAgain
from core.app.portals.suggesting import SuggestOrders
from core.app.services import Services
from core.domain.keeping import EffectKind


@dataclass(frozen=True, slots=True)
class Relayed:
    """Performers for one item at a time, and for a burst of them."""

    performers: Mapping[EffectKind, Performer] = field(default_factory=dict)
    bursts: Mapping[EffectKind, BurstPerformer] = field(default_factory=dict)


def compare_now(services: Services) -> int:
    """Compare every invoice again for which that is asked, without waiting for the clock process; how many times."""
    performers: dict[EffectKind, Performer] = {EffectKind.COMPARE_AGAIN: CompareAgain(services)}
    return Relay(services.store, services.clock, performers, "import").run_now()


def relayed(services: Services) -> Relayed:
    """Everything of payables that the services at hand can perform."""
    performers: dict[EffectKind, Performer] = {
        EffectKind.COMPARE_AGAIN: CompareAgain(services),
        EffectKind.SUGGEST_ORDERS: SuggestOrders(services),
    }
    if services.bill_ledger is None:
        return Relayed(performers)
    posts = PostBills(services, services.bill_ledger)
    return Relayed({**performers, EffectKind.POST_BILL: posts}, {EffectKind.POST_BILL: posts.together})
