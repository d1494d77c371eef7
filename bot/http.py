"""The web process: pages, API and health of the core, and Slack's signed requests when that is the transport.

Bolt checks signature and age of every request. What it answers badly by itself is caught before it: a timestamp that is no
number would be a crash, and is a refusal. The wait for an acknowledgement happens in a thread, so a slow one holds nobody up.
"""

import logging
import sys
import threading
from contextlib import ExitStack
from typing import Final

import uvicorn
from fastapi import FastAPI
from slack_bolt.adapter.starlette.handler import to_bolt_request, to_starlette_response
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.app import Surface, build_app
from core import bootstrap, logs
from core.app.services import Services
from core.domain.errors import Misconfigured, ProjectError
from core.ports.mail import MailDesk
from core.settings import Settings, SlackTransport, load
from core.signals import stopping
from core.web.app import create_app

log = logging.getLogger(__name__)
PATH: Final = "/slack/events"
LARGEST_BYTES: Final = 1_000_000
_BAD_SIGNATURE: Final = 401
_TOO_BIG: Final = 413


def slack_route(surface: Surface) -> Route:
    """One address for clicks, commands, searches, forms and events alike."""

    async def receive(request: Request) -> Response:
        if not request.headers.get("x-slack-request-timestamp", "").isdigit():
            return Response("", _BAD_SIGNATURE)
        body = bytearray()
        async for piece in request.stream():
            # Nobody has shown a signature yet, so nobody may fill our memory.
            body += piece
            if len(body) > LARGEST_BYTES:
                return Response("", _TOO_BIG)
        try:
            asked = to_bolt_request(request, bytes(body))
        except UnicodeDecodeError:
            return Response("", _BAD_SIGNATURE)
        return to_starlette_response(await run_in_threadpool(surface.app.dispatch, asked))

    return Route(PATH, receive, methods=["POST"])


def build_web(services: Services, settings: Settings, mails: MailDesk | None = None) -> tuple[FastAPI, Surface | None]:
    """The application of this process, and the Slack surface in it where clicks come over HTTP."""
    if settings.slack_transport is not SlackTransport.HTTP:
        return create_app(services, settings, mails=mails), None
    if not settings.slack_signing_secret.get_secret_value():
        name = "TIEOUT_SLACK_SIGNING_SECRET"
        raise Misconfigured(f"Set {name}: without it nobody can tell Slack’s requests from forged ones.", setting=name)
    surface = build_app(services, settings)
    return create_app(services, settings, [slack_route(surface)], mails=mails), surface


def main() -> int:
    """Serve until asked to stop; a setting that is wrong is one sentence, not a trace."""
    try:
        settings = load()
        logs.configure(settings)
        return serve(settings)
    except ProjectError as error:
        print(f"web: {error.sentence}", file=sys.stderr)  # noqa: T201  There may be no log yet.
        return 2


def serve(settings: Settings) -> int:
    """Until a signal asks to stop; what was acknowledged is finished."""
    with ExitStack() as stack:
        services = stack.enter_context(bootstrap.running(settings))
        stop = stack.enter_context(stopping())
        app, surface = build_web(services, settings, bootstrap.mail_desk(services))
        if surface is not None:
            stack.callback(surface.close)
        config = uvicorn.Config(
            app,
            host=settings.web_host,
            port=settings.web_port,
            log_config=None,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=10,
        )
        server = uvicorn.Server(config)
        # In a thread, because uvicorn would take the signals for itself and end the process before anything is closed.
        thread = threading.Thread(target=server.run, name="web")
        thread.start()
        log.info("listening on http://%s:%d", settings.web_host, settings.web_port)
        while thread.is_alive() and not stop.wait(0.2):
            pass
        server.should_exit = True
        thread.join()
    return 0 if stop.is_set() else 1


if __name__ == "__main__":
    sys.exit(main())
