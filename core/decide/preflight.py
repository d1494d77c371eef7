"""Would a customer's portal take this invoice? Asked before a person says Ready to submit, and again before the robot starts.

Every check answers: nothing is left out because an earlier one failed. A stop is something that the portal is known to refuse,
or that would make a draft which is not our invoice; a warning is for a person's eyes; what nobody knows is said to be unknown
and never taken for good. The portal has the last word: it calculates, and the draft is read back to the cent.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from core.domain.measures import Quantity, extend, plain
from core.domain.money import Currency, Money, total
from core.domain.portal_orders import (
    CustomerOrderLine,
    CustomerPurchaseOrder,
    OrderLineKind,
    OrderStatus,
    PortalInvoice,
    PortalInvoiceStatus,
)
from core.domain.submissions import DraftLine, DraftWanted, FilePlace, with_number

_MEGABYTE: Final = 1_000_000
_PDF_HEAD: Final = b"%PDF-"


class PreflightCheck(StrEnum):
    """What is asked, in the order in which a person reads the answers."""

    ORDER_STATUS = "order_status"
    CURRENCY = "currency"
    ROOM = "room"
    LINES = "lines"
    LINE_KIND = "line_kind"
    LINE_ROOM = "line_room"
    LINE_PRICE = "line_price"
    TOTAL = "total"
    CHARGES = "charges"
    TAX = "tax"
    NUMBER = "number"
    DUPLICATE = "duplicate"
    DATE = "date"
    FILE = "file"


class PreflightLevel(StrEnum):
    """Good, for a person's eyes, nobody knows, or no."""

    GOOD = "good"
    WARNING = "warning"
    UNKNOWN = "unknown"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class PreflightFinding:
    """One answer. `case` says which of the check's sentences applies; `left` is ours, `right` the portal's or the rule's.

    `line` is the order's line where it is about one.
    """

    check: PreflightCheck
    level: PreflightLevel
    case: str
    left: str = ""
    right: str = ""
    line: str = ""

    @property
    def sentence(self) -> str:
        """For people."""
        return _SENTENCES[self.check, self.case].format(left=self.left, right=self.right, line=self.line)


@dataclass(frozen=True, slots=True)
class PortalRules:
    """What a customer's portal takes. Sizes and kinds are Coupa's for the image scan; a customer may say otherwise."""

    takes_charges: bool = False
    needs_tax_code: bool = False
    takes_future_dates: bool = False
    needs_file: bool = True
    longest_number: int = 40
    largest_file: int = 100 * _MEGABYTE
    advised_file: int = 16 * _MEGABYTE
    endings: frozenset[str] = field(default=frozenset({"pdf", "png", "gif", "jpg", "jpeg", "pjpeg", "tif", "tiff"}))


@dataclass(frozen=True, slots=True)
class PreflightFacts:
    """Everything that is asked about. `charges` and `tax` are our invoice's, None where its file does not say.

    `listed` are our invoices that the portal shows for the customer, beside those of the order.
    """

    wanted: DraftWanted
    order: CustomerPurchaseOrder
    today: date
    rules: PortalRules = PortalRules()
    charges: Money | None = None
    tax: Money | None = None
    listed: Sequence[PortalInvoice] = ()


@dataclass(frozen=True, slots=True)
class Preflight:
    """All answers."""

    findings: tuple[PreflightFinding, ...]

    @property
    def may_go(self) -> bool:
        """Whether nothing stops it. Warnings and unknown things do not: a person has seen them on the card."""
        return not self.stops

    @property
    def stops(self) -> tuple[PreflightFinding, ...]:
        """What the portal would refuse."""
        return tuple(finding for finding in self.findings if finding.level is PreflightLevel.STOP)

    @property
    def doubts(self) -> tuple[PreflightFinding, ...]:
        """What a person should look at."""
        return tuple(one for one in self.findings if one.level in {PreflightLevel.WARNING, PreflightLevel.UNKNOWN})


def preflight(facts: PreflightFacts) -> Preflight:
    """Ask everything. Nothing is raised: amounts of several currencies are a finding, and no sum is made of them."""
    found = [_status(facts.order), _currency(facts)]
    if found[1].level is PreflightLevel.GOOD:
        found += [_room(facts), *_lines(facts), *([_total(facts)] if facts.wanted.lines else [])]
    found += [_charges(facts), _tax(facts), _number(facts), _duplicate(facts), _date(facts), _file(facts)]
    return Preflight(tuple(found))


def _is(check: PreflightCheck, case: str, level: PreflightLevel, left: object = "", right: object = "") -> PreflightFinding:
    return PreflightFinding(check, level, case, str(left), str(right))


