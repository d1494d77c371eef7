"""The bot process: the Socket Mode connection, the relay that publishes cards, and the one that takes files people gave us.

With signed HTTP the clicks go to the web process (`python -m bot.http`), and this process publishes only.
"""

import logging
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from functools import partial
from typing import Final

from slack_bolt.adapter.socket_mode import SocketModeHandler

from bot.app import Surface, build_app
from bot.portals_publish import Notices
from bot.publish import Publisher
from bot.uploads import Taking
from core import bootstrap, logs
from core.app.outbox import Relay, RelayLimits
from core.app.services import Services
from core.domain.errors import Misconfigured, ProjectError
from core.settings import Settings, SlackTransport, load
from core.signals import stopping

log = logging.getLogger(__name__)
PART: Final = "slack socket"
BEAT_S: Final = 10.0
LONGEST_PAUSE_S: Final = 30.0
CONCURRENCY: Final = 32


class Bot:
    """Both halves of the process, each in its thread; `start` and `stop` are what tests use too."""

    def __init__(self, services: Services, settings: Settings) -> None:
        self._services = services
        self._settings = settings
        self._stop = threading.Event()
        self.surface: Surface = build_app(services, settings, self._wake)
        publisher = Publisher(services, settings, self.surface.slack, self.surface.channels)
        limits = RelayLimits(lease_s=settings.outbox_lease_s, attempts=settings.outbox_attempts, idle_s=settings.outbox_idle_s)
        notices = Notices(services, settings, self.surface.slack, self.surface.channels)
        taking = Taking(self.surface.desk)
        told = {**publisher.performers(), **notices.performers()}
        # Reading a document takes seconds, and cards do not wait for it.
        self._relays = {
            "slack": Relay(services.store, services.clock, told, "slack", limits),
            "slack files": Relay(services.store, services.clock, taking.performers(), "slack files", limits),
        }
        self._threads: list[threading.Thread] = []

    def _wake(self) -> None:
        for relay in self._relays.values():
            relay.wake()

    def start(self) -> None:
        """Begin to publish and, with Socket Mode, to listen."""
        jobs: list[tuple[str, Callable[[], None]]] = [
            (f"relay {name}", partial(relay.run, self._stop)) for name, relay in self._relays.items()
        ]
        if self._settings.slack_transport is SlackTransport.SOCKET:
            jobs.append(("slack-socket", self._listen))
        for name, job in jobs:
            thread = threading.Thread(target=job, name=name, daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """Finish what was begun, then end."""
        self._stop.set()
        self._wake()
        for thread in self._threads:
            thread.join()
        self.surface.close()

    def _listen(self) -> None:
        """Keep a connection for as long as the process lives. The SDK renews it; the first one is ours to get."""
        token = self._settings.slack_app_token.get_secret_value()
        handler = SocketModeHandler(self.surface.app, token, concurrency=CONCURRENCY)
        try:
            self._connect(handler)
            while not self._stop.wait(BEAT_S):
                if handler.client.is_connected():
                    self._beat()
        finally:
            _hang_up(handler)

    def _connect(self, handler: SocketModeHandler) -> None:
        pause = 0.5
        while not self._stop.is_set():
            try:
                handler.connect()  # type: ignore[no-untyped-call]
            except Exception as error:  # noqa: BLE001  Whatever keeps Slack away now, waiting is the answer.
                log.warning("Slack cannot be reached yet (%s); trying again in %.0f s", type(error).__name__, pause)
                self._stop.wait(pause)
                pause = min(LONGEST_PAUSE_S, pause * 2)
            else:
                log.info("connected to Slack over Socket Mode")
                self._beat()
                return

    def _beat(self) -> None:
        try:
            with self._services.store.write() as unit:
                unit.heartbeats.beat(PART)
        except ProjectError as error:
            log.info("no sign of life written: %s", error.sentence)


def _hang_up(handler: SocketModeHandler) -> None:
    """Close the connection now. The SDK would wait for its reading thread, which listens for three seconds at a time.

    A session that is just starting marks itself as not ended after `close` marked it as ended, and `close` then waits for it
    for ever; so the mark is made again for as long as that takes.
    """
    client = handler.client
    client.auto_reconnect_enabled = False
    session = client.current_session
    if session is not None and session.sock is not None:
        with suppress(OSError):
            session.sock.shutdown(socket.SHUT_RDWR)
    closing = threading.Thread(target=_close, args=(handler,), name="slack-hang-up", daemon=True)
    closing.start()
    while closing.is_alive():
        client.current_session_state.terminated = True
        closing.join(0.05)


def _close(handler: SocketModeHandler) -> None:
    try:
        handler.close()  # type: ignore[no-untyped-call]
    except AttributeError:
        # The SDK asks whether its socket is there and then takes a lock; a reader that ends in between has taken it away.
        log.debug("the connection to Slack was gone before it was closed")


def require(settings: Settings) -> None:
    """Refuse to start without what the process needs, naming the first setting that is missing."""
    needed = [("TIEOUT_SLACK_BOT_TOKEN", settings.slack_bot_token.get_secret_value())]
    if settings.slack_transport is SlackTransport.SOCKET:
        needed.append(("TIEOUT_SLACK_APP_TOKEN", settings.slack_app_token.get_secret_value()))
    needed.append(("TIEOUT_SLACK_PAYMENTS_CHANNEL", settings.slack_payments_channel))
    missing = next((name for name, value in needed if not value), None)
    if missing:
        raise Misconfigured(f"Set {missing}; bot/README.md says where to find it.", setting=missing)


def main() -> int:
    """Run until asked to stop; a setting that is wrong is one sentence, not a trace."""
    try:
        settings = load()
        logs.configure(settings)
        require(settings)
        return run(settings)
    except ProjectError as error:
        print(f"bot: {error.sentence}", file=sys.stderr)  # noqa: T201  There may be no log yet.
        return 2


def run(settings: Settings) -> int:
    """Until a signal asks to stop."""
    with ExitStack() as stack:
        services = stack.enter_context(bootstrap.running(settings))
        stop = stack.enter_context(stopping())
        bot = Bot(services, settings)
        stack.callback(bot.stop)
        bot.start()
        stop.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
