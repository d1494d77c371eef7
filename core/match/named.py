"""What the payer's words mean when read for one scope of customers, and the sets of documents that they can mean together."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Final

from core.domain.ids import InvoiceNumber
from core.match.hypotheses import Desk
from core.match.ledger import OpenDocument
from core.match.mentions import Mention

_MOST_CHOICES: Final = 1000
FEW_CHOICES: Final = 4


@dataclass(slots=True)
class Named:
    """The mentions as read in one scope."""

    certain: list[OpenDocument] = field(default_factory=list)
    choices: list[tuple[Mention, list[OpenDocument]]] = field(default_factory=list)
    groups: list[tuple[Mention, list[OpenDocument]]] = field(default_factory=list)
    doubtful: list[OpenDocument] = field(default_factory=list)
    tails: list[OpenDocument] = field(default_factory=list)
    weights: dict[InvoiceNumber, tuple[str, float]] = field(default_factory=dict)

    @property
    def grouped(self) -> list[OpenDocument]:
        """All documents of the orders that are named."""
        return [document for _, group in self.groups for document in group]

    def sure(self, document: OpenDocument, mention: Mention, weight: float) -> None:
        """This word means this document."""
        if all(document is not known for known in self.certain):
            self.certain.append(document)
            self.weights[document.number] = (mention.text, weight)


def all_bases(named: Named, desk: Desk) -> Iterator[list[OpenDocument]]:
    """The certain documents with one choice for every ambiguous word; and with all documents of the orders named."""
    grouped = named.grouped
    if math.prod(len(options) for _, options in named.choices) > _MOST_CHOICES:
        desk.limit("choices")
        yield distinct([*named.certain, *grouped])
        return
    for chosen in product(*(options for _, options in named.choices)):
        if len({document.number for document in chosen}) == len(chosen):
            yield distinct([*named.certain, *grouped, *chosen])
    if named.groups and (named.certain or named.choices):
        yield list(named.certain)
    if any(not mention.hits for mention, _ in named.choices):
        yield list(named.certain)


def with_doubtful(bases: Sequence[list[OpenDocument]], named: Named) -> list[list[OpenDocument]]:
    """The first few bases with one document that may be meant besides; and with all whose last digits stand behind a number."""
    more = [[document] for document in (*named.doubtful[: FEW_CHOICES * 2], *named.tails[: FEW_CHOICES * 2])]
    if len(named.tails) > 1:
        more.append(named.tails)
    return [distinct([*base, *documents]) for base in bases[:FEW_CHOICES] for documents in more]


def distinct(documents: Iterable[OpenDocument]) -> list[OpenDocument]:
    """Each document once, in the order of their first naming."""
    return list({document.number: document for document in documents}.values())
