"""What somebody wants done to a supplier invoice, its lines or a dispute: from HTTP to the commands of the stories."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final, TypeVar

from core.app.commands import ActOnBill, ActOnDispute, ActOnLine, EditBill
from core.app.outcomes import Outcome
from core.app.payables import act_on_dispute, act_on_invoice, act_on_line, edit_invoice
from core.domain.actors import Actor
from core.domain.disputes import DisputeId
from core.domain.errors import Malformed
from core.domain.events import DisputeEvent, LineEvent, SupplierInvoiceEvent
from core.domain.ids import PersonId, PoNumber, SupplierId
from core.domain.measures import Quantity, exact
from core.domain.money import Currency, Money, currency
from core.domain.payables import OrderLineRef
from core.domain.supplier_bills import BillKind, BillLine, DisputeOutcome, SupplierBill, SupplierInvoiceId
from core.web.identity import require_actor
from core.web.site import Site

E = TypeVar("E", LineEvent, SupplierInvoiceEvent, DisputeEvent)
_DATES: Final = ("invoice_date", "due_date", "discount_until")
_OF_A_LINE: Final = ("item_code", "description", "uom")
_FORM_OLD: Final = "This form is incomplete. Load the page again."


@dataclass(frozen=True, slots=True)
class Said:
    """The fields of a form or of a JSON body, each with its values as text. What is absent was not said."""

    fields: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def one(self, name: str) -> str:
        """The only value of a field, without blanks at its ends; empty where it is absent."""
        return next((value.strip() for value in self.fields.get(name, ())), "")

    def all(self, name: str) -> list[str]:
        """All values that are not empty."""
        return [value.strip() for value in self.fields.get(name, ()) if value.strip()]

    @property
    def version(self) -> int:
        """Which version somebody looked at."""
        text = self.one("version")
        if not (text.isascii() and text.isdigit()):
            raise Malformed(_FORM_OLD)
        return int(text)


def event_of(of: type[E], name: str, what: str) -> E:
    """The event; `Malformed` for anything that is none."""
    try:
        return of(name)
    except ValueError:
        raise Malformed(f"“{name[:40]}” is nothing that can be done to {what}.") from None


def _actor(site: Site) -> Actor:
    with site.services.store.read() as unit:
        return require_actor(unit, site.settings)


def cause() -> str:
    """One for each request."""
    return f"web:{uuid.uuid4().hex[:12]}"


def on_bill(site: Site, bill_id: SupplierInvoiceId, said: Said) -> Outcome:
    """An event of the invoice; `approvers` are ids of people."""
    event = event_of(SupplierInvoiceEvent, said.one("event"), "a supplier invoice")
    people = tuple(PersonId(each) for each in said.all("approvers"))
    command = ActOnBill(bill_id, said.version, event, _actor(site), said.one("reason"), people, cause())
    return act_on_invoice.act(site.services, command)


def on_lines(site: Site, bill_id: SupplierInvoiceId, said: Said) -> Outcome:
    """An event of lines; `targets` are order lines as `number|line`."""
    command = ActOnLine(
        bill_id=bill_id,
        version=said.version,
        lines=tuple(said.all("line")),
        event=event_of(LineEvent, said.one("event"), "a line"),
        actor=_actor(site),
        reason=said.one("reason"),
        targets=tuple(_ref(each) for each in said.all("targets")),
        quantity=Quantity(exact(said.one("quantity"))) if said.one("quantity") else None,
        coding=said.one("coding"),
        cause=cause(),
    )
    return act_on_line.act(site.services, command)


def _ref(text: str) -> OrderLineRef:
    number, mark, line = text.rpartition("|")
    if not mark:
        raise Malformed(_FORM_OLD)
    return OrderLineRef(PoNumber(number), line)


def on_dispute(site: Site, dispute_id: DisputeId, said: Said) -> Outcome:
    """An event of a dispute: a mail with its address and text, or how it was settled."""
    outcome = said.one("outcome")
    if outcome and outcome not in set(DisputeOutcome):
        raise Malformed(f"“{outcome[:40]}” is no way to settle a dispute.")
    command = ActOnDispute(
        dispute_id=dispute_id,
        version=said.version,
        event=event_of(DisputeEvent, said.one("event"), "a dispute"),
        actor=_actor(site),
        reason=said.one("reason"),
        subject=said.one("subject"),
        text=said.one("text"),
        address=said.one("address"),
        outcome=DisputeOutcome(outcome) if outcome else None,
        cause=cause(),
    )
    return act_on_dispute.act(site.services, command)


def edit(site: Site, bill_id: SupplierInvoiceId, said: Said, lines: Sequence[Said] = ()) -> Outcome:
    """Other values; a field that is absent or empty stays as it is. `lines` say each which line, and what of it."""
    with site.services.store.read() as unit:
        actor = require_actor(unit, site.settings)
        present = unit.bills.get(bill_id)
    code = said.one("currency").upper()
    unit_of = currency(code) if code else present.header.currency
    changes: dict[str, Any] = {name: day_of(said.one(name)) for name in _DATES if said.one(name)}
    changes |= {name: _money(said.one(name), unit_of) for name in ("total", "tax") if said.one(name)}
    if said.one("number"):
        changes["number"] = said.one("number")
    if code:
        changes["currency"] = code
    if said.one("supplier_id"):
        changes["supplier_id"] = SupplierId(said.one("supplier_id"))
    if said.one("kind"):
        changes["kind"] = _kind(said.one("kind"))
    if "orders" in said.fields:
        changes["orders"] = tuple(PoNumber(each) for each in said.all("orders"))
    changes["right_as_it_is"] = tuple(int(each) for each in said.all("right_as_it_is") if each.isascii() and each.isdigit())
    changes["lines"] = tuple(_line(present, each, unit_of) for each in lines)
    changes["without"] = tuple(said.all("without"))
    command = EditBill(bill_id, said.version, actor, reason=said.one("reason"), cause=cause(), **changes)
    return edit_invoice.edit(site.services, command)


def _kind(text: str) -> BillKind:
    if text not in set(BillKind):
        raise Malformed(f"“{text[:40]}” is no kind of supplier invoice.")
    return BillKind(text)


def day_of(text: str) -> date:
    """A date of a form."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Malformed(f"“{text[:40]}” is no date such as 2026-03-31.") from None


def _money(text: str, of: Currency | None) -> Money:
    if of is None:
        raise Malformed("Please name the currency of the amounts first.")
    return Money.parse(text, of)


def _line(present: SupplierBill, said: Said, unit_of: Currency | None) -> BillLine:
    """A line with what was said of it; a name that is new is a new line."""
    known = present.line(said.one("line")) or BillLine(said.one("line"), None)
    changes: dict[str, Any] = {name: said.one(name) for name in _OF_A_LINE if said.one(name)}
    for name in ("quantity", "rate"):
        if said.one(name):
            changes[name] = _number(said.one(name))
    if said.one("amount"):
        changes["amount"] = _money(said.one("amount"), unit_of)
    return replace(known, **changes)


def _number(text: str) -> Decimal:
    return exact(text)
