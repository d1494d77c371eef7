"""More layouts that were held out at first and then used to mend the reader."""

import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from reportlab.lib.pagesizes import A4, LETTER
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import SimpleDocTemplate, Spacer, Table

from tests.unit.read.supplier_invoices.bills import Bill, day, wrapped, written
from tests.unit.read.supplier_invoices.layouts import raw_pdf, width
from tests.unit.read.supplier_invoices.layouts_seen import Pen


def small_business_boxes(bill: Bill) -> bytes:
    """The boxes of a well-known American bookkeeping program: quantity first, values under labels in frames."""

    def heading(pen: Pen) -> None:
        pen.put((40, bill.supplier, ""), (540, "Invoice", "r"), down=14, size=14)
        pen.put((40, "PO Box 5518", ""), (455, "DATE", ""), (515, "INVOICE #", ""))
        pen.put(
            (40, "Toledo, OH 43601", ""),
            (448, f"{bill.issued.month}/{bill.issued.day}/{bill.issued.year}", ""),
            (515, bill.number, ""),
            down=30,
        )
        pen.canvas.rect(440, pen.y + 28, 120, 30)
        pen.put((44, "BILL TO", ""), down=14)
        for text in (bill.buyer, "Accounts Payable", "1 Castle Road", "Boston, MA 02101"):
            pen.put((44, text, ""), down=11)
        pen.y -= 16
        pen.put((300, "P.O. NUMBER", ""), (390, "TERMS", ""), (470, "DUE DATE", ""), down=12)
        pen.put(
            (300, bill.orders[0], ""),
            (390, "Net 30", ""),
            (470, f"{bill.due.month}/{bill.due.day}/{bill.due.year}", ""),
            down=22,
        )
        pen.put(
            (45, "QUANTITY", ""),
            (110, "ITEM CODE", ""),
            (190, "DESCRIPTION", ""),
            (420, "PRICE EACH", ""),
            (500, "AMOUNT", ""),
            down=16,
        )

    pen = Pen(heading)
    for line in bill.lines:
        if pen.y < 120:
            pen.turn()
        first, *rest = wrapped(line.description, 40)
        pen.put(
            (95, written(line.quantity, "us", None), "r"),
            (110, line.code, ""),
            (190, first, ""),
            (475, written(line.rate, "us", 3), "r"),
            (555, written(line.amount, "us"), "r"),
            down=11,
        )
        for part in rest:
            pen.put((190, part, ""), down=11)
    for label, amount in bill.charges:
        pen.put((190, label, ""), (555, written(amount, "us"), "r"))
    pen.y = min(pen.y - 20, 130)
    pen.put((40, "Thank you for your business.", ""), (400, "Subtotal", ""), (555, f"${written(bill.net, 'us')}", "r"))
    pen.put((400, f"Sales Tax ({bill.tax}%)", ""), (555, f"${written(bill.tax_total, 'us')}", "r"))
    pen.put((400, "Total", ""), (555, f"${written(bill.total, 'us')}", "r"), down=16, size=12)
    return pen.done()


