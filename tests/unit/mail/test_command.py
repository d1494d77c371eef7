"""`python -m mail` as people and the supervisor start it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from core.bootstrap import SystemClock, open_store
from core.domain.mails import Arrival, Sighting
from core.settings import Settings
from core.store import migrate
from core.store.mails import SqlMailDesk
from mail import __main__ as command
from tests.sandbox.mailbox import hostile
from tests.sandbox.mailbox.hostile import Mood
from tests.scenarios.mail_world import a_remittance, eventually

ROOT = Path(__file__).parents[3]


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("TIEOUT_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TIEOUT_DATA_DIR", str(tmp_path / "data"))
    migrate.upgrade(Settings().database)
    return tmp_path


def a_mailbox(server: hostile.Hostile) -> dict[str, str]:
    return {
        "TIEOUT_MAIL__IMAP_HOST": "127.0.0.1",
        "TIEOUT_MAIL__IMAP_PORT": str(server.port),
        "TIEOUT_MAIL__IMAP_ENCRYPTION": "none",
        "TIEOUT_MAIL__IMAP_USER": "remit",
        "TIEOUT_MAIL__IMAP_PASSWORD": "canary-password",
        "TIEOUT_MAIL__READ_TIMEOUT_S": "2",
    }


def test_lists_shows_and_replays(data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    del data_dir
    store = open_store(Settings())
    desk = SqlMailDesk(store)
    raw = a_remittance()
    desk.take(Arrival(Sighting("main", "INBOX", 1, 1), raw, len(raw), SystemClock().now()))
    mail = desk.next_to_read(60, 3)
    assert mail is not None
    desk.shunt(mail, "KeyError while the mail was read")
    store.close()
    assert command.main(["shunted"]) == 0
    assert "KeyError while the mail was read" in capsys.readouterr().out
    assert command.main(["show", mail.id]) == 0
    assert command.main(["replay", mail.id]) == 0
    assert command.main(["recent"]) == 0
    assert f"{mail.id} is queued to be read again." in capsys.readouterr().out
    assert command.main(["replay", mail.id]) == 1
    assert command.main(["show", "M-404"]) == 1
    assert "There is no mail M-404." in capsys.readouterr().err


def test_check_says_what_is_wrong(data_dir: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    del data_dir
    assert command.main(["check"]) == 0
    with hostile.running() as server:
        for name, value in a_mailbox(server).items():
            monkeypatch.setenv(name, value)
        assert command.main(["check"]) == 0
        assert "mailbox main/INBOX: works" in capsys.readouterr().out
        server.mood = Mood.NO_LOGIN
        assert command.main(["check"]) == 1
        assert "refused the login. (setting mail.imap_password)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"IMAP_HOST": "imap.example.com", "IMAP_USER": ""}, "mail.imap_user"),
        ({"IMAP_HOST": "imap.example.com", "IMAP_USER": "u", "IMAP_ENCRYPTION": "none"}, "mail.imap_encryption"),
        ({"IMAP_HOST": "imap.example.com", "IMAP_USER": "u"}, "mail.imap_password"),
        ({"IMAP_HOST": "imap.example.com", "IMAP_USER": "u", "OAUTH_FLOW": "client_credentials"}, "mail.oauth_token_url"),
        ({"ACKNOWLEDGE": "true"}, "mail.smtp_host"),
        ({"ACKNOWLEDGE": "true", "SMTP_HOST": "h", "FROM_ADDRESS": "a@b.example"}, "mail.reply_secret"),
        ({"IDLE_S": "1740"}, "TIEOUT_MAIL__IDLE_S"),
    ],
)
def test_wrong_settings_stop_the_start_and_are_named(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], settings: dict[str, str], named: str
) -> None:
    del data_dir
    for name, value in settings.items():
        monkeypatch.setenv(f"TIEOUT_MAIL__{name}", value)
    assert command.main([]) == 2
    assert named in capsys.readouterr().err


def test_the_process_listens_logs_no_secret_and_ends_on_sigterm(data_dir: Path) -> None:
    with hostile.running(a_remittance(1)) as server:
        environment = {**os.environ, **a_mailbox(server), "TIEOUT_LOG_LEVEL": "DEBUG", "PYTHONPATH": str(ROOT)}
        log = data_dir / "log"
        with log.open("wb") as out:
            process = subprocess.Popen([sys.executable, "-m", "mail"], cwd=data_dir, env=environment, stderr=out)
        try:
            eventually(lambda: "IDLE" in server.seen, "it idles")
            eventually(lambda: b"accepted" in log.read_bytes(), "it has read the mail")
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0
        finally:
            process.kill()
            process.wait()
    said = log.read_text()
    assert "canary-password" not in said
    assert "INV-1001" not in said
    assert "LOGOUT" in server.seen
