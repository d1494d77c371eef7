"""The window of the rules of approval: who approves, what they may, who is reminded, from which day."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from bot.cards import parts
from bot.cards.parts import Block, Element
from bot.payloads import Interaction, picked, typed
from core.domain.versioned import PayablesPolicy

OPEN: Final = "approval.open"
SET: Final = "approval.set"
DAY: Final = "day"
APPROVERS: Final = "approvers"
_NAME: Final = "name"
_RULES: Final = "rules"
_FIELD: Final = "approval.field"
_ESCALATE: Final = "escalate_after_days"
_DISCOUNT: Final = "discount_warning_days"
_MOST_DAYS: Final = 366
_ADDRESS: Final = re.compile(r"[^\s,;]+")
_SWITCHES: Final = {
    "approval_on_matched": ("Matched PO invoices are approved too", "Off: an invoice without differences is ready to post."),
    "approvers_may_edit": ("Approvers may edit", "They may link, unlink and re-run lines, and edit invoice details."),
    "four_eyes": ("Four eyes", "Whoever handed an invoice in or sent it for approval does not approve it."),
}


def window(now: PayablesPolicy, day: date) -> Block:
    """The form, with the rules that hold on `day`."""
    choices = [parts.option(label, key, about) for key, (label, about) in _SWITCHES.items()]
    on = [choice for choice in choices if getattr(now, choice["value"])]
    switches: Element = {"type": "checkboxes", "action_id": _FIELD, "options": choices}
    addresses: Element = {"type": "plain_text_input", "action_id": _FIELD, "multiline": True, "max_length": 2000}
    calendar: Element = {"type": "datepicker", "action_id": _FIELD, "initial_date": day.isoformat()}
    called: Element = {"type": "plain_text_input", "action_id": _FIELD, "max_length": 60}
    said = f"The rules that hold now are “{now.version}”."
    blocks = [
        parts.section(parts.plain(said), "what"),
        parts.entry("Rules", {**switches, "initial_options": on} if on else switches, _RULES, optional=True),
        parts.entry(
            "Approvers",
            {**addresses, "initial_value": "\n".join(now.approvers)} if now.approvers else addresses,
            APPROVERS,
            hint="E-mail addresses of those who are asked where an invoice names nobody, one a line.",
            optional=True,
        ),
        parts.entry("Report a line that waits for its receipt after days", _days(now.escalate_after_days), _ESCALATE),
        parts.entry("Warn of a discount that ends in days", _days(now.discount_warning_days), _DISCOUNT),
        parts.entry("Set from", calendar, DAY, hint="A day that has passed is not possible."),
        parts.entry("Called", called, _NAME, hint="Kept with the history.", optional=True),
    ]
    return parts.modal("Approval", SET, blocks, submit="Set")


def _days(value: int) -> Element:
    return {
        "type": "number_input",
        "action_id": _FIELD,
        "is_decimal_allowed": False,
        "min_value": "0",
        "max_value": str(_MOST_DAYS),
        "initial_value": str(value),
    }


def read(at: Interaction) -> tuple[PayablesPolicy | None, Mapping[str, str]]:
    """The rules that were set, or what is wrong beside the inputs."""
    wrong: dict[str, str] = {}
    on = set(picked(at.values, _RULES, _FIELD))
    approvers = tuple(dict.fromkeys(_ADDRESS.findall(typed(at.values, APPROVERS, _FIELD))))
    for address in approvers:
        if "@" not in address.strip("@"):
            wrong[APPROVERS] = f"“{address[:60]}” is no e-mail address."
    days = {block: typed(at.values, block, _FIELD).strip() for block in (_ESCALATE, _DISCOUNT)}
    for block, text in days.items():
        if not (text.isascii() and text.isdigit() and int(text) <= _MOST_DAYS):
            wrong[block] = f"Please give a number of days from 0 to {_MOST_DAYS}."
    day = typed(at.values, DAY, _FIELD)
    if not day:
        wrong[DAY] = "Please choose the first day."
    if wrong:
        return None, wrong
    return PayablesPolicy(
        typed(at.values, _NAME, _FIELD).strip() or f"approval from {day}",
        date.fromisoformat(day),
        approvers=approvers,
        escalate_after_days=int(days[_ESCALATE]),
        discount_warning_days=int(days[_DISCOUNT]),
        **{key: key in on for key in _SWITCHES},
    ), {}


def button() -> Element:
    """The button that opens the window."""
    return parts.button("Approval rules", OPEN, "approval", "Set who approves supplier invoices, and how")
