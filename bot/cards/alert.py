"""Alerts to operators: something could not be taken, fell silent, or came back."""

from bot.cards import parts
from bot.cards.digest import body
from bot.cards.parts import Message
from core.app.reporting import Report


def message(report: Report) -> Message:
    """An alert in the operators' channel."""
    return Message(parts.escaped(f"{report.headline}.", 200), body(report))
