"""Draft payment (receivables): from money seen or announced to a posting in the ledger.

Payments from a bank feed are never posted without a person: `post` may be caused by people only, there is no setting for it,
and a property test walks every path to `POSTING` to prove it. `POSTING` and `REVERSING` are states and not calls: a crash
leaves a row that says "ask by key first".

What the bank takes back is the bank's own act: a posted payment is then `RETURNED` at once, but only a person reverses it in
the ledger; one that was not posted is set aside, so that nobody posts money that is gone.
"""

from dataclasses import dataclass
from typing import Final

from core.decide.machine import ANYONE, MACHINES, PEOPLE, Effect, EventSpec, Guard, Origin, Row, Style, Table
from core.domain.actors import Entitled, Permission
from core.domain.events import AuditName
from core.domain.events import PaymentEvent as Event
from core.domain.payments import PaymentState as State


@dataclass(frozen=True, slots=True)
class PaymentFacts:
    """What the table asks about a payment at the moment of the change."""

    by: Entitled
    has_applications: bool = False
    sums_agree: bool = True
    balances_hold: bool = True
    money_is_here: bool = True
    customer_known: bool = False
    single_best: bool = False
    policy_allows: bool = False
    candidates_exist: bool = False
    reason_given: bool = False
    taken_back: bool = False
    sums_denial: str = ""
    balances_denial: str = ""


_Guard = Guard[PaymentFacts]
JOINED: Final = _Guard("money_is_here", "The money has not been seen on a bank account yet.", lambda f: f.money_is_here)
NOT_JOINED: Final = _Guard("money_not_seen", "The money is here.", lambda f: not f.money_is_here)
KNOWN: Final = _Guard("customer_known", "Nobody knows yet whose money this is.", lambda f: f.customer_known, "incomplete")
UNKNOWN: Final = _Guard("customer_unknown", "The customer is known already.", lambda f: not f.customer_known)
REASON: Final = _Guard(
    "reason_given", "Please say why; the reason is kept with the payment.", lambda f: f.reason_given, "incomplete"
)
SUMS: Final = _Guard(
    "sums_agree",
    "Applied and unapplied money do not add up to the payment.",
    lambda f: f.sums_agree,
    "sums_disagree",
    lambda f: f.sums_denial,
)
BALANCES: Final = _Guard(
    "balances_hold",
    "More would be applied than is still open on a document; look at the open balances again.",
    lambda f: f.balances_hold,
    "exceeds_open_balance",
    lambda f: f.balances_denial,
)
SOMETHING: Final = _Guard("has_applications", "Nothing is applied.", lambda f: f.has_applications, "incomplete")
NOTHING: Final = _Guard("has_none", "Something is applied.", lambda f: not f.has_applications)
SURE: Final = _Guard("exactly_one_best", "There is no single best application.", lambda f: f.single_best)
ALLOWED: Final = _Guard("policy_allows", "The policy wants a person to decide this.", lambda f: f.policy_allows)
CANDIDATES: Final = _Guard("candidates_exist", "There is nothing to suggest.", lambda f: f.candidates_exist)
TAKEN_BACK: Final = _Guard("bank_took_it_back", "No line of the bank says that it took this back.", lambda f: f.taken_back)

_OPEN = (State.UNAPPLIED, State.SUGGESTED)
_UNPOSTED = (State.UNIDENTIFIED, State.UNAPPLIED, State.SUGGESTED, State.APPLIED)
_CARD = (Effect.REFRESH_CARD,)
_LOOK = (Effect.LOOK_FOR_SUGGESTIONS, Effect.REFRESH_CARD)
_POST = (Effect.POST_PAYMENT, Effect.REFRESH_CARD)
_Row = Row[State, Event, PaymentFacts]

