"""What follows a number and only makes sense with it: 1001/2/3, 1001-1005, 1001, 02 & 03, and the year behind it."""

from collections.abc import Container
from typing import Final

from core.domain.ids import CustomerId
from core.match import schemes
from core.match.index import MatchIndex
from core.match.mentions import Hit, Mention, MentionKind
from core.match.normal import shape
from core.match.number_spellings import with_other_zeros
from core.match.runs import AND_WORDS, SHORTENED, Runs, longest, stands_as_year, windows_from
from core.match.schemes import Level

_TO_WORDS: Final = frozenset("TO THRU THROUGH BIS UNTIL TILL TIL TOT AU AL ATE DO A".split())
_RANGE_MARKS: Final = frozenset({"-", "..", "...", "->"})
_CENTURY: Final = "20"
_LONGEST_RANGE: Final = 60
_LIST_MARKS: Final = frozenset({"", ",", "&", "+", ";", "/", "-", ",-", ";-", "/-", "&-", "+-"})


def extended(
    runs: Runs, at: int, index: MatchIndex, start: int, mentions: list[Mention], near: Container[CustomerId] | None
) -> int:
    """1001/2/3, 1001-1005, 1001, 02 and 1001/25: what follows the last of `mentions`, a number. How many runs that took."""
    first = mentions[-1]
    if first.kind is not MentionKind.DOCUMENT or at == 0 or at >= len(runs.runs):
        return 0
    dated = _with_year(first, runs.runs[at], near) if stands_as_year(runs, at) else None
    if dated:
        mentions[-1] = dated
        return 1
    worded = _to_words(runs, at)
    if worded or runs.gaps[at - 1].strip() in _RANGE_MARKS:
        taken, mention = _range(runs, at + worded, first, index)
        if mention:
            mentions[-1] = Mention(mention.text, mention.kind, mention.digits, mention.hits, start)
            return taken + worded
    taken = 0
    while at + taken < len(runs.runs) and runs.gaps[at + taken - 1] == "/":
        tail = runs.runs[at + taken]
        if not tail.isdigit() or len(tail) > SHORTENED or len(tail) >= len(first.text):
            break
        text = first.text[: -len(tail)] + tail
        hits = _hits(text, index)
        if not hits:
            break
        mentions.append(Mention(text, MentionKind.DOCUMENT, first.digits, hits, runs.starts[at + taken]))
        taken += 1
    return taken or _tails(runs, at, worded, index, mentions)


def _to_words(runs: Runs, at: int) -> int:
    """How many runs say "to" here, with something behind them: `bis`, `t/m`."""
    wide = 2 if runs.runs[at : at + 2] == ["T", "M"] else 1 if runs.runs[at] in _TO_WORDS else 0
    return wide if at + wide < len(runs.runs) else 0


def _with_year(first: Mention, tail: str, near: Container[CustomerId] | None) -> Mention | None:
    """03005-2024 and 03005/24 for RE-2024-03005: the year that our number begins with, written behind it.

    Two digits may as well be the end of the next number: they are the year only where all documents that can be meant have it.
    """
    if len(tail) not in {2, 4} or not tail.isdigit() or (len(tail) > len(_CENTURY) and not tail.startswith(_CENTURY)):
        return None
    hits = [hit for hit in first.hits if hit[1].customer in near] if near else []
    hits = hits or list(first.hits)
    fitting = [hit for hit in hits if hit[0] in {Level.RUNNING, Level.SUFFIX} and _begins_with_year(hit[1].number, tail[-2:])]
    if not fitting or (len(tail) == len(_CENTURY) and len(fitting) < len(hits)):
        return None
    exactly = tuple((Level.NO_ZEROS, document) for _, document in fitting)
    return Mention(first.text + tail, first.kind, first.digits + len(tail), exactly, first.at, first.ordered, first.doubtful)


