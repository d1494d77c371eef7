"""Letting a connection die without an answer, which is what makes a client unsure whether a call took place."""

import asyncio
from typing import ClassVar

from fastapi import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol


class TellingProtocol(H11Protocol):
    """uvicorn's HTTP protocol, with its transport within reach of the application."""

    open_transports: ClassVar[dict[tuple[str, int], asyncio.Transport]] = {}

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if self.client is not None:
            self.open_transports[self.client] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        if self.client is not None:
            self.open_transports.pop(self.client, None)
        super().connection_lost(exc)


class NoAnswer(Response):
    """Closes the socket before a single byte of an answer."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - an answer is what it withholds
        transport = TellingProtocol.open_transports.get(tuple(scope["client"]))
        if transport is None:
            raise RuntimeError("run the stand-in with http=TellingProtocol to drop connections")
        transport.close()
        while (await receive())["type"] != "http.disconnect":
            pass
