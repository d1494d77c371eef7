"""The public accuracy worlds, where the benchmark's own folder lies beside the project; seeded worlds with a known truth.

Only tests and benches may look there, and nothing of it is needed to run or install the project.
"""

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[2]
FOLDER: Final = ROOT.parent / "shared" / "bench"
PROFILES: Final = ("us_b2b", "eu_sepa", "hard")


def there() -> bool:
    """Whether the worlds can be made here."""
    return (FOLDER / "cash_world.py").is_file() and (FOLDER / "score_cash.py").is_file()


@dataclass(frozen=True, slots=True)
class Size:
    """How large a world is."""

    customers: int
    invoices: int
    payments: int


SMALL: Final = Size(300, 5_000, 1_000)
LARGE: Final = Size(3_000, 50_000, 10_000)


def make(profile: str | Path, seed: int, size: Size, folder: Path) -> Path:
    """Write one world: of a public profile by its name, or of a file."""
    named = profile if isinstance(profile, Path) else FOLDER / "profiles" / f"{profile}.json"
    out = folder / f"{named.stem}-{seed}-{size.payments}"
    words = ["--customers", str(size.customers), "--invoices", str(size.invoices), "--payments", str(size.payments)]
    command = [sys.executable, "cash_world.py", "--profile", str(named), "--seed", str(seed), *words]
    subprocess.run([*command, "--out", str(out)], cwd=FOLDER, check=True, capture_output=True)
    return out


def apply(world: Path) -> float:
    """Run `tieout apply` on a world; seconds on the clock."""
    files = {"--customers": "customers.csv", "--invoices": "invoices.csv", "--bank": "bank.csv", "--history": "history.csv"}
    words = [word for option, name in files.items() for word in (option, str(world / name))]
    words += ["--remittances", str(world / "remittances"), "--out", str(world / "out")]
    begin = time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", "from core.cli import main; raise SystemExit(main())", "apply", *words], cwd=ROOT, check=True
    )
    return time.perf_counter() - begin


def score(world: Path) -> dict[str, Any]:
    """The benchmark's own figures for what was written, in all and by class."""
    command = [sys.executable, "score_cash.py", str(world / "truth.csv"), str(world / "out" / "applications.csv")]
    done = subprocess.run(
        [*command, "--bank", str(world / "bank.csv"), "--json"], cwd=FOLDER, check=True, capture_output=True, text=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


COMPARE_PROFILES: Final = ("mixed", "mixed_hard")


@dataclass(frozen=True, slots=True)
class CompareSize:
    """How large a comparison world is."""

    suppliers: int
    invoices: int


COMPARE_SMALL: Final = CompareSize(40, 600)
COMPARE_LARGE: Final = CompareSize(400, 10_000)


def make_compare(profile: str, seed: int, size: CompareSize, folder: Path) -> Path:
    """Write one comparison world."""
    out = folder / f"{profile}-{seed}-{size.invoices}"
    words = ["--suppliers", str(size.suppliers), "--invoices", str(size.invoices)]
    command = [sys.executable, "compare_world.py", "--profile", f"profiles/{profile}.json", "--seed", str(seed), *words]
    subprocess.run([*command, "--out", str(out)], cwd=FOLDER, check=True, capture_output=True)
    return out


def compare(world: Path) -> float:
    """Run `tieout compare` on a world; seconds on the clock."""
    files = {
        "--orders": "purchase_orders.csv",
        "--invoices": "supplier_invoices.csv",
        "--receipts": "receipts.csv",
        "--suppliers": "suppliers.csv",
        "--uoms": "uoms.csv",
        "--policy": "policy.toml",
    }
    words = [word for option, name in files.items() for word in (option, str(world / name))]
    begin = time.perf_counter()
    command = [sys.executable, "-c", "from core.cli import main; raise SystemExit(main())", "compare", *words]
    subprocess.run([*command, "--out", str(world / "out")], cwd=ROOT, check=True, stderr=subprocess.DEVNULL)
    return time.perf_counter() - begin


def score_compare(world: Path) -> dict[str, Any]:
    """The benchmark's own figures for what was written, in all and by class."""
    command = [sys.executable, "score_compare.py", str(world / "truth.csv"), str(world / "out" / "lines.csv"), "--json"]
    done = subprocess.run(command, cwd=FOLDER, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found
