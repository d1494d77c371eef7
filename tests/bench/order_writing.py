"""How order numbers are made by customers, and how people write them on invoices, for the made worlds of orders."""

import random
import re
from collections.abc import Callable, Mapping
from typing import Final

Draw = random.Random

SCHEMES: Final[Mapping[str, Callable[[int], str]]] = {
    "sap": lambda n: str(4500010000 + n),
    "coupa": lambda n: f"PO-{10000 + n}",
    "plain": lambda n: str(20000 + n),
    "short": lambda n: str(1000 + n),
    "lettered": lambda n: f"GG{80700000 + n}",
    "yearly": lambda n: f"PO-2026-{n:04}",
    "zeros": lambda n: f"{4710000 + n:010}",
    "series": lambda n: f"K-{10000 + n}",
    "site": lambda n: f"{30000 + n}-EU",
}
_BEFORE: Final = (
    "PO ",
    "po ",
    "P.O. # ",
    "PO#",
    "Your order ",
    "Purchase Order No. ",
    "Order no. ",
    "Ihre Bestellung ",
    "Commande ",
)
_AROUND: Final = (
    "{} rev 2 / Mr Brown",
    "Frame 12, PO {} of 3.3.2026",
    "{} dd 2026-03-15",
    "Attn. Building 7, order {}",
    "{} (Ms Doe)",
    "Delivery to gate 4; purchase order {}",
    "per e-mail, PO no. {}",
)
_ELSEWHERE: Final = (
    "P.O. Box {}", "Building {} Suite 12", "Tel. 555 {}", "Room {}", "Job {}", "Delivery note {}", "Project {}", "Lot {}",
    "Ticket {}",
)  # fmt: skip
_REQUESTS: Final = ("REQ-{}", "Requisition {}", "PR {}", "Req. {}", "Quote {}", "Contract {}", "RFQ{}", "Offer no. {}")


def digits_of(number: str) -> str:
    """All digits, without leading zeros."""
    return re.sub(r"\D", "", number).lstrip("0")


def spelt(number: str, draw: Draw) -> str:
    """Another spelling: a label, small letters, other separators."""
    plain = re.sub(r"^PO[- ]?", "", number)
    runs = re.findall(r"[A-Z]+|\d+", plain)
    return draw.choice((
        draw.choice(_BEFORE) + plain, f"{draw.choice(_BEFORE)}{plain}", number.lower(), " ".join(runs), f" {number}.",
    ))  # fmt: skip


def with_zeros(number: str, draw: Draw) -> str:
    """Leading zeros lost or added."""
    shorter = re.sub(r"(?<!\d)0+(?=\d)", "", number, count=1)
    return (
        shorter if shorter != number else re.sub(r"\d", lambda found: "0" * draw.randint(1, 3) + found.group(), number, count=1)
    )


def without_prefix(number: str, draw: Draw) -> str:  # noqa: ARG001  All writers are called alike.
    """The letters left out."""
    return digits_of(number) if re.search(r"[A-Z]", number) else number


def with_prefix(number: str, draw: Draw) -> str:
    """Letters added, as some buyers' systems do."""
    return number if number[0].isalpha() else draw.choice(("PO", "GG", "NW", "US", "BU-")) + number


def look_alike(number: str, draw: Draw) -> str:
    """Some zeros and ones written as letters."""
    signs = [{"0": "O", "1": draw.choice("Il")}.get(sign, sign) if draw.random() < 0.6 else sign for sign in number]
    return "".join(signs)


def glued(number: str, draw: Draw) -> str:
    """Other words without a blank between."""
    return draw.choice((f"{number}REV2", f"ORDERNO{number}MRBROWN", f"{number}/REV2A"))


def in_text(number: str, draw: Draw) -> str:
    """Among other words."""
    return draw.choice(_AROUND).format(re.sub(r"^PO-", "", number) if draw.random() < 0.3 else number)


def with_line(number: str, draw: Draw) -> str:
    """With a line or a release behind it."""
    return number + draw.choice(("-1", "/10", " pos 20", "-001"))


def slipped(number: str, draw: Draw) -> str:
    """One digit wrong, missing or twice."""
    places = [at for at, sign in enumerate(number) if sign.isdigit()]
    at = draw.choice(places[1:])
    other = draw.choice([sign for sign in "0123456789" if sign != number[at]])
    return draw.choice(
        (
            number[:at] + other + number[at + 1 :],
            number[:at] + number[at + 1 :],
            number[:at] + number[at : at + 1] + number[at:],
        )
    )


def swapped(number: str, draw: Draw) -> str:
    """Two neighbours exchanged."""
    places = [at for at in range(len(number) - 1) if number[at : at + 2].isdigit() and number[at] != number[at + 1]]
    if not places:
        return slipped(number, draw)
    at = draw.choice(places)
    return number[:at] + number[at + 1] + number[at] + number[at + 2 :]


def exact(number: str, draw: Draw) -> str:  # noqa: ARG001  All writers are called alike.
    """The number itself."""
    return number


WRITERS: Final[Mapping[str, Callable[[str, Draw], str]]] = {
    "exact": exact,
    "spelling": spelt,
    "zeros": with_zeros,
    "prefix_dropped": without_prefix,
    "prefix_added": with_prefix,
    "look_alike": look_alike,
    "glued": glued,
    "in_text": in_text,
    "line_behind": with_line,
    "slip": slipped,
    "swapped": swapped,
}


def as_something_else(number: str, draw: Draw) -> str:
    """The digits of an order as those of something that is none: a box, a room, two numbers, a day."""
    digits = digits_of(number)
    cut = draw.randint(1, len(digits) - 2)
    apart = f"Room {digits[:cut]}, floor {digits[cut:]}"
    return draw.choice((draw.choice(_ELSEWHERE).format(digits), apart, f"see minutes of {draw.randint(1, 28)}.3.2026"))


def as_a_request(number: str, draw: Draw) -> str:
    """The number of a requisition, quote or contract, whose series often meets that of the orders."""
    return draw.choice(_REQUESTS).format(digits_of(number) if draw.random() < 0.7 else draw.randint(10_000, 99_999))


def joined(numbers: list[str], draw: Draw) -> str:
    """Several numbers in one field."""
    return draw.choice((" / ", ", ", " & ", " and ", "; ", " + ")).join(numbers)


def of_release(base: str, release: int, draw: Draw) -> str:
    """A release of a blanket order."""
    return draw.choice((f"{base} rel {release}", f"{base} release {release}", f"{base}-{release}", f"PO {base} / {release}"))
