"""The ordinal among lines alike in everything, so that two equal payments on one day stay two."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from core.domain.readings import ReadBankLine

_Key = tuple[object, ...]


def numbered(lines: Iterable[ReadBankLine]) -> tuple[ReadBankLine, ...]:
    """`lines` with `ordinal` counting those alike in everything but their place, in file order."""
    seen: Counter[_Key] = Counter()
    result = []
    for line in lines:
        key = (
            line.account, line.value_date, line.amount.minor, line.amount.currency.code, line.direction, line.bank_id,
            line.payer_name, line.payer_account, line.references, line.text, line.method, line.entry, line.reversal,
            line.return_code,
        )  # fmt: skip
        seen[key] += 1
        result.append(line if seen[key] == line.ordinal else replace(line, ordinal=seen[key]))
    return tuple(result)
