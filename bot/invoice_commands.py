"""`/tieout` for supplier invoices: what can be pressed can be typed. A command acts on the invoice as it is now."""

import re
from collections.abc import Sequence
from typing import Final

from bot.cards import home as home_card
from bot.cards import home_invoices, parts
from bot.cards import supplier_invoice as bill_card
from bot.cards.parts import Message
from bot.desk import LOOKING_AT_INVOICES, Desk, may, may_look, tell
from bot.payloads import Interaction
from core.app.commands import ActOnBill, ActOnLine
from core.app.outcomes import Done, Outcome
from core.app.payables import act_on_invoice, act_on_line
from core.app.payables.showing import bill_view
from core.app.payables.waiting import BillQueue, waiting
from core.app.payables.wording import BILL_STATES
from core.domain.actors import Actor, Permission
from core.domain.errors import Incomplete
from core.domain.events import LineEvent, SupplierInvoiceEvent
from core.domain.keeping import SubjectKind
from core.domain.measures import Quantity, exact
from core.domain.supplier_bills import SupplierInvoiceId

_INVOICE: Final = re.compile(r"[Ss][Ii]-?([0-9]{1,12})")
LINES: Final = {
    "accept": LineEvent.ACCEPT,
    "await": LineEvent.AWAIT_RECEIPT,
    "dispute": LineEvent.DISPUTE,
    "reject": LineEvent.REJECT,
    "recall": LineEvent.RECALL,
    "unlink": LineEvent.UNLINK,
    "new": LineEvent.ADD_NEW,
    "received": LineEvent.RECEIVED,
}
WHOLE: Final = {
    "approve": SupplierInvoiceEvent.APPROVE,
    "send": SupplierInvoiceEvent.SEND_FOR_APPROVAL,
    "mark-approved": SupplierInvoiceEvent.MARK_APPROVED,
    "hold": SupplierInvoiceEvent.HOLD,
    "reject": SupplierInvoiceEvent.REJECT,
    "recall": SupplierInvoiceEvent.RECALL,
    "post": SupplierInvoiceEvent.POST,
    "rerun": SupplierInvoiceEvent.RERUN,
    "delete": SupplierInvoiceEvent.DELETE,
}
_WITH_REASON: Final = frozenset({LineEvent.DISPUTE, LineEvent.REJECT, LineEvent.RECEIVED})


def named(words: Sequence[str]) -> SupplierInvoiceId | None:
    """The supplier invoice that a command names first, if any."""
    found = _INVOICE.fullmatch(words[0]) if words else None
    return SupplierInvoiceId(f"SI-{found[1]}") if found is not None else None


def run(desk: Desk, at: Interaction, actor: Actor, verb: str, words: Sequence[str]) -> None:
    """Do what was typed."""
    bill_id = named(words)
    if verb == "invoices" and bill_id is None:
        _list(desk, at, actor, words)
        return
    assert bill_id is not None  # noqa: S101  Other verbs come here by naming an invoice.
    refusal = may_look(desk, actor, SubjectKind.SUPPLIER_INVOICE, bill_id)
    if refusal is not None:
        tell(desk, at, refusal.sentence)
    elif verb in {"show", "invoices"}:
        with desk.services.store.read() as unit:
            desk.slack.respond(at.response_url, bill_card.message(bill_view(unit, bill_id, desk.zone)))
    else:
        _ended(desk, at, bill_id, _act(desk, at, actor, verb, bill_id, words[1:]))


def _list(desk: Desk, at: Interaction, actor: Actor, words: Sequence[str]) -> None:
    name = words[0].lower() if words else ""
    if name and name not in set(BillQueue):
        raise Incomplete(f"There is no list “{parts.safe(name, 40)}”. Lists: {', '.join(BillQueue)}.")
    with desk.services.store.read() as unit:
        if not may(unit, actor, Permission.SEE_SUPPLIER_INVOICES):
            tell(desk, at, LOOKING_AT_INVOICES)
            return
        page = waiting(unit, actor, BillQueue(name) if name else None)
    # Pages are turned in the window; a private message cannot be changed.
    blocks = [block for block in home_invoices.blocks(page, "") if block["type"] != "actions"]
    message = Message("Supplier invoices that wait in Tieout", [*blocks, home_card.open_window_block()])
    desk.slack.respond(at.response_url, message)


def _act(desk: Desk, at: Interaction, actor: Actor, verb: str, bill_id: SupplierInvoiceId, rest: Sequence[str]) -> Outcome:
    """With lines named it is about them, else about the invoice."""
    with desk.services.store.read() as unit:
        bill = unit.bills.get(bill_id)
    known = {line.line for line in bill.lines}
    event = LINES.get(verb)
    if event is not None and rest and rest[0] in known:
        # What follows the line is a reason or a quantity where one is wanted, further lines where not.
        lines = rest[:1] if event in _WITH_REASON else rest
        after = " ".join(rest[1:]) if event in _WITH_REASON else ""
        quantity = Quantity(exact(after)) if event is LineEvent.RECEIVED and after else None
        on_lines = ActOnLine(bill_id, bill.version, tuple(lines), event, actor, after, quantity=quantity, cause=at.cause)
        return act_on_line.act(desk.services, on_lines)
    if verb not in WHOLE:
        lines_here = ", ".join(sorted(known)[:10])
        wanted = f"Please name a line of {bill_id} ({lines_here})." if event is not None else "Try “/tieout help”."
        raise Incomplete(wanted)
    command = ActOnBill(bill_id, bill.version, WHOLE[verb], actor, " ".join(rest), cause=at.cause)
    return act_on_invoice.act(desk.services, command)


def _ended(desk: Desk, at: Interaction, bill_id: SupplierInvoiceId, outcome: Outcome) -> None:
    desk.wake()
    if not isinstance(outcome, Done):
        tell(desk, at, outcome.sentence)
        return
    with desk.services.store.read() as unit:
        state = unit.bills.get(bill_id).state
    tell(desk, at, f"{bill_id}: {BILL_STATES[state].lower()}. {outcome.sentence}".strip())
