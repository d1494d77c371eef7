"""A portal of plain forms: no frames, no scripts, one host; its own words; orders are confirmed first and invoiced once.

It is modelled on nobody's site in particular: what portals other than Coupa have in common. “Send to customer” posts the same
form to the same address as “Keep”, so that only the guard stands between them.
"""

import html
import secrets
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

import uvicorn
from fastapi import FastAPI, Request
from starlette.datastructures import FormData, UploadFile
from starlette.responses import HTMLResponse, RedirectResponse, Response

from tests.sandbox.slack.__main__ import bound_socket
from tests.sandbox.slack.connection import NoAnswer, TellingProtocol

HOST = "desk.plain.localhost"
USER, PASSWORD = "robot@harborpine.example", "plain-sandbox-password"
COOKIE = "desk"


@dataclass
class Line:
    number: int
    what: str
    kind: str
    price: Decimal
    quantity: Decimal = Decimal(1)
    unit: str = "pcs"

    @property
    def amount(self) -> Decimal:
        return self.price * self.quantity if self.kind == "Goods" else self.price


@dataclass
class Order:
    id: int
    customer: str
    number: str
    lines: list[Line]
    state: str = "New"
    currency: str = "USD"

    @property
    def amount(self) -> Decimal:
        return sum((line.amount for line in self.lines), Decimal(0))


@dataclass
class Invoice:
    id: int
    order: Order
    number: str
    day: str
    lines: list[Line]
    comment: str = ""
    file: tuple[str, int] | None = None
    state: str = "Kept"
    reason: str = ""

    @property
    def amount(self) -> Decimal:
        return sum((line.amount for line in self.lines), Decimal(0))


@dataclass
class PlainSite:
    """The whole portal. `lose_answer` cuts the connection after the next Keep was done; `price_change` alters what it keeps."""

    port: int = 0
    customers: dict[str, str] = field(default_factory=lambda: {"ellery": "Ellery Foods", "farrow": "Farrow & Daughters"})
    orders: list[Order] = field(default_factory=list)
    invoices: list[Invoice] = field(default_factory=list)
    sessions: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    lose_answer: bool = False
    price_change: Decimal = Decimal(0)

    def url(self, path: str = "") -> str:
        return f"http://{HOST}:{self.port}{path}"

    def order(self, slug: str, number: int) -> Order:
        return next(one for one in self.orders if one.customer == slug and one.id == number)

    def invoice_of(self, order: Order) -> Invoice | None:
        return next((one for one in self.invoices if one.order is order and one.state != "Returned"), None)


def seeded(site: PlainSite) -> None:
    goods = Line(1, "Glass jars", "Goods", Decimal("1.25"), Decimal(400))
    service = Line(2, "Pallet delivery", "Service", Decimal("90.00"), unit="")
    site.orders = [
        Order(71, "ellery", "EF-71", [goods, service]),
        Order(72, "ellery", "EF-72", [Line(1, "Lids", "Goods", Decimal("0.40"), Decimal(1000))], "Confirmed"),
        Order(73, "ellery", "EF-73", [Line(1, "Old order", "Service", Decimal(10), unit="")], "Closed"),
        Order(81, "farrow", "FD-81", [Line(1, "Labels", "Goods", Decimal("0.05"), Decimal(2000))], "Confirmed"),
    ]
    site.invoices = [
        Invoice(501, site.orders[3], "INV-1", "2026-02-01", list(site.orders[3].lines), state="Query", reason="Torn")
    ]
    site.asked.clear()
    site.lose_answer, site.price_change = False, Decimal(0)


def page(title: str, *parts: str) -> HTMLResponse:
    head = f"<!doctype html><html lang=en><head><title>{title}</title></head>"
    return HTMLResponse(f"{head}<body><h1>{title}</h1>{''.join(parts)}</body></html>")


def table(name: str, headers: str, rows: list[list[str]]) -> str:
    head = "".join(f"<th>{one}</th>" for one in headers.split("|"))
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table id={name}><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def facts(**values: str) -> str:
    return "<dl>" + "".join(f"<dt>{name}</dt><dd>{html.escape(value)}</dd>" for name, value in values.items()) + "</dl>"


def money(value: Decimal, currency: str = "USD") -> str:
    return f"{value.quantize(Decimal('0.01')):,f} {currency}"