def _good(check: PreflightCheck, left: object = "", right: object = "") -> PreflightFinding:
    return _is(check, "good", PreflightLevel.GOOD, left, right)


def _status(order: CustomerPurchaseOrder) -> PreflightFinding:
    check = PreflightCheck.ORDER_STATUS
    if order.status is not OrderStatus.ISSUED:
        return _is(check, "not_issued", PreflightLevel.STOP, order.number, order.status_text or order.status.value)
    if not order.may_be_invoiced:
        return _is(check, "not_offered", PreflightLevel.STOP, order.number)
    return _good(check, order.number)


def _currency(facts: PreflightFacts) -> PreflightFinding:
    ours, theirs = facts.wanted.total.currency, facts.order.total.currency
    if ours != theirs:
        return _is(PreflightCheck.CURRENCY, "differs", PreflightLevel.STOP, ours, theirs)
    others = [money for money in (facts.charges, facts.tax) if money is not None and money.currency != ours]
    if others:
        return _is(PreflightCheck.CURRENCY, "mixed", PreflightLevel.STOP, ours, others[0].currency)
    return _good(PreflightCheck.CURRENCY, ours)


def _room(facts: PreflightFacts) -> PreflightFinding:
    """Orders are invoiced without tax; where ours is not known, the whole invoice is compared."""
    check, left = PreflightCheck.ROOM, facts.order.remaining
    asked = facts.wanted.total - (facts.tax or Money.zero(facts.wanted.total.currency))
    if left is None:
        level = PreflightLevel.STOP if asked > facts.order.total else PreflightLevel.UNKNOWN
        return _is(check, "over_total" if asked > facts.order.total else "unknown", level, asked, facts.order.total)
    if asked > left:
        return _is(check, "too_little", PreflightLevel.STOP, asked, left)
    return _good(check, asked, left)


def _lines(facts: PreflightFacts) -> Iterable[PreflightFinding]:
    """Everything that is wrong with a line, or one answer that all are good."""
    if not facts.wanted.lines:
        return [_is(PreflightCheck.LINES, "none", PreflightLevel.STOP)]
    theirs = {line.number: line for line in facts.order.lines}
    by_line: dict[str, list[DraftLine]] = {}
    for line in facts.wanted.lines:
        by_line.setdefault(line.order_line, []).append(line)
    found: list[PreflightFinding] = []
    for number, lines in by_line.items():
        about = [_is(PreflightCheck.LINES, "missing", PreflightLevel.STOP, facts.order.number)]
        if number in theirs:
            about = [finding for line in lines for finding in _kind_and_price(line, theirs[number])]
            about += _line_room(theirs[number], lines)
        found += [replace(finding, line=number) for finding in about]
    return found or [_good(PreflightCheck.LINES, len(facts.wanted.lines))]


def _kind_and_price(line: DraftLine, theirs: CustomerOrderLine) -> list[PreflightFinding]:
    if line.kind is not theirs.kind:
        return [_is(PreflightCheck.LINE_KIND, "differs", PreflightLevel.STOP, line.kind.value, theirs.kind.value)]
    if (line.quantity is not None) is not (line.kind is OrderLineKind.QUANTITY):
        return [_is(PreflightCheck.LINE_KIND, "quantity", PreflightLevel.STOP, line.kind.value)]
    if not line.price or line.quantity == 0:
        return [_is(PreflightCheck.LINE_KIND, "zero", PreflightLevel.STOP)]
    if line.kind is OrderLineKind.QUANTITY and line.price != theirs.price:
        ours, ordered = (f"{plain(price):f}" for price in (line.price, theirs.price))
        return [_is(PreflightCheck.LINE_PRICE, "differs", PreflightLevel.WARNING, ours, ordered)]
    return []


def _line_room(theirs: CustomerOrderLine, lines: Sequence[DraftLine]) -> list[PreflightFinding]:
    """Several of our lines may charge one of theirs; together they have to fit."""
    asked = total((line_amount(line, theirs.total.currency) for line in lines), theirs.total.currency)
    left = theirs.total if theirs.invoiced is None else theirs.total - theirs.invoiced
    if asked > left:
        return [_is(PreflightCheck.LINE_ROOM, "too_little", PreflightLevel.STOP, asked, left)]
    if theirs.invoiced is None:
        return [_is(PreflightCheck.LINE_ROOM, "unknown", PreflightLevel.UNKNOWN, asked, left)]
    return []


