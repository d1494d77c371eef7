"""What becomes of a mail: two ordered policy tables and the loop that walks them.

A row names the rules that must all hit and where the mail goes then; a row without an end is a note, and the walk goes on.
The first table needs the envelope only; a mail that passes it is read, and the second one judges with what was found. Every
answer that was asked for is recorded, hit or miss, so that a person can see why a mail is where it is.

Automatic mail is not dropped for being automatic: banks send remittances as "auto-generated". It is only never answered.
A doubtful sender does not stop a remittance either: the findings go with it, and what carries findings is for people.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from core.domain.mails import Disposition, RuleAnswer
from mail.case import Case, Rule
from mail.rules import (
    automatic_reply,
    bank_file,
    bounce,
    cut_off,
    dispute_answered,
    dispute_reply,
    encrypted,
    loop,
    no_remittance,
    password_protected,
    seen_before,
    spoofed_sender,
    too_big,
    unknown_sender,
    unread_file,
)


@dataclass(frozen=True, slots=True)
class Row:
    """If all of `when` hit: `then`, or only a note where it is None."""

    when: tuple[Rule, ...]
    then: Disposition | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """Where the walk ended (None: at the end of the table), why, and everything that was answered."""

    disposition: Disposition | None
    why: str
    answers: tuple[RuleAnswer, ...]


BEFORE_READING: Final = (
    Row((loop.ask,), Disposition.DROPPED),
    Row((bounce.ask,), Disposition.DROPPED),
    Row((too_big.ask,), Disposition.NEEDS_PERSON),
    Row((encrypted.ask,), Disposition.NEEDS_PERSON),
    Row((seen_before.ask,)),
    Row((unknown_sender.ask,)),
    Row((spoofed_sender.ask,)),
)

AFTER_READING: Final = (
    Row((no_remittance.ask, dispute_answered.ask), Disposition.ACCEPTED),
    Row((bank_file.ask,), Disposition.NEEDS_PERSON),
    Row((no_remittance.ask, cut_off.ask), Disposition.NEEDS_PERSON),
    Row((no_remittance.ask, password_protected.ask), Disposition.NEEDS_PERSON),
    Row((no_remittance.ask, unread_file.ask), Disposition.NEEDS_PERSON),
    Row((no_remittance.ask, automatic_reply.ask), Disposition.DROPPED),
    Row((no_remittance.ask, dispute_reply.ask), Disposition.NEEDS_PERSON),
    Row((no_remittance.ask, unknown_sender.ask), Disposition.REFUSED),
    Row((no_remittance.ask,), Disposition.NEEDS_PERSON),
    Row((cut_off.ask,)),
    Row((password_protected.ask,)),
    Row((dispute_reply.ask,)),
    Row((automatic_reply.ask,)),
)


def walk(table: Sequence[Row], case: Case) -> Decision:
    """Ask the rows in order until one of them ends the walk. Each rule is asked once, however many rows name it."""
    asked: dict[Rule, str] = {}

    def hits(rule: Rule) -> bool:
        if rule not in asked:
            asked[rule] = rule(case)
        return bool(asked[rule])

    end, why = None, ""
    for row in table:
        # `all` stops at the first miss, so a rule that cannot matter is not asked.
        if all(hits(rule) for rule in row.when) and row.then is not None:
            end, why = row.then, asked[row.when[-1]]
            break
    answers = tuple(RuleAnswer(name_of(rule), bool(sentence), sentence) for rule, sentence in asked.items())
    return Decision(end, why, answers)


def name_of(rule: Rule) -> str:
    """A rule is named by its file."""
    return rule.__module__.rpartition(".")[2]
