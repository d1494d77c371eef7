"""What came in the body of a request, never more of it than we take."""

from collections.abc import AsyncIterator
from typing import Annotated, Final

from fastapi import Depends, Request
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.app.take_document import LARGEST_BYTES
from core.domain.errors import Malformed, TooBig

_ROOM_FOR_FIELDS: Final = 1024 * 1024
MOST_FILES: Final = 20


class BodyLimit:
    """Stops reading a body that is larger than any file we take."""

    def __init__(self, app: ASGIApp, most_bytes: int = LARGEST_BYTES + _ROOM_FOR_FIELDS) -> None:
        self._app = app
        self._most = most_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, counting."""
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._most:
                raise TooBig(f"The request is larger than {self._most // 1024**2} MB.")
            return message

        await self._app(scope, counted if scope["type"] == "http" else receive, send)


async def _form(request: Request) -> AsyncIterator[FormData]:
    try:
        form = await request.form(max_files=MOST_FILES, max_fields=2000)
    except HTTPException as error:
        raise Malformed(f"The form cannot be read: {error.detail}") from error
    try:
        yield form
    finally:
        await form.close()


Form = Annotated[FormData, Depends(_form)]


async def _body(request: Request) -> bytes:
    return await request.body()


async def _files(form: Form) -> list[tuple[str, bytes]]:
    given = form.getlist("file")
    return [
        (_bare(value.filename or ""), await value.read()) for value in given if isinstance(value, UploadFile) and value.filename
    ]


def _bare(name: str) -> str:
    """The name without the folders that some browsers send; it is for display only."""
    return name.replace("\\", "/").rpartition("/")[2][:200]


Body = Annotated[bytes, Depends(_body)]
Files = Annotated[list[tuple[str, bytes]], Depends(_files)]


def text(form: FormData, name: str) -> str:
    """A field's text without blanks at its ends; empty when it is missing or a file."""
    value = form.get(name, "")
    return value.strip() if isinstance(value, str) else ""
