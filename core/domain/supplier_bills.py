"""A supplier invoice on its way to the ledger: what it says, what was found, what people decided. The brief's “PO invoice”.

`SupplierInvoice` (`core.domain.payables`) is what is compared; a `SupplierBill` is that with its questions, the decisions on
its lines, its approvers and its place in the workflow. Nothing that a document does not say is filled in: it is a question.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import NewType

from core.domain.events import LineEvent
from core.domain.ids import DEFAULT_ENTITY, EntityId, Key, PersonId, PoNumber, SourceId, SupplierId, SupplierInvoiceNumber
from core.domain.line_comparison import CLEAR_VERDICTS, LineComparison, LinkKind, OrderNamed, ProposedConversion
from core.domain.line_taxes import LineTaxes, TaxedLine, added
from core.domain.measures import Quantity, Rate
from core.domain.money import NO_CURRENCY, Currency, Money, total
from core.domain.payables import ChargeKind, LineKind, OrderLineRef, SupplierInvoice, SupplierInvoiceLine
from core.domain.workflows import LineResolution, LineVerdict, SupplierInvoiceState

SupplierInvoiceId = NewType("SupplierInvoiceId", str)


class BillKind(StrEnum):
    """A PO invoice has its lines linked to orders; any other goes straight to approval. A person may say which it is."""

    PO_INVOICE = "po_invoice"
    PLAIN = "plain"


class AskedKind(StrEnum):
    """What a person is asked about an invoice as a whole. A notice is worth seeing and stops nothing.

    Of the bank account that it names: it is none that we know of this supplier; it is one that we know of others alone; it is
    known of this supplier and of others, which is a notice.
    """

    MISSING = "missing"
    OPEN = "open"
    DOES_NOT_ADD_UP = "does_not_add_up"
    DOCUMENT = "document"
    SUPPLIER_UNKNOWN = "supplier_unknown"
    SUPPLIER_TIED = "supplier_tied"
    SAME_NUMBER = "same_number"
    SAME_AMOUNT = "same_amount"
    OTHER_ACCOUNT = "other_account"
    ACCOUNT_OF_OTHERS = "account_of_others"
    ACCOUNT_SHARED = "account_shared"
    NOTICE = "notice"


_NOTICES = frozenset({AskedKind.NOTICE, AskedKind.ACCOUNT_SHARED})


@dataclass(frozen=True, slots=True)
class BillQuestion:
    """Something to answer before the invoice goes on: by a value, or by saying that it is right as it is.

    `field` is what it is about, `seen` and `other` the two values (for duplicates `other` is the other invoice's id). `said` is
    the reader's own sentence. `answered_by` is who said that it is right.
    """

    kind: AskedKind
    field: str = ""
    seen: str = ""
    other: str = ""
    said: str = ""
    answered_by: PersonId | None = None

    @property
    def stops(self) -> bool:
        """Whether the invoice waits for an answer."""
        return self.kind not in _NOTICES and self.answered_by is None

    @property
    def about(self) -> tuple[str, ...]:
        """What makes two questions the same one, answered or not."""
        return (self.kind.value, self.field, self.seen, self.other, self.said)


class FactsChange(StrEnum):
    """Why a line was compared again, which is the reason stated where a decision had to be opened again."""

    RECEIPT_ARRIVED = "receipt_arrived"
    ORDER_CHANGED = "order_changed"
    INVOICE_EDITED = "invoice_edited"
    OTHER_INVOICE = "other_invoice"
    UNITS_CHANGED = "units_changed"
    LINK_CHANGED = "link_changed"
    DISPUTE_SETTLED = "dispute_settled"
    RE_RUN = "re_run"


@dataclass(frozen=True, slots=True)
class LineDecision:
    """What a person decided about a line, with the reason they typed."""

    event: LineEvent
    by: PersonId
    by_name: str
    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class BillLine:
    """One line (or charge) as the invoice states it, with its comparison and what was decided.

    None is what the document does not say. `place` is where in the document it stands. `accepted` are the mismatches of the
    present comparison that somebody entitled accepted; the line is accepted when none is left. `by_hand`: a person chose the
    link. `coding` is copied from the order line, or typed for a new line. `reopened` says why a decision had to be made again.
    """

    line: str
    amount: Money | None
    kind: LineKind | None = None
    item_code: str = ""
    description: str = ""
    quantity: Decimal | None = None
    uom: str = ""
    rate: Decimal | None = None
    price_correction: bool = False
    charge: ChargeKind | None = None
    tax_percent: Decimal | None = None
    tax: Money | None = None
    place: str = ""
    resolution: LineResolution = LineResolution.OPEN
    comparison: LineComparison | None = None
    by_hand: bool = False
    coding: str = ""
    accepted: tuple[LineVerdict, ...] = ()
    decision: LineDecision | None = None
    reopened: FactsChange | None = None

    @property
    def verdicts(self) -> tuple[LineVerdict, ...]:
        """What the comparison found; a line that could not be compared yet counts as unlinked."""
        return self.comparison.verdicts if self.comparison is not None else (LineVerdict.UNLINKED,)

    @property
    def outstanding(self) -> frozenset[LineVerdict]:
        """What is still to be resolved. A difference within the limits counts once somebody recalled the clearing."""
        return frozenset(self.verdicts) - {LineVerdict.PERFECT_MATCH} - frozenset(self.accepted)

    @property
    def is_clear(self) -> bool:
        """Whether the comparison alone needs nobody."""
        return all(verdict in CLEAR_VERDICTS for verdict in self.verdicts)

    @property
    def targets(self) -> tuple[OrderLineRef, ...]:
        """The order lines that it charges; none for a tie."""
        link = self.comparison.link if self.comparison is not None else None
        return link.targets if link is not None and link.kind is LinkKind.LINKED else ()

    def saying(self, other: "BillLine") -> "BillLine":
        """This line with the values that another states; its link, its coding and what was decided stay."""
        return replace(
            self, amount=other.amount, kind=other.kind, item_code=other.item_code, description=other.description,
            quantity=other.quantity, uom=other.uom, rate=other.rate, price_correction=other.price_correction,
            charge=other.charge, tax_percent=other.tax_percent, tax=other.tax,
        )  # fmt: skip

    @property
    def facts(self) -> tuple[object, ...]:
        """What a decision rests on: the same facts keep it, other facts open it again. Limits alone are no facts."""
        compared = self.comparison
        findings = () if compared is None else compared.findings
        values = tuple((each.axis, each.verdict, each.expected, each.found, each.doubt) for each in findings)
        return (self.verdicts, self.targets, values, self.amount, self.quantity, self.rate)


def taxes_of(lines: Sequence[BillLine | SupplierInvoiceLine]) -> LineTaxes:
    """What lines say of their tax, added up. A line that is the tax itself says nothing of the tax on it."""
    return added(taxed(line) for line in lines if line.charge is not ChargeKind.TAX)


def taxed(line: BillLine | SupplierInvoiceLine) -> TaxedLine:
    """What one line says of its tax."""
    amount = None if line.amount is None else line.amount.minor
    return TaxedLine(amount, line.tax_percent, None if line.tax is None else line.tax.minor)


RESOLVED = frozenset({LineResolution.CLEAR, LineResolution.ACCEPTED, LineResolution.NEW})
BLOCKING = frozenset({LineResolution.REJECTED, LineResolution.AWAITING_RECEIPT, LineResolution.DISPUTED})


class RecognisedBy(StrEnum):
    """What of a document told us whose it is."""

    TAX_ID = "tax_id"
    NAME = "name"
    DOMAIN = "domain"


@dataclass(frozen=True, slots=True)
class BillHeader:
    """The invoice's own data; empty or None is what is not known. `po_numbers` are as the supplier (or a person) wrote them.

    `recognised_by`: what told us the supplier, the strongest first; empty where a file or a person named it.
    `total` includes `tax`; `bank_accounts` are where it asks to be paid. Early payment: `discount` may be kept by paying on
    `discount_until` at the latest.
    """

    number: str = ""
    invoice_date: date | None = None
    currency: Currency | None = None
    supplier_id: SupplierId | None = None
    supplier_name: str = ""
    supplier_tax_id: str = ""
    po_numbers: tuple[str, ...] = ()
    is_credit: bool = False
    due_date: date | None = None
    discount_until: date | None = None
    discount: Money | None = None
    tax: Money | None = None
    total: Money | None = None
    entity: EntityId = DEFAULT_ENTITY
    recognised_by: tuple[RecognisedBy, ...] = ()
    bank_accounts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SupplierBill:
    """A supplier invoice with everything that happened to it.

    `from_table`: it came as rows of a file, which may bring it again with changes; `where` is its place in the document.
    `trail` are the states that it came through, for recall. `recalled` holds automation back after a person's recall until a
    person or a new fact moves it. `submitters` handed it in or sent it for approval; the policy may want another approver.
    """

    id: SupplierInvoiceId
    version: int
    state: SupplierInvoiceState
    source_id: SourceId
    where: str
    taken_at: datetime
    header: BillHeader
    lines: tuple[BillLine, ...]
    kind: BillKind = BillKind.PO_INVOICE
    kind_by_hand: bool = False
    orders: tuple[OrderNamed, ...] = ()
    proposals: tuple[ProposedConversion, ...] = ()
    questions: tuple[BillQuestion, ...] = ()
    approvers: tuple[PersonId, ...] = ()
    submitters: tuple[PersonId, ...] = ()
    policy_version: str = ""
    trail: tuple[SupplierInvoiceState, ...] = ()
    from_table: bool = False
    recalled: bool = False
    sender: str = ""
    posting_key: Key | None = None
    erp_id: str = ""
    batch: str = ""
    why: str = ""

    @property
    def entity(self) -> EntityId:
        """The legal entity that owes it."""
        return self.header.entity

    @property
    def lines_resolved(self) -> bool:
        """Whether no line waits for a decision. Lines of a plain invoice are not compared, so none does."""
        return self.kind is BillKind.PLAIN or all(line.resolution in RESOLVED for line in self.lines)

    @property
    def lines_blocked(self) -> bool:
        """Whether a line is rejected, disputed or waits for a receipt, which leaves few actions on the invoice."""
        return self.kind is BillKind.PO_INVOICE and any(line.resolution in BLOCKING for line in self.lines)

    @property
    def open_verdicts(self) -> frozenset[LineVerdict]:
        """What on its lines somebody still has to decide; nothing on a plain invoice, whose lines are not compared."""
        open_lines = [line for line in self.lines if line.resolution is LineResolution.OPEN]
        return frozenset().union(*(line.outstanding for line in open_lines if self.kind is BillKind.PO_INVOICE))

    @property
    def complete(self) -> bool:
        """Whether every question about the invoice as a whole is answered."""
        return not any(question.stops for question in self.questions)

    @property
    def net(self) -> Money | None:
        """The sum of the lines and charges; None while an amount or the currency is not known."""
        amounts = [line.amount for line in self.lines]
        known = [amount for amount in amounts if amount is not None]
        if len(known) < len(amounts) or self.header.currency is None:
            return None
        return total(known, self.header.currency)

    def line(self, name: str) -> BillLine | None:
        """A line by its name."""
        return next((line for line in self.lines if line.line == name), None)

    def with_line(self, changed: BillLine) -> "SupplierBill":
        """The same with one line changed."""
        return replace(self, lines=tuple(changed if each.line == changed.line else each for each in self.lines))

    def compared_as(self) -> SupplierInvoice | None:
        """What can be compared with orders; None while the supplier, date, currency or an amount is missing."""
        head = self.header
        if head.supplier_id is None or head.invoice_date is None or head.currency is None or self.net is None:
            return None
        return SupplierInvoice(
            number=SupplierInvoiceNumber(head.number),
            supplier_id=head.supplier_id,
            invoice_date=head.invoice_date,
            currency=head.currency,
            lines=tuple(_compared_as(line) for line in self.lines if line.amount is not None),
            po_numbers=head.po_numbers,
            entity=head.entity,
        )


def _compared_as(line: BillLine) -> SupplierInvoiceLine:
    assert line.amount is not None  # noqa: S101  The caller leaves out lines without one.
    return SupplierInvoiceLine(
        line=line.line,
        amount=line.amount,
        kind=line.kind,
        item_code=line.item_code,
        description=line.description,
        quantity=None if line.quantity is None else Quantity(line.quantity),
        uom=line.uom,
        rate=None if line.rate is None else Rate(line.rate),
        price_correction=line.price_correction,
        charge=line.charge,
        tax_percent=line.tax_percent,
        tax=line.tax,
    )


def in_currency(amount: Money | None, currency: Currency) -> Money | None:
    """An amount of a document that named no currency, in the one that a person named; others stay as they are."""
    if amount is None or amount.currency.code != NO_CURRENCY:
        return amount
    return Money.of(amount.decimal(), currency)


@dataclass(frozen=True, slots=True)
class OrderTake:
    """What one supplier bill takes of one order line: a quantity in the order's unit (as `5` or `1/3`), or an amount."""

    bill_id: SupplierInvoiceId
    ref: OrderLineRef
    quantity: str
    amount: Money | None


@dataclass(frozen=True, slots=True)
class TakenElsewhere:
    """A take of another bill, with what decides who comes first, and how much of it the ledger's own figures count already."""

    take: OrderTake
    state: SupplierInvoiceState
    invoice_date: date
    number: SupplierInvoiceNumber
    counted_quantity: str = "0"
    counted_minor: int = 0


@dataclass(frozen=True, slots=True)
class OwnReceipt:
    """A receipt that one of our people recorded (“I received 10”), until the ledger's own receipt for that line replaces it."""

    number: str
    ref: OrderLineRef
    quantity: Decimal
    received_on: date
    by: PersonId
    by_name: str
    replaced_by: str = ""


class DisputeOutcome(StrEnum):
    """How a dispute was settled."""

    PAID_IN_FULL = "paid_in_full"
    CREDITED = "credited"
    CORRECTED = "corrected"
    WRITTEN_OFF = "written_off"


def names(refs: Sequence[OrderLineRef]) -> str:
    """Order lines in words: `PO-1 line 2, PO-1 line 3`."""
    return ", ".join(f"{ref.po_number} line {ref.line}" for ref in refs)


def orders_of(bill: SupplierBill) -> tuple[PoNumber, ...]:
    """The orders that a bill names in a way we could read, or charges, each once."""
    named = [each.po_number for each in bill.orders if each.po_number is not None]
    charged = [ref.po_number for line in bill.lines for ref in line.targets]
    return tuple(dict.fromkeys((*charged, *named)))
