"""The robot at the stand-in: drivers with the stand-in's clock, waiting that costs nothing, and what they left behind."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from playwright.sync_api import Browser

from core.domain.measures import Quantity, Rate
from core.domain.money import Money, currency
from core.domain.portal_orders import OrderLineKind, PortalCustomer
from core.domain.submissions import DraftFile, DraftLine, DraftStep, DraftWanted
from core.ports.portal import PortalCredential
from core.store.vault import AesVault, new_key
from portal.coupa.driver import CoupaDriver
from portal.coupa.options import CoupaOptions
from portal.seats import ProcessCodes, ProcessSeats, ProcessSessions
from portal.tools import PortalTools
from portal.vault import SealedSessions
from tests.sandbox.portal import seed
from tests.sandbox.portal.model import PortalInvoice
from tests.sandbox.portal.site import Site

BIRCH = PortalCustomer("Birch & Boro Furniture")
PAPER = b"%PDF-1.4\n% the picture of an invoice of ours\n"


@dataclass
class SiteClock:
    """The stand-in's time, so that codes fit."""

    site: Site

    def now(self) -> datetime:
        return self.site.now


@dataclass
class Robot:
    """Makes drivers for one login; what has to outlive a run (seats, codes, the browser's state) stays between them."""

    site: Site
    browser: Browser
    steps: list[DraftStep] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    drivers: list[CoupaDriver] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.clock = SiteClock(self.site)
        self.seats = ProcessSeats(self.clock)
        self.codes = ProcessCodes()
        self.kept = ProcessSessions()
        self.sessions = SealedSessions(self.kept, AesVault([new_key()]))

    def pause(self, seconds: float) -> None:
        """Time passes at the portal instead of here."""
        self.waits.append(seconds)
        self.site.advance(seconds)

    def driver(self, credential: PortalCredential | None = None, options: CoupaOptions | None = None) -> CoupaDriver:
        tools = PortalTools(self.seats, self.codes, self.sessions, self.clock, self.pause)
        driver = CoupaDriver(self.browser, credential or self.credential(), tools, options or self.options())
        self.drivers.append(driver)
        return driver

    def options(self) -> CoupaOptions:
        """In no hurry with answers, in every hurry with us."""
        return CoupaOptions(address=self.site.url("supplier", ""), settle_s=30, lookups_apart_s=0.1, pace_s=0.0)

    def end(self) -> None:
        """No window stays open, whatever became of the test."""
        for driver in self.drivers:
            driver.end_session()
        self.drivers.clear()

    def credential(self, **changes: str) -> PortalCredential:
        user = self.site.user(seed.ROBOT)
        assert user is not None
        login = PortalCredential("robot", "coupa", user.email, user.password, user.secret, "mm/dd/yyyy", ".")
        return replace(login, **changes)

    # What the portal has afterwards.

    def numbered(self, number: str) -> list[PortalInvoice]:
        return [one for one in self.site.world.invoices if one.number == number]

    def nameless(self) -> list[PortalInvoice]:
        return [one for one in self.site.world.invoices if not one.number]

    def submits(self) -> list[str]:
        """Every request that would have submitted, as it arrived at the portal."""
        return [
            f"{one.method} {one.path}"
            for one in self.site.seen
            if one.fields.get("commit") == "Submit" or "submit" in one.path or "send" in one.path
        ]


def wanted(number: str = "INV-20500", **changes: Any) -> DraftWanted:
    """A part of the first line of order GG80700992: fifty boards at 12.50."""
    line = DraftLine("1", OrderLineKind.QUANTITY, Rate(Decimal("12.50")), Quantity(Decimal(50)))
    usual = DraftWanted(
        BIRCH,
        "GG80700992",
        number,
        date(2026, 3, 2),
        Money(62500, currency("USD")),
        (line,),
        DraftFile(f"{number}.pdf", PAPER),
    )
    return replace(usual, **changes)


def fresh(site: Site) -> None:
    """The seeded world again, without ending anybody's session."""
    with site.lock:
        for user in site.world.users:
            user.dates, user.numbers = "mdy", "point"
        world = seed.world(site.now.date())
        site.world.orders, site.world.invoices, site.world.buyers = world.orders, world.invoices, world.buyers
        site.faults.clear()
        site.seen.clear()
