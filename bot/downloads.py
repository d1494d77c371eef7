"""Fetching a file that somebody gave us in Slack: from the workspace's own addresses only, within a size, and never a page.

The address comes with an event or from Slack's answer and is not believed: our token goes nowhere but to Slack, over the same
transport as the Web API, and no redirect is followed. A token that lacks `files:read` gets Slack's sign-in page instead of the
file, with a redirect or with status 200, which must not be taken for the document.
"""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

import httpx

from bot.errors import WAIT_FOR_A_PERSON_S, FileGone, SlackRefusesUs
from core.domain.errors import Refused, SlackDown, SlackRateLimited, TooBig

_TIMEOUT_S: Final = 30.0
_PIECE: Final = 1 << 16
_OK: Final = 200
_MOVED: Final = range(300, 400)
_TOO_MANY: Final = 429
_BROKEN: Final = 500
_PAGE: Final = "text/html"
_MARKS: Final = (b"<!doctype html", b"<html")
_NO_RIGHT: Final = "Slack does not let us read files; an administrator has to install the app again, with “files:read”."


def fetch(base_url: str, token: str, file: Mapping[str, Any], most: int) -> bytes:
    """The bytes of `file` (an object of Slack's `files.info`), at most `most`.

    `TooBig`, `FileGone`, `Refused` for a file that does not lie in Slack, `SlackRefusesUs`; `SlackDown` is worth another try.
    """
    url = str(file.get("url_private_download") or file.get("url_private") or "")
    if file.get("mode") == "tombstone" or not url:
        raise FileGone("The file was deleted in Slack.")
    if file.get("is_external") or not _is_slacks(urlsplit(url), urlsplit(base_url)):
        raise Refused("The file does not lie in Slack but is only linked there; please give us the file itself.")
    if _size(file) > most:
        raise TooBig(too_big(most))
    try:
        with (
            httpx.Client(timeout=_TIMEOUT_S, follow_redirects=False, headers={"Authorization": f"Bearer {token}"}) as client,
            client.stream("GET", url) as answer,
        ):
            _require_file(answer, file)
            return _read(answer, most, file)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise SlackDown("Slack does not answer at the moment.", cause=type(error).__name__) from error


def too_big(most: int) -> str:
    """The sentence for a file that is too large."""
    return f"The file is larger than {most // 1024**2} MB; please hand it in through the folder or the web API."


def _is_slacks(url: SplitResult, home: SplitResult) -> bool:
    """The host of the Web API or one below it, over the same transport."""
    try:
        same_way = (url.scheme, url.port) == (home.scheme, home.port)
    except ValueError:
        return False
    host, known = (url.hostname or "").lower(), (home.hostname or "").lower()
    return same_way and not url.username and (host == known or host.endswith(f".{known}"))


def _size(file: Mapping[str, Any]) -> int:
    size = file.get("size")
    return size if isinstance(size, int) else 0


def _require_file(answer: httpx.Response, file: Mapping[str, Any]) -> None:
    status = answer.status_code
    if status == _TOO_MANY:
        after = answer.headers.get("retry-after", "")
        raise SlackRateLimited("Slack asks us to slow down.", after_s=float(after) if after.isdigit() else 1.0)
    if status >= _BROKEN:
        raise SlackDown("Slack does not answer at the moment.", status=status)
    if status in _MOVED:
        raise SlackRefusesUs(_NO_RIGHT, after_s=WAIT_FOR_A_PERSON_S, status=status)
    if status != _OK:
        raise FileGone("The file is not there any more, or not for us.", status=status)
    if answer.headers.get("content-type", "").startswith(_PAGE) and file.get("mimetype") != _PAGE:
        raise SlackRefusesUs(_NO_RIGHT, after_s=WAIT_FOR_A_PERSON_S)


def _read(answer: httpx.Response, most: int, file: Mapping[str, Any]) -> bytes:
    data = bytearray()
    for piece in answer.iter_bytes(_PIECE):
        # What was announced is only a hint.
        data += piece
        if len(data) > most:
            raise TooBig(too_big(most))
    if bytes(data[:20]).lstrip().lower().startswith(_MARKS) and file.get("mimetype") != _PAGE:
        raise SlackRefusesUs(_NO_RIGHT, after_s=WAIT_FOR_A_PERSON_S)
    if _size(file) and len(data) != _size(file):
        raise SlackDown("Slack gave us only a part of the file.")
    return bytes(data)
