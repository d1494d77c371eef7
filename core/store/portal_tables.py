"""The tables of customers' portals. What is secret is sealed before it comes here, and bound to the row that it stands in."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, ForeignKey, Index, LargeBinary, Text
from sqlmodel import Field, SQLModel

from core.store import tables
from core.store.columns import Instant

# The names of constraints are agreed there, before any table is declared.
assert tables.METADATA is SQLModel.metadata  # noqa: S101


def _long() -> Column[str]:
    return Column(Text, nullable=False)


def _minor(*, nullable: bool = True) -> Column[int]:
    return Column(BigInteger, nullable=nullable)


def _instant(*, nullable: bool = False) -> Column[datetime]:
    return Column(Instant, nullable=nullable)


class PortalLoginRow(SQLModel, table=True):
    """A login of a portal; `sealed` are its secrets, `held_by` is the token of the job that has it now.

    `answer` is a code that a person handed to the robot, sealed, until the robot takes it.
    """

    __tablename__ = "portal_login"
    id: str = Field(primary_key=True)
    number: int = Field(unique=True)
    version: int
    state: str
    record: str = Field(sa_column=_long())
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    browser_state: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    code_step: int = Field(sa_column=_minor(nullable=False))
    held_by: str
    held_until: datetime | None = Field(default=None, sa_column=_instant(nullable=True))
    answer: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    answered_at: datetime | None = Field(default=None, sa_column=_instant(nullable=True))


class PortalSessionRow(SQLModel, table=True):
    """A session of a login that began at the portal and is not known to have ended."""

    __tablename__ = "portal_session"
    login_id: str = Field(sa_column=Column(ForeignKey("portal_login.id", ondelete="CASCADE"), primary_key=True))
    session: str = Field(primary_key=True)
    began_at: datetime = Field(sa_column=_instant())


class PortalCustomerRow(SQLModel, table=True):
    """A customer as a login lists it; `cursor` is how the next sync goes on."""

    __tablename__ = "portal_customer"
    __table_args__ = (Index("uq_portal_customer_name", "login_id", "name", unique=True),)
    id: str = Field(primary_key=True)
    number: int = Field(unique=True)
    version: int
    login_id: str = Field(foreign_key="portal_login.id")
    name: str
    customer_id: str | None = Field(default=None, index=True)
    cursor: str = Field(sa_column=_long())
    record: str = Field(sa_column=_long())


class PortalOrderRow(SQLModel, table=True):
    """A customer's order as it was seen last; lines, notes and our invoices are part of the record."""

    __tablename__ = "portal_order"
    portal_customer_id: str = Field(sa_column=Column(ForeignKey("portal_customer.id"), primary_key=True))
    number: str = Field(primary_key=True)
    status: str
    status_text: str
    currency: str
    total_minor: int = Field(sa_column=_minor(nullable=False))
    invoiced_minor: int | None = Field(default=None, sa_column=_minor())
    may_be_invoiced: bool
    source_id: str = Field(foreign_key="source.id")
    seen_at: datetime = Field(sa_column=_instant())
    record: str = Field(sa_column=_long())


class PortalOrderLineRow(SQLModel, table=True):
    """What one line of a customer's order says, for lists and sums; quantities are exact decimals as text."""

    __tablename__ = "portal_order_line"
    portal_customer_id: str = Field(primary_key=True)
    order_number: str = Field(primary_key=True)
    line: str = Field(primary_key=True)
    kind: str
    description: str = Field(sa_column=_long())
    quantity: str
    price: str
    total_minor: int = Field(sa_column=_minor(nullable=False))
    invoiced_minor: int | None = Field(default=None, sa_column=_minor())


class PortalInvoiceRow(SQLModel, table=True):
    """An invoice of ours as a portal lists it; `number_key` is its number as portals compare numbers."""

    __tablename__ = "portal_invoice"
    portal_customer_id: str = Field(sa_column=Column(ForeignKey("portal_customer.id"), primary_key=True))
    reference: str = Field(primary_key=True)
    order_number: str = Field(index=True)
    number_key: str = Field(index=True)
    number: str
    status: str
    record: str = Field(sa_column=_long())


class PortalSyncRow(SQLModel, table=True):
    """A sync of a login, under the key that it was asked for with."""

    __tablename__ = "portal_sync"
    id: str = Field(primary_key=True)
    number: int = Field(unique=True)
    login_id: str = Field(foreign_key="portal_login.id", index=True)
    key: str = Field(unique=True)
    state: str
    record: str = Field(sa_column=_long())


class PortalSettingRow(SQLModel, table=True):
    """What the owner wants for one customer; `sealed` is the shared secret of one that takes cXML."""

    __tablename__ = "portal_setting"
    customer_id: str = Field(primary_key=True)
    record: str = Field(sa_column=_long())
    sealed: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))


class PortalSwitchRow(SQLModel, table=True):
    """A switch of the whole company."""

    __tablename__ = "portal_switch"
    name: str = Field(primary_key=True)
    is_on: bool


class PortalSubmissionRow(SQLModel, table=True):
    """An invoice of ours on its way into a portal. `live_key` is its number until it is dismissed: one at a time for each."""

    __tablename__ = "portal_submission"
    __table_args__ = (Index("ix_portal_submission_order", "portal_customer_id", "order_number"),)
    id: str = Field(primary_key=True)
    number: int = Field(unique=True)
    version: int
    state: str = Field(index=True)
    invoice_number: str = Field(index=True)
    live_key: str | None = Field(default=None, unique=True)
    portal_customer_id: str | None = Field(default=None)
    order_number: str
    entity: str
    run_token: str
    run_step: str
    changed_at: datetime = Field(sa_column=_instant())
    record: str = Field(sa_column=_long())
