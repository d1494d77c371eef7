"""Layouts written after the reader was done, and not used to mend it: what it makes of them is its accuracy on the unseen.

Whoever mends the reader with the help of one of them moves it to `layouts_seen_later.py` and writes a new one here.
"""

import io
from collections.abc import Callable
from decimal import Decimal

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table

from tests.unit.read.supplier_invoices.bills import Bill, day, wrapped, written
from tests.unit.read.supplier_invoices.layouts import raw_pdf, width
from tests.unit.read.supplier_invoices.layouts_seen import Pen


def canadian_service(bill: Bill) -> bytes:
    """Labels and values in one run of text, hours and rates, a remark under the items, two taxes as one."""

    def heading(pen: Pen) -> None:
        pen.put((300 - width(bill.supplier, 16) / 2, bill.supplier, ""), down=16, size=16)
        pen.put((230, "88 Queen Street, Toronto ON", ""), down=30)
        pen.put(
            (50, f"Bill Number: {bill.number}", ""),
            (350, f"Bill Date: {bill.issued:%B} {bill.issued.day}, {bill.issued.year}", ""),
        )
        pen.put(
            (50, f"Purchase Order No. {bill.orders[0]}", ""),
            (350, f"Due Date: {bill.due:%B} {bill.due.day}, {bill.due.year}", ""),
        )
        pen.put((50, f"Customer: {bill.buyer}", ""), (350, f"Currency: {bill.currency}", ""), down=26)
        pen.put((50, "TAX INVOICE", ""), down=22, size=12)
        pen.put(
            (50, "Service Code", ""),
            (140, "Service Description", ""),
            (360, "Units", "r"),
            (375, "Unit", ""),
            (470, "Rate", "r"),
            (560, "Line Total", "r"),
            down=15,
        )

    pen = Pen(heading, font="Times-Roman", size=10)
    for line in bill.lines:
        parts = wrapped(line.description, 32)
        if pen.y < 140:
            pen.turn()
        pen.put(
            (50, line.code, ""),
            (140, parts[0], ""),
            (360, written(line.quantity, "plain", 2), "r"),
            (375, line.uom, ""),
            (470, written(line.rate, "us", 3), "r"),
            (560, written(line.amount, "us"), "r"),
        )
        for part in parts[1:]:
            pen.put((140, part, ""))
    pen.y -= 14
    pen.put((50, "All services as agreed in our letter; please quote the bill number when paying.", ""), down=20)
    for label, amount in (
        ("Services subtotal", bill.lines_total),
        *bill.charges,
        ("Total before tax", bill.net),
        (f"HST {bill.tax}% (RT0001)", bill.tax_total),
        ("Total Amount Due", bill.total),
    ):
        pen.put((470, label, "r"), (560, f"${written(amount, 'us')}", "r"), down=14)
    return pen.done()


class _CarryOver:
    """Pages of `german_carry_over`, with the head of each."""

    def __init__(self, bill: Bill) -> None:
        self.bill = bill
        self.pages: list[list[tuple[float, float, str, float]]] = []

    def put(self, x: float, y: float, text: str, size: float = 9.5, *, right: bool = False) -> None:
        self.pages[-1].append((x - width(text, size) if right else x, y, text, size))

    def row(self, y: float, *texts: str) -> None:
        for (x, right), text in zip(((55, 0), (80, 0), (150, 0), (375, 1), (385, 0), (470, 1), (550, 1)), texts, strict=True):
            self.put(x, y, text, right=bool(right))

    def turn(self, sofar: Decimal) -> float:
        bill = self.bill
        self.pages.append([])
        self.put(55, 790, f"{bill.supplier} - Ringstr. 8 - 90402 Nürnberg", 7)
        if len(self.pages) == 1:
            for row, text in enumerate((bill.buyer, "Einkauf", "Burgweg 1", "01099 Dresden")):
                self.put(55, 760 - 12 * row, text)
        labels = ("Rechnungs-Nr.:", "Datum:", "Bestell-Nr.:", "Fällig:")
        values = (bill.number, day(bill.issued, "de"), bill.orders[0], day(bill.due, "de"))
        for row, (label, value) in enumerate(zip(labels, values, strict=True)):
            self.put(370, 760 - 12 * row, label)
            self.put(460, 760 - 12 * row, value)
        self.put(55, 690, "RECHNUNG", 12)
        self.row(665, "Nr", "Art.-Nr.", "Artikelbezeichnung", "Anz.", "Einh.", "E-Preis", "G-Preis")
        if sofar:
            self.carried(648, sofar)
        return 632.0 if sofar else 648.0

    def carried(self, y: float, sofar: Decimal) -> None:
        self.put(150, y, "Übertrag")
        self.put(550, y, written(sofar, "de"), right=True)


def german_carry_over(bill: Bill) -> bytes:
    """Pages with a carry-over in the amount column, abbreviations in the header, sums behind leaders of points."""
    paper = _CarryOver(bill)
    sofar, y = Decimal(0), 0.0
    for number, line in enumerate(bill.lines, 1):
        if y < 260:
            if paper.pages:
                paper.carried(y - 4, sofar)
            y = paper.turn(sofar)
        sofar += line.amount
        quantity, rate, amount = written(line.quantity, "de", None), written(line.rate, "de", 3), written(line.amount, "de")
        paper.row(y, str(number), line.code, "", quantity, line.uom, rate, amount)
        for part in wrapped(line.description, 36):
            paper.put(150, y, part)
            y -= 12
        y -= 12
    y -= 20
    sums = [("Nettobetrag", bill.net), (f"{bill.tax} % USt", bill.tax_total), ("Gesamtbetrag EUR", bill.total)]
    for label, value in [*bill.charges, *sums]:
        paper.put(300, y, f"{label} .............")
        paper.put(550, y, written(value, "de"), right=True)
        y -= 14
    paper.put(55, 40, f"{bill.supplier} | St.-Nr. 241/123/45678 | USt-Id DE{bill.tax_id[2:]} | Sparkasse Nürnberg", 7)
    return raw_pdf([[word for word in page if word[2]] for page in paper.pages], shuffle=5)


