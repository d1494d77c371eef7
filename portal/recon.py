"""Records what a live portal's pages look like, so that the driver's guesses can be settled without showing anybody's business.

Read-only: after the login not one write leaves the browser, nothing is pressed, and only addresses of the list are loaded, or
the first link of a kind that stands on them. What is written is redacted (`portal.outline`); pictures are taken only when asked
for, and are the one thing in the folder that is not.
"""

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol, TypeVar
from urllib.parse import urljoin

from playwright.sync_api import Error, Frame, Page, Request

from core.domain.errors import Refused
from core.domain.portal_orders import PortalCustomer
from core.ports.outside import Clock
from portal.browser import Window
from portal.outline import Redactor, aria, outline

_LOG: Final = logging.getLogger(__name__)
_LOAD_MS: Final = 30_000
T = TypeVar("T")


class Explorable(Protocol):
    """A driver that can be looked through: logged in, with a window that lets nothing be written any more."""

    def customers(self) -> Sequence[PortalCustomer]:
        """Whose names are hidden."""

    def look_around(self, look: Callable[[Window], T]) -> T:
        """Log in, forbid every write, let `look` see the window."""


@dataclass(frozen=True, slots=True)
class ReconPage:
    """A page to record: its address, and for one that is reached through another the mark of the link in any of its frames."""

    name: str
    path: str
    link: str = ""


COUPA_PAGES: Final = (
    ReconPage("home", "/home"),
    ReconPage("orders", "/orders/"),
    ReconPage("order", "/orders/", "a[href*='supplier_order_headers/']"),
    ReconPage("order-lines", "/orders/lines"),
    ReconPage("invoices", "/invoices"),
    ReconPage("invoice", "/invoices", "td a[href*='supplier_invoices/']:not([href*='edit'])"),
)
"""What the open questions are about. The form of a new invoice is not among them: merely opening it may make a draft."""


@dataclass(slots=True)
class ReconPart:
    """One page as it was recorded, or why it was not."""

    name: str
    address: str = ""
    frames: list[str] = field(default_factory=list)
    trouble: str = ""


@dataclass(slots=True)
class ReconReport:
    """What was recorded; `blocked` are writes that pages tried by themselves and that were stopped."""

    recorded_at: datetime
    parts: list[ReconPart] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    blocked: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ReconWish:
    """What to record: the portal's address, its pages, and further words that nothing may show besides the customers' names.

    Pages that draw themselves anew after loading get `settle_s` seconds for it; what matters is what they look like then.
    """

    address: str
    pages: Sequence[ReconPage] = COUPA_PAGES
    private: tuple[str, ...] = ()
    pictures: bool = False
    settle_s: float = 2.0


def record(driver: Explorable, folder: Path, wish: ReconWish, clock: Clock) -> ReconReport:
    """Record every page into `folder`; `Refused` when that holds something already."""
    if folder.exists() and any(folder.iterdir()):
        raise Refused("The folder of the record has to be new or empty.", folder=str(folder))
    folder.mkdir(parents=True, exist_ok=True)
    names = [customer.name for customer in driver.customers()]
    redactor = Redactor.hiding([*names, *wish.private])
    report = ReconReport(clock.now())

    def look(window: Window) -> None:
        before = len(window.blocked)
        page = window.new_page()
        page.on("request", lambda request: report.requests.append(_asked(request, redactor)))
        for number, wanted in enumerate(wish.pages, 1):
            report.parts.append(_Recorder(window, page, redactor, folder).part(number, wanted, wish))
        report.blocked += window.blocked[before:]

    driver.look_around(look)
    _write(report, folder, pictures=wish.pictures)
    return report


@dataclass(slots=True)
class _Recorder:
    window: Window
    page: Page
    redactor: Redactor
    folder: Path

    def part(self, number: int, wanted: ReconPage, wish: ReconWish) -> ReconPart:
        part = ReconPart(wanted.name)
        stem = f"{number:02}-{wanted.name}"
        try:
            self.page.goto(urljoin(wish.address, wanted.path), wait_until="load", timeout=_LOAD_MS)
            self.page.wait_for_timeout(wish.settle_s * 1000)
            if wanted.link and not self._follow(wanted.link, wish.settle_s):
                part.trouble = "no such link on the page"
                return part
            part.address = self.redactor.address(self.page.url)
            for place, frame in enumerate(self.page.frames):
                part.frames.append(self._frame(f"{stem}.frame-{place}", frame))
            if wish.pictures:
                (self.folder / f"{stem}.png").write_bytes(self.window.shot(self.page))
        except Error as error:
            # Playwright's sentence may quote the page; the kind of trouble is enough.
            _LOG.info("recon of %s stopped: %s", wanted.name, type(error).__name__)
            part.trouble = "the page did not load"
        return part

    def _follow(self, link: str, settle_s: float) -> bool:
        """Load the address of the first such link in its own frame; nothing is clicked."""
        for frame in self.page.frames:
            found = frame.query_selector(link)
            href = found.get_attribute("href") if found else None
            if href and not href.startswith(("javascript:", "#")):
                frame.goto(urljoin(frame.url, href), wait_until="load", timeout=_LOAD_MS)
                self.page.wait_for_timeout(settle_s * 1000)
                return True
        return False

    def _frame(self, stem: str, frame: Frame) -> str:
        (self.folder / f"{stem}.outline.txt").write_text(outline(frame.content(), self.redactor), encoding="utf-8")
        snapshot = frame.locator("body").aria_snapshot(timeout=_LOAD_MS)
        (self.folder / f"{stem}.aria.txt").write_text(aria(snapshot, self.redactor), encoding="utf-8")
        return f"{stem}: {self.redactor.address(frame.url)}"


def _asked(request: Request, redactor: Redactor) -> str:
    return f"{request.method} {request.resource_type} {redactor.address(request.url)}"


def _write(report: ReconReport, folder: Path, *, pictures: bool) -> None:
    plain = {**asdict(report), "recorded_at": report.recorded_at.isoformat(timespec="seconds")}
    (folder / "report.json").write_text(json.dumps(plain, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    lines = [
        "# What the portal's pages look like",
        "",
        "Recorded read-only. Texts are masked (x for letters, 0 for digits); labels, buttons and table headers are kept unless",
        "they hold a number or a private word. Read the files before you hand them on.",
    ]
    if pictures:
        lines += ["", "**The pictures (`.png`) are not masked**: they show customers, orders and amounts."]
    lines += ["", "| Page | Address | Frames | Trouble |", "| --- | --- | --- | --- |"]
    lines += [f"| {part.name} | {part.address} | {len(part.frames)} | {part.trouble} |" for part in report.parts]
    lines += [
        "",
        f"Requests seen: {len(report.requests)}. Writes that pages tried and that were stopped: {len(report.blocked)}.",
    ]
    (folder / "README.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
