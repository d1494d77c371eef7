"""The invoices of a customer's instance: the list, one invoice, the form and what may be done with it."""

from collections.abc import Mapping
from decimal import Decimal

from fastapi import FastAPI, Request
from starlette.datastructures import UploadFile
from starlette.responses import JSONResponse, RedirectResponse, Response

from tests.sandbox.portal import rules, tables
from tests.sandbox.portal.formats import written_date, written_number
from tests.sandbox.portal.model import InvoiceLine, LineKind, Order, PortalFile, PortalInvoice
from tests.sandbox.portal.render import fields_of
from tests.sandbox.portal.site import Site
from tests.sandbox.portal.visit import Visit, missing, visiting

VIEWS = ("All", "Drafts", "Payment information")
Upload = tuple[str, bytes]


def add_routes(app: FastAPI, site: Site) -> None:
    """All addresses of invoices."""

    @app.get("/supplier_invoices")
    def listed(request: Request) -> Response:
        return visiting(site, request, _list)

    @app.api_route("/supplier_order_headers/{number}/create_invoice", methods=["GET", "POST"])
    def create(request: Request, number: int) -> Response:
        return visiting(site, request, lambda visit: _create(visit, number))

    @app.get("/supplier_invoices/{number}/edit")
    def edit(request: Request, number: int) -> Response:
        return visiting(site, request, lambda visit: _edit(visit, number))

    @app.get("/supplier_invoices/{number}")
    def one(request: Request, number: int) -> Response:
        return visiting(site, request, lambda visit: _show(visit, number))

    @app.post("/supplier_invoices/calculate")
    async def calculate(request: Request) -> Response:
        values, _ = await _form(request)
        return visiting(site, request, lambda visit: _calculate(visit, values))

    @app.post("/supplier_invoices")
    async def save_new(request: Request) -> Response:
        values, upload = await _form(request)
        return visiting(site, request, lambda visit: _save(visit, None, values, upload))

    @app.post("/supplier_invoices/{number}")
    async def save(request: Request, number: int) -> Response:
        values, upload = await _form(request)
        return visiting(site, request, lambda visit: _save(visit, number, values, upload))

    @app.post("/supplier_invoices/{number}/delete")
    async def delete(request: Request, number: int) -> Response:
        values, _ = await _form(request)
        return visiting(site, request, lambda visit: _delete(visit, number, values))


async def _form(request: Request) -> tuple[dict[str, str], Upload | None]:
    async with request.form() as form:
        scan = form.get("invoice_header[image_scan]")
        upload = (scan.filename or "", await scan.read()) if isinstance(scan, UploadFile) and scan.filename else None
        return fields_of(form), upload


def _list(visit: Visit) -> Response:
    site, params = visit.site, dict(visit.request.query_params)
    rows = site.invoices(visit.slug)
    if params.get("view") == "Drafts":
        rows = [one for one in rows if one.status == "Draft"]
    columns = tables.invoice_columns(visit.somebody, params.get("view", "All"))
    shown = tables.show(site, "invoice", columns, rows, params, VIEWS)
    shown.path = "/supplier_invoices"
    return visit.show("table", table=shown, model="invoice_header", title="Invoices", tab="invoices", export="")


def _create(visit: Visit, number: int) -> Response:
    order = visit.site.order(visit.slug, number)
    if order is None:
        return missing(visit)
    if not tables.may_be_invoiced(visit.site, order):
        visit.site.flashes[visit.session] = f"PO {order.number} cannot be invoiced"
        return RedirectResponse(f"/supplier_order_headers/{number}", 303)
    invoice = _flipped(visit, order)
    if visit.site.faults.holds("coins_create"):
        invoice.id = visit.site.new_invoice_id()
        visit.site.world.invoices.append(invoice)
        return RedirectResponse(f"/supplier_invoices/{invoice.id}/edit", 303)
    return _form_page(visit, invoice, order, [])


