"""`tieout import FILE...`: hand files in as if they had been dropped into the watched folder.

What waits is matched again with what came, without waiting for the clock process.

Exit status: 0 all were taken; 1 some were refused, each with a sentence; 2 none was taken.
"""

import argparse
from dataclasses import replace
from pathlib import Path

from core import bootstrap, settings
from core.app import take_document
from core.app.commands import TakeDocument
from core.app.outcomes import Outcome, Refusal
from core.app.payables.relaying import compare_now
from core.app.services import Services
from core.app.sync_ledger import rematch_if_wanted
from core.command_line.saying import DONE, NOTHING_DONE, SOME_REFUSED, operator, plural, say
from core.domain.actors import Actor, Surface
from core.domain.errors import ProjectError, TooBig


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which files."""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="recognised by what is in it, not by its name")
    parser.add_argument(
        "--allow-closing", action="store_true", help="a list of open documents may close most of those that are open; I looked"
    )


def run(options: argparse.Namespace) -> int:
    """Take every file, in the order in which they depend on each other; a sentence for each."""
    actor = replace(operator(), surface=Surface.FILE)
    taken = 0
    with bootstrap.running(settings.load()) as services:
        for file in sorted(options.files, key=_place):
            outcome = _take(services, file, actor, allow_closing=options.allow_closing)
            refused = isinstance(outcome, Refusal)
            taken += not refused
            said = outcome.sentence or f"{file.name} was taken."
            say(f"{'refused' if refused else 'taken':<8}{said}")
        moved = rematch_if_wanted(services, actor)
        compared = compare_now(services)
    if compared:
        say(f"{plural(compared, 'supplier invoice')} compared again with what came.")
    if moved:
        say(f"{plural(moved, 'waiting payment')} moved on with what came.")
    if not taken:
        return NOTHING_DONE
    return DONE if taken == len(options.files) else SOME_REFUSED


def _place(file: Path) -> int:
    try:
        with file.open("rb") as data:
            return take_document.order(data.read(16_384))
    except OSError:
        return 0


def _take(services: Services, file: Path, actor: Actor, *, allow_closing: bool) -> Outcome:
    try:
        if file.stat().st_size > take_document.LARGEST_BYTES:
            return Refusal(TooBig.code, f"{file.name} is larger than {take_document.LARGEST_BYTES // 1024**2} MB.")
        return take_document.take(services, TakeDocument(file.name, file.read_bytes(), actor, allow_closing=allow_closing))
    except OSError as error:
        return Refusal("not_found", f"{file} cannot be opened: {error.strerror}.")
    except ProjectError as error:
        return Refusal(error.code, f"{file.name}: {error.sentence}")
