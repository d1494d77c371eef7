"""What waits for whom: counts, work lists with pages, and sums of money. Slack, the web and the API draw from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from core.app.joining import entity_of_advice
from core.app.masking import masked
from core.app.wording import QUESTION_WORDS, STATE_WORDS
from core.domain.actors import Actor
from core.domain.ids import EntityId, PaymentId, PersonId, RemittanceId
from core.domain.money import Money, total
from core.domain.payments import DraftPayment, PaymentState
from core.domain.questions import BankQuestion, QuestionId, QuestionState
from core.domain.remittance import RemittanceAdvice, RemittanceState
from core.ports.store import UnitOfWork

PAGE: Final = 10
_MOST: Final = 500


class Queue(StrEnum):
    """The lists of work, in the order in which a person should look at them."""

    CONFIRM = "confirm"
    IDENTIFY = "identify"
    APPLY = "apply"
    POST = "post"
    READ = "read"
    RETURNED = "returned"
    ASKED = "asked"
    EXPECTED = "expected"
    POSTING = "posting"
    POSTED = "posted"
    ASIDE = "aside"


Entities = frozenset[EntityId]
EVERYWHERE: Final[Entities] = frozenset()
TITLES: Final[dict[Queue, str]] = {
    Queue.CONFIRM: "To confirm",
    Queue.IDENTIFY: "Customer unknown",
    Queue.APPLY: "To apply",
    Queue.POST: "Ready to post",
    Queue.READ: "To read",
    Queue.RETURNED: "To reverse",
    Queue.ASKED: "To answer",
    Queue.EXPECTED: "Money expected",
    Queue.POSTING: "On its way",
    Queue.POSTED: "Posted",
    Queue.ASIDE: "Set aside",
}
STATES: Final[dict[Queue, tuple[PaymentState, ...]]] = {
    Queue.CONFIRM: (PaymentState.SUGGESTED,),
    Queue.IDENTIFY: (PaymentState.UNIDENTIFIED,),
    Queue.APPLY: (PaymentState.UNAPPLIED,),
    Queue.POST: (PaymentState.APPLIED,),
    Queue.EXPECTED: (PaymentState.EXPECTED,),
    Queue.RETURNED: (PaymentState.RETURNED,),
    Queue.POSTING: (PaymentState.POSTING, PaymentState.REVERSING),
    Queue.POSTED: (PaymentState.POSTED,),
    Queue.ASIDE: (PaymentState.SET_ASIDE, PaymentState.REVERSED),
}
WAITING: Final = (Queue.CONFIRM, Queue.IDENTIFY, Queue.APPLY, Queue.POST, Queue.READ, Queue.RETURNED, Queue.ASKED)


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One line of a work list."""

    id: PaymentId | RemittanceId | QuestionId
    version: int
    state_words: str
    amount: Money | None
    on: date | None
    who: str
    what: str


@dataclass(frozen=True, slots=True)
class WorkPage:
    """A page of a work list; pages count from 0."""

    queue: Queue
    items: tuple[WorkItem, ...]
    page: int
    count: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.count // PAGE))


def counts(unit: UnitOfWork, entities: Entities = EVERYWHERE) -> Mapping[Queue, int]:
    """How much is in each list, for somebody who acts for these legal entities."""
    by_state = unit.payments.counts(entities)
    found = {queue: sum(by_state.get(state, 0) for state in states) for queue, states in STATES.items()}
    found[Queue.READ] = len(_advices(unit, entities))
    found[Queue.ASKED] = len(_questions(unit, entities))
    return {queue: found[queue] for queue in Queue}


def _advices(unit: UnitOfWork, entities: Entities) -> Sequence[RemittanceAdvice]:
    """Remittances that a person has to read, and those that fit several payments or none."""
    found = unit.remittances.in_states([RemittanceState.NEEDS_PERSON, RemittanceState.WAITING], _MOST)
    mine = [advice for advice in found if advice.state is RemittanceState.NEEDS_PERSON or advice.payment_id is None]
    return [advice for advice in mine if not entities or entity_of_advice(unit, advice) in entities]


