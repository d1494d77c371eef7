"""A match explains itself as data: what was compared, at which level it held, with which values.

The Slack card prints these records, the audit row keeps them, tests assert on them. No prose is stored: sentences are made
from the records when they are shown.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from core.domain.ids import CustomerId, InvoiceNumber, PaymentId, RemittanceId
from core.domain.money import Money


class Compared(StrEnum):
    """What a piece of evidence is about."""

    PAYER_ACCOUNT = "payer_account"
    PAYER_ALIAS = "payer_alias"
    PAYER_NAME = "payer_name"
    SENDER_DOMAIN = "sender_domain"
    REFERENCE = "reference"
    ORDER_REFERENCE = "order_reference"
    REMITTANCE = "remittance"
    REMITTANCE_TOTAL = "remittance_total"
    AMOUNT = "amount"
    DISCOUNT = "discount"
    DUE_DATE = "due_date"
    RIVALS = "rivals"
    LIMIT = "limit"
    CURRENCY = "currency"
    BALANCE = "balance"
    GAP = "gap"
    SETTLED = "settled"
    NOT_A_CUSTOMER = "not_a_customer"
    ON_ACCOUNT = "on_account"
    CUT_OFF = "cut_off"
    UNKNOWN_REFERENCE = "unknown_reference"
    HABIT = "habit"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One comparison: `left` is what the payment or paper says, `right` what our records say; `weight` may be negative."""

    compared: Compared
    level: str
    weight: int
    left: str = ""
    right: str = ""


class GapKind(StrEnum):
    """Why money and documents differ."""

    NONE = "none"
    EARNED_DISCOUNT = "earned_discount"
    LATE_DISCOUNT = "late_discount"
    BANK_FEE = "bank_fee"
    ROUNDING = "rounding"
    TAX_WITHHELD = "tax_withheld"
    DEDUCTION = "deduction"
    SHORT_PAY = "short_pay"
    OVERPAYMENT = "overpayment"
    EXCHANGE = "exchange"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class SuggestedApplication:
    """One document of a suggestion, with the money and the discount meant for it."""

    invoice_number: InvoiceNumber
    customer_id: CustomerId
    applied: Money
    discount: Money


class Method(StrEnum):
    """How a suggestion was found. `OLDEST_FIRST` is never automatic."""

    NAMED_IN_REMITTANCE = "named_in_remittance"
    NAMED_IN_BANK_TEXT = "named_in_bank_text"
    EXACT_AMOUNT = "exact_amount"
    EXACT_SUBSET = "exact_subset"
    STATEMENT = "statement"
    OLDEST_FIRST = "oldest_first"
    ON_ACCOUNT = "on_account"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the matcher proposes for one payment; `rank` 1 is best, equal ranks are a tie that only a person may break.

    `confidence` is between 0 and 1, of the whole application being right; `gap` is money minus what the documents asked for.
    `weighed` is the matcher's own weighing where the confidence was calibrated from it; None where it is the same.
    """

    rank: int
    customer_id: CustomerId
    method: Method
    confidence: float
    applications: tuple[SuggestedApplication, ...]
    gap_kind: GapKind
    gap: Money
    evidence: tuple[Evidence, ...]
    weighed: float | None = None


@dataclass(frozen=True, slots=True)
class MoneySeen:
    """One sum of money as the matcher sees it: a bank line, a lockbox item, or money that an advice announces.

    `amount` is never negative; `incoming` is False for money taken back. `reference` is the payer's own field where the bank
    keeps it apart from `text`.
    """

    id: PaymentId
    amount: Money
    value_date: date
    payer_name: str = ""
    payer_account: str = ""
    reference: str = ""
    text: str = ""
    method: str = ""
    incoming: bool = True


@dataclass(frozen=True, slots=True)
class SettledBefore:
    """One payment that was applied and confirmed in the past: who it came from and what it settled."""

    customer_id: CustomerId
    value_date: date
    payer_name: str = ""
    payer_account: str = ""
    invoice_numbers: tuple[InvoiceNumber, ...] = ()
    amount: Money | None = None
    payment_id: str = ""


@dataclass(frozen=True, slots=True)
class PayerFinding:
    """Who sent the money: a customer only where one stands out, else None with the candidates that stay possible."""

    customer_id: CustomerId | None
    confidence: float
    evidence: tuple[Evidence, ...] = ()
    candidates: tuple[CustomerId, ...] = ()


@dataclass(frozen=True, slots=True)
class MatchOutcome:
    """Everything the matcher says about one sum of money. It finds and ranks; `core.decide.automatic` decides.

    `suggestions` are ranked, best first; equal ranks are a tie. `abstained` says why there is no suggestion. `advices` are
    those that the best suggestion rests on; `gap_kind` says what the money is when nothing can be applied (a duplicate,
    another currency).
    """

    money: MoneySeen
    payer: PayerFinding
    suggestions: tuple[Suggestion, ...]
    abstained: str = ""
    advices: tuple[RemittanceId, ...] = ()
    findings: tuple["Finding", ...] = ()
    gap_kind: GapKind = GapKind.NONE


class FindingKind(StrEnum):
    """Something about a payment or mail that a person should see before deciding. Never acted on by automation."""

    AUTHENTICATION_FAILED = "authentication_failed"
    AUTHENTICATION_UNKNOWN = "authentication_unknown"
    LOOKALIKE_SENDER = "lookalike_sender"
    REPLY_TO_DIFFERS = "reply_to_differs"
    BANK_DETAILS_CHANGED = "bank_details_changed"
    UNKNOWN_SENDER = "unknown_sender"
    TOTAL_DISAGREES = "total_disagrees"
    SAME_REMITTANCE_AGAIN = "same_remittance_again"
    POSSIBLE_TWIN = "possible_twin"
    NOT_IN_LEDGER = "not_in_ledger"
    CURRENCY_DIFFERS = "currency_differs"
    LIMIT_REACHED = "limit_reached"
    MONEY_TAKEN_BACK = "money_taken_back"
    LEDGER_REFUSED = "ledger_refused"
    DISPUTED_IN_PORTAL = "disputed_in_portal"
    ADVICE_OF_LATER_DAY = "advice_of_later_day"
    ADVICE_NAMES_ANOTHER = "advice_names_another"


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding with the two values that differ, or the one that was seen."""

    kind: FindingKind
    seen: str = ""
    expected: str = ""
