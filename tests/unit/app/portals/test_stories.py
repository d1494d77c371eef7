"""From the portal's orders to the draft and what became of it, over the real store, without a browser."""

from dataclasses import replace
from datetime import date

import pytest

from core.app import take_document
from core.app.commands import TakeDocument
from core.app.outcomes import AlreadyDone, Done, Refusal
from core.app.portals import act_on_submission, customers, logins, saving, showing, suggesting, syncing, waiting
from core.app.portals.commands import ActOnSubmission, LinkCustomer, Propose, SetCxml
from core.app.portals.waiting import SubmissionQueue
from core.app.reporting import alert
from core.app.wording import finding_view
from core.domain.errors import (
    AlreadyInPortal,
    CaptchaShown,
    NotInvoiceable,
    OneTimeCodeRefused,
    OutcomeUnknown,
    PortalBusy,
    PortalChanged,
    PortalDown,
    PortalLoginRefused,
    PortalPasswordExpired,
    PortalRefusedField,
    PortalRefusedFile,
    PortalSessionsFull,
    ProjectError,
)
from core.domain.events import AuditName, SubmissionEvent
from core.domain.evidence import FindingKind
from core.domain.ids import CustomerId, InvoiceNumber
from core.domain.keeping import EffectKind
from core.domain.payments import PaymentState
from core.domain.portal_orders import OrderCursor, OrderStatus, PortalCustomer, PortalInvoiceStatus, PortalPayment
from core.domain.portals import CustomerLink, CxmlParty, CxmlTerms, LinesFrom, LoginState, OrderRef, PortalCustomerId, SyncState
from core.domain.submissions import Difference, DraftResult, DraftStep
from core.domain.workflows import OutboxState
from core.domain.workflows import SubmissionState as State
from core.store.vault import AesVault, new_key
from tests.builders import a_customer, acting, usd
from tests.databases import SetClock, every_cell
from tests.portals import BIRCH, a_customer_order, an_order_line
from tests.portals_desk import PASSWORD, PDF, SECRET, ZONE, PortalDesk
from tests.service import FILES, bank_csv

Event = SubmissionEvent
SHARED = "canary-shared-secret"
TWO_LINES = (an_order_line("1"), an_order_line("2", "480.00", None, description="Delivery"))


def test_an_invoice_that_names_an_order_is_suggested_with_its_lines_and_file(desk: PortalDesk) -> None:
    submission = desk.suggested()
    assert (submission.state, submission.rule, submission.is_sure) == (State.SUGGESTED, "po_number", True)
    assert submission.lines is not None
    assert [(line.order_line, str(line.quantity)) for line in submission.lines] == [("1", "50")]
    assert submission.lines_from is LinesFrom.ONLY_LINE
    view = desk.view(submission.id)
    assert view.may_go
    assert view.order is not None
    assert (view.order.balance, view.order.notes) == (usd("2500.00"), ("Ring the bell at gate 3.",))
    assert view.order.lines[0].charged == usd("625.00")
    assert (view.file_name, view.customer, view.enabled) == ("INV-20500.pdf", "Birch and Boro Furniture Inc", True)
    assert "names order GG80700992" in view.because
    assert view.offered[0].event == "mark_ready"
    assert [item.effect.subject.id for item in desk.asked(EffectKind.PUBLISH_CARD) if item.effect.subject.kind == "submission"]
    # Looking again, without anything new, changes nothing.
    before = desk.get(submission.id)
    assert suggesting.suggest(desk.services) == suggesting.Suggested()
    desk.sync(a_customer_order())
    assert desk.get(submission.id) == before


