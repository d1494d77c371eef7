"""`tieout policy …`: the owner's rules as versions with a day from which they hold, and what changed between them.

    tieout policy show [--on 2026-03-31]
    tieout policy set policy.toml --from 2026-04-01 --name spring
    tieout policy replay --policy proposal.toml [--json]

The file is that of `tieout apply --policy` and `tieout compare --policy`: a table `[match]`, whose missing keys are as the code
has them; or versions `[[policy]]` (limits for supplier invoices) and `[[payables]]` (their approval), which say what they are
called and from which day they hold.
"""

import argparse
import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from core import bootstrap, settings
from core.app import policies
from core.command_line import policy_payables
from core.command_line.console import file_bytes
from core.command_line.saying import DONE, operator, say
from core.domain.codec import to_json
from core.domain.errors import Incomplete
from core.domain.policy import MatchPolicy
from core.domain.versioned import PolicyKind, PolicyVersion
from core.ports.store import Store
from core.read.match_policy import read_match_policy


def arguments(parser: argparse.ArgumentParser) -> None:
    """The verbs below `policy`."""
    verbs = parser.add_subparsers(dest="policy_verb", metavar="VERB", required=True)
    show = verbs.add_parser("show", help="all versions, and the one that holds today or on another day")
    show.add_argument("--on", type=_day, default=None, metavar="DATE", help="such as 2026-03-31")
    new = verbs.add_parser("set", help="a new version, from a day on that has not passed")
    new.add_argument(
        "file", type=Path, metavar="FILE.toml", help="with a table [match], or versions [[policy]] and [[payables]]"
    )
    new.add_argument("--from", dest="effective_from", type=_day, metavar="DATE", help="the first day that [match] holds")
    new.add_argument("--name", default="", metavar="NAME", help="what it is called; the day, when left out")
    proposal = verbs.add_parser("replay", help="what these limits would have done to past supplier invoices")
    proposal.add_argument("--policy", type=Path, required=True, metavar="FILE.toml", help="the proposal: versions [[policy]]")
    proposal.add_argument("--json", action="store_true", help="one JSON object a supplier")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"“{text}” is no date such as 2026-03-31") from error


def run(options: argparse.Namespace) -> int:
    """Show or set."""
    with bootstrap.store(settings.load()) as store:
        if options.policy_verb == "show":
            _show(store, options.on)
        elif options.policy_verb == "replay":
            with store.read() as unit:
                for line in policy_payables.replayed(unit, options.policy, as_json=options.json):
                    say(line)
        else:
            _set(store, options)
    return DONE


def _show(store: Store, day: date | None) -> None:
    with store.read() as unit:
        on = day or unit.now.date()
        versions = unit.policies.all(PolicyKind.MATCH)
        holds = policies.version_in_force(unit, PolicyKind.MATCH, on)
    say(f"On {on} the matching policy is “{holds.version if holds else MatchPolicy().version}”.")
    for version in versions or [PolicyVersion(PolicyKind.MATCH, "default", policies.FIRST, "{}", "tieout")]:
        mark = "*" if holds is not None and version.version == holds.version else " "
        by = f", by {version.put_by}" + (f" at {version.put_at:%Y-%m-%d %H:%M} UTC" if version.put_at else "")
        say(f"{mark} {version.version:<20} from {version.effective_from}{by}")
    body: dict[str, Any] = json.loads(holds.body) if holds else _default()
    for name, value in sorted({**_default(), **body}.items()):
        if name != "version":
            changed = "" if value == _default()[name] else "   (not as the code has it)"
            say(f"    {name} = {json.dumps(value, ensure_ascii=False)}{changed}")
    with store.read() as unit:
        for line in policy_payables.shown(unit):
            say(line)


def _default() -> dict[str, Any]:
    found = to_json(MatchPolicy())
    assert isinstance(found, dict)  # noqa: S101  A record is an object.
    return found


def _set(store: Store, options: argparse.Namespace) -> None:
    data = file_bytes(options.file)
    policy = read_match_policy(data, options.file.name)
    versions = policy_payables.versions_in(data, options.file.name)
    if versions:
        say(policy_payables.put(store, versions))
    if policy == MatchPolicy() and b"[match]" not in data:
        if versions:
            return
        raise Incomplete(f"{options.file.name} has no table [match], [[policy]] or [[payables]].")
    if options.effective_from is None:
        raise Incomplete("Please say from which day the table [match] holds: --from 2026-03-31.")
    name = options.name or options.effective_from.isoformat()
    new = policies.put(store, operator(), PolicyKind.MATCH, name, options.effective_from, replace(policy, version=name))
    say(f"The matching policy “{name}” holds from {options.effective_from}." if new else f"“{name}” is there already.")
