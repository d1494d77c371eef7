"""One-time codes (RFC 6238, 30 s): made late, used once, never twice whatever came of it.

A portal refuses a code that it has seen, and some lock the account after a few refusals. So a time step is claimed before its
code is typed, the claim outlives the process, and near the end of a step we wait for the next.
"""

import base64
import binascii
import re
from collections.abc import Callable
from typing import Final

from pyotp.totp import TOTP

from core.domain.errors import OneTimeCodeMissing
from core.ports.outside import Clock
from core.ports.portal import PortalCredential, UsedCodes

STEP_S: Final = 30
LATEST_S: Final = 5
"""A code with less than this left is not typed: it would be stale when the portal looks at it."""

_MOST_WAITS: Final = 4


class OneTimeCodes:
    """Makes codes for one credential. `pause` is told how many seconds to wait."""

    def __init__(self, credential: PortalCredential, used: UsedCodes, clock: Clock, pause: Callable[[float], None]) -> None:
        self._credential = credential
        self._used = used
        self._clock = clock
        self._pause = pause

    def next_code(self) -> str:
        """A code that was never used; waits for the next time step where this one was, or is nearly over."""
        maker = TOTP(secret_of(self._credential))
        for _ in range(_MOST_WAITS):
            now = self._clock.now().timestamp()
            step, into = int(now // STEP_S), now % STEP_S
            if STEP_S - into > LATEST_S and self._used.claim(self._credential.id, step):
                return str(maker.at(step * STEP_S))
            self._pause(STEP_S - into + 0.5)
        raise OneTimeCodeMissing(
            "No one-time code could be had that was not used before; is the clock of this machine right?",
            credential=self._credential.id,
        )


def secret_of(credential: PortalCredential) -> str:
    """The secret as portals hand it out (base32, 16 characters and more), without the blanks that people copy with it."""
    plain = re.sub(r"[\s-]", "", credential.one_time_secret).upper()
    if not plain:
        raise OneTimeCodeMissing(
            "The portal asks for a one-time code, and this login has no secret for them: add it to the login.",
            credential=credential.id,
        )
    try:
        base64.b32decode(plain + "=" * (-len(plain) % 8))
    except (binascii.Error, ValueError):
        raise OneTimeCodeMissing(
            "The one-time secret of this login is not one: copy the code that stands below the QR image.",
            credential=credential.id,
        ) from None
    return plain
