"""The mailbox, as the mail process itself tries it: `python -m mail check` in a child, because the core knows no edge."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Final

from core.command_line.checks.finding import Finding, note, ok, wrong
from core.settings import Settings

_LONGEST_S: Final = 180.0
_WORKS: Final = "works"


def mailbox(settings: Settings) -> Iterator[Finding]:
    """A line for each folder, and one for sending."""
    mail = settings.mail
    if not (mail.imap_host or mail.more_accounts or mail.smtp_host):
        yield note("No mailbox is set", "set TIEOUT_MAIL__IMAP_HOST and what goes with it, to take remittances by mail")
        return
    command = [sys.executable, "-m", "mail", "check"]
    try:
        ended = subprocess.run(  # noqa: S603  Our own process.
            command, capture_output=True, text=True, check=False, timeout=_LONGEST_S, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired:
        yield wrong(f"The mailbox check took longer than {_LONGEST_S:.0f} s", "see whether the host and port are right")
        return
    lines = [line for line in ended.stdout.splitlines() if line.strip()]
    for line in lines:
        yield _finding(line)
    said = [line for line in ended.stderr.splitlines() if line.startswith("mail: ")]
    for line in said:
        yield wrong(line.removeprefix("mail: "), _mend(line))
    if ended.returncode and not said and not any(f": {_WORKS}" not in line for line in lines):
        yield wrong("The mailbox check broke", "run “python -m mail check” to see why")


def _finding(line: str) -> Finding:
    name, _, said = line.partition(": ")
    text = name[:1].upper() + name[1:]
    if said == _WORKS:
        return ok(f"{text} works")
    if said.startswith(f"{_WORKS}; "):
        return note(f"{text} {said}")
    if not said:
        return note(line)
    return wrong(f"{text}: {said}", _mend(said))


def _mend(said: str) -> str:
    """The setting that the mail process names, as it is called in the environment."""
    _, named, rest = said.partition("(setting ")
    if not named:
        return "look at host, port and network; “python -m mail check” tries again"
    return f"correct TIEOUT_{rest.partition(')')[0].replace('.', '__').upper()}"