def test_the_balance_of_an_order_suggests_and_two_that_fit_are_a_question(desk: PortalDesk) -> None:
    desk.switch_on()
    desk.invoices(desk.invoice(amount="2500.00", po=""))
    desk.sync(a_customer_order("7781"), a_customer_order("7782"))
    submission = desk.of()
    assert (submission.order, submission.rule, submission.is_sure) == (None, "balance", False)
    assert {ref.number for ref in submission.candidates} == {"7781", "7782"}
    refused = desk.act(submission.id, Event.MARK_READY)
    assert refused == Refusal("incomplete", "Please choose first which of the customer's orders it belongs to.")
    with desk.store.read() as unit:
        shown = waiting.waiting(unit, acting(desk.submitter))
        assert (shown.queue, shown.items[0].what) == (SubmissionQueue.CHOOSE, "2 orders fit equally")
        assert [item.number for item in waiting.orders_to_choose(unit, submission.id)] == ["7781", "7782"]
    assert isinstance(desk.act(submission.id, Event.CHOOSE_ORDER, order=submission.candidates[1]), Done)
    chosen = desk.get(submission.id)
    assert chosen.order == submission.candidates[1]
    assert chosen.lines_from is LinesFrom.ONLY_LINE
    assert isinstance(desk.act(submission.id, Event.MARK_READY), Done)


def test_ready_is_refused_where_it_is_switched_off_or_the_portal_would_refuse(desk: PortalDesk) -> None:
    desk.invoices(desk.invoice())
    desk.sync(a_customer_order())
    submission = desk.of()
    assert desk.act(submission.id, Event.MARK_READY, desk.stranger) == Refusal(
        "not_permitted", "You are not entitled to mark ready: it takes “mark submissions ready”."
    )
    off = desk.act(submission.id, Event.MARK_READY)
    assert isinstance(off, Refusal)
    assert "switched off" in off.sentence
    desk.switch_on()
    desk.sync(replace(a_customer_order(status=OrderStatus.SOFT_CLOSED, status_text="Soft Closed")))
    closed = desk.act(submission.id, Event.MARK_READY)
    assert isinstance(closed, Refusal)
    assert "Soft Closed" in closed.sentence
    desk.sync(a_customer_order())
    assert isinstance(desk.act(submission.id, Event.MARK_READY), Done)
    old = act_on_submission.act(
        desk.services, ActOnSubmission(submission.id, submission.version, Event.MARK_READY, acting(desk.submitter))
    )
    assert isinstance(old, Refusal | AlreadyDone)
    assert desk.get(submission.id).state is State.READY_TO_SUBMIT
    assert AuditName.SUBMISSION_ACTION_REFUSED in desk.happened(submission.id)


def test_lines_that_can_be_meant_in_several_ways_are_chosen_by_a_person(desk: PortalDesk) -> None:
    desk.switch_on()
    desk.invoices(desk.invoice(amount="300.00"), files=False)
    desk.sync(a_customer_order(lines=TWO_LINES))
    submission = desk.of()
    assert submission.lines is None
    assert not desk.view(submission.id).may_go
    wrong = desk.act(submission.id, Event.CHOOSE_LINES, amounts=(("1", usd("100.00")),))
    assert wrong == Refusal("sums_disagree", "The lines come to 100.00 USD, the invoice to 300.00 USD.")
    odd = desk.act(submission.id, Event.CHOOSE_LINES, amounts=(("1", usd("120.01")), ("2", usd("179.99"))))
    assert isinstance(odd, Done | Refusal)
    done = desk.act(submission.id, Event.CHOOSE_LINES, amounts=(("1", usd("125.00")), ("2", usd("175.00"))))
    assert isinstance(done, Done)
    missing = desk.act(submission.id, Event.MARK_READY)
    assert missing == Refusal("incomplete", "The invoice's PDF is missing.")
    assert isinstance(desk.act(submission.id, Event.ATTACH_FILE, file=("INV.pdf", PDF)), Done)
    assert isinstance(desk.act(submission.id, Event.MARK_READY), Done)
    assert desk.begin(submission.id).lines == desk.get(submission.id).lines


def test_the_robot_saves_the_draft_and_the_managers_are_told_with_pictures(desk: PortalDesk) -> None:
    submission = desk.drafted()
    assert submission.state is State.DRAFT_SAVED
    view = desk.view(submission.id)
    assert view.draft is not None
    assert (view.draft.reference, len(view.draft.pictures)) == ("9100", 2)
    with desk.store.read() as unit:
        assert unit.sources.data(view.draft.pictures[0].source_id).startswith(b"\x89PNG")
    (told,) = desk.asked(EffectKind.NOTIFY_MANAGERS)
    assert told.effect.payload["name"] == "submission.draft_saved"
    assert view.ready_by == "Ines Ferreira"
    assert AuditName.SUBMISSION_DRAFT_SAVED in desk.happened(submission.id)


