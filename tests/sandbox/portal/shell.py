"""The outer application: logging in, home, the customer selector, and the frames that show a customer's own pages."""

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import FastAPI, Form, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from tests.sandbox.portal.model import User
from tests.sandbox.portal.render import page
from tests.sandbox.portal.site import CannotError, LoginTicket, Site

SESSION, TICKET, DEVICE = "_supplier_session", "_login", "_device"


def go(to: str, *, cookie: tuple[str, str] | None = None, drop: str = "") -> Response:
    answer = RedirectResponse(to, 303)
    if cookie:
        answer.set_cookie(*cookie, httponly=True, samesite="lax")
    if drop:
        answer.delete_cookie(drop)
    return answer


def create_shell(site: Site) -> FastAPI:
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    for add in (_add_login, _add_continue, _add_second_step, _add_eviction, _add_home, _add_pages, _add_customers):
        add(app, site)
    return app


def create_identity(site: Site) -> FastAPI:
    """The identity service, whose form is shown in a frame of the login page."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/login")
    def login(ticket: str) -> Response:
        return page(site, "password", ticket=ticket, error="")

    @app.post("/login")
    def try_password(ticket: Annotated[str, Form()], password: Annotated[str, Form()]) -> Response:
        found = site.tickets.get(ticket)
        if found is None:
            return page(site, "password", ticket=ticket, error="Please start again.")
        try:
            site.try_password(found, password)
        except CannotError as refusal:
            return page(site, "password", ticket=ticket, error=str(refusal))
        return page(site, "password_taken")

    return app


def _ticket(site: Site, request: Request) -> LoginTicket | None:
    ticket = site.tickets.get(request.cookies.get(TICKET, ""))
    if ticket is not None:
        ticket.device = request.cookies.get(DEVICE, "")
    return ticket


def _add_login(app: FastAPI, site: Site) -> None:
    @app.get("/")
    def root() -> Response:
        return go("/home")

    @app.get("/sessions/new")
    def new(request: Request) -> Response:
        if site.who(request.cookies.get(SESSION, "")):
            return go("/home")
        return page(site, "login", email="", frame="")

    @app.post("/sessions/new")
    def take_email(email: Annotated[str, Form()]) -> Response:
        ticket = site.begin_login(email)
        answer = page(site, "login", email=email, frame=site.url("identity", f"/login?ticket={ticket}"))
        answer.set_cookie(TICKET, ticket, httponly=True, samesite="lax")
        return answer

    @app.get("/sessions/logout")
    def logout(request: Request) -> Response:
        site.sessions.pop(request.cookies.get(SESSION, ""), None)
        return go("/sessions/new", drop=SESSION)


def _add_continue(app: FastAPI, site: Site) -> None:
    @app.get("/sessions/continue")
    def proceed(request: Request) -> Response:
        ticket = _ticket(site, request)
        if ticket is None or not ticket.password_ok:
            return go("/sessions/new")
        if site.faults.holds("captcha") and not ticket.human:
            return page(site, "captcha")
        if site.needs_code(ticket):
            return go("/sessions/mfa")
        session = site.open_session(ticket.email)
        if session is None:
            return go("/sessions/max_concurrent")
        del site.tickets[request.cookies[TICKET]]
        return go("/home", cookie=(SESSION, session.id), drop=TICKET)

    @app.post("/sessions/captcha")
    def human(request: Request) -> Response:
        ticket = _ticket(site, request)
        if ticket is not None:
            ticket.human = True
        return go("/sessions/continue")


def _add_second_step(app: FastAPI, site: Site) -> None:
    def code_page(ticket: LoginTicket, error: str) -> Response:
        user = site.user(ticket.email)
        return page(site, "mfa", error=error, mode=user.mfa if user else "none")

    @app.get("/sessions/mfa")
    def mfa(request: Request) -> Response:
        ticket = _ticket(site, request)
        if ticket is None or not ticket.password_ok:
            return go("/sessions/new")
        user = site.user(ticket.email)
        if user is not None and user.mfa == "sms":
            site.send_code(user.email)
        return code_page(ticket, "")

    @app.post("/sessions/mfa")
    def take_code(request: Request, code: Annotated[str, Form()], remember: Annotated[str, Form()] = "") -> Response:
        ticket = _ticket(site, request)
        if ticket is None:
            return go("/sessions/new")
        try:
            site.try_code(ticket, code)
        except CannotError as refusal:
            return code_page(ticket, str(refusal))
        answer = go("/sessions/continue")
        if remember:
            answer.set_cookie(DEVICE, site.remember_device(ticket.email), max_age=30 * 86400, httponly=True, samesite="lax")
        return answer


def _add_eviction(app: FastAPI, site: Site) -> None:
    @app.get("/sessions/max_concurrent")
    def too_many() -> Response:
        return page(site, "max_concurrent")

    @app.post("/sessions/max_concurrent")
    def evict(request: Request) -> Response:
        ticket = _ticket(site, request)
        if ticket is None or not ticket.password_ok or site.needs_code(ticket):
            return go("/sessions/new")
        session = site.open_session(ticket.email, evict=True)
        if session is None:
            return go("/sessions/new")
        return go("/home", cookie=(SESSION, session.id), drop=TICKET)


def _add_home(app: FastAPI, site: Site) -> None:
    @app.get("/home")
    def home(request: Request) -> Response:
        user = site.who(request.cookies.get(SESSION, ""))
        if user is None:
            return go("/sessions/new")
        tour, user.saw_tour = not user.saw_tour, True
        return page(site, "home", tour=tour or site.faults.holds("overlay") is not None, **_menu(site, user))

    @app.get("/account")
    def account(request: Request) -> Response:
        user = site.who(request.cookies.get(SESSION, ""))
        return page(site, "account", **_menu(site, user)) if user else go("/sessions/new")


def _add_pages(app: FastAPI, site: Site) -> None:
    def framed(request: Request, title: str, path: str) -> Response:
        user = site.who(request.cookies.get(SESSION, ""))
        if user is None:
            return go("/sessions/new")
        frame = ""
        if user.selected:
            token = site.frame_token(request.cookies[SESSION], user.selected)
            frame = site.url(user.selected, f"/enter?token={quote(token)}&to={quote(path)}")
        return page(site, "framed", title=title, frame=frame, at=request.url.path, **_menu(site, user))

    @app.get("/orders/")
    def orders(request: Request) -> Response:
        return framed(request, "Orders", "/supplier_order_headers")

    @app.get("/orders/lines")
    def lines(request: Request) -> Response:
        return framed(request, "Order Lines", "/order_lines")

    @app.get("/invoices")
    def invoices(request: Request) -> Response:
        return framed(request, "Invoices", "/supplier_invoices")


def _add_customers(app: FastAPI, site: Site) -> None:
    @app.get("/customers")
    def customers(request: Request, q: str = "") -> Response:
        user = site.who(request.cookies.get(SESSION, ""))
        if user is None:
            return JSONResponse({"error": "logged out"}, 401)
        names = [{"id": slug, "name": site.buyer(slug).name} for slug in user.buyers]
        return JSONResponse([one for one in names if q.lower() in one["name"].lower()])

    @app.post("/customer")
    def choose(request: Request, customer: Annotated[str, Form()]) -> Response:
        user = site.who(request.cookies.get(SESSION, ""))
        if user is None:
            return JSONResponse({"error": "logged out"}, 401)
        if customer not in user.buyers:
            return JSONResponse({"error": "no such customer"}, 404)
        user.selected = customer
        return JSONResponse({"selected": customer})


def _menu(site: Site, user: User) -> dict[str, Any]:
    chosen = site.buyer(user.selected).name if user.selected else ""
    return {"user": user, "chosen": chosen, "buyers": [site.buyer(slug) for slug in user.buyers]}
