"""A remittance on a page: what it says, and linking it to a payment, unlinking and dismissing it. Typing it in is Slack's."""

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from core.app.choosing_payments import payments_for
from core.app.joining import entity_of_advice
from core.app.outcomes import Refusal
from core.app.showing import remittance_view
from core.domain.errors import Malformed
from core.domain.events import RemittanceEvent
from core.domain.ids import RemittanceId
from core.web.acting import AskedOfRemittance, do_to_remittance
from core.web.bodies import Form, text
from core.web.identity import Session, require_may_look
from core.web.pages.frame import Frame, see_other
from core.web.problems import of_code


def router(frame: Frame) -> APIRouter:
    """The page and the address that changes something."""
    routes = APIRouter()

    @routes.get("/remittances/{remittance_id}")
    def one(
        request: Request,
        remittance_id: str,
        find: Annotated[str, Query(max_length=200)] = "",
        said: Annotated[str, Query(max_length=400)] = "",
    ) -> HTMLResponse:
        shown = {"find": find, "said": said}
        return _page(frame, request, frame.site.session(request), RemittanceId(remittance_id), shown)

    @routes.post("/remittances/{remittance_id}")
    def act(request: Request, remittance_id: str, form: Form) -> Response:
        session = frame.checked(request, form)
        version = text(form, "version")
        if not version.isdigit():
            raise Malformed("This form is incomplete. Load the page again.")
        asked = AskedOfRemittance(
            RemittanceId(remittance_id), int(version), text(form, "event"), text(form, "reason"), text(form, "payment_id")
        )
        outcome = do_to_remittance(frame.site, asked)
        if isinstance(outcome, Refusal):
            problem = of_code(outcome.code, outcome.sentence)
            shown = {"problem": problem.sentence}
            return _page(frame, request, session, RemittanceId(remittance_id), shown, problem.status)
        return see_other(f"/remittances/{quote(remittance_id)}?said={quote(outcome.sentence or 'Done.')}")

    return routes


def _page(
    frame: Frame, request: Request, session: Session, number: RemittanceId, shown: Mapping[str, str], status: int = 200
) -> HTMLResponse:
    with frame.site.services.store.read() as unit:
        require_may_look(unit, frame.site.settings, entity_of_advice(unit, unit.remittances.get(number)))
        view = remittance_view(unit, number, frame.site.zone)
        links = any(each.event == RemittanceEvent.PAYMENT_FOUND for each in view.offered)
        choices = payments_for(unit, unit.remittances.get(number), shown.get("find", "")) if links else []
    values = {"advice": view, "choices": choices, "find": "", "said": "", "problem": "", **shown}
    return frame.page(request, session, "remittance.html", values, status)
