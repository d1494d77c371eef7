"""The administration, on 127.0.0.1 alone: for tests, and a page for the person who tries the stand-in."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import Body, FastAPI, Form
from fastapi.encoders import jsonable_encoder
from pyotp.totp import TOTP
from starlette.responses import JSONResponse, RedirectResponse, Response

from core.domain.codec import from_json
from tests.sandbox.portal import faults
from tests.sandbox.portal.faults import Fault
from tests.sandbox.portal.model import PortalInvoice, World
from tests.sandbox.portal.render import page
from tests.sandbox.portal.site import Site

STATUSES = (
    "Draft",
    "Processing",
    "Pending Approval",
    "Pending Receipt",
    "Approved",
    "On Hold",
    "Disputed",
    "Abandoned",
    "Rejected",
    "Voided",
    "Invalid",
)


def create_admin(site: Site) -> FastAPI:
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    _add_page(app, site)

    @app.get("/sandbox/state")
    def state() -> Response:
        """Everything that the portal holds, and every request that it got."""
        with site.lock:
            known = {"world": asdict(site.world), "requests": [asdict(one) for one in site.seen]}
            sessions = {one.email: len(site.live(one.email)) for one in site.world.users}
        return JSONResponse(
            jsonable_encoder({**known, "sessions": sessions, "faults": [asdict(one) for one in site.faults.on]})
        )

    @app.post("/sandbox/world")
    def load(world: Annotated[dict[str, Any], Body()]) -> Response:
        site.load(from_json(World, world))
        return JSONResponse({"ok": True})

    @app.post("/sandbox/fault")
    def fault(wanted: Annotated[dict[str, Any], Body()]) -> Response:
        try:
            site.faults.add(Fault(**wanted))
        except (TypeError, ValueError) as error:
            return JSONResponse({"ok": False, "error": str(error)}, 409)
        return JSONResponse({"ok": True})

    @app.post("/sandbox/clear_faults")
    def clear() -> Response:
        site.faults.clear()
        return JSONResponse({"ok": True})

    @app.post("/sandbox/invoice/{number}")
    def change(number: int, changes: Annotated[dict[str, Any], Body()]) -> Response:
        """Move an invoice through its statuses, pay it, dispute it."""
        with site.lock:
            at = next((index for index, one in enumerate(site.world.invoices) if one.id == number), None)
            if at is None:
                return JSONResponse({"ok": False, "error": "no such invoice"}, 409)
            old = jsonable_encoder(asdict(site.world.invoices[at]))
            site.world.invoices[at] = from_json(PortalInvoice, {**old, **changes})
        return JSONResponse({"ok": True})

    return app


def _add_page(app: FastAPI, site: Site) -> None:
    @app.get("/")
    def index() -> Response:
        codes = {one.email: TOTP(one.secret).at(site.now) if one.secret else "" for one in site.world.users}
        return page(
            site,
            "admin",
            codes=codes,
            kinds=faults.KINDS,
            steps=faults.STEPS,
            statuses=STATUSES,
            shell=site.url("supplier", "/home"),
        )

    @app.post("/switch")
    def switch(
        kind: Annotated[str, Form()],
        step: Annotated[str, Form()] = "",
        when: Annotated[str, Form()] = "before",
        seconds: Annotated[float, Form()] = 0,
        to: Annotated[str, Form()] = "",
    ) -> Response:
        wanted = Fault(kind, step, "after" if when == "after" else "before", seconds=seconds, to=to)
        try:
            site.faults.add(wanted)
        except ValueError as error:
            return page(site, "refused", status=409, sentence=str(error))
        return RedirectResponse("/", 303)

    @app.post("/calm")
    def calm() -> Response:
        site.faults.clear()
        return RedirectResponse("/", 303)

    @app.post("/status")
    def status(number: Annotated[int, Form()], to: Annotated[str, Form()], paid: Annotated[str, Form()] = "") -> Response:
        with site.lock:
            for one in site.world.invoices:
                if one.id == number and to in STATUSES:
                    one.status, one.paid = to, bool(paid)
                    one.payment_info = "ACH 77001" if paid else ""
        return RedirectResponse("/", 303)
