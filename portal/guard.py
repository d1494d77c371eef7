"""No request that would submit an invoice leaves the browser. Pure judgement here; `portal.browser` asks it for each request.

People submit, in the portal. The judgement knows every write that the robot may make and refuses all others on the portal's
hosts: a button that we do not know, a form that changed or a script that posts by itself ends here and not at the customer.
What cannot be read is refused as well.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_SUBMIT_WORD: Final = re.compile(
    r"(?:\A|[/_\-\[\]=&?. ])(?:submit|send|transmit|issue|dispatch|resubmit|release|approve)(?:ted|_|-|\Z|[/\[\]=&?. ])"
    r"|submit_for|send_invoice|pending_approval",
    re.IGNORECASE,
)
_ACTION_FIELDS: Final = re.compile(
    r"(?:\A|\[)(?:commit|button|action|event|status|state|_action|do|operation)\]?\Z", re.IGNORECASE
)
_PART: Final = re.compile(rb'name="([^"]*)"(; filename="[^"]*")?[^\r\n]*((?:\r\n[^\r\n]+)*)\r\n\r\n(.*)\Z', re.DOTALL)
_PLAIN_FORM: Final = "application/x-www-form-urlencoded"
_CAPTCHA: Final = re.compile(r"(?:www\.)?(?:google\.com|recaptcha\.net)/recaptcha/.*")
ELSEWHERE: Final = "a write to another host"
"""Stopped like the others, and no sign of trouble: pages report to helpers of their own all the time."""

_NO_ACTION: Final = re.compile("")


@dataclass(frozen=True, slots=True)
class KnownWrite:
    """A write that the robot may make: where, and what its action field must say (by default it has none, or an empty one).

    A form that is `bare` has no field at all, such as a single button. Browsers do not show the body of such a form, so it
    leaves with an empty body, whatever it had: the place alone says what it does. `once` is a write that must not be sent again
    when its connection breaks, as browsers do by themselves.
    """

    name: str
    host: re.Pattern[str]
    path: re.Pattern[str]
    action: re.Pattern[str] = _NO_ACTION
    bare: bool = False
    once: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """One request of the browser, as far as judging needs it. `body` is None when it could not be read."""

    method: str
    url: str
    body: bytes | None = b""
    content_type: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the request may go, and the rule that says so.

    `emptied` when it may go with an empty body alone, `once` when it must not be sent again by the browser.
    """

    passes: bool
    rule: str
    emptied: bool = False
    once: bool = False


def judge(asked: Asked, portal_host: re.Pattern[str], writes: Sequence[KnownWrite]) -> Verdict:
    """Reads and known writes pass on the portal's hosts. Elsewhere reads do, and what a captcha needs in order to be shown."""
    address = urlsplit(asked.url)
    host = (address.hostname or "").casefold()
    if not portal_host.fullmatch(host):
        fine = asked.method.upper() in READING or bool(_CAPTCHA.fullmatch(host + address.path))
        return Verdict(fine, "another host" if fine else ELSEWHERE)
    path = unquote(address.path)
    if _SUBMIT_WORD.search(path) or any(_submits(name, value) for name, value in parse_qsl(address.query)):
        return Verdict(passes=False, rule="the address would submit")
    if asked.method.upper() in READING:
        return Verdict(passes=True, rule="reads")
    return _judge_write(asked, host, path, writes)


def _judge_write(asked: Asked, host: str, path: str, writes: Sequence[KnownWrite]) -> Verdict:
    if asked.body is None:
        return _judge_unread(asked, host, path, writes)
    fields = _fields(asked.body, asked.content_type)
    if fields is None:
        return Verdict(passes=False, rule="a write that cannot be read")
    if any(_submits(name, value) for name, value in fields):
        return Verdict(passes=False, rule="the form would submit")
    actions = [value.strip() for name, value in fields if _ACTION_FIELDS.search(name) and value.strip()] or [""]
    for known in writes:
        if known.host.fullmatch(host) and known.path.fullmatch(path) and all(known.action.fullmatch(each) for each in actions):
            return Verdict(passes=True, rule=known.name, once=known.once)
    return Verdict(passes=False, rule="a write that is not known")


def _judge_unread(asked: Asked, host: str, path: str, writes: Sequence[KnownWrite]) -> Verdict:
    """A form whose body the browser does not show: only at a place where the driver has declared a form without fields."""
    if asked.method.upper() == "POST" and _kind(asked.content_type) == _PLAIN_FORM:
        for known in writes:
            if known.bare and known.host.fullmatch(host) and known.path.fullmatch(path):
                return Verdict(passes=True, rule=known.name, emptied=True)
    return Verdict(passes=False, rule="a write that cannot be read")


def _submits(name: str, value: str) -> bool:
    """Whether a field is an action, or is named like one, and says submit."""
    if _ACTION_FIELDS.search(name):
        return bool(_SUBMIT_WORD.search(value))
    return bool(re.fullmatch(r"\[?(?:submit|send)(?:_invoice)?\]?", name, re.IGNORECASE))


def _fields(body: bytes, content_type: str) -> list[tuple[str, str]] | None:
    """The names and values of a form or of JSON; None for anything else with a body."""
    kind = _kind(content_type)
    if not body:
        return []
    if kind == _PLAIN_FORM:
        return parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
    if kind == "multipart/form-data":
        return _parts(body, content_type)
    if kind == "application/json":
        return _leaves(body)
    return None


def _kind(content_type: str) -> str:
    return content_type.partition(";")[0].strip().casefold()


def _leaves(body: bytes) -> list[tuple[str, str]] | None:
    """Every name and value of a JSON document, however deep."""
    try:
        waiting: list[tuple[str, object]] = [("", json.loads(body))]
    except ValueError:
        return None
    fields = []
    while waiting:
        name, value = waiting.pop()
        if isinstance(value, dict):
            waiting += [(str(key), inner) for key, inner in value.items()]
        elif isinstance(value, list):
            waiting += [(name, inner) for inner in value]
        else:
            fields.append((name, str(value)))
    return fields


def _parts(body: bytes, content_type: str) -> list[tuple[str, str]] | None:
    found = re.search(r'boundary="?([^";]+)', content_type)
    if found is None:
        return None
    fields = []
    for part in body.split(b"--" + found[1].encode()):
        if part in {b"", b"--\r\n", b"--"} or not part.strip(b"\r\n-"):
            continue
        inside = _PART.search(part.removesuffix(b"\r\n"))
        if inside is None:
            return None
        # A file's content is not an action, whatever stands in it.
        value = b"" if inside[2] else inside[4]
        fields.append((inside[1].decode("utf-8", "replace"), value.decode("utf-8", "replace")))
    return fields
