"""The addresses of the API, all under `/api/v1`, all with the web token as a bearer token.

Doing something names the version that was looked at, so asking twice does it once: the second answer is `already_done`.
"""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from core.app import take_document, waiting
from core.app.commands import TakeDocument
from core.app.showing import payment_view
from core.domain.ids import PaymentId
from core.web.acting import Asked, Share, do
from core.web.api.shape import shaped
from core.web.bodies import Body
from core.web.identity import require_actor, require_may_look, sees
from core.web.outcomes import as_json
from core.web.site import Site


class ShareBody(BaseModel):
    """Money for one document; amounts are decimal text."""

    model_config = ConfigDict(extra="forbid")
    invoice_number: str = Field(max_length=200)
    applied: str = Field(max_length=40)
    discount: str = Field("", max_length=40)


class ActionBody(BaseModel):
    """What to do to a payment."""

    model_config = ConfigDict(extra="forbid")
    event: str = Field(max_length=40)
    version: int
    reason: str = Field("", max_length=2000)
    customer_id: str = Field("", max_length=200)
    choice: int | None = None
    method: str = Field("", max_length=100)
    received_on: date | None = None
    applications: list[ShareBody] = Field(default_factory=list, max_length=1000)


def router(site: Site) -> APIRouter:
    """All routes."""

    def token(request: Request) -> None:
        site.require_token(request)

    routes = APIRouter(prefix="/api/v1", dependencies=[Depends(token)])

    @routes.get("/payments")
    def payments(
        queue: waiting.Queue = waiting.Queue.CONFIRM,
        page: Annotated[int, Query(ge=0)] = 0,
        text: Annotated[str, Query(max_length=200)] = "",
    ) -> JSONResponse:
        with site.services.store.read() as unit:
            require_may_look(unit, site.settings)
            mine = sees(unit, site.settings)
            counts = shaped(dict(waiting.counts(unit, mine)))
            if text.strip():
                return JSONResponse({"counts": counts, "items": shaped(waiting.search(unit, text, entities=mine))})
            found = waiting.work(unit, queue, page, mine)
        body = {"counts": counts, "queue": queue.value, "page": found.page, "pages": found.pages, "items": shaped(found.items)}
        return JSONResponse(body)

    @routes.get("/payments/{payment_id}")
    def payment(payment_id: str) -> JSONResponse:
        with site.services.store.read() as unit:
            require_may_look(unit, site.settings, unit.payments.get(PaymentId(payment_id)).entity)
            return JSONResponse(shaped(payment_view(unit, PaymentId(payment_id), site.zone)))

    @routes.post("/payments/{payment_id}/actions")
    def action(payment_id: str, body: ActionBody) -> JSONResponse:
        asked = Asked(
            payment_id=PaymentId(payment_id),
            version=body.version,
            event=body.event,
            reason=body.reason,
            customer_id=body.customer_id,
            choice=body.choice,
            method=body.method,
            received_on=body.received_on.isoformat() if body.received_on else "",
            shares=[Share(each.invoice_number, each.applied, each.discount) for each in body.applications],
        )
        return as_json(do(site, asked))

    @routes.post("/documents")
    def document(name: Annotated[str, Query(min_length=1, max_length=200)], body: Body) -> JSONResponse:
        with site.services.store.read() as unit:
            actor = require_actor(unit, site.settings)
        return as_json(take_document.take(site.services, TakeDocument(name, body, actor)))

    return routes
