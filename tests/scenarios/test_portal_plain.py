"""A second kind of portal through the same port: plain forms, other words, confirm first, one invoice an order."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Browser

from core.bootstrap import SystemClock
from core.domain.errors import (
    AlreadyInPortal,
    NotInvoiceable,
    PortalActionNeeded,
    PortalLoginRefused,
    PortalTotalDiffers,
    ProjectError,
)
from core.domain.measures import Quantity, Rate
from core.domain.portal_orders import OrderCursor, OrderLineKind, OrderStatus, PortalCustomer, PortalInvoiceStatus
from core.domain.submissions import DraftFile, DraftLine, DraftResult, DraftStep, DraftWanted
from core.ports.portal import PortalCredential, PortalDriver
from portal.browser import chromium
from portal.guard import Asked, judge
from portal.plain.driver import PlainDriver
from portal.plain.options import PlainOptions
from portal.seats import ProcessCodes, ProcessSeats, ProcessSessions
from portal.tools import PortalTools
from tests.browser import chromium as named_chromium
from tests.builders import usd
from tests.sandbox.portal_plain.site import PASSWORD, USER, PlainSite, running_plain, seeded

pytestmark = pytest.mark.browser
ELLERY = PortalCustomer("Ellery Foods")
FARROW = PortalCustomer("Farrow & Daughters")


@dataclass
class World:
    site: PlainSite
    browser: Browser
    made: list[PlainDriver]

    def driver(self, password: str = PASSWORD, **options: Any) -> PlainDriver:
        clock = SystemClock()
        tools = PortalTools(ProcessSeats(clock), ProcessCodes(), ProcessSessions(), clock, lambda _seconds: None)
        usual = PlainOptions(self.site.url(), settle_s=10, lookups_apart_s=0.1, pace_s=0.0)
        credential = PortalCredential("plain", "plain", USER, password)
        made = PlainDriver(self.browser, credential, tools, replace(usual, **options))
        self.made.append(made)
        return made


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[PlainSite, Browser]]:
    with running_plain() as site, chromium(named_chromium() or "") as browser:
        yield site, browser


@pytest.fixture
def world(running: tuple[PlainSite, Browser]) -> Iterator[World]:
    site, browser = running
    seeded(site)
    world = World(site, browser, [])
    yield world
    for driver in world.made:
        driver.end_session()
    assert [one.state for one in site.invoices if one.state == "Sent"] == []


def wanted(order: str = "EF-72", number: str = "INV-9", **changes: Any) -> DraftWanted:
    line = DraftLine("1", OrderLineKind.QUANTITY, Rate(Decimal("0.40")), Quantity(Decimal(500)))
    file = DraftFile(f"{number}.pdf", b"%PDF-1.4 jars")
    day = date(2026, 3, 2)
    usual = DraftWanted(ELLERY, order, number, day, usd("200.00"), (line,), file, note="Thank you")
    return replace(usual, **changes)


def no_steps(_step: DraftStep) -> None:
    """Nobody writes the steps down here."""


def test_the_driver_keeps_the_port() -> None:
    driver: Callable[..., PortalDriver] = PlainDriver
    assert driver is PlainDriver


def test_orders_are_read_in_its_own_words_and_only_what_changed_again(world: World) -> None:
    driver = world.driver()
    assert [one.name for one in driver.customers()] == ["Ellery Foods", "Farrow & Daughters"]
    first = driver.orders(ELLERY, OrderCursor(""))
    assert [(one.number, one.status, one.may_be_invoiced) for one in first.changed] == [
        ("EF-71", OrderStatus.ISSUED, True),
        ("EF-72", OrderStatus.ISSUED, True),
        ("EF-73", OrderStatus.CLOSED, False),
    ]
    jars = first.changed[0]
    assert [(line.kind, line.total) for line in jars.lines] == [
        (OrderLineKind.QUANTITY, usd("500.00")),
        (OrderLineKind.AMOUNT, usd("90.00")),
    ]
    assert (jars.remaining, jars.notes[0].text) == (usd("590.00"), "Use gate 2")
    again = driver.orders(ELLERY, first.cursor)
    assert (again.changed, len(again.unchanged)) == ((), 3)
    world.site.orders[1].state = "Closed"
    assert [one.number for one in driver.orders(ELLERY, first.cursor).changed] == ["EF-72"]
    disputed = driver.invoices(FARROW, "inv-1")[0]
    assert (disputed.status, disputed.dispute_reason) == (PortalInvoiceStatus.DISPUTED, "Torn")


def test_a_draft_is_kept_once_as_meant_and_the_order_takes_no_second_one(world: World) -> None:
    driver = world.driver()
    steps: list[DraftStep] = []
    outcome = driver.save_draft(wanted(), steps.append)
    assert (outcome.result, outcome.differences, outcome.why) == (DraftResult.SAVED, (), "")
    assert [one.value for one in steps] == [one.value for one in DraftStep if one is not DraftStep.PLANNED]
    assert len(outcome.proof.shots) == 3
    kept = world.site.invoices[-1]
    assert (kept.state, kept.amount, kept.file) == ("Kept", Decimal(200), ("INV-9.pdf", 13))
    assert driver.save_draft(wanted(), no_steps).result is DraftResult.FOUND
    with pytest.raises(NotInvoiceable, match="takes one for each order"):
        driver.save_draft(wanted(number="INV-10"), no_steps)
    assert len(world.site.invoices) == 2


def test_a_new_order_is_confirmed_by_a_person_or_by_a_robot_that_may(world: World) -> None:
    lines = (
        DraftLine("1", OrderLineKind.QUANTITY, Rate(Decimal("1.25")), Quantity(Decimal(400))),
        DraftLine("2", OrderLineKind.AMOUNT, Rate(Decimal("90.00"))),
    )
    asked = wanted("EF-71", lines=lines, total=usd("590.00"))
    with pytest.raises(PortalActionNeeded, match="has to be confirmed"):
        world.driver().save_draft(asked, no_steps)
    assert world.site.orders[0].state == "New"
    assert not [one for one in world.site.asked if one.endswith("/confirm")]
    world.made.pop().end_session()
    outcome = world.driver(may_confirm=True).save_draft(asked, no_steps)
    assert (outcome.result, world.site.orders[0].state) == (DraftResult.SAVED, "Confirmed")


def test_an_answer_that_was_lost_is_looked_up_and_what_was_altered_is_said(world: World) -> None:
    world.site.lose_answer = True
    driver = world.driver()
    assert driver.save_draft(wanted(), no_steps).result is DraftResult.SAVED
    assert len([one for one in world.site.invoices if one.number == "INV-9"]) == 1
    world.site.invoices.pop()
    world.site.price_change = Decimal("0.01")
    odd = driver.save_draft(wanted(number="INV-11"), no_steps)
    assert odd.result is DraftResult.DIFFERS
    assert {each.what for each in odd.differences} == {"Total", "Line 1, price"}


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"order": "EF-73"}, NotInvoiceable),
        ({"total": usd("200.01")}, PortalTotalDiffers),
        (
            {"customer": PortalCustomer("Farrow & Daughters"), "order": "FD-81", "number": "INV-1", "invoices_listed": 1},
            AlreadyInPortal,
        ),
    ],
)
def test_what_cannot_be_saved_is_refused_before_anything_is(
    world: World, changes: dict[str, Any], error: type[ProjectError]
) -> None:
    before = len(world.site.invoices)
    with pytest.raises(error):
        world.driver().save_draft(wanted(**changes), no_steps)
    assert len(world.site.invoices) == before


def test_a_wrong_password_is_tried_once_and_said_without_it(world: World) -> None:
    driver = world.driver("not-the-password")
    with pytest.raises(PortalLoginRefused) as refused:
        driver.log_in()
    assert "not-the-password" not in str(refused.value.details)
    assert world.site.asked.count("POST /login") == 1


def test_no_request_that_would_send_leaves_the_browser(world: World) -> None:
    driver = world.driver()
    driver.log_in()
    address = world.site.url("/c/ellery/orders/72/invoice")
    send = "const f = new FormData(); f.append('number','X'); f.append('do','Send to customer'); f.append('line1','1');"
    send += f" fetch('{address}', {{method: 'POST', body: f}}).then(() => 'sent', () => 'stopped')"
    # With the robot's own writes allowed, and with none.
    assert driver._opened().page.evaluate(send) == "stopped"
    stopped = driver.look_around(lambda window: window.page.evaluate(send))
    assert stopped == "stopped"
    options = PlainOptions(world.site.url())
    for word, passes in (("Keep", True), ("Recalculate", True), ("Send to customer", False), ("Confirm", False), ("", False)):
        body = f"do={word}".encode()
        asked = Asked("POST", address, body, "application/x-www-form-urlencoded")
        assert judge(asked, options.portal_host, options.writes).passes is passes, word
