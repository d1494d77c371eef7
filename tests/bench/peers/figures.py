"""The table of peers: each on the same worlds as we, in its own environment, by the benchmark's own scorer, in one run."""

import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any, Final

from core.match.subsets import search
from tests.bench import worlds
from tests.bench.figures import Figure
from tests.bench.peers.subsets import LARGEST

SEED: Final = 8208
SIZE: Final = worlds.Size(1_000, 15_000, 3_000)
_HOME: Final = worlds.ROOT / ".tieout" / "bench" / "peers"
_LISTS: Final = Path(__file__).parent / "environments"
_PLAIN: Final = ""
_PEERS: Final = (
    ("unique_amount", "an amount that is unique in the ledger", _PLAIN),
    ("number_in_text", "first number found in the text (Invoice Ninja's rule, restated)", _PLAIN),
    ("tokens_then_oldest", "account, name, digits of tokens, oldest first (Odoo's lineage in OCA, restated)", _PLAIN),
    ("erpnext", "best name above 80 (ERPNext's rule, restated) + plain rule", "names"),
    ("string_grouper", "string_grouper + plain rule", "names"),
    ("sparse_dot_topn", "sparse_dot_topn + plain rule", "names"),
    ("splink", "Splink + plain rule", "names"),
    ("emm", "EMM + plain rule", "emm"),
)
_SUBSETS: Final = (12, 20, 44)
_TASKS: Final = 5


def figures() -> list[Figure]:
    if not worlds.there():
        return [Figure("peers", "not measured", f"the public worlds are not at {worlds.FOLDER}")]
    found = [Figure("measured on", datetime.now(UTC).date().isoformat(), ", ".join(_versions()))]
    for profile in worlds.PROFILES:
        with tempfile.TemporaryDirectory(prefix="tieout-peers-") as folder:
            found += _of_world(profile, worlds.make(profile, SEED, SIZE, Path(folder)))
    return [*found, *_subsets()]


def _versions() -> Iterator[str]:
    for list_ in sorted(_LISTS.glob("*.txt")):
        yield from list_.read_text().split()
    yield f"tieout=={metadata.version('tieout')}"


def python_of(environment: str) -> str:
    """The interpreter of an environment, which is made when it is not there. An empty name is this one."""
    if not environment:
        return sys.executable
    home, wanted = _HOME / environment, (_LISTS / f"{environment}.txt").read_text()
    done = home / "made-from.txt"
    if not done.is_file() or done.read_text() != wanted:
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(home)], check=True)
        packages = [str(home / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*packages, *wanted.split()], check=True)
        done.write_text(wanted)
    return str(home / "bin" / "python")


def _of_world(profile: str, world: Path) -> Iterator[Figure]:
    """Ours first: precision of what is applied without asking, share of the answerable, wrong payers, seconds."""

    def ours() -> float:
        return worlds.apply(world)

    yield _row(f"{profile}: Tieout", world, ours)
    for name, what, environment in _PEERS:

        def theirs(name: str = name, environment: str = environment) -> float:
            command = [python_of(environment), "-m", "tests.bench.peers.answer", name, str(world), str(world / "out")]
            said = subprocess.run(command, cwd=worlds.ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
            return float(said.split()[-1])

        try:
            yield _row(f"{profile}: {what}", world, theirs)
        except (OSError, subprocess.CalledProcessError) as error:
            yield Figure(f"{profile}: {what}", "not measured", f"its environment or its run failed: {error}")


def _row(what: str, world: Path, run: Callable[[], float]) -> Figure:
    took = run()
    score = worlds.score(world)
    right = f"{score['auto_precision']:.2%} right of {score['auto']:.1%} applied"
    payers = f"payer wrong {score['payer_wrong']:.2%}"
    wrong = f"{score['wrong_per_million']:,.0f} in a million wrong"
    return Figure(what, right, f"{score['recall']:.1%} of the answerable, {payers}", f"{wrong}, {took:.1f} s")


def _subsets() -> Iterator[Figure]:
    """Which documents add up: ours counts every set of few documents, theirs stops at the first of up to four."""
    chance = random.Random(SEED)  # noqa: S311  Amounts for a bench.
    for size in _SUBSETS:
        tasks = []
        for _ in range(_TASKS):
            amounts = [int(chance.lognormvariate(11.5, 1.0)) + 1 for _ in range(size)]
            tasks.append((amounts, sum(chance.sample(amounts, 3))))
        begin = time.perf_counter()
        fits = [search([(amount,) for amount in amounts], target, LARGEST) for amounts, target in tasks]
        took = (time.perf_counter() - begin) / _TASKS
        said = ", ".join(f"{name} {_theirs(name, tasks)}" for name in ("dpss", "cp_sat"))
        counts = ", ".join(str(each.total) for each in fits)
        what = f"which of {size} documents add up: ours, all sets of up to {fits[0].tried_up_to} ({counts} found)"
        yield Figure(what, f"{took * 1000:.1f} ms", said)


def _theirs(solver: str, tasks: list[Any]) -> str:
    command = [python_of("subsets"), "-m", "tests.bench.peers.subsets", solver]
    limit = 240
    try:
        done = subprocess.run(
            command, cwd=worlds.ROOT, input=json.dumps(tasks), stdout=subprocess.PIPE, text=True, check=True, timeout=limit
        )
    except subprocess.TimeoutExpired:
        return f"not done in {limit} s"
    found = json.loads(done.stdout)
    return f"{sum(seconds for seconds, _ in found) / len(found) * 1000:.0f} ms"
