"""Finds document and order numbers in what a payer wrote: exact, in other spellings, as lists, ranges and shortened lists.

The text is cut into runs of letters and runs of digits; neighbouring runs are put together again, longest first, and looked up
among the keys of the ledger's own numbers. So separators, line breaks inside a number, glued text and a label before a number
all read the same. Amounts, dates and telephone numbers are taken out first. A mention says which documents it *can* mean; which
one it means is settled together with the customer and the amount (`core.match.naming`).
"""

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from typing import Final

from core.domain.ids import CustomerId
from core.match import schemes, sums
from core.match.bank_text import without_clutter
from core.match.index import MatchIndex
from core.match.mentions import Hit, Mention, MentionKind
from core.match.normal import compact, flat, shape
from core.match.number_spellings import digit_count, misread, structured, with_other_zeros
from core.match.schemes import Level

_RUN: Final = re.compile(r"[A-Z]+|\d+")
_LAST_LETTERS: Final = re.compile(r"\d[\s,;+&/-]+(?:AND |UND )?([A-Z]{1,4})[\s./-]*\Z")
_LAST_DIGITS: Final = re.compile(r"\d{5,}\s*[,;+&]\s*\d{1,3}\s*\Z")
_AND_WORDS: Final = ("AND", "UND", "ET")
_AND: Final = re.compile("|".join(_AND_WORDS))
_DIGIT: Final = re.compile(r"\d")
_GLUE: Final = re.compile(r"[\s\-/._:#\\]{0,3}\Z")
_TO_WORDS: Final = frozenset({"TO", "THRU", "THROUGH", "BIS", "UNTIL"})
_LABELS: Final = frozenset(
    "INV INVOICE INVOICES INVS IN RE RG RNR REF NO NR NUM RECHNUNG BELEG FACT FACTURE FACTURA FRA FATT FATTURA FACTUUR FAKTURA "
    "FAKT FV F BILL DOC PO ORDER P".split()
)
_WIDEST: Final = 7
_LONGEST: Final = 28
_NUMBER_WORDS: Final = frozenset({"NO", "NR", "NUM", "NUMBER", "NUMMER"})
_INVOICE_WORDS: Final = frozenset("INV INVOICE INVOICES INVS RECHNUNG RG FACTURE FACTURA FATTURA FACTUUR FAKTURA".split())
_CHECKED: Final = 5
_REFERENCE_WORDS: Final = frozenset({"KID", "OCR", "REF", "REFERENCE", "VIITE", "VIITENUMERO", "BETALINGSREF"})
_SHORTENED: Final = 3
_WHOLE: Final = 7
_LONGEST_RANGE: Final = 60
_LIST_MARKS: Final = frozenset({"", ",", "&", "+", ";", "/", "-"})


@dataclass(frozen=True, slots=True)
class Words:
    """All that the payer's words hold.

    `unknown` look like numbers of ours and are none; `unread` are other numbers,
    which may be anything; `amounts` are written sums.
    """

    mentions: tuple[Mention, ...]
    unknown: tuple[str, ...]
    unread: tuple[str, ...]
    amounts: tuple[tuple[str, int], ...]
    text: str
    cut: bool = False


@dataclass(slots=True)
class _Runs:
    """A segment cut into runs; `gaps[k]` is what stands between run k and the next, `glued[k]` whether they may be one word."""

    text: str
    runs: list[str]
    starts: list[int]
    gaps: list[str]
    glued: list[bool]


def _cut(text: str, heads: Container[str] = ()) -> _Runs:
    """`heads` are the letters that our own numbers begin with: `ANDRE` is `AND` and `RE` where `RE` is one of them."""
    hits = list(_RUN.finditer(text))
    if any(word in text for word in _AND_WORDS):
        hits = [part for hit in hits for part in _apart(hit, text, heads)]
    starts = [hit.start() for hit in hits]
    gaps = [text[left.end() : start] for left, start in zip(hits, starts[1:], strict=False)]
    glued = [gap == " " or _GLUE.match(gap) is not None for gap in gaps]
    return _Runs(text, [hit.group() for hit in hits], starts, gaps, glued)


