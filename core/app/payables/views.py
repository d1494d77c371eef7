"""The records that a supplier invoice is shown from: all that a card, a page or an answer of the API says, in plain words.

Slack, the web and the API draw from these, so they cannot tell different stories. `showing` makes them.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.app.payables.showing_orders import OrderLineView, OrderSummary
from core.app.telling import Told
from core.app.wording import Offered
from core.domain.disputes import DisputeId
from core.domain.ids import PersonId, SupplierId
from core.domain.money import Money
from core.domain.policy import Axis
from core.domain.supplier_bills import AskedKind, BillKind, SupplierInvoiceId
from core.domain.workflows import DisputeState, LineResolution, LineVerdict, SupplierInvoiceState


@dataclass(frozen=True, slots=True)
class FindingLine:
    """One difference: what the invoice says, what was expected, by how much, and the sentence with the limit that decided."""

    axis: Axis
    verdict: LineVerdict | None
    found: Decimal | None
    expected: Decimal | None
    difference: Decimal | None
    sentence: str


@dataclass(frozen=True, slots=True)
class BillLineView:
    """One line with its order lines, its verdicts and what may be done with it. `tied` are order lines that fit equally.

    `kind_words` says what it is where it is no ordinary line: a charge, a credit. Lines of an invoice without orders are not
    `compared`, and nobody has anything to decide about them.
    """

    line: str
    description: str
    item_code: str
    quantity: Decimal | None
    uom: str
    rate: Decimal | None
    amount: Money | None
    kind_words: str
    compared: bool
    place: str
    coding: str
    resolution: LineResolution
    resolution_words: str
    verdicts: tuple[LineVerdict, ...]
    verdict_words: str
    findings: tuple[FindingLine, ...]
    orders: tuple[OrderLineView, ...]
    tied: tuple[OrderLineView, ...]
    because: str
    accepted: tuple[LineVerdict, ...]
    decided: str
    reason: str
    reopened: str
    pack_size: str
    waiting: "WaitingView | None"
    dispute: "DisputeView | None"
    offered: tuple[Offered, ...]

    @property
    def is_exception(self) -> bool:
        """Whether anybody has, or had, something to decide about it."""
        return self.compared and (self.resolution is not LineResolution.CLEAR or self.verdicts != (LineVerdict.PERFECT_MATCH,))


@dataclass(frozen=True, slots=True)
class WaitingView:
    """A line that waits for its receipt: since when, and whether for longer than the policy lets it (`overdue`)."""

    since: date
    days: int
    overdue: bool


@dataclass(frozen=True, slots=True)
class TwinView:
    """Another invoice that this one may be the same as, to be shown beside it."""

    id: SupplierInvoiceId
    number: str
    supplier: str
    invoice_date: date | None
    total: Money | None
    state_words: str
    po_numbers: tuple[str, ...]
    lines: int
    source: str


@dataclass(frozen=True, slots=True)
class QuestionView:
    """Something asked about the invoice. `place` is what an answer names; `may_be_right`: no value has to be given."""

    place: int
    kind: AskedKind
    field: str
    sentence: str
    stops: bool
    may_be_right: bool
    twin: TwinView | None = None


@dataclass(frozen=True, slots=True)
class LetterView:
    """One mail of a dispute; `ours` went to the supplier."""

    ours: bool
    when: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class DisputeView:
    """A dispute with what may be done about it."""

    id: DisputeId
    version: int
    state: DisputeState
    state_words: str
    bill_id: SupplierInvoiceId
    line: str
    reason: str
    letters: tuple[LetterView, ...]
    outcome: str
    offered: tuple[Offered, ...]


@dataclass(frozen=True, slots=True)
class BillView:
    """A supplier invoice with its lines, orders, questions and disputes, and what may be done with it.

    `recognised` says how we know the supplier, `bank_accounts` the last characters of where it asks to be paid. `lost_by_rerun`
    are the lines whose decisions a re-run would drop. `editable`: its values may be changed now.
    """

    id: SupplierInvoiceId
    version: int
    state: SupplierInvoiceState
    state_words: str
    kind: BillKind
    kind_words: str
    number: str
    supplier_id: SupplierId | None
    supplier: str
    recognised: str
    invoice_date: date | None
    due_date: date | None
    currency: str
    net: Money | None
    tax: Money | None
    total: Money | None
    is_credit: bool
    discount: Money | None
    discount_until: date | None
    po_numbers: tuple[str, ...]
    bank_accounts: tuple[str, ...]
    orders: tuple[OrderSummary, ...]
    order_notes: tuple[str, ...]
    lines: tuple[BillLineView, ...]
    questions: tuple[QuestionView, ...]
    approvers: tuple[str, ...]
    approver_ids: tuple[PersonId, ...]
    lost_by_rerun: tuple[str, ...]
    editable: bool
    policy_version: str
    why: str
    erp_id: str
    batch: str
    offered: tuple[Offered, ...]
    history: tuple[Told, ...]

    @property
    def overdue(self) -> tuple[BillLineView, ...]:
        """The lines that wait for their receipt for longer than the policy lets them."""
        return tuple(line for line in self.lines if line.waiting is not None and line.waiting.overdue)

    @property
    def exceptions(self) -> tuple[BillLineView, ...]:
        """The lines that somebody has something to decide about, or had."""
        return tuple(line for line in self.lines if line.is_exception)

    @property
    def perfect(self) -> int:
        """How many lines are perfect."""
        return len(self.lines) - len(self.exceptions)
