"""Disputes with suppliers: a mail with the evidence that a person sends, the answer in the thread, the line decided anew."""

from dataclasses import replace
from pathlib import Path

import pytest

from core.app.commands import ActOnDispute
from core.app.outcomes import Outcome
from core.app.payables import act_on_dispute
from core.app.payables.act_on_dispute import Reply, draft_for, take_reply
from core.app.payables.escalating import escalate
from core.app.reporting import alert
from core.domain.disputes import Dispute, DisputeId
from core.domain.events import AuditName, DisputeEvent, LineEvent
from core.domain.ids import MailId
from core.domain.keeping import EffectKind, OutboxItem
from core.domain.supplier_bills import DisputeOutcome, FactsChange
from core.domain.workflows import DisputeState, LineResolution, OutboxState
from core.ports.payables import Sender
from core.store.unit_of_work import SqlStore
from tests.builders import acting
from tests.databases import SetClock
from tests.payables_desk import PayablesDesk, invoice_row, order_row


@pytest.fixture
def desk(store: SqlStore, clock: SetClock, tmp_path: Path) -> PayablesDesk:
    desk = PayablesDesk(store, clock, tmp_path / "bills")
    desk.orders(order_row())
    desk.invoices(invoice_row(rate="5.50"))
    desk.done(desk.on_line(LineEvent.DISPUTE, reason="We agreed on 5.00 in March."))
    return desk


def dispute(desk: PayablesDesk) -> Dispute:
    with desk.services.store.read() as unit:
        return unit.disputes.get(DisputeId("D-1001"))


def act(desk: PayablesDesk, event: DisputeEvent, by: str = "mara", **more: object) -> Outcome:
    present = dispute(desk)
    command = ActOnDispute(present.id, present.version, event, acting(desk.people[by]))
    return act_on_dispute.act(desk.services, replace(command, **more))  # type: ignore[arg-type]


def asked_for(desk: PayablesDesk, kind: EffectKind) -> list[OutboxItem]:
    with desk.services.store.read() as unit:
        return [item for item in unit.outbox.in_state(OutboxState.PENDING, 10_000) if item.effect.kind is kind]


def sent(desk: PayablesDesk) -> list[dict[str, object]]:
    return [dict(item.effect.payload) for item in asked_for(desk, EffectKind.SEND_MAIL)]


def told(desk: PayablesDesk) -> None:
    with desk.services.store.read() as unit:
        mail = draft_for(desk.services, unit, dispute(desk).id)
    more = {"address": mail.address, "subject": mail.subject, "text": mail.text}
    desk.done(act(desk, DisputeEvent.TOLD_COUNTERPARTY, **more))


def test_the_draft_holds_the_evidence_and_a_person_sends_it(desk: PayablesDesk) -> None:
    with desk.services.store.read() as unit:
        mail = draft_for(desk.services, unit, dispute(desk).id)
    assert mail.address == "ar@acme.example"
    for part in ("INV-77", "PO-1001 line 1", "Rate: invoiced 5.5, we expect 5", "We agreed on 5.00 in March.", "D-1001"):
        assert part in mail.text, part
    assert sent(desk) == [], "nothing goes out by itself"
    desk.refused(act(desk, DisputeEvent.TOLD_COUNTERPARTY, "ravi", address="a@b", text="x"), "not_permitted")
    desk.refused(act(desk, DisputeEvent.TOLD_COUNTERPARTY, address="nobody", text="x"), "incomplete")
    told(desk)
    (out,) = sent(desk)
    assert out["headers"]["To"] == "ar@acme.example"  # type: ignore[index]
    assert out["headers"]["Subject"] == "Your invoice INV-77 [D-1001]"  # type: ignore[index]
    assert dispute(desk).state is DisputeState.WAITING


def test_the_answer_is_followed_by_its_thread_and_said_on_the_invoice(desk: PayablesDesk) -> None:
    told(desk)
    ours = dispute(desk).letters[0].message_id
    reply = Reply(MailId("M-1"), (ours,), "someone@elsewhere.example", "AW: rechnung", "You are right, a credit note follows.")
    outcome = take_reply(desk.services, reply)
    assert outcome is not None
    desk.done(outcome)
    assert dispute(desk).state is DisputeState.ANSWERED
    assert type(take_reply(desk.services, reply)).__name__ == "AlreadyDone"
    with desk.services.store.read() as unit:
        notes = [
            item for item in unit.outbox.in_state(OutboxState.PENDING, 10_000) if item.effect.kind is EffectKind.PUBLISH_NOTE
        ]
    (said,) = (item for item in notes if item.effect.payload["name"] == AuditName.DISPUTE_ANSWERED)
    assert said.effect.subject.id == "SI-1001"
    assert said.effect.payload["reason"] == "You are right, a credit note follows."
    desk.done(act(desk, DisputeEvent.ASK_AGAIN, address="ar@acme.example", text="When?"))
    assert sent(desk)[-1]["headers"]["In-Reply-To"] == ours  # type: ignore[index]


