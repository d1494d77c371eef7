"""The plain portal's pages as records, and its words as ours. Pure; a page that lacks what it must have is `PortalChanged`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from lxml.html import HtmlElement

from core.domain.errors import Malformed
from core.domain.measures import Quantity, Rate
from core.domain.money import Money
from core.domain.portal_orders import (
    CustomerOrderLine,
    CustomerPurchaseOrder,
    OrderLineKind,
    OrderNote,
    OrderStatus,
    PortalCustomer,
    PortalInvoice,
    PortalInvoiceStatus,
    PortalPayment,
)
from core.domain.submissions import DraftLine, DraftSeen
from portal.markup import changed, every, first, tree, words
from portal.notation import Notation

NOTATION: Final = Notation("yyyy-mm-dd", ".")
ORDER_STATES: Final[Mapping[str, OrderStatus]] = MappingProxyType(
    {
        "new": OrderStatus.ISSUED,
        "confirmed": OrderStatus.ISSUED,
        "fully billed": OrderStatus.SOFT_CLOSED,
        "closed": OrderStatus.CLOSED,
        "withdrawn": OrderStatus.CANCELLED,
    }
)
INVOICE_STATES: Final[Mapping[str, PortalInvoiceStatus]] = MappingProxyType(
    {
        "kept": PortalInvoiceStatus.DRAFT,
        "sent": PortalInvoiceStatus.PROCESSING,
        "in review": PortalInvoiceStatus.PENDING_APPROVAL,
        "accepted": PortalInvoiceStatus.APPROVED,
        "paid": PortalInvoiceStatus.APPROVED,
        "query": PortalInvoiceStatus.DISPUTED,
        "returned": PortalInvoiceStatus.REJECTED,
    }
)
_KINDS: Final = {"goods": OrderLineKind.QUANTITY, "service": OrderLineKind.AMOUNT}
_FILE: Final = re.compile(r"(?P<name>.+), (?P<size>\d+) bytes\Z")
_ORDER_COLUMNS: Final = ("Order", "Date", "State", "Amount", "Billed")
_LINE_COLUMNS: Final = ("No.", "What", "Kind", "Quantity", "Unit", "Price", "Amount", "Billed")
_INVOICE_COLUMNS: Final = ("Number", "Order", "State", "Amount", "Reason")
_INVOICE_LINE_COLUMNS: Final = ("No.", "What", "Kind", "Quantity", "Price")
Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ListedOrder:
    """A row of the list of orders; `href` is the portal's own address of it."""

    number: str
    href: str
    row: tuple[str, ...]


def customers(page: str) -> list[tuple[PortalCustomer, str]]:
    """The customers of the start page, each with its address."""
    box = first(tree(page), "ul", id="customers")
    if box is None:
        raise changed("Start", "the list of customers", words(first(tree(page), "body")))
    return [(PortalCustomer(words(link)), link.get("href") or "") for link in every(box, "a")]


def orders(page: str) -> list[ListedOrder]:
    """The list of orders of one customer."""
    found = []
    for row, cells in _table(page, "orders", _ORDER_COLUMNS, "Orders"):
        link = first(cells[0], "a")
        href = (link.get("href") or "") if link is not None else ""
        found.append(ListedOrder(row["Order"], href, tuple(row.values())))
    return found


def invoices(page: str) -> list[PortalInvoice]:
    """Our invoices to one customer. “Paid” is a state of its own here and a payment to us."""
    found = []
    for row, cells in _table(page, "invoices", _INVOICE_COLUMNS, "Invoices"):
        link = first(cells[0], "a")
        reference = ((link.get("href") or "") if link is not None else "").rpartition("/")[2]
        state = row["State"]
        found.append(
            PortalInvoice(
                "" if row["Number"] == "–" else row["Number"],
                reference,
                INVOICE_STATES.get(state.casefold(), PortalInvoiceStatus.OTHER),
                state,
                row["Order"],
                NOTATION.money(row["Amount"]),
                dispute_reason=row["Reason"],
                payment=PortalPayment(paid=state.casefold() == "paid"),
            )
        )
    return found


