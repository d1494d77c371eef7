"""Start the stand-in: `python -m tests.sandbox.portal --port 8090`."""

import argparse
import sys
from contextlib import suppress
from pathlib import Path

import uvicorn

from tests.sandbox.portal.server import Hosts
from tests.sandbox.portal.site import Site
from tests.sandbox.slack.__main__ import bound_socket
from tests.sandbox.slack.connection import TellingProtocol


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.sandbox.portal", description=__doc__)
    parser.add_argument("--port", type=int, default=8090, help="loopback port; 0 takes a free one")
    parser.add_argument("--port-file", type=Path, help="write the port here once it is bound")
    options = parser.parse_args(words)
    site = Site()
    listening = bound_socket(options.port)
    site.port = listening.getsockname()[1]
    if options.port_file is not None:
        fresh = options.port_file.with_suffix(".new")
        fresh.write_text(str(site.port), encoding="ascii")
        fresh.replace(options.port_file)
    sys.stdout.write(f"The stand-in for a supplier portal is at {site.url('supplier', '/home')}\n")
    sys.stdout.write(f"Who may log in, and what can go wrong: http://127.0.0.1:{site.port}/\n")
    sys.stdout.flush()
    config = uvicorn.Config(Hosts(site), http=TellingProtocol, log_level="warning", lifespan="off", timeout_graceful_shutdown=1)
    with suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listening])
    return 0


if __name__ == "__main__":
    sys.exit(main())