def _begins_with_year(number: str, year: str) -> bool:
    digits = "".join(mark for mark in schemes.split(number)[0] if mark.isdigit())
    return digits in {year, _CENTURY + year}


def _tails(runs: Runs, at: int, worded: int, index: MatchIndex, mentions: list[Mention]) -> int:
    """1001, 02 & 03 and 1001-03: last digits of further numbers of the same customer, or anything else: the amount says."""
    first = mentions[-1]
    owners = {document.customer for _, document in first.hits}
    begin = at
    at += worded
    while at < len(runs.runs):
        gap = "".join(runs.gaps[at - 1].split())
        whole = gap in _RANGE_MARKS or (worded > 0 and at == begin + worded)
        joined = not gap and not whole and runs.runs[at] in AND_WORDS and at + 1 < len(runs.runs)
        tail = runs.runs[at + joined]
        short = tail.isdigit() and 1 < len(tail) <= SHORTENED and len(tail) < first.digits
        if (
            not short
            or not (whole or gap in _LIST_MARKS)
            or (whole and at > begin + worded)
            or _stands_alone(runs, at + joined, index, owners)
        ):
            break
        found = _following(first, tail, index, owners, whole=whole)
        if not found:
            break
        text = first.text[: -len(tail)] + tail
        mentions.append(Mention(text, MentionKind.RANGE, len(tail), found, runs.starts[at + joined], doubtful=True))
        at += 1 + joined
    return at - begin if at > begin + worded else 0


def _stands_alone(runs: Runs, at: int, index: MatchIndex, owners: Container[CustomerId]) -> bool:
    """Whether digits behind a number begin, or are, a number of one of these customers themselves."""
    other, width = longest(runs, at, windows_from(runs, at), index, owners)
    if other is None:
        return False
    return width > 1 or any(level is Level.FULL and document.customer in owners for level, document in other.hits)


def _following(first: Mention, tail: str, index: MatchIndex, owners: Container[CustomerId], *, whole: bool) -> tuple[Hit, ...]:
    """Documents of these owners whose number is the first with another end; with the `whole` range, all up to there."""
    size = 10 ** len(tail)
    last = shape(first.text)[-len(tail) :]
    if not last.isdigit():
        # The number itself was misread from paper, so that nothing can be counted from it.
        return ()
    start, end = int(last), int(tail)
    ends = range(start + 1, end + 1) if whole and 0 < end - start <= _LONGEST_RANGE else (end,) if end != start else ()
    names = [first.text[: -len(tail)] + str(size + each)[1:] for each in ends]
    hits = [hit for name in names for hit in _hits(name, index)]
    return tuple(dict.fromkeys((level, each) for level, each in hits if each.customer in owners and level <= Level.RUNNING))


def _hits(text: str, index: MatchIndex) -> tuple[Hit, ...]:
    """What a number can mean that was put together from a written one and the end of another."""
    return tuple(index.with_key(shape(text)) or with_other_zeros(text, schemes.running(text), index))


def _range(runs: Runs, at: int, first: Mention, index: MatchIndex) -> tuple[int, Mention | None]:
    """From the first number to the last of the same scheme: every document of that customer in between."""
    last, width = longest(runs, at, windows_from(runs, at), index, None)
    if last is None:
        return 0, None
    low = [doc for level, doc in first.hits if level <= Level.NO_ZEROS] or [doc for _, doc in first.hits]
    for begin in low:
        head, start = schemes.split(begin.number)
        for _, end in last.hits:
            other, ends = schemes.split(end.number)
            if head == other and len(start) == len(ends) and start and 0 < int(ends) - int(start) <= _LONGEST_RANGE:
                names = [f"{head}{value:0{len(start)}d}" for value in range(int(start), int(ends) + 1)]
                hits = tuple(
                    (level, doc) for name in names for level, doc in index.with_key(shape(name)) if level is Level.FULL
                )
                return width, Mention(f"{begin.number} - {end.number}", MentionKind.RANGE, first.digits, hits)
    return 0, None
