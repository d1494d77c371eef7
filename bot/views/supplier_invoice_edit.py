"""The form in which a person changes what an invoice says, or says that a doubtful value is right as it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from bot.actions import Pressed
from bot.cards import parts
from bot.cards import supplier_invoice as card
from bot.cards.parts import Block, Element
from bot.desk import Desk
from bot.payloads import Interaction, picked, typed
from bot.views.memory import Memory
from core.app.payables.views import BillView
from core.domain.errors import Malformed
from core.domain.ids import SupplierId
from core.domain.money import Currency, Money, currency
from core.domain.supplier_bills import BillKind

CALLBACK: Final = "bill.edit"
MAIN: Final = "number"
PICK: Final = "bill.supplier"
_FIELD: Final = "bill.field"
_RIGHT: Final = "right"
_MOST_QUESTIONS: Final = 10


def first(view: BillView, pressed: Pressed) -> Block:
    """The form with the values as they are; a field left alone or emptied stays as it is."""
    blocks = [parts.section(parts.plain(card.summary(view), 300), "subject"), *_asked(view)]
    supplier: Element = {
        "type": "external_select",
        "action_id": PICK,
        "placeholder": parts.plain("Name or number", 150),
        "min_query_length": 0,
    }
    if view.supplier_id is not None:
        supplier["initial_option"] = parts.option(view.supplier or view.supplier_id, view.supplier_id)
    kinds = [
        parts.option("PO invoice", BillKind.PO_INVOICE.value),
        parts.option("Invoice without an order", BillKind.PLAIN.value),
    ]
    kind: Element = {"type": "static_select", "action_id": _FIELD, "options": kinds}
    kind["initial_option"] = kinds[0] if view.kind is BillKind.PO_INVOICE else kinds[1]
    blocks += [
        parts.entry("Invoice number", _text(view.number), MAIN, optional=True),
        parts.entry("Supplier", supplier, "supplier", optional=True),
        parts.entry("Invoice date", _date(view.invoice_date), "invoice_date", optional=True),
        parts.entry("Due date", _date(view.due_date), "due_date", optional=True),
        parts.entry("Last day of the early-payment discount", _date(view.discount_until), "discount_until", optional=True),
        parts.entry("Currency", _text(view.currency), "currency", hint="Three letters, such as USD.", optional=True),
        parts.entry("Total with tax", _text(_amount(view.total)), "total", optional=True),
        parts.entry("Tax", _text(_amount(view.tax)), "tax", optional=True),
        parts.entry("Kind", kind, "kind"),
    ]
    return parts.modal("Edit the invoice", CALLBACK, blocks, submit="Save", memory=Memory(pressed).text())


def _asked(view: BillView) -> list[Block]:
    """What is asked, and a tick for each value that may be right as it is."""
    if not view.questions:
        return []
    items = [("", each.sentence) for each in view.questions]
    shown = [parts.bullets(items[:_MOST_QUESTIONS], "asked")]
    open_ones = [each for each in view.questions if each.stops and each.may_be_right][:_MOST_QUESTIONS]
    if open_ones:
        boxes: Element = {
            "type": "checkboxes",
            "action_id": _FIELD,
            "options": [parts.option(each.sentence, str(each.place)) for each in open_ones],
        }
        shown.append(parts.entry("Right as it is", boxes, _RIGHT, hint="Tick what needs no change.", optional=True))
    return shown


def _text(value: str) -> Element:
    element: Element = {"type": "plain_text_input", "action_id": _FIELD, "max_length": 100}
    return {**element, "initial_value": parts.safe(value, 100)} if value else element


def _amount(value: Money | None) -> str:
    return f"{value.decimal():f}" if value is not None else ""


def _date(value: date | None) -> Element:
    element: Element = {"type": "datepicker", "action_id": _FIELD}
    return {**element, "initial_date": value.isoformat()} if value is not None else element


def options(desk: Desk, at: Interaction) -> list[dict[str, Any]]:
    """Suppliers by name or number."""
    with desk.services.store.read() as unit:
        found = unit.orders.search_suppliers(at.value, 20)
    return [parts.option(f"{each.name} ({each.id})", each.id) for each in found]


@dataclass(frozen=True, slots=True)
class Said:
    """What was changed, as an `EditBill` takes it; `errors` by input where something cannot be read."""

    changes: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


def read(view: BillView, at: Interaction) -> Said:
    """The form's answers that differ from the invoice as it is."""
    errors: dict[str, str] = {}
    given: dict[str, Any] = {"number": typed(at.values, MAIN, _FIELD).strip() or view.number}
    supplier = typed(at.values, "supplier", PICK)
    given["supplier_id"] = SupplierId(supplier) if supplier else view.supplier_id
    for name in ("invoice_date", "due_date", "discount_until"):
        text = typed(at.values, name, _FIELD)
        given[name] = date.fromisoformat(text) if text else getattr(view, name)
    given["kind"] = BillKind(typed(at.values, "kind", _FIELD) or view.kind)
    code = typed(at.values, "currency", _FIELD).strip().upper() or view.currency
    given["currency"] = code
    unit = _currency(code, errors)
    for name in ("total", "tax"):
        given[name] = _money(typed(at.values, name, _FIELD).strip(), unit, name, errors) or getattr(view, name)
    changes = {name: value for name, value in given.items() if value != getattr(view, name)}
    if not changes.get("currency", "x"):
        changes.pop("currency")
    right = tuple(int(value) for value in picked(at.values, _RIGHT, _FIELD) if value.isdigit())
    if right:
        changes["right_as_it_is"] = right
    return Said(changes, errors)


def _currency(code: str, errors: dict[str, str]) -> Currency | None:
    try:
        return currency(code) if code else None
    except Malformed as error:
        errors["currency"] = error.sentence
        return None


def _money(text: str, unit: Currency | None, name: str, errors: dict[str, str]) -> Money | None:
    if not text:
        return None
    if unit is None:
        errors.setdefault("currency", "Please name the currency of the amounts.")
        return None
    try:
        return Money.parse(text, unit)
    except Malformed as error:
        errors[name] = error.sentence
        return None
