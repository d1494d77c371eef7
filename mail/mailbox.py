"""One folder of one mailbox behind few verbs: `open`, `new_uids`, `fetch`, `wait`, `tidy`, `close`.

Rules measured on real servers, which the code keeps:

- IDLE is a hint, the UID search is the truth; only explicit lists of integers are sent (ranges differ between servers).
- `UID n+1:*` answers with the last message even when it is below n+1 (RFC 3501), so answers are filtered.
- RFC822.SIZE is asked first; bodies come by BODY.PEEK[] (BODY[] would mark them as read) in pieces of 1 MiB.
- A dead peer makes IDLE silent for ever, a closed one makes it spin; every wait has a limit, and every verb a deadline.
- An EXISTS that comes in one packet with the server's `+ idling` lies in the client's own buffer, where no poll sees it, and
  is only given by `idle_done`: what lies there ends IDLE at once. One that comes while we fetch is lost: callers search again
  until nothing is new, and the first IDLE after that is short.
"""

import contextlib
import logging
import selectors
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Self

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from core.domain.errors import MailboxDown, Misconfigured
from core.mail_settings import Encryption, MailAccount
from mail.tokens import TokenSource
from mail.trouble import VENDOR_ERRORS, in_our_words

_LOG: Final = logging.getLogger(__name__)
PIECE: Final = 1 << 20
_LOOK_S: Final = 1.0
_FIRST_IDLE_S: Final = 1.0
_SLOWEST_BYTES_PER_S: Final = 20_000
_KEEPALIVE: Final = (
    ("TCP_KEEPIDLE", 60),
    ("TCP_KEEPALIVE", 60),
    ("TCP_KEEPINTVL", 15),
    ("TCP_KEEPCNT", 4),
    ("TCP_USER_TIMEOUT", 90_000),
)


@dataclass(frozen=True, slots=True)
class Limits:
    """How long this mailbox may keep us waiting, and how big a mail may be."""

    connect_s: float
    read_s: float
    size_cap: int
    poll_s: float = 60.0
    may_idle: bool = True


@dataclass(frozen=True, slots=True)
class Fetched:
    """A message as the server gave it; over the size cap only its header, and `whole` is False."""

    raw: bytes
    size: int
    received_at: datetime
    whole: bool


