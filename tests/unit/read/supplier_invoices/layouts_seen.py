"""Layouts that were held out at first and then used to mend the reader; what it made of them unseen is in the README."""

import io
from collections.abc import Callable, Sequence
from decimal import Decimal

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from tests.unit.read.supplier_invoices.bills import Bill, day, wrapped, written
from tests.unit.read.supplier_invoices.layouts import raw_pdf

Cell = tuple[float, str, str]


class Pen:
    """A canvas with a place to write at; `feed` starts a page when there is no room."""

    def __init__(self, heading: Callable[["Pen"], None], *, font: str = "Helvetica", size: float = 9) -> None:
        self.buffer = io.BytesIO()
        self.canvas = Canvas(self.buffer, pagesize=A4)
        self.heading, self.font, self.size = heading, font, size
        self.page, self.y = 0, 0.0
        self.turn()

    def turn(self) -> None:
        if self.page:
            self.canvas.showPage()
        self.page += 1
        self.canvas.setFont(self.font, self.size)
        self.y = 800.0
        self.heading(self)

    def put(self, *cells: Cell, down: float = 12, size: float = 0) -> None:
        self.canvas.setFont(self.font, size or self.size)
        for x, text, side in cells:
            (self.canvas.drawRightString if side == "r" else self.canvas.drawString)(x, self.y, text)
        self.y -= down

    def done(self) -> bytes:
        self.canvas.save()
        return self.buffer.getvalue()


def british_boxes(bill: Bill) -> bytes:
    """Labels in small print above their values, a header on two lines, a breakdown of the tax and a strip of totals."""

    def heading(pen: Pen) -> None:
        pen.put((40, bill.supplier, ""), down=16, size=15)
        pen.put((40, "Unit 4, Riverside Park, Leeds LS10 1AB", ""), (420, f"VAT Reg No {bill.tax_id}", ""), down=24)
        pen.put((40, "Invoice To", ""), (300, "Document No", ""), (390, "Tax Point", ""), (480, "Your Order", ""), size=7)
        pen.put((40, bill.buyer, ""), (300, bill.number, ""), (390, day(bill.issued, "uk"), ""), (480, bill.orders[0], ""))
        pen.put((40, "Castle Road", ""), (480, bill.orders[1] if len(bill.orders) > 1 else "", ""))
        pen.put((40, "Bristol BS1 4DJ", ""), (300, "Payment due", ""), (390, "Account", ""), size=7)
        pen.put((300, day(bill.due, "uk"), ""), (390, "CAST01", ""), down=18)
        pen.put((40, "TAX INVOICE", ""), down=26, size=14)
        pen.put((62, "Product", ""), (340, "Quantity", "r"), (420, "Price", "r"), (470, "VAT", "r"), (555, "Net", "r"), down=10)
        pen.put(
            (40, "Ln", ""),
            (62, "Code", ""),
            (130, "Description", ""),
            (340, "Supplied", "r"),
            (345, "UOM", ""),
            (420, "Each", "r"),
            (470, "%", "r"),
            (555, "Amount", "r"),
            down=14,
        )

    pen = Pen(heading)
    for number, line in enumerate(bill.lines, 1):
        if pen.y < 110:
            pen.turn()
        first, *rest = wrapped(line.description, 30)
        pen.put(
            (40, str(number), ""),
            (62, line.code, ""),
            (130, first, ""),
            (340, written(line.quantity, "us", None), "r"),
            (345, line.uom, ""),
            (420, written(line.rate, "us", 4), "r"),
            (470, f"{bill.tax:.1f}", "r"),
            (555, written(line.amount, "us"), "r"),
            down=11,
        )
        for part in rest:
            pen.put((130, part, ""), down=11)
    if pen.y < 200:
        pen.turn()
    pen.y -= 10
    for label, amount in bill.charges:
        pen.put((380, label, ""), (555, written(amount, "us"), "r"))
    pen.y -= 8
    pen.put(
        (40, "VAT rate", ""),
        (140, "Goods", "r"),
        (220, "VAT", "r"),
        (380, "Total net", "r"),
        (460, "Total VAT", "r"),
        (555, "Invoice total", "r"),
    )
    net, tax, total = (written(value, "us") for value in (bill.net, bill.tax_total, bill.total))
    pen.put(
        (40, f"{bill.tax:.1f}%", ""),
        (140, net, "r"),
        (220, tax, "r"),
        (380, net, "r"),
        (460, tax, "r"),
        (555, f"{bill.currency} {total}", "r"),
        down=40,
    )
    pen.put((40, f"Registered in England. {bill.supplier}, registered office as above.", ""), size=7)
    return pen.done()


