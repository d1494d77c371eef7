"""What linking and comparing one supplier invoice found: links with evidence, findings with limits, verdicts. Plain data.

Everything that decided is kept (policy version, limits, difference and its sign, expected values), so that a verdict can be
explained later and replayed under another policy. No prose is stored: sentences are made from these records when shown.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from core.domain.ids import PoNumber, SupplierInvoiceNumber
from core.domain.payables import OrderLineRef, UnitConversion
from core.domain.policy import Axis, Limits
from core.domain.workflows import LineVerdict


class LinkKind(StrEnum):
    """Linked to exactly these order lines; a tie between these, for a person to choose; linked to nothing."""

    LINKED = "linked"
    TIE = "tie"
    UNLINKED = "unlinked"


class LinkAspect(StrEnum):
    """What a piece of evidence for a link is about."""

    ORDER = "order"
    CODE = "code"
    LEARNED = "learned"
    DESCRIPTION = "description"
    RATE = "rate"
    QUANTITY = "quantity"
    AMOUNT = "amount"
    UNIT = "unit"
    RIVALS = "rivals"
    LIMIT = "limit"


@dataclass(frozen=True, slots=True)
class LinkEvidence:
    """One comparison: `left` is what the invoice says, `right` what the order says; `weight` in hundredths, may be negative."""

    aspect: LinkAspect
    level: str
    weight: int = 0
    left: str = ""
    right: str = ""


@dataclass(frozen=True, slots=True)
class LineLink:
    """Which order lines one invoice line charges. Several targets: one line for all of them (linked), or rivals (tie).

    `confidence` is between 0 and 1, of exactly these targets being right; 0 for an unlinked line.
    """

    line: str
    kind: LinkKind
    targets: tuple[OrderLineRef, ...] = ()
    confidence: float = 0.0
    evidence: tuple[LinkEvidence, ...] = ()


class Reading(StrEnum):
    """How an order number on the invoice was read, best first."""

    EXACT = "exact"
    CONTAINED = "contained"
    DIGITS = "digits"
    SLIP = "slip"
    UNREAD = "unread"
    AMBIGUOUS = "ambiguous"
    CLOSED = "closed"
    OTHER_SUPPLIER = "other_supplier"
    OTHER_CURRENCY = "other_currency"


@dataclass(frozen=True, slots=True)
class OrderNamed:
    """One order number as the invoice writes it, and the order that it means, if any; `possible` where it can mean several."""

    text: str
    reading: Reading
    po_number: PoNumber | None = None
    possible: tuple[PoNumber, ...] = ()


class Doubt(StrEnum):
    """Why a finding is a mismatch although no two numbers were compared, or what else a person must know about it."""

    NONE = ""
    UNIT_UNKNOWN = "unit_unknown"
    RECEIPT_UNIT_UNKNOWN = "receipt_unit_unknown"
    NOT_STATED = "not_stated"
    ORDER_STATES_NONE = "order_states_none"
    FROM_AMOUNT = "from_amount"
    NO_QUANTITY_FOR_AMOUNT = "no_quantity_for_amount"
    SHARED = "shared"


@dataclass(frozen=True, slots=True)
class AxisFinding:
    """One axis of one line. `verdict` is None where both values are equal; else a mismatch, or a threshold with its limits.

    `difference` is found minus expected, in the order's unit (rates per that unit); positive is over. `scope` names the keys of
    the rule whose limits decided, empty for the company's.
    """

    axis: Axis
    verdict: LineVerdict | None
    expected: Decimal | None = None
    found: Decimal | None = None
    difference: Decimal | None = None
    limits: Limits | None = None
    scope: tuple[str, ...] = ()
    doubt: Doubt = Doubt.NONE


@dataclass(frozen=True, slots=True)
class LineComparison:
    """Everything about one invoice line. `verdicts` is never empty; a tie is unlinked until a person chooses."""

    link: LineLink
    verdicts: tuple[LineVerdict, ...]
    findings: tuple[AxisFinding, ...] = ()
    together: tuple[str, ...] = ()
    billed_elsewhere: tuple[SupplierInvoiceNumber, ...] = ()

    @property
    def line(self) -> str:
        """The line's own name on the invoice."""
        return self.link.line

    @property
    def is_clear(self) -> bool:
        """Whether nothing of this line needs a person: perfect, or within the owner's limits."""
        return all(verdict in CLEAR_VERDICTS for verdict in self.verdicts)

    def finding(self, axis: Axis) -> AxisFinding | None:
        """The finding on one axis, if it was compared."""
        return next((finding for finding in self.findings if finding.axis is axis), None)


@dataclass(frozen=True, slots=True)
class ProposedConversion:
    """Quantity and price agree on a pack size that nobody has confirmed. A person may turn it into a `UnitConversion`."""

    conversion: UnitConversion
    line: str
    target: OrderLineRef


@dataclass(frozen=True, slots=True)
class InvoiceComparison:
    """One supplier invoice against its orders, under one version of the tolerances."""

    invoice_number: SupplierInvoiceNumber
    supplier_id: str
    policy_version: str
    lines: tuple[LineComparison, ...]
    orders: tuple[OrderNamed, ...] = ()
    proposals: tuple[ProposedConversion, ...] = ()


CLEAR_VERDICTS = frozenset(
    {
        LineVerdict.PERFECT_MATCH,
        LineVerdict.RATE_THRESHOLD,
        LineVerdict.QUANTITY_THRESHOLD,
        LineVerdict.AMOUNT_THRESHOLD,
    }
)