class Mailbox:
    """A connection that looks into one folder. Not for two threads at a time; `close` may be called from any."""

    def __init__(self, client: IMAPClient, limits: Limits) -> None:
        self._client = client
        self._limits = limits
        self._folder = ""
        self._writable = False
        self._flags: tuple[bytes, ...] = ()
        self._looked_shortly = False

    @classmethod
    def connect(cls, account: MailAccount, limits: Limits, token: TokenSource | None = None) -> Self:
        """Connect and log in, by password or by XOAUTH2."""
        secret = token() if token is not None else account.imap_password.get_secret_value()
        with in_our_words():
            client = _client(account, limits)
        box = cls(client, limits)
        try:
            with in_our_words(), box._deadline(limits.read_s):
                if account.imap_encryption is Encryption.STARTTLS:
                    client.starttls(_tls(account))
                if token is None:
                    client.login(account.imap_user, secret)
                else:
                    client.oauth2_login(account.imap_user, secret)
        except Misconfigured:
            if token is not None:
                token.forget()
            box.close()
            raise
        except MailboxDown:
            box.close()
            raise
        return box

    @property
    def has_idle(self) -> bool:
        """Whether the server says that it can tell us of new mail, and we may believe it."""
        if not self._limits.may_idle:
            return False
        with in_our_words(), self._deadline(self._limits.read_s):
            return bool(self._client.has_capability("IDLE"))

    @property
    def keeps_flags(self) -> bool:
        """Whether the open folder keeps the flag that is put on stored mails."""
        return b"\\Flagged" in self._flags or b"\\*" in self._flags

    def open(self, folder: str, *, writable: bool = False) -> int:
        """Select the folder (read-only unless mails will be moved or flagged); returns its UIDVALIDITY."""
        with in_our_words(), self._deadline(self._limits.read_s):
            answer = self._client.select_folder(folder, readonly=not writable)
        validity = answer.get(b"UIDVALIDITY")
        if not isinstance(validity, int) or validity <= 0:
            raise MailboxDown("The mail server does not number its messages in a lasting way.", folder=folder)
        self._folder, self._writable = folder, writable
        self._flags = tuple(answer.get(b"PERMANENTFLAGS") or ())
        return validity

    def new_uids(self, after: int, since: date | None = None) -> list[int]:
        """Messages above `after`, in order. This is the truth; everything else is a hint."""
        criteria: list[object] = ["UID", f"{after + 1}:*"]
        if since is not None:
            criteria += ["SINCE", since]
        with in_our_words(), self._deadline(self._limits.read_s):
            # Some servers (pymap) search what the session knew when it last asked; NOOP brings it up to date.
            self._client.noop()
            found = self._client.search(criteria)
        return sorted({int(uid) for uid in found if int(uid) > after})

    def fetch(self, uid: int) -> Fetched | None:
        """The message, or None where the server lists it and gives nothing."""
        with in_our_words(), self._deadline(self._limits.read_s):
            facts = self._client.fetch([uid], ["RFC822.SIZE", "INTERNALDATE"]).get(uid, {})
        size, received_at = facts.get(b"RFC822.SIZE"), facts.get(b"INTERNALDATE")
        if not isinstance(size, int) or not isinstance(received_at, datetime):
            return None
        whole = size <= self._limits.size_cap
        with self._deadline(self._limits.read_s + min(size, self._limits.size_cap) / _SLOWEST_BYTES_PER_S):
            raw = self._pieces(uid, "", size) if whole else self._pieces(uid, "HEADER", PIECE)
        return Fetched(raw, size, received_at, whole) if raw else None

    def _pieces(self, uid: int, section: str, expected: int) -> bytes:
        """One section in pieces. A server may count RFC822.SIZE wrongly, so the end is the first short piece."""
        got = bytearray()
        most = self._limits.size_cap + PIECE
        while len(got) <= most:
            with in_our_words():
                answer = self._client.fetch([uid], [f"BODY.PEEK[{section}]<{len(got)}.{PIECE}>"]).get(uid, {})
            piece = answer.get(f"BODY[{section}]<{len(got)}>".encode())
            if not isinstance(piece, bytes):
                # A piece without data after others would be a mail cut in the middle: none is better than half of one.
                return b"" if len(got) < expected and section == "" else bytes(got)
            got += piece
            if len(piece) < PIECE:
                break
        return bytes(got)

    def wait(self, seconds: float, stop: threading.Event, on_look: Callable[[], object] = lambda: None) -> bool:
        """Wait until the server hints at something new, `seconds` are over or `stop` is set; True for a hint.

        `on_look` is called about once a second (to renew leases). The first wait after a hint is short, see the module.
        """
        if not self.has_idle:
            _pause(min(seconds, self._limits.poll_s), stop, on_look)
            return True
        if not self._looked_shortly:
            seconds = min(seconds, _FIRST_IDLE_S)
        self._looked_shortly = True
        with in_our_words(), self._deadline(self._limits.read_s):
            self._client.idle()
        told = _lies_in_our_buffer(self._client) or self._watch(seconds, stop, on_look)
        with in_our_words(), self._deadline(self._limits.read_s):
            _, late = self._client.idle_done()
        hinted = _hints(late)
        self._looked_shortly = not hinted
        if told and not hinted:
            # A server that greets every IDLE with a remark must not make us ask without a pause.
            _pause(min(seconds, _LOOK_S), stop, on_look)
        return hinted

    def _watch(self, seconds: float, stop: threading.Event, on_look: Callable[[], object]) -> bool:
        """Whether the server said something, or has gone; what it was is read by whoever ends the IDLE.

        The library's own look reads without waiting, and takes half a line that arrived alone for the end of the conversation.
        """
        ends = time.monotonic() + seconds
        while not stop.is_set() and (left := ends - time.monotonic()) > 0:
            with in_our_words():
                if _readable(self._client.socket(), min(_LOOK_S, left)):
                    return True
            on_look()
        return False

    def tidy(self, uid: int, *, move_to: str = "", flag: bool = False) -> None:
        """Move or flag a stored message for the people who look into the mailbox. It may be gone; that is no trouble."""
        if not self._writable:
            return
        with in_our_words(), self._deadline(self._limits.read_s):
            try:
                self._tidy(uid, move_to, flag=flag)
            except IMAPClientAbortError:
                raise
            except IMAPClientError as error:
                _LOG.info("could not move or flag a stored mail in %s: %s", self._folder, type(error).__name__)

    def _tidy(self, uid: int, move_to: str, *, flag: bool) -> None:
        if flag and self.keeps_flags:
            self._client.add_flags([uid], [b"\\Flagged"], silent=True)
        if move_to and self._client.has_capability("MOVE"):
            self._client.move([uid], move_to)
        elif move_to:
            self._client.copy([uid], move_to)
            self._client.delete_messages([uid], silent=True)
            if self._client.has_capability("UIDPLUS"):
                self._client.uid_expunge([uid])

    def close(self) -> None:
        """Log out if that works, and be gone in any case."""
        with contextlib.suppress(*VENDOR_ERRORS), self._deadline(2.0):
            self._client.logout()
        with contextlib.suppress(*VENDOR_ERRORS):
            self._client.shutdown()

    @contextlib.contextmanager
    def _deadline(self, seconds: float) -> Iterator[None]:
        """Cut the connection when a verb takes longer: a server that drips a byte a second never times out by itself."""
        cut = threading.Timer(seconds, _cut, (self._client,))
        cut.daemon = True
        cut.start()
        try:
            yield
        finally:
            cut.cancel()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _cut(client: IMAPClient) -> None:
    with contextlib.suppress(OSError):
        client.socket().shutdown(socket.SHUT_RDWR)


