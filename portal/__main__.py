"""`python -m portal`: sync customers' portals and save drafts there. With a verb: `check`, `test ID`, `recon ID`.

Exit status: 0 done; 1 something ended by an error, or a check failed; 2 the settings are wrong.
"""

import argparse
import logging
import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from core import bootstrap, logs
from core.app.portals import logins
from core.app.services import Services
from core.domain.errors import Misconfigured, ProjectError
from core.domain.portals import LoginState, PortalLoginId
from core.settings import Settings, load
from core.signals import stopping
from portal.browser import executable
from portal.coupa.driver import CoupaDriver
from portal.drivers import makers
from portal.process import PortalProcess, habits
from portal.recon import ReconWish, record
from portal.work import Habits, PortalWorker

_FAILED: Final = 1
_MISCONFIGURED: Final = 2
_BY_HAND_S: Final = 600.0


def main(words: Sequence[str] | None = None) -> int:
    """Do what the words say; by default, work until told to stop."""
    options = _parser().parse_args(words)
    try:
        settings = load()
        os.umask(0o077)
        if options.verb == "run":
            logs.configure(settings)
        # Playwright's own log quotes what is typed.
        for name in ("playwright", "asyncio"):
            logging.getLogger(name).setLevel(logging.WARNING)
        with bootstrap.running(settings) as services:
            match options.verb:
                case "check":
                    return _check(settings, services)
                case "test":
                    return _test(settings, services, PortalLoginId(options.login), visible=options.visible)
                case "recon":
                    return _recon(settings, services, options)
                case _:
                    with stopping() as stop:
                        return PortalProcess(services, settings, makers(settings)).run(stop)
    except ProjectError as trouble:
        setting = f" (setting {trouble.setting})" if isinstance(trouble, Misconfigured) else ""
        print(f"portal: {trouble.sentence}{setting}", file=sys.stderr)  # noqa: T201
        return _MISCONFIGURED if isinstance(trouble, Misconfigured) else _FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m portal", description="Syncs customers' portals and saves drafts there.")
    verbs = parser.add_subparsers(dest="verb")
    parser.set_defaults(verb="run")
    verbs.add_parser("run", help="work until told to stop (the default)")
    verbs.add_parser("check", help="say whether a browser is there and which logins can be used")
    test = verbs.add_parser("test", help="log in once with a login, now")
    test.add_argument("login", metavar="ID", help="such as PL-1001")
    test.add_argument("--visible", action="store_true", help="in a window where a person logs in by hand")
    record = verbs.add_parser("recon", help="record what the portal's pages look like: read-only, texts masked")
    record.add_argument("login", metavar="ID", help="such as PL-1001")
    record.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new folder")
    record.add_argument("--pictures", action="store_true", help="take pictures too, which are not masked")
    return parser


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201  The command line prints.


def _check(settings: Settings, services: Services) -> int:
    with services.store.read() as unit:
        found = [login for login in unit.portal_logins.all() if login.state is not LoginState.RETIRED]
    if not found:
        _say("No portal login is kept (tieout portal add).")
        return 0
    browser = executable(settings.chromium)
    _say(f"browser: {f'works; {browser}' if browser else 'no Chromium was found (setting chromium)'}")
    bad = browser is None
    for login in found:
        paused = login.state is LoginState.PAUSED
        why = login.trouble.sentence if login.trouble is not None else "it waits for a person"
        _say(f"portal login {login.id} ({login.portal}): {why if paused else 'works'}")
        bad = bad or paused
    return _FAILED if bad else 0


def _test(settings: Settings, services: Services, login_id: PortalLoginId, *, visible: bool) -> int:
    """Log in as the workers do, and write down what came of it."""
    usual = habits(settings)
    chosen = Habits(usual.chromium, usual.lease_s, usual.linger_s, visible=visible)
    worker = PortalWorker(services, makers(settings), chosen, threading.Event())
    try:
        driver = worker.driver(login_id)
        if visible and isinstance(driver, CoupaDriver):
            _say("Please log in in the window that has opened.")
            driver.log_in_by_hand(_BY_HAND_S)
            # Logged out, it would be for nothing: the robot would meet the captcha again.
            driver.hand_over()
        else:
            driver.log_in()
    except Misconfigured:
        raise
    except ProjectError as error:
        if not logins.is_passing(error):
            logins.troubled(services, login_id, error)
        _say(f"{login_id}: {error.sentence}")
        return _FAILED
    finally:
        worker.close()
    logins.worked(services, login_id, tested=True)
    _say(f"{login_id}: logged in.")
    return 0


def _recon(settings: Settings, services: Services, options: argparse.Namespace) -> int:
    """Log in, then look and write down; nothing is pressed and no further write leaves the browser."""
    worker = PortalWorker(services, makers(settings), habits(settings), threading.Event())
    with services.store.read() as unit:
        login = unit.portal_logins.get(PortalLoginId(options.login))
    try:
        driver = worker.driver(login.id)
        if not isinstance(driver, CoupaDriver):
            _say(f"Pages of the portal “{login.portal}” cannot be recorded.")
            return _FAILED
        wish = ReconWish(settings.portal.coupa_address, private=(login.login, settings.company), pictures=options.pictures)
        report = record(driver, options.out, wish, services.clock)
    finally:
        worker.close()
    for part in report.parts:
        _say(f"{part.name}: {part.trouble or f'{len(part.frames)} frames'}")
    _say(f"{options.out} holds the record. Read it before you hand it on.")
    return _FAILED if all(part.trouble for part in report.parts) else 0


if __name__ == "__main__":
    sys.exit(main())
