"""Posting a supplier invoice: from `POSTING` to the ledger and back, exactly once, under the key that a person's Post minted.

Every line goes with the order lines that it bills, so that the ledger's billed quantities and the order's status come out
right. As for payments: a ledger that has the key already answers with what became of it, and bills posted together go together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from core.app import asking
from core.app.moving import Because
from core.app.outbox import AT_ONCE, RELAY
from core.app.payables.books import Books, shares_of
from core.app.payables.moving import Noted, attempt, invoice_facts, store_bill, store_move
from core.app.services import Services
from core.decide.machine import Denied
from core.domain.actors import Entitled
from core.domain.events import AuditName
from core.domain.events import SupplierInvoiceEvent as Event
from core.domain.ids import Key, OutboxId
from core.domain.keeping import AuditEntry, OutboxItem, Subject, SubjectKind
from core.domain.measures import Exact, as_decimal
from core.domain.money import Money, split
from core.domain.payables import OrderLineRef, SupplierInvoiceLine
from core.domain.supplier_bills import BillKind, BillLine, SupplierBill
from core.domain.workflows import SupplierInvoiceState as State
from core.ports.outside import PostingOutcome, PostingResult
from core.ports.payables import BillLedger, BillLinePosting, BillPosting
from core.ports.store import UnitOfWork

_BY = Entitled(RELAY, frozenset())


def posting_of(bill: SupplierBill, books: Books) -> BillPosting:
    """What the ledger is told of a bill that is being posted."""
    head, invoice = bill.header, bill.compared_as()
    assert bill.posting_key is not None  # noqa: S101  The move to POSTING minted it.
    assert invoice is not None  # noqa: S101  Nothing is posted while a value is missing.
    assert bill.net is not None  # noqa: S101  As above.
    tax = head.tax or Money.zero(invoice.currency)
    lines: list[BillLinePosting] = []
    for line, said in zip(bill.lines, invoice.lines, strict=True):
        lines += _lines(bill, line, said, books)
    return BillPosting(
        key=bill.posting_key,
        bill_id=bill.id,
        supplier_id=invoice.supplier_id,
        invoice_number=invoice.number,
        invoice_date=invoice.invoice_date,
        due_date=head.due_date,
        is_credit=head.is_credit,
        tax=tax,
        total=head.total if head.total is not None else bill.net + tax,
        lines=tuple(lines),
    )


def _lines(bill: SupplierBill, line: BillLine, said: SupplierInvoiceLine, books: Books) -> list[BillLinePosting]:
    """One row for each order line that a line bills, whose amounts add up to the line's; one without an order otherwise."""
    if bill.kind is BillKind.PLAIN or not line.targets:
        return [_row(line, said, None, said.quantity, said.amount, line.coding)]
    book = books.of(bill.header.supplier_id) if bill.header.supplier_id is not None else None
    assert book is not None  # noqa: S101  A linked line has a supplier.
    shares = shares_of(said, line.targets, book)
    weights = [abs(Fraction(quantity)) for _, quantity, _ in shares]
    if len(shares) == 1 or not sum(weights):
        ref = shares[0][0]
        return [_row(line, said, ref, said.quantity, said.amount, book.standing(ref).line.coding)]
    common = max(weight.denominator for weight in weights)
    parts = [int(weight * common * 10**6) for weight in weights]
    amounts = split(said.amount, parts)
    taxes: Sequence[Money | None] = [None] * len(parts) if said.tax is None else split(said.tax, parts)
    factor = Fraction(said.quantity or 1) / sum(weights)
    return [
        replace(_row(line, said, ref, Fraction(weight) * factor, amount, book.standing(ref).line.coding), tax=tax)
        for (ref, _, _), weight, amount, tax in zip(shares, weights, amounts, taxes, strict=True)
    ]


def _row(
    line: BillLine, said: SupplierInvoiceLine, order: OrderLineRef | None, quantity: Exact | None, amount: Money, coding: str
) -> BillLinePosting:
    return BillLinePosting(
        line=line.line,
        order=order,
        item_code=said.item_code,
        description=said.description,
        quantity="" if quantity is None else f"{as_decimal(quantity):f}",
        uom=said.uom,
        rate="" if said.rate is None else f"{said.rate:f}",
        amount=amount,
        coding=coding,
        kind=_kind(said),
        tax_percent="" if said.tax_percent is None else f"{said.tax_percent:f}",
        tax=said.tax,
    )


def _kind(said: SupplierInvoiceLine) -> str:
    """As the files call it."""
    if said.charge is not None:
        return said.charge.word
    return "" if said.kind is None else said.kind.value


