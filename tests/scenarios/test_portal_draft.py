"""The invoice is saved in the portal in draft status, once, as we meant it, and nobody but a person can submit it."""

import logging
import os
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Browser

from core.domain.errors import (
    AlreadyInPortal,
    NotFound,
    NotInvoiceable,
    PortalActionNeeded,
    PortalBusy,
    PortalChanged,
    PortalRefusedFile,
    PortalTotalDiffers,
    ProjectError,
)
from core.domain.money import Money, currency
from core.domain.portal_orders import OrderCursor, PortalInvoiceStatus
from core.domain.submissions import DraftFile, DraftResult, DraftStep
from portal.browser import chromium
from portal.coupa.form import InvoiceForm
from portal.coupa.sync import OrderReader
from tests.browser import chromium as named_chromium
from tests.sandbox.portal import seed
from tests.sandbox.portal.faults import Fault
from tests.sandbox.portal.model import Comment, InvoiceLine, PortalInvoice
from tests.sandbox.portal.robot import BIRCH, PAPER, Robot, fresh, wanted
from tests.sandbox.portal.site import Site
from tests.sandbox.portal.testing import running_portal

pytestmark = pytest.mark.browser
SECRETS = (seed.PASSWORD, seed.SECRET)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running_portal() as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium(named_chromium() or "") as one:
        yield one


@pytest.fixture(scope="module")
def kept_robot(site: Site, browser: Browser) -> Robot:
    """One login for the module: its session is kept between the tests, as between the runs of a day."""
    return Robot(site, browser)


@pytest.fixture
def robot(kept_robot: Robot) -> Iterator[Robot]:
    fresh(kept_robot.site)
    kept_robot.steps.clear()
    yield kept_robot
    kept_robot.end()
    assert kept_robot.submits() == []
    assert kept_robot.site.most_sessions_at_once <= 1


def test_log_in_sync_save_a_draft_and_read_it_back(robot: Robot, caplog: pytest.LogCaptureFixture) -> None:
    """The whole way, and no secret anywhere that stays."""
    caplog.set_level(logging.DEBUG)
    site, driver = robot.site, robot.driver()
    assert [one.name for one in driver.customers()] == [buyer.name for buyer in site.world.buyers]
    synced = driver.orders(BIRCH, OrderCursor(""))
    order = next(one for one in synced.changed if one.number == "GG80700992")
    assert (order.total, order.remaining) == (Money(268000, currency("USD")), Money(168000, currency("USD")))
    assert [note.text for note in order.notes] == ["Ring the bell at gate 3.", "Please confirm the date."]
    (earlier,) = order.invoices
    assert earlier.payment is not None
    assert (earlier.status, earlier.payment.information) == (PortalInvoiceStatus.APPROVED, "ACH 55120")
    assert synced.customer.instance == "birchboro.coupahost.localhost"

    site.world.orders[1].status = "Closed"
    again = driver.orders(BIRCH, synced.cursor)
    assert [one.number for one in again.changed] == ["7781"]
    assert set(again.unchanged) == {"GG80700992", "7790"}
    # A comment stands on the order's page alone; that one waits is all that the tables say.
    site.world.orders[1].comments.append(Comment("Purchasing", site.now, "Deliver to gate 4."))
    (commented,) = driver.orders(BIRCH, again.cursor).changed
    assert (commented.number, [note.text for note in commented.notes]) == ("7781", ["Deliver to gate 4."])

    outcome = driver.save_draft(wanted(note="Gate 3"), robot.steps.append)
    assert (outcome.result, outcome.differences, outcome.orphans) == (DraftResult.SAVED, (), ())
    assert robot.steps == [step for step in DraftStep if step is not DraftStep.PLANNED]
    (draft,) = robot.numbered("INV-20500")
    assert (draft.status, draft.total, draft.saves) == ("Draft", Decimal("625.00"), 1)
    assert draft.scan is not None
    assert draft.scan.sha256 == DraftFile("", PAPER).digest == outcome.proof.file_digest
    assert outcome.proof.reference == str(draft.id)
    assert ("invoice date", "03/02/2026") in outcome.proof.typed
    assert [shot.step for shot in outcome.proof.shots] == [DraftStep.FORM_OPEN, DraftStep.CALCULATED, DraftStep.VERIFIED]
    assert all(shot.png.startswith(b"\x89PNG") for shot in outcome.proof.shots)
    driver.end_session()

    assert site.live(seed.ROBOT) == []
    assert robot.seats.open_sessions("robot") == 0
    stays = f"{caplog.text}{outcome!r}{synced!r}{[shot.name for shot in outcome.proof.shots]}{robot.kept.load('robot')!r}"
    assert [secret for secret in SECRETS if secret in stays] == []


