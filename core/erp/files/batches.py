"""The folders that posting batches live in, and how a batch gets there exactly once.

    .writing/<batch>/            being written; thrown away after a crash
    kept/<batch>/                our own copy of the two files: the memory of which keys were handed over; leave it alone
    kept/<batch>/publish/        the copy for the ledger, not handed over yet
    outgoing/<batch>/            handed over; the ledger's people may move or delete it when they have it

A batch is real from the moment its folder is renamed into `kept`. It is handed over by renaming its `publish` folder into
`outgoing`: one rename is both the handing over and the note that it was done, so a crash can neither lose a batch nor hand it
over twice, even if the ledger has taken it away already.
"""

import fcntl
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from core.domain.errors import BatchChanged, LedgerDown, ProjectError
from core.domain.ids import Key
from core.erp.files.disk import Disk
from core.erp.files.posting_file import LAYOUTS, POSTINGS, Layout, Manifest, fingerprints, manifest_bytes, manifest_from

PUBLISH: Final = "publish"


class Batches:
    """The batches under one folder. Every use holds the folder's lock, so that two processes take turns."""

    def __init__(self, folder: Path, disk: Disk, layouts: Sequence[Layout] = LAYOUTS) -> None:
        self._disk = disk
        self._layouts = layouts
        self._lock_file = folder / ".lock"
        self._root = folder
        self.writing = folder / ".writing"
        self.kept = folder / "kept"
        self.outgoing = folder / "outgoing"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Alone in the folder, with everything that an earlier crash left half done brought to its end."""
        try:
            for folder in (self._root, self.kept, self.outgoing):
                if not folder.is_dir():
                    self._disk.make_folder(folder)
            with self._lock_file.open("wb") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                self._mend()
                yield
        except OSError as error:
            raise LedgerDown(f"The folder {self._root} cannot be used: {error.strerror or error}.") from error

    def _mend(self) -> None:
        for unfinished in sorted(self.writing.glob("*")):
            self._disk.remove(unfinished)
        for waiting in sorted(self.kept.glob(f"*/{PUBLISH}")):
            self._hand_over(waiting.parent.name)

    def names(self) -> list[str]:
        """All batches ever written, oldest first."""
        return sorted(folder.name for folder in self.kept.iterdir() if folder.is_dir())

    def put(self, manifest: Manifest, data: bytes, layout: Layout = POSTINGS) -> None:
        """Write one batch and hand it over. Called with the lock held."""
        draft = self.writing / manifest.batch
        said = manifest_bytes(manifest)
        for folder in (draft, draft / PUBLISH):
            self._disk.make_folder(folder)
            self._disk.write(folder / layout.file, data)
            self._disk.write(folder / layout.manifest, said)
            self._disk.sync(folder)
        self._disk.sync(draft)
        self._disk.rename(draft, self.kept / manifest.batch)
        self._disk.sync(self.kept)
        self._hand_over(manifest.batch)

    def _hand_over(self, batch: str) -> None:
        self._disk.rename(self.kept / batch / PUBLISH, self.outgoing / batch)
        self._disk.sync(self.outgoing)
        self._disk.sync(self.kept / batch)

    def read(self, batch: str) -> tuple[Manifest, dict[Key, str]]:
        """What a batch holds, by our own copy; `LedgerDown` when that is damaged, because then nothing may be posted."""
        folder = self.kept / batch
        layout = self._layout(batch)
        try:
            data = (folder / layout.file).read_bytes()
            manifest = manifest_from((folder / layout.manifest).read_bytes())
            if hashlib.sha256(data).hexdigest() == manifest.sha256:
                return manifest, fingerprints(data, layout.columns)
        except (OSError, ValueError, ProjectError) as error:
            raise LedgerDown(f"Our own copy of the posting batch {batch} cannot be read; restore {folder}.") from error
        raise LedgerDown(f"Our own copy of the posting batch {batch} was changed; restore {folder} before posting goes on.")

    def _layout(self, batch: str) -> Layout:
        """Which kind of batch it is, by our own copy."""
        return next((layout for layout in self._layouts if (self.kept / batch / layout.manifest).exists()), self._layouts[0])

    def require_unchanged(self, batch: str, manifest: Manifest) -> None:
        """`BatchChanged` if the file that was handed over is still there and is not what we wrote."""
        handed = self.outgoing / batch / self._layout(batch).file
        try:
            present = hashlib.sha256(handed.read_bytes()).hexdigest()
        except FileNotFoundError:
            # Taken away by the ledger's people, which is what the folder is for.
            return
        except OSError as error:
            raise LedgerDown(f"{handed} cannot be read: {error.strerror}.") from error
        if present != manifest.sha256:
            raise BatchChanged(
                f"The posting file of batch {batch} was changed after Tieout wrote it, so nobody can say what the ledger "
                f"took. Nothing of this acknowledgement was taken. Compare {handed} with the copy under “kept”, put the "
                "original back, and hand the acknowledgement in again.",
                batch=batch,
            )
