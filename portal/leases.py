"""A job's lease in the outbox, kept as long as the job lasts."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from core.domain.errors import Unavailable
from core.domain.keeping import OutboxItem
from core.ports.store import Store


@contextmanager
def kept(store: Store, item: OutboxItem, lease_s: float) -> Iterator[None]:
    """While inside, a thread keeps the lease; it stops by itself once the job was given to another."""
    over = threading.Event()

    def keep() -> None:
        while not over.wait(lease_s / 3):
            try:
                with store.write() as unit:
                    if not unit.outbox.extend(item, lease_s):
                        return
            except Unavailable:
                continue

    keeper = threading.Thread(target=keep, name=f"job {item.id}", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        over.set()
        keeper.join()
