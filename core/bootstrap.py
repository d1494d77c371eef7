"""Settings to services: the only place that wires the store, the ledger and the readers together."""

import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from core.app.matching import Matcher
from core.app.services import Services
from core.domain.policy import MatchPolicy
from core.erp.files.bills import FileBills
from core.erp.files.invoice_files import FolderOfInvoices
from core.erp.files.ledger import FileLedger
from core.ports.mail import MailDesk
from core.ports.payables import Sender
from core.read.csv_out import csv_text
from core.read.ledger_files import StrictTables
from core.read.payables.ledger_tables import StrictPayablesTables
from core.read.throw_away import SandboxedReader
from core.settings import Settings
from core.store import backup, revisions
from core.store.mails import SqlMailDesk
from core.store.unit_of_work import SqlStore
from core.store.vault import AesVault, new_key

BILLS: Final = "bills"
"""The folder of supplier bills beside those of payments."""


class SystemClock:
    """The real time, in UTC."""

    def now(self) -> datetime:
        """The present."""
        return datetime.now(UTC)


def audit_key(settings: Settings) -> bytes:
    """The key of the audit chain: the setting, else one made once and kept where only we can read it."""
    given = settings.audit_key.get_secret_value()
    if given:
        return given.encode()
    return _made_once(settings.data_dir, "audit.key", secrets.token_hex(32)).encode()


def _made_once(folder: Path, name: str, text: str) -> str:
    """What a file of ours holds, made with `text` by whichever process comes first; nobody ever sees half of it."""
    file, fresh = folder / name, folder / f".{name}.{secrets.token_hex(8)}"
    private_folder(folder)
    if not file.exists():
        # Not Path.open: it cannot say with which rights a new file is made.
        with open(fresh, "x", encoding="ascii", opener=_only_we) as made:
            made.write(text)
        with suppress(FileExistsError):
            os.link(fresh, file)
        fresh.unlink()
    return file.read_text(encoding="ascii").strip()


def private_folder(folder: Path) -> None:
    """A folder that only we may enter."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)


def portal_vault(settings: Settings) -> AesVault:
    """What seals portal logins: the keys of the settings, else one made once and kept where only we can read it."""
    keys = settings.portal.key_texts
    if not keys:
        keys = (_made_once(settings.data_dir, "portal.key", new_key().decode()).encode(),)
    return AesVault(keys)


def _only_we(path: str, flags: int) -> int:
    return os.open(path, flags, mode=0o600)


def open_store(settings: Settings, *, migrated: bool = True) -> SqlStore:
    """The store; refuses to start on a database of another schema unless `migrated` is False."""
    private_folder(settings.data_dir)
    if migrated:
        revisions.require_present(settings.database)
    return SqlStore(settings.database, SystemClock(), audit_key(settings))


@contextmanager
def store(settings: Settings) -> Iterator[SqlStore]:
    """The store alone, closed on leaving."""
    opened = open_store(settings)
    try:
        yield opened
    finally:
        opened.close()


def mail_desk(services: Services) -> MailDesk:
    """Where the mail process keeps mails: the same database."""
    assert isinstance(services.store, SqlStore)  # noqa: S101  There is no other store.
    return SqlMailDesk(services.store)


def file_ledger(settings: Settings) -> FileLedger:
    """The ledger that is a folder of files."""
    return FileLedger(settings.erp_dir, SystemClock(), csv_text)


def nightly_backup(settings: Settings, slot: datetime) -> Path:
    """The backup of one night, once; older ones than the settings keep are removed."""
    file = settings.backup_dir / backup.name_of(slot.astimezone(UTC))
    if not file.exists():
        backup.back_up(settings.database, file, SystemClock().now())
        backup.rotate(settings.backup_dir, settings.backups_kept)
    return file


@contextmanager
def running(settings: Settings, *, preload: Sequence[str] = ()) -> Iterator[Services]:
    """All services of a process, closed on leaving. `preload` names modules that its reading children need besides."""
    store = open_store(settings)
    reader = SandboxedReader(preload=preload)
    ledger = file_ledger(settings)
    try:
        yield Services(
            store=store,
            clock=SystemClock(),
            reader=reader,
            matcher=Matcher(MatchPolicy()),
            cards_per_import=settings.cards_per_import,
            ledger=ledger,
            answers=ledger,
            tables=StrictTables(),
            most_closed_percent=settings.most_closed_percent,
            payables_tables=StrictPayablesTables(),
            bill_ledger=FileBills(settings.erp_dir / BILLS, SystemClock(), csv_text),
            sender=Sender(settings.mail.from_address, settings.mail.company_name or settings.company),
            vault=portal_vault(settings),
            invoice_files=FolderOfInvoices(settings.portal.invoice_files_dir),
            most_picture_bytes=settings.portal.most_picture_bytes,
        )
    finally:
        reader.close()
        store.close()
