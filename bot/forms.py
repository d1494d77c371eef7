"""Forms: which event opens which, what is searched in them, and what becomes of them when they are sent."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from bot import approval_rules, disputes, home, limits, portals, portals_admin, supplier_invoices, uploads
from bot.actions import Pressed
from bot.answers import Answer, ended, errors, replaced
from bot.cards.parts import Block
from bot.desk import Desk, may, notice_view
from bot.payloads import Interaction
from bot.views import approval_rules as approval_view
from bot.views import (
    bulk,
    choose,
    dispute,
    identify,
    link,
    portal_desk,
    portal_forms,
    reasons,
    remittance,
    supplier_invoice_forms,
    upload,
)
from bot.views import limits as limits_view
from bot.views.memory import carrying, home_behind, recall
from core.app import act_on_question, act_on_remittance
from core.app.act_on_payment import act
from core.app.commands import ActOnPayment, ActOnQuestion, ActOnRemittance
from core.app.showing import PaymentView, RemittanceView, payment_view, remittance_view
from core.app.showing_questions import QuestionView, question_view
from core.app.wording import Offered
from core.decide import bank_question, draft_payment
from core.decide import remittance as remittance_table
from core.domain.actors import Actor, Permission
from core.domain.events import PaymentEvent, QuestionEvent, RemittanceEvent
from core.domain.ids import PaymentId, RemittanceId
from core.domain.keeping import SubjectKind
from core.domain.money import currency
from core.domain.questions import QuestionId

View = PaymentView | RemittanceView | QuestionView
FORMS: Final = frozenset(
    {
        PaymentEvent.APPLY.value,
        PaymentEvent.IDENTIFY_CUSTOMER.value,
        PaymentEvent.RECORD_MONEY.value,
        RemittanceEvent.TYPED_IN.value,
        RemittanceEvent.PAYMENT_FOUND.value,
        QuestionEvent.JOIN.value,
    }
)


def form_for(desk: Desk, actor: Actor, pressed: Pressed) -> Block | None:
    """The form that this button opens; None where the story is asked at once, also to refuse those who may not send it."""
    if pressed.kind is SubjectKind.SUPPLIER_INVOICE:
        return supplier_invoices.form_for(desk, actor, pressed)
    if pressed.kind is SubjectKind.DISPUTE:
        return disputes.form_for(desk, actor, pressed)
    if pressed.kind is SubjectKind.SUBMISSION:
        return portals.form_for(desk, actor, pressed)
    view = _view(desk, pressed)
    offered = next((each for each in view.offered if each.event == pressed.event), None)
    if offered is None or view.version != pressed.version:
        # The story knows best what happened meanwhile, and refreshes the card.
        return None
    needs_form = pressed.event in FORMS or offered.needs_reason
    if not needs_form or not allowed(desk, actor, _permission(pressed)):
        return None
    return _form(desk, view, pressed, offered)


def _view(desk: Desk, pressed: Pressed) -> View:
    with desk.services.store.read() as unit:
        if pressed.kind is SubjectKind.QUESTION:
            return question_view(unit, QuestionId(pressed.id), desk.zone)
        if pressed.kind is SubjectKind.REMITTANCE:
            return remittance_view(unit, RemittanceId(pressed.id), desk.zone)
        return payment_view(unit, PaymentId(pressed.id), desk.zone)


def _permission(pressed: Pressed) -> Permission:
    if pressed.kind is SubjectKind.REMITTANCE:
        spec = remittance_table.SPECS[RemittanceEvent(pressed.event)]
    elif pressed.kind is SubjectKind.QUESTION:
        spec = bank_question.SPECS[QuestionEvent(pressed.event)]
    else:
        spec = draft_payment.SPECS[PaymentEvent(pressed.event)]
    return spec.permission or Permission.SEE_PAYMENTS


def _form(desk: Desk, view: View, pressed: Pressed, offered: Offered) -> Block:
    if pressed.event == PaymentEvent.APPLY:
        return choose.first(desk, pressed)
    if pressed.event == PaymentEvent.IDENTIFY_CUSTOMER:
        return identify.first(desk, pressed)
    if isinstance(view, RemittanceView) and pressed.event == RemittanceEvent.TYPED_IN:
        return remittance.first(view, pressed, _usual_currency(desk))
    if pressed.event in {RemittanceEvent.PAYMENT_FOUND.value, QuestionEvent.JOIN.value}:
        return link.first(desk, pressed)
    return reasons.first(view, pressed, offered.label)


def _usual_currency(desk: Desk) -> str:
    """The currency of the newest payments, for forms where nobody named one."""
    with desk.services.store.read() as unit:
        newest = unit.payments.search("", 1)
    return newest[0].amount.currency.code if newest else currency("USD").code


def on_changed(desk: Desk, actor: Actor, at: Interaction) -> None:
    """Something was chosen or typed in “Choose invoices”: the rest runs along."""
    if not allowed(desk, actor, Permission.APPLY_PAYMENTS):
        return
    turn = int(at.value) if at.action_id.startswith(choose.TURN) and at.value in {"1", "-1"} else 0
    view = choose.draw(choose.changed(desk, at, turn=turn))
    desk.slack.update_view(at.view_id, carrying(view, home_behind(at.memory)))


def allowed(desk: Desk, actor: Actor, permission: Permission) -> bool:
    """Whether the actor may see what this permission is about."""
    with desk.services.store.read() as unit:
        return may(unit, actor, permission)


def on_options(desk: Desk, actor: Actor, at: Interaction) -> list[dict[str, Any]]:
    """Answers to what is typed in a search, for whoever may do what it is for; others find nothing."""
    of_invoices = supplier_invoices.SEARCHES.get(at.action_id)
    if of_invoices is not None:
        return of_invoices(desk, at) if supplier_invoices.allowed(desk, actor, at) else []
    if at.action_id == limits_view.PICK:
        return limits_view.options(desk, at) if allowed(desk, actor, Permission.MANAGE_POLICY) else []
    if at.action_id == portal_forms.PICK:
        return portals.search(desk, actor, at)
    if at.action_id in {portal_desk.PICK, portal_desk.FIND}:
        return portals_admin.search(desk, actor, at)
    search = _SEARCHES.get(at.action_id)
    if search is None or not allowed(desk, actor, Permission.APPLY_PAYMENTS):
        return []
    return search(desk, at)


_SEARCHES: Final[Mapping[str, Callable[[Desk, Interaction], list[dict[str, Any]]]]] = {
    choose.PICK: choose.options,
    identify.PICK: identify.options,
    link.PICK: link.options,
}


def on_submitted(desk: Desk, actor: Actor, at: Interaction) -> Answer:
    """A form was sent: nothing closes it, errors stay beside their inputs, anything else replaces it."""
    handler = _SUBMISSIONS.get(at.callback_id)
    if handler is None:
        return replaced(notice_view("This window is out of date. Please close it and start again from the card."))
    behind = home_behind(at.memory)
    answer = handler(desk, actor, at)
    if answer is not None and "view" in answer:
        carrying(answer["view"], behind)
    if at.callback_id not in _GO_ON:
        home.again(desk, at.user, actor, behind)
    return answer


def _apply(desk: Desk, actor: Actor, at: Interaction) -> Answer:
    form = choose.changed(desk, at)
    wrong = choose.errors(form)
    if wrong:
        shown = {block: text for block, text in wrong.items() if block in at.values}
        return errors(shown or {choose.MAIN: next(iter(wrong.values()))})
    command = ActOnPayment(
        PaymentId(form.pressed.id),
        form.pressed.version,
        PaymentEvent.APPLY,
        actor,
        applications=choose.applications(form),
        cause=at.cause,
    )
    return ended(desk, at, form.pressed, choose.MAIN, act(desk.services, command))


def _identify(desk: Desk, actor: Actor, at: Interaction) -> Answer:
    pressed = recall(at.memory).pressed
    command = ActOnPayment(
        PaymentId(pressed.id),
        pressed.version,
        PaymentEvent.IDENTIFY_CUSTOMER,
        actor,
        customer_id=identify.chosen(at),
        cause=at.cause,
    )
    return ended(desk, at, pressed, identify.MAIN, act(desk.services, command))


def _reason(desk: Desk, actor: Actor, at: Interaction) -> Answer:
    pressed = recall(at.memory).pressed
    if pressed.kind is SubjectKind.REMITTANCE:
        asked = ActOnRemittance(
            RemittanceId(pressed.id),
            pressed.version,
            RemittanceEvent(pressed.event),
            actor,
            reason=reasons.reason(at),
            cause=at.cause,
        )
        return ended(desk, at, pressed, reasons.MAIN, act_on_remittance.act(desk.services, asked))
    if pressed.kind is SubjectKind.QUESTION:
        answer = ActOnQuestion(
            QuestionId(pressed.id),
            pressed.version,
            QuestionEvent(pressed.event),
            actor,
            reason=reasons.reason(at),
            cause=at.cause,
        )
        return ended(desk, at, pressed, reasons.MAIN, act_on_question.act(desk.services, answer))
    command = ActOnPayment(
        PaymentId(pressed.id),
        pressed.version,
        PaymentEvent(pressed.event),
        actor,
        reason=reasons.reason(at),
        method=reasons.method(at),
        received_on=reasons.received_on(at),
        cause=at.cause,
    )
    return ended(desk, at, pressed, reasons.MAIN, act(desk.services, command))


def _typed_in(desk: Desk, actor: Actor, at: Interaction) -> Answer:
    pressed = recall(at.memory).pressed
    said = remittance.read(at)
    if said.errors:
        return errors(said.errors)
    command = ActOnRemittance(
        RemittanceId(pressed.id),
        pressed.version,
        RemittanceEvent.TYPED_IN,
        actor,
        lines=said.lines,
        total=said.total,
        cause=at.cause,
    )
    return ended(desk, at, pressed, remittance.MAIN, act_on_remittance.act(desk.services, command))


def _linked(desk: Desk, actor: Actor, at: Interaction) -> Answer:
    pressed = recall(at.memory).pressed
    if pressed.kind is SubjectKind.QUESTION:
        answer = ActOnQuestion(
            QuestionId(pressed.id),
            pressed.version,
            QuestionEvent.JOIN,
            actor,
            payment_id=link.chosen(at),
            cause=at.cause,
        )
        return ended(desk, at, pressed, link.MAIN, act_on_question.act(desk.services, answer))
    command = ActOnRemittance(
        RemittanceId(pressed.id),
        pressed.version,
        RemittanceEvent.PAYMENT_FOUND,
        actor,
        payment_id=link.chosen(at),
        cause=at.cause,
    )
    return ended(desk, at, pressed, link.MAIN, act_on_remittance.act(desk.services, command))


def _chosen(desk: Desk, actor: Actor, at: Interaction) -> Answer:
    values = bulk.ticked(at)
    if not values:
        return errors({"group0": "Please tick at least one payment."})
    if not allowed(desk, actor, Permission.POST_PAYMENTS):
        return replaced(notice_view(bulk.NOT_ENTITLED))
    return replaced(bulk.recap(desk, values))


def _confirmed(desk: Desk, actor: Actor, at: Interaction) -> Answer:
    return replaced(bulk.post(desk, actor, bulk.remembered(at.memory), at.cause))


_SUBMISSIONS: Final[Mapping[str, Callable[[Desk, Actor, Interaction], Answer]]] = {
    choose.CALLBACK: _apply,
    identify.CALLBACK: _identify,
    reasons.CALLBACK: _reason,
    remittance.CALLBACK: _typed_in,
    link.CALLBACK: _linked,
    bulk.CHOOSE: _chosen,
    bulk.RECAP: _confirmed,
    **supplier_invoices.SUBMISSIONS,
    dispute.MAIL: disputes.mailed,
    dispute.SETTLE: disputes.settled,
    portal_forms.CALLBACK: portals.submitted,
    **portals_admin.SUBMISSIONS,
    upload.CALLBACK: uploads.submitted,
    limits_view.PROPOSE: limits.proposed,
    limits_view.SET: limits.chosen,
    approval_view.SET: approval_rules.chosen,
}
# Their answer is the next window, not a decision.
_GO_ON: Final = frozenset({bulk.CHOOSE, supplier_invoice_forms.ACCEPT, limits_view.PROPOSE})
