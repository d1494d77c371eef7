"""What our own receiving server found out about a mail's sender (Authentication-Results, RFC 8601), read tolerantly.

Only one header counts: the topmost one that carries exactly the configured id. Anybody may write further ones below it, also
with our id, and servers do not reliably remove them. Microsoft 365 writes its header without an id; for it the topmost header
counts, and only if it has none. With nothing configured, nothing is believed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from core.mail_settings import TOPMOST_WITHOUT_ID
from mail.envelope import Envelope

_TOKENS: Final = re.compile(r'"((?:[^"\\]|\\.)*)"|([^\s";=]+)|([;=])')
_METHODS: Final = frozenset({"spf", "dkim", "dmarc", "compauth", "arc", "auth", "iprev"})
_MOST: Final = 4_000


class Authentication(StrEnum):
    """Whether the mail comes from the domain it names, as far as our own server could tell."""

    PASS = "pass"  # noqa: S105  A verdict.
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Result:
    """One method with its result and properties, such as `dkim`, `pass`, `{"header.d": "buyer.example"}`."""

    method: str
    value: str
    properties: tuple[tuple[str, str], ...] = ()

    def property(self, name: str) -> str:
        """A property's value in lower case, or nothing."""
        return next((value for key, value in self.properties if key == name), "")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What counts, and the words for a person: `dmarc=fail header.from=buyer.example`."""

    authentication: Authentication
    because: str = ""


def without_comments(text: str) -> str:
    """The header without its comments, which may be nested and hold anything but what they pretend to say."""
    kept: list[str] = []
    depth, quoted, escaped = 0, False, False
    for letter in text[:_MOST]:
        if escaped:
            escaped = False
        elif letter == "\\":
            escaped = True
        elif letter == '"' and depth == 0:
            quoted = not quoted
        elif letter == "(" and not quoted:
            depth += 1
        elif letter == ")" and not quoted and depth:
            depth -= 1
            continue
        if depth == 0:
            kept.append(letter)
    return "".join(kept)


def parsed(header: str) -> tuple[str, tuple[Result, ...]]:
    """The authserv-id (empty if there is none) and the results in order. Never raises."""
    segments = _segments(without_comments(header))
    authserv_id = ""
    if segments and "=" not in segments[0]:
        authserv_id = segments[0][0].lower() if segments[0] else ""
        segments = segments[1:]
    return authserv_id, tuple(result for segment in segments if (result := _result(segment)) is not None)


def _segments(text: str) -> list[list[str]]:
    """Tokens between semicolons; quoted texts are one token without their quotes."""
    segments: list[list[str]] = [[]]
    for quoted, word, sign in _TOKENS.findall(text):
        if sign == ";":
            segments.append([])
        else:
            segments[-1].append(sign or word or quoted)
    return segments


def _result(tokens: list[str]) -> Result | None:
    """`method = value`, then properties as `name = value`; whatever else stands between is passed over."""
    pairs = [
        (tokens[at - 1].lower(), tokens[at + 1].lower())
        for at in range(1, len(tokens) - 1)
        if tokens[at] == "=" and tokens[at - 1] != "=" and tokens[at + 1] != "="
    ]
    if not pairs:
        return None
    method = pairs[0][0].partition("/")[0]
    return Result(method, pairs[0][1], tuple(pairs[1:])) if method in _METHODS else None


def believed(headers: Sequence[str], authserv_id: str) -> tuple[Result, ...]:
    """The results that our own server wrote, or none."""
    wanted = authserv_id.strip().lower()
    if not wanted or not headers:
        return ()
    if wanted == TOPMOST_WITHOUT_ID:
        found, results = parsed(headers[0])
        return () if found else results
    return next((results for found, results in map(parsed, headers) if found == wanted), ())


def verdict(envelope: Envelope, authserv_id: str) -> Verdict:
    """Whether the mail is from whom it says. A second header can be added under a valid signature: then unknown at best."""
    results = believed(envelope.authentication, authserv_id)
    found = _verdict(results, envelope.author.domain)
    if found.authentication is Authentication.PASS and (envelope.repeated or len(envelope.from_) != 1):
        return Verdict(Authentication.UNKNOWN, f"{', '.join(envelope.repeated) or 'from'}: more than once")
    return found


def _verdict(results: Sequence[Result], domain: str) -> Verdict:
    dmarc = [result for result in results if result.method == "dmarc"]
    for result in dmarc:
        named = result.property("header.from")
        if result.value == "pass" and (not named or aligned(domain, named)):
            return Verdict(Authentication.PASS, "dmarc=pass")
        if result.value in {"fail", "permerror"} or (result.value == "pass" and named):
            return Verdict(Authentication.FAIL, f"dmarc={result.value} {named}".strip())
    for result in results:
        signer = result.property("header.d") or result.property("header.i").rpartition("@")[2]
        sender = result.property("smtp.mailfrom").rpartition("@")[2] or result.property("smtp.mailfrom")
        if result.value == "pass" and aligned(
            domain, signer if result.method == "dkim" else sender if result.method == "spf" else ""
        ):
            return Verdict(Authentication.PASS, f"{result.method}=pass {signer or sender}")
    failed = [
        result for result in results if result.method in {"spf", "dkim"} and result.value in {"fail", "softfail", "permerror"}
    ]
    if failed:
        return Verdict(Authentication.FAIL, " ".join(f"{result.method}={result.value}" for result in failed))
    return Verdict(Authentication.UNKNOWN, " ".join(f"{result.method}={result.value}" for result in results)[:120])


def aligned(domain: str, with_domain: str) -> bool:
    """Whether the two domains are one, or one lies below the other (relaxed alignment, without a list of public suffixes)."""
    if not domain or "." not in with_domain or "." not in domain:
        return False
    return domain == with_domain or domain.endswith("." + with_domain) or with_domain.endswith("." + domain)
