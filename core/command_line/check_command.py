"""`tieout check`: test every setting and connection; a line each, with how to mend what is wrong. Nothing is changed.

Exit status: 0 nothing is wrong (notes may be there); 1 something is.
"""

import argparse
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from pydantic import BaseModel, SecretStr
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from core import settings
from core.command_line.checks.database import database
from core.command_line.checks.finding import Finding, Verdict, wrong
from core.command_line.checks.mailbox import mailbox
from core.command_line.checks.places import places
from core.command_line.checks.portals import portals
from core.command_line.checks.slack import slack
from core.command_line.saying import DONE, SOME_REFUSED, plural, say
from core.domain.errors import Misconfigured, ProjectError
from core.settings import Settings

Check = Callable[[Settings], Iterator[Finding]]
# Masking a shorter one would make every line unreadable, and nobody can guess it from a gap.
_SHORTEST_SECRET: Final = 4
CHECKS: Final[Mapping[str, Check]] = {
    "here": places,
    "database": database,
    "slack": slack,
    "mail": mailbox,
    "portals": portals,
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which neighbourhoods."""
    parser.add_argument("--only", choices=list(CHECKS), action="append", help="look at this alone; may be said several times")


def run(options: argparse.Namespace) -> int:
    """Look at everything, whatever is found on the way."""
    try:
        found = settings.load()
    except Misconfigured as error:
        say(wrong(error.sentence, "correct it in .env or in the environment; core/docs/settings.md says what it is for").line)
        return SOME_REFUSED
    secrets = sorted(_secrets(found), key=len, reverse=True)
    bad = 0
    for name, check in CHECKS.items():
        if options.only and name not in options.only:
            continue
        for finding in _guarded(check, found):
            bad += finding.verdict is Verdict.WRONG
            say(_without(secrets, finding.line))
    say(f"{plural(bad, 'thing')} to mend." if bad else "Everything that was looked at works.")
    return SOME_REFUSED if bad else DONE


def _guarded(check: Check, found: Settings) -> Iterator[Finding]:
    try:
        yield from check(found)
    except ProjectError as error:
        yield wrong(error.sentence, "see above")


def _secrets(found: Settings) -> set[str]:
    """Every secret of the settings: a net under the rule that no check says one."""
    secrets = {value.get_secret_value() for value in _values(found) if isinstance(value, SecretStr)}
    try:
        secrets.add(str(make_url(found.database).password or ""))
    except ArgumentError:
        secrets.add(found.database)
    return {secret for secret in secrets if len(secret) >= _SHORTEST_SECRET}


def _values(model: BaseModel) -> Iterator[object]:
    for name in type(model).model_fields:
        value = getattr(model, name)
        for each in value if isinstance(value, tuple) else (value,):
            if isinstance(each, BaseModel):
                yield from _values(each)
            else:
                yield each


def _without(secrets: list[str], line: str) -> str:
    for secret in secrets:
        line = line.replace(secret, "[secret]")
    return line