@pytest.mark.parametrize(
    ("reached", "after"),
    [
        (DraftStep.PLANNED, State.READY_TO_SUBMIT),
        (DraftStep.CALCULATED, State.READY_TO_SUBMIT),
        (DraftStep.SAVING, State.STUCK),
        (DraftStep.SAVED_UNVERIFIED, State.STUCK),
    ],
)
def test_a_run_that_was_killed_is_never_gone_on_with_blindly(desk: PortalDesk, reached: DraftStep, after: State) -> None:
    """Before the one click it is begun anew; after it, a person is asked where the portal lists no draft."""
    submission = desk.suggested()
    desk.act(submission.id, Event.MARK_READY)
    wanted = desk.begin(submission.id)
    saving.step(desk.services, submission.id, "run-1", reached)
    # Another worker gets the same work: it does not fill, it searches.
    assert "searched first" in str(saving.begin(desk.services, submission.id, "run-2"))
    assert desk.get(submission.id).state is State.CHECKING
    assert len(desk.asked(EffectKind.SEARCH_PORTAL)) == 1
    with pytest.raises(PortalBusy):
        saving.step(desk.services, submission.id, "run-1", DraftStep.SAVING)
    assert "taken it over" in saving.finished(desk.services, submission.id, "run-1", desk.saved(wanted))
    saving.searched(desk.services, submission.id, (), None)
    assert desk.get(submission.id).state is after


def test_a_draft_that_is_found_after_a_break_is_compared(desk: PortalDesk) -> None:
    submission = desk.suggested()
    desk.act(submission.id, Event.MARK_READY)
    wanted = desk.begin(submission.id)
    unknown = desk.saved(wanted, DraftResult.UNKNOWN, seen=None, why="The portal did not answer.")
    saving.finished(desk.services, submission.id, "run-1", unknown)
    assert desk.get(submission.id).state is State.CHECKING
    listed = desk.there(PortalInvoiceStatus.DRAFT, "Draft").invoices
    other = replace(desk.seen(wanted), total=usd("625.01"))
    saving.searched(desk.services, submission.id, listed, other)
    stuck = desk.get(submission.id)
    assert stuck.state is State.STUCK
    assert stuck.draft is not None
    assert [each.what for each in stuck.draft.differences] == ["Total"]
    assert isinstance(desk.act(submission.id, Event.RETRY), Done)
    wanted = desk.begin(submission.id, "run-3")
    saving.finished(desk.services, submission.id, "run-3", desk.saved(wanted, DraftResult.UNKNOWN, seen=None))
    saving.searched(desk.services, submission.id, listed, desk.seen(wanted))
    assert desk.get(submission.id).state is State.DRAFT_SAVED


REFUSED = {"field": "Tax code", "text": "Tax code is required"}
TROUBLES = [
    (PortalLoginRefused("The password is wrong.", field="password"), State.READY_TO_SUBMIT, "Wrong credentials", "try_login"),
    (PortalPasswordExpired("The password has expired."), State.READY_TO_SUBMIT, "Password expired", "try_login"),
    (OneTimeCodeRefused("The code was refused."), State.READY_TO_SUBMIT, "One-time code refused", "try_login"),
    (CaptchaShown("Are you human?"), State.READY_TO_SUBMIT, "The portal wants to see a human", "try_login"),
    (PortalSessionsFull("Three sessions are open."), State.READY_TO_SUBMIT, "Too many sessions", "retry"),
    (PortalDown("The portal did not answer in time."), State.READY_TO_SUBMIT, "The portal is not available", "retry"),
    (PortalChanged("The form lacks a button."), State.STUCK, "The portal looks different", "retry"),
    (NotInvoiceable("Order GG80700992 is closed."), State.STUCK, "The order takes no invoice", "retry"),
    (AlreadyInPortal("INV-20500 is there."), State.STUCK, "The number is in the portal already", ""),
    (PortalRefusedField("Refused.", **REFUSED), State.STUCK, "The portal refused what was typed", "retry"),
    (PortalRefusedFile("Refused.", **REFUSED), State.STUCK, "The portal refused the file", "attach_file"),
    (OutcomeUnknown("No answer came."), State.STUCK, "Nobody knows whether it was saved", "retry"),
]


