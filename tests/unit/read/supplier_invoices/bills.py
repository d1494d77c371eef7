"""What made-up invoices say, apart from how they are laid out: the truth that readings are compared with."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


def cents(value: Decimal) -> Decimal:
    return value.quantize(CENT, rounding=ROUND_HALF_UP)


@dataclass(frozen=True)
class BillLine:
    code: str
    description: str
    quantity: Decimal
    uom: str
    rate: Decimal
    discount: Decimal = Decimal(0)

    @property
    def amount(self) -> Decimal:
        return cents(self.quantity * self.rate * (100 - self.discount) / 100)


@dataclass(frozen=True)
class Bill:
    """One invoice; `charges` are (label, amount) with discounts negative; `tax` in percent."""

    number: str
    issued: date
    due: date
    orders: tuple[str, ...]
    currency: str
    supplier: str
    buyer: str
    tax_id: str
    lines: tuple[BillLine, ...]
    tax: Decimal
    charges: tuple[tuple[str, Decimal], ...] = ()
    words: tuple[str, ...] = field(default=())

    @property
    def lines_total(self) -> Decimal:
        return sum((line.amount for line in self.lines), Decimal(0))

    @property
    def net(self) -> Decimal:
        return self.lines_total + sum((amount for _, amount in self.charges), Decimal(0))

    @property
    def tax_total(self) -> Decimal:
        return cents(self.net * self.tax / 100)

    @property
    def total(self) -> Decimal:
        return self.net + self.tax_total


SUPPLIERS = {
    "en": [("Harrow & Pike Ltd.", "GB214365879"), ("Northgate Fasteners Inc.", "US541236987")],
    "de": [("Brandt Werkzeuge GmbH", "DE811234567"), ("Kessler & Sohn KG", "DE299887766")],
    "fr": [("Ateliers Moreau SARL", "FR32123456789"), ("Papeterie du Lac SAS", "FR83404833048")],
    "es": [("Suministros Ibérica S.L.", "ESB12345674"), ("Talleres Quiroga S.A.", "ESA58818501")],
}
GOODS = {
    "en": ["Hex bolt M8 x 40, zinc plated", "Bearing 6204-2RS", "Packing tape 50 mm clear", "Cable tie 200 mm black"],
    "de": ["Sechskantschraube M8 x 40 verzinkt", "Kugellager 6204-2RS", "Klebeband 50 mm transparent", "Bohrer HSS 6,5 mm"],
    "fr": ["Vis à tête hexagonale M8 x 40", "Roulement à billes 6204", "Ruban adhésif 50 mm", "Foret HSS 6,5 mm"],
    "es": ["Tornillo hexagonal M8 x 40", "Rodamiento 6204-2RS", "Cinta de embalaje 50 mm", "Broca HSS 6,5 mm"],
}
UNITS = {"en": ["EA", "BOX", "PCS"], "de": ["Stk", "Pkg", "kg"], "fr": ["pce", "boîte", "kg"], "es": ["ud", "caja", "kg"]}
FREIGHT = {"en": "Freight", "de": "Versandkosten", "fr": "Frais de port", "es": "Portes"}
LONG = {
    "en": ["including certificate of conformity", "delivered to dock 4"],
    "de": ["inklusive Werkszeugnis nach EN 10204", "Lieferung an Tor 4"],
    "fr": ["certificat de conformité inclus", "livré au quai 4"],
    "es": ["certificado de conformidad incluido", "entregado en muelle 4"],
}


def a_bill(
    seed: int,
    language: str,
    *,
    lines: int = 4,
    currency: str = "EUR",
    tax: str = "19",
    charges: bool = False,
    orders: int = 2,
    discounts: bool = False,
) -> Bill:
    """A bill of made-up but plausible content; the same for the same arguments."""
    rng = random.Random(f"{seed} {language} {lines} {currency}")  # noqa: S311  Repeatable on purpose.
    issued = date(2026, 1, 13) + timedelta(days=rng.randrange(300))
    supplier, tax_id = rng.choice(SUPPLIERS[language])
    items = []
    for _ in range(lines):
        text = rng.choice(GOODS[language])
        if rng.random() < 0.4:
            text += " " + rng.choice(LONG[language])
        quantity = Decimal(rng.choice([1, 2, 5, 10, 24, 120, 1000])) + (Decimal("0.5") if rng.random() < 0.15 else 0)
        rate = Decimal(rng.randrange(35, 90_000)) / (1000 if rng.random() < 0.1 else 100)
        code = f"{rng.choice('ABKTX')}{rng.randrange(100, 999)}-{rng.randrange(10, 9999)}"
        off = Decimal(rng.choice([0, 0, 5, 10, 15])) if discounts else Decimal(0)
        items.append(BillLine(code, text, quantity, rng.choice(UNITS[language]), rate, off))
    return Bill(
        number=rng.choice(
            [f"INV-{rng.randrange(10_000, 99_999)}", f"2026-{rng.randrange(1000, 9999)}", f"{rng.randrange(10**6, 10**7)}"]
        ),
        issued=issued,
        due=issued + timedelta(days=30),
        orders=tuple(f"45000{rng.randrange(10_000, 99_999)}" for _ in range(min(orders, rng.choice([1, 1, 1, 2])))),
        currency=currency,
        supplier=supplier,
        buyer="Castellan Manufacturing Ltd",
        tax_id=tax_id,
        lines=tuple(items),
        tax=Decimal(tax),
        charges=((FREIGHT[language], Decimal(rng.randrange(500, 20_000)) / 100),) if charges else (),
    )


def written(value: Decimal, style: str, digits: int | None = 2) -> str:
    """A number as a country writes it: `us` 1,234.56; `de` 1.234,56; `fr` 1 234,56; `ch` 1'234.56; `plain` 1234.56."""
    places = digits if digits is not None else max(0, -int(value.normalize().as_tuple().exponent))
    text = f"{value:,.{places}f}"
    group, mark = {"us": (",", "."), "de": (".", ","), "fr": ("\N{NO-BREAK SPACE}", ","), "ch": ("'", "."), "plain": ("", ".")}[
        style
    ]
    return text.replace(",", "\0").replace(".", mark).replace("\0", group)


def day(value: date, style: str) -> str:
    return {
        "us": f"{value:%m/%d/%Y}",
        "uk": f"{value.day} {value:%B %Y}",
        "de": f"{value:%d.%m.%Y}",
        "fr": f"{value:%d/%m/%Y}",
        "iso": value.isoformat(),
    }[style]


def wrapped(text: str, width: int) -> Sequence[str]:
    lines: list[str] = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + len(word) + 1 > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
