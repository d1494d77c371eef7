"""Which of our open invoices belong to which customer's orders: asked after each sync and after each import of invoices.

The two rules are the matcher's (`core.match.portal_orders`); here is only what becomes of its answers. Suggestions are made for
customers that are settled and use a portal; a card is published where drafts are switched on for them. A suggestion follows its
facts: another order, another answer, or nothing to do any more.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from core.app.moving import Because
from core.app.portals.act_on_submission import BY_HAND
from core.app.portals.drafting import completed, facts_digest
from core.app.portals.moving import by_robot, store_new
from core.app.portals.settling import settle_all
from core.app.services import Services
from core.domain.actors import Actor, ActorKind, Surface
from core.domain.events import SubmissionEvent as Event
from core.domain.ids import CustomerId, InvoiceNumber, Key
from core.domain.keeping import Effect, EffectKind, OutboxItem, Subject, SubjectKind
from core.domain.portal_orders import number_key
from core.domain.portals import CustomerPortalSetting, ListedCustomer, LoginState, OrderRef, PortalSubmission
from core.domain.workflows import SubmissionState as State
from core.match.portal_orders import OrderDecision, OrderFacts, OrderSuggestion, PortalOrderBook, suggest_orders
from core.ports.store import UnitOfWork

MATCHING: Final = Actor(ActorKind.AUTOMATION, "portal_matching", "Tieout", Surface.CLOCK)
SUGGESTED: Final = "portal suggestions"
_AT_ONCE: Final = 20
_FOLLOWED: Final = (State.SUGGESTED, State.STUCK)
_MOST: Final = 100_000


@dataclass(frozen=True, slots=True)
class Suggested:
    """What a look gave: new suggestions, of these questions, others that changed, and those dropped."""

    new: int = 0
    asked: int = 0
    changed: int = 0
    dropped: int = 0


@dataclass
class _Found:
    """What one look read, before anything is written."""

    mark: str
    refs: dict[int, OrderRef] = field(default_factory=dict)
    answers: dict[InvoiceNumber, OrderSuggestion] = field(default_factory=dict)
    listed: set[InvoiceNumber] = field(default_factory=set)
    numbers_there: set[str] = field(default_factory=set)
    settings: dict[CustomerId, CustomerPortalSetting] = field(default_factory=dict)
    submits: bool = False
    added: set[InvoiceNumber] = field(default_factory=set)

    def refs_of(self, answer: OrderSuggestion) -> tuple[OrderRef, ...]:
        return tuple(self.refs[id(order)] for order in answer.orders)

    def shows(self, customer: CustomerId) -> bool:
        return self.submits and self.setting(customer).submit

    def setting(self, customer: CustomerId) -> CustomerPortalSetting:
        return self.settings.get(customer) or CustomerPortalSetting(customer)


def suggest(services: Services, cause: str = "") -> Suggested:
    """Look once, where anything changed since the last look; the same look twice changes nothing."""
    with services.store.read() as unit:
        if _seen(unit) == _mark(unit):
            return Suggested()
    with services.store.write() as unit:
        settle_all(unit)
    found = _look(services)
    if found is None:
        return Suggested()
    result = Suggested()
    shown = 0
    fresh = [answer for answer in found.answers.values() if _is_worth(found, answer)]
    for start in range(0, len(fresh), _AT_ONCE):
        with services.store.write() as unit:
            for answer in fresh[start : start + _AT_ONCE]:
                show = found.shows(answer.invoice.customer_id) and shown < services.cards_per_import
                if _add(services, unit, found, answer, show=show, cause=cause):
                    shown += show
                    found.added.add(answer.invoice.number)
                    result = replace(result, new=result.new + 1, asked=result.asked + (len(answer.orders) > 1))
    return _follow(services, found, result, cause)


def _mark(unit: UnitOfWork) -> str:
    """What everything rests on: orders, links and settings, and the ledger, each by its revision."""
    return f"{unit.portal_orders.touched()}:{unit.ledger.revision()}"


def _seen(unit: UnitOfWork) -> str:
    """The mark of the last look."""
    return next((beat.detail for beat in unit.heartbeats.all() if beat.part == SUGGESTED), "")


def _look(services: Services) -> _Found | None:
    with services.store.read() as unit:
        mark = _mark(unit)
        if _seen(unit) == mark:
            return None
        found = _Found(mark, settings=dict(unit.portal_orders.settings()), submits=unit.portal_orders.submits())
        customers = _customers(unit)
        ours = {one.customer_id for one in customers if one.customer_id is not None}
        book = PortalOrderBook(_orders(unit, customers, found), _parents(unit))
        wanted = [each for each in ours if found.setting(each).uses_portal]
        invoices = [each for customer in sorted(wanted) for each in unit.ledger.open_documents(customer)]
        for answer in suggest_orders(invoices, book):
            found.answers[answer.invoice.number] = answer
            if number_key(answer.invoice.number) in found.numbers_there:
                found.listed.add(answer.invoice.number)
    return found


def _customers(unit: UnitOfWork) -> list[ListedCustomer]:
    used = {login.id for login in unit.portal_logins.all() if login.state is not LoginState.RETIRED}
    return [one for one in unit.portal_orders.customers() if one.login_id in used]


def _orders(unit: UnitOfWork, customers: Sequence[ListedCustomer], found: _Found) -> list[OrderFacts]:
    by_id = {one.id: one for one in customers}
    numbers: dict[OrderRef, list[str]] = {}
    for ref, number in unit.portal_orders.invoices_listed(by_id):
        numbers.setdefault(ref, []).append(number)
        found.numbers_there.add(number_key(number))
    orders = []
    for brief in unit.portal_orders.briefs(by_id):
        listed = by_id[brief.ref.customer]
        order = OrderFacts(
            portal=listed.portal,
            customer=listed.name,
            number=brief.ref.number,
            total=brief.total,
            remaining=brief.remaining,
            is_invoiceable=brief.may_be_invoiced,
            status_text=brief.status_text,
            customer_ids=(listed.customer_id,) if listed.customer_id is not None else (),
            listed=tuple(numbers.get(brief.ref, ())),
        )
        found.refs[id(order)] = brief.ref
        orders.append(order)
    return orders


def _parents(unit: UnitOfWork) -> dict[CustomerId, CustomerId]:
    return {each.id: each.parent_id for each in unit.ledger.customers() if each.parent_id is not None}


def _is_worth(found: _Found, answer: OrderSuggestion) -> bool:
    """Suggested at all: an order of this very customer, and the portal does not have the invoice already.

    An invoice that is paid in part is not brought there by itself: the portal would show another sum than is owed.
    """
    invoice = answer.invoice
    own = bool(answer.orders) and all(order.customer_ids == (invoice.customer_id,) for order in answer.orders)
    whole = invoice.open_amount == invoice.amount
    return own and whole and answer.decision is not OrderDecision.NONE and invoice.number not in found.listed


def _add(services: Services, unit: UnitOfWork, found: _Found, answer: OrderSuggestion, *, show: bool, cause: str) -> bool:
    if unit.submissions.of_invoice(answer.invoice.number) is not None:
        return False
    invoice = answer.invoice
    if set(found.refs_of(answer)) & set(unit.submissions.dismissed_orders(invoice.number)):
        return False
    bare = PortalSubmission(
        unit.submissions.next_id(), 1, State.SUGGESTED, invoice.number, invoice.customer_id, invoice.amount, invoice.entity
    )
    fresh = completed(services, unit, _answered(found, bare, answer))
    fresh = replace(fresh, seen_facts=facts_digest(unit, fresh))
    return store_new(unit, fresh, Because(MATCHING, cause=cause), show=show)


def _answered(found: _Found, submission: PortalSubmission, answer: OrderSuggestion) -> PortalSubmission:
    refs = found.refs_of(answer)
    same = submission.order is not None and refs == (submission.order,)
    return replace(
        submission,
        order=refs[0] if len(refs) == 1 else None,
        candidates=refs if len(refs) > 1 else (),
        rule=answer.rule.value if answer.rule is not None else "",
        is_sure=answer.decision is OrderDecision.MATCH,
        evidence=answer.evidence,
        lines=submission.lines if same else None,
        lines_from=submission.lines_from if same else None,
    )


def _follow(services: Services, found: _Found, result: Suggested, cause: str) -> Suggested:
    """Suggestions that wait for a person, held against what is known now."""
    with services.store.read() as unit:
        # What was suggested in this very look rests on what is known now.
        waiting = [each.id for each in unit.submissions.in_states(_FOLLOWED, _MOST) if each.invoice_number not in found.added]
    for start in range(0, len(waiting), _AT_ONCE):
        with services.store.write() as unit:
            for submission_id in waiting[start : start + _AT_ONCE]:
                present = unit.submissions.get(submission_id)
                if present.state in _FOLLOWED:
                    result = _followed(services, unit, found, present, result, cause)
    with services.store.write() as unit:
        unit.heartbeats.beat(SUGGESTED, found.mark)
    return result


def _followed(
    services: Services, unit: UnitOfWork, found: _Found, present: PortalSubmission, result: Suggested, cause: str
) -> Suggested:
    if present.state is State.SUGGESTED and _is_over(unit, found, present):
        dropped = by_robot(unit, present, present, Event.NOT_NEEDED, cause) is not None
        return replace(result, dropped=result.dropped + dropped)
    proposed = present
    answer = found.answers.get(present.invoice_number)
    if present.state is State.SUGGESTED and present.rule != BY_HAND and answer is not None:
        proposed = _answered(found, present, answer)
    proposed = completed(services, unit, proposed)
    proposed = replace(proposed, seen_facts=facts_digest(unit, proposed))
    if proposed == present:
        return result
    changed = by_robot(unit, present, proposed, Event.FACTS_CHANGED, cause) is not None
    return replace(result, changed=result.changed + changed)


def _is_over(unit: UnitOfWork, found: _Found, present: PortalSubmission) -> bool:
    """The invoice is settled or gone, the customer uses no portal any more, or no order fits now that nobody chose by hand."""
    invoice = unit.ledger.invoice(present.invoice_number)
    if invoice is None or not invoice.open_amount or not found.setting(present.customer_id).uses_portal:
        return True
    if present.rule == BY_HAND:
        return False
    answer = found.answers.get(present.invoice_number)
    # What the portal lists meanwhile is followed by the sync, which knows its status.
    return present.invoice_number not in found.listed and (answer is None or not _is_worth(found, answer))


def ask_to_suggest(unit: UnitOfWork, because: str) -> None:
    """Something changed that suggestions rest on; asked for only where there are logins at all."""
    if not unit.portal_logins.all():
        return
    subject = Subject(SubjectKind.PORTAL_SETTING, SUGGESTED)
    unit.outbox.ask(Effect(EffectKind.SUGGEST_ORDERS, Key(f"suggest orders:{because}"), subject, SUGGESTED, {"cause": because}))


class SuggestOrders:
    """The performer of what `ask_to_suggest` asks for."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def __call__(self, item: OutboxItem) -> str:
        """Look once."""
        done = suggest(self._services, str(item.effect.payload.get("cause", "")))
        return f"{done.new} new, {done.changed} changed, {done.dropped} dropped"
