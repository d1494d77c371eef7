"""A customer who takes cXML: one person says Ready, another releases it, and it is delivered once or a person is asked."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from lxml import etree

from core.app.outbox import Relay, RelayLimits
from core.app.outcomes import Done, Refusal
from core.app.portals import customers, saving, sending
from core.app.portals.commands import SetCustomer, SetCxml
from core.app.portals.sending import ToSend
from core.domain.actors import Role
from core.domain.events import AuditName
from core.domain.events import SubmissionEvent as Event
from core.domain.ids import CustomerId
from core.domain.keeping import EffectKind
from core.domain.portal_orders import PortalInvoice, PortalInvoiceStatus
from core.domain.portals import Channel, CxmlParty, CxmlTerms, PortalSubmission
from core.domain.submissions import DraftStep
from core.domain.workflows import OutboxState
from core.domain.workflows import SubmissionState as State
from core.store.unit_of_work import SqlStore
from portal.delivery import CxmlWorker
from tests.builders import a_person, acting, usd
from tests.databases import SetClock, clean_store
from tests.portals import a_customer_order, an_order_line
from tests.portals_desk import PDF, PortalDesk
from tests.sandbox.portal import cxml as endpoint
from tests.sandbox.portal.faults import Fault
from tests.sandbox.portal.robot import fresh
from tests.sandbox.portal.site import Site
from tests.sandbox.portal.testing import ToThisMachine, running_portal

MANAGER = replace(a_person(4, "Mara Lind", frozenset({Role.PORTAL_MANAGER})))


@pytest.fixture(scope="module")
def running() -> Iterator[Site]:
    with running_portal() as site:
        yield site


@pytest.fixture
def site(running: Site) -> Site:
    fresh(running)
    return running


@pytest.fixture
def store() -> Iterator[SqlStore]:
    with clean_store("sqlite", SetClock()) as clean:
        yield clean


class CxmlDesk(PortalDesk):
    """The company with a customer who takes cXML, and the robot that writes and sends."""

    def __init__(self, store: SqlStore, clock: SetClock, site: Site) -> None:
        super().__init__(store, clock)
        self.site, self.now = site, clock
        with store.write() as unit:
            unit.people.put(MANAGER)
        self.worker = CxmlWorker(self.services, 30.0, ToThisMachine(verify=False))
        self.relay = Relay(store, clock, self.worker.performers(), "portal", RelayLimits(lease_s=30.0))

    def terms(self, address: str = "") -> CxmlTerms:
        address = address or self.site.url("birchboro", "/cxml/invoices")
        return CxmlTerms(address, CxmlParty(*endpoint.SUPPLIER), CxmlParty("DUNS", "1"), units=(("board", "PCE"),))

    def takes_cxml(self, address: str = "") -> None:
        command = SetCxml(CustomerId("C1"), self.terms(address), acting(self.administrator), endpoint.SECRET)
        done = customers.set_cxml(self.services, command)
        assert isinstance(done, Done), done

    def suggested(self) -> PortalSubmission:
        self.switch_on()
        self.takes_cxml()
        self.invoices(self.invoice())
        line = replace(an_order_line(), part_number="OB-20", unit="Board")
        self.sync(a_customer_order(lines=(line,)))
        return self.of()

    def ready(self) -> PortalSubmission:
        submission = self.suggested()
        done = self.act(submission.id, Event.MARK_READY)
        assert isinstance(done, Done), done
        self.work()
        return self.of()

    def released(self) -> PortalSubmission:
        submission = self.ready()
        done = self.act(submission.id, Event.RELEASE, MANAGER)
        assert isinstance(done, Done), done
        return self.of()

    def work(self) -> None:
        while self.relay.run_once():
            pass

    def arrived(self) -> list[tuple[str, str]]:
        return [(one.number, one.status) for one in self.site.world.invoices if one.number == "INV-20500"]

    def posts(self) -> int:
        return len([one for one in self.site.seen if one.step == "cxml"])

    def found_by_the_search(self) -> str:
        """What the portal job would find, by its stories."""
        there = [one for one in self.site.world.invoices if one.number == "INV-20500"]
        listed = tuple(
            PortalInvoice(one.number, str(one.id), PortalInvoiceStatus.PROCESSING, one.status, one.order_number, usd("625.00"))
            for one in there
        )
        return saving.searched(self.services, self.of().id, listed, None)


@pytest.fixture
def desk(store: SqlStore, site: Site) -> CxmlDesk:
    clock = store._clock
    assert isinstance(clock, SetClock)
    return CxmlDesk(store, clock, site)


def test_ready_is_written_and_shown_and_a_second_person_delivers_it_once(desk: CxmlDesk, store: SqlStore) -> None:
    submission = desk.ready()
    view = desk.view(submission.id)
    assert (view.state, view.delivers, desk.posts()) == (State.PREPARED, True, 0)
    assert view.document is not None
    with store.read() as unit:
        shown = unit.sources.data(view.document.source_id)
    assert endpoint.complaint(shown) == ""
    assert etree.fromstring(shown).findtext(".//DueAmount/Money") == "625.00"
    # Whoever said Ready cannot release it, nor can somebody who may not.
    with store.write() as unit:
        unit.people.put(replace(desk.submitter, roles=frozenset({Role.PORTAL_MANAGER})))
    own = desk.act(submission.id, Event.RELEASE)
    assert isinstance(own, Refusal)
    assert "somebody else has to release it" in own.sentence
    stranger = desk.act(submission.id, Event.RELEASE, desk.stranger)
    assert isinstance(stranger, Refusal)
    assert stranger.code == "not_permitted"
    desk.work()
    assert desk.posts() == 0

    assert isinstance(desk.act(submission.id, Event.RELEASE, MANAGER), Done)
    desk.work()
    view = desk.view(submission.id)
    assert (view.state, desk.arrived(), desk.posts()) == (State.SUBMITTED, [("INV-20500", "Processing")], 1)
    assert view.document is not None
    assert (view.document.released_by, view.document.answer) == ("Mara Lind", "200 OK Invoice INV-20500 received")
    (there,) = [one for one in desk.site.world.invoices if one.number == "INV-20500"]
    assert there.scan is not None
    assert there.scan.size == len(PDF + b"INV-20500")
    told = [str(item.effect.payload["name"]) for item in desk.asked(EffectKind.NOTIFY_MANAGERS)]
    assert told == [AuditName.SUBMISSION_DOCUMENT_WRITTEN, AuditName.SUBMISSION_DELIVERED]
    assert [name for name in desk.happened(submission.id) if name is not AuditName.SUBMISSION_ACTION_REFUSED] == [
        AuditName.SUBMISSION_SUGGESTED,
        AuditName.SUBMISSION_MARKED_READY,
        AuditName.SUBMISSION_DOCUMENT_WRITTEN,
        AuditName.SUBMISSION_RELEASED,
        AuditName.SUBMISSION_SENDING,
        AuditName.SUBMISSION_DELIVERED,
    ]
    # The next sync goes on with the same submission.
    desk.sync(desk.there(PortalInvoiceStatus.APPROVED, "Approved"))
    assert desk.of().state is State.APPROVED
    with store._reader.connect() as connection:
        everything = "\n".join(connection.connection.driver_connection.iterdump())  # type: ignore[union-attr]
    assert "INV-20500" in everything
    assert endpoint.SECRET not in everything


@pytest.mark.parametrize(
    ("fault", "arrives"),
    [
        (Fault("cut", "cxml", "before"), False),
        (Fault("cut", "cxml", "after"), True),
        (Fault("oops", "cxml", "after"), True),
        (Fault("maintenance", "cxml", "before"), False),
    ],
    ids=lambda value: f"{value.kind}-{value.when}" if isinstance(value, Fault) else "",
)
def test_what_may_have_arrived_is_searched_for_and_never_sent_again_by_itself(
    desk: CxmlDesk, fault: Fault, arrives: bool
) -> None:
    submission = desk.released()
    desk.site.faults.add(replace(fault))
    desk.work()
    assert (desk.of().state, desk.posts()) == (State.CHECKING, 1)
    assert len(desk.asked(EffectKind.SEARCH_PORTAL)) == 1
    desk.now.advance(hours=2)
    desk.work()
    assert desk.posts() == 1
    desk.found_by_the_search()
    if arrives:
        assert (desk.of().state, desk.arrived()) == (State.SUBMITTED, [("INV-20500", "Processing")])
        return
    trouble = desk.view(submission.id).trouble
    assert trouble is not None
    assert (desk.of().state, trouble.code, desk.arrived()) == (State.STUCK, "outcome_unknown", [])
    # A person has asked the customer: written anew, released anew by a second person, and then it is there once.
    assert isinstance(desk.act(submission.id, Event.RETRY), Done)
    desk.work()
    assert (desk.of().state, desk.posts()) == (State.PREPARED, 1)
    assert isinstance(desk.act(submission.id, Event.RELEASE, MANAGER), Done)
    desk.work()
    assert (desk.of().state, desk.arrived()) == (State.SUBMITTED, [("INV-20500", "Processing")])


@pytest.mark.parametrize("killed_at", [DraftStep.PLANNED, DraftStep.SAVING])
def test_a_run_that_was_killed_goes_on_only_where_nothing_can_have_left(desk: CxmlDesk, killed_at: DraftStep) -> None:
    submission = desk.released()
    begun = sending.begin(desk.services, submission.id, "killed")
    assert isinstance(begun, ToSend)
    assert endpoint.SECRET not in repr(begun)
    if killed_at is DraftStep.SAVING:
        saving.step(desk.services, submission.id, "killed", DraftStep.SAVING)
    desk.work()
    if killed_at is DraftStep.PLANNED:
        assert (desk.of().state, desk.posts()) == (State.SUBMITTED, 1)
    else:
        assert (desk.of().state, desk.posts()) == (State.CHECKING, 0)
    late = sending.delivered(desk.services, submission.id, "killed", sending.Delivered(200, "OK", desk.now.now()))
    assert late == "another run has taken it over"


def test_what_was_released_is_what_is_sent_or_nothing_is(desk: CxmlDesk) -> None:
    submission = desk.released()
    desk.takes_cxml(desk.site.url("birchboro", "/cxml/invoices?changed"))
    desk.invoices(replace(desk.invoice(), issue_date=desk.invoice().issue_date + timedelta(days=1)))
    desk.work()
    trouble = desk.view(submission.id).trouble
    assert trouble is not None
    assert (desk.of().state, trouble.code, desk.posts()) == (State.STUCK, "document_changed", 0)


def test_nobody_there_is_tried_later_and_a_refusal_asks_a_person(desk: CxmlDesk) -> None:
    submission = desk.ready()
    desk.takes_cxml("http://127.0.0.1:9/cxml/invoices")
    assert isinstance(desk.act(submission.id, Event.RELEASE, MANAGER), Done)
    desk.work()
    assert (desk.of().state, desk.of().tries) == (State.RELEASED, 1)
    desk.takes_cxml()
    desk.site.buyer("birchboro").may_invoice = False
    desk.now.advance(hours=1)
    desk.work()
    trouble = desk.view(submission.id).trouble
    assert trouble is not None
    assert (desk.of().state, trouble.code, desk.arrived()) == (State.STUCK, "portal_action_needed", [])


def test_the_channel_is_an_administrators_and_a_change_of_it_leaves_nothing_behind(desk: CxmlDesk) -> None:
    submission = desk.ready()
    bad = replace(desk.terms(), endpoint="http://birchboro.example/cxml")
    refused = customers.set_cxml(desk.services, SetCxml(CustomerId("C1"), bad, acting(desk.administrator)))
    assert isinstance(refused, Refusal)
    assert "https://" in refused.sentence
    denied = customers.set_cxml(desk.services, SetCxml(CustomerId("C1"), desk.terms(), acting(desk.submitter)))
    assert isinstance(denied, Refusal)
    assert isinstance(customers.drop_cxml(desk.services, acting(desk.administrator), CustomerId("C1")), Done)
    with desk.store.read() as unit:
        assert unit.portal_orders.cxml_secret(CustomerId("C1")) is None
    back = SetCustomer(CustomerId("C1"), acting(desk.administrator), channel=Channel.CXML)
    assert isinstance(customers.set_customer(desk.services, back), Refusal)
    no_more = desk.act(submission.id, Event.RELEASE, MANAGER)
    assert isinstance(no_more, Refusal)
    assert "takes no cXML" in no_more.sentence
    # Back to the form: recalled, ready again, and now the form is filled.
    assert isinstance(desk.act(submission.id, Event.RECALL), Done)
    assert isinstance(desk.act(submission.id, Event.MARK_READY), Done)
    desk.work()
    assert (desk.of().state, desk.of().document, desk.posts()) == (State.READY_TO_SUBMIT, None, 0)
    assert len(desk.asked(EffectKind.SAVE_DRAFT, OutboxState.PENDING)) == 1
