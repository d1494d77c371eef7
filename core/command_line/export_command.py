"""`tieout export`: hand what people posted over to the ledger now, without waiting for the clock process.

It is the same relay with the same keys, so that running both at once hands nothing over twice.
"""

import argparse
from typing import Final

from core import bootstrap, settings
from core.app.outbox import BurstPerformer, Performer, Relay, RelayLimits
from core.app.payables.relaying import relayed
from core.app.post_to_ledger import PostPayments
from core.app.reporting import digest
from core.app.services import Services
from core.command_line.saying import DONE, SOME_REFUSED, plural, say
from core.domain.errors import Misconfigured
from core.domain.events import AuditName
from core.domain.keeping import EffectKind
from core.domain.workflows import OutboxState
from core.settings import Settings

_PAYMENTS: Final = (EffectKind.POST_PAYMENT, EffectKind.REVERSE_PAYMENT)
_KINDS: Final = (*_PAYMENTS, EffectKind.POST_BILL)


def arguments(parser: argparse.ArgumentParser) -> None:
    """None."""


def run(_options: argparse.Namespace) -> int:
    """Until nothing is due; 1 when some postings still wait or were set aside."""
    found = settings.load()
    with bootstrap.running(found) as services:
        with services.store.read() as unit:
            before, _ = unit.audit.head()
        count = _relay(services, found).run_now()
        with services.store.read() as unit:
            batches = [row.entry.facts for row in unit.audit.rows(after=before) if row.entry.name is AuditName.BATCH_WRITTEN]
            ages = unit.outbox.ages()
            waiting = sum(ages.get(kind, (0, 0.0))[0] for kind in _KINDS)
            aside = [item for item in unit.outbox.in_state(OutboxState.SHUNTED) if item.effect.kind in _KINDS]
    for facts in batches:
        said = digest(facts)
        root = found.erp_dir / bootstrap.BILLS if "bills" in facts else found.erp_dir
        say(f"{said.headline} ({'; '.join(said.lines)}) in {root / 'outgoing'}.")
    if not count:
        say("Nothing is due for the ledger.")
    if waiting:
        say(f"{plural(waiting, 'posting')} could not be handed over and will be tried again.")
    for item in aside:
        say(f"Set aside: delivery {item.id} ({item.effect.subject.id}): {item.last_error}")
    return SOME_REFUSED if waiting or aside else DONE


def _relay(services: Services, found: Settings) -> Relay:
    if services.ledger is None:
        raise Misconfigured("There is no ledger to post to.", setting="erp_dir")
    posts = PostPayments(services, services.ledger)
    limits = RelayLimits(lease_s=found.outbox_lease_s, attempts=found.outbox_attempts)
    bills = relayed(services)
    kinds: dict[EffectKind, Performer] = {**dict.fromkeys(_PAYMENTS, posts), **bills.performers}
    bursts: dict[EffectKind, BurstPerformer] = {**dict.fromkeys(_PAYMENTS, posts.together), **bills.bursts}
    return Relay(services.store, services.clock, kinds, "ledger", limits, bursts=bursts)