def german_craftsman(bill: Bill) -> bytes:
    """Number, date and order in sentences; quantities with their unit in one cell; a tax line that names its base."""

    def heading(pen: Pen) -> None:
        if pen.page > 1:
            pen.put((60, f"Seite {pen.page} zur Rechnung {bill.number}", ""), down=30)
            return
        pen.put((60, f"{bill.supplier} | Gartenstr. 12 | 34117 Kassel", ""), down=20, size=7)
        for text in ("Firma", bill.buyer, "Burgweg 1", "01099 Dresden"):
            pen.put((60, text, ""))
        pen.y -= 30
        pen.put((60, f"Rechnung Nr. {bill.number} vom {day(bill.issued, 'de')}", ""), down=20, size=13)
        pen.put((60, "Sehr geehrte Damen und Herren,", ""))
        pen.put((60, f"für Ihre Bestellung {bill.orders[0]} vom 02.01.2026 berechnen wir wie folgt:", ""), down=24)
        pen.put((60, "Pos", ""), (90, "Leistung", ""), (390, "Menge", "r"), (460, "EP €", "r"), (540, "GP €", "r"), down=16)

    pen = Pen(heading, font="Times-Roman", size=10)
    for number, line in enumerate(bill.lines, 1):
        parts = wrapped(f"{line.code} {line.description}", 44)
        if pen.y < 130:
            pen.turn()
        for part in parts[:-1]:
            pen.put((60, str(number) if part is parts[0] else "", ""), (90, part, ""))
        pen.put(
            (60, str(number) if len(parts) == 1 else "", ""),
            (90, parts[-1], ""),
            (390, f"{written(line.quantity, 'de', None)} {line.uom}", "r"),
            (460, written(line.rate, "de", 3), "r"),
            (540, written(line.amount, "de"), "r"),
            down=18,
        )
    for label, amount in bill.charges:
        pen.put((90, label, ""), (540, written(amount, "de"), "r"), down=16)
    pen.put((320, "Summe netto", ""), (540, f"{written(bill.net, 'de')} €", "r"))
    pen.put((320, f"{bill.tax} % MwSt. auf {written(bill.net, 'de')} €", ""), (540, f"{written(bill.tax_total, 'de')} €", "r"))
    pen.put((320, "Rechnungsbetrag", ""), (540, f"{written(bill.total, 'de')} €", "r"), down=30)
    pen.put((60, f"Bitte überweisen Sie den Betrag bis zum {day(bill.due, 'de')}.", ""), down=40)
    pen.put((60, f"{bill.supplier} · USt-IdNr.: {bill.tax_id} · IBAN DE02120300000000202051", ""), size=7)
    return pen.done()