def line_amount(line: DraftLine, unit: Currency) -> Money:
    """What a line comes to: price times quantity, or the price itself on an amount line, rounded half up."""
    return extend(line.price, Quantity(Decimal(1)) if line.quantity is None else line.quantity, unit)


def _total(facts: PreflightFacts) -> PreflightFinding:
    """Lines, charges and tax are the total. A tax that only the portal works out cannot be added here."""
    wanted, check = facts.wanted, PreflightCheck.TOTAL
    unit = wanted.total.currency
    known = [money for money in (facts.charges, facts.tax) if money is not None]
    added = total([*(line_amount(line, unit) for line in wanted.lines), *known], unit)
    if added == wanted.total:
        return _good(check, wanted.total)
    taxed = facts.tax is None and any(line.tax_code for line in wanted.lines)
    if taxed and added < wanted.total:
        return _is(check, "tax_open", PreflightLevel.UNKNOWN, wanted.total, added)
    return _is(check, "differs", PreflightLevel.STOP, wanted.total, added)


def _charges(facts: PreflightFacts) -> PreflightFinding:
    check = PreflightCheck.CHARGES
    if not facts.charges:
        return _good(check)
    if not facts.rules.takes_charges:
        return _is(check, "forbidden", PreflightLevel.STOP, facts.charges)
    return _is(check, "by_hand", PreflightLevel.STOP, facts.charges)


def _tax(facts: PreflightFacts) -> PreflightFinding:
    check = PreflightCheck.TAX
    without = [line.order_line for line in facts.wanted.lines if not line.tax_code]
    if without and facts.rules.needs_tax_code:
        return _is(check, "no_code", PreflightLevel.STOP, ", ".join(without))
    if without and facts.tax:
        return _is(check, "tax_without_code", PreflightLevel.WARNING, facts.tax, ", ".join(without))
    return _good(check)


def _number(facts: PreflightFacts) -> PreflightFinding:
    check, number = PreflightCheck.NUMBER, facts.wanted.invoice_number.strip()
    if not number:
        return _is(check, "none", PreflightLevel.STOP)
    if len(number) > facts.rules.longest_number:
        return _is(check, "long", PreflightLevel.STOP, number, facts.rules.longest_number)
    return _good(check, number)


def _duplicate(facts: PreflightFacts) -> PreflightFinding:
    """A draft with our number may be our own of before: the robot looks whether it is what we mean. Anything else is taken."""
    check, number = PreflightCheck.DUPLICATE, facts.wanted.invoice_number
    same = with_number((*facts.order.invoices, *facts.listed), number)
    if not same:
        return _good(check, number)
    sent = [one for one in same if one.status is not PortalInvoiceStatus.DRAFT]
    if sent:
        return _is(check, "taken", PreflightLevel.STOP, number, sent[0].status_text or sent[0].status.value)
    return _is(check, "draft", PreflightLevel.WARNING, number)


def _date(facts: PreflightFacts) -> PreflightFinding:
    check, day = PreflightCheck.DATE, facts.wanted.invoice_date
    if day > facts.today and not facts.rules.takes_future_dates:
        return _is(check, "future", PreflightLevel.STOP, day, facts.today)
    if facts.order.ordered_on is not None and day < facts.order.ordered_on:
        return _is(check, "before_order", PreflightLevel.WARNING, day, facts.order.ordered_on)
    return _good(check, day)


def _file(facts: PreflightFacts) -> PreflightFinding:
    wanted, rules, check = facts.wanted, facts.rules, PreflightCheck.FILE
    if wanted.file_place is FilePlace.NONE:
        return _is(check, "left_out", PreflightLevel.GOOD)
    if wanted.file is None or not wanted.file.content:
        return _is(check, "missing", PreflightLevel.STOP if rules.needs_file else PreflightLevel.WARNING)
    name, size = wanted.file.name, len(wanted.file.content)
    ending = name.rpartition(".")[2].lower()
    if ending not in rules.endings:
        return _is(check, "kind", PreflightLevel.STOP, name, ", ".join(sorted(rules.endings)))
    if ending == "pdf" and not wanted.file.content.startswith(_PDF_HEAD):
        return _is(check, "no_pdf", PreflightLevel.STOP, name)
    if size > rules.largest_file:
        return _is(check, "too_big", PreflightLevel.STOP, _megabytes(size), _megabytes(rules.largest_file))
    if size > rules.advised_file:
        return _is(check, "big", PreflightLevel.WARNING, _megabytes(size), _megabytes(rules.advised_file))
    return _good(check, name, _megabytes(size))


def _megabytes(size: int) -> str:
    return f"{Decimal(size) / _MEGABYTE:.1f} MB"


