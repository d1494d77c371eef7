"""`tieout orders`: which customer's order in a portal does each of our invoices belong to? Files in, one file out.

Needs no database, no Slack, no network and no portal. `orders.csv` has every invoice once, in the order of the file.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from core.app.explaining_orders import because
from core.command_line.console import Console, file_bytes, taken
from core.command_line.saying import DONE, NOTHING_DONE, SOME_REFUSED
from core.domain.parties import Customer
from core.domain.portal_orders import OrderStatus
from core.match.portal_customers import CustomerNames
from core.match.portal_orders import OrderFacts, OrderSuggestion, PortalOrderBook, suggest_orders
from core.read.csv_out import csv_text, write_whole
from core.read.portal_orders import PortalOrderRow, read_portal_orders
from core.read.tables import read_customers, read_invoices

COLUMNS: Final = ("invoice_number", "portal", "po_number", "decision", "rule", "because")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("--customers", type=Path, required=True, metavar="FILE", help="customers.csv")
    parser.add_argument("--invoices", type=Path, required=True, metavar="FILE", help="invoices.csv: our open documents")
    parser.add_argument(
        "--portal-orders", type=Path, required=True, metavar="FILE", help="customer_purchase_orders.csv: orders in portals"
    )
    parser.add_argument("--partial", action="store_true", help="take the good rows of files with bad ones")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where orders.csv is written")


def run(options: argparse.Namespace) -> int:
    """Read everything, match, write; the exit status."""
    console = Console(sys.stderr.isatty())
    partial = options.partial
    customers = taken(read_customers(file_bytes(options.customers), str(options.customers), partial=partial), console)
    invoices = taken(read_invoices(file_bytes(options.invoices), str(options.invoices), partial=partial), console)
    orders = taken(read_portal_orders(file_bytes(options.portal_orders), str(options.portal_orders), partial=partial), console)
    if console.complaints and not partial:
        # With half of the customers or orders, a question would look settled.
        return NOTHING_DONE
    if not invoices:
        console.tell(f"{options.invoices} holds no invoice that could be taken.")
        return NOTHING_DONE
    parents = {each.id: each.parent_id for each in customers if each.parent_id}
    found = suggest_orders(invoices, PortalOrderBook(facts_of(orders, customers), parents))
    options.out.mkdir(parents=True, exist_ok=True)
    write_whole(options.out / "orders.csv", csv_text(COLUMNS, [row_of(each) for each in found]))
    return SOME_REFUSED if console.complaints else DONE


def facts_of(orders: Sequence[PortalOrderRow], customers: Sequence[Customer]) -> list[OrderFacts]:
    """Rows of the file as the matcher takes them; which customer a portal's name means is worked out once a name."""
    names = CustomerNames.of(customers)
    possible = {name: names.possible(name) for name in {order.customer for order in orders}}
    return [
        OrderFacts(
            portal=order.portal,
            customer=order.customer,
            number=order.number,
            total=order.total,
            remaining=None if order.invoiced is None else order.total - order.invoiced,
            is_invoiceable=order.status is OrderStatus.ISSUED,
            status_text=order.status_text,
            customer_ids=possible[order.customer],
        )
        for order in orders
    ]


def row_of(found: OrderSuggestion) -> list[str]:
    """One row; the members of a tie are parallel lists in `portal` and `po_number`."""
    return [
        found.invoice.number,
        ";".join(order.portal for order in found.orders),
        ";".join(order.number for order in found.orders),
        found.decision.value,
        found.rule.value if found.rule else "",
        because(found.evidence),
    ]
