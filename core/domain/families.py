"""Families of answers: suggestions that were found in one way and can be wrong in one way. Risk is counted family by family.

A family that **verifies itself** rests on two things that do not depend on each other and agree: the documents that the payer
named and the amount, explained to the last minor unit; a payer known by name or account and a number that only this payer has;
or a known payer and an amount that practically nothing else makes. Such answers may be applied without asking before anybody
confirmed any; all others only once people confirmed enough of them (`core.decide.risk`).
"""

from typing import Final

from core.domain.evidence import Compared, GapKind, Method, Suggestion

_SOURCES: Final = {
    Method.NAMED_IN_BANK_TEXT: "text",
    Method.NAMED_IN_REMITTANCE: "advice",
    Method.EXACT_AMOUNT: "amount, one document",
    Method.EXACT_SUBSET: "amount, several documents",
    Method.STATEMENT: "statement",
    Method.OLDEST_FIRST: "oldest first",
    Method.ON_ACCOUNT: "on account",
}
_WAYS: Final = {GapKind.NONE: "exact", GapKind.EARNED_DISCOUNT: "discount"}
_PAYER: Final = (Compared.PAYER_ACCOUNT, Compared.PAYER_NAME, Compared.PAYER_ALIAS)
_EXPLAINED: Final = frozenset(
    {
        GapKind.NONE,
        GapKind.EARNED_DISCOUNT,
        GapKind.LATE_DISCOUNT,
        GapKind.BANK_FEE,
        GapKind.ROUNDING,
        GapKind.TAX_WITHHELD,
        GapKind.DEDUCTION,
    }
)


def family_of(suggestion: Suggestion) -> str:
    """The family in words: where the documents come from, how the amount is explained, and what is missing."""
    words = [_SOURCES[suggestion.method], _WAYS.get(suggestion.gap_kind, suggestion.gap_kind.value.replace("_", " "))]
    levels = {record.level for record in suggestion.evidence}
    if "partly_named" in levels:
        words.append("partly named")
    if "unplaced" in levels:
        words.append("not placed")
    if not payer_known(suggestion):
        words.append("payer unknown")
    return ", ".join(words)


def payer_known(suggestion: Suggestion) -> bool:
    """Whether a name or an account points to the owner of the documents, or to their group."""
    return any(record.compared in _PAYER and record.weight > 0 for record in suggestion.evidence)


def verifies_itself(suggestion: Suggestion) -> bool:
    """Whether two independent things agree in it; see the module."""
    levels = {record.level for record in suggestion.evidence}
    if levels & {"partly_named", "unplaced"}:
        return False
    if suggestion.method in {Method.NAMED_IN_BANK_TEXT, Method.NAMED_IN_REMITTANCE}:
        short = suggestion.gap_kind is GapKind.SHORT_PAY and payer_known(suggestion)
        return suggestion.gap_kind in _EXPLAINED or short
    if suggestion.method in {Method.EXACT_AMOUNT, Method.EXACT_SUBSET, Method.STATEMENT}:
        return payer_known(suggestion) and suggestion.gap_kind in _WAYS
    return False