def german_two_rows(bill: Bill) -> bytes:
    """Each item on two rows: code and text above, figures below; the price for a hundred; page footers in three columns."""

    def heading(pen: Pen) -> None:
        rows = (
            (bill.supplier, "Tel. 0231 55 66 77", f"USt-IdNr. {bill.tax_id}"),
            ("Werkstr. 3", "info@werk.example", "HRB 4711"),
        )
        for row, texts in enumerate((*rows, ("44147 Dortmund", "", ""))):
            for x, text in zip((60, 250, 420), texts, strict=True):
                pen.canvas.drawString(x, 50 - 10 * row, text)
        pen.put((380, "RECHNUNG", ""), down=16, size=13)
        for label, value in (
            ("Beleg-Nr.", bill.number),
            ("Rechnungsdatum", day(bill.issued, "de")),
            ("Kunden-Nr.", "204417"),
            ("Ihre Bestellnr.", bill.orders[0]),
            ("Fälligkeit", day(bill.due, "de")),
            ("Seite", str(pen.page)),
        ):
            pen.put((380, label, ""), (480, value, ""), down=11)
        for text in (bill.buyer, "Burgweg 1", "01099 Dresden")[: 3 if pen.page == 1 else 0]:
            pen.put((60, text, ""))
        pen.y -= 20
        pen.put((60, "Pos", ""), (95, "Artikel-Nr.", ""), (180, "Bezeichnung", ""), down=11)
        pen.put(
            (230, "Menge", "r"), (240, "ME", ""), (370, "Preis", "r"), (420, "PE", "r"), (540, "Gesamtpreis EUR", "r"), down=16
        )

    pen = Pen(heading)
    for number, line in enumerate(bill.lines, 1):
        if pen.y < 150:
            pen.turn()
        pen.put((60, f"{number * 10:04}", ""), (95, line.code, ""), (180, line.description, ""), down=11)
        pen.put(
            (230, written(line.quantity, "de", 3), "r"),
            (240, line.uom, ""),
            (370, written(line.rate * 100, "de", 2), "r"),
            (420, "100", "r"),
            (540, written(line.amount, "de"), "r"),
            down=17,
        )
    pen.y -= 6
    for label, amount in (
        *bill.charges,
        ("Warenwert netto", bill.net),
        (f"Umsatzsteuer {bill.tax} %", bill.tax_total),
        ("Endbetrag EUR", bill.total),
    ):
        pen.put((320, label, ""), (540, written(amount, "de"), "r"))
    return pen.done()


def french_discounts(bill: Bill) -> bytes:
    """Discounts in percent for each line, tax codes, a table of taxes and the sum to pay in a frame."""
    words: list[tuple[float, float, str, float]] = []

    def put(x: float, y: float, text: str, size: float = 8.5, *, right: bool = False) -> None:
        words.append((x - width(text, size) if right else x, y, text.replace("\N{NO-BREAK SPACE}", " "), size))

    put(45, 800, bill.supplier, 13)
    put(45, 786, f"Siret 404 833 048 00022 - TVA {bill.tax_id}")
    put(330, 770, bill.buyer)
    put(330, 758, "Service comptabilité")
    put(330, 746, "8 avenue du Port")
    put(45, 720, f"FACTURE N° {bill.number} du {day(bill.issued, 'fr')}", 12)
    put(45, 702, f"Votre référence : {bill.orders[0]}")
    put(330, 702, f"Date d'échéance : {day(bill.due, 'fr')}")
    for x, text, right in (
        (45, "Code article", 0),
        (130, "Libellé", 0),
        (340, "Quantité", 1),
        (350, "U.", 0),
        (420, "Prix brut HT", 1),
        (455, "Rem. %", 1),
        (525, "Net HT", 1),
        (545, "TVA", 1),
    ):
        put(x, 672, text, right=bool(right))
    y = 655.0
    for line in bill.lines:
        put(45, y, line.code)
        put(340, y, written(line.quantity, "fr", None), right=True)
        put(350, y, line.uom)
        put(420, y, written(line.rate, "fr", 3), right=True)
        put(455, y, f"{line.discount},00" if line.discount else "", right=True)
        put(525, y, written(line.amount, "fr"), right=True)
        put(542, y, "1", right=True)
        for part in wrapped(line.description, 38):
            put(130, y, part)
            y -= 10
        y -= 4
    y -= 20
    for label, amount in bill.charges:
        put(380, y, label)
        put(525, y, written(amount, "fr"), right=True)
        y -= 14
    for x, text in ((100, "Base HT"), (170, "Taux"), (250, "Montant TVA")):
        put(x, y, text, right=True)
    for down, (label, amount) in enumerate(
        (("Total net HT", bill.net), ("Total TVA", bill.tax_total), ("NET À PAYER", bill.total))
    ):
        put(380, y - 14 * down, label)
        put(545, y - 14 * down, f"{written(amount, 'fr')} EUR", right=True)
    put(100, y - 14, written(bill.net, "fr"), right=True)
    put(170, y - 14, f"{bill.tax},00 %", right=True)
    put(250, y - 14, written(bill.tax_total, "fr"), right=True)
    return raw_pdf([[word for word in words if word[2]]], shuffle=11)