@pytest.mark.parametrize(("error", "after", "title", "button"), TROUBLES, ids=lambda each: getattr(each, "code", None))
def test_every_trouble_has_its_name_and_its_button(
    desk: PortalDesk, error: ProjectError, after: State, title: str, button: str
) -> None:
    submission = desk.suggested()
    desk.act(submission.id, Event.MARK_READY)
    desk.begin(submission.id)
    saving.failed(desk.services, submission.id, "run-1", error)
    now = desk.get(submission.id)
    trouble = desk.view(submission.id).trouble
    assert trouble is not None
    assert (now.state, trouble.code, trouble.title, trouble.button) == (after, error.code, title, button)
    assert trouble.what_to_do
    if isinstance(error, PortalRefusedField):
        assert (trouble.field, trouble.text) == ("Tax code", "Tax code is required")
    if after is State.READY_TO_SUBMIT:
        # Asked for again, later.
        assert [item.effect.payload["version"] for item in desk.asked(EffectKind.SAVE_DRAFT)][-1] == now.version
    else:
        assert [item.effect.payload["name"] for item in desk.asked(EffectKind.NOTIFY_MANAGERS)] == ["submission.needs_person"]


def test_a_portal_that_stays_down_becomes_a_persons_matter(desk: PortalDesk, clock: SetClock) -> None:
    submission = desk.suggested()
    desk.act(submission.id, Event.MARK_READY)
    waits = []
    for number in range(saving.MOST_TRIES):
        desk.begin(submission.id, f"run {number}")
        saving.failed(desk.services, submission.id, f"run {number}", PortalDown("Closed."))
        waits.append(max(item.available_at for item in desk.asked(EffectKind.SAVE_DRAFT)) - clock.now())
    assert desk.get(submission.id).state is State.STUCK
    assert waits[0].total_seconds() == 60
    assert max(waits).total_seconds() <= 3600


def test_a_login_in_trouble_is_paused_and_what_waits_goes_on_afterwards(desk: PortalDesk) -> None:
    submission = desk.suggested()
    desk.act(submission.id, Event.MARK_READY)
    logins.troubled(desk.services, desk.login, CaptchaShown("The portal wants to see a human."), b"\x89PNG x")
    assert saving.begin(desk.services, submission.id, "run-1") == "waits for its login"
    assert desk.get(submission.id).state is State.READY_TO_SUBMIT
    (alert,) = desk.asked(EffectKind.PUBLISH_ALERT)
    assert PASSWORD not in str(alert.effect.payload)
    with desk.store.read() as unit:
        shown = waiting.desk(unit, ZONE).logins[0]
    assert shown.trouble is not None
    assert (shown.state, shown.trouble.title) == (LoginState.PAUSED, "The portal wants to see a human")
    before = len(desk.asked(EffectKind.SAVE_DRAFT))
    logins.worked(desk.services, desk.login, tested=True)
    assert len(desk.asked(EffectKind.SAVE_DRAFT)) == before + 1
    desk.begin(submission.id)


def test_a_login_that_is_retired_leaves_its_work_to_a_person_and_nothing_sealed(desk: PortalDesk) -> None:
    submission = desk.suggested()
    desk.act(submission.id, Event.MARK_READY)
    assert isinstance(logins.retire(desk.services, acting(desk.submitter), desk.login), Refusal)
    assert isinstance(logins.retire(desk.services, acting(desk.administrator), desk.login), Done)
    trouble = desk.view(submission.id).trouble
    assert trouble is not None
    assert (desk.of().state, trouble.title) == (State.STUCK, "The login is retired")
    with desk.store.read() as unit:
        assert unit.portal_logins.sealed(desk.login) == b""
        assert unit.portal_logins.browser_state(desk.login) is None


