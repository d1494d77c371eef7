"""What a dispute says to the supplier: a draft with the evidence, which a person reads, changes and sends."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from core.domain.disputes import Dispute
from core.domain.ids import content_hash
from core.domain.measures import plain
from core.domain.policy import Axis
from core.domain.supplier_bills import BillLine, SupplierBill, names
from core.ports.payables import Sender

MESSAGE_ID: Final = "<tieout.dispute."
_AXES: Final = {Axis.QUANTITY: "Quantity", Axis.RATE: "Rate", Axis.AMOUNT: "Amount"}
_SHORTEST: Final = 8


@dataclass(frozen=True, slots=True)
class DisputeMail:
    """A mail as it is proposed; the person may change all of it."""

    address: str
    subject: str
    text: str


def draft(bill: SupplierBill, dispute: Dispute, address: str, sender: Sender) -> DisputeMail:
    """The first mail of a dispute: which line, what it says, what was ordered, and the person's own reason."""
    line = bill.line(dispute.line)
    head = bill.header
    subject = f"Your invoice {head.number or bill.id} [{dispute.id}]"
    what = [f"we cannot pay line {dispute.line} of your invoice {head.number}{_dated(bill)} as it stands."]
    said = _line_words(line) if line is not None else []
    text = "\n".join(
        (
            "Dear Sir or Madam,",
            "",
            *what,
            "",
            *said,
            "",
            f"Our remark: {dispute.reason.strip()}",
            "",
            "Please send us a credit note or a corrected invoice, or tell us why the invoice is right.",
            f"Please keep {dispute.id} in the subject, so that your answer finds its way.",
            "",
            "Kind regards",
            *([sender.name] if sender.name else []),
        )
    )
    return DisputeMail(address, subject, text)


def _dated(bill: SupplierBill) -> str:
    return f" of {bill.header.invoice_date.isoformat()}" if bill.header.invoice_date else ""


def _line_words(line: BillLine) -> list[str]:
    rows = [f"  {line.description or line.item_code or 'no description'}"]
    if line.targets:
        rows.append(f"  Our order: {names(line.targets)}")
    for finding in line.comparison.findings if line.comparison is not None else ():
        if finding.verdict is None:
            continue
        found, expected = _number(finding.found), _number(finding.expected)
        rows.append(f"  {_AXES[finding.axis]}: invoiced {found}, we expect {expected}")
    if not line.targets:
        rows.append("  We find no order line for it.")
    if line.amount is not None:
        rows.append(f"  Amount of the line: {line.amount}")
    return rows


def _number(value: Decimal | None) -> str:
    return "not stated" if value is None else f"{plain(value):f}"


def message_id(dispute: Dispute, sender: Sender) -> str:
    """The name of the next mail of a dispute: the same for the same version, so that asking twice sends one mail."""
    domain = sender.address.rpartition("@")[2]
    key = content_hash(f"{dispute.id}:{dispute.version}:{dispute.opened_at.isoformat()}".encode())
    return f"{MESSAGE_ID}{dispute.id}.{dispute.version}.{key[:16]}@{domain}>"


def headers(dispute: Dispute, subject: str, address: str, sender: Sender) -> dict[str, str]:
    """Headers of the next mail; an answer in a thread names all that went before."""
    earlier = [letter.message_id for letter in dispute.letters if letter.message_id]
    found = {
        "From": sender.address,
        "To": address,
        "Subject": subject if dispute.id in subject else f"{subject} [{dispute.id}]",
        "Message-ID": message_id(dispute, sender),
        "In-Reply-To": earlier[-1] if earlier else "",
        "References": " ".join(earlier),
    }
    return {name: value for name, value in found.items() if value}


def dispute_named(message_ids: Sequence[str], subject: str) -> str:
    """The dispute that a mail answers: by the ids that it refers to, which is certain, else by `[D-1001]` in its subject."""
    for each in message_ids:
        if each.startswith(MESSAGE_ID):
            return each.removeprefix(MESSAGE_ID).split(".", 1)[0]
    start = subject.find("[D-")
    end = subject.find("]", start)
    number = subject[start + 1 : end] if 0 <= start < end else ""
    return number if number[2:].isdigit() and len(number) <= _SHORTEST * 2 else ""
