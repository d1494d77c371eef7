"""Alerts to operators: something could not be taken, fell silent, or came back."""

from bot.actions import ENTER_CODE
from bot.cards import parts
from bot.cards.digest import body
from bot.cards.parts import Message
from core.app.reporting import Report


def message(report: Report) -> Message:
    """An alert in the operators' channel; a login that a person can help with has its buttons."""
    blocks = body(report)
    if report.login:
        buttons = [parts.button("Try the login", "portals.try", report.login, f"Try the login {report.login}")]
        if report.wants_code:
            enter = parts.button("Enter a code …", ENTER_CODE, report.login, f"Enter a code for {report.login}", "primary")
            buttons = [enter, *buttons]
        blocks.append(parts.actions(buttons, "report:login"))
    return Message(parts.escaped(f"{report.headline}.", 200), blocks)
