"""Layouts that the reader was developed with: three ways of making a PDF, four languages."""

import io
import random
import zlib
from collections.abc import Callable
from decimal import Decimal

from reportlab.lib.pagesizes import A4, LETTER
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from tests.unit.read.supplier_invoices.bills import Bill, day, wrapped, written


class _Letter:
    """The pages of `letter_us`, each with its heading."""

    def __init__(self, bill: Bill) -> None:
        self.bill, self.page, self.y = bill, 0, 0.0
        self.buffer = io.BytesIO()
        self.canvas = Canvas(self.buffer, pagesize=LETTER)
        self.turn()

    def turn(self) -> None:
        bill, canvas = self.bill, self.canvas
        if self.page:
            canvas.showPage()
        self.page += 1
        canvas.setFont("Helvetica-Bold", 16)
        canvas.drawString(50, 740, bill.supplier)
        canvas.drawRightString(560, 740, "INVOICE")
        canvas.setFont("Helvetica", 9)
        canvas.drawString(50, 724, "12 Foundry Lane, Springfield")
        labels = ("Invoice No:", "Invoice Date:", "Due Date:", "PO Number:", "Page:")
        values = (bill.number, day(bill.issued, "us"), day(bill.due, "us"), ", ".join(bill.orders), str(self.page))
        for index, (label, value) in enumerate(zip(labels, values, strict=True)):
            canvas.drawString(380, 715 - 13 * index, label)
            canvas.drawRightString(560, 715 - 13 * index, value)
        for y, text in ((680, "Bill To:"), (668, bill.buyer), (656, "1 Castle Road, Boston MA 02101")):
            canvas.drawString(50, y, text)
        canvas.setFont("Helvetica-Bold", 9)
        self.y = 620.0
        self.row("Item #", "Description", "Qty", "UOM", "Unit Price", "Amount")
        canvas.setFont("Helvetica", 9)
        self.y = 602.0

    def row(self, *texts: str) -> None:
        for (x, right), text in zip(((50, 0), (130, 0), (370, 1), (380, 0), (470, 1), (560, 1)), texts, strict=True):
            (self.canvas.drawRightString if right else self.canvas.drawString)(x, self.y, text)


def letter_us(bill: Bill) -> bytes:
    """A canvas without rules: labels left of values, amounts right-aligned, freight below, a header on every page."""
    letter = _Letter(bill)
    for line in bill.lines:
        parts = wrapped(line.description, 34)
        if letter.y - 12 * len(parts) < 90:
            letter.canvas.drawRightString(560, 60, "Continued on next page")
            letter.turn()
        quantity, rate, amount = written(line.quantity, "us", None), written(line.rate, "us", 3), written(line.amount, "us")
        letter.row(line.code, "", quantity, line.uom, rate, amount)
        for part in parts:
            letter.canvas.drawString(130, letter.y, part)
            letter.y -= 12
        letter.y -= 2
    if letter.y < 180:
        letter.turn()
    letter.y -= 10
    sums = [
        ("Subtotal", bill.lines_total),
        *bill.charges,
        (f"Sales Tax ({bill.tax}%)", bill.tax_total),
        ("TOTAL DUE", bill.total),
    ]
    sign = "$" if bill.currency == "USD" else ""
    for label, amount_due in sums:
        letter.canvas.drawRightString(470, letter.y, label)
        letter.canvas.drawRightString(560, letter.y, f"{sign}{written(amount_due, 'us')}")
        letter.y -= 14
    letter.canvas.drawString(50, 40, f"All amounts in {bill.currency}. Thank you for your business.")
    letter.canvas.save()
    return letter.buffer.getvalue()


def platypus_german(bill: Bill) -> bytes:
    """A ruled table that goes over pages with a repeated header, labels above a strip of values, sums in the table."""
    buffer = io.BytesIO()
    styles = getSampleStyleSheet()
    small = styles["BodyText"]
    story: list[Flowable] = [
        Paragraph(f"{bill.supplier} · Industriestr. 7 · 70565 Stuttgart", small),
        Spacer(1, 10),
        Paragraph(bill.buyer, small),
        Paragraph("Einkauf, Burgweg 1, 01099 Dresden", small),
        Spacer(1, 20),
        Paragraph("Rechnung", styles["Heading1"]),
        Table(
            [
                ["Rechnungsnummer", "Rechnungsdatum", "Ihre Bestellung", "Kundennr."],
                [bill.number, day(bill.issued, "de"), " / ".join(bill.orders), "K-20417"],
            ],
            colWidths=[110, 110, 160, 80],
        ),
        Spacer(1, 12),
    ]
    rows: list[list[object]] = [["Pos.", "Art.-Nr.", "Bezeichnung", "Menge", "Einheit", "Einzelpreis", "Gesamt"]]
    for number, line in enumerate(bill.lines, 1):
        rows.append(
            [
                str(number),
                line.code,
                Paragraph(line.description, small),
                written(line.quantity, "de", None),
                line.uom,
                written(line.rate, "de", 3),
                written(line.amount, "de"),
            ]
        )
    table = Table(rows, colWidths=[30, 75, 170, 45, 45, 65, 70], repeatRows=1)
    table.setStyle(
        TableStyle(
            [
                ("GRID", (0, 0), (-1, -1), 0.4, "grey"),
                ("ALIGN", (3, 0), (3, -1), "RIGHT"),
                ("ALIGN", (5, 0), (-1, -1), "RIGHT"),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("FONTSIZE", (0, 0), (-1, -1), 9),
            ]
        )
    )
    story.append(table)
    sums = [["Zwischensumme", f"{written(bill.lines_total, 'de')} €"]]
    sums += [[label, f"{written(amount, 'de')} €"] for label, amount in bill.charges]
    sums += [
        ["Nettobetrag", f"{written(bill.net, 'de')} €"],
        [f"zzgl. {bill.tax} % MwSt.", f"{written(bill.tax_total, 'de')} €"],
        ["Rechnungsbetrag", f"{written(bill.total, 'de')} €"],
    ]
    story += [Spacer(1, 10), Table(sums, colWidths=[130, 90], hAlign="RIGHT", style=[("ALIGN", (1, 0), (1, -1), "RIGHT")])]
    story += [
        Spacer(1, 20),
        Paragraph(
            f"Zahlbar bis {day(bill.due, 'de')} ohne Abzug. USt-IdNr. {bill.tax_id} · Amtsgericht Stuttgart HRB 73218", small
        ),
    ]
    SimpleDocTemplate(buffer, pagesize=A4, topMargin=40, bottomMargin=50).build(story)
    return buffer.getvalue()


