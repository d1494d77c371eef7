"""`python -m mail`: listen to the mailboxes. With a verb: `check`, `shunted`, `recent`, `show ID`, `replay ID`.

Exit status: 0 done; 1 something ended by an error, or a check failed; 2 the settings are wrong.
"""

import argparse
import logging
import os
import sys
from collections.abc import Iterator, Sequence
from typing import Final

from core import bootstrap, logs
from core.app.services import Services
from core.domain.errors import Misconfigured, ProjectError
from core.domain.ids import MailId
from core.settings import Settings, load
from core.signals import stopping
from mail import shunt
from mail.process import MailProcess, check_connections, check_settings

PRELOAD: Final = ("mail.envelope",)
_FAILED: Final = 1
_MISCONFIGURED: Final = 2


def main(words: Sequence[str] | None = None) -> int:
    """Do what the words say; by default, listen."""
    options = _parser().parse_args(words)
    try:
        settings = load()
        if options.verb == "check":
            return _check(settings)
        if options.verb == "listen":
            check_settings(settings.mail)
        with bootstrap.running(settings, preload=PRELOAD) as services:
            if options.verb == "listen":
                return _listen(settings, services)
            for line in _lines(options, services):
                print(line)  # noqa: T201  The command line prints.
            return 0
    except ProjectError as trouble:
        setting = f" (setting {trouble.setting})" if isinstance(trouble, Misconfigured) else ""
        print(f"mail: {trouble.sentence}{setting}", file=sys.stderr)  # noqa: T201
        return _MISCONFIGURED if isinstance(trouble, Misconfigured) else _FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m mail", description="Listens to mailboxes and takes remittances to the core."
    )
    verbs = parser.add_subparsers(dest="verb")
    parser.set_defaults(verb="listen")
    verbs.add_parser("listen", help="listen until told to stop (the default)")
    verbs.add_parser("check", help="try every mailbox once and say what is wrong")
    verbs.add_parser("shunted", help="list the mails that were set aside")
    verbs.add_parser("recent", help="list the newest mails and what became of them")
    for verb, sentence in (("show", "show one mail and what every rule said"), ("replay", "queue one mail to be read again")):
        verbs.add_parser(verb, help=sentence).add_argument("mail", metavar="ID", help="such as M-1042")
    return parser


def _lines(options: argparse.Namespace, services: Services) -> Iterator[str]:
    desk = bootstrap.mail_desk(services)
    match options.verb:
        case "shunted":
            yield from shunt.lines_of_list(desk)
        case "recent":
            yield from map(shunt.line, desk.recent())
        case "show":
            yield from shunt.lines_of_one(desk, MailId(options.mail))
        case _:
            yield shunt.replay(desk, MailId(options.mail))


def _listen(settings: Settings, services: Services) -> int:
    # What the process makes (token files) is for its own user only.
    os.umask(0o077)
    logs.configure(settings)
    # imapclient prints the whole traffic, login included, at DEBUG: never, whatever the level of the log.
    for name in ("imapclient", "imapclient.imaplib", "mailparser"):
        logging.getLogger(name).setLevel(logging.WARNING)
    mail = settings.mail.model_copy(update={"company_name": settings.mail.company_name or settings.company})
    with stopping() as stop:
        return MailProcess(services, bootstrap.mail_desk(services), mail).run(stop)


def _check(settings: Settings) -> int:
    check_settings(settings.mail)
    found = list(check_connections(settings.mail))
    for each in found:
        works = f"works; {each.notes}" if each.notes else "works"
        print(f"{each.name}: {each.trouble or works}")  # noqa: T201
    if not settings.mail.accounts:
        print("No mailbox is set (TIEOUT_MAIL__IMAP_HOST).")  # noqa: T201
    return _FAILED if any(each.trouble for each in found) else 0


if __name__ == "__main__":
    sys.exit(main())
