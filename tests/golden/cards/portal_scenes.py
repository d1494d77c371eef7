"""Cards and windows of customers' portals, made by the stories of portals over the same store as the other scenes."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from bot.actions import Pressed
from bot.cards import home as home_card
from bot.cards import portal_notice, portal_sync
from bot.cards import portal_submission as card
from bot.cards.home import HomeView
from bot.cards.parts import Message
from bot.views import portal_desk, portal_forms, portal_submission
from core.app.outcomes import Done
from core.app.portals import customers, logins, saving, sending, syncing
from core.app.portals.commands import SetCxml
from core.app.portals.showing import customer_view, login_view, sync_view
from core.app.portals.waiting import desk as all_portals
from core.app.portals.waiting import waiting
from core.domain.actors import Role
from core.domain.errors import PortalLoginRefused, PortalRefusedField
from core.domain.events import AuditName
from core.domain.events import SubmissionEvent as Event
from core.domain.ids import CustomerId
from core.domain.keeping import SubjectKind
from core.domain.portal_orders import OrderStatus, PortalCustomer, PortalInvoice, PortalInvoiceStatus, PortalPayment
from core.domain.portals import CxmlParty, CxmlTerms, PortalSubmission
from core.domain.submissions import Difference, DraftResult, DraftStep
from portal.delivery import written
from tests.builders import a_customer, a_person, acting, usd
from tests.portals import BIRCH, a_customer_order, an_order_line
from tests.portals_desk import PortalDesk

ZONE = ZoneInfo("America/New_York")
ADDRESS = "https://supplier.coupahost.com/invoices"
Scene = Mapping[str, Any]


def message(shown: Message) -> Scene:
    return {"text": shown.text, "blocks": list(shown.blocks)}


def shown(desk: PortalDesk, submission: PortalSubmission | None = None) -> Scene:
    return message(card.message(desk.view((submission or desk.of()).id)))


def suggested(desk: PortalDesk) -> Scene:
    before = PortalInvoice(
        "INV-20390", "9001", PortalInvoiceStatus.APPROVED, "Approved", "GG80700992", usd("1000.00"),
        payment=PortalPayment(paid=True, information="ACH 55120"),
    )  # fmt: skip
    lines = (an_order_line(invoiced="1000.00"), an_order_line("2", "180.00", None, "180.00", "Delivery to the workshop"))
    desk.switch_on()
    desk.invoices(desk.invoice())
    desk.sync(a_customer_order(lines=lines, invoices=(before,)))
    return shown(desk)


def switched_off(desk: PortalDesk) -> Scene:
    desk.invoices(desk.invoice())
    desk.sync(a_customer_order())
    return shown(desk)


def tied(desk: PortalDesk) -> Scene:
    desk.switch_on()
    desk.invoices(desk.invoice(amount="2500.00", po=""))
    desk.sync(a_customer_order(), a_customer_order("GG80700993"))
    return shown(desk)


def stopped(desk: PortalDesk) -> Scene:
    """Every kind of answer of the pre-flight: no PDF, an order that is closed, a total that the lines do not make."""
    desk.switch_on()
    desk.invoices(desk.invoice(amount="2600.00"), files=False)
    desk.sync(a_customer_order(status=OrderStatus.SOFT_CLOSED, status_text="Soft Closed"))
    return shown(desk)


def ready(desk: PortalDesk) -> Scene:
    made_ready(desk)
    return shown(desk)


def made_ready(desk: PortalDesk) -> PortalSubmission:
    submission = desk.suggested()
    assert isinstance(desk.act(submission.id, Event.MARK_READY), Done)
    return submission


def filling(desk: PortalDesk) -> Scene:
    submission = made_ready(desk)
    desk.begin(submission.id)
    saving.step(desk.services, submission.id, "run-1", DraftStep.FILLED)
    return shown(desk)


def stuck_on_field(desk: PortalDesk) -> Scene:
    submission = made_ready(desk)
    desk.begin(submission.id)
    error = PortalRefusedField(
        "The portal refused the date.", field="Invoice date", text="Invoice Date cannot be in the future"
    )
    saving.failed(desk.services, submission.id, "run-1", error)
    return shown(desk)


def saved(desk: PortalDesk) -> Scene:
    return shown(desk, desk.drafted())


def differs(desk: PortalDesk) -> Scene:
    submission = made_ready(desk)
    wanted = desk.begin(submission.id)
    for reached in DraftStep:
        saving.step(desk.services, submission.id, "run-1", reached)
    odd = (Difference("Line 1, price", "12.5", "12.51"),)
    outcome = desk.saved(wanted, DraftResult.DIFFERS, differences=odd, orphans=("9102",), why="The draft is not what we meant.")
    saving.finished(desk.services, submission.id, "run-1", outcome)
    return shown(desk)


def there(status: PortalInvoiceStatus, text: str, **more: Any) -> Callable[[PortalDesk], Scene]:
    def scene(desk: PortalDesk) -> Scene:
        desk.drafted()
        desk.sync(desk.there(status, text, **more))
        return shown(desk)

    return scene


def dismissed(desk: PortalDesk) -> Scene:
    submission = desk.suggested()
    assert isinstance(desk.act(submission.id, Event.DISMISS, reason="Sent by mail."), Done)
    return shown(desk, submission)


def notice_saved(desk: PortalDesk) -> Scene:
    view = desk.view(desk.drafted().id)
    return message(portal_notice.message(view, AuditName.SUBMISSION_DRAFT_SAVED, ADDRESS, "F0SANDBOX01"))


def notice_stuck(desk: PortalDesk) -> Scene:
    stuck_on_field(desk)
    return message(portal_notice.message(desk.view(desk.of().id), AuditName.SUBMISSION_NEEDS_PERSON, ADDRESS, "F0SANDBOX02"))


def window(desk: PortalDesk) -> Scene:
    return portal_submission.window(desk.view(desk.drafted().id))


def _by_cxml(desk: PortalDesk) -> PortalSubmission:
    """The usual invoice of a customer who takes cXML, its document written."""
    terms = CxmlTerms("https://birch.example/cxml", CxmlParty("DUNS", "1"), CxmlParty("DUNS", "2"), units=(("board", "PCE"),))
    done = customers.set_cxml(desk.services, SetCxml(CustomerId("C1"), terms, acting(desk.administrator), "secret"))
    assert isinstance(done, Done), done
    desk.switch_on()
    desk.invoices(desk.invoice())
    desk.sync(a_customer_order(lines=(replace(an_order_line(), part_number="OB-20", unit="Board"),)))
    submission = desk.of()
    assert isinstance(desk.act(submission.id, Event.MARK_READY), Done)
    sending.write(desk.services, submission.id, written)
    return desk.of()


def _released(desk: PortalDesk) -> PortalSubmission:
    submission = _by_cxml(desk)
    mara = a_person(4, "Mara Lind", frozenset({Role.PORTAL_MANAGER}))
    with desk.store.write() as unit:
        unit.people.put(mara)
    assert isinstance(desk.act(submission.id, Event.RELEASE, mara), Done)
    return desk.of()


def prepared_document(desk: PortalDesk) -> Scene:
    return shown(desk, _by_cxml(desk))


def released(desk: PortalDesk) -> Scene:
    return shown(desk, _released(desk))


def sending_now(desk: PortalDesk) -> Scene:
    submission = _released(desk)
    assert isinstance(sending.begin(desk.services, submission.id, "run-1"), sending.ToSend)
    return shown(desk)


def delivered(desk: PortalDesk) -> Scene:
    sending_now(desk)
    receipt = sending.Delivered(200, "OK Invoice INV-20500 received", desk.clock.now())
    sending.delivered(desk.services, desk.of().id, "run-1", receipt)
    return shown(desk)


def notice_to_release(desk: PortalDesk) -> Scene:
    view = desk.view(_by_cxml(desk).id)
    return message(portal_notice.message(view, AuditName.SUBMISSION_DOCUMENT_WRITTEN, ADDRESS))


def form(event: Event) -> Callable[[PortalDesk], Scene]:
    def scene(desk: PortalDesk) -> Scene:
        submission = desk.suggested()
        view = desk.view(submission.id)
        label = next(each.label for each in view.offered if each.event == event)
        return portal_forms.first(view, Pressed(SubjectKind.SUBMISSION, view.id, view.version, event), label)

    return scene


def _unsettled(desk: PortalDesk) -> None:
    """A customer that two of ours may be, and a login that was refused."""
    with desk.store.write() as unit:
        unit.ledger.put_customers([a_customer("C2", "Calloway Marine Inc"), a_customer("C3", "Calloway Marine LLC")])
    desk.sync(customer="Calloway Marine")
    desk.suggested()
    logins.troubled(desk.services, desk.login, PortalLoginRefused("The portal refused the e-mail address or the password."))


def desk_window(desk: PortalDesk) -> Scene:
    _unsettled(desk)
    with desk.store.read() as unit:
        return portal_desk.window(all_portals(unit, ZONE), may_log_in=True, may_settle=True, said="PL-1 is being tried.")


def desk_for_viewers(desk: PortalDesk) -> Scene:
    _unsettled(desk)
    with desk.store.read() as unit:
        return portal_desk.window(all_portals(unit, ZONE), may_log_in=False, may_settle=False)


def rotate_form(desk: PortalDesk) -> Scene:
    with desk.store.read() as unit:
        return portal_desk.rotate_form(login_view(unit, unit.portal_logins.get(desk.login), ZONE))


def customer_form(desk: PortalDesk) -> Scene:
    desk.suggested()
    with desk.store.read() as unit:
        (listed,) = unit.portal_orders.customers()
        return portal_desk.customer_form(customer_view(unit, listed, ZONE))


def unsettled_form(desk: PortalDesk) -> Scene:
    _unsettled(desk)
    with desk.store.read() as unit:
        listed = next(one for one in unit.portal_orders.customers() if one.customer_id is None)
        return portal_desk.customer_form(customer_view(unit, listed, ZONE))


def home(desk: PortalDesk) -> Scene:
    suggested(desk)
    with desk.store.read() as unit:
        page = waiting(unit, acting(desk.submitter))
    return home_card.home(HomeView("Ines", {}, None, may_post=False, portals=page))


def syncing_now(desk: PortalDesk) -> Scene:
    run = syncing.start(desk.services, desk.login, "first", "Theo Aldous")
    run, _ = syncing.customers_seen(desk.services, run, [PortalCustomer(BIRCH), PortalCustomer("Calloway Marine")])
    with desk.store.read() as unit:
        now = replace(sync_view(unit, run.id, ZONE), customers_done=1, now_at="Calloway Marine", to_read=120, orders_seen=340)
    return message(portal_sync.message(now))


def synced(desk: PortalDesk) -> Scene:
    run = desk.sync(a_customer_order())
    with desk.store.read() as unit:
        return message(portal_sync.message(sync_view(unit, run.id, ZONE)))


def sync_stopped(desk: PortalDesk) -> Scene:
    run = syncing.start(desk.services, desk.login, "first")
    syncing.stop(desk.services, run, PortalLoginRefused("The portal refused the e-mail address or the password."))
    with desk.store.read() as unit:
        return message(portal_sync.message(sync_view(unit, run.id, ZONE)))


PORTAL_SCENES: Mapping[str, Callable[[PortalDesk], Scene]] = {
    "submission_suggested": suggested,
    "submission_switched_off": switched_off,
    "submission_tied": tied,
    "submission_stopped": stopped,
    "submission_ready_to_submit": ready,
    "submission_filling": filling,
    "submission_prepared": prepared_document,
    "submission_released": released,
    "submission_sending": sending_now,
    "submission_delivered": delivered,
    "submission_stuck": stuck_on_field,
    "submission_draft_saved": saved,
    "submission_differs": differs,
    "submission_submitted": there(PortalInvoiceStatus.PENDING_APPROVAL, "Pending Approval"),
    "submission_approved": there(PortalInvoiceStatus.APPROVED, "Approved"),
    "submission_disputed": there(PortalInvoiceStatus.DISPUTED, "Disputed", dispute_reason="Work not accepted yet"),
    "submission_paid": there(PortalInvoiceStatus.APPROVED, "Approved", payment=PortalPayment(paid=True, information="ACH 1")),
    "submission_dismissed": dismissed,
    "notice_draft_saved": notice_saved,
    "notice_stuck": notice_stuck,
    "notice_to_release": notice_to_release,
    "window_submission": window,
    "form_submission_order": form(Event.CHOOSE_ORDER),
    "form_submission_lines": form(Event.CHOOSE_LINES),
    "form_submission_file": form(Event.ATTACH_FILE),
    "form_submission_dismiss": form(Event.DISMISS),
    "window_portals": desk_window,
    "window_portals_for_viewers": desk_for_viewers,
    "form_portal_add": lambda _desk: portal_desk.add_form(),
    "form_portal_rotate": rotate_form,
    "form_portal_cxml": lambda _desk: portal_desk.cxml_form(),
    "form_portal_enable": lambda _desk: portal_desk.enable_form(),
    "window_portal_enabled": lambda _desk: portal_desk.enabled(2, 1, ("Nobody GmbH",), ("Calloway",)),
    "form_portal_customer": customer_form,
    "form_portal_unsettled": unsettled_form,
    "home_portals": home,
    "sync_running": syncing_now,
    "sync_done": synced,
    "sync_stopped": sync_stopped,
}
