"""Payments on pages: the lists of work, and one payment with its evidence, its history and the buttons of its state."""

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from core.app import choosing, waiting
from core.app.outcomes import AlreadyDone, Refusal
from core.app.showing import payment_view
from core.domain.errors import Malformed
from core.domain.ids import PaymentId
from core.web.acting import Asked, do, shares_of
from core.web.bodies import Form
from core.web.identity import Session, require_may_look, sees
from core.web.pages.frame import Frame, see_other
from core.web.problems import of_code


def router(frame: Frame) -> APIRouter:
    """Lists, pages and the one address that changes something."""
    routes = APIRouter()
    store = frame.site.services.store

    @routes.get("/payments")
    def work(
        request: Request,
        queue: waiting.Queue | None = None,
        page: Annotated[int, Query(ge=0)] = 0,
        find: Annotated[str, Query(max_length=200)] = "",
    ) -> HTMLResponse:
        session = frame.site.session(request)
        with store.read() as unit:
            mine = sees(unit, frame.site.settings)
            found = waiting.search(unit, find, entities=mine) if find.strip() else None
            listed = waiting.work(unit, queue or _first_with_work(waiting.counts(unit, mine)), page, mine)
        return frame.page(request, session, "payments.html", {"listed": listed, "found": found, "find": find})

    @routes.get("/payments/{payment_id}")
    def one(
        request: Request,
        payment_id: str,
        find: Annotated[str, Query(max_length=200)] = "",
        said: Annotated[str, Query(max_length=400)] = "",
    ) -> HTMLResponse:
        return _payment(frame, request, frame.site.session(request), PaymentId(payment_id), {"find": find, "said": said})

    @routes.post("/payments/{payment_id}")
    def act(request: Request, payment_id: str, form: Form) -> Response:
        session = frame.checked(request, form)
        fields = {name: value for name, value in form.items() if isinstance(value, str)}
        outcome = do(frame.site, _asked(PaymentId(payment_id), fields))
        if isinstance(outcome, Refusal):
            problem = of_code(outcome.code, outcome.sentence)
            shown = {"find": "", "said": "", "problem": problem.sentence}
            return _payment(frame, request, session, PaymentId(payment_id), shown, problem.status)
        said = outcome.sentence if isinstance(outcome, AlreadyDone) else "Done."
        return see_other(f"/payments/{quote(payment_id)}?said={quote(said)}")

    return routes


def _first_with_work(counts: Mapping[waiting.Queue, int]) -> waiting.Queue:
    """Where somebody who comes in without a wish is led."""
    return next((queue for queue in waiting.WAITING if counts[queue]), waiting.Queue.CONFIRM)


def _asked(payment_id: PaymentId, fields: dict[str, str]) -> Asked:
    version, choice = fields.get("version", ""), fields.get("choice", "")
    if not version.isdigit() or (choice and not choice.isdigit()):
        raise Malformed("This form is incomplete. Load the page again.")
    return Asked(
        payment_id=payment_id,
        version=int(version),
        event=fields.get("event", ""),
        reason=fields.get("reason", "").strip(),
        customer_id=fields.get("customer_id", "").strip(),
        choice=int(choice) if choice else None,
        method=fields.get("method", "").strip(),
        received_on=fields.get("received_on", "").strip(),
        shares=shares_of(fields),
    )


def _payment(
    frame: Frame, request: Request, session: Session, payment_id: PaymentId, shown: Mapping[str, str], status: int = 200
) -> HTMLResponse:
    find = shown.get("find", "")
    with frame.site.services.store.read() as unit:
        view = payment_view(unit, payment_id, frame.site.zone)
        payment = unit.payments.get(payment_id)
        require_may_look(unit, frame.site.settings, payment.entity)
        offered = {each.event for each in view.offered}
        documents = choosing.open_documents(unit, payment, find) if "apply" in offered else []
        customers = choosing.customers(unit, payment, find) if "identify_customer" in offered else []
    values: dict[str, object] = {
        "payment": view,
        "documents": documents,
        "preset": choosing.preset(payment),
        "customers": customers,
        "problem": "",
        **shown,
    }
    return frame.page(request, session, "payment.html", values, status)
