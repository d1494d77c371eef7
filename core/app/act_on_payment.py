"""A person acts on a payment: confirm, choose invoices, identify the customer, unapply, post, set aside, restore.

The same story serves Slack, the web page, the API and the command line. Permission and legality are checked here, in the
transaction of the change, for the actor of the verified request.
"""

from dataclasses import replace

from core.app.acting import STRANGER, Asked, Present, denial, entitled, refused, stale
from core.app.asking_people import give_back, is_taken_back
from core.app.commands import ActOnPayment
from core.app.learning import learn
from core.app.moving import BY_HAND, Because, attempt, payment_facts, store_move
from core.app.outcomes import Done, Outcome
from core.app.services import Services
from core.app.suggesting import look_for_suggestions
from core.decide import draft_payment
from core.decide.machine import Denied, Effect
from core.domain.actors import ActorKind
from core.domain.events import AuditName, PaymentEvent
from core.domain.evidence import FindingKind, GapKind, Suggestion
from core.domain.ids import Key, posting_key
from core.domain.keeping import Subject, SubjectKind
from core.domain.money import Money
from core.domain.payments import Application, DraftPayment, MoneyOrigin
from core.ports.store import UnitOfWork


def act(services: Services, command: ActOnPayment) -> Outcome:
    """Do what the command says, once; a click on an old card changes nothing and refreshes the card."""
    with services.store.write() as unit:
        present = unit.payments.get(command.payment_id)
        asked = Asked(command.version, command.actor, command.event, command.cause)
        there = Present(Subject(SubjectKind.PAYMENT, present.id), present.version, present.state)
        by = entitled(unit, command.actor, present.entity)
        if not by.permissions and command.actor.kind is ActorKind.PERSON:
            return refused(unit, there, asked, _REFUSED, STRANGER)
        meanwhile = stale(unit, there, asked, draft_payment.SPECS[command.event].past)
        if meanwhile is not None:
            return meanwhile
        proposed = _proposed(unit, command, present)
        if isinstance(proposed, Denied):
            first = attempt(present, command.event, payment_facts(unit, by, present, command.reason))
            return refused(unit, there, asked, _REFUSED, denial(first, proposed))
        gone = is_taken_back(unit, present.id)
        facts = payment_facts(unit, by, proposed, command.reason, policy_allows=True, taken_back=gone)
        answer = attempt(present, command.event, facts)
        if isinstance(answer, Denied):
            return refused(unit, there, asked, _REFUSED, answer)
        moved = store_move(unit, present, proposed, answer, Because(command.actor, command.reason, command.cause))
        learn(unit, present, moved, command.event)
        if command.event in _KEEPS_THE_MONEY:
            give_back(unit, moved.id, Because(command.actor, command.reason, command.cause), by)
        if Effect.LOOK_FOR_SUGGESTIONS in answer.row.effects:
            moved = look_for_suggestions(services, unit, moved)
        return Done(moved.id, moved.version)


_KEEPS_THE_MONEY = frozenset({PaymentEvent.NOT_RETURNED, PaymentEvent.RESTORE})
_REFUSED = AuditName.PAYMENT_ACTION_REFUSED


def _proposed(unit: UnitOfWork, command: ActOnPayment, present: DraftPayment) -> DraftPayment | Denied:
    """The payment as the command wants it, before the table is asked."""
    match command.event:
        case PaymentEvent.CONFIRM:
            return _confirmed(present, command.choice)
        case PaymentEvent.APPLY:
            return _with_applications(present, command.applications, None)
        case PaymentEvent.IDENTIFY_CUSTOMER:
            if command.customer_id is None or unit.ledger.customer(command.customer_id) is None:
                return Denied("incomplete", "Please choose a customer.")
            return replace(present, customer_id=command.customer_id, suggestions=(), applications=(), why="")
        case PaymentEvent.UNAPPLY | PaymentEvent.DISMISS:
            tags = tuple(dict.fromkeys((*present.tags, BY_HAND)))
            return replace(present, applications=(), suggestions=(), tags=tags, gap_kind=GapKind.NONE, why=command.reason)
        case PaymentEvent.POST:
            return replace(present, posting_key=posting_key(present.id, present.version), why="", erp_id="", batch="")
        case PaymentEvent.REVERSE:
            return replace(present, reversal_key=Key(f"reverse:{present.id}:v{present.version}"), batch="", why="")
        case PaymentEvent.NOT_RETURNED | PaymentEvent.RESTORE:
            kept = tuple(each for each in present.findings if each.kind is not FindingKind.MONEY_TAKEN_BACK)
            return replace(present, findings=kept, why=command.reason)
        case PaymentEvent.RECORD_MONEY:
            received = command.received_on or present.received_on
            return replace(
                present,
                origin=MoneyOrigin.RECORDED,
                method=command.method or present.method,
                received_on=received,
                why=command.reason,
            )
        case _:
            return replace(present, why=command.reason)


def _confirmed(present: DraftPayment, choice: int | None) -> DraftPayment | Denied:
    best = [suggestion for suggestion in present.suggestions if suggestion.rank == 1]
    if choice is None and len(best) != 1:
        return Denied("incomplete", "Several answers are equally good; please choose one of them.")
    if choice is not None and not 0 <= choice < len(present.suggestions):
        return Denied("stale_version", "That suggestion is not there any more.")
    chosen: Suggestion = best[0] if choice is None else present.suggestions[choice]
    zero = Money.zero(present.amount.currency)
    applications = tuple(
        Application(item.invoice_number, item.customer_id, item.applied, item.discount, zero) for item in chosen.applications
    )
    return replace(_with_applications(present, applications, chosen), customer_id=chosen.customer_id)


def _with_applications(present: DraftPayment, applications: tuple[Application, ...], chosen: Suggestion | None) -> DraftPayment:
    owners = {application.customer_id for application in applications}
    customer = present.customer_id or (next(iter(owners)) if len(owners) == 1 else None)
    gap = chosen.gap_kind if chosen else GapKind.NONE
    return replace(present, applications=applications, customer_id=customer, gap_kind=gap, why="")
