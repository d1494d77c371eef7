"""Evidence as data, and the sentences made from it when somebody looks. No prose is stored."""

from typing import Final

from core.domain.evidence import Compared, Evidence, GapKind, Method, Suggestion
from core.match import habits
from core.match.hypotheses import Desk, Hypothesis

_NAMES_SHOWN: Final = 6


def evidence(desk: Desk, hypothesis: Hypothesis, rivals: int) -> tuple[Evidence, ...]:
    """What speaks for and against one hypothesis."""
    found = list(_payer(desk, hypothesis))
    source = Compared.REMITTANCE if hypothesis.advices else Compared.REFERENCE
    found += [Evidence(source, "named", 6, text, number) for text, number in hypothesis.named]
    found.append(_amount(desk, hypothesis))
    found += _habits(desk, hypothesis)
    if hypothesis.partly_named:
        found.append(Evidence(Compared.CUT_OFF if desk.words.cut else Compared.REFERENCE, "partly_named", -1))
    if not hypothesis.reading.placed:
        found.append(Evidence(Compared.GAP, "unplaced", -4, str(hypothesis.reading.gap)))
    if hypothesis.label:
        found.append(Evidence(Compared.DUE_DATE, hypothesis.label, 1))
    if rivals > 1:
        found.append(Evidence(Compared.RIVALS, "others_fit", -rivals, str(rivals - 1)))
    found += [Evidence(Compared.UNKNOWN_REFERENCE, "not_in_ledger", -2, text) for text in desk.words.unknown[:2]]
    found += [
        Evidence(Compared.SETTLED, "settled_before", -4, text, doc.number) for text, doc in sorted(desk.settled.items())[:2]
    ]
    found += [Evidence(Compared.LIMIT, limit, -1) for limit in desk.limits]
    return tuple(found)


def _habits(desk: Desk, hypothesis: Hypothesis) -> tuple[Evidence, ...]:
    """What people confirmed of the owner that this hypothesis shows again."""
    owners = {document.customer for document in hypothesis.documents}
    if len(owners) != 1:
        return ()
    owner = owners.pop()
    if not desk.index.knows_of(owner):
        return ()
    numbers = [document.number for document in hypothesis.documents]
    orders = [document.order for document in hypothesis.documents]
    shown = habits.difference(hypothesis.reading.kind)
    if not hypothesis.advices:
        shown |= habits.ways_written(desk.words.text, numbers, orders)
    return habits.evidence(desk.index, owner, sorted(shown))


def _payer(desk: Desk, hypothesis: Hypothesis) -> tuple[Evidence, ...]:
    owners = sorted({document.customer for document in hypothesis.documents})
    known = [record for owner in owners for record in desk.payer.evidence.get(owner, ())]
    if known:
        return tuple(known)
    related = [owner for owner in owners if owner in desk.payer.family]
    if related:
        return (Evidence(Compared.PAYER_NAME, "same_group", 3, desk.payer.shown, related[0]),)
    if desk.payer.known:
        return (Evidence(Compared.PAYER_NAME, "somebody_else", -5, desk.payer.shown, owners[0]),)
    return (Evidence(Compared.PAYER_NAME, "unknown", 0, desk.payer.shown),)


def _amount(desk: Desk, hypothesis: Hypothesis) -> Evidence:
    unit = desk.money.amount
    asked = sum(document.open for document in hypothesis.documents)
    right = f"{type(unit)(asked, unit.currency)}"
    if hypothesis.reading.kind is GapKind.NONE:
        return Evidence(Compared.AMOUNT, "exact", 8, str(unit), right)
    if hypothesis.reading.kind is GapKind.EARNED_DISCOUNT:
        return Evidence(Compared.DISCOUNT, "earned", 6, str(unit), right)
    gap = type(unit)(hypothesis.reading.gap, unit.currency)
    return Evidence(Compared.GAP, hypothesis.reading.kind.value, 1, str(gap), right)