def test_what_the_portal_shows_moves_the_same_submission_on(desk: PortalDesk) -> None:
    submission = desk.drafted()
    desk.sync(desk.there(PortalInvoiceStatus.PENDING_APPROVAL, "Pending Approval"))
    assert desk.of().state is State.SUBMITTED
    desk.sync(desk.there(PortalInvoiceStatus.DISPUTED, "Disputed", dispute_reason="Boards damaged"))
    disputed = desk.view(submission.id)
    assert disputed.state is State.DISPUTED
    assert disputed.there is not None
    assert disputed.there.dispute_reason == "Boards damaged"
    desk.sync(desk.there(PortalInvoiceStatus.APPROVED, "Approved"))
    soon = PortalPayment(paid=False, projected_on=date(2026, 4, 1))
    desk.sync(desk.there(PortalInvoiceStatus.APPROVED, "Approved", payment=soon))
    assert desk.of().state is State.APPROVED
    version = desk.of().version
    desk.sync(desk.there(PortalInvoiceStatus.APPROVED, "Approved", payment=soon))
    assert desk.of().version == version
    paid = desk.there(PortalInvoiceStatus.APPROVED, "Approved", payment=PortalPayment(paid=True, information="ACH 55121"))
    desk.sync(paid)
    assert desk.of().state is State.PAID
    with desk.store.read() as unit:
        (expected,) = unit.payments.in_states([PaymentState.EXPECTED], 10)
    assert (expected.amount, expected.reference, expected.customer_id) == (usd("625.00"), "ACH 55121", "C1")
    desk.sync(replace(paid, notes=()))
    with desk.store.read() as unit:
        assert len(unit.payments.in_states([PaymentState.EXPECTED], 10)) == 1


@pytest.mark.parametrize(
    ("paid", "explained"),
    [("600.00", ["The customer disputes INV-20500 in its portal: “Boards damaged”."]), ("625.00", [])],
    ids=["short", "in full"],
)
def test_a_dispute_in_the_portal_explains_a_short_payment(desk: PortalDesk, paid: str, explained: list[str]) -> None:
    desk.drafted()
    desk.sync(desk.there(PortalInvoiceStatus.DISPUTED, "Disputed", dispute_reason="Boards damaged"))
    statement = bank_csv(("B1", paid, "BIRCH AND BORO FURNITURE INC", "INV-20500"))
    take_document.take(desk.services, TakeDocument("bank.csv", statement, FILES))
    with desk.store.read() as unit:
        (payment,) = unit.payments.in_states(list(PaymentState), 10)
    found = [each for each in payment.findings if each.kind is FindingKind.DISPUTED_IN_PORTAL]
    assert [finding_view(each).sentence for each in found] == explained


def test_logins_are_sealed_anew_with_another_key(desk: PortalDesk) -> None:
    old, new = desk.services.vault, new_key()
    assert isinstance(old, AesVault)
    both = AesVault([new])
    both._ciphers |= old._ciphers
    services = replace(desk.services, vault=both)
    assert logins.reseal(services, acting(desk.administrator)) == 1
    assert logins.reseal(services, acting(desk.administrator)) == 0
    with desk.store.read() as unit:
        login = unit.portal_logins.get(desk.login)
        opened = AesVault([new]).open_credential(desk.login, unit.portal_logins.sealed(desk.login))
    assert (login.key_id, opened.password) == (AesVault([new]).key_id, PASSWORD)


def test_a_draft_that_somebody_deleted_or_the_customer_turned_down_needs_a_person(desk: PortalDesk) -> None:
    submission = desk.drafted()
    desk.sync(replace(a_customer_order(), notes=()))
    assert desk.of().state is State.STUCK
    assert desk.view(submission.id).trouble is not None
    desk.act(submission.id, Event.RETRY)
    wanted = desk.begin(submission.id, "run-2")
    saving.finished(desk.services, submission.id, "run-2", desk.saved(wanted))
    desk.sync(desk.there(PortalInvoiceStatus.VOIDED, "Voided"))
    trouble = desk.view(submission.id).trouble
    assert trouble is not None
    assert (desk.of().state, trouble.title) == (State.STUCK, "Turned down by the customer")


def test_an_invoice_that_a_person_brought_there_is_no_suggestion(desk: PortalDesk) -> None:
    submission = desk.suggested()
    desk.sync(desk.there(PortalInvoiceStatus.PROCESSING, "Processing"))
    assert desk.of().state is State.SUBMITTED
    desk.invoices(desk.invoice("INV-20501"))
    listed = replace(a_customer_order(), invoices=desk.there(PortalInvoiceStatus.PROCESSING, "Processing").invoices)
    other = replace(listed.invoices[0], number="inv-20501", reference="9101")
    desk.sync(replace(listed, invoices=(*listed.invoices, other)))
    with desk.store.read() as unit:
        assert unit.submissions.of_invoice(InvoiceNumber("INV-20501")) is None
    assert desk.get(submission.id).state is State.SUBMITTED