def _apart(hit: re.Match[str], text: str, heads: Container[str]) -> Sequence[re.Match[str]]:
    word = hit.group()
    glued = _AND.match(word) if word not in heads else None
    if glued is None or word[glued.end() :] not in heads:
        return (hit,)
    at = hit.start() + glued.end()
    return [part for begin, end in ((hit.start(), at), (at, hit.end())) if (part := _RUN.match(text, begin, end))]


def find(segments: Sequence[str], index: MatchIndex, near: Container[CustomerId] | None = None, *, cut: bool = False) -> Words:
    """Everything that these segments of text name. Upper case without accents is expected (`bank_text.read` gives it).

    Where the text was `cut`, a number at the very end may be the beginning of a longer one and is doubtful. `near` are the
    customers that may be the payer, for words that say nothing of others.
    """
    mentions: list[Mention] = []
    unknown: list[str] = []
    unread: list[str] = []
    amounts: list[tuple[str, int]] = []
    offset = 0
    for segment in segments:
        if _DIGIT.search(segment) is None:
            # Every number, amount and ending has a digit.
            offset += len(segment) + 1
            continue
        clean = sums.mended(without_clutter(segment))
        amounts += [(digits, at + offset) for digits, at in sums.amounts_in(clean)]
        clean = sums.taken_out(clean)
        before = len(mentions)
        ends_open = cut or _ends_open(clean, index)
        cut = cut or ends_open
        _scan(_cut(clean, index.heads), index, offset, _Found(mentions, unknown, unread, near))
        if ends_open and len(mentions) > before and _at_end(mentions[-1], clean, offset):
            mentions[-1] = replace(mentions[-1], doubtful=True)
        offset += len(segment) + 1
    return Words(tuple(mentions), tuple(dict.fromkeys(unknown)), tuple(unread), tuple(amounts), " | ".join(segments), cut)


def _ends_open(segment: str, index: MatchIndex) -> bool:
    """Whether a text with numbers ends in the first letters or digits of another one: `INV-1042, IN` or `0010421, 0`."""
    if _LAST_DIGITS.search(segment):
        return True
    tail = _LAST_LETTERS.search(segment)
    return any(head.startswith(tail.group(1)) for head in index.heads) if tail else False


def _at_end(mention: Mention, segment: str, offset: int) -> bool:
    """Whether a number that is shorter than its document's full number stands at the end of its segment."""
    tail = segment[mention.at - offset :]
    short = all(level > Level.FULL for level, _ in mention.hits)
    return short and shape(compact(tail)) == shape(mention.text)


def look_up(written: str, index: MatchIndex) -> Mention | None:
    """What one cell of a remittance can mean; None when nothing is known by it. Remembered until documents are added."""
    known = index.cells.get(written)
    if known is not None:
        return known[0]
    found = _look_up(written, index)
    index.cell(written, found)
    return found


def _look_up(written: str, index: MatchIndex) -> Mention | None:
    words = find([flat(written)], index)
    plain = compact(written)
    exact = tuple(index.with_key(shape(plain)))
    if exact:
        return Mention(written, MentionKind.DOCUMENT, digit_count(plain), exact)
    for mention in words.mentions:
        if mention.kind is MentionKind.DOCUMENT:
            return mention
    return None


@dataclass(slots=True)
class _Found:
    mentions: list[Mention]
    unknown: list[str]
    unread: list[str]
    near: Container[CustomerId] | None


