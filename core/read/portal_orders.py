"""`customer_purchase_orders.csv`: customers' orders as their portals list them, a row an order."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from core.domain.money import Money
from core.domain.portal_orders import OrderStatus
from core.read.tables import Cells, Taken, take

_REQUIRED: Final = ("portal", "portal_customer", "po_number", "currency", "total")
_OTHER_WORDS: Final[Mapping[str, OrderStatus]] = MappingProxyType(
    {
        "": OrderStatus.ISSUED,
        "open": OrderStatus.ISSUED,
        "buyer_hold": OrderStatus.ON_HOLD,
        "currency_hold": OrderStatus.ON_HOLD,
        "supplier_hold": OrderStatus.ON_HOLD,
        "supplier_window_hold": OrderStatus.ON_HOLD,
        "canceled": OrderStatus.CANCELLED,
    }
)
STATUSES: Final[Mapping[str, OrderStatus]] = MappingProxyType({**{one.value: one for one in OrderStatus}, **_OTHER_WORDS})


@dataclass(frozen=True, slots=True)
class PortalOrderRow:
    """One row. `invoiced` is None where the portal does not say; a status that nobody knows is `OTHER` with its word kept."""

    portal: str
    customer: str
    number: str
    status: OrderStatus
    status_text: str
    total: Money
    invoiced: Money | None = None
    ordered_on: date | None = None
    notes: str = ""


def read_portal_orders(data: bytes, name: str, *, partial: bool = False) -> Taken[PortalOrderRow]:
    """All rows. An order may stand there once: two rows of one portal, customer and number are a complaint."""
    return take(data, name, _REQUIRED, _Rows().read, partial=partial)


class _Rows:
    def __init__(self) -> None:
        self._seen: dict[tuple[str, str, str], int] = {}

    def read(self, cells: Cells) -> PortalOrderRow:
        portal, customer, number = (cells.text(column, required=True) for column in ("portal", "portal_customer", "po_number"))
        row = self._seen.setdefault((portal.casefold(), customer.casefold(), number), cells.row)
        if row != cells.row:
            raise cells.bad("po_number", f"stands on row {row} already, for the same portal and customer")
        unit = cells.currency("currency")
        word = cells.text("status")
        return PortalOrderRow(
            portal=portal,
            customer=customer,
            number=number,
            status=STATUSES.get("_".join(word.casefold().replace("-", " ").replace("_", " ").split()), OrderStatus.OTHER),
            status_text=word,
            total=cells.required_money("total", unit),
            invoiced=cells.money("invoiced", unit),
            ordered_on=cells.day("order_date"),
            notes=cells.text("notes"),
        )
