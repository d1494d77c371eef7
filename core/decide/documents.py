"""Who may hand in which file. The watched folder needs nobody's permission: who may write there is decided by who runs it."""

from collections.abc import Collection
from typing import Final

from core.decide.machine import Denied
from core.domain.actors import ActorKind, Entitled, Permission
from core.domain.keeping import SourceKind

_LEDGER: Final = frozenset({Permission.POST_PAYMENTS, Permission.OPERATE})
_ORDERS: Final = frozenset({Permission.POST_SUPPLIER_INVOICES, Permission.UPLOAD_AND_CODE, Permission.OPERATE})
_MONEY: Final = frozenset({Permission.APPLY_PAYMENTS, Permission.OPERATE})
WHO: Final[dict[SourceKind, Collection[Permission]]] = {
    SourceKind.CUSTOMERS: _LEDGER,
    SourceKind.INVOICES: _LEDGER,
    SourceKind.ACKNOWLEDGEMENT: _LEDGER,
    SourceKind.BANK_FILE: _MONEY,
    SourceKind.REMITTANCE: _MONEY,
    SourceKind.MAIL: _MONEY,
    SourceKind.SUPPLIERS: _ORDERS,
    SourceKind.PURCHASE_ORDERS: _ORDERS,
    SourceKind.RECEIPTS: _ORDERS,
    SourceKind.UNITS: _ORDERS,
    SourceKind.SUPPLIER_INVOICES: _ORDERS,
    SourceKind.SUPPLIER_DOCUMENT: _ORDERS,
    SourceKind.BILL_ACKNOWLEDGEMENT: frozenset({Permission.POST_SUPPLIER_INVOICES, Permission.OPERATE}),
    # Before it is read nobody knows which of these it is; then its own line counts.
    SourceKind.UNKNOWN: _MONEY | _ORDERS,
}


def may_hand_in(kind: SourceKind, by: Entitled) -> Denied | None:
    """None, or the sentence for a person who is not entitled to hand in a file of this kind."""
    if by.actor.kind is not ActorKind.PERSON or any(by.may(permission) for permission in WHO[kind]):
        return None
    return Denied("not_permitted", f"You are not entitled to hand in {_WORDS[kind]}; an administrator can change your roles.")


_WORDS: Final = {
    SourceKind.CUSTOMERS: "the ledger's customers",
    SourceKind.INVOICES: "the ledger's open documents",
    SourceKind.ACKNOWLEDGEMENT: "the ledger's acknowledgements",
    SourceKind.BANK_FILE: "bank files",
    SourceKind.REMITTANCE: "remittances",
    SourceKind.MAIL: "mails",
    SourceKind.SUPPLIERS: "the ledger's suppliers",
    SourceKind.PURCHASE_ORDERS: "purchase orders",
    SourceKind.RECEIPTS: "receipts",
    SourceKind.UNITS: "unit conversions",
    SourceKind.SUPPLIER_INVOICES: "supplier invoices",
    SourceKind.SUPPLIER_DOCUMENT: "supplier invoices",
    SourceKind.BILL_ACKNOWLEDGEMENT: "the ledger's acknowledgements of bills",
    SourceKind.UNKNOWN: "documents",
}
