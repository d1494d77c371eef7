"""What a rule may look at: one immutable record. A rule gets nothing else, so it cannot write, send or ask the world."""

from collections.abc import Callable
from dataclasses import dataclass, field

from core.domain.evidence import Finding
from mail.authentication_results import Authentication
from mail.envelope import Envelope
from mail.on_file import OnFile


@dataclass(frozen=True, slots=True)
class ReadFacts:
    """What the document reader found in the mail, as far as the rules care. `unreadable` are the reader's sentences.

    `dispute` is the dispute of ours that the mail answers, once the core has taken the answer.
    """

    remittances: int = 0
    bank_lines: int = 0
    supplier_invoices: int = 0
    dispute: str = ""
    unreadable: tuple[str, ...] = ()
    password_protected: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """One mail before the rules. `signed_by_us` says that our private header is there with a right signature."""

    envelope: Envelope
    size: int
    size_cap: int
    whole: bool = True
    signed_by_us: bool = False
    own_addresses: frozenset[str] = frozenset()
    seen_before: bool = False
    authentication: Authentication = Authentication.UNKNOWN
    findings: tuple[Finding, ...] = ()
    on_file: OnFile = field(default_factory=OnFile)
    bank_file_senders: frozenset[str] = frozenset()
    read: ReadFacts = field(default_factory=ReadFacts)


Rule = Callable[[Case], str]
"""A question: the sentence that says why it hits, or an empty one for a miss."""
