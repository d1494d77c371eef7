"""How the driver behaves towards a plain portal, and every write that it may make there."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from portal.guard import KnownWrite


@dataclass(frozen=True, slots=True)
class PlainOptions:
    """`may_confirm` allows the robot to confirm an order, which binds us: off, a person does that. Times in seconds."""

    address: str
    may_confirm: bool = False
    patience_s: float = 30.0
    settle_s: float = 60.0
    lookups_apart_s: float = 3.0
    pace_s: float = 1.5

    @property
    def portal_host(self) -> re.Pattern[str]:
        """The one host of the portal."""
        return re.compile(re.escape(urlsplit(self.address).hostname or ""))

    @property
    def writes(self) -> tuple[KnownWrite, ...]:
        """Logging in, working out the total, keeping a draft; confirming an order where that is allowed. Nothing sends."""
        host, form = self.portal_host, re.compile(r"/c/[a-z0-9-]+/orders/\d+/invoice")
        known = [
            KnownWrite("logging in", host, re.compile(r"/login")),
            KnownWrite("working out the total", host, form, re.compile("Recalculate")),
            KnownWrite("keeping a draft", host, form, re.compile("Keep"), once=True),
        ]
        if self.may_confirm:
            confirm = re.compile(r"/c/[a-z0-9-]+/orders/\d+/confirm")
            known.append(KnownWrite("confirming an order", host, confirm, bare=True))
        return tuple(known)
