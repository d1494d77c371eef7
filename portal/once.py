"""The request that saves, sent once. A browser sends a form again by itself when a kept connection breaks before the answer.

That is right for reading and wrong for saving: a portal that takes a number twice would have two drafts. So this request is
taken from the browser and sent on a connection of its own, with the browser's headers and cookies; the browser gets the answer.
"""

from collections.abc import Mapping
from typing import Final

import httpx
from playwright.sync_api import Route

_LOCAL: Final = ".localhost"
_NOT_HANDED_ON: Final = frozenset({"connection", "content-length", "content-encoding", "transfer-encoding", "keep-alive"})


class _ThisMachine(httpx.HTTPTransport):
    """Names below `localhost` are this machine, as they are for browsers (RFC 6761)."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The same request, to the loopback address."""
        here = request.url.copy_with(host="127.0.0.1")
        known = httpx.Request(
            request.method, here, headers=request.headers, stream=request.stream, extensions=request.extensions
        )
        return super().handle_request(known)


def send(route: Route, body: bytes, timeout_s: float) -> None:
    """Send it, whatever comes of it; a connection that breaks is told to the browser as broken, and nothing is sent again."""
    request = route.request
    headers = {name: value for name, value in request.headers.items() if not name.startswith(":")}
    # What is handed on is not packed, and a browser unpacks more kinds than we do.
    headers = {**headers, "accept-encoding": "gzip, deflate", **_cookies(route)}
    host = httpx.URL(request.url).host
    transport = _ThisMachine() if host.endswith(_LOCAL) else None
    try:
        with httpx.Client(transport=transport, timeout=timeout_s, follow_redirects=False) as client:
            answer = client.request(request.method, request.url, content=body, headers=headers)
    except httpx.HTTPError:
        route.abort("connectionreset")
        return
    route.fulfill(status=answer.status_code, headers=_handed_on(answer.headers), body=answer.content)


def _cookies(route: Route) -> Mapping[str, str]:
    known = route.request.frame.page.context.cookies(route.request.url)
    said = "; ".join(f"{one.get('name', '')}={one.get('value', '')}" for one in known)
    return {"cookie": said} if said else {}


def _handed_on(headers: httpx.Headers) -> dict[str, str]:
    """What the browser may see; of several cookies each stands on a line of its own."""
    kept: dict[str, str] = {}
    for name, value in headers.multi_items():
        if name.lower() not in _NOT_HANDED_ON:
            kept[name] = f"{kept[name]}\n{value}" if name in kept else value
    return kept
