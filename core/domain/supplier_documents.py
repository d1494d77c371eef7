"""What a supplier's invoice document says, field by field with its place: before anybody ties it to a supplier or an order.

Nothing here is guessed. A field that the document does not say is None and named in `missing`; one that can be read in two
ways has no value and lists what it `could_be`; sums that do not tie are findings. A person answers those; whoever compares the
document with orders takes the values that are there.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from core.domain.money import Money
from core.domain.payables import ChargeKind


class SupplierDocumentKind(StrEnum):
    """What the document asks: a credit note's amounts stand here as printed, usually positive, and reduce what we owe."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


class SupplierFindingKind(StrEnum):
    """Why a person should look. `NOTICE` is worth knowing and leaves the document complete; every other kind does not."""

    DOES_NOT_ADD_UP = "does_not_add_up"
    OPEN = "open"
    SEVERAL_VALUES = "several_values"
    NOT_READ = "not_read"
    NO_LINES_BY_PROFILE = "no_lines_by_profile"
    DIFFERS_FROM_PRINT = "differs_from_print"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class PlaceInDocument:
    """Where something is said. `where` is for people: a page and line, a sheet and cell, the path of an element.

    `box` is left, top, right, bottom in points from the top left corner of `page` (from 1), for PDFs; else empty.
    """

    where: str
    page: int = 0
    box: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class SaidText:
    """Words or a number of a document, cleaned for use; `raw` is what is printed."""

    value: str
    raw: str
    place: PlaceInDocument


@dataclass(frozen=True, slots=True)
class SaidDate:
    """A date; `value` is None while `could_be` holds more than one."""

    value: date | None
    raw: str
    place: PlaceInDocument
    could_be: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class SaidNumber:
    """A quantity, rate or percentage, exact; `value` is None while `could_be` holds more than one."""

    value: Decimal | None
    raw: str
    place: PlaceInDocument
    could_be: tuple[Decimal, ...] = ()


@dataclass(frozen=True, slots=True)
class SaidMoney:
    """An amount; `value` is None while `could_be` holds more than one. `worked_out`: from other amounts, not printed.

    In `NO_CURRENCY` where the document names no currency.
    """

    value: Money | None
    raw: str
    place: PlaceInDocument
    could_be: tuple[Money, ...] = ()
    worked_out: bool = False


@dataclass(frozen=True, slots=True)
class ReadSupplierInvoiceLine:
    """One line: `amount` is net of the line's own `discount`. The rate is for `rate_per` units (1 where not said).

    `code` is the supplier's own code or the only one that there is, `our_code` what the document calls ours. `po_number` and
    `po_line` where the line itself names them. A `charge` stands among the lines, but is for the invoice as a whole.
    """

    place: PlaceInDocument
    number: str = ""
    code: SaidText | None = None
    our_code: SaidText | None = None
    description: SaidText | None = None
    quantity: SaidNumber | None = None
    uom: SaidText | None = None
    rate: SaidNumber | None = None
    rate_per: SaidNumber | None = None
    discount: SaidMoney | None = None
    discount_percent: SaidNumber | None = None
    tax_percent: SaidNumber | None = None
    tax: SaidMoney | None = None
    amount: SaidMoney | None = None
    po_number: SaidText | None = None
    po_line: str = ""
    charge: ChargeKind | None = None

    def unit_rate(self) -> Decimal | None:
        """The rate for one unit; None where it is not known or has no exact decimal."""
        if self.rate is None or self.rate.value is None:
            return None
        per = self.rate_per.value if self.rate_per is not None and self.rate_per.value else Decimal(1)
        one = self.rate.value / per
        return one if one * per == self.rate.value else None


@dataclass(frozen=True, slots=True)
class ReadCharge:
    """Freight, a discount or another sum beside the lines, before tax; a discount is negative."""

    kind: ChargeKind
    description: str
    amount: SaidMoney
    percent: SaidNumber | None = None


@dataclass(frozen=True, slots=True)
class ReadTax:
    """Tax at one percentage, as the document breaks it down."""

    percent: SaidNumber | None
    base: SaidMoney | None
    amount: SaidMoney | None


@dataclass(frozen=True, slots=True)
class SupplierFinding:
    """A sentence for a person, the field that it is about (empty: the whole document) and where to look."""

    kind: SupplierFindingKind
    why: str
    field: str = ""
    place: PlaceInDocument = PlaceInDocument("")


@dataclass(frozen=True, slots=True)
class ReadSupplierInvoice:
    """One supplier invoice or credit note as its document says it.

    `lines_total` is the sum of the lines, `net_total` that with charges and before tax, `total` with tax, `amount_due` what is
    left to pay. `bank_accounts` are where it asks to be paid, `discount_until` is
    the last day of an early-payment discount. `currency_sure` is False where only a sign says it that several
    currencies share. `missing` names what an invoice needs (also `po_numbers`, which a comparison needs).
    `complete`: nothing needed is missing, open or contradicted.
    """

    where: str
    format: str
    kind: SupplierDocumentKind
    lines: tuple[ReadSupplierInvoiceLine, ...]
    complete: bool
    number: SaidText | None = None
    invoice_date: SaidDate | None = None
    due_date: SaidDate | None = None
    discount_until: SaidDate | None = None
    currency: SaidText | None = None
    currency_sure: bool = True
    po_numbers: tuple[SaidText, ...] = ()
    supplier_name: SaidText | None = None
    supplier_tax_id: SaidText | None = None
    buyer_name: SaidText | None = None
    corrects: SaidText | None = None
    bank_accounts: tuple[SaidText, ...] = ()
    charges: tuple[ReadCharge, ...] = ()
    taxes: tuple[ReadTax, ...] = ()
    lines_total: SaidMoney | None = None
    net_total: SaidMoney | None = None
    tax_total: SaidMoney | None = None
    total: SaidMoney | None = None
    amount_due: SaidMoney | None = None
    missing: tuple[str, ...] = ()
    findings: tuple[SupplierFinding, ...] = ()


ASKED_FOR = {
    "number": "The document does not say its invoice number.",
    "invoice_date": "The document does not say its date.",
    "currency": "The document does not say its currency.",
    "lines": "No lines were found in the document.",
    "total": "The document does not say its total.",
    "supplier_name": "The document does not say plainly who sent it.",
    "po_numbers": "The document names no purchase order.",
}
"""What a person is asked about a missing field, in the order of asking."""

NOT_NEEDED_TO_BE_COMPLETE = frozenset({"po_numbers", "supplier_name"})
"""Who sent a document is often known from elsewhere, and an invoice for an expense has no order."""


def asked(document: ReadSupplierInvoice) -> tuple[str, ...]:
    """The sentences that a person has to answer or look at, most important first."""
    absent = tuple(ASKED_FOR[name] for name in ASKED_FOR if name in document.missing)
    found = tuple(finding.why for finding in document.findings if finding.kind is not SupplierFindingKind.NOTICE)
    return (*absent, *found)
