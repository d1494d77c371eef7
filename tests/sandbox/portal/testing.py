"""For tests and benches: `with running_portal() as site:` starts the stand-in in a thread, on a free port of this machine."""

import html
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

import httpx
import lxml.html
import uvicorn
from lxml.html import HtmlElement
from pyotp.totp import TOTP

from tests.sandbox.portal.server import Hosts
from tests.sandbox.portal.site import STEP_S, Site
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


class ToThisMachine(httpx.HTTPTransport):
    """Every host name is this machine, as it is for a browser with `*.localhost`."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        here = request.url.copy_with(host="127.0.0.1")
        return super().handle_request(
            httpx.Request(request.method, here, headers=request.headers, stream=request.stream, extensions=request.extensions)
        )


class Visitor:
    """Somebody who uses the portal without a browser: follows links and sends forms, runs no scripts."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.http = httpx.Client(transport=ToThisMachine(verify=False), follow_redirects=True, trust_env=False, timeout=30)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def get(self, path: str, host: str = "supplier", **params: str) -> httpx.Response:
        return self.http.get(self.site.url(host, path), params=params or None)

    def post(self, path: str, host: str = "supplier", **fields: str) -> httpx.Response:
        return self.http.post(self.site.url(host, path), data=fields)

    def type_password(self, email: str, password: str) -> httpx.Response:
        """The first two steps; the answer of the password form."""
        page = self.post("/sessions/new", email=email).text
        ticket = page.partition("/login?ticket=")[2].partition('"')[0]
        return self.post("/login", "identity", ticket=ticket, password=password)

    def log_in(self, email: str, *, remember: bool = False) -> httpx.Response:
        """All steps; where it ends. As a person does, it waits for the next code where somebody used the one of now."""
        user = self.site.user(email)
        assert user is not None
        self.type_password(email, user.password)
        page = self.get("/sessions/continue")
        if page.url.path == "/sessions/mfa":
            while self.site.now.timestamp() // STEP_S <= user.last_step:
                time.sleep(0.2)
            code = TOTP(user.secret).at(self.site.now)
            page = self.post("/sessions/mfa", code=code, **({"remember": "1"} if remember else {}))
        return page

    def choose(self, slug: str) -> None:
        self.post("/customer", customer=slug).raise_for_status()

    def enter(self, path: str = "/orders/") -> httpx.Response:
        """What the frame of a page of the shell shows."""
        page = self.get(path).text
        address = html.unescape(page.partition('id="enterprise_frame"')[2].partition('src="')[2].partition('"')[0])
        return self.http.get(address)

    def form_of(self, slug: str, order: int) -> dict[str, str]:
        """The fields of the invoice form of an order, as the portal fills them."""
        page: HtmlElement = lxml.html.document_fromstring(
            self.get(f"/supplier_order_headers/{order}/create_invoice", slug).text
        )
        fields = page.get_element_by_id("invoice_form").iter("input", "select", "textarea")
        return {one.name: one.value or "" for one in fields if one.name and one.get("type") != "file"}

    def save(self, slug: str, fields: dict[str, str], file: tuple[str, bytes] | None = None) -> httpx.Response:
        files = {"invoice_header[image_scan]": file or ("", b"")}
        return self.http.post(self.site.url(slug, "/supplier_invoices"), data=fields, files=files)
