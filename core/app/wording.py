"""Words for states, findings and differences, and the buttons of a state: the same on every surface."""

from dataclasses import dataclass
from typing import Final

from core.app.masking import masked
from core.decide.machine import E, F, S, Style, Table
from core.domain.evidence import Finding, FindingKind, GapKind
from core.domain.money import NO_CURRENCY, Money
from core.domain.payments import PaymentState
from core.domain.questions import QuestionState
from core.domain.remittance import RemittanceState


@dataclass(frozen=True, slots=True)
class Offered:
    """A button: an event that a person may cause now. Its words, look and questions are those of the state table."""

    event: str
    label: str
    style: Style
    confirm: str
    needs_reason: bool


@dataclass(frozen=True, slots=True)
class FindingView:
    """Something to see before deciding. `grave` findings are about the sender or the money itself."""

    kind: FindingKind
    sentence: str
    grave: bool


STATE_WORDS: Final[dict[PaymentState, str]] = {
    PaymentState.EXPECTED: "Announced, money not seen yet",
    PaymentState.UNIDENTIFIED: "Customer unknown",
    PaymentState.UNAPPLIED: "Not applied",
    PaymentState.SUGGESTED: "Suggestion to confirm",
    PaymentState.APPLIED: "Applied, ready to post",
    PaymentState.POSTING: "On its way to the ledger",
    PaymentState.POSTED: "Posted",
    PaymentState.SET_ASIDE: "Set aside",
    PaymentState.RETURNED: "Taken back by the bank, to be reversed",
    PaymentState.REVERSING: "Reversal on its way to the ledger",
    PaymentState.REVERSED: "Reversed, taken back by the bank",
}

REMITTANCE_WORDS: Final[dict[RemittanceState, str]] = {
    RemittanceState.RECEIVED: "Received",
    RemittanceState.READ: "Read",
    RemittanceState.NEEDS_PERSON: "Needs a person",
    RemittanceState.WAITING: "Waiting for its money",
    RemittanceState.LINKED: "Linked to its payment",
    RemittanceState.CLOSED: "Closed",
}

QUESTION_WORDS: Final[dict[QuestionState, str]] = {
    QuestionState.RETURN_ASKED: "Which payment was taken back?",
    QuestionState.TWIN_ASKED: "New money, or seen before?",
    QuestionState.ANSWERED: "Answered",
    QuestionState.DISMISSED: "Nothing to do",
}

_FINDINGS: Final[dict[FindingKind, tuple[str, bool]]] = {
    FindingKind.AUTHENTICATION_FAILED: ("The mail fails the check of its sender ({expected}): {seen}.", True),
    FindingKind.AUTHENTICATION_UNKNOWN: ("Nobody vouches for the sender of the mail ({expected}): {seen}.", False),
    FindingKind.LOOKALIKE_SENDER: ("The mail comes from {seen}, which looks like {expected} and is not.", True),
    FindingKind.REPLY_TO_DIFFERS: ("Answers to the mail would go to {seen}, not to {expected}.", True),
    FindingKind.BANK_DETAILS_CHANGED: ("The mail speaks of changed bank details ({seen}). Call the customer first.", True),
    FindingKind.UNKNOWN_SENDER: ("The sender {seen} belongs to no customer that we know.", False),
    FindingKind.TOTAL_DISAGREES: ("The lines add up to {seen}, the total says {expected}.", True),
    FindingKind.SAME_REMITTANCE_AGAIN: ("The same remittance came more than once (see {seen}).", False),
    FindingKind.POSSIBLE_TWIN: ("This may be a second payment of the same thing: {seen} {expected}.", True),
    FindingKind.NOT_IN_LEDGER: ("{seen} is not among our documents.", False),
    FindingKind.CURRENCY_DIFFERS: ("The payment is in {seen}, the document in {expected}.", True),
    FindingKind.LIMIT_REACHED: ("There was too much to try every combination ({seen}).", False),
    FindingKind.MONEY_TAKEN_BACK: ("The bank took {seen} back.", True),
    FindingKind.LEDGER_REFUSED: ("The ledger refused it: {seen}.", True),
    FindingKind.DISPUTED_IN_PORTAL: ("The customer disputes {expected} in its portal: “{seen}”.", False),
    FindingKind.ADVICE_OF_LATER_DAY: ("The advice speaks of a payment on {seen}, the money came on {expected}.", True),
    FindingKind.ADVICE_NAMES_ANOTHER: ("The bank's text names {seen}, the advice names other documents.", True),
}  # fmt: skip

GAPS: Final[dict[GapKind, str]] = {
    GapKind.NONE: "",
    GapKind.EARNED_DISCOUNT: "The difference is the early-payment discount that the terms allow.",
    GapKind.LATE_DISCOUNT: "The difference is the early-payment discount, taken too late; it stays open.",
    GapKind.BANK_FEE: "The difference has the size of a bank's charge; it stays open.",
    GapKind.ROUNDING: "The difference is rounding.",
    GapKind.TAX_WITHHELD: "The difference has a usual rate of tax withheld; it stays open.",
    GapKind.DEDUCTION: "The payer deducted something and said so; it stays open.",
    GapKind.SHORT_PAY: "Less was paid than the documents ask for; the rest stays open.",
    GapKind.OVERPAYMENT: "More was paid than the documents ask for; the rest stays unapplied.",
    GapKind.EXCHANGE: "The documents are in another currency; a person has to decide.",
    GapKind.DUPLICATE: "This may have been paid before.",
}


def offered(table: Table[S, E, F], state: S) -> tuple[Offered, ...]:
    """The buttons of a state, in table order. A reason is asked for where the event, or its row in this state, wants one."""
    buttons = []
    for event in table.offered(state):
        spec = table.specs[event]
        rows = [row for row in table.rows if row.event is event and state in row.sources]
        asks = any(guard.name == "reason_given" for row in rows for guard in row.only_if)
        buttons.append(Offered(event.value, spec.label, spec.style, spec.confirm, spec.needs_reason or asks))
    return tuple(buttons)


def amount_words(amount: Money) -> str:
    """An amount with its currency, or with the words that nobody named one."""
    if amount.currency.code == NO_CURRENCY:
        return f"{amount.decimal():,f} (no currency named)"
    return str(amount)


def finding_view(finding: Finding) -> FindingView:
    """A finding in words."""
    pattern, grave = _FINDINGS[finding.kind]
    said = pattern.format(seen=masked(finding.seen.rstrip(".")), expected=masked(finding.expected))
    return FindingView(finding.kind, said.replace(" .", ".").replace(" ()", ""), grave)
