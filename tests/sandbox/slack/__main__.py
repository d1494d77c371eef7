"""Start the stand-in: `python -m tests.sandbox.slack --port 8765`."""

import argparse
import socket
import sys
from contextlib import suppress
from pathlib import Path

import uvicorn

from tests.sandbox.slack.connection import TellingProtocol
from tests.sandbox.slack.server import create_app
from tests.sandbox.slack.standin import Config, RefusedToStartError, Standin


def arguments(words: list[str] | None = None) -> argparse.Namespace:
    defaults = Config()
    parser = argparse.ArgumentParser(prog="python -m tests.sandbox.slack", description=__doc__)
    parser.add_argument("--port", type=int, default=8765, help="loopback port; 0 takes a free one")
    parser.add_argument("--state", type=Path, help="keep the workspace in this file between runs")
    parser.add_argument("--request-url", default="", help="deliver by signed HTTP to this loopback URL")
    parser.add_argument("--bot-token", default=defaults.bot_token)
    parser.add_argument("--app-token", default=defaults.app_token)
    parser.add_argument("--signing-secret", default=defaults.signing_secret)
    parser.add_argument("--port-file", type=Path, help="write the port here once it is bound")
    return parser.parse_args(words)


def bound_socket(port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", port))
    return listening


def main(words: list[str] | None = None) -> int:
    options = arguments(words)
    try:
        standin = Standin(
            Config(
                bot_token=options.bot_token,
                app_token=options.app_token,
                signing_secret=options.signing_secret,
                request_url=options.request_url,
                state_file=options.state,
            )
        )
    except RefusedToStartError as refusal:
        sys.stderr.write(f"not started: {refusal}\n")
        return 2
    listening = bound_socket(options.port)
    standin.base_url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    if options.port_file is not None:
        fresh = options.port_file.with_suffix(".new")
        fresh.write_text(str(listening.getsockname()[1]), encoding="ascii")
        fresh.replace(options.port_file)
    sys.stdout.write(f"The stand-in for Slack (not Slack itself) is at {standin.base_url}/\n")
    sys.stdout.flush()
    config = uvicorn.Config(create_app(standin=standin), http=TellingProtocol, log_level="warning", timeout_graceful_shutdown=1)
    with suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listening])
    return 0


if __name__ == "__main__":
    sys.exit(main())
