"""The driver's hands and eyes on one page: come to a place, find an element, press and wait for what must follow.

Waiting is always for something to appear, never for a time to pass. While waiting, the signs of a lost session, a broken portal
and a failed connection are looked for, so that each ends with its own error and not with a missing element.
"""

import logging
import time
from collections.abc import Callable
from typing import Final
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import Error, Frame
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

from core.domain.errors import PortalDown
from portal.browser import Window
from portal.coupa import selectors
from portal.coupa.html import PageKind, page_kind
from portal.coupa.options import CoupaOptions
from portal.hands import Hands, Patience
from portal.markup import changed
from portal.masking import Masker

_LOG: Final = logging.getLogger(__name__)
_SLICE_MS: Final = 200
_SIGNS: Final = "div.login_message, h1#error-message"
FRAME: Final = "#enterprise_frame"


class LoggedOutError(PortalDown):
    """The portal shows that our session is gone; logging in again is tried once, and only for reading."""

    code = "portal_logged_out"


class Screen(Hands):
    """One window of one login. `pause` waits between two loads of a page, as a polite visitor does."""

    def __init__(self, window: Window, options: CoupaOptions, masker: Masker, pause: Callable[[], None]) -> None:
        super().__init__(window, masker, pause, Patience(options.patience_s, options.approved))
        self.options = options

    def fresh_page(self) -> None:
        """Go on in another page of the same session: the old one may still wait for an answer and is left in peace."""
        with self.in_our_words("browser"):
            self.page = self.window.new_page()

    # Coming to a place.

    def go(self, path: str, wanted: str, where: str) -> None:
        """Load a page of the shell and wait for `wanted`."""
        self.pause()
        with self.in_our_words(where):
            self.page.goto(urljoin(self.options.address, path), timeout=self.ms, wait_until="domcontentloaded")
        self.arrive(self.page.main_frame, f"{wanted}, #email", where)
        if "/sessions/" in self.page.url:
            raise LoggedOutError("The portal has ended our session.", where=where)
        self.clear_view(self.page.main_frame)

    def frame_showing(self, wanted: str, where: str) -> Frame:
        """The customer's own page in the frame of the open page, once it shows `wanted`."""
        frame = self.frame()
        self.arrive(frame, wanted, where)
        host = urlsplit(frame.url).hostname or ""
        if not self.options.portal_host.fullmatch(host):
            # The guard knows what may be written on the portal's hosts alone.
            raise changed(where, f"a page of {self.options.domain}", host)
        self.clear_view(frame)
        return frame

    def frame(self) -> Frame:
        """The frame of the page that is open."""
        with self.in_our_words("frame"):
            handle = self.page.locator(FRAME).element_handle(timeout=self.ms)
            frame = handle.content_frame() if handle else None
        if frame is None:
            raise changed("frame", "the customer's pages in a frame", self.page.url)
        return frame

    def follow(self, frame: Frame, act: Callable[[], object], wanted: str, where: str, patience_s: float = 0) -> None:
        """Do something that loads another page in the frame, and wait for `wanted` there."""
        self.pause()
        patience = (patience_s or self.options.patience_s) * 1000
        with self.in_our_words(where), frame.expect_navigation(timeout=patience, wait_until="domcontentloaded"):
            act()
        self.arrive(frame, wanted, where)
        self.clear_view(frame)

    def visit(self, frame: Frame, href: str, wanted: str, where: str) -> None:
        """Load a link of a table in the frame; the address is the portal's own, never made by us."""
        self.pause()
        with self.in_our_words(where):
            frame.goto(urljoin(frame.url, href), timeout=self.ms, wait_until="domcontentloaded")
        self.arrive(frame, wanted, where)
        self.clear_view(frame)

    def arrive(self, frame: Frame, wanted: str, where: str) -> None:
        """Wait until `wanted` (selectors, by commas) is there, and nothing is busy any more."""
        until = time.monotonic() + self.options.patience_s
        while True:
            with self.in_our_words(where):
                if frame.url.startswith("chrome-error:"):
                    raise PortalDown("The connection to the portal was cut.", where=where)
                try:
                    frame.wait_for_selector(f"{wanted}, {_SIGNS}", state="attached", timeout=_SLICE_MS)
                    break
                except PlaywrightTimeoutError:
                    if time.monotonic() > until:
                        raise self._lost(frame, where, wanted) from None
        self._no_bad_sign(frame, where)
        with self.in_our_words(where):
            busy = frame.locator(selectors.BUSY)
            if busy.count():
                busy.first.wait_for(state="hidden", timeout=self.ms)

    def _no_bad_sign(self, frame: Frame, where: str) -> None:
        with self.in_our_words(where):
            if not frame.locator(_SIGNS).count():
                return
            kind = page_kind(frame.content())
        if kind is PageKind.LOGGED_OUT:
            raise LoggedOutError("The portal has ended our session.", where=where)
        closed = kind is PageKind.CLOSED
        raise PortalDown("The portal is closed for maintenance." if closed else "The portal shows an error page.", where=where)

    def _lost(self, frame: Frame, where: str, wanted: str) -> Exception:
        """Why nothing came: a page that is there and is another one, or no page."""
        try:
            text, state = frame.content(), str(frame.evaluate("document.readyState"))
        except Error:
            text, state = "", ""
        if state != "complete" or page_kind(text) is not PageKind.WORKING or len(text) < _SLICE_MS:
            return PortalDown("The portal did not answer in time.", where=where)
        return changed(where, wanted, self.masker.cover(" ".join(frame.locator("body").inner_text().split())))

    def clear_view(self, frame: Frame) -> None:
        """Put away a tour or an announcement that covers the page."""
        with self.in_our_words("announcement"):
            for _ in range(3):
                if not frame.locator("[role=dialog]").count():
                    return
                covers = frame.get_by_role("dialog").get_by_role("button", name=selectors.SKIP.candidates[0].name)
                if not covers.count():
                    return
                covers.first.click(timeout=self.ms)
