"""Reading a customer's orders: three tables in bulk, then the pages of those orders alone that are new or changed.

The cursor is a digest of what the tables said of each order. A table that suddenly lists nothing, or less than half, is not
believed: that is a changed page, a lost permission or a broken portal, and a person has to look.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from playwright.sync_api import Frame

from core.domain.codec import to_json
from core.domain.errors import NotFound, PortalChanged
from core.domain.portal_orders import (
    CustomerOrderLine,
    CustomerPurchaseOrder,
    OrderCursor,
    OrderSync,
    PortalCustomer,
    PortalInvoice,
)
from core.ports.portal import PortalCredential, Told, untold
from portal.coupa import parse
from portal.coupa.customer import CustomerChoice
from portal.coupa.html import Row
from portal.coupa.parse import INVOICE_COLUMNS, INVOICE_TABLE, LINE_COLUMNS, LINE_TABLE, ORDER_COLUMNS, ORDER_TABLE
from portal.coupa.screen import Screen
from portal.coupa.tables import Tables
from portal.notation import Notation

_PERCENT: Final = 100
_COMMENTS: Final = "Unanswered Comments"
_NO_COMMENTS: Final = frozenset({"", "0", "no", "none"})
ORDER_PAGE: Final = "div.total"


@dataclass(frozen=True, slots=True)
class Listed:
    """What the three tables say of one customer; by number, the links of the orders' own pages and digests to compare later."""

    orders: tuple[CustomerPurchaseOrder, ...]
    invoices: tuple[PortalInvoice, ...]
    hrefs: dict[str, str]
    digests: dict[str, str]
    notation: Notation


@dataclass(frozen=True, slots=True)
class InvoicesSeen:
    """What a search of the invoices gave, with their links; `any_listed` says whether the list has any without the search."""

    frame: Frame
    listed: tuple[PortalInvoice, ...]
    hrefs: tuple[str, ...]
    any_listed: bool


