"""The web application on a real uvicorn and a real store."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest
import uvicorn
from pydantic import SecretStr

from core.erp.files.ledger import FileLedger
from core.read.csv_out import csv_text
from core.read.ledger_files import StrictTables
from core.settings import Settings
from core.web.app import create_app
from tests.databases import SetClock, clean_store
from tests.service import Desk, services_on

TOKEN = "a-token-for-the-tests"


@dataclass
class Web:
    """A running application, a browser and a program that talk to it."""

    desk: Desk
    clock: SetClock
    settings: Settings
    browser: httpx.Client
    program: httpx.Client

    def sign_in(self) -> str:
        """Sign the browser in; the token that its forms carry."""
        self.browser.post("/sign-in", data={"token": TOKEN}).raise_for_status()
        page = self.browser.get("/files")
        assert page.status_code == 200, page.text
        return page.text.partition('name="csrf" value="')[2].partition('"')[0]


@pytest.fixture
def serve(tmp_path: Path, clock: SetClock) -> Iterator[Callable[..., Web]]:
    """Start the application with these settings changed; everything ends with the test."""
    with ExitStack() as ends:

        def start(**changes: object) -> Web:
            store = ends.enter_context(clean_store("sqlite", clock))
            ledger = FileLedger(tmp_path / "erp", clock, csv_text)
            services = replace(services_on(store, clock), ledger=ledger, answers=ledger, tables=StrictTables())
            desk = Desk(services)
            given: dict[str, object] = {
                "web_token": SecretStr(TOKEN),
                "web_person": desk.priya.email,
                "company": "Harbour & Sons",
            }
            settings = Settings(_env_file=None, **(given | changes))  # type: ignore[arg-type]
            base = _run(ends, uvicorn.Config(create_app(services, settings), port=0, log_config=None, lifespan="off"))
            browser = ends.enter_context(httpx.Client(base_url=base, follow_redirects=True))
            bearer = {"Authorization": f"Bearer {TOKEN}"}
            return Web(desk, clock, settings, browser, ends.enter_context(httpx.Client(base_url=base, headers=bearer)))

        yield start


class _Server(uvicorn.Server):
    """Says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listens = threading.Event()

    async def startup(self, *given: object, **named: object) -> None:
        await super().startup(*given, **named)  # type: ignore[arg-type]
        self.listens.set()


def _run(ends: ExitStack, config: uvicorn.Config) -> str:
    server = _Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()))
    thread.start()

    def stop() -> None:
        server.should_exit = True
        thread.join()

    ends.callback(stop)
    assert server.listens.wait(30)
    host, port = server.servers[0].sockets[0].getsockname()
    return f"http://{host}:{port}"
