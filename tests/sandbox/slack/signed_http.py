"""Requests to the app's own URL, signed the way Slack signs them."""

import hashlib
import hmac
import json
import secrets
import ssl
import time
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import httpx

from tests.sandbox.slack.model import Json

if TYPE_CHECKING:
    from tests.sandbox.slack.standin import Standin

OK_STATUSES = range(200, 300)
# Apps are reached on loopback, in the clear; loading the system's certificates for each request took longer than the request.
NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def signature(secret: str, timestamp: str, body: str) -> str:
    digest = hmac.new(secret.encode(), f"v0:{timestamp}:{body}".encode(), hashlib.sha256).hexdigest()
    return f"v0={digest}"


def encode(kind: str, payload: Json) -> tuple[str, str]:
    """The body and its content type: JSON for events, a form for everything a person did."""
    if kind == "events_api":
        return json.dumps(payload), "application/json"
    if kind == "slash_commands":
        return urlencode(payload), "application/x-www-form-urlencoded"
    return urlencode({"payload": json.dumps(payload)}), "application/x-www-form-urlencoded"


class HttpAnswer:
    def __init__(self, acked: bool, answer: Json | None, outcome: str, no_retry: bool = False) -> None:
        self.acked = acked
        self.answer = answer
        self.outcome = outcome
        self.no_retry = no_retry


def post(standin: "Standin", kind: str, payload: Json, retry: tuple[int, str] | None = None) -> HttpAnswer:
    """Post once and read the answer; never raises for what the app does wrong."""
    body, content_type = encode(kind, payload)
    headers = {"Content-Type": content_type, "User-Agent": "Slackbot 1.0 (local stand-in)"}
    if standin.rules.sign_requests:
        timestamp = str(int(time.time()))
        headers["X-Slack-Request-Timestamp"] = timestamp
        headers["X-Slack-Signature"] = signature(standin.config.signing_secret, timestamp, body)
    if retry is not None:
        headers["X-Slack-Retry-Num"] = str(retry[0])
        headers["X-Slack-Retry-Reason"] = retry[1]
    try:
        with httpx.Client(trust_env=False, verify=NO_CERTIFICATES, timeout=standin.rules.ack_seconds) as client:
            response = client.post(standin.request_url, content=body.encode(), headers=headers)
    except httpx.TimeoutException:
        return HttpAnswer(acked=False, answer=None, outcome="operation_timeout")
    except httpx.HTTPError:
        return HttpAnswer(acked=False, answer=None, outcome="connection_failed")
    no_retry = response.headers.get("x-slack-no-retry") == "1"
    if response.status_code not in OK_STATUSES:
        return HttpAnswer(acked=False, answer=None, outcome=f"http_{response.status_code}", no_retry=no_retry)
    return HttpAnswer(acked=True, answer=read(response), outcome="acked")


def read(response: httpx.Response) -> Json | None:
    if not response.content.strip():
        return None
    try:
        value = response.json()
    except ValueError:
        return {"text": response.text}
    return value if isinstance(value, dict) else None


def verify_url(standin: "Standin") -> bool:
    """The handshake of a new request URL: the app has to send the challenge back."""
    challenge = secrets.token_hex(12)
    body: Json = {"token": standin.verification_token, "challenge": challenge, "type": "url_verification"}
    got = post(standin, "events_api", body)
    return got.acked and challenge in (got.answer or {}).values()
