"""The `tieout` command: one verb a module, loaded only when asked for.

Exit status: 0 done; 1 done, but some input was refused and is listed; 2 nothing done.
"""

import argparse
import importlib
import sys
from collections.abc import Callable, Sequence
from typing import Final, Protocol, cast

from core.domain.errors import ProjectError

NOTHING_DONE: Final = 2
INTERRUPTED: Final = 130

VERBS: Final = {
    "up": "run every process of the Procfile and restart what dies",
    "migrate": "make the folders and bring the database to this version's schema",
    "read": "say what a bank file, remittance or mail holds",
    "apply": "which customer sent this money, and which open invoices does it pay",
    "compare": "which order line does each supplier invoice line charge, and does it agree",
    "orders": "which customer's order in a portal does each of our invoices belong to",
    "check": "test every setting and connection, and say how to mend what is wrong",
    "people": "who may act: list, add, change roles, remove",
    "explain": "every explanation of one payment that was weighed, with what speaks for and against it",
    "calibrate": "how often answers of each kind were right here, and what that allows",
    "policy": "the rules of matching, from which day on: show, set",
    "portal": "customers' portals: logins, syncs, whose customers they list, for whom drafts are saved",
    "import": "hand files in: bank files, remittances, lists and acknowledgements of the ledger",
    "export": "write the postings that are due for the ledger now",
    "report": "what went to the ledger, what was refused and why, and what still waits",
    "shunt": "deliveries and mails that were set aside: list, show, replay, drop",
    "audit": "the log of everything that happened: verify, head, show",
    "backup": "a consistent copy of the database in one file",
    "restore": "put a backup in place of the database",
}


class Verb(Protocol):
    """What a module of `core.command_line` offers."""

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the verb's arguments."""

    def run(self, options: argparse.Namespace) -> int:
        """Do it; the exit status."""


def _verb(name: str) -> Verb:
    return cast("Verb", importlib.import_module(f"core.command_line.{name.replace('-', '_')}_command"))


def build_parser(chosen: str | None) -> argparse.ArgumentParser:
    """The parser with one line a verb; only the chosen verb's module is loaded."""
    parser = argparse.ArgumentParser(prog="tieout", description="Ties invoices, purchase orders and payments out.")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    for name, sentence in VERBS.items():
        sub = verbs.add_parser(name, help=sentence, description=sentence[0].upper() + sentence[1:] + ".")
        if name == chosen:
            _verb(name).arguments(sub)
    return parser


def main(arguments: Sequence[str] | None = None, *, out: Callable[[str], object] | None = None) -> int:
    """Run one verb; errors of ours are one sentence on stderr, never a trace."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    chosen = next((word for word in words if word in VERBS), None)
    options = build_parser(chosen).parse_args(words)
    say = out or (lambda line: print(line, file=sys.stderr))  # noqa: T201  The command line prints.
    try:
        return _verb(options.verb).run(options)
    except ProjectError as error:
        say(f"tieout: {error.sentence}")
        return NOTHING_DONE
    except BrokenPipeError:
        sys.stderr.close()
        return NOTHING_DONE
    except KeyboardInterrupt:
        return INTERRUPTED
