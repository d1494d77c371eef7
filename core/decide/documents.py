"""Who may hand in which file. The watched folder needs nobody's permission: who may write there is decided by who runs it."""

from collections.abc import Collection
from typing import Final

from core.decide.machine import Denied
from core.domain.actors import ActorKind, Entitled, Permission
from core.domain.keeping import SourceKind

_LEDGER: Final = frozenset({Permission.POST_PAYMENTS, Permission.OPERATE})
_MONEY: Final = frozenset({Permission.APPLY_PAYMENTS, Permission.OPERATE})
WHO: Final[dict[SourceKind, Collection[Permission]]] = {
    SourceKind.CUSTOMERS: _LEDGER,
    SourceKind.INVOICES: _LEDGER,
    SourceKind.ACKNOWLEDGEMENT: _LEDGER,
    SourceKind.BANK_FILE: _MONEY,
    SourceKind.REMITTANCE: _MONEY,
    SourceKind.MAIL: _MONEY,
    SourceKind.UNKNOWN: _MONEY,
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
    SourceKind.UNKNOWN: "bank files and remittances",
}
