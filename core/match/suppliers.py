"""Which supplier does a document come from? By tax number, name (or alias) and the domain of the sender, never by guessing.

Tax numbers are certain; a name counts when it is equal but for case, punctuation and legal form; a domain counts last. The
strongest signal that speaks decides; where it fits several suppliers, a weaker one may tell them apart, else a person does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from core.domain.ids import SupplierId
from core.domain.payables import Supplier
from core.domain.supplier_bills import RecognisedBy
from core.match.normal import compact, full_name_key, name_key

_SHORTEST_TAX_ID: Final = 5


@dataclass(frozen=True, slots=True)
class Recognised:
    """The suppliers that a document may come from (one is certain, several are a tie, none is unknown) and what says so."""

    suppliers: tuple[SupplierId, ...] = ()
    by: tuple[RecognisedBy, ...] = ()


def recognise(suppliers: Sequence[Supplier], name: str, tax_id: str, sender: str) -> Recognised:
    """Whose a document is, by the tax number and name on it and the address that sent it; any of them may be empty."""
    signals = (
        (RecognisedBy.TAX_ID, _by_tax_id(suppliers, tax_id)),
        (RecognisedBy.NAME, _by_full_name(suppliers, name)),
        (RecognisedBy.NAME, _by_name(suppliers, name)),
        (RecognisedBy.DOMAIN, _by_domain(suppliers, sender)),
    )
    candidates: set[SupplierId] = set()
    by: list[RecognisedBy] = []
    for sign, fits in signals:
        # A weaker signal may choose among those of a stronger one, and never adds to them.
        chosen = (candidates & fits or candidates) if candidates else fits
        if chosen != candidates:
            by.append(sign)
        candidates = chosen
        if len(candidates) == 1:
            break
    return Recognised(tuple(sorted(candidates)), tuple(dict.fromkeys(by)))


def _by_tax_id(suppliers: Sequence[Supplier], tax_id: str) -> set[SupplierId]:
    key = compact(tax_id)
    if len(key) < _SHORTEST_TAX_ID:
        return set()
    return {each.id for each in suppliers if key in {compact(known) for known in each.tax_ids}}


def _by_full_name(suppliers: Sequence[Supplier], name: str) -> set[SupplierId]:
    key = full_name_key(name)
    return {each.id for each in suppliers if key and key in {full_name_key(known) for known in (each.name, *each.aliases)}}


def _by_name(suppliers: Sequence[Supplier], name: str) -> set[SupplierId]:
    key = name_key(name)
    return {each.id for each in suppliers if key and key in {name_key(known) for known in (each.name, *each.aliases)}}


def _by_domain(suppliers: Sequence[Supplier], sender: str) -> set[SupplierId]:
    domain = sender.rpartition("@")[2].lower()
    return {each.id for each in suppliers if domain and domain in each.email_domains}
