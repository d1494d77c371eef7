"""How often lines are linked and judged rightly: `python -m tests.bench.comparison_quality --seed 7 --size large [--by-class]`.

Runs `tieout compare` on the public worlds and prints what the benchmark's own scorer says. Report seeds that nobody looked at.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from tests.bench import worlds
from tests.bench.quality import shown

METRICS: Final = (
    "link_recall",
    "link_precision",
    "links_wrong",
    "tie_kept",
    "tie_exact",
    "tie_guessed",
    "unlinked_kept",
    "verdict_accuracy",
    "verdict_accuracy_if_linked",
    "false_clean",
    "false_clean_rate",
    "false_perfect",
    "clean_found",
    "expected_values",
    "invoices_right",
    "calibration_error",
)


def by_class(figures: dict[str, Any]) -> list[str]:
    """One line a class, the weakest first."""
    columns = ("lines", "link_recall", "links_wrong", "tie_kept", "unlinked_kept", "verdict_accuracy", "false_clean")
    classes = sorted(figures["by_class"].items(), key=lambda item: (item[1]["verdict_accuracy"] or 1.0, item[0]))
    lines = [f"{'class':20}" + "".join(f"{name:>18}" for name in columns)]
    return lines + [f"{name:20}" + "".join(f"{shown(values[column]):>18}" for column in columns) for name, values in classes]


def main(words: Sequence[str] | None = None) -> int:
    """Make, run, score, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.comparison_quality", description=__doc__)
    parser.add_argument("--profiles", nargs="+", default=list(worlds.COMPARE_PROFILES), choices=worlds.COMPARE_PROFILES)
    parser.add_argument("--seed", type=int, nargs="+", default=[1])
    parser.add_argument("--size", choices=["small", "large"], default="small")
    parser.add_argument("--by-class", action="store_true")
    options = parser.parse_args(words)
    if not worlds.there():
        print(f"The public worlds are not at {worlds.FOLDER}; nothing was measured.", file=sys.stderr)
        return 2
    size = worlds.COMPARE_SMALL if options.size == "small" else worlds.COMPARE_LARGE
    with tempfile.TemporaryDirectory() as folder:
        for profile in options.profiles:
            for seed in options.seed:
                world = worlds.make_compare(profile, seed, size, Path(folder))
                seconds = worlds.compare(world)
                figures = worlds.score_compare(world)
                print(f"\n{profile}, seed {seed}, {figures['lines']:,} lines, {seconds:.0f} s")
                print("\n".join(f"  {name:28}{shown(figures[name]):>12}" for name in METRICS))
                if options.by_class:
                    print("\n".join(by_class(figures)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
