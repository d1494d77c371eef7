"""For tests and benches: `with running_portal() as site:` starts the stand-in in a thread, on a free port of this machine."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from tests.sandbox.portal.server import Hosts
from tests.sandbox.portal.site import Site
from tests.sandbox.slack.__main__ import bound_socket
from tests.sandbox.slack.connection import TellingProtocol

PATIENCE_S = 20.0


@contextmanager
def running_portal(site: Site | None = None, port: int = 0) -> Iterator[Site]:
    """The site itself, within reach: a test looks into it and changes it directly, under `site.lock`."""
    site = site or Site(attach_ms=60)
    listening = bound_socket(port)
    site.port = listening.getsockname()[1]
    config = uvicorn.Config(
        Hosts(site), http=TellingProtocol, log_level="warning", lifespan="off", timeout_graceful_shutdown=1, ws="none"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    until = time.monotonic() + PATIENCE_S
    while not server.started and time.monotonic() < until:
        time.sleep(0.01)
    try:
        yield site
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()
