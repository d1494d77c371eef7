"""What the stories work with: the adapters behind their ports, handed in once by `core.bootstrap`."""

from dataclasses import dataclass

from core.app.matching import Matcher
from core.ports.outside import Clock, DocumentReader
from core.ports.store import Store


@dataclass(frozen=True, slots=True)
class Services:
    """Everything a story may reach. `cards_per_import` is how many single cards an import may publish before it is a digest."""

    store: Store
    clock: Clock
    reader: DocumentReader
    matcher: Matcher
    cards_per_import: int = 20
