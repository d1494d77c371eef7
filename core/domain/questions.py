"""Questions that a bank line asks and no rule may answer: which payment was taken back, and is this the same line again?"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from core.domain.ids import DEFAULT_ENTITY, BankLineId, EntityId, PaymentId
from core.domain.money import Money

QuestionId = NewType("QuestionId", str)


class QuestionKind(StrEnum):
    """What is asked: whose money the bank took back, or whether a line that looks like a known one is new money."""

    RETURN = "return"
    TWIN = "twin"


class QuestionState(StrEnum):
    """Where a question is; the open states differ, because each has its own answers."""

    RETURN_ASKED = "RETURN_ASKED"
    TWIN_ASKED = "TWIN_ASKED"
    ANSWERED = "ANSWERED"
    DISMISSED = "DISMISSED"


@dataclass(frozen=True, slots=True)
class BankQuestion:
    """One question about one bank line. `payment_id` is the payment of the answer; `amount` is that of the line.

    `like` is the known line that a doubtful one looks like. `why` says why no rule answered, or what a person said.
    """

    id: QuestionId
    version: int
    kind: QuestionKind
    state: QuestionState
    bank_line_id: BankLineId
    amount: Money
    payment_id: PaymentId | None = None
    like: BankLineId | None = None
    why: str = ""
    entity: EntityId = DEFAULT_ENTITY
