"""An invoice as written, before its numbers are understood: what the readers of places fill and `settle.py` finishes."""

from dataclasses import dataclass, field

from core.domain.supplier_documents import SaidText, SupplierDocumentKind, SupplierFinding
from core.read.cells import Value
from core.read.supplier_invoices.page import Piece
from core.read.supplier_invoices.words import Column, Field, Sum


@dataclass(frozen=True, slots=True)
class Candidate:
    """A value that a label points at; of several for one field the lowest rank wins."""

    field: Field
    rank: int
    text: str
    piece: Piece
    value: Value = ""


@dataclass(slots=True)
class WrittenLine:
    """One line of the item table: the pieces of its cells; `more` holds further lines of the description."""

    where: str
    page: int
    cells: dict[Column, Piece]
    more: list[tuple[Column, Piece]] = field(default_factory=list)
    before: list[tuple[Column, Piece]] = field(default_factory=list)
    po: Candidate | None = None
    index: int = 0


@dataclass(frozen=True, slots=True)
class WrittenSum:
    """An amount with its label. `base` is the amount that a tax was taken of; `index` the line it stands on."""

    role: Sum
    label: str
    value: Value
    piece: Piece
    index: int
    percent: str = ""
    base: Value = ""
    base_piece: Piece | None = None


@dataclass(slots=True)
class WrittenTable:
    """The lines of the item table and which lines of the document they take; `roles` are the columns that it has."""

    lines: list[WrittenLine] = field(default_factory=list)
    taken: set[int] = field(default_factory=set)
    roles: set[Column] = field(default_factory=set)
    titles: dict[Column, str] = field(default_factory=dict)
    first: int = -1
    last: int = -1


@dataclass(slots=True)
class WrittenInvoice:
    """All that the places of a document yielded; `codes` are currencies named anywhere, `terms` days to pay.

    `accounts` are places of lines, each with a bank account on it.
    """

    where: str
    format: str
    kind: SupplierDocumentKind
    table: WrittenTable
    candidates: list[Candidate]
    sums: list[WrittenSum]
    sender: Candidate | None = None
    accounts: list[tuple[int, SaidText]] = field(default_factory=list)
    codes: frozenset[str] = frozenset()
    terms: frozenset[int] = frozenset()
    findings: list[SupplierFinding] = field(default_factory=list)
