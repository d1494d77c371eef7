"""Windows about the owner's limits: which differences are proposed to be allowed, what they would have done, from which day."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from bot.cards import parts
from bot.cards.parts import Block, Element
from bot.desk import Desk
from bot.payloads import Interaction, typed
from core.app.payables.replay import Replay, SupplierReplay
from core.domain.codec import from_json, to_json
from core.domain.errors import Incomplete, Malformed
from core.domain.measures import exact
from core.domain.policy import Axis, Combine, Limits, ToleranceRule

OPEN: Final = "limits.open"
PROPOSE: Final = "limits.propose"
SET: Final = "limits.set"
PICK: Final = "limits.supplier"
MAIN: Final = "rate_percent_over"
DAY: Final = "day"
NAME: Final = "name"
_FIELD: Final = "limits.field"
_ITEM: Final = "item"
_SUPPLIER: Final = "supplier"
_CATEGORY: Final = "category"
_COMBINE: Final = "combine"
_LISTED: Final = 30
_AXES: Final = {Axis.RATE: "Rate", Axis.QUANTITY: "Quantity", Axis.AMOUNT: "Amount"}
_SIDES: Final = {
    "percent_over": "percent above what was expected",
    "percent_under": "percent below",
    "absolute_over": "above, as a number",
    "absolute_under": "below, as a number",
}
_SCOPES: Final[tuple[set[str], ...]] = (set(), {_ITEM}, {_SUPPLIER}, {_CATEGORY}, {_ITEM, _SUPPLIER})


def propose(version: str, rule: ToleranceRule) -> Block:
    """The form, with the limits of the whole company as they are now."""
    said = (
        f"The limits that hold now are “{version}”. Fields left empty allow nothing in that direction. "
        "You see first what your limits would have done to past invoices; nothing is changed before you set them."
    )
    supplier: Element = {"type": "external_select", "action_id": PICK, "min_query_length": 0}
    supplier["placeholder"] = parts.plain("Every supplier", 150)
    blocks = [
        parts.section(parts.plain(said), "what"),
        parts.entry("Supplier", supplier, _SUPPLIER, hint="Empty: every supplier.", optional=True),
        parts.entry("Item", _text(40), _ITEM, hint="Our item code. Empty: every item.", optional=True),
        parts.entry("Category of suppliers", _text(40), _CATEGORY, hint="Instead of a supplier or an item.", optional=True),
    ]
    for axis, words in _AXES.items():
        limits = rule.axis(axis)
        for side, about in _SIDES.items():
            known = getattr(limits, side) if limits is not None else None
            blocks.append(parts.entry(f"{words}: {about}", _number(known), f"{axis}_{side}", optional=True))
    combine = [parts.option("Both must hold", Combine.TIGHTER), parts.option("One is enough", Combine.LOOSER)]
    select: Element = {"type": "static_select", "action_id": _FIELD, "options": combine, "initial_option": combine[0]}
    blocks.append(parts.entry("Where a percentage and a number are given", select, _COMBINE))
    return parts.modal("Limits", PROPOSE, blocks, submit="Show what changes")


def _text(most: int) -> Element:
    return {"type": "plain_text_input", "action_id": _FIELD, "max_length": most}


def _number(value: Decimal | None) -> Element:
    element: Element = {"type": "number_input", "action_id": _FIELD, "is_decimal_allowed": True, "min_value": "0"}
    return {**element, "initial_value": f"{value:f}"} if value is not None else element


def options(desk: Desk, at: Interaction) -> list[dict[str, Any]]:
    """Suppliers by name or number."""
    with desk.services.store.read() as unit:
        found = unit.orders.search_suppliers(at.value, 20)
    return [parts.option(f"{each.name} ({each.id})", each.id) for each in found]


def read(at: Interaction) -> tuple[ToleranceRule, Mapping[str, str]]:
    """The rule that was proposed, and what is wrong beside the inputs."""
    errors: dict[str, str] = {}
    scope = {
        _SUPPLIER: typed(at.values, _SUPPLIER, PICK),
        _ITEM: typed(at.values, _ITEM, _FIELD).strip(),
        _CATEGORY: typed(at.values, _CATEGORY, _FIELD).strip(),
    }
    if {name for name, value in scope.items() if value} not in _SCOPES:
        errors[_CATEGORY] = "A category stands alone; leave supplier and item empty for it."
    combine = Combine(typed(at.values, _COMBINE, _FIELD) or Combine.TIGHTER)
    quantity, rate, amount = (_limits(at, axis, combine, errors) for axis in (Axis.QUANTITY, Axis.RATE, Axis.AMOUNT))
    rule = ToleranceRule(scope[_ITEM], scope[_SUPPLIER], scope[_CATEGORY], quantity, rate, amount)
    return rule, errors


def _limits(at: Interaction, axis: Axis, combine: Combine, errors: dict[str, str]) -> Limits | None:
    found: dict[str, Decimal] = {}
    for side in _SIDES:
        text = typed(at.values, f"{axis}_{side}", _FIELD).strip()
        if not text:
            continue
        try:
            found[side] = exact(text)
        except Malformed:
            errors[f"{axis}_{side}"] = "Please give a number."
        else:
            if found[side] < 0:
                errors[f"{axis}_{side}"] = "Please give a number not below zero."
    return Limits(**found, combine=combine) if found else None


def working(done: int, invoices: int) -> Block:
    """How far a long replay is."""
    said = f"Looking at past invoices: {done:,} of {invoices:,}."
    return parts.modal("Limits", "limits.working", [parts.section(parts.plain(said), "working")])


def would_change(found: Replay, rule: ToleranceRule, day: date) -> Block:
    """What the limits would have done, supplier by supplier, and from which day they shall hold."""
    added = sum(each.added for each in found.suppliers)
    said = f"{_many(found.exceptions, 'exception')} among past invoices; these limits save {found.saved} of them"
    said += f" and ask about {_many(added, 'line')} that needed nobody." if added else "."
    items = [(each.supplier or each.supplier_id, row_words(each)) for each in found.suppliers[:_LISTED]]
    if len(found.suppliers) > _LISTED:
        items.append(("", f"… and {len(found.suppliers) - _LISTED} more suppliers; “tieout policy replay” lists them all."))
    calendar: Element = {"type": "datepicker", "action_id": _FIELD, "initial_date": day.isoformat()}
    blocks = [
        parts.section(parts.plain(f"{_for_whom(rule)}: {rule_words(rule)}."), "rule"),
        parts.section(parts.plain(said), "said"),
        *([parts.bullets(items, "suppliers")] if items else []),
        parts.entry("Set from", calendar, DAY, hint="Invoices dated from this day on. A day that has passed is not possible."),
        parts.entry("Called", _text(60), NAME, hint="Kept with every line that these limits cleared.", optional=True),
    ]
    memory = json.dumps({"rule": to_json(rule)}, separators=(",", ":"))
    return parts.modal("Limits", SET, blocks, submit="Set", memory=memory)


def row_words(each: SupplierReplay) -> str:
    """One supplier: exceptions then, saved, added, and the money."""
    said = [f"{_many(each.exceptions, 'exception')} in {_many(each.invoices, 'invoice')}", f"{each.saved} saved"]
    said += [f"{each.added} asked about besides"] if each.added else []
    said += [f"{each.let_through} let through"] if each.over else []
    said += [f"{each.kept_back} charged less"] if each.under else []
    return ", ".join(said)


def _for_whom(rule: ToleranceRule) -> str:
    names = [f"{key} {getattr(rule, key)}" for key in rule.scope]
    return ("For " + " of ".join(names)) if names else "For every supplier and item"


def rule_words(rule: ToleranceRule) -> str:
    """The limits in words: `rate up to 5% above and 2% below`."""
    said = []
    for axis, words in _AXES.items():
        limits = rule.axis(axis)
        if limits is not None:
            over, under = _side(limits, "over"), _side(limits, "under")
            said.append(f"{words.lower()} {' and '.join(text for text in (over, under) if text)}")
    return "; ".join(said) or "every difference is a mismatch"


def _side(limits: Limits, side: str) -> str:
    percent, absolute = getattr(limits, f"percent_{side}"), getattr(limits, f"absolute_{side}")
    values = [f"{percent:f}%"] if percent is not None else []
    values += [f"{absolute:f}"] if absolute is not None else []
    if not values:
        return ""
    between = " and " if limits.combine is Combine.TIGHTER else " or "
    return f"up to {between.join(values)} {'above' if side == 'over' else 'below'}"


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def recalled(at: Interaction) -> ToleranceRule:
    """The rule that the window was drawn for; `Incomplete` for a window that is not of this version of us."""
    try:
        return from_json(ToleranceRule, json.loads(at.memory)["rule"])
    except (ValueError, KeyError, TypeError, Malformed) as error:
        raise Incomplete("This window is out of date. Please close it and start again.") from error


def day(at: Interaction) -> date | None:
    """From when they shall hold."""
    text = typed(at.values, DAY, _FIELD)
    return date.fromisoformat(text) if text else None


def name(at: Interaction) -> str:
    """What they shall be called."""
    return typed(at.values, NAME, _FIELD).strip()


def button() -> Element:
    """The button that opens the form."""
    return parts.button("Limits", OPEN, "limits", "Propose other limits for differences")
