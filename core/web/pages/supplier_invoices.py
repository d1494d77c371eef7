"""Supplier invoices on pages: the lists of work, and one invoice with its lines, orders, verdicts, history and buttons."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import FormData

from core.app.outcomes import AlreadyDone, Outcome, Refusal
from core.app.payables.act_on_dispute import draft_for
from core.app.payables.choosing_lines import approvers_to_choose, order_lines_to_choose
from core.app.payables.showing import bill_view
from core.app.payables.showing_orders import orders_to_choose
from core.app.payables.views import BillView
from core.app.payables.waiting import TITLES, BillItem, BillQueue, item_of, waiting
from core.app.payables.wording import BILL_STATES, OUTCOMES
from core.decide import supplier_invoice
from core.domain.actors import Permission
from core.domain.disputes import DisputeId
from core.domain.events import SupplierInvoiceEvent
from core.domain.ids import EntityId
from core.domain.supplier_bills import SupplierBill, SupplierInvoiceId
from core.domain.workflows import SupplierInvoiceState
from core.ports.payables import BillsWanted
from core.ports.store import UnitOfWork
from core.web import acting_on_bills
from core.web.acting_on_bills import Said
from core.web.bodies import Form
from core.web.identity import Session, acting_as, require_may_look, sees
from core.web.pages.frame import Frame, see_other
from core.web.problems import of_code

_SEE: Final = Permission.SEE_SUPPLIER_INVOICES
_PAGE: Final = 25
_AT: Final = "/supplier-invoices"
Page = Annotated[int, Query(ge=0, le=100_000)]
Words = Annotated[str, Query(max_length=200)]


def router(frame: Frame) -> APIRouter:
    """Lists, one invoice, and the addresses that change something."""
    routes, seeing = APIRouter(), frame.seeing(_SEE)
    _lists(routes, seeing)
    _one(routes, seeing)
    _changes(routes, seeing)
    return routes


def _lists(routes: APIRouter, frame: Frame) -> None:
    @routes.get(_AT)
    def work(
        request: Request,
        queue: BillQueue | None = None,
        state: SupplierInvoiceState | None = None,
        page: Page = 0,
        find: Words = "",
    ) -> HTMLResponse:
        session = frame.site.session(request)
        with frame.site.services.store.read() as unit:
            require_may_look(unit, frame.site.settings, permission=_SEE)
            values = _listed(unit, frame, (queue, state), page, find.strip())
        return frame.page(request, session, "supplier_invoices.html", {**values, "find": find})


def _listed(
    unit: UnitOfWork, frame: Frame, chosen: tuple[BillQueue | None, SupplierInvoiceState | None], page: int, find: str
) -> dict[str, object]:
    """What was looked for, else one state, else a list of what waits for this person, else what needs review."""
    settings = frame.site.settings
    mine, actor = sees(unit, settings), acting_as(unit, settings)
    queue, state = chosen
    mine_waits = waiting(unit, actor, queue, page) if actor is not None else None
    values: dict[str, object] = {
        "queues": TITLES,
        "waits": mine_waits.counts if mine_waits is not None else {},
        "states": BILL_STATES,
        "counts": unit.bills.counts(mine),
        "queue": None,
        "state": None,
        "page": page,
        "pages": 1,
    }
    if find:
        found = [item_of(bill) for bill in unit.bills.search(find, _PAGE) if not mine or bill.entity in mine]
        return {**values, "items": found, "title": f"Found: {find}"}
    if state is None and mine_waits is not None:
        shown = {"items": mine_waits.items, "title": TITLES[mine_waits.queue], "queue": mine_waits.queue}
        return {**values, **shown, "page": mine_waits.page, "pages": mine_waits.pages}
    return {**values, **_in_state(unit, state or SupplierInvoiceState.NEEDS_REVIEW, mine, page)}


def _in_state(unit: UnitOfWork, state: SupplierInvoiceState, mine: frozenset[EntityId], page: int) -> dict[str, object]:
    wanted = BillsWanted(frozenset({state}), mine)
    pages = max(1, -(-unit.bills.count(wanted) // _PAGE))
    page = min(page, pages - 1)
    items: Sequence[BillItem] = [item_of(bill) for bill in unit.bills.wanted(wanted, _PAGE, page * _PAGE)]
    return {"items": items, "title": BILL_STATES[state], "state": state, "page": page, "pages": pages}


def _one(routes: APIRouter, frame: Frame) -> None:
    @routes.get(f"{_AT}/{{bill_id}}")
    def one(request: Request, bill_id: str, find: Words = "", said: Annotated[str, Query(max_length=400)] = "") -> HTMLResponse:
        session = frame.site.session(request)
        return _invoice(frame, request, session, SupplierInvoiceId(bill_id), {"find": find, "said": said})


def _changes(routes: APIRouter, frame: Frame) -> None:
    @routes.post(f"{_AT}/{{bill_id}}")
    def act(request: Request, bill_id: str, form: Form) -> Response:
        number, said = SupplierInvoiceId(bill_id), _said(form)
        session = frame.checked(request, form)
        return _ended(frame, request, session, number, acting_on_bills.on_bill(frame.site, number, said))

    @routes.post(f"{_AT}/{{bill_id}}/lines")
    def act_on_line(request: Request, bill_id: str, form: Form) -> Response:
        number, said = SupplierInvoiceId(bill_id), _said(form)
        session = frame.checked(request, form)
        return _ended(frame, request, session, number, acting_on_bills.on_lines(frame.site, number, said))

    @routes.post(f"{_AT}/{{bill_id}}/edit")
    def edit(request: Request, bill_id: str, form: Form) -> Response:
        number, said = SupplierInvoiceId(bill_id), _said(form)
        session = frame.checked(request, form)
        lines = [said] if said.one("line") else []
        return _ended(frame, request, session, number, acting_on_bills.edit(frame.site, number, said, lines))

    @routes.post(f"{_AT}/{{bill_id}}/disputes/{{dispute_id}}")
    def dispute(request: Request, bill_id: str, dispute_id: str, form: Form) -> Response:
        number, said = SupplierInvoiceId(bill_id), _said(form)
        session = frame.checked(request, form)
        return _ended(frame, request, session, number, acting_on_bills.on_dispute(frame.site, DisputeId(dispute_id), said))


def _said(form: FormData) -> Said:
    return Said({name: [each for each in form.getlist(name) if isinstance(each, str)] for name in form})


def _ended(frame: Frame, request: Request, session: Session, bill_id: SupplierInvoiceId, outcome: Outcome) -> Response:
    """Look at it again after a change; what was refused is said on the page it was asked from."""
    if isinstance(outcome, Refusal):
        problem = of_code(outcome.code, outcome.sentence)
        shown = {"find": "", "said": "", "problem": problem.sentence}
        return _invoice(frame, request, session, bill_id, shown, problem.status)
    said = outcome.sentence if isinstance(outcome, AlreadyDone) else "Done."
    return see_other(f"{_AT}/{quote(bill_id)}?said={quote(said)}")


def _invoice(
    frame: Frame,
    request: Request,
    session: Session,
    bill_id: SupplierInvoiceId,
    shown: Mapping[str, str],
    status: int = 200,
) -> HTMLResponse:
    with frame.site.services.store.read() as unit:
        bill = unit.bills.get(bill_id)
        require_may_look(unit, frame.site.settings, bill.entity, _SEE)
        view = bill_view(unit, bill.id, frame.site.zone)
        values = {"bill": view, "problem": "", **shown, **_choices(unit, frame, bill, view, shown.get("find", ""))}
    return frame.page(request, session, "supplier_invoice.html", values, status)


def _choices(unit: UnitOfWork, frame: Frame, bill: SupplierBill, view: BillView, find: str) -> dict[str, Any]:
    """What the forms choose from."""
    linkable = any(each.event == "link" for line in view.lines for each in line.offered)
    supplier = bill.header.supplier_id
    live = [line.dispute for line in view.lines if line.dispute is not None]
    rows = supplier_invoice.TABLE.rows
    named = any(row.event is SupplierInvoiceEvent.APPROVERS_SET and view.state in row.sources for row in rows)
    return {
        "order_lines": order_lines_to_choose(unit, bill, find) if linkable else [],
        "all_orders": orders_to_choose(unit, supplier) if supplier is not None and view.editable else [],
        "suppliers": unit.orders.search_suppliers(find, 50) if view.editable else [],
        "people": approvers_to_choose(unit, bill) if named else [],
        "drafts": {each.id: draft_for(frame.site.services, unit, each.id) for each in live},
        "outcomes": OUTCOMES,
    }