def test_a_number_in_the_subject_counts_from_whom_we_wrote_to_only(desk: PayablesDesk) -> None:
    told(desk)
    stranger = Reply(MailId("M-1"), (), "x@evil.example", "Re: [D-1001]", "pay now")
    assert take_reply(desk.services, stranger) is None
    assert take_reply(desk.services, Reply(MailId("M-2"), (), "x@acme.example", "hello", "hello")) is None
    known = Reply(MailId("M-3"), (), "boss@acme.example", "Re: Your invoice [D-1001]", "ok")
    assert take_reply(desk.services, known) is not None
    assert dispute(desk).state is DisputeState.ANSWERED


def test_settling_names_its_outcome_and_opens_the_line_again(desk: PayablesDesk) -> None:
    told(desk)
    desk.refused(act(desk, DisputeEvent.SETTLE), "incomplete")
    desk.done(act(desk, DisputeEvent.SETTLE, outcome=DisputeOutcome.CREDITED))
    assert dispute(desk).outcome is DisputeOutcome.CREDITED
    assert (desk.line().resolution, desk.line().reopened) == (LineResolution.OPEN, FactsChange.DISPUTE_SETTLED)


@pytest.mark.parametrize("how", ["recall the line", "withdraw the dispute", "the order changed"])
def test_a_dispute_ends_with_its_line(desk: PayablesDesk, how: str) -> None:
    match how:
        case "recall the line":
            desk.done(desk.on_line(LineEvent.RECALL))
        case "withdraw the dispute":
            desk.done(act(desk, DisputeEvent.RECALL))
        case _:
            desk.orders(order_row(rate="5.50"))
    assert dispute(desk).state is DisputeState.WITHDRAWN
    assert desk.line().resolution is (LineResolution.CLEAR if how == "the order changed" else LineResolution.OPEN)


def test_without_an_address_of_ours_nothing_is_sent_and_it_is_said_why(desk: PayablesDesk) -> None:
    desk.services = replace(desk.services, sender=Sender())
    said = desk.refused(act(desk, DisputeEvent.TOLD_COUNTERPARTY, address="ar@acme.example", text="x"), "incomplete")
    assert "no address to send mail from" in said
    assert sent(desk) == []


def test_a_line_that_waits_long_is_told_once_and_before_the_discount_is_lost(desk: PayablesDesk, clock: SetClock) -> None:
    desk.orders(order_row(po="PO-2", match="three_way"))
    head = "invoice_number,supplier_id,invoice_date,currency,po_numbers,line,item_code,description,quantity,uom,rate,amount"
    head = f"{head},discount_until,discount_amount"
    row = "INV-90,S1,2026-03-01,USD,PO-2,1,A-1,Hex bolt stainless M8 40,10,EA,5.00,50.00,2026-03-08,1.00"
    desk.take("supplier_invoices.csv", f"{head}\n{row}\n")
    desk.done(desk.on_line(LineEvent.AWAIT_RECEIPT, number="SI-1002"))
    assert escalate(desk.services) == 0
    clock.advance(days=3)
    assert escalate(desk.services) == 1
    assert escalate(desk.services) == 0
    clock.advance(days=2)
    assert escalate(desk.services) == 1
    with desk.services.store.read() as unit:
        alerts = [
            item for item in unit.outbox.in_state(OutboxState.PENDING, 10_000) if item.effect.kind is EffectKind.PUBLISH_ALERT
        ]
    said = [alert(item.effect.payload, clock.at.tzinfo, clock.at) for item in alerts]  # type: ignore[arg-type]
    assert said[0].headline == "Line 1 of SI-1002 (INV-90) has waited 3 days for its receipt"
    assert "can be kept until 8 Mar 2026" in said[0].lines[1]
    assert "loses its early-payment discount after 8 Mar 2026" in said[1].headline
