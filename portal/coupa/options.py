"""How the driver behaves towards one portal. Times in seconds."""

import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from portal.guard import KnownWrite

_ANY: Final = re.compile(r".*", re.DOTALL)
_DRAFT: Final = re.compile(r"Save as Draft|save_draft|draft", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CoupaOptions:
    """`address` is that of the outer application; the customers' own pages are on other hosts of the same domain.

    `patience_s` is for a page, `save_patience_s` for the answer to the one click that saves, `settle_s` for how long the portal
    is asked for a draft whose answer never came. `pace_s` lies between two loads of a page. `approved` names elements whose
    second-best locator may be used for writing, after a person has looked. Views are used where the portal offers them. So many
    `orders_at_once` are read before they are handed over to be kept.
    """

    address: str = "https://supplier.coupahost.com"
    order_view: str = "All"
    line_view: str = "Invoiced and received"
    invoice_view: str = "Payment information"
    lookup_view: str = "All"
    patience_s: float = 30.0
    save_patience_s: float = 60.0
    settle_s: float = 90.0
    export_patience_s: float = 30.0
    pace_s: float = 1.5
    approved: frozenset[str] = frozenset()
    least_share_listed: int = 50
    language: str = "en"
    orders_at_once: int = 25
    lookups_apart_s: float = field(default=3.0)

    @property
    def domain(self) -> str:
        """What all hosts of the portal end with."""
        return (urlsplit(self.address).hostname or "").partition(".")[2]

    @property
    def portal_host(self) -> re.Pattern[str]:
        """Every host of the portal."""
        return re.compile(rf"(?:[a-z0-9-]+\.)*{re.escape(self.domain)}")

    @property
    def writes(self) -> tuple[KnownWrite, ...]:
        """Every write that the robot may make. Ending another session at login is not among them, nor is any way to submit."""
        shell = re.compile(re.escape(urlsplit(self.address).hostname or ""))
        identity = re.compile(rf"identity[a-z0-9-]*\.{re.escape(self.domain)}")
        customer = re.compile(rf"(?!supplier\.|identity)[a-z0-9-]+\.{re.escape(self.domain)}")
        return (
            KnownWrite("logging in", identity, _ANY, _ANY),
            KnownWrite("logging in", shell, re.compile(r"/sessions/(?!max_concurrent).*"), _ANY),
            KnownWrite("choosing a customer", shell, re.compile(r"/customer")),
            KnownWrite("opening the form", customer, re.compile(r"/supplier_order_headers/\d+/create_invoice")),
            KnownWrite("calculating", customer, re.compile(r"/supplier_invoices(?:/\d+)?/calculate")),
            KnownWrite("saving a draft", customer, re.compile(r"/supplier_invoices(?:/\d+)?"), _DRAFT, once=True),
            KnownWrite("deleting a draft", customer, re.compile(r"/supplier_invoices/\d+/delete")),
        )
