"""What the readers found, as what the matcher takes: bank lines become sums of money, remittances become advices."""

import re
from collections.abc import Collection
from email import message_from_bytes
from email.header import decode_header, make_header
from typing import Final

from core.domain.evidence import MoneySeen
from core.domain.ids import PaymentId, RemittanceId, SourceId, content_hash
from core.domain.payments import Direction
from core.domain.readings import ReadBankLine, Reading
from core.domain.remittance import RemittanceAdvice, RemittanceState

_ADDRESS: Final = re.compile(r"[\w.+-]+@[\w.-]+")
_HEAD: Final = 65_536


def monies_of(reading: Reading, *, taken: Collection[str]) -> list[MoneySeen]:
    """The bank lines of one file. Lines without an id of their own get one from file and place."""
    used = set(taken)
    found = []
    for line in reading.bank_lines:
        wanted = line.bank_id or f"{reading.source}:{line.where}"
        name = wanted
        count = 1
        while name in used:
            count += 1
            name = f"{wanted}#{count}"
        used.add(name)
        found.append(_money(line, PaymentId(name)))
    return found


def _money(line: ReadBankLine, name: PaymentId) -> MoneySeen:
    return MoneySeen(
        id=name,
        amount=line.amount,
        value_date=line.value_date,
        payer_name=line.payer_name,
        payer_account=line.payer_account,
        reference=" ".join(line.references),
        text=line.text,
        method=line.method,
        incoming=line.direction is Direction.CREDIT and not line.reversal,
    )


def advices_of(reading: Reading, data: bytes, name: str) -> list[RemittanceAdvice]:
    """The advices of one document; a mail adds its sender. The day of a mail is not the day of a payment."""
    if not reading.remittances:
        return []
    sender, subject = _mail_head(data)
    source = SourceId(content_hash(data))
    return [
        RemittanceAdvice(
            id=RemittanceId(f"{name}#{number}"),
            version=1,
            state=RemittanceState.READ,
            source_id=source,
            lines=advice.lines,
            complete=advice.complete,
            payer_name=advice.payer_name,
            total=advice.total,
            payment_reference=advice.payment_reference,
            paid_on=advice.paid_on,
            sender=sender,
            subject=subject,
            why=advice.why,
        )
        for number, advice in enumerate(reading.remittances, 1)
    ]


def _mail_head(data: bytes) -> tuple[str, str]:
    """Sender and subject of a mail; nothing for other documents."""
    head = data[:_HEAD].split(b"\r\n\r\n", 1)[0].split(b"\n\n", 1)[0]
    if b"\nFrom:" not in b"\n" + head:
        return "", ""
    message = message_from_bytes(head)
    addresses = _ADDRESS.findall(str(message.get("From", "")))
    return addresses[-1].lower() if addresses else "", str(make_header(decode_header(str(message.get("Subject", "")))))