def french_tables(bill: Bill) -> bytes:
    """Every block a table: labels over values, items between rules, sums side by side, terms on a page of their own."""
    plain = getSampleStyleSheet()["BodyText"]
    rows: list[list[object]] = [["Référence", "Description", "Unité", "Quantité", "Prix unitaire HT", "Total HT"]]
    rows += [
        [
            line.code,
            Paragraph(line.description, plain),
            line.uom,
            written(line.quantity, "fr", None),
            written(line.rate, "fr", 3),
            written(line.amount, "fr"),
        ]
        for line in bill.lines
    ]
    right = ("ALIGN", (3, 0), (-1, -1), "RIGHT")
    sums = [
        [label, f"{written(amount, 'fr')} €"]
        for label, amount in (
            *bill.charges,
            ("Sous-total HT", bill.net),
            (f"TVA ({bill.tax} %)", bill.tax_total),
            ("Total à payer TTC", bill.total),
        )
    ]
    buffer = io.BytesIO()
    SimpleDocTemplate(buffer, pagesize=A4, leftMargin=36, rightMargin=36).build(
        [
            Table(
                [
                    [bill.supplier, "", "Facture"],
                    ["3 quai des Docks", "", f"n° {bill.number}"],
                    ["76600 Le Havre", "", f"TVA : {bill.tax_id}"],
                ],
                colWidths=[220, 150, 150],
            ),
            Spacer(1, 14),
            Table(
                [
                    ["Date de facture", "Date d'échéance", "Bon de commande", "Client"],
                    [day(bill.issued, "fr"), day(bill.due, "fr"), bill.orders[0], bill.buyer],
                ],
                colWidths=[110, 110, 110, 190],
            ),
            Spacer(1, 14),
            Table(
                rows,
                colWidths=[80, 180, 45, 60, 80, 80],
                repeatRows=1,
                style=[("LINEBELOW", (0, 0), (-1, 0), 1, "black"), right],
            ),
            Spacer(1, 10),
            Table(sums, colWidths=[130, 100], hAlign="RIGHT", style=[("ALIGN", (1, 0), (1, -1), "RIGHT")]),
            PageBreak(),
            Paragraph("Conditions générales de vente", plain),
            Paragraph("1. Toute commande de plus de 1 000,00 € fait l'objet d'un acompte. 2. Escompte 2 % à 10 jours.", plain),
        ]
    )
    return buffer.getvalue()


def british_web(bill: Bill) -> str:
    """HTML for a browser's print: labels stacked on values, items in cards of a grid, sums as a list of terms."""
    items = "".join(
        f"<div>{line.code}</div><div>{line.description}</div>"
        f"<div class=n>{written(line.quantity, 'us', None)}</div><div>{line.uom}</div>"
        f"<div class=n>{written(line.rate, 'us', 3)}</div><div class=n>{written(line.amount, 'us')}</div>"
        for line in bill.lines
    )
    sums = [*bill.charges, ("Net amount", bill.net), (f"VAT ({bill.tax}%)", bill.tax_total), ("Amount payable", bill.total)]
    listed = "".join(f"<div>{label}</div><div class=n>£{written(amount, 'us')}</div>" for label, amount in sums)
    return f"""<meta charset=utf-8><style>body{{font:11px Verdana}}.n{{text-align:right}}.g{{display:grid;gap:6px 14px;
    grid-template-columns:80px 1fr 60px 50px 80px 90px}}.g b.n{{text-align:right}}.m{{display:flex;gap:40px;margin:20px 0}}
    .s{{display:grid;grid-template-columns:1fr 110px;width:300px;margin:20px 0 0 auto;gap:4px}}
    small{{color:#777;display:block}}</style>
    <header><strong style="font-size:18px">{bill.supplier}</strong><div>VAT no. {bill.tax_id} · 5 Wharf Lane, Cardiff</div>
    </header>
    <div class=m><div><small>Invoice number</small>{bill.number}</div><div><small>Issued</small>{day(bill.issued, "uk")}</div>
    <div><small>Payment due</small>{day(bill.due, "uk")}</div><div><small>Your PO</small>{bill.orders[0]}</div></div>
    <div><small>Billed to</small>{bill.buyer}</div><h2>Invoice</h2>
    <div class=g><b>Item code</b><b>Description</b><b class=n>Qty</b><b>Unit</b><b class=n>Price</b>
    <b class=n>Total</b>{items}</div>
    <div class=s>{listed}</div>"""


DIRECT: dict[str, tuple[Callable[[Bill], bytes], dict[str, object]]] = {
    "canadian_service": (canadian_service, {"language": "en", "currency": "CAD", "tax": "13", "orders": 1}),
    "german_carry_over": (german_carry_over, {"language": "de", "currency": "EUR", "tax": "19", "orders": 1}),
    "french_tables": (french_tables, {"language": "fr", "currency": "EUR", "tax": "20", "orders": 1}),
}
BY_BROWSER: dict[str, tuple[Callable[[Bill], str], dict[str, object]]] = {
    "british_web": (british_web, {"language": "en", "currency": "GBP", "tax": "20", "orders": 1}),
}
LEFT_OUT: dict[str, frozenset[str]] = {}
