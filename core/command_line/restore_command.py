"""`tieout restore FILE`: put a backup in place of the database. What was there is backed up first."""

import argparse
from pathlib import Path

from sqlalchemy.exc import DatabaseError

from core import bootstrap, settings
from core.command_line.saying import DONE, plural, say
from core.domain.errors import Misconfigured
from core.settings import Settings
from core.store import backup, restore


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which backup, and what may be given up for it."""
    parser.add_argument("file", type=Path, metavar="FILE", help="a backup that “tieout backup” wrote")
    parser.add_argument("--replace", action="store_true", help="even though there is data in the database")
    parser.add_argument(
        "--without-audit-key",
        action="store_true",
        help="even though nobody can prove any more that the audit log was not changed",
    )


def run(options: argparse.Namespace) -> int:
    """Check, keep what is there, restore, prove."""
    found = settings.load()
    bootstrap.private_folder(found.data_dir)
    now = bootstrap.SystemClock().now()
    key = None if options.without_audit_key else _key(found)
    # Looked at first, so that a file that is no backup leaves no trace.
    with backup.opened(options.file):
        kept = ""
    if options.replace and not restore.is_empty(found.database):
        kept = _keep(found)
    manifest = restore.restore(found.database, options.file, key, replace=options.replace, now=now)
    say(f"Restored {options.file} of {manifest.made_at}: {plural(manifest.total, 'row')} of schema {manifest.revision}.")
    say("The audit log was NOT proved." if key is None else "Every hash is right, and the audit log holds to its last event.")
    if kept:
        say(kept)
    say("Restart Tieout’s processes if they were running.")
    return DONE


def _key(found: Settings) -> bytes:
    """The key that is there. A fresh one would prove nothing, so none is made here."""
    if not found.audit_key.get_secret_value() and not (found.data_dir / "audit.key").exists():
        raise Misconfigured(
            "The audit key is not here, so the log in the backup cannot be proved. Put it back (TIEOUT_AUDIT_KEY, or the file "
            "audit.key in the data folder), or say --without-audit-key if it is lost.",
            setting="audit_key",
        )
    return bootstrap.audit_key(found)


def _keep(found: Settings) -> str:
    now = bootstrap.SystemClock().now()
    file = found.backup_dir / f"before-restore-{now:%Y%m%dT%H%M%S.%fZ}{backup.SUFFIX}"
    try:
        backup.back_up(found.database, file, now)
    except (DatabaseError, Misconfigured):
        return "What was there is no readable database of Tieout and could not be backed up."
    return f"What was there before is kept in {file}."
