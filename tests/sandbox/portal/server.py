"""One port, several hosts: the shell, the identity service, one instance a customer, and the administration for tests.

Hosts are told apart by name (`supplier.coupahost.localhost`, `birchboro.coupahost.localhost`), as at the vendor, so frames come
from another origin than the page around them. Browsers find `*.localhost` on this machine by themselves.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.sandbox.portal.admin import create_admin
from tests.sandbox.portal.enterprise import create_enterprise
from tests.sandbox.portal.faults import Fault
from tests.sandbox.portal.render import error_page
from tests.sandbox.portal.shell import SESSION, create_identity, create_shell
from tests.sandbox.portal.site import DOMAIN, Seen, Site
from tests.sandbox.slack.connection import NoAnswer

_SECRET_FIELDS = {"password", "code", "authenticity_token"}
_FIELD = re.compile(rb'name="([^"]+)"\r\n\r\n(.*?)\r\n--', re.DOTALL)
_STEPS = {
    "shell": (
        ("GET", re.compile(r"/home\Z"), "home"),
        ("GET", re.compile(r"/orders/(lines)?\Z"), "orders"),
        ("GET", re.compile(r"/invoices\Z"), "invoices"),
        ("POST", re.compile(r"/customer\Z"), "choose_customer"),
    ),
    "tenant": (
        ("GET", re.compile(r"/supplier_order_headers\Z"), "order_list"),
        ("GET", re.compile(r"/order_lines\Z"), "line_list"),
        ("GET", re.compile(r"/order_lines\.csv\Z"), "export"),
        ("GET", re.compile(r"/supplier_order_headers/\d+\Z"), "order"),
        ("GET", re.compile(r"/supplier_order_headers/\d+/create_invoice\Z"), "form"),
        ("GET", re.compile(r"/supplier_invoices/\d+/edit\Z"), "form"),
        ("POST", re.compile(r"/supplier_invoices/calculate\Z"), "calculate"),
        ("POST", re.compile(r"/supplier_invoices(/\d+)?\Z"), "save"),
        ("POST", re.compile(r"/supplier_invoices/\d+/delete\Z"), "delete"),
        ("GET", re.compile(r"/supplier_invoices\Z"), "invoice_list"),
        ("GET", re.compile(r"/supplier_invoices/\d+\Z"), "invoice"),
        ("POST", re.compile(r"/cxml/invoices\Z"), "cxml"),
    ),
}


def step_of(kind: str, method: str, path: str) -> str:
    """The name under which faults know this request; empty for those that none can hit."""
    return next((step for verb, pattern, step in _STEPS.get(kind, ()) if verb == method and pattern.match(path)), "")


class Hosts:
    """Sends each request to the application of its host, writes it down and lets the faults at it."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.apps: dict[str, ASGIApp] = {
            "shell": create_shell(site),
            "identity": create_identity(site),
            "tenant": create_enterprise(site),
            "admin": create_admin(site),
        }
        self.assets = StaticFiles(directory=Path(__file__).parent / "pages")

    def kind(self, host: str) -> str:
        name, _, port = host.partition(":")
        if port != str(self.site.port):
            return ""
        if name in {"127.0.0.1", "localhost"}:
            return "admin"
        slug = name.removesuffix(f".{DOMAIN}")
        if slug == name:
            return ""
        if slug in {"supplier", "identity"}:
            return "shell" if slug == "supplier" else "identity"
        return "tenant" if any(one.slug == slug for one in self.site.world.buyers) else ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope)
        kind = self.kind(request.headers.get("host", ""))
        if not kind or (kind == "admin" and request.headers.get("origin", "") not in {"", f"http://{request.headers['host']}"}):
            await PlainTextResponse("this stand-in answers on loopback only", 403)(scope, receive, send)
        elif scope["path"].startswith("/assets/"):
            await self.assets({**scope, "path": scope["path"].removeprefix("/assets"), "root_path": ""}, receive, send)
        elif kind == "admin":
            await self.apps[kind](scope, receive, send)
        else:
            await self._pass(kind, request, receive, send)

    async def _pass(self, kind: str, request: Request, receive: Receive, send: Send) -> None:
        body = await _body(receive)
        step = step_of(kind, request.method, request.url.path)
        host = request.headers.get("host", "").partition(":")[0]
        self.site.seen.append(Seen(host, request.method, request.url.path, step, visible_fields(request, body)))
        again = _replay(body, receive)
        for fault in self.site.faults.strike(step, "before") if step else []:
            answer = await self._strike(fault, request)
            if answer is not None:
                await answer(request.scope, again, send)
                return
        if not step:
            await self.apps[kind](request.scope, again, send)
            return
        held = _Held()
        await self.apps[kind](request.scope, again, held.send)
        for fault in self.site.faults.strike(step, "after"):
            answer = await self._strike(fault, request)
            if answer is not None:
                await answer(request.scope, receive, send)
                return
        await held.release(send)

    async def _strike(self, fault: Fault, request: Request) -> Response | None:
        """What the fault does; an answer when the request goes no further."""
        if fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
            return None
        if fault.kind == "oops":
            return error_page(500, "Oops! We're sorry, but something went wrong")
        if fault.kind == "maintenance":
            return error_page(503, "The portal is closed for maintenance. Please come back later.")
        if fault.kind == "cut":
            return NoAnswer()
        session = self.site.sessions.get(request.cookies.get(SESSION, ""))
        self.site.strike(fault, session.email if session else "")
        return None


class _Held:
    """An answer that is kept back until the faults have had their say."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def send(self, message: Message) -> None:
        self.messages.append(message)

    async def release(self, send: Send) -> None:
        for message in self.messages:
            await send(message)


def visible_fields(request: Request, body: bytes) -> dict[str, str]:
    """The text fields of a form, without secrets."""
    kind = request.headers.get("content-type", "")
    if kind.startswith("multipart/form-data"):
        found = {name.decode(): value.decode("utf-8", "replace") for name, value in _FIELD.findall(body)}
    elif kind.startswith("application/x-www-form-urlencoded"):
        found = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    else:
        return {}
    return {name: value for name, value in found.items() if name not in _SECRET_FIELDS}


async def _body(receive: Receive) -> bytes:
    whole = bytearray()
    while True:
        message = await receive()
        whole += message.get("body", b"")
        if message["type"] != "http.request" or not message.get("more_body"):
            return bytes(whole)


def _replay(body: bytes, receive: Receive) -> Callable[[], Awaitable[Message]]:
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
