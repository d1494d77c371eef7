"""Money that the bank took back: from a debit line to the payment it belongs to, or to a question for a person.

The return is the bank's own act, so a posted payment is `RETURNED` at once where exactly one is meant beyond doubt; reversing
it in the ledger is for a person. A payment that was not posted yet is set aside and gives its documents free. One that is on
its way to the ledger is marked, and follows as soon as the ledger has answered.
"""

from dataclasses import replace
from typing import Final

from core.app import asking
from core.app.asking_people import answered, ask, is_taken_back
from core.app.moving import Because, attempt, payment_facts, store_move, store_noted
from core.app.telling import day
from core.decide.machine import Denied
from core.domain.actors import Entitled
from core.domain.codec import to_json
from core.domain.events import AuditName, PaymentEvent
from core.domain.evidence import Finding, FindingKind, GapKind
from core.domain.payments import BankLine, DraftPayment, PaymentState
from core.domain.questions import QuestionKind
from core.match.returns import Deposit, find
from core.ports.store import UnitOfWork

MAY_BE_RETURNED: Final = frozenset(
    {
        PaymentState.UNIDENTIFIED,
        PaymentState.UNAPPLIED,
        PaymentState.SUGGESTED,
        PaymentState.APPLIED,
        PaymentState.POSTING,
        PaymentState.POSTED,
    }
)
_LOOKED_AT: Final = 200


def take(unit: UnitOfWork, line: BankLine, because: Because) -> DraftPayment | None:
    """A returned line that is new: the payment it was taken from, or None where a person is asked."""
    found = find(line, _deposits(unit, line))
    if found.sure is None:
        count = len(found.candidates)
        why = "No payment of this amount is known." if not count else "It is not certain which payment is meant."
        ask(unit, line, QuestionKind.RETURN, why, because)
        return None
    answered(unit, line, found.sure.id, because)
    return taken_from(unit, unit.payments.get(found.sure.id), line, because)


def candidates(unit: UnitOfWork, line: BankLine) -> tuple[DraftPayment, ...]:
    """Payments that a returned line may be about, the likeliest first."""
    return find(line, _deposits(unit, line)).candidates


def _deposits(unit: UnitOfWork, line: BankLine) -> list[Deposit]:
    payments = unit.payments.nearest(line.amount, MAY_BE_RETURNED, _LOOKED_AT)
    same = [payment for payment in payments if payment.amount == line.amount and not is_taken_back(unit, payment.id)]
    return [Deposit(each, unit.bank_lines.get(each.bank_line_id) if each.bank_line_id else None) for each in same]


def taken_from(
    unit: UnitOfWork, payment: DraftPayment, line: BankLine, because: Because, by: Entitled | None = None
) -> DraftPayment:
    """The bank took this payment back with this line; the question of the line is answered already."""
    code = f" ({line.return_code})" if line.return_code else ""
    finding = Finding(FindingKind.MONEY_TAKEN_BACK, f"{line.amount} on {day(line.value_date)}{code}")
    flagged = replace(payment, findings=tuple(dict.fromkeys((*payment.findings, finding))))
    if payment.state is PaymentState.POSTING:
        facts: dict[str, object] = {"findings": to_json((finding,)), "bank_line": line.id}
        noted = store_noted(unit, payment, flagged, AuditName.PAYMENT_FLAGGED, because, facts)
        asking.card(unit, noted)
        return noted
    return _returned(unit, payment, flagged, because, by)


def follow(unit: UnitOfWork, payment: DraftPayment, because: Because) -> DraftPayment:
    """The ledger has answered a posting: what the bank took back meanwhile happens now."""
    if payment.state not in MAY_BE_RETURNED or not is_taken_back(unit, payment.id):
        return payment
    return _returned(unit, payment, payment, because, None)


def _returned(
    unit: UnitOfWork, present: DraftPayment, flagged: DraftPayment, because: Because, by: Entitled | None
) -> DraftPayment:
    why = "The bank took the money back."
    proposed = replace(flagged, why=why)
    if present.state is not PaymentState.POSTED:
        proposed = replace(proposed, applications=(), suggestions=(), gap_kind=GapKind.NONE)
    facts = payment_facts(unit, by or Entitled(because.actor, frozenset()), proposed, why, taken_back=True)
    move = attempt(present, PaymentEvent.RETURNED, facts)
    assert not isinstance(move, Denied)  # noqa: S101  Callers come here with states that the table lets return.
    moved = store_move(unit, present, proposed, move, because)
    asking.card(unit, moved)
    return moved
