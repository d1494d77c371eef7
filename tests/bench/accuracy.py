"""How right the matcher is on the small public worlds, by the benchmark's own scorer, where the worlds lie beside us."""

import tempfile
from pathlib import Path

from tests.bench import worlds
from tests.bench.figures import Figure

SEED = 4711


def figures() -> list[Figure]:
    if not worlds.there():
        return [Figure("accuracy", "not measured", f"the public worlds are not at {worlds.FOLDER}")]
    found = []
    for profile in worlds.PROFILES:
        with tempfile.TemporaryDirectory(prefix="tieout-world-") as folder:
            world = worlds.make(profile, SEED, worlds.SMALL, Path(folder))
            took = worlds.apply(world)
            score = worlds.score(world)
        found += [
            Figure(f"{profile}: payments per second, files read to files written", f"{worlds.SMALL.payments / took:.0f}"),
            Figure(f"{profile}: automatic and exactly right", f"{score['auto_precision']:.2%}", "99.50%"),
            Figure(f"{profile}: share of the answerable applied without asking", f"{score['recall']:.2%}"),
            Figure(f"{profile}: wrong payer", f"{score['payer_wrong']:.2%}", "0.10%"),
            Figure(f"{profile}: money wrongly applied, in a million", f"{score['wrong_per_million']:,.0f}"),
        ]
    return found
