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
from core.match.lists import extended
from core.match.mentions import Mention, MentionKind
from core.match.normal import compact, flat, shape
from core.match.number_spellings import digit_count
from core.match.runs import LABELS, SHORTENED, Runs, cut_up, longest, windows_from
from core.match.schemes import Level

_LAST_LETTERS: Final = re.compile(r"\d[\s,;+&/-]+(?:AND |UND )?([A-Z]{1,4})[\s./-]*\Z")
_LAST_DIGITS: Final = re.compile(r"\d{5,}\s*[,;+&]\s*\d{1,3}\s*\Z")
_DIGIT: Final = re.compile(r"\d")
_NUMBER_WORDS: Final = frozenset({"NO", "NR", "NUM", "NUMBER", "NUMMER"})
_INVOICE_WORDS: Final = frozenset("INV INVOICE INVOICES INVS RECHNUNG RG FACTURE FACTURA FATTURA FACTUUR FAKTURA".split())


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
        _scan(cut_up(clean, index.heads), index, offset, _Found(mentions, unknown, unread, near))
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


def _scan(runs: Runs, index: MatchIndex, offset: int, found: _Found) -> None:
    mentions = found.mentions
    at = 0
    while at < len(runs.runs):
        windows = windows_from(runs, at)
        mention, width = longest(runs, at, windows, index, found.near)
        if mention is None:
            strange, width = _strange(runs, at, windows, index, found.near)
            if strange:
                found.unknown.append(strange)
            elif runs.runs[at].isdigit() and len(runs.runs[at]) > 1:
                # A number that the payer calls an invoice is one of ours that we do not know, whatever it looks like.
                called = len(runs.runs[at]) > SHORTENED and _called_invoice(runs, at)
                (found.unknown if called else found.unread).append(runs.runs[at])
            at += width
            continue
        start = runs.starts[at] + offset
        mentions.append(
            Mention(mention.text, mention.kind, mention.digits, mention.hits, start, mention.ordered, mention.doubtful)
        )
        at += width
        at += extended(runs, at, index, start, mentions, found.near)


def _called_invoice(runs: Runs, at: int) -> bool:
    """Whether the words before a number say that it is one of an invoice: `INV 8142`, `invoice no. 8142`."""
    before = [word for word in runs.runs[max(0, at - 2) : at] if word not in _NUMBER_WORDS]
    return bool(before) and before[-1] in _INVOICE_WORDS


def _strange(
    runs: Runs, at: int, windows: Sequence[str], index: MatchIndex, near: Container[CustomerId] | None
) -> tuple[str, int]:
    """A window that looks exactly like a number of ours and is none; and how many runs it took."""
    for width in range(len(windows), 0, -1):
        text = windows[width - 1]
        if digit_count(text) > SHORTENED and schemes.mask(text) in index.masks and not text.isdigit():
            labelled = runs.runs[at] in LABELS and _own_number(text[len(runs.runs[at]) :], index, near)
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