class OrderReader:
    """Reads orders and invoices of one customer at a time."""

    def __init__(self, screen: Screen, credential: PortalCredential) -> None:
        self._screen = screen
        self._credential = credential
        self._tables = Tables(screen)
        self.choice = CustomerChoice(screen)

    def sync(self, customer: PortalCustomer, since: OrderCursor, told: Told = untold) -> OrderSync:
        """Everything new or changed since the cursor, told in parts as their pages are read."""
        try:
            listed = self._listed(customer)
        except PortalChanged:
            # An order that came between two tables looks like a cut table; the second reading tells them apart.
            listed = self._listed(customer)
        before: dict[str, str] = json.loads(since) if since else {}
        now = listed.digests
        believable(customer, before, now, self._screen.options.least_share_listed)
        changed = [order for order in listed.orders if before.get(order.number) != now[order.number]]
        known = listed.orders[0].customer if listed.orders else customer
        unchanged = tuple(number for number in now if before.get(number) == now[number])
        counts = (len(listed.invoices), len(listed.orders))
        read = {number: digest for number, digest in before.items() if number in now}
        full: list[CustomerPurchaseOrder] = []
        size = self._screen.options.orders_at_once
        for start in range(0, len(changed), size):
            part = self._with_pages(customer, changed[start : start + size], listed)
            full += part
            read.update((order.number, now[order.number]) for order in part)
            told(OrderSync(known, tuple(part), (), _cursor(read), *counts, len(changed) - len(full)))
        return OrderSync(known, tuple(full), unchanged, _cursor(now), *counts)

    def order(self, customer: PortalCustomer, number: str) -> CustomerPurchaseOrder:
        """One order with its page; `NotFound` when the table does not have it."""
        frame, row = self.order_row(customer, number)
        notation = self.notation([row])
        listed = parse.listed_orders([row], customer, notation)[0]
        page = self.order_page(frame, row["PO Number"].href, notation)
        mine = tuple(one for one in self.invoices(customer, number)[0].listed if one.order_number == number)
        return replace(parse.with_page(listed, page), invoices=mine)

    def order_row(self, customer: PortalCustomer, number: str) -> tuple[Frame, Row]:
        """The frame with the table of orders, searched for this one, and its row."""
        frame = self._table_frame("/orders/", ORDER_TABLE, "Orders", customer)
        self._tables.set_view(frame, ORDER_TABLE, self._screen.options.order_view, "Orders")
        self._tables.search(frame, ORDER_TABLE, number, "Orders")
        rows = [
            row for row in self._tables.rows(frame, ORDER_TABLE, ORDER_COLUMNS, "Orders") if row["PO Number"].text == number
        ]
        if len(rows) > 1:
            raise PortalChanged(f"The portal lists the order {number} twice.", page="Orders")
        if not rows:
            raise NotFound(f"The portal does not list the order {number} for {customer.name}.", order=number)
        return frame, rows[0]

    def invoices(self, customer: PortalCustomer, *texts: str) -> tuple[InvoicesSeen, ...]:
        """Our invoices that hold each of these texts (a number, an order), in every status; the last search stays open."""
        frame = self._table_frame("/invoices", INVOICE_TABLE, "Invoices", customer)
        self._tables.set_view(frame, INVOICE_TABLE, self._screen.options.lookup_view, "Invoices")
        unfiltered = self._tables.page(frame, INVOICE_TABLE, INVOICE_COLUMNS, "Invoices")
        found = []
        for text in texts:
            self._tables.search(frame, INVOICE_TABLE, text, "Invoices")
            rows = self._tables.rows(frame, INVOICE_TABLE, INVOICE_COLUMNS, "Invoices")
            listed = parse.listed_invoices(rows, self.notation(rows)) if rows else ()
            found.append(InvoicesSeen(frame, listed, tuple(row["Invoice #"].href for row in rows), bool(unfiltered.rows)))
        return tuple(found)

    def _listed(self, customer: PortalCustomer) -> Listed:
        options = self._screen.options
        frame = self._table_frame("/orders/", ORDER_TABLE, "Orders", customer)
        known = replace(customer, instance=frame.url.partition("//")[2].partition("/")[0].partition(":")[0])
        orders = self._whole(frame, ORDER_TABLE, options.order_view, ORDER_COLUMNS, "Orders")
        frame = self._table_frame("/orders/lines", LINE_TABLE, "Order Lines", customer)
        self._tables.set_view(frame, LINE_TABLE, options.line_view, "Order Lines")
        lines = self._tables.exported(frame, LINE_COLUMNS, "Order Lines")
        if lines is None:
            frame = self._table_frame("/orders/lines", LINE_TABLE, "Order Lines", customer)
            lines = self._whole(frame, LINE_TABLE, options.line_view, LINE_COLUMNS, "Order Lines")
        frame = self._table_frame("/invoices", INVOICE_TABLE, "Invoices", customer)
        invoices = self._whole(frame, INVOICE_TABLE, options.invoice_view, INVOICE_COLUMNS, "Invoices")
        notation = self.notation([*orders, *lines, *invoices])
        by_order = parse.listed_lines(lines, notation)
        seen = parse.listed_invoices(invoices, notation)
        heads = parse.listed_orders(orders, known, notation)
        self._all_told(heads, by_order)
        against: dict[str, list[PortalInvoice]] = defaultdict(list)
        for one in seen:
            against[one.order_number].append(one)
        whole = [replace(order, lines=by_order[order.number], invoices=tuple(against[order.number])) for order in heads]
        rows = {row["PO Number"].text: row for row in orders}
        return Listed(
            tuple(whole),
            seen,
            {number: row["PO Number"].href for number, row in rows.items()},
            {order.number: _digest(order, rows[order.number]) for order in whole},
            notation,
        )

    @staticmethod
    def _all_told(orders: Sequence[CustomerPurchaseOrder], lines: dict[str, tuple[CustomerOrderLine, ...]]) -> None:
        """Every order has lines and every line an order, each number once: else one of the tables was cut."""
        numbers = [order.number for order in orders]
        if len(set(numbers)) != len(numbers) or set(lines) != set(numbers):
            odd = sorted(set(lines) ^ set(numbers)) or sorted({one for one in numbers if numbers.count(one) > 1})
            raise PortalChanged(
                "The portal's tables of orders and of order lines do not name the same orders.", orders=", ".join(odd[:5])
            )

    def _whole(self, frame: Frame, model: str, view: str, required: Sequence[str], where: str) -> tuple[Row, ...]:
        self._tables.set_view(frame, model, view, where)
        self._tables.widest(frame, model, where)
        return self._tables.rows(frame, model, required, where)

    def _table_frame(self, path: str, model: str, where: str, customer: PortalCustomer) -> Frame:
        self.choice.page_of(customer, path, where)
        return self._screen.frame_showing(f"tbody#{model}_tbody", where)

    def _with_pages(
        self, customer: PortalCustomer, orders: Sequence[CustomerPurchaseOrder], listed: Listed
    ) -> list[CustomerPurchaseOrder]:
        if not orders:
            return []
        frame = self._table_frame("/orders/", ORDER_TABLE, "Orders", customer)
        full = []
        for order in orders:
            page = self.order_page(frame, listed.hrefs[order.number], listed.notation)
            full.append(replace(parse.with_page(order, page), invoices=order.invoices))
        return full

    def order_page(self, frame: Frame, href: str, notation: Notation) -> parse.OrderPage:
        """An order's own page, loaded in this frame."""
        self._screen.visit(frame, href, ORDER_PAGE, "Purchase Order")
        with self._screen.in_our_words("Purchase Order"):
            return parse.order_page(frame.content(), notation)

    def notation(self, rows: Sequence[Row]) -> Notation:
        """The notation of these rows, by the login's settings or by what the cells leave."""
        return parse.notation_of(self._credential.date_form, self._credential.decimal_mark, rows)

    def page_notation(self, text: str) -> Notation:
        """The notation of a single page."""
        return parse.page_notation(self._credential.date_form, self._credential.decimal_mark, text)


def believable(customer: PortalCustomer, before: Mapping[str, str], now: Mapping[str, str], least_share: int) -> None:
    """Orders are closed, never deleted: a list that shrank below `least_share` percent of what it was is not the list."""
    kept = len(set(before) & set(now))
    if before and kept * _PERCENT < len(before) * least_share:
        raise PortalChanged(
            f"The portal lists {kept} of the {len(before)} orders of {customer.name} that it listed before.",
            page="Orders",
            before=len(before),
            now=len(now),
        )


def _cursor(digests: Mapping[str, str]) -> OrderCursor:
    return OrderCursor(json.dumps(digests, sort_keys=True, separators=(",", ":")))


def _digest(order: CustomerPurchaseOrder, row: Row) -> str:
    """Comments stand on the order's own page alone; the table says whether some wait, where it has that column."""
    told = json.dumps(to_json(replace(order, customer=PortalCustomer(order.customer.name))), sort_keys=True)
    comments = row[_COMMENTS].text if _COMMENTS in row else ""
    if comments.casefold() not in _NO_COMMENTS:
        told += comments
    return hashlib.sha256(told.encode()).hexdigest()[:16]