def test_orders_are_read_whole_where_the_export_is_mailed_or_late(robot: Robot) -> None:
    """One request instead of many where it answers; the pages of the table where it does not."""
    for number, fault in enumerate((Fault("export_mailed"), Fault("slow", "export", seconds=5.0))):
        robot.site.faults.add(fault)
        driver = robot.driver(options=replace(robot.options(), export_patience_s=1.5, pace_s=1.5))
        synced = driver.orders(BIRCH, OrderCursor(""))
        lines = {one.number: [(line.number, line.total) for line in one.lines] for one in synced.changed}
        dollars = {"1": 250000, "2": 18000}
        assert lines["GG80700992"] == [(line, Money(cents, currency("USD"))) for line, cents in dollars.items()]
        assert set(lines) == {"GG80700992", "7781", "7790"}
        assert [one.step for one in robot.site.seen].count("export") == number + 1
        # A polite visitor waits before every page: three of the shell, and one for each order.
        assert robot.waits.count(1.5) >= len(synced.changed) + 3
        robot.waits.clear()
        driver.end_session()
        robot.site.faults.clear()


def test_every_way_to_submit_ends_in_the_browser(robot: Robot) -> None:
    """The person's buttons, a script's fetch, a form of its own, a beacon and another window: nothing arrives."""
    driver = robot.driver()
    driver.log_in()
    screen = driver._opened()
    reader = OrderReader(screen, robot.credential())
    frame, row = reader.order_row(BIRCH, "GG80700992")
    notation = reader.notation([row])
    reader.order_page(frame, row["PO Number"].href, notation)
    form = InvoiceForm.open(screen, frame, notation, wanted())
    form.fill(wanted(), lambda _field, _text: None)
    tries = [
        "f => { const d = new FormData(f); d.set('commit', 'Submit'); fetch(f.action, {method: 'POST', body: d}) }",
        "f => fetch(f.action, {method: 'POST', body: new URLSearchParams({commit: 'Submit'}), keepalive: true}).catch(() => 0)",
        "f => { navigator.sendBeacon(f.action, new URLSearchParams({commit: 'Submit'})) }",
        "f => { navigator.sendBeacon(f.action + '/1/submit', 'x') }",
        "f => { const x = new XMLHttpRequest(); x.open('PUT', f.action + '/1/submit'); x.send(); }",
        "f => { f.target = '_blank'; f.submit(); f.target = ''; }",
    ]
    for attempt in tries:
        frame.locator("#invoice_form").evaluate(attempt)
        screen.page.wait_for_timeout(50)
    frame.get_by_role("button", name="Submit").click()
    frame.get_by_role("button", name="Send Invoice").click()
    blocked = screen.window.blocked
    for _ in range(100):
        if len(blocked) >= len(tries) + 1:
            break
        screen.page.wait_for_timeout(50)
    assert len(blocked) == len(tries) + 1
    assert robot.numbered("INV-20500") == []
    with pytest.raises(PortalChanged):
        screen.stop_if_blocked()
    driver.end_session()