def create(site: PlainSite) -> FastAPI:
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @app.middleware("http")
    async def known(request: Request, following: Callable[[Request], Awaitable[Response]]) -> Response:
        if request.url.hostname != HOST:
            return Response("this stand-in answers on loopback only", 403)
        site.asked.append(f"{request.method} {request.url.path}")
        if request.url.path != "/login" and request.cookies.get(COOKIE) not in site.sessions:
            return RedirectResponse("/login", 303)
        return await following(request)

    _coming_and_going(app, site)
    _orders(app, site)
    _invoices(app, site)
    return app


def _coming_and_going(app: FastAPI, site: PlainSite) -> None:
    @app.get("/login")
    def login() -> Response:
        return _login("")

    @app.post("/login")
    async def enter(request: Request) -> Response:
        form = await request.form()
        if (form.get("user"), form.get("password")) != (USER, PASSWORD):
            return _login("User name or password is wrong.")
        session = secrets.token_hex(8)
        site.sessions.add(session)
        answer = RedirectResponse("/", 303)
        answer.set_cookie(COOKIE, session, httponly=True)
        return answer

    @app.get("/logout")
    def leave(request: Request) -> Response:
        site.sessions.discard(request.cookies.get(COOKIE, ""))
        return RedirectResponse("/login", 303)

    @app.get("/")
    def start() -> Response:
        links = "".join(f"<li><a href=/c/{slug}>{html.escape(name)}</a></li>" for slug, name in site.customers.items())
        return page("Supplier desk", f"<ul id=customers>{links}</ul>", "<a href=/logout>Sign out</a>")


def _orders(app: FastAPI, site: PlainSite) -> None:
    @app.get("/c/{slug}/orders")
    def orders(slug: str) -> Response:
        rows = [_order_row(site, one) for one in site.orders if one.customer == slug]
        return page("Orders", table("orders", "Order|Date|State|Amount|Billed", rows))

    @app.get("/c/{slug}/orders/{number}")
    def one_order(slug: str, number: int) -> Response:
        return _order(site, site.order(slug, number))

    @app.post("/c/{slug}/orders/{number}/confirm")
    def confirm(slug: str, number: int) -> Response:
        site.order(slug, number).state = "Confirmed"
        return RedirectResponse(f"/c/{slug}/orders/{number}", 303)

    @app.get("/c/{slug}/orders/{number}/invoice")
    def form(slug: str, number: int) -> Response:
        return _form(site.order(slug, number), {}, "")

    @app.post("/c/{slug}/orders/{number}/invoice")
    async def post(request: Request, slug: str, number: int) -> Response:
        async with request.form() as sent:
            return await _sent(site, site.order(slug, number), sent)


def _order_row(site: PlainSite, one: Order) -> list[str]:
    billed = site.invoice_of(one)
    amount = billed.amount if billed and billed.state != "Kept" else Decimal(0)
    link = f"<a href=/c/{one.customer}/orders/{one.id}>{one.number}</a>"
    return [link, "2026-01-05", one.state, money(one.amount, one.currency), money(amount, one.currency)]


def _invoices(app: FastAPI, site: PlainSite) -> None:
    @app.get("/c/{slug}/invoices")
    def invoices(slug: str) -> Response:
        rows = [_invoice_row(one) for one in site.invoices if one.order.customer == slug]
        return page("Invoices", table("invoices", "Number|Order|State|Amount|Reason", rows))

    @app.get("/c/{slug}/invoices/{number}")
    def one_invoice(slug: str, number: int) -> Response:
        return _invoice(next(one for one in site.invoices if one.order.customer == slug and one.id == number))


def _invoice_row(one: Invoice) -> list[str]:
    link = f"<a href=/c/{one.order.customer}/invoices/{one.id}>{html.escape(one.number)}</a>"
    return [link, one.order.number, one.state, money(one.amount, one.order.currency), one.reason]


def _login(wrong: str) -> Response:
    error = f"<p class=error>{wrong}</p>" if wrong else ""
    fields = "<label>User name<input name=user></label><label>Password<input name=password type=password></label>"
    return page("Sign in", error, f"<form method=post action=/login>{fields}<button>Log in</button></form>")


def _order(site: PlainSite, one: Order) -> Response:
    amount = money(one.amount, one.currency)
    shown = facts(Order=one.number, Date="2026-01-05", State=one.state, Amount=amount, Terms="30 days", Remark="Use gate 2")
    lines = table("lines", "No.|What|Kind|Quantity|Unit|Price|Amount|Billed", [_line_row(one, line) for line in one.lines])
    here = f"/c/{one.customer}/orders/{one.id}"
    confirm = "<button>Confirm order</button>"
    extra = f"<form method=post action={here}/confirm>{confirm}</form>" if one.state == "New" else ""
    extra += f"<a href={here}/invoice>Make invoice</a>" if one.state == "Confirmed" and site.invoice_of(one) is None else ""
    return page(f"Order {one.number}", shown, lines, extra)


