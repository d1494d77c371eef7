"""The mailbox against a real IMAP server: fetching, moving, flagging, TLS and XOAUTH2."""

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from core.domain.errors import MailboxDown, Misconfigured
from core.mail_settings import Encryption, MailAccount, OAuthFlow
from mail.mailbox import PIECE, Limits, Mailbox
from mail.tokens import RefreshTokenFile, TokenSource
from tests.certificates import a_certificate
from tests.sandbox.mailbox import dovecot
from tests.sandbox.mailbox.dovecot_conf import OAuth
from tests.unit.mail.test_tokens import Provider, a_provider

pytestmark = [pytest.mark.dovecot, pytest.mark.timeout(180)]

LIMITS = Limits(connect_s=5, read_s=20, size_cap=5_000_000)


@pytest.fixture(scope="module")
def server() -> Iterator[dovecot.Dovecot]:
    with dovecot.running() as running:
        yield running


def an_account(server: dovecot.Dovecot, **changes: object) -> MailAccount:
    fields: dict[str, object] = {
        "imap_host": "127.0.0.1",
        "imap_port": server.port,
        "imap_encryption": Encryption.NONE,
        "imap_user": dovecot.USER,
        "imap_password": SecretStr(dovecot.PASSWORD),
    }
    return MailAccount.model_validate({**fields, **changes})


def a_folder(server: dovecot.Dovecot, name: str, *messages: bytes) -> str:
    with server.client() as client:
        client.create_folder(name)
        for message in messages:
            client.append(name, message)
    return name


def test_a_mail_of_several_pieces_comes_back_whole_and_unread(server: dovecot.Dovecot) -> None:
    raw = b"From: a@b.example\r\nSubject: big\r\n\r\n" + b"0123456789abcde\r\n" * (2 * PIECE // 17 + 1000)
    folder = a_folder(server, "Big", raw)
    with Mailbox.connect(an_account(server), LIMITS) as box:
        box.open(folder)
        (uid,) = box.new_uids(0)
        fetched = box.fetch(uid)
    assert fetched is not None
    assert fetched.raw == raw
    with server.client() as client:
        client.select_folder(folder)
        assert b"\\Seen" not in client.get_flags([uid])[uid]


def test_a_mail_of_exactly_one_piece_is_not_cut(server: dovecot.Dovecot) -> None:
    head = b"From: a@b.example\r\n\r\n"
    raw = head + b"x" * (PIECE - len(head) - 2) + b"\r\n"
    folder = a_folder(server, "Exact", raw)
    with Mailbox.connect(an_account(server), LIMITS) as box:
        box.open(folder)
        fetched = box.fetch(box.new_uids(0)[0])
    assert fetched is not None
    assert (len(fetched.raw), fetched.whole) == (PIECE, True)


def test_mails_of_before_a_day_can_be_left_alone(server: dovecot.Dovecot) -> None:
    folder = a_folder(server, "Since")
    with server.client() as client:
        client.append(folder, b"Subject: old\r\n\r\n", msg_time=datetime(2020, 1, 1, tzinfo=UTC))
        client.append(folder, b"Subject: new\r\n\r\n", msg_time=datetime(2026, 1, 1, tzinfo=UTC))
    with Mailbox.connect(an_account(server), LIMITS) as box:
        box.open(folder)
        assert box.new_uids(0) == [1, 2]
        assert box.new_uids(0, date(2025, 1, 1)) == [2]


def test_moving_and_flagging_what_is_gone_is_no_trouble(server: dovecot.Dovecot) -> None:
    folder = a_folder(server, "Tidy", b"Subject: one\r\n\r\n")
    a_folder(server, "Done")
    with Mailbox.connect(an_account(server), LIMITS) as box:
        box.open(folder, writable=True)
        box.tidy(1, move_to="Done", flag=True)
        box.tidy(1, move_to="Done", flag=True)
        box.tidy(77, move_to="No such folder")
        assert box.new_uids(0) == []


def test_without_the_right_to_write_nothing_is_changed(server: dovecot.Dovecot) -> None:
    folder = a_folder(server, "ReadOnly", b"Subject: one\r\n\r\n")
    with Mailbox.connect(an_account(server), LIMITS) as box:
        box.open(folder)
        box.tidy(1, move_to="INBOX", flag=True)
        assert box.new_uids(0) == [1]


def test_a_folder_that_is_not_there_and_a_wrong_password_name_their_settings(server: dovecot.Dovecot) -> None:
    with Mailbox.connect(an_account(server), LIMITS) as box, pytest.raises(Misconfigured) as no_folder:
        box.open("No such folder")
    assert no_folder.value.setting == "mail.folders"
    with pytest.raises(Misconfigured) as refused:
        Mailbox.connect(an_account(server, imap_password=SecretStr("wrong")), LIMITS)
    assert refused.value.setting == "mail.imap_password"
    assert "wrong" not in str(refused.value.details)


def test_a_server_that_stops_ends_the_wait(server: dovecot.Dovecot) -> None:
    with dovecot.running() as other:
        box = Mailbox.connect(an_account(other), LIMITS)
        box.open("INBOX")
        threading.Timer(0.5, other.stop).start()
        with pytest.raises(MailboxDown):
            while True:
                box.wait(20, threading.Event())
                box.new_uids(0)
        box.close()
    del server


@pytest.fixture(scope="module")
def oauth_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dovecot.Dovecot, OAuth, Path]]:
    certificate, key = a_certificate()
    ca_file = tmp_path_factory.mktemp("tls") / "ca.pem"
    ca_file.write_bytes(certificate)
    oauth = OAuth(certificate, key)
    with dovecot.running(oauth=oauth) as running:
        yield running, oauth, ca_file


def a_token_source(provider: Provider, token: str) -> TokenSource:
    provider.body = {"access_token": token, "expires_in": 3600}
    account = MailAccount(oauth_flow=OAuthFlow.CLIENT_CREDENTIALS, oauth_token_url=provider.url, oauth_client_id="client")
    return TokenSource(account, RefreshTokenFile("", ""))


def test_a_token_logs_in_over_tls_and_bad_ones_do_not(oauth_server: tuple[dovecot.Dovecot, OAuth, Path]) -> None:
    server, oauth, ca_file = oauth_server
    account = an_account(server, imap_encryption=Encryption.TLS, imap_ca_file=str(ca_file))
    good = oauth.token(dovecot.USER)
    bad = (
        oauth.token(dovecot.USER, lives_s=-60),
        oauth.token("somebody@else.example"),
        oauth.token(dovecot.USER, secret=b"another key"),
    )
    with a_provider() as provider:
        with Mailbox.connect(account, LIMITS, a_token_source(provider, good)) as box:
            assert box.open("INBOX") > 0
            assert box.new_uids(0) == []
        for token in bad:
            with pytest.raises(Misconfigured) as refused:
                Mailbox.connect(account, LIMITS, a_token_source(provider, token))
            assert token not in str(refused.value.details)


def test_a_certificate_that_is_not_trusted_ends_before_the_login(oauth_server: tuple[dovecot.Dovecot, OAuth, Path]) -> None:
    server, _, _ = oauth_server
    with pytest.raises(Misconfigured) as refused:
        Mailbox.connect(an_account(server, imap_encryption=Encryption.TLS), LIMITS)
    assert refused.value.setting == "mail.imap_ca_file"