SPECS: Final[dict[Event, EventSpec]] = {
    Event.CONFIRM: EventSpec(AuditName.PAYMENT_CONFIRMED, PEOPLE, Permission.APPLY_PAYMENTS, "Confirm", Style.PRIMARY),
    Event.APPLY: EventSpec(AuditName.PAYMENT_APPLIED, PEOPLE, Permission.APPLY_PAYMENTS, "Choose invoices"),
    Event.IDENTIFY_CUSTOMER: EventSpec(AuditName.PAYMENT_IDENTIFIED, ANYONE, Permission.APPLY_PAYMENTS, "Identify customer"),
    Event.POST: EventSpec(
        AuditName.PAYMENT_POSTING,
        PEOPLE,
        Permission.POST_PAYMENTS,
        "Post",
        Style.PRIMARY,
        confirm="Post this payment to the ledger? A posting can only be taken back in the ledger.",
    ),
    Event.UNAPPLY: EventSpec(AuditName.PAYMENT_UNAPPLIED, PEOPLE, Permission.APPLY_PAYMENTS, "Unapply"),
    Event.DISMISS: EventSpec(AuditName.PAYMENT_DISMISSED, PEOPLE, Permission.APPLY_PAYMENTS, "Dismiss"),
    Event.RECORD_MONEY: EventSpec(
        AuditName.PAYMENT_MONEY_RECORDED, PEOPLE, Permission.RECORD_MONEY, "Record money", needs_reason=True
    ),
    Event.SET_ASIDE: EventSpec(
        AuditName.PAYMENT_SET_ASIDE, PEOPLE, Permission.APPLY_PAYMENTS, "Set aside", Style.DANGER, needs_reason=True
    ),
    Event.RESTORE: EventSpec(AuditName.PAYMENT_RESTORED, PEOPLE, Permission.APPLY_PAYMENTS, "Restore"),
    Event.MONEY_SEEN: EventSpec(AuditName.PAYMENT_MONEY_SEEN, ANYONE),
    Event.AUTO_APPLY: EventSpec(AuditName.PAYMENT_AUTO_APPLIED, MACHINES),
    Event.SUGGEST: EventSpec(AuditName.PAYMENT_SUGGESTED, MACHINES),
    Event.JOINED: EventSpec(AuditName.PAYMENT_JOINED, ANYONE, Permission.APPLY_PAYMENTS),
    Event.NOTHING_FOUND: EventSpec(AuditName.PAYMENT_NOTHING_FOUND, MACHINES),
    Event.ERP_CONFIRMED: EventSpec(AuditName.PAYMENT_POSTED, MACHINES),
    Event.ERP_REFUSED: EventSpec(AuditName.PAYMENT_REFUSED_BY_LEDGER, MACHINES),
    Event.OUTCOME_UNKNOWN: EventSpec(AuditName.PAYMENT_OUTCOME_UNKNOWN, MACHINES),
    Event.RETURNED: EventSpec(AuditName.PAYMENT_RETURNED, ANYONE, Permission.APPLY_PAYMENTS),
    Event.REVERSE: EventSpec(
        AuditName.PAYMENT_REVERSING,
        PEOPLE,
        Permission.POST_PAYMENTS,
        "Reverse in ERP",
        Style.PRIMARY,
        confirm="The bank took this money back. Reverse its posting in the ledger, and open its documents again?",
    ),
    Event.NOT_RETURNED: EventSpec(
        AuditName.PAYMENT_NOT_RETURNED, PEOPLE, Permission.POST_PAYMENTS, "Not this payment", needs_reason=True
    ),
    Event.ERP_REVERSED: EventSpec(AuditName.PAYMENT_REVERSED, MACHINES),
}

