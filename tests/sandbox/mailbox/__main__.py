"""`python -m tests.sandbox.mailbox --imap-port 1143 --smtp-port 1025`: a mailbox on loopback that takes mail by SMTP.

Runs until it is told to stop (SIGTERM or Ctrl-C). The mails are kept in memory and are gone afterwards.
"""

import argparse
import signal
import sys
import threading

from tests.sandbox.mailbox import pymap_server
from tests.sandbox.mailbox.smtp_door import AUTHSERV_ID, Door, open_door


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.sandbox.mailbox", description="A mailbox on loopback for trying things out."
    )
    parser.add_argument("--imap-port", type=int, default=1143)
    parser.add_argument("--smtp-port", type=int, default=1025)
    parser.add_argument("--user", default="remit")
    parser.add_argument("--password", default="sandbox")
    parser.add_argument(
        "--vouch", action="append", default=[], metavar="DOMAIN", help="mail from this domain passes authentication"
    )
    options = parser.parse_args()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with pymap_server.running(options.imap_port, options.user, options.password) as process:
        controller = open_door(Door(options.imap_port, options.user, options.password, options.vouch), options.smtp_port)
        try:
            print(
                f"IMAP 127.0.0.1:{options.imap_port} user {options.user}; SMTP 127.0.0.1:{options.smtp_port}; {AUTHSERV_ID}",
                flush=True,
            )
            while not stop.wait(0.5):
                if process.poll() is not None:
                    return 1
        finally:
            controller.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
