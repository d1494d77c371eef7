"""What every driver is given besides its login."""

from collections.abc import Callable
from dataclasses import dataclass, field

from core.ports.outside import Clock
from core.ports.portal import PersonsCodes, PortalSeats, SessionKeeper, UsedCodes


class Nobody:
    """`PersonsCodes` where no person is at hand."""

    def code(self, _credential: str, /) -> str | None:
        """Nobody says anything."""
        return None


@dataclass(frozen=True, slots=True)
class PortalTools:
    """What a driver is given besides its login. `pause` waits so many seconds; `person` may have a code, or is nobody."""

    seats: PortalSeats
    codes: UsedCodes
    sessions: SessionKeeper
    clock: Clock
    pause: Callable[[float], None]
    person: PersonsCodes = field(default_factory=Nobody)
