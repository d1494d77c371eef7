"""`tieout calibrate`: how often are answers of each kind right here, and what would that change? Shown before it is used.

    tieout calibrate                                        from what people confirmed in this installation
    tieout calibrate --from 2026-04-01 --name spring        the same, and put in force from that day on
    tieout calibrate --customers F --invoices F --bank F... --confirmed history.csv [--out policy.toml]

With files, past bank lines are matched again and held against what was in fact settled (`--confirmed`, the columns of
history.csv, payments found by `payment_id`). Only answers that somebody judged count; nothing that was applied by itself and
never looked at is evidence for itself.
"""

import argparse
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final

from core import bootstrap, settings
from core.app import policies
from core.app.calibrating import judged_answers
from core.command_line import apply_files
from core.command_line.apply_command import matched
from core.command_line.console import Console
from core.command_line.saying import DONE, NOTHING_DONE, SOME_REFUSED, operator, say
from core.decide.risk import upper_bound
from core.domain.errors import Incomplete
from core.domain.evidence import SettledBefore
from core.domain.families import family_of
from core.domain.policy import FamilyRecord, MatchPolicy
from core.domain.versioned import PolicyKind
from core.match.batch import Settled
from core.match.calibration import Judged, fit
from core.read.csv_out import write_whole

_LINE: Final = "{:<52}{:>8}{:>8}{:>12}  {}"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    apply_files.arguments(parser, needed=False)
    parser.add_argument("--confirmed", type=Path, metavar="FILE", help="history.csv: what those bank lines in fact settled")
    parser.add_argument("--out", type=Path, metavar="FILE.toml", help="write the record as a policy for --policy")
    parser.add_argument("--from", dest="effective_from", type=_day, metavar="DATE", help="put it in force from this day on")
    parser.add_argument("--name", default="", metavar="NAME", help="what that version is called; the day, when left out")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"“{text}” is no date such as 2026-03-31") from error


def run(options: argparse.Namespace) -> int:
    """Count, show, and only where asked, write or put in force; the exit status."""
    if apply_files.given(options):
        return _from_files(options)
    with bootstrap.store(settings.load()) as store:
        with store.read() as unit:
            policy = policies.match_policy_in_force(unit, unit.now.date(), MatchPolicy())
            record = fit(judged_answers(unit), policy.automatic_bar)
        _show(record, policy)
        _write(options.out, record)
        if options.effective_from is not None:
            name = options.name or options.effective_from.isoformat()
            changed = replace(policy, version=name, record=record)
            policies.put(store, operator(), PolicyKind.MATCH, name, options.effective_from, changed)
            say(f"The matching policy “{name}” holds from {options.effective_from}.")
    return DONE


def _from_files(options: argparse.Namespace) -> int:
    console = Console(sys.stderr.isatty())
    if options.confirmed is None:
        raise Incomplete("Please say what was in fact settled: --confirmed history.csv.")
    files = apply_files.load(options, console)
    confirmed = apply_files.read_history(options.confirmed, console, partial=options.partial)
    if files is None or not confirmed:
        return NOTHING_DONE
    # Past answers are judged as the matcher weighs them by itself, whatever was made of that before.
    bare = replace(files, policy=replace(files.policy, record=()))
    record = fit(_judged(matched(bare.monies, bare.ledger(), console), confirmed), files.policy.automatic_bar)
    _show(record, files.policy)
    _write(options.out, record)
    return SOME_REFUSED if console.complaints else DONE


def _judged(settled: Iterable[Settled], confirmed: Iterable[SettledBefore]) -> list[Judged]:
    """Answers to lines of which it is known what they settled; right when exactly these documents were settled."""
    truth = {each.payment_id: set(each.invoice_numbers) for each in confirmed}
    found = []
    for each in settled:
        best = each.outcome.suggestions[0] if each.outcome.suggestions else None
        wanted = truth.get(each.outcome.money.id)
        if best is not None and wanted is not None:
            said = {item.invoice_number for item in best.applications}
            found.append(Judged(family_of(best), best.confidence, said == wanted))
    return found


def _show(record: Sequence[FamilyRecord], policy: MatchPolicy) -> None:
    """One line a family: judged, wrong, and how many wrong ones in a thousand there may be at the most."""
    if not record:
        say("Nobody has judged an answer yet; only answers that verify themselves are applied without asking.")
        return
    say(_LINE.format("certain answers of this kind", "judged", "wrong", "at the most", "applied without asking, by this alone"))
    for each in sorted(record, key=lambda family: (-family.right - family.wrong, family.family)):
        judged = each.right + each.wrong
        if not judged:
            continue
        most = upper_bound(each.wrong, judged)
        answer = "yes" if most <= policy.wrong_bound else "not yet"
        say(_LINE.format(each.family, judged, each.wrong, f"{most:.2%}", answer))
    say(f"“At the most”: more wrong ones are excluded with 95% certainty. The policy allows {policy.wrong_bound:.2%}.")


def _write(path: Path | None, record: Sequence[FamilyRecord]) -> None:
    if path is None:
        return
    write_whole(path, toml_of(record))
    say(f"{path} is written; use it with --policy, or “tieout policy set”.")


def toml_of(record: Sequence[FamilyRecord]) -> str:
    """The record as TOML that `--policy` takes."""
    lines = ["[match]", ""]
    for each in record:
        points = ", ".join(f"[{own}, {observed}]" for own, observed in each.curve)
        lines += ["[[match.record]]", f'family = "{each.family}"', f"right = {each.right}", f"wrong = {each.wrong}"]
        lines += [f"curve = [{points}]", ""]
    return "\n".join(lines)
