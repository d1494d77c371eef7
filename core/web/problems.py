"""Errors to answers, in one table: what the branch of an error means for whoever asked over HTTP."""

import logging
import uuid
from dataclasses import dataclass
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.domain.errors import (
    Misconfigured,
    NeedsPerson,
    NotFound,
    NotPermitted,
    ProjectError,
    Refused,
    Unavailable,
    Unreadable,
)

log = logging.getLogger(__name__)
_RETRY_S: Final = 5
_BY_BRANCH: Final[tuple[tuple[type[ProjectError], int], ...]] = (
    (NotPermitted, 403),
    (NotFound, 404),
    (Refused, 409),
    (Unreadable, 422),
    (NeedsPerson, 409),
    (Unavailable, 503),
    (Misconfigured, 500),
)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is answered: status, code, sentence, and when it is worth asking again."""

    status: int
    code: str
    sentence: str
    retry_after_s: int = 0


def of_error(error: ProjectError) -> Problem:
    """The answer to an error of ours."""
    status = next(status for branch, status in _BY_BRANCH if isinstance(error, branch))
    retry = round(error.after_s or _RETRY_S) if isinstance(error, Unavailable) else 0
    return Problem(status, error.code, error.sentence, retry)


def of_code(code: str, sentence: str) -> Problem:
    """The answer to a refusal that came as a value, by the code of its error."""
    kind = _classes().get(code, Refused)
    status = next(status for branch, status in _BY_BRANCH if issubclass(kind, branch))
    return Problem(status, code, sentence)


def _classes() -> dict[str, type[ProjectError]]:
    found: dict[str, type[ProjectError]] = {}
    waiting: list[type[ProjectError]] = [ProjectError]
    while waiting:
        kind = waiting.pop()
        found[kind.code] = kind
        waiting += kind.__subclasses__()
    return found


class Bugs:
    """Turns what nobody expected into a 500 with a reference that also stands in the log; the process lives on."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, unless it breaks before the answer has begun."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception:  # What nobody expected becomes a reference; the others go on.
            reference = uuid.uuid4().hex[:8]
            log.exception("answering %s %s broke; reference %s", scope["method"], scope["path"], reference)
            if begun:
                raise
            body = f"Something went wrong in Tieout. Please tell your administrator this reference: {reference}\n".encode()
            headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
            await send({"type": "http.response.start", "status": 500, "headers": headers})
            await send({"type": "http.response.body", "body": body})
