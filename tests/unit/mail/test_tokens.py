"""Tokens from an identity provider of our own, over real HTTP on loopback."""

import json
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from pydantic import SecretStr

from core.domain.errors import MailboxDown, Misconfigured
from core.mail_settings import MailAccount, OAuthFlow
from mail.tokens import RefreshTokenFile, TokenSource


class Provider(ThreadingHTTPServer):
    """Answers `status` and `body`, and remembers the forms it was sent."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.forms: list[dict[str, str]] = []
        self.status = 200
        self.body: object = {"access_token": "t1", "expires_in": 3600}
        self.kind = "application/json"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/token"


class _Handler(BaseHTTPRequestHandler):
    server: Provider

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.server.forms.append({name: values[0] for name, values in form.items()})
        body = json.dumps(self.server.body).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Type", self.server.kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def a_provider() -> Iterator[Provider]:
    provider = Provider()
    thread = threading.Thread(target=provider.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield provider
    finally:
        provider.shutdown()
        thread.join()
        provider.server_close()


def an_account(provider: Provider, flow: OAuthFlow = OAuthFlow.CLIENT_CREDENTIALS) -> MailAccount:
    return MailAccount(
        oauth_flow=flow,
        oauth_token_url=provider.url,
        oauth_client_id="client",
        oauth_client_secret=SecretStr("client secret"),
    )


def a_source(account: MailAccount, keep: RefreshTokenFile | None = None, now: list[float] | None = None) -> TokenSource:
    instant = now or [0.0]
    return TokenSource(account, keep or RefreshTokenFile("", ""), clock=lambda: instant[0])


def test_client_credentials_are_asked_for_once_and_again_before_they_end() -> None:
    now = [0.0]
    with a_provider() as provider:
        source = a_source(an_account(provider), now=now)
        assert source() == source() == "t1"
        assert len(provider.forms) == 1
        assert provider.forms[0]["grant_type"] == "client_credentials"
        now[0] = 3541.0
        provider.body = {"access_token": "t2", "expires_in": "3600"}
        assert source() == "t2"
        source.forget()
        source()
        assert len(provider.forms) == 3


def test_a_new_refresh_token_is_kept_for_the_next_start(tmp_path: Path) -> None:
    path = tmp_path / "token"
    with a_provider() as provider:
        account = an_account(provider, OAuthFlow.REFRESH_TOKEN)
        provider.body = {"access_token": "t1", "expires_in": 10, "refresh_token": "second"}
        a_source(account, RefreshTokenFile(str(path), "first"))()
        assert provider.forms[0]["refresh_token"] == "first"
        assert path.read_text() == "second"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        a_source(account, RefreshTokenFile(str(path), "first"))()
        assert provider.forms[1]["refresh_token"] == "second"


@pytest.mark.parametrize(("status", "setting"), [(400, "mail.oauth_client_secret"), (401, "mail.oauth_client_secret")])
def test_a_refusal_names_the_setting_and_no_secret(status: int, setting: str) -> None:
    with a_provider() as provider:
        provider.status, provider.body = status, {"error": "invalid_client"}
        with pytest.raises(Misconfigured) as refused:
            a_source(an_account(provider))()
    assert refused.value.setting == setting
    assert "client secret" not in f"{refused.value.sentence} {refused.value.details}"


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_provider_in_trouble_is_asked_again_later(status: int) -> None:
    with a_provider() as provider:
        provider.status = status
        with pytest.raises(MailboxDown):
            a_source(an_account(provider))()


def test_a_page_instead_of_an_answer_is_a_refusal_and_nobody_at_home_is_not() -> None:
    with a_provider() as provider:
        provider.kind = "text/html"
        account = an_account(provider)
        with pytest.raises(Misconfigured):
            a_source(account)()
    with pytest.raises(MailboxDown):
        a_source(account)()
