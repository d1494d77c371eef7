"""Run one peer on one world: `python -m tests.bench.peers.answer PEER WORLD OUT`, in the peer's own environment.

Prints seconds from files read to file written, without the time that Python takes to start.
"""

import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final

from tests.bench.peers import payers, rules
from tests.bench.peers.sheet import load, write

PEERS: Final[dict[str, rules.Peer]] = {
    "unique_amount": rules.unique_amount,
    "number_in_text": rules.number_in_text,
    "tokens_then_oldest": rules.tokens_then_oldest,
    **{name: partial(payers.with_finder, find) for name, find in payers.FINDERS.items()},
}


def main(words: Sequence[str]) -> int:
    peer, world, out = words
    begin = time.perf_counter()
    write(PEERS[peer](load(Path(world))), Path(out))
    print(f"{time.perf_counter() - begin:.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
