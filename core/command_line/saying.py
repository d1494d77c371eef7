"""What every verb needs to talk: one place that prints, text from outside made printable, and who typed."""

import getpass
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core.domain.actors import Actor, ActorKind, Surface
from core.domain.errors import Misconfigured
from core.settings import Settings

DONE: Final = 0
SOME_REFUSED: Final = 1
NOTHING_DONE: Final = 2


def say(line: str = "") -> None:
    """One line for whoever typed the command."""
    print(printable(line), flush=True)  # noqa: T201  This is what a command is for.


def printable(text: str) -> str:
    """Without control signs, so that words from a file or a mail cannot drive the terminal."""
    return text if text.isprintable() else "".join(sign if sign.isprintable() else " " for sign in text)


def operator() -> Actor:
    """Whoever runs the machine, under the name that the machine knows them by."""
    try:
        name = getpass.getuser()
    except (OSError, KeyError):
        # A container may run under a number that has no name.
        name = "operator"
    return Actor(ActorKind.SYSTEM, f"command_line:{name}", name, Surface.COMMAND_LINE)


def zone_of(settings: Settings) -> ZoneInfo:
    """The company's zone; `Misconfigured` for a name that does not exist."""
    try:
        return ZoneInfo(settings.time_zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise Misconfigured(f"There is no time zone {settings.time_zone}.", setting="time_zone") from error


def plural(count: int, noun: str) -> str:
    """`1 file`, `2 files`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