def _line_row(one: Order, line: Line) -> list[str]:
    quantity = f"{line.quantity:f}" if line.kind == "Goods" else ""
    amounts = [money(line.amount, one.currency), money(Decimal(0), one.currency)]
    return [str(line.number), line.what, line.kind, quantity, line.unit, f"{line.price:f}", *amounts]


def _form(one: Order, values: dict[str, str], wrong: str, total: Decimal = Decimal(0)) -> Response:
    def put(name: str) -> str:
        return f'name={name} value="{html.escape(values.get(name, ""))}"'

    fields = f"<label>Invoice number<input {put('number')}></label><label>Invoice date<input {put('day')}></label>"
    for line in one.lines:
        what = "quantity" if line.kind == "Goods" else "amount"
        fields += f"<label>Line {line.number}, {what}<input data-line={line.number} {put(f'line{line.number}')}></label>"
    fields += f"<label>Comment<input {put('comment')}></label><label>Your invoice (PDF)<input type=file name=file></label>"
    buttons = "".join(f'<button name=do value="{word}">{word}</button>' for word in ("Recalculate", "Keep", "Send to customer"))
    error = f"<p class=error>{html.escape(wrong)}</p>" if wrong else ""
    action = f"/c/{one.customer}/orders/{one.id}/invoice"
    shown = f"<output id=total>{money(total, one.currency)}</output>"
    form = f"<form method=post enctype=multipart/form-data action={action}>{fields}{shown}{buttons}</form>"
    return page("Make invoice", error, form)


async def _sent(site: PlainSite, one: Order, sent: FormData) -> Response:
    values = {name: str(value) for name, value in sent.items() if isinstance(value, str)}
    try:
        lines = [_charged(line, Decimal(values.get(f"line{line.number}") or "0")) for line in one.lines]
    except InvalidOperation:
        return _form(one, values, "A number is wrong.")
    lines = [line for line in lines if line.amount]
    total = sum((line.amount for line in lines), Decimal(0))
    if values["do"] == "Recalculate":
        return _form(one, values, "" if values["number"] else "Invoice number is missing.", total)
    taken = any(other.number.casefold() == values["number"].casefold() for other in site.invoices)
    if taken or not values["number"] or site.invoice_of(one) is not None:
        return _form(one, values, "This number is taken." if taken else "This order takes no invoice.", total)
    file = sent.get("file")
    kept = (file.filename or "", len(await file.read())) if isinstance(file, UploadFile) and file.filename else None
    made = Invoice(501 + len(site.invoices), one, values["number"], values["day"], lines, values.get("comment", ""), kept)
    made.lines[0].price += site.price_change
    made.state = "Kept" if values["do"] == "Keep" else "Sent"
    site.invoices.append(made)
    if site.lose_answer:
        site.lose_answer = False
        return NoAnswer()
    return RedirectResponse(f"/c/{one.customer}/invoices/{made.id}", 303)


def _charged(line: Line, value: Decimal) -> Line:
    goods = line.kind == "Goods"
    return Line(line.number, line.what, line.kind, line.price if goods else value, value if goods else Decimal(1), line.unit)


def _invoice(one: Invoice) -> Response:
    file = f"{one.file[0]}, {one.file[1]} bytes" if one.file else "none"
    amount = money(one.amount, one.order.currency)
    shown = facts(
        Number=one.number, Date=one.day, Order=one.order.number, State=one.state, Amount=amount, File=file, Comment=one.comment
    )
    rows = [
        [str(line.number), line.what, line.kind, f"{line.quantity:f}" if line.kind == "Goods" else "", f"{line.price:f}"]
        for line in one.lines
    ]
    return page(f"Invoice {one.number}", shown, table("lines", "No.|What|Kind|Quantity|Price", rows))


@contextmanager
def running_plain() -> Iterator[PlainSite]:
    """The site, in a thread, on a free port of this machine."""
    site = PlainSite()
    seeded(site)
    listening = bound_socket(0)
    site.port = listening.getsockname()[1]
    config = uvicorn.Config(create(site), http=TellingProtocol, log_level="warning", lifespan="off", ws="none")
    config.timeout_graceful_shutdown = 1
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()
