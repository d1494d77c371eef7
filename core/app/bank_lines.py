"""Bank lines as they are stored: known again in overlapping statements, asked about where that is not certain.

A line without the bank's reference that looks like a known one, in a file that repeats no other line of the account, is neither
dropped nor taken: it is kept as the next of its twins, and a person says whether it is new money.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from core.app.asking_people import ask
from core.app.moving import Because
from core.domain.ids import BankLineId, Key, SourceId
from core.domain.payments import BankLine, Direction
from core.domain.questions import BankQuestion, QuestionKind
from core.domain.readings import ReadBankLine
from core.match.overlaps import doubtful
from core.ports.store import UnitOfWork

_WHY: Final = "The bank gave no reference, and no other line of the account came again with this file."


def natural_key(read: ReadBankLine | BankLine, ordinal: int) -> Key:
    """Equal for one line in overlapping statements, different for twins of one file, which `ordinal` counts.

    The place in the file is left out, because the next statement has the line elsewhere. A detail of a batch keeps its entry.
    """
    said = [
        read.account,
        read.value_date.isoformat(),
        read.amount.currency.code,
        read.amount.minor,
        read.direction.value,
        read.bank_id,
        read.payer_name,
        read.payer_account,
        list(read.references),
        read.text,
        read.reversal,
        ordinal,
    ]
    return Key(hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest())


def stored(unit: UnitOfWork, read: Sequence[ReadBankLine], source_id: SourceId) -> tuple[list[BankLine], Mapping[Key, bool]]:
    """The lines of a file, stored by their natural keys; for each key whether it was new."""
    ids = unit.bank_lines.next_ids(len(read))
    lines = [_bank_line(each, number, source_id) for each, number in zip(read, ids, strict=True)]
    return lines, unit.bank_lines.add_new(lines)


def ask_about_twins(
    unit: UnitOfWork, read: Sequence[ReadBankLine], lines: Sequence[BankLine], fresh: Mapping[Key, bool], because: Because
) -> list[BankQuestion]:
    """A question for each credit that may be new money although one like it is known."""
    known = [not fresh[line.natural_key] for line in lines]
    asked = []
    for place in doubtful(read, known):
        if lines[place].direction is not Direction.CREDIT:
            continue
        like = unit.bank_lines.by_key(lines[place].natural_key)
        twin = replace(lines[place], natural_key=free_key(unit, lines[place]))
        unit.bank_lines.add_new([twin])
        asked.append(ask(unit, twin, QuestionKind.TWIN, _WHY, because, like.id if like is not None else None))
    return asked


def free_key(unit: UnitOfWork, line: BankLine) -> Key:
    """The natural key of the next twin of a line."""
    ordinal = 1
    while unit.bank_lines.by_key(natural_key(line, ordinal)) is not None:
        ordinal += 1
    return natural_key(line, ordinal)


def seen_before(unit: UnitOfWork, line: BankLine) -> None:
    """A person said that a twin is the known line: the place among the twins is free for a real one."""
    unit.bank_lines.rename(line.id, Key(f"seen before:{line.id}"))


def asked_again(unit: UnitOfWork, line: BankLine) -> None:
    """The question of a twin is open again: it is the next of its twins."""
    unit.bank_lines.rename(line.id, free_key(unit, line))


def _bank_line(read: ReadBankLine, number: BankLineId, source_id: SourceId) -> BankLine:
    return BankLine(
        id=number,
        natural_key=natural_key(read, read.ordinal),
        source_id=source_id,
        where=read.where,
        account=read.account,
        bank_id=read.bank_id,
        value_date=read.value_date,
        amount=read.amount,
        direction=read.direction,
        payer_name=read.payer_name,
        payer_account=read.payer_account,
        references=read.references,
        text=read.text,
        method=read.method,
        reversal=read.reversal,
        return_code=read.return_code,
    )
