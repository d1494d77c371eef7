"""Is a line that looks like a known one the same line in an overlapping statement, or new money that looks alike?

A bank's own reference settles it. Without one, statements that overlap repeat more than one line of an account, so a line
that comes back beside others that came back is the same line. A line that comes back alone, in another file, without a
reference, is a question for a person.
"""

from collections.abc import Sequence

from core.domain.readings import ReadBankLine


def doubtful(lines: Sequence[ReadBankLine], known: Sequence[bool]) -> list[int]:
    """Places of known lines that may be new money; `known` says for each line whether one like it was there before the file."""
    back: dict[str, int] = {}
    for line, again in zip(lines, known, strict=True):
        if again:
            back[line.account] = back.get(line.account, 0) + 1
    return [
        place
        for place, (line, again) in enumerate(zip(lines, known, strict=True))
        if again and not line.bank_id and back[line.account] == 1
    ]