def _flipped(visit: Visit, order: Order) -> PortalInvoice:
    """The order as an invoice, with what remains of each line."""
    lines = []
    for line in order.lines:
        left = line.total - visit.site.invoiced(order, line.number)
        if left <= 0:
            continue
        by_quantity = line.kind is LineKind.QUANTITY
        quantity = (left / line.price).quantize(Decimal("0.0001")).normalize() if by_quantity else Decimal(1)
        price = line.price if by_quantity else left
        lines.append(InvoiceLine(line.number, line.description, price, line.kind, quantity, line.unit, line.part_number))
    today = visit.site.now.date()
    return PortalInvoice(0, visit.slug, order.number, today, today, order.currency, lines=lines)


def _edit(visit: Visit, number: int) -> Response:
    invoice = visit.site.invoice(visit.slug, number)
    if invoice is None:
        return missing(visit)
    if invoice.status != "Draft":
        return RedirectResponse(f"/supplier_invoices/{number}", 303)
    return _form_page(visit, invoice, visit.site.order_numbered(visit.slug, invoice.order_number), [])


def _form_page(visit: Visit, invoice: PortalInvoice, order: Order | None, wrong: list[tuple[str, str]]) -> Response:
    user = visit.somebody
    entities = [] if visit.site.faults.holds("no_details") else user.legal_entities
    rows = [
        {
            "line": line,
            "quantity": written_number(line.quantity, user.numbers, None),
            "price": written_number(line.price, user.numbers),
            "total": written_number(line.total, user.numbers),
        }
        for line in invoice.lines
    ]
    charges = {
        name: written_number(value, user.numbers) if value else ""
        for name, value in (("shipping", invoice.shipping), ("handling", invoice.handling), ("misc", invoice.misc))
    }
    return visit.show(
        "form",
        status=422 if wrong else 200,
        invoice=invoice,
        order=order,
        rows=rows,
        charges=charges,
        entities=entities,
        wrong=wrong,
        day=written_date(invoice.invoice_date, user.dates),
        totals=_totals(visit, invoice),
    )


def _totals(visit: Visit, invoice: PortalInvoice) -> dict[str, str]:
    form = visit.somebody.numbers
    amounts = {"net": invoice.net, "tax": invoice.tax, "total": invoice.total}
    return {name: f"{written_number(value, form)} {invoice.currency}" for name, value in amounts.items()}


def _read(visit: Visit, invoice: PortalInvoice, values: Mapping[str, str]) -> list[tuple[str, str]]:
    form = rules.Form(values, visit.somebody)
    order = visit.site.order_numbered(visit.slug, invoice.order_number)
    rules.fill(invoice, form, order, visit.site.buyer(visit.slug).tax_percent)
    return form.complaints


def _blank(visit: Visit, values: Mapping[str, str]) -> PortalInvoice | None:
    order = visit.site.order(visit.slug, int(values.get("order_id") or 0))
    if order is None:
        return None
    return PortalInvoice(0, visit.slug, order.number, visit.site.now.date(), None, order.currency)


def _calculate(visit: Visit, values: dict[str, str]) -> Response:
    """The totals of what is typed, without keeping anything."""
    invoice = _blank(visit, values)
    if invoice is None or values.get("authenticity_token") != visit.token:
        return JSONResponse({"wrong": ["Please log in again."]}, 422)
    wrong = _read(visit, invoice, values)
    lines = [written_number(line.total, visit.somebody.numbers) for line in invoice.lines]
    return JSONResponse({"wrong": [text for _, text in wrong], "lines": lines, **_totals(visit, invoice)})