class PostBills:
    """The performer of `post_bill` effects, one at a time or a burst of them."""

    def __init__(self, services: Services, ledger: BillLedger) -> None:
        self._services = services
        self._ledger = ledger

    def __call__(self, item: OutboxItem) -> str:
        """Hand one bill over; the receipt is the batch or the ledger's id."""
        return self.together([item])[item.id]

    def together(self, items: Sequence[OutboxItem]) -> Mapping[OutboxId, str]:
        """Hand bills over in one piece; a receipt for each item. What the ledger has already is not handed over again."""
        postings: dict[Key, BillPosting] = {}
        with self._services.store.read() as unit:
            books = Books(unit)
            for item in items:
                bill = unit.bills.by_posting_key(item.effect.key)
                if bill is not None and bill.state is State.POSTING:
                    postings[item.effect.key] = posting_of(bill, books)
        tried = [item.effect.key for item in items if item.tried_before and item.effect.key in postings]
        outcomes = dict(self._ledger.look_up(tried)) if tried else {}
        missing = [posting for key, posting in postings.items() if key not in outcomes]
        if missing:
            outcomes.update(self._ledger.post(missing))
        if outcomes:
            self._write_down(items, postings, outcomes)
        return {item.id: _receipt(outcomes.get(item.effect.key)) for item in items}

    def _write_down(
        self, items: Sequence[OutboxItem], postings: Mapping[Key, BillPosting], outcomes: Mapping[Key, PostingOutcome]
    ) -> None:
        """A few bills a transaction. A crash in between leaves leases that run out; the ledger is then asked by key."""
        causes = {item.effect.key: f"outbox {item.id}" for item in items}
        batches: dict[str, list[BillPosting]] = {}
        ordered = sorted(outcomes.items())
        for key, outcome in ordered:
            if outcome.result is PostingResult.HANDED_OVER:
                batches.setdefault(outcome.receipt, []).append(postings[key])
        for start in range(0, len(ordered), AT_ONCE):
            with self._services.store.write() as unit:
                for batch, of in batches.items() if start == 0 else ():
                    _batch_written(unit, batch, of)
                for key, outcome in ordered[start : start + AT_ONCE]:
                    record(unit, outcome, Because(RELAY, cause=causes[key]))


def _receipt(outcome: PostingOutcome | None) -> str:
    return "settled meanwhile" if outcome is None else outcome.receipt or outcome.result.value


def _batch_written(unit: UnitOfWork, batch: str, handed: Sequence[BillPosting]) -> None:
    if not unit.seen.first_time("batch", f"bills {batch}"):
        return
    totals: dict[str, Money] = {}
    for posting in handed:
        code = posting.total.currency.code
        totals[code] = totals[code] + posting.total if code in totals else posting.total
    facts: dict[str, object] = {
        "kind": "bills_written",
        "batch": batch,
        "bills": sorted(posting.bill_id for posting in handed),
        "totals": {code: amount.text() for code, amount in sorted(totals.items())},
    }
    unit.audit.append(AuditEntry(AuditName.BATCH_WRITTEN, Subject(SubjectKind.BATCH, batch), RELAY, facts=facts))
    asking.digest(unit, f"bills:{batch}", facts)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What an outcome did to one bill; `problem` is empty when it was as expected, `changed` False when it was known."""

    key: Key
    bill_id: str
    problem: str = ""
    changed: bool = False


def record(unit: UnitOfWork, outcome: PostingOutcome, because: Because) -> Recorded:
    """Write down what the ledger said of one bill. Saying it twice is once; contradictions are reported, not obeyed."""
    found = unit.bills.by_posting_key(outcome.key)
    if found is None:
        return Recorded(outcome.key, "", "No bill was posted under this key.")
    bill, books = unit.bills.get(found.id), Books(unit)
    if outcome.result is PostingResult.HANDED_OVER:
        if bill.state is State.POSTING and bill.batch != outcome.receipt:
            note = Noted(AuditName.SUPPLIER_INVOICE_HANDED_OVER, facts={"batch": outcome.receipt})
            store_bill(unit, books, bill, replace(bill, batch=outcome.receipt), [note], because)
        return Recorded(outcome.key, bill.id)
    if bill.state is not State.POSTING:
        return Recorded(outcome.key, bill.id, _said_before(bill, outcome))
    posted = outcome.result is PostingResult.POSTED
    said = replace(bill, erp_id=outcome.receipt, why="") if posted else _refused(bill, outcome)
    move = attempt(bill, Event.ERP_CONFIRMED if posted else Event.ERP_REFUSED, invoice_facts(unit, _BY, said))
    assert not isinstance(move, Denied)  # noqa: S101  A bill that is being posted can be confirmed and refused.
    store_move(unit, books, bill, said, move, because if posted else replace(because, reason=outcome.message))
    return Recorded(outcome.key, bill.id, changed=True)


def _refused(bill: SupplierBill, outcome: PostingOutcome) -> SupplierBill:
    return replace(bill, why=f"The ledger refused: {outcome.message or 'no reason given'}")


def _said_before(bill: SupplierBill, outcome: PostingOutcome) -> str:
    """Nothing, where the bill is as this outcome leaves one; else the sentence that says how it is."""
    if bill.state is State.POSTED:
        same = outcome.result is PostingResult.POSTED and outcome.receipt in {"", bill.erp_id}
        return "" if same else f"{bill.id} is posted already as {bill.erp_id or 'unknown'}."
    if outcome.result is PostingResult.REFUSED and bill.why == _refused(bill, outcome).why:
        return ""
    return f"{bill.id} is not being posted now."
