"""A ledger that imports posting batches: `python -m tests.sandbox.erp --outgoing DIR --inbox DIR`.

It does what an accounting clerk with an import screen does: takes each new batch once, checks the control total against the
manifest, books the payments under numbers of its own and hands an acknowledgement back. It imports nothing of Tieout.
"""

import argparse
import csv
import hashlib
import json
import os
import signal
import threading
from decimal import Decimal
from pathlib import Path


class Ledger:
    """Books each payment key once, whatever it is handed how often."""

    def __init__(self, outgoing: Path, inbox: Path, refuse: str = "") -> None:
        self.outgoing = outgoing
        self.inbox = inbox
        self.refuse = refuse
        self.booked: dict[str, str] = {}
        self.done: set[str] = set()

    def look(self) -> list[str]:
        """Import every batch that is new; the names of those that were imported."""
        if not self.outgoing.is_dir():
            return []
        found = []
        for folder in sorted(self.outgoing.iterdir()):
            if folder.name in self.done or folder.name.startswith("."):
                continue
            for kind, take in (("pending", self._take), ("returned", self._undo)):
                manifest = folder / f"{kind}_payments.manifest.json"
                if manifest.exists():
                    take(folder, json.loads(manifest.read_text(encoding="utf-8")))
                    self.done.add(folder.name)
                    found.append(folder.name)
        return found

    def _undo(self, folder: Path, manifest: dict[str, object]) -> None:
        """Reverse payments that the bank took back: only what was booked here, and only under the number it was booked with."""
        data = (folder / "returned_payments.csv").read_bytes()
        rows = list(csv.DictReader(data.decode("utf-8-sig").splitlines()))
        intact = hashlib.sha256(data).hexdigest() == manifest["sha256"] and len(rows) == manifest["rows"]
        answers: dict[str, tuple[str, str, str]] = {}
        for row in rows:
            if intact and self.booked.get(row["payment_key"]) == row["erp_id"]:
                answers[row["reversal_key"]] = ("posted", f"RV-{row['erp_id']}", "")
            else:
                answers[row["reversal_key"]] = ("refused", "", f"No payment {row['erp_id']} was booked here.")
        self._answer(folder.name, answers)

    def _take(self, folder: Path, manifest: dict[str, object]) -> None:
        data = (folder / "pending_payments.csv").read_bytes()
        rows = list(csv.DictReader(data.decode("utf-8-sig").splitlines()))
        intact = hashlib.sha256(data).hexdigest() == manifest["sha256"] and len(rows) == manifest["rows"]
        answers: dict[str, tuple[str, str, str]] = {}
        for row in rows:
            key = row["payment_key"]
            if not intact:
                answers[key] = ("refused", "", "The file does not agree with its manifest.")
            elif self.refuse and self.refuse in row["reference"]:
                answers[key] = ("refused", "", f"The period of deposit {row['deposit_date']} is closed.")
            else:
                applied = Decimal(row["applied_amount"] or "0")
                assert applied <= Decimal(row["payment_amount"]), row
                self.booked.setdefault(key, f"PYMT-{9001 + len(self.booked)}")
                answers[key] = ("posted", self.booked[key], "")
        self._answer(folder.name, answers)

    def _answer(self, batch: str, answers: dict[str, tuple[str, str, str]]) -> None:
        self.inbox.mkdir(parents=True, exist_ok=True)
        hidden = self.inbox / f".acknowledgement-{batch}.csv.part"
        with hidden.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["payment_key", "result", "erp_id", "message"])
            writer.writerows([key, *answer] for key, answer in answers.items())
            file.flush()
            os.fsync(file.fileno())
        hidden.rename(self.inbox / f"acknowledgement-{batch}.csv")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.sandbox.erp", description=__doc__)
    parser.add_argument("--outgoing", type=Path, required=True)
    parser.add_argument("--inbox", type=Path, required=True)
    parser.add_argument("--after", type=float, default=3.0, help="seconds between looks")
    options = parser.parse_args()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    ledger = Ledger(options.outgoing, options.inbox)
    while not stop.wait(options.after):
        for batch in ledger.look():
            print(f"the ledger imported {batch}", flush=True)


if __name__ == "__main__":
    main()
