"""The tables of payables. Quantities, rates and factors are exact decimals as text, amounts minor units beside a currency."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Text
from sqlmodel import Field, SQLModel

from core.store import tables
from core.store.columns import Day, ExactDecimal, Instant

# The names of constraints are agreed there, before any table is declared.
assert tables.METADATA is SQLModel.metadata  # noqa: S101


def _long() -> Column[str]:
    return Column(Text, nullable=False)


def _exact(*, nullable: bool = True) -> Column[Decimal]:
    return Column(ExactDecimal, nullable=nullable)


def _minor() -> Column[int]:
    return Column(BigInteger, nullable=True)


class SupplierRow(SQLModel, table=True):
    """A supplier as the ledger knows it; how documents of theirs are recognised is part of the record."""

    __tablename__ = "supplier"
    id: str = Field(primary_key=True)
    name: str = Field(sa_column=Column(Text, nullable=False, index=True))
    record: str = Field(sa_column=_long())


class SupplierAccountRow(SQLModel, table=True):
    """Whose a bank account is, as the ledger knows it; several suppliers may share one."""

    __tablename__ = "supplier_account"
    account: str = Field(primary_key=True)
    supplier_id: str = Field(sa_column=Column(ForeignKey("supplier.id", ondelete="CASCADE"), primary_key=True, index=True))


class OrderRow(SQLModel, table=True):
    """One of our purchase orders."""

    __tablename__ = "purchase_order"
    number: str = Field(primary_key=True)
    supplier_id: str = Field(index=True)
    currency: str
    status: str
    order_date: date | None = Field(default=None, sa_column=Column(Day, nullable=True))
    entity: str


class OrderLineRow(SQLModel, table=True):
    """One line of a purchase order. `position` keeps the order of the file."""

    __tablename__ = "purchase_order_line"
    po_number: str = Field(sa_column=Column(ForeignKey("purchase_order.number", ondelete="CASCADE"), primary_key=True))
    line: str = Field(primary_key=True)
    position: int
    kind: str
    way: str
    item_code: str
    supplier_item_code: str
    description: str = Field(sa_column=_long())
    quantity: Decimal | None = Field(default=None, sa_column=_exact())
    uom: str
    rate: Decimal | None = Field(default=None, sa_column=_exact())
    amount_minor: int | None = Field(default=None, sa_column=_minor())
    quantity_billed: Decimal = Field(sa_column=_exact(nullable=False))
    amount_billed_minor: int | None = Field(default=None, sa_column=_minor())
    coding: str = Field(sa_column=_long())


class ReceiptRow(SQLModel, table=True):
    """A receipt of the ledger. `place` counts rows of one number and order line that stand in one file."""

    __tablename__ = "goods_receipt"
    number: str = Field(primary_key=True)
    po_number: str = Field(primary_key=True, index=True)
    po_line: str = Field(primary_key=True)
    place: int = Field(primary_key=True)
    received_date: date = Field(sa_column=Column(Day, nullable=False))
    quantity: Decimal = Field(sa_column=_exact(nullable=False))
    uom: str


class OwnReceiptRow(SQLModel, table=True):
    """What one of our people said they received; `replaced_by` names the ledger's receipt that took its place."""

    __tablename__ = "own_receipt"
    __table_args__ = (Index("ix_own_receipt_line", "po_number", "po_line"),)
    number: str = Field(primary_key=True)
    po_number: str
    po_line: str
    quantity: Decimal = Field(sa_column=_exact(nullable=False))
    received_on: date = Field(sa_column=Column(Day, nullable=False))
    by: str
    by_name: str
    replaced_by: str


class UnitConversionRow(SQLModel, table=True):
    """One `from_uom` is `factor` of `to_uom`. `origin` is the file, or the person who confirmed a proposal."""

    __tablename__ = "unit_conversion"
    supplier_id: str = Field(primary_key=True)
    item_code: str = Field(primary_key=True)
    from_uom: str = Field(primary_key=True)
    to_uom: str = Field(primary_key=True)
    factor: Decimal = Field(sa_column=_exact(nullable=False))
    origin: str


class LearnedCodeRow(SQLModel, table=True):
    """What a supplier calls an item of ours, and how often people confirmed it."""

    __tablename__ = "learned_code"
    supplier_id: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    item_code: str = Field(primary_key=True)
    confirmed: int


class BillRow(SQLModel, table=True):
    """A supplier invoice on its way to the ledger; lines, decisions and questions are part of the record.

    The lists of work are counted from `open_verdicts` (of lines that nobody decided yet), `asked` (something about the invoice
    itself is open), `blocked` and `resolved` (its lines) and `approvers`; names stand between commas.
    """

    __tablename__ = "supplier_bill"
    __table_args__ = (
        Index("ix_supplier_bill_number", "supplier_id", "number_key"),
        Index("ix_supplier_bill_amount", "supplier_id", "invoice_date", "total_minor"),
    )
    id: str = Field(primary_key=True)
    number: int = Field(unique=True)
    version: int
    state: str = Field(index=True)
    entity: str
    supplier_id: str | None = None
    supplier_name: str = Field(sa_column=_long())
    invoice_number: str
    number_key: str
    invoice_date: date | None = Field(default=None, sa_column=Column(Day, nullable=True))
    currency: str
    total_minor: int | None = Field(default=None, sa_column=_minor())
    unlinked: bool
    open_verdicts: str = Field(sa_column=_long())
    asked: bool
    blocked: bool
    resolved: bool
    approvers: str = Field(sa_column=_long())
    source_id: str = Field(foreign_key="source.id", index=True)
    posting_key: str | None = Field(default=None, unique=True)
    changed_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    record: str = Field(sa_column=_long())


class BillTakeRow(SQLModel, table=True):
    """What a bill takes of an order line, and how much of that the ledger's own figures count already."""

    __tablename__ = "bill_take"
    __table_args__ = (Index("ix_bill_take_line", "po_number", "po_line"),)
    bill_id: str = Field(sa_column=Column(ForeignKey("supplier_bill.id", ondelete="CASCADE"), primary_key=True))
    po_number: str = Field(primary_key=True)
    po_line: str = Field(primary_key=True)
    quantity: str
    currency: str
    amount_minor: int | None = Field(default=None, sa_column=_minor())
    counted_quantity: str
    counted_minor: int = Field(sa_column=Column(BigInteger, nullable=False))


class DisputeRow(SQLModel, table=True):
    """A dispute with a supplier; its letters are part of the record."""

    __tablename__ = "dispute"
    id: str = Field(primary_key=True)
    number: int = Field(unique=True)
    version: int
    state: str = Field(index=True)
    bill_id: str = Field(foreign_key="supplier_bill.id", index=True)
    record: str = Field(sa_column=_long())


class PolicyVersionRow(SQLModel, table=True):
    """One version of the owner's rules of one kind."""

    __tablename__ = "policy_version"
    __table_args__ = (Index("uq_policy_version_day", "kind", "effective_from", unique=True),)
    kind: str = Field(primary_key=True)
    version: str = Field(primary_key=True)
    effective_from: date = Field(sa_column=Column(Day, nullable=False))
    body: str = Field(sa_column=_long())
    put_by: str
    put_at: datetime = Field(sa_column=Column(Instant, nullable=False))
