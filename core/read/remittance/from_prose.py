"""Advices in sentences: the documents and the sum that they name.

"We have sent 1,200.00 USD on 2025-03-03 for invoices 1042 and 1043." Where several documents are named the sentence does not
say how much each of them gets, and neither does the record.
"""

import re
from collections.abc import Collection, Sequence
from typing import Final

from core.read.numbers import read_amount
from core.read.remittance.advice import Advice, Item, is_reference
from core.read.remittance.labels import folded
from core.read.remittance.wording import LABEL, speaks_of_payment

_NAMED: Final = re.compile(rf"\b{LABEL}(?P<list>[^\n.;]*(?:\.(?=\S)[^\n.;]*)*)", re.IGNORECASE)
_BETWEEN: Final = re.compile(r"\s*(?:[,;&+]|/(?=\s)|\b(?:and|und|et|y|en|e|sowie)\b)\s*|\s+", re.IGNORECASE)
_DATES: Final = (
    r"\b\d{4}-\d{2}-\d{2}\b",
    r"\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b",
    r"\b\d{1,2}\.? [A-Z][a-zä]{2,8}\.? \d{4}\b",
    r"\b[A-Z][a-z]{2,8}\.? \d{1,2}, \d{4}\b",
)
_DATE_IN_TEXT: Final = re.compile("|".join(_DATES))
_TOKEN: Final = re.compile(r"\S+")
_CENTS: Final = re.compile(r"[.,]\d{2}$")
_TOOK: Final = "took off|deducted|withheld|short[- ]paid"
_DEDUCTED: Final = re.compile(
    rf"\bon\s+(?P<ref>\S+)\s+we\s+(?:{_TOOK})\s+[^()\n]{{1,30}}?\s*\((?P<reason>[^()\n]{{1,120}})\)|"
    rf"\b(?:{_TOOK})\s+\S+(?: [A-Z]{{3}})?\s+(?:on|from|off)\s+(?:invoice\s+)?(?P<ref2>\S+?)\s+"
    r"(?:for|because of|due to)\s+(?P<reason2>[^.\n]{1,120})",
    re.IGNORECASE,
)
_MOST_TEXT: Final = 100_000


def advice_in_prose(text: str, where: str) -> Advice | None:
    """A sentence that says a sum was paid for named documents: the documents, the sum, and no amount for each of several."""
    if not speaks_of_payment(text):
        return None
    advice = Advice(where, only_named=True)
    for found in _NAMED.finditer(text[:_MOST_TEXT]):
        # One list may name a document twice; a document named again elsewhere is the same one.
        known = {item.reference for item in advice.items}
        advice.items += [Item("", reference) for reference in _listed(found["list"]) if reference not in known]
    if not advice.items:
        return None
    sums = _sums(text, {item.reference for item in advice.items})
    if not sums:
        return None
    advice.head.total = sums[0]
    dates = [found[0] for found in _DATE_IN_TEXT.finditer(_sentence_of_sum(text, sums[0]))]
    advice.head.paid_on = dates[0] if len(dates) == 1 else ""
    _deductions(text, advice)
    if len(advice.items) == 1:
        advice.items[0].paid = sums[0]
    return advice


def _listed(text: str) -> list[str]:
    """The document numbers of a list, up to the first word that is none."""
    result = []
    for piece in _BETWEEN.split(text.strip(" :#")):
        word = piece.strip(" :()#")
        if not word:
            continue
        if not is_reference(word.rstrip(".,")) or " " in word:
            break
        result.append(word.rstrip(".,"))
    return result


def _sums(text: str, documents: Collection[str]) -> list[str]:
    """The amounts in a text: those with a currency, else those with cents; what names a document is none."""
    with_currency: list[str] = []
    plain: list[str] = []
    words = [match[0].strip("(),;:").rstrip(".") for match in _TOKEN.finditer(text[:_MOST_TEXT])]
    index = 0
    while index < len(words):
        taken = next((size for size in (4, 3, 2, 1) if _is_sum(words[index : index + size], size, documents)), 0)
        written = " ".join(words[index : index + taken])
        amount = read_amount(written) if taken else None
        if amount is not None and amount.currency:
            with_currency.append(written)
        elif _CENTS.search(written):
            plain.append(written)
        index += max(taken, 1)
    return with_currency or plain


def _is_sum(words: Sequence[str], size: int, documents: Collection[str]) -> bool:
    """Whether some neighbouring words are one amount: its currency and its groups may be words of their own."""
    return len(words) == size and not any(word in documents for word in words) and read_amount(" ".join(words)) is not None


def _sentence_of_sum(text: str, amount: str) -> str:
    """The sentence around an amount."""
    at = text.find(amount.partition(" ")[0])
    start = max(text.rfind("\n\n", 0, at), text.rfind(". ", 0, at))
    ends = [end for end in (text.find("\n\n", at), text.find(". ", at)) if end > 0]
    return text[max(start, 0) : min(ends, default=len(text))]


def _deductions(text: str, advice: Advice) -> None:
    """Reasons given in a sentence, put on the document that they name."""
    for found in _DEDUCTED.finditer(text[:_MOST_TEXT]):
        reference = (found["ref"] or found["ref2"] or "").rstrip(".,")
        reason = found["reason"] or found["reason2"] or ""
        for item in advice.items:
            if folded(item.reference) == folded(reference):
                item.reason = reason.strip()
