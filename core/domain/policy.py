"""What the owner allows the matcher to try, and automation to do. Frozen data: every decision can be replayed with its policy.

A wrong application costs far more than an unapplied payment, so the defaults ask a person whenever two answers are close.
"""

from dataclasses import dataclass, field

from core.domain.evidence import GapKind

_AUTOMATIC_GAPS = frozenset(
    {
        GapKind.NONE,
        GapKind.EARNED_DISCOUNT,
        GapKind.LATE_DISCOUNT,
        GapKind.BANK_FEE,
        GapKind.ROUNDING,
        GapKind.TAX_WITHHELD,
        GapKind.DEDUCTION,
        GapKind.SHORT_PAY,
        GapKind.OVERPAYMENT,
    }
)


@dataclass(frozen=True, slots=True)
class MatchPolicy:
    """Limits of the search, and the bar over which a payment may be applied without asking.

    `automatic_gaps`: with these kinds of difference the money that came may go automatically to the documents that the payer
    *named*; what is missing stays open, what is too much stays unapplied, nothing is written off. Amounts are in hundredths of
    a major unit, whatever the currency's digits.
    """

    version: str = "default"
    candidate_documents: int = 200
    documents_in_a_set: int = 12
    candidate_customers: int = 8
    rivals_shown: int = 4
    fee_limit: int = 60_00
    rounding_units: int = 3
    late_discount_days: int = 10
    duplicate_days: int = 30
    tax_rates: tuple[int, ...] = (5, 10, 15, 20, 25, 30)
    advice_days_before: int = 21
    advice_days_after: int = 21
    automatic_bar: float = 0.985
    automatic_margin: float = 0.9
    automatic_payer_bar: float = 0.9
    payer_bar: float = 0.9
    automatic_gaps: frozenset[GapKind] = field(default=_AUTOMATIC_GAPS)
    automatic_amount_only: bool = True
