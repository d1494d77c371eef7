"""A real Dovecot on a loopback port, run as an ordinary user, with one mailbox and a directory of its own.

Works for 2.3 and, by a second template, for 2.4. When we are root (as in a container) Dovecot is started as `nobody`, because
it refuses to serve mail to root. See README.md in this folder for what each setting is for.
"""

import grp
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from imapclient import IMAPClient, SocketTimeout

from tests.sandbox.mailbox import dovecot_conf

USER: Final = "remit@ar.seller.example"
PASSWORD: Final = "only-for-this-loopback"
_SBIN: Final = ("/usr/sbin/dovecot", "/usr/local/sbin/dovecot", "/opt/homebrew/sbin/dovecot")
_START_S: Final = 60.0


def executable() -> str | None:
    """Where Dovecot is installed, if it is."""
    return shutil.which("dovecot") or next((path for path in _SBIN if os.access(path, os.X_OK)), None)


def version() -> tuple[int, int]:
    """Dovecot's version: 2.3 and 2.4 want different files."""
    answer = subprocess.run([executable() or "dovecot", "--version"], capture_output=True, text=True, check=True)
    major, minor = answer.stdout.split(".")[:2]
    return int(major), int(minor)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Dovecot:
    """A running server. `maildir` is its mailbox on disk: a file moved into `new/` is a delivered mail."""

    home: Path
    port: int
    uid: int
    gid: int
    tls: dovecot_conf.OAuth | None = None
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def maildir(self) -> Path:
        return self.home / "mail" / "remit" / "Maildir"

    @classmethod
    def prepare(cls, *, oauth: dovecot_conf.OAuth | None = None) -> Self:
        """A directory with short paths (UNIX sockets allow about 100 characters), owned by whoever will run the server."""
        account = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
        home = Path(tempfile.mkdtemp(prefix="tdc", dir="/tmp"))
        server = cls(home, free_port(), account.pw_uid, account.pw_gid, oauth)
        for part in ("run", "state", "mail/remit"):
            (home / part).mkdir(parents=True)
        person = f"{USER}:{{PLAIN}}{PASSWORD}:{server.uid}:{server.gid}::{home}/mail/remit::\n"
        (home / "passwd").write_text(person)
        (home / "passwd").chmod(0o600)
        if oauth is not None:
            oauth.write(home)
        names = (account.pw_name, grp.getgrgid(account.pw_gid).gr_name)
        text = dovecot_conf.render(version(), home, server.port, names, oauth, (server.uid, server.gid))
        (home / "dovecot.conf").write_text(text)
        server._own(home)
        return server

    def _own(self, path: Path) -> None:
        if os.getuid() != 0:
            return
        os.chown(path, self.uid, self.gid)
        for below in path.rglob("*"):
            os.chown(below, self.uid, self.gid)

    def start(self) -> None:
        """Start and wait for the greeting."""
        command = [executable() or "dovecot", "-F", "-c", str(self.home / "dovecot.conf")]
        as_whom = {"user": self.uid, "group": self.gid, "extra_groups": []} if os.getuid() == 0 else {}
        self.process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd="/", start_new_session=True, **as_whom
        )  # type: ignore[call-overload]
        ends = time.monotonic() + _START_S
        while True:
            if self.process.poll() is not None:
                raise RuntimeError(f"Dovecot ended at once: {self._last_words()}")
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return
            if time.monotonic() > ends:
                raise RuntimeError(f"Dovecot did not come up: {self.log()}")
            time.sleep(0.02)

    def _last_words(self) -> str:
        assert self.process is not None
        assert self.process.stderr is not None
        return self.process.stderr.read().decode(errors="replace") + self.log()

    def log(self) -> str:
        """What the server wrote, for a test that failed."""
        path = self.home / "dovecot.log"
        return path.read_text(errors="replace")[-4000:] if path.exists() else ""

    def stop(self) -> None:
        """Stop the server; the directory stays."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(2)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(5)
        # What the master did not end in time: its children are in a process group of their own.
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        if self.process.stderr is not None:
            self.process.stderr.close()
        self.process = None

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)

    def deliver(self, raw: bytes) -> None:
        """Deliver as a mail server does: write in tmp/, rename into new/. An idling client hears of it within a second."""
        if not (self.maildir / "new").exists():
            with self.client() as client:
                client.select_folder("INBOX")
        name = f"{time.time():.6f}.{uuid.uuid4().hex}.loopback"
        path = self.maildir / "tmp" / name
        path.write_bytes(raw)
        if os.getuid() == 0:
            os.chown(path, self.uid, self.gid)
        path.rename(self.maildir / "new" / name)

    @contextmanager
    def client(self) -> Iterator[IMAPClient]:
        """A logged-in connection of the test's own, to look and to append."""
        client = IMAPClient("127.0.0.1", port=self.port, ssl=False, timeout=SocketTimeout(5, 20))
        try:
            client.login(USER, PASSWORD)
            yield client
            client.logout()
        finally:
            with suppress(OSError):
                client.shutdown()

    def forget_uids(self) -> None:
        """Make the server number its messages anew under a new UIDVALIDITY, as after a restore. Stop it first."""
        for path in self.maildir.iterdir():
            if path.name.startswith(("dovecot-uidlist", "dovecot-uidvalidity", "dovecot.index", "dovecot.list")):
                path.unlink()


@contextmanager
def running(*, oauth: dovecot_conf.OAuth | None = None) -> Iterator[Dovecot]:
    """A server for the length of a `with` block."""
    server = Dovecot.prepare(oauth=oauth)
    try:
        server.start()
        yield server
    finally:
        server.remove()
