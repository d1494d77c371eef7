"""A portal wants to see a human: a person logs in by hand, in a window on their screen; the robot goes on with their session.

The window is a Chromium with all its windows and no headless mode. There is no screen here, so it draws on none, and the person
sits at its debugging port, in a browser session of their own.
"""

import os
import re
import signal
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, Error, Page, sync_playwright

from core.domain.portals import LoginState, PortalLogin
from core.store.vault import new_key
from tests.browser import chromium, whole_chromium
from tests.databases import fresh_database
from tests.installation import Installation, installed
from tests.sandbox.portal import seed
from tests.sandbox.portal.faults import Fault
from tests.sandbox.portal.site import Site
from tests.sandbox.portal.testing import running_portal
from tests.sandbox.slack.testing import running_slack
from tests.scenarios.mail_world import eventually

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]
LOGIN = "PL-1001"


def screenless(folder: Path, port: int) -> str:
    """A program that is Chromium with windows, on a machine without a screen, at whose port a person can sit."""
    program = folder / "chromium-on-no-screen"
    flags = f"--ozone-platform=headless --remote-debugging-port={port}"
    program.write_text(f'#!/bin/sh\nexec "{whole_chromium()}" {flags} "$@"\n', encoding="utf-8")
    program.chmod(0o700)
    return str(program)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def opened(browser: Browser) -> list[Page]:
    """What the robot has opened for the person."""
    return [page for context in browser.contexts for page in context.pages if "coupahost" in page.url]


def log_in_as_a_person(port: int, site: Site) -> None:
    with sync_playwright() as playwright:
        pages: list[Page] = []

        def is_there() -> bool:
            with suppress(Error):
                pages[:] = opened(playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{port}"))
            return bool(pages)

        eventually(is_there, "the window to open", 0.5)
        (page,) = pages
        assert "Headless" not in page.evaluate("navigator.userAgent")
        page.get_by_label("Email").fill(seed.ROBOT)
        page.get_by_role("button", name="Continue").click()
        inner = page.frame_locator("#identityLoginIframe")
        inner.get_by_label("Password").fill(seed.PASSWORD)
        inner.get_by_role("button").click()
        page.get_by_role("button", name=re.compile("I am a person")).click()
        page.get_by_label("Authentication Code").fill(pyotp.totp.TOTP(seed.SECRET).at(site.now))
        page.get_by_role("button", name="Log In", exact=True).click()
        page.wait_for_url("**/home")


@pytest.fixture
def site() -> Iterator[Site]:
    with running_portal() as running:
        running.faults.add(Fault("captcha"))
        yield running


@pytest.fixture
def installation(tmp_path: Path, site: Site) -> Iterator[Installation]:
    portal = {
        "TIEOUT_PORTAL__COUPA_ADDRESS": site.url("supplier", ""),
        "TIEOUT_PORTAL__KEYS": new_key().decode(),
        "TIEOUT_CHROMIUM": chromium() or "",
    }
    with (
        running_slack() as slack,
        fresh_database("sqlite", tmp_path) as url,
        installed(tmp_path / "tieout", url, slack, **portal) as one,
    ):
        yield one


def kept(installation: Installation) -> PortalLogin:
    with installation.store.read() as unit:
        (login,) = unit.portal_logins.all()
        return login


def test_a_person_passes_a_captcha_in_a_window_and_the_robot_goes_on(
    installation: Installation, site: Site, tmp_path: Path
) -> None:
    words = ("portal", "add", "coupa", seed.ROBOT, "--date-form", "mm/dd/yyyy")
    status, said = installation.run(*words, typed=f"{seed.PASSWORD}\n{seed.SECRET}\n")
    assert status == 1
    assert kept(installation).state is LoginState.PAUSED
    assert "human" in said or "person" in said, said

    port = free_port()
    window = installation.begin("portal", "test", LOGIN, "--visible", TIEOUT_CHROMIUM=screenless(tmp_path, port))
    try:
        log_in_as_a_person(port, site)
        said = window.communicate(timeout=120)[0]
    finally:
        with suppress(ProcessLookupError):
            os.killpg(window.pid, signal.SIGKILL)
        window.communicate()
    assert window.returncode == 0, said
    assert f"{LOGIN}: logged in." in said
    assert kept(installation).state is not LoginState.PAUSED

    # The captcha is still there for whoever logs in anew; the robot does not.
    site.seen.clear()
    status, said = installation.run("portal", "test", LOGIN)
    assert (status, [one.path for one in site.seen if one.method == "POST" and "sessions" in one.path]) == (0, []), said
