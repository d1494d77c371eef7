"""Long work in short transactions, with a breath between them.

SQLite lets one writer in at a time and keeps no queue: whoever begins a transaction the moment the last one ended shuts
everybody else out. A person's click gets its turn in the pause.
"""

import time
from collections.abc import Iterable, Iterator
from typing import Final, TypeVar

Item = TypeVar("Item")
_FEW: Final = 10
_BREATH_S: Final = 0.02


def in_turns(items: Iterable[Item]) -> Iterator[Item]:
    """The items, with a pause before each once there were more than a few."""
    for place, item in enumerate(items):
        if place >= _FEW:
            time.sleep(_BREATH_S)
        yield item