def mainframe(bill: Bill) -> bytes:
    """A fixed-width print with carry-forward lines, the header on the first page only, minus signs behind."""
    pages: list[list[str]] = [[]]
    pages[0] += [bill.supplier.upper(), "P.O. BOX 1120", "", f"{'INVOICE':>60}", ""]
    pages[0] += [
        f"SOLD TO: {bill.buyer.upper():<36}INVOICE NO.   {bill.number}",
        f"{'':45}INVOICE DATE  {bill.issued:%d-%b-%Y}".upper(),
        f"{'':45}CUSTOMER PO   {' '.join(bill.orders[:1])}",
        f"{'':45}CURRENCY      {bill.currency}",
        "",
    ]
    pages[0] += [f"{'LN':<4}{'ITEM NO':<12}{'DESCRIPTION':<32}{'QTY':>10} {'UM':<5}{'PRICE':>12}{'EXTENSION':>15}", "-" * 91]
    sofar = Decimal(0)
    for number, line in enumerate(bill.lines, 1):
        if len(pages[-1]) > 52:
            pages[-1].append(f"{'CARRIED FORWARD':>60}{written(sofar, 'us'):>31}")
            pages.append(
                [f"{bill.supplier.upper():<60}PAGE {len(pages) + 1}", "", f"{'BROUGHT FORWARD':>60}{written(sofar, 'us'):>31}"]
            )
        sofar += line.amount
        first, *rest = wrapped(line.description.upper(), 30)
        pages[-1].append(
            f"{number:<4}{line.code:<12}{first:<32}{written(line.quantity, 'us', None):>10} {line.uom.upper():<5}"
            f"{written(line.rate, 'us', 3):>12}{written(line.amount, 'us'):>15}"
        )
        pages[-1] += [f"{'':16}{part}" for part in rest]
    pages[-1].append("")
    sums = [("MERCHANDISE TOTAL", bill.lines_total), *((label.upper(), amount) for label, amount in bill.charges)]
    for label, amount in [*sums, (f"SALES TAX {bill.tax}%", bill.tax_total), ("INVOICE TOTAL", bill.total)]:
        pages[-1].append(f"{label:>70}{written(abs(amount), 'us') + ('-' if amount < 0 else ''):>21}")
    pages[-1] += ["", f"DUE {bill.due:%d-%b-%Y}".upper()]
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4)
    for lines in pages:
        canvas.setFont("Courier", 9)
        for row, text in enumerate(lines):
            canvas.drawString(30, 800 - 12 * row, text)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def swiss_strip(bill: Bill) -> bytes:
    """Quantities first, apostrophes between thousands, the currency in the titles, all in pieces of no order."""
    words: list[tuple[float, float, str, float]] = []

    def put(x: float, y: float, text: str, size: float = 9, *, right: bool = False) -> None:
        from tests.unit.read.supplier_invoices.layouts import width

        words.append((x - width(text, size) if right else x, y, text, size))

    put(380, 790, bill.supplier, 12)
    put(380, 776, "Seestrasse 44, 8002 Zürich")
    put(380, 762, f"MWST-Nr. {bill.tax_id}")
    put(50, 720, "Kunde")
    put(50, 708, bill.buyer)
    put(50, 660, "RECHNUNG", 16)
    for x, label, value in (
        (50, "Rechnungs-Nr.", bill.number),
        (180, "Datum", day(bill.issued, "de")),
        (290, "Zahlbar bis", day(bill.due, "de")),
        (410, "Bestell-Nr.", bill.orders[0]),
    ):
        put(x, 630, label, 8)
        put(x, 618, value)
    for x, text, right in (
        (80, "Menge", 1),
        (90, "ME", 0),
        (130, "Artikel", 0),
        (200, "Bezeichnung", 0),
        (455, f"Preis {bill.currency}", 1),
        (540, f"Betrag {bill.currency}", 1),
    ):
        put(x, 580, text, right=bool(right))
    y = 562.0
    for line in bill.lines:
        put(80, y, written(line.quantity, "ch", None), right=True)
        put(90, y, line.uom)
        put(130, y, line.code)
        put(455, y, written(line.rate, "ch", 3), right=True)
        put(540, y, written(line.amount, "ch"), right=True)
        for part in wrapped(line.description, 34):
            put(200, y, part)
            y -= 11
        y -= 3
    y -= 12
    for label, amount in (
        *bill.charges,
        ("Total exkl. MWST", bill.net),
        (f"MWST {bill.tax}%", bill.tax_total),
        (f"Total {bill.currency} inkl. MWST", bill.total),
    ):
        put(350, y, label)
        put(540, y, written(amount, "ch"), right=True)
        y -= 13
    return raw_pdf([words], shuffle=3)


