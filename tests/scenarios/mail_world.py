"""A mailbox, a mail process and raw mails for the stories about mail."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage

from pydantic import SecretStr

from core.app.services import Services
from core.mail_settings import Encryption, MailSettings
from core.store.mails import SqlMailDesk
from core.store.unit_of_work import SqlStore
from mail.process import MailProcess
from tests.sandbox.mailbox import dovecot

PATIENCE_S = 120.0


def a_remittance(number: int = 1, *, sender: str = "ap@northwind.example", **headers: str) -> bytes:
    """A mail that says which invoices are paid, in words."""
    message = EmailMessage()
    message["From"] = f"Accounts Payable <{sender}>"
    message["To"] = "remit@ar.seller.example"
    message["Message-ID"] = f"<{number}@{sender.rpartition('@')[2]}>"
    message["Date"] = "Fri, 27 Feb 2026 10:00:00 +0000"
    message["Subject"] = headers.pop("subject", "Remittance advice")
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(
        "Dear Sir or Madam,\n\nplease find our remittance advice for payment on 2026-02-27.\n\n"
        "Invoice    Amount paid\n"
        f"INV-{1000 + number}   USD 100.00\n"
        f"INV-{5000 + number}   USD 250.00\n"
        "\nTotal      USD 350.00\n\nKind regards\nNorthwind Ltd\n"
    )
    return message.as_bytes()


def settings_for(server: dovecot.Dovecot, **changes: object) -> MailSettings:
    """Settings that listen to the server, impatient as tests are."""
    fields: dict[str, object] = {
        "imap_host": "127.0.0.1",
        "imap_port": server.port,
        "imap_encryption": Encryption.NONE,
        "imap_user": dovecot.USER,
        "imap_password": SecretStr(dovecot.PASSWORD),
        "connect_timeout_s": 5,
        "read_timeout_s": 10,
        "idle_s": 20,
        "backoff_s": 1,
        "folder_lease_s": 5,
        "reading_lease_s": 60,
    }
    return MailSettings.model_validate({**fields, **changes})


@contextmanager
def listening(services: Services, store: SqlStore, settings: MailSettings) -> Iterator[SqlMailDesk]:
    """The mail process, in a thread, for the length of a `with` block."""
    desk = SqlMailDesk(store)
    stop = threading.Event()
    process = MailProcess(services, desk, settings)
    statuses: list[int] = []
    thread = threading.Thread(target=lambda: statuses.append(process.run(stop)))
    thread.start()
    try:
        yield desk
    finally:
        stop.set()
        thread.join(PATIENCE_S)
    assert statuses == [0]


def eventually(
    holds: Callable[[], bool], what: str, step_s: float = 0.02, progress: Callable[[], object] = lambda: None
) -> None:
    """Wait until `holds`, as a person would who watches the screen; `step_s` apart where looking is work.

    Patience starts anew whenever `progress` says something else: much work on a slow machine is no reason to give up.
    """
    ends, last = time.monotonic() + PATIENCE_S, progress()
    while not holds():
        if (now := progress()) != last:
            ends, last = time.monotonic() + PATIENCE_S, now
        assert time.monotonic() < ends, f"waited in vain: {what}; {last}"
        time.sleep(step_s)
