"""Access tokens for XOAUTH2: asked for when needed, kept until shortly before they end.

Two flows: *client credentials* (Microsoft 365, application permission `IMAP.AccessAsApp`) and *refresh token* (Gmail, or a
person's consent). Microsoft's refresh tokens roll, so each new one must be kept, or the mailbox locks us out after 90 days.
"""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import httpx

from core.domain.errors import MailboxDown, Misconfigured
from core.mail_settings import MailAccount, OAuthFlow
from mail.trouble import in_our_words

_EARLY_S: Final = 60.0
_SERVER_ERROR: Final = 500
_TOO_MANY: Final = 429
_OK: Final = 200


class RefreshTokenFile:
    """The newest refresh token, in a file that only its owner can read, replaced in one step."""

    def __init__(self, path: str, first: str) -> None:
        self._path = Path(path) if path else None
        self._newest = first

    def load(self) -> str:
        """The newest token known."""
        if self._path is not None and self._path.exists():
            return self._path.read_text(encoding="utf-8").strip() or self._newest
        return self._newest

    def save(self, token: str) -> None:
        """Keep `token`; without a file it is kept as long as the process lives."""
        self._newest = token
        if self._path is None:
            return
        beside = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(token)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._path)


class TokenSource:
    """Gives an access token for one account; safe to share between the threads of its folders."""

    def __init__(
        self, account: MailAccount, keep: RefreshTokenFile, timeout_s: float = 20.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._account = account
        self._keep = keep
        self._timeout_s = timeout_s
        self._clock = clock
        self._lock = threading.Lock()
        self._token = ""
        self._ends = 0.0

    def __call__(self) -> str:
        """A token that is good for a minute at least."""
        with self._lock:
            if not self._token or self._clock() >= self._ends:
                self._ask()
            return self._token

    def forget(self) -> None:
        """The server refused the token: ask for another one next time."""
        with self._lock:
            self._token = ""

    def _form(self) -> dict[str, str]:
        account = self._account
        form = {"client_id": account.oauth_client_id, "scope": account.oauth_scope}
        secret = account.oauth_client_secret.get_secret_value()
        if secret:
            form["client_secret"] = secret
        if account.oauth_flow is OAuthFlow.REFRESH_TOKEN:
            return form | {"grant_type": "refresh_token", "refresh_token": self._keep.load()}
        return form | {"grant_type": "client_credentials"}

    def _ask(self) -> None:
        with in_our_words():
            answer = httpx.post(self._account.oauth_token_url, data=self._form(), timeout=self._timeout_s)
            # The body holds tokens: it is never logged, and a provider's page in HTML is no answer.
            body = answer.json() if answer.headers.get("content-type", "").startswith("application/json") else {}
        if answer.status_code >= _SERVER_ERROR or answer.status_code == _TOO_MANY:
            raise MailboxDown("The identity provider is not able to give a token now.", status=answer.status_code)
        if answer.status_code != _OK or not isinstance(body, dict) or not isinstance(body.get("access_token"), str):
            code = body.get("error") if isinstance(body, dict) else None
            raise Misconfigured(
                "The identity provider refused to give a token.",
                setting="mail.oauth_client_secret"
                if self._account.oauth_flow is OAuthFlow.CLIENT_CREDENTIALS
                else "mail.oauth_refresh_token",
                status=answer.status_code,
                said=str(code)[:60],
            )
        self._token = body["access_token"]
        self._ends = self._clock() + max(0.0, _seconds(body.get("expires_in")) - _EARLY_S)
        newer = body.get("refresh_token")
        if isinstance(newer, str) and newer:
            self._keep.save(newer)


def _seconds(value: object) -> float:
    """Lifetime of a token; providers send a number, some of them as text."""
    try:
        return float(str(value))
    except ValueError:
        return 0.0