TABLE: Final[Table[State, Event, PaymentFacts]] = Table(
    name="draft_payment",
    title="Draft payment (receivables)",
    starts=(State.EXPECTED, State.UNIDENTIFIED, State.UNAPPLIED),
    ends=(State.POSTED, State.REVERSED),
    specs=SPECS,
    rows=(
        _Row((State.EXPECTED,), Event.MONEY_SEEN, State.UNAPPLIED, (KNOWN,), _LOOK),
        _Row((State.EXPECTED,), Event.MONEY_SEEN, State.UNIDENTIFIED, (UNKNOWN,), _LOOK),
        _Row((State.EXPECTED,), Event.RECORD_MONEY, State.UNAPPLIED, (REASON, KNOWN), _LOOK),
        _Row((State.EXPECTED,), Event.RECORD_MONEY, State.UNIDENTIFIED, (REASON, UNKNOWN), _LOOK),
        _Row((State.EXPECTED,), Event.IDENTIFY_CUSTOMER, State.EXPECTED, (KNOWN,), _CARD),
        _Row((State.EXPECTED,), Event.DISMISS, State.SET_ASIDE, (REASON,), _CARD),
        _Row((State.EXPECTED,), Event.JOINED, State.SET_ASIDE, (), _CARD),
        _Row((State.UNIDENTIFIED,), Event.IDENTIFY_CUSTOMER, State.UNAPPLIED, (KNOWN,), _LOOK, Origin.BRIEF),
        _Row((State.UNIDENTIFIED, State.UNAPPLIED, State.SUGGESTED), Event.SET_ASIDE, State.SET_ASIDE, (REASON,), _CARD),
        _Row(_OPEN, Event.AUTO_APPLY, State.APPLIED, (SURE, ALLOWED, SUMS, BALANCES), _CARD, Origin.BRIEF),
        _Row(_OPEN, Event.SUGGEST, State.SUGGESTED, (CANDIDATES,), _CARD, Origin.BRIEF),
        _Row((State.SUGGESTED,), Event.NOTHING_FOUND, State.UNAPPLIED, (), _CARD),
        _Row((State.SUGGESTED,), Event.CONFIRM, State.APPLIED, (CANDIDATES, SUMS, BALANCES), _CARD, Origin.BRIEF),
        _Row(_OPEN, Event.APPLY, State.APPLIED, (SOMETHING, SUMS, BALANCES), _CARD, Origin.BRIEF),
        _Row(_OPEN, Event.IDENTIFY_CUSTOMER, State.UNAPPLIED, (KNOWN,), _LOOK),
        _Row((State.SUGGESTED,), Event.DISMISS, State.UNAPPLIED, (), _CARD),
        _Row((State.APPLIED,), Event.POST, State.POSTING, (JOINED, SUMS, BALANCES), _POST, Origin.BRIEF),
        _Row((State.APPLIED,), Event.UNAPPLY, State.UNAPPLIED, (), _CARD),
        _Row((State.UNAPPLIED,), Event.POST, State.POSTING, (JOINED, KNOWN, NOTHING), _POST, Origin.BRIEF),
        _Row((State.POSTING,), Event.ERP_CONFIRMED, State.POSTED, (), _CARD),
        _Row((State.POSTING,), Event.ERP_REFUSED, State.APPLIED, (SOMETHING,), (Effect.SHOW_LEDGER_REASON, *_CARD)),
        _Row((State.POSTING,), Event.ERP_REFUSED, State.UNAPPLIED, (NOTHING,), (Effect.SHOW_LEDGER_REASON, *_CARD)),
        _Row((State.POSTING,), Event.OUTCOME_UNKNOWN, State.POSTING, (), (Effect.LOOK_UP_BY_KEY,)),
        _Row((State.SET_ASIDE,), Event.RESTORE, State.UNIDENTIFIED, (JOINED,), _LOOK),
        _Row((State.SET_ASIDE,), Event.RESTORE, State.EXPECTED, (NOT_JOINED,), _CARD),
        _Row((State.POSTED,), Event.RETURNED, State.RETURNED, (TAKEN_BACK,), _CARD),
        _Row(_UNPOSTED, Event.RETURNED, State.SET_ASIDE, (TAKEN_BACK,), _CARD),
        _Row((State.RETURNED,), Event.REVERSE, State.REVERSING, (TAKEN_BACK,), (Effect.REVERSE_PAYMENT, *_CARD)),
        _Row((State.RETURNED,), Event.NOT_RETURNED, State.POSTED, (REASON,), _CARD),
        _Row((State.REVERSING,), Event.ERP_REVERSED, State.REVERSED, (), _CARD),
        _Row((State.REVERSING,), Event.ERP_REFUSED, State.RETURNED, (), (Effect.SHOW_LEDGER_REASON, *_CARD)),
        _Row((State.REVERSING,), Event.OUTCOME_UNKNOWN, State.REVERSING, (), (Effect.LOOK_UP_BY_KEY,)),
    ),
)
