"""Supplier invoices over the API: the same stories as everywhere, under `/api/v1/supplier-invoices`."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from core.app.commands import ActOnBill, ActOnLine
from core.app.payables import act_on_invoice, act_on_line
from core.app.payables.showing import bill_view
from core.app.payables.showing_orders import orders_to_choose
from core.app.payables.wording import BILL_STATES
from core.domain.actors import Permission
from core.domain.disputes import DisputeId
from core.domain.errors import NotPermitted
from core.domain.events import LineEvent, SupplierInvoiceEvent
from core.domain.ids import EntityId, PersonId, PoNumber, SupplierId
from core.domain.measures import Quantity, exact
from core.domain.payables import OrderLineRef
from core.domain.supplier_bills import SupplierBill, SupplierInvoiceId
from core.domain.workflows import SupplierInvoiceState
from core.ports.payables import BillsWanted
from core.web.acting_on_bills import Said, cause, edit, event_of, on_dispute
from core.web.api.shape import Json, shaped
from core.web.identity import require_actor, require_may_look, sees
from core.web.outcomes import as_json
from core.web.site import Site

_MOST = 100
_SEE = Permission.SEE_SUPPLIER_INVOICES


class BillActionBody(BaseModel):
    """What to do to an invoice. `approvers` are ids of people, for `approvers_set`."""

    model_config = ConfigDict(extra="forbid")
    event: str = Field(max_length=40)
    version: int
    reason: str = Field("", max_length=2000)
    approvers: list[str] = Field(default_factory=list, max_length=50)


class TargetBody(BaseModel):
    """One of our order lines."""

    model_config = ConfigDict(extra="forbid")
    po_number: str = Field(max_length=200)
    line: str = Field(max_length=200)


class LineActionBody(BaseModel):
    """What to do to lines of an invoice: to all of them, or to none. `version` is that of the invoice."""

    model_config = ConfigDict(extra="forbid")
    event: str = Field(max_length=40)
    version: int
    lines: list[str] = Field(min_length=1, max_length=2000)
    reason: str = Field("", max_length=2000)
    targets: list[TargetBody] = Field(default_factory=list, max_length=50)
    quantity: str = Field("", max_length=40)
    coding: str = Field("", max_length=200)


class LineBody(BaseModel):
    """What a line says. What is left out stays as it is; a name that is new is a new line."""

    model_config = ConfigDict(extra="forbid")
    line: str = Field(min_length=1, max_length=200)
    item_code: str = Field("", max_length=200)
    description: str = Field("", max_length=2000)
    quantity: str = Field("", max_length=40)
    uom: str = Field("", max_length=40)
    rate: str = Field("", max_length=40)
    amount: str = Field("", max_length=40)


class EditBody(BaseModel):
    """Other values of an invoice; what is left out stays as it is. `right_as_it_is` are places of questions, from 0."""

    model_config = ConfigDict(extra="forbid")
    version: int
    reason: str = Field("", max_length=2000)
    number: str = Field("", max_length=200)
    invoice_date: str = Field("", max_length=40)
    due_date: str = Field("", max_length=40)
    discount_until: str = Field("", max_length=40)
    currency: str = Field("", max_length=3)
    supplier_id: str = Field("", max_length=200)
    kind: str = Field("", max_length=20)
    total: str = Field("", max_length=40)
    tax: str = Field("", max_length=40)
    orders: list[str] = Field(default_factory=list, max_length=50)
    right_as_it_is: list[int] = Field(default_factory=list, max_length=200)
    without: list[str] = Field(default_factory=list, max_length=2000)
    lines: list[LineBody] = Field(default_factory=list, max_length=2000)

    def said(self) -> tuple[Said, list[Said]]:
        """The header, and the lines."""
        return texts(self), [texts(line) for line in self.lines]


class DisputeActionBody(BaseModel):
    """What to do about a dispute: send a mail with its address, subject and text, or settle it with its outcome."""

    model_config = ConfigDict(extra="forbid")
    event: str = Field(max_length=40)
    version: int
    reason: str = Field("", max_length=2000)
    address: str = Field("", max_length=320)
    subject: str = Field("", max_length=300)
    text: str = Field("", max_length=20_000)
    outcome: str = Field("", max_length=40)


def router(site: Site) -> APIRouter:
    """All routes."""

    def token(request: Request) -> None:
        site.require_token(request)

    routes = APIRouter(prefix="/api/v1/supplier-invoices", dependencies=[Depends(token)])
    _looking(routes, site)
    _changing(routes, site)
    return routes


def _looking(routes: APIRouter, site: Site) -> None:
    @routes.get("")
    def bills(
        state: SupplierInvoiceState = SupplierInvoiceState.NEEDS_REVIEW,
        after: Annotated[str, Query(pattern=r"^(SI-\d{1,12})?$")] = "",
        entity: Annotated[str, Query(max_length=100)] = "",
    ) -> JSONResponse:
        with site.services.store.read() as unit:
            require_may_look(unit, site.settings, permission=_SEE)
            mine = sees(unit, site.settings)
            if entity and mine and entity not in mine:
                raise NotPermitted("You are not entitled to see supplier invoices of this legal entity.")
            entities = frozenset({EntityId(entity)}) if entity else mine
            counts = unit.bills.counts(entities)
            wanted = BillsWanted(frozenset({state}), entities)
            found = unit.bills.wanted(wanted, _MOST, after=SupplierInvoiceId(after) if after else None)
        known = {each.value: counts.get(each, 0) for each in SupplierInvoiceState}
        return JSONResponse({"counts": known, "items": [_item(bill) for bill in found]})

    @routes.get("/orders")
    def orders(
        supplier_id: Annotated[str, Query(max_length=200)], text: Annotated[str, Query(max_length=200)] = ""
    ) -> JSONResponse:
        with site.services.store.read() as unit:
            require_may_look(unit, site.settings, permission=_SEE)
            return JSONResponse({"items": shaped(orders_to_choose(unit, SupplierId(supplier_id), text))})

    @routes.get("/{bill_id}")
    def bill(bill_id: str) -> JSONResponse:
        with site.services.store.read() as unit:
            found = unit.bills.get(SupplierInvoiceId(bill_id))
            require_may_look(unit, site.settings, found.entity, _SEE)
            return JSONResponse(shaped(bill_view(unit, found.id, site.zone)))


def _changing(routes: APIRouter, site: Site) -> None:
    @routes.post("/{bill_id}/actions")
    def action(bill_id: str, body: BillActionBody) -> JSONResponse:
        with site.services.store.read() as unit:
            actor = require_actor(unit, site.settings)
        command = ActOnBill(
            SupplierInvoiceId(bill_id),
            body.version,
            event_of(SupplierInvoiceEvent, body.event, "a supplier invoice"),
            actor,
            body.reason,
            tuple(PersonId(each) for each in body.approvers),
            cause(),
        )
        return as_json(act_on_invoice.act(site.services, command))

    @routes.post("/{bill_id}/lines/actions")
    def line_action(bill_id: str, body: LineActionBody) -> JSONResponse:
        with site.services.store.read() as unit:
            actor = require_actor(unit, site.settings)
        command = ActOnLine(
            bill_id=SupplierInvoiceId(bill_id),
            version=body.version,
            lines=tuple(body.lines),
            event=event_of(LineEvent, body.event, "a line"),
            actor=actor,
            reason=body.reason,
            targets=tuple(OrderLineRef(PoNumber(each.po_number), each.line) for each in body.targets),
            quantity=Quantity(exact(body.quantity)) if body.quantity else None,
            coding=body.coding,
            cause=cause(),
        )
        return as_json(act_on_line.act(site.services, command))

    @routes.post("/{bill_id}/edits")
    def edits(bill_id: str, body: EditBody) -> JSONResponse:
        said, lines = body.said()
        return as_json(edit(site, SupplierInvoiceId(bill_id), said, lines))

    @routes.post("/disputes/{dispute_id}/actions")
    def dispute_action(dispute_id: str, body: DisputeActionBody) -> JSONResponse:
        return as_json(on_dispute(site, DisputeId(dispute_id), texts(body)))


def texts(body: BaseModel) -> Said:
    """A body as a form would say it; what was not given is absent."""
    given = body.model_dump(exclude_unset=True, exclude={"lines"})
    return Said(
        {name: [str(each) for each in value] if isinstance(value, list) else [str(value)] for name, value in given.items()}
    )


def _item(bill: SupplierBill) -> Json:
    head = bill.header
    day: date | None = head.invoice_date
    return {
        "id": bill.id,
        "version": bill.version,
        "entity": bill.entity,
        "state": bill.state.value,
        "state_words": BILL_STATES[bill.state],
        "number": head.number,
        "supplier": head.supplier_name,
        "invoice_date": day.isoformat() if day else None,
        "total": shaped(head.total or bill.net),
    }
