"""A draft in a customer's portal: what we want it to say, what the portal shows, what came of saving it, and the proof.

Saving is never blind: the portal is asked by number before and after, and "we do not know" is a result of its own.
"""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from core.domain.codec import to_json
from core.domain.ids import content_hash
from core.domain.measures import Quantity, Rate
from core.domain.money import Money
from core.domain.portal_orders import OrderLineKind, PortalCustomer, PortalInvoice, PortalInvoiceStatus, number_key


class FilePlace(StrEnum):
    """Where the invoice's picture goes; where the portal makes the legal invoice itself, suppliers may have to leave it out."""

    IMAGE_SCAN = "image_scan"
    NONE = "none"


class DraftStep(StrEnum):
    """How far saving a draft has come, in order. Each is told before the next begins, so that a restart knows where to look.

    From `SAVING` on the draft may exist: look it up by number, never save again without that.
    """

    PLANNED = "planned"
    SESSION_READY = "session_ready"
    LOOKED_UP = "looked_up"
    FORM_OPEN = "form_open"
    FILLED = "filled"
    CALCULATED = "calculated"
    SAVING = "saving"
    SAVED_UNVERIFIED = "saved_unverified"
    VERIFIED = "verified"

    @property
    def place(self) -> int:
        """Its place in the order of the steps, from 0."""
        return tuple(DraftStep).index(self)

    @property
    def may_have_saved(self) -> bool:
        """Whether the one click may have been made once this step was told."""
        return self.place >= DraftStep.SAVING.place


class DraftResult(StrEnum):
    """What came of it: saved by us now, found saved before, saved and not what we meant, or nobody knows yet."""

    SAVED = "saved"
    FOUND = "found"
    DIFFERS = "differs"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class DraftFile:
    """The picture of the invoice, to be uploaded."""

    name: str
    content: bytes = field(repr=False)

    @property
    def digest(self) -> str:
        """SHA-256 of the content in hexadecimal."""
        return content_hash(self.content)


@dataclass(frozen=True, slots=True)
class DraftLine:
    """One line, charging one order line. An amount line has no quantity, and its price is its amount."""

    order_line: str
    kind: OrderLineKind
    price: Rate
    quantity: Quantity | None = None
    description: str = ""
    tax_code: str = ""


@dataclass(frozen=True, slots=True)
class DraftWanted:
    """Everything that the draft shall say. `total` is our invoice's, and the portal must calculate the same to the cent.

    `legal_entity` may stay empty where the portal offers one only. `invoices_listed` is what the last sync counted for this
    customer: a list that is empty now, and was not then, is no proof that our draft is missing.
    """

    customer: PortalCustomer
    order_number: str
    invoice_number: str
    invoice_date: date
    total: Money
    lines: tuple[DraftLine, ...]
    file: DraftFile | None = None
    file_place: FilePlace = FilePlace.IMAGE_SCAN
    legal_entity: str = ""
    note: str = ""
    invoices_listed: int = 0

    @property
    def uploads(self) -> bool:
        """Whether a file goes with it."""
        return self.file is not None and self.file_place is not FilePlace.NONE


@dataclass(frozen=True, slots=True)
class DraftSeen:
    """An invoice page of the portal, read back. `reference` is the portal's id; `file_size` in bytes, None where unsaid."""

    reference: str
    number: str
    status: PortalInvoiceStatus
    status_text: str
    order_number: str
    total: Money
    lines: tuple[DraftLine, ...]
    invoice_date: date | None = None
    file_name: str = ""
    file_size: int | None = None
    legal_entity: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that the portal shows otherwise than we meant, in words for a person."""

    what: str
    wanted: str
    seen: str


@dataclass(frozen=True, slots=True)
class ProofShot:
    """A picture of a page at a step; secrets are covered before it is taken."""

    step: DraftStep
    at: datetime
    png: bytes = field(repr=False)

    @property
    def name(self) -> str:
        """A file name: step and the beginning of the content's hash, nothing else."""
        return f"{self.step}-{content_hash(self.png)[:12]}.png"


