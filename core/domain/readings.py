"""What a reader says a document holds: neutral records, before anything is decided or stored.

A reader never guesses: what it could not read is an `UnreadablePart` with the place, what looks odd but spoils no line is a
`Problem`. Good lines are never thrown away because of bad neighbours.
"""

from dataclasses import dataclass
from datetime import date

from core.domain.money import Money
from core.domain.payments import Direction
from core.domain.remittance import RemittanceLine


@dataclass(frozen=True, slots=True)
class ReadBankLine:
    """One line of a bank file. `amount` is never negative; a reversed credit is a debit with `reversal`.

    `entry` names the entry that this line is a detail of; an entry with details is not repeated as a line of its own.
    `ordinal` counts lines of one file that are alike in everything, from 1.
    """

    where: str
    account: str
    value_date: date
    amount: Money
    direction: Direction
    bank_id: str = ""
    payer_name: str = ""
    payer_account: str = ""
    references: tuple[str, ...] = ()
    text: str = ""
    method: str = ""
    entry: str = ""
    reversal: bool = False
    return_code: str = ""
    ordinal: int = 1


@dataclass(frozen=True, slots=True)
class ReadRemittance:
    """One advice found in a document; `where` is the part, page, sheet or table it was found in."""

    where: str
    lines: tuple[RemittanceLine, ...]
    complete: bool
    payer_name: str = ""
    total: Money | None = None
    currency: str = ""
    payment_reference: str = ""
    paid_on: date | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something odd that spoils no line: a control total that does not tie, an unknown code."""

    where: str
    why: str


@dataclass(frozen=True, slots=True)
class UnreadablePart:
    """Something that could not be read, and the sentence that says why."""

    where: str
    why: str


@dataclass(frozen=True, slots=True)
class Reading:
    """All that one document says. An empty or unknown document has at least one `unreadable` part."""

    source: str
    format: str
    bank_lines: tuple[ReadBankLine, ...] = ()
    remittances: tuple[ReadRemittance, ...] = ()
    problems: tuple[Problem, ...] = ()
    unreadable: tuple[UnreadablePart, ...] = ()
