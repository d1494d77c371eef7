"""The two files of a batch and their manifests, exactly as documented: one row an application.

`pending_payments.csv` holds payments to post, `returned_payments.csv` payments to undo because the bank took the money back; a
batch is one or the other. The rows of a reversal repeat the amounts of the posting that it undoes, with their signs.

A payment with nothing applied has one row with an empty invoice number. What belongs to the payment (its amount, what stays
unapplied) is repeated on each of its rows, so an importer takes it once for each `payment_key`; the control totals count each
payment once too.
"""

import csv
import hashlib
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from core.domain.errors import Malformed
from core.domain.ids import Key
from core.domain.money import total
from core.ports.outside import Posting, Reversal

FILE: Final = "pending_payments.csv"
MANIFEST: Final = "pending_payments.manifest.json"
COLUMNS: Final = (
    "payment_key",
    "customer_id",
    "deposit_date",
    "method",
    "reference",
    "currency",
    "payment_amount",
    "invoice_number",
    "applied_amount",
    "discount_amount",
    "write_off_amount",
    "reason",
    "unapplied_amount",
)
RETURNED_COLUMNS: Final = (
    "reversal_key",
    "payment_key",
    "erp_id",
    "customer_id",
    "returned_on",
    "return_reason",
    "bank_reference",
    "currency",
    "payment_amount",
    "invoice_number",
    "applied_amount",
    "discount_amount",
    "write_off_amount",
    "unapplied_amount",
)
TableWriter = Callable[[Sequence[str], Iterable[Sequence[str]]], str]
"""Header and rows to CSV text whose cells no spreadsheet runs as formulas."""


@dataclass(frozen=True, slots=True)
class Layout:
    """One kind of batch: the names of its two files, and the columns, of which the first is the key."""

    file: str
    manifest: str
    columns: tuple[str, ...]


POSTINGS: Final = Layout(FILE, MANIFEST, COLUMNS)
REVERSALS: Final = Layout("returned_payments.csv", "returned_payments.manifest.json", RETURNED_COLUMNS)
LAYOUTS: Final = (POSTINGS, REVERSALS)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the posting file holds, by our own count. `counted` is the name that the number of payments has in the file."""

    batch: str
    created_at: str
    rows: int
    payments: int
    control_total: Mapping[str, str]
    sha256: str
    counted: str = "payments"


def rows_of(posting: Posting) -> list[tuple[str, ...]]:
    """The rows of one payment."""
    head = (
        posting.key,
        posting.customer_id,
        posting.deposit_date.isoformat(),
        posting.method,
        posting.reference,
        posting.amount.currency.code,
        posting.amount.text(),
    )
    unapplied = posting.unapplied.text()
    if not posting.applications:
        zero = (posting.amount - posting.amount).text()
        return [(*head, "", zero, zero, zero, "", unapplied)]
    return [
        (
            *head,
            each.invoice_number,
            each.applied.text(),
            each.discount.text(),
            each.write_off.text(),
            each.reason,
            unapplied,
        )
        for each in posting.applications
    ]


def rows_of_reversal(reversal: Reversal) -> list[tuple[str, ...]]:
    """The rows of one payment that shall be undone."""
    posting = reversal.posting
    head = (
        reversal.key,
        posting.key,
        reversal.erp_id,
        posting.customer_id,
        reversal.returned_on.isoformat(),
        reversal.reason,
        reversal.bank_reference,
        posting.amount.currency.code,
        posting.amount.text(),
    )
    unapplied = posting.unapplied.text()
    if not posting.applications:
        zero = (posting.amount - posting.amount).text()
        return [(*head, "", zero, zero, zero, unapplied)]
    return [
        (*head, each.invoice_number, each.applied.text(), each.discount.text(), each.write_off.text(), unapplied)
        for each in posting.applications
    ]


def render_reversals(reversals: Sequence[Reversal], write: TableWriter) -> bytes:
    """The bytes of a file of reversals."""
    return write(RETURNED_COLUMNS, (row for reversal in reversals for row in rows_of_reversal(reversal))).encode()


def render(postings: Sequence[Posting], write: TableWriter) -> bytes:
    """The posting file's bytes."""
    return write(COLUMNS, (row for posting in postings for row in rows_of(posting))).encode()


def describe(batch: str, at: datetime, postings: Sequence[Posting], data: bytes) -> Manifest:
    """The manifest of a posting file."""
    units = sorted({posting.amount.currency for posting in postings})
    totals = {
        unit.code: total((posting.amount for posting in postings if posting.amount.currency == unit), unit).text()
        for unit in units
    }
    return Manifest(
        batch=batch,
        created_at=f"{at:%Y-%m-%dT%H:%M:%SZ}",
        rows=sum(max(1, len(posting.applications)) for posting in postings),
        payments=len(postings),
        control_total=totals,
        sha256=hashlib.sha256(data).hexdigest(),
    )


def manifest_bytes(manifest: Manifest) -> bytes:
    """The manifest as JSON, one field a line."""
    fields = {
        "batch": manifest.batch,
        "created_at": manifest.created_at,
        "rows": manifest.rows,
        manifest.counted: manifest.payments,
        "control_total": dict(manifest.control_total),
        "sha256": manifest.sha256,
    }
    return (json.dumps(fields, indent=2, ensure_ascii=False) + "\n").encode()


def manifest_from(data: bytes) -> Manifest:
    """The manifest that `manifest_bytes` wrote; `Malformed` for anything else."""
    try:
        fields = json.loads(data)
        counted = "bills" if "bills" in fields else "payments"
        return Manifest(
            batch=str(fields["batch"]),
            created_at=str(fields["created_at"]),
            rows=int(fields["rows"]),
            payments=int(fields[counted]),
            control_total={str(code): str(amount) for code, amount in fields["control_total"].items()},
            sha256=str(fields["sha256"]),
            counted=counted,
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Malformed("The manifest of a posting batch is not one of ours.", cause=repr(error)) from error


def fingerprints(data: bytes, columns: Sequence[str] = COLUMNS) -> dict[Key, str]:
    """For each key of a batch's file, a hash of all its rows: what tells *already there* from *something else*."""
    rows = csv.reader(io.StringIO(data.decode(), newline=""), strict=True)
    if tuple(next(rows, ())) != tuple(columns):
        raise Malformed("A posting file has other columns than we write.")
    hashes: dict[Key, hashlib._Hash] = {}
    for row in rows:
        known = hashes.setdefault(Key(row[0]), hashlib.sha256())
        known.update(json.dumps(row, ensure_ascii=False).encode())
    return {key: known.hexdigest() for key, known in hashes.items()}
