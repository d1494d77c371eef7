"""Which payment did the bank take back? Returned cheques, bounced and reversed transfers, as a debit on our account.

Sure is only what the line names *and* equals, or what equals in amount *and* payer, where exactly one payment fits. Equal
amounts alone are candidates for a person. A wrong answer would take a customer's payment out of the books, so ties and silence
are asked about.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from core.domain.payments import BankLine, Direction, DraftPayment
from core.match.normal import compact, name_key

_SHORTEST: Final = 5
_WORDS: Final = re.compile(
    r"\b(?:NSF|INSUFFICIENT FUNDS|CHARGE ?BACK|RETURN(?:ED)? (?:ITEM|DEPOSIT|CHECK|CHEQUE|ACH|WIRE|PAYMENT|TRANSFER)|"
    r"ITEM RETURNED|ACH RETURN|REVERSAL OF|REVERSED (?:CREDIT|DEPOSIT)|RUECKLASTSCHRIFT)\b"
)


class Tie(IntEnum):
    """What joins a returned line to a payment of the same amount, weakest first."""

    AMOUNT = 1
    PAYER = 2
    NAMED = 3


@dataclass(frozen=True, slots=True)
class Deposit:
    """A payment with the line that brought its money; `line` is None where a person recorded it."""

    payment: DraftPayment
    line: BankLine | None


@dataclass(frozen=True, slots=True)
class ReturnFound:
    """`sure` is the one payment that was taken back; else `candidates` are for a person, the likeliest first."""

    sure: DraftPayment | None
    candidates: tuple[DraftPayment, ...]


def is_return(line: BankLine) -> bool:
    """Whether the bank took money back with this line: it says so by a flag, a code, or in words that banks use."""
    if line.direction is not Direction.DEBIT:
        return False
    return line.reversal or bool(line.return_code) or bool(_WORDS.search(line.text.upper()))


def find(line: BankLine, deposits: Sequence[Deposit]) -> ReturnFound:
    """The payment of a returned line among payments of its currency that came no later than it."""
    near = [each for each in deposits if _possible(line, each)]
    ranked = sorted(((_tie(line, each), each) for each in near), key=lambda pair: (-pair[0], pair[1].payment.id))
    best = ranked[0][0] if ranked else None
    first = [each for tie, each in ranked if tie is best]
    sure = first[0].payment if len(first) == 1 and best is not Tie.AMOUNT else None
    return ReturnFound(sure, tuple(each.payment for _, each in ranked))


def _possible(line: BankLine, each: Deposit) -> bool:
    """Of the same amount, not later than the return, and on the same account where both are known."""
    payment = each.payment
    if payment.amount != line.amount or payment.received_on > line.value_date:
        return False
    account = each.line.account if each.line is not None else ""
    return not account or not line.account or account == line.account


def _tie(line: BankLine, each: Deposit) -> Tie:
    said = compact(" ".join((line.bank_id, *line.references, line.text)))
    names = [each.payment.id, each.payment.reference, each.payment.erp_id]
    if each.line is not None:
        names += [each.line.bank_id, *each.line.references]
    if any(len(known := compact(name)) >= _SHORTEST and known in said for name in names):
        return Tie.NAMED
    account = compact(each.payment.payer_account)
    if account and account == compact(line.payer_account):
        return Tie.PAYER
    payer = name_key(each.payment.payer_name)
    return Tie.PAYER if payer and payer == name_key(line.payer_name) else Tie.AMOUNT