def _save(visit: Visit, number: int | None, values: dict[str, str], upload: Upload | None) -> Response:
    """Save as Draft, or Submit: the two buttons post the same form to the same address."""
    site = visit.site
    if values.get("authenticity_token") != visit.token:
        return missing(visit)
    kept = site.invoice(visit.slug, number) if number is not None else None
    invoice = _blank(visit, values)
    if invoice is None or (number is not None and (kept is None or kept.status != "Draft")):
        return missing(visit)
    if kept is not None:
        invoice.id, invoice.scan, invoice.created_on = kept.id, kept.scan, kept.created_on
    order = site.order_numbered(visit.slug, invoice.order_number)
    wrong = _read(visit, invoice, values)
    wrong += rules.complaints(site, invoice, order)
    if upload is not None:
        complaint = rules.file_complaint(site, *upload)
        wrong += [("Image Scan", complaint)] if complaint else []
        invoice.scan = rules.kept_file(*upload)
    if wrong:
        return _form_page(visit, invoice, order, wrong)
    _keep(visit, invoice, kept, submit=values.get("commit") == "Submit")
    said = rules.warnings(site, invoice, order)
    done = "was submitted" if invoice.status != "Draft" else "was saved as draft"
    site.flashes[visit.session] = " ".join([f"Invoice {invoice.number} {done}.", *said])
    return RedirectResponse(f"/supplier_invoices/{invoice.id}", 303)


def _keep(visit: Visit, invoice: PortalInvoice, kept: PortalInvoice | None, *, submit: bool) -> None:
    site = visit.site
    if site.faults.holds("altered"):
        invoice.lines[0].price += Decimal("0.01")
    if site.faults.holds("lost_file"):
        invoice.scan = None
    invoice.status = "Processing" if submit else "Draft"
    invoice.saves = (kept.saves if kept else 0) + 1
    if kept is None:
        invoice.id = site.new_invoice_id()
        site.world.invoices.append(invoice)
    else:
        site.world.invoices[site.world.invoices.index(kept)] = invoice


def _show(visit: Visit, number: int) -> Response:
    invoice = visit.site.invoice(visit.slug, number)
    if invoice is None:
        return missing(visit)
    user = visit.somebody
    rows = [
        {
            "order_line": str(line.order_line),
            "type": "Amount" if line.kind is LineKind.AMOUNT else "Quantity",
            "description": line.description,
            "quantity": written_number(line.quantity, user.numbers, None) if line.kind is LineKind.QUANTITY else "",
            "unit": line.unit if line.kind is LineKind.QUANTITY else "",
            "price": written_number(line.price, user.numbers),
            "total": f"{written_number(line.total, user.numbers)} {invoice.currency}",
        }
        for line in invoice.lines
    ]
    files = [_file(one) for one in ([invoice.scan] if invoice.scan else []) + invoice.attachments]
    order = visit.site.order_numbered(visit.slug, invoice.order_number)
    facts = {
        "Invoice #": invoice.number or "None",
        "Status": invoice.status,
        "Invoice Date": written_date(invoice.invoice_date, user.dates),
        "Created Date": written_date(invoice.created_on, user.dates),
        "PO #": invoice.order_number,
        "Currency": invoice.currency,
        "Payment Term": order.payment_term if order else "",
        "Legal Entity": invoice.legal_entity,
        "Supplier Note": invoice.note,
        "Shipping": written_number(invoice.shipping, user.numbers),
        "Handling": written_number(invoice.handling, user.numbers),
        "Misc": written_number(invoice.misc, user.numbers),
        "Image Scan": files[0] if invoice.scan else "None",
        "Projected Payment Date": tables.projected(invoice, user),
    }
    return visit.show("invoice", invoice=invoice, facts=facts, rows=rows, totals=_totals(visit, invoice))


def _file(one: PortalFile) -> str:
    return f"{one.name} ({one.size} bytes)"


def _delete(visit: Visit, number: int, values: Mapping[str, str]) -> Response:
    invoice = visit.site.invoice(visit.slug, number)
    if invoice is None or invoice.status != "Draft" or values.get("authenticity_token") != visit.token:
        return missing(visit)
    visit.site.world.invoices.remove(invoice)
    visit.site.flashes[visit.session] = f"Invoice {invoice.number} was deleted."
    return RedirectResponse("/supplier_invoices", 303)
