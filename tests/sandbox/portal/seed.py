"""The portal on the morning of the demo: three buyers, their orders, what was invoiced before, and two users."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from tests.sandbox.portal.model import Buyer, Comment, InvoiceLine, LineKind, Order, OrderLine, PortalInvoice, User, World

ROBOT = "robot@harborpine.example"
PERSON = "ines@harborpine.example"
PASSWORD = "sandbox-portal-password"
SECRET = "JBSWY3DPEHPK3PXP"
D = Decimal


def users(buyers: list[str]) -> list[User]:
    return [
        User(ROBOT, PASSWORD, "Robot", SECRET, "totp", buyers=buyers, selected=buyers[0], saw_tour=True),
        User(PERSON, PASSWORD, "Ines", buyers=buyers, widget="select2"),
    ]


def orders(today: date) -> list[Order]:
    def ago(days: int) -> date:
        return today - timedelta(days=days)

    return [
        Order(
            80700992,
            "GG80700992",
            "birchboro",
            ago(60),
            [
                OrderLine(1, "Oak boards, planed", D("12.50"), quantity=D(200), unit="Board", part_number="OB-20"),
                OrderLine(2, "Delivery to the workshop", D("180.00"), LineKind.AMOUNT, need_by=ago(20)),
            ],
            acknowledged_on=ago(59),
            note="Ring the bell at gate 3.",
            comments=[Comment("Purchasing", datetime.combine(ago(58), datetime.min.time(), UTC), "Please confirm the date.")],
        ),
        Order(
            1107,
            "7781",
            "birchboro",
            ago(48),
            [OrderLine(1, "Pine shelving", D("62.50"), quantity=D(50), unit="Each", part_number="PS-9")],
        ),
        Order(
            1108,
            "7790",
            "birchboro",
            ago(200),
            [OrderLine(1, "Spring order", D("1000.00"), LineKind.AMOUNT, invoiced_before=D("1000.00"))],
            status="Soft Closed",
        ),
        Order(
            5501,
            "PO-5501",
            "calloway",
            ago(40),
            [
                OrderLine(1, "Marine plywood", D("1040.00"), quantity=D(12), unit="Sheet"),
                OrderLine(2, "Fitting on site", D("640.00"), LineKind.AMOUNT),
            ],
        ),
        Order(
            31,
            "DUN-000031",
            "dunmore",
            ago(46),
            [OrderLine(1, "Lobby furniture", D("5600.00"), quantity=D(2), unit="Set")],
            currency="EUR",
        ),
    ]


def invoices(today: date) -> list[PortalInvoice]:
    day = today - timedelta(days=30)
    return [
        PortalInvoice(
            9001,
            "birchboro",
            "GG80700992",
            day,
            day,
            "USD",
            "INV-20390",
            "Approved",
            [InvoiceLine(1, "Oak boards, planed", D("12.50"), quantity=D(80), unit="Board", part_number="OB-20")],
            paid=True,
            payment_info="ACH 55120",
            projected_on=today - timedelta(days=2),
        ),
        PortalInvoice(
            9002,
            "calloway",
            "PO-5501",
            day,
            day,
            "USD",
            "INV-20388",
            "Disputed",
            [InvoiceLine(2, "Fitting on site", D("320.00"), LineKind.AMOUNT, unit="")],
            dispute_reason="Work not accepted yet",
        ),
    ]


def world(today: date) -> World:
    buyers = [
        Buyer("birchboro", "Birch & Boro Furniture"),
        Buyer("calloway", "Calloway Marine Works", accepts_first=True, forbids_charges=True),
        Buyer("dunmore", "Dunmore Hotels Group", requires_tax_code=True),
    ]
    return World(buyers, orders(today), users([one.slug for one in buyers]), invoices(today))
