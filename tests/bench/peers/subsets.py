"""dpss and CP-SAT at the question which documents add up to an amount: `python -m tests.bench.peers.subsets SOLVER < tasks`.

Tasks are JSON: a list of [amounts in minor units, target]. Prints, per task, seconds and whether a set was found. Each stops
at its first set, and says nothing of how many others there are.
"""

import json
import sys
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, Final

LARGEST: Final = 4
_LIMIT_S: Final = 30.0


def _dpss(amounts: Sequence[int], target: int) -> bool:
    module: Any = import_module("dpss")
    return bool(module.find_subset(list(amounts), target, LARGEST))


def _cp_sat(amounts: Sequence[int], target: int) -> bool:
    module: Any = import_module("ortools.sat.python.cp_model")
    model = module.CpModel()
    chosen = [model.new_bool_var("") for _ in amounts]
    model.add(sum(amount * each for amount, each in zip(amounts, chosen, strict=True)) == target)
    model.add(sum(chosen) <= LARGEST)
    solver = module.CpSolver()
    solver.parameters.max_time_in_seconds = _LIMIT_S
    solver.parameters.num_workers = 1
    return bool(solver.solve(model) in (module.OPTIMAL, module.FEASIBLE))


SOLVERS: Final[dict[str, Callable[[Sequence[int], int], bool]]] = {"dpss": _dpss, "cp_sat": _cp_sat}


def main(words: Sequence[str]) -> int:
    solve = SOLVERS[words[0]]
    solve([1, 2], 3)  # Loading the library is not part of what is measured.
    found = []
    for amounts, target in json.load(sys.stdin):
        begin = time.perf_counter()
        hit = solve(amounts, target)
        found.append((time.perf_counter() - begin, hit))
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
