"""`tieout apply --partitions`: the same file as without, for ledgers larger than memory, with more and more processes.

`python -m tests.bench partitions`, only when it is named, because it takes an hour or more: 100,000 documents by the plain
command and in parts, then 1,000,000, then 10,000,000 documents of 1,000,000 customers in four parts with one, two and four
processes; 20,000 payments each time (10,000 of the smallest). Files are written in a stream by `large_files`, from fixed seeds.
"""

import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import psutil

from tests.bench import large_files
from tests.bench.figures import Figure
from tests.bench.large_ledger import Size

_PARTS: Final = 4
_WORKERS: Final = (1, 2, 4)
_LOOK_EVERY_S: Final = 0.3


@dataclass(frozen=True, slots=True)
class World:
    """A ledger, its payments, and whether the plain command is run on it too."""

    name: str
    size: Size
    monies: int
    plain: bool


WORLDS: Final = (
    World("100,000 documents", Size(10_000, 100_000), 10_000, plain=True),
    World("1,000,000 documents", Size(100_000, 1_000_000), 20_000, plain=True),
    World("10,000,000 documents", Size(1_000_000, 10_000_000), 20_000, plain=False),
)


@dataclass(frozen=True, slots=True)
class Ran:
    """One run: seconds on the clock, processor seconds of all its processes and of the busiest, the most memory of one.

    On a machine with nothing else to do, and a processor for each process, the clock would say little more than the busiest.
    """

    wall_s: float
    processor_s: float
    busiest_s: float
    mebibytes: float
    written: str

    def told(self, same_as: str) -> str:
        """As a cell of the table."""
        same = "the same file" if self.written == same_as else "ANOTHER FILE"
        spent = f"{self.processor_s:,.0f} s of processors, {self.busiest_s:,.0f} s in the busiest process"
        return f"{spent}, {self.wall_s:,.0f} s on the clock, {self.mebibytes:,.0f} MiB in one process, {same}"


def apply(folder: Path, out: str, more: Sequence[str]) -> Ran:
    """Run the command on the files of a folder and look at its processes now and then."""
    files = [word for name in ("customers", "invoices", "bank") for word in (f"--{name}", str(folder / f"{name}.csv"))]
    command = [sys.executable, "-c", "from core.cli import main; raise SystemExit(main())", "apply", *files]
    begin = time.perf_counter()
    spent: dict[int, float] = {}
    most: dict[int, int] = {}
    with psutil.Popen([*command, "--out", str(folder / out), *more], cwd=large_files.ROOT) as running:
        while running.poll() is None:
            for process in _of(running):
                with suppress(psutil.Error):
                    used = process.cpu_times()
                    spent[process.pid] = used.user + used.system
                    most[process.pid] = max(most.get(process.pid, 0), process.memory_info().rss)
            time.sleep(_LOOK_EVERY_S)
    wall = time.perf_counter() - begin
    if running.returncode:
        raise subprocess.CalledProcessError(running.returncode, command)
    with (folder / out / "applications.csv").open("rb") as written:
        digest = file_digest(written, "sha256").hexdigest()
    return Ran(wall, sum(spent.values()), max(spent.values()), max(most.values()) / 2**20, digest)


def _of(running: psutil.Popen) -> list[psutil.Process]:
    try:
        return [running, *running.children(recursive=True)]
    except psutil.Error:
        return []


def of_world(world: World, folder: Path) -> list[Figure]:
    """The plain command where the world has one, the ledger into its file, then the kept file with more and more processes."""
    large_files.write(world.size, world.monies, folder)
    runs: list[tuple[str, Ran]] = []
    if world.plain:
        runs.append(("plain, one process", apply(folder, "plain", ("--workers", "1"))))
    kept = ("--partitions", str(_PARTS), "--store", str(folder / "ledger.duckdb"))
    runs.append(
        (f"{_PARTS} parts, one process, and the ledger's file is made", apply(folder, "first", (*kept, "--workers", "1")))
    )
    for workers in _WORKERS:
        ran = apply(folder, f"parts{workers}", (*kept, "--workers", str(workers)))
        runs.append((f"{_PARTS} parts, processes: {workers}", ran))
    first = runs[0][1].written
    return [Figure(f"{world.name}, {name}", ran.told(first)) for name, ran in runs]


def figures() -> list[Figure]:
    """World after world; the files of one are gone before the next."""
    found: list[Figure] = []
    for world in WORLDS:
        with TemporaryDirectory() as name:
            found += of_world(world, Path(name))
    return found
