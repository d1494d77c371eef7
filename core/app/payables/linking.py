"""Comparing an invoice with its orders, and what that does to the decisions on its lines.

Comparing is computed anew each time. A decision stays while the facts that it rests on stay; where they changed the line is
opened again (or cleared), and the change is the reason stated. Only the re-run that a person asks for drops every decision.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from core.app.comparing import judge_invoice
from core.app.payables.books import Books, elsewhere, is_there
from core.app.payables.moving import BY_ITSELF, Noted
from core.decide import line_resolution
from core.decide.line_resolution import LineFacts, beyond
from core.decide.machine import Denied, Effect, decide
from core.domain.actors import Entitled
from core.domain.codec import to_json
from core.domain.events import AuditName, LineEvent
from core.domain.ids import SupplierId
from core.domain.line_comparison import InvoiceComparison, LineComparison, LineLink, LinkKind
from core.domain.supplier_bills import BillKind, BillLine, FactsChange, SupplierBill
from core.domain.workflows import LineResolution as State
from core.match.lines.link import link_lines
from core.ports.store import UnitOfWork

_FREE = frozenset({State.OPEN, State.CLEAR})


@dataclass(frozen=True, slots=True)
class Compared:
    """A bill after comparing, what happened to its lines, and the lines whose disputes ended by it."""

    bill: SupplierBill
    noted: tuple[Noted, ...] = ()
    withdrawn: tuple[str, ...] = ()


def compare_first(unit: UnitOfWork, books: Books, bill: SupplierBill) -> SupplierBill:
    """Link and judge an invoice that just came in: its lines start clear or open."""
    found = _judged(unit, books, bill, keep=False)
    if found is None:
        return bill
    lines = tuple(_started(line, found.lines, books, bill.header.supplier_id) for line in bill.lines)
    return replace(bill, lines=lines, orders=found.orders, proposals=found.proposals, policy_version=found.policy_version)


def compare(unit: UnitOfWork, books: Books, bill: SupplierBill, change: FactsChange) -> Compared:
    """Compare again because `change` happened; decisions whose facts are the same stay."""
    found = _judged(unit, books, bill, keep=True)
    if found is None:
        return _uncompared(bill, change)
    fresh = {each.line: each for each in found.lines}
    noted: list[Noted] = []
    withdrawn: list[str] = []
    lines = []
    for line in bill.lines:
        now = _with(line, fresh.get(line.line), books, bill.header.supplier_id)
        if now.facts == line.facts:
            lines.append(now)
            continue
        event = LineEvent.RECEIPT_SEEN if line.resolution is State.AWAITING_RECEIPT else LineEvent.FACTS_CHANGED
        moved, note, ended = _moved(line, now, event, change)
        lines.append(moved)
        noted.append(note)
        withdrawn += [line.line] if ended else []
    changed = replace(
        bill,
        lines=tuple(lines),
        orders=found.orders,
        proposals=found.proposals,
        policy_version=found.policy_version,
    )
    return Compared(changed, tuple(noted), tuple(withdrawn))


def rerun(unit: UnitOfWork, books: Books, bill: SupplierBill, by: Entitled) -> Compared:
    """Link and judge every line anew; every decision on a line is dropped, and written down as lost."""
    plain = replace(bill, lines=tuple(replace(line, by_hand=False) for line in bill.lines))
    found = _judged(unit, books, plain, keep=False)
    if found is None:
        return Compared(bill)
    fresh = {each.line: each for each in found.lines}
    noted: list[Noted] = []
    withdrawn: list[str] = []
    lines = []
    for line in bill.lines:
        now = replace(_with(line, fresh.get(line.line), books, bill.header.supplier_id), by_hand=False)
        moved, note, ended = _moved(line, now, LineEvent.RELINK, FactsChange.RE_RUN, by)
        lines.append(replace(moved, reopened=None))
        noted += [note] if lost(line) or now.facts != line.facts else []
        withdrawn += [line.line] if ended else []
    changed = replace(
        bill, lines=tuple(lines), orders=found.orders, proposals=found.proposals, policy_version=found.policy_version
    )
    return Compared(changed, tuple(noted), tuple(withdrawn))


def lost(line: BillLine) -> bool:
    """Whether a re-run would lose something that a person did on this line."""
    return line.decision is not None or bool(line.accepted) or line.by_hand


def _judged(unit: UnitOfWork, books: Books, bill: SupplierBill, *, keep: bool) -> InvoiceComparison | None:
    """The comparison; None while too little is known, or for an invoice without orders. `keep`: known links stay."""
    invoice = bill.compared_as()
    if invoice is None or bill.kind is BillKind.PLAIN:
        return None
    book = books.of(invoice.supplier_id)
    fresh = link_lines(invoice, book)
    links: dict[str, LineLink] = dict(fresh.links)
    for line in bill.lines if keep else ():
        link = line.comparison.link if line.comparison is not None else None
        known = line.by_hand or line.resolution not in _FREE or line.decision is not None or bool(line.accepted)
        if link is not None and line.line in links and known:
            there = link.kind is not LinkKind.LINKED or all(is_there(book, ref) for ref in link.targets)
            links[line.line] = link if there else LineLink(line.line, LinkKind.UNLINKED)
    refs = sorted({ref for link in links.values() if link.kind is LinkKind.LINKED for ref in link.targets})
    rules = books.rules(invoice.supplier_id, invoice.invoice_date)
    found = judge_invoice(invoice, book, rules, elsewhere(unit, bill, refs), links)
    return replace(found, orders=fresh.orders)


def _uncompared(bill: SupplierBill, change: FactsChange) -> Compared:
    """An invoice that cannot be compared (any more): what was found of its lines holds no longer."""
    noted: list[Noted] = []
    withdrawn: list[str] = []
    lines = []
    for line in bill.lines:
        now = replace(line, comparison=None)
        if now.facts == line.facts:
            lines.append(now)
            continue
        event = LineEvent.RECEIPT_SEEN if line.resolution is State.AWAITING_RECEIPT else LineEvent.FACTS_CHANGED
        moved, note, ended = _moved(line, now, event, change)
        lines.append(moved)
        noted.append(note)
        withdrawn += [line.line] if ended else []
    return Compared(replace(bill, lines=tuple(lines), orders=(), proposals=()), tuple(noted), tuple(withdrawn))


def _started(line: BillLine, found: Sequence[LineComparison], books: Books, supplier: SupplierId | None) -> BillLine:
    compared = next((each for each in found if each.line == line.line), None)
    now = _with(line, compared, books, supplier)
    return replace(now, resolution=State.CLEAR if now.is_clear else State.OPEN)


def _with(line: BillLine, compared: LineComparison | None, books: Books, supplier: SupplierId | None) -> BillLine:
    """The line with its comparison, and the coding of the order line that it is linked to."""
    now = replace(line, comparison=compared)
    if supplier is None or not now.targets:
        return now if line.resolution is State.NEW or not line.targets else replace(now, coding="")
    codings = [books.of(supplier).standing(ref).line.coding for ref in now.targets]
    return replace(now, coding=" + ".join(dict.fromkeys(coding for coding in codings if coding)))


def _moved(
    before: BillLine, now: BillLine, event: LineEvent, change: FactsChange, by: Entitled = BY_ITSELF
) -> tuple[BillLine, Noted, bool]:
    """The line after the event, what is written down, and whether its dispute ended."""
    facts = LineFacts(by, frozenset(now.verdicts), now_clear=now.is_clear)
    move = decide(line_resolution.TABLE, before.resolution, event, facts)
    assert not isinstance(move, Denied)  # noqa: S101  The table takes these events in every state that they are caused in.
    opened = before.decision is not None or bool(before.accepted)
    moved = replace(now, resolution=move.to, decision=None, accepted=(), reopened=change if opened or before.reopened else None)
    note = Noted(
        line_resolution.SPECS[event].past,
        before.resolution.value,
        move.to.value,
        before.line,
        _what_changed(before, now, change),
    )
    return moved, note, Effect.WITHDRAW_DISPUTE in move.row.effects


def _what_changed(before: BillLine, now: BillLine, change: FactsChange) -> dict[str, object]:
    """For the log: why, what was decided before, and the findings before and after."""
    facts: dict[str, object] = {"because": change.value, "verdicts": [verdict.value for verdict in now.verdicts]}
    facts["verdicts_before"] = [verdict.value for verdict in before.verdicts]
    if now.comparison is not None:
        facts["findings"] = to_json(now.comparison.findings)
        facts["targets"] = to_json(now.targets)
    if before.decision is not None:
        facts["decision_lost"] = to_json(before.decision)
    return facts


def line_facts(by: Entitled, bill: SupplierBill, line: BillLine, *, may_edit: bool = False, closed: str = "") -> LineFacts:
    """What the table of lines asks about a line as it is now, for this actor."""
    outstanding = line.outstanding
    return LineFacts(
        by=by,
        verdicts=frozenset(line.verdicts),
        accepted=frozenset(line.accepted),
        now_clear=line.is_clear,
        others_left=bool(beyond(outstanding, by)),
        partly_accepted=bool(line.accepted) and line.resolution is State.OPEN,
        linked=bool(line.targets),
        may_edit=may_edit,
        pack_size_proposed=any(proposal.line == line.line for proposal in bill.proposals),
        invoice_closed=bool(closed),
        closed=closed,
    )


def noted_of(event: LineEvent, before: BillLine, after: BillLine, facts: Mapping[str, object]) -> Noted:
    """What is written down of a person's decision on a line: the findings that it rests on."""
    kept: dict[str, object] = {"verdicts": [verdict.value for verdict in before.verdicts], **facts}
    if before.comparison is not None:
        kept["findings"] = to_json(before.comparison.findings)
    name: AuditName = line_resolution.SPECS[event].past
    return Noted(name, before.resolution.value, after.resolution.value, before.line, kept)
