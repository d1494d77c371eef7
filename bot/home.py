"""The Home tab: what waits for this person, published when they look and after each of their clicks there."""

from bot.desk import Desk


def publish(_desk: Desk, _user: str, _team: str, _memory: str = "") -> None:
    """Draw a person's Home tab."""
