"""A headless Chromium for tests: the one that TIEOUT_CHROMIUM names, or one of this system."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser

from portal.browser import LIGHT, executable
from portal.browser import chromium as started


def chromium() -> str | None:
    """The executable, without its windows where the system has that; None leaves the choice to Playwright's own download."""
    return os.environ.get("TIEOUT_CHROMIUM") or shutil.which(LIGHT) or whole_chromium()


def whole_chromium() -> str | None:
    """The executable that an installation would take by itself."""
    return executable(os.environ.get("TIEOUT_CHROMIUM", ""))


@contextmanager
def launch(named: str | None = None) -> Iterator[Browser]:
    """A browser that is closed afterwards: this executable, or the one that most tests take."""
    with started(named or chromium() or "") as browser:
        yield browser
