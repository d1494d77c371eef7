"""A word of the payer that stands for documents of ours, before it is settled which."""

from dataclasses import dataclass
from enum import StrEnum

from core.match.ledger import OpenDocument
from core.match.schemes import Level

Hit = tuple[Level, OpenDocument]


class MentionKind(StrEnum):
    """What a written word stands for."""

    DOCUMENT = "document"
    RANGE = "range"
    ORDER = "order"


@dataclass(frozen=True, slots=True)
class Mention:
    """A word that can mean one of `hits` (`DOCUMENT`), or all of them of one customer (`RANGE`, `ORDER`).

    `ordered`: the word may instead be the number of an order with these documents. `doubtful`: it may be the beginning of a
    longer number (`DOCUMENT`), or the last digits of further ones behind a number (`RANGE`), and counts only where the amount
    confirms it exactly.
    """

    text: str
    kind: MentionKind
    digits: int
    hits: tuple[Hit, ...]
    at: int = 0
    ordered: tuple[Hit, ...] = ()
    doubtful: bool = False
