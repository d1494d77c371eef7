"""The FastAPI application: health always; pages and API only where a token is set; other surfaces mount their own addresses.

No globals: services and settings come in, an application comes out, so tests start as many as they like.
"""

from collections.abc import Iterable

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import BaseRoute
from starlette.staticfiles import StaticFiles

from core.app.services import Services
from core.domain.errors import ProjectError
from core.ports.mail import MailDesk
from core.settings import Settings
from core.web import health
from core.web.api import payables as payables_api
from core.web.api import routes as api
from core.web.bodies import BodyLimit
from core.web.headers import SecurityHeaders
from core.web.identity import Sessions
from core.web.outcomes import answer
from core.web.pages import desk, payments, questions, remittances, supplier_invoices
from core.web.pages.frame import STATIC, Frame
from core.web.problems import Bugs, Problem, of_error
from core.web.site import SignInFirst, Site

_API = "/api/"


def create_app(
    services: Services, settings: Settings, mounts: Iterable[BaseRoute] = (), *, mails: MailDesk | None = None
) -> FastAPI:
    """The application. `mounts` are routes of other surfaces (Slack's signed requests); they look after their own callers."""
    app = FastAPI(title="Tieout", docs_url=None, redoc_url=None, openapi_url=None)
    token = settings.web_token.get_secret_value()
    sessions = Sessions(token) if token else None
    app.include_router(health.router(health.Watched(services, settings, mails), sessions))
    app.router.routes.extend(mounts)
    frame: Frame | None = None
    if sessions is not None:
        site = Site(services, settings, sessions)
        frame = Frame(site)
        app.include_router(api.router(site))
        app.include_router(payables_api.router(site))
        app.include_router(desk.router(frame))
        app.include_router(payments.router(frame))
        app.include_router(remittances.router(frame))
        app.include_router(questions.router(frame))
        app.include_router(supplier_invoices.router(frame))
        app.mount("/static", StaticFiles(directory=STATIC))
    _answer_problems(app, frame)
    app.add_middleware(BodyLimit)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(settings.web_host_names))
    app.add_middleware(Bugs)
    app.add_middleware(SecurityHeaders)
    return app


def _answer_problems(app: FastAPI, frame: Frame | None) -> None:
    """Errors as JSON for programs and as a page for people."""

    def show(request: Request, problem: Problem) -> Response:
        if frame is None or request.url.path.startswith(_API):
            return answer(problem)
        return frame.problem(problem)

    def ours(request: Request, error: Exception) -> Response:
        assert isinstance(error, ProjectError)  # noqa: S101  Registered for nothing else.
        if isinstance(error, SignInFirst):
            return RedirectResponse("/sign-in", 303)
        problem = of_error(error)
        if error.code == "token_missing":
            problem = Problem(401, problem.code, problem.sentence)
        return show(request, problem)

    def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        return show(request, Problem(422, "malformed", f"{place}: {first['msg']}."))

    def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101
        words = {404: "There is nothing at this address.", 405: "This address does not do that."}
        return show(request, Problem(error.status_code, "http", words.get(error.status_code, str(error.detail))))

    app.add_exception_handler(ProjectError, ours)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, http)
