"""A small company's payables: suppliers, orders, people with the rights of their roles, and what they do in one line."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from core.app import take_document
from core.app.commands import ActOnBill, ActOnLine, EditBill, TakeDocument
from core.app.outbox import Relay, RelayLimits
from core.app.outcomes import Done, Outcome, Refusal
from core.app.payables import act_on_invoice, act_on_line, edit_invoice, policies
from core.app.payables.post_bills import PostBills
from core.app.payables.rechecking import CompareAgain
from core.domain.actors import Person, Role
from core.domain.events import AuditName, LineEvent, SupplierInvoiceEvent
from core.domain.ids import PoNumber
from core.domain.keeping import AuditRow, EffectKind, Subject, SubjectKind
from core.domain.measures import Quantity
from core.domain.payables import OrderLineRef
from core.domain.supplier_bills import BillLine, SupplierBill, SupplierInvoiceId
from core.domain.versioned import PayablesPolicy
from core.domain.workflows import SupplierInvoiceState
from core.erp.files.bills import FileBills
from core.ports.payables import Sender
from core.read.csv_out import csv_text
from core.read.payables.ledger_tables import StrictPayablesTables
from core.read.payables.tolerances import read_tolerances
from core.store.unit_of_work import SqlStore
from tests.builders import a_person, acting
from tests.databases import SetClock
from tests.service import FILES, services_on

SUPPLIERS = (
    "supplier_id,name,category,email,email_domains,tax_ids\n"
    "S1,Acme Fasteners Inc,hardware,ar@acme.example,acme.example,DE123456789\n"
    "S2,Bolt & Nut Ltd,hardware,,,\n"
)
ORDER_HEAD = (
    "po_number,supplier_id,order_date,currency,status,line,line_kind,match,item_code,supplier_item_code,description,"
    "quantity,uom,rate,amount,quantity_billed,amount_billed,coding"
)
INVOICE_HEAD = (
    "invoice_number,supplier_id,invoice_date,currency,po_numbers,line,line_kind,item_code,description,quantity,uom,rate,amount"
)
RECEIPT_HEAD = "receipt_number,po_number,po_line,received_date,quantity,uom"
NO_APPROVAL = PayablesPolicy("no approval", approval_on_matched=False)


def order_row(
    line: str = "1",
    quantity: str = "10",
    rate: str = "5.00",
    *,
    po: str = "PO-1001",
    supplier: str = "S1",
    match: str = "two_way",
    code: str = "A-1",
    description: str = "Hex bolt stainless M8 40",
    billed: str = "0",
    status: str = "open",
    currency: str = "USD",
    uom: str = "EA",
) -> str:
    return (
        f"{po},{supplier},2026-01-05,{currency},{status},{line},item,{match},{code},,{description},"
        f"{quantity},{uom},{rate},,{billed},,4010-{line}"
    )


def invoice_row(
    line: str = "1",
    quantity: str = "10",
    rate: str = "5.00",
    amount: str | None = None,
    *,
    number: str = "INV-77",
    supplier: str = "S1",
    po: str = "PO-1001",
    code: str = "A-1",
    description: str = "Hex bolt stainless M8 40",
    day: str = "2026-03-01",
    uom: str = "EA",
    kind: str = "",
) -> str:
    total = amount or f"{Decimal(quantity) * Decimal(rate):.2f}"
    return f"{number},{supplier},{day},USD,{po},{line},{kind},{code},{description},{quantity},{uom},{rate},{total}"


class PayablesDesk:
    """The people of a company's payables and their stories."""

    def __init__(self, store: SqlStore, clock: SetClock, folder: Path) -> None:
        self.clock = clock
        self.folder = folder
        self.ledger = FileBills(folder, clock, csv_text)
        self.services = replace(
            services_on(store, clock),
            payables_tables=StrictPayablesTables(),
            bill_ledger=self.ledger,
            sender=Sender("ap@ours.example", "Our company"),
        )
        roles = {
            "mara": {Role.PAYABLES_CLERK, Role.RATE_AND_AMOUNT_MANAGER, Role.QUANTITY_MANAGER, Role.NEW_LINES_MANAGER},
            "carl": {Role.PAYABLES_CLERK},
            "ravi": {Role.RATE_AND_AMOUNT_MANAGER},
            "quinn": {Role.QUANTITY_MANAGER},
            "nora": {Role.NEW_LINES_MANAGER},
            "ana": {Role.APPROVER},
            "pete": {Role.PO_APPROVER},
            "paul": {Role.PAYABLES_POSTER},
            "rosa": {Role.REQUESTER},
            "adam": {Role.ADMINISTRATOR},
            "vera": {Role.VIEWER},
        }
        self.people: dict[str, Person] = {
            name: a_person(number, name.title(), frozenset(of)) for number, (name, of) in enumerate(roles.items(), 11)
        }
        with store.write() as unit:
            for person in self.people.values():
                unit.people.put(person)
        posts, again = PostBills(self.services, self.ledger), CompareAgain(self.services)
        self.relay = Relay(
            store,
            clock,
            {EffectKind.POST_BILL: posts, EffectKind.COMPARE_AGAIN: again},
            "ledger",
            RelayLimits(attempts=3),
            bursts={EffectKind.POST_BILL: posts.together},
        )
        self.done(self.give("suppliers.csv", SUPPLIERS))

    def give(self, name: str, text: str | bytes, by: str = "") -> Outcome:
        data = text.encode() if isinstance(text, str) else text
        actor = acting(self.people[by]) if by else FILES
        return take_document.take(self.services, TakeDocument(name, data, actor))

    def take(self, name: str, text: str) -> None:
        """A file of the ledger, and everything that is compared again because of it."""
        self.done(self.give(name, text))
        self.relay.run_now()

    def orders(self, *rows: str) -> None:
        self.take("purchase_orders.csv", "\n".join((ORDER_HEAD, *rows)))

    def receipts(self, *rows: str) -> None:
        self.take("receipts.csv", "\n".join((RECEIPT_HEAD, *rows)))

    def invoices(self, *rows: str) -> None:
        self.take("supplier_invoices.csv", "\n".join((INVOICE_HEAD, *rows)))

    def policy(self, *versions: PayablesPolicy, toml: str = "") -> None:
        found = read_tolerances(toml.encode(), "policy.toml") if toml else ()
        self.done(policies.put(self.services.store, (*versions, *found), acting(self.people["adam"])))

    def bill(self, number: str = "SI-1001") -> SupplierBill:
        with self.services.store.read() as unit:
            return unit.bills.get(SupplierInvoiceId(number))

    def line(self, line: str = "1", number: str = "SI-1001") -> BillLine:
        found = self.bill(number).line(line)
        assert found is not None
        return found

    def on_line(
        self, event: LineEvent, *lines: str, by: str = "mara", number: str = "SI-1001", version: int = 0, **more: object
    ) -> Outcome:
        bill = self.bill(number)
        command = ActOnLine(bill.id, version or bill.version, lines or ("1",), event, acting(self.people[by]))
        outcome = act_on_line.act(self.services, replace(command, **more))  # type: ignore[arg-type]
        self.relay.run_now()
        return outcome

    def on_bill(
        self, event: SupplierInvoiceEvent, by: str = "mara", number: str = "SI-1001", version: int = 0, **more: object
    ) -> Outcome:
        bill = self.bill(number)
        command = ActOnBill(bill.id, version or bill.version, event, acting(self.people[by]))
        outcome = act_on_invoice.act(self.services, replace(command, **more))  # type: ignore[arg-type]
        self.relay.run_now()
        return outcome

    def right_as_it_is(self, place: int, of: str = "SI-1001") -> Outcome:
        return self.edit(of=of, right_as_it_is=(place,))

    def edit(self, by: str = "mara", of: str = "SI-1001", **more: object) -> Outcome:
        bill = self.bill(of)
        command = EditBill(bill.id, bill.version, acting(self.people[by]))
        outcome = edit_invoice.edit(self.services, replace(command, **more))  # type: ignore[arg-type]
        self.relay.run_now()
        return outcome

    def done(self, outcome: Outcome) -> Done:
        assert isinstance(outcome, Done), outcome
        return outcome

    def refused(self, outcome: Outcome, code: str = "") -> str:
        assert isinstance(outcome, Refusal), outcome
        assert not code or outcome.code == code, outcome
        return outcome.sentence

    def accept(self, *lines: str, by: str = "mara", number: str = "SI-1001") -> None:
        self.done(self.on_line(LineEvent.ACCEPT, *lines, by=by, number=number))

    def receive(self, quantity: str, by: str = "rosa", **more: object) -> Outcome:
        return self.on_line(LineEvent.RECEIVED, by=by, quantity=Quantity(Decimal(quantity)), **more)  # type: ignore[arg-type]

    def link(self, line: str, *targets: tuple[str, str], by: str = "mara", number: str = "SI-1001") -> Outcome:
        refs = tuple(OrderLineRef(PoNumber(po), po_line) for po, po_line in targets)
        return self.on_line(LineEvent.LINK, line, by=by, number=number, targets=refs)

    def route(self, to: SupplierInvoiceState, number: str = "SI-1001") -> None:
        """Bring an invoice that needs review, with approval wanted, to a further state."""
        ana = self.people["ana"].id
        steps = {
            SupplierInvoiceState.READY_FOR_APPROVAL: (SupplierInvoiceEvent.APPROVERS_SET, "mara"),
            SupplierInvoiceState.AWAITING_APPROVAL: (SupplierInvoiceEvent.SEND_FOR_APPROVAL, "carl"),
        }
        for state, (event, by) in steps.items():
            if self.bill(number).state is to:
                return
            approvers = (ana,) if event is SupplierInvoiceEvent.APPROVERS_SET else ()
            self.done(self.on_bill(event, by, number, approvers=approvers))
            assert self.bill(number).state is state
        further = {
            SupplierInvoiceState.ON_HOLD: (SupplierInvoiceEvent.HOLD, ""),
            SupplierInvoiceState.REJECTED: (SupplierInvoiceEvent.REJECT, "not ours"),
            SupplierInvoiceState.READY_TO_POST: (SupplierInvoiceEvent.APPROVE, ""),
        }
        if to in further:
            event, reason = further[to]
            self.done(self.on_bill(event, "ana", number, reason=reason))
        assert self.bill(number).state is to

    def history(self, number: str = "SI-1001") -> Sequence[AuditRow]:
        with self.services.store.read() as unit:
            return unit.audit.of(Subject(SubjectKind.SUPPLIER_INVOICE, number), 500)

    def names(self, number: str = "SI-1001") -> list[AuditName]:
        return [row.entry.name for row in self.history(number)]

    def rows_posted(self) -> list[list[str]]:
        files = sorted((self.folder / "outgoing").glob("*/pending_bills.csv"))
        return [line.split(",") for file in files for line in file.read_text().splitlines()[1:]]

    def acknowledge(self, *rows: str) -> Outcome:
        return self.give("acknowledgement.csv", "\n".join(("bill_key,result,erp_id,message", *rows)))
