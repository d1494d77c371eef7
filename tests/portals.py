"""Records of customers' portals for tests: sensible defaults, one keyword for each thing that a case may change."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from core.domain.ids import CustomerId, InvoiceNumber
from core.domain.measures import Quantity, Rate
from core.domain.money import Money, total
from core.domain.portal_orders import (
    CustomerOrderLine,
    CustomerPurchaseOrder,
    OrderLineKind,
    OrderNote,
    OrderStatus,
    PortalCustomer,
    PortalInvoice,
)
from core.domain.portals import (
    CustomerLink,
    ListedCustomer,
    LoginState,
    OrderRef,
    PortalCustomerId,
    PortalLogin,
    PortalLoginId,
    PortalSubmission,
    SubmissionId,
)
from core.domain.workflows import SubmissionState
from tests.builders import usd

BIRCH = "Birch & Boro Furniture"


def a_login(number: int = 1001, portal: str = "coupa") -> PortalLogin:
    return PortalLogin(PortalLoginId(f"PL-{number}"), 1, portal, "robot@example.com", LoginState.ACTIVE)


def a_listed_customer(
    number: int = 1001, name: str = BIRCH, customer: str | None = "C1", login: str = "PL-1001"
) -> ListedCustomer:
    known = CustomerId(customer) if customer else None
    link = CustomerLink.AUTOMATIC if customer else CustomerLink.NONE
    where = PortalCustomerId(f"PC-{number}")
    return ListedCustomer(where, 1, PortalLoginId(login), "coupa", name, link=link, customer_id=known)


def an_order_line(
    number: str = "1",
    price: str = "12.50",
    quantity: str | None = "200",
    invoiced: str | None = "0.00",
    description: str = "Oak boards, planed",
) -> CustomerOrderLine:
    """A line by quantity and price, or, without a quantity, a service by its amount."""
    rate = Rate(Decimal(price))
    worth = usd(str((rate * Decimal(quantity or "1")).quantize(Decimal("0.01"))))
    return CustomerOrderLine(
        number,
        OrderLineKind.QUANTITY if quantity else OrderLineKind.AMOUNT,
        description,
        rate,
        worth,
        Quantity(Decimal(quantity)) if quantity else None,
        invoiced=usd(invoiced) if invoiced is not None else None,
    )


def a_customer_order(
    number: str = "GG80700992",
    lines: Sequence[CustomerOrderLine] = (),
    invoices: tuple[PortalInvoice, ...] = (),
    status: OrderStatus = OrderStatus.ISSUED,
    status_text: str = "Issued",
    customer: str = BIRCH,
) -> CustomerPurchaseOrder:
    lines = tuple(lines) or (an_order_line(),)
    worth: Money = total((line.total for line in lines), lines[0].total.currency)
    return CustomerPurchaseOrder(
        PortalCustomer(customer),
        number,
        f"9{number[-4:]}",
        status,
        status_text,
        worth,
        lines,
        date(2026, 1, 5),
        notes=(OrderNote("Ring the bell at gate 3."),),
        invoices=invoices,
        may_be_invoiced=status is OrderStatus.ISSUED,
    )


def a_submission(
    number: int = 1001, invoice: str = "INV-20500", state: SubmissionState = SubmissionState.SUGGESTED
) -> PortalSubmission:
    return PortalSubmission(
        SubmissionId(f"PS-{number}"),
        1,
        state,
        InvoiceNumber(invoice),
        CustomerId("C1"),
        usd("625.00"),
        order=OrderRef(PortalCustomerId("PC-1001"), "GG80700992"),
        rule="po_number",
        is_sure=True,
    )
