"""How often the matcher is right: `python -m tests.bench.quality --seed 7 --size large [--by-class]`.

Runs `tieout apply` on the public worlds, which it has not seen, and prints what the benchmark's own scorer says. Report seeds
that nobody looked at while working on the matcher.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from tests.bench import worlds

METRICS: Final = (
    "payer_found",
    "payer_wrong",
    "auto",
    "auto_precision",
    "auto_precision_strict",
    "auto_wrong",
    "wrong_per_million",
    "recall",
    "recall_with_top1",
    "suggest_top3",
    "false_auto_no",
    "false_auto_customer_only",
    "gap_kind_accuracy",
    "gap_kind_accuracy_on_gaps",
    "calibration_error",
)


def shown(value: Any) -> str:
    """A figure for a table."""
    return "-" if value is None else f"{value:.4f}" if isinstance(value, float) else str(value)


def by_class(figures: dict[str, Any]) -> list[str]:
    """One line a class, the weakest first."""
    classes = sorted(figures["by_class"].items(), key=lambda item: (item[1]["recall"] is None, item[1]["recall"] or 0.0))
    columns = ("payments", "answerable", "auto", "auto_precision", "auto_wrong", "recall", "recall_with_top1")
    lines = [f"{'class':20}" + "".join(f"{name:>17}" for name in columns)]
    lines += [f"{name:20}" + "".join(f"{shown(values[column]):>17}" for column in columns) for name, values in classes]
    return lines


def main(words: Sequence[str] | None = None) -> int:
    """Make, run, score, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.quality", description=__doc__)
    parser.add_argument("--profiles", nargs="+", default=list(worlds.PROFILES), choices=worlds.PROFILES)
    parser.add_argument("--seed", type=int, nargs="+", default=[1])
    parser.add_argument("--size", choices=["small", "large"], default="small")
    parser.add_argument("--by-class", action="store_true")
    options = parser.parse_args(words)
    if not worlds.there():
        print(f"The public worlds are not at {worlds.FOLDER}; nothing was measured.", file=sys.stderr)
        return 2
    size = worlds.SMALL if options.size == "small" else worlds.LARGE
    with tempfile.TemporaryDirectory() as folder:
        for profile in options.profiles:
            for seed in options.seed:
                world = worlds.make(profile, seed, size, Path(folder))
                seconds = worlds.apply(world)
                figures = worlds.score(world)
                print(f"\n{profile}, seed {seed}, {size.payments:,} payments, {seconds:.0f} s with reading")
                print("\n".join(f"  {name:28}{shown(figures[name]):>12}" for name in METRICS))
                if options.by_class:
                    print("\n".join(by_class(figures)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