def test_suggestions_follow_their_facts(desk: PortalDesk) -> None:
    submission = desk.suggested()
    desk.sync(a_customer_order(lines=(an_order_line(invoiced="2400.00"),)))
    changed = desk.get(submission.id)
    assert (changed.version, changed.is_sure) == (submission.version + 1, False)
    assert not desk.view(submission.id).may_go
    desk.invoices(replace(desk.invoice(), open_amount=usd("0.00")))
    suggesting.suggest(desk.services)
    assert desk.get(submission.id).state is State.DISMISSED
    assert desk.happened(submission.id)[-1] is AuditName.SUBMISSION_NOT_NEEDED


def test_what_a_person_dismissed_is_not_suggested_again_for_that_order(desk: PortalDesk) -> None:
    submission = desk.suggested()
    assert isinstance(desk.act(submission.id, Event.DISMISS, reason="entered by hand"), Done)
    desk.sync(replace(a_customer_order(), notes=()))
    with desk.store.read() as unit:
        assert unit.submissions.of_invoice(InvoiceNumber("INV-20500")) is None
    order = OrderRef(PortalCustomerId("PC-1001"), "GG80700992")
    again = act_on_submission.propose(desk.services, Propose(InvoiceNumber("INV-20500"), order, acting(desk.submitter)))
    assert isinstance(again, Done)
    assert desk.of().rule == "by_hand"
    refused = act_on_submission.propose(desk.services, Propose(InvoiceNumber("INV-20500"), order, acting(desk.stranger)))
    assert isinstance(refused, Refusal)


def test_a_customer_whose_name_several_have_is_asked_about_and_settled_by_hand(desk: PortalDesk) -> None:
    with desk.store.write() as unit:
        unit.ledger.put_customers([a_customer("C2", "Calloway Marine"), a_customer("C3", "Calloway Marine")])
    desk.sync(a_customer_order(customer="Calloway Marine"), customer="Calloway Marine")
    with desk.store.read() as unit:
        (asked,) = [one for one in waiting.desk(unit, ZONE).to_settle if one.name == "Calloway Marine"]
    assert asked.link is CustomerLink.ASKED
    assert [each for each, _ in asked.candidates] == ["C2", "C3"]
    command = LinkCustomer(asked.id, CustomerId("C3"), acting(desk.submitter))
    assert isinstance(customers.link(desk.services, command), Refusal)
    done = customers.link(desk.services, replace(command, actor=acting(desk.administrator)))
    assert isinstance(done, Done)
    desk.sync(a_customer_order(customer="Calloway Marine"), customer="Calloway Marine")
    with desk.store.read() as unit:
        assert unit.portal_orders.customer(asked.id).customer_id == "C3"
    assert len(desk.asked(EffectKind.SUGGEST_ORDERS)) == 1


def test_a_list_of_customers_is_switched_on_and_what_is_not_certain_is_said(desk: PortalDesk) -> None:
    actor = acting(desk.administrator)
    done = customers.enable(desk.services, actor, ["C1", "Nobody Ltd", " ", "c1"])
    assert done == customers.Enabled(switched=("C1",), were=("C1",), unknown=("Nobody Ltd",))
    assert isinstance(customers.enable(desk.services, acting(desk.submitter), ["C1"]), Refusal)


