"""`tieout backup [FILE]`: everything in the database in one file, made while Tieout runs."""

import argparse
from pathlib import Path

from core import bootstrap, settings
from core.command_line.saying import DONE, plural, say
from core.store import backup


def arguments(parser: argparse.ArgumentParser) -> None:
    """Where to, and how many to keep."""
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="default: a new file in TIEOUT_BACKUP_DIR")
    parser.add_argument(
        "--keep", type=int, default=0, metavar="N", help="afterwards remove all but the newest N backups of that folder"
    )


def run(options: argparse.Namespace) -> int:
    """Write it, then remove old ones if asked to."""
    found = settings.load()
    now = bootstrap.SystemClock().now()
    file = options.file or found.backup_dir / backup.name_of(now)
    manifest = backup.back_up(found.database, file, now)
    size = file.stat().st_size
    say(f"Wrote {file}: {plural(manifest.total, 'row')} of schema {manifest.revision}, {max(1, size // 1024)} KB.")
    say("The audit key is NOT in it. Keep that apart: TIEOUT_AUDIT_KEY, or the file audit.key in the data folder.")
    for gone in backup.rotate(file.parent, options.keep):
        say(f"Removed the old backup {gone}.")
    return DONE
