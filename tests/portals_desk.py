"""A small company with a customer that uses a portal: what its portal lists is given by hand, no browser is needed."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from core.app.outcomes import Done, Outcome
from core.app.portals import act_on_submission, customers, logins, saving, showing, syncing
from core.app.portals.commands import ActOnSubmission, AddLogin, LoginSecrets
from core.app.portals.views import SubmissionView
from core.app.services import Services
from core.domain.actors import Person, Role
from core.domain.events import AuditName, SubmissionEvent
from core.domain.ids import InvoiceNumber
from core.domain.keeping import EffectKind, OutboxItem, Subject, SubjectKind
from core.domain.portal_orders import (
    CustomerPurchaseOrder,
    OrderCursor,
    OrderSync,
    PortalCustomer,
    PortalInvoice,
    PortalInvoiceStatus,
)
from core.domain.portals import PortalLoginId, PortalSubmission, SubmissionId, SyncRun
from core.domain.receivables import CustomerInvoice
from core.domain.submissions import (
    DraftOutcome,
    DraftResult,
    DraftSeen,
    DraftStep,
    DraftWanted,
    ProofPack,
    ProofShot,
)
from core.domain.workflows import OutboxState
from core.ports.outside import Clock
from core.store.unit_of_work import SqlStore
from core.store.vault import AesVault, new_key
from tests.builders import a_customer, a_customer_invoice, a_person, acting
from tests.portals import BIRCH, a_customer_order
from tests.service import services_on

ZONE = ZoneInfo("America/New_York")
PDF = b"%PDF-1.4\n% the picture of an invoice of ours\n"
PASSWORD = "canary-portal-password"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PNG = b"\x89PNG\r\n\x1a\n picture"


class Files:
    """PDFs of our invoices, in memory."""

    def __init__(self) -> None:
        self.of: dict[str, bytes] = {}

    def find(self, number: InvoiceNumber) -> tuple[str, bytes] | None:
        found = self.of.get(number)
        return None if found is None else (f"{number}.pdf", found)


class PortalDesk:
    """The company, its login, and what people and the robot do in one line each."""

    def __init__(self, store: SqlStore, clock: Clock) -> None:
        self.files = Files()
        self.services: Services = replace(services_on(store, clock), vault=AesVault([new_key()]), invoice_files=self.files)
        self.store, self.clock = store, clock
        self.submitter = a_person(1, "Ines Ferreira", frozenset({Role.SUBMITTER}))
        self.administrator = a_person(2, "Theo Aldous", frozenset({Role.ADMINISTRATOR}))
        self.stranger = a_person(3, "Rex", frozenset({Role.VIEWER}))
        with store.write() as unit:
            for person in (self.submitter, self.administrator, self.stranger):
                unit.people.put(person)
            unit.ledger.put_customers([a_customer("C1", "Birch and Boro Furniture Inc", aliases=(BIRCH,))])
        added = logins.add(
            self.services,
            AddLogin("coupa", "robot@example.com", LoginSecrets(PASSWORD, SECRET), acting(self.administrator)),
        )
        assert isinstance(added, Done), added
        self.login = PortalLoginId(added.subject_id)
        self.syncs = 0

    # The ledger.

    def invoices(self, *documents: CustomerInvoice, files: bool = True) -> None:
        with self.store.write() as unit:
            unit.ledger.put_invoices(documents)
        if files:
            self.files.of |= {each.number: PDF + each.number.encode() for each in documents}

    def invoice(self, number: str = "INV-20500", amount: str = "625.00", po: str = "GG80700992") -> CustomerInvoice:
        return replace(a_customer_invoice(number, amount), po_number=po)

    # The portal.

    def sync(
        self, *orders: CustomerPurchaseOrder, customer: str = BIRCH, unchanged: Sequence[str] = (), key: str = ""
    ) -> SyncRun:
        """One sync that lists one customer with these orders new or changed."""
        self.syncs += 1
        run = syncing.start(self.services, self.login, key or f"sync {self.syncs}")
        run, (listed,) = syncing.customers_seen(self.services, run, [PortalCustomer(customer)])
        cursor = OrderCursor(json.dumps([each.number for each in orders]))
        sync = OrderSync(PortalCustomer(customer, "birch.example"), orders, tuple(unchanged), cursor, 1, len(orders))
        run = syncing.take_part(self.services, run, listed, sync)
        run = syncing.customer_done(self.services, run, listed, sync)
        return syncing.finish(self.services, run)

    # People.

    def switch_on(self) -> None:
        actor = acting(self.administrator)
        customers.switch(self.services, actor, on=True)
        customers.enable(self.services, actor, ["C1"])

    def act(self, submission_id: SubmissionId, event: SubmissionEvent, who: Person | None = None, **more: object) -> Outcome:
        present = self.get(submission_id)
        command = ActOnSubmission(submission_id, present.version, event, acting(who or self.submitter))
        return act_on_submission.act(self.services, replace(command, **more))  # type: ignore[arg-type]

    # What there is.

    def get(self, submission_id: SubmissionId) -> PortalSubmission:
        with self.store.read() as unit:
            return unit.submissions.get(submission_id)

    def of(self, number: str = "INV-20500") -> PortalSubmission:
        with self.store.read() as unit:
            found = unit.submissions.of_invoice(InvoiceNumber(number))
        assert found is not None
        return found

    def view(self, submission_id: SubmissionId) -> SubmissionView:
        with self.store.read() as unit:
            return showing.submission_view(unit, submission_id, ZONE)

    def asked(self, kind: EffectKind, state: OutboxState = OutboxState.PENDING) -> list[OutboxItem]:
        with self.store.read() as unit:
            return [item for item in unit.outbox.in_state(state, 1000) if item.effect.kind is kind]

    def happened(self, submission_id: SubmissionId) -> list[AuditName]:
        with self.store.read() as unit:
            return [row.entry.name for row in unit.audit.of(Subject(SubjectKind.SUBMISSION, submission_id))]

    # The robot.

    def begin(self, submission_id: SubmissionId, run: str = "run-1") -> DraftWanted:
        begun = saving.begin(self.services, submission_id, run)
        assert isinstance(begun, saving.Begun), begun
        return begun.wanted

    def saved(self, wanted: DraftWanted, result: DraftResult = DraftResult.SAVED, **changes: object) -> DraftOutcome:
        now = self.clock.now()
        seen = self.seen(wanted)
        shots = (ProofShot(DraftStep.CALCULATED, now, PNG), ProofShot(DraftStep.VERIFIED, now, PNG + b"2"))
        proof = ProofPack("coupa", now, now, (("invoice number", wanted.invoice_number),), seen.reference, seen, shots)
        return replace(DraftOutcome(result, proof, seen), **changes)  # type: ignore[arg-type]

    def seen(self, wanted: DraftWanted) -> DraftSeen:
        file = wanted.file
        return DraftSeen(
            "9100",
            wanted.invoice_number,
            PortalInvoiceStatus.DRAFT,
            "Draft",
            wanted.order_number,
            wanted.total,
            wanted.lines,
            wanted.invoice_date,
            file.name if file else "",
            len(file.content) if file else None,
            wanted.legal_entity,
            wanted.note,
        )

    def there(self, status: PortalInvoiceStatus, text: str, **more: object) -> CustomerPurchaseOrder:
        """The order with our invoice against it, as the portal shows it."""
        submission = self.of()
        one = PortalInvoice("INV-20500", "9100", status, text, "GG80700992", submission.total, date(2026, 3, 2))
        return replace(a_customer_order(), invoices=(replace(one, **more),))  # type: ignore[arg-type]

    def suggested(self) -> PortalSubmission:
        """The usual start: an invoice that names an order, everything switched on."""
        self.switch_on()
        self.invoices(self.invoice())
        self.sync(a_customer_order())
        return self.of()

    def drafted(self) -> PortalSubmission:
        """A draft of the usual invoice is in the portal."""
        submission = self.suggested()
        assert isinstance(self.act(submission.id, SubmissionEvent.MARK_READY), Done)
        wanted = self.begin(submission.id)
        for reached in DraftStep:
            saving.step(self.services, submission.id, "run-1", reached)
        saving.finished(self.services, submission.id, "run-1", self.saved(wanted))
        return self.of()
