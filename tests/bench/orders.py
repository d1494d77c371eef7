"""How rightly our invoices are matched to customers' orders in made worlds, and how fast: `python -m tests.bench orders`."""

import resource
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from tests.bench import order_quality, order_world, worlds
from tests.bench.figures import Figure

SEEDS: Final = (9001, 9002)
"""Seeds that nobody looked into while the rules were made."""
INVOICES: Final = 10_000
SCALES: Final = (10_000, 100_000)
_SHOWN: Final = {
    "certain_precision": "certain and right",
    "certain_precision_strict": "certain, right, and nothing speaks against it",
    "certain_as_it_happened": "certain and what really happened, where an order was meant",
    "clear_found_certain": "found as certain, of those with nothing against",
    "found_first": "found and named alone, of the answerable",
    "found_top3": "among the first three, of the answerable",
    "tie_exact": "ties kept as questions with exactly their members",
    "unanswerable_certain": "certain, of what nobody can know",
    "unanswerable_suggested": "suggested, of what nobody can know",
    "right_of_suggested_by_number": "right, or exactly the tie, of what is suggested by a number",
    "right_of_suggested_by_sum": "right, or exactly the tie, of what is suggested by a sum",
}


def figures() -> list[Figure]:
    """Both worlds beside the plain rules, then the command's processor time."""
    found = []
    for name in order_world.SHARES:
        for seed in SEEDS:
            with tempfile.TemporaryDirectory(prefix="tieout-orders-") as folder:
                world = order_world.write(order_world.make(name, seed, INVOICES), Path(folder))
                scores = {
                    each: order_quality.scored(world, say(world))[0].shares() for each, say in order_quality.MATCHERS.items()
                }
            ours, *plain = scores.values()
            found += [
                Figure(
                    f"{name} {seed}: {what}",
                    order_quality.shown(ours[key]),
                    "plain rules " + " and ".join(order_quality.shown(each[key]) for each in plain),
                )
                for key, what in _SHOWN.items()
            ]
    return [*found, *_speed()]


def _speed() -> list[Figure]:
    took = []
    for scale in SCALES:
        with tempfile.TemporaryDirectory(prefix="tieout-orders-") as folder:
            world = order_world.write(order_world.make("plain", 1, scale), Path(folder), truth=False)
            took.append(processor_seconds(world))
    whats = [f"{scale:,} invoices against as many orders, files read to file written" for scale in SCALES]
    found = [Figure(what, f"{seconds:.1f} processor seconds") for what, seconds in zip(whats, took, strict=True)]
    return [*found, Figure("ten times as many take", f"{took[1] / took[0]:.1f} times the processor", "10 would be linear")]


def processor_seconds(world: Path) -> float:
    """What `tieout orders` takes on a world, started and all."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([*order_quality.command(world), "--out", str(world / "out")], cwd=worlds.ROOT, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
