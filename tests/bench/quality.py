"""How often the matcher is right: `python -m tests.bench.quality --seed 7 --size large [--by-class] [--shares]`.

Runs `tieout apply` on the public worlds, which it has not seen, and prints what the benchmark's own scorer says. Report seeds
that nobody looked at while working on the matcher. `--shares` changes every share of the profile at random (by the seed) and
makes texts noisier: payers, habits and names of another business than that on which weights were set.
"""

import argparse
import json
import random
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


_FACTORS: Final = (0.4, 0.6, 0.8, 1.0, 1.25, 1.6, 2.0, 2.5)
_SHARED_OUT: Final = (
    "terms", "channels", "quotes", "name_forms", "payers", "behaviours", "mail_shapes", "mail_timing", "amount_styles",
    "countries",
)  # fmt: skip
_MOST: Final = {"parties": 0.9, "hide": 0.8, "history": 0.95}


def other_shares(profile: str, seed: int, folder: Path) -> Path:
    """The profile with other shares: each times 0.4 to 2.5, each kind of noise up to twice as frequent."""
    draw = random.Random(f"{profile} {seed}")  # noqa: S311  Made worlds.
    tables = _with_base(profile)
    for name in _SHARED_OUT:
        drawn = {key: share * draw.choice(_FACTORS) for key, share in tables[name].items()}
        tables[name] = {key: share / sum(drawn.values()) for key, share in drawn.items()}
    for name, most in _MOST.items():
        tables[name] = {key: min(most, share * draw.choice((0.5, 0.7, 1.0, 1.4, 1.8))) for key, share in tables[name].items()}
    tables["text_noise"] = {key: min(0.5, share * draw.uniform(1, 2)) for key, share in tables["text_noise"].items()}
    path = folder / f"{profile}_shares_{seed}.json"
    path.write_text(json.dumps(tables), encoding="utf-8")
    return path


def _with_base(profile: str) -> dict[str, Any]:
    tables: dict[str, Any] = json.loads((worlds.FOLDER / "profiles" / f"{profile}.json").read_text(encoding="utf-8"))
    base = tables.pop("base", None)
    return {**_with_base(str(base).removesuffix(".json")), **tables} if base else tables


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
    parser.add_argument("--shares", action="store_true", help="other shares and more noise, by the seed")
    parser.add_argument("--by-class", action="store_true")
    options = parser.parse_args(words)
    if not worlds.there():
        print(f"The public worlds are not at {worlds.FOLDER}; nothing was measured.", file=sys.stderr)
        return 2
    size = worlds.SMALL if options.size == "small" else worlds.LARGE
    with tempfile.TemporaryDirectory() as folder:
        for profile in options.profiles:
            for seed in options.seed:
                drawn = other_shares(profile, seed, Path(folder)) if options.shares else profile
                world = worlds.make(drawn, seed, size, Path(folder))
                seconds = worlds.apply(world)
                figures = worlds.score(world)
                name = f"{profile}, other shares" if options.shares else profile
                print(f"\n{name}, seed {seed}, {size.payments:,} payments, {seconds:.0f} s with reading")
                print("\n".join(f"  {metric:28}{shown(figures[metric]):>12}" for metric in METRICS))
                if options.by_class:
                    print("\n".join(by_class(figures)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
