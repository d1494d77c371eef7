"""The few operations on files that a batch is made of, each of which is on the disk when it returns.

`step` is called before each operation and does nothing here; the crash tests stop the process in it.
"""

import os
import shutil
from pathlib import Path


class Disk:
    """A file system that keeps what it was given: data and folders are flushed before the next operation starts."""

    def step(self, operation: str, path: Path) -> None:
        """About to do `operation` on `path`."""

    def make_folder(self, path: Path) -> None:
        """Create a folder; its parents too."""
        self.step("make folder", path)
        path.mkdir(parents=True, exist_ok=True)

    def write(self, path: Path, data: bytes) -> None:
        """Write a new file and flush it."""
        self.step("write", path)
        with path.open("wb") as file:
            file.write(data)
            file.flush()
            self.step("flush", path)
            os.fsync(file.fileno())

    def sync(self, folder: Path) -> None:
        """Flush the names in a folder; a rename is lost with the power otherwise."""
        self.step("flush", folder)
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def rename(self, source: Path, target: Path) -> None:
        """Move a folder to its place, whole or not at all."""
        self.step("rename", target)
        source.rename(target)

    def remove(self, folder: Path) -> None:
        """Delete a folder that nobody but us has seen."""
        self.step("remove", folder)
        shutil.rmtree(folder)