def _scan(runs: _Runs, index: MatchIndex, offset: int, found: _Found) -> None:
    mentions = found.mentions
    at = 0
    while at < len(runs.runs):
        windows = _windows(runs, at)
        mention, width = _longest(runs, at, windows, index, found.near)
        if mention is None:
            strange, width = _strange(runs, at, windows, index, found.near)
            if strange:
                found.unknown.append(strange)
            elif runs.runs[at].isdigit() and len(runs.runs[at]) > 1:
                # A number that the payer calls an invoice is one of ours that we do not know, whatever it looks like.
                called = len(runs.runs[at]) > _SHORTENED and _called_invoice(runs, at)
                (found.unknown if called else found.unread).append(runs.runs[at])
            at += width
            continue
        start = runs.starts[at] + offset
        mentions.append(
            Mention(mention.text, mention.kind, mention.digits, mention.hits, start, mention.ordered, mention.doubtful)
        )
        at += width
        at += _extended(runs, at, mention, index, start, mentions)


def _called_invoice(runs: _Runs, at: int) -> bool:
    """Whether the words before a number say that it is one of an invoice: `INV 8142`, `invoice no. 8142`."""
    before = [word for word in runs.runs[max(0, at - 2) : at] if word not in _NUMBER_WORDS]
    return bool(before) and before[-1] in _INVOICE_WORDS


def _longest(
    runs: _Runs, at: int, windows: Sequence[str], index: MatchIndex, near: Container[CustomerId] | None
) -> tuple[Mention | None, int]:
    """The widest of the `windows` from `at` that is a key."""
    for width in range(len(windows), 0, -1):
        text = windows[width - 1]
        digits = digit_count(text)
        if not digits:
            continue
        key = shape(text)
        hits = index.with_key(key, near) or with_other_zeros(text, runs.runs[at + width - 1], index, near)
        whole = digits >= _WHOLE and any(level is Level.FULL for level, _ in hits)
        if not whole and _is_list(runs, at, width, index):
            continue
        order = index.with_order(key) if digits >= _SHORTENED else ()
        ordered = tuple((Level.FULL, document) for document in order)
        if hits:
            can_mean = _with_label(runs, at, width, tuple(hits), index)
            return Mention(text, MentionKind.DOCUMENT, digits, can_mean, ordered=ordered), width
        if ordered:
            return Mention(text, MentionKind.ORDER, digits, ordered), width
        if "S" in text or "B" in text:
            looks = misread(text, index, near)
            if looks:
                return Mention(text, MentionKind.DOCUMENT, digits, looks), width
        alone = at + width == len(runs.runs) and (not at or runs.runs[:at][-1] in _REFERENCE_WORDS)
        checked = structured(text, index, alone=alone) if digits > _CHECKED else None
        if checked is not None:
            return checked, width
    return None, 1


def _windows(runs: _Runs, at: int) -> list[str]:
    """Texts of one, two, three... runs from `at`, as far as only glue stands between them."""
    found, text = [], ""
    for width in range(min(_WIDEST, len(runs.runs) - at)):
        if width and not runs.glued[at + width - 1]:
            break
        text += runs.runs[at + width]
        if len(text) > _LONGEST:
            break
        found.append(text)
    return found


def _is_list(runs: _Runs, at: int, width: int, index: MatchIndex) -> bool:
    """Digits, blank, digits: a list of numbers rather than one number, when each is a number by itself."""
    if width == 1 or not runs.runs[at].isdigit():
        return False
    if not any(" " in gap for gap in runs.gaps[at : at + width - 1]):
        return False
    return all(len(run) > 2 and index.with_key(shape(run)) for run in runs.runs[at : at + width])  # noqa: PLR2004  As short as 100.


def _with_label(runs: _Runs, at: int, width: int, hits: tuple[Hit, ...], index: MatchIndex) -> tuple[Hit, ...]:
    """INV 615 may be our INV-000615, or the word INV and a bare 615, which of a large ledger is often a number too."""
    if width == 1 or runs.runs[at] not in _LABELS:
        return hits
    rest = "".join(runs.runs[at + 1 : at + width])
    others = [(level, doc) for level, doc in index.with_key(shape(rest)) if all(doc is not known for _, known in hits)]
    return hits + tuple(others)


