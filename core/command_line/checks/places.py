"""Names of settings, folders, and programs."""

import difflib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from pydantic import BaseModel

from core.command_line.checks.finding import Finding, note, ok, wrong
from core.command_line.saying import zone_of
from core.domain.errors import Misconfigured
from core.settings import Settings

_PREFIX: Final = "TIEOUT_"
_OTHERS_BITS: Final = stat.S_IRWXG | stat.S_IRWXO
_CHROMIUMS: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_ENV_FILE: Final = Path(".env")


def names() -> list[str]:
    """The environment variables that are settings."""
    return [*_names(Settings, _PREFIX)]


def _names(model: type[BaseModel], prefix: str) -> Iterator[str]:
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from _names(kind, f"{prefix}{name.upper()}__")
        else:
            yield f"{prefix}{name.upper()}"


def unknown_names(environment: Mapping[str, str]) -> Iterator[Finding]:
    """A misspelt setting does nothing, silently; so it is named here."""
    known = names()
    given = [name.upper() for name in environment if name.upper().startswith(_PREFIX)] + _names_in_file()
    for name in sorted(set(given) - set(known)):
        near = difflib.get_close_matches(name, known, 1)
        yield note(f"{name} is not a setting and does nothing", f"did you mean {near[0]}?" if near else "remove it")


def _names_in_file() -> list[str]:
    if not _ENV_FILE.is_file():
        return []
    lines = _ENV_FILE.read_text(encoding="utf-8", errors="replace").splitlines()
    given = [line.partition("=")[0].removeprefix("export ").strip().upper() for line in lines if "=" in line]
    return [name for name in given if name.startswith(_PREFIX)]


def places(settings: Settings) -> Iterator[Finding]:
    """Everything on this machine."""
    yield from unknown_names(os.environ)
    if _ENV_FILE.is_file() and _ENV_FILE.stat().st_mode & _OTHERS_BITS:
        yield wrong("The file .env may be read by others on this machine", "chmod 600 .env")
    yield from _data_dir(settings.data_dir)
    yield _writable("inbox folder", settings.inbox_dir, "TIEOUT_INBOX_DIR")
    yield _writable("posting folder", settings.erp_dir, "TIEOUT_ERP_DIR")
    yield _writable("backup folder", settings.backup_dir, "TIEOUT_BACKUP_DIR")
    try:
        yield ok(f"Times are shown in {zone_of(settings).key}")
    except Misconfigured as error:
        yield wrong(error.sentence, "set TIEOUT_TIME_ZONE to a name such as Europe/Berlin")
    yield _chromium(settings.chromium)


def _data_dir(folder: Path) -> Iterator[Finding]:
    if not folder.is_dir():
        yield wrong(f"The data folder {folder} does not exist", "run “tieout migrate”")
        return
    found = folder.stat()
    if found.st_uid != os.geteuid():
        yield wrong(f"The data folder {folder} belongs to somebody else", f"chown it to user {os.geteuid()}, who runs Tieout")
    elif found.st_mode & _OTHERS_BITS:
        yield wrong(f"The data folder {folder} may be entered by others on this machine", f"chmod 700 {folder}")
    else:
        yield ok(f"The data folder {folder} is ours alone")


def _writable(what: str, folder: Path, setting: str) -> Finding:
    """Try it: rights, quotas and read-only disks are all one to whoever wants to write. A missing folder can be made."""
    nearest = next((each for each in (folder, *folder.absolute().parents) if each.exists()), Path("/"))
    try:
        with tempfile.TemporaryFile(dir=nearest, prefix=".tieout-check-"):
            pass
    except OSError as error:
        said = error.strerror or "it cannot be written"
        return wrong(f"The {what} {folder} cannot be written: {said}", f"mend its rights or set {setting}")
    return ok(f"The {what} {folder} can be written" if nearest == folder else f"The {what} {folder} will be made when needed")


def _chromium(named: str) -> Finding:
    if named:
        if shutil.which(named):
            return ok(f"Chromium is {named}")
        return wrong(f"There is no Chromium at {named}", "correct TIEOUT_CHROMIUM, or leave it empty")
    found = next((path for name in _CHROMIUMS if (path := shutil.which(name))), "")
    if found:
        return ok(f"Chromium is {found}")
    return note("No Chromium is on the PATH", "only portals need one; install chromium or set TIEOUT_CHROMIUM")