_PAYER_SENTENCES: Final = {
    (Compared.PAYER_ACCOUNT, "same"): "The money comes from an account known for {right}.",
    (Compared.PAYER_NAME, "same"): "The payer's name is that of {right}.",
    (Compared.PAYER_NAME, "other_legal_form"): "The payer's name “{left}” is that of {right} but for the legal form.",
    (Compared.PAYER_NAME, "cut_off"): "The payer's name “{left}” is the beginning of {right}.",
    (Compared.PAYER_NAME, "close"): "The payer's name “{left}” is close to {right}.",
    (Compared.PAYER_NAME, "same_group"): "The payer belongs to the same group of companies.",
    (Compared.PAYER_NAME, "somebody_else"): "The payer “{left}” is not the customer who owes these documents.",
    (Compared.PAYER_NAME, "unknown"): "The payer is not known by name or account.",
    (Compared.CUT_OFF, "partly_named"): "The bank cut the payer's words off; the other documents follow from the amount.",
    (Compared.REFERENCE, "partly_named"): "Only some of these documents are named; the others follow from the amount.",
    (Compared.GAP, "unplaced"): "It is not said which document bears the difference.",
    (Compared.DUE_DATE, "all_due"): "It is everything that was due.",
    (Compared.DUE_DATE, "all_open"): "It is everything that was open.",
    (Compared.DUE_DATE, "months_before"): "It is everything from before this month.",
    (Compared.DUE_DATE, "one_order"): "It is everything of one order.",
    (Compared.DUE_DATE, "unknown_payer"): "Only the amount points to it.",
    (Compared.RIVALS, "others_fit"): "{left} other explanations are possible.",
    (Compared.UNKNOWN_REFERENCE, "not_in_ledger"): "“{left}” looks like a number of ours and is none.",
    (Compared.SETTLED, "settled_before"): "{right} is named and settled already.",
    (Compared.LIMIT, "documents"): "There are too many open documents to try every combination.",
    (Compared.LIMIT, "customers"): "There are too many possible payers to try all of them.",
    (Compared.LIMIT, "choices"): "The words can mean too many documents to try every combination.",
    (Compared.HABIT, "digits_only"): "{right} writes our numbers as digits only (confirmed: {left}).",
    (Compared.HABIT, "without_zeros"): "{right} leaves the zeros of our numbers out (confirmed: {left}).",
    (Compared.HABIT, "running_number"): "{right} writes our running number without what stands before it (confirmed: {left}).",
    (Compared.HABIT, "last_digits"): "{right} writes the last digits of our numbers (confirmed: {left}).",
    (Compared.HABIT, "order_number"): "{right} names its order instead of our document (confirmed: {left}).",
    (Compared.HABIT, "own_number"): "{right} writes numbers of its own, which are none of ours (confirmed: {left}).",
    (Compared.HABIT, GapKind.LATE_DISCOUNT.value): "{right} takes the discount after its last day (confirmed: {left}).",
    (Compared.HABIT, GapKind.BANK_FEE.value): "Banks take charges from what {right} sends (confirmed: {left}).",
    (Compared.HABIT, GapKind.TAX_WITHHELD.value): "{right} withholds tax (confirmed: {left}).",
    (Compared.HABIT, GapKind.DEDUCTION.value): "{right} deducts what it claims (confirmed: {left}).",
    (Compared.AMOUNT, "exact"): "The amount equals what is open on {them}.",
    (Compared.DISCOUNT, "earned"): "The amount equals what is open on {them} less the discount of the terms.",
    (Compared.GAP, GapKind.LATE_DISCOUNT.value): "{left} is missing: the discount, taken too late; it stays open.",
    (Compared.GAP, GapKind.BANK_FEE.value): "{left} is missing: the size of a bank's charge; it stays open.",
    (Compared.GAP, GapKind.ROUNDING.value): "{left} is left by rounding.",
    (Compared.GAP, GapKind.TAX_WITHHELD.value): "{left} is missing: tax withheld at a usual rate; it stays open.",
    (Compared.GAP, GapKind.DEDUCTION.value): "{left} is missing: the payer deducted it and said so; it stays open.",
    (Compared.GAP, GapKind.SHORT_PAY.value): "{left} is missing, and no reason is given; it stays open.",
    (Compared.GAP, GapKind.EXCHANGE.value): "{left} is the difference: the bank says that the money was converted.",
    (Compared.GAP, GapKind.OVERPAYMENT.value): "{left} is more than the documents ask for.",
}  # fmt: skip


def sentence(record: Evidence, documents: int = 1) -> str:
    """One piece of evidence in words; empty for records that are only for the audit."""
    pattern = _PAYER_SENTENCES.get((record.compared, record.level), "")
    if (record.compared, record.level) == (Compared.RIVALS, "others_fit") and record.left == "1":
        pattern = "Another explanation is possible."
    return pattern.format(left=record.left, right=record.right, them="it" if documents == 1 else "them")


def sentences(suggestion: Suggestion) -> str:
    """Why this suggestion, in a few plain sentences, the strongest reason first."""
    count = len(suggestion.applications)
    named = [record.right for record in suggestion.evidence if record.level == "named"]
    found = []
    if named:
        who = "The remittance" if suggestion.method is Method.NAMED_IN_REMITTANCE else "The payer"
        more = len(named) - _NAMES_SHOWN
        listed = ", ".join(named[:_NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")
        found.append(f"{who} names {listed}.")
    found += [text for record in suggestion.evidence if (text := sentence(record, count))]
    return " ".join(found)