def _extended(runs: _Runs, at: int, first: Mention, index: MatchIndex, start: int, mentions: list[Mention]) -> int:
    """1001/2/3, 1001-1005 and 1001, 02: what follows a number and only makes sense with it. How many runs that took."""
    if first.kind is not MentionKind.DOCUMENT or at == 0 or at >= len(runs.runs):
        return 0
    worded = runs.runs[at] in _TO_WORDS and at + 1 < len(runs.runs)
    if worded or runs.gaps[at - 1].strip() == "-":
        taken, mention = _range(runs, at + worded, first, index)
        if mention:
            mentions[-1] = Mention(mention.text, mention.kind, mention.digits, mention.hits, start)
            return taken + worded
    taken = 0
    while at + taken < len(runs.runs) and runs.gaps[at + taken - 1] == "/":
        tail = runs.runs[at + taken]
        if not tail.isdigit() or len(tail) > _SHORTENED or len(tail) >= len(first.text):
            break
        text = first.text[: -len(tail)] + tail
        hits = _hits(text, index)
        if not hits:
            break
        mentions.append(Mention(text, MentionKind.DOCUMENT, first.digits, hits, runs.starts[at + taken]))
        taken += 1
    return taken or _tails(runs, at, first, index, mentions)


def _tails(runs: _Runs, at: int, first: Mention, index: MatchIndex, mentions: list[Mention]) -> int:
    """1001, 02 & 03 and 1001-03: last digits of further numbers of the same customer, or anything else: the amount says."""
    owners = {document.customer for _, document in first.hits}
    begin = at
    while at < len(runs.runs):
        mark = runs.gaps[at - 1].strip()
        joined = not mark and runs.runs[at] in _AND_WORDS and at + 1 < len(runs.runs)
        tail = runs.runs[at + joined]
        short = tail.isdigit() and 1 < len(tail) <= _SHORTENED and len(tail) < first.digits
        if (
            not short
            or mark not in _LIST_MARKS
            or (mark == "-" and at > begin)
            or _stands_alone(runs, at + joined, index, owners)
        ):
            break
        found = _following(first, tail, index, owners, whole=mark == "-")
        if not found:
            break
        text = first.text[: -len(tail)] + tail
        mentions.append(Mention(text, MentionKind.RANGE, len(tail), found, runs.starts[at + joined], doubtful=True))
        at += 1 + joined
    return at - begin


def _stands_alone(runs: _Runs, at: int, index: MatchIndex, owners: Container[CustomerId]) -> bool:
    """Whether digits behind a number begin, or are, a number of one of these customers themselves."""
    other, width = _longest(runs, at, _windows(runs, at), index, owners)
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


def _range(runs: _Runs, at: int, first: Mention, index: MatchIndex) -> tuple[int, Mention | None]:
    """From the first number to the last of the same scheme: every document of that customer in between."""
    last, width = _longest(runs, at, _windows(runs, at), index, None)
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


def _strange(
    runs: _Runs, at: int, windows: Sequence[str], index: MatchIndex, near: Container[CustomerId] | None
) -> tuple[str, int]:
    """A window that looks exactly like a number of ours and is none; and how many runs it took."""
    for width in range(len(windows), 0, -1):
        text = windows[width - 1]
        if digit_count(text) > _SHORTENED and schemes.mask(text) in index.masks and not text.isdigit():
            labelled = runs.runs[at] in _LABELS and _own_number(text[len(runs.runs[at]) :], index, near)
            return ("", 1) if labelled else (text, width)
    text = runs.runs[at]
    if text.isdigit() and schemes.mask(text) in index.masks:
        return text, 1
    return "", 1


def _own_number(text: str, index: MatchIndex, near: Container[CustomerId] | None) -> bool:
    """Whether this is a whole number of a possible payer: Inv# 225267 may be its 00225267, whatever INV means to others."""
    hits = index.with_key(shape(text), near)
    return any(level < Level.SUFFIX and (near is None or document.customer in near) for level, document in hits)


def digit_runs(text: str) -> list[str]:
    """Every run of letters and digits of the text that has a digit; for looking up payment references."""
    return [word for word in re.findall(r"[A-Z0-9]+", flat(text)) if digit_count(word)]
