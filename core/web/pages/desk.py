"""The other pages: sign in and out, hand in files, the sync report, the audit log."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from core.app import take_document
from core.app.commands import TakeDocument
from core.app.outcomes import Refusal
from core.app.sync_report import sync_report
from core.app.telling import tell
from core.domain.actors import Permission
from core.mail_settings import LOOPBACK
from core.web.bodies import Files, Form, text
from core.web.identity import COOKIE, SESSION_S, may_look, require_actor
from core.web.pages.frame import Frame, see_other

AUDIT_PAGE: Final = 100


def router(frame: Frame) -> APIRouter:
    """All of them."""
    routes = APIRouter()
    _door(routes, frame)
    _files(routes, frame.seeing(Permission.SEE_PAYMENTS, Permission.SEE_SUPPLIER_INVOICES))
    _looking(routes, frame)
    return routes


def _door(routes: APIRouter, frame: Frame) -> None:
    @routes.get("/")
    def home(request: Request) -> RedirectResponse:
        frame.site.session(request)
        with frame.site.services.store.read() as unit:
            money = may_look(unit, frame.site.settings)
        return see_other("/payments" if money else "/supplier-invoices")

    @routes.get("/sign-in")
    def door() -> HTMLResponse:
        return frame.door()

    @routes.post("/sign-in")
    def sign_in(request: Request, form: Form) -> Response:
        cookie = frame.site.sessions.sign_in(text(form, "token"))
        if cookie is None:
            return frame.door("This is not the token of this installation.", 403)
        answer = see_other("/")
        # Behind a proxy that does TLS we see plain HTTP; a name that is not this machine's is only reached through one.
        secure = request.url.scheme == "https" or request.url.hostname not in LOOPBACK
        answer.set_cookie(COOKIE, cookie, max_age=SESSION_S, httponly=True, samesite="strict", secure=secure)
        return answer

    @routes.post("/sign-out")
    def sign_out(request: Request, form: Form) -> Response:
        frame.checked(request, form)
        answer = see_other("/sign-in")
        answer.delete_cookie(COOKIE, httponly=True, samesite="strict")
        return answer


def _files(routes: APIRouter, frame: Frame) -> None:
    @routes.get("/files")
    def form_for_files(request: Request) -> HTMLResponse:
        return frame.page(request, frame.site.session(request), "files.html", {"ends": None})

    @routes.post("/files")
    def hand_in(request: Request, form: Form, files: Files) -> HTMLResponse:
        session = frame.checked(request, form)
        with frame.site.services.store.read() as unit:
            actor = require_actor(unit, frame.site.settings)
        ends = []
        for name, data in sorted(files, key=lambda each: take_document.order(each[1])):
            outcome = take_document.take(frame.site.services, TakeDocument(name, data, actor))
            ends.append((name, outcome.sentence, isinstance(outcome, Refusal)))
        status = 422 if ends and all(refused for _, _, refused in ends) else 200
        return frame.page(request, session, "files.html", {"ends": ends}, status)


def _looking(routes: APIRouter, frame: Frame) -> None:
    @routes.get("/report")
    def report(request: Request) -> HTMLResponse:
        session = frame.site.session(request)
        with frame.site.services.store.read() as unit:
            found = sync_report(unit)
        return frame.page(request, session, "report.html", {"report": found})

    @routes.get("/audit")
    def audit(request: Request, before: Annotated[int, Query(ge=0)] = 0) -> HTMLResponse:
        session = frame.site.session(request)
        with frame.site.services.store.read() as unit:
            number, digest = unit.audit.head()
            last = min(before - 1, number) if before else number
            rows = unit.audit.rows(max(0, last - AUDIT_PAGE), min(AUDIT_PAGE, max(0, last)))
            told = [(row, tell(row, frame.site.zone, unit.now)) for row in reversed(rows)]
        older = rows[0].number if rows and rows[0].number > 1 else 0
        values = {"number": number, "digest": digest, "told": told, "older": older, "newest": last == number}
        return frame.page(request, session, "audit.html", values)