def _tls(account: MailAccount) -> ssl.SSLContext:
    with in_our_words():
        return ssl.create_default_context(cafile=account.imap_ca_file or None)


def _client(account: MailAccount, limits: Limits) -> IMAPClient:
    encrypted = account.imap_encryption is Encryption.TLS
    client = IMAPClient(
        account.imap_host,
        port=account.imap_port,
        ssl=encrypted,
        ssl_context=_tls(account) if encrypted else None,
        timeout=SocketTimeout(limits.connect_s, limits.read_s),
    )
    client.normalise_times = False
    sock = client.socket()
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in _KEEPALIVE:
            if hasattr(socket, name):
                sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
    return client


def _readable(sock: socket.socket, seconds: float) -> bool:
    with selectors.DefaultSelector() as selector:
        selector.register(sock, selectors.EVENT_READ)
        return bool(selector.select(seconds))


def _lies_in_our_buffer(client: IMAPClient) -> bool:
    """Whether something was read together with `+ idling`. The library polls the socket only and would not see it.

    Since Python 3.14 imaplib buffers by itself; before, its buffer is a file, which a non-blocking `peek` shows.
    """
    imap = client._imap  # noqa: SLF001  Nothing public tells.
    own = getattr(imap, "_readbuf", None)
    if own is not None:
        return any(own)
    sock = client.socket()
    before = sock.gettimeout()
    sock.settimeout(0)
    try:
        return bool(imap.file.peek(1))
    except OSError:
        # Nothing decrypted yet; what breaks the connection is found by the watch.
        return False
    finally:
        sock.settimeout(before)


def _hints(answers: Sequence[object]) -> bool:
    """Whether an IDLE answer tells of new mail; a BYE among them is as good a reason to go and ask."""
    return any(
        isinstance(answer, tuple) and (b"EXISTS" in answer or b"RECENT" in answer or b"BYE" in answer) for answer in answers
    )


def _pause(seconds: float, stop: threading.Event, on_look: Callable[[], object]) -> None:
    ends = time.monotonic() + seconds
    while (left := ends - time.monotonic()) > 0 and not stop.wait(min(_LOOK_S, left)):
        on_look()
