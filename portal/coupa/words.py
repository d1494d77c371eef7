"""The portal's words and what they mean to us: statuses, and the sentences with which it refuses. Nothing is guessed."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from core.domain.errors import (
    AlreadyInPortal,
    NotInvoiceable,
    PortalActionNeeded,
    PortalRefusedField,
    PortalRefusedFile,
    ProjectError,
)
from core.domain.portal_orders import OrderStatus, PortalInvoiceStatus

ORDER_STATUSES: Final[Mapping[str, OrderStatus]] = MappingProxyType(
    {
        "issued": OrderStatus.ISSUED,
        "buyer hold": OrderStatus.ON_HOLD,
        "currency hold": OrderStatus.ON_HOLD,
        "supplier hold": OrderStatus.ON_HOLD,
        "supplier window hold": OrderStatus.ON_HOLD,
        "soft closed": OrderStatus.SOFT_CLOSED,
        "closed": OrderStatus.CLOSED,
        "cancelled": OrderStatus.CANCELLED,
        "draft": OrderStatus.DRAFT,
        "error": OrderStatus.ERROR,
    }
)
INVOICE_STATUSES: Final[Mapping[str, PortalInvoiceStatus]] = MappingProxyType(
    {
        "draft": PortalInvoiceStatus.DRAFT,
        "new": PortalInvoiceStatus.DRAFT,
        "processing": PortalInvoiceStatus.PROCESSING,
        "pending approval": PortalInvoiceStatus.PENDING_APPROVAL,
        "pending receipt": PortalInvoiceStatus.PENDING_RECEIPT,
        "approved": PortalInvoiceStatus.APPROVED,
        "on hold": PortalInvoiceStatus.ON_HOLD,
        "ap hold": PortalInvoiceStatus.ON_HOLD,
        "booking hold": PortalInvoiceStatus.ON_HOLD,
        "disputed": PortalInvoiceStatus.DISPUTED,
        "abandoned": PortalInvoiceStatus.ABANDONED,
        "rejected": PortalInvoiceStatus.REJECTED,
        "voided": PortalInvoiceStatus.VOIDED,
        "invalid": PortalInvoiceStatus.INVALID,
    }
)
_NUMBER_TAKEN: Final = re.compile(r"already been (?:taken|used)|must be unique|number .*already", re.IGNORECASE)
_NO_ORDER: Final = re.compile(
    r"cannot be invoiced|is (?:soft )?closed|not yours|invoicing is (?:stopped|blocked)", re.IGNORECASE
)
_FILE: Final = re.compile(r"image scan|attachment|file (?:type|size)", re.IGNORECASE)
_SET_UP: Final = re.compile(r"legal entity|remit-to|e-invoicing setup", re.IGNORECASE)
_FIELDS: Final = (
    ("Invoice number", re.compile(r"invoice (?:#|number)", re.IGNORECASE)),
    ("Invoice date", re.compile(r"invoice date|in the future", re.IGNORECASE)),
    ("Tax code", re.compile(r"tax", re.IGNORECASE)),
    ("Charges", re.compile(r"charges|shipping|handling", re.IGNORECASE)),
    ("Currency", re.compile(r"currency", re.IGNORECASE)),
    ("Quantity and price", re.compile(r"\bqty\b|quantity|price", re.IGNORECASE)),
    ("Lines", re.compile(r"\blines?\b", re.IGNORECASE)),
)


def order_status(text: str) -> OrderStatus:
    """The status that stands in front of a transmission (`Issued - Sent via Email`)."""
    return ORDER_STATUSES.get(text.partition(" - ")[0].strip().casefold(), OrderStatus.OTHER)


def invoice_status(text: str) -> PortalInvoiceStatus:
    """The status, `OTHER` for a word that is new to us."""
    return INVOICE_STATUSES.get(text.strip().casefold(), PortalInvoiceStatus.OTHER)


def refusal(texts: tuple[str, ...]) -> ProjectError:
    """What to raise for the sentences with which the portal refused a form; the weightiest decides, all are told."""
    said = " ".join(texts)[:500]
    if any(_NUMBER_TAKEN.search(text) for text in texts):
        return AlreadyInPortal(f"The portal has this invoice number already: “{said}”", text=said)
    if any(_NO_ORDER.search(text) for text in texts):
        return NotInvoiceable(f"The portal takes no invoice for this order: “{said}”", text=said)
    if any(_FILE.search(text) for text in texts):
        return PortalRefusedFile(f"The portal refused the file: “{said}”", field="Image scan", text=said)
    if any(_SET_UP.search(text) for text in texts):
        return PortalActionNeeded(f"Something has to be set up in the portal first: “{said}”", text=said)
    field = next((name for name, pattern in _FIELDS if any(pattern.search(text) for text in texts)), "Unknown")
    return PortalRefusedField(f"The portal refused {field.lower()}: “{said}”", field=field, text=said)
