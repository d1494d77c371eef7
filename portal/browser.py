"""A Chromium of this machine, and windows in it that no submitting request can leave.

Honest: no stealth plug-ins, no changed user agent, no proxies. Service workers and web sockets are off, because the guard does
not see what they send.
"""

import logging
import os
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, TypeVar, cast

from playwright.sync_api import (
    Browser,
    BrowserContext,
    Dialog,
    Error,
    Page,
    Request,
    Route,
    StorageState,
    ViewportSize,
    sync_playwright,
)

from portal import once
from portal.guard import ELSEWHERE, READING, Asked, KnownWrite, judge

_LOG: Final = logging.getLogger(__name__)
T = TypeVar("T")
LIGHT: Final = "chromium-headless-shell"
"""Chromium without its windows: pages are the same, and cost about a quarter of the processor. It shows nothing to a person."""
_NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", LIGHT)
_FLAGS: Final = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_COVERED: Final = "input[type=password], input[autocomplete=one-time-code], #code, #password"
_VIEW: Final[ViewportSize] = {"width": 1280, "height": 1800}


def executable(named: str = "") -> str | None:
    """The Chromium to start: the setting's, else the first one on the PATH; None leaves it to Playwright's own."""
    if named:
        return named
    found = (shutil.which(name) for name in _NAMES)
    return next((path for path in found if path and Path(path).exists()), None)


@contextmanager
def chromium(named: str = "", *, visible: bool = False) -> Iterator[Browser]:
    """A browser that is closed afterwards, headless unless a person shall use it. Its sandbox is off for root alone."""
    flags = [*_FLAGS, "--no-sandbox"] if os.geteuid() == 0 else list(_FLAGS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(named), args=flags, headless=not visible)
        try:
            yield browser
        finally:
            browser.close()


class Window:
    """One browser context with one page, for one login. `blocked` names what the guard stopped; nothing of it was sent.

    A write that is sent once has `once_s` seconds for its answer.
    """

    def __init__(
        self,
        browser: Browser,
        portal_host: re.Pattern[str],
        writes: Sequence[KnownWrite],
        state: StorageState | None = None,
        once_s: float = 60.0,
    ) -> None:
        self._once_s = once_s
        self._portal_host = portal_host
        self._writes = writes
        self.blocked: list[str] = []
        self.broken: list[str] = []
        self.deleting = False
        self.context: BrowserContext = browser.new_context(
            storage_state=state, service_workers="block", locale="en-US", viewport=_VIEW, accept_downloads=True
        )
        self.context.route("**/*", self._judge)
        self.context.route_web_socket(re.compile(".*"), lambda socket: socket.close())
        self.page = self.new_page()

    def new_page(self) -> Page:
        """A further page of the same session, guarded alike."""
        page = self.context.new_page()
        page.on("requestfailed", self._failed)
        page.on("dialog", self._answer)
        return page

    @contextmanager
    def reading_only(self) -> Iterator[None]:
        """While inside, no write at all leaves, not even those that the robot may make otherwise."""
        allowed, self._writes = self._writes, ()
        try:
            yield
        finally:
            self._writes = allowed

    def looked_through(self, look: Callable[["Window"], T]) -> T:
        """What `look` makes of this window while no write leaves it."""
        with self.reading_only():
            return look(self)

    def _judge(self, route: Route) -> None:
        request = route.request
        body: bytes | None = b""
        if request.method.upper() not in READING:
            body = request.post_data_buffer
            if body is None and "content-type" not in request.headers:
                body = b""
        verdict = judge(
            Asked(request.method, request.url, body, request.headers.get("content-type", "")), self._portal_host, self._writes
        )
        if verdict.passes:
            if verdict.once:
                once.send(route, body or b"", self._once_s)
            elif verdict.emptied:
                route.continue_(post_data=b"")
            else:
                route.continue_()
            return
        if verdict.rule != ELSEWHERE:
            self.blocked.append(verdict.rule)
            _LOG.warning("stopped a request that the robot must not make: %s", verdict.rule)
        route.abort("blockedbyclient")

    def _failed(self, request: Request) -> None:
        if request.is_navigation_request():
            self.broken.append(str(request.failure or "failed"))

    def _answer(self, dialog: Dialog) -> None:
        """Yes to leaving a page and, while we delete a draft of ours, to “are you sure”; no to everything else."""
        if dialog.type == "beforeunload" or self.deleting:
            dialog.accept()
        else:
            dialog.dismiss()

    def state(self) -> StorageState:
        """Cookies and local storage: they can impersonate the user, so they are only ever kept encrypted."""
        return self.context.storage_state()

    def shot(self, page: Page | None = None) -> bytes:
        """A picture of the page, with every field covered that may hold a secret."""
        page = page or self.page
        masks = [frame.locator(_COVERED) for frame in page.frames]
        return page.screenshot(mask=masks, animations="disabled")

    def close(self) -> None:
        """Close it; it may be gone already."""
        with suppress(Error):
            self.context.close()


def typed_state(state: object) -> StorageState:
    """A browser state that was kept as JSON."""
    return cast("StorageState", state)
