"""Stopping when asked: SIGTERM and SIGINT set an event that every loop of a process looks at.

A handler runs in the middle of whatever the main thread is doing, and that may be a wait for this very event: to set it there
would want the lock that the interrupted wait holds, for ever. So the handler only writes a byte, and a thread sets the event.
"""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

_ASKED: Final = b"s"
_OVER: Final = b"o"


@contextmanager
def stopping() -> Iterator[threading.Event]:
    """The event; a second signal ends the process at once, the way it would have without us."""
    stop = threading.Event()
    told, teller = os.pipe()

    def listen() -> None:
        if os.read(told, 1) == _ASKED:
            stop.set()

    listener = threading.Thread(target=listen, name="signals", daemon=True)
    listener.start()
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def ask(number: int, _frame: FrameType | None) -> None:
        os.write(teller, _ASKED)
        signal.signal(number, signal.SIG_DFL)

    for number in before:
        signal.signal(number, ask)
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        os.write(teller, _OVER)
        listener.join()
        os.close(told)
        os.close(teller)
