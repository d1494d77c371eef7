"""What the stories work with: the adapters behind their ports, handed in once by `core.bootstrap`."""

from dataclasses import dataclass, field

from core.app.matching import Matcher
from core.ports.outside import AnswersLater, Clock, DocumentReader, Ledger, LedgerTables
from core.ports.payables import BillLedger, PayablesTables, Sender
from core.ports.portals import InvoiceFiles, Vault
from core.ports.store import Store


@dataclass(frozen=True, slots=True)
class Services:
    """Everything a story may reach.

    `cards_per_import` is how many single cards an import may publish before it is a digest. `answers` is the ledger again where
    it answers by file. A list of open documents that would close more than `most_closed_percent` of them needs a person.
    `vault` seals portal logins; pictures of drafts over `most_picture_bytes` are not kept.
    """

    store: Store
    clock: Clock
    reader: DocumentReader
    matcher: Matcher
    cards_per_import: int = 20
    ledger: Ledger | None = None
    answers: AnswersLater | None = None
    tables: LedgerTables | None = None
    most_closed_percent: int = 50
    payables_tables: PayablesTables | None = None
    bill_ledger: BillLedger | None = None
    sender: Sender = field(default_factory=Sender)
    vault: Vault | None = None
    invoice_files: InvoiceFiles | None = None
    most_picture_bytes: int = 3_000_000