def raw_pdf(pages: list[list[tuple[float, float, str, float]]], *, shuffle: int = 0) -> bytes:
    """A PDF written by hand: text at places (from the lower left), optionally in an order that means nothing."""
    objects: list[bytes] = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    kids = []
    for words in pages:
        order = list(words)
        if shuffle:
            random.Random(shuffle).shuffle(order)  # noqa: S311  Repeatable on purpose.
        stream = b"".join(
            b"BT /F1 %.1f Tf %.2f %.2f Td (%s) Tj ET\n"
            % (size, x, y, text.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)"))
            for x, y, text, size in order
        )
        packed = zlib.compress(stream)
        objects.append(b"<< /Length %d /Filter /FlateDecode >>\nstream\n" % len(packed) + packed + b"\nendstream")
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
            b"/Resources << /Font << /F1 "
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >> >> >> >>" % len(objects)
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(out) + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)


def width(text: str, size: float) -> float:
    from reportlab.pdfbase.pdfmetrics import stringWidth

    return stringWidth(text, "Helvetica", size)


def scrambled_french(bill: Bill, shuffle: int = 7) -> bytes:
    """Every word by itself in a random order; no rules; descriptions wrap; totals left of their amounts at the foot."""
    pages: list[list[tuple[float, float, str, float]]] = []
    page: list[tuple[float, float, str, float]] = []

    def put(x: float, y: float, text: str, size: float = 9, *, right: bool = False) -> None:
        at = x - width(text, size) if right else x
        for word in text.split(" "):
            page.append((at, y, word, size))
            at += width(word + " ", size)

    def start() -> float:
        nonlocal page
        page = []
        pages.append(page)
        put(40, 800, bill.supplier, 14)
        put(40, 784, "4 rue des Forges, 69002 Lyon")
        put(420, 800, "FACTURE", 14)
        put(350, 760, f"N° de facture : {bill.number}")
        put(350, 746, f"Date : {day(bill.issued, 'fr')}")
        put(350, 732, f"Échéance : {day(bill.due, 'fr')}")
        put(350, 718, f"Votre commande : {', '.join(bill.orders)}")
        put(40, 740, "Facturé à")
        put(40, 728, bill.buyer)
        put(40, 716, "8 avenue du Port, 44000 Nantes")
        for x, text, right in (
            (40, "Réf.", 0),
            (110, "Désignation", 0),
            (370, "Qté", 1),
            (384, "Unité", 0),
            (470, "P.U. HT", 1),
            (555, "Montant HT", 1),
        ):
            put(x, 680, text, right=bool(right))
        return 662

    y = start()
    for line in bill.lines:
        parts = wrapped(line.description, 36)
        if y - 12 * len(parts) < 120:
            put(555, 90, "à reporter", right=True)
            y = start()
        put(40, y, line.code)
        put(370, y, written(line.quantity, "fr", None).replace("\N{NO-BREAK SPACE}", " "), right=True)
        put(384, y, line.uom)
        put(
            470,
            y,
            written(line.rate, "fr", 3 if line.rate % Decimal("0.01") else 2).replace("\N{NO-BREAK SPACE}", " "),
            right=True,
        )
        put(555, y, written(line.amount, "fr").replace("\N{NO-BREAK SPACE}", " "), right=True)
        for part in parts:
            put(110, y, part)
            y -= 11
        y -= 5
    y = min(y - 10, 200) if y > 200 else y - 4
    for label, amount in (
        ("Total lignes", bill.lines_total),
        *bill.charges,
        ("Total HT", bill.net),
        (f"TVA {bill.tax} %", bill.tax_total),
        ("Total TTC", bill.total),
    ):
        put(380, y, label)
        put(555, y, f"{written(amount, 'fr')} €".replace("\N{NO-BREAK SPACE}", " "), right=True)
        y -= 13
    put(40, 40, f"{bill.supplier} - N° TVA intracommunautaire {bill.tax_id}", 7)
    return raw_pdf(pages, shuffle=shuffle)


LAYOUTS: dict[str, tuple[Callable[[Bill], bytes], dict[str, object]]] = {
    "letter_us": (letter_us, {"language": "en", "currency": "USD", "tax": "8.25"}),
    "platypus_german": (platypus_german, {"language": "de", "currency": "EUR", "tax": "19"}),
    "scrambled_french": (scrambled_french, {"language": "fr", "currency": "EUR", "tax": "20"}),
}
