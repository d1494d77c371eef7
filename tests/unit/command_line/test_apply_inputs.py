"""What the files say, as the matcher takes it."""

from datetime import date

import pytest

from core.command_line.apply_inputs import advices_of
from core.read.documents import read_document

MAIL = (
    "From: Alma AP <ap@almasteel.example.com>\r\nSubject: Remittance advice\r\nDate: Thu, 12 Mar 2026 09:00:00 +0000\r\n\r\n"
    "Remittance advice\r\n{head}\r\n\r\nInvoice      Net paid\r\nINV-0012345  500.00 USD\r\n"
)


@pytest.mark.parametrize(("head", "day"), [("Payment date: 2026-03-10", date(2026, 3, 10)), ("Thank you", None)])
def test_the_day_of_a_mail_is_not_the_day_of_a_payment(head: str, day: date | None) -> None:
    data = MAIL.format(head=head).encode()
    (advice,) = advices_of(read_document("000001.eml", data), data, "000001.eml")
    assert (advice.sender, advice.subject, advice.paid_on) == ("ap@almasteel.example.com", "Remittance advice", day)
