"""Tasks for a throw-away process that does what a hostile document makes of it."""

import os
import signal
import time
from pathlib import Path


def echo(payload: bytes) -> object:
    return {"text": payload.decode(), "size": len(payload)}


def eat_memory(_: bytes) -> object:
    hoard = [bytearray(64 * 1024 * 1024) for number in range(1_000)]
    return len(hoard)


def spin(_: bytes) -> object:
    while True:
        pass


def sleep(_: bytes) -> object:
    time.sleep(600)
    return None


def start_a_grandchild(_: bytes) -> object:
    if os.fork() == 0:
        time.sleep(600)
    time.sleep(600)
    return None


def die(_: bytes) -> object:
    os.kill(os.getpid(), signal.SIGSEGV)
    return None


def fail(_: bytes) -> object:
    raise KeyError("a bug")


def surroundings(_: bytes) -> object:
    """What a child can see: its environment, open descriptors, folder, session."""
    descriptors = []
    for number in range(256):
        try:
            os.fstat(number)
            descriptors.append(number)
        except OSError:
            continue
    return {
        "environment": sorted(os.environ),
        "descriptors": descriptors,
        "folder": str(Path.cwd()),
        "leads": os.getsid(0) == os.getpid(),
    }


def write_a_file(payload: bytes) -> object:
    Path(payload.decode()).write_bytes(b"x" * 10)
    return "written"


def process(_: bytes) -> object:
    return [os.getpid(), os.getppid()]
