"""Invoice lists inside CAMT: structured remittance information that names documents with amounts is a full advice."""

from decimal import Decimal, InvalidOperation

from lxml import etree

from core.domain.errors import Malformed
from core.domain.money import Money, total
from core.domain.readings import ReadBankLine, ReadRemittance
from core.domain.remittance import RemittanceLine
from core.read.xml_tree import child, children, first_below, text


def listed_invoices(detail: "etree._Element", line: ReadBankLine) -> list[ReadRemittance]:
    """The advice of a detail, if its structured information names documents with amounts."""
    found = [_line(one, line) for one in children(detail, "RmtInf", "Strd")]
    lines = tuple(one for one in found if one is not None)
    if not lines or all(one.paid is None and one.gross is None for one in lines):
        return []
    why = ""
    silent = [one.reference for one in lines if one.paid is None]
    if silent:
        why = f"What is paid on {', '.join(silent[:5])} is not stated."
    else:
        paid = total([one.paid for one in lines if one.paid is not None], line.amount.currency)
        if paid != line.amount:
            why = f"The lines add up to {paid.text()}, the payment is {line.amount.text()}."
    return [
        ReadRemittance(
            where=line.where,
            lines=lines,
            complete=not why,
            payer_name=line.payer_name,
            total=line.amount,
            currency=line.amount.currency.code,
            payment_reference=line.references[0]
            if line.references and line.references[0] not in {one.reference for one in lines}
            else line.bank_id,
            paid_on=line.value_date,
            why=why,
        )
    ]


def _line(structured: "etree._Element", line: ReadBankLine) -> RemittanceLine | None:
    number = text(structured, "RfrdDocInf", "Nb")
    if not number:
        return None
    amounts = child(structured, "RfrdDocAmt")
    gross = _amount(amounts, line, "DuePyblAmt")
    credit = _amount(amounts, line, "CdtNoteAmt")
    discount = _amount(amounts, line, "DscntApldAmt")
    paid = _amount(amounts, line, "RmtdAmt")
    if credit is not None and gross is None and paid is None:
        gross = paid = -abs(credit)
    if paid is None and gross is not None and discount is not None:
        paid = gross - discount
    reason = (
        first_below(child(amounts, "AdjstmntAmtAndRsn"), "AddtlInf") or first_below(child(amounts, "AdjstmntAmtAndRsn"), "Rsn")
        if amounts is not None
        else ""
    )
    return RemittanceLine(number, paid, gross, discount, reason)


def _amount(amounts: "etree._Element | None", line: ReadBankLine, name: str) -> Money | None:
    """An amount by name, also one level deeper (`DscntApldAmt/Amt` since 2009), in the payment's currency only."""
    found = child(amounts, name) if amounts is not None else None
    if found is None:
        return None
    holder = found if found.get("Ccy") else child(found, "Amt")
    if holder is None or (holder.get("Ccy") or "").upper() != line.amount.currency.code:
        return None
    try:
        return Money.of(Decimal((holder.text or "").strip()), line.amount.currency)
    except (InvalidOperation, Malformed):
        return None
