"""What a reader says a document holds: neutral records, before anything is decided or stored.

A reader never guesses: what it could not read is an `UnreadablePart` with the place, what looks odd but spoils no line is a
`Problem`. Good lines are never thrown away because of bad neighbours.
"""

from dataclasses import dataclass, replace
from datetime import date

from core.domain.errors import CurrencyDiffers
from core.domain.money import NO_CURRENCY, Currency, Money
from core.domain.payments import Direction
from core.domain.remittance import RemittanceLine
from core.domain.supplier_documents import ReadSupplierInvoice


def unstated_currency(digits: int = 2) -> Currency:
    """The stand-in for a currency that the document does not name, with room for the digits that it prints."""
    return Currency(NO_CURRENCY, max(2, digits))


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
    """One advice found in a document; `where` is the part, page, sheet or table it was found in.

    `currency` is empty and the amounts are in `NO_CURRENCY` where the document names no currency. `currency_sure` is False for
    those and where only a sign says it that several currencies share (`$` is taken for USD): `restated` may change both.
    """

    where: str
    lines: tuple[RemittanceLine, ...]
    complete: bool
    payer_name: str = ""
    total: Money | None = None
    currency: str = ""
    payment_reference: str = ""
    paid_on: date | None = None
    why: str = ""
    currency_sure: bool = True


def restated(remittance: ReadRemittance, currency: Currency) -> ReadRemittance:
    """The advice in the currency of the money that it turned out to be about.

    `CurrencyDiffers` when the document itself says another one; `Malformed` when an amount has more digits than `currency`.
    """
    if remittance.currency == currency.code:
        return replace(remittance, currency_sure=True)
    if remittance.currency_sure:
        raise CurrencyDiffers(f"The advice is in {remittance.currency}, not in {currency.code}; a person has to decide.")

    def changed(amount: Money | None) -> Money | None:
        return None if amount is None else Money.of(amount.decimal(), currency)

    lines = tuple(
        replace(line, paid=changed(line.paid), gross=changed(line.gross), discount=changed(line.discount))
        for line in remittance.lines
    )
    return replace(remittance, lines=lines, total=changed(remittance.total), currency=currency.code, currency_sure=True)


@dataclass(frozen=True, slots=True)
class Part:
    """One leaf of a mail or archive. `path` counts from the root (`2.1`); identity is `sha256`, `name` is for display only.

    `declared` is the type that the sender wrote, `sniffed` what the bytes look like.
    """

    path: str
    name: str
    declared: str
    sniffed: str
    sha256: str
    size: int


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
    """All that one document says. An empty or unknown document has at least one `unreadable` part.

    `parts`, `sender` (the address) and `subject` are those of a mail.
    """

    source: str
    format: str
    bank_lines: tuple[ReadBankLine, ...] = ()
    remittances: tuple[ReadRemittance, ...] = ()
    problems: tuple[Problem, ...] = ()
    unreadable: tuple[UnreadablePart, ...] = ()
    parts: tuple[Part, ...] = ()
    sender: str = ""
    subject: str = ""
    supplier_invoices: tuple[ReadSupplierInvoice, ...] = ()
