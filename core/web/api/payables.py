"""Supplier invoices over the API: the same stories as everywhere, under `/api/v1/supplier-invoices`."""

import uuid
from datetime import date
from decimal import Decimal
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from core.app.commands import ActOnBill, ActOnLine
from core.app.payables import act_on_invoice, act_on_line
from core.app.payables.showing import bill_view
from core.app.payables.showing_orders import orders_to_choose
from core.app.payables.wording import BILL_STATES
from core.domain.actors import Permission
from core.domain.errors import Malformed, NotPermitted
from core.domain.events import LineEvent, SupplierInvoiceEvent
from core.domain.ids import EntityId, PersonId, PoNumber, SupplierId
from core.domain.measures import Quantity, exact
from core.domain.payables import OrderLineRef
from core.domain.supplier_bills import SupplierBill, SupplierInvoiceId
from core.domain.workflows import SupplierInvoiceState
from core.ports.payables import BillsWanted
from core.web.api.shape import Json, shaped
from core.web.identity import require_actor, require_may_look, sees
from core.web.outcomes import as_json
from core.web.site import Site

E = TypeVar("E", LineEvent, SupplierInvoiceEvent)
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


def router(site: Site) -> APIRouter:
    """All routes."""

    def token(request: Request) -> None:
        site.require_token(request)

    routes = APIRouter(prefix="/api/v1/supplier-invoices", dependencies=[Depends(token)])

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

    @routes.post("/{bill_id}/actions")
    def action(bill_id: str, body: BillActionBody) -> JSONResponse:
        with site.services.store.read() as unit:
            actor = require_actor(unit, site.settings)
        command = ActOnBill(
            SupplierInvoiceId(bill_id),
            body.version,
            _event(SupplierInvoiceEvent, body.event, "a supplier invoice"),
            actor,
            body.reason,
            tuple(PersonId(each) for each in body.approvers),
            f"web:{uuid.uuid4().hex[:12]}",
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
            event=_event(LineEvent, body.event, "a line"),
            actor=actor,
            reason=body.reason,
            targets=tuple(OrderLineRef(PoNumber(each.po_number), each.line) for each in body.targets),
            quantity=Quantity(_number(body.quantity)) if body.quantity else None,
            coding=body.coding,
            cause=f"web:{uuid.uuid4().hex[:12]}",
        )
        return as_json(act_on_line.act(site.services, command))

    return routes


def _number(text: str) -> Decimal:
    return exact(text)


def _event(of: type[E], name: str, what: str) -> E:
    try:
        return of(name)
    except ValueError:
        raise Malformed(f"“{name[:40]}” is nothing that can be done to {what}.") from None


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