def export_invoice(bill: Bill) -> bytes:
    """A trader's commercial invoice: everything centred in ruled cells, a last row that totals quantity and amount."""
    styles = getSampleStyleSheet()
    rows: list[list[object]] = [
        [
            "Item No.",
            "Description of Goods",
            f"Quantity ({bill.lines[0].uom})",
            f"Unit Price ({bill.currency})",
            f"Total Amount ({bill.currency})",
        ]
    ]
    rows += [
        [
            line.code,
            Paragraph(line.description, styles["BodyText"]),
            written(line.quantity, "us", None),
            written(line.rate, "us", 3),
            written(line.amount, "us"),
        ]
        for line in bill.lines
    ]
    rows.append(
        [
            "TOTAL",
            "",
            written(sum((line.quantity for line in bill.lines), Decimal(0)), "us", None),
            "",
            written(bill.lines_total, "us"),
        ]
    )
    table = Table(rows, colWidths=[80, 180, 80, 90, 100], repeatRows=1)
    table.setStyle(
        TableStyle(
            [
                ("GRID", (0, 0), (-1, -1), 0.5, "black"),
                ("ALIGN", (0, 0), (-1, -1), "CENTER"),
                ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ]
        )
    )
    sums = [*bill.charges, (f"VAT {bill.tax}%", bill.tax_total), ("GRAND TOTAL", bill.total)]
    head = [
        ["Invoice No.:", bill.number, "Date:", day(bill.issued, "iso")],
        ["P/O No.:", bill.orders[0], "Payment due:", day(bill.due, "iso")],
        ["Buyer:", bill.buyer, "Seller:", bill.supplier],
    ]
    story: list[Flowable] = [
        Paragraph("COMMERCIAL INVOICE", styles["Title"]),
        Table(head, colWidths=[70, 190, 70, 190]),
        Spacer(1, 16),
        table,
        Table(
            [["", label, f"{bill.currency} {written(amount, 'us')}"] for label, amount in sums],
            colWidths=[260, 150, 120],
            style=[("ALIGN", (2, 0), (2, -1), "RIGHT")],
        ),
    ]
    buffer = io.BytesIO()
    SimpleDocTemplate(buffer, pagesize=A4, leftMargin=30, rightMargin=30).build(story)
    return buffer.getvalue()


def american_web(bill: Bill) -> str:
    """HTML for a browser's print: a service's invoice with words one blank apart and the sum to pay in large print."""
    items = "".join(
        f"<tr><td>{line.description}<br><small>{line.code}</small></td><td class=n>{written(line.quantity, 'us', None)}</td>"
        f"<td class=n>${written(line.rate, 'us', 3)}</td><td class=n>${written(line.amount, 'us')}</td></tr>"
        for line in bill.lines
    )
    charges = "".join(f"<tr><td>{label}</td><td class=n>${written(amount, 'us')}</td></tr>" for label, amount in bill.charges)
    return f"""<meta charset=utf-8><style>body{{font:13px sans-serif}}.n{{text-align:right}}table{{border-collapse:collapse}}
    .i{{width:100%}}.i th{{text-align:left;border-bottom:1px solid #999}}.i th.n{{text-align:right}}
    .s{{margin-left:auto;width:260px}}
    .h{{display:flex;gap:60px}}thead{{display:table-header-group}}</style>
    <h1>Invoice</h1><div><b>Invoice number</b> {bill.number}</div><div><b>Date of issue</b> {day(bill.issued, "uk")}</div>
    <div><b>Date due</b> {day(bill.due, "uk")}</div><div><b>PO number</b> {", ".join(bill.orders)}</div><br>
    <div class=h><div><b>{bill.supplier}</b><br>500 Howard St<br>San Francisco, CA 94105</div>
    <div><b>Bill to</b><br>{bill.buyer}<br>1 Castle Road<br>Boston, MA</div></div>
    <h2>${written(bill.total, "us")} USD due {day(bill.due, "uk")}</h2>
    <table class=i><thead><tr><th>Description</th><th class=n>Qty</th><th class=n>Unit price</th><th class=n>Amount</th>
    </tr></thead>{items}</table><br>
    <table class=s><tr><td>Subtotal</td><td class=n>${written(bill.lines_total, "us")}</td></tr>{charges}
    <tr><td>Sales tax ({bill.tax}%)</td><td class=n>${written(bill.tax_total, "us")}</td></tr>
    <tr><td>Total</td><td class=n>${written(bill.total, "us")}</td></tr>
    <tr><td><b>Amount due</b></td><td class=n><b>${written(bill.total, "us")} USD</b></td></tr></table>"""