def spanish_ledger(bill: Bill) -> bytes:
    """A grid that is filled to the foot of each page and carried over; labels to the right of an empty letterhead."""
    rows: list[list[str]] = [["CÓDIGO", "CONCEPTO", "UDS.", "PRECIO", "TOTAL"]]
    for line in bill.lines:
        parts = wrapped(line.description, 34)
        rows.append(
            [line.code, parts[0], written(line.quantity, "de", None), written(line.rate, "de", 3), written(line.amount, "de")]
        )
        rows += [["", part, "", "", ""] for part in parts[1:]]
    grid: list[tuple[Any, ...]] = [
        ("BOX", (0, 0), (-1, -1), 0.7, "black"),
        ("LINEAFTER", (0, 0), (-2, -1), 0.3, "grey"),
        ("ALIGN", (2, 0), (-1, -1), "RIGHT"),
        ("TOPPADDING", (0, 0), (-1, -1), 1),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 1),
    ]
    head = [
        ["", "Factura núm.:", bill.number],
        ["", "Fecha factura:", day(bill.issued, "fr")],
        ["", "Vencimiento:", day(bill.due, "fr")],
        ["", "N.º pedido:", bill.orders[0]],
    ]
    sums = [
        ["", label, f"{written(amount, 'de')} €"]
        for label, amount in (
            *bill.charges,
            ("Suma", bill.net),
            (f"I.V.A. {bill.tax}%", bill.tax_total),
            ("TOTAL A PAGAR", bill.total),
        )
    ]
    buffer = io.BytesIO()
    SimpleDocTemplate(buffer, pagesize=A4, title="Factura").build(
        [
            Table([[bill.supplier, f"C.I.F. {bill.tax_id}"]], colWidths=[300, 160]),
            Table(head, colWidths=[260, 90, 110]),
            Table([["Cliente:", bill.buyer]], colWidths=[60, 400]),
            Spacer(1, 10),
            Table(rows, colWidths=[80, 190, 50, 65, 75], repeatRows=1, style=grid),
            Spacer(1, 8),
            Table(sums, colWidths=[250, 110, 100], style=[("ALIGN", (2, 0), (2, -1), "RIGHT")]),
        ]
    )
    return buffer.getvalue()


