"""Suppliers' mails: an invoice in an attachment goes to payables, the answer to a dispute into its thread."""

from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from core.app.commands import ActOnDispute
from core.app.payables import act_on_dispute
from core.domain.disputes import DisputeId
from core.domain.events import DisputeEvent, LineEvent
from core.domain.ids import MailId
from core.domain.mails import Arrival, Disposition, Sighting
from core.domain.supplier_bills import AskedKind
from core.domain.workflows import DisputeState
from core.mail_settings import MailSettings
from core.store.mails import SqlMailDesk
from core.store.unit_of_work import SqlStore
from mail.intake import Intake
from tests.builders import acting
from tests.databases import SetClock
from tests.payables_desk import PayablesDesk, invoice_row, order_row
from tests.scenarios.test_supplier_invoices_arrival import ubl
from tests.unit.mail.test_intake import Reader

AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
PASSED = "mx.ours.example; dmarc=pass header.from=acme.example"


class Mails:
    """The company's payables with a mailbox."""

    def __init__(self, store: SqlStore, clock: SetClock, folder: Path) -> None:
        self.payables = PayablesDesk(store, clock, folder)
        self.payables.orders(order_row())
        self.desk = SqlMailDesk(store)
        self.count = 0

    def receive(self, message: EmailMessage) -> tuple[MailId, Disposition]:
        self.count += 1
        raw = bytes(message)
        mail_id = self.desk.take(Arrival(Sighting("main", "INBOX", 1, self.count), raw, len(raw), AT, whole=True)).mail_id
        services = self.payables.services
        object.__setattr__(services, "reader", Reader())
        assert Intake(services, self.desk, MailSettings(authserv_id="mx.ours.example")).step()
        outcome = self.desk.show(mail_id)[1]
        assert outcome is not None
        return mail_id, outcome.disposition


def mail(subject: str, text: str, sender: str = "ar@acme.example", **headers: str) -> EmailMessage:
    message = EmailMessage()
    message["Authentication-Results"] = PASSED
    message["From"], message["To"], message["Subject"] = sender, "ap@ours.example", subject
    message["Message-ID"] = f"<{abs(hash((subject, text)))}@acme.example>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


@pytest.fixture
def mails(store: SqlStore, clock: SetClock, tmp_path: Path) -> Mails:
    return Mails(store, clock, tmp_path / "bills")


def test_an_invoice_in_an_attachment_goes_to_payables(mails: Mails) -> None:
    message = mail("Invoice INV-77", "Please find our invoice attached.")
    message.add_attachment(ubl(), maintype="application", subtype="xml", filename="INV-77.xml")
    mail_id, disposition = mails.receive(message)
    assert disposition is Disposition.ACCEPTED
    bill = mails.payables.bill()
    assert (bill.header.number, bill.header.supplier_id, bill.sender) == ("INV-77", "S1", "ar@acme.example")
    assert not [question for question in bill.questions if question.stops]
    outcome = mails.desk.show(mail_id)[1]
    assert outcome is not None
    assert outcome.why == "Found and handed over: 1 supplier invoice."


def test_an_invoice_with_new_bank_details_waits_for_a_person(mails: Mails) -> None:
    message = mail("Invoice INV-77", "Please note that our bank details have changed. New account: DE89370400440532013000.")
    message.add_attachment(ubl(), maintype="application", subtype="xml", filename="INV-77.xml")
    mails.receive(message)
    assert AskedKind.DOCUMENT in {question.kind for question in mails.payables.bill().questions if question.stops}


@pytest.mark.parametrize("automatic", [False, True])
def test_the_answer_to_a_dispute_is_taken_unless_a_machine_sent_it(mails: Mails, automatic: bool) -> None:
    desk = mails.payables
    desk.invoices(invoice_row(rate="5.50"))
    desk.done(desk.on_line(LineEvent.DISPUTE, reason="too dear"))
    of, by = DisputeId("D-1001"), acting(desk.people["mara"])
    mail_of_ours = ActOnDispute(of, 1, DisputeEvent.TOLD_COUNTERPARTY, by, text="x", address="ar@acme.example")
    told = act_on_dispute.act(desk.services, mail_of_ours)
    desk.done(told)
    with desk.services.store.read() as unit:
        ours = unit.disputes.get(of).letters[0].message_id
    more = {"Auto_Submitted": "auto-replied"} if automatic else {}
    answer = mail("Re: Your invoice", "You are right.\n\n> x\n", In_Reply_To=ours, **more)
    mail_id, disposition = mails.receive(answer)
    with desk.services.store.read() as unit:
        dispute = unit.disputes.get(of)
    if automatic:
        assert dispute.state is DisputeState.WAITING
        return
    assert disposition is Disposition.ACCEPTED
    assert dispute.state is DisputeState.ANSWERED
    assert (dispute.letters[-1].text, dispute.letters[-1].mail_id) == ("You are right.", mail_id)