def spanish_web(bill: Bill) -> str:
    """HTML for a browser's print: a bordered Spanish factura with its sums in a strip."""
    items = "".join(
        f"<tr><td>{line.code}</td><td>{line.description}</td><td class=n>{written(line.quantity, 'de', None)}</td>"
        f"<td>{line.uom}</td><td class=n>{written(line.rate, 'de', 3)}</td><td class=n>{written(line.amount, 'de')}</td></tr>"
        for line in bill.lines
    )
    charges = "".join(f"<p class=n>{label}: {written(amount, 'de')} €</p>" for label, amount in bill.charges)
    return f"""<meta charset=utf-8><style>body{{font:12px serif}}
    .n{{text-align:right}}td,th{{border:1px solid #555;padding:3px 6px}}
    table{{border-collapse:collapse;width:100%}}.b{{width:45%;float:left;margin:0 2% 20px 0}}.x{{clear:both}}</style>
    <div class=b><b>{bill.supplier}</b><br>C/ Mayor 15, 28013 Madrid<br>NIF: {bill.tax_id}</div>
    <div class=b>Cliente: {bill.buyer}<br>Av. del Puerto 8<br>46023 Valencia</div>
    <h2 class=x>FACTURA</h2><table><tr><th>Nº Factura</th><th>Fecha</th><th>Vencimiento</th><th>Su pedido</th></tr>
    <tr><td>{bill.number}</td><td>{day(bill.issued, "fr")}</td><td>{day(bill.due, "fr")}</td><td>{bill.orders[0]}</td></tr>
    </table><br>
    <table><thead><tr><th>Referencia</th><th>Descripción</th><th>Cant.</th><th>Ud.</th><th>Precio unit.</th><th>Importe</th>
    </tr></thead>{items}</table>
    {charges}<br><table><tr><th>Base imponible</th><th>% IVA</th><th>Cuota IVA</th><th>Total factura</th></tr>
    <tr><td class=n>{written(bill.net, "de")} €</td><td class=n>{bill.tax},00</td>
    <td class=n>{written(bill.tax_total, "de")} €</td>
    <td class=n>{written(bill.total, "de")} €</td></tr></table>"""


DIRECT: dict[str, tuple[Callable[[Bill], bytes], dict[str, object]]] = {
    "british_boxes": (british_boxes, {"orders": 1, "language": "en", "currency": "GBP", "tax": "20"}),
    "german_craftsman": (german_craftsman, {"orders": 1, "language": "de", "currency": "EUR", "tax": "19"}),
    "mainframe": (mainframe, {"orders": 1, "language": "en", "currency": "USD", "tax": "7.25"}),
    "swiss_strip": (swiss_strip, {"orders": 1, "language": "de", "currency": "CHF", "tax": "8.1"}),
    "export_invoice": (export_invoice, {"orders": 1, "language": "en", "currency": "USD", "tax": "0"}),
}
BY_BROWSER: dict[str, tuple[Callable[[Bill], str], dict[str, object]]] = {
    "american_web": (american_web, {"language": "en", "currency": "USD", "tax": "8.875"}),
    "spanish_web": (spanish_web, {"orders": 1, "language": "es", "currency": "EUR", "tax": "21"}),
}


LEFT_OUT: dict[str, frozenset[str]] = {
    # What a layout does not print, or prints inside another field.
    "german_craftsman": frozenset({"line code", "line description"}),
    "export_invoice": frozenset({"line unit"}),
    "american_web": frozenset({"line code", "line description", "line unit"}),
}


def sizes() -> Sequence[int]:
    """How many lines the bills of a set have: short ones, and some that go over pages."""
    return (1, 2, 3, 5, 8, 13)
