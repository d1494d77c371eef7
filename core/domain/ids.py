"""Typed ids, and keys that protect what must happen once.

Ids of ours are short and speakable (`P-1042`), because people type them into Slack. A key is derived from what it protects
(payment and version), never random per attempt: asking twice with one key is asking once.
"""

import hashlib
from typing import NewType

EntityId = NewType("EntityId", str)
CustomerId = NewType("CustomerId", str)
InvoiceNumber = NewType("InvoiceNumber", str)
PaymentId = NewType("PaymentId", str)
BankLineId = NewType("BankLineId", str)
RemittanceId = NewType("RemittanceId", str)
SourceId = NewType("SourceId", str)
MailId = NewType("MailId", str)
PersonId = NewType("PersonId", str)
OutboxId = NewType("OutboxId", int)
SupplierId = NewType("SupplierId", str)
SupplierInvoiceNumber = NewType("SupplierInvoiceNumber", str)
PoNumber = NewType("PoNumber", str)
Key = NewType("Key", str)

DEFAULT_ENTITY = EntityId("main")


def content_hash(data: bytes) -> str:
    """SHA-256 of `data` in hexadecimal: the identity of a document."""
    return hashlib.sha256(data).hexdigest()


def posting_key(payment: PaymentId, version: int) -> Key:
    """The key under which a payment goes to the ledger; `version` is that of the payment when the person pressed Post."""
    return Key(f"post:{payment}:v{version}")


def card_key(subject_kind: str, subject_id: str, version: int) -> Key:
    """The key of one rendering of a card."""
    return Key(f"card:{subject_kind}:{subject_id}:v{version}")