def test_a_sync_goes_on_where_it_was_left_and_disbelieves_what_is_suddenly_gone(desk: PortalDesk) -> None:
    run = syncing.start(desk.services, desk.login, "slot 1")
    assert run.is_first
    run, (listed,) = syncing.customers_seen(desk.services, run, [PortalCustomer(BIRCH)])
    stopped = syncing.stop(desk.services, run, PortalDown("Closed."))
    assert stopped.state is SyncState.STOPPED
    again = syncing.start(desk.services, desk.login, "slot 1")
    assert (again.id, again.state) == (run.id, SyncState.RUNNING)
    desk.sync(a_customer_order(), key="slot 1")
    later = syncing.start(desk.services, desk.login, "slot 2")
    assert not later.is_first
    with pytest.raises(PortalChanged):
        syncing.customers_seen(desk.services, later, [])
    later = syncing.customer_troubled(desk.services, later, listed, PortalChanged("The portal lists 0 of the 1 orders."))
    syncing.finish(desk.services, later)
    assert len(desk.asked(EffectKind.PUBLISH_ALERT)) == 1
    with desk.store.read() as unit:
        shown = showing.sync_view(unit, later.id, ZONE)
        assert shown.troubled_customers == (BIRCH,)
        assert unit.portal_orders.cursor(listed.id) != ""
    customers.read_anew(desk.services, acting(desk.administrator), listed.id)
    with desk.store.read() as unit:
        assert unit.portal_orders.cursor(listed.id) == OrderCursor("")
        assert unit.portal_orders.customer(listed.id).trouble is None


def test_trouble_with_a_whole_portal_is_told_and_too_many_sessions_once_a_day(desk: PortalDesk) -> None:
    run = syncing.start(desk.services, desk.login, "slot 1")
    syncing.stop(desk.services, run, PortalDown("Closed."))
    assert desk.asked(EffectKind.PUBLISH_ALERT) == []
    syncing.stop(desk.services, run, PortalChanged("The login page looks different."))
    full = PortalSessionsFull("Three sessions of this portal login are open.", after_s=1800.0)
    logins.sessions_full(desk.services, desk.login, full)
    logins.sessions_full(desk.services, desk.login, full)
    told = [alert(item.effect.payload, ZONE, item.created_at) for item in desk.asked(EffectKind.PUBLISH_ALERT)]
    assert [each.headline for each in told] == ["The portal looks different (PL-1001)", "Too many sessions (PL-1001)"]
    assert all("Its work waits; other logins go on." in each.lines for each in told)


def test_progress_of_a_first_sync_is_one_card_and_later_ones_are_silent(desk: PortalDesk) -> None:
    desk.sync(a_customer_order())
    cards = [item for item in desk.asked(EffectKind.PUBLISH_CARD) if item.effect.subject.kind == "portal_sync"]
    assert len({item.effect.lane for item in cards}) == 1
    desk.sync(replace(a_customer_order(), notes=()))
    later = [item for item in desk.asked(EffectKind.PUBLISH_CARD) if item.effect.subject.kind == "portal_sync"]
    assert len(later) == len(cards)


def test_no_secret_is_in_any_record_event_effect_or_column(desk: PortalDesk) -> None:
    desk.drafted()
    terms = CxmlTerms("https://birch.example/cxml", CxmlParty("DUNS", "1"), CxmlParty("DUNS", "2"))
    entered = SetCxml(CustomerId("C1"), terms, acting(desk.administrator), SHARED)
    assert isinstance(customers.set_cxml(desk.services, entered), Done)
    logins.troubled(desk.services, desk.login, CaptchaShown("The portal wants to see a human."))
    with desk.store.read() as unit:
        said = repr([unit.audit.rows(), unit.portal_logins.all(), unit.portal_orders.customers(), waiting.desk(unit, ZONE)])
        said += repr([item for state in OutboxState for item in unit.outbox.in_state(state, 1000)])
    kept = every_cell(desk.store)
    assert b"INV-20500" in kept
    assert [secret for secret in (PASSWORD, SECRET, SHARED) if secret in said or secret.encode() in kept] == []


def test_differences_of_a_draft_are_shown(desk: PortalDesk) -> None:
    submission = desk.suggested()
    desk.act(submission.id, Event.MARK_READY)
    wanted = desk.begin(submission.id)
    odd = (Difference("Total", "625.00 USD", "625.01 USD"),)
    outcome = desk.saved(wanted, DraftResult.DIFFERS, differences=odd, why="The portal's draft is not what we meant.")
    saving.finished(desk.services, submission.id, "run-1", outcome)
    draft = desk.view(submission.id).draft
    assert draft is not None
    assert draft.differences == (("Total", "625.00 USD", "625.01 USD"),)
    assert desk.of().state is State.STUCK
