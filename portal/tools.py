"""What every driver is given besides its login."""

from collections.abc import Callable
from dataclasses import dataclass

from core.ports.outside import Clock
from core.ports.portal import PortalSeats, SessionKeeper, UsedCodes


@dataclass(frozen=True, slots=True)
class PortalTools:
    """What a driver is given besides its login. `pause` waits so many seconds."""

    seats: PortalSeats
    codes: UsedCodes
    sessions: SessionKeeper
    clock: Clock
    pause: Callable[[float], None]