def order(page: str, customer: PortalCustomer, reference: str, ours: list[PortalInvoice]) -> CustomerPurchaseOrder:
    """The page of one order. A new one has to be confirmed before it can be invoiced; one that is invoiced, never again."""
    root = tree(page)
    facts = _facts(root, "Order")
    total = NOTATION.money(facts["Amount"])
    lines = []
    for row, _ in _table(page, "lines", _LINE_COLUMNS, "Order"):
        kind = _KINDS.get(row["Kind"].casefold())
        if kind is None:
            raise changed("Order", "goods or services", row["Kind"])
        lines.append(
            CustomerOrderLine(
                row["No."],
                kind,
                row["What"],
                Rate(NOTATION.number(row["Price"])),
                NOTATION.money(row["Amount"]),
                Quantity(NOTATION.number(row["Quantity"])) if kind is OrderLineKind.QUANTITY else None,
                row["Unit"],
                invoiced=NOTATION.money(row["Billed"]),
            )
        )
    return CustomerPurchaseOrder(
        customer,
        facts["Order"],
        reference,
        ORDER_STATES.get(facts["State"].casefold(), OrderStatus.OTHER),
        facts["State"],
        total,
        tuple(lines),
        NOTATION.optional_day(facts["Date"]),
        payment_term=facts["Terms"],
        notes=(OrderNote(facts["Remark"]),) if facts["Remark"] else (),
        invoices=tuple(one for one in ours if one.order_number == facts["Order"]),
        may_be_invoiced=_link(root, "Make invoice") is not None or _button(root, "Confirm order"),
    )


def must_be_confirmed(page: str) -> bool:
    """Whether the order waits for our confirmation."""
    return _button(tree(page), "Confirm order")


def form_address(page: str) -> str:
    """Where the invoice of this order is made; empty where the portal offers none."""
    link = _link(tree(page), "Make invoice")
    return (link.get("href") or "") if link is not None else ""


def complaints(page: str) -> list[str]:
    """What a form says is wrong."""
    return [words(one) for one in every(tree(page), "p", "error")]


def total(page: str) -> Money:
    """What the form comes to, as the portal worked it out."""
    shown = words(first(tree(page), "output", id="total"))
    try:
        return NOTATION.money(shown)
    except Malformed:
        raise changed("Make invoice", "a total", shown) from None


def invoice(page: str, reference: str) -> DraftSeen:
    """The page of one invoice."""
    facts = _facts(tree(page), "Invoice")
    lines = []
    for row, _ in _table(page, "lines", _INVOICE_LINE_COLUMNS, "Invoice"):
        kind = _KINDS.get(row["Kind"].casefold(), OrderLineKind.AMOUNT)
        quantity = Quantity(Decimal(NOTATION.number(row["Quantity"]))) if kind is OrderLineKind.QUANTITY else None
        lines.append(DraftLine(row["No."], kind, Rate(NOTATION.number(row["Price"])), quantity, row["What"]))
    file = _FILE.match(facts["File"])
    state = facts["State"]
    return DraftSeen(
        reference,
        facts["Number"],
        INVOICE_STATES.get(state.casefold(), PortalInvoiceStatus.OTHER),
        state,
        facts["Order"],
        NOTATION.money(facts["Amount"]),
        tuple(lines),
        NOTATION.optional_day(facts["Date"]),
        file["name"] if file else "",
        int(file["size"]) if file else None,
        note=facts["Comment"],
    )


def _table(page: str, name: str, required: tuple[str, ...], where: str) -> list[tuple[Row, list[HtmlElement]]]:
    table = first(tree(page), "table", id=name)
    headers = tuple(words(cell) for cell in every(table, "th"))
    missing = [column for column in required if column not in headers]
    if table is None or missing:
        raise changed(where, f"the columns {', '.join(missing or required)}", ", ".join(headers) or words(tree(page)))
    rows: list[tuple[Row, list[HtmlElement]]] = []
    for line in every(first(table, "tbody"), "tr"):
        cells = every(line, "td")
        if len(cells) != len(headers):
            raise changed(where, f"{len(headers)} cells in each row", words(line))
        rows.append((dict(zip(headers, map(words, cells), strict=True)), cells))
    return rows


def _facts(root: HtmlElement, where: str) -> dict[str, str]:
    """A definition list as names and values; a missing name is `PortalChanged`."""
    names = [words(one) for one in every(root, "dt")]
    values = [words(one) for one in every(root, "dd")]
    found = dict(zip(names, values, strict=False))
    wanted = {"Order": ("Order", "Date", "State", "Amount", "Terms", "Remark")}.get(
        where, ("Number", "Date", "Order", "State", "Amount", "File", "Comment")
    )
    missing = [name for name in wanted if name not in found]
    if missing:
        raise changed(where, f"the fields {', '.join(missing)}", ", ".join(names))
    return found


def _link(root: HtmlElement, text: str) -> HtmlElement | None:
    return next((one for one in every(root, "a") if words(one) == text), None)


def _button(root: HtmlElement, text: str) -> bool:
    return any(words(one) == text and one.get("disabled") is None for one in every(root, "button"))
