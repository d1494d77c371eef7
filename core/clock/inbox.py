"""The watched folder: what is dropped there is taken once it is complete, and ends in `taken` or `refused`.

A file is complete when two looks find it unchanged. It is moved only after its story has ended, and every story knows a file
again by its content, so a crash in between means that it is taken once more and nothing happens twice. Beside a refused file
lies a text that says why.
"""

import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from core.app.outcomes import Outcome, Refusal
from core.domain.errors import ProjectError, Unavailable

log: Final = logging.getLogger(__name__)
_UNFINISHED: Final = frozenset({".part", ".tmp", ".crdownload", ".filepart", ".partial", ".swp"})
# Many programs create a file first and fill it later.
_LOOKS_AT_EMPTY: Final = 15


@dataclass
class _Look:
    size: int
    changed_ns: int
    unchanged: int = 0


class Inbox:
    """One folder. `take` is the story, `order` sorts files that lie there together."""

    def __init__(
        self, folder: Path, take: Callable[[str, bytes], Outcome], order: Callable[[bytes], int], largest_bytes: int
    ) -> None:
        self._folder = folder
        self._take = take
        self._order = order
        self._largest = largest_bytes
        self._looks: dict[Path, _Look] = {}
        self._left_alone: set[Path] = set()

    def look(self, now: datetime) -> int:
        """Look once; how many files came to their end."""
        self._folder.mkdir(parents=True, exist_ok=True)
        complete = sorted(self._complete(), key=lambda path: (self._place(path), path.name))
        return sum(self._end(path, now) for path in complete)

    def _complete(self) -> list[Path]:
        """Files that have not changed since the look before."""
        present: dict[Path, _Look] = {}
        for path in self._folder.iterdir():
            if path.name.startswith(".") or path.suffix.lower() in _UNFINISHED or path.is_symlink() or not path.is_file():
                continue
            try:
                found = path.stat()
            except FileNotFoundError:
                continue
            look = _Look(found.st_size, found.st_mtime_ns)
            before = self._looks.get(path)
            if before and (before.size, before.changed_ns) == (look.size, look.changed_ns):
                look.unchanged = before.unchanged + 1
            present[path] = look
        self._looks = present
        self._left_alone &= present.keys()
        return [path for path, look in present.items() if look.unchanged >= (1 if look.size else _LOOKS_AT_EMPTY)]

    def _place(self, path: Path) -> int:
        try:
            with path.open("rb") as file:
                return self._order(file.read(16_384))
        except OSError:
            return 0

    def _end(self, path: Path, now: datetime) -> bool:
        """Take one file and put it away; False if it stays where it is for now."""
        try:
            refusal = self._refusal(path)
        except Unavailable as error:
            log.warning("%s waits: %s", path.name, error.sentence)
            return False
        except OSError as error:
            # Not ours to read or move; said once, or the log would fill.
            if path not in self._left_alone:
                log.warning("%s cannot be read: %s", path.name, error.strerror or error)
                self._left_alone.add(path)
            return False
        self._put_away(path, refusal, now)
        return True

    def _refusal(self, path: Path) -> str:
        """Nothing if the file was taken, else why it was not."""
        if path.stat().st_size > self._largest:
            return f"The file is larger than {self._largest // 1024**2} MB."
        data = path.read_bytes()
        try:
            outcome = self._take(path.name, data)
        except (Unavailable, OSError):
            raise
        except ProjectError as error:
            return error.sentence
        except Exception:  # What nobody expected becomes a reference; the others go on.
            # One broken file must not stop the others: it is set aside, and the log says where it broke.
            reference = uuid.uuid4().hex[:8]
            log.exception("taking %s broke; reference %s", path.name, reference)
            return f"Tieout itself failed on this file (reference {reference}); the log says more. Drop it again to retry."
        return outcome.sentence if isinstance(outcome, Refusal) else ""

    def _put_away(self, path: Path, refusal: str, now: datetime) -> None:
        folder = self._folder / ("refused" if refusal else "taken")
        folder.mkdir(exist_ok=True)
        target = _free(folder, f"{now:%Y%m%dT%H%M%SZ}-{path.name}")
        if refusal:
            (folder / f"{target.name}.why.txt").write_text(f"{refusal}\n", encoding="utf-8")
            log.warning("refused %s: %s", path.name, refusal)
        else:
            log.info("took %s", path.name)
        try:
            path.rename(target)
        except FileNotFoundError:
            # Another process, or a person, was faster.
            return
        finally:
            self._looks.pop(path, None)


def _free(folder: Path, name: str) -> Path:
    """A name that no file in the folder has."""
    candidate, number = folder / name, 1
    while candidate.exists():
        number += 1
        candidate = folder / f"{name}.{number}"
    return candidate