def test_a_second_run_finds_the_draft_and_a_changed_one_is_told(robot: Robot) -> None:
    """Also where a list says nothing at all that listed invoices before: that is no proof that ours is missing."""
    driver, today = robot.driver(), robot.site.now.date()
    line = InvoiceLine(1, "Oak boards, planed", Decimal("12.50"), quantity=Decimal(50), unit="Board")
    of = ("birchboro", "GG80700992", today, wanted().invoice_date, "USD", "INV-20500", "Draft", [line])
    robot.site.world.invoices.append(PortalInvoice(9100, *of, saves=1))
    found = driver.save_draft(wanted(file=None), robot.steps.append)
    assert (found.result, found.differences) == (DraftResult.FOUND, ())
    robot.numbered("INV-20500")[0].lines[0].quantity = Decimal(51)
    changed = driver.save_draft(wanted(file=None), robot.steps.append)
    assert changed.result is DraftResult.DIFFERS
    assert {one.what for one in changed.differences} == {"Total", "Line 1, quantity"}
    (listed,) = driver.invoices(BIRCH, "INV-20500")
    assert driver.read_back(BIRCH, listed).total == Money(63750, currency("USD"))
    robot.numbered("INV-20500")[0].status = "Processing"
    with pytest.raises(AlreadyInPortal):
        driver.save_draft(wanted(file=None), robot.steps.append)
    robot.site.faults.add(Fault("empty_table", "invoice"))
    with pytest.raises(PortalChanged):
        driver.save_draft(wanted(file=None, invoices_listed=2), robot.steps.append)
    assert len(robot.numbered("INV-20500")) == 1
    assert robot.numbered("INV-20500")[0].saves == 1


REFUSALS: list[tuple[Fault | None, dict[str, Any], type[ProjectError]]] = [
    (Fault("upload_refused", to="type"), {}, PortalRefusedFile),
    (Fault("close_order", "save", to="GG80700992"), {}, NotInvoiceable),
    (Fault("renamed_label", to="Save as Draft"), {}, PortalChanged),
    (None, {"total": Money(62501, currency("USD"))}, PortalTotalDiffers),
]
if os.environ.get("TIEOUT_PORTAL_GRID") == "full":
    REFUSALS += [
        (Fault("no_details"), {}, PortalActionNeeded),
        (Fault("greyed_out"), {}, NotInvoiceable),
        (None, {"file": DraftFile("INV.pdf", b"no paper")}, PortalRefusedFile),
        (None, {"legal_entity": "Another, Inc."}, PortalActionNeeded),
        (None, {"order_number": "7790"}, NotInvoiceable),
        (None, {"order_number": "none such"}, NotFound),
        (Fault("renamed_label", to="Calculate"), {}, PortalChanged),
        (Fault("missing_column", to="Total"), {}, PortalChanged),
    ]


@pytest.mark.parametrize(("fault", "changes", "kind"), REFUSALS, ids=[kind.__name__ for _, _, kind in REFUSALS])
def test_what_the_portal_or_we_refuse_leaves_nothing_behind(
    robot: Robot, fault: Fault | None, changes: dict[str, Any], kind: type[ProjectError]
) -> None:
    """The draft that merely opening the form made is deleted again."""
    robot.site.faults.add(Fault("coins_create"))
    if fault is not None:
        robot.site.faults.add(Fault(fault.kind, fault.step, to=fault.to))
    with pytest.raises(ProjectError) as refused:
        robot.driver().save_draft(wanted(**changes), robot.steps.append)
    assert type(refused.value) is kind, refused.value
    assert [secret for secret in SECRETS if secret in f"{refused.value!r}{refused.value.details!r}"] == []
    assert (robot.numbered("INV-20500"), robot.nameless()) == ([], [])


def test_a_save_whose_connection_breaks_reaches_the_portal_once(robot: Robot) -> None:
    """Browsers send a form again by themselves when a kept connection breaks; this portal would take the number twice."""
    robot.site.buyer("birchboro").unique_numbers = False
    robot.site.faults.add(Fault("cut", "save", "after"))
    outcome = robot.driver().save_draft(wanted(), robot.steps.append)
    assert (outcome.result, outcome.differences) == (DraftResult.SAVED, ())
    assert len([one for one in robot.site.seen if one.step == "save"]) == 1
    assert [one.saves for one in robot.numbered("INV-20500")] == [1]


def test_another_person_at_the_same_login_does_not_lead_us_to_another_customer(robot: Robot) -> None:
    driver = robot.driver()
    driver.log_in()
    robot.site.faults.add(Fault("switch_customer", "invoices", to="calloway", times=1))
    robot.site.faults.add(Fault("switch_customer", "orders", to="dunmore", times=1))
    assert driver.save_draft(wanted(), robot.steps.append).result is DraftResult.SAVED
    assert [one.buyer for one in robot.numbered("INV-20500")] == ["birchboro"]
    robot.site.faults.add(Fault("switch_customer", "invoices", to="calloway", times=9))
    with pytest.raises(PortalBusy):
        driver.invoices(BIRCH, "INV-20500")
    driver.end_session()
