"""Why an invoice belongs to a customer's order, or does not, in sentences made from the records when somebody looks."""

from collections.abc import Iterable
from typing import Final

from core.domain.evidence import Compared, Evidence

_SENTENCES: Final = {
    (Compared.ORDER_REFERENCE, "number_exact"): "The invoice names order {right}.",
    (Compared.ORDER_REFERENCE, "number_spelling"): "The invoice names “{left}”, another spelling of {right}.",
    (Compared.ORDER_REFERENCE, "number_prefix"): "The invoice names “{left}”, which has the digits of {right}.",
    (Compared.ORDER_REFERENCE, "number_contained"): "The invoice's words “{left}” hold the number {right}.",
    (Compared.ORDER_REFERENCE, "number_digits"): "The invoice names “{left}”; only its digits are those of {right}.",
    (Compared.ORDER_REFERENCE, "number_slip"): "The invoice names “{left}”, which is one slip away from {right}.",
    (Compared.ORDER_REFERENCE, "other_customer"): "The invoice names “{left}”, which is an order of {right}.",
    (Compared.UNKNOWN_REFERENCE, "not_in_portal"): "The invoice names “{left}”, and no portal lists such an order.",
    (Compared.UNKNOWN_REFERENCE, "named_too"): "The invoice names “{left}” too, and no portal lists such an order.",
    (Compared.RIVALS, "several_orders"): "{left} orders fit equally well; a person has to choose.",
    (Compared.RIVALS, "several_invoices"): "The same sum is open on {left}; a person has to choose.",
    (Compared.PAYER_NAME, "same_group"): "The order belongs to {left}, another company of the customer's group.",
    (Compared.PAYER_NAME, "unknown_customer"): "Nobody has said yet which customer of ours {left} is.",
    (Compared.PAYER_NAME, "several_customers"): "{left} can be several customers of ours.",
    (Compared.CURRENCY, "differs"): "The invoice is in {left}, the order in {right}.",
    (Compared.SETTLED, "not_invoiceable"): "Order {left} takes no invoice now{right}.",
    (Compared.SETTLED, "listed"): "The portal lists {left} against {right} already.",
    (Compared.SETTLED, "credit_memo"): "Credit memos are not brought into portals.",
    (Compared.SETTLED, "nothing_open"): "Nothing is open on the invoice.",
    (Compared.BALANCE, "fits"): "{right} are left on the order, enough for {left}.",
    (Compared.BALANCE, "takes_all"): "The invoice is exactly what is left on the order, {right}.",
    (Compared.BALANCE, "too_little"): "Only {right} are left on the order, too little for {left}.",
    (Compared.BALANCE, "maybe_counted"): (
        "{right} are left on the order, too little for {left}; this invoice may be counted in what was invoiced."
    ),
    (Compared.BALANCE, "together_too_much"): "{left}; the order takes {right}.",
    (
        Compared.BALANCE,
        "no_way_to_fit",
    ): "{left}; {right} are left on the order, whichever of them the portal has counted already.",
    (Compared.BALANCE, "equals_balance"): "The sum, {left}, is what is left on {right}.",
    (
        Compared.BALANCE,
        "equals_total",
    ): "The sum, {left}, is the total of {right}, and the portal does not say what was invoiced.",
    (Compared.BALANCE, "equals_rest"): "The sum, {left}, is what is left on {right} after the invoices that name it.",
}
NOTHING_FITS: Final = "The invoice names no order, and what is left on no order of this customer equals it."


def because(evidence: Iterable[Evidence]) -> str:
    """All sentences, for a file or a card."""
    return " ".join(text for record in evidence if (text := sentence(record))) or NOTHING_FITS


def sentence(record: Evidence) -> str:
    """One record as a sentence; empty for a record of another kind."""
    pattern = _SENTENCES.get((record.compared, record.level), "")
    left, right = record.left, record.right
    if record.level in {"together_too_much", "no_way_to_fit"}:
        count, _, asked = left.partition("|")
        left = f"{count} invoices name the order, {asked} together"
    if record.level == "not_invoiceable":
        right = f" ({right})" if right else ""
    return pattern.format(left=left, right=right)
