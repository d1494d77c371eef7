"""A question of the bank on a page: the line, the payments that may be meant, and the answers."""

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from core.app.choosing_payments import returned_for
from core.app.outcomes import Refusal
from core.app.showing_questions import question_view
from core.domain.errors import Malformed
from core.domain.events import QuestionEvent
from core.domain.questions import QuestionId
from core.web.acting import AskedOfQuestion, answer
from core.web.bodies import Form, text
from core.web.identity import Session, require_may_look
from core.web.pages.frame import Frame, see_other
from core.web.problems import of_code


def router(frame: Frame) -> APIRouter:
    """The page and the address that changes something."""
    routes = APIRouter()

    @routes.get("/questions/{question_id}")
    def one(
        request: Request,
        question_id: str,
        find: Annotated[str, Query(max_length=200)] = "",
        said: Annotated[str, Query(max_length=400)] = "",
    ) -> HTMLResponse:
        shown = {"find": find, "said": said}
        return _page(frame, request, frame.site.session(request), QuestionId(question_id), shown)

    @routes.post("/questions/{question_id}")
    def act(request: Request, question_id: str, form: Form) -> Response:
        session = frame.checked(request, form)
        version = text(form, "version")
        if not version.isdigit():
            raise Malformed("This form is incomplete. Load the page again.")
        asked = AskedOfQuestion(
            QuestionId(question_id), int(version), text(form, "event"), text(form, "reason"), text(form, "payment_id")
        )
        outcome = answer(frame.site, asked)
        if isinstance(outcome, Refusal):
            problem = of_code(outcome.code, outcome.sentence)
            shown = {"problem": problem.sentence}
            return _page(frame, request, session, QuestionId(question_id), shown, problem.status)
        return see_other(f"/questions/{quote(question_id)}?said={quote(outcome.sentence or 'Done.')}")

    return routes


def _page(
    frame: Frame, request: Request, session: Session, number: QuestionId, shown: Mapping[str, str], status: int = 200
) -> HTMLResponse:
    with frame.site.services.store.read() as unit:
        require_may_look(unit, frame.site.settings, unit.questions.get(number).entity)
        view = question_view(unit, number, frame.site.zone)
        links = any(each.event == QuestionEvent.JOIN for each in view.offered)
        choices = (
            returned_for(unit, unit.bank_lines.get(unit.questions.get(number).bank_line_id), shown.get("find", ""))
            if links
            else []
        )
    values = {"question": view, "choices": choices, "find": "", "said": "", "problem": "", **shown}
    return frame.page(request, session, "question.html", values, status)