def orders_inside(bill: Bill) -> bytes:
    """A British wholesaler's: rows that name the order for the items under them, two-column sums, paid in part."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=LETTER)
    canvas.setFont("Times-Roman", 10)
    y = 750.0

    def put(*cells: tuple[float, str, bool]) -> None:
        nonlocal y
        for x, text, right in cells:
            (canvas.drawRightString if right else canvas.drawString)(x, y, text)
        y -= 13

    put((50, "SALES INVOICE", False), (400, bill.supplier, False))
    put((50, f"No. {bill.number}", False), (400, "Mill Road, Bolton", False))
    put((50, f"Date: {day(bill.issued, 'uk')}", False), (400, f"VAT No: {bill.tax_id}", False))
    put((50, f"Please pay by {day(bill.due, 'uk')}", False))
    put((50, "To:", False), (80, bill.buyer, False))
    y -= 20
    put((50, "Stock Code", False), (140, "Details", False), (370, "Qty", True), (440, "Unit Cost", True), (540, "Value", True))
    share = max(1, len(bill.lines) // len(bill.orders))
    for number, line in enumerate(bill.lines):
        named = bill.orders[number // share :][:1] if number % share == 0 else ()
        for order in bill.orders if len(bill.lines) < len(bill.orders) else named:
            put((50, f"Your order: {order}", False))
        if y < 120:
            canvas.showPage()
            canvas.setFont("Times-Roman", 10)
            y = 740.0
        first, *rest = wrapped(line.description, 30)
        put(
            (50, line.code, False),
            (140, first, False),
            (370, f"{written(line.quantity, 'us', None)} {line.uom}", True),
            (440, written(line.rate, "us", 3), True),
            (540, written(line.amount, "us"), True),
        )
        for part in rest:
            put((140, part, False))
    y -= 10
    rows = [
        ("Goods total", bill.lines_total),
        *bill.charges,
        ("Total excluding VAT", bill.net),
        (f"VAT @ {bill.tax}%", bill.tax_total),
    ]
    for label, amount in [*rows, ("Total including VAT", bill.total)]:
        put((300, label, False), (540, f"{bill.currency} {written(amount, 'us')}", True))
    put((300, "Less deposit received", False), (540, f"{bill.currency} 10.00", True))
    put((300, "Balance due", False), (540, f"{bill.currency} {written(bill.total - Decimal(10), 'us')}", True))
    canvas.save()
    return buffer.getvalue()


def german_web(bill: Bill) -> str:
    """HTML for a browser's print: a right-hand box of labels, a striped table, sums in the table's foot."""
    items = "".join(
        f"<tr><td>{number}</td><td><b>{line.description}</b><br>Art. {line.code}</td>"
        f"<td class=n>{written(line.quantity, 'de', None)} {line.uom}</td>"
        f"<td class=n>{written(line.rate, 'de', 3)} €</td><td class=n>{written(line.amount, 'de')} €</td></tr>"
        for number, line in enumerate(bill.lines, 1)
    )
    charges = "".join(
        f"<tr><td colspan=4>{label}</td><td class=n>{written(amount, 'de')} €</td></tr>" for label, amount in bill.charges
    )
    return f"""<meta charset=utf-8><style>body{{font:11px Arial}}table.p{{width:100%;border-spacing:0}}
    .p td,.p th{{padding:5px}}
    tr:nth-child(even){{background:#eee}}.n{{text-align:right}}th{{text-align:left}}th.n{{text-align:right}}
    .r{{float:right;margin:0 0 30px}}</style>
    <p style="font-size:8px">{bill.supplier}, Am Hafen 9, 20457 Hamburg</p><table class=r><tr><td>Rechnungsnummer:</td>
    <td>{bill.number}</td></tr>
    <tr><td>Rechnungsdatum:</td><td>{day(bill.issued, "de")}</td></tr><tr><td>Leistungsdatum:</td>
    <td>{day(bill.issued, "de")}</td></tr>
    <tr><td>Ihre Bestellung:</td><td>{bill.orders[0]}</td></tr><tr><td>Fällig am:</td><td>{day(bill.due, "de")}</td></tr>
    </table>
    <p>{bill.buyer}<br>Burgweg 1<br>01099 Dresden</p><h1 style="clear:both">Rechnung</h1><p>Wir erlauben uns zu berechnen:</p>
    <table class=p><thead><tr><th>Nr.</th><th>Artikel</th><th class=n>Anzahl</th><th class=n>Preis/Einheit</th>
    <th class=n>Summe</th></tr></thead>{items}
    {charges}<tr><td colspan=4>Gesamt netto</td><td class=n>{written(bill.net, "de")} €</td></tr>
    <tr><td colspan=4>zuzüglich {bill.tax}% MwSt</td><td class=n>{written(bill.tax_total, "de")} €</td></tr>
    <tr><td colspan=4><b>Gesamtbetrag</b></td><td class=n><b>{written(bill.total, "de")} €</b></td></tr></table>
    <p>Geschäftsführer: E. Muster · USt-ID {bill.tax_id} · IBAN DE02 1203 0000 0000 2020 51</p>"""


DIRECT: dict[str, tuple[Callable[[Bill], bytes], dict[str, object]]] = {
    "small_business_boxes": (small_business_boxes, {"language": "en", "currency": "USD", "tax": "6.5", "orders": 1}),
    "german_two_rows": (german_two_rows, {"language": "de", "currency": "EUR", "tax": "19", "orders": 1}),
    "french_discounts": (french_discounts, {"language": "fr", "currency": "EUR", "tax": "20", "orders": 1, "discounts": True}),
    "spanish_ledger": (spanish_ledger, {"language": "es", "currency": "EUR", "tax": "21", "orders": 1}),
    "orders_inside": (orders_inside, {"language": "en", "currency": "GBP", "tax": "20"}),
}
BY_BROWSER: dict[str, tuple[Callable[[Bill], str], dict[str, object]]] = {
    "german_web": (german_web, {"language": "de", "currency": "EUR", "tax": "19", "orders": 1}),
}
LEFT_OUT: dict[str, frozenset[str]] = {
    # What a layout does not print, or prints inside another field.
    "small_business_boxes": frozenset({"line unit"}),
    "german_two_rows": frozenset({"line rate"}),
    "spanish_ledger": frozenset({"line unit"}),
    "german_web": frozenset({"line code", "line description"}),
}