@dataclass(frozen=True, slots=True)
class ProofPack:
    """What was typed and what was seen, so that a person can check it later without the portal.

    `typed` are field and value in the order of typing, in the portal's own notation; `digest` covers all of it.
    """

    portal: str
    began_at: datetime
    ended_at: datetime
    typed: tuple[tuple[str, str], ...] = ()
    reference: str = ""
    seen: DraftSeen | None = None
    shots: tuple[ProofShot, ...] = ()
    file_digest: str = ""

    @property
    def digest(self) -> str:
        """SHA-256 over every part; two packs with one digest say the same."""
        shots = [[shot.step.value, shot.at.isoformat(), content_hash(shot.png)] for shot in self.shots]
        times = [self.began_at.isoformat(), self.ended_at.isoformat()]
        parts = [self.portal, times, to_json(self.typed), self.reference, to_json(self.seen), shots, self.file_digest]
        return hashlib.sha256(json.dumps(parts, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class DraftOutcome:
    """What came of saving a draft. `why` is a sentence where it is not plainly saved.

    `orphans` are references of drafts without a number for this order: half-done runs leave such; a person deletes them.
    """

    result: DraftResult
    proof: ProofPack
    seen: DraftSeen | None = None
    differences: tuple[Difference, ...] = ()
    orphans: tuple[str, ...] = ()
    why: str = ""


def with_number(listed: tuple[PortalInvoice, ...], number: str) -> tuple[PortalInvoice, ...]:
    """Those of `listed` whose number is `number`, as a portal compares them."""
    wanted = number_key(number)
    return tuple(one for one in listed if number_key(one.number) == wanted)


def differences(wanted: DraftWanted, seen: DraftSeen) -> tuple[Difference, ...]:
    """Everything in which the portal's draft is not what we meant; empty only when it is to the cent and the letter."""
    pairs = [
        ("Invoice number", wanted.invoice_number, seen.number),
        ("Invoice date", str(wanted.invoice_date), str(seen.invoice_date or "none")),
        ("Purchase order", wanted.order_number, seen.order_number),
        ("Total", str(wanted.total), str(seen.total)),
        ("Status", PortalInvoiceStatus.DRAFT.value, seen.status.value),
        ("Number of lines", str(len(wanted.lines)), str(len(seen.lines))),
    ]
    if wanted.legal_entity:
        pairs.append(("Legal entity", wanted.legal_entity, seen.legal_entity))
    if wanted.note:
        pairs.append(("Note", " ".join(wanted.note.split()), " ".join(seen.note.split())))
    if wanted.uploads and wanted.file is not None:
        pairs.append(("File", wanted.file.name, seen.file_name or "none"))
        if seen.file_size is not None:
            pairs.append(("Size of the file", str(len(wanted.file.content)), str(seen.file_size)))
    by_line = {line.order_line: line for line in seen.lines}
    for line in wanted.lines:
        pairs += _of_line(line, by_line.get(line.order_line))
    return tuple(Difference(what, left, right) for what, left, right in pairs if left != right)


def _of_line(line: DraftLine, seen: DraftLine | None) -> list[tuple[str, str, str]]:
    where = f"Line {line.order_line}"
    if seen is None:
        return [(where, "present", "missing")]
    wanted_quantity, seen_quantity = (
        "none" if one is None else f"{one.normalize():f}" for one in (line.quantity, seen.quantity)
    )
    pairs = [
        (f"{where}, kind", line.kind.value, seen.kind.value),
        (f"{where}, price", f"{line.price.normalize():f}", f"{seen.price.normalize():f}"),
        (f"{where}, quantity", wanted_quantity, seen_quantity),
    ]
    if line.description:
        pairs.append((f"{where}, description", " ".join(line.description.split()), " ".join(seen.description.split())))
    return pairs