def _questions(unit: UnitOfWork, entities: Entities) -> Sequence[BankQuestion]:
    """What the bank's files ask a person."""
    found = unit.questions.in_states([QuestionState.RETURN_ASKED, QuestionState.TWIN_ASKED], _MOST)
    return [question for question in found if not entities or question.entity in entities]


def work(unit: UnitOfWork, queue: Queue, page: int = 0, entities: Entities = EVERYWHERE) -> WorkPage:
    """A page of a list, largest amounts first; a page past the end is the last one."""
    count = counts(unit, entities)[queue]
    page = max(0, min(page, (count - 1) // PAGE if count else 0))
    start = page * PAGE
    if queue is Queue.READ:
        items = tuple(_advice_item(advice) for advice in _advices(unit, entities)[start : start + PAGE])
    elif queue is Queue.ASKED:
        items = tuple(_question_item(unit, question) for question in _questions(unit, entities)[start : start + PAGE])
    else:
        found = unit.payments.in_states(STATES[queue], start + PAGE, entities=entities)[start:]
        items = tuple(_payment_item(unit, payment) for payment in found)
    return WorkPage(queue, items, page, count)


def _payment_item(unit: UnitOfWork, payment: DraftPayment) -> WorkItem:
    customer = unit.ledger.customer(payment.customer_id) if payment.customer_id else None
    who = customer.name if customer else masked(payment.payer_name) or "Unknown payer"
    return WorkItem(
        payment.id, payment.version, STATE_WORDS[payment.state], payment.amount, payment.received_on, who, _what(payment)
    )


def _what(payment: DraftPayment) -> str:
    """The few words that help to decide whether to open it."""
    if payment.applications:
        return _documents([application.invoice_number for application in payment.applications])
    best = [suggestion for suggestion in payment.suggestions if suggestion.rank == 1]
    if len(best) > 1:
        return f"{len(best)} answers are equally good"
    if best:
        return _documents([item.invoice_number for item in best[0].applications])
    return masked(payment.why)


def _documents(numbers: Sequence[str]) -> str:
    shown = ", ".join(numbers[:3])
    return f"{shown} and {len(numbers) - 3} more" if len(numbers) > 3 else shown  # noqa: PLR2004  Three numbers fit a line.


def _advice_item(advice: RemittanceAdvice) -> WorkItem:
    who = masked(advice.payer_name) or advice.sender or "Unknown sender"
    return WorkItem(advice.id, advice.version, "Remittance", advice.total, advice.paid_on, who, masked(advice.why))


def _question_item(unit: UnitOfWork, question: BankQuestion) -> WorkItem:
    line = unit.bank_lines.get(question.bank_line_id)
    who = masked(line.payer_name) or masked(line.text) or "Unknown payer"
    words = QUESTION_WORDS[question.state]
    return WorkItem(question.id, question.version, words, question.amount, line.value_date, who, words)


@dataclass(frozen=True, slots=True)
class Sum:
    """Payments of one currency together."""

    count: int
    amount: Money


def ready_to_post(unit: UnitOfWork, limit: int = 50, entities: Entities = EVERYWHERE) -> Sequence[DraftPayment]:
    """Payments that wait for somebody to press Post, largest first."""
    return unit.payments.in_states(STATES[Queue.POST], limit, entities=entities)


def sums(payments: Sequence[DraftPayment]) -> tuple[Sum, ...]:
    """What payments come to, per currency."""
    by_currency: dict[str, list[Money]] = {}
    for payment in payments:
        by_currency.setdefault(payment.amount.currency.code, []).append(payment.amount)
    return tuple(Sum(len(amounts), total(amounts, amounts[0].currency)) for _, amounts in sorted(by_currency.items()))


def search(unit: UnitOfWork, text: str, limit: int = 50, entities: Entities = EVERYWHERE) -> tuple[WorkItem, ...]:
    """Payments whose id, payer, reference or customer holds `text`, newest first."""
    found = unit.payments.search(text.strip(), limit)
    return tuple(_payment_item(unit, payment) for payment in found if not entities or payment.entity in entities)


def entities_of(unit: UnitOfWork, actor: Actor | None) -> Entities:
    """The legal entities whose work a person sees; all of them for whoever is bound to none."""
    person = unit.people.get(PersonId(actor.id)) if actor is not None else None
    return person.entities if person is not None else EVERYWHERE
