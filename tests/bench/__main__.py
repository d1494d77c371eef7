"""`make bench`: one table of figures, with the machine they were measured on.

Times on shared machines are only worth their ratio: each row stands beside a limit that the product promises or a peer
measured in the same run. Nothing here passes or fails; accuracy has thresholds in the tests.
"""

import argparse
import os
import platform
import sys
from collections.abc import Callable, Sequence

from tests.bench import accuracy, comparison, documents, large_files, large_ledger, live, orders, partitions, portal, reading
from tests.bench.figures import Figure, table
from tests.bench.peers import figures as peers

PARTS: dict[str, Callable[[], list[Figure]]] = {
    "reading": reading.figures,
    "live": live.figures,
    "accuracy": accuracy.figures,
    "large_ledger": large_ledger.figures,
    "large_files": large_files.figures,
    "comparison": comparison.figures,
    "orders": orders.figures,
    "documents": documents.figures,
    "peers": peers.figures,
    "portal": portal.figures,
    "partitions": partitions.figures,
}
NAMED_ONLY = {"partitions"}


def machine() -> str:
    """What this ran on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = os.getloadavg()[0]
    hardware = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GiB"
    return f"{hardware}, Python {platform.python_version()}, load {load:.1f} at the start"


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], help="some of the parts; without any, all but partitions")
    chosen = parser.parse_args(words).parts or [name for name in PARTS if name not in NAMED_ONLY]
    print(machine())
    for name in chosen:
        print(f"\n## {name}\n", flush=True)
        print(table(PARTS[name]()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
