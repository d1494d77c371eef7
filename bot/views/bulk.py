"""Post many: choose from what is ready, see what it comes to, confirm once, read the result of each.

Every payment is posted for itself, under the version that the person saw: one that changed meanwhile is refused and the others
are posted all the same.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.cards import parts
from bot.cards.parts import Block, Element
from bot.desk import Desk
from bot.payloads import Interaction
from core.app.act_on_payment import act
from core.app.commands import ActOnPayment
from core.app.outcomes import AlreadyDone, Done
from core.app.waiting import entities_of, ready_to_post, sums
from core.domain.actors import Actor
from core.domain.errors import Incomplete, ProjectError
from core.domain.events import PaymentEvent
from core.domain.ids import PaymentId
from core.domain.payments import DraftPayment

NOT_ENTITLED: Final = "You are not entitled to post payments."
CHOOSE: Final = "bulk.choose"
RECAP: Final = "bulk.recap"
PICK: Final = "bulk.pick"
MOST: Final = 50
_PER_GROUP: Final = 10


@dataclass(frozen=True, slots=True)
class Ready:
    """A payment as it was offered."""

    payment: DraftPayment
    customer: str

    @property
    def value(self) -> str:
        """What the checkbox says: id and version."""
        return f"{self.payment.id}:{self.payment.version}"


def ready(desk: Desk, actor: Actor) -> list[Ready]:
    """What may be posted now by somebody of these legal entities, largest first."""
    with desk.services.store.read() as unit:
        found = []
        for payment in ready_to_post(unit, MOST, entities_of(unit, actor)):
            customer = unit.ledger.customer(payment.customer_id) if payment.customer_id else None
            found.append(Ready(payment, customer.name if customer else "unknown customer"))
        return found


def choose(offered: Sequence[Ready]) -> Block:
    """The first step: everything that is ready is ticked."""
    if not offered:
        return parts.modal("Post payments", CHOOSE, [parts.section(parts.plain("Nothing is ready to post."), "none")])
    blocks = [parts.section(parts.plain(f"Ready to post: {_recap([each.payment for each in offered])}"), "sums")]
    for start in range(0, len(offered), _PER_GROUP):
        group = [parts.option(_label(each), each.value, _about(each)) for each in offered[start : start + _PER_GROUP]]
        element: Element = {"type": "checkboxes", "action_id": PICK, "options": group, "initial_options": group}
        title = "Payments" if start == 0 else f"Payments from {start + 1}"
        blocks.append(parts.entry(title, element, f"group{start}", optional=True))
    return parts.modal("Post payments", CHOOSE, blocks, submit="Go on")


def _label(each: Ready) -> str:
    return f"{each.payment.id} · {each.payment.amount} · {each.customer}"


def _about(each: Ready) -> str:
    count = len(each.payment.applications)
    said = f"{count} document{'' if count == 1 else 's'}"
    return f"{said}, {each.payment.unapplied} unapplied" if each.payment.unapplied else said


def _recap(payments: Sequence[DraftPayment]) -> str:
    return ", ".join(f"{_many(each.count)}, {each.amount} together" for each in sums(payments)) or "nothing"


def _many(count: int) -> str:
    return f"{count} payment{'' if count == 1 else 's'}"


def ticked(at: Interaction) -> list[str]:
    """The values of the ticked boxes, of all groups."""
    found = []
    for block in at.values.values():
        for held in block.values():
            found += [str(option.get("value") or "") for option in held.get("selected_options") or ()]
    return found


def recap(desk: Desk, values: Sequence[str]) -> Block:
    """The second step: what it comes to, in each currency, before anything happens."""
    with desk.services.store.read() as unit:
        payments = [unit.payments.get(number) for number, _ in wanted(values)]
    blocks = [
        parts.section(parts.plain(f"You are about to post {_many(len(payments))}."), "what"),
        parts.bullets(
            [(str(each.amount), f"in {each.count} payment{'' if each.count == 1 else 's'}") for each in sums(payments)], "sums"
        ),
        parts.section(parts.plain("A posting can only be taken back in the ledger."), "warning"),
    ]
    memory = json.dumps({"v": list(values)}, separators=(",", ":"))
    return parts.modal("Post payments", RECAP, blocks, submit=f"Post {len(payments)}", memory=memory)


def remembered(memory: str) -> list[str]:
    """The values that the recap was made for."""
    try:
        found = json.loads(memory)["v"]
    except (ValueError, TypeError, KeyError):
        found = None
    if not isinstance(found, list):
        raise Incomplete("This window is out of date. Please start again.")
    return [str(value) for value in found[:MOST]]


def wanted(values: Sequence[str]) -> list[tuple[PaymentId, int]]:
    """Ids with the versions that the person saw; `Incomplete` for anything else."""
    pairs = []
    for value in values[:MOST]:
        number, _, version = value.partition(":")
        if not number.startswith("P-") or not version.isascii() or not version.isdigit():
            raise Incomplete("This window is out of date. Please start again.")
        pairs.append((PaymentId(number), int(version)))
    return pairs


def post(desk: Desk, actor: Actor, values: Sequence[str], cause: str) -> Block:
    """The last step: post each for itself; the view with the result of each."""
    items = []
    posted = 0
    for number, version in wanted(values):
        try:
            outcome = act(desk.services, ActOnPayment(number, version, PaymentEvent.POST, actor, cause=cause))
        except ProjectError as error:
            items.append((number, f"not posted: {error.sentence}"))
            continue
        if isinstance(outcome, Done):
            posted += 1
            items.append((number, "on its way to the ledger"))
        elif isinstance(outcome, AlreadyDone):
            items.append((number, outcome.sentence))
        else:
            items.append((number, f"not posted: {outcome.sentence}"))
    desk.wake()
    said = f"{posted} of {len(items)} on the way to the ledger."
    blocks = [
        parts.section(parts.plain(said), "said"),
        parts.bullets([(str(number), words) for number, words in items], "results"),
    ]
    return parts.modal("Post payments", "bulk.results", blocks)
