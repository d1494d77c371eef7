"""Whatever a supplier writes, however many lines: cards, windows and forms of invoices keep Slack's limits and are safe."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.actions import ACCEPT_ALL, APPROVERS, EDIT, LINE, ORDERS, Pressed
from bot.cards import home as home_card
from bot.cards import supplier_invoice as bill_card
from bot.cards import upload as upload_card
from bot.cards.home import HomeView
from bot.views import dispute as dispute_view
from bot.views import line_forms, supplier_invoice, supplier_invoice_edit, supplier_invoice_forms
from core.app.payables.letters import DisputeMail
from core.app.payables.showing_orders import Billing, OrderLineView, OrderSummary
from core.app.payables.views import (
    BillLineView,
    BillView,
    DisputeView,
    FindingLine,
    LetterView,
    QuestionView,
    TwinView,
    WaitingView,
)
from core.app.payables.waiting import BillItem, BillPage, BillQueue
from core.app.wording import offered
from core.decide import dispute, line_resolution
from core.decide import supplier_invoice as table
from core.domain.disputes import DisputeId
from core.domain.events import LineEvent
from core.domain.ids import PersonId, PoNumber, SupplierId
from core.domain.keeping import SubjectKind
from core.domain.payables import OrderLineRef, OrderStatus
from core.domain.policy import Axis
from core.domain.supplier_bills import AskedKind, BillKind, SupplierInvoiceId
from core.domain.workflows import DisputeState, LineResolution, LineVerdict, SupplierInvoiceState
from tests.properties.test_cards import DAYS, MONEY, QUICK, TEXT, TOLD, few, message_is_safe, view_is_safe

NUMBERS = st.none() | st.decimals(min_value=Decimal("-1e12"), max_value=Decimal("1e12"), places=8)
SOME = st.decimals(min_value=Decimal(0), max_value=Decimal("1e12"), places=8)
# Ids are the ledger's own: short, on one line.
IDS = st.text("ABCDEFGHIJ0123456789-", min_size=1, max_size=20)
REFS = st.builds(OrderLineRef, IDS.map(PoNumber), st.integers(1, 999).map(str))
ORDER_LINES = st.builds(
    OrderLineView, REFS, TEXT, TEXT, NUMBERS, TEXT, NUMBERS, st.none() | MONEY, SOME, SOME, NUMBERS, st.booleans(), TEXT
)
ORDERS_SHOWN = st.builds(
    OrderSummary,
    IDS.map(PoNumber),
    st.sampled_from(OrderStatus),
    st.sampled_from(Billing),
    MONEY,
    st.none() | DAYS,
    st.integers(0, 9999),
)
FINDINGS = st.builds(
    FindingLine, st.sampled_from(Axis), st.none() | st.sampled_from(LineVerdict), NUMBERS, NUMBERS, NUMBERS, TEXT
)
LETTERS = st.builds(LetterView, st.booleans(), st.just("2 Mar 10:42"), TEXT, TEXT)
TWINS = st.builds(
    TwinView,
    st.just(SupplierInvoiceId("SI-1")),
    TEXT,
    TEXT,
    st.none() | DAYS,
    st.none() | MONEY,
    TEXT,
    few(TEXT),
    st.integers(0, 999),
    TEXT,
)
QUESTIONS = st.builds(
    QuestionView, st.integers(0, 99), st.sampled_from(AskedKind), TEXT, TEXT, st.booleans(), st.booleans(), st.none() | TWINS
)


@st.composite
def disputes(draw: st.DrawFn) -> DisputeView:
    state = draw(st.sampled_from(DisputeState))
    number = DisputeId(f"D-{draw(st.integers(1, 10**9))}")
    bill = SupplierInvoiceId("SI-1001")
    said = (draw(TEXT), bill, draw(TEXT), draw(TEXT), draw(few(LETTERS)), draw(TEXT))
    return DisputeView(number, 3, state, *said, offered(dispute.TABLE, state))


@st.composite
def lines(draw: st.DrawFn) -> BillLineView:
    resolution = draw(st.sampled_from(LineResolution))
    return BillLineView(
        line=draw(st.integers(1, 99999).map(str) | IDS),
        description=draw(TEXT),
        item_code=draw(TEXT),
        quantity=draw(NUMBERS),
        uom=draw(TEXT),
        rate=draw(NUMBERS),
        amount=draw(st.none() | MONEY),
        kind_words=draw(TEXT),
        compared=draw(st.booleans()),
        place=draw(TEXT),
        coding=draw(TEXT),
        resolution=resolution,
        resolution_words=draw(TEXT),
        verdicts=draw(few(st.sampled_from(LineVerdict), 3)),
        verdict_words=draw(TEXT),
        findings=draw(few(FINDINGS, 3)),
        orders=draw(few(ORDER_LINES, 5)),
        tied=draw(few(ORDER_LINES, 8)),
        because=draw(TEXT),
        accepted=(),
        decided=draw(TEXT),
        reason=draw(TEXT),
        reopened=draw(TEXT),
        pack_size=draw(TEXT),
        waiting=draw(st.none() | st.builds(WaitingView, DAYS, st.integers(0, 9999), st.booleans())),
        dispute=draw(st.none() | disputes()),
        offered=offered(line_resolution.TABLE, resolution),
    )


@st.composite
def bills(draw: st.DrawFn) -> BillView:
    state = draw(st.sampled_from(SupplierInvoiceState))
    some, people = draw(few(lines(), 4)), draw(few(TEXT, 4))
    return BillView(
        id=SupplierInvoiceId(f"SI-{draw(st.integers(1, 10**9))}"),
        version=draw(st.integers(1, 10**6)),
        state=state,
        state_words=draw(TEXT),
        kind=draw(st.sampled_from(BillKind)),
        kind_words=draw(TEXT),
        number=draw(TEXT),
        supplier_id=draw(st.none() | IDS.map(SupplierId)),
        supplier=draw(TEXT),
        bank_accounts=draw(few(TEXT, 2)),
        recognised=draw(TEXT),
        invoice_date=draw(st.none() | DAYS),
        due_date=draw(st.none() | DAYS),
        currency=draw(st.sampled_from(["USD", "JPY", ""])),
        net=draw(st.none() | MONEY),
        tax=draw(st.none() | MONEY),
        total=draw(st.none() | MONEY),
        is_credit=draw(st.booleans()),
        discount=draw(st.none() | MONEY),
        discount_until=draw(st.none() | DAYS),
        po_numbers=draw(few(TEXT)),
        orders=draw(few(ORDERS_SHOWN, 8)),
        order_notes=draw(few(TEXT)),
        # The same few lines many times over: large invoices without a large drawing.
        lines=some * draw(st.sampled_from([1, 1, 5, 60])),
        # The place of a question is its number in the list.
        questions=tuple(replace(each, place=place) for place, each in enumerate(draw(few(QUESTIONS, 8)))),
        approvers=people,
        approver_ids=tuple(PersonId(f"U-{place}") for place in range(len(people))),
        lost_by_rerun=draw(few(TEXT, 9)),
        editable=draw(st.booleans()),
        policy_version=draw(TEXT),
        why=draw(TEXT),
        erp_id=draw(TEXT),
        batch=draw(TEXT),
        offered=offered(table.TABLE, state),
        history=draw(few(TOLD, 12)),
    )


LINE_FORMS = (LineEvent.DISPUTE, LineEvent.RECEIVED, LineEvent.ADD_NEW, LineEvent.LINK)
ITEMS = st.builds(
    BillItem, st.just(SupplierInvoiceId("SI-1")), st.integers(1, 99), TEXT, TEXT, st.none() | MONEY, st.none() | DAYS, TEXT
)


def pressed(view: BillView, event: str, choice: int | None = None) -> Pressed:
    return Pressed(SubjectKind.SUPPLIER_INVOICE, view.id, view.version, event, choice)


@settings(QUICK, max_examples=40)
@given(bills())
def test_the_card_and_the_window_of_any_supplier_invoice(view: BillView) -> None:
    message_is_safe(bill_card.message(view))
    for page in (0, 1, 99):
        view_is_safe(supplier_invoice.window(view, page))
    message_is_safe(upload_card.result(view.why, [view, replace(view, id=SupplierInvoiceId("SI-0"))], 7))


@settings(QUICK, max_examples=30)
@given(bills(), TEXT)
def test_the_forms_of_any_supplier_invoice(view: BillView, text: str) -> None:
    forms: list[Any] = [
        supplier_invoice_forms.why(view, pressed(view, "reject"), "Reject"),
        supplier_invoice_forms.choose(view, pressed(view, ORDERS)),
        supplier_invoice_forms.choose(view, pressed(view, APPROVERS)),
        supplier_invoice_forms.accept(view, pressed(view, ACCEPT_ALL)),
        supplier_invoice_edit.first(view, pressed(view, EDIT)),
    ]
    for place, line in enumerate(view.lines[:2]):
        forms += [line_forms.first(view, pressed(view, f"{LINE}{event}", place), "A label") for event in LINE_FORMS]
        if line.dispute is not None:
            button = Pressed(SubjectKind.DISPUTE, line.dispute.id, 1, "settle")
            forms.append(dispute_view.settle(line.dispute, button, "Settle"))
            forms.append(dispute_view.mail(line.dispute, button, DisputeMail("ar@acme.example", text, text), "Write"))
    for form in forms:
        view_is_safe(form)


@settings(QUICK, max_examples=30)
@given(
    few(ITEMS, 10),
    st.sampled_from(BillQueue),
    st.integers(0, 50_000),
)
def test_any_queue_of_supplier_invoices(items: tuple[BillItem, ...], queue: BillQueue, count: int) -> None:
    page = BillPage(queue, dict.fromkeys(BillQueue, count), items, 0)
    view_is_safe(home_card.home(HomeView("Somebody", {}, None, may_post=False, bills=page, may_upload=True, may_rule=True)))