_SENTENCES: Final = {
    (PreflightCheck.ORDER_STATUS, "good"): "Order {left} can be invoiced.",
    (PreflightCheck.ORDER_STATUS, "not_issued"): "Order {left} takes no invoice: its status is {right}.",
    (PreflightCheck.ORDER_STATUS, "not_offered"): "The portal offers no way to invoice order {left}.",
    (PreflightCheck.CURRENCY, "good"): "Both are in {left}.",
    (PreflightCheck.CURRENCY, "differs"): "The invoice is in {left}, the order in {right}.",
    (PreflightCheck.CURRENCY, "mixed"): "The invoice is in {left}, its charges or tax in {right}.",
    (PreflightCheck.ROOM, "good"): "{right} may still be invoiced, enough for {left}.",
    (PreflightCheck.ROOM, "too_little"): "Only {right} may still be invoiced, too little for {left}.",
    (PreflightCheck.ROOM, "over_total"): "The order's total is {right}, too little for {left}.",
    (PreflightCheck.ROOM, "unknown"): "The portal does not say what was invoiced of {right}.",
    (PreflightCheck.LINES, "good"): "All lines ({left}) fit their order lines.",
    (PreflightCheck.LINES, "none"): "It is not known which lines of the order the invoice charges.",
    (PreflightCheck.LINES, "missing"): "Order {left} has no line {line}.",
    (PreflightCheck.LINE_KIND, "differs"): "Line {line} is charged by {left}, and was ordered by {right}.",
    (PreflightCheck.LINE_KIND, "quantity"): "Line {line} is charged by {left}, and its quantity says otherwise.",
    (PreflightCheck.LINE_KIND, "zero"): "Line {line} charges nothing; such lines are left away.",
    (PreflightCheck.LINE_ROOM, "too_little"): "Line {line}: only {right} may still be invoiced, too little for {left}.",
    (PreflightCheck.LINE_ROOM, "unknown"): "Line {line}: the portal does not say what was invoiced of {right}.",
    (PreflightCheck.LINE_PRICE, "differs"): "Line {line}: the price is {left}, ordered at {right}.",
    (PreflightCheck.TOTAL, "good"): "The lines add up to {left}.",
    (PreflightCheck.TOTAL, "differs"): "The invoice is {left}, and its lines, charges and tax add up to {right}.",
    (PreflightCheck.TOTAL, "tax_open"): "The invoice is {left}, its lines are {right}; the portal works out the tax.",
    (PreflightCheck.CHARGES, "good"): "No charges beside the lines.",
    (PreflightCheck.CHARGES, "forbidden"): "This customer takes no charges beside the lines; the invoice has {left}.",
    (
        PreflightCheck.CHARGES,
        "by_hand",
    ): "The robot types no charges; with charges of {left}, a person enters this invoice in the portal.",
    (PreflightCheck.TAX, "good"): "The tax is settled.",
    (PreflightCheck.TAX, "no_code"): "This customer wants a tax code on every line; missing on {left}.",
    (PreflightCheck.TAX, "tax_without_code"): "The invoice has tax of {left}, and no tax code is known for {right}.",
    (PreflightCheck.NUMBER, "good"): "The number {left} can be typed.",
    (PreflightCheck.NUMBER, "none"): "The invoice has no number.",
    (PreflightCheck.NUMBER, "long"): "The number {left} has more than {right} signs.",
    (PreflightCheck.DUPLICATE, "good"): "The portal knows no invoice {left}.",
    (PreflightCheck.DUPLICATE, "taken"): "The portal has an invoice {left} already: {right}.",
    (PreflightCheck.DUPLICATE, "draft"): "The portal has a draft {left}; it is looked at before anything is saved.",
    (PreflightCheck.DATE, "good"): "Dated {left}.",
    (PreflightCheck.DATE, "future"): "Dated {left}, which is after today, {right}; this customer takes no such dates.",
    (PreflightCheck.DATE, "before_order"): "Dated {left}, before the order of {right}.",
    (PreflightCheck.FILE, "good"): "{left} is attached ({right}).",
    (PreflightCheck.FILE, "left_out"): "No file is attached for this customer.",
    (PreflightCheck.FILE, "missing"): "The invoice's PDF is missing.",
    (PreflightCheck.FILE, "kind"): "{left} cannot be uploaded; the portal takes {right}.",
    (PreflightCheck.FILE, "no_pdf"): "{left} is called a PDF and is none.",
    (PreflightCheck.FILE, "too_big"): "The file has {left}; the portal takes {right}.",
    (PreflightCheck.FILE, "big"): "The file has {left}; the portal advises {right} at most.",
}
