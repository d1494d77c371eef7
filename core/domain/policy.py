"""What the owner allows the matcher to try, and automation to do. Frozen data: every decision can be replayed with its policy.

A wrong application costs far more than an unapplied payment, so the defaults ask a person whenever two answers are close.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

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
class FamilyRecord:
    """How the certain answers of one family fared with people: `right` as they stood, or `wrong`.

    `curve` turns the matcher's own weighing into a probability: rising points (own, observed) between 0 and 1; empty leaves it.
    """

    family: str
    right: int
    wrong: int
    curve: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class BankFee:
    """Charges that banks usually take from money in one currency, in hundredths of a major unit.

    `bank` are letters that the bank's text must contain (its name, say); empty for any bank.
    """

    currency: str
    charges: tuple[int, ...]
    bank: str = ""


@dataclass(frozen=True, slots=True)
class MatchPolicy:
    """Limits of the search, and the bar over which a payment may be applied without asking.

    `record` is what this installation's people confirmed, by family (`tieout calibrate`); `wrong_bound` the share of wrong
    applications that is allowed with 95% certainty, `automatic_most` the most money that goes without asking (0: any), and
    `audit_share` the share of certain answers that are asked anyway, so that the share of wrong ones is known.

    `automatic_gaps`: with these kinds of difference the money that came may go automatically to the documents that the payer
    *named*; what is missing stays open, what is too much stays unapplied, nothing is written off. Amounts are in hundredths of
    a major unit, whatever the currency's digits.

    `bank_fees` names charges that explain a short payment, beside those up to `fee_limit` that are charges by their size only.
    `exchange_band` is by how many hundredths of a percent money may differ from documents of its own currency where the bank's
    text says that it was converted (0: not at all); always a question, unless the owner names it in `automatic_gaps` and people
    confirmed enough of such answers.
    """

    version: str = "default"
    candidate_documents: int = 200
    documents_in_a_set: int = 12
    candidate_customers: int = 8
    rivals_shown: int = 4
    fee_limit: int = 60_00
    rounding_units: int = 3
    bank_fees: tuple[BankFee, ...] = ()
    exchange_band: int = 200
    late_discount_days: int = 10
    duplicate_days: int = 30
    tax_rates: tuple[int, ...] = (5, 10, 15, 20, 25, 30)
    advice_days_before: int = 21
    advice_days_after: int = 21
    automatic_bar: float = 0.985
    automatic_margin: float = 0.9
    automatic_payer_bar: float = 0.9
    payer_bar: float = 0.95
    automatic_gaps: frozenset[GapKind] = field(default=_AUTOMATIC_GAPS)
    automatic_amount_only: bool = True
    automatic_most: int = 0
    wrong_bound: float = 0.005
    audit_share: float = 0.01
    record: tuple[FamilyRecord, ...] = ()


class Axis(StrEnum):
    """What of a line is compared."""

    QUANTITY = "quantity"
    RATE = "rate"
    AMOUNT = "amount"


class Combine(StrEnum):
    """What holds when an absolute and a percent limit are both set: both must hold, or one is enough."""

    TIGHTER = "tighter"
    LOOSER = "looser"


@dataclass(frozen=True, slots=True)
class Limits:
    """The allowed difference on one axis, inclusive. None is not checked, zero must be exact.

    Absolute limits are in the order's own unit, rates per that unit, amounts in major units of the order's currency; percent is
    of the expected value, 2 means 2%. With no limit set in the direction of a difference, that direction must be exact.
    """

    absolute_over: Decimal | None = None
    absolute_under: Decimal | None = None
    percent_over: Decimal | None = None
    percent_under: Decimal | None = None
    combine: Combine = Combine.TIGHTER


@dataclass(frozen=True, slots=True)
class ToleranceRule:
    """Limits for a scope: item and supplier, item, supplier, category, or (all empty) the company. `item` is our item code.

    An axis without limits here is left to the next wider scope; nothing inside an axis is inherited.
    """

    item: str = ""
    supplier: str = ""
    category: str = ""
    quantity: Limits | None = None
    rate: Limits | None = None
    amount: Limits | None = None

    def axis(self, axis: Axis) -> Limits | None:
        """The limits of this rule on an axis."""
        return {Axis.QUANTITY: self.quantity, Axis.RATE: self.rate, Axis.AMOUNT: self.amount}[axis]

    @property
    def scope(self) -> tuple[str, ...]:
        """Which keys are set: the rule's place in the order of precedence."""
        return tuple(name for name in ("item", "supplier", "category") if getattr(self, name))


@dataclass(frozen=True, slots=True)
class TolerancePolicy:
    """One version of what differences the owner allows, from a day on. Without rules everything must be exact."""

    version: str
    effective_from: date
    rules: tuple[ToleranceRule, ...] = ()


EXACT_ONLY = TolerancePolicy("exact", date.min)
"""What holds before the first policy: every difference is a mismatch."""


def in_force(policies: Sequence[TolerancePolicy], day: date) -> TolerancePolicy:
    """The latest version not after `day` (of versions of one day the last given); `EXACT_ONLY` before the first."""
    current = [policy for policy in policies if policy.effective_from <= day]
    return max(current, key=lambda policy: policy.effective_from) if current else EXACT_ONLY
