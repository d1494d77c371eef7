"""Customers' portals, as the portal process itself sees them: `python -m portal check` in a child. Nobody is logged in."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Final

from sqlalchemy.exc import DBAPIError

from core.command_line.checks.finding import Finding, note, ok, wrong
from core.settings import Settings
from core.store import revisions
from core.store.backup import path_of

_LONGEST_S: Final = 60.0


def portals(settings: Settings) -> Iterator[Finding]:
    """A line for the browser, one for each login, and one for the folder of invoices' files."""
    if not _is_set_up(settings):
        # The check of the database has said so; logins are kept there.
        return
    command = [sys.executable, "-m", "portal", "check"]
    try:
        ended = subprocess.run(  # noqa: S603  Our own process.
            command, capture_output=True, text=True, check=False, timeout=_LONGEST_S, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired:
        yield wrong("The check of the portals took too long", "run “python -m portal check” to see why")
        return
    lines = [line for line in ended.stdout.splitlines() if line.strip()]
    for line in lines:
        yield _finding(line)
    said = [line.removeprefix("portal: ") for line in ended.stderr.splitlines() if line.startswith("portal: ")]
    for line in said:
        yield wrong(line, "look at the settings TIEOUT_PORTAL__…")
    if ended.returncode and not said and not lines:
        yield wrong("The check of the portals broke", "run “python -m portal check” to see why")
    if any(line.startswith("portal login") for line in lines) and not settings.portal.invoice_files_dir.is_dir():
        folder = settings.portal.invoice_files_dir
        yield note(f"The folder {folder} is not there", "put the PDFs of our invoices there, each named by its number")


def _is_set_up(settings: Settings) -> bool:
    if settings.database.startswith("sqlite") and not path_of(settings.database).exists():
        return False
    try:
        return revisions.present(settings.database) == revisions.newest()
    except DBAPIError:
        return False


def _finding(line: str) -> Finding:
    name, colon, said = line.partition(": ")
    text = name[:1].upper() + name[1:]
    if not colon:
        return note(line)
    if said.startswith("works"):
        return ok(f"{text} {said}")
    if name == "browser":
        return wrong(f"{text}: {said}", "install Chromium, or set TIEOUT_CHROMIUM to its path")
    return wrong(f"{text}: {said}", "tieout portal test, or tieout portal rotate with other secrets")
