"""A customer's own instance: what the frames show of orders. Pages of invoices stand in `bills`."""

from urllib.parse import urlencode

from fastapi import FastAPI, Request
from starlette.responses import RedirectResponse, Response

from tests.sandbox.portal import bills, cxml, tables
from tests.sandbox.portal.formats import written_date, written_number
from tests.sandbox.portal.model import Order
from tests.sandbox.portal.render import page
from tests.sandbox.portal.site import Site
from tests.sandbox.portal.visit import SESSION, Visit, missing, visiting

ORDER_VIEWS = ("All", "Open")
LINE_VIEWS = ("All", "Invoiced and received")


def create_enterprise(site: Site) -> FastAPI:
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/enter")
    def enter(request: Request, token: str, to: str) -> Response:
        slug = Visit(site, request).slug
        session = site.enter(token, slug)
        if session is None or not to.startswith("/") or to.startswith("//"):
            return page(site, "logged_out")
        answer = RedirectResponse(to, 303)
        answer.set_cookie(SESSION, f"{session}.{site.signed(f'{session}@{slug}')}", httponly=True, samesite="lax")
        return answer

    @app.get("/supplier_order_headers")
    def order_list(request: Request) -> Response:
        return visiting(site, request, _order_list)

    @app.get("/order_lines")
    def line_list(request: Request) -> Response:
        return visiting(site, request, _line_list)

    @app.get("/order_lines.csv")
    def export(request: Request) -> Response:
        return visiting(site, request, _export)

    @app.get("/supplier_order_headers/{number}")
    def order(request: Request, number: int) -> Response:
        return visiting(site, request, lambda visit: _order(visit, number))

    @app.post("/supplier_order_headers/{number}/acknowledge")
    async def acknowledge(request: Request, number: int) -> Response:
        form = await request.form()
        return visiting(site, request, lambda visit: _acknowledge(visit, number, str(form.get("authenticity_token", ""))))

    bills.add_routes(app, site)
    cxml.add_routes(app, site)
    return app


def _order_list(visit: Visit) -> Response:
    site, params = visit.site, dict(visit.request.query_params)
    orders = site.orders(visit.slug)
    if params.get("view") == "Open":
        orders = [one for one in orders if one.status == "Issued"]
    columns = tables.order_columns(site, visit.somebody)
    shown = tables.show(site, "order", columns, orders, params, ORDER_VIEWS)
    shown.path = "/supplier_order_headers"
    return visit.show("table", table=shown, model="connect_order_header", title="Orders", tab="orders", export="")


def _line_rows(visit: Visit, view: str) -> list[list[tables.Cell]]:
    rows = [(order, line) for order in visit.site.orders(visit.slug) for line in order.lines]
    columns = tables.line_columns(visit.site, visit.somebody, view)
    return [[column.cell(row) for column in columns] for row in rows]


def _line_list(visit: Visit) -> Response:
    site, params = visit.site, dict(visit.request.query_params)
    rows = [(order, line) for order in site.orders(visit.slug) for line in order.lines]
    columns = tables.line_columns(site, visit.somebody, params.get("view", "All"))
    shown = tables.show(site, "line", columns, rows, params, LINE_VIEWS)
    shown.path = "/order_lines"
    export = f"/order_lines.csv?{urlencode({'view': shown.view})}"
    return visit.show("table", table=shown, model="connect_order_line", title="Order Lines", tab="lines", export=export)


def _export(visit: Visit) -> Response:
    if visit.site.faults.holds("export_mailed"):
        visit.site.flashes[visit.session] = "Your export is being prepared. We will mail it to you."
        return RedirectResponse("/order_lines", 303)
    view = visit.request.query_params.get("view", "All")
    titles = [column.title for column in tables.line_columns(visit.site, visit.somebody, view)]
    content = tables.as_csv(titles, _line_rows(visit, view))
    name = f"order_lines_{visit.slug}.csv"
    return Response(content, media_type="text/csv", headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _order(visit: Visit, number: int) -> Response:
    order = visit.site.order(visit.slug, number)
    if order is None:
        return missing(visit)
    may = tables.may_be_invoiced(visit.site, order)
    total = written_number(order.total, visit.somebody.numbers)
    return visit.show("order", order=order, rows=_order_rows(visit, order), may=may, total=total)


def _order_rows(visit: Visit, order: Order) -> list[dict[str, str]]:
    user = visit.somebody
    return [
        {
            "number": str(line.number),
            "type": "Amount" if line.kind == "amount" else "Quantity",
            "item": line.description,
            "part": line.part_number,
            "quantity": tables.line_quantity(line, user),
            "unit": line.unit if line.kind == "quantity" else "",
            "price": written_number(line.price, user.numbers),
            "total": f"{written_number(line.total, user.numbers)} {order.currency}",
            "invoiced": f"{written_number(visit.site.invoiced(order, line.number), user.numbers)} {order.currency}",
            "need_by": written_date(line.need_by, user.dates),
        }
        for line in order.lines
    ]


def _acknowledge(visit: Visit, number: int, token: str) -> Response:
    order = visit.site.order(visit.slug, number)
    if order is None or token != visit.token:
        return missing(visit)
    order.acknowledged_on = None if order.acknowledged_on else visit.site.now.date()
    return RedirectResponse(f"/supplier_order_headers/{number}", 303)
